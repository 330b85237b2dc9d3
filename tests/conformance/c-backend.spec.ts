/** Programs printed as C (`--emit c`): what is printed, what is refused, and, where gcc is installed, that it prints what the samples expect. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { header, librarySources, SAMPLES } from '../../programs/library';
import { Compiler } from '../../src/core/compiler/compile';
import { printCompilation } from '../../src/core/compiler/c-backend/compilation';
import type { OptLevel } from '../../src/core/compiler/views';

const compiler = new Compiler({ header, sources: librarySources });

function printed(text: string, level: OptLevel = 'O2', name = 'a.c') {
  const options = { level, disabledPasses: [], unchecked: false, multiplier: true };
  return printCompilation(compiler.compile([{ name, text }], options));
}

describe('a program as C', () => {
  test('values have fixed widths, and every operation is cast to its own', () => {
    const result = printed(
      'int twice(int a, signed char b) { return a * 2 + (b >> 1); } int main(void) { return twice(1, 2); }',
      'O0',
    );
    const text = 'text' in result ? result.text : '';
    expect(text).toContain('static u16 f_twice(u16 p0, u8 p1) {');
    expect(text).toMatch(/v\d+ = \(u16\)\(\(u32\)v\d+ \* 2\);/);
    expect(text).toMatch(/v\d+ = \(u16\)\(int16_t\)\(int8_t\)v\d+;/);
    expect(text).toMatch(/v\d+ = ashr16\(v\d+, 1\);/);
    expect(text).toContain('/* a.c:1 */');
  });
  test('of the library there is what the program leads to', () => {
    const result = printed('#include <stdio.h>\nint main(void) { putchar(65); return 0; }', 'O0');
    const text = 'text' in result ? result.text : '';
    expect(text).toContain('f_putchar(');
    expect(text).not.toContain('printf(const');
    expect(text).not.toContain('f_printf');
  });
  test.each([
    ['int main(void) { asm("nop"); return 0; }', "'main' contains an asm statement, which has no C"],
    ['asm(".global x"); int main(void) { return 0; }', "'a.c' contains assembly, which has no C"],
  ])('%s is refused by name', (text, problem) => {
    expect(printed(text)).toEqual({ problem });
  });
});

const hasGcc = spawnSync('gcc', ['--version'], { stdio: 'ignore' }).error === undefined;
const SOME = ['fibonacci', 'printf', 'pointers', 'structs', 'longs'];

describe.skipIf(!hasGcc)('gcc on the printed C', () => {
  test.each(SOME)('%s prints what it should', (name) => {
    const sample = SAMPLES.find((one) => one.name === name);
    const result = printed(sample?.text ?? '', 'O2', `${name}.c`);
    const directory = mkdtempSync(join(tmpdir(), 'orrery-c-'));
    try {
      writeFileSync(join(directory, 'a.c'), 'text' in result ? result.text : '');
      const flags = [
        '-std=c99',
        '-fwrapv',
        '-fsanitize=undefined',
        '-Wall',
        '-Wno-unused',
        '-Werror',
        'a.c',
        '-o',
        'a',
      ];
      const built = spawnSync('gcc', flags, { cwd: directory, encoding: 'utf8' });
      expect(built.stderr).toBe('');
      const run = spawnSync('./a', { cwd: directory, encoding: 'utf8' });
      expect(run.stderr).toBe('');
      expect(run.stdout.trimEnd().split('\n')).toEqual(sample?.expect);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
