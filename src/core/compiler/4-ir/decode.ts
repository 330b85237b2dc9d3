/**
 * IR functions made ready for the interpreter: every operand is a slot of the frame or a constant, every edge knows its phi
 * moves, every instruction is a small record with a dense opcode. Slots are instruction ids, then parameters.
 */
import { assert } from '../../base/assert';
import { isInstr, phiCount, successors } from './build';
import { signed } from './fold';
import type { Block, Instr, IrFunction, IrType, Value } from './ir';

/** One step. Operands: a slot if >= 0, else constants[~operand]. */
export interface Step {
  readonly op: Instr['op'];
  readonly type: IrType;
  /** Type of the operands, where it differs from the result's. */
  readonly from: IrType;
  readonly dst: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly instr: Instr;
  readonly args: readonly number[];
  readonly edges: readonly Edge[];
}

export interface Edge {
  readonly target: number;
  /** Pairs (slot of the phi, operand), to be done at once. */
  readonly moves: readonly number[];
}

export interface DecodedFunction {
  readonly fn: IrFunction;
  readonly slots: number;
  readonly firstParam: number;
  readonly constants: readonly number[];
  readonly steps: readonly Step[];
}

/** `address` gives the place of a symbol. */
export function decodeFunction(fn: IrFunction, address: (symbol: string) => number): DecodedFunction {
  const constants: number[] = [];
  const operand = (value: Value | undefined): number => {
    if (value === undefined) return 0;
    if (isInstr(value)) return value.id;
    if (value.op === 'param') return fn.nextInstr + value.index;
    return ~(constants.push(constantOf(value, address)) - 1);
  };
  const starts = new Int32Array(fn.nextBlock);
  let count = 0;
  for (const block of fn.blocks) {
    starts[block.id] = count;
    count += block.instrs.length - phiCount(block);
  }
  const steps: Step[] = [];
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      if (instr.op === 'phi') continue;
      const args = instr.args.map(operand);
      const at = (i: number) => args[i] ?? 0;
      const from = instr.op === 'ret' ? 'void' : (instr.args[0]?.type ?? 'void');
      const edges = successors(instr === block.instrs[block.instrs.length - 1] ? block : EMPTY).map((target) =>
        edgeTo(block, target, starts, operand),
      );
      steps.push({
        op: instr.op,
        type: instr.type,
        from,
        dst: instr.id,
        a: at(0),
        b: at(1),
        c: at(2),
        instr,
        args,
        edges,
      });
    }
  return { fn, slots: fn.nextInstr + fn.params.length, firstParam: fn.nextInstr, constants, steps };
}

const EMPTY: Block = { id: -1, name: '', instrs: [], preds: [] };
EMPTY.instrs.push({
  op: 'unreachable',
  type: 'void',
  args: [],
  id: -1,
  block: EMPTY,
  origin: { node: 0, span: { start: 0, end: 0 } },
});

function edgeTo(from: Block, target: Block, starts: Int32Array, operand: (value: Value) => number): Edge {
  const pred = target.preds.indexOf(from);
  assert(pred >= 0, 'an edge without its entry in preds');
  const moves: number[] = [];
  for (const instr of target.instrs) {
    if (instr.op !== 'phi') break;
    moves.push(instr.id, operand(instr.args[pred] as Value));
  }
  return { target: starts[target.id] as number, moves };
}

function constantOf(value: Value, address: (symbol: string) => number): number {
  if (value.op === 'const') return value.type === 'i32' ? signed('i32', value.value) : value.value;
  if (value.op === 'symbol') return (address(value.symbol) + value.offset) & 0xffff;
  return 0;
}
