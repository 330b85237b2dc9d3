import { describe, expect, it } from 'vitest';
import { header, librarySources } from '../../programs/library';
import { DEFAULT_OPTIONS } from '../core/compiler/views';
import { TEACHING_MACHINE } from '../core/presets/machine';
import { Trials } from './trial';

let pauses = 0;
let atPause: (() => void) | undefined;
const trials = new Trials({ header, sources: librarySources }, () => {
  pauses++;
  atPause?.();
  return Promise.resolve();
});
const TEXT = `#include <stdio.h>
int main(void) {
  unsigned sum = 0;
  int c;
  while ((c = getchar()) != -1) for (int i = 0; i < 100; i++) sum += c;
  printf("%u\\n", sum);
  return 0;
}
`;
const request = (disabledPasses: string[] = [], text = TEXT) => ({
  files: [{ name: 'a.c', text }],
  options: { ...DEFAULT_OPTIONS, disabledPasses },
  input: 'ab',
  machine: TEACHING_MACHINE,
});

describe('trials', () => {
  it('say what a pass is worth', () => {
    const on = trials.run(request());
    const off = trials.run(request(['mem2reg']));
    expect(on?.output).toBe('19500\n');
    expect(off?.output).toBe(on?.output);
    expect(on?.ended).toBe(true);
    expect(on?.cycles).toBeLessThan(off?.cycles ?? 0);
    expect(on?.bytes).toBeLessThan(off?.bytes ?? 0);
    for (const rate of Object.values(on?.hitRates ?? {})) expect(rate).toBeGreaterThan(0);
  });
  it('prove that every pass keeps what the program does', async () => {
    const proof = await trials.prove(request(['licm']));
    expect(proof?.end).toBe('exit code 0');
    expect(new Set(proof?.passes.map((one) => one?.verdict))).toEqual(new Set(['same output', undefined]));
    expect(await trials.prove(request([], 'int main(void) { return x; }'))).toBeUndefined();
  });
  it('stop a proof for a newer one, or when told to', async () => {
    pauses = 0;
    const older = trials.prove(request());
    const newer = trials.prove(request(['gvn']));
    expect(await older).toBeUndefined();
    expect((await newer)?.end).toBe('exit code 0');
    pauses = 0;
    atPause = () => {
      if (pauses === 3) trials.stopProof();
    };
    expect(await trials.prove(request())).toBeUndefined();
    atPause = undefined;
    expect(pauses).toBe(3);
  });
  it('end an endless program, and know nothing of a broken one', () => {
    expect(trials.run(request([], 'int main(void) { for (;;) ; }'))?.ended).toBe(false);
    expect(trials.run(request([], 'int main(void) { return x; }'))).toBeUndefined();
  });
});
