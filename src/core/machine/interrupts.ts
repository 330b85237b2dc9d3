/**
 * Interrupts at the hardware thread that executes: which is taken, how its handler is entered, and what WAIT's sleep is booked to.
 * Devices make them pending in the core's words (devices/host.ts); RETI is an instruction (cpu/interpreter.ts).
 */
import { VECTOR_BASE, VECTOR_COUNT } from '../isa/convention';
import { FLAG } from '../isa/table';
import { trapNumber } from '../isa/traps';
import { ACCOUNT, CoreState } from './layout';
import type { Machine } from './machine';

/** Cycles from an accepted interrupt to the first access to the stack. */
export const INTERRUPT_CYCLES = 4;

const TRAP_STACK = trapNumber('stack-overflow');

export class Interrupts {
  /** Since power on. */
  taken = 0;
  /** Cycles asleep that no device has ended yet; they stand in the sleep account for now. */
  slept = 0;
  /** By thread: how often a handler was entered since the machine was made, by whatever way, and the last one's address. No state. */
  readonly entered: Uint32Array;
  readonly handler: Uint16Array;

  constructor(private readonly machine: Machine) {
    const { length } = machine.threads;
    this.entered = new Uint32Array(length);
    this.handler = new Uint16Array(length);
  }

  reset(): void {
    this.taken = 0;
    this.slept = 0;
  }

  /** Ends WAIT when an interrupt that the mask lets through is pending; the time asleep goes to the device that ended it. */
  awake(): boolean {
    const { core, devices } = this.machine;
    const ready = core.irqPending & core.irqMask;
    if (ready === 0) return false;
    core.state = CoreState.running;
    const account = devices.accountOf(31 - Math.clz32(ready & -ready));
    (core.ledger[ACCOUNT.sleep] as number) -= this.slept;
    (core.ledger[ACCOUNT[account]] as number) += this.slept;
    this.slept = 0;
    return true;
  }

  sleep(until: number): void {
    const { core } = this.machine;
    const cycles = until - core.cycles;
    this.slept += cycles;
    core.spend(ACCOUNT.sleep, cycles);
  }

  /** Takes the first interrupt that is pending, let through and has a handler. */
  deliver(): boolean {
    const { core, memory } = this.machine;
    let ready = core.flags & FLAG.I ? core.irqPending & core.irqMask : 0;
    for (; ready !== 0; ready &= ready - 1) {
      const vector = 31 - Math.clz32(ready & -ready);
      const at = VECTOR_BASE + 2 * vector;
      const handler = vector < VECTOR_COUNT ? (memory[at] as number) | ((memory[at + 1] as number) << 8) : 0;
      if (handler === 0) continue;
      this.enter(vector, at, handler);
      return true;
    }
    return false;
  }

  /** Pushes PC, then the flags; reads the vector; goes there with interrupts off. */
  private enter(vector: number, at: number, handler: number): void {
    const { core, memory, execution, code } = this.machine;
    const sp = core.sp - 3;
    if (sp < Math.max(core.stackLimit, execution.writableFrom)) {
      core.trap = TRAP_STACK;
      core.state = CoreState.trapped;
      return;
    }
    core.spend(ACCOUNT.compute, INTERRUPT_CYCLES);
    this.access(sp + 1, 2, true);
    this.access(sp, 1, true);
    this.access(at, 2, false);
    memory[sp] = core.flags;
    memory[sp + 1] = core.pc;
    memory[sp + 2] = core.pc >> 8;
    if (execution.codeIsWritable) for (let i = 0; i < 3; i++) code.forget(sp + i);
    core.sp = sp;
    core.flags &= ~FLAG.I;
    core.irqPending &= ~(1 << vector);
    core.pc = handler;
    this.taken++;
    (this.entered[core.id] as number)++;
    this.handler[core.id] = handler;
  }

  /** A data access of the core outside an instruction. */
  private access(address: number, bytes: number, write: boolean): void {
    const { core, system } = this.machine;
    core.spend(ACCOUNT.l1d, bytes * system.fast.byteCycles);
    core.cycles += system.data(address, bytes, write, core.pc, core.cycles);
  }
}
