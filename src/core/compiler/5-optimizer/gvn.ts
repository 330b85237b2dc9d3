/**
 * Global value numbering: an expression that was computed on every path before is not computed again, and a load whose address
 * was loaded or stored before, with nothing in between that may change it, takes the value known. Loads of constant tables at known
 * places become constants.
 */
import { constant, isCommutative, isInstr, sameValue, isBinary, valueKey } from '../4-ir/build';
import { Replacements } from '../4-ir/uses';
import { analyseCfg, type Cfg } from '../4-ir/cfg';
import type { Block, Instr, IrFunction, IrGlobal, IrType, LoadInstr, Value } from '../4-ir/ir';
import { bytesOfType, markPrivateAllocas, mayClobber } from './alias';
import { functionPass, type PassContext } from './pass';

export const gvn = functionPass(
  {
    name: 'gvn',
    title: 'Value numbering',
    summary: 'Computes equal expressions once, and reads memory again only if it may have changed.',
  },
  (fn, context) => new Numbering(fn, context).run(),
);

interface Available {
  readonly address: Value;
  readonly type: IrType;
  readonly value: Value;
}
/** Known memory cells at a time, so that long blocks stay linear. */
const AVAILABLE_LIMIT = 24;

class Numbering {
  private readonly cfg: Cfg;
  private readonly table = new Map<string, Instr>();
  private readonly replacements = new Replacements();
  private readonly constants: Map<string, IrGlobal>;

  constructor(
    private readonly fn: IrFunction,
    private readonly context: PassContext,
  ) {
    this.cfg = analyseCfg(fn);
    markPrivateAllocas(fn);
    this.constants = constantsOf(context);
  }

  run(): boolean {
    const work: { block: Block; available: Available[] }[] = [{ block: this.fn.blocks[0] as Block, available: [] }];
    while (work.length > 0) {
      const { block, available } = work.pop() as (typeof work)[number];
      const after = this.block(block, available);
      for (const child of this.cfg.dominated[this.cfg.number[block.id] as number] ?? []) {
        const straight = child.preds.length === 1;
        work.push({ block: child, available: straight ? after : this.survivors(block, child, after) });
      }
    }
    return this.replacements.apply(this.fn);
  }

  private block(block: Block, start: Available[]): Available[] {
    let available = start;
    for (const instr of block.instrs) {
      const args = instr.args as Value[];
      if (instr.op !== 'phi')
        for (let i = 0; i < args.length; i++) {
          const arg = args[i] as Value;
          if (isInstr(arg)) args[i] = this.replacements.resolve(arg);
        }
      if (instr.op === 'load' && !instr.volatile) available = this.load(instr, available);
      else if (instr.op === 'store') {
        available = available.filter((entry) => !mayClobber(instr, entry.address, entry.type));
        if (!instr.volatile)
          available = add(available, { address: instr.args[0], type: instr.args[1].type, value: instr.args[1] });
      } else {
        const key = keyOf(instr);
        if (key !== undefined) this.number(instr, key, block);
        else if (available.length > 0 && touchesMemory(instr))
          available = available.filter((entry) => !mayClobber(instr, entry.address, entry.type));
      }
    }
    return available;
  }

  private number(instr: Instr, key: string, block: Block): void {
    const known = this.table.get(key);
    if (known && this.cfg.dominates(known.block, block)) {
      this.replacements.set(instr, known);
      if (this.context.wantsRemarks && instr.origin.node !== 0)
        this.context.remark(this.fn, instr.origin, 'the same was computed before: that result is used');
    } else this.table.set(key, instr);
  }

  private load(instr: LoadInstr, available: Available[]): Available[] {
    const [address] = instr.args;
    const fixed = this.constantAt(address, instr.type);
    const known =
      fixed ?? available.find((entry) => entry.type === instr.type && sameValue(entry.address, address))?.value;
    if (known === undefined) return add(available, { address, type: instr.type, value: instr });
    this.replacements.set(instr, known);
    if (this.context.wantsRemarks)
      this.context.remark(
        this.fn,
        instr.origin,
        fixed
          ? 'reads a constant that is known'
          : 'memory was not changed since it was last read or written here: no second read',
      );
    return available;
  }

  private constantAt(address: Value, type: IrType): Value | undefined {
    if (address.op !== 'symbol') return undefined;
    const global = this.constants.get(address.symbol);
    const size = bytesOfType(type);
    if (!global || address.offset < 0 || address.offset + size > global.sizeBytes) return undefined;
    if (global.relocations.some((r) => r.offset < address.offset + size && address.offset < r.offset + 2))
      return undefined;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (global.bytes?.[address.offset + i] ?? 0);
    return constant(type, value);
  }

  /** What is still known at a join or loop header: cells that nothing between the dominator and here can change. */
  private survivors(from: Block, to: Block, available: readonly Available[]): Available[] {
    if (available.length === 0) return [];
    const between = this.between(from, to);
    if (!between) return [];
    let left = available.slice();
    for (const block of between)
      for (const instr of block.instrs)
        if (touchesMemory(instr)) {
          left = left.filter((entry) => !mayClobber(instr, entry.address, entry.type));
          if (left.length === 0) return left;
        }
    return left;
  }

  /** Blocks on paths from `from` to `to`, both exclusive (`to` itself if it is in a cycle); undefined if there are many. */
  private between(from: Block, to: Block): Block[] | undefined {
    const seen = new Set<Block>();
    const work = [...to.preds];
    while (work.length > 0) {
      const block = work.pop() as Block;
      if (block === from || seen.has(block)) continue;
      seen.add(block);
      if (seen.size > BETWEEN_LIMIT) return undefined;
      work.push(...block.preds);
    }
    return [...seen];
  }
}
const BETWEEN_LIMIT = 12;

const constantCache = new WeakMap<readonly IrGlobal[], Map<string, IrGlobal>>();
function constantsOf(context: PassContext): Map<string, IrGlobal> {
  const { globals } = context.module;
  let found = constantCache.get(globals);
  if (!found) {
    found = new Map(
      globals
        .filter((global) => global.readOnly && !global.isExtern && !global.isVolatile)
        .map((global) => [global.name, global]),
    );
    constantCache.set(globals, found);
  }
  return found;
}

function add(available: readonly Available[], entry: Available): Available[] {
  const kept = available.length >= AVAILABLE_LIMIT ? available.slice(1) : available.slice();
  kept.push(entry);
  return kept;
}

function touchesMemory(instr: Instr): boolean {
  return instr.op === 'store' || instr.op === 'call' || instr.op === 'asm' || instr.op === 'intrinsic';
}

/** Equal keys compute equal values; undefined for what must not be merged. */
function keyOf(instr: Instr): string | undefined {
  switch (instr.op) {
    case 'icmp':
      return `${instr.predicate}${instr.args[0].type} ${valueKey(instr.args[0])} ${valueKey(instr.args[1])}`;
    case 'zext':
    case 'sext':
    case 'trunc':
      return `${instr.op}${instr.type} ${valueKey(instr.args[0])}`;
    case 'select':
      return `select${instr.type} ${valueKey(instr.args[0])} ${valueKey(instr.args[1])} ${valueKey(instr.args[2])}`;
    case 'phi':
      return `phi${instr.block.id}${instr.type} ${instr.args.map(valueKey).join(' ')}`;
    case 'check':
      return undefined;
    default: {
      if (!isBinary(instr)) return undefined;
      const a = valueKey(instr.args[0]);
      const b = valueKey(instr.args[1]);
      const swap = isCommutative(instr.op) && a > b;
      return `${instr.op}${instr.type} ${swap ? b : a} ${swap ? a : b}`;
    }
  }
}
