/**
 * Judges that are not ours: `npm run judges`, or one of them by `npm run judge:avr`, `judge:cc65`, `judge:gcc`. Each compiles and runs
 * the same generated programs as we do; what it prints must be what we print. Options: --count N, --seed N (the first program).
 * What is not installed is installed (Debian, as root) or skipped with a message. Status 1 if anybody disagrees.
 */
import { SAMPLES } from '../../programs/library';
import { endOf, judge as judgeInside, settingsFor, type Outcome, type Setting } from '../property/programs/judges';
import { FREE, generateProgram, PRELUDE, Program } from '../property/programs/program';
import { anchor, textOf } from '../property/programs/pieces';
import { reduce } from '../property/programs/reduce';
import { Random } from '../../src/core/base/random';
import { avrJudge } from './avr';
import { cc65Judge } from './cc65';
import { csmithProgram, csmithText, csmithUnavailable } from './csmith';
import { gccRun, gccSample, gccText, gccUnavailable } from './gcc';
import type { Answer, SourceJudge } from './judge';

/** Programs unless told otherwise. */
const COUNTS: Readonly<Record<string, number>> = { avr: 2000, cc65: 500, gcc: 500, csmith: 300 };
/** If this fails, the tools are at fault. */
const PROBE = anchor('int main(void) { put4(0x12345678); return 7; }\n');
const CSMITH_SETTINGS: readonly Setting[] = (['O0', 'O1', 'O2', 'Os'] as const).map((level) => ({
  ...{ level, multiplier: true, unchecked: false, disabled: new Set<string>() },
  everyPass: level === 'O2',
}));
/** Runs of a judge for making one program smaller. */
const REDUCTION_TRIES = 400;
const MOST_SHOWN = 10;

const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const chosen = process.argv.slice(2).filter((arg) => Object.hasOwn(COUNTS, arg));
const seed = option('seed', 1);
let disagreements = 0;
for (const name of chosen.length > 0 ? chosen : Object.keys(COUNTS)) {
  const count = option('count', COUNTS[name] as number);
  if (name === 'gcc') judgeByGcc(count);
  else if (name === 'csmith') judgeCsmith(count);
  else judgeBySource(name === 'avr' ? avrJudge : cc65Judge, count);
}
process.exit(disagreements > 0 ? 1 : 0);

/** What we say about a program; undefined if it cannot be compared. Disagreements among ourselves are the property tests' part. */
function ours(program: Program): Outcome | undefined {
  const random = new Random(program.seed, 'settings');
  const one = settingsFor((bound) => random.below(bound))[1] as Setting;
  const verdict = judgeInside(program.text(PRELUDE), [{ ...one, everyPass: false }]);
  if (verdict.kind === 'differ') show(program, `we disagree among ourselves: ${verdict.who}: ${verdict.detail}`);
  return verdict.kind === 'agree' ? verdict.outcome : undefined;
}

function show(program: Program, what: string): void {
  if (++disagreements > MOST_SHOWN) return;
  console.log(`\nprogram ${program.seed} (${program.profile.name}): ${what}\n${textOf(program.root)}`);
}

// ---------------------------------------------------------------- judges of the source

function judgeBySource(judge: SourceJudge, count: number): void {
  const missing = judge.unavailable();
  if (missing !== undefined) {
    console.log(`${judge.name}: skipped: ${missing}`);
    return;
  }
  const [probe] = ask(judge, [new Program(0, judge.profile, PROBE)], 0);
  if (typeof probe === 'string' || probe?.status !== 7) {
    console.log(`${judge.name}: skipped: it does not run a program that returns 7: ${JSON.stringify(probe)}`);
    return;
  }
  console.log(`${judge.name}: ${judge.describe()}; programs ${seed} to ${seed + count - 1}`);
  let compared = 0;
  let wrong = 0;
  let refused = 0;
  let outvoted = 0;
  let turn = 0;
  for (let first = seed; first < seed + count; first += judge.batch, turn++) {
    const length = Math.min(judge.batch, seed + count - first);
    const entries = Array.from({ length }, (_, i) => generateProgram(first + i, judge.profile)).flatMap((program) => {
      const expected = ours(program);
      return expected ? [{ program, expected }] : [];
    });
    const answers = ask(
      judge,
      entries.map(({ program }) => program),
      turn,
    );
    entries.forEach(({ program, expected }, i) => {
      const answer = answers[i] as Answer;
      if (judge.mayRefuse && typeof answer === 'string') {
        if (refused++ === 0) console.log(`${judge.name}: program ${program.seed} is refused: ${answer.slice(0, 300)}`);
        return;
      }
      compared++;
      const detail = differs(expected, answer);
      if (detail === undefined) return;
      if (judge.arbiter && isOutvoted(judge.arbiter, program, expected)) {
        outvoted++;
        return;
      }
      wrong++;
      if (disagreements < MOST_SHOWN) shrinkAndShow(judge, program, turn, detail);
      else disagreements++;
    });
  }
  const others = [
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(outvoted > 0 ? [`in ${outvoted} more ${judge.arbiter?.name} without optimisation sides with us`] : []),
  ];
  const total = `${compared} of ${count} programs compared, seed ${seed}: ${wrong} disagreements`;
  console.log(`${judge.name}: ${[total, ...others].join('; ')}`);
}

/** Whether a third party gives our answer. */
function isOutvoted(arbiter: SourceJudge, program: Program, expected: Outcome): boolean {
  const [answer] = ask(arbiter, [program], arbiter.plainTurn);
  return differs(expected, answer as Answer) === undefined;
}

/** All together; if that fails, each by itself. */
function ask(judge: SourceJudge, programs: readonly Program[], turn: number): Answer[] {
  const bodies = programs.map(({ root }) => textOf(root));
  try {
    const answers = judge.answers(bodies, turn);
    if (bodies.length === 1 || answers.every((answer) => typeof answer !== 'string')) return answers;
  } catch (error) {
    if (bodies.length === 1) return [(error as Error).message];
  }
  return programs.flatMap((program) => ask(judge, [program], turn));
}

function differs({ output, end }: Outcome, answer: Answer): string | undefined {
  if (typeof answer === 'string') return answer;
  const theirs = endOf(answer.status);
  if (theirs !== end) return `main: ${theirs}, ours: ${end}`;
  const at = output.findIndex((byte, i) => byte !== answer.output[i]);
  if (at >= 0) return `byte ${at} of the output is ${answer.output[at]}, ours ${output[at]}`;
  return output.length === answer.output.length ? undefined : 'the output is longer than ours';
}

function shrinkAndShow(judge: SourceJudge, program: Program, turn: number, detail: string): void {
  const wrong = (candidate: Program): boolean => {
    const verdict = judgeInside(candidate.text(PRELUDE), []);
    if (verdict.kind !== 'agree') return false;
    const [answer] = ask(judge, [candidate], turn);
    // What does not compile there says nothing about us.
    if (typeof answer === 'string') return false;
    return differs(verdict.outcome, answer as Answer) !== undefined;
  };
  const [alone] = ask(judge, [program], turn);
  const small = typeof alone === 'string' ? program : reduce(program, wrong, REDUCTION_TRIES);
  show(small, `${judge.name} (turn ${turn}): ${detail}`);
}

// ---------------------------------------------------------------- programs of csmith

/** avr-gcc says what they must print; ours run at all levels. */
function judgeCsmith(count: number): void {
  const missing = csmithUnavailable() ?? avrJudge.unavailable();
  if (missing !== undefined) {
    console.log(`csmith: skipped: ${missing}`);
    return;
  }
  console.log(`csmith: ${csmithText()}, ${avrJudge.describe()}; programs ${seed} to ${seed + count - 1}`);
  let compared = 0;
  let wrong = 0;
  for (let n = seed; n < seed + count; n++) {
    const text = csmithProgram(n, new Random(n, 'csmith'));
    const verdict = judgeInside(PRELUDE + text, CSMITH_SETTINGS);
    // Some run for ages.
    if (verdict.kind === 'none') continue;
    compared++;
    const detail =
      verdict.kind === 'differ' ? `${verdict.who}: ${verdict.detail}` : avrDiffers(verdict.outcome, text, n);
    if (detail === undefined) continue;
    wrong++;
    disagreements++;
    console.log(`\ncsmith program ${n}: ${detail}\n${text}`);
  }
  console.log(`csmith: ${compared} of ${count} programs compared, seed ${seed}: ${wrong} disagreements`);
}

function avrDiffers(expected: Outcome, text: string, turn: number): string | undefined {
  const [answer] = avrJudge.answers([text], turn);
  return differs(expected, answer as Answer);
}

// ---------------------------------------------------------------- gcc, on what we print as C

function judgeByGcc(count: number): void {
  const missing = gccUnavailable();
  if (missing !== undefined) {
    console.log(`gcc: skipped: ${missing}`);
    return;
  }
  console.log(`gcc: ${gccText()}; programs ${seed} to ${seed + count - 1}`);
  let compared = 0;
  let wrong = 0;
  for (let i = 0; i < count; i++) {
    const program = generateProgram(seed + i, FREE);
    const expected = ours(program);
    if (!expected) continue;
    const { run, how } = gccRun(program.text(PRELUDE), i);
    compared++;
    const detail = typeof run === 'string' ? run : sameRun(expected, run);
    if (detail === undefined) continue;
    wrong++;
    show(program, `gcc (${how}): ${detail}`);
  }
  const samples = judgeSamples();
  console.log(
    `gcc: ${compared} of ${count} programs compared, seed ${seed}: ${wrong} disagreements; samples: ${samples}`,
  );
}

function sameRun(expected: Outcome, run: Outcome): string | undefined {
  if (expected.end !== run.end) return `ended with ${run.end}, ours ${expected.end}`;
  return Buffer.compare(expected.output, run.output) === 0 ? undefined : 'the output differs';
}

/** What samples print as C is what their `// expect:` lines say; those that need devices have other clocks and no disks there. */
function judgeSamples(): string {
  let same = 0;
  const apart: string[] = [];
  for (const sample of SAMPLES)
    for (const level of ['O0', 'O2', 'Os'] as const) {
      // Those that wait for a device would wait for ever.
      const run = usesDevices(sample.text) ? undefined : gccSample(sample, level);
      if (run === undefined) {
        if (level === 'O0') apart.push(sample.name);
        continue;
      }
      const printed = typeof run === 'string' ? run : new TextDecoder().decode(run.output).trimEnd();
      if (isExpected(printed, sample.expect)) same++;
      else {
        disagreements++;
        console.log(`sample ${sample.name} at -${level} prints ${JSON.stringify(printed.slice(0, 300))}`);
      }
    }
  return `${same} runs as expected; not compared: ${apart.join(' ')}`;
}

function usesDevices(text: string): boolean {
  return /\b(asm|disk_|in\(|out\(|interrupt|counter|nanos|cycles|screen|led|keys|timer|sleep|plot)/i.test(text);
}

/** `<n>` stands for any number. */
function isExpected(printed: string, lines: readonly string[]): boolean {
  const pattern = lines
    .join('\n')
    .trimEnd()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.replaceAll('<n>', '-?\\d+')}$`).test(printed);
}
