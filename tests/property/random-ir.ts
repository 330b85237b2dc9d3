/**
 * Random IR modules for tests of what stands behind the IR: every operation and type, loops that end, diamonds, switches, calls with
 * many arguments, variadic ones, phis with swaps, addresses of all shapes. What a program computes goes to the console, so that a run
 * can be compared byte by byte.
 */
import { Random } from '../../src/core/base/random';
import { constant, createFunction, symbol } from '../../src/core/compiler/4-ir/build';
import { Builder } from '../../src/core/compiler/4-ir/builder';
import type { BinaryOp, Block, IrFunction, IrModule, IrType, Predicate, Value } from '../../src/core/compiler/4-ir/ir';

const BINARY: readonly BinaryOp[] = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'lshr', 'ashr', 'add', 'sub'];
const DIVISION: readonly BinaryOp[] = ['udiv', 'sdiv', 'urem', 'srem'];
const PREDICATES: readonly Predicate[] = ['eq', 'ne', 'ult', 'ule', 'ugt', 'uge', 'slt', 'sle', 'sgt', 'sge'];
const TYPES: readonly IrType[] = ['i8', 'i16', 'i32', 'i16', 'i8'];
const BITS: Readonly<Record<string, number>> = { i1: 1, i8: 8, i16: 16, i32: 32 };
const ARRAY_BYTES = 64;
const CONSOLE_PORT = 0x10;

export function randomModule(seed: number, size = 30): IrModule {
  return new Generator(seed, size).module();
}

class Generator {
  private readonly random: Random;
  private b!: Builder;
  private pool: Value[] = [];
  private budget = 0;
  private callees: IrFunction[] = [];
  private arrays: Value[] = [];

  constructor(
    seed: number,
    private readonly size: number,
  ) {
    this.random = new Random(seed, 'random-ir');
  }

  module(): IrModule {
    const functions: IrFunction[] = [];
    const count = 1 + this.random.below(3);
    for (let i = 0; i < count; i++) {
      const params = Array.from({ length: this.random.below(6) }, (_, n) => ({
        name: `p${n}`,
        type: this.pick(TYPES),
      }));
      const fn = createFunction(`f${i}`, params, this.pick(TYPES), {
        isStatic: true,
        variadic: this.random.below(4) === 0,
      });
      this.body(fn);
      functions.push(fn);
      this.callees.push(fn);
    }
    const main = createFunction('main', [], 'i16');
    this.body(main);
    functions.push(main);
    const bytes = Uint8Array.from({ length: ARRAY_BYTES }, () => this.random.below(256));
    const common = { relocations: [], readOnly: false, isStatic: false, isExtern: false, isVolatile: false, type: '' };
    const origin = main.origin;
    return {
      name: 'random',
      functions,
      globals: [
        { name: 'data', sizeBytes: ARRAY_BYTES, bytes, ...common, origin },
        { name: 'zero', sizeBytes: ARRAY_BYTES, ...common, origin },
      ],
    };
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)] as T;
  }

  private body(fn: IrFunction): void {
    this.b = new Builder(fn);
    this.pool = [...fn.params];
    this.arrays = [symbol('data'), symbol('zero')];
    if (this.random.below(2) === 0) {
      const local = this.b.alloca(ARRAY_BYTES, 'local');
      this.b.intrinsic('memset', [local, constant('i8', this.random.below(256))], ARRAY_BYTES);
      this.arrays.push(local);
    }
    if (fn.variadic) {
      const at = this.b.intrinsic('vastart', []);
      this.pool.push(this.b.load('i16', at));
    }
    this.budget = this.size;
    this.statements(2 + this.random.below(6), 0);
    for (let i = 0; i < 4; i++) this.print(this.value(this.pick(TYPES)));
    this.b.ret(this.value(fn.returns));
  }

  private statements(count: number, depth: number): void {
    for (let i = 0; i < count && this.budget > 0; i++) {
      this.budget--;
      const kind = this.random.below(depth < 3 ? 14 : 9);
      if (kind < 6) this.pool.push(this.expression());
      else if (kind < 8) this.store();
      else if (kind === 8) this.misc();
      else if (kind < 11) this.diamond(depth);
      else if (kind === 11) this.switch(depth);
      else this.loop(depth);
    }
  }

  private number(type: IrType): Value {
    const bits = BITS[type] as number;
    const shape = this.random.below(6);
    if (shape < 2) return constant(type, this.random.below(10));
    if (shape === 2) return constant(type, 2 ** this.random.below(bits));
    if (shape === 3) return constant(type, -1 - this.random.below(3));
    if (shape === 4) return constant(type, this.random.below(256) * (bits > 8 ? 256 : 1));
    return constant(type, this.random.below(2 ** bits));
  }

  private value(type: IrType): Value {
    const fitting = this.pool.filter((v) => v.type === type);
    if (fitting.length > 0 && this.random.below(5) > 0) {
      // Old values too, so that many are alive at once.
      return this.random.below(3) === 0 ? (fitting[fitting.length - 1] as Value) : this.pick(fitting);
    }
    if (this.pool.length > 0 && this.random.below(2) === 0 && type !== 'i1')
      return this.converted(this.pick(this.pool), type);
    return this.number(type);
  }

  private converted(value: Value, type: IrType): Value {
    const [from, to] = [BITS[value.type] as number, BITS[type] as number];
    if (from === to) return value;
    if (from > to) return this.b.cast('trunc', value, type);
    return this.b.cast(this.random.below(2) === 0 ? 'zext' : 'sext', value, type);
  }

  private condition(): Value {
    const type = this.pick(TYPES);
    const left = this.value(type);
    if (this.random.below(5) === 0) {
      const masked = this.b.binary('and', left, this.number(type));
      return this.b.compare(this.pick(['eq', 'ne']), masked, constant(type, 0));
    }
    return this.b.compare(this.pick(PREDICATES), left, this.value(type));
  }

  private expression(): Value {
    const type = this.pick(TYPES);
    switch (this.random.below(10)) {
      case 0:
        return this.b.select(this.condition(), this.value(type), this.value(type));
      case 1:
        return this.condition();
      case 2:
        return this.b.load(type, this.address(BITS[type] as number));
      case 3:
        return this.call();
      case 4: {
        const divisor = this.b.binary('or', this.value(type), constant(type, 1 + this.random.below(100)));
        const op = this.pick(DIVISION);
        const dividend = this.value(type);
        const result = this.b.binary(op, dividend, divisor);
        if (this.random.below(2) === 0) return result;
        return this.b.binary(this.pick(DIVISION), dividend, divisor);
      }
      case 5:
        return this.converted(this.value(this.pick(TYPES)), type);
      case 6: {
        const wide = type === 'i8' ? 'i16' : type;
        const low = this.b.cast('zext', this.value('i8'), wide);
        const high = this.b.binary('shl', this.b.cast('zext', this.value('i8'), wide), constant(wide, 8));
        return this.b.binary('or', high, low);
      }
      case 7: {
        // A product of extended factors.
        const cast = this.random.below(2) === 0 ? 'zext' : 'sext';
        return this.b.binary(
          'mul',
          this.b.cast(cast, this.value('i8'), 'i16'),
          this.b.cast(cast, this.value('i8'), 'i16'),
        );
      }
      default: {
        const op = this.pick(BINARY);
        const isShift = op === 'shl' || op === 'lshr' || op === 'ashr';
        const right =
          isShift && this.random.below(3) > 0
            ? constant(type, this.random.below((BITS[type] as number) + 2))
            : this.value(type);
        return this.b.binary(op, this.value(type), right);
      }
    }
  }

  /** An address inside an array, in one of the shapes that addressing modes cover. */
  private address(bits: number): Value {
    const array = this.pick(this.arrays);
    const limit = ARRAY_BYTES - bits / 8;
    const offset = constant('i16', this.random.below(limit));
    switch (this.random.below(4)) {
      case 0:
        return array.op === 'symbol' ? symbol(array.symbol, offset.value) : this.b.binary('add', array, offset);
      case 1: {
        const index = this.b.cast('zext', this.b.binary('and', this.value('i8'), constant('i8', 31)), 'i16');
        return this.b.binary('add', index, array);
      }
      case 2: {
        const index = this.b.binary('and', this.value('i16'), constant('i16', 31));
        return this.b.binary('add', this.b.binary('add', array, index), constant('i16', this.random.below(25)));
      }
      default: {
        const index = this.b.binary('and', this.value('i16'), constant('i16', 31));
        if (this.random.below(2) === 0) this.b.check(index, 32 + this.random.below(1000));
        return this.b.binary('add', array, index);
      }
    }
  }

  private store(): void {
    const type = this.pick(TYPES);
    const address = this.address(BITS[type] as number);
    this.b.store(address, this.value(type));
    if (this.random.below(3) === 0) this.pool.push(this.b.load(type, address));
  }

  private misc(): void {
    switch (this.random.below(3)) {
      case 0: {
        const size = 1 + this.random.below(20);
        const [from, to] = [symbol('data', 0), symbol('zero', this.random.below(40))];
        this.b.intrinsic('memcpy', [to, from], size);
        return;
      }
      case 1:
        this.b.intrinsic('memset', [this.address(8 * 28), this.value('i8')], 1 + this.random.below(28));
        return;
      default:
        this.print(this.value(this.pick(TYPES)));
    }
  }

  private print(value: Value): void {
    const bits = BITS[value.type] as number;
    for (let at = 0; at < Math.max(bits, 8); at += 8) {
      const part = at === 0 ? value : this.b.binary('lshr', value, constant(value.type, at));
      const byte = bits === 8 ? part : bits < 8 ? this.b.cast('zext', part, 'i8') : this.b.cast('trunc', part, 'i8');
      this.b.intrinsic('out', [constant('i8', CONSOLE_PORT), byte]);
    }
  }

  private call(): Value {
    if (this.callees.length === 0) return this.value('i16');
    const callee = this.pick(this.callees);
    const args = callee.params.map((param) => this.value(param.type));
    const target: Value = symbol(callee.name);
    if (!callee.variadic) {
      // Through a pointer sometimes: the address goes through memory, so that nobody sees what it is.
      if (this.random.below(4) > 0) return this.b.call(callee.returns, target, args);
      this.b.store(symbol('zero', 60), target);
      return this.b.call(callee.returns, this.b.load('i16', symbol('zero', 60), true), args);
    }
    const extra = [this.value('i16'), ...(this.random.below(2) === 0 ? [this.value('i32')] : [])];
    return this.b.call(callee.returns, target, [...args, ...extra], args.length);
  }

  private branchInto(block: Block, depth: number): Value[] {
    const outer = this.pool.slice();
    this.b.block = block;
    this.statements(1 + this.random.below(4), depth + 1);
    const results = TYPES.slice(0, 3).map((type) => this.value(type));
    this.pool = outer;
    return results;
  }

  private diamond(depth: number): void {
    const condition = this.condition();
    const [yes, no, join] = [this.b.addBlock('yes'), this.b.addBlock('no'), this.b.addBlock('join')];
    this.b.condbr(condition, yes, no);
    const a = this.branchInto(yes, depth);
    this.b.br(join);
    const c =
      this.random.below(2) === 0
        ? this.branchInto(no, depth)
        : ((this.b.block = no), TYPES.slice(0, 3).map((t) => this.value(t)));
    this.b.br(join);
    this.b.block = join;
    a.forEach((value, i) => this.pool.push(this.b.phi(value.type, [value, c[i] as Value])));
  }

  private switch(depth: number): void {
    const type = this.pick(TYPES);
    const bits = BITS[type] as number;
    const count = 1 + this.random.below(9);
    const start = this.random.below(2 ** Math.min(bits, 8) - 30);
    const dense = this.random.below(2) === 0;
    const cases = [
      ...new Set(Array.from({ length: count }, (_, i) => (dense ? start + i : this.random.below(2 ** bits)))),
    ];
    const join = this.b.addBlock('join');
    const arms = Array.from({ length: 1 + this.random.below(3) }, () => this.b.addBlock('arm'));
    const value = this.random.below(2) === 0 ? this.value(type) : this.nearby(type, start);
    this.b.switch(value, cases, [this.pick(arms), ...cases.map(() => this.pick(arms))]);
    const results: Value[][] = [];
    for (const arm of arms) {
      if (arm.preds.length === 0) {
        // Nobody came here: reach it from nowhere is not allowed, so leave it out.
        this.b.fn.blocks.splice(this.b.fn.blocks.indexOf(arm), 1);
        continue;
      }
      results.push(this.branchInto(arm, depth));
      this.b.br(join);
    }
    this.b.block = join;
    (results[0] as Value[]).forEach((first, i) =>
      this.pool.push(
        this.b.phi(
          first.type,
          results.map((r) => r[i] as Value),
        ),
      ),
    );
  }

  private nearby(type: IrType, start: number): Value {
    const masked = this.b.binary('and', this.value(type), constant(type, 7));
    return this.b.binary('add', masked, constant(type, start));
  }

  /** A counted loop with phis, two of which change places each time. */
  private loop(depth: number): void {
    const [a, b2] = [this.value('i16'), this.value('i16')];
    const wide = this.value('i32');
    const [head, after] = [this.b.addBlock('loop'), this.b.addBlock('after')];
    this.b.br(head);
    this.b.block = head;
    const type = this.pick(TYPES.slice(0, 2));
    const count = 1 + this.random.below(5);
    const counter = this.b.phi(type, [constant(type, 0)]);
    const x = this.b.phi('i16', [a]);
    const y = this.b.phi('i16', [b2]);
    const sum = this.b.phi('i32', [wide]);
    const outer = this.pool.slice();
    this.pool.push(counter, x, y, sum);
    this.statements(1 + this.random.below(5), depth + 1);
    const next = this.b.binary('add', counter, constant(type, 1));
    const added = this.b.binary('add', sum, this.value('i32'));
    const backX = this.random.below(2) === 0 ? y : this.value('i16');
    const backY = this.random.below(2) === 0 ? x : this.value('i16');
    const goesOn = this.b.compare('ult', next, constant(type, count));
    this.b.condbr(goesOn, head, after);
    counter.args.push(next);
    x.args.push(backX);
    y.args.push(backY);
    sum.args.push(added);
    this.pool = [...outer, next, x, y, sum, added];
    this.b.block = after;
  }
}
