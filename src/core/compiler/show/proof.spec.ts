import { describe, expect, test } from 'vitest';
import { header, librarySources } from '../../../../programs/library';
import { INVERSE } from '../4-ir/fold';
import type { IrModule } from '../4-ir/ir';
import { modulePass } from '../5-optimizer/pass';
import { PIPELINES } from '../5-optimizer/passes';
import { Compiler } from '../compile';
import type { SourceInput } from '../views';
import { lastRunOf } from './optimizer';
import { proofOf, proofText } from './proof';

const compiler = new Compiler({ header, sources: librarySources });
const OPTIONS = { level: 'O2', disabledPasses: ['licm'], unchecked: false, multiplier: true } as const;
const compile = (...files: SourceInput[]) => compiler.compile(files, OPTIONS);
const bytes = (text: string) => new TextEncoder().encode(text);

const ECHO = compile({
  name: 'echo.c',
  text: `#include <stdio.h>
int main(void) { int c, n = 0; while ((c = getchar()) != EOF) { if (c == 'x') n += 3; putchar(c); } printf("%d", n); return n; }`,
});

/** Turns every comparison around. */
const harm = modulePass({ name: 'harm', title: 'Harm', summary: 'A wrong pass.' }, (module) => {
  for (const fn of (module as IrModule).functions)
    for (const block of fn.blocks)
      for (const instr of block.instrs) if (instr.op === 'icmp') instr.predicate = INVERSE[instr.predicate];
  return true;
});

describe('the proof of the optimiser', () => {
  test('says "same output" of every pass, and nothing of one that is switched off', () => {
    const proof = proofOf(ECHO, { input: bytes('axbx') });
    expect(proof.end).toBe('exit code 6');
    expect(proof.broken).toBe(undefined);
    proof.passes.forEach((one, i) =>
      expect(one?.verdict).toBe(PIPELINES.O2[i]?.name === 'licm' ? undefined : 'same output'),
    );
    expect(proofText(ECHO, proof, lastRunOf(ECHO, 'dead-code'))).toBe(
      'same output as before the first pass (exit code 6)',
    );
  });

  test('names the pass that breaks the program, if the input shows it', () => {
    const pipeline = [...PIPELINES.O2.slice(0, 4), harm, ...PIPELINES.O2.slice(4)];
    const proof = proofOf(ECHO, { input: bytes('axbx'), pipeline });
    expect(proof.broken).toBe('harm');
    expect(proof.passes[4]?.verdict).toBe('different output');
    expect(proof.passes[3]?.verdict).toBe('same output');
    expect(proof.passes[5]?.verdict).toBe('same output');
  });

  test('an endless program ends at its limit, unproven', () => {
    const endless = compile({ name: 'a.c', text: '#include <stdio.h>\nint main(void) { for (;;) putchar(65); }' });
    const proof = proofOf(endless, { input: bytes(''), limits: { runSteps: 2000, totalSteps: 20_000 } });
    expect(proof.end).toBe('the step limit');
    expect(proofText(endless, proof, PIPELINES.O2.length - 1)).toMatch(/^not proven: it runs longer/);
  });

  test('several units are linked with one another', () => {
    const two = compile(
      { name: 'a.c', text: 'int twice(int n); int main(void) { return twice(4); }' },
      { name: 'b.c', text: 'static int k = 2; int twice(int n) { return n * k; }' },
    );
    const proof = proofOf(two, { input: bytes('') });
    expect(proof.end).toBe('exit code 8');
    expect(proof.passes.every((one) => one === undefined || one.verdict === 'same output')).toBe(true);
  });

  test('what cannot be run is not run', () => {
    const assembly = compile({ name: 'a.c', text: 'int main(void) { asm("nop"); return 0; }' });
    const proof = proofOf(assembly, { input: bytes('') });
    expect(proofText(assembly, proof, 5)).toBe('not run: the program contains an asm statement');
  });
});
