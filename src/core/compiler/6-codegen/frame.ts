/**
 * The stack frame. From SP upward: arguments for calls, spill slots and locals (the most used first, to be within short displacements), saved
 * pairs, the return address, stack arguments. SP does not move in the body.
 */
import { CALLEE_SAVED_PAIRS } from '../../isa/convention';
import { DEF, isSlotRef, MInst, type MBlock, type MFunction, type MForm, type Slot } from './mir';

export interface Frame {
  /** Pairs in the order of their pushes. */
  readonly savedPairs: readonly number[];
  /** Bytes below the saved pairs. */
  readonly localBytes: number;
  /** Bytes below the return address. */
  readonly sizeBytes: number;
}

/** Forms whose displacement field is short, their limit, and the form with a displacement word. */
const FAR: Partial<Record<MForm, { readonly limit: number; readonly form: MForm }>> = {
  ldsp: { limit: 31, form: 'ldspx' },
  stsp: { limit: 31, form: 'stspx' },
  ldspw: { limit: 127, form: 'ldspxw' },
  stspw: { limit: 127, form: 'stspxw' },
  leasp: { limit: 255, form: 'leaspx' },
};
const ADDSP_MIN = -128;
const ADDSP_MAX = 127;
/** From so many steps of ADDSP on, LEA and SETSP are shorter. */
const MAX_STEPS = 3;
const RETURN_ADDRESS_BYTES = 2;

/** Places the slots, gives frame accesses their displacements, adds prologue and epilogues. */
export function layOutFrame(fn: MFunction): Frame {
  const savedPairs = pairsToSave(fn);
  const localBytes = placeSlots(fn);
  const sizeBytes = localBytes + 2 * savedPairs.length;
  const frame: Frame = { savedPairs, localBytes, sizeBytes };
  for (const slot of fn.slots)
    if (slot.kind === 'incoming') slot.offset += sizeBytes + RETURN_ADDRESS_BYTES + (fn.isInterruptHandler ? 1 : 0);
  for (const block of fn.blocks) block.insts = block.insts.map(resolveSlots);
  const entry = fn.blocks[0] as MBlock;
  entry.insts = [...prologue(frame, entry), ...entry.insts];
  for (const block of fn.blocks) {
    if (!block.insts.some(isReturn)) continue;
    block.insts = block.insts.flatMap((inst) => (isReturn(inst) ? [...epilogueBefore(inst, frame), inst] : [inst]));
  }
  return frame;
}

/** Whether the function will have a prologue and epilogues. */
export const hasFrame = (fn: MFunction): boolean =>
  fn.outgoingBytes > 0 ||
  fn.slots.some((slot) => slot.kind === 'spill' || slot.kind === 'local') ||
  pairsToSave(fn).length > 0;

/** Pairs that the function changes and must give back: callee-saved ones, for an interrupt handler all. */
function pairsToSave(fn: MFunction): number[] {
  const changed = new Uint8Array(8);
  for (const block of fn.blocks)
    for (const inst of block.insts) {
      inst.info.roles.forEach((role, i) => {
        const op = inst.ops[i];
        if ((role & DEF) === 0 || typeof op !== 'number') return;
        changed[inst.info.kinds[i] === 'pair' ? op : op >> 1] = 1;
      });
      for (const operand of inst.defs ?? []) changed[operand >> 2] = 1;
    }
  const candidates = fn.isInterruptHandler ? [0, 1, 2, 3, 4, 5, 6, 7] : CALLEE_SAVED_PAIRS;
  return candidates.filter((pair) => changed[pair] === 1);
}

/** Gives the slots their offsets from SP; returns the bytes that they take. */
function placeSlots(fn: MFunction): number {
  const used = new Map<Slot, number>();
  for (const block of fn.blocks)
    for (const inst of block.insts) {
      if (inst.form === 'dbg') continue;
      for (const op of inst.ops) if (isSlotRef(op)) used.set(op.slot, (used.get(op.slot) ?? 0) + block.freq);
    }
  let offset = fn.outgoingBytes;
  const own = [...used].filter(([slot]) => slot.kind === 'spill' || slot.kind === 'local');
  // Small and busy first.
  own.sort(
    ([a, x], [b, y]) => Math.min(a.sizeBytes, 8) - Math.min(b.sizeBytes, 8) || y - x || a.sizeBytes - b.sizeBytes,
  );
  for (const [slot] of own) {
    slot.offset = offset;
    offset += slot.sizeBytes;
  }
  for (const slot of fn.slots) if (!used.has(slot) && slot.kind !== 'incoming') slot.offset = -1;
  return offset;
}

function resolveSlots(inst: MInst): MInst {
  if (inst.form === 'dbg') return inst;
  const index = inst.ops.findIndex(isSlotRef);
  if (index < 0) return inst;
  const ref = inst.ops[index];
  if (!isSlotRef(ref)) return inst;
  const offset = ref.slot.offset + ref.offset;
  const far = FAR[inst.form];
  const ops = inst.ops.slice();
  ops[index] = offset;
  const isNear = far === undefined || (offset >= 0 && offset <= far.limit);
  const made = new MInst(isNear ? inst.form : far.form, ops);
  made.ir = inst.ir;
  made.origin = inst.origin;
  made.note = inst.note ?? (ref.slot.kind === 'outgoing' ? 'argument' : ref.slot.name);
  return made;
}

const noted = (inst: MInst, note: string): MInst => {
  inst.note = note;
  return inst;
};

function moveStack(bytes: number, scratch: number | undefined, note: string): MInst[] {
  if (bytes === 0) return [];
  const limit = bytes < 0 ? -ADDSP_MIN : ADDSP_MAX;
  const steps = Math.ceil(Math.abs(bytes) / limit);
  if (steps > MAX_STEPS && scratch !== undefined) {
    return [noted(new MInst('leaspx', [scratch, bytes & 0xffff]), note), noted(new MInst('setsp', [scratch]), note)];
  }
  const out: MInst[] = [];
  for (let left = bytes; left !== 0;) {
    const step = Math.max(ADDSP_MIN, Math.min(ADDSP_MAX, left));
    out.push(noted(new MInst('addsp', [step]), note));
    left -= step;
  }
  return out;
}

function prologue(frame: Frame, entry: MBlock): MInst[] {
  const pushes = frame.savedPairs.map((pair) => noted(new MInst('pushw', [pair]), 'prologue'));
  void entry;
  return [...pushes, ...moveStack(-frame.localBytes, frame.savedPairs[0], 'prologue')];
}

const isReturn = ({ form }: MInst): boolean => form === 'ret' || form === 'reti' || form === 'tail';

function epilogueBefore(inst: MInst, frame: Frame): MInst[] {
  const pops = frame.savedPairs.map((pair) => noted(new MInst('popw', [pair]), 'epilogue')).reverse();
  const all = [...moveStack(frame.localBytes, frame.savedPairs[0], 'epilogue'), ...pops];
  // The end of the function costs what its return costs.
  for (const made of all) made.origin = inst.origin;
  return all;
}
