/**
 * The machine IR: instructions of the table (isa/table.ts) over virtual registers, plus a few pseudo-instructions that expand.ts
 * removes after register allocation. A virtual register is a byte or a pair; a 32-bit value is two pairs.
 *
 * A register operand is a number: id * 4 + part. Ids 0..7 are the machine's pairs w0..w7, ids from 8 are virtual. Part 0 is the whole, 1 the
 * low byte and 2 the high byte of a pair; so r5 is the high byte of w2: 2 * 4 + 2. Which operands of a form are registers, and
 * whether they are read or written, is derived from the table's `effect`.
 */
import { fail } from '../../base/assert';
import { CONDITIONS, FORMS, type ConditionName, type FormId, type OperandKind } from '../../isa/table';
import type { SymbolRef } from '../../assembler/items';
import type { Origin } from '../4-ir/ir';

export const FIRST_VIRTUAL = 8;
export const reg = (id: number): number => id << 2;
/** The byte halves of a pair operand. */
export const lo = (pair: number): number => pair | 1;
export const hi = (pair: number): number => pair | 2;
export const idOf = (operand: number): number => operand >> 2;
export const partOf = (operand: number): number => operand & 3;

export const BYTE = 1;
export const PAIR = 2;

/** A place in the stack frame; its offset is known after allocation. */
export interface SlotRef {
  readonly slot: Slot;
  readonly offset: number;
}
/** A constant in the place of a register operand, where a pseudo-instruction allows it. */
export interface Immediate {
  readonly imm: number;
}

export type MOperand = number | SymbolRef | SlotRef | Immediate;

export interface Slot {
  readonly kind: 'local' | 'spill' | 'outgoing' | 'incoming';
  readonly sizeBytes: number;
  /** From SP in the body; for `incoming` from the first stack argument, until the frame is laid out. */
  offset: number;
  readonly name: string;
  /** How often it is accessed, for placing the busy slots within short displacements. */
  weight: number;
}

export const NONE = 0;
export const USE = 1;
export const DEF = 2;
export const USEDEF = 3;

const PSEUDO = {
  /** d = s, bytes or pairs. */
  copy: { roles: [DEF, USE], effect: false, readsFlags: false },
  /** d = high:low, each a byte register or a constant. */
  pair: { roles: [DEF, USE, USE], effect: false, readsFlags: false },
  /** d has any value. */
  undef: { roles: [DEF], effect: false, readsFlags: false },
  /** if condition: d = s (register or constant). Operands: condition, d, s. */
  cmov: { roles: [NONE, USEDEF, USE], effect: false, readsFlags: true },
  /** Defines the argument registers. */
  entry: { roles: [], effect: true, readsFlags: false },
  /** Leaves the function by a jump to a symbol. */
  tail: { roles: [NONE], effect: true, readsFlags: false },
  /** Variable `op 0` is in the registers that follow. */
  dbg: { roles: [NONE, NONE, NONE], effect: true, readsFlags: false },
  /** An asm statement. */
  asm: { roles: [], effect: true, readsFlags: false },
  /** A local label of an expanded pseudo-instruction: number. */
  label: { roles: [NONE], effect: true, readsFlags: false },
} as const satisfies Record<string, { roles: readonly number[]; effect: boolean; readsFlags: boolean }>;

export type PseudoId = keyof typeof PSEUDO;
export type MForm = FormId | PseudoId;

export interface FormInfo {
  readonly id: MForm;
  readonly isPseudo: boolean;
  /** NONE, USE, DEF or USEDEF for each operand; NONE for what is no register. */
  readonly roles: readonly number[];
  readonly kinds: readonly OperandKind[];
  readonly writesFlags: boolean;
  /** Z (and N) say how the result compares with zero. */
  readonly flagsOfResult: boolean;
  readonly readsFlags: boolean;
  /** Must stay even if its result is unused. */
  readonly hasEffect: boolean;
  /** Cycles and data bytes moved (each a cycle on a hit); shifts count their extra at emission. */
  readonly time: number;
  readonly words: number;
}

export const FORM = new Map<MForm, FormInfo>();

/** What the effect's formula says about field `letter`. */
function roleFromEffect(effect: string, letter: string): number {
  let role = NONE;
  for (const statement of effect.split(';').map((s) => s.trim())) {
    const bit = new RegExp(`^bit n of ${letter} (=|inverted)`);
    if (bit.test(statement)) role |= USEDEF;
    const assigned = new RegExp(`^(?:C:)?${letter}(?::C)? ([+-]?)=(?!=)`).exec(statement);
    if (assigned) role |= assigned[1] ? USEDEF : DEF;
    const rest = assigned ? statement.slice(statement.indexOf('=') + 1) : statement;
    if (new RegExp(`\\b${letter}\\b`).test(rest)) role |= USE;
  }
  return role;
}

for (const form of FORMS) {
  const kinds = form.fields.map((f) => f.kind);
  const roles = form.fields.map((f) =>
    f.kind === 'reg' || f.kind === 'pair' ? roleFromEffect(form.effect, f.letter) : NONE,
  );
  const system = form.group === 'system' || form.group === 'control' || form.group === 'stack' || form.writes > 0;
  FORM.set(form.id, {
    id: form.id,
    isPseudo: false,
    roles,
    kinds,
    writesFlags: /[CZNVz]/.test(form.flags),
    flagsOfResult: form.flags.includes('Z') && form.flags.includes('N') && roles.some((r) => (r & DEF) !== 0),
    readsFlags: /[+-] C\b|[a-z]:C\b|condition/.test(form.effect),
    hasEffect: system || form.effect.includes('trap'),
    time: form.cycles + form.reads + form.writes,
    words: form.words,
  });
}
for (const [id, row] of Object.entries(PSEUDO))
  FORM.set(id as PseudoId, {
    id: id as PseudoId,
    isPseudo: true,
    roles: row.roles,
    kinds: [],
    writesFlags: false,
    flagsOfResult: false,
    readsFlags: row.readsFlags,
    hasEffect: row.effect,
    time: 1,
    words: 1,
  });

export function formInfo(id: MForm): FormInfo {
  const info = FORM.get(id);
  if (!info) fail(`no form ${id}`);
  return info;
}

export const COND = Object.fromEntries(CONDITIONS.map((c, i) => [c.name, i])) as Record<ConditionName, number>;

export class MInst {
  readonly info: FormInfo;
  /** Registers that are read and written besides the operands (calls). */
  uses: readonly number[] | undefined;
  defs: readonly number[] | undefined;
  /** IR instruction id, -1 for none. */
  ir = -1;
  origin: Origin | undefined;
  note: string | undefined;
  text: string | undefined;
  /** A volatile access. */
  keep = false;

  constructor(
    readonly form: MForm,
    readonly ops: MOperand[],
  ) {
    this.info = formInfo(form);
  }
}

export interface MBlock {
  /** Index in MFunction.blocks when built; the label's number. */
  readonly id: number;
  readonly name: string;
  insts: MInst[];
  /** Successors in no order that means anything; distinct. */
  succs: MBlock[];
  preds: MBlock[];
  /** Expected executions per call of the function. */
  freq: number;
  loop: MLoop | undefined;
}

export interface MLoop {
  readonly header: MBlock;
  readonly parent: MLoop | undefined;
  readonly depth: number;
  readonly blocks: Set<MBlock>;
}

export interface MFunction {
  readonly name: string;
  /** In layout order. */
  blocks: MBlock[];
  /** BYTE or PAIR by register id. */
  readonly classes: number[];
  /** For readers: the name of a virtual register, by id. */
  readonly names: (string | undefined)[];
  readonly slots: Slot[];
  /** Jump tables: label and targets. */
  readonly tables: { readonly label: string; readonly owner: MBlock; readonly targets: MBlock[] }[];
  outgoingBytes: number;
  readonly isInterruptHandler: boolean;
  nextBlock: number;
  nextLabel: number;
}

export function newRegister(fn: MFunction, cls: number, name?: string): number {
  const id = fn.classes.length;
  fn.classes.push(cls);
  fn.names[id] = name;
  return reg(id);
}

export function newBlock(fn: MFunction, name: string, freq: number): MBlock {
  return { id: fn.nextBlock++, name, insts: [], succs: [], preds: [], freq, loop: undefined };
}

export function addEdge(from: MBlock, to: MBlock): void {
  // A switch has many successors, and where cases come together there are many predecessors.
  const known = from.succs.length <= to.preds.length ? from.succs.includes(to) : to.preds.includes(from);
  if (known) return;
  from.succs.push(to);
  to.preds.push(from);
}

/** BYTE or PAIR: the class of what an operand names. */
export const classOf = (fn: MFunction, operand: number): number =>
  (operand & 3) !== 0 ? BYTE : (fn.classes[operand >> 2] as number);

export const isSlotRef = (operand: MOperand | undefined): operand is SlotRef =>
  typeof operand === 'object' && 'slot' in operand;
export const isSymbolRef = (operand: MOperand | undefined): operand is SymbolRef =>
  typeof operand === 'object' && 'symbol' in operand;
export const isImmediate = (operand: MOperand | undefined): operand is Immediate =>
  typeof operand === 'object' && 'imm' in operand;

/** A branch, jump or return: the instructions that end a block. */
export function isExit(inst: MInst): boolean {
  switch (inst.form) {
    case 'jmp':
    case 'branch':
    case 'ret':
    case 'reti':
    case 'ijmp':
    case 'tail':
    case 'trap':
    case 'halt':
      return true;
    default:
      return false;
  }
}

/** Index of the first instruction that leaves the block. */
export function firstExit(block: MBlock): number {
  let index = block.insts.length;
  for (let i = index - 1; i >= 0; i--) {
    const inst = block.insts[i] as MInst;
    if (inst.form === 'jmp' || inst.form === 'branch' || inst.form === 'ijmp') index = i;
    else if (isExit(inst)) return i;
  }
  return index;
}

/** Calls `visit` with the targets of a block's branches. */
export function forEachTarget(fn: MFunction, block: MBlock, visit: (id: number) => void): void {
  for (const inst of block.insts) {
    if (inst.form === 'branch' && typeof inst.ops[1] === 'number') visit(inst.ops[1]);
    else if (inst.form === 'jmp' && typeof inst.ops[0] === 'number') visit(inst.ops[0]);
  }
  for (const table of fn.tables) if (table.owner === block) for (const target of table.targets) visit(target.id);
}

/** Rebuilds the edges from the branches. */
export function computeEdges(fn: MFunction): void {
  const byId: MBlock[] = [];
  for (const block of fn.blocks) {
    byId[block.id] = block;
    block.succs = [];
    block.preds = [];
  }
  for (const block of fn.blocks) forEachTarget(fn, block, (id) => addEdge(block, byId[id] as MBlock));
}

/** The place for code on an edge: the end of `from`, the start of `to`, or a new block between them. */
export function edgePlace(fn: MFunction, from: MBlock, to: MBlock): { block: MBlock; index: number } {
  if (from.succs.length === 1) return { block: from, index: firstExit(from) };
  if (to.preds.length === 1) return { block: to, index: 0 };
  const middle = newBlock(fn, 'edge', Math.min(from.freq, to.freq));
  for (let l = from.loop; l; l = l.parent) {
    if (!l.blocks.has(to)) continue;
    middle.loop = l;
    for (let outer: MLoop | undefined = l; outer; outer = outer.parent) outer.blocks.add(middle);
    break;
  }
  const retarget = (inst: MInst, index: number) => {
    if (inst.ops[index] === to.id) inst.ops[index] = middle.id;
  };
  for (const inst of from.insts) {
    if (inst.form === 'branch') retarget(inst, 1);
    else if (inst.form === 'jmp') retarget(inst, 0);
  }
  for (const table of fn.tables)
    if (table.owner === from) table.targets.forEach((t, i) => t === to && (table.targets[i] = middle));
  middle.insts.push(new MInst('jmp', [to.id]));
  fn.blocks.splice(fn.blocks.indexOf(from) + 1, 0, middle);
  from.succs = from.succs.filter((b) => b !== to);
  to.preds = to.preds.filter((b) => b !== from);
  addEdge(from, middle);
  addEdge(middle, to);
  return { block: middle, index: 0 };
}
