/** What comes from outside, with the cycle at which it came: together with the program and the disks it determines the whole run. */

export type InputEvent =
  | { readonly kind: 'console'; readonly bytes: ArrayLike<number>; readonly end?: boolean }
  | { readonly kind: 'key'; readonly code: number }
  | { readonly kind: 'switches'; readonly bits: number }
  | { readonly kind: 'frame'; readonly peer: number; readonly bytes: Uint8Array }
  // Edits by hand while the machine is paused.
  | { readonly kind: 'register'; readonly index: number; readonly value: number }
  | { readonly kind: 'memory'; readonly address: number; readonly value: number }
  | { readonly kind: 'pc'; readonly value: number }
  | { readonly kind: 'sp'; readonly value: number }
  | { readonly kind: 'flags'; readonly value: number };

export interface LoggedInput {
  readonly cycle: number;
  readonly event: InputEvent;
}

/** Entries kept; a session that passes this must start anew to be replayed. */
export const MAX_INPUTS = 1_000_000;

export class InputLog {
  private entries: LoggedInput[] = [];
  /** Entries that have been applied. */
  done = 0;

  /** Cycle of the next entry to apply, Infinity when there is none. */
  get nextCycle(): number {
    const next = this.entries[this.done];
    return next ? next.cycle : Infinity;
  }

  get all(): readonly LoggedInput[] {
    return this.entries;
  }

  /** Logs an event at `cycle`; what was logged after the present is dropped, for the future is now another. */
  add(cycle: number, event: InputEvent): void {
    this.entries.length = this.done;
    if (this.entries.length < MAX_INPUTS) this.entries.push({ cycle, event });
  }

  /** Takes the next event that is due. */
  take(cycle: number): InputEvent | undefined {
    const next = this.entries[this.done];
    if (!next || next.cycle > cycle) return undefined;
    this.done++;
    return next.event;
  }

  /** Takes over another run's log: it will come at its cycles. */
  expect(entries: readonly LoggedInput[]): void {
    this.entries = [...entries];
    this.done = 0;
  }

  /** All that was logged will come again. */
  rewind(): void {
    this.done = 0;
  }

  clear(): void {
    this.entries = [];
    this.done = 0;
  }
}
