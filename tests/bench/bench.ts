/** What every benchmark is: a name, a summary, and a run that gives its figures as text and as JSON. */

export interface BenchContext {
  /** The checkout, with programs/ and tests/. */
  readonly root: string;
  /** Seconds since some start. */
  now(): number;
  /** Progress, for the person who waits; not part of the result. */
  note(text: string): void;
}

export interface BenchResult {
  /** The table for people. */
  readonly text: string;
  /** The same figures for programs. */
  readonly json: unknown;
}

export interface Bench {
  readonly summary: string;
  run(context: BenchContext): BenchResult | Promise<BenchResult>;
}

export interface BenchEntry {
  readonly name: string;
  load(): Promise<Bench>;
}
