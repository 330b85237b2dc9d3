/**
 * The property itself: whatever program is generated, everything in this repository that can run it agrees. GENERATED_RUNS says how many
 * programs (10,000 in `npm test`, shared out to several files so that they run side by side), GENERATED_SEED which; `npm run generated`
 * is the long run. A failure is made smaller by fast-check and printed as a whole C program.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../../src/core/base/random';
import { PASSES } from '../../../src/core/compiler/5-optimizer/passes';
import { judge, settingsFor, type Coverage } from './judges';
import { FREE, PRELUDE, PRINTF_PRELUDE, ProgramArbitrary, STRICT, type Program } from './program';

const RUNS = Number(process.env.GENERATED_RUNS ?? 10_000);
const SEED = Number(process.env.GENERATED_SEED ?? 20_260);
/** One program in so many prints through printf, which brings the library in and takes far longer. */
const PRINTF_SHARE = 40;
/** A failure is made smaller in so many tries; some would take hours to become as small as they can be. */
const MOST_SHRINKS = 3000;
/** After so many programs, most passes have changed something and been looked at; some have little to do in such programs. */
const COVERAGE_RUNS = 1000;
const COVERAGE_SHARE = 0.7;

export function generatedPrograms(part: number, parts: number): void {
  const runs = Math.ceil(RUNS / parts);
  const seed = SEED + part;
  test(`${runs} generated programs, seed ${seed}`, { timeout: 4000 * runs + 60_000 }, () => {
    const coverage: Coverage = { runs: 0, programs: 0, passes: new Map() };
    const programs = fc.oneof(
      { weight: 4, arbitrary: new ProgramArbitrary(FREE) },
      { weight: 1, arbitrary: new ProgramArbitrary(STRICT) },
    );
    let shrinks = 0;
    const property = fc.property(programs, (program) => {
      if (shrinks > MOST_SHRINKS) return;
      if (shrinks > 0) shrinks++;
      try {
        agrees(program, coverage);
      } catch (error) {
        shrinks ||= 1;
        throw error;
      }
    });
    fc.assert(property, { seed, numRuns: runs });
    // Generated programs compile and end: hardly any is left out.
    expect(coverage.programs).toBeGreaterThan(0.99 * runs);
    console.log(`seed ${seed}: ${coverage.programs} programs, ${coverage.runs} runs, 0 disagreements`);
    const looks = [...coverage.passes].map(([name, times]) => `${name} ${times}`);
    console.log(`looked at the IR after ${looks.join(', ')}`);
    if (runs >= COVERAGE_RUNS) expect(coverage.passes.size).toBeGreaterThan(COVERAGE_SHARE * PASSES.length);
  });
}

function agrees(program: Program, coverage: Coverage): void {
  const { text, usesLibrary } = textFor(program);
  const random = new Random(program.seed, 'settings');
  const verdict = judge(
    text,
    settingsFor((bound) => random.below(bound)),
    { usesLibrary, coverage },
  );
  if (verdict.kind === 'differ') throw new Error(`${verdict.who}: ${verdict.detail}`);
  if (verdict.kind === 'agree') coverage.programs++;
}

/** A program as it is compiled here. */
export function textFor(program: Program): { readonly text: string; readonly usesLibrary: boolean } {
  const usesLibrary = program.seed % PRINTF_SHARE === 0;
  return { text: program.text(usesLibrary ? PRINTF_PRELUDE : PRELUDE), usesLibrary };
}
