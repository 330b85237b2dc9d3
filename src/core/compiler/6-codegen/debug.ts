/**
 * Where variables live. `dbg` says "from here variable v is in these registers"; that holds until one of them is written or the
 * variable moves. At the start of a block a location holds only if all predecessors end with it, found by forward data flow.
 */
import type { AsmItem, VariableInfo, VariableLocation } from '../../assembler/items';
import type { IrFunction } from '../4-ir/ir';
import type { Frame } from './frame';
import { DEF, isImmediate, isSlotRef, type MBlock, type MFunction, type MInst, type MOperand } from './mir';

type Where = VariableLocation['where'];
/** Variable to location; locations are interned, so that equal ones are identical. */
type State = Map<number, Place>;
/** At the start of a block that nothing reaches. */
const NOTHING: ReadonlyMap<number, Place> = new Map();

interface Place {
  readonly where: Where;
  /** Bits of the byte registers. */
  readonly mask: number;
}

export class DebugLocations {
  private readonly interned = new Map<string, Place>();
  private readonly places = new Map<MInst, Place | undefined>();
  private readonly into = new Map<MBlock, State>();
  private readonly open = new Map<number, { place: Place; from: string }>();
  private readonly found = new Map<number, VariableLocation[]>();
  private labels = 0;
  private readonly isUsed: boolean;

  constructor(
    private readonly ir: IrFunction,
    private readonly fn: MFunction,
    private readonly frame: Frame,
  ) {
    this.isUsed = ir.variables.length > 0;
    if (this.isUsed) this.solve();
  }

  // ---------------------------------------------------------------- data flow

  private solve(): void {
    const outOf = new Map<MBlock, State>();
    const [entry] = this.fn.blocks;
    const due = new Set(this.fn.blocks);
    while (due.size > 0)
      for (const block of this.fn.blocks) {
        if (!due.delete(block)) continue;
        const state = block === entry ? new Map<number, Place>() : meet(block.preds, outOf);
        // A block waits for the first of its predecessors, so that states only shrink.
        if (!state) continue;
        this.into.set(block, new Map(state));
        for (const inst of block.insts) this.step(state, inst);
        const before = outOf.get(block);
        if (before && sameState(before, state)) continue;
        outOf.set(block, state);
        for (const succ of block.succs) due.add(succ);
      }
  }

  private step(state: State, inst: MInst): void {
    if (inst.form === 'dbg') {
      const variable = variableOf(inst);
      const place = this.placeOf(inst);
      if (place) state.set(variable, place);
      else state.delete(variable);
      return;
    }
    const mask = written(inst);
    if (mask === 0) return;
    for (const [variable, place] of state) if ((place.mask & mask) !== 0) state.delete(variable);
  }

  /** Of a `dbg`; nothing about it changes any more. */
  private placeOf(inst: MInst): Place | undefined {
    if (this.places.has(inst)) return this.places.get(inst);
    const [, ...ops] = inst.ops;
    const where = ops.length === 0 ? undefined : this.whereOf(ops);
    const place = where && this.intern(where, ops);
    this.places.set(inst, place);
    return place;
  }

  private intern(where: Where, ops: readonly MOperand[]): Place {
    const key = JSON.stringify(where);
    let place = this.interned.get(key);
    if (!place) {
      const mask = ops.reduce<number>((m, op) => (typeof op === 'number' ? m | (1 << op) : m), 0);
      this.interned.set(key, (place = { where, mask }));
    }
    return place;
  }

  private whereOf(ops: readonly MOperand[]): Where | undefined {
    const [first] = ops;
    if (isImmediate(first)) return { kind: 'constant', value: first.imm };
    if (isSlotRef(first)) {
      if (first.slot.offset < 0) return undefined;
      // The canonical frame address is SP at entry plus the return address.
      return { kind: 'frame', offset: first.slot.offset + first.offset - this.frame.sizeBytes - 2 };
    }
    const registers = ops.filter((op) => typeof op === 'number');
    return { kind: 'registers', registers };
  }

  // ---------------------------------------------------------------- emission

  enter(block: MBlock, items: AsmItem[]): void {
    if (!this.isUsed) return;
    const state = this.into.get(block) ?? NOTHING;
    for (const variable of [...this.open.keys()])
      if (state.get(variable) !== this.open.get(variable)?.place) this.close(variable, items);
    for (const [variable, place] of state) if (!this.open.has(variable)) this.begin(variable, place, items);
  }

  declare(inst: MInst, items: AsmItem[]): void {
    if (!this.isUsed) return;
    const variable = variableOf(inst);
    const place = this.placeOf(inst);
    if (this.open.get(variable)?.place === place && place) return;
    this.close(variable, items);
    if (place) this.begin(variable, place, items);
  }

  after(inst: MInst, items: AsmItem[]): void {
    if (this.open.size === 0) return;
    const mask = written(inst);
    if (mask === 0) return;
    // What is closed is deleted: a map goes on behind it.
    for (const [variable, { place }] of this.open) if ((place.mask & mask) !== 0) this.close(variable, items);
  }

  finish(items: AsmItem[]): VariableInfo[] {
    for (const variable of [...this.open.keys()]) this.close(variable, items);
    return this.ir.variables.map((variable) => ({
      name: variable.name,
      type: variable.type,
      sizeBytes: variable.sizeBytes,
      signed: variable.signed,
      isParameter: variable.isParameter,
      locations: (this.found.get(variable.id) ?? []).map((l) => ({
        ...l,
        where: limited(l.where, variable.sizeBytes),
      })),
    }));
  }

  private label(items: AsmItem[]): string {
    const last = items[items.length - 1];
    if (last?.kind === 'label' && last.name.startsWith(`.L${this.fn.name}.debug`)) return last.name;
    const name = `.L${this.fn.name}.debug${this.labels++}`;
    items.push({ kind: 'label', name, global: false });
    return name;
  }

  private begin(variable: number, place: Place, items: AsmItem[]): void {
    this.open.set(variable, { place, from: this.label(items) });
  }

  private close(variable: number, items: AsmItem[]): void {
    const entry = this.open.get(variable);
    if (!entry) return;
    this.open.delete(variable);
    const to = this.label(items);
    if (to === entry.from) return;
    const list = this.found.get(variable) ?? [];
    list.push({ from: entry.from, to, where: entry.place.where });
    this.found.set(variable, list);
  }
}

const variableOf = (inst: MInst): number => (inst.ops[0] as { imm: number }).imm;

/** A byte variable held in a pair is in its low half. */
function limited(where: Where, sizeBytes: number): Where {
  if (where.kind !== 'registers' || where.registers.length <= sizeBytes) return where;
  return { kind: 'registers', registers: where.registers.slice(0, sizeBytes) };
}

function written(inst: MInst): number {
  let mask = 0;
  const { info, ops, defs } = inst;
  for (let i = 0; i < info.roles.length; i++) {
    const op = ops[i];
    if (((info.roles[i] as number) & DEF) !== 0 && typeof op === 'number')
      mask |= info.kinds[i] === 'pair' ? 3 << (2 * op) : 1 << op;
  }
  if (defs) for (const operand of defs) mask |= 3 << (2 * (operand >> 2));
  return mask;
}

/** What all predecessors that were visited agree on. */
/** Undefined while no predecessor is known. */
function meet(preds: readonly MBlock[], outOf: ReadonlyMap<MBlock, State>): State | undefined {
  let result: State | undefined;
  for (const pred of preds) {
    const state = outOf.get(pred);
    if (!state) continue;
    if (!result) result = new Map(state);
    else for (const [variable, place] of result) if (state.get(variable) !== place) result.delete(variable);
  }
  return result;
}

function sameState(a: State, b: State): boolean {
  if (a.size !== b.size) return false;
  for (const [variable, place] of a) if (b.get(variable) !== place) return false;
  return true;
}
