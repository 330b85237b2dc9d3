/**
 * The proof of the optimiser on a program's own input: what each pass of the pipeline made of it, by running the IR after every pass. With
 * several units each is optimised in turn, linked with the others and the library.
 */
import { finished, type Steps } from '../../base/steps';
import { exitText, proveInSteps, type PassProof } from '../5-optimizer/prove';
import { PIPELINES } from '../5-optimizer/passes';
import type { Pass } from '../5-optimizer/pass';
import { LIBRARY_NATIVES } from '../4-ir/natives';
import type { Compilation } from '../compilation';
import { libraryModules } from '../library-ir';
import type { PassVerdict, PassVerdictView, ProofView } from '../views';
import { lowered } from './ir';

export interface ProofLimits {
  /** Steps of one run. */
  readonly runSteps: number;
  /** Steps of all runs together. */
  readonly totalSteps: number;
}

/** A second or two: for whoever waits for the answer. */
export const PROOF_LIMITS: ProofLimits = { runSteps: 4_000_000, totalSteps: 60_000_000 };

/** What says most about a pass that ran over several units, worst first. */
const ORDER: readonly PassVerdict[] = ['invalid IR', 'different output', 'not run', 'not proven', 'same output'];

export interface ProofRequest {
  readonly input: Uint8Array;
  readonly limits?: ProofLimits;
  /** Passes instead of the level's own. */
  readonly pipeline?: readonly Pass[];
}

export const proofOf = (c: Compilation, request: ProofRequest): ProofView => finished(proofInSteps(c, request));

/** No step takes longer than a pass and a run of the program. */
export function* proofInSteps(
  c: Compilation,
  { input, limits = PROOF_LIMITS, pipeline }: ProofRequest,
): Steps<ProofView> {
  const { level, multiplier } = c.options;
  const modules = lowered(c);
  const library = libraryModules(c.library, 'O0', multiplier);
  const passes = pipeline ?? PIPELINES[level];
  const verdicts: (PassProof | undefined)[] = passes.map(() => undefined);
  let end = '';
  for (const module of modules) {
    const proof = yield* proveInSteps(module, {
      level,
      multiplier,
      disabled: new Set(c.options.disabledPasses),
      remarks: false,
      pipeline: passes,
      library: [...modules.filter((other) => other !== module), ...library],
      run: { input, natives: LIBRARY_NATIVES, stepLimit: limits.runSteps },
      totalSteps: limits.totalSteps / modules.length,
    });
    end ||= exitText(proof.before.exit);
    for (const one of proof.passes) {
      const known = verdicts[one.index];
      if (!known || ORDER.indexOf(one.verdict) < ORDER.indexOf(known.verdict)) verdicts[one.index] = one;
    }
  }
  const broken = verdicts.find((one) => one?.verdict === 'different output' || one?.verdict === 'invalid IR');
  return {
    end,
    passes: verdicts.map((one): PassVerdictView | undefined => one && { verdict: one.verdict, detail: one.detail }),
    ...(broken ? { broken: broken.pass } : {}),
  };
}

/** What there is to say up to the last run of a pass, in a sentence. */
export function proofText(c: Compilation, proof: ProofView, until: number): string {
  const names = PIPELINES[c.options.level].map(({ name }) => name);
  const seen = proof.passes.slice(0, until + 1);
  const guilty = seen.findIndex((one) => one?.verdict === 'different output' || one?.verdict === 'invalid IR');
  if (guilty >= 0) return `${names[guilty]} (pass ${guilty + 1}) broke the program: ${verdictText(seen[guilty])}`;
  const doubt = seen.find((one) => one && one.verdict !== 'same output');
  if (doubt) return verdictText(doubt);
  return `same output as before the first pass (${proof.end})`;
}

export function verdictText(one: PassVerdictView | undefined): string {
  if (!one) return 'switched off';
  return one.detail === '' ? one.verdict : `${one.verdict}: ${one.detail}`;
}
