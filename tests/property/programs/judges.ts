/**
 * What a program does, by everything here that can run it: the interpreter of typed trees, the IR interpreter before and after every
 * pass, and the machine with code of every level. The first is the measure; whoever differs from it is named.
 */
import { encodeItems, type Archive } from '../../../src/core/assembler/object';
import { interpretUnits } from '../../../src/core/compiler/3-semantics/interpret';
import { interpretModules } from '../../../src/core/compiler/4-ir/interpret';
import type { IrModule } from '../../../src/core/compiler/4-ir/ir';
import { lower } from '../../../src/core/compiler/4-ir/lower';
import { LIBRARY_NATIVES } from '../../../src/core/compiler/4-ir/natives';
import { verifyModule } from '../../../src/core/compiler/4-ir/verify';
import { optimise } from '../../../src/core/compiler/5-optimizer/optimise';
import { PASSES } from '../../../src/core/compiler/5-optimizer/passes';
import { exitText } from '../../../src/core/compiler/5-optimizer/prove';
import { generate } from '../../../src/core/compiler/6-codegen/generate';
import { link } from '../../../src/core/compiler/7-linker/link';
import { buildLibrary } from '../../../src/core/compiler/compile';
import { compileFrontEnd, type FrontEndResult } from '../../../src/core/compiler/front-end';
import type { OptLevel } from '../../../src/core/compiler/views';
import { TRAPS } from '../../../src/core/isa/traps';
import { Machine } from '../../../src/core/machine/machine';
import { FLAT_MACHINE } from '../../../src/core/presets/machine';
import { header, librarySources } from '../../../programs/library';

/** Steps of the tree interpreter: programs are made to take a tenth of it at the most. */
const STEP_LIMIT = 300_000;

/** How a program that ended with an exit code did, in the words of all judges. */
export const endOf = (code: number): string => exitText({ kind: 'halt', code });

export interface Outcome {
  readonly output: Uint8Array;
  /** `exit code 3`, `trap bounds`. */
  readonly end: string;
}

/** One way to compile and run a program. */
export interface Setting {
  readonly level: OptLevel;
  readonly multiplier: boolean;
  readonly unchecked: boolean;
  readonly disabled: ReadonlySet<string>;
  /** The IR is verified and run after every pass that changed it. */
  readonly everyPass: boolean;
}

export type Verdict =
  | { readonly kind: 'agree'; readonly outcome: Outcome }
  /** It does not compile, or takes too long: nothing to compare. */
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'differ'; readonly who: string; readonly detail: string };

/** What the judges have seen so far. */
export interface Coverage {
  programs: number;
  runs: number;
  /** How often the IR was run right after each pass. */
  readonly passes: Map<string, number>;
}

export interface JudgeOptions {
  /** The program calls the C library. */
  readonly usesLibrary?: boolean;
  readonly coverage?: Coverage;
}

export function judge(text: string, settings: readonly Setting[], options: JudgeOptions = {}): Verdict {
  const { usesLibrary = false, coverage } = options;
  const checked = compileFrontEnd([{ name: 'a.c', text }], { headers: header });
  const problem = checked.diagnostics.find((d) => d.severity === 'error');
  if (problem) return { kind: 'none', reason: problem.message };
  const expected = runTree(checked, usesLibrary);
  if (typeof expected === 'string') return { kind: 'none', reason: expected };
  for (const setting of settings) {
    // Without checks a program that goes out of bounds does anything.
    if (setting.unchecked && expected.end === 'trap bounds') continue;
    const front = setting.unchecked
      ? compileFrontEnd([{ name: 'a.c', text }], { headers: header, unchecked: true })
      : checked;
    const verdict = runSetting(front, setting, expected, options);
    if (verdict) return verdict;
  }
  if (coverage) coverage.runs++;
  return { kind: 'agree', outcome: expected };
}

/** The first run that differs. */
function runSetting(
  front: FrontEndResult,
  setting: Setting,
  expected: Outcome,
  options: JudgeOptions,
): Verdict | undefined {
  const { level, multiplier, disabled } = setting;
  const { usesLibrary = false, coverage } = options;
  const name = settingText(setting);
  const module = lower(front.units[0] as FrontEndResult['units'][number]);
  let broken: Verdict | undefined;
  const check = (who: string): void => {
    if (broken) return;
    const [invalid] = verifyModule(module);
    if (invalid !== undefined) {
      broken = { kind: 'differ', who: `the IR ${who}, ${name}`, detail: `invalid IR: ${invalid}` };
      return;
    }
    if (coverage) coverage.runs++;
    const detail = difference(expected, runIr(module, usesLibrary));
    if (detail !== undefined) broken = { kind: 'differ', who: `the IR ${who}, ${name}`, detail };
  };
  if (setting.everyPass) check('as lowered');
  optimise(module, {
    level,
    multiplier,
    disabled,
    remarks: false,
    ...(setting.everyPass
      ? {
          afterPass: (pass, _module, _remarks, changed) => {
            if (!changed) return;
            check(`after ${pass.name}`);
            coverage?.passes.set(pass.name, (coverage.passes.get(pass.name) ?? 0) + 1);
          },
        }
      : {}),
  });
  if (broken) return broken;
  const detail = difference(expected, runMachine(module, setting, usesLibrary));
  if (coverage) coverage.runs++;
  if (detail === undefined) return undefined;
  if (setting.everyPass) return { kind: 'differ', who: `the machine, ${name}`, detail };
  // Which part is it? Again, with a look after every pass.
  return runSetting(front, { ...setting, everyPass: true }, expected, options);
}

export function settingText({ level, multiplier, unchecked, disabled }: Setting): string {
  const passes = disabled.size === 0 ? '' : ` --passes ${[...disabled].map((p) => `-${p}`).join(',')}`;
  return `-${level}${unchecked ? ' --unchecked' : ''}${multiplier ? '' : ' --no-multiplier'}${passes}`;
}

export function difference(expected: Outcome, actual: Outcome | string): string | undefined {
  if (typeof actual === 'string') return actual;
  const { output } = expected;
  for (let i = 0; i < Math.max(output.length, actual.output.length); i++)
    if (output[i] !== actual.output[i])
      return `byte ${i} of the output is ${actual.output[i]}, not ${output[i]} (ended with ${actual.end}, not ${expected.end})`;
  return expected.end === actual.end ? undefined : `ended with ${actual.end}, not ${expected.end}`;
}

// ---------------------------------------------------------------- runs

/** A text says why there is nothing to compare with. */
function runTree({ units }: FrontEndResult, usesLibrary: boolean): Outcome | string {
  const library = usesLibrary ? libraryFrontEnd().units : [];
  const { output, exit } = interpretUnits([...units, ...library], { natives: LIBRARY_NATIVES, stepLimit: STEP_LIMIT });
  if (exit.kind === 'limit' || exit.kind === 'unsupported') return exitText(exit);
  return exit.kind === 'trap' && exit.trap === 'stack-overflow' ? exitText(exit) : { output, end: exitText(exit) };
}

function runIr(module: IrModule, usesLibrary: boolean): Outcome {
  const modules = usesLibrary ? [module, ...libraryModules()] : [module];
  const { output, exit } = interpretModules(modules, { natives: LIBRARY_NATIVES, stepLimit: 4 * STEP_LIMIT });
  return { output, end: exitText(exit) };
}

function runMachine(module: IrModule, { level, multiplier }: Setting, usesLibrary: boolean): Outcome | string {
  const { items } = generate(module, { level, multiplier });
  const { image, diagnostics } = link([encodeItems(items, 'a.o')], [archive(level, multiplier, usesLibrary)]);
  if (!image) return `does not link: ${diagnostics[0]?.message}`;
  const machine = machineWith(multiplier);
  machine.load(image);
  const stop = machine.run({ instructions: 100 * STEP_LIMIT });
  const output = Uint8Array.from(machine.devices.console.outputFrom());
  if (stop.kind === 'halt') return { output, end: endOf(stop.code & 0xff) };
  if (stop.kind === 'trap') return { output, end: `trap ${TRAPS.find((t) => t.number === stop.trap)?.id}` };
  return { output, end: stop.kind };
}

/** Making a machine's disks takes longer than most programs run. */
const machines = new Map<boolean, Machine>();
function machineWith(multiplier: boolean): Machine {
  let machine = machines.get(multiplier);
  if (!machine) machines.set(multiplier, (machine = new Machine({ ...FLAT_MACHINE, multiplier })));
  return machine;
}

// ---------------------------------------------------------------- the library

const archives = new Map<string, Archive>();
function archive(level: OptLevel, multiplier: boolean, whole: boolean): Archive {
  const key = `${level} ${multiplier} ${whole}`;
  let found = archives.get(key);
  if (!found) {
    // Without the library, only what generated code calls by itself: that is in assembly.
    const sources = (m: boolean) => librarySources(m).filter(({ name }) => whole || name.endsWith('.s'));
    archives.set(key, (found = buildLibrary({ header, sources }, level, multiplier)));
  }
  return found;
}

let libraryFront: FrontEndResult | undefined;
function libraryFrontEnd(): FrontEndResult {
  const files = librarySources(true).filter(({ name }) => name.endsWith('.c'));
  return (libraryFront ??= compileFrontEnd(files, { headers: header, unchecked: true }));
}
let libraryIr: IrModule[] | undefined;
const libraryModules = (): IrModule[] => (libraryIr ??= libraryFrontEnd().units.map((unit) => lower(unit)));

// ---------------------------------------------------------------- settings

/**
 * -O0 and -O2 as they are; every second time -O1 or -Os too, in turn as it is, without bounds checks, without the multiplier, or with passes
 * left out. One setting in five programs is looked at after every pass. `chance` gives whole numbers below its argument.
 */
export function settingsFor(chance: (bound: number) => number): Setting[] {
  const plain = { multiplier: true, unchecked: false, disabled: new Set<string>(), everyPass: false };
  const other: Setting = { ...plain, level: chance(2) === 0 ? 'O1' : 'Os' };
  const third: readonly Setting[] = [
    { ...other, unchecked: true },
    { ...other, multiplier: false },
    { ...other, level: 'O2', disabled: subset(chance) },
    other,
    other,
  ];
  const settings: Setting[] = [
    { ...plain, level: 'O0' },
    { ...plain, level: 'O2' },
  ];
  if (chance(2) === 0) settings.push(third[chance(third.length)] as Setting);
  const watched = chance(10);
  return settings.map((setting, i) => (i === watched ? { ...setting, everyPass: true } : setting));
}

/** One pass switched off, or half of them. */
function subset(chance: (bound: number) => number): Set<string> {
  const names = PASSES.map((pass) => pass.name);
  if (chance(2) === 0) return new Set([names[chance(names.length)] as string]);
  return new Set(names.filter(() => chance(2) === 0));
}
