import { describe, expect, test } from 'vitest';
import type { Host } from '../command';
import { command } from './compile';

const FILES: Readonly<Record<string, string>> = {
  'echo.c':
    '#include <stdio.h>\nint main(void) { int c, n = 0; while ((c = getchar()) != EOF) n += c; return n & 127; }',
  'asm.c': 'int main(void) { asm("nop"); return 0; }',
  input: 'ab',
};

function compile(...args: string[]): { status: number; stdout: string; stderr: string } {
  let stdout = '';
  let stderr = '';
  const host: Host = {
    readFile: (path) => (FILES[path] === undefined ? undefined : new TextEncoder().encode(FILES[path])),
    writeFile: () => undefined,
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
    now: () => 0,
  };
  const status = command.run(args, host) as number;
  return { status, stdout, stderr };
}

describe('orrery compile --emit', () => {
  test('ir:PASS ends with what the program does after every pass up to there, on its input', () => {
    const { status, stdout } = compile('echo.c', '--emit', 'ir:simplify-cfg', '--stdin', 'input');
    expect(status).toBe(0);
    expect(stdout).toContain('fn @main() -> i16 {');
    // 'a' + 'b' is 195, and 195 & 127 is 67.
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      '; simplify-cfg: same output as before the first pass (exit code 67)',
    );
  });
  test('c prints the program as C, or says why it cannot', () => {
    expect(compile('echo.c', '--emit', 'c', '-O1').stdout).toMatch(/^\/\* echo\.c at -O1, as portable C \*\//);
    expect(compile('asm.c', '--emit', 'c')).toEqual({
      status: 65,
      stdout: '',
      stderr: "asm.c: error: 'main' contains an asm statement, which has no C [no-c]\n",
    });
  });
  test('input that is not there is named', () => {
    expect(compile('echo.c', '--emit', 'ir:gvn', '--stdin', 'nothing')).toMatchObject({ status: 65 });
  });
});
