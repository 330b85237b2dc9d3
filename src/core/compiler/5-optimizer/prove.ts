/**
 * Proof by running: the program's IR is interpreted on its input before the first pass and after each one. A pass that changes what
 * the program prints, or how it ends, is named.
 */
import { finished, type Steps } from '../../base/steps';
import {
  DEFAULT_STEP_LIMIT,
  interpretModules,
  type InterpretOptions,
  type IrExit,
  type IrRun,
} from '../4-ir/interpret';
import type { IrModule } from '../4-ir/ir';
import { verifyModule } from '../4-ir/verify';
import type { PassVerdict } from '../views';
import { optimiseInSteps, type OptimiseOptions } from './optimise';

export interface PassProof {
  readonly pass: string;
  readonly index: number;
  readonly changed: boolean;
  /** Of the program after this pass against the program before it. */
  readonly verdict: PassVerdict;
  /** What differs, or why nothing is said, for a reader. */
  readonly detail: string;
}

export interface ProofOptions extends OptimiseOptions {
  /** Further modules to link: the library. */
  readonly library?: readonly IrModule[];
  readonly run?: InterpretOptions;
  /** Steps of all runs together; when they are used up, the passes that are left are not proven. */
  readonly totalSteps?: number;
}

export interface Proof {
  readonly before: IrRun;
  readonly passes: readonly PassProof[];
  /** Name of the first pass that broke the program. */
  readonly broken: string | undefined;
}

const DEFAULT_TOTAL_STEPS = 400_000_000;

/** Optimises the module in place and says after each pass whether the program still does the same. */
export const prove = (module: IrModule, options: ProofOptions): Proof => finished(proveInSteps(module, options));

/** A step is the first run, or a pass and the run after it. */
export function* proveInSteps(module: IrModule, options: ProofOptions): Steps<Proof> {
  const library = options.library ?? [];
  let left = options.totalSteps ?? DEFAULT_TOTAL_STEPS;
  const run = (): IrRun => {
    const stepLimit = Math.min(left, options.run?.stepLimit ?? DEFAULT_STEP_LIMIT);
    const done = interpretModules([module, ...library], { ...options.run, stepLimit });
    left -= done.steps;
    return done;
  };
  const before = run();
  yield;
  const passes: PassProof[] = [];
  let last = before;
  let invalid: string | undefined;
  const judge = (pass: string, after: IrModule, changed: boolean): Pick<PassProof, 'verdict' | 'detail'> => {
    if (invalid !== undefined) return { verdict: 'not run', detail: `${invalid} left invalid IR` };
    if (!changed) return compareRuns(last, last);
    const problems = verifyModule(after);
    if (problems.length > 0) {
      invalid = pass;
      return { verdict: 'invalid IR', detail: problems.join('\n') };
    }
    if (left <= 0) return { verdict: 'not proven', detail: LIMIT_REACHED };
    const now = run();
    const verdict = compareRuns(last, now);
    last = now;
    return verdict;
  };
  yield* optimiseInSteps(module, {
    ...options,
    afterPass: (pass, after, remarks, changed, index) => {
      options.afterPass?.(pass, after, remarks, changed, index);
      passes.push({ pass: pass.name, index, changed, ...judge(pass.name, after, changed) });
    },
  });
  return {
    before,
    passes,
    broken: passes.find((one) => one.verdict === 'different output' || one.verdict === 'invalid IR')?.pass,
  };
}

const LIMIT_REACHED = 'it runs longer than the proof does';

/**
 * A run that reached its step limit, ran out of stack or needs a machine is compared as far as it went: passes change how many steps and how
 * much stack a program takes.
 */
export function compareRuns(before: IrRun, after: IrRun): Pick<PassProof, 'verdict' | 'detail'> {
  if (before.exit.kind === 'unsupported') return { verdict: 'not run', detail: before.exit.reason };
  const cut = isCut(before.exit) || isCut(after.exit);
  const length = cut
    ? Math.min(before.output.length, after.output.length)
    : Math.max(before.output.length, after.output.length);
  for (let i = 0; i < length; i++)
    if (before.output[i] !== after.output[i])
      return { verdict: 'different output', detail: `output differs from byte ${i} on` };
  const was = exitText(before.exit);
  const is = exitText(after.exit);
  if (!cut && was !== is) return { verdict: 'different output', detail: `ended with ${was}, now with ${is}` };
  if (!cut) return { verdict: 'same output', detail: '' };
  return { verdict: 'not proven', detail: `${whyCut(before.exit, after.exit)}; the same as far as it ran` };
}

const isCut = (exit: IrExit): boolean =>
  exit.kind === 'limit' || exit.kind === 'cut' || (exit.kind === 'trap' && exit.trap === 'stack-overflow');

function whyCut(...exits: readonly IrExit[]): string {
  for (const exit of exits) if (exit.kind === 'cut') return exit.reason;
  return exits.some((exit) => exit.kind === 'limit') ? LIMIT_REACHED : 'the stack ran out';
}

export function exitText(exit: IrExit): string {
  switch (exit.kind) {
    case 'halt':
      return `exit code ${exit.code}`;
    case 'trap':
      return `trap ${exit.trap}`;
    case 'limit':
      return 'the step limit';
    case 'cut':
    case 'unsupported':
      return exit.reason;
  }
}
