/**
 * Repairs SSA form after a definition was duplicated: given the values that one variable has at the end of some blocks, finds the
 * value at any other place and inserts phis where paths join (Braun et al., "Simple and Efficient Construction of Static Single
 * Assignment Form", 2013).
 */
import { shaped } from '../4-ir/shape';
import { create, isInstr, mapTargets, undef } from '../4-ir/build';
import type { Block, Instr, IrFunction, PhiInstr, Value } from '../4-ir/ir';

export class SsaRepair {
  private readonly starts = new Map<Block, Value>();

  /** `ends` has the value at the end of each block that defines one; it is extended with what is found. */
  constructor(
    private readonly fn: IrFunction,
    private readonly like: Instr,
    private readonly ends: Map<Block, Value>,
  ) {}

  atEnd(block: Block): Value {
    const known = this.ends.get(block);
    if (known) return known;
    const value = this.atStart(block);
    this.ends.set(block, value);
    return value;
  }

  atStart(block: Block): Value {
    const known = this.starts.get(block);
    if (known) return known;
    // A run of blocks with one predecessor each is walked without recursion.
    const run: Block[] = [];
    let top = block;
    while (top.preds.length === 1 && !this.ends.has(top.preds[0] as Block) && !this.starts.has(top)) {
      run.push(top);
      top = top.preds[0] as Block;
    }
    const value = this.starts.get(top) ?? (top.preds.length === 1 ? this.atEnd(top.preds[0] as Block) : this.join(top));
    this.starts.set(top, value);
    for (const passed of run) this.starts.set(passed, value);
    return value;
  }

  private join(block: Block): Value {
    if (block.preds.length === 0) return undef(this.like.type);
    const phi = create<PhiInstr>(this.fn, block, {
      op: 'phi',
      type: this.like.type,
      args: block.preds.map(() => undef(this.like.type)),
      origin: this.like.origin,
      ...(this.like.name === undefined ? {} : { name: this.like.name }),
    });
    block.instrs.unshift(phi);
    this.starts.set(block, phi);
    if (!this.ends.has(block)) this.ends.set(block, phi);
    for (let i = 0; i < block.preds.length; i++) phi.args[i] = this.atEnd(block.preds[i] as Block);
    return phi;
  }
}

/**
 * `copies` are further definitions of `original` (value at the end of a block each). Rewrites all uses of `original` outside its own
 * block, and phi uses that come over edges from elsewhere.
 */
export function repairUses(
  fn: IrFunction,
  original: Instr,
  uses: readonly Instr[],
  copies: ReadonlyMap<Block, Value>,
): void {
  const home = original.block;
  const repair = new SsaRepair(fn, original, new Map<Block, Value>([...copies, [home, original]]));
  for (const user of new Set(uses)) {
    const args = user.args as Value[];
    for (let i = 0; i < args.length; i++) {
      if (args[i] !== original) continue;
      if (user.op === 'phi') args[i] = repair.atEnd(user.block.preds[i] as Block);
      else if (user.block !== home) args[i] = repair.atStart(user.block);
    }
  }
}

/** Copies an instruction with its operands mapped; it is not inserted. */
export function cloneInstr(fn: IrFunction, instr: Instr, block: Block, map: (value: Value) => Value): Instr {
  const copy = shaped(fn.nextInstr++, block, instr.origin, instr);
  (copy as { args: Value[] }).args = instr.args.map((arg) => (isInstr(arg) ? map(arg) : arg));
  mapTargets(copy, (target) => target);
  if (copy.op === 'switch') copy.cases = [...copy.cases];
  return copy;
}
