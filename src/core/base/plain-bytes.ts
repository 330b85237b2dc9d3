/**
 * Plain data as bytes: numbers, strings, booleans, null, undefined, arrays, objects, maps, and typed arrays, nested at will. A value is
 * a tag and what belongs to it; counts are LEB128. Typed arrays are runs: words that differ, then one word again and again, so that the
 * mostly empty tables of the models take little; and where writer and reader have a base in common, a value of the same kind, typed
 * arrays that are as they are there take a byte. Reading refuses what was not written here; a reader still checks what the value means.
 */
import { err, ok, type Result } from './result';

const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** LEB128. */
  whole: 4,
  /** f64, little-endian. */
  number: 5,
  /** Count of UTF-16 units, two bytes each. */
  string: 6,
  array: 7,
  /** Count of entries, then key and value of each. */
  object: 8,
  map: 9,
  /** A typed array as it is at the same place of the base. */
  same: 10,
  /** First of TYPED. */
  typed: 16,
} as const;

const TYPED = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array];
type Typed = InstanceType<(typeof TYPED)[number]>;

/** Deeper data are not plain. */
const MAX_DEPTH = 64;
const MAX_WHOLE = 2 ** 48;
/** A typed array longer than this is damage. */
const MAX_TYPED_BYTES = 2 ** 26;
/** Equal words worth a run of their own. */
const LEAST_RUN = 4;

/** The bytes of a value; throws on functions, class instances and cycles, which are our mistake. */
export function plainBytes(value: unknown, base?: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.value(value, 0, base);
  return writer.done();
}

/** The value of bytes that `plainBytes` made with an equal base; an error says that they are not such bytes. */
export function readPlain(bytes: Uint8Array, base?: unknown): Result<unknown> {
  const reader = new Reader(bytes);
  const value = reader.value(0, base);
  if (reader.isBad) return err('the data are damaged');
  return reader.isAtEnd ? ok(value) : err('there is something after the data');
}

/** What stands at the same place of the base. */
function partOf(base: unknown, key: unknown): unknown {
  if (Array.isArray(base)) return base[key as number];
  const isObject = typeof base === 'object' && base !== null && !ArrayBuffer.isView(base);
  return isObject && Object.hasOwn(base, key as string) ? (base as Record<string, unknown>)[key as string] : undefined;
}

function isSame(value: Typed, base: unknown): boolean {
  if (value === base) return true;
  if (!ArrayBuffer.isView(base) || base.constructor !== value.constructor) return false;
  const other = base as Typed;
  return value.length === other.length && value.every((item, i) => Object.is(item, other[i]));
}

class Writer {
  private bytes = new Uint8Array(1 << 16);
  private view = new DataView(this.bytes.buffer);
  private at = 0;

  done(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.at);
  }

  value(value: unknown, depth: number, base: unknown): void {
    if (depth > MAX_DEPTH) throw new Error('internal error: data too deep to be plain');
    switch (typeof value) {
      case 'undefined':
        return this.byte(TAG.undefined);
      case 'boolean':
        return this.byte(value ? TAG.true : TAG.false);
      case 'number':
        return this.number(value);
      case 'string':
        return this.string(value);
      case 'object':
        return value === null ? this.byte(TAG.null) : this.compound(value, depth, base);
      default:
        throw new Error(`internal error: a ${typeof value} is not plain data`);
    }
  }

  private number(value: number): void {
    if (value >= 0 && value < MAX_WHOLE && Number.isInteger(value) && !Object.is(value, -0)) {
      this.byte(TAG.whole);
      this.count(value);
      return;
    }
    this.room(9);
    this.bytes[this.at++] = TAG.number;
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  private string(value: string): void {
    this.byte(TAG.string);
    this.count(value.length);
    this.room(2 * value.length);
    for (let i = 0; i < value.length; i++, this.at += 2) this.view.setUint16(this.at, value.charCodeAt(i), true);
  }

  private compound(value: object, depth: number, base: unknown): void {
    if (ArrayBuffer.isView(value)) {
      if (isSame(value as Typed, base)) this.byte(TAG.same);
      else this.typed(value as Typed);
    } else if (Array.isArray(value)) {
      this.byte(TAG.array);
      this.count(value.length);
      value.forEach((item, index) => this.value(item, depth + 1, partOf(base, index)));
    } else if (value instanceof Map) {
      this.byte(TAG.map);
      this.entries([...value], depth, undefined);
    } else {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null)
        throw new Error('internal error: a class instance is not plain data');
      this.byte(TAG.object);
      this.entries(Object.entries(value), depth, base);
    }
  }

  private entries(entries: readonly (readonly [unknown, unknown])[], depth: number, base: unknown): void {
    this.count(entries.length);
    for (const [key, value] of entries) {
      this.value(key, depth + 1, undefined);
      this.value(value, depth + 1, partOf(base, key));
    }
  }

  private typed(value: Typed): void {
    const kind = TYPED.findIndex((type) => value instanceof type);
    if (kind < 0) throw new Error('internal error: no such typed array');
    this.byte(TAG.typed + kind);
    this.count(value.byteLength);
    // Words need an aligned start; the odd bytes at the end go as they are.
    const source = value.byteOffset % 4 === 0 ? value : value.slice();
    const words = new Int32Array(source.buffer, source.byteOffset, source.byteLength >> 2);
    this.runs(words);
    const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    this.raw(bytes.subarray(4 * words.length));
  }

  /** Pairs of (count of words that are given, count of repetitions of the last of them). */
  private runs(words: Int32Array): void {
    for (let from = 0; from < words.length;) {
      let end = from + 1;
      let again = 0;
      for (; end < words.length; end++) {
        again = words[end] === words[end - 1] ? again + 1 : 0;
        if (again === LEAST_RUN) break;
      }
      const given = again === LEAST_RUN ? end - LEAST_RUN + 1 : end;
      let next = end;
      if (again === LEAST_RUN) while (next < words.length && words[next] === words[end]) next++;
      this.count(given - from);
      this.count(next - given);
      this.raw(new Uint8Array(words.buffer, words.byteOffset + 4 * from, 4 * (given - from)));
      from = next;
    }
  }

  private raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  private byte(value: number): void {
    this.room(1);
    this.bytes[this.at++] = value;
  }

  private count(value: number): void {
    this.room(8);
    let left = value;
    for (; left >= 128; left = Math.floor(left / 128)) this.bytes[this.at++] = (left % 128) | 128;
    this.bytes[this.at++] = left;
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.at + bytes));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

class Reader {
  isBad = false;
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  /** After damage `isBad` is set and the rest is not looked at. */
  value(depth: number, base: unknown): unknown {
    const tag = this.byte();
    if (this.isBad || depth > MAX_DEPTH) return this.bad();
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.false:
      case TAG.true:
        return tag === TAG.true;
      case TAG.whole:
        return this.count();
      case TAG.number:
        return this.number();
      case TAG.string:
        return this.string();
      case TAG.array:
        return this.array(depth, base);
      case TAG.object:
        return this.object(depth, base);
      case TAG.same:
        return ArrayBuffer.isView(base) ? base : this.bad();
      case TAG.map:
        return new Map(this.entries(depth, undefined));
      default:
        return this.typed(tag - TAG.typed);
    }
  }

  private bad(): undefined {
    this.isBad = true;
    return undefined;
  }

  private byte(): number {
    if (this.at >= this.bytes.length) return this.bad() ?? 0;
    return this.bytes[this.at++] as number;
  }

  private count(): number {
    let value = 0;
    for (let scale = 1; scale <= MAX_WHOLE; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return this.bad() ?? 0;
  }

  /** True when so many bytes are there. */
  private has(bytes: number): boolean {
    if (this.at + bytes > this.bytes.length) this.bad();
    return !this.isBad;
  }

  private number(): number {
    if (!this.has(8)) return 0;
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  private string(): string {
    const units = this.count();
    if (!this.has(2 * units)) return '';
    let text = '';
    for (let i = 0; i < units; i++, this.at += 2) text += String.fromCharCode(this.view.getUint16(this.at, true));
    return text;
  }

  private array(depth: number, base: unknown): unknown[] {
    const length = this.count();
    const items: unknown[] = [];
    // An item has a byte at least.
    if (this.has(length))
      for (let i = 0; i < length && !this.isBad; i++) items.push(this.value(depth + 1, partOf(base, i)));
    return items;
  }

  private object(depth: number, base: unknown): unknown {
    const entries = this.entries(depth, base);
    if (!entries.every(([key]) => typeof key === 'string')) return this.bad();
    // Not by assignment: a key may be named like the prototype.
    return Object.fromEntries(entries as [string, unknown][]);
  }

  private entries(depth: number, base: unknown): [unknown, unknown][] {
    const length = this.count();
    const entries: [unknown, unknown][] = [];
    if (this.has(2 * length))
      for (let i = 0; i < length && !this.isBad; i++) {
        const key = this.value(depth + 1, undefined);
        entries.push([key, this.value(depth + 1, partOf(base, key))]);
      }
    return entries;
  }

  private typed(kind: number): Typed | undefined {
    const type = TYPED[kind];
    const bytes = this.count();
    if (!type || bytes > MAX_TYPED_BYTES || bytes % type.BYTES_PER_ELEMENT !== 0 || this.isBad) return this.bad();
    const runs = this.runs(bytes >> 2);
    if (!runs || !this.has(bytes & 3)) return this.bad();
    const buffer = new ArrayBuffer(bytes);
    const target = new Uint8Array(buffer);
    for (const { to, given, again, from } of runs) {
      target.set(this.bytes.subarray(from, from + 4 * given), 4 * to);
      const end = 4 * (to + given);
      const last = this.view.getInt32(from + 4 * (given - 1), true);
      new Int32Array(buffer, end, again).fill(last);
    }
    const rest = bytes & 3;
    target.set(this.bytes.subarray(this.at, this.at + rest), bytes - rest);
    this.at += rest;
    return new type(buffer);
  }

  /** Where the runs of so many words lie; looked at before memory is taken, so that damage takes none. */
  private runs(words: number): readonly Run[] | undefined {
    const runs: Run[] = [];
    for (let to = 0; to < words;) {
      const given = this.count();
      const again = this.count();
      if (given === 0 || to + given + again > words || !this.has(4 * given)) return this.bad();
      runs.push({ to, given, again, from: this.at });
      this.at += 4 * given;
      to += given + again;
    }
    return runs;
  }
}

/** Words `to`, ... are the `given` ones at byte `from`, and then the last of those `again` times. */
interface Run {
  readonly to: number;
  readonly given: number;
  readonly again: number;
  readonly from: number;
}
