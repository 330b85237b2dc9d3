/**
 * The meaning of each instruction: a loop over decoded ones, with the state of the core in locals while it runs.
 *
 * C is 0 or 1; Z is set when `z` is 0; N and V are bit 7 of `n` and `v`. Sticky Z is `z |= result`. PC stands behind the instruction
 * while it executes, `at` is its address. A trap leaves memory and registers as they were, with PC at the instruction; its base
 * cycles have passed. An instruction without data access ends with `continue`; one with an access sets address and operand and goes
 * on behind the switch, where the four kinds of access are. What it changes besides (a walking pair, SP) it changes beforehand,
 * unless the access will trap.
 *
 * It is one switch, in families: control flow, what is done outside, moves, then bytes, pairs and memory. A case has the number of its
 * operation in ops.ts, written out, and its name.
 *
 * The loop calls nothing: what needs the memory system, the devices or a closer look leaves it, for interpreter.ts to see to and
 * come back. It is written for V8, which looks at an array's kind, length and address anew in every turn of a loop, unless the array
 * is a constant of the function around: the registers are, and are copied in and out. So an instruction touches few other arrays;
 * its word and its constant lie side by side. Constants are those of the function around, too, because
 * a bundler may make module constants variables.
 */
import { FLAG } from '../../isa/table';
import { trapNumber } from '../../isa/traps';
import { CORE } from '../layout';
import { HOLDING } from './conditions';
import { OP_DECODE } from './ops';
import { Access, Exit, INTO_PC, Leave, type Slice } from './slice';

/** Runs instructions from PC until something must be seen to. */
export const runInstructions = instructionLoop();

/** Made once: what the loop keeps here are its registers while it runs, nothing between two calls. */
function instructionLoop(): (slice: Slice) => Leave | Exit {
  const registers = new ArrayBuffer(16);
  const r8 = new Uint8Array(registers);
  const r16 = new Uint16Array(registers);
  const r32 = new Int32Array(registers);
  const holding = HOLDING;
  const TRAP_STACK = trapNumber('stack-overflow');
  const TRAP_BOUNDS = trapNumber('bounds');
  const TRAP_MULTIPLIER = trapNumber('multiplier-off');
  const NULL_LIMIT = 0x0010;
  const WIDE = 4 << 20;
  const FIRST_TO_LOOK_AT = OP_DECODE;
  // Indices of the core's words.
  const PC = CORE.pc >> 2;
  const SP = CORE.sp >> 2;
  const FLAGS = CORE.flags >> 2;
  const STACK_LIMIT = CORE.stackLimit >> 2;
  const FETCH_LINE = CORE.fetchLine >> 2;
  return function runInstructions(x: Slice): Leave | Exit {
    const { core, memory, fast, profile, writableFrom, checkStoresBelow, watchFrom, watchBytes } = x;
    const multiplier = x.multiplier ? 1 : 0;
    const { packed } = x.code;
    const { words } = core;
    const stackLimit = words[STACK_LIMIT] as number;
    const { shift, mask, ways, words: lines, byteCycles } = fast;
    /** Without a hierarchy each access is a hit. */
    const isFlat = shift === 31 && lines[0] === 1 ? 1 : 0;
    const isSingle = ways === 1 ? 1 : 0;
    const { fetchShift, fetchWords, fetchMask, fetchWays } = fast;

    r32[0] = words[0] as number;
    r32[1] = words[1] as number;
    r32[2] = words[2] as number;
    r32[3] = words[3] as number;
    const flags = words[FLAGS] as number;
    let interrupts = flags & 16;
    let c = flags & 1;
    let z = flags & 2 ? 0 : 1;
    let n = (flags & 4) << 5;
    let v = (flags & 8) << 4;
    let pc = words[PC] as number;
    let sp = words[SP] as number;
    let left = x.left;
    let count = 0;
    let fetched = 0;
    let loads = 0;
    let stores = 0;
    let busBytes = 0;
    let admitted = x.admitted;
    let trap = -1;
    let leave: Leave | Exit = 0;
    let profiled = -1;
    let profiledFrom = left;

    const isFree = fetchShift === 31;
    let fetchLine = isFree ? 0 : fast.fetchOnce ? (words[FETCH_LINE] as number) : x.settled;
    /** False when each instruction is to be looked at. */
    const keepsLine = profile === null && (isFree || fast.fetchOnce || fetchLine >= 0);
    /** Instructions that begin within `room` bytes of here lie in the line fetched last. Where no line is, the next fetch is looked at. */
    const NOWHERE = 0x100000;
    let lineStart = isFree && keepsLine ? 0 : NOWHERE;
    const room = isFree ? 0xffff : Math.max(0, (1 << fetchShift) - 4);

    loop: while (left > 0) {
      const at = pc;
      const word = packed[at << 1] as number;
      if ((at - lineStart) >>> 0 > room) {
        if ((word & 0xff) >= FIRST_TO_LOOK_AT) {
          leave = Leave.look;
          break;
        }
        const first = at >> fetchShift;
        const last = (at + ((word >> 20) & 7) - 2) >> fetchShift;
        if (at === admitted) {
          admitted = -1;
        } else if (last !== fetchLine || first !== fetchLine) {
          const isFirst = first === fetchLine || (fetchWords[(first & fetchMask) * fetchWays] as number) >> 1 === first;
          const isLast = last === first || (fetchWords[(last & fetchMask) * fetchWays] as number) >> 1 === last;
          if (!isFirst || !isLast || at === 0xfffe) {
            leave = Leave.look;
            break;
          }
          words[FETCH_LINE] = fetchLine = last;
        }
        if (keepsLine) lineStart = fetchLine << fetchShift;
        if (profile !== null) {
          const { count: counts, cycles } = profile;
          if (profiled >= 0) (cycles[profiled] as number) += profiledFrom - left;
          (counts[at] as number)++;
          profiled = at;
          profiledFrom = left;
        }
      }
      left -= word >> 24;
      count++;
      fetched += (word >> 21) & 3;
      pc = at + 2;
      const d = (word >> 8) & 15;
      const s = (word >> 12) & 15;
      let address: number;
      let operand: number;

      load8: {
        load16: {
          store8: {
            store16: {
              taken: {
                const o = word & 0xff;
                switch (o) {
                  // --- control flow ---
                  case 0: // nop
                    continue;
                  case 58: // jmpa
                  case 131: // jmp
                    pc = packed[(at << 1) | 1] as number;
                    continue;
                  case 21: // ijmp
                    pc = r16[d] as number;
                    continue;
                  case 137: // beq and so on, in the order of CONDITIONS
                    if (z === 0) break taken;
                    break;
                  case 138: // bne
                    if (z !== 0) break taken;
                    break;
                  case 139: // bltu
                    if (c !== 0) break taken;
                    break;
                  case 140: // bgeu
                    if (c === 0) break taken;
                    break;
                  case 141: // bleu
                    if (c !== 0 || z === 0) break taken;
                    break;
                  case 142: // bgtu
                    if (c === 0 && z !== 0) break taken;
                    break;
                  case 143: // blt
                    if (((n ^ v) & 0x80) !== 0) break taken;
                    break;
                  case 144: // bge
                    if (((n ^ v) & 0x80) === 0) break taken;
                    break;
                  case 145: // ble
                    if (((n ^ v) & 0x80) !== 0 || z === 0) break taken;
                    break;
                  case 146: // bgt
                    if (((n ^ v) & 0x80) === 0 && z !== 0) break taken;
                    break;
                  case 147: // bmi
                    if ((n & 0x80) !== 0) break taken;
                    break;
                  case 148: // bpl
                    if ((n & 0x80) === 0) break taken;
                    break;
                  case 149: // bvs
                    if ((v & 0x80) !== 0) break taken;
                    break;
                  case 150: // bvc
                    if ((v & 0x80) === 0) break taken;
                    break;
                  case 20: // icall
                  case 59: // calla
                  case 132: // call
                    address = (sp - 2) & 0xffff;
                    operand = (word & WIDE) !== 0 ? at + 4 : at + 2;
                    if (address < stackLimit || sp < 2) {
                      trap = TRAP_STACK;
                      pc = at;
                      break loop;
                    }
                    if (address >= writableFrom) sp = address;
                    pc = o === 20 ? (r16[d] as number) : (packed[(at << 1) | 1] as number);
                    break store16;
                  case 1: // ret
                    address = sp;
                    operand = INTO_PC;
                    if (address >= NULL_LIMIT && address !== 0xffff) sp = (sp + 2) & 0xffff;
                    break load16;
                  case 24: // trap
                    trap = packed[(at << 1) | 1] as number;
                    pc = at;
                    break loop;
                  case 33: // chk
                    pc = at + 4;
                    if ((r8[d] as number) >= (packed[(at << 1) | 1] as number)) {
                      trap = TRAP_BOUNDS;
                      pc = at;
                      break loop;
                    }
                    continue;
                  case 51: // chkw
                    pc = at + 4;
                    if ((r16[d] as number) >= (packed[(at << 1) | 1] as number)) {
                      trap = TRAP_BOUNDS;
                      pc = at;
                      break loop;
                    }
                    continue;
                  case 13: // halt
                    core.exitCode = r8[d] as number;
                    leave = Exit.halt;
                    pc = at;
                    break loop;
                  // --- interrupts, ports, what several cores share: done outside ---
                  case 3: // ei
                    core.eiDelay = interrupts ? 0 : 1;
                    interrupts = FLAG.I;
                    leave = Exit.interrupts;
                    break loop;
                  case 4: // di
                    interrupts = 0;
                    leave = Exit.interrupts;
                    break loop;
                  case 5: // wait
                    leave = Exit.wait;
                    break loop;
                  case 2: // reti
                    leave = Leave.returnFromInterrupt;
                    pc = at;
                    break loop;
                  case 27: // in
                  case 28: // out
                  case 34: // inp
                  case 35: // outp
                    leave = Exit.port;
                    pc = at;
                    break loop;
                  case 29: // tas
                    leave = Leave.testAndSet;
                    pc = at;
                    break loop;
                  // --- moves and constants ---
                  case 72: // mov
                    r8[d] = r8[s] as number;
                    continue;
                  case 119: // ldi
                    r8[d] = packed[(at << 1) | 1] as number;
                    continue;
                  case 26: // set
                    r8[s] =
                      ((holding[d] as number) >> (c | (z === 0 ? 2 : 0) | ((n & 0x80) >> 5) | ((v & 0x80) >> 4))) & 1;
                    continue;
                  case 10: // swap
                    r8[d] = ((r8[d] as number) << 4) | ((r8[d] as number) >> 4);
                    continue;
                  case 103: // sxt
                    r16[d] = ((r8[s] as number) << 24) >> 24;
                    continue;
                  case 104: // zxt
                    r16[d] = r8[s] as number;
                    continue;
                  case 90: // movw
                    r16[d] = r16[s] as number;
                    continue;
                  case 40: // ldiw
                  case 134: // ldiw8
                    if ((word & WIDE) !== 0) pc = at + 4;
                    r16[d] = packed[(at << 1) | 1] as number;
                    continue;
                  case 23: // swpb
                    r16[d] = ((r16[d] as number) << 8) | ((r16[d] as number) >> 8);
                    continue;
                  case 57: // lea
                    pc = at + 4;
                    r16[d] = (r16[s] as number) + (packed[(at << 1) | 1] as number);
                    continue;
                  case 56: // leaspx
                  case 136: // leasp
                    if ((word & WIDE) !== 0) pc = at + 4;
                    r16[d] = sp + (packed[(at << 1) | 1] as number);
                    continue;
                  case 22: // setsp
                    if ((r16[d] as number) < stackLimit) {
                      trap = TRAP_STACK;
                      pc = at;
                      break loop;
                    }
                    sp = r16[d] as number;
                    if (sp > x.highestSp) x.highestSp = sp;
                    continue;
                  case 25: {
                    // addsp
                    const moved = (sp + (packed[(at << 1) | 1] as number)) & 0xffff;
                    if (moved < stackLimit || sp + (packed[(at << 1) | 1] as number) < 0) {
                      trap = TRAP_STACK;
                      pc = at;
                      break loop;
                    }
                    sp = moved;
                    continue;
                  }
                  // --- bytes: arithmetic ---
                  case 73: {
                    // add
                    const x8 = r8[d] as number;
                    const y = r8[s] as number;
                    const r = x8 + y;
                    c = r >> 8;
                    v = (x8 ^ r) & (y ^ r);
                    n = z = r & 0xff;
                    r8[d] = r;
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
                    continue;
                  }
                  case 120: {
                    // addi
                    const x8 = r8[d] as number;
                    const y = packed[(at << 1) | 1] as number;
                    const r = x8 + y;
                    c = r >> 8;
                    v = (x8 ^ r) & (y ^ r);
                    n = z = r & 0xff;
                    r8[d] = r;
                    continue;
                  }
                  case 121: {
                    // cmpi
                    const x8 = r8[d] as number;
                    const y = packed[(at << 1) | 1] as number;
                    const r = x8 - y;
                    c = r < 0 ? 1 : 0;
                    v = (x8 ^ y) & (x8 ^ r);
                    n = z = r & 0xff;
                    continue;
                  }
                  case 9: {
                    // neg
                    const x8 = r8[d] as number;
                    const r = -x8 & 0xff;
                    c = x8 !== 0 ? 1 : 0;
                    v = x8 & r;
                    n = z = r;
                    r8[d] = r;
                    continue;
                  }
                  case 101: // mul
                    if (multiplier === 0) {
                      trap = TRAP_MULTIPLIER;
                      pc = at;
                      break loop;
                    }
                    r16[d] = ((r16[d] as number) & 0xff) * (r8[s] as number);
                    continue;
                  case 102: // muls
                    if (multiplier === 0) {
                      trap = TRAP_MULTIPLIER;
                      pc = at;
                      break loop;
                    }
                    r16[d] = (((r16[d] as number) << 24) >> 24) * (((r8[s] as number) << 24) >> 24);
                    continue;
                  // --- bytes: logic, bits ---
                  case 77: // and
                    n = z = r8[d] = (r8[d] as number) & (r8[s] as number);
                    v = 0;
                    continue;
                  case 78: // or
                    n = z = r8[d] = (r8[d] as number) | (r8[s] as number);
                    v = 0;
                    continue;
                  case 79: // xor
                    n = z = r8[d] = (r8[d] as number) ^ (r8[s] as number);
                    v = 0;
                    continue;
                  case 82: // tst
                    n = z = (r8[d] as number) & (r8[s] as number);
                    v = 0;
                    continue;
                  case 122: // andi
                    n = z = r8[d] = (r8[d] as number) & (packed[(at << 1) | 1] as number);
                    v = 0;
                    continue;
                  case 30: // ori
                    pc = at + 4;
                    n = z = r8[d] = (r8[d] as number) | (packed[(at << 1) | 1] as number);
                    v = 0;
                    continue;
                  case 31: // xori
                    pc = at + 4;
                    n = z = r8[d] = (r8[d] as number) ^ (packed[(at << 1) | 1] as number);
                    v = 0;
                    continue;
                  case 32: // tsti
                    pc = at + 4;
                    n = z = (r8[d] as number) & (packed[(at << 1) | 1] as number);
                    v = 0;
                    continue;
                  case 8: // not
                    n = z = r8[d] = ~(r8[d] as number) & 0xff;
                    v = 0;
                    continue;
                  case 86: // bit
                    z = c = ((r8[d] as number) >> (packed[(at << 1) | 1] as number)) & 1;
                    n = v = 0;
                    continue;
                  case 87: // setb
                    r8[d] = (r8[d] as number) | (1 << (packed[(at << 1) | 1] as number));
                    continue;
                  case 88: // clrb
                    r8[d] = (r8[d] as number) & ~(1 << (packed[(at << 1) | 1] as number));
                    continue;
                  case 89: // tglb
                    r8[d] = (r8[d] as number) ^ (1 << (packed[(at << 1) | 1] as number));
                    continue;
                  // --- bytes: shifts ---
                  case 109: {
                    // shl
                    const by = packed[(at << 1) | 1] as number;
                    left -= by;
                    const r = (r8[d] as number) << by;
                    c = (r >> 8) & 1;
                    n = z = r & 0xff;
                    r8[d] = r;
                    v = 0;
                    continue;
                  }
                  case 110: {
                    // shr
                    const by = packed[(at << 1) | 1] as number;
                    left -= by;
                    const r = (r8[d] as number) >> (by - 1);
                    c = r & 1;
                    n = z = r >> 1;
                    r8[d] = z;
                    v = 0;
                    continue;
                  }
                  case 111: {
                    // sar
                    const by = packed[(at << 1) | 1] as number;
                    left -= by;
                    const r = ((r8[d] as number) << 24) >> (24 + by - 1);
                    c = r & 1;
                    n = z = (r >> 1) & 0xff;
                    r8[d] = z;
                    v = 0;
                    continue;
                  }
                  case 83: {
                    // shlr
                    const by = Math.min(r8[s] as number, 8);
                    left -= by;
                    n = z = r8[d] = ((r8[d] as number) << by) & 0xff;
                    v = 0;
                    continue;
                  }
                  case 84: {
                    // shrr
                    const by = Math.min(r8[s] as number, 8);
                    left -= by;
                    n = z = r8[d] = (r8[d] as number) >> by;
                    v = 0;
                    continue;
                  }
                  case 85: {
                    // sarr
                    const by = Math.min(r8[s] as number, 8);
                    left -= by;
                    n = z = r8[d] = (((r8[d] as number) << 24) >> (24 + (by < 8 ? by : 7))) & 0xff;
                    v = 0;
                    continue;
                  }
                  case 11: {
                    // rlc
                    const r = ((r8[d] as number) << 1) | c;
                    c = r >> 8;
                    n = z = r & 0xff;
                    r8[d] = r;
                    v = 0;
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
                    continue;
                  }
                  // --- pairs: arithmetic ---
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
                    continue;
                  }
                  case 41: // addiw
                  case 133: {
                    // addiw8
                    if ((word & WIDE) !== 0) pc = at + 4;
                    const x16 = r16[d] as number;
                    const y = (packed[(at << 1) | 1] as number) & 0xffff;
                    const r = x16 + y;
                    c = r >> 16;
                    v = ((x16 ^ r) & (y ^ r)) >> 8;
                    z = r & 0xffff;
                    n = r >> 8;
                    r16[d] = r;
                    continue;
                  }
                  case 42: {
                    // adciw
                    pc = at + 4;
                    const x16 = r16[d] as number;
                    const y = packed[(at << 1) | 1] as number;
                    const r = x16 + y + c;
                    c = r >> 16;
                    v = ((x16 ^ r) & (y ^ r)) >> 8;
                    z |= r & 0xffff;
                    n = r >> 8;
                    r16[d] = r;
                    continue;
                  }
                  case 43: // subiw
                  case 45: // cmpiw
                  case 135: {
                    // cmpiw8
                    if ((word & WIDE) !== 0) pc = at + 4;
                    const x16 = r16[d] as number;
                    const y = (packed[(at << 1) | 1] as number) & 0xffff;
                    const r = x16 - y;
                    c = r < 0 ? 1 : 0;
                    v = ((x16 ^ y) & (x16 ^ r)) >> 8;
                    z = r & 0xffff;
                    n = r >> 8;
                    if (o === 43) r16[d] = r;
                    continue;
                  }
                  case 44: // sbciw
                  case 46: {
                    // cpciw
                    pc = at + 4;
                    const x16 = r16[d] as number;
                    const y = packed[(at << 1) | 1] as number;
                    const r = x16 - y - c;
                    c = r < 0 ? 1 : 0;
                    v = ((x16 ^ y) & (x16 ^ r)) >> 8;
                    z |= r & 0xffff;
                    n = r >> 8;
                    if (o === 44) r16[d] = r;
                    continue;
                  }
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
                    continue;
                  }
                  case 17: {
                    // negw
                    const x16 = r16[d] as number;
                    const r = -x16 & 0xffff;
                    c = x16 !== 0 ? 1 : 0;
                    v = (x16 & r) >> 8;
                    z = r;
                    n = r >> 8;
                    r16[d] = r;
                    continue;
                  }
                  // --- pairs: logic ---
                  case 97: // andw
                    z = r16[d] = (r16[d] as number) & (r16[s] as number);
                    n = z >> 8;
                    v = 0;
                    continue;
                  case 98: // orw
                    z = r16[d] = (r16[d] as number) | (r16[s] as number);
                    n = z >> 8;
                    v = 0;
                    continue;
                  case 99: // xorw
                    z = r16[d] = (r16[d] as number) ^ (r16[s] as number);
                    n = z >> 8;
                    v = 0;
                    continue;
                  case 100: // tstw
                    z = (r16[d] as number) & (r16[s] as number);
                    n = z >> 8;
                    v = 0;
                    continue;
                  case 47: // andiw
                    pc = at + 4;
                    z = r16[d] = (r16[d] as number) & (packed[(at << 1) | 1] as number);
                    n = z >> 8;
                    v = 0;
                    continue;
                  case 48: // oriw
                    pc = at + 4;
                    z = r16[d] = (r16[d] as number) | (packed[(at << 1) | 1] as number);
                    n = z >> 8;
                    v = 0;
                    continue;
                  case 49: // xoriw
                    pc = at + 4;
                    z = r16[d] = (r16[d] as number) ^ (packed[(at << 1) | 1] as number);
                    n = z >> 8;
                    v = 0;
                    continue;
                  case 50: // tstiw
                    pc = at + 4;
                    z = (r16[d] as number) & (packed[(at << 1) | 1] as number);
                    n = z >> 8;
                    v = 0;
                    continue;
                  case 16: // notw
                    z = r16[d] = ~(r16[d] as number) & 0xffff;
                    n = z >> 8;
                    v = 0;
                    continue;
                  // --- pairs: shifts ---
                  case 112: {
                    // shlw
                    const by = packed[(at << 1) | 1] as number;
                    left -= 2 * by;
                    const r = (r16[d] as number) << by;
                    c = (r >> 16) & 1;
                    z = r & 0xffff;
                    n = z >> 8;
                    r16[d] = r;
                    v = 0;
                    continue;
                  }
                  case 113: {
                    // shrw
                    const by = packed[(at << 1) | 1] as number;
                    left -= 2 * by;
                    const r = (r16[d] as number) >> (by - 1);
                    c = r & 1;
                    z = r >> 1;
                    n = z >> 8;
                    r16[d] = z;
                    v = 0;
                    continue;
                  }
                  case 114: {
                    // sarw
                    const by = packed[(at << 1) | 1] as number;
                    left -= 2 * by;
                    const r = ((r16[d] as number) << 16) >> (16 + by - 1);
                    c = r & 1;
                    z = (r >> 1) & 0xffff;
                    n = z >> 8;
                    r16[d] = z;
                    v = 0;
                    continue;
                  }
                  case 106: {
                    // shlrw
                    const by = Math.min(r8[s] as number, 16);
                    left -= 2 * by;
                    z = r16[d] = ((r16[d] as number) << by) & 0xffff;
                    n = z >> 8;
                    v = 0;
                    continue;
                  }
                  case 107: {
                    // shrrw
                    const by = Math.min(r8[s] as number, 16);
                    left -= 2 * by;
                    z = r16[d] = (r16[d] as number) >> by;
                    n = z >> 8;
                    v = 0;
                    continue;
                  }
                  case 108: {
                    // sarrw
                    const by = Math.min(r8[s] as number, 16);
                    left -= 2 * by;
                    z = r16[d] = (((r16[d] as number) << 16) >> (16 + (by < 16 ? by : 15))) & 0xffff;
                    n = z >> 8;
                    v = 0;
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
                    continue;
                  }
                  // --- memory: at an address, behind a pair, a pair that walks, a sum of pairs ---
                  case 36: // lda
                    pc = at + 4;
                    address = packed[(at << 1) | 1] as number;
                    operand = d;
                    break load8;
                  case 37: // sta
                    pc = at + 4;
                    address = packed[(at << 1) | 1] as number;
                    operand = r8[d] as number;
                    break store8;
                  case 52: // ldaw
                    pc = at + 4;
                    address = packed[(at << 1) | 1] as number;
                    operand = d;
                    break load16;
                  case 53: // staw
                    pc = at + 4;
                    address = packed[(at << 1) | 1] as number;
                    operand = r16[d] as number;
                    break store16;
                  case 60: // ldx
                  case 123: // ld
                    if ((word & WIDE) !== 0) pc = at + 4;
                    address = ((r16[s] as number) + (packed[(at << 1) | 1] as number)) & 0xffff;
                    operand = d;
                    break load8;
                  case 61: // stx
                  case 124: // st
                    if ((word & WIDE) !== 0) pc = at + 4;
                    address = ((r16[d] as number) + (packed[(at << 1) | 1] as number)) & 0xffff;
                    operand = r8[s] as number;
                    break store8;
                  case 62: // ldxw
                  case 125: // ldw
                    if ((word & WIDE) !== 0) pc = at + 4;
                    address = ((r16[s] as number) + (packed[(at << 1) | 1] as number)) & 0xffff;
                    operand = d;
                    break load16;
                  case 63: // stxw
                  case 126: // stw
                    if ((word & WIDE) !== 0) pc = at + 4;
                    address = ((r16[d] as number) + (packed[(at << 1) | 1] as number)) & 0xffff;
                    operand = r16[s] as number;
                    break store16;
                  case 64: // ldinc
                    address = r16[s] as number;
                    operand = d;
                    if (address >= NULL_LIMIT) r16[s] = address + 1;
                    break load8;
                  case 65: // stinc
                    address = r16[d] as number;
                    operand = r8[s] as number;
                    if (address >= writableFrom) r16[d] = address + 1;
                    break store8;
                  case 66: // lddec
                    address = ((r16[s] as number) - 1) & 0xffff;
                    operand = d;
                    if (address >= NULL_LIMIT) r16[s] = address;
                    break load8;
                  case 67: // stdec
                    address = ((r16[d] as number) - 1) & 0xffff;
                    operand = r8[s] as number;
                    if (address >= writableFrom) r16[d] = address;
                    break store8;
                  case 68: // ldincw
                    address = r16[s] as number;
                    operand = d;
                    if (address >= NULL_LIMIT && address !== 0xffff) r16[s] = address + 2;
                    break load16;
                  case 69: // stincw
                    address = r16[d] as number;
                    operand = r16[s] as number;
                    if (address >= writableFrom && address !== 0xffff) r16[d] = address + 2;
                    break store16;
                  case 70: // lddecw
                    address = ((r16[s] as number) - 2) & 0xffff;
                    operand = d;
                    if (address >= NULL_LIMIT && address !== 0xffff) r16[s] = address;
                    break load16;
                  case 71: // stdecw
                    address = ((r16[d] as number) - 2) & 0xffff;
                    operand = r16[s] as number;
                    if (address >= writableFrom && address !== 0xffff) r16[d] = address;
                    break store16;
                  case 115: // ldi2
                    address = ((r16[s] as number) + (r16[(word >> 16) & 15] as number)) & 0xffff;
                    operand = d;
                    break load8;
                  case 116: // sti2
                    address = ((r16[d] as number) + (r16[s] as number)) & 0xffff;
                    operand = r8[(word >> 16) & 15] as number;
                    break store8;
                  case 117: // ldi2w
                    address = ((r16[s] as number) + (r16[(word >> 16) & 15] as number)) & 0xffff;
                    operand = d;
                    break load16;
                  case 118: // sti2w
                    address = ((r16[d] as number) + (r16[s] as number)) & 0xffff;
                    operand = r16[(word >> 16) & 15] as number;
                    break store16;
                  // --- memory: the stack ---
                  case 6: // push
                    address = (sp - 1) & 0xffff;
                    operand = r8[d] as number;
                    if (address < stackLimit || sp === 0) {
                      trap = TRAP_STACK;
                      pc = at;
                      break loop;
                    }
                    if (address >= writableFrom) sp = address;
                    break store8;
                  case 7: // pop
                    address = sp;
                    operand = d;
                    if (address >= NULL_LIMIT) sp = (sp + 1) & 0xffff;
                    break load8;
                  case 14: // pushw
                    address = (sp - 2) & 0xffff;
                    operand = r16[d] as number;
                    if (address < stackLimit || sp < 2) {
                      trap = TRAP_STACK;
                      pc = at;
                      break loop;
                    }
                    if (address >= writableFrom) sp = address;
                    break store16;
                  case 15: // popw
                    address = sp;
                    operand = d;
                    if (address >= NULL_LIMIT && address !== 0xffff) sp = (sp + 2) & 0xffff;
                    break load16;
                  case 38: // ldspx
                  case 127: // ldsp
                    if ((word & WIDE) !== 0) pc = at + 4;
                    address = (sp + (packed[(at << 1) | 1] as number)) & 0xffff;
                    operand = d;
                    break load8;
                  case 39: // stspx
                  case 128: // stsp
                    if ((word & WIDE) !== 0) pc = at + 4;
                    address = (sp + (packed[(at << 1) | 1] as number)) & 0xffff;
                    operand = r8[d] as number;
                    break store8;
                  case 54: // ldspxw
                  case 129: // ldspw
                    if ((word & WIDE) !== 0) pc = at + 4;
                    address = (sp + (packed[(at << 1) | 1] as number)) & 0xffff;
                    operand = d;
                    break load16;
                  case 55: // stspxw
                  case 130: // stspw
                    if ((word & WIDE) !== 0) pc = at + 4;
                    address = (sp + (packed[(at << 1) | 1] as number)) & 0xffff;
                    operand = r16[d] as number;
                    break store16;
                  default: // not decoded, or a breakpoint
                    leave = Leave.look;
                    count--;
                    pc = at;
                    break loop;
                }
                // a branch that is not taken
                if ((word & WIDE) !== 0) pc = at + 4;
                continue;
              }
              // taken: a branch that is
              pc = packed[(at << 1) | 1] as number;
              left--;
              continue;
            }
            // store16
            if (address < checkStoresBelow || address === 0xffff || (address - watchFrom) >>> 0 < watchBytes) {
              leave = pending(x, Access.store16, at, address, operand);
              break loop;
            }
            if (isFlat === 0) {
              const line = address >> shift;
              const place = (line & mask) * ways;
              const hit = (line << 1) | 1;
              const first = lines[place] as number;
              const isSplit = (address + 1) >> shift !== line;
              if (isSplit || (first | 1) !== hit) {
                const second = lines[place + 1 - isSingle] as number;
                if (isSplit || (second | 1) !== hit) {
                  leave = pending(x, Access.store16, at, address, operand);
                  break loop;
                }
                lines[place + 1] = first;
              }
              lines[place] = hit;
              stores++;
            }
            left -= byteCycles << 1;
            busBytes += 2;
            memory[address] = operand;
            memory[address + 1] = operand >> 8;
            continue;
          }
          // store8
          if (address < checkStoresBelow || (address - watchFrom) >>> 0 < watchBytes) {
            leave = pending(x, Access.store8, at, address, operand);
            break loop;
          }
          if (isFlat === 0) {
            const line = address >> shift;
            const place = (line & mask) * ways;
            const hit = (line << 1) | 1;
            const first = lines[place] as number;
            if ((first | 1) !== hit) {
              const second = lines[place + 1 - isSingle] as number;
              if ((second | 1) !== hit) {
                leave = pending(x, Access.store8, at, address, operand);
                break loop;
              }
              lines[place + 1] = first;
            }
            lines[place] = hit;
            stores++;
          }
          left -= byteCycles;
          busBytes++;
          memory[address] = operand;
          continue;
        }
        // load16
        if (address < NULL_LIMIT || address === 0xffff || (address - watchFrom) >>> 0 < watchBytes) {
          leave = pending(x, Access.load16, at, address, operand);
          break loop;
        }
        if (isFlat === 0) {
          const line = address >> shift;
          const place = (line & mask) * ways;
          const hit = (line << 1) | 1;
          const first = lines[place] as number;
          const isSplit = (address + 1) >> shift !== line;
          if (isSplit || (first | 1) !== hit) {
            const second = lines[place + 1 - isSingle] as number;
            if (isSplit || (second | 1) !== hit) {
              leave = pending(x, Access.load16, at, address, operand);
              break loop;
            }
            lines[place] = second;
            lines[place + 1] = first;
          }
          loads++;
        }
        left -= byteCycles << 1;
        busBytes += 2;
        const loaded = (memory[address] as number) | ((memory[address + 1] as number) << 8);
        if (operand === 8) {
          pc = loaded;
          if (sp > x.highestSp) x.highestSp = sp;
        } else r16[operand] = loaded;
        continue;
      }
      // load8
      if (address < NULL_LIMIT || (address - watchFrom) >>> 0 < watchBytes) {
        leave = pending(x, Access.load8, at, address, operand);
        break;
      }
      if (isFlat === 0) {
        const line = address >> shift;
        const place = (line & mask) * ways;
        const hit = (line << 1) | 1;
        const first = lines[place] as number;
        if ((first | 1) !== hit) {
          const second = lines[place + 1 - isSingle] as number;
          if ((second | 1) !== hit) {
            leave = pending(x, Access.load8, at, address, operand);
            break;
          }
          lines[place] = second;
          lines[place + 1] = first;
        }
        loads++;
      }
      left -= byteCycles;
      busBytes++;
      r8[operand] = memory[address] as number;
    }

    if (trap >= 0) {
      core.trap = trap;
      leave = Exit.trap;
    }
    if (profile !== null && profiled >= 0) (profile.cycles[profiled] as number) += profiledFrom - left;
    words[0] = r32[0] as number;
    words[1] = r32[1] as number;
    words[2] = r32[2] as number;
    words[3] = r32[3] as number;
    words[PC] = pc & 0xffff;
    words[SP] = sp;
    words[FLAGS] = c | (z === 0 ? FLAG.Z : 0) | ((n & 0x80) >> 5) | ((v & 0x80) >> 4) | interrupts;
    x.left = left;
    x.instructions += count;
    x.fetched += fetched;
    if (busBytes !== 0) {
      x.loads += loads;
      x.stores += stores;
      x.busBytes += busBytes;
    }
    x.admitted = -1;
    return leave;
  };
}

function pending(x: Slice, access: Access, at: number, address: number, operand: number): Leave {
  x.access = access;
  x.at = at;
  x.address = address;
  x.operand = operand;
  return Leave.access;
}
