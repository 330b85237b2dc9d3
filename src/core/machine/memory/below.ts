/** What a cache level sees below itself, and the clock on which every level books the time it takes. */

/** The next level: another cache or memory. Both calls book their time on the clock. */
export interface Below {
  read(address: number, bytes: number): void;
  write(address: number, bytes: number): void;
}

/** Time runs by booking: there is no way to move it without naming the account. In cycles. */
export class Clock {
  now = 0;
  /** Above 0 while something happens beside the core, which does not wait for it. */
  private paused = 0;

  /** `ledger` is that of the hardware thread whose time runs. */
  constructor(public ledger: Float64Array) {}

  pause(): void {
    this.paused++;
  }

  resume(): void {
    this.paused--;
  }

  book(account: number, cycles: number): void {
    if (this.paused > 0) return;
    this.now += cycles;
    (this.ledger[account] as number) += cycles;
  }
}
