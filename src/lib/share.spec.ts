import { describe, expect, it } from 'vitest';
import { newProgram } from '../core/documents/program';
import { decodeShare, encodeShare, MAX_LINK_CHARACTERS } from './share';

/** A usual program: 60 lines that do not repeat each other. */
const USUAL = Array.from(
  { length: 60 },
  (_, n) => `  total = total * ${(n * 7919) % 1013} + table[${(n * 31) % 64}]; /* step ${n} */`,
).join('\n');

describe('share links', () => {
  it('bring a program back, with its files, input and options, as a fresh copy', async () => {
    const program = {
      ...newProgram({ id: 'mine', name: 'é.c', text: 'int main(void) { return 0; } // π\n', nowMs: 1, input: '7\n' }),
      revision: 9,
    };
    program.files.push({ name: 'more.c', text: 'int x;\n' });
    program.options = { ...program.options, level: 'O0', disabledPasses: ['gvn'] };
    const back = await decodeShare(await encodeShare(program), 'copy', 2);
    expect(back).toEqual({ ok: true, value: { ...program, id: 'copy', revision: 0, createdMs: 2, updatedMs: 2 } });
  });
  it('stay under 2,000 characters for a usual program', async () => {
    const link = await encodeShare(newProgram({ id: 'a', name: 'usual.c', text: USUAL, nowMs: 0 }));
    expect(link.length).toBeLessThan(MAX_LINK_CHARACTERS);
    expect(link).toMatch(/^[\w-]+$/);
  });
  it('are refused when damaged, foreign or too large', async () => {
    const link = await encodeShare(newProgram({ id: 'a', name: 'usual.c', text: USUAL, nowMs: 0 }));
    for (const bad of ['', '!!!', link.slice(0, -8), link.slice(4), 'AAAA'])
      expect((await decodeShare(bad, 'x', 0)).ok, bad).toBe(false);
    const bomb = await encodeShare(newProgram({ id: 'a', name: 'bomb.c', text: ' '.repeat(3 << 20), nowMs: 0 }));
    expect(bomb.length).toBeLessThan(8000);
    expect(await decodeShare(bomb, 'x', 0)).toEqual({ ok: false, error: 'what this link holds is too large' });
  });
});
