/** What comes from outside, with the cycle at which it came: together with the program and the disks it determines the whole run. */

export type InputEvent =
  | { readonly kind: 'console'; readonly bytes: ArrayLike<number>; readonly end?: boolean }
  | { readonly kind: 'key'; readonly code: number }
  | { readonly kind: 'switches'; readonly bits: number }
  | { readonly kind: 'frame'; readonly peer: number; readonly bytes: Uint8Array }
  // Edits by hand while the machine is paused. `thread` is the hardware thread, the first if not given.
  | { readonly kind: 'register'; readonly index: number; readonly value: number; readonly thread?: number }
  | { readonly kind: 'memory'; readonly address: number; readonly value: number }
  | { readonly kind: 'pc'; readonly value: number; readonly thread?: number }
  | { readonly kind: 'sp'; readonly value: number; readonly thread?: number }
  | { readonly kind: 'flags'; readonly value: number; readonly thread?: number };

export interface LoggedInput {
  readonly cycle: number;
  /** Instructions executed when it came: several cores may execute at one cycle. Not given: the cycle says it all. */
  readonly instructions?: number;
  readonly event: InputEvent;
}

/** Entries kept; a session that passes this must start anew to be replayed. */
export const MAX_INPUTS = 1_000_000;

export class InputLog {
  private entries: LoggedInput[] = [];
  /** Entries that have been applied. */
  done = 0;
  /** No byte below this was ever changed by hand. */
  private editsFrom = Infinity;

  /** Cycle of the next entry to apply, Infinity when there is none. */
  get nextCycle(): number {
    const next = this.entries[this.done];
    return next ? next.cycle : Infinity;
  }

  /** Instructions that must have been executed before the next entry. */
  get nextInstructions(): number {
    return this.entries[this.done]?.instructions ?? 0;
  }

  get all(): readonly LoggedInput[] {
    return this.entries;
  }

  /** Whether bytes below `end` may differ between two moments of a run because somebody has changed them. */
  hasEdits(end: number): boolean {
    return this.editsFrom < end;
  }

  /** Logs an event at `cycle`; what was logged after the present is dropped, for the future is now another. */
  add(cycle: number, event: InputEvent, instructions?: number): void {
    this.entries.length = this.done;
    if (this.entries.length >= MAX_INPUTS) return;
    this.noteEdit(event);
    this.entries.push(instructions === undefined ? { cycle, event } : { cycle, instructions, event });
  }

  /** Takes the next event that is due. */
  take(cycle: number, instructions = Infinity): InputEvent | undefined {
    const next = this.entries[this.done];
    if (!next || next.cycle > cycle || (next.instructions ?? 0) > instructions) return undefined;
    this.done++;
    return next.event;
  }

  /** Takes over another run's log: it will come at its cycles. */
  expect(entries: readonly LoggedInput[]): void {
    this.entries = [...entries];
    this.done = 0;
    for (const { event } of entries) this.noteEdit(event);
  }

  /** All that was logged will come again. */
  rewind(): void {
    this.done = 0;
  }

  clear(): void {
    this.entries = [];
    this.done = 0;
    this.editsFrom = Infinity;
  }

  private noteEdit(event: InputEvent): void {
    if (event.kind === 'memory') this.editsFrom = Math.min(this.editsFrom, event.address);
  }
}
