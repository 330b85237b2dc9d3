/**
 * Keeps one request in flight and remembers only the newest behind it: newer edits retire older compiles that have not begun. The
 * worker behind it is replaced when it crashes or does not answer in time.
 */
export interface Queue<Q, A> {
  /** Resolves with the answer, or with undefined when a newer request took its place. */
  ask(request: Q): Promise<A | undefined>;
}

interface Waiting<Q, A> {
  readonly request: Q;
  readonly resolve: (answer: A | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export function newestOnly<Q, A>(work: (request: Q) => Promise<A>): Queue<Q, A> {
  let busy = false;
  let waiting: Waiting<Q, A> | undefined;

  async function run(entry: Waiting<Q, A>): Promise<void> {
    busy = true;
    try {
      const answer = await work(entry.request);
      // An answer that a newer request has overtaken is of no use to anybody.
      entry.resolve(waiting ? undefined : answer);
    } catch (error) {
      entry.reject(error);
    }
    busy = false;
    const next = waiting;
    waiting = undefined;
    if (next) void run(next);
  }

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        const entry = { request, resolve, reject };
        waiting?.resolve(undefined);
        if (busy) waiting = entry;
        else void run(entry);
      }),
  };
}

/** Rejects when `work` takes longer than `limitMs`. */
export function within<T>(limitMs: number, work: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
