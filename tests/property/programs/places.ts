/** Places of integers: variables, elements, members, what pointers point to; and the addresses that pointers may be given. */
import { interesting, literal, spelling, type IntType } from './int-types';
import { atom, expr, fixed, guard, operand, PRIMARY, type Piece } from './pieces';
import type { Context, Field, Shape, Struct, Variable } from './scope';

export interface Place {
  readonly piece: Piece;
  readonly type: IntType;
  readonly variable: Variable;
}
export type Expression = (depth: number) => { readonly piece: Piece; readonly type: IntType };

/**
 * An index below `length`, whatever the values are; `expression` makes what is masked. Where the language checks bounds, free programs
 * sometimes leave it to the check.
 */
export function index(c: Context, length: number, expression: Expression, checked = false): Piece {
  const counters = c.locals.filter(
    ({ shape }) =>
      shape.kind === 'int' && shape.range && shape.range[0] >= -8 && shape.range[1] - shape.range[0] < length,
  );
  const counter = c.below(10) < 7 ? counters.at(-1 - c.below(Math.min(2, counters.length || 1))) : undefined;
  if (counter?.shape.kind === 'int' && counter.shape.range) {
    const [low, high] = counter.shape.range;
    const least = -low;
    const most = length - 1 - high;
    if (least <= 0 && most >= 0 && !c.oneIn(4)) return fixed(counter.name);
    const shift = least + c.below(most - least + 1);
    if (c.oneIn(4) && low >= 0 && high < length) return fixed(`${length - 1} - ${counter.name}`);
    return fixed(shift < 0 ? `${counter.name} - ${-shift}` : `${counter.name} + ${shift}`);
  }
  if (c.nesting > 1 || c.oneIn(4)) return fixed(String(c.below(length)));
  c.nesting++;
  const { piece } = expression(1);
  c.nesting--;
  if (checked && !c.profile.strict && c.oneIn(200)) return guard(['0'], piece);
  const isPower = (length & (length - 1)) === 0;
  if (isPower && c.below(4) > 0) return guard(['0'], operand(piece, 9), ` & ${length - 1}`);
  return guard(['0'], `(unsigned${c.oneIn(2) ? ' char' : ''})`, operand(piece, 13), ` % ${length}`);
}

/** Some place of an integer; undefined if there is none of the wanted kind. */
export function place(c: Context, expression: Expression, wanted: { readonly writable: boolean }): Place | undefined {
  const allowed = c.visible().filter((v) => !wanted.writable || mayWrite(c, v));
  // Inner variables more often: they are what loops and calls work on.
  const variable =
    c.below(3) === 0 ? c.pick(allowed) : allowed.length > 0 ? allowed[near(c, allowed.length)] : undefined;
  return variable && placeIn(c, variable, expression);
}

const near = (c: Context, length: number): number => Math.floor(c.random.float() ** 2 * length);

function mayWrite(c: Context, { writable, isGlobal, shape }: Variable): boolean {
  if (!writable) return false;
  return !c.pure || (!isGlobal && shape.kind !== 'pointer' && shape.kind !== 'structPointer');
}

export function placeIn(c: Context, variable: Variable, expression: Expression): Place {
  const { name, shape } = variable;
  const at = (piece: Piece, type: IntType): Place => ({ piece, type, variable });
  switch (shape.kind) {
    case 'int': {
      const { type } = shape;
      if (!variable.qualified && !shape.range && type !== 'bool' && c.oneIn(25))
        return at(guard([], `((unsigned char *)&${name})[`, index(c, sizeOf(type), expression), ']'), 'u8');
      return at(fixed(name), type);
    }
    case 'array':
      return at(
        guard([], name, ...shape.dims.flatMap((length) => ['[', index(c, length, expression, true), ']'])),
        shape.type,
      );
    case 'struct':
      return member(c, variable, [`${name}.`], shape.struct, expression);
    case 'structs':
      return member(c, variable, [`${name}[`, index(c, shape.length, expression), '].'], shape.struct, expression);
    case 'pointer':
      if (shape.length === 1 || c.oneIn(4)) return at({ ...fixed(`*${name}`), precedence: 13 }, shape.type);
      return at(guard([], `${name}[`, index(c, shape.length, expression), ']'), shape.type);
    case 'structPointer':
      return member(c, variable, c.oneIn(5) ? [`(*${name}).`] : [`${name}->`], shape.struct, expression);
  }
}

const sizeOf = (type: IntType): number => (type.endsWith('32') ? 4 : type.endsWith('16') ? 2 : 1);

function member(
  c: Context,
  variable: Variable,
  before: readonly (string | Piece)[],
  struct: Struct,
  expression: Expression,
): Place {
  const field = c.pick(struct.fields);
  if (field.inner) return member(c, variable, [...before, `${field.name}.`], field.inner, expression);
  const parts =
    field.length === undefined
      ? [...before, field.name]
      : [...before, `${field.name}[`, index(c, field.length, expression, true), ']'];
  return { piece: guard([], ...parts), type: field.type, variable };
}

/** The address of at least `length` elements of a type, which outlive every use: a visible array, or a new global one. */
export function addressOf(
  c: Context,
  type: IntType,
  length: number,
  expression: Expression,
  globalOnly = false,
): Piece {
  const fits = ({ shape, qualified, isGlobal, writable, moves }: Variable): boolean => {
    if (qualified || moves || !writable || (globalOnly && !isGlobal)) return false;
    if (shape.kind === 'array') return shape.type === type && (shape.dims.at(-1) as number) >= length;
    if (shape.kind === 'pointer') return !globalOnly && shape.type === type && shape.length >= length;
    return length === 1 && shape.kind === 'int' && shape.type === type && !shape.range;
  };
  const candidates = c.visible().filter(fits);
  const target = candidates.length > 0 && !c.oneIn(8) ? c.pick(candidates) : newArray(c, type, length);
  const { name, shape } = target;
  if (shape.kind === 'int') return fixed(`&${name}`);
  if (shape.kind === 'pointer') return fixed(name);
  if (shape.kind !== 'array') return fixed(name);
  const row = shape.dims.length > 1 ? [`[`, index(c, shape.dims[0] as number, expression), ']'] : [];
  const slack = (shape.dims.at(-1) as number) - length;
  if (slack === 0 || c.oneIn(2)) return guard([], name, ...row);
  return c.oneIn(2)
    ? guard([], `&${name}`, ...row, `[${c.below(slack + 1)}]`)
    : guard([], name, ...row, ` + ${c.below(slack + 1)}`);
}

export function newArray(c: Context, type: IntType, length: number): Variable {
  const variable: Variable = {
    name: c.fresh('g'),
    shape: { kind: 'array', type, dims: [Math.max(length, 2)] },
    isGlobal: true,
    writable: true,
    qualified: false,
  };
  c.globals.push(variable);
  c.globalItems.push(fixed(`static ${spelling(type)} ${variable.name}[${Math.max(length, 2)}];\n`));
  return variable;
}

/** The address of a struct. */
export function structAddress(c: Context, struct: Struct, expression: Expression): Piece {
  const candidates = c
    .visible()
    .filter(({ shape, qualified }) => !qualified && 'struct' in shape && shape.struct === struct);
  const { name, shape } = candidates.length > 0 ? c.pick(candidates) : newStruct(c, struct);
  if (shape.kind === 'structPointer') return fixed(name);
  if (shape.kind === 'structs') return guard([], `&${name}[`, index(c, shape.length, expression), ']');
  return fixed(`&${name}`);
}

/** A struct as a place. */
export function structPlace(c: Context, struct: Struct, expression: Expression): Piece {
  const address = structAddress(c, struct, expression);
  const [first] = address.parts;
  if (typeof first === 'string' && first.startsWith('&'))
    return { ...address, parts: [first.slice(1), ...address.parts.slice(1)] };
  return guard([], '(*', address, ')');
}

function newStruct(c: Context, struct: Struct): Variable {
  const variable: Variable = {
    name: c.fresh('g'),
    shape: { kind: 'struct', struct },
    isGlobal: true,
    writable: true,
    qualified: false,
  };
  c.globals.push(variable);
  c.globalItems.push(fixed(`static ${struct.tag} ${variable.name};\n`));
  return variable;
}

export const declarator = (shape: Shape, name: string, spell: (type: IntType) => string): string => {
  switch (shape.kind) {
    case 'int':
      return `${spell(shape.type)} ${name}`;
    case 'array':
      return `${spell(shape.type)} ${name}${shape.dims.map((n) => `[${n}]`).join('')}`;
    case 'struct':
      return `${shape.struct.tag} ${name}`;
    case 'structs':
      return `${shape.struct.tag} ${name}[${shape.length}]`;
    case 'pointer':
      return `${spell(shape.type)} *${name}`;
    case 'structPointer':
      return `${shape.struct.tag} *${name}`;
  }
};

const constant = (c: Context, type: IntType): Piece =>
  atom(literal(type === 'bool' ? 'i16' : type, interesting(type, c.random), c.random).text);

/** Constants for a variable that is not a pointer, as an initialiser. */
export function constantInit(c: Context, shape: Shape): Piece {
  switch (shape.kind) {
    case 'int':
      return constant(c, shape.type);
    case 'array':
      return braces(c, shape.dims, shape.type);
    case 'struct':
      return structInit(c, shape.struct);
    case 'structs': {
      const items = Array.from({ length: 1 + c.below(shape.length) }, () => structInit(c, shape.struct));
      return guard(['{0}'], '{', ...items.flatMap((item, i) => (i > 0 ? [', ', item] : [item])), '}');
    }
    default:
      return fixed('{0}');
  }
}

function braces(c: Context, [length = 1, ...rest]: readonly number[], type: IntType): Piece {
  const given = c.oneIn(3) ? 1 + c.below(length) : length;
  const items = Array.from({ length: given }, () => (rest.length > 0 ? braces(c, rest, type) : constant(c, type)));
  return guard(['{0}'], '{', ...items.flatMap((item, i) => (i > 0 ? [', ', item] : [item])), '}');
}

function structInit(c: Context, { fields, isUnion }: Struct): Piece {
  const used: readonly Field[] = isUnion ? fields.slice(0, 1) : fields;
  const items = used.map((f) =>
    f.inner ? structInit(c, f.inner) : f.length === undefined ? constant(c, f.type) : braces(c, [f.length], f.type),
  );
  return guard(['{0}'], '{', ...items.flatMap((item, i) => (i > 0 ? [', ', item] : [item])), '}');
}

/** An expression that reads a place. */
export const read = (found: Place): { piece: Piece; type: IntType } => ({
  piece: expr(Math.min(found.piece.precedence, PRIMARY), found.piece),
  type: found.type,
});
