/**
 * Strength reduction: multiplication and division by constants become shifts and additions where those take fewer instructions. The
 * machine multiplies 8 by 8 bits in one instruction and shifts by up to 8 bits in one, so only products of few terms pay; without
 * the multiplier more do. Division by a power of two is a shift, with a correction for signed values; by another
 * constant, where speed counts, multiplication by its reciprocal.
 */
import { constant, create } from '../4-ir/build';
import { Replacements } from '../4-ir/uses';
import { Insertions } from '../4-ir/insertions';
import {
  WIDTH,
  type BinaryInstr,
  type BinaryOp,
  type CastInstr,
  type Instr,
  type IrFunction,
  type IrType,
  type Value,
} from '../4-ir/ir';
import { bitLength } from './demand';
import { functionPass, type PassContext } from './pass';
import { reciprocalOf } from './reciprocal';

export const strengthReduction = functionPass(
  {
    name: 'strength-reduction',
    title: 'Strength reduction',
    summary: 'Turns multiplication and division by constants into shifts and additions where that costs less.',
  },
  (fn, context) => {
    const replacements = new Replacements();
    const insertions = new Insertions();
    for (const block of fn.blocks)
      // A copy: short blocks grow while they are gone through.
      for (const instr of block.instrs.slice()) {
        const value = reduce(fn, instr, insertions, context);
        if (!value) continue;
        replacements.set(instr, value);
        if (context.wantsRemarks)
          context.remark(fn, instr.origin, `${WORDS[instr.op] ?? instr.op} by a constant is done without one`);
      }
    insertions.apply();
    return replacements.apply(fn);
  },
);
const WORDS: Partial<Record<Instr['op'], string>> = {
  mul: 'multiplication',
  udiv: 'division',
  sdiv: 'division',
  urem: 'remainder',
  srem: 'remainder',
};

function reduce(fn: IrFunction, instr: Instr, insertions: Insertions, context: PassContext): Value | undefined {
  switch (instr.op) {
    case 'mul':
    case 'udiv':
    case 'urem':
    case 'sdiv':
    case 'srem':
      break;
    default:
      return undefined;
  }
  const [a, b] = instr.args;
  if (b.op !== 'const' || b.value === 0) return undefined;
  const emit = (op: BinaryOp, x: Value, y: Value): Value => {
    const made = create<BinaryInstr>(fn, instr.block, { op, type: instr.type, args: [x, y], origin: instr.origin });
    insertions.before(instr, made);
    return made;
  };
  if (instr.op === 'mul') return multiply(a, b.value, instr.type, emit, context);
  const power = (b.value & (b.value - 1)) === 0 ? bitLength(b.value) - 1 : -1;
  if (power < 0) return byReciprocal(fn, instr, { divisor: b.value, insertions }, context);
  const k = constant(instr.type, power);
  if (instr.op === 'udiv') return emit('lshr', a, k);
  if (instr.op === 'urem') return emit('and', a, constant(instr.type, b.value - 1));
  // The divisor is the most negative number: only it divides itself.
  if (power === 0 || power >= WIDTH[instr.type] - 1) return undefined;
  const top = constant(instr.type, WIDTH[instr.type] - 1);
  // Rounds toward zero: adds 2^k - 1 to negative values first.
  const correction =
    power === 1 ? emit('lshr', a, top) : emit('and', emit('ashr', a, top), constant(instr.type, b.value - 1));
  const rounded = emit('add', a, correction);
  if (instr.op === 'sdiv') return emit('ashr', rounded, k);
  return emit('sub', a, emit('and', rounded, constant(instr.type, -b.value)));
}

/** Unsigned division of 8 or 16 bits where speed counts: the library's takes five to ten times as many instructions. */
function byReciprocal(
  fn: IrFunction,
  instr: BinaryInstr,
  { divisor, insertions }: { readonly divisor: number; readonly insertions: Insertions },
  context: PassContext,
): Value | undefined {
  const { type, op, origin, block } = instr;
  if (context.level !== 'O2' || !context.multiplier || (op !== 'udiv' && op !== 'urem')) return undefined;
  if (type !== 'i8' && type !== 'i16') return undefined;
  const width = type === 'i8' ? 8 : 16;
  const wide = type === 'i8' ? 'i16' : 'i32';
  const put = <T extends Instr>(made: T): T => {
    insertions.before(instr, made);
    return made;
  };
  const binary = (what: BinaryOp, x: Value, y: Value): Value =>
    put(create<BinaryInstr>(fn, block, { op: what, type: x.type, args: [x, y], origin }));
  const cast = (what: 'zext' | 'trunc', to: IrType, x: Value): Value =>
    put(create<CastInstr>(fn, block, { op: what, type: to, args: [x], origin }));
  const [x] = instr.args;
  const { factor, shift, isLong } = reciprocalOf(divisor, width);
  const product = binary('mul', cast('zext', wide, x), constant(wide, factor));
  const upper = cast('trunc', type, binary('lshr', product, constant(wide, width)));
  const by = (value: Value, bits: number) => (bits === 0 ? value : binary('lshr', value, constant(type, bits)));
  const quotient = isLong ? by(binary('add', by(binary('sub', x, upper), 1), upper), shift - 1) : by(upper, shift);
  return op === 'udiv' ? quotient : binary('sub', x, binary('mul', quotient, constant(type, divisor)));
}

/** Shifts and additions or subtractions for one product, at most this many terms. */
function termsAllowed(type: IrType, a: Value, context: PassContext): number {
  if (!context.multiplier) return context.level === 'Os' ? 2 : 4;
  // One MUL does a product of bytes; a 16-bit one takes three and moves; a 32-bit one is a call.
  if (type === 'i8' || a.op === 'zext') return 1;
  return type === 'i16' ? 2 : context.level === 'Os' ? 1 : 2;
}

function multiply(
  a: Value,
  factor: number,
  type: IrType,
  emit: (op: BinaryOp, x: Value, y: Value) => Value,
  context: PassContext,
): Value | undefined {
  const terms = signedDigits(factor, WIDTH[type]);
  if (terms.length > termsAllowed(type, a, context)) return undefined;
  const shift = (power: number): Value => (power === 0 ? a : emit('shl', a, constant(type, power)));
  let result: Value | undefined;
  for (const { power, negative } of terms) {
    const term = shift(power);
    if (result === undefined) result = negative ? emit('sub', constant(type, 0), term) : term;
    else result = emit(negative ? 'sub' : 'add', result, term);
  }
  return result ?? constant(type, 0);
}

/** Non-adjacent form: the fewest powers of two whose sum or difference is the factor, highest first. */
function signedDigits(factor: number, width: number): { power: number; negative: boolean }[] {
  const digits: { power: number; negative: boolean }[] = [];
  let rest = factor;
  for (let power = 0; rest !== 0 && power < width; power++) {
    if (rest % 2 === 1) {
      const negative = rest % 4 === 3;
      digits.unshift({ power, negative });
      rest += negative ? 1 : -1;
    }
    rest /= 2;
  }
  // A positive term first saves a negation.
  const first = digits.findIndex((digit) => !digit.negative);
  if (first > 0) digits.unshift(...digits.splice(first, 1));
  return digits;
}
