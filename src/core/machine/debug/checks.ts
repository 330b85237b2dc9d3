/**
 * Checks at run time that cost speed and are asked for: does every function keep the registers that the calling convention makes it keep,
 * and is anything read that nothing has written?
 */
import { CALLEE_SAVED_PAIRS } from '../../isa/convention';
import { decode } from '../../isa/codec';
import { formNumber } from '../../isa/table';
import { trapNumber } from '../../isa/traps';
import type { Image } from '../../assembler/image';
import { dataAccess } from '../cpu/effects';
import type { Core } from '../cpu/core';
import { CoreState } from '../layout';
import type { Machine } from '../machine';
import type { Hook } from '../stops';

interface Call {
  readonly returnTo: number;
  readonly sp: number;
  readonly saved: readonly number[];
}

const CALLS = new Set([formNumber('call'), formNumber('calla'), formNumber('icall')]);

/** What a hardware thread has called and not returned from. */
interface ThreadCalls {
  calls: Call[];
  isCall: boolean;
  isReturn: boolean;
  lastSeen: number;
}

/** Traps with "calling-convention" when a function returns with another w4 to w7 or SP than it was called with. */
export class ConventionCheck implements Hook {
  private readonly threads: ThreadCalls[] = [];

  before(machine: Machine): boolean {
    const { core, memory } = machine;
    const thread = this.of(core);
    // After a jump in time what was called from where is no longer known.
    if (core.instructions !== thread.lastSeen) thread.calls = [];
    const id = decode(word(memory, core.pc), word(memory, core.pc + 2))?.form.id;
    thread.isCall = id !== undefined && CALLS.has(formNumber(id));
    thread.isReturn = id === 'ret';
    return false;
  }

  after(machine: Machine): boolean {
    const { core, memory } = machine;
    const thread = this.of(core);
    const { calls } = thread;
    thread.lastSeen = core.instructions;
    // Parked inside a call, it begins anew.
    if (core.state === CoreState.parked) thread.calls = [];
    if (core.state !== CoreState.running) return false;
    if (thread.isCall) calls.push({ returnTo: word(memory, core.sp), sp: core.sp, saved: keptPairs(machine) });
    if (!thread.isReturn) return false;
    // A tail call returns for its caller; a longjmp leaves several at once.
    while (calls.length > 0 && (calls.at(-1) as Call).sp < core.sp - 2) calls.pop();
    const call = calls.at(-1);
    if (!call || call.sp !== core.sp - 2 || call.returnTo !== core.pc) return false;
    calls.pop();
    const now = keptPairs(machine);
    if (call.saved.every((value, i) => value === now[i])) return false;
    core.trap = trapNumber('calling-convention');
    core.state = CoreState.trapped;
    return false;
  }

  private of({ id }: Core): ThreadCalls {
    return (this.threads[id] ??= { calls: [], isCall: false, isReturn: false, lastSeen: -1 });
  }
}

export interface UninitialisedRead {
  readonly pc: number;
  readonly address: number;
}

export interface UninitialisedState {
  /** 1 for each byte that was written. */
  readonly written: Uint8Array;
  readonly warnings: readonly UninitialisedRead[];
}

/** Warnings kept; more say nothing new. */
export const MAX_WARNINGS = 100;

/** Notes reads of memory that neither the loader nor the program nor DMA has written: one warning an instruction. */
export class UninitialisedCheck implements Hook {
  readonly warnings: UninitialisedRead[] = [];
  private readonly written = new Uint8Array(0x10000);
  private readonly warned = new Set<number>();
  private readonly last: Uint8Array;

  constructor(image: Image, memory: Uint8Array) {
    for (const { address, sizeBytes } of image.segments) this.written.fill(1, address, address + sizeBytes);
    this.written.fill(1, 0xf000);
    this.last = memory.slice();
  }

  save(): UninitialisedState {
    return { written: this.written, warnings: this.warnings };
  }

  load({ written, warnings }: UninitialisedState): void {
    this.written.set(written);
    this.warnings.splice(0, Infinity, ...warnings);
    for (const { pc } of warnings) this.warned.add(pc);
  }

  before(machine: Machine): boolean {
    const { core, memory } = machine;
    const access = dataAccess(core, memory);
    if (!access) return false;
    for (let a = access.address; a < Math.min(access.address + access.bytes, 0x10000); a++) {
      // A byte that changed without a store of ours was moved in by DMA or by hand.
      const isFresh = this.written[a] === 0 && memory[a] === this.last[a];
      if (access.reads && isFresh && !this.warned.has(core.pc) && this.warnings.length < MAX_WARNINGS) {
        this.warned.add(core.pc);
        this.warnings.push({ pc: core.pc, address: a });
      }
      if (access.writes) this.written[a] = 1;
    }
    return false;
  }
}

function keptPairs({ core }: Machine): number[] {
  return CALLEE_SAVED_PAIRS.map((pair) => core.r16[pair] as number);
}

function word(memory: Uint8Array, at: number): number {
  return (memory[at & 0xffff] as number) | ((memory[(at + 1) & 0xffff] as number) << 8);
}
