/**
 * What the code generator tells of a function: a few figures at once; what was selected, how registers were given out and what peephole found
 * when somebody looks, by generating its code once more.
 */
import type { Allocation, Decision } from './allocate';
import { registerName } from './allocate';
import type { Frame } from './frame';
import {
  BYTE,
  FIRST_VIRTUAL,
  isImmediate,
  isSlotRef,
  isSymbolRef,
  type MBlock,
  type MFunction,
  type MInst,
  type MOperand,
} from './mir';

/** One line of machine code before allocation. */
export interface MachineLine {
  readonly text: string;
  /** `label` for the head of a block. */
  readonly kind: 'label' | 'instr';
  readonly ir: number;
  readonly node: number;
  readonly start: number;
  readonly end: number;
}

export interface LiveRangeReport {
  readonly register: string;
  readonly bits: 8 | 16;
  /** Half-open, in positions: two for each machine instruction. */
  readonly segments: readonly number[];
  /** For example `w4` or `r6`. */
  readonly place: string;
  readonly weight: number;
}

/** Machine code that the live ranges are about, with spill code in it; `positions[i]` is where line i stands. */
export interface AllocatedCode {
  readonly lines: readonly MachineLine[];
  readonly positions: readonly number[];
}

/** A rule of the peephole optimiser that fitted, and the instruction that it began with. */
export interface PeepholeFind extends Omit<MachineLine, 'text' | 'kind'> {
  readonly rule: string;
  readonly before: string;
}

/** How the code of a function came to be. */
export interface CodeHistory {
  readonly selection: readonly MachineLine[];
  readonly allocated: AllocatedCode;
  readonly ranges: readonly LiveRangeReport[];
  readonly decisions: readonly Decision[];
  readonly finds: readonly PeepholeFind[];
}

export interface FunctionFigures {
  readonly name: string;
  /** How often each rule of the peephole optimiser fired. */
  readonly peephole: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** Cycles of one pass, weighted by the estimated frequency of the blocks; memory counted as hits. */
  readonly costEstimate: number;
  readonly frameSizeBytes: number;
  readonly savedPairs: readonly number[];
  readonly rounds: number;
}

export interface FunctionReport extends FunctionFigures {
  /** Made when it is first asked for. */
  readonly history: () => CodeHistory;
}

export interface CodegenReport {
  readonly functions: readonly FunctionReport[];
}

/** Writes down how the code of a function comes to be. */
export class Historian implements CodeHistory {
  readonly selection: MachineLine[] = [];
  readonly allocated: { readonly lines: MachineLine[]; readonly positions: number[] } = { lines: [], positions: [] };
  readonly ranges: LiveRangeReport[] = [];
  readonly decisions: Decision[] = [];
  readonly finds: PeepholeFind[] = [];

  noteSelection(fn: MFunction): void {
    for (const block of fn.blocks) {
      this.selection.push(blockLine(block));
      for (const inst of block.insts) if (inst.form !== 'dbg') this.selection.push(machineLine(fn, inst));
    }
  }

  noteFind(fn: MFunction, rule: string, inst: MInst, before: string): void {
    const { ir, node, start, end } = machineLine(fn, inst);
    this.finds.push({ rule, before, ir, node, start, end });
  }

  noteAllocation(fn: MFunction, allocation: Allocation): void {
    this.noteAllocatedCode(fn, allocation);
    for (let id = FIRST_VIRTUAL; id < fn.classes.length; id++) {
      const place = allocation.place[id] ?? -1;
      const segments = allocation.ranges.segments[id];
      if (place < 0 || !segments) continue;
      const isByte = fn.classes[id] === BYTE;
      this.ranges.push({
        register: registerName(fn, id),
        bits: isByte ? 8 : 16,
        segments,
        place: `${isByte ? 'r' : 'w'}${place}`,
        weight: Math.round(allocation.ranges.weight[id] as number),
      });
    }
  }

  private noteAllocatedCode(fn: MFunction, allocation: Allocation): void {
    const { lines, positions } = this.allocated;
    fn.blocks.forEach((block, b) => {
      const start = allocation.ranges.blockStart[b] as number;
      lines.push(blockLine(block));
      positions.push(start);
      block.insts.forEach((inst, i) => {
        if (inst.form === 'dbg') return;
        lines.push(machineLine(fn, inst));
        positions.push(start + 2 * i + 2);
      });
    });
  }
}

/** The figures of the function as it is emitted. */
export function figuresOf(
  fn: MFunction,
  { frame, peephole, rounds }: Pick<FunctionFigures, 'peephole' | 'rounds'> & { readonly frame: Frame },
): FunctionFigures {
  let bytes = 0;
  let cost = 0;
  for (const block of fn.blocks)
    for (const inst of block.insts) {
      if (inst.info.isPseudo && inst.form !== 'tail') continue;
      bytes += 2 * inst.info.words;
      cost += inst.info.time * block.freq;
    }
  const { sizeBytes: frameSizeBytes, savedPairs } = frame;
  return { name: fn.name, peephole, bytes, costEstimate: Math.round(cost), frameSizeBytes, savedPairs, rounds };
}

const blockLine = ({ name, id }: MBlock): MachineLine => ({
  text: `${name}.${id}:`,
  kind: 'label',
  ir: -1,
  node: 0,
  start: 0,
  end: 0,
});

const machineLine = (fn: MFunction, inst: MInst): MachineLine => ({
  text: printInst(fn, inst),
  kind: 'instr',
  ir: inst.ir,
  node: inst.origin?.node ?? 0,
  start: inst.origin?.span.start ?? 0,
  end: inst.origin?.span.end ?? 0,
});

/** A machine instruction over virtual registers as text. */
export function printInst(fn: MFunction, inst: MInst): string {
  const ops = inst.ops.map((op, i) => printOperand(fn, inst, op, i));
  const implicit = inst.uses && inst.uses.length > 0 ? ` (${inst.uses.map((u) => fixedName(u)).join(', ')})` : '';
  return `${inst.form}${ops.length > 0 ? ' ' + ops.join(', ') : ''}${implicit}`;
}

/** The same after register allocation: operands are numbers of registers and pairs. */
export function printPhysical(fn: MFunction, inst: MInst): string {
  const ops = inst.ops.map((op, i) => {
    if (typeof op !== 'number' || (inst.info.roles[i] ?? 0) === 0) return printOperand(fn, inst, op, i);
    return `${inst.info.kinds[i] === 'pair' ? 'w' : 'r'}${op}`;
  });
  return `${inst.form}${ops.length > 0 ? ' ' + ops.join(', ') : ''}`;
}

const fixedName = (operand: number): string =>
  (operand & 3) === 0 ? `w${operand >> 2}` : `r${2 * (operand >> 2) + (operand & 3) - 1}`;

function printOperand(fn: MFunction, inst: MInst, op: MOperand, index: number): string {
  if (isSymbolRef(op)) return op.addend === 0 ? op.symbol : `${op.symbol}${op.addend > 0 ? '+' : ''}${op.addend}`;
  if (isSlotRef(op)) return `[${op.slot.name}${op.offset > 0 ? `+${op.offset}` : ''}]`;
  if (isImmediate(op)) return op.imm < 0 ? '?' : `${op.imm}`;
  if ((inst.info.roles[index] ?? 0) === 0) {
    const isTarget = (inst.form === 'jmp' && index === 0) || (inst.form === 'branch' && index === 1);
    return isTarget ? `block ${op}` : `${op}`;
  }
  if (op >> 2 < FIRST_VIRTUAL) return fixedName(op);
  return registerName(fn, op >> 2) + ['', '.lo', '.hi'][op & 3];
}
