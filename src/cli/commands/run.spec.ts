/** Bad input through the command line: each kind gives one clear message with file, line, column and id, and its exit status (shared page on the tool). */
import { describe, expect, test } from 'vitest';
import type { Command, Host } from '../command';
import { command as compile } from './compile';
import { command as run } from './run';

interface Outcome {
  readonly status: number | Promise<number>;
  readonly out: string;
  readonly err: string;
  /** The lines with a place. */
  readonly messages: readonly string[];
}

function invoke(command: Command, args: readonly string[], files: Readonly<Record<string, string>>): Outcome {
  let out = '';
  let err = '';
  const host: Host = {
    readFile: (path) => (files[path] === undefined ? undefined : new TextEncoder().encode(files[path])),
    writeFile: () => undefined,
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    now: () => 0,
  };
  const status = command.run(args, host);
  return { status, out, err, messages: err.split('\n').filter((line) => /^\S+:\d+:\d+: /.test(line)) };
}

const runText = (text: string, ...args: string[]) => invoke(run, ['a.c', ...args], { 'a.c': text });

describe('what does not compile: status 65', () => {
  const CASES: Readonly<Record<string, readonly [program: string, message: string]>> = {
    'a syntax error': [
      'int main(void) {\n  int x = 1\n  return x;\n}\n',
      'a.c:2:11: error: expected `;` after `1` [expected-after]',
    ],
    'a type error': [
      'struct point { int x; };\nint main(void) {\n  struct point p;\n  p = 5;\n  return p.x;\n}\n',
      'a.c:4:7: error: assignment: `int` does not convert to `struct point` [cannot-convert]',
    ],
    'a header that is not there': [
      '#include <stdoi.h>\nint main(void) { return 0; }\n',
      'a.c:1:10: error: there is no file `stdoi.h` to include: did you mean <stdio.h>? [header-not-found]',
    ],
    'a function that is defined nowhere': [
      'int f(void);\nint main(void) { return f(); }\n',
      "a.c:2:25: error: 'f' is used but defined nowhere [undefined-symbol]",
    ],
    'no main': [
      'int f(void) { return 0; }\n',
      "a.c:1:1: error: there is no function 'main': a program starts there [no-main]",
    ],
    'what is not in the language': [
      'int main(void) { return 1.5; }\n',
      'a.c:1:25: error: floating point is not in this language: `1.5` [no-floating-point]',
    ],
  };
  test.each(Object.entries(CASES))('%s', (_name, [program, message]) => {
    for (const command of [run, compile]) {
      const { status, out, messages } = invoke(command, ['a.c'], { 'a.c': program });
      expect(status).toBe(65);
      expect(out).toBe('');
      expect(messages.filter((line) => !line.includes(' note: '))).toEqual([message]);
    }
  });

  test('the line is shown with the place marked, and the fix', () => {
    const { err } = runText('int main(void) {\n\tint x = 1\n\treturn x;\n}\n');
    expect(err).toBe(
      'a.c:2:10: error: expected `;` after `1` [expected-after]\n  2 | \tint x = 1\n    | \t        ^\n  fix: Insert `;`\n',
    );
  });

  test('characters that would act on the terminal are not echoed', () => {
    const { err, messages } = runText('int main(void) { "\x1b[31m\x07" @ }\n');
    expect(messages.length).toBeGreaterThan(0);
    // eslint-disable-next-line no-control-regex -- that is the point
    expect(err).not.toMatch(/[\x1b\x07]/);
  });

  test('a missing file', () => {
    for (const command of [run, compile]) {
      const { status, messages } = invoke(command, ['b.c'], {});
      expect(status).toBe(65);
      expect(messages).toEqual(['b.c:1:1: error: there is no such file, or it cannot be read [missing-file]']);
    }
  });

  test('with --json one object is all that standard output has', () => {
    const broken = runText('int main(void) { return x; }', '--json');
    expect(JSON.parse(broken.out)).toMatchObject({
      exit: null,
      diagnostics: [{ id: 'undeclared-name', file: 'a.c', line: 1, column: 25 }],
    });
    const missing = invoke(run, ['b.c', '--json'], {});
    expect(JSON.parse(missing.out)).toMatchObject({ exit: null, diagnostics: [{ id: 'missing-file', file: 'b.c' }] });
  });
});

describe('a megabyte of source', () => {
  test('is compiled when the program is small', () => {
    const { status, err } = runText(`/* ${'x'.repeat(1 << 20)} */ int main(void) { return 7; }`);
    expect([status, err]).toEqual([7, '']);
  });
  test('is refused when what it defines cannot fit the machine', () => {
    const text = Array.from({ length: 40_000 }, (_, i) => `int variable_${i} = ${i & 255};`).join('\n');
    const { status, messages } = runText(`${text}\nint main(void) { return 0; }`);
    // Unused objects are dropped, so this one runs; kept alive by main they do not fit.
    expect([status, messages]).toEqual([0, []]);
    const large = runText(`${'char a[40000]; char b[40000];'}\nint main(void) { return a[1] + b[1]; }`);
    expect(large.status).toBe(65);
    const errors = large.messages.filter((line) => !line.includes(' note: '));
    expect(errors).toEqual([expect.stringMatching(/^a\.c:1:1: error: .* \[[a-z-]+\]$/)]);
  });
});

describe('traps: status 70, with the place in the program itself', () => {
  const CASES: Readonly<Record<string, readonly [program: string, message: string]>> = {
    'a stack overflow': [
      'int deep(int n) {\n  char pad[100];\n  pad[n & 63] = n;\n  return deep(n + 1) + pad[3];\n}\nint main(void) { return deep(0); }\n',
      'a.c:1:1: trap: the stack grew into the memory below it: is a recursion endless? [stack-overflow]',
    ],
    'a division by zero': [
      'int zero;\nint main(void) {\n  return 7 / zero;\n}\n',
      'a.c:3:10: trap: the program divided by zero [division-by-zero]',
    ],
    'a null pointer': [
      'struct s { int a, b; } *p;\nint main(void) {\n  return p->b;\n}\n',
      'a.c:3:10: trap: the program used a null pointer: the first 16 bytes of memory are not mapped [null-access]',
    ],
    'an index outside its array': [
      'int a[3], i = 3;\nint main(void) {\n  return a[i];\n}\n',
      'a.c:3:10: trap: an array index lies outside its array [bounds]',
    ],
    'an assertion': [
      '#include <assert.h>\nint n = 3;\nint main(void) {\n  assert(n == 4);\n}\n',
      'a.c:4:3: trap: an assertion of the program does not hold [assert]',
    ],
    abort: [
      '#include <stdlib.h>\nint main(void) {\n  abort();\n}\n',
      'a.c:3:3: trap: the program called abort() [abort]',
    ],
  };
  test.each(Object.entries(CASES))('%s', (_name, [program, message]) => {
    for (const level of ['-O0', '-O2']) {
      const { status, messages } = runText(program, level);
      expect(status).toBe(70);
      expect(messages.filter((line) => !line.includes(' note: '))).toEqual([message]);
    }
  });

  test('the calls that led there follow, long stacks shortened', () => {
    const two = runText(
      'int f(int n) { return 1 / n; }\nint g(int n) { return f(n) + 1; }\nint main(void) { return g(0); }\n',
      '-O0',
    );
    expect(two.messages.slice(1)).toEqual([
      'a.c:2:23: note: called from here, in g',
      'a.c:3:25: note: called from here, in main',
    ]);
    const many = runText('int f(int n) { return f(n + 1) + 1; }\nint main(void) { return f(0); }\n', '-O0');
    expect(many.messages).toHaveLength(9);
    expect(many.err).toContain('more calls');
  });

  test('with --json', () => {
    const { status, out } = runText('int zero;\nint main(void) {\n  return 7 / zero;\n}\n', '--json');
    expect(status).toBe(70);
    expect(JSON.parse(out)).toMatchObject({
      exit: { kind: 'trap', trap: { id: 'division-by-zero', file: 'a.c', line: 3, column: 10 } },
    });
  });
});

describe('limits: status 75', () => {
  test('an endless loop', () => {
    for (const engine of ['fast', 'reference']) {
      const { status, messages } = runText(
        'int x;\nint main(void) {\n  for (;;) x++;\n}\n',
        '--max-instructions',
        '100000',
        '--engine',
        engine,
      );
      expect(status).toBe(75);
      expect(messages).toEqual([
        'a.c:3:12: stopped: the program still ran after 100000 instructions; is a loop endless? [limit]',
      ]);
    }
  });
});

describe('what runs', () => {
  test('the exit status is the low byte of what main returns or exit is given', () => {
    expect(runText('int main(void) { return 0x1234; }').status).toBe(0x34);
    expect(runText('#include <stdlib.h>\nint main(void) { exit(-1); }').status).toBe(255);
    expect(runText('int main(void) { }').status).toBe(0);
  });
  test('several files, of C and of assembly', () => {
    const files = {
      'a.c': '#include <stdio.h>\n#include "b.h"\nint main(void) { printf("%d %d\\n", twice(21), six()); return 0; }',
      'b.h': 'int twice(int);\nint six(void);\n',
      'b.c': '#include "b.h"\nint twice(int x) { return 2 * x; }',
      'c.s': '    .text\n    .global six\nsix:\n    ldiw w0, 6\n    ret\n',
    };
    expect(invoke(run, ['a.c', 'b.c', 'c.s'], files)).toMatchObject({ status: 0, out: '42 6\n', err: '' });
  });
});

describe('several cores', () => {
  const TEXT = '#include <cores.h>\nint main(void) { return core_count(); }\n';
  test('--cores and --threads change the machine; each core has its figures', () => {
    const { status, out } = runText(TEXT, '--machine', 'flat', '--cores', '2', '--threads', '2', '--json');
    expect(status).toBe(4);
    const summary = JSON.parse(out) as { cores: { threads: unknown[] }[]; cycles: number };
    expect(summary.cores.map(({ threads }) => threads.length)).toEqual([2, 2]);
    expect(runText(TEXT, '--machine', 'quad-core').status).toBe(4);
  });
  test('a file of a machine may say so too, and what cannot be built is refused', () => {
    const files = { 'a.c': TEXT, 'm.json': '{"cores": 3}', 'bad.json': '{"cores": 2, "l1d": {"write": "through"}}' };
    expect(invoke(run, ['a.c', '--machine', 'm.json'], files).status).toBe(3);
    const bad = invoke(run, ['a.c', '--machine', 'bad.json'], files);
    expect(bad.status).toBe(65);
    expect(bad.err).toContain('l1d: MESI needs write-back and write-allocate');
  });
  test('one core says nothing of cores', () => {
    const { out } = runText('int main(void) { return 0; }\n', '--json');
    expect(JSON.parse(out)).not.toHaveProperty('cores');
  });
});
