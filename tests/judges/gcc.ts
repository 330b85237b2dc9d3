/**
 * gcc compiles what `--emit c` prints: the IR as C, at each level, so an independent compiler runs what the front end and the passes made
 * of a program. Generated programs of all that the language defines, and all samples.
 */
import { printProgram } from '../../src/core/compiler/c-backend/program';
import { printCompilation } from '../../src/core/compiler/c-backend/compilation';
import { Compiler } from '../../src/core/compiler/compile';
import { lower } from '../../src/core/compiler/4-ir/lower';
import { optimise } from '../../src/core/compiler/5-optimizer/optimise';
import { compileFrontEnd } from '../../src/core/compiler/front-end';
import type { OptLevel } from '../../src/core/compiler/views';
import { header, librarySources, type Sample } from '../../programs/library';
import { endOf } from '../property/programs/judges';
import { ensureInstalled, inDirectory, run, versionOf } from './tools';

const LEVELS: readonly OptLevel[] = ['O2', 'O0', 'Os', 'O1'];
const GCC_LEVELS = ['-O1', '-O2', '-O0'];

export const gccUnavailable = (): string | undefined => ensureInstalled(['gcc'], ['gcc', 'libc6-dev']);
export const gccText = (): string => versionOf('gcc');

export interface NativeRun {
  readonly output: Uint8Array;
  /** As the judges inside write it: `exit code 3`, `trap bounds`. */
  readonly end: string;
}

/** Compiles and runs a C text; a text back says what went wrong. */
export function runNative(text: string, gccLevel: string, input = ''): NativeRun | string {
  return inDirectory({ 'a.c': text }, (directory) => {
    const flags = ['-std=c99', gccLevel, '-fwrapv', '-Wall', '-Wno-unused', '-Werror', 'a.c', '-o', 'a.out'];
    const built = run(directory, 'gcc', flags);
    if (built.status !== 0) return `gcc: ${built.stderr.slice(0, 1000)}`;
    const { status, stdout, stderr } = run(directory, './a.out', [], input);
    const trap = /^trap: (.*)$/m.exec(stderr)?.[1];
    return { output: stdout, end: trap === undefined ? endOf(status) : `trap ${trap}` };
  });
}

/** A generated program that needs no library. */
export function gccRun(text: string, turn: number): { readonly run: NativeRun | string; readonly how: string } {
  const { units } = compileFrontEnd([{ name: 'a.c', text }], { headers: header });
  const [unit] = units;
  if (!unit) return { run: 'no unit', how: '' };
  const level = LEVELS[turn % LEVELS.length] as OptLevel;
  const gccLevel = GCC_LEVELS[turn % GCC_LEVELS.length] as string;
  const module = lower(unit);
  optimise(module, { level, remarks: false });
  const printed = printProgram([module], { title: 'generated' });
  const how = `IR at -${level}, gcc ${gccLevel}`;
  return { run: 'text' in printed ? runNative(printed.text, gccLevel) : printed.problem, how };
}

let compiler: Compiler | undefined;

/** A sample at a level; undefined if it has no C (assembly, devices that the C has not). */
export function gccSample(sample: Sample, level: OptLevel): NativeRun | string | undefined {
  compiler ??= new Compiler({ header, sources: librarySources });
  const options = { level, disabledPasses: [], unchecked: false, multiplier: true };
  const printed = printCompilation(compiler.compile([{ name: `${sample.name}.c`, text: sample.text }], options));
  return 'text' in printed ? runNative(printed.text, '-O1', sample.input) : undefined;
}
