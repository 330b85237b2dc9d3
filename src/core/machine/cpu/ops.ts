/**
 * Operation numbers of the engines: one a form of the instruction table, dense, so that the interpreter's switch becomes a jump
 * table. Branches take one number a condition; two more mark places where the interpreter has to look closer.
 */
import { FORMS, type FormId } from '../../isa/table';

// prettier-ignore
export const OP = {
  nop: 0, ret: 1, reti: 2, ei: 3, di: 4, wait: 5, push: 6, pop: 7, not: 8, neg: 9,
  swap: 10, rlc: 11, rrc: 12, halt: 13, pushw: 14, popw: 15, notw: 16, negw: 17, rlcw: 18, rrcw: 19,
  icall: 20, ijmp: 21, setsp: 22, swpb: 23, trap: 24, addsp: 25, set: 26, in: 27, out: 28, tas: 29,
  ori: 30, xori: 31, tsti: 32, chk: 33, inp: 34, outp: 35, lda: 36, sta: 37, ldspx: 38, stspx: 39,
  ldiw: 40, addiw: 41, adciw: 42, subiw: 43, sbciw: 44, cmpiw: 45, cpciw: 46, andiw: 47, oriw: 48, xoriw: 49,
  tstiw: 50, chkw: 51, ldaw: 52, staw: 53, ldspxw: 54, stspxw: 55, leaspx: 56, lea: 57, jmpa: 58, calla: 59,
  ldx: 60, stx: 61, ldxw: 62, stxw: 63, ldinc: 64, stinc: 65, lddec: 66, stdec: 67, ldincw: 68, stincw: 69,
  lddecw: 70, stdecw: 71, mov: 72, add: 73, adc: 74, sub: 75, sbc: 76, and: 77, or: 78, xor: 79,
  cmp: 80, cpc: 81, tst: 82, shlr: 83, shrr: 84, sarr: 85, bit: 86, setb: 87, clrb: 88, tglb: 89,
  movw: 90, addw: 91, adcw: 92, subw: 93, sbcw: 94, cmpw: 95, cpcw: 96, andw: 97, orw: 98, xorw: 99,
  tstw: 100, mul: 101, muls: 102, sxt: 103, zxt: 104, addzx: 105, shlrw: 106, shrrw: 107, sarrw: 108, shl: 109,
  shr: 110, sar: 111, shlw: 112, shrw: 113, sarw: 114, ldi2: 115, sti2: 116, ldi2w: 117, sti2w: 118, ldi: 119,
  addi: 120, cmpi: 121, andi: 122, ld: 123, st: 124, ldw: 125, stw: 126, ldsp: 127, stsp: 128, ldspw: 129,
  stspw: 130, jmp: 131, call: 132, addiw8: 133, ldiw8: 134, cmpiw8: 135, leasp: 136,
  /** First of fourteen, one a condition; the target is decoded, so the two forms differ in size and time only. */
  branch: 137, brancha: 137,
} as const satisfies Record<FormId, number>;

/** Not decoded yet, or not to be kept: see decoded.ts. */
export const OP_DECODE = 151;
/** A breakpoint stands here. */
export const OP_BREAK = 152;

/** Form number -> operation number. */
export const OP_OF_FORM: Uint8Array = Uint8Array.from(FORMS, (form) => OP[form.id]);
