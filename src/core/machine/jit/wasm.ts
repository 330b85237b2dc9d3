/**
 * Writes WebAssembly modules, byte by byte: the few instructions and sections that the translator needs. Format: WebAssembly Core
 * Specification 1.0, section 5 (binary format). Branches name labels, not depths: the builder keeps the label stack.
 */
import { assert } from '../../base/assert';

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F64 = 0x7c;
export const V128 = 0x7b;
const VOID_BLOCK = 0x40;

export type ValueType = typeof I32 | typeof I64 | typeof F64 | typeof V128;

/** Opcodes without immediates. */
export const OP = {
  unreachable: 0x00,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32GtS: 0x4a,
  i32GtU: 0x4b,
  i32LeS: 0x4c,
  i32LeU: 0x4d,
  i32GeS: 0x4e,
  i32GeU: 0x4f,
  f64Ge: 0x66,
  f64Lt: 0x63,
  f64Gt: 0x64,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32DivU: 0x6e,
  i32RemU: 0x70,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32Shl: 0x74,
  i32ShrS: 0x75,
  i32ShrU: 0x76,
  i64Add: 0x7c,
  i64And: 0x83,
  i64Or: 0x84,
  i64Shl: 0x86,
  i64ShrU: 0x88,
  i64ExtendI32U: 0xad,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  f64Floor: 0x9c,
  i32WrapI64: 0xa7,
  i32TruncF64S: 0xaa,
  f64ConvertI32S: 0xb7,
  f64ConvertI32U: 0xb8,
  i32Extend8S: 0xc0,
  i32Extend16S: 0xc1,
} as const;

/** Opcodes behind the vector prefix. */
export const VECTOR_OP = {
  load: 0x00,
  store: 0x0b,
  const: 0x0c,
  i8x16Shuffle: 0x0d,
  i8x16Swizzle: 0x0e,
  i32x4Splat: 0x11,
  i32x4ExtractLane: 0x1b,
  i32x4ReplaceLane: 0x1c,
  i32x4Eq: 0x37,
  and: 0x4e,
  or: 0x50,
  i32x4Bitmask: 0xa4,
  i32x4ShrU: 0xad,
} as const;

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** The body of one function. */
export class FunctionBuilder {
  readonly bytes: number[] = [];
  private readonly locals: ValueType[] = [];
  private readonly labels: number[] = [];

  constructor(readonly type: FunctionType) {}

  /** Adds a local; gives its index. */
  local(type: ValueType = I32): number {
    this.locals.push(type);
    return this.type.params.length + this.locals.length - 1;
  }

  op(opcode: number): this {
    this.bytes.push(opcode);
    return this;
  }

  i32(value: number): this {
    this.bytes.push(0x41);
    signedLeb(this.bytes, value | 0);
    return this;
  }

  i64(value: bigint): this {
    this.bytes.push(0x42);
    signedLeb64(this.bytes, value);
    return this;
  }

  f64(value: number): this {
    this.bytes.push(0x44, ...new Uint8Array(new Float64Array([value]).buffer));
    return this;
  }

  get(local: number): this {
    return this.indexed(0x20, local);
  }

  set(local: number): this {
    return this.indexed(0x21, local);
  }

  tee(local: number): this {
    return this.indexed(0x22, local);
  }

  globalGet(global: number): this {
    return this.indexed(0x23, global);
  }

  globalSet(global: number): this {
    return this.indexed(0x24, global);
  }

  call(func: number): this {
    return this.indexed(0x10, func);
  }

  callIndirect(type: number): this {
    this.indexed(0x11, type);
    this.bytes.push(0);
    return this;
  }

  /** Memory accesses: opcode, alignment (log2), constant offset. */
  load8u(offset: number): this {
    return this.memory(0x2d, 0, offset);
  }

  load16u(offset: number): this {
    return this.memory(0x2f, 0, offset);
  }

  load32(offset: number): this {
    return this.memory(0x28, 2, offset);
  }

  load64(offset: number): this {
    return this.memory(0x29, 3, offset);
  }

  loadF64(offset: number): this {
    return this.memory(0x2b, 3, offset);
  }

  store8(offset: number): this {
    return this.memory(0x3a, 0, offset);
  }

  store16(offset: number): this {
    return this.memory(0x3b, 0, offset);
  }

  store32(offset: number): this {
    return this.memory(0x36, 2, offset);
  }

  store64(offset: number): this {
    return this.memory(0x37, 3, offset);
  }

  storeF64(offset: number): this {
    return this.memory(0x39, 3, offset);
  }

  load128(offset: number): this {
    return this.vector(VECTOR_OP.load, 4, ...lebBytes(offset));
  }

  store128(offset: number): this {
    return this.vector(VECTOR_OP.store, 4, ...lebBytes(offset));
  }

  /** A vector instruction with its immediate bytes. */
  vector(opcode: number, ...immediate: readonly number[]): this {
    this.indexed(0xfd, opcode);
    this.bytes.push(...immediate);
    return this;
  }

  /** Opens a block or loop whose label is `label` (any number that is not open now). */
  block(label: number): this {
    this.bytes.push(0x02, VOID_BLOCK);
    this.labels.push(label);
    return this;
  }

  loop(label: number): this {
    this.bytes.push(0x03, VOID_BLOCK);
    this.labels.push(label);
    return this;
  }

  /** Pops the condition; `result` for an if that leaves a value. */
  if(result?: ValueType): this {
    this.bytes.push(0x04, result ?? VOID_BLOCK);
    this.labels.push(-1);
    return this;
  }

  else(): this {
    return this.op(0x05);
  }

  end(): this {
    assert(this.labels.length > 0, 'end without a block');
    this.labels.pop();
    return this.op(0x0b);
  }

  br(label: number): this {
    return this.indexed(0x0c, this.depth(label));
  }

  brIf(label: number): this {
    return this.indexed(0x0d, this.depth(label));
  }

  encode(): Uint8Array<ArrayBuffer> {
    assert(this.labels.length === 0, 'a block is still open');
    const body: number[] = [];
    const groups: [count: number, type: ValueType][] = [];
    for (const type of this.locals) {
      const last = groups.at(-1);
      if (last && last[1] === type) last[0]++;
      else groups.push([1, type]);
    }
    leb(body, groups.length);
    for (const [count, type] of groups) {
      leb(body, count);
      body.push(type);
    }
    return joined([lebBytes(body.length + this.bytes.length + 1), body, this.bytes, [0x0b]]);
  }

  private depth(label: number): number {
    const at = this.labels.lastIndexOf(label);
    assert(at >= 0, `label ${label} is not open`);
    return this.labels.length - 1 - at;
  }

  private indexed(opcode: number, index: number): this {
    this.bytes.push(opcode);
    leb(this.bytes, index);
    return this;
  }

  private memory(opcode: number, align: number, offset: number): this {
    this.bytes.push(opcode, align);
    leb(this.bytes, offset);
    return this;
  }
}

/** A module that imports `env.memory`, `env.table` and functions, and exports its own functions as `f0`, `f1`, … */
export class ModuleBuilder {
  private readonly types: FunctionType[] = [];
  private readonly functions: FunctionBuilder[] = [];

  constructor(private readonly imports: readonly { readonly name: string; readonly type: FunctionType }[]) {}

  typeIndex(type: FunctionType): number {
    const same = (a: readonly ValueType[], b: readonly ValueType[]) =>
      a.length === b.length && a.every((t, i) => t === b[i]);
    const found = this.types.findIndex((t) => same(t.params, type.params) && same(t.results, type.results));
    if (found >= 0) return found;
    this.types.push(type);
    return this.types.length - 1;
  }

  /** Adds a function; gives its index for `call`. */
  add(builder: FunctionBuilder): number {
    this.functions.push(builder);
    return this.imports.length + this.functions.length - 1;
  }

  encode(): Uint8Array<ArrayBuffer> {
    const importTypes = this.imports.map((i) => this.typeIndex(i.type));
    const functionTypes = this.functions.map((f) => this.typeIndex(f.type));
    return joined([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(
        1,
        this.types.map((t) => [0x60, ...vector(t.params.map((p) => [p])), ...vector(t.results.map((r) => [r]))]),
      ),
      ...section(2, [
        [...text('env'), ...text('memory'), 0x02, 0x00, ...lebBytes(1)],
        [...text('env'), ...text('table'), 0x01, 0x70, 0x00, ...lebBytes(0)],
        ...this.imports.map((f, i) => [...text('env'), ...text(f.name), 0x00, ...lebBytes(importTypes[i] as number)]),
      ]),
      ...section(
        3,
        functionTypes.map((t) => lebBytes(t)),
      ),
      ...section(
        7,
        this.functions.map((_, i) => [...text(`f${i}`), 0x00, ...lebBytes(this.imports.length + i)]),
      ),
      ...section(
        10,
        this.functions.map((f) => f.encode()),
      ),
    ]);
  }
}

type Bytes = ArrayLike<number>;

function joined(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function section(id: number, items: readonly Bytes[]): Bytes[] {
  const count = lebBytes(items.length);
  const length = items.reduce((sum, item) => sum + item.length, count.length);
  return [[id, ...lebBytes(length)], count, ...items];
}

function vector(items: readonly (readonly number[])[]): number[] {
  const out: number[] = [];
  leb(out, items.length);
  for (const item of items) for (const byte of item) out.push(byte);
  return out;
}

function text(name: string): number[] {
  return [...lebBytes(name.length), ...[...name].map((c) => c.charCodeAt(0))];
}

function lebBytes(value: number): number[] {
  const out: number[] = [];
  leb(out, value);
  return out;
}

function leb(out: number[], value: number): void {
  let rest = value >>> 0;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

function signedLeb(out: number[], value: number): void {
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
      out.push(byte);
      return;
    }
    out.push(byte | 0x80);
  }
}

function signedLeb64(out: number[], value: bigint): void {
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)) {
      out.push(byte);
      return;
    }
    out.push(byte | 0x80);
  }
}
