/**
 * What happens to a register that found no place: it is made again at each use (constants and addresses), or it is split. A split
 * gives each region its own register, joined through a stack slot: first an innermost loop (loaded before the loop, stored at its exits)
 * or else a block, on the next failure a block, at last the single instruction. [after Cooper and Simpson, "Live range splitting in a graph
 * coloring register allocator", CC 1998]
 */
import { assert } from '../../base/assert';
import { isLive, type Liveness } from './liveness';
import {
  BYTE,
  DEF,
  edgePlace,
  MInst,
  newRegister,
  USE,
  type MBlock,
  type MFunction,
  type MLoop,
  type MOperand,
  type Slot,
} from './mir';

export interface Victim {
  readonly id: number;
  /** For rematerialisation: what makes the value. */
  readonly remake: MInst | undefined;
}

/** What is known about registers that came from splitting, by id. */
export interface SplitState {
  /** 0: never split; 1: a loop or block of its own; 2: a block; 3: an instruction. */
  readonly level: number[];
  readonly slot: (Slot | undefined)[];
}

export const INSTRUCTION_LEVEL = 3;

/** Rewrites the function for all victims. */
export function spill(fn: MFunction, victims: readonly Victim[], liveness: Liveness, state: SplitState): void {
  const remade = new Map<number, MInst>();
  const split = new Map<number, Splitter>();
  for (const victim of victims) {
    if (victim.remake) remade.set(victim.id, victim.remake);
    else split.set(victim.id, new Splitter(fn, victim.id, state));
  }
  if (split.size > 0) findRegions(fn, split);
  const blocks = fn.blocks.slice();
  for (const block of blocks) rewriteBlock(fn, block, remade, split, liveness, state);
  for (const splitter of split.values()) splitter.joinLoops(liveness);
}

/** Which blocks and loops mention each victim. */
function findRegions(fn: MFunction, split: ReadonlyMap<number, Splitter>): void {
  for (const block of fn.blocks)
    for (const inst of block.insts) {
      const { roles } = inst.info;
      for (let i = 0; i < roles.length; i++) {
        const op = inst.ops[i];
        if (roles[i] !== 0 && typeof op === 'number') split.get(op >> 2)?.mention(block);
      }
    }
}

class Splitter {
  readonly slot: Slot;
  readonly level: number;
  private readonly loops = new Set<MLoop>();
  private readonly inLoop = new Map<MLoop, { register: number; isWritten: boolean }>();
  private readonly cls: number;
  private readonly name: string | undefined;

  constructor(
    private readonly fn: MFunction,
    readonly id: number,
    private readonly state: SplitState,
  ) {
    this.cls = fn.classes[id] as number;
    this.name = fn.names[id];
    this.level = (state.level[id] ?? 0) + 1;
    this.slot = state.slot[id] ?? newSpillSlot(fn, this.cls, this.name ?? `v${id}`);
  }

  mention(block: MBlock): void {
    if (block.loop) this.loops.add(block.loop);
  }

  /** The loop whose register stands for the victim in this block, if loops are split and no inner loop needs one of its own. */
  private loopOf(block: MBlock): MLoop | undefined {
    const { loop } = block;
    if (!loop || this.level > 1) return undefined;
    for (const other of this.loops) if (other !== loop && loop.blocks.has(other.header)) return undefined;
    return loop;
  }

  /** The register for a block's loop, or undefined if the block is a region by itself. */
  loopRegister(block: MBlock, isWrite: boolean): number | undefined {
    const loop = this.loopOf(block);
    if (!loop) return undefined;
    let entry = this.inLoop.get(loop);
    if (!entry) this.inLoop.set(loop, (entry = { register: this.fresh(), isWritten: false }));
    if (isWrite) entry.isWritten = true;
    return entry.register;
  }

  fresh(): number {
    const made = newRegister(this.fn, this.cls, this.name);
    this.state.level[made >> 2] = this.level;
    this.state.slot[made >> 2] = this.slot;
    return made >> 2;
  }

  load(id: number, like: MInst | undefined): MInst {
    const inst = new MInst(this.cls === BYTE ? 'ldsp' : 'ldspw', [id << 2, { slot: this.slot, offset: 0 }]);
    return noted(inst, like, `reload of ${this.slot.name}`);
  }

  store(id: number, like: MInst | undefined): MInst {
    const inst = new MInst(this.cls === BYTE ? 'stsp' : 'stspw', [{ slot: this.slot, offset: 0 }, id << 2]);
    return noted(inst, like, `spill of ${this.slot.name}`);
  }

  /** Loads where loops are entered and stores where they are left. */
  joinLoops(liveness: Liveness): void {
    for (const [loop, { register, isWritten }] of this.inLoop) {
      const liveAt = (block: MBlock) => {
        const index = liveness.indexOf.get(block);
        return index !== undefined && isLive(liveness.liveIn[index] as Uint32Array, this.id);
      };
      if (liveAt(loop.header))
        for (const pred of loop.header.preds.slice())
          if (!loop.blocks.has(pred)) this.place(pred, loop.header, this.load(register, undefined));
      if (!isWritten) continue;
      for (const block of [...loop.blocks])
        for (const succ of block.succs.slice())
          if (!loop.blocks.has(succ) && liveAt(succ)) this.place(block, succ, this.store(register, undefined));
    }
  }

  private place(from: MBlock, to: MBlock, inst: MInst): void {
    const { block, index } = edgePlace(this.fn, from, to);
    block.insts.splice(index, 0, inst);
  }
}

function newSpillSlot(fn: MFunction, cls: number, name: string): Slot {
  const slot: Slot = { kind: 'spill', sizeBytes: cls === BYTE ? 1 : 2, offset: 0, name, weight: 0 };
  fn.slots.push(slot);
  return slot;
}

function noted(inst: MInst, like: MInst | undefined, note: string): MInst {
  inst.origin = like?.origin;
  inst.ir = like?.ir ?? -1;
  inst.note = note;
  return inst;
}

/** What a block's own register for a victim needs when the block is done. */
interface BlockRegister {
  readonly register: number;
  lastWrite: MInst | undefined;
}

function rewriteBlock(
  fn: MFunction,
  block: MBlock,
  remade: ReadonlyMap<number, MInst>,
  split: ReadonlyMap<number, Splitter>,
  liveness: Liveness,
  state: SplitState,
): void {
  const local = new Map<number, BlockRegister>();
  const out: MInst[] = [];
  let isChanged = false;
  for (const inst of block.insts) {
    const touched = touchedVictims(inst, remade, split);
    if (touched.length === 0) {
      out.push(inst);
      continue;
    }
    isChanged = true;
    const after: MInst[] = [];
    let isDropped = false;
    for (const id of touched) {
      const remake = remade.get(id);
      if (remake) isDropped = remakeAt(fn, inst, id, remake, out, state, touched.length === 1) || isDropped;
      else if (inst.form === 'dbg') replaceDebug(inst, id, (split.get(id) as Splitter).slot);
      else splitAt(inst, block, split.get(id) as Splitter, local, out, after);
    }
    if (!isDropped) out.push(inst);
    out.push(...after);
  }
  if (!isChanged) return;
  block.insts = storeLastWrites(block, out, local, split, liveness);
}

function touchedVictims(
  inst: MInst,
  remade: ReadonlyMap<number, MInst>,
  split: ReadonlyMap<number, Splitter>,
): number[] {
  const touched: number[] = [];
  const count = inst.form === 'dbg' ? inst.ops.length : inst.info.roles.length;
  for (let i = 0; i < count; i++) {
    const op = inst.ops[i];
    if (typeof op !== 'number' || (inst.form !== 'dbg' && inst.info.roles[i] === 0)) continue;
    const id = op >> 2;
    if ((remade.has(id) || split.has(id)) && !touched.includes(id)) touched.push(id);
  }
  return touched;
}

/**
 * Makes the value again in front of a use. A copy whose other side is no victim is replaced as a whole. Returns whether the
 * instruction itself is to be dropped.
 */
function remakeAt(
  fn: MFunction,
  inst: MInst,
  id: number,
  remake: MInst,
  out: MInst[],
  state: SplitState,
  isWholeFree: boolean,
): boolean {
  if (inst === remake || inst.form === 'dbg') return true;
  const clone = (dst: number) => {
    const made = new MInst(remake.form, [dst, ...remake.ops.slice(1)]);
    return noted(made, inst, 'made again');
  };
  if (inst.form === 'copy' && inst.ops[1] === id << 2 && isWholeFree) {
    out.push(clone(inst.ops[0] as number));
    return true;
  }
  const made = newRegister(fn, fn.classes[id] as number, fn.names[id]);
  state.level[made >> 2] = INSTRUCTION_LEVEL;
  out.push(clone(made));
  replace(inst, id, made >> 2);
  return false;
}

function replace(inst: MInst, from: number, to: number): void {
  for (let i = 0; i < inst.ops.length; i++) {
    const op = inst.ops[i] as MOperand;
    if (typeof op === 'number' && inst.info.roles[i] !== 0 && op >> 2 === from) inst.ops[i] = (to << 2) | (op & 3);
  }
}

function replaceDebug(inst: MInst, id: number, slot: Slot): void {
  for (let i = 1; i < inst.ops.length; i++) {
    const op = inst.ops[i];
    if (typeof op === 'number' && op >> 2 === id) inst.ops[i] = { slot, offset: 0 };
  }
}

function accessOf(inst: MInst, id: number): { reads: boolean; writes: boolean } {
  let reads = false;
  let writes = false;
  inst.info.roles.forEach((role, i) => {
    const op = inst.ops[i];
    if (role === 0 || typeof op !== 'number' || op >> 2 !== id) return;
    if ((role & USE) !== 0 || (op & 3) !== 0) reads = true;
    if ((role & DEF) !== 0) writes = true;
  });
  return { reads, writes };
}

function splitAt(
  inst: MInst,
  block: MBlock,
  splitter: Splitter,
  local: Map<number, BlockRegister>,
  out: MInst[],
  after: MInst[],
): void {
  const { id } = splitter;
  const { reads, writes } = accessOf(inst, id);
  const loopRegister = splitter.loopRegister(block, writes);
  if (loopRegister !== undefined) {
    replace(inst, id, loopRegister);
    return;
  }
  if (splitter.level >= INSTRUCTION_LEVEL) {
    const register = splitter.fresh();
    if (reads) out.push(splitter.load(register, inst));
    if (writes) after.push(splitter.store(register, inst));
    replace(inst, id, register);
    return;
  }
  let entry = local.get(id);
  if (!entry) {
    entry = { register: splitter.fresh(), lastWrite: undefined };
    local.set(id, entry);
    if (reads) out.push(splitter.load(entry.register, inst));
  }
  if (writes) entry.lastWrite = inst;
  replace(inst, id, entry.register);
}

function storeLastWrites(
  block: MBlock,
  insts: MInst[],
  local: ReadonlyMap<number, BlockRegister>,
  split: ReadonlyMap<number, Splitter>,
  liveness: Liveness,
): MInst[] {
  const stores = new Map<MInst, MInst[]>();
  const index = liveness.indexOf.get(block);
  assert(index !== undefined, 'block without liveness');
  for (const [id, { register, lastWrite }] of local) {
    if (!lastWrite || !isLive(liveness.liveOut[index] as Uint32Array, id)) continue;
    const list = stores.get(lastWrite) ?? [];
    list.push((split.get(id) as Splitter).store(register, lastWrite));
    stores.set(lastWrite, list);
  }
  if (stores.size === 0) return insts;
  return insts.flatMap((inst) => [inst, ...(stores.get(inst) ?? [])]);
}
