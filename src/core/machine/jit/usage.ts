/** Which registers an instruction touches and which it changes, from the fields of its form. */
import { formAt, type DecodedCode } from '../cpu/decoded';
import { OP } from '../cpu/ops';
import type { GuestInstr, Piece } from './piece';

export interface Usage {
  readonly usedPairs: readonly number[];
  readonly changedPairs: readonly number[];
  /** Pairs that are used more by halves than whole. */
  readonly isSplit: readonly boolean[];
}

const COMPARES = new Set<number>([
  OP.cmp, OP.cmpi, OP.cmpw, OP.cmpiw, OP.cmpiw8, OP.cpc, OP.cpcw, OP.cpciw, OP.tst, OP.tsti, OP.tstw, OP.tstiw, OP.bit, OP.chk, OP.chkw,
  OP.push, OP.pushw,
]); // prettier-ignore
const WALKING_LOADS = new Set<number>([OP.ldinc, OP.ldincw, OP.lddec, OP.lddecw]);
const WALKING_STORES = new Set<number>([OP.stinc, OP.stincw, OP.stdec, OP.stdecw]);

/** A whole use of a split pair costs about this much more than a use of a half of a whole one. */
const WHOLE_USE_WEIGHT = 1.25;

export function usageOf(code: DecodedCode, piece: Piece): Usage {
  const used = new Set<number>();
  const changed = new Set<number>();
  const halves = new Array<number>(8).fill(0);
  const wholes = new Array<number>(8).fill(0);
  piece.blocks.forEach((block, index) => {
    const weight = piece.isLoopHeader[index] ? 8 : 1;
    for (const instr of block.instrs) {
      const slots = slotsOf(code, instr);
      for (const { pair, half } of slots) {
        used.add(pair);
        (half ? halves : wholes)[pair] = ((half ? halves : wholes)[pair] as number) + weight;
      }
      for (const slot of changedSlots(code, instr)) {
        const at = slots[slot];
        if (at) changed.add(at.pair);
      }
    }
  });
  const order = (set: Set<number>) => [...set].sort((a, b) => a - b);
  const isSplit = halves.map((n, pair) => n > WHOLE_USE_WEIGHT * (wholes[pair] as number));
  return { usedPairs: order(used), changedPairs: order(changed), isSplit };
}

interface Slot {
  readonly pair: number;
  readonly half: boolean;
}

function slotsOf(code: DecodedCode, instr: GuestInstr): Slot[] {
  const values = [instr.a, instr.b, instr.c];
  if (instr.op === OP.set) return [{ pair: instr.b >> 1, half: true }];
  const slots: Slot[] = [];
  for (const { kind } of formAt(code, instr.pc).fields) {
    if (kind === 'reg') slots.push({ pair: (values[slots.length] as number) >> 1, half: true });
    else if (kind === 'pair') slots.push({ pair: values[slots.length] as number, half: false });
  }
  return slots;
}

function changedSlots(code: DecodedCode, instr: GuestInstr): readonly number[] {
  if (COMPARES.has(instr.op)) return [];
  if (WALKING_LOADS.has(instr.op)) return [0, 1];
  if (WALKING_STORES.has(instr.op)) return [0];
  return formAt(code, instr.pc).writes > 0 ? [] : [0];
}
