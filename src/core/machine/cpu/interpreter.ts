/**
 * The reference interpreter: one switch over decoded operations, the state of the core in locals while it runs. It is the meaning of
 * the machine; the translator must agree with it bit by bit. Timing rules: docs/machine-timing.md.
 *
 * Inside the loop: C is 0 or 1; Z is set when `z` is 0; N and V are bit 7 of `n` and `v`. Sticky Z is `z |= result`.
 * An instruction without data access ends with `continue`; one with an access sets address and kind, and the tail after the
 * switch does it. Traps leave memory and registers as they were, with PC at the instruction; its base cycles have passed.
 */
import { FLAG } from '../../isa/table';
import { trapNumber } from '../../isa/traps';
import { ACCOUNT, COUNT } from '../layout';
import type { MemorySystem } from '../memory/system';
import type { Core } from './core';
import type { DecodedCode } from './decoded';
import { OP_BREAK, OP_DECODE } from './ops';

/** Why the inner loop came back. */
export const Exit = {
  /** The cycle limit is reached: PC stands at the next instruction. */
  limit: 0,
  /** IN or OUT stands at PC, fetched and with its base cycles passed: the machine does the transfer and moves PC on. */
  port: 1,
  halt: 2,
  /** core.trap says which. */
  trap: 3,
  /** WAIT, EI, DI or RETI was executed: interrupts must be looked at. */
  wait: 4,
  interrupts: 5,
  breakpoint: 6,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

/** What a core executes with. */
export interface Execution {
  core: Core;
  readonly code: DecodedCode;
  readonly memory: Uint8Array;
  system: MemorySystem;
  /** First writable address; NULL_LIMIT when code is writable. */
  writableFrom: number;
  /** True when stores may hit decoded code. */
  codeIsWritable: boolean;
  multiplier: boolean;
  /** Per instruction address, when a profile is wanted. */
  profile: Profile | null;
  /** Address of an instruction across two lines whose fetch is done already, -1 for none: the other engine stopped behind it. */
  fetchedPc: number;
}

/** Where the time went, by instruction address. Sums over all addresses equal the ledger, interrupt entry and loader aside. */
export interface Profile {
  readonly count: Float64Array;
  readonly cycles: Float64Array;
  /** Cycles beyond L1 hits: L2, L3 and RAM. */
  readonly stalls: Float64Array;
}

export const emptyProfile = (): Profile => ({
  count: new Float64Array(0x10000),
  cycles: new Float64Array(0x10000),
  stalls: new Float64Array(0x10000),
});

const NULL_LIMIT = 0x0010;
const LOAD8 = 1;
const LOAD16 = 2;
const STORE8 = 3;
const STORE16 = 4;
const RETURN = 5;
/** Longest slice in cycles, so that counts in locals stay small integers. */
const MAX_SLICE = 0x3fff0000;

const TRAP_UNDEFINED = trapNumber('undefined-instruction');
const TRAP_NULL = trapNumber('null-access');
const TRAP_CODE = trapNumber('code-write');
const TRAP_BOUNDS = trapNumber('bounds');
const TRAP_STACK = trapNumber('stack-overflow');
const TRAP_UNALIGNED = trapNumber('unaligned-code');
const TRAP_MULTIPLIER = trapNumber('multiplier-off');

/**
 * Runs until the core's cycle count reaches `until` (an instruction that starts before it is finished), or something happens.
 * `resume` steps over a breakpoint at PC.
 */
export function execute(x: Execution, until: number, resume: boolean): Exit {
  const { core, code, memory, system, profile, multiplier, codeIsWritable } = x;
  const { packed, k } = code;
  const { r8, r16 } = core;
  const { fast } = system;
  const writableFrom = x.writableFrom;
  const stackLimit = core.stackLimit;
  const fetchShift = fast.fetchShift;
  const fetchOnce = fast.fetchOnce;
  const shift = fast.shift;
  const mask = fast.mask;
  const ways = fast.ways;
  const words = fast.words;
  const byteCycles = fast.byteCycles;
  const start = core.cycles;
  const limit = Math.min(until - start, MAX_SLICE) | 0;

  let pc = core.pc;
  let sp = core.sp;
  const flags = core.flags;
  let interrupts = flags & FLAG.I;
  let c = flags & FLAG.C;
  let z = flags & FLAG.Z ? 0 : 1;
  let n = (flags & FLAG.N) << 5;
  let v = (flags & FLAG.V) << 4;
  let fetchLine = fetchShift === 31 ? 0 : fetchOnce ? (core.words[8] as number) : -2;
  let cycles = 0;
  let count = 0;
  let fetched = 0;
  let loads = 0;
  let stores = 0;
  let busBytes = 0;
  /** Cycles that the memory system has booked itself. */
  let stalled = 0;
  let exit: Exit = Exit.limit;
  let address = 0;
  let access = 0;
  let value = 0;
  let target = 0;
  let profileCycles = 0;
  let profileStalls = 0;
  let profileWord = -1;

  loop: while (cycles < limit) {
    if (profile !== null) {
      if (profileWord >= 0) {
        (profile.count[profileWord] as number)++;
        (profile.cycles[profileWord] as number) += cycles - profileCycles;
        (profile.stalls[profileWord] as number) += stalled - profileStalls;
      }
      profileWord = pc;
      profileCycles = cycles;
      profileStalls = stalled;
    }
    const w = pc;
    let word = packed[w] as number;
    let o = word & 0xff;
    if (o >= OP_DECODE) {
      if (pc & 1) {
        core.trap = TRAP_UNALIGNED;
        exit = Exit.trap;
        break;
      }
      if (o === OP_BREAK && !(resume && count === 0)) {
        exit = Exit.breakpoint;
        break;
      }
      word = pc < NULL_LIMIT ? -1 : code.fill(pc);
      if (word < 0) {
        core.trap = pc < NULL_LIMIT ? TRAP_NULL : TRAP_UNDEFINED;
        exit = Exit.trap;
        break;
      }
      o = word & 0xff;
    }
    const bytes = (word >> 20) & 7;
    const next = (pc + bytes) & 0xffff;
    count++;
    fetched += bytes >> 1;
    if (pc >> fetchShift !== fetchLine) {
      if (pc === x.fetchedPc && count === 1) fetchLine = (pc + 2) >> fetchShift;
      else {
        const stall = system.fetch(pc, start + cycles);
        cycles += stall;
        stalled += stall;
        if (fetchOnce) fetchLine = pc >> fetchShift;
      }
    }
    if (next - pc === 4 && (pc + 2) >> fetchShift !== fetchLine) {
      const stall = system.fetch(pc + 2, start + cycles);
      cycles += stall;
      stalled += stall;
      if (fetchOnce) fetchLine = (pc + 2) >> fetchShift;
    }
    cycles += word >> 24;
    const d = (word >> 8) & 15;
    const s = (word >> 12) & 15;

    switch (o) {
      case 0: // nop
        pc = next;
        continue;
      case 1: // ret
        address = sp;
        access = RETURN;
        break;
      case 2: {
        // reti
        if (sp < NULL_LIMIT || sp > 0xfffd) {
          core.trap = TRAP_NULL;
          exit = Exit.trap;
          break loop;
        }
        cycles += 3 * byteCycles;
        busBytes += 3;
        const stall = system.data(sp, 1, false, pc, start + cycles) + 0;
        cycles += stall;
        const more = system.data(sp + 1, 2, false, pc, start + cycles);
        cycles += more;
        stalled += stall + more;
        const saved = memory[sp] as number;
        interrupts = saved & FLAG.I;
        c = saved & FLAG.C;
        z = saved & FLAG.Z ? 0 : 1;
        n = (saved & FLAG.N) << 5;
        v = (saved & FLAG.V) << 4;
        pc = (memory[sp + 1] as number) | ((memory[sp + 2] as number) << 8);
        sp = (sp + 3) & 0xffff;
        exit = Exit.interrupts;
        break loop;
      }
      case 3: // ei
        core.eiDelay = interrupts ? 0 : 1;
        interrupts = FLAG.I;
        pc = next;
        exit = Exit.interrupts;
        break loop;
      case 4: // di
        interrupts = 0;
        pc = next;
        exit = Exit.interrupts;
        break loop;
      case 5: // wait
        pc = next;
        exit = Exit.wait;
        break loop;
      case 6: // push
        address = (sp - 1) & 0xffff;
        if (address < stackLimit || sp === 0) {
          core.trap = TRAP_STACK;
          exit = Exit.trap;
          break loop;
        }
        value = r8[d] as number;
        access = STORE8;
        break;
      case 7: // pop
        address = sp;
        target = d;
        access = LOAD8;
        break;
      case 8: // not
        n = z = r8[d] = ~(r8[d] as number) & 0xff;
        v = 0;
        pc = next;
        continue;
      case 9: {
        // neg
        const x8 = r8[d] as number;
        const r = -x8 & 0xff;
        c = x8 !== 0 ? 1 : 0;
        v = x8 & r;
        n = z = r;
        r8[d] = r;
        pc = next;
        continue;
      }
      case 10: // swap
        r8[d] = ((r8[d] as number) << 4) | ((r8[d] as number) >> 4);
        pc = next;
        continue;
      case 11: {
        // rlc
        const r = ((r8[d] as number) << 1) | c;
        c = r >> 8;
        n = z = r & 0xff;
        r8[d] = r;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 12: {
        // rrc
        const x8 = r8[d] as number;
        const r = (x8 >> 1) | (c << 7);
        c = x8 & 1;
        n = z = r;
        r8[d] = r;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 13: // halt
        core.exitCode = r8[d] as number;
        exit = Exit.halt;
        break loop;
      case 14: // pushw
        address = (sp - 2) & 0xffff;
        if (address < stackLimit || sp < 2) {
          core.trap = TRAP_STACK;
          exit = Exit.trap;
          break loop;
        }
        value = r16[d] as number;
        access = STORE16;
        break;
      case 15: // popw
        address = sp;
        target = d;
        access = LOAD16;
        break;
      case 16: // notw
        z = r16[d] = ~(r16[d] as number) & 0xffff;
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 17: {
        // negw
        const x16 = r16[d] as number;
        const r = -x16 & 0xffff;
        c = x16 !== 0 ? 1 : 0;
        v = (x16 & r) >> 8;
        z = r;
        n = r >> 8;
        r16[d] = r;
        pc = next;
        continue;
      }
      case 18: {
        // rlcw
        const r = ((r16[d] as number) << 1) | c;
        c = r >> 16;
        z = r & 0xffff;
        n = z >> 8;
        r16[d] = r;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 19: {
        // rrcw
        const x16 = r16[d] as number;
        const r = (x16 >> 1) | (c << 15);
        c = x16 & 1;
        z = r;
        n = r >> 8;
        r16[d] = r;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 20: // icall
      case 59: // calla
      case 132: // call
        address = (sp - 2) & 0xffff;
        if (address < stackLimit || sp < 2) {
          core.trap = TRAP_STACK;
          exit = Exit.trap;
          break loop;
        }
        value = next;
        access = STORE16;
        break;
      case 21: // ijmp
        pc = r16[d] as number;
        continue;
      case 22: // setsp
        if ((r16[d] as number) < stackLimit) {
          core.trap = TRAP_STACK;
          exit = Exit.trap;
          break loop;
        }
        sp = r16[d] as number;
        pc = next;
        continue;
      case 23: // swpb
        r16[d] = ((r16[d] as number) << 8) | ((r16[d] as number) >> 8);
        pc = next;
        continue;
      case 24: // trap
        core.trap = k[w] as number;
        exit = Exit.trap;
        break loop;
      case 25: {
        // addsp
        const moved = (sp + (k[w] as number)) & 0xffff;
        if (moved < stackLimit || sp + (k[w] as number) < 0) {
          core.trap = TRAP_STACK;
          exit = Exit.trap;
          break loop;
        }
        sp = moved;
        pc = next;
        continue;
      }
      case 26: // set
        r8[s] = holds(d, c, z, n, v) ? 1 : 0;
        pc = next;
        continue;
      case 27: // in
      case 28: // out
      case 34: // inp
      case 35: // outp
        exit = Exit.port;
        break loop;
      case 29: {
        // tas: the read and the write are one transaction, each an access of its own
        address = r16[s] as number;
        if (address < writableFrom) {
          core.trap = address < NULL_LIMIT ? TRAP_NULL : TRAP_CODE;
          exit = Exit.trap;
          break loop;
        }
        cycles += 2 * byteCycles;
        busBytes += 2;
        const stall = system.readForOwnership(address, 1, pc, start + cycles);
        cycles += stall;
        const more = system.data(address, 1, true, pc, start + cycles);
        cycles += more;
        stalled += stall + more;
        n = z = r8[d] = memory[address] as number;
        v = 0;
        memory[address] = 0xff;
        if (codeIsWritable) code.forget(address);
        pc = next;
        continue;
      }
      case 30: // ori
        n = z = r8[d] = (r8[d] as number) | (k[w] as number);
        v = 0;
        pc = next;
        continue;
      case 31: // xori
        n = z = r8[d] = (r8[d] as number) ^ (k[w] as number);
        v = 0;
        pc = next;
        continue;
      case 32: // tsti
        n = z = (r8[d] as number) & (k[w] as number);
        v = 0;
        pc = next;
        continue;
      case 33: // chk
        if ((r8[d] as number) >= (k[w] as number)) {
          core.trap = TRAP_BOUNDS;
          exit = Exit.trap;
          break loop;
        }
        pc = next;
        continue;
      case 36: // lda
        address = k[w] as number;
        target = d;
        access = LOAD8;
        break;
      case 37: // sta
        address = k[w] as number;
        value = r8[d] as number;
        access = STORE8;
        break;
      case 38: // ldspx
      case 127: // ldsp
        address = (sp + (k[w] as number)) & 0xffff;
        target = d;
        access = LOAD8;
        break;
      case 39: // stspx
      case 128: // stsp
        address = (sp + (k[w] as number)) & 0xffff;
        value = r8[d] as number;
        access = STORE8;
        break;
      case 40: // ldiw
      case 134: // ldiw8
        r16[d] = k[w] as number;
        pc = next;
        continue;
      case 41: // addiw
      case 133: {
        // addiw8
        const x16 = r16[d] as number;
        const y = (k[w] as number) & 0xffff;
        const r = x16 + y;
        c = r >> 16;
        v = ((x16 ^ r) & (y ^ r)) >> 8;
        z = r & 0xffff;
        n = r >> 8;
        r16[d] = r;
        pc = next;
        continue;
      }
      case 42: {
        // adciw
        const x16 = r16[d] as number;
        const y = k[w] as number;
        const r = x16 + y + c;
        c = r >> 16;
        v = ((x16 ^ r) & (y ^ r)) >> 8;
        z |= r & 0xffff;
        n = r >> 8;
        r16[d] = r;
        pc = next;
        continue;
      }
      case 43: // subiw
      case 45: // cmpiw
      case 135: {
        // cmpiw8
        const x16 = r16[d] as number;
        const y = (k[w] as number) & 0xffff;
        const r = x16 - y;
        c = r < 0 ? 1 : 0;
        v = ((x16 ^ y) & (x16 ^ r)) >> 8;
        z = r & 0xffff;
        n = r >> 8;
        if (o === 43) r16[d] = r;
        pc = next;
        continue;
      }
      case 44: // sbciw
      case 46: {
        // cpciw
        const x16 = r16[d] as number;
        const y = k[w] as number;
        const r = x16 - y - c;
        c = r < 0 ? 1 : 0;
        v = ((x16 ^ y) & (x16 ^ r)) >> 8;
        z |= r & 0xffff;
        n = r >> 8;
        if (o === 44) r16[d] = r;
        pc = next;
        continue;
      }
      case 47: // andiw
        z = r16[d] = (r16[d] as number) & (k[w] as number);
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 48: // oriw
        z = r16[d] = (r16[d] as number) | (k[w] as number);
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 49: // xoriw
        z = r16[d] = (r16[d] as number) ^ (k[w] as number);
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 50: // tstiw
        z = (r16[d] as number) & (k[w] as number);
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 51: // chkw
        if ((r16[d] as number) >= (k[w] as number)) {
          core.trap = TRAP_BOUNDS;
          exit = Exit.trap;
          break loop;
        }
        pc = next;
        continue;
      case 52: // ldaw
        address = k[w] as number;
        target = d;
        access = LOAD16;
        break;
      case 53: // staw
        address = k[w] as number;
        value = r16[d] as number;
        access = STORE16;
        break;
      case 54: // ldspxw
      case 129: // ldspw
        address = (sp + (k[w] as number)) & 0xffff;
        target = d;
        access = LOAD16;
        break;
      case 55: // stspxw
      case 130: // stspw
        address = (sp + (k[w] as number)) & 0xffff;
        value = r16[d] as number;
        access = STORE16;
        break;
      case 56: // leaspx
      case 136: // leasp
        r16[d] = sp + (k[w] as number);
        pc = next;
        continue;
      case 57: // lea
        r16[d] = (r16[s] as number) + (k[w] as number);
        pc = next;
        continue;
      case 58: // jmpa
      case 131: // jmp
        pc = k[w] as number;
        continue;
      case 60: // ldx
      case 123: // ld
        address = ((r16[s] as number) + (k[w] as number)) & 0xffff;
        target = d;
        access = LOAD8;
        break;
      case 61: // stx
      case 124: // st
        address = ((r16[d] as number) + (k[w] as number)) & 0xffff;
        value = r8[s] as number;
        access = STORE8;
        break;
      case 62: // ldxw
      case 125: // ldw
        address = ((r16[s] as number) + (k[w] as number)) & 0xffff;
        target = d;
        access = LOAD16;
        break;
      case 63: // stxw
      case 126: // stw
        address = ((r16[d] as number) + (k[w] as number)) & 0xffff;
        value = r16[s] as number;
        access = STORE16;
        break;
      case 64: // ldinc
        address = r16[s] as number;
        target = d;
        access = LOAD8;
        break;
      case 65: // stinc
        address = r16[d] as number;
        value = r8[s] as number;
        access = STORE8;
        break;
      case 66: // lddec
        address = ((r16[s] as number) - 1) & 0xffff;
        target = d;
        access = LOAD8;
        break;
      case 67: // stdec
        address = ((r16[d] as number) - 1) & 0xffff;
        value = r8[s] as number;
        access = STORE8;
        break;
      case 68: // ldincw
        address = r16[s] as number;
        target = d;
        access = LOAD16;
        break;
      case 69: // stincw
        address = r16[d] as number;
        value = r16[s] as number;
        access = STORE16;
        break;
      case 70: // lddecw
        address = ((r16[s] as number) - 2) & 0xffff;
        target = d;
        access = LOAD16;
        break;
      case 71: // stdecw
        address = ((r16[d] as number) - 2) & 0xffff;
        value = r16[s] as number;
        access = STORE16;
        break;
      case 72: // mov
        r8[d] = r8[s] as number;
        pc = next;
        continue;
      case 73: {
        // add
        const x8 = r8[d] as number;
        const y = r8[s] as number;
        const r = x8 + y;
        c = r >> 8;
        v = (x8 ^ r) & (y ^ r);
        n = z = r & 0xff;
        r8[d] = r;
        pc = next;
        continue;
      }
      case 74: {
        // adc
        const x8 = r8[d] as number;
        const y = r8[s] as number;
        const r = x8 + y + c;
        c = r >> 8;
        v = (x8 ^ r) & (y ^ r);
        n = r;
        z |= r & 0xff;
        r8[d] = r;
        pc = next;
        continue;
      }
      case 75: // sub
      case 80: {
        // cmp
        const x8 = r8[d] as number;
        const y = r8[s] as number;
        const r = x8 - y;
        c = r < 0 ? 1 : 0;
        v = (x8 ^ y) & (x8 ^ r);
        n = z = r & 0xff;
        if (o === 75) r8[d] = r;
        pc = next;
        continue;
      }
      case 76: // sbc
      case 81: {
        // cpc
        const x8 = r8[d] as number;
        const y = r8[s] as number;
        const r = x8 - y - c;
        c = r < 0 ? 1 : 0;
        v = (x8 ^ y) & (x8 ^ r);
        n = r;
        z |= r & 0xff;
        if (o === 76) r8[d] = r;
        pc = next;
        continue;
      }
      case 77: // and
        n = z = r8[d] = (r8[d] as number) & (r8[s] as number);
        v = 0;
        pc = next;
        continue;
      case 78: // or
        n = z = r8[d] = (r8[d] as number) | (r8[s] as number);
        v = 0;
        pc = next;
        continue;
      case 79: // xor
        n = z = r8[d] = (r8[d] as number) ^ (r8[s] as number);
        v = 0;
        pc = next;
        continue;
      case 82: // tst
        n = z = (r8[d] as number) & (r8[s] as number);
        v = 0;
        pc = next;
        continue;
      case 83: {
        // shlr
        const by = Math.min(r8[s] as number, 8);
        cycles += by;
        n = z = r8[d] = ((r8[d] as number) << by) & 0xff;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 84: {
        // shrr
        const by = Math.min(r8[s] as number, 8);
        cycles += by;
        n = z = r8[d] = (r8[d] as number) >> by;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 85: {
        // sarr
        const by = Math.min(r8[s] as number, 8);
        cycles += by;
        n = z = r8[d] = (((r8[d] as number) << 24) >> (24 + (by < 8 ? by : 7))) & 0xff;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 86: // bit
        z = c = ((r8[d] as number) >> (k[w] as number)) & 1;
        v = 0;
        n = 0;
        n = v = 0;
        pc = next;
        continue;
      case 87: // setb
        r8[d] = (r8[d] as number) | (1 << (k[w] as number));
        pc = next;
        continue;
      case 88: // clrb
        r8[d] = (r8[d] as number) & ~(1 << (k[w] as number));
        pc = next;
        continue;
      case 89: // tglb
        r8[d] = (r8[d] as number) ^ (1 << (k[w] as number));
        pc = next;
        continue;
      case 90: // movw
        r16[d] = r16[s] as number;
        pc = next;
        continue;
      case 91: {
        // addw
        const x16 = r16[d] as number;
        const y = r16[s] as number;
        const r = x16 + y;
        c = r >> 16;
        v = ((x16 ^ r) & (y ^ r)) >> 8;
        z = r & 0xffff;
        n = r >> 8;
        r16[d] = r;
        pc = next;
        continue;
      }
      case 92: {
        // adcw
        const x16 = r16[d] as number;
        const y = r16[s] as number;
        const r = x16 + y + c;
        c = r >> 16;
        v = ((x16 ^ r) & (y ^ r)) >> 8;
        z |= r & 0xffff;
        n = r >> 8;
        r16[d] = r;
        pc = next;
        continue;
      }
      case 93: // subw
      case 95: {
        // cmpw
        const x16 = r16[d] as number;
        const y = r16[s] as number;
        const r = x16 - y;
        c = r < 0 ? 1 : 0;
        v = ((x16 ^ y) & (x16 ^ r)) >> 8;
        z = r & 0xffff;
        n = r >> 8;
        if (o === 93) r16[d] = r;
        pc = next;
        continue;
      }
      case 94: // sbcw
      case 96: {
        // cpcw
        const x16 = r16[d] as number;
        const y = r16[s] as number;
        const r = x16 - y - c;
        c = r < 0 ? 1 : 0;
        v = ((x16 ^ y) & (x16 ^ r)) >> 8;
        z |= r & 0xffff;
        n = r >> 8;
        if (o === 94) r16[d] = r;
        pc = next;
        continue;
      }
      case 97: // andw
        z = r16[d] = (r16[d] as number) & (r16[s] as number);
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 98: // orw
        z = r16[d] = (r16[d] as number) | (r16[s] as number);
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 99: // xorw
        z = r16[d] = (r16[d] as number) ^ (r16[s] as number);
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 100: // tstw
        z = (r16[d] as number) & (r16[s] as number);
        n = z >> 8;
        v = 0;
        pc = next;
        continue;
      case 101: // mul
        if (!multiplier) {
          core.trap = TRAP_MULTIPLIER;
          exit = Exit.trap;
          break loop;
        }
        r16[d] = ((r16[d] as number) & 0xff) * (r8[s] as number);
        pc = next;
        continue;
      case 102: // muls
        if (!multiplier) {
          core.trap = TRAP_MULTIPLIER;
          exit = Exit.trap;
          break loop;
        }
        r16[d] = (((r16[d] as number) << 24) >> 24) * (((r8[s] as number) << 24) >> 24);
        pc = next;
        continue;
      case 103: // sxt
        r16[d] = ((r8[s] as number) << 24) >> 24;
        pc = next;
        continue;
      case 104: // zxt
        r16[d] = r8[s] as number;
        pc = next;
        continue;
      case 105: {
        // addzx
        const x16 = r16[d] as number;
        const y = r8[s] as number;
        const r = x16 + y;
        c = r >> 16;
        v = ((x16 ^ r) & (y ^ r)) >> 8;
        z = r & 0xffff;
        n = r >> 8;
        r16[d] = r;
        pc = next;
        continue;
      }
      case 106: {
        // shlrw
        const by = Math.min(r8[s] as number, 16);
        cycles += 2 * by;
        z = r16[d] = ((r16[d] as number) << by) & 0xffff;
        n = z >> 8;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 107: {
        // shrrw
        const by = Math.min(r8[s] as number, 16);
        cycles += 2 * by;
        z = r16[d] = (r16[d] as number) >> by;
        n = z >> 8;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 108: {
        // sarrw
        const by = Math.min(r8[s] as number, 16);
        cycles += 2 * by;
        z = r16[d] = (((r16[d] as number) << 16) >> (16 + (by < 16 ? by : 15))) & 0xffff;
        n = z >> 8;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 109: {
        // shl
        const by = k[w] as number;
        cycles += by;
        const r = (r8[d] as number) << by;
        c = (r >> 8) & 1;
        n = z = r & 0xff;
        r8[d] = r;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 110: {
        // shr
        const by = k[w] as number;
        cycles += by;
        const r = (r8[d] as number) >> (by - 1);
        c = r & 1;
        n = z = r >> 1;
        r8[d] = z;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 111: {
        // sar
        const by = k[w] as number;
        cycles += by;
        const r = ((r8[d] as number) << 24) >> (24 + by - 1);
        c = r & 1;
        n = z = (r >> 1) & 0xff;
        r8[d] = z;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 112: {
        // shlw
        const by = k[w] as number;
        cycles += 2 * by;
        const r = (r16[d] as number) << by;
        c = (r >> 16) & 1;
        z = r & 0xffff;
        n = z >> 8;
        r16[d] = r;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 113: {
        // shrw
        const by = k[w] as number;
        cycles += 2 * by;
        const r = (r16[d] as number) >> (by - 1);
        c = r & 1;
        z = r >> 1;
        n = z >> 8;
        r16[d] = z;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 114: {
        // sarw
        const by = k[w] as number;
        cycles += 2 * by;
        const r = ((r16[d] as number) << 16) >> (16 + by - 1);
        c = r & 1;
        z = (r >> 1) & 0xffff;
        n = z >> 8;
        r16[d] = z;
        v = 0;
        v = 0;
        pc = next;
        continue;
      }
      case 115: // ldi2
        address = ((r16[s] as number) + (r16[(word >> 16) & 15] as number)) & 0xffff;
        target = d;
        access = LOAD8;
        break;
      case 116: // sti2
        address = ((r16[d] as number) + (r16[s] as number)) & 0xffff;
        value = r8[(word >> 16) & 15] as number;
        access = STORE8;
        break;
      case 117: // ldi2w
        address = ((r16[s] as number) + (r16[(word >> 16) & 15] as number)) & 0xffff;
        target = d;
        access = LOAD16;
        break;
      case 118: // sti2w
        address = ((r16[d] as number) + (r16[s] as number)) & 0xffff;
        value = r16[(word >> 16) & 15] as number;
        access = STORE16;
        break;
      case 119: // ldi
        r8[d] = k[w] as number;
        pc = next;
        continue;
      case 120: {
        // addi
        const x8 = r8[d] as number;
        const y = k[w] as number;
        const r = x8 + y;
        c = r >> 8;
        v = (x8 ^ r) & (y ^ r);
        n = z = r & 0xff;
        r8[d] = r;
        pc = next;
        continue;
      }
      case 121: {
        // cmpi
        const x8 = r8[d] as number;
        const y = k[w] as number;
        const r = x8 - y;
        c = r < 0 ? 1 : 0;
        v = (x8 ^ y) & (x8 ^ r);
        n = z = r & 0xff;
        pc = next;
        continue;
      }
      case 122: // andi
        n = z = r8[d] = (r8[d] as number) & (k[w] as number);
        v = 0;
        pc = next;
        continue;
      case 137: // beq and so on, in the order of CONDITIONS
        if (z === 0) {
          pc = k[w] as number;
          cycles++;
        } else pc = next;
        continue;
      case 138: // bne
        if (z !== 0) {
          pc = k[w] as number;
          cycles++;
        } else pc = next;
        continue;
      case 139: // bltu
        if (c !== 0) {
          pc = k[w] as number;
          cycles++;
        } else pc = next;
        continue;
      case 140: // bgeu
        if (c === 0) {
          pc = k[w] as number;
          cycles++;
        } else pc = next;
        continue;
      case 143: // blt
        if (((n ^ v) & 0x80) !== 0) {
          pc = k[w] as number;
          cycles++;
        } else pc = next;
        continue;
      case 144: // bge
        if (((n ^ v) & 0x80) === 0) {
          pc = k[w] as number;
          cycles++;
        } else pc = next;
        continue;
      default: // the other conditions
        if (holds(o - 137, c, z, n, v)) {
          pc = k[w] as number;
          cycles++;
        } else pc = next;
        continue;
    }

    if (access === LOAD8) {
      if (address < NULL_LIMIT) {
        core.trap = TRAP_NULL;
        exit = Exit.trap;
        break;
      }
      cycles += byteCycles;
      busBytes++;
      const line = address >> shift;
      if (((words[(line & mask) * ways] as number) | 1) === ((line << 1) | 1)) loads++;
      else {
        const stall = system.data(address, 1, false, pc, start + cycles);
        cycles += stall;
        stalled += stall;
      }
      if (o === 64) (r16[s] as number)++;
      else if (o === 66) r16[s] = address;
      else if (o === 7) sp = (sp + 1) & 0xffff;
      r8[target] = memory[address] as number;
      pc = next;
    } else if (access === STORE8) {
      if (address < writableFrom) {
        core.trap = address < NULL_LIMIT ? TRAP_NULL : TRAP_CODE;
        exit = Exit.trap;
        break;
      }
      cycles += byteCycles;
      busBytes++;
      const line = address >> shift;
      if (words[(line & mask) * ways] === ((line << 1) | 1)) stores++;
      else {
        const stall = system.data(address, 1, true, pc, start + cycles);
        cycles += stall;
        stalled += stall;
      }
      if (o === 65) (r16[d] as number)++;
      else if (o === 67) r16[d] = address;
      else if (o === 6) sp = address;
      memory[address] = value;
      if (codeIsWritable) code.forget(address);
      pc = next;
    } else {
      const isStore = access === STORE16;
      if (address < (isStore ? writableFrom : NULL_LIMIT) || address === 0xffff) {
        core.trap = address < NULL_LIMIT || address === 0xffff ? TRAP_NULL : TRAP_CODE;
        exit = Exit.trap;
        break;
      }
      cycles += 2 * byteCycles;
      busBytes += 2;
      const line = address >> shift;
      const word = words[(line & mask) * ways] as number;
      if ((address + 1) >> shift === line && (isStore ? word : word | 1) === ((line << 1) | 1)) {
        if (isStore) stores++;
        else loads++;
      } else {
        const stall = system.data(address, 2, isStore, pc, start + cycles);
        cycles += stall;
        stalled += stall;
      }
      if (isStore) {
        memory[address] = value;
        memory[address + 1] = value >> 8;
        if (codeIsWritable) {
          code.forget(address);
          code.forget(address + 1);
        }
        pc = next;
        switch (o) {
          case 14: // pushw
            sp = address;
            break;
          case 20: // icall
            sp = address;
            pc = r16[d] as number;
            break;
          case 59: // calla
          case 132: // call
            sp = address;
            pc = k[w] as number;
            break;
          case 69: // stincw
            r16[d] = address + 2;
            break;
          case 71: // stdecw
            r16[d] = address;
            break;
        }
      } else {
        const loaded = (memory[address] as number) | ((memory[address + 1] as number) << 8);
        if (access === RETURN) {
          sp = (sp + 2) & 0xffff;
          pc = loaded;
        } else {
          if (o === 68) r16[s] = address + 2;
          else if (o === 70) r16[s] = address;
          else if (o === 15) sp = (sp + 2) & 0xffff;
          r16[target] = loaded;
          pc = next;
        }
      }
    }
  }

  if (profile !== null && profileWord >= 0 && cycles > profileCycles) {
    (profile.count[profileWord] as number)++;
    (profile.cycles[profileWord] as number) += cycles - profileCycles;
    (profile.stalls[profileWord] as number) += stalled - profileStalls;
  }
  core.pc = pc;
  core.sp = sp;
  core.flags = c | (z === 0 ? FLAG.Z : 0) | ((n & 0x80) >> 5) | ((v & 0x80) >> 4) | interrupts;
  core.cycles = start + cycles;
  core.instructions += count;
  const { ledger } = core;
  (ledger[ACCOUNT.l1d] as number) += busBytes * byteCycles;
  (ledger[ACCOUNT.compute] as number) += cycles - stalled - busBytes * byteCycles;
  if (system.l1i) (system.l1i.counts[COUNT.reads] as number) += fetched;
  if (system.l1d) {
    (system.l1d.counts[COUNT.reads] as number) += loads;
    (system.l1d.counts[COUNT.writes] as number) += stores;
  }
  return exit;
}

/** Whether condition `code` (index in CONDITIONS) holds. */
function holds(code: number, c: number, z: number, n: number, v: number): boolean {
  switch (code) {
    case 0:
      return z === 0;
    case 1:
      return z !== 0;
    case 2:
      return c !== 0;
    case 3:
      return c === 0;
    case 4:
      return c !== 0 || z === 0;
    case 5:
      return c === 0 && z !== 0;
    case 6:
      return ((n ^ v) & 0x80) !== 0;
    case 7:
      return ((n ^ v) & 0x80) === 0;
    case 8:
      return ((n ^ v) & 0x80) !== 0 || z === 0;
    case 9:
      return ((n ^ v) & 0x80) === 0 && z !== 0;
    case 10:
      return (n & 0x80) !== 0;
    case 11:
      return (n & 0x80) === 0;
    case 12:
      return (v & 0x80) !== 0;
    default:
      return (v & 0x80) === 0;
  }
}
