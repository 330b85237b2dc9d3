/** What the translation of an instruction is, and what those of all families share: operands, and bytes and pairs under one roof. */
import type { FormId } from '../../isa/table';
import type { AccessPlan, Site } from './access';
import type { Emitter } from './emitter';
import { Logic } from './flags';
import type { GuestInstr } from './piece';
import { OP as W } from './wasm';

/** Emits what an instruction does. */
export type Operation = (e: Emitter, i: GuestInstr, plan: AccessPlan, site: Site) => void;

/** By form. */
export type Operations = { readonly [F in FormId]?: Operation };

/** Bytes or pairs. */
export interface Width {
  readonly bits: 8 | 16;
  readonly mask: number;
  readonly logic: 1 | 2;
  readonly extend: number;
  /** Pushes a register. */
  get(e: Emitter, register: number): void;
  /** Pops into a register what is within the mask. */
  set(e: Emitter, register: number): void;
}

export const BYTE: Width = {
  bits: 8,
  mask: 0xff,
  logic: Logic.byte,
  extend: W.i32Extend8S,
  get: (e, register) => e.getByte(register),
  set: (e, register) => e.setByte(register),
};

export const PAIR: Width = {
  bits: 16,
  mask: 0xffff,
  logic: Logic.pair,
  extend: W.i32Extend16S,
  get: (e, register) => e.getPair(register),
  set: (e, register) => e.setPair(register),
};

/** Pushes the second operand of an instruction. */
export type Operand = (e: Emitter, i: GuestInstr) => void;

export const byteB: Operand = (e, i) => e.getByte(i.b);
export const pairB: Operand = (e, i) => e.getPair(i.b);
export const constantByte: Operand = (e, i) => void e.f.i32(i.k & 0xff);
export const constantPair: Operand = (e, i) => void e.f.i32(i.k & 0xffff);

/** Whether the result of arithmetic is kept, or only the flags. */
export const KEPT = true;
export const FLAGS_ONLY = false;

/** Cuts what is on the stack to the width. */
export function cut(e: Emitter, width: Width): void {
  e.f.i32(width.mask).op(W.i32And);
}
