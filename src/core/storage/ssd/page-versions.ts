/**
 * Which write of a page is on the flash, while newer ones wait in the buffer. Only a drive whose contents somebody keeps needs to know:
 * when the power goes, a page is what the last program of it said.
 */

export interface PageVersionsState {
  readonly waiting: readonly (readonly [number, number])[];
  readonly onFlash: readonly (readonly [number, number])[];
}

export class PageVersions {
  /** Running number of the write whose data lie in a physical page that is not programmed yet. */
  private readonly waiting = new Map<number, number>();
  /** By logical page with newer versions in the buffer: number of the newest write that is programmed. */
  private readonly onFlash = new Map<number, number>();

  constructor(private readonly isOn: boolean) {}

  buffered(physical: number, write: number): void {
    if (this.isOn) this.waiting.set(physical, write);
  }

  moved(from: number, to: number): void {
    const write = this.waiting.get(from);
    if (write === undefined) return;
    this.waiting.delete(from);
    this.waiting.set(to, write);
  }

  /** `isLast`: the buffer holds no other version of the page, so that nothing has to be remembered. */
  programmed(physical: number, logical: number, isLast: boolean): void {
    if (!this.isOn) return;
    const write = this.waiting.get(physical) ?? 0;
    this.waiting.delete(physical);
    // Dies finish in any order: an older version that arrives late is already out of date.
    if (isLast) this.onFlash.delete(logical);
    else if (write > (this.onFlash.get(logical) ?? 0)) this.onFlash.set(logical, write);
  }

  /** Newest write of a page with buffered versions that would survive; -1 when none of this power-on would. */
  durable(logical: number): number {
    return this.onFlash.get(logical) ?? -1;
  }

  clear(): void {
    this.waiting.clear();
    this.onFlash.clear();
  }

  save(): PageVersionsState {
    return { waiting: [...this.waiting], onFlash: [...this.onFlash] };
  }

  load(state: PageVersionsState): void {
    this.clear();
    for (const [page, write] of state.waiting) this.waiting.set(page, write);
    for (const [page, write] of state.onFlash) this.onFlash.set(page, write);
  }
}
