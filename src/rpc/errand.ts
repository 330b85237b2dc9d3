/** Work beside a runner's own, in bounded slices: a newer question retires the older one, whose answer is undefined. */
export class Errand {
  private work: Generator<void, void, void> | undefined;

  get isBusy(): boolean {
    return this.work !== undefined;
  }

  begin<T>(question: Generator<void, T, void>): Promise<T | undefined> {
    this.end();
    return new Promise((resolve) => {
      let answer: T | undefined;
      const work = (function* () {
        try {
          answer = yield* question;
        } finally {
          resolve(answer);
        }
      })();
      // Begun at once, so that an end before its first slice is heard.
      if (!work.next().done) this.work = work;
    });
  }

  end(): void {
    this.work?.return();
    this.work = undefined;
  }

  /** Goes on until it is done or somebody else is due. */
  run(isDue: () => boolean): void {
    const { work } = this;
    while (work && !isDue())
      if (work.next().done) {
        if (this.work === work) this.work = undefined;
        return;
      }
  }
}
