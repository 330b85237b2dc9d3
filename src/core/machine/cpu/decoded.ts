/**
 * Instructions decoded once, in typed arrays indexed by address (odd ones stay undecoded, so that a jump there is noticed). Registers and pairs fill a, b, c in the order of the
 * form's fields (a condition joins the operation number, or takes a slot for SETcc); every other field goes to k, relative targets
 * as absolute addresses.
 *
 * Only bytes that cannot change behind our back are kept: those below `keepEnd` (the image's protected part), or all when code is
 * writable, because then every store calls `forget`.
 */
import { at } from '../../base/assert';
import { decode } from '../../isa/codec';
import { FORMS, formNumber, type OperandKind } from '../../isa/table';
import { OP, OP_BREAK, OP_DECODE, OP_OF_FORM } from './ops';

const PLACES = 0x10000;
/** PC stands behind the last address for a moment: there is nothing decoded there. */
const BEYOND = 4;

export class DecodedCode {
  /**
   * All that the interpreter needs of an instruction, two words an address. The first: bits 0-7 operation number, 8-11 a, 12-15 b, 16-19 c, 20-22 size in
   * bytes, 24-30 base cycles. OP_DECODE or OP_BREAK alone where it has to look closer. The second: k.
   */
  readonly packed = new Int32Array(2 * (PLACES + BEYOND)).fill(OP_DECODE);
  readonly a = new Uint8Array(PLACES);
  readonly b = new Uint8Array(PLACES);
  readonly c = new Uint8Array(PLACES);
  /** Base cycles. */
  readonly time = new Uint8Array(PLACES);
  /** Bytes of the instruction. */
  readonly size = new Uint8Array(PLACES);
  readonly k = new Int32Array(PLACES);
  /** Form number, for whoever explains an instruction. */
  readonly form = new Uint8Array(PLACES);
  /** Whether bytes from here on are decoded afresh each time. */
  keepEnd = 0;
  /** No instruction that is kept reaches this address or one above. */
  decodedEnd = 0;
  /** Counts what makes translations void: resets, breakpoints, changes by hand. */
  version = 0;
  private readonly breakpoints = new Set<number>();

  constructor(private readonly memory: Uint8Array) {}

  reset(keepEnd: number): void {
    this.keepEnd = keepEnd;
    this.forgetAll();
  }

  forgetAll(): void {
    this.version++;
    this.decodedEnd = 0;
    this.packed.fill(OP_DECODE);
    for (const pc of this.breakpoints) this.packed[2 * pc] = OP_BREAK;
  }

  /** The byte at `address` changed: it may be of the first or of the second word of an instruction. */
  forget(address: number): void {
    const pc = address & ~1;
    if (!this.breakpoints.has(pc)) this.packed[2 * pc] = OP_DECODE;
    if (pc > 0 && !this.breakpoints.has(pc - 2)) this.packed[2 * (pc - 2)] = OP_DECODE;
  }

  /** The same for a change by hand, which no store of a program makes: translations of it are void. */
  patch(address: number): void {
    if (address < this.keepEnd) this.version++;
    this.forget(address);
  }

  setBreakpoints(addresses: Iterable<number>): void {
    const wanted = new Set(Array.from(addresses, (address) => address & 0xfffe));
    // The same again: translations stay good.
    if (wanted.size === this.breakpoints.size && [...wanted].every((pc) => this.breakpoints.has(pc))) return;
    this.version++;
    for (const pc of this.breakpoints) this.packed[2 * pc] = OP_DECODE;
    this.breakpoints.clear();
    for (const pc of wanted) this.breakpoints.add(pc);
    for (const pc of this.breakpoints) this.packed[2 * pc] = OP_BREAK;
  }

  get breakpointAddresses(): number[] {
    return [...this.breakpoints];
  }

  hasBreakpoint(pc: number): boolean {
    return this.breakpoints.has(pc);
  }

  /** Decodes the instruction at `pc` into the arrays; gives it packed, or -1 if the word is no instruction. */
  fill(pc: number): number {
    const { memory } = this;
    const first = at(memory, pc) | (at(memory, pc + 1) << 8);
    const second = pc + 3 < memory.length ? at(memory, pc + 2) | (at(memory, pc + 3) << 8) : 0;
    const decoded = decode(first, second);
    if (!decoded) return -1;
    const { form, operands } = decoded;
    const number = formNumber(form.id);
    const size = form.words * 2;
    const slots = [0, 0, 0];
    let slot = 0;
    let op = OP_OF_FORM[number] as number;
    this.k[pc] = 0;
    form.fields.forEach(({ kind }, index) => {
      const value = at(operands, index);
      if (kind === 'cond' && op === OP.branch) op += value;
      else if (isSlot(kind)) slots[slot++] = value;
      else this.k[pc] = kind === 'rel' ? (pc + size + 2 * value) & 0xffff : value;
    });
    [this.a[pc], this.b[pc], this.c[pc]] = slots as [number, number, number];
    this.time[pc] = form.cycles;
    this.size[pc] = size;
    this.form[pc] = number;
    const [a, b, c] = slots as [number, number, number];
    this.packed[2 * pc + 1] = this.k[pc] as number;
    const packed = op | (a << 8) | (b << 12) | (c << 16) | (size << 20) | (form.cycles << 24);
    if (pc + size <= this.keepEnd && !this.breakpoints.has(pc)) {
      this.packed[2 * pc] = packed;
      this.decodedEnd = Math.max(this.decodedEnd, pc + size);
    }
    return packed;
  }
}

function isSlot(kind: OperandKind): boolean {
  return kind === 'reg' || kind === 'pair' || kind === 'cond';
}

/** The form of a decoded word. */
export function formAt(code: DecodedCode, pc: number) {
  return at(FORMS, code.form[pc] as number);
}
