/**
 * Programs that use the whole language (programs/*.c), at -O0 and at -O2: each prints what its `// expect:` lines say. Those lines are not
 * our belief: they are what avr-gcc makes of the program, which has the same `int`, the same layouts and unsigned char
 * by a switch (or gcc, where a file says `// judge: gcc`: avr-libc's printf is not complete). JUDGE=1 asks them again, and
 * JUDGE=write puts their answers into the files; JUDGE_LEVELS=O0,O1,O2,Os chooses levels.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { header, librarySources, readSample } from '../../programs/library';
import { Compiler } from '../../src/core/compiler/compile';
import type { OptLevel } from '../../src/core/compiler/views';
import { Machine } from '../../src/core/machine/machine';
import { describeTrap, outputText } from '../../src/core/machine/summary';
import { FLAT_MACHINE } from '../../src/core/presets/machine';
import { avrOutput, gccOutput, isInstalled } from '../helpers/judges';

const DIRECTORY = new URL('programs/', import.meta.url).pathname;
const LEVELS = (process.env.JUDGE_LEVELS ?? 'O0,O2').split(',') as OptLevel[];
const JUDGE = process.env.JUDGE;
const compiler = new Compiler({ header, sources: librarySources });

/** Files of a program: `x.c`, and `x.2.c` and headers beside it, if there are. */
function filesOf(name: string): { name: string; text: string }[] {
  const isPart = (file: string) => file === `${name}.c` || (file.startsWith(`${name}.`) && /\.(c|h|s)$/.test(file));
  return readdirSync(DIRECTORY)
    .filter(isPart)
    .map((file) => ({ name: file, text: readFileSync(DIRECTORY + file, 'utf8') }));
}

function run(files: readonly { name: string; text: string }[], level: OptLevel): string {
  const options = { level, disabledPasses: [], unchecked: false, multiplier: true };
  const { image, diagnostics } = compiler.compile(files, options);
  if (!image) throw new Error(diagnostics.map(({ id, message }) => `${id}: ${message}`).join('\n'));
  const machine = new Machine(FLAT_MACHINE);
  machine.load(image);
  machine.input({ kind: 'console', bytes: [], end: true });
  const stop = machine.run({ instructions: 30_000_000 });
  const output = outputText(machine, 0);
  if (stop.kind === 'trap') throw new Error(`${output}${describeTrap(machine).message}`);
  expect(stop).toMatchObject({ kind: 'halt', code: 0 });
  return output;
}

const names = readdirSync(DIRECTORY)
  .map((file) => /^([^.]+)\.c$/.exec(file)?.[1])
  .filter((name) => name !== undefined);

describe.each(names)('%s', (name) => {
  const files = filesOf(name);
  const main = files.find((file) => file.name === `${name}.c`)?.text ?? '';
  const wanted = readSample(name, main).expect;
  test.each(LEVELS)('at -%s', (level) => {
    expect(run(files, level).replace(/\n$/, '').split('\n')).toEqual(wanted);
  });

  const judge = /^\/\/ judge: gcc$/m.test(main) ? 'gcc' : 'avr-gcc';
  test.skipIf(JUDGE === undefined || !isInstalled(judge))(`${judge} agrees`, () => {
    const paths = files.filter((file) => file.name.endsWith('.c')).map((file) => DIRECTORY + file.name);
    const output = judge === 'gcc' ? gccOutput(paths) : avrOutput(paths);
    const lines = output.replace(/\n$/, '').split('\n');
    if (JUDGE === 'write') writeExpectations(DIRECTORY + name + '.c', main, lines);
    else expect(lines).toEqual(wanted);
  });
});

/** The expectations stand at the end of the file, where they do not move the lines of the program. */
function writeExpectations(path: string, text: string, lines: readonly string[]): void {
  const body = text.replace(/^\/\/ expect:.*\n/gm, '').trimEnd();
  writeFileSync(
    path,
    `${body}\n${lines.map((line) => (line === '' ? '// expect:' : `// expect: ${line}`)).join('\n')}\n`,
  );
}
