/**
 * The rules of instruction combining. Each looks at one instruction; the answer is the value to use instead, the instruction itself
 * if it was changed in place, or undefined. Every law holds modulo 2^n; shifts by the width or more give 0 (ashr: the sign).
 */
import { constant, isBinary, isCommutative, isConst, sameValue, symbol, undef } from '../4-ir/build';
import { canonical, foldBinary, INVERSE, MASK, signed, SWAPPED } from '../4-ir/fold';
import {
  WIDTH,
  type BinaryInstr,
  type BinaryOp,
  type CastInstr,
  type CompareInstr,
  type Instr,
  type IrType,
  type Predicate,
  type Value,
} from '../4-ir/ir';
import type { Combiner } from './combine';
import { foldInstr } from './constant-folding';

export function combineInstr(instr: Instr, c: Combiner): Value | undefined {
  const folded = foldInstr(instr);
  if (folded) return folded;
  switch (instr.op) {
    case 'icmp':
      return combineCompare(instr, c);
    case 'zext':
    case 'sext':
    case 'trunc':
      return combineCast(instr, c);
    case 'select':
      return combineSelect(instr.args, instr.type, c);
    case 'condbr': {
      const [condition] = instr.args;
      if (condition.op !== 'xor' || !isConst(condition.args[1], 1)) return undefined;
      instr.args[0] = condition.args[0];
      instr.targets = [instr.targets[1], instr.targets[0]];
      return instr;
    }
    case 'switch':
      return combineSwitch(instr);
    case 'check': {
      const [index] = instr.args;
      if (index.op !== 'zext' || instr.bound > MASK[index.args[0].type]) return undefined;
      instr.args[0] = index.args[0];
      return instr;
    }
    default:
      return isBinary(instr) ? combineBinary(instr, c) : undefined;
  }
}

const binary = (c: Combiner, op: BinaryOp, a: Value, b: Value): BinaryInstr =>
  c.emit<BinaryInstr>({ op, type: a.type, args: [a, b] });
const cast = (c: Combiner, op: CastInstr['op'], type: IrType, a: Value): Value =>
  a.type === type ? a : c.emit<CastInstr>({ op, type, args: [a] });
const compare = (c: Combiner, predicate: Predicate, a: Value, b: Value): CompareInstr =>
  c.emit<CompareInstr>({ op: 'icmp', type: 'i1', predicate, args: [a, b] });

const isFixed = (value: Value): boolean => value.op === 'const' || value.op === 'symbol';

// ---------------------------------------------------------------- arithmetic

function combineBinary(instr: BinaryInstr, c: Combiner): Value | undefined {
  const { op, type } = instr;
  const [a, b] = instr.args;
  if (isCommutative(op) && isFixed(a) && !isFixed(b)) {
    instr.args = [b, a];
    return combineBinary(instr, c) ?? instr;
  }
  if (b.op === 'const') return withConstant(instr, a, b.value, c) ?? reassociate(instr, c);
  if (sameValue(a, b) && a.op !== 'undef') {
    if (op === 'sub' || op === 'xor') return constant(type, 0);
    if (op === 'and' || op === 'or') return a;
  }
  if (op === 'sub' && isConst(a, 0) && b.op === 'sub' && isConst(b.args[0], 0)) return b.args[1];
  if (op === 'add' && b.op === 'sub' && isConst(b.args[0], 0)) return binary(c, 'sub', a, b.args[1]);
  if (op === 'sub' && b.op === 'sub' && isConst(b.args[0], 0)) return binary(c, 'add', a, b.args[1]);
  // x + y - x, x - (x - y)
  if (op === 'sub' && a.op === 'add' && a.args[0] === b) return a.args[1];
  if (op === 'sub' && a.op === 'add' && a.args[1] === b) return a.args[0];
  if (type === 'i1') return undefined;
  return reassociate(instr, c);
}

function withConstant(instr: BinaryInstr, a: Value, k: number, c: Combiner): Value | undefined {
  const { op, type } = instr;
  const ones = MASK[type];
  switch (op) {
    case 'add':
      return k === 0 ? a : undefined;
    case 'sub':
      return k === 0 ? a : binary(c, 'add', a, constant(type, -k));
    case 'mul':
      return k === 0
        ? constant(type, 0)
        : k === 1
          ? a
          : k === ones
            ? binary(c, 'sub', constant(type, 0), a)
            : undefined;
    case 'and':
      if (k === 0) return constant(type, 0);
      if (k === ones) return a;
      // Taking the low byte is an extension on this machine: one word instead of two.
      if (k === 0xff) return cast(c, 'zext', type, cast(c, 'trunc', 'i8', a));
      if (k === 0xffff) return cast(c, 'zext', type, cast(c, 'trunc', 'i16', a));
      return a.op === 'zext' && a.args[0].type !== 'i1' ? maskNarrow(type, a.args[0], k, c) : undefined;
    case 'or':
      return k === 0 ? a : k === ones ? constant(type, ones) : undefined;
    case 'xor':
      if (k === 0) return a;
      if (k === 1 && a.op === 'icmp' && c.usedOnce(a)) return compare(c, INVERSE[a.predicate], a.args[0], a.args[1]);
      if (k === 1 && type !== 'i1' && a.op === 'zext' && a.args[0].type === 'i1')
        return cast(c, 'zext', type, binary(c, 'xor', a.args[0], constant('i1', 1)));
      return undefined;
    case 'shl':
    case 'lshr':
      return k === 0 ? a : k >= WIDTH[type] ? constant(type, 0) : shiftOfCast(op, type, a, k, c);
    case 'ashr':
      if (k >= WIDTH[type]) return binary(c, 'ashr', a, constant(type, WIDTH[type] - 1));
      return k === 0 ? a : a.op === 'zext' ? binary(c, 'lshr', a, constant(type, k)) : undefined;
    case 'udiv':
      return k === 1 ? a : undefined;
    case 'sdiv':
      return k === 1 ? a : k === ones ? binary(c, 'sub', constant(type, 0), a) : undefined;
    case 'urem':
      return k === 1 ? constant(type, 0) : undefined;
    case 'srem':
      return k === 1 || k === ones ? constant(type, 0) : undefined;
  }
}

/** zext(x) & k is zext(x & k): the work is done on the narrow value. */
function maskNarrow(type: IrType, narrow: Value, k: number, c: Combiner): Value {
  const mask = k & MASK[narrow.type];
  if (mask === MASK[narrow.type]) return cast(c, 'zext', type, narrow);
  return cast(c, 'zext', type, binary(c, 'and', narrow, constant(narrow.type, mask)));
}

/** A right shift of an extended value that leaves nothing, or stays inside the narrow type. */
function shiftOfCast(op: 'shl' | 'lshr', type: IrType, a: Value, k: number, c: Combiner): Value | undefined {
  if (op !== 'lshr' || a.op !== 'zext') return undefined;
  const narrow = a.args[0];
  if (k >= WIDTH[narrow.type]) return constant(type, 0);
  return c.usedOnce(a) ? cast(c, 'zext', type, binary(c, 'lshr', narrow, constant(narrow.type, k))) : undefined;
}

/** Moves constants outward: (x op c1) op c2, (x + c) + y, (x + c) * k. */
function reassociate(instr: BinaryInstr, c: Combiner): Value | undefined {
  const { op, type } = instr;
  const [a, b] = instr.args;
  if (!isBinary(a)) return op === 'add' && isBinary(b) ? addOutward(b, a, c) : undefined;
  const [x, inner] = a.args;
  if (b.op === 'const' && inner.op === 'const') {
    if (a.op === op && (op === 'add' || op === 'mul' || op === 'and' || op === 'or' || op === 'xor'))
      return binary(c, op, x, constant(type, foldBinary(op, type, inner.value, b.value) as number));
    if (a.op === op && (op === 'shl' || op === 'lshr'))
      return binary(c, op, x, constant(type, Math.min(inner.value + b.value, WIDTH[type])));
    if (a.op === 'add' && (op === 'mul' || op === 'shl')) {
      const scaled = foldBinary(op, type, inner.value, b.value) as number;
      return binary(c, 'add', binary(c, op, x, b), constant(type, scaled));
    }
    if (op === 'mul' && a.op === 'shl' && inner.value < WIDTH[type])
      return binary(c, 'mul', x, constant(type, Math.imul(b.value, 1 << inner.value)));
    if (op === 'shl' && a.op === 'mul')
      return binary(c, 'mul', x, constant(type, Math.imul(inner.value, 1 << b.value)));
    if (op === 'and' && a.op === 'or' && (inner.value & b.value) === 0) return binary(c, 'and', x, b);
    if (op === 'lshr' && a.op === 'shl' && inner.value === b.value && inner.value < WIDTH[type])
      return binary(c, 'and', x, constant(type, MASK[type] >>> b.value));
  }
  if (op === 'add' && a.op === 'add' && isFixed(inner) && isFixed(b)) {
    if (inner.op === 'symbol' && b.op === 'const')
      return binary(c, 'add', x, symbol(inner.symbol, inner.offset + b.value));
    if (inner.op === 'const' && b.op === 'symbol') return binary(c, 'add', x, symbol(b.symbol, b.offset + inner.value));
    return undefined;
  }
  if (isFixed(b)) return undefined;
  if (op === 'add') return addOutward(a, b, c) ?? (isBinary(b) ? addOutward(b, a, c) : undefined);
  if (op === 'sub' && a.op === 'add' && inner.op === 'const' && c.usedOnce(a))
    return binary(c, 'add', binary(c, 'sub', x, b), inner);
  return undefined;
}

/** (x + c) + y is (x + y) + c. */
function addOutward(sum: BinaryInstr, other: Value, c: Combiner): Value | undefined {
  const [x, k] = sum.args;
  if (sum.op !== 'add' || !isFixed(k) || isFixed(other) || !c.usedOnce(sum)) return undefined;
  return binary(c, 'add', binary(c, 'add', x, other), k);
}

// ---------------------------------------------------------------- conversions

function combineCast(instr: CastInstr, c: Combiner): Value | undefined {
  const [a] = instr.args;
  const { type } = instr;
  if (a.op === 'undef') return instr.op === 'trunc' ? undef(type) : constant(type, 0);
  if (instr.op === 'trunc' && isBinary(a)) return truncatedSum(type, a, c);
  if (a.op !== 'zext' && a.op !== 'sext' && a.op !== 'trunc') return undefined;
  const source = a.args[0];
  if (instr.op === 'trunc') {
    if (a.op === 'trunc') return cast(c, 'trunc', type, source);
    return cast(c, WIDTH[source.type] > WIDTH[type] ? 'trunc' : a.op, type, source);
  }
  if (a.op === 'trunc') return undefined;
  if (a.op === instr.op || a.op === 'zext') return cast(c, a.op, type, source);
  return undefined;
}

/** The low bits of a sum of extended values are the sum of the values: `i = i + 1` on a byte is one in bytes again. */
function truncatedSum(type: IrType, a: BinaryInstr, c: Combiner): Value | undefined {
  if (a.op !== 'add' && a.op !== 'sub' && a.op !== 'and' && a.op !== 'or' && a.op !== 'xor') return undefined;
  if (!c.usedOnce(a) || type === 'i1') return undefined;
  const isNarrow = (x: Value) => (x.op === 'zext' || x.op === 'sext') && x.args[0].type === type;
  if (!a.args.some(isNarrow) || !a.args.every((x) => isNarrow(x) || x.op === 'const')) return undefined;
  const [x, y] = a.args.map((arg) => (arg.op === 'const' ? constant(type, arg.value) : (arg as CastInstr).args[0])) as [
    Value,
    Value,
  ];
  return binary(c, a.op, x, y);
}

function combineSelect(args: readonly [Value, Value, Value], type: IrType, c: Combiner): Value | undefined {
  const [condition, whenTrue, whenFalse] = args;
  if (sameValue(whenTrue, whenFalse)) return whenTrue;
  if (whenTrue.op !== 'const' || whenFalse.op !== 'const') return undefined;
  const flip = whenTrue.value === 0 && whenFalse.value === 1;
  if (!flip && !(whenTrue.value === 1 && whenFalse.value === 0)) return undefined;
  const bit = flip ? binary(c, 'xor', condition, constant('i1', 1)) : condition;
  return cast(c, 'zext', type, bit);
}

function combineSwitch(instr: Extract<Instr, { op: 'switch' }>): Value | undefined {
  const [value] = instr.args;
  if (value.op !== 'zext' && value.op !== 'sext') return undefined;
  const narrow = value.args[0];
  const extend = (k: number) => canonical(value.type, value.op === 'sext' ? signed(narrow.type, k) : k);
  // A case that the narrow value cannot have would need its edge removed: simplify-cfg does not see it, so leave those alone.
  if (narrow.type === 'i1' || instr.cases.some((k) => extend(k & MASK[narrow.type]) !== k)) return undefined;
  instr.args[0] = narrow;
  instr.cases = instr.cases.map((k) => k & MASK[narrow.type]);
  return instr;
}

// ---------------------------------------------------------------- comparisons

const UNSIGNED: Readonly<Record<Predicate, Predicate>> = {
  eq: 'eq',
  ne: 'ne',
  ult: 'ult',
  ule: 'ule',
  ugt: 'ugt',
  uge: 'uge',
  slt: 'ult',
  sle: 'ule',
  sgt: 'ugt',
  sge: 'uge',
};

function combineCompare(instr: CompareInstr, c: Combiner): Value | undefined {
  const [a, b] = instr.args;
  const { predicate } = instr;
  if (sameValue(a, b) && a.op !== 'undef') {
    const holds = predicate === 'eq' || (predicate.endsWith('e') && predicate !== 'ne');
    return constant('i1', holds ? 1 : 0);
  }
  if (isFixed(a) && !isFixed(b)) {
    instr.args = [b, a];
    instr.predicate = SWAPPED[predicate];
    return combineCompare(instr, c) ?? instr;
  }
  if (a.op === 'zext' && b.op === 'zext' && a.args[0].type === b.args[0].type && a.args[0].type !== 'i1')
    return compare(c, UNSIGNED[predicate], a.args[0], b.args[0]);
  if (a.op === 'sext' && b.op === 'sext' && a.args[0].type === b.args[0].type)
    return compare(c, predicate, a.args[0], b.args[0]);
  return b.op === 'const' ? compareConstant(instr, a, b.value, c) : undefined;
}

function compareConstant(instr: CompareInstr, a: Value, k: number, c: Combiner): Value | undefined {
  const { predicate } = instr;
  const { type } = a;
  const trivial = boundary(predicate, type, k);
  if (trivial !== undefined) return constant('i1', trivial ? 1 : 0);
  if ((a.op === 'zext' || a.op === 'sext') && a.args[0].type !== 'i1')
    return compareExtended(a as CastInstr, predicate, k, c);
  if (a.op === 'zext' && (predicate === 'eq' || predicate === 'ne')) {
    if (k > 1) return constant('i1', predicate === 'ne' ? 1 : 0);
    return (k === 1) === (predicate === 'eq') ? a.args[0] : binary(c, 'xor', a.args[0], constant('i1', 1));
  }
  if (predicate === 'eq' || predicate === 'ne') {
    if (isBinary(a)) return equalsConstant(instr, a, k, c);
    return undefined;
  }
  return towardZero(instr, predicate, type, k);
}

/** Comparisons that a constant at the end of the range decides. */
function boundary(predicate: Predicate, type: IrType, k: number): boolean | undefined {
  const max = MASK[type];
  const top = 2 ** (WIDTH[type] - 1);
  switch (predicate) {
    case 'ult':
      return k === 0 ? false : undefined;
    case 'uge':
      return k === 0 ? true : undefined;
    case 'ugt':
      return k === max ? false : undefined;
    case 'ule':
      return k === max ? true : undefined;
    case 'slt':
      return k === top ? false : undefined;
    case 'sge':
      return k === top ? true : undefined;
    case 'sgt':
      return k === top - 1 ? false : undefined;
    case 'sle':
      return k === top - 1 ? true : undefined;
    default:
      return undefined;
  }
}

/** Brings a comparison to one with 0, for which the flags of an earlier instruction may serve. */
function towardZero(instr: CompareInstr, predicate: Predicate, type: IrType, k: number): Value | undefined {
  const change = (next: Predicate): Value => {
    instr.predicate = next;
    instr.args[1] = constant(type, 0);
    return instr;
  };
  const ones = MASK[type];
  if (predicate === 'ult' && k === 1) return change('eq');
  if (predicate === 'ule' && k === 0) return change('eq');
  if (predicate === 'uge' && k === 1) return change('ne');
  if (predicate === 'ugt' && k === 0) return change('ne');
  if (predicate === 'sgt' && k === ones) return change('sge');
  if (predicate === 'sle' && k === ones) return change('slt');
  return undefined;
}

/** Compares the narrow value with the constant brought down, or decides if the constant is outside its range. */
function compareExtended(a: CastInstr, predicate: Predicate, k: number, c: Combiner): Value | undefined {
  const narrow = a.args[0];
  const small = k & MASK[narrow.type];
  const back = canonical(a.type, a.op === 'sext' ? signed(narrow.type, small) : small);
  if (back === k)
    return compare(c, a.op === 'zext' ? UNSIGNED[predicate] : predicate, narrow, constant(narrow.type, small));
  if (predicate === 'eq' || predicate === 'ne') return constant('i1', predicate === 'ne' ? 1 : 0);
  if (a.op !== 'zext') return undefined;
  // Outside 0..max of the narrow type: below all of them (a negative constant, signed) or above all.
  const below = predicate.startsWith('s') && signed(a.type, k) < 0;
  const less = predicate === 'ult' || predicate === 'ule' || predicate === 'slt' || predicate === 'sle';
  return constant('i1', less !== below ? 1 : 0);
}

function equalsConstant(instr: CompareInstr, a: BinaryInstr, k: number, c: Combiner): Value | undefined {
  const [x, y] = a.args;
  const { type } = a;
  if (k === 0 && (a.op === 'sub' || a.op === 'xor') && y.op !== 'const') return compare(c, instr.predicate, x, y);
  if (a.op === 'add' && y.op === 'const' && c.usedOnce(a))
    return compare(c, instr.predicate, x, constant(type, k - y.value));
  if (a.op === 'xor' && y.op === 'const') return compare(c, instr.predicate, x, constant(type, (k ^ y.value) >>> 0));
  if (a.op === 'and' && y.op === 'const' && k !== 0 && k === y.value && (k & (k - 1)) === 0) {
    instr.predicate = INVERSE[instr.predicate];
    instr.args[1] = constant(type, 0);
    return instr;
  }
  return undefined;
}
