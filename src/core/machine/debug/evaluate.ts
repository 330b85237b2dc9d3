/**
 * The value of a C expression in a stopped machine. Reads only: registers as the chosen frame sees them, memory, and what the image's debug
 * information says about names and types. Arithmetic is that of the machine's C: promotions to a 16-bit int, wrapping, shifts by the
 * width or more give 0.
 */
import type { Image, ImageVariable } from '../../assembler/image';
import { err, ok, type Result } from '../../base/result';
import type { Core } from '../cpu/core';
import { readVariable, type Frame } from './call-stack';
import { parseExpression, type Expression } from './expression';
import {
  CHAR,
  INT,
  LONG,
  sizeOf,
  typeText,
  TypeTable,
  UNSIGNED,
  UNSIGNED_LONG,
  type DebugType,
  type IntegerType,
} from './types';

export interface Scope {
  readonly image: Image;
  readonly types: TypeTable;
  readonly memory: Uint8Array;
  readonly core: Core;
  /** Whose locals are seen; undefined: globals only. */
  readonly frame: Frame | undefined;
}

/** A scalar has `bits` (the number itself); what lies in memory has an address; arrays and structs have only that. */
export interface Value {
  readonly type: DebugType;
  readonly bits: number;
  readonly address: number | undefined;
}

/** A reason why there is no value: shown in its place. */
class NoValue extends Error {}

export type Compiled = (scope: Scope) => Result<Value>;

/** Reads an expression once, for many evaluations. */
export function compileExpression(text: string, types: TypeTable): Result<Compiled> {
  const parsed = parseExpression(text, types);
  if (!parsed.ok) return parsed;
  return ok((scope) => {
    try {
      return ok(new Evaluator(scope).value(parsed.value));
    } catch (problem) {
      if (problem instanceof NoValue) return err(problem.message);
      throw problem;
    }
  });
}

export function evaluate(text: string, scope: Scope): Result<Value> {
  const compiled = compileExpression(text, scope.types);
  return compiled.ok ? compiled.value(scope) : compiled;
}

/** What counts as true in a condition. */
export const isTrue = (value: Value): boolean =>
  value.type.kind === 'array' || value.type.kind === 'record' || value.bits !== 0;

export function readInteger(memory: Uint8Array, address: number, sizeBytes: number, signed: boolean): number {
  let value = 0;
  for (let i = 0; i < sizeBytes; i++) value += (memory[(address + i) & 0xffff] as number) * 2 ** (8 * i);
  const size = 2 ** (8 * sizeBytes);
  return signed && value >= size / 2 ? value - size : value;
}

class Evaluator {
  constructor(private readonly scope: Scope) {}

  value(e: Expression): Value {
    switch (e.kind) {
      case 'number':
        return numberValue(e.value, e.isLong, e.isUnsigned);
      case 'character':
        return scalar({ ...CHAR, sizeBytes: 2, name: 'int', signed: true }, e.value);
      case 'name':
        return this.name(e.name);
      case 'register':
        return this.register(e.name);
      case 'unary':
        return this.unary(e.op, e.of);
      case 'binary':
        return this.binary(e.op, e.left, e.right);
      case 'choice':
        return isTrue(this.value(e.test)) ? this.value(e.yes) : this.value(e.no);
      case 'index':
        return this.dereference(add(decay(this.value(e.of)), decay(this.value(e.at)), 1));
      case 'member':
        return this.member(e.of, e.name, e.arrow);
      case 'cast':
        return convert(decay(this.value(e.of)), e.type);
      case 'size':
        return scalar(UNSIGNED, sizeOf(e.type ?? this.value(e.of as Expression).type));
    }
  }

  private name(name: string): Value {
    const { frame, image, types } = this.scope;
    const locals = frame?.function?.variables.filter((variable) => variable.name === name) ?? [];
    // Of several of one name the inner one is described last.
    for (const local of [...locals].reverse()) {
      const value = this.variable(local);
      if (value) return value;
    }
    if (locals.length > 0)
      throw new NoValue(
        `'${name}' has no place at this instruction: the optimiser keeps it nowhere, or it does not live yet`,
      );
    const global = image.debug.globals.find((variable) => variable.name === name);
    const value = global && this.variable(global);
    if (value) return value;
    const enumerator = types.enumerator(name);
    if (enumerator) return scalar(enumerator.type, enumerator.value);
    const symbol = image.symbols.find((entry) => entry.name === name);
    if (symbol?.kind === 'function')
      return { type: { kind: 'function', text: name }, bits: symbol.address, address: symbol.address };
    if (symbol)
      return this.load(
        { kind: 'array', of: { ...CHAR, name: 'unsigned char' }, length: symbol.sizeBytes },
        symbol.address,
      );
    throw new NoValue(`'${name}' is no variable that can be seen here`);
  }

  private variable(variable: ImageVariable): Value | undefined {
    const { frame, memory, types } = this.scope;
    const type = types.read(variable.type, variable.sizeBytes);
    const [only] = variable.ranges;
    // A global or static has one place at every PC.
    if (only?.where.kind === 'memory') return this.load(type, only.where.address);
    if (!frame) return undefined;
    const read = readVariable(variable, frame, memory);
    if (read.address !== undefined) return this.load(type, read.address);
    return read.value === undefined ? undefined : { type, bits: read.value, address: undefined };
  }

  private register(name: string): Value {
    const { core, frame } = this.scope;
    const registers = frame?.registers ?? core.r8;
    const match = /^([rw])(\d{1,2})$/.exec(name);
    const index = Number(match?.[2]);
    if (match?.[1] === 'r' && index < 16) return scalar(CHAR, registers[index] as number);
    if (match?.[1] === 'w' && index < 8)
      return scalar(UNSIGNED, (registers[2 * index] as number) + 256 * (registers[2 * index + 1] as number));
    if (name === 'pc') return scalar(UNSIGNED, frame?.pc ?? core.pc);
    if (name === 'sp') return scalar(UNSIGNED, frame?.sp ?? core.sp);
    if (name === 'flags') return scalar(CHAR, core.flags);
    throw new NoValue(`'$${name}' is no register: $r0 to $r15, $w0 to $w7, $pc, $sp and $flags are`);
  }

  private unary(op: string, of: Expression): Value {
    const value = this.value(of);
    if (op === '&') {
      if (value.address === undefined) throw new NoValue('what has no address in memory cannot be pointed at');
      return { type: { kind: 'pointer', to: value.type }, bits: value.address, address: undefined };
    }
    if (op === '*') return this.dereference(decay(value));
    if (op === '!') return scalar(INT, isTrue(value) ? 0 : 1);
    const type = promote(integerOf(value, op));
    const bits = op === '-' ? -value.bits : op === '~' ? ~value.bits : value.bits;
    return scalar(type, wrap(bits, type));
  }

  private binary(op: string, leftOf: Expression, rightOf: Expression): Value {
    const left = decay(this.value(leftOf));
    if (op === '&&' && !isTrue(left)) return scalar(INT, 0);
    if (op === '||' && isTrue(left)) return scalar(INT, 1);
    const right = decay(this.value(rightOf));
    if (op === '&&' || op === '||') return scalar(INT, isTrue(right) ? 1 : 0);
    const pointers = left.type.kind === 'pointer' || right.type.kind === 'pointer';
    if (op === '+' || (op === '-' && right.type.kind !== 'pointer')) return add(left, right, op === '+' ? 1 : -1);
    if (op === '-') {
      if (left.type.kind !== 'pointer' || right.type.kind !== 'pointer')
        throw new NoValue('a pointer is subtracted from a number');
      return scalar(INT, Math.trunc((left.bits - right.bits) / Math.max(1, sizeOf(left.type.to))));
    }
    if (pointers && !COMPARISONS[op]) throw new NoValue(`'${op}' does not go with pointers`);
    const type = pointers ? UNSIGNED : common(integerOf(left, op), integerOf(right, op));
    const compare = COMPARISONS[op];
    if (compare) return scalar(INT, compare(wrap(left.bits, type), wrap(right.bits, type)) ? 1 : 0);
    if (op === '<<' || op === '>>') return shift(op, left, right);
    const bits = arithmetic(op, wrap(left.bits, type), wrap(right.bits, type), type);
    return scalar(type, wrap(bits, type));
  }

  private dereference(pointer: Value): Value {
    if (pointer.type.kind === 'function') return pointer;
    if (pointer.type.kind !== 'pointer') throw new NoValue(`a value of type ${typeText(pointer.type)} is no pointer`);
    if (pointer.type.to.kind === 'void') throw new NoValue('a void pointer says nothing of what it points at: cast it');
    if (pointer.bits < 16) throw new NoValue('the pointer is null');
    return this.load(pointer.type.to, pointer.bits & 0xffff);
  }

  private member(of: Expression, name: string, arrow: boolean): Value {
    const base = arrow ? this.dereference(decay(this.value(of))) : this.value(of);
    if (base.type.kind === 'pointer') throw new NoValue(`'.${name}' on a pointer: write '->${name}'`);
    if (base.type.kind !== 'record') throw new NoValue(`a value of type ${typeText(base.type)} has no members`);
    const { record } = base.type;
    const member = record.members.find((entry) => entry.name === name);
    if (!member) throw new NoValue(`${record.name} has no member '${name}'`);
    if (base.address === undefined) throw new NoValue('this struct does not lie in memory now');
    return this.load(this.scope.types.read(member.type), (base.address + member.offset) & 0xffff);
  }

  private load(type: DebugType, address: number): Value {
    const { memory } = this.scope;
    switch (type.kind) {
      case 'int':
        return { type, bits: readInteger(memory, address, type.sizeBytes, type.signed), address };
      case 'pointer':
        return { type, bits: readInteger(memory, address, 2, false), address };
      default:
        return { type, bits: address, address };
    }
  }
}

const scalar = (type: IntegerType, bits: number): Value => ({ type, bits, address: undefined });

function numberValue(value: number, isLong: boolean, isUnsigned: boolean): Value {
  const fitsInt = value <= 0x7fff;
  if (!isLong && fitsInt) return scalar(isUnsigned ? UNSIGNED : INT, value);
  if (!isLong && isUnsigned && value <= 0xffff) return scalar(UNSIGNED, value);
  const type = isUnsigned || value > 0x7fffffff ? UNSIGNED_LONG : LONG;
  return scalar(type, wrap(value, type));
}

/** An array stands for the address of its first element, a function for its own. */
function decay(value: Value): Value {
  const { type } = value;
  if (type.kind === 'array')
    return { type: { kind: 'pointer', to: type.of }, bits: value.address ?? 0, address: undefined };
  return value;
}

function integerOf(value: Value, op: string): IntegerType {
  if (value.type.kind === 'int') return value.type;
  if (value.type.kind === 'pointer' || value.type.kind === 'function') return UNSIGNED;
  throw new NoValue(`'${op}' does not go with a value of type ${typeText(value.type)}`);
}

function promote(type: IntegerType): IntegerType {
  if (type.sizeBytes === 4) return type.signed ? LONG : UNSIGNED_LONG;
  return type.sizeBytes === 2 && !type.signed ? UNSIGNED : INT;
}

function common(a: IntegerType, b: IntegerType): IntegerType {
  const [x, y] = [promote(a), promote(b)];
  for (const type of [UNSIGNED_LONG, LONG, UNSIGNED]) if (x === type || y === type) return type;
  return INT;
}

function wrap(value: number, type: IntegerType): number {
  if (type.name === '_Bool') return value === 0 ? 0 : 1;
  const size = 2 ** (8 * type.sizeBytes);
  const low = ((value % size) + size) % size;
  return type.signed && low >= size / 2 ? low - size : low;
}

function convert(value: Value, type: DebugType): Value {
  if (type.kind === 'int') return scalar(type, wrap(value.bits, type));
  if (type.kind === 'pointer') return { type, bits: value.bits & 0xffff, address: undefined };
  throw new NoValue(`nothing can be cast to ${typeText(type)}`);
}

function add(left: Value, right: Value, sign: 1 | -1): Value {
  if (right.type.kind === 'pointer' && left.type.kind !== 'pointer' && sign === 1) return add(right, left, 1);
  if (left.type.kind === 'pointer') {
    integerOf(right, '+');
    const bits = (left.bits + sign * right.bits * sizeOf(left.type.to)) & 0xffff;
    return { type: left.type, bits, address: undefined };
  }
  const type = common(integerOf(left, '+'), integerOf(right, '+'));
  return scalar(type, wrap(wrap(left.bits, type) + sign * wrap(right.bits, type), type));
}

function shift(op: '<<' | '>>', left: Value, right: Value): Value {
  const type = promote(integerOf(left, op));
  const count = right.bits;
  const value = wrap(left.bits, type);
  // By the width or more: 0, or -1 for a negative value to the right (language page).
  if (count < 0 || count >= 8 * type.sizeBytes) return scalar(type, op === '>>' && value < 0 ? -1 : 0);
  return scalar(type, wrap(op === '<<' ? value * 2 ** count : Math.floor(value / 2 ** count), type));
}

const COMPARISONS: Readonly<Record<string, ((a: number, b: number) => boolean) | undefined>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

function arithmetic(op: string, a: number, b: number, type: IntegerType): number {
  switch (op) {
    case '*':
      // Two 32-bit factors pass 2^53: the low halves decide.
      return type.sizeBytes === 4 ? Math.imul(a, b) : a * b;
    case '/':
    case '%':
      if (b === 0) throw new NoValue('division by zero');
      return op === '/' ? Math.trunc(a / b) : a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    default:
      return a ^ b;
  }
}
