/**
 * Drives what a worker runs: slice by slice, with the mail between slices, and sends a frame at most as often as asked. Between two
 * slices it sleeps as long as the next one would be of no use; whatever comes meanwhile wakes it.
 */
export interface Driven<Frame> {
  /** Whether there is a slice to run. */
  readonly isBusy: boolean;
  /** Milliseconds until the next slice is of use, 0 for at once. */
  readonly idleMs: number;
  /** Runs for some milliseconds. */
  slice(): void;
  /** What is to be shown now, if anything. */
  frame(): Frame | undefined;
  /** Where frames go. */
  readonly receiver: ((frame: Frame) => unknown) | undefined;
}

/** The worker's world; times in milliseconds. */
export interface LoopHost {
  now(): number;
  /** Calls `turn` once the mail that waits has been read. */
  afterMail(): void;
  /** Calls back later; gives what takes that back. */
  after(delayMs: number, then: () => void): () => void;
}

/** A sleep this short is none: a timer would take longer. */
const LEAST_SLEEP_MS = 1;

export class FrameLoop<Frame> {
  /** Whether a turn comes after the mail. */
  private isPosted = false;
  /** Takes back the turn that comes later. */
  private endSleep: (() => void) | undefined;
  private isInTurn = false;
  /** Whether there is anything new to show. */
  private isDirty = false;
  private isSending = false;
  private isFrameDue = false;
  private sentAt = -Infinity;

  constructor(
    private readonly driven: Driven<Frame>,
    private readonly host: LoopHost,
    /** From one frame to the next, at least. */
    private readonly frameMs: number,
  ) {}

  /** There is a new frame to send or a slice to run. */
  wake(): void {
    this.isDirty = true;
    // A turn looks itself for what comes next.
    if (!this.isInTurn) this.schedule(0);
  }

  turn(): void {
    this.isPosted = false;
    this.endSleep?.();
    this.endSleep = undefined;
    this.isInTurn = true;
    try {
      if (this.driven.isBusy) this.driven.slice();
    } finally {
      this.isInTurn = false;
    }
    void this.send();
    if (this.driven.isBusy) this.schedule(this.driven.idleMs);
  }

  private schedule(delayMs: number): void {
    if (this.isPosted) return;
    this.endSleep?.();
    this.endSleep = undefined;
    if (delayMs > LEAST_SLEEP_MS) this.endSleep = this.host.after(delayMs, () => this.turn());
    else {
      this.isPosted = true;
      this.host.afterMail();
    }
  }

  private async send(): Promise<void> {
    const { driven, host } = this;
    const take = driven.receiver;
    if (!take || this.isSending || !this.isDirty) return;
    const waitMs = this.sentAt + this.frameMs - host.now();
    if (waitMs > 0) {
      if (!driven.isBusy || driven.idleMs > waitMs) this.sendLater(waitMs);
      return;
    }
    const frame = driven.frame();
    if (!frame) return;
    this.isDirty = false;
    this.isSending = true;
    this.sentAt = host.now();
    try {
      await take(frame);
    } finally {
      this.isSending = false;
      if (this.isDirty) void this.send();
    }
  }

  private sendLater(waitMs: number): void {
    if (this.isFrameDue) return;
    this.isFrameDue = true;
    this.host.after(waitMs, () => {
      this.isFrameDue = false;
      void this.send();
    });
  }
}
