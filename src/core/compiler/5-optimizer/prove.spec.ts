import { describe, expect, test } from 'vitest';
import { header, librarySources, SAMPLES } from '../../../../programs/library';
import { PORT_CONSTANTS, portOf } from '../../isa/ports';
import { interpretModules } from '../4-ir/interpret';
import type { IrModule } from '../4-ir/ir';
import { lower } from '../4-ir/lower';
import { LIBRARY_NATIVES } from '../4-ir/natives';
import { parseModule } from '../4-ir/parse';
import { verifyModule } from '../4-ir/verify';
import { compileFrontEnd } from '../front-end';
import { functionPass } from './pass';
import { prove } from './prove';

function toIr(name: string, text: string, unchecked = false): IrModule {
  const result = compileFrontEnd([{ name, text }], { headers: header, unchecked });
  expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const [unit] = result.units;
  if (!unit) throw new Error(`no unit for ${name}`);
  return lower(unit, result.sourceMap);
}

/** Programs that run for ever, or for long: compared as far as this. */
const STEP_LIMIT = 400_000;

describe('every pass keeps what each sample does, and its IR valid', () => {
  const library = librarySources(true)
    .filter(({ name }) => name.endsWith('.c'))
    .map(({ name, text }) => toIr(name, text, true));
  test.each(
    SAMPLES.flatMap((sample) => (['O1', 'O2', 'Os'] as const).map((level) => [sample.name, level, sample] as const)),
  )('%s at -%s', (name, level, sample) => {
    const module = toIr(`${name}.c`, sample.text);
    expect(verifyModule(module)).toEqual([]);
    const input = new TextEncoder().encode(sample.input);
    const run = { natives: LIBRARY_NATIVES, stepLimit: STEP_LIMIT, input };
    const proof = prove(module, { level, library, run });
    expect(proof.before.exit.kind).not.toBe('unsupported');
    // Endless programs, and those that take long, are compared as far as they ran; some end within the limit after a pass.
    const fine = ['same output', 'not proven'];
    expect(proof.passes.filter((pass) => !fine.includes(pass.verdict))).toEqual([]);
    expect(proof.broken).toBe(undefined);
  });
});

describe('prove', () => {
  const text = `fn @main() -> i16 {
entry.0:
  out(i8 16, i8 65)
  ret i16 3
}`;
  const breaker = (name: string, change: (module: IrModule) => void, module: IrModule) =>
    functionPass({ name, title: name, summary: name }, () => {
      change(module);
      return true;
    });

  test('names the pass that changes the output, and not those before it', () => {
    const module = parseModule(text);
    const harmless = breaker('harmless', () => undefined, module);
    const guilty = breaker('guilty', (m) => void m.functions[0]?.blocks[0]?.instrs.shift(), module);
    const proof = prove(module, { level: 'O2', pipeline: [harmless, guilty] });
    expect(proof.passes.map((pass) => pass.verdict)).toEqual(['same output', 'different output']);
    expect(proof.broken).toBe('guilty');
  });

  test('names the pass that leaves invalid IR', () => {
    const module = parseModule(text);
    const guilty = breaker('guilty', (m) => void m.functions[0]?.blocks[0]?.instrs.pop(), module);
    expect(prove(module, { level: 'O2', pipeline: [guilty] }).passes[0]?.verdict).toBe('invalid IR');
  });

  test('a pass after the guilty one is judged by what it was given', () => {
    const module = parseModule(text);
    const guilty = breaker('guilty', (m) => void m.functions[0]?.blocks[0]?.instrs.shift(), module);
    const late = breaker('late', () => undefined, module);
    const proof = prove(module, { level: 'O2', pipeline: [guilty, late] });
    expect(proof.passes.map((pass) => pass.verdict)).toEqual(['different output', 'same output']);
  });

  test('an endless program is not proven: the limit is reached, once or in all runs together', () => {
    const endless = () =>
      parseModule('fn @main() -> i16 {\nentry.0:\n  br loop.1\nloop.1:  ; from entry.0, loop.1\n  br loop.1\n}');
    const limited = (totalSteps: number) => {
      const module = endless();
      const pipeline = ['a', 'b', 'c'].map((name) => breaker(name, () => undefined, module));
      return prove(module, { level: 'O2', pipeline, totalSteps, run: { stepLimit: 1000 } });
    };
    expect(limited(1e6).passes.map(({ verdict, detail }) => `${verdict}: ${detail}`)).toEqual(
      Array<string>(3).fill('not proven: it runs longer than the proof does; the same as far as it ran'),
    );
    expect(limited(2000).passes.at(-1)).toMatchObject({
      verdict: 'not proven',
      detail: 'it runs longer than the proof does',
    });
  });

  test('a program that starts another core is compared up to there, and says so', () => {
    const starts = `fn @main() -> i16 {
entry.0:
  out(i8 16, i8 65)
  out(i8 ${portOf('CORE_CONTROL')}, i8 ${PORT_CONSTANTS.CORE_START})
  br loop.1
loop.1:  ; from entry.0, loop.1
  br loop.1
}`;
    const module = parseModule(starts);
    const proof = prove(module, { level: 'O2', pipeline: [breaker('a', () => undefined, module)] });
    expect([...proof.before.output]).toEqual([65]);
    expect(proof.passes[0]).toMatchObject({
      verdict: 'not proven',
      detail: 'it starts another core, and here there is one; the same as far as it ran',
    });
  });

  test('the interpreter sees the exit code', () => {
    expect(interpretModules([parseModule(text)]).exit).toEqual({ kind: 'halt', code: 3 });
  });
});
