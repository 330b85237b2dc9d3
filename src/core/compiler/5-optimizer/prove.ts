/**
 * Proof by running: the program's IR is interpreted on its input before the first pass and after each one. A pass that changes what
 * the program prints, or how it ends, is named.
 */
import { interpretModules, type InterpretOptions, type IrExit, type IrRun } from '../4-ir/interpret';
import type { IrModule } from '../4-ir/ir';
import { verifyModule } from '../4-ir/verify';
import { optimise, type OptimiseOptions } from './optimise';

export interface PassProof {
  readonly pass: string;
  readonly index: number;
  readonly changed: boolean;
  readonly verdict: 'same output' | 'different output' | 'invalid IR' | 'not run';
  /** What differs, for a reader. */
  readonly detail: string;
}

export interface ProofOptions extends OptimiseOptions {
  /** Further modules to link: the library. */
  readonly library?: readonly IrModule[];
  readonly run?: InterpretOptions;
}

export interface Proof {
  readonly before: IrRun;
  readonly passes: readonly PassProof[];
  /** Name of the first pass that broke the program. */
  readonly broken: string | undefined;
}

/** Optimises the module in place and says after each pass whether the program still does the same. */
export function prove(module: IrModule, options: ProofOptions): Proof {
  const library = options.library ?? [];
  const run = () => interpretModules([module, ...library], options.run);
  const before = run();
  const passes: PassProof[] = [];
  let last = before;
  optimise(module, {
    ...options,
    afterPass: (pass, after, remarks, changed, index) => {
      options.afterPass?.(pass, after, remarks, changed, index);
      const problems = changed ? verifyModule(after) : [];
      if (problems.length > 0) {
        passes.push({ pass: pass.name, index, changed, verdict: 'invalid IR', detail: problems.join('\n') });
        return;
      }
      if (changed) last = run();
      passes.push({ pass: pass.name, index, changed, ...compareRuns(before, last) });
    },
  });
  return {
    before,
    passes,
    broken: passes.find((one) => one.verdict === 'different output' || one.verdict === 'invalid IR')?.pass,
  };
}

/**
 * A run that reached its step limit, or ran out of stack, is compared as far as it went: passes change how many steps and how
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
  return { verdict: 'same output', detail: cut ? 'as far as it ran' : '' };
}

const isCut = (exit: IrExit): boolean =>
  exit.kind === 'limit' || (exit.kind === 'trap' && exit.trap === 'stack-overflow');

export function exitText(exit: IrExit): string {
  switch (exit.kind) {
    case 'halt':
      return `exit code ${exit.code}`;
    case 'trap':
      return `trap ${exit.trap}`;
    case 'limit':
      return 'the step limit';
    case 'unsupported':
      return exit.reason;
  }
}
