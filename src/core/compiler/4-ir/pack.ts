/**
 * A function of the IR as numbers and texts. What depends on where it stands in the source (AST nodes and spans) is kept apart, in
 * tables, and the numbers say which entry: so two functions with the same numbers and texts differ at most in where they come from, and a
 * function can be made again for another place.
 */
import { shaped } from './shape';
import { assert, at } from '../../base/assert';
import type { Span } from '../../base/source';
import { constant, symbol, targetsOf, undef } from './build';
import type { Block, DebugVariable, Instr, IrFunction, IrType, Origin, Value } from './ir';

/** Where the parts of a function come from; entries are distinct. */
export interface Places {
  readonly nodes: readonly number[];
  readonly spans: readonly Span[];
}

export interface PackedFunction extends Places {
  readonly words: readonly number[];
  readonly operands: readonly number[];
  readonly texts: readonly string[];
}

const TYPES: readonly IrType[] = ['i1', 'i8', 'i16', 'i32', 'void'];
const typeCode = Object.fromEntries(TYPES.map((type, code) => [type, code])) as Record<IrType, number>;

/** Operands: what it is in the low bits, the number above; constants and symbols take a second word. */
const CONST = 0;
const SYMBOL = 1;
const UNDEF = 2;
const PARAM = 3;
const RESULT = 4;
const KINDS = 8;

const NO_NAME = 0;

/** Undefined where positions are too large for it. */
export function packFunction(fn: IrFunction): PackedFunction | undefined {
  return new Packer().pack(fn);
}

/** Equal but for their places; entries that stand for no place stand for none in both. */
export function samePacked(a: PackedFunction, b: PackedFunction): boolean {
  return (
    sameItems(a.words, b.words) &&
    sameItems(a.operands, b.operands) &&
    sameItems(a.texts, b.texts) &&
    a.nodes.length === b.nodes.length &&
    a.spans.length === b.spans.length &&
    a.nodes.every((node, i) => (node === 0) === (b.nodes[i] === 0)) &&
    a.spans.every((span, i) => spanKind(span) === spanKind(at(b.spans, i)))
  );
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Nowhere, empty or with characters: more than that nobody asks of a span. */
const spanKind = ({ start, end }: Span): number => (end > start ? 2 : start === 0 && end === 0 ? 0 : 1);

/** Finds entries of `places` by what they say. */
export class PlaceIndex {
  private readonly nodes = new Map<number, number>();
  private readonly spans = new Map<number, number>();

  constructor(places: Places) {
    places.nodes.forEach((node, index) => this.nodes.set(node, index));
    places.spans.forEach((span, index) => this.spans.set(spanKey(span), index));
  }

  node(node: number): number | undefined {
    return this.nodes.get(node);
  }
  span(span: Span): number | undefined {
    return this.spans.get(spanKey(span));
  }
  /** No node has the number 0: that one need not be in the tables. */
  has(place: Span & { readonly node: number }): boolean {
    return (place.node === 0 || this.nodes.has(place.node)) && this.spans.has(spanKey(place));
  }
}

/** Positions up to here make exact keys: thirty files of the largest size. */
const POSITION_LIMIT = 2 ** 26;
const spanKey = ({ start, end }: Span): number => start * POSITION_LIMIT + end;

class Packer {
  private readonly words: number[] = [];
  private readonly operands: number[] = [];
  private readonly texts: string[] = [];
  private readonly nodes: number[] = [];
  private readonly spans: Span[] = [];
  private readonly textIndex = new Map<string, number>();
  private readonly nodeIndex = new Map<number, number>();
  private readonly spanIndex = new Map<number, number>();
  private readonly lastOrigin: { origin: Origin | undefined; node: number; span: number } = {
    origin: undefined,
    node: 0,
    span: 0,
  };

  private isExact = true;

  pack(fn: IrFunction): PackedFunction | undefined {
    const { words } = this;
    words.push(this.text(fn.name), typeCode[fn.returns], Number(fn.variadic), Number(fn.isStatic));
    words.push(Number(fn.isInterruptHandler), fn.interruptVector ?? -1, fn.nextInstr, fn.nextBlock, fn.params.length);
    for (const param of fn.params) words.push(typeCode[param.type], this.text(param.name));
    this.origin(fn.origin);
    words.push(fn.variables.length);
    for (const variable of fn.variables) this.variable(variable);
    words.push(fn.blocks.length);
    for (const block of fn.blocks) words.push(block.id, this.text(block.name));
    for (const block of fn.blocks) {
      words.push(block.preds.length);
      for (const pred of block.preds) words.push(pred.id);
      words.push(block.instrs.length);
      for (const instr of block.instrs) this.instr(instr);
    }
    const { operands, texts, nodes, spans } = this;
    return this.isExact ? { words, operands, texts, nodes, spans } : undefined;
  }

  private variable({ id, name, type, sizeBytes, signed, span, isParameter }: DebugVariable): void {
    this.words.push(id, this.text(name), this.text(type), sizeBytes, Number(signed), Number(isParameter));
    this.words.push(this.span(span));
  }

  private instr(instr: Instr): void {
    const { words } = this;
    words.push(this.text(instr.op), instr.id, typeCode[instr.type]);
    words.push(instr.name === undefined ? NO_NAME : 1 + this.text(instr.name), instr.args.length);
    this.origin(instr.origin);
    const args: readonly Value[] = instr.args;
    for (const arg of args) this.operand(arg);
    switch (instr.op) {
      case 'icmp':
        words.push(this.text(instr.predicate));
        break;
      case 'alloca':
        words.push(instr.sizeBytes);
        break;
      case 'load':
      case 'store':
        words.push(Number(instr.volatile));
        break;
      case 'call':
        words.push(instr.fixedArgs, Number(instr.variadic), Number(instr.tail));
        break;
      case 'intrinsic':
        words.push(this.text(instr.intrinsic), instr.sizeBytes);
        break;
      case 'check':
        words.push(instr.bound);
        break;
      case 'asm':
        words.push(this.text(instr.text));
        break;
      case 'dbg':
        words.push(instr.variable, instr.inMemory === undefined ? -1 : Number(instr.inMemory));
        break;
      case 'trap':
        words.push(instr.trap);
        break;
      case 'switch':
        words.push(instr.cases.length);
        for (const value of instr.cases) words.push(value);
        break;
    }
    const targets = targetsOf(instr);
    if (targets.length === 0) return;
    words.push(targets.length);
    for (const target of targets) words.push(target.id);
  }

  private operand(value: Value): void {
    const { operands } = this;
    switch (value.op) {
      case 'const':
        operands.push(typeCode[value.type] * KINDS + CONST, value.value);
        break;
      case 'symbol':
        operands.push(this.text(value.symbol) * KINDS + SYMBOL, value.offset);
        break;
      case 'undef':
        operands.push(typeCode[value.type] * KINDS + UNDEF);
        break;
      case 'param':
        operands.push(value.index * KINDS + PARAM);
        break;
      default:
        operands.push(value.id * KINDS + RESULT);
    }
  }

  private origin(origin: Origin): void {
    const { lastOrigin: last } = this;
    if (last.origin !== origin) {
      last.origin = origin;
      last.node = entry(this.nodes, this.nodeIndex, origin.node, origin.node);
      last.span = this.span(origin.span);
    }
    this.words.push(last.node, last.span);
  }

  private span(span: Span): number {
    if (span.end >= POSITION_LIMIT) this.isExact = false;
    return entry(this.spans, this.spanIndex, spanKey(span), span);
  }

  private text(text: string): number {
    return entry(this.texts, this.textIndex, text, text);
  }
}

function entry<Key, T>(all: T[], index: Map<Key, number>, key: Key, value: T): number {
  let found = index.get(key);
  if (found === undefined) {
    index.set(key, (found = all.length));
    all.push(value);
  }
  return found;
}

/** Gives `fn` the body that was packed, at other places. Its name and its parameters must be those of the packed one. */
export function unpackInto(fn: IrFunction, packed: PackedFunction, places: Places): void {
  new Unpacker(fn, packed, places).run();
}

class Unpacker {
  private word = 0;
  private operand = 0;
  private readonly blocks: Block[] = [];
  private readonly instrs: Instr[] = [];
  private readonly origins = new Map<number, Origin>();

  constructor(
    private readonly fn: IrFunction,
    private readonly packed: PackedFunction,
    private readonly places: Places,
  ) {}

  run(): void {
    const { fn } = this;
    assert(this.text() === fn.name, 'another function was packed');
    this.word += 5;
    fn.nextInstr = this.next();
    fn.nextBlock = this.next();
    const params = this.next();
    this.word += 2 * params;
    fn.origin = this.origin();
    fn.variables = this.list(() => this.variable());
    fn.blocks = this.list(() => {
      const block: Block = { id: this.next(), name: this.text(), instrs: [], preds: [] };
      return (this.blocks[block.id] = block);
    });
    for (const block of fn.blocks) {
      block.preds = this.list(() => this.block());
      block.instrs = this.list(() => this.instr(block));
    }
    // Operands at last: they may come from blocks further down.
    for (const block of fn.blocks) for (const instr of block.instrs) this.fill(instr.args);
  }

  private variable(): DebugVariable {
    const id = this.next();
    const name = this.text();
    const type = this.text();
    const sizeBytes = this.next();
    const signed = this.next() === 1;
    const isParameter = this.next() === 1;
    return { id, name, type, sizeBytes, signed, span: at(this.places.spans, this.next()), isParameter };
  }

  private instr(block: Block): Instr {
    const op = this.text() as Instr['op'];
    const id = this.next();
    const type = at(TYPES, this.next());
    const name = this.next();
    const args = new Array<Value>(this.next());
    const origin = this.origin();
    const instr = shaped(id, block, origin, { op, type, args, ...this.details(op) });
    if (name !== NO_NAME) instr.name = at(this.packed.texts, name - 1);
    return (this.instrs[id] = instr);
  }

  private details(op: Instr['op']): object | undefined {
    switch (op) {
      case 'icmp':
        return { predicate: this.text() };
      case 'alloca':
        return { sizeBytes: this.next() };
      case 'load':
      case 'store':
        return { volatile: this.next() === 1 };
      case 'call':
        return { fixedArgs: this.next(), variadic: this.next() === 1, tail: this.next() === 1 };
      case 'intrinsic':
        return { intrinsic: this.text(), sizeBytes: this.next() };
      case 'check':
        return { bound: this.next() };
      case 'asm':
        return { text: this.text() };
      case 'dbg': {
        const variable = this.next();
        const inMemory = this.next();
        return inMemory < 0 ? { variable } : { variable, inMemory: inMemory === 1 };
      }
      case 'trap':
        return { trap: this.next() };
      case 'switch':
        return { cases: this.list(() => this.next()), targets: this.list(() => this.block()) };
      case 'br':
      case 'condbr':
        return { targets: this.list(() => this.block()) };
      default:
        return undefined;
    }
  }

  private fill(args: Value[]): void {
    const { operands, texts } = this.packed;
    for (let i = 0; i < args.length; i++) {
      const word = at(operands, this.operand++);
      const number = Math.floor(word / KINDS);
      switch (word % KINDS) {
        case CONST:
          args[i] = constant(at(TYPES, number), at(operands, this.operand++));
          break;
        case SYMBOL:
          args[i] = symbol(at(texts, number), at(operands, this.operand++));
          break;
        case UNDEF:
          args[i] = undef(at(TYPES, number));
          break;
        case PARAM:
          args[i] = at(this.fn.params, number);
          break;
        default:
          args[i] = at(this.instrs, number);
      }
    }
  }

  private next(): number {
    return at(this.packed.words, this.word++);
  }
  private text(): string {
    return at(this.packed.texts, this.next());
  }
  private block(): Block {
    return at(this.blocks, this.next());
  }
  private list<T>(one: () => T): T[] {
    const count = this.next();
    const all: T[] = [];
    for (let i = 0; i < count; i++) all.push(one());
    return all;
  }

  private origin(): Origin {
    const node = this.next();
    const span = this.next();
    const key = node * this.places.spans.length + span;
    let origin = this.origins.get(key);
    if (!origin) {
      origin = { node: at(this.places.nodes, node), span: at(this.places.spans, span) };
      this.origins.set(key, origin);
    }
    return origin;
  }
}
