/** What a lesson is, and how the run of a learner's program is judged: by what the machine did, not by what the text looks like. */
import type { OptLevel } from '../../core/compiler/views';
import { LEDGER_LEVELS, type LedgerLevel, type MachineFrame } from '../../rpc/machine';

/** What a check may look at. */
export interface LessonRun {
  readonly source: string;
  readonly output: string;
  /** Undefined when the program did not end by itself. */
  readonly exitCode: number | undefined;
  readonly trap: string | undefined;
  readonly cycles: number;
  readonly timeNs: number;
  /** Shares of the data accesses that the first-level cache answered, 0 to 1. */
  readonly l1dHitRate: number;
  readonly ns: Readonly<Record<LedgerLevel, number>>;
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  /** Paragraphs; `words in backquotes` are code. */
  readonly text: readonly string[];
  readonly task: string;
  readonly hint: string;
  readonly level: OptLevel;
  readonly start: string;
  /** One way to do it; the tests run it. */
  readonly solution: string;
  /**
   * What is still missing, in words; undefined when the task is done. `given` is the run of the program as it is given, so that a task
   * can ask for less time than that one takes, whatever the compiler makes of it.
   */
  readonly check: (run: LessonRun, given: LessonRun) => string | undefined;
}

/** What does not end within so many instructions is stopped. The longest lesson takes a tenth of them. */
export const LESSON_INSTRUCTIONS = 20_000_000;

export function runOf(source: string, frame: MachineFrame): LessonRun {
  const l1d = frame.caches.find((cache) => cache.id === 'l1d');
  const accesses = (l1d?.reads ?? 0) + (l1d?.writes ?? 0);
  const misses = (l1d?.readMisses ?? 0) + (l1d?.writeMisses ?? 0);
  const ns = Object.fromEntries(LEDGER_LEVELS.map((level, index) => [level, frame.ledger[index] ?? 0]));
  return {
    source,
    output: frame.output,
    exitCode: frame.state === 'halted' ? (frame.stop?.exitCode ?? 0) : undefined,
    trap: frame.state === 'trapped' ? frame.stop?.message : undefined,
    cycles: frame.cycles,
    timeNs: frame.timeNs,
    l1dHitRate: accesses === 0 ? 0 : 1 - misses / accesses,
    ns: ns as Record<LedgerLevel, number>,
  };
}

/** What the program did, held against the lesson's task. */
export function judge(lesson: Lesson, run: LessonRun, given: LessonRun): string | undefined {
  if (run.trap !== undefined) return `${run.trap}.`;
  if (run.exitCode === undefined) return 'The program does not come to an end: it was stopped.';
  return lesson.check(run, given);
}

/** Complains unless the program wrote exactly this. */
export function wrote(run: LessonRun, wanted: string): string | undefined {
  const [got, want] = [run.output.trimEnd(), wanted.trimEnd()];
  if (got === want) return undefined;
  if (got === '') return `It wrote nothing. Wanted: ${want}`;
  return `It wrote "${got.length > 80 ? `${got.slice(0, 77)}…` : got}". Wanted: "${want}"`;
}
