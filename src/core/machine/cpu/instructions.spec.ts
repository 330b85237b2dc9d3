/**
 * Each instruction against a second implementation that shares nothing with the interpreter: it reads the formulas of the instruction
 * set's documentation as big integers and single flags, without tables, packed flags or typed arrays. 1,000 random states each.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../base/random';
import { encode, operandRange } from '../../isa/codec';
import { FORMS, type FormId, type InstructionForm } from '../../isa/table';
import { FLAT_MACHINE } from '../../presets/machine';
import { imageOfBytes } from '../../../../tests/helpers/assembled';
import { Machine } from '../machine';
import { CoreState } from '../layout';

const STATES = 1000;

interface State {
  r: number[];
  pc: number;
  sp: number;
  C: boolean;
  Z: boolean;
  N: boolean;
  V: boolean;
  I: boolean;
  mem: Map<number, number>;
  cycles: number;
  trap: number;
  halted: boolean;
}

class Model {
  constructor(
    readonly s: State,
    private readonly base: (address: number) => number,
    private readonly limits: { writable: number; stack: number },
  ) {}

  pair(p: number): number {
    return (this.s.r[2 * p + 1] as number) * 256 + (this.s.r[2 * p] as number);
  }
  setPair(p: number, value: number): void {
    const v = ((value % 65536) + 65536) % 65536;
    this.s.r[2 * p] = v % 256;
    this.s.r[2 * p + 1] = Math.floor(v / 256);
  }
  load(address: number, bytes: number): number {
    const a = ((address % 65536) + 65536) % 65536;
    if (a < 16 || a + bytes > 65536) throw 2;
    this.s.cycles += bytes;
    let value = 0;
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (this.s.mem.get(a + i) ?? this.base(a + i));
    return value;
  }
  store(address: number, bytes: number, value: number): void {
    const a = ((address % 65536) + 65536) % 65536;
    if (a < 16 || a + bytes > 65536) throw 2;
    if (a < this.limits.writable) throw 3;
    this.s.cycles += bytes;
    for (let i = 0; i < bytes; i++) this.s.mem.set(a + i, Math.floor(value / 256 ** i) % 256);
  }
  push(bytes: number, value: number): void {
    const to = this.s.sp - bytes;
    if (to < this.limits.stack) throw 6;
    this.store(to, bytes, value);
    this.s.sp = to;
  }
  pop(bytes: number): number {
    const value = this.load(this.s.sp, bytes);
    this.s.sp = (this.s.sp + bytes) % 65536;
    return value;
  }
  zn(value: number, bits: number): void {
    this.s.Z = value === 0;
    this.s.N = value >= 2 ** (bits - 1);
  }
  add(x: number, y: number, carry: number, bits: number, sticky: boolean): number {
    const { s } = this;
    const size = 2 ** bits;
    const signed = (v: number) => (v >= size / 2 ? v - size : v);
    const total = x + y + carry;
    const result = total % size;
    const exact = signed(x) + signed(y) + carry;
    const wasZero = s.Z;
    s.C = total >= size;
    s.V = exact < -size / 2 || exact >= size / 2;
    this.zn(result, bits);
    if (sticky) s.Z = s.Z && wasZero;
    return result;
  }
  sub(x: number, y: number, borrow: number, bits: number, sticky: boolean): number {
    const { s } = this;
    const size = 2 ** bits;
    const signed = (v: number) => (v >= size / 2 ? v - size : v);
    const result = (((x - y - borrow) % size) + size) % size;
    const exact = signed(x) - signed(y) - borrow;
    const wasZero = s.Z;
    s.C = x < y + borrow;
    s.V = exact < -size / 2 || exact >= size / 2;
    this.zn(result, bits);
    if (sticky) s.Z = s.Z && wasZero;
    return result;
  }
  logic(value: number, bits: number): number {
    this.zn(value, bits);
    this.s.V = false;
    return value;
  }
  condition(c: number): boolean {
    const { C, Z, N, V } = this.s;
    return [Z, !Z, C, !C, C || Z, !C && !Z, N !== V, N === V, N !== V || Z, N === V && !Z, N, !N, V, !V][c] as boolean;
  }
  /** One bit at a time, as the text says. */
  shift(value: number, bits: number, by: number, how: 'left' | 'right' | 'signed', carry: boolean): number {
    let v = value;
    let out = false;
    for (let i = 0; i < Math.min(by, bits); i++) {
      const top = v >= 2 ** (bits - 1);
      if (how === 'left') {
        out = top;
        v = (v * 2) % 2 ** bits;
      } else {
        out = v % 2 === 1;
        v = Math.floor(v / 2) + (how === 'signed' && top ? 2 ** (bits - 1) : 0);
      }
    }
    if (carry) this.s.C = out;
    this.zn(v, bits);
    this.s.V = false;
    return v;
  }
}

type Semantics = (m: Model, o: number[], next: number) => number | undefined;
const bitwise = (op: (x: bigint, y: bigint) => bigint) => (x: number, y: number) => Number(op(BigInt(x), BigInt(y)));
const and = bitwise((x, y) => x & y);
const or = bitwise((x, y) => x | y);
const xor = bitwise((x, y) => x ^ y);
const s8 = (v: number) => (v >= 128 ? v - 256 : v);
const w = (v: number) => ((v % 65536) + 65536) % 65536;

const alu8 =
  (f: (m: Model, x: number, y: number) => number, keep = true): Semantics =>
  (m, [d = 0, s = 0]) => {
    const result = f(m, m.s.r[d] as number, m.s.r[s] as number);
    if (keep) m.s.r[d] = result;
    return undefined;
  };
const imm8 =
  (f: (m: Model, x: number, y: number) => number, keep = true): Semantics =>
  (m, [d = 0, k = 0]) => {
    const result = f(m, m.s.r[d] as number, (k + 256) % 256);
    if (keep) m.s.r[d] = result;
    return undefined;
  };
const alu16 =
  (f: (m: Model, x: number, y: number) => number, keep = true): Semantics =>
  (m, [p = 0, q = 0]) => {
    const result = f(m, m.pair(p), m.pair(q));
    if (keep) m.setPair(p, result);
    return undefined;
  };
const imm16 =
  (f: (m: Model, x: number, y: number) => number, keep = true): Semantics =>
  (m, [p = 0, k = 0]) => {
    const result = f(m, m.pair(p), w(k));
    if (keep) m.setPair(p, result);
    return undefined;
  };
const one8 =
  (f: (m: Model, x: number) => number): Semantics =>
  (m, [d = 0]) => {
    m.s.r[d] = f(m, m.s.r[d] as number);
    return undefined;
  };
const one16 =
  (f: (m: Model, x: number) => number): Semantics =>
  (m, [p = 0]) => {
    m.setPair(p, f(m, m.pair(p)));
    return undefined;
  };
const does =
  (f: (m: Model, o: number[]) => void): Semantics =>
  (m, o) => {
    f(m, o);
    return undefined;
  };
const c = (m: Model) => (m.s.C ? 1 : 0);
const byCount =
  (bits: number, how: 'left' | 'right' | 'signed'): Semantics =>
  (m, [d = 0, n = 0]) => {
    m.s.cycles += bits === 8 ? n : 2 * n;
    if (bits === 8) m.s.r[d] = m.shift(m.s.r[d] as number, 8, n, how, true);
    else m.setPair(d, m.shift(m.pair(d), 16, n, how, true));
    return undefined;
  };
const byRegister =
  (bits: number, how: 'left' | 'right' | 'signed'): Semantics =>
  (m, [d = 0, s = 0]) => {
    const n = m.s.r[s] as number;
    m.s.cycles += Math.min(n, bits) * (bits === 8 ? 1 : 2);
    if (bits === 8) m.s.r[d] = m.shift(m.s.r[d] as number, 8, n, how, false);
    else m.setPair(d, m.shift(m.pair(d), 16, n, how, false));
    return undefined;
  };
const branch: Semantics = (m, [cc = 0, target = 0]) => {
  if (!m.condition(cc)) return undefined;
  m.s.cycles += 1;
  return target;
};
const call = (m: Model, target: number, next: number) => {
  m.push(2, next);
  return target;
};

/** Relative targets come in as absolute addresses. */
const MODEL: Record<Exclude<FormId, 'in' | 'out' | 'inp' | 'outp'>, Semantics> = {
  nop: () => undefined,
  ret: (m) => m.pop(2),
  reti: (m) => {
    const { sp } = m.s;
    if (sp < 16 || sp + 3 > 65536) throw 2;
    const f = m.pop(1);
    const bit = (n: number) => Math.floor(f / n) % 2 === 1;
    [m.s.C, m.s.Z, m.s.N, m.s.V, m.s.I] = [bit(1), bit(2), bit(4), bit(8), bit(16)];
    return m.pop(2);
  },
  ei: does((m) => void (m.s.I = true)),
  di: does((m) => void (m.s.I = false)),
  wait: () => undefined,
  push: does((m, [d = 0]) => m.push(1, m.s.r[d] as number)),
  pop: does((m, [d = 0]) => void (m.s.r[d] = m.pop(1))),
  pushw: does((m, [p = 0]) => m.push(2, m.pair(p))),
  popw: does((m, [p = 0]) => m.setPair(p, m.pop(2))),
  not: one8((m, x) => m.logic(255 - x, 8)),
  neg: one8((m, x) => m.sub(0, x, 0, 8, false)),
  swap: one8((_, x) => (x % 16) * 16 + Math.floor(x / 16)),
  rlc: one8((m, x) => {
    const v = x * 2 + c(m);
    m.s.C = v > 255;
    return m.logic(v % 256, 8);
  }),
  rrc: one8((m, x) => {
    const v = Math.floor(x / 2) + 128 * c(m);
    m.s.C = x % 2 === 1;
    return m.logic(v, 8);
  }),
  halt: does((m) => void (m.s.halted = true)),
  notw: one16((m, x) => m.logic(65535 - x, 16)),
  negw: one16((m, x) => m.sub(0, x, 0, 16, false)),
  rlcw: one16((m, x) => {
    const v = x * 2 + c(m);
    m.s.C = v > 65535;
    return m.logic(v % 65536, 16);
  }),
  rrcw: one16((m, x) => {
    const v = Math.floor(x / 2) + 32768 * c(m);
    m.s.C = x % 2 === 1;
    return m.logic(v, 16);
  }),
  icall: (m, [p = 0], next) => call(m, m.pair(p), next),
  ijmp: (m, [p = 0]) => m.pair(p),
  setsp: does((m, [p = 0]) => {
    if (m.pair(p) < STACK_LIMIT) throw 6;
    m.s.sp = m.pair(p);
  }),
  swpb: one16((_, x) => (x % 256) * 256 + Math.floor(x / 256)),
  trap: (_, [i = 0]) => {
    throw i;
  },
  addsp: does((m, [i = 0]) => {
    if (m.s.sp + i < STACK_LIMIT || w(m.s.sp + i) < STACK_LIMIT) throw 6;
    m.s.sp = w(m.s.sp + i);
  }),
  set: does((m, [cc = 0, d = 0]) => void (m.s.r[d] = m.condition(cc) ? 1 : 0)),
  tas: does((m, [d = 0, p = 0]) => {
    const at = m.pair(p);
    if (at < 16) throw 2;
    if (at < WRITABLE) throw 3;
    const old = m.load(at, 1);
    m.store(at, 1, 255);
    m.s.r[d] = m.logic(old, 8);
  }),
  ori: imm8((m, x, y) => m.logic(or(x, y), 8)),
  xori: imm8((m, x, y) => m.logic(xor(x, y), 8)),
  tsti: imm8((m, x, y) => m.logic(and(x, y), 8), false),
  chk: does((m, [d = 0, k = 0]) => {
    if ((m.s.r[d] as number) >= k) throw 5;
  }),
  lda: does((m, [d = 0, k = 0]) => void (m.s.r[d] = m.load(w(k), 1))),
  sta: does((m, [k = 0, d = 0]) => m.store(w(k), 1, m.s.r[d] as number)),
  ldspx: does((m, [d = 0, k = 0]) => void (m.s.r[d] = m.load(m.s.sp + k, 1))),
  stspx: does((m, [k = 0, d = 0]) => m.store(m.s.sp + k, 1, m.s.r[d] as number)),
  ldiw: imm16((_, __, k) => k),
  addiw: imm16((m, x, k) => m.add(x, k, 0, 16, false)),
  adciw: imm16((m, x, k) => m.add(x, k, c(m), 16, true)),
  subiw: imm16((m, x, k) => m.sub(x, k, 0, 16, false)),
  sbciw: imm16((m, x, k) => m.sub(x, k, c(m), 16, true)),
  cmpiw: imm16((m, x, k) => m.sub(x, k, 0, 16, false), false),
  cpciw: imm16((m, x, k) => m.sub(x, k, c(m), 16, true), false),
  andiw: imm16((m, x, k) => m.logic(and(x, k), 16)),
  oriw: imm16((m, x, k) => m.logic(or(x, k), 16)),
  xoriw: imm16((m, x, k) => m.logic(xor(x, k), 16)),
  tstiw: imm16((m, x, k) => m.logic(and(x, k), 16), false),
  chkw: does((m, [p = 0, k = 0]) => {
    if (m.pair(p) >= w(k)) throw 5;
  }),
  ldaw: does((m, [p = 0, k = 0]) => m.setPair(p, m.load(w(k), 2))),
  staw: does((m, [k = 0, p = 0]) => m.store(w(k), 2, m.pair(p))),
  ldspxw: does((m, [p = 0, k = 0]) => m.setPair(p, m.load(m.s.sp + k, 2))),
  stspxw: does((m, [k = 0, p = 0]) => m.store(m.s.sp + k, 2, m.pair(p))),
  leaspx: does((m, [p = 0, k = 0]) => m.setPair(p, m.s.sp + k)),
  lea: does((m, [p = 0, q = 0, k = 0]) => m.setPair(p, m.pair(q) + k)),
  jmpa: (_, [k = 0]) => w(k),
  calla: (m, [k = 0], next) => call(m, w(k), next),
  brancha: branch,
  ldx: does((m, [d = 0, p = 0, k = 0]) => void (m.s.r[d] = m.load(m.pair(p) + k, 1))),
  stx: does((m, [p = 0, k = 0, s = 0]) => m.store(m.pair(p) + k, 1, m.s.r[s] as number)),
  ldxw: does((m, [p = 0, q = 0, k = 0]) => m.setPair(p, m.load(m.pair(q) + k, 2))),
  stxw: does((m, [q = 0, k = 0, p = 0]) => m.store(m.pair(q) + k, 2, m.pair(p))),
  ldinc: does((m, [d = 0, p = 0]) => {
    const v = m.load(m.pair(p), 1);
    m.setPair(p, m.pair(p) + 1);
    m.s.r[d] = v;
  }),
  stinc: does((m, [p = 0, s = 0]) => {
    m.store(m.pair(p), 1, m.s.r[s] as number);
    m.setPair(p, m.pair(p) + 1);
  }),
  lddec: does((m, [d = 0, p = 0]) => {
    const v = m.load(m.pair(p) - 1, 1);
    m.setPair(p, m.pair(p) - 1);
    m.s.r[d] = v;
  }),
  stdec: does((m, [p = 0, s = 0]) => {
    const v = m.s.r[s] as number;
    m.store(m.pair(p) - 1, 1, v);
    m.setPair(p, m.pair(p) - 1);
  }),
  ldincw: does((m, [p = 0, q = 0]) => {
    const v = m.load(m.pair(q), 2);
    m.setPair(q, m.pair(q) + 2);
    m.setPair(p, v);
  }),
  stincw: does((m, [q = 0, p = 0]) => {
    m.store(m.pair(q), 2, m.pair(p));
    m.setPair(q, m.pair(q) + 2);
  }),
  lddecw: does((m, [p = 0, q = 0]) => {
    const v = m.load(m.pair(q) - 2, 2);
    m.setPair(q, m.pair(q) - 2);
    m.setPair(p, v);
  }),
  stdecw: does((m, [q = 0, p = 0]) => {
    m.store(m.pair(q) - 2, 2, m.pair(p));
    m.setPair(q, m.pair(q) - 2);
  }),
  mov: alu8((_, __, y) => y),
  add: alu8((m, x, y) => m.add(x, y, 0, 8, false)),
  adc: alu8((m, x, y) => m.add(x, y, c(m), 8, true)),
  sub: alu8((m, x, y) => m.sub(x, y, 0, 8, false)),
  sbc: alu8((m, x, y) => m.sub(x, y, c(m), 8, true)),
  and: alu8((m, x, y) => m.logic(and(x, y), 8)),
  or: alu8((m, x, y) => m.logic(or(x, y), 8)),
  xor: alu8((m, x, y) => m.logic(xor(x, y), 8)),
  cmp: alu8((m, x, y) => m.sub(x, y, 0, 8, false), false),
  cpc: alu8((m, x, y) => m.sub(x, y, c(m), 8, true), false),
  tst: alu8((m, x, y) => m.logic(and(x, y), 8), false),
  shlr: byRegister(8, 'left'),
  shrr: byRegister(8, 'right'),
  sarr: byRegister(8, 'signed'),
  bit: does((m, [d = 0, n = 0]) => {
    m.s.C = Math.floor((m.s.r[d] as number) / 2 ** n) % 2 === 1;
    m.s.Z = !m.s.C;
    m.s.N = m.s.V = false;
  }),
  setb: does((m, [d = 0, n = 0]) => void (m.s.r[d] = or(m.s.r[d] as number, 2 ** n))),
  clrb: does((m, [d = 0, n = 0]) => void (m.s.r[d] = and(m.s.r[d] as number, 255 - 2 ** n))),
  tglb: does((m, [d = 0, n = 0]) => void (m.s.r[d] = xor(m.s.r[d] as number, 2 ** n))),
  movw: alu16((_, __, y) => y),
  addw: alu16((m, x, y) => m.add(x, y, 0, 16, false)),
  adcw: alu16((m, x, y) => m.add(x, y, c(m), 16, true)),
  subw: alu16((m, x, y) => m.sub(x, y, 0, 16, false)),
  sbcw: alu16((m, x, y) => m.sub(x, y, c(m), 16, true)),
  cmpw: alu16((m, x, y) => m.sub(x, y, 0, 16, false), false),
  cpcw: alu16((m, x, y) => m.sub(x, y, c(m), 16, true), false),
  andw: alu16((m, x, y) => m.logic(and(x, y), 16)),
  orw: alu16((m, x, y) => m.logic(or(x, y), 16)),
  xorw: alu16((m, x, y) => m.logic(xor(x, y), 16)),
  tstw: alu16((m, x, y) => m.logic(and(x, y), 16), false),
  mul: does((m, [p = 0, s = 0]) => m.setPair(p, (m.pair(p) % 256) * (m.s.r[s] as number))),
  muls: does((m, [p = 0, s = 0]) => m.setPair(p, s8(m.pair(p) % 256) * s8(m.s.r[s] as number))),
  sxt: does((m, [p = 0, s = 0]) => m.setPair(p, s8(m.s.r[s] as number))),
  zxt: does((m, [p = 0, s = 0]) => m.setPair(p, m.s.r[s] as number)),
  addzx: does((m, [p = 0, s = 0]) => m.setPair(p, m.add(m.pair(p), m.s.r[s] as number, 0, 16, false))),
  shlrw: byRegister(16, 'left'),
  shrrw: byRegister(16, 'right'),
  sarrw: byRegister(16, 'signed'),
  shl: byCount(8, 'left'),
  shr: byCount(8, 'right'),
  sar: byCount(8, 'signed'),
  shlw: byCount(16, 'left'),
  shrw: byCount(16, 'right'),
  sarw: byCount(16, 'signed'),
  ldi2: does((m, [d = 0, p = 0, q = 0]) => void (m.s.r[d] = m.load(m.pair(p) + m.pair(q), 1))),
  sti2: does((m, [p = 0, q = 0, s = 0]) => m.store(m.pair(p) + m.pair(q), 1, m.s.r[s] as number)),
  ldi2w: does((m, [a = 0, p = 0, q = 0]) => m.setPair(a, m.load(m.pair(p) + m.pair(q), 2))),
  sti2w: does((m, [p = 0, q = 0, a = 0]) => m.store(m.pair(p) + m.pair(q), 2, m.pair(a))),
  ldi: imm8((_, __, k) => k),
  addi: imm8((m, x, k) => m.add(x, k, 0, 8, false)),
  cmpi: imm8((m, x, k) => m.sub(x, k, 0, 8, false), false),
  andi: imm8((m, x, k) => m.logic(and(x, k), 8)),
  ld: does((m, [d = 0, p = 0, o = 0]) => void (m.s.r[d] = m.load(m.pair(p) + o, 1))),
  st: does((m, [p = 0, o = 0, s = 0]) => m.store(m.pair(p) + o, 1, m.s.r[s] as number)),
  ldw: does((m, [p = 0, q = 0, o = 0]) => m.setPair(p, m.load(m.pair(q) + o, 2))),
  stw: does((m, [q = 0, o = 0, p = 0]) => m.store(m.pair(q) + o, 2, m.pair(p))),
  ldsp: does((m, [d = 0, o = 0]) => void (m.s.r[d] = m.load(m.s.sp + o, 1))),
  stsp: does((m, [o = 0, s = 0]) => m.store(m.s.sp + o, 1, m.s.r[s] as number)),
  ldspw: does((m, [p = 0, o = 0]) => m.setPair(p, m.load(m.s.sp + o, 2))),
  stspw: does((m, [o = 0, p = 0]) => m.store(m.s.sp + o, 2, m.pair(p))),
  jmp: (_, [target = 0]) => target,
  call: (m, [target = 0], next) => call(m, target, next),
  branch,
  addiw8: imm16((m, x, k) => m.add(x, k, 0, 16, false)),
  ldiw8: imm16((_, __, k) => k),
  cmpiw8: imm16((m, x, k) => m.sub(x, k, 0, 16, false), false),
  leasp: does((m, [p = 0, o = 0]) => m.setPair(p, m.s.sp + o)),
};

const CODE = 0x4000;
const STACK_LIMIT = 0x0800;
const WRITABLE = 0x0200;

/** Values near the borders as often as any others. */
function value(random: Random, bits: number): number {
  const size = 2 ** bits;
  const edges = [0, 1, 2, size / 2 - 1, size / 2, size - 2, size - 1, 15, 16, 17];
  return random.below(3) === 0 ? (edges[random.below(edges.length)] as number) % size : random.below(size);
}

function operandsFor(form: InstructionForm, random: Random): number[] {
  return form.fields.map((_, i) => {
    const { min, max } = operandRange(form, i);
    const pick = random.below(6);
    return pick === 0 ? min : pick === 1 ? max : min + random.below(max - min + 1);
  });
}

const machine = new Machine(FLAT_MACHINE);
machine.load({ ...imageOfBytes(new Uint8Array(2), CODE), protectedEnd: WRITABLE });
const { core, memory } = machine;
const noise = Uint8Array.from({ length: 65536 }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 13) & 0xff);

function runOne(form: InstructionForm, random: Random): void {
  const operands = operandsFor(form, random);
  const words = encode(form.id, operands);
  memory.set(noise);
  words.forEach((word, i) => {
    memory[CODE + 2 * i] = word & 0xff;
    memory[CODE + 2 * i + 1] = word >> 8;
  });
  const initial = memory.slice();
  core.reset();
  core.stackLimit = STACK_LIMIT;
  core.pc = CODE;
  core.sp = random.below(8) === 0 ? STACK_LIMIT + random.below(4) : value(random, 16);
  core.flags = random.below(32);
  for (let i = 0; i < 16; i++) core.r8[i] = value(random, 8);
  for (let p = 0; p < 8; p++) if (random.below(3) === 0) core.r16[p] = value(random, 16);
  const flag = (bit: number) => Math.floor(core.flags / bit) % 2 === 1;
  const state: State = {
    r: [...core.r8],
    pc: CODE,
    sp: core.sp,
    C: flag(1),
    Z: flag(2),
    N: flag(4),
    V: flag(8),
    I: flag(16),
    mem: new Map(),
    cycles: form.cycles,
    trap: 0,
    halted: false,
  };
  const next = CODE + 2 * words.length;
  const given = form.fields.map(({ kind }, i) =>
    kind === 'rel' ? w(next + 2 * (operands[i] as number)) : (operands[i] as number),
  );
  const model = new Model(state, (a) => initial[a] as number, { writable: WRITABLE, stack: STACK_LIMIT });
  const before = structuredClone(state);
  let expected = state;
  try {
    const target = MODEL[form.id as keyof typeof MODEL](model, given, next);
    state.pc = state.halted ? CODE : w(target ?? next);
  } catch (trap) {
    if (typeof trap !== 'number') throw trap;
    expected = { ...before, trap };
  }

  machine.run({ instructions: 1 });
  const got = {
    r: [...core.r8],
    pc: core.pc,
    sp: core.sp,
    flags: core.flags,
    trap: core.state === CoreState.trapped ? core.trap : 0,
    isHalted: core.state === CoreState.halted,
  };
  const { C, Z, N, V, I } = expected;
  const flags = Number(C) + 2 * Number(Z) + 4 * Number(N) + 8 * Number(V) + 16 * Number(I);
  const context = `${form.id} ${operands.join(', ')}`;
  const { r, pc, sp, trap, halted } = expected;
  expect(got, context).toEqual({ r, pc, sp, flags, trap, isHalted: halted });
  expect(core.cycles, context).toBe(expected.cycles);
  for (const [address, byte] of expected.mem) initial[address] = byte;
  expect(Buffer.compare(memory, initial), context).toBe(0);
}

describe('every instruction does what its text says', () => {
  const forms = FORMS.filter((form) => form.id in MODEL);

  test('the model covers all but the port instructions', () => {
    expect(FORMS.map((f) => f.id).filter((id) => !(id in MODEL))).toEqual(['in', 'out', 'inp', 'outp']);
  });

  test.each(forms.map((form) => [form.id, form] as const))('%s', (id, form) => {
    const random = new Random(11, id);
    for (let i = 0; i < STATES; i++) runOne(form, random);
  });
});
