/** What the loop passes share: preheaders, invariance, counted loops. */
import {
  create,
  createBlock,
  isInstr,
  mapTargets,
  phis,
  removePred,
  sameValue,
  successors,
  terminator,
} from '../4-ir/build';
import { analyseCfg, type Cfg, type Loop } from '../4-ir/cfg';
import { foldBinary, foldCompare, SWAPPED, INVERSE } from '../4-ir/fold';
import {
  WIDTH,
  type BinaryInstr,
  type Block,
  type CompareInstr,
  type IrFunction,
  type PhiInstr,
  type Predicate,
  type Value,
} from '../4-ir/ir';

export function outsidePreds(loop: Loop): Block[] {
  return loop.header.preds.filter((pred) => !loop.contains(pred));
}

/** The block that all ways into the loop come through, and that leads nowhere else; undefined if there is none. */
export function preheaderOf(loop: Loop): Block | undefined {
  const [entry, ...more] = outsidePreds(loop);
  return entry && more.length === 0 && terminator(entry).op === 'br' ? entry : undefined;
}

/** Makes a preheader where there is none; the Cfg is out of date then. Returns whether it made one. */
export function ensurePreheader(fn: IrFunction, loop: Loop): boolean {
  if (preheaderOf(loop)) return false;
  const { header } = loop;
  const outside = [...new Set(outsidePreds(loop))];
  if (outside.length === 0) return false;
  const preheader = createBlock(fn, 'preheader');
  const headerPhis = phis(header);
  const entering: Block[] = [];
  const inputs: Value[][] = headerPhis.map(() => []);
  for (let i = header.preds.length - 1; i >= 0; i--) {
    const pred = header.preds[i] as Block;
    if (loop.contains(pred)) continue;
    entering.unshift(pred);
    headerPhis.forEach((phi, p) => inputs[p]?.unshift(phi.args[i] as Value));
    removePred(header, i);
  }
  for (const pred of outside) mapTargets(terminator(pred), (target) => (target === header ? preheader : target));
  preheader.preds = entering;
  headerPhis.forEach((phi, p) => {
    const values = inputs[p] as Value[];
    const first = values[0] as Value;
    if (values.every((value) => sameValue(value, first))) phi.args.push(first);
    else {
      const merged = create<PhiInstr>(fn, preheader, {
        op: 'phi',
        type: phi.type,
        args: values,
        origin: phi.origin,
        ...(phi.name === undefined ? {} : { name: phi.name }),
      });
      preheader.instrs.push(merged);
      phi.args.push(merged);
    }
  });
  const origin = header.instrs[0]?.origin ?? fn.origin;
  preheader.instrs.push(create(fn, preheader, { op: 'br', type: 'void', args: [], targets: [header], origin }));
  header.preds.push(preheader);
  fn.blocks.splice(fn.blocks.indexOf(header), 0, preheader);
  return true;
}

export const isInvariant = (value: Value, loop: Loop): boolean => !isInstr(value) || !loop.contains(value.block);

/** A phi of the header that grows by a constant each turn. */
export interface Induction {
  readonly phi: PhiInstr;
  readonly start: Value;
  /** The addition at the end of a turn. */
  readonly next: BinaryInstr;
  /** Added each turn, unsigned in the phi's type. */
  readonly step: number;
}

export function inductions(loop: Loop): Induction[] {
  const entry = preheaderOf(loop);
  const latch = loop.latches.length === 1 ? loop.latches[0] : undefined;
  if (!entry || !latch || loop.header.preds.length !== 2) return [];
  const way = loop.header.preds.indexOf(entry);
  return phis(loop.header).flatMap((phi) => {
    const next = phi.args[1 - way];
    if (next?.op !== 'add' || next.args[0] !== phi || next.args[1].op !== 'const') return [];
    return [{ phi, start: phi.args[way] as Value, next, step: next.args[1].value }];
  });
}

/** Blocks from which the loop, or the function, may be left. */
export function exitsOf(loop: Loop): Block[] {
  return loop.blocks.filter((block) => {
    const targets = successors(block);
    return targets.length === 0 || targets.some((target) => !loop.contains(target));
  });
}

/** A loop that is left at its end only, by comparing the next value of an induction with a bound. */
export interface CountedLoop {
  readonly induction: Induction;
  readonly latch: Block;
  readonly exit: Block;
  readonly test: CompareInstr;
  /** The loop goes on while `next PREDICATE bound`. */
  readonly predicate: Predicate;
  readonly bound: Value;
}

export function countedLoop(loop: Loop): CountedLoop | undefined {
  const latch = loop.latches[0];
  if (!latch || loop.latches.length !== 1) return undefined;
  const last = terminator(latch);
  if (last.op !== 'condbr' || last.args[0].op !== 'icmp') return undefined;
  const exits = exitsOf(loop);
  if (exits.length !== 1 || exits[0] !== latch) return undefined;
  const test = last.args[0];
  const goesOn = last.targets[0] === loop.header;
  const exit = last.targets[goesOn ? 1 : 0];
  for (const induction of inductions(loop))
    for (const side of [0, 1] as const) {
      if (test.args[side] !== induction.next || !isInvariant(test.args[1 - side] as Value, loop)) continue;
      const straight = side === 0 ? test.predicate : SWAPPED[test.predicate];
      const predicate = goesOn ? straight : INVERSE[straight];
      return { induction, latch, exit, test, predicate, bound: test.args[1 - side] as Value };
    }
  return undefined;
}

/** How often the body runs, if start and bound are constants; undefined if unknown or more than `limit`. */
export function tripCount({ induction, predicate, bound }: CountedLoop, limit: number): number | undefined {
  const { start, step, phi } = induction;
  if (start.op !== 'const' || bound.op !== 'const') return undefined;
  let value = start.value;
  for (let turns = 1; turns <= limit; turns++) {
    value = foldBinary('add', phi.type, value, step) as number;
    if (!foldCompare(predicate, phi.type, value, bound.value)) return turns;
  }
  return undefined;
}

/** Gives every loop a preheader. `made` tells whether one was missing: the function has changed then. */
export function loopsWithPreheaders(fn: IrFunction): { readonly cfg: Cfg; readonly made: boolean } {
  const cfg = analyseCfg(fn);
  let made = false;
  for (const loop of cfg.loops) made = ensurePreheader(fn, loop) || made;
  return { cfg: made ? analyseCfg(fn) : cfg, made };
}

/** Pairs that live through the loop: its phis, and what it uses from outside. */
export function pressureOf(loop: Loop): number {
  const values = new Set<Value>();
  for (const block of loop.blocks)
    for (const instr of block.instrs) {
      if (instr.op === 'phi' && block === loop.header) values.add(instr);
      if (instr.op === 'dbg') continue;
      for (const arg of instr.args)
        if ((isInstr(arg) && !loop.contains(arg.block)) || arg.op === 'param') values.add(arg);
    }
  let pairs = 0;
  for (const value of values) pairs += WIDTH[value.type] === 32 ? 2 : 1;
  return pairs;
}
