/** Expressions of integers, typed as C types them, so that every shift, division and index can be kept in bounds. */
import { common, interesting, literal, promoted, spelled, BYTES, type IntType } from './int-types';
import { atom, expr, fixed, guard, operand, PRIMARY, type Part, type Piece } from './pieces';
import { addressOf, index, place, read, structAddress, structPlace, type Place } from './places';
import type { Context, Fn } from './scope';

export interface Typed {
  readonly piece: Piece;
  readonly type: IntType;
}

const BINARY: Readonly<Record<string, number>> = { '|': 5, '^': 6, '&': 7, '+': 11, '-': 11, '*': 12 };
const COMPARE: Readonly<Record<string, number>> = { '==': 8, '!=': 8, '<': 9, '<=': 9, '>': 9, '>=': 9 };
/** Of a statement `place OP= value`, with shifts and divisions apart. */
const COMPOUND = ['+', '-', '*', '&', '|', '^', '+', '-'];
const LETTERS = 'the quick brown fox jumps over';

export class Expressions {
  /** Whether the present place may change something: in strict programs only between sequence points. */
  private effects: boolean;

  constructor(private readonly c: Context) {
    this.effects = !c.profile.strict;
  }

  readonly any = (depth: number): Typed => {
    const { c } = this;
    c.spend(1);
    if (depth <= 0 || c.oneIn(6)) return this.leaf();
    const choice = c.below(100);
    if (choice < 34) return this.binary(depth);
    if (choice < 42) return this.shift(depth);
    if (choice < 49) return this.division(depth);
    if (choice < 59) return this.compare(depth);
    if (choice < 64) return this.logical(depth);
    if (choice < 70) return this.unary(depth);
    if (choice < 77) return this.cast(depth);
    if (choice < 83) return this.conditional(depth);
    if (choice < 85) return this.comma(depth);
    if (choice < 92) return this.call(depth) ?? this.leaf();
    if (choice < 95) return this.odd(depth);
    return this.effects ? this.assignment(depth) : this.binary(depth);
  };

  condition(depth: number): Piece {
    const { c } = this;
    const choice = c.below(10);
    if (choice < 6) return this.compare(depth).piece;
    return (choice < 8 ? this.logical(depth) : this.any(depth)).piece;
  }

  constant(type: IntType): Typed {
    const { c } = this;
    const { text, type: wide } = literal(type, interesting(type, c.random), c.random);
    return { piece: atom(text), type: wide };
  }

  place(writable = false): Place | undefined {
    return place(this.c, this.any, { writable });
  }

  private leaf(): Typed {
    const { c } = this;
    if (c.oneIn(4)) return this.constant(c.intType());
    if (c.oneIn(40)) return { piece: atom(`'${c.pick(['a', 'Z', '0', '\\n', '\\0', '~'])}'`), type: 'i16' };
    const found = this.place();
    return found ? read(found) : this.constant(c.intType());
  }

  private binary(depth: number): Typed {
    const { c } = this;
    const operator = c.pick(Object.keys(BINARY));
    const rank = BINARY[operator] as number;
    const left = this.any(depth - 1);
    const right = c.oneIn(3) ? this.constant(c.oneIn(2) ? 'u8' : left.type) : this.any(depth - 1);
    return {
      piece: expr(rank, operand(left.piece, rank), ` ${operator} `, operand(right.piece, rank + 1)),
      type: common(left.type, right.type),
    };
  }

  /** Strict: the amount is masked to the width, and the cast keeps the width whatever the operand is made into. */
  private shift(depth: number): Typed {
    const { c } = this;
    const left = this.any(depth - 1);
    const type = promoted(left.type);
    const operator = c.oneIn(2) ? ' << ' : ' >> ';
    const amount = this.amount(type, depth - 1);
    if (!c.profile.strict) return { piece: expr(10, operand(left.piece, 10), operator, operand(amount, 11)), type };
    return {
      piece: expr(10, `(${spelled(type, c.random)})`, operand(left.piece, 13), operator, operand(amount, 11)),
      type,
    };
  }

  private amount(type: IntType, depth: number): Piece {
    const { c } = this;
    const width = BYTES[promoted(type)] * 8;
    if (c.below(5) < 3) return atom(String(c.pick([1, 1, 2, 3, 4, 7, 8, 9, 15, 16, 24, 31].filter((n) => n < width))));
    const { piece } = this.any(depth);
    if (!c.profile.strict && c.oneIn(2)) return piece;
    return guard(
      ['1'],
      operand({ ...fixed(''), parts: [operand(piece, 8), ` & ${width - 1}`], precedence: 7 }, PRIMARY),
    );
  }

  private division(depth: number): Typed {
    const { c } = this;
    const left = this.any(depth - 1);
    const operator = c.oneIn(2) ? ' / ' : ' % ';
    const right = this.divisor(depth - 1);
    return {
      piece: expr(12, operand(left.piece, 12), operator, operand(right.piece, 13)),
      type: common(left.type, right.type),
    };
  }

  /** Never zero and never -1, but for the rare one in programs where both are defined. */
  private divisor(depth: number): Typed {
    const { c } = this;
    if (c.oneIn(2)) {
      const { text, type } = literal(c.intType(), c.pick([1, 2, 3, 4, 5, 7, 8, 10, 16, 60, 100, 127]), c.random);
      return { piece: guard(['1', '3'], text), type };
    }
    const { piece, type } = this.any(depth);
    if (!c.profile.strict && c.oneIn(12)) return { piece, type };
    const mask = c.profile.strict || c.oneIn(2) ? [' & 0x7f'] : [];
    const inner: Part = mask.length > 0 ? operand(piece, 8) : operand(piece, 6);
    return { piece: guard(['1', '3'], '((', inner, ...mask, ') | 1)'), type: promoted(type) };
  }

  private compare(depth: number): Typed {
    const { c } = this;
    if (c.oneIn(25)) return this.comparePointers();
    const operator = c.pick(Object.keys(COMPARE));
    const rank = COMPARE[operator] as number;
    const left = this.any(depth - 1);
    const right = c.oneIn(2) ? this.constant(left.type) : this.any(depth - 1);
    return {
      piece: expr(rank, operand(left.piece, rank + 1), ` ${operator} `, operand(right.piece, rank + 1)),
      type: 'i16',
    };
  }

  /** Two places in one array: their order, or how far they are apart. */
  private comparePointers(): Typed {
    const { c } = this;
    const arrays = c.visible().filter(({ shape }) => shape.kind === 'array' && shape.dims.length === 1);
    if (arrays.length === 0) return this.constant('i16');
    const { name, shape } = c.pick(arrays);
    const length = shape.kind === 'array' ? (shape.dims[0] as number) : 1;
    const at = () => guard(['0'], index(c, length, this.any));
    const operator = c.pick(['<', '>', '<=', '==', '!=', '-']);
    return {
      piece: guard(['0', '1'], `(&${name}[`, at(), `] ${operator} &${name}[`, at(), '])'),
      type: 'i16',
    };
  }

  private logical(depth: number): Typed {
    const { c } = this;
    const isAnd = c.oneIn(2);
    const rank = isAnd ? 4 : 3;
    const left = this.condition(depth - 1);
    const right = this.condition(depth - 1);
    // && inside || is written with parentheses: compilers warn otherwise.
    return { piece: expr(rank, operand(left, 5), isAnd ? ' && ' : ' || ', operand(right, 5)), type: 'i16' };
  }

  private unary(depth: number): Typed {
    const { c } = this;
    const inner = this.any(depth - 1);
    const operator = c.pick(['-', '~', '!', '+', '-', '~']);
    return {
      piece: expr(13, `${operator}`, operand(inner.piece, PRIMARY)),
      type: operator === '!' ? 'i16' : promoted(inner.type),
    };
  }

  private cast(depth: number): Typed {
    const { c } = this;
    const type = c.intType();
    return { piece: expr(13, `(${spelled(type, c.random)})`, operand(this.any(depth - 1).piece, 13)), type };
  }

  private conditional(depth: number): Typed {
    const yes = this.any(depth - 1);
    const no = this.any(depth - 1);
    return {
      piece: expr(2, operand(this.condition(depth - 1), 3), ' ? ', operand(yes.piece, 3), ' : ', operand(no.piece, 3)),
      type: common(yes.type, no.type),
    };
  }

  private comma(depth: number): Typed {
    const right = this.any(depth - 1);
    const left = this.effects ? this.any(depth - 1).piece : expr(13, '(void)', operand(this.any(depth - 1).piece, 13));
    return { piece: expr(0, operand(left, 1), ', ', operand(right.piece, 1)), type: right.type };
  }

  /** What is seldom written: sizeof, elements of a string, pointer differences. */
  private odd(depth: number): Typed {
    const { c } = this;
    switch (c.below(3)) {
      case 0:
        return { piece: guard(['1'], `sizeof(${spelled(c.intType(), c.random)})`), type: 'u16' };
      case 1:
        return {
          piece: guard(
            ['0'],
            `"${LETTERS.slice(0, 8 + c.below(8))}"[`,
            index(c, 8, (n) => this.any(Math.min(n, depth))),
            ']',
          ),
          type: 'u8',
        };
      default:
        return this.comparePointers();
    }
  }

  // ---------------------------------------------------------------- calls

  /** Of a function that changes nothing; in free programs of any. */
  private call(depth: number): Typed | undefined {
    const { c } = this;
    if (c.tables.length > 0 && c.oneIn(3)) {
      const table = c.pick(c.tables);
      if (c.affords(table.cost)) {
        c.spend(table.cost);
        const argument = () => operand(this.any(depth - 1).piece, 1);
        const at = index(c, table.length, this.any);
        return { piece: expr(14, `${table.name}[`, at, '](', argument(), ', ', argument(), ')'), type: table.type };
      }
    }
    const fn = this.callable(({ pure, returns }) => (pure || (this.effects && !c.pure)) && returns !== undefined);
    if (!fn) return undefined;
    const piece = this.callOf(fn, depth);
    if (typeof fn.returns === 'string') return { piece, type: fn.returns };
    const field = fn.returns?.fields.find((f) => f.inner === undefined && f.length === undefined);
    return field && { piece: expr(14, piece, `.${field.name}`), type: field.type };
  }

  callable(wanted: (fn: Fn) => boolean): Fn | undefined {
    const { c } = this;
    const fns = c.functions.filter((fn) => wanted(fn) && c.affords(fn.cost));
    return fns.length > 0 ? c.pick(fns) : undefined;
  }

  callOf(fn: Fn, depth: number, depthArgument?: Piece): Piece {
    const { c } = this;
    c.spend(fn.cost);
    const args = fn.params.map((shape, i): Part => {
      if (i === 0 && fn.recursive)
        return depthArgument ?? guard(['0', '1'], '(', operand(this.any(depth - 1).piece, 8), ' & 3)');
      switch (shape.kind) {
        case 'int':
          return operand(this.any(depth - 1).piece, 1);
        case 'pointer':
          return addressOf(c, shape.type, shape.length, this.any);
        case 'structPointer':
          return structAddress(c, shape.struct, this.any);
        case 'struct':
          return structPlace(c, shape.struct, this.any);
        default:
          throw new Error(`no argument of kind ${shape.kind}`);
      }
    });
    return expr(14, `${fn.name}(`, ...args.flatMap((arg, i) => (i > 0 ? [', ', arg] : [arg])), ')');
  }

  // ---------------------------------------------------------------- changes

  /** An assignment as an expression; its value is read. */
  private assignment(depth: number): Typed {
    const { c } = this;
    const target = this.place(true);
    if (!target) return this.leaf();
    if (c.oneIn(3)) return { piece: this.step(target), type: target.type };
    return { piece: this.assign(target, depth), type: target.type };
  }

  /** `++` or `--`, before or after. */
  step({ piece }: Place): Piece {
    const { c } = this;
    const operator = c.oneIn(2) ? '++' : '--';
    return c.oneIn(2) ? expr(14, operand(piece, PRIMARY), operator) : expr(13, operator, operand(piece, 13));
  }

  assign({ piece, type }: Place, depth: number): Piece {
    const { c } = this;
    const choice = c.below(20);
    if (choice < 10) return expr(1, operand(piece, 13), ' = ', operand(this.any(depth).piece, 1));
    if (choice < 17)
      return expr(1, operand(piece, 13), ` ${c.pick(COMPOUND)}= `, operand(this.any(depth - 1).piece, 1));
    if (choice < 19)
      return expr(1, operand(piece, 13), c.oneIn(2) ? ' <<= ' : ' >>= ', operand(this.amount(type, depth - 1), 1));
    return expr(1, operand(piece, 13), c.oneIn(2) ? ' /= ' : ' %= ', operand(this.divisor(depth - 1).piece, 1));
  }
}
