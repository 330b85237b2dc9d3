/** From virtual to physical: operands become register numbers as the encoding wants them, pseudo-instructions become real ones. */
import { fail } from '../../base/assert';
import type { Allocation } from './allocate';
import { BYTE, FIRST_VIRTUAL, isImmediate, isSlotRef, MInst, type MBlock, type MFunction, type MOperand } from './mir';

/**
 * Rewrites every block in place. Afterwards a number in a `reg` field is a byte register, in a `pair` field a pair; block
 * targets stay block ids; frame slots stay SlotRefs until frame.ts; `dbg` lists byte registers.
 */
export function expand(fn: MFunction, allocation: Allocation): void {
  const expander = new Expander(fn, allocation);
  for (const block of fn.blocks) expander.block(block);
}

class Expander {
  private out: MInst[] = [];
  private source: MInst | undefined;

  constructor(
    private readonly fn: MFunction,
    private readonly allocation: Allocation,
  ) {}

  block(block: MBlock): void {
    this.out = [];
    for (const inst of block.insts) {
      this.source = inst;
      this.instruction(inst);
    }
    block.insts = this.out;
  }

  private emit(form: MInst['form'], ...ops: MOperand[]): MInst {
    const inst = new MInst(form, ops);
    if (this.source) {
      inst.ir = this.source.ir;
      inst.origin = this.source.origin;
      inst.note = this.source.note;
      inst.keep = this.source.keep;
    }
    this.out.push(inst);
    return inst;
  }

  /** Byte registers of an operand, low first. */
  private bytes(operand: number): [number] | [number, number] {
    const id = operand >> 2;
    const part = operand & 3;
    const at = id < FIRST_VIRTUAL ? id : (this.allocation.place[id] as number);
    if (at < 0) fail(`v${id} of ${this.fn.name} has no register`);
    if (id >= FIRST_VIRTUAL && this.fn.classes[id] === BYTE) return [at];
    if (part === 0) return [2 * at, 2 * at + 1];
    return [2 * at + part - 1];
  }

  private isByte(operand: number): boolean {
    return (operand & 3) !== 0 || this.fn.classes[operand >> 2] === BYTE;
  }
  private byte(operand: number): number {
    return this.bytes(operand)[0];
  }
  private pair(operand: number): number {
    return this.bytes(operand)[0] >> 1;
  }

  private instruction(inst: MInst): void {
    switch (inst.form) {
      case 'undef':
      case 'entry':
        return;
      case 'copy':
        return this.copy(inst.ops[0] as number, inst.ops[1] as number);
      case 'pair':
        return this.join(inst);
      case 'cmov':
        return this.conditional(inst);
      case 'zxt': {
        const dst = this.pair(inst.ops[0] as number);
        const src = this.byte(inst.ops[1] as number);
        if (src === 2 * dst) this.emit('ldi', 2 * dst + 1, 0);
        else this.emit('zxt', dst, src);
        return;
      }
      case 'dbg':
        return this.debug(inst);
      case 'asm':
      case 'tail': {
        const made = this.emit(inst.form, ...inst.ops);
        made.text = inst.text;
        made.uses = inst.uses;
        made.defs = inst.defs;
        return;
      }
      default:
        return this.plain(inst);
    }
  }

  private plain(inst: MInst): void {
    const { kinds } = inst.info;
    const ops = inst.ops.map((op, i) => {
      if (typeof op !== 'number' || inst.info.roles[i] === 0) return op;
      return kinds[i] === 'pair' ? this.pair(op) : this.byte(op);
    });
    const made = this.emit(inst.form, ...ops);
    made.uses = inst.uses;
    made.defs = inst.defs;
  }

  private copy(dst: number, src: number): void {
    if (this.isByte(dst)) this.moveByte(this.byte(dst), this.byte(src));
    else {
      const [to, from] = [this.pair(dst), this.pair(src)];
      if (to !== from) this.emit('movw', to, from);
    }
  }

  private moveByte(to: number, from: number): void {
    if (to !== from) this.emit('mov', to, from);
  }

  /** Two bytes into the halves of a pair, in an order that loses neither. */
  private join(inst: MInst): void {
    const pair = this.pair(inst.ops[0] as number);
    const [low, high] = [2 * pair, 2 * pair + 1];
    const [a, b] = inst.ops.slice(1).map((op) => (isImmediate(op) ? op : this.byte(op as number)));
    if (a === high && b === low) {
      this.emit('swpb', pair);
      return;
    }
    if (typeof a === 'number' && typeof b === 'number' && (a & 1) === 0 && b === a + 1) {
      if (a !== low) this.emit('movw', pair, a >> 1);
      return;
    }
    const put = (to: number, value: number | object | undefined) => {
      if (typeof value === 'number') this.moveByte(to, value);
      else if (isImmediate(value as MOperand) && (value as { imm: number }).imm >= 0)
        this.emit('ldi', to, (value as { imm: number }).imm);
    };
    if (isImmediate(b as MOperand) && (b as { imm: number }).imm === 0 && typeof a === 'number' && a !== low) {
      this.emit('zxt', pair, a);
    } else if (b === low) {
      put(high, b);
      put(low, a);
    } else {
      put(low, a);
      put(high, b);
    }
  }

  /** A branch over a move. */
  private conditional(inst: MInst): void {
    const [condition, dst, src] = inst.ops as [number, number, MOperand];
    const from = isImmediate(src) ? undefined : this.bytes(src as number);
    const to = this.bytes(dst);
    if (from && from[0] === to[0]) return;
    const label = `.L${this.fn.name}.skip${this.fn.nextLabel++}`;
    this.emit('branch', condition ^ 1, { symbol: label, addend: 0 });
    if (from) this.copy(dst, src as number);
    else if (to.length === 1) this.emit('ldi', to[0], (src as { imm: number }).imm & 0xff);
    else this.loadPair(to[0] >> 1, (src as { imm: number }).imm);
    this.emit('label').text = label;
  }

  private loadPair(pair: number, value: number): void {
    const signed = (value << 16) >> 16;
    this.emit(signed >= -128 && signed < 128 ? 'ldiw8' : 'ldiw', pair, signed);
  }

  private debug(inst: MInst): void {
    const [variable, ...rest] = inst.ops;
    const places: MOperand[] = [];
    for (const op of rest) {
      if (typeof op !== 'number') places.push(op);
      else if (op >> 2 >= FIRST_VIRTUAL && (this.allocation.place[op >> 2] ?? -1) < 0) return;
      else places.push(...this.bytes(op));
    }
    if (places.some(isSlotRef) && places.some((p) => !isSlotRef(p))) return;
    this.emit('dbg', variable as MOperand, ...places);
  }
}
