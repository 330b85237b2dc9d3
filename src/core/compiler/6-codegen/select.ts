/**
 * Instruction selection. Blocks are visited from the last to the first in reverse postorder and each from its end to its start, so that
 * all uses of a value are selected before the value itself: what nobody asked for is not emitted, and what a use has covered as part
 * of its own pattern (an address, a comparison, half of a pair) costs nothing. [cranelift `machinst/lower.rs` works so]
 *
 * This file has the walk, and how values become registers; the patterns are in select-*.ts.
 */
import type { AsmOrigin } from '../../assembler/items';
import { analyseCfg, type Cfg } from '../4-ir/cfg';
import { isInstr, successors, terminator } from '../4-ir/build';
import { collectUses, usersIn, type Uses } from '../4-ir/uses';
import type { Block, Instr, IrFunction, Value } from '../4-ir/ir';
import { BlockGraph } from './block-graph';
import { phiCopies } from './phi-copies';
import { selectBinary } from './select-arith';
import { selectCall, selectIntrinsic, selectParams, selectReturn } from './select-call';
import { selectCompareValue, selectCondBranch, selectSelect } from './select-compare';
import { selectCast, selectWide } from './select-wide';
import { addressOnlyValues, selectCheck, selectLoad, selectStore } from './select-memory';
import { sinkSteps } from './sink-steps';
import { selectSwitch } from './select-switch';
import {
  BYTE,
  hi,
  lo,
  MInst,
  newBlock,
  newRegister,
  PAIR,
  type MBlock,
  type MForm,
  type MFunction,
  type MOperand,
  type Slot,
} from './mir';

export interface SelectOptions {
  readonly level: 'O0' | 'O1' | 'O2' | 'Os';
  readonly multiplier: boolean;
}

export class Selector {
  readonly mf: MFunction;
  readonly cfg: Cfg;
  /** Instruction uses by id; debug uses do not count. */
  readonly users: Uses;
  /** Whether an address computation is only used as the address of accesses. */
  readonly addressOnly: Uint8Array;
  readonly optimise: boolean;
  readonly forSize: boolean;
  readonly graph: BlockGraph;
  private readonly lowOf: Int32Array;
  private readonly highOf: Int32Array;
  private readonly asked: Uint8Array;
  private readonly paramLow: number[] = [];
  private readonly paramHigh: number[] = [];
  readonly slotOf = new Map<Instr, Slot>();
  /** Block that is being selected, and what its present IR instruction has given so far. */
  current: MBlock;
  private group: MInst[] = [];
  private origin: Instr | undefined;
  /** Divisions that another one has computed with the same call. */
  readonly done = new Set<Instr>();

  constructor(
    readonly fn: IrFunction,
    readonly options: SelectOptions,
  ) {
    this.optimise = options.level !== 'O0';
    this.forSize = options.level === 'Os';
    this.mf = {
      name: fn.name,
      blocks: [],
      classes: new Array<number>(8).fill(PAIR),
      names: [],
      slots: [],
      tables: [],
      outgoingBytes: 0,
      isInterruptHandler: fn.isInterruptHandler,
      nextBlock: 0,
      nextLabel: 0,
    };
    this.cfg = analyseCfg(fn);
    this.users = collectUses(fn, { debug: false });
    this.addressOnly = this.optimise ? addressOnlyValues(fn, this.users) : new Uint8Array(fn.nextInstr);
    this.lowOf = new Int32Array(fn.nextInstr).fill(-1);
    this.highOf = new Int32Array(fn.nextInstr).fill(-1);
    this.asked = new Uint8Array(fn.nextInstr);
    this.current = newBlock(this.mf, 'none', 0);
    this.graph = new BlockGraph(fn, this.cfg, this.mf);
  }

  run(): MFunction {
    for (const param of this.fn.params) {
      this.paramLow.push(newRegister(this.mf, param.type === 'i16' || param.type === 'i32' ? PAIR : BYTE, param.name));
      this.paramHigh.push(param.type === 'i32' ? newRegister(this.mf, PAIR, `${param.name}.high`) : -1);
    }
    const { rpo } = this.cfg;
    for (let i = rpo.length - 1; i >= 0; i--) this.block(rpo[i] as Block);
    return this.mf;
  }

  // ---------------------------------------------------------------- blocks

  private block(block: Block): void {
    const made = this.graph.of(block);
    this.current = made;
    const groups: MInst[][] = [];
    this.edgeCopies(block, groups);
    const order = this.optimise ? sinkSteps(block, this.users) : block.instrs;
    for (let i = order.length - 1; i >= 0; i--) {
      const instr = order[i] as Instr;
      this.group = [];
      this.origin = instr;
      this.instruction(instr);
      if (this.group.length > 0) groups.push(this.group);
    }
    if (block === this.fn.blocks[0]) {
      this.group = [];
      this.origin = undefined;
      selectParams(this, this.paramLow, this.paramHigh);
      groups.push(this.group);
    }
    const insts: MInst[] = [];
    for (let i = groups.length - 1; i >= 0; i--) for (const inst of groups[i] as MInst[]) insts.push(inst);
    made.insts = insts;
  }

  /** Copies into the phis of the successors: at the end of this block if it has one successor, else in the block of the edge. */
  private edgeCopies(block: Block, groups: MInst[][]): void {
    const seen = new Set<MBlock>();
    successors(block).forEach((target, index) => {
      const to = this.graph.of(target);
      const via = this.graph.edge(block, index);
      if (seen.has(via)) return;
      seen.add(via);
      this.origin = terminator(block);
      this.group = [];
      phiCopies(this, target, this.graph.slot(block, index));
      if (via === to) {
        // Groups are put in reverse order at the end.
        const copies = this.group;
        this.group = [];
        if (terminator(block).op === 'br') this.emit('jmp', to.id);
        groups.push(this.group, copies);
      } else {
        this.emit('jmp', to.id);
        via.insts = this.group;
      }
    });
  }

  // ---------------------------------------------------------------- instructions

  private instruction(instr: Instr): void {
    switch (instr.op) {
      case 'phi':
      case 'alloca':
        return;
      case 'store':
        return selectStore(this, instr);
      case 'call':
        return selectCall(this, instr);
      case 'intrinsic':
        return selectIntrinsic(this, instr);
      case 'check':
        return selectCheck(this, instr);
      case 'asm': {
        const inst = this.emit('asm');
        inst.text = instr.text;
        inst.defs = [0, 4, 8, 12];
        return;
      }
      case 'dbg':
        return this.debug(instr.variable, instr.args[0]);
      case 'br':
        return; // edgeCopies has the jump
      case 'condbr':
        return selectCondBranch(this, instr);
      case 'switch':
        return selectSwitch(this, instr);
      case 'ret':
        return selectReturn(this, instr);
      case 'trap':
        this.emit('trap', instr.trap);
        return;
      case 'unreachable':
        this.emit('trap', UNREACHABLE_TRAP);
        return;
      default:
        break;
    }
    if (this.done.has(instr)) return;
    const mustStay =
      (instr.op === 'load' && instr.volatile) ||
      ((instr.op === 'udiv' || instr.op === 'sdiv' || instr.op === 'urem' || instr.op === 'srem') &&
        !(instr.args[1].op === 'const' && instr.args[1].value !== 0));
    if (!this.wanted(instr) && !mustStay) return;
    switch (instr.op) {
      case 'load':
        return selectLoad(this, instr);
      case 'icmp':
        return selectCompareValue(this, instr);
      case 'select':
        return selectSelect(this, instr);
      case 'zext':
      case 'sext':
      case 'trunc':
        return selectCast(this, instr);
      default:
        return instr.type === 'i32' ? selectWide(this, instr) : selectBinary(this, instr);
    }
  }

  private debug(variable: number, value: Value): void {
    if (value.op === 'const') {
      this.emit('dbg', { imm: variable }, { imm: value.value });
      return;
    }
    if (isInstr(value) && value.op === 'alloca') {
      this.emit('dbg', { imm: variable }, { slot: this.slot(value), offset: 0 });
      return;
    }
    if (value.op === 'param') {
      const low = this.paramLow[value.index] as number;
      this.emit(
        'dbg',
        { imm: variable },
        low,
        ...(value.type === 'i32' ? [this.paramHigh[value.index] as number] : []),
      );
      return;
    }
    if (value.op === 'undef') {
      this.emit('dbg', { imm: variable });
      return;
    }
    if (!isInstr(value) || this.isFolded(value)) return;
    const low = this.define(value, false);
    this.emit('dbg', { imm: variable }, low, ...(value.type === 'i32' ? [this.defineHigh(value)] : []));
  }

  /** Values that have no register of their own. */
  private isFolded(value: Instr): boolean {
    return value.op === 'trunc' || (value.op === 'zext' && value.args[0].type === 'i1');
  }

  // ---------------------------------------------------------------- emission

  emit(form: MForm, ...ops: MOperand[]): MInst {
    const inst = new MInst(form, ops);
    if (this.origin) {
      inst.ir = this.origin.id;
      inst.origin = this.origin.origin;
    }
    this.group.push(inst);
    return inst;
  }

  /** What the present IR instruction has given must stay, even if its result is unused: a volatile access. */
  keepGroup(): void {
    for (const inst of this.group) inst.keep = true;
  }

  /** Starts a machine block between those of the IR, for compare trees; what is emitted next goes there. */
  branchBlock(name: string): MBlock {
    const block = newBlock(this.mf, name, this.current.freq);
    this.graph.enterLoop(block, this.current.loop);
    return block;
  }

  /** Runs `body` with its instructions going to `block`. */
  emitTo(block: MBlock, body: () => void): void {
    const { group } = this;
    this.group = block.insts;
    body();
    this.group = group;
  }

  byte(name?: string): number {
    return newRegister(this.mf, BYTE, name);
  }
  pair(name?: string): number {
    return newRegister(this.mf, PAIR, name);
  }

  // ---------------------------------------------------------------- values

  wanted(instr: Instr): boolean {
    return this.asked[instr.id] === 1;
  }

  /** The register that an instruction defines (its low pair for 32 bits). */
  define(instr: Instr, ask = false): number {
    if (ask) this.asked[instr.id] = 1;
    let id = this.lowOf[instr.id] as number;
    if (id < 0) {
      id = newRegister(this.mf, instr.type === 'i16' || instr.type === 'i32' ? PAIR : BYTE, instr.name);
      this.lowOf[instr.id] = id;
    }
    return id;
  }

  defineHigh(instr: Instr): number {
    let id = this.highOf[instr.id] as number;
    if (id < 0) {
      id = newRegister(this.mf, PAIR, instr.name && `${instr.name}.high`);
      this.highOf[instr.id] = id;
    }
    return id;
  }

  /** The register that holds a value: a byte for i1 and i8, a pair for i16, the low pair for i32. Constants are made on the spot. */
  low(value: Value): number {
    switch (value.op) {
      case 'param':
        return this.paramLow[value.index] as number;
      case 'const':
      case 'symbol':
      case 'undef':
      case 'alloca': {
        const made = value.type === 'i16' || value.type === 'i32' ? this.pair() : this.byte();
        this.into(made, value, false);
        return made;
      }
      case 'trunc':
        if (value.type === 'i1') return this.define(value, true);
        return this.truncated(value.args[0], value.type === 'i16');
      case 'zext':
        if (value.args[0].type === 'i1' && value.type === 'i8') return this.low(value.args[0]);
        if (value.args[0].type === 'i16') return this.low(value.args[0]);
        return this.define(value, true);
      case 'sext':
        if (value.args[0].type === 'i16') return this.low(value.args[0]);
        return this.define(value, true);
      default:
        return this.define(value as Instr, true);
    }
  }

  /** The low part of a wider value as a part of its register; that of `x >> 8` is the high byte of x, without a shift. */
  private truncated(value: Value, wantsPair: boolean): number {
    const shift = this.optimise ? constantShift(value) : 0;
    const source = shift > 0 ? (value as Instr & { args: [Value, Value] }).args[0] : value;
    const pair = shift >= 16 ? this.high(source) : this.low(source);
    if (wantsPair) return shift === 16 ? pair : this.low(value);
    return shift % 16 === 8 ? hi(pair) : lo(pair);
  }

  /** The high pair of a 32-bit value. */
  high(value: Value): number {
    switch (value.op) {
      case 'param':
        return this.paramHigh[value.index] as number;
      case 'const':
      case 'undef': {
        const made = this.pair();
        this.into(made, value, true);
        return made;
      }
      default:
        this.asked[(value as Instr).id] = 1;
        return this.defineHigh(value as Instr);
    }
  }

  /** Emits what puts a value into a given register. */
  into(dst: number, value: Value, high = false): void {
    switch (value.op) {
      case 'const': {
        const bits = high ? Math.floor(value.value / 65536) : value.value & 0xffff;
        if (value.type === 'i16' || value.type === 'i32') this.loadPair(dst, bits);
        else this.emit('ldi', dst, bits);
        return;
      }
      case 'symbol':
        this.emit('ldiw', dst, { symbol: value.symbol, addend: value.offset });
        return;
      case 'undef':
        this.emit('undef', dst);
        return;
      case 'alloca':
        this.emit('leasp', dst, { slot: this.slot(value), offset: 0 });
        return;
      default:
        this.emit('copy', dst, high ? this.high(value) : this.low(value));
    }
  }

  loadPair(dst: number, bits: number): void {
    const signed = (bits << 16) >> 16;
    this.emit(signed >= -128 && signed < 128 ? 'ldiw8' : 'ldiw', dst, signed >= -128 && signed < 128 ? signed : bits);
  }

  slot(alloca: Instr & { op: 'alloca' }): Slot {
    let slot = this.slotOf.get(alloca);
    if (!slot) {
      slot = { kind: 'local', sizeBytes: alloca.sizeBytes, offset: 0, name: alloca.name ?? `t${alloca.id}`, weight: 0 };
      this.slotOf.set(alloca, slot);
      this.mf.slots.push(slot);
    }
    return slot;
  }

  useCount(value: Value): number {
    return isInstr(value) ? usersIn(this.users, value).length : 0;
  }
}

/** Trap number of `unreachable`, see isa/traps.ts. */
const UNREACHABLE_TRAP = 11;

export function originOf(inst: MInst): AsmOrigin | undefined {
  const { origin } = inst;
  return origin && { start: origin.span.start, end: origin.span.end, node: origin.node, ir: inst.ir };
}

/** 8, 16 or 24 if the value is a right shift by that constant, else 0. */
function constantShift(value: Value): number {
  if ((value.op !== 'lshr' && value.op !== 'ashr') || value.args[1].op !== 'const') return 0;
  const by = value.args[1].value;
  return by % 8 === 0 && by < (value.type === 'i32' ? 32 : 16) ? by : 0;
}
