/**
 * Random C programs: whole ones, with globals, structs, functions that call each other and themselves, and a `main` that prints what it
 * computed, byte by byte, through `put`. A program is named by its seed and profile, and can be made smaller (pieces.ts).
 */
import * as fc from 'fast-check';
import type { Random } from '../../../src/core/base/random';
import { BYTES, spelled, spelling, type IntType } from './int-types';
import { anchor, expr, fixed, guard, list, operand, smaller, stmt, textOf, type Part, type Piece } from './pieces';
import { addressOf, constantInit, declarator } from './places';
import { Context, WORK, type Fn, type Field, type Profile, type Shape, type Struct, type Variable } from './scope';
import { Statements } from './statements';

/** What the language page defines, all of it. */
export const FREE: Profile = { name: 'free', strict: false, bool: true, structValues: true, mixedDeclarations: true };
/** What C defines: for compilers that are not ours. */
export const STRICT: Profile = {
  name: 'strict',
  strict: true,
  bool: true,
  structValues: true,
  mixedDeclarations: true,
};
/** The C that cc65 has. */
export const C89: Profile = { name: 'c89', strict: true, bool: false, structValues: false, mixedDeclarations: false };

export class Program {
  constructor(
    readonly seed: number,
    readonly profile: Profile,
    readonly root: Piece,
  ) {}

  /** With what defines `put`, `put2` and `put4` before it. */
  text(prelude: string): string {
    return `${prelude}${textOf(this.root)}`;
  }
  toString(): string {
    return `/* program ${this.seed}, ${this.profile.name} */\n${this.text(PRELUDE)}`;
  }
  [fc.toStringMethod](): string {
    return `\n${this.toString()}`;
  }
}

/** Puts bytes on our console without the library. */
export const PRELUDE = `#define put(c) __builtin_out(16, (unsigned char)(c))
static void put2(unsigned v) { put(v); put(v >> 8); }
static void put4(unsigned long v) { put2((unsigned)v); put2((unsigned)(v >> 16)); }
`;
/** The same with the library. */
export const PRINTF_PRELUDE = `#include <stdio.h>
#define put(c) printf("%u ", (unsigned char)(c))
#define put2(c) printf("%d %04x\\n", (int)(c), (unsigned)(c))
#define put4(c) printf("%ld %lx\\n", (long)(c), (unsigned long)(c))
`;

export function generateProgram(seed: number, profile: Profile): Program {
  return new Program(seed, profile, new ProgramWriter(new Context(seed, profile)).program());
}

/** Programs for fast-check: a value is a seed's program, or one of its smaller versions. */
export class ProgramArbitrary extends fc.Arbitrary<Program> {
  constructor(private readonly profile: Profile) {
    super();
  }
  override generate(random: fc.Random): fc.Value<Program> {
    return new fc.Value(generateProgram(random.nextInt(0, 0x7fffffff), this.profile), undefined);
  }
  override canShrinkWithoutContext(value: unknown): value is Program {
    return value instanceof Program;
  }
  override shrink({ seed, profile, root }: Program): fc.Stream<fc.Value<Program>> {
    return fc.stream(
      (function* () {
        for (const piece of smaller(root)) yield new fc.Value(new Program(seed, profile, piece), undefined);
      })(),
    );
  }
}

class ProgramWriter {
  private readonly statements: Statements;
  private readonly random: Random;

  constructor(private readonly c: Context) {
    this.statements = new Statements(c);
    this.random = c.random;
  }

  program(): Piece {
    const { c } = this;
    const structs = Array.from({ length: c.below(3) }, () => this.struct());
    for (let i = 2 + c.below(1 + c.size); i > 0; i--) this.global();
    const functions: Piece[] = [];
    for (let i = c.below(1 + c.size); i > 0; i--) functions.push(this.fn());
    if (c.oneIn(4)) functions.push(this.table());
    const main = this.main();
    // Globals come to be while functions are written.
    return list([...structs, list(c.globalItems), ...functions, main]);
  }

  private struct(): Piece {
    const { c } = this;
    const isUnion = c.oneIn(4);
    const tag = `${isUnion ? 'union' : 'struct'} ${c.fresh('s')}`;
    const fields: Field[] = isUnion ? this.unionFields() : this.fields();
    const struct: Struct = { tag, isUnion, fields };
    c.structs.push(struct);
    const lines = fields.map(({ name, type, length, inner }) =>
      inner ? `${inner.tag} ${name};` : `${spelled(type, this.random)} ${name}${length ? `[${length}]` : ''};`,
    );
    return anchor(`${tag} { ${lines.join(' ')} };\n`);
  }

  private fields(): Field[] {
    const { c } = this;
    return Array.from({ length: 1 + c.below(4) }, (_, i): Field => {
      const inner = c.structs.length > 0 && c.oneIn(6) ? c.pick(c.structs) : undefined;
      const length = c.oneIn(4) ? c.pick([2, 3, 4]) : undefined;
      const type = c.intType();
      return { name: `m${i}`, type, ...(inner ? { inner } : length ? { length } : {}) };
    });
  }

  /** The first is the largest, so that an initialiser sets all bytes; no _Bool, which not all bytes are values of. */
  private unionFields(): Field[] {
    const { c } = this;
    const others: Field[] = [
      { name: 'b', type: 'u8', length: 4 },
      { name: 'w', type: 'u16', length: 2 },
      { name: 'c', type: 'i8' },
      { name: 'i', type: 'i16' },
      { name: 'l', type: 'i32' },
    ];
    return [{ name: 'u', type: 'u32' }, ...others.filter(() => c.oneIn(2))];
  }

  private global(): void {
    const { c } = this;
    const choice = c.below(12);
    let shape: Shape;
    if (choice < 4) shape = { kind: 'int', type: c.intType() };
    else if (choice < 6) shape = { kind: 'array', type: c.intType(), dims: [c.pick([2, 3, 4, 5, 8, 8, 10, 16])] };
    else if (choice < 8) shape = { kind: 'array', type: c.intType(), dims: [c.pick([2, 3, 4]), c.pick([2, 3, 4])] };
    else if (choice < 9) shape = { kind: 'pointer', type: c.intType(), length: c.pick([1, 2, 4]) };
    else if (c.structs.length === 0) shape = { kind: 'int', type: c.intType() };
    else if (choice < 11) shape = { kind: 'struct', struct: c.pick(c.structs) };
    else shape = { kind: 'structs', struct: c.pick(c.structs), length: c.pick([2, 3, 4]) };
    const plain = shape.kind === 'int' || shape.kind === 'array';
    const qualifier = plain && c.oneIn(7) ? (c.oneIn(2) ? 'const' : 'volatile') : '';
    const name = c.fresh('g');
    const init: Part[] =
      shape.kind === 'pointer'
        ? [' = ', addressOf(c, shape.type, shape.length, () => ({ piece: fixed('0'), type: 'i16' }), true)]
        : qualifier === 'const' || c.below(3) > 0
          ? [' = ', constantInit(c, shape)]
          : [];
    const spell = shape.kind === 'int' && qualifier ? (t: IntType) => spelled(t, this.random) : spelling;
    const linkage = c.oneIn(3) ? '' : 'static ';
    c.globalItems.push(
      anchor(`${linkage}${qualifier}${qualifier ? ' ' : ''}${declarator(shape, name, spell)}`, ...init, ';\n'),
    );
    c.globals.push({
      name,
      shape,
      isGlobal: true,
      writable: qualifier !== 'const',
      qualified: qualifier !== '',
    });
  }

  // ---------------------------------------------------------------- functions

  private parameter(): Shape {
    const { c } = this;
    const choice = c.below(12);
    if (choice < 8) return { kind: 'int', type: c.intType() };
    if (choice < 10 || c.structs.length === 0)
      return { kind: 'pointer', type: c.intType(), length: c.pick([1, 2, 4, 8]) };
    const struct = c.pick(c.structs);
    return { kind: c.profile.structValues && c.oneIn(2) ? 'struct' : 'structPointer', struct };
  }

  private fn(): Piece {
    const { c } = this;
    const name = c.fresh('f');
    const recursive = c.oneIn(4);
    const params: Shape[] = Array.from({ length: c.below(c.oneIn(5) ? 7 : 4) }, () => this.parameter());
    if (recursive) params.unshift({ kind: 'int', type: 'u8', range: [0, 3] });
    const byStruct =
      c.profile.structValues && c.structs.length > 0 && !recursive && c.oneIn(8) ? c.pick(c.structs) : undefined;
    const returns = byStruct ?? (c.oneIn(6) && !recursive ? undefined : c.intType());
    const fn: Fn = { name, params, returns, pure: c.oneIn(2), recursive, cost: 0 };
    const variables = params.map((shape): Variable => ({
      name: c.fresh('p'),
      shape,
      isGlobal: false,
      writable: !('range' in shape),
      qualified: false,
    }));
    const body = this.functionBody(fn, variables);
    const written = variables.map(({ name: p, shape }) => declarator(shape, p, spelling)).join(', ');
    const result = returns === undefined ? 'void' : typeof returns === 'string' ? spelling(returns) : returns.tag;
    c.functions.push(fn);
    return anchor(`${c.oneIn(3) ? '' : 'static '}${result} ${name}(${written || 'void'}) {\n`, body, '}\n');
  }

  private functionBody(fn: Fn, variables: Variable[]): Piece {
    const { c } = this;
    c.locals = [...variables];
    c.pure = fn.pure;
    // As if it had used up most: what it may cost is small, so that it can be called in loops.
    const begun = WORK * 0.9;
    c.cost = begun;
    const returns = typeof fn.returns === 'string' ? fn.returns : undefined;
    const out = c.oneIn(6) ? c.fresh('L') : undefined;
    const [depth] = variables;
    const items: Piece[] = [];
    if (fn.recursive && depth && returns !== undefined)
      items.push(anchor(`if (${depth.name} == 0) return `, operand(this.statements.e.any(2).piece, 0), ';\n'));
    const at = { inLoop: false, inSwitch: false, returns, ...(out ? { out } : {}) };
    const main = c.inside(1, () => this.statements.body(1 + c.below(1 + c.size), c.size > 2 ? 2 : 1, at));
    // In a block of its own, for C89 has declarations first.
    items.push(fn.recursive ? anchor('{ ', main, '}\n') : main);
    let calls = 0;
    if (fn.recursive && depth) {
      const again = () => {
        calls++;
        c.cost = begun;
        return this.statements.e.callOf(fn, 1, fixed(`${depth.name} - 1`));
      };
      if (c.oneIn(2)) {
        const r = c.fresh('v');
        const own = [anchor(`${spelling(returns ?? 'i16')} ${r} = `, again(), ';\n')];
        if (c.oneIn(3)) own.push(stmt(`${r} += `, again(), ';\n'));
        own.push(stmt('return ', operand(this.statements.e.any(2).piece, 12), ` + ${r};\n`));
        items.push(stmt('{ ', list(own), '}\n'));
      } else items.push(stmt('return ', again(), ';\n'));
    }
    fn.cost = Math.max(4, c.cost - begun) * (calls === 0 ? 1 : calls === 1 ? 4 : 15);
    const body = list(items);
    c.locals = [...variables];
    const last = this.lastReturn(fn, variables);
    // A block of its own: no goto may skip a declaration.
    return out ? list([anchor('{ ', body, `}\n${out}: ;\n`), last]) : list([body, last]);
  }

  private lastReturn(fn: Fn, variables: readonly Variable[]): Piece {
    const { c } = this;
    if (fn.returns === undefined) return anchor('');
    if (typeof fn.returns === 'string') return anchor('return ', operand(this.statements.e.any(3).piece, 0), ';\n');
    const own = [...variables, ...c.globals].find(
      ({ shape }) => shape.kind === 'struct' && shape.struct === fn.returns,
    );
    if (own) return anchor(`return ${own.name};\n`);
    return anchor(`{ ${fn.returns.tag} r = {0}; return r; }\n`);
  }

  /** Small functions of one type, called through a table. */
  private table(): Piece {
    const { c } = this;
    const type = c.intType();
    const text = spelling(type);
    const length = c.pick([2, 3, 4]);
    const names: string[] = [];
    let cost = 0;
    const bodies = Array.from({ length }, () => {
      const name = c.fresh('h');
      const variables = ['a', 'b'].map((p): Variable => ({
        name: p,
        shape: { kind: 'int', type },
        isGlobal: false,
        writable: true,
        qualified: false,
      }));
      const fn: Fn = { name, params: [], returns: type, pure: true, recursive: false, cost: 0 };
      c.locals = [...variables];
      c.pure = true;
      c.cost = WORK * 0.95;
      names.push(name);
      const body = anchor(`static ${text} ${name}(${text} a, ${text} b) { `, this.lastReturn(fn, variables), '}\n');
      cost = Math.max(cost, c.cost - WORK * 0.95);
      return body;
    });
    const name = c.fresh('t');
    c.tables.push({ name, type, length, cost: cost + 10 });
    const constant = c.oneIn(2) ? 'const ' : '';
    const table = anchor(
      `static ${text} (*${constant}${name}[${length}])(${text}, ${text}) = {${names.join(', ')}};\n`,
    );
    return list([...bodies, table]);
  }

  private main(): Piece {
    const { c } = this;
    c.locals = [];
    c.pure = false;
    c.cost = 0;
    const body = this.statements.body(2 + c.below(2 * c.size), 1 + c.below(Math.min(3, c.size)), {
      inLoop: false,
      inSwitch: false,
      returns: undefined,
    });
    const dump = list(c.globals.map((v) => this.dump(v)));
    const value = this.statements.e.any(2).piece;
    return anchor(
      'int main(void) {\n',
      body,
      dump,
      'return ',
      operand(expr(7, operand(value, 8), ' & 127'), 0),
      ';\n}\n',
    );
  }

  /** Prints all of a global. */
  private dump({ name, shape }: Variable): Piece {
    const putOf = (type: IntType, what: string) => `${['', 'put', 'put2', '', 'put4'][BYTES[type]]}(${what}); `;
    const fields = (struct: Struct, at: string): string =>
      struct.fields
        .map((f) => {
          if (f.inner) return fields(f.inner, `${at}.${f.name}`);
          if (f.length === undefined) return putOf(f.type, `${at}.${f.name}`);
          return Array.from({ length: f.length }, (_, i) => putOf(f.type, `${at}.${f.name}[${i}]`)).join('');
        })
        .join('');
    switch (shape.kind) {
      case 'int':
        return stmt(`${putOf(shape.type, name)}\n`);
      case 'array': {
        const [first = 1, second] = shape.dims;
        const loop = (n: number, i: string) => `for (${i} = 0; ${i} < ${n}; ${i}++) `;
        const at = second === undefined ? `${name}[i]` : `${name}[i][j]`;
        const inner = second === undefined ? '' : loop(second, 'j');
        return stmt(
          `{ int i${second === undefined ? '' : ', j'}; ${loop(first, 'i')}${inner}{ ${putOf(shape.type, at)}} }\n`,
        );
      }
      case 'struct':
        return stmt(`${fields(shape.struct, name)}\n`);
      case 'structs':
        return stmt(
          `${Array.from({ length: shape.length }, (_, i) => fields(shape.struct, `${name}[${i}]`)).join('')}\n`,
        );
      default:
        return guard([], '');
    }
  }
}
