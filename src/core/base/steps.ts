/** Long work in short steps: a generator that pauses between them, and whose caller decides whether there is a next one. */
export type Steps<Result, Pause = unknown> = Generator<Pause, Result, void>;

/** All the steps at once. */
export function finished<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
