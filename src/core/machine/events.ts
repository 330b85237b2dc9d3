/**
 * What the machine waits for, on the discrete-event kernel. Devices schedule in whole CPU cycles, one pending event a slot; the slot
 * is the event's priority too, so that order at equal times does not depend on who scheduled first. All that is pending fits in a
 * list of due cycles, so a snapshot is a copy and restoring schedules anew.
 */
import { Kernel, NO_TICKET, type Ticket } from '../sim/kernel';

export const SLOT = { timer: 0, ssd0: 1, hdd0: 2, network: 3 } as const;
export type Slot = (typeof SLOT)[keyof typeof SLOT];
const SLOTS = Object.keys(SLOT).length;

export class Events {
  /** Cycle of each slot's pending event, Infinity for none. */
  private due: number[] = new Array<number>(SLOTS).fill(Infinity);
  private tickets: Ticket[] = new Array<Ticket>(SLOTS).fill(NO_TICKET);
  private readonly kernel = new Kernel();
  /** CPU cycle at the kernel's now. */
  private kernelCycle = 0;
  private next = Infinity;

  constructor(
    private readonly cyclePs: number,
    private readonly fire: (slot: Slot) => void,
  ) {
    this.kernel.register((slot) => {
      this.tickets[slot] = NO_TICKET;
      this.due[slot] = Infinity;
      this.next = Math.min(...this.due);
      this.fire(slot as Slot);
    });
  }

  /** Cycle of the next event, Infinity when none is pending. */
  get nextCycle(): number {
    return this.next;
  }

  /** Makes `slot` fire at `cycle`, instead of what it was set to. */
  schedule(slot: Slot, cycle: number): void {
    this.cancel(slot);
    this.due[slot] = cycle;
    this.tickets[slot] = this.kernel.schedule((cycle - this.kernelCycle) * this.cyclePs, 0, slot, slot);
    this.next = Math.min(this.next, cycle);
  }

  cancel(slot: Slot): void {
    const ticket = this.tickets[slot] as Ticket;
    if (ticket === NO_TICKET) return;
    this.kernel.cancel(ticket);
    this.tickets[slot] = NO_TICKET;
    this.due[slot] = Infinity;
    this.next = Math.min(...this.due);
  }

  /** Runs every event that is due at `cycle`, and moves the kernel's clock there. */
  runUntil(cycle: number): void {
    while (this.next <= cycle) {
      this.kernelCycle = this.next;
      this.kernel.step();
    }
    if (cycle > this.kernelCycle) {
      this.kernel.advance((cycle - this.kernelCycle) * this.cyclePs);
      this.kernelCycle = cycle;
    }
  }

  save(): readonly number[] {
    return [...this.due];
  }

  /** Starts over at `cycle` with these events pending. The kernel's own clock goes on: only distances from now count. */
  restore(cycle: number, due: readonly number[]): void {
    for (let slot = 0; slot < SLOTS; slot++) this.cancel(slot as Slot);
    this.kernelCycle = cycle;
    due.forEach((at, slot) => {
      if (at < Infinity) this.schedule(slot as Slot, at);
    });
  }

  reset(): void {
    this.restore(0, []);
  }
}
