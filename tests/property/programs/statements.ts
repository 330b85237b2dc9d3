/** Statements: every loop ends, every local has a value before strict programs read it. */
import { Expressions } from './expressions';
import { BYTES, interesting, isSigned, literal, spelled, spelling, type IntType } from './int-types';
import { anchor, atom, guard, list, operand, stmt, type Part, type Piece } from './pieces';
import { addressOf, constantInit, declarator, placeIn, structAddress, structPlace } from './places';
import type { Context, Shape, Variable } from './scope';

/** Where a statement stands. */
export interface Surroundings {
  readonly inLoop: boolean;
  readonly inSwitch: boolean;
  /** Of the function; undefined for void. */
  readonly returns: IntType | undefined;
  /** Of a `goto` out of everything. */
  readonly out?: string;
}

export class Statements {
  readonly e: Expressions;

  constructor(private readonly c: Context) {
    this.e = new Expressions(c);
  }

  /** Declarations and statements, without braces. */
  body(count: number, depth: number, at: Surroundings): Piece {
    const { c } = this;
    const items: Piece[] = [];
    const locals = c.below(3) + (depth > 2 ? 1 : 0);
    for (let i = 0; i < locals; i++) items.push(this.local());
    for (let i = 0; i < count; i++) {
      if (c.profile.mixedDeclarations && c.oneIn(12)) items.push(this.local());
      items.push(this.statement(depth, at));
    }
    return list(items);
  }

  block(times: number, depth: number, at: Surroundings): Piece {
    return this.c.inside(times, () => stmt('{ ', this.body(1 + this.c.below(3), depth, at), '}\n'));
  }

  statement(depth: number, at: Surroundings): Piece {
    const { c } = this;
    c.spend(2);
    const choice = depth <= 0 || !c.affords(30) ? c.below(55) : c.below(100);
    if (choice < 34) return this.change();
    if (choice < 40) return this.put();
    if (choice < 48) return this.callStatement();
    if (choice < 52) return this.structStatement();
    if (choice < 55) return this.jump(at);
    if (choice < 67) return this.if(depth, at);
    if (choice < 87) return this.loop(depth, at);
    if (choice < 94) return this.switch(depth, at);
    return this.block(1, depth - 1, at);
  }

  // ---------------------------------------------------------------- simple ones

  private local(): Piece {
    const { c } = this;
    const choice = c.below(12);
    let shape: Shape;
    if (choice < 7) shape = { kind: 'int', type: c.intType() };
    else if (choice < 9) shape = { kind: 'array', type: c.intType(), dims: [c.pick([2, 3, 4, 8])] };
    else if (choice < 11 || c.structs.length === 0)
      shape = { kind: 'pointer', type: c.intType(), length: c.pick([1, 2, 4]) };
    else shape = { kind: c.oneIn(2) ? 'struct' : 'structPointer', struct: c.pick(c.structs) };
    const variable: Variable = { name: c.fresh('v'), shape, isGlobal: false, writable: true, qualified: false };
    const declared = declarator(shape, variable.name, (type) =>
      shape.kind === 'int' ? spelled(type, c.random) : spelling(type),
    );
    const item = anchor(declared, ...this.init(shape), ';\n');
    c.locals.push(variable);
    return item;
  }

  private init(shape: Shape): Part[] {
    const { c } = this;
    switch (shape.kind) {
      case 'pointer':
        return [' = ', addressOf(c, shape.type, shape.length, this.e.any)];
      case 'structPointer':
        return [' = ', structAddress(c, shape.struct, this.e.any)];
      case 'int':
        if (!c.profile.strict && c.oneIn(6)) return [];
        return [' = ', operand(this.e.any(2).piece, 1)];
      default:
        if (!c.profile.strict && c.oneIn(3)) return [];
        return [' = ', constantInit(c, shape)];
    }
  }

  private change(): Piece {
    const { c } = this;
    if (c.oneIn(10)) return this.aim() ?? this.put();
    const target = this.e.place(true);
    if (!target) return this.put();
    if (c.oneIn(5)) return stmt(this.e.step(target), ';\n');
    const assigned = this.e.assign(target, 3);
    if (!c.oneIn(12)) return stmt(assigned, ';\n');
    const condition = this.e.condition(2);
    if (c.oneIn(2)) return stmt(operand(condition, 5), c.oneIn(2) ? ' && (' : ' || (', assigned, ');\n');
    const other = this.e.place(true);
    const second = other ? this.e.assign(other, 2) : atom('0');
    return stmt(operand(condition, 3), ' ? (', assigned, ') : (', second, ');\n');
  }

  /** Another target for a pointer. */
  private aim(): Piece | undefined {
    const { c } = this;
    const pointers = c.visible().filter(({ shape, moves, isGlobal }) => {
      const points = shape.kind === 'pointer' || shape.kind === 'structPointer';
      return points && moves !== true && (!c.pure || !isGlobal);
    });
    if (pointers.length === 0) return undefined;
    const { name, shape, isGlobal } = c.pick(pointers);
    if (shape.kind === 'structPointer')
      return isGlobal ? undefined : stmt(`${name} = `, structAddress(c, shape.struct, this.e.any), ';\n');
    if (shape.kind !== 'pointer') return undefined;
    return stmt(`${name} = `, addressOf(c, shape.type, shape.length, this.e.any, isGlobal), ';\n');
  }

  private put(): Piece {
    const { c } = this;
    if (c.pure) return this.pureFiller();
    const { piece, type } = this.e.any(3);
    const name = BYTES[type] === 4 ? 'put4' : BYTES[type] === 2 ? 'put2' : 'put';
    c.spend(10);
    return stmt(`${name}(`, operand(piece, 1), ');\n');
  }

  private pureFiller(): Piece {
    const target = this.e.place(true);
    return target ? stmt(this.e.assign(target, 3), ';\n') : stmt(';\n');
  }

  private callStatement(): Piece {
    const { c } = this;
    const fn = this.e.callable((f) => !c.pure || f.pure);
    if (!fn) return this.change();
    const call = this.e.callOf(fn, 2);
    if (typeof fn.returns !== 'string' || c.oneIn(4)) return stmt(call, ';\n');
    // A local whose address nobody has: the call cannot change it behind the assignment's back.
    const targets = c.locals.filter(({ shape, writable }) => writable && shape.kind === 'int' && !shape.range);
    if (targets.length === 0) return stmt(call, ';\n');
    return stmt(`${c.pick(targets).name} = `, operand(call, 1), ';\n');
  }

  private structStatement(): Piece {
    const { c } = this;
    const makers = c.functions.filter((f) => typeof f.returns === 'object' && (!c.pure || f.pure) && c.affords(f.cost));
    if (c.structs.length === 0 || c.pure) return this.change();
    if (makers.length > 0 && c.oneIn(2)) {
      const fn = c.pick(makers);
      if (typeof fn.returns === 'object') {
        const own = c.locals.filter(({ shape }) => shape.kind === 'struct' && shape.struct === fn.returns);
        const call = this.e.callOf(fn, 2);
        if (own.length === 0) return stmt(call, ';\n');
        return stmt(`${c.pick(own).name} = `, call, ';\n');
      }
    }
    const struct = c.pick(c.structs);
    return stmt(structPlace(c, struct, this.e.any), ' = ', structPlace(c, struct, this.e.any), ';\n');
  }

  private jump(at: Surroundings): Piece {
    const { c } = this;
    const condition = this.e.condition(2);
    const ways: Part[][] = [];
    if (at.inLoop) ways.push(['continue;'], ['break;'], ['break;']);
    if (at.returns !== undefined) ways.push(['return ', operand(this.e.any(2).piece, 0), ';']);
    if (at.out !== undefined) ways.push([`goto ${at.out};`]);
    if (ways.length === 0) return this.change();
    return stmt('if (', condition, ') ', ...c.pick(ways), '\n');
  }

  // ---------------------------------------------------------------- branches

  private if(depth: number, at: Surroundings): Piece {
    const { c } = this;
    const condition = this.e.condition(3);
    const yes = this.block(1, depth - 1, at);
    if (c.oneIn(2)) return stmt('if (', condition, ') ', yes);
    return stmt('if (', condition, ') ', yes, 'else ', this.block(1, depth - 1, at));
  }

  private switch(depth: number, at: Surroundings): Piece {
    const { c } = this;
    const { piece, type } = this.e.any(3);
    const dense = c.below(3) > 0;
    const count = 1 + c.below(c.oneIn(4) ? 9 : 4);
    const mask = c.pick([3, 7, 15]);
    const values = new Set<string>();
    for (let i = 0; i < count; i++) values.add(dense ? String(c.below(mask + 1)) : this.caseValue(type));
    const subject = dense ? guard(['0', '1'], operand(piece, 8), ` & ${mask}`) : piece;
    const inside = { ...at, inSwitch: true };
    const items = [...values].map((value) => this.case(`case ${value}`, depth, inside));
    if (c.below(3) > 0) items.splice(c.below(items.length + 1), 0, this.case('default', depth, inside));
    return stmt('switch (', subject, ') {\n', list(items), '}\n');
  }

  private caseValue(type: IntType): string {
    const { c } = this;
    const wide = BYTES[type] === 1 ? 'i16' : type;
    // Written in one way only, so that equal values are seen to be equal.
    const value = Math.abs(interesting(type === 'bool' ? 'bool' : wide, c.random));
    return literal('i32', value > 0x7fff ? value % 0x7fff : value, { below: () => 1 } as never).text;
  }

  private case(label: string, depth: number, at: Surroundings): Piece {
    const { c } = this;
    const body = c.inside(1, () => this.body(1 + c.below(2), depth - 1, at));
    const leave = c.below(4) > 0 ? 'break; ' : '';
    return stmt(`${label}: { `, body, `${leave}}\n`);
  }

  // ---------------------------------------------------------------- loops

  private loop(depth: number, at: Surroundings): Piece {
    const { c } = this;
    const choice = c.below(10);
    const inside = { ...at, inLoop: true, inSwitch: false };
    if (choice < 2) return this.matrix(inside) ?? this.counted(depth, inside);
    if (choice < 7) return this.counted(depth, inside);
    if (choice < 9) return this.walk(depth, inside) ?? this.counted(depth, inside);
    return this.whileFuel(depth, inside);
  }

  private trips(): number {
    const { c } = this;
    const arrays = c.visible().flatMap(({ shape }) => (shape.kind === 'array' ? shape.dims : []));
    const wanted = arrays.length > 0 && c.below(3) > 0 ? c.pick(arrays) : 1 + c.below(c.oneIn(5) ? 40 : 9);
    return c.affords(wanted * 25) ? wanted : 2;
  }

  /** A loop with a counter of its own that nothing else changes, in all the ways to write one. */
  private counted(depth: number, at: Surroundings): Piece {
    const { c } = this;
    const n = this.trips();
    const type = c.pick<IntType>(['u8', 'u8', 'i8', 'i16', 'i16', 'u16', 'i32', 'u32']);
    const name = c.fresh('i');
    const form = c.below(isSigned(type) ? 9 : 7);
    const step = c.oneIn(4) ? 2 + c.below(2) : 1;
    const last = Math.floor((n - 1) / step) * step;
    // Head of the loop, its end if it is a do, and the range of the counter inside.
    const forms: readonly (readonly [string, string, string, readonly [number, number]])[] = [
      ['0', `for (# = 0; # < ${n}; ${step === 1 ? c.pick(['#++', '++#']) : `# += ${step}`}) `, '', [0, last]],
      ['0', `for (# = 0; # != ${n}; #++) `, '', [0, n - 1]],
      ['0', `for (# = 0; # <= ${n - 1}; #++) `, '', [0, n - 1]],
      [String(n), `for (# = ${n}; #-- > 0;) `, '', [0, n - 1]],
      [String(n), `for (# = ${n}; #; #--) `, '', [1, n]],
      ['0', `while (#++ < ${n}) `, '', [1, n]],
      ['0', 'do ', ` while (++# < ${n});`, [0, n - 1]],
      [String(n - 1), `for (# = ${n - 1}; # >= 0; # -= ${step}) `, '', [n - 1 - last, n - 1]],
      [String(n - 1), `for (# = ${n - 1}; # > -1; --#) `, '', [0, n - 1]],
    ];
    const [init, head, end, range] = forms[form] as (typeof forms)[number];
    const variable: Variable = {
      name,
      shape: { kind: 'int', type, range },
      isGlobal: false,
      writable: false,
      qualified: false,
    };
    const { locals } = c;
    c.locals = [...locals, variable];
    const body = this.block(n, depth - 1, at);
    c.locals = locals;
    const written = (text: string) => text.replaceAll('#', name);
    const inHead = c.profile.mixedDeclarations && head.startsWith('for') && c.oneIn(2);
    const declared = `${spelled(type, c.random)} ${name}`;
    if (inHead) return stmt(written(head).replace(`for (${name}`, `for (${declared}`), body, written(end), '\n');
    return stmt(`{ ${declared} = ${init};\n`, written(head), body, `${written(end)} }\n`);
  }

  /** Two loops, one directly in the other, over the rows and columns of an array in either order. */
  private matrix(at: Surroundings): Piece | undefined {
    const { c } = this;
    const arrays = c
      .visible()
      .filter((v) => v.shape.kind === 'array' && v.shape.dims.length === 2 && v.writable && (!c.pure || !v.isGlobal));
    if (arrays.length === 0) return undefined;
    const array = c.pick(arrays);
    if (array.shape.kind !== 'array') return undefined;
    const [rows = 1, columns = 1] = array.shape.dims;
    if (!c.affords(rows * columns * 25)) return undefined;
    const counters = [rows, columns].map((n): Variable => {
      const type = c.pick<IntType>(['u8', 'i8', 'i16', 'u16', 'i16']);
      return {
        name: c.fresh('i'),
        shape: { kind: 'int', type, range: [0, n - 1] },
        isGlobal: false,
        writable: false,
        qualified: false,
      };
    });
    if (c.oneIn(2)) counters.reverse();
    const { locals } = c;
    c.locals = [...locals, ...counters];
    const body = c.inside(rows * columns, () => {
      const first = stmt(this.e.assign(placeIn(c, array, this.e.any), 2), ';\n');
      return list(c.oneIn(2) ? [first] : [first, this.statement(0, at)]);
    });
    c.locals = locals;
    const head = ({ name, shape }: Variable) => {
      const last = shape.kind === 'int' && shape.range ? shape.range[1] : 0;
      return c.oneIn(4)
        ? `for (${name} = ${last}; ${name} + 1 > 0; ${name}--) `
        : `for (${name} = 0; ${name} <= ${last}; ${name}++) `;
    };
    const declared = counters.map(({ name, shape }) => declarator(shape, name, spelling) + ';').join(' ');
    const heads = counters.map((counter) => (isSignedInt(counter) ? head(counter) : upward(counter)));
    return stmt(`{ ${declared}\n`, `${heads.join('')}{ `, body, '} }\n');
  }

  /** A pointer that goes through an array. */
  private walk(depth: number, at: Surroundings): Piece | undefined {
    const { c } = this;
    const arrays = c
      .visible()
      .filter((v) => v.shape.kind === 'array' && v.shape.dims.length === 1 && !v.qualified && (!c.pure || !v.isGlobal));
    if (arrays.length === 0) return undefined;
    const { name, shape } = c.pick(arrays);
    if (shape.kind !== 'array') return undefined;
    const n = shape.dims[0] as number;
    if (!c.affords(n * 20)) return undefined;
    const q = c.fresh('q');
    const variable: Variable = {
      name: q,
      shape: { kind: 'pointer', type: shape.type, length: 1 },
      isGlobal: false,
      writable: !c.pure,
      qualified: false,
      moves: true,
    };
    const { locals } = c;
    c.locals = [...locals, variable];
    const body = this.block(n, depth - 1, at);
    c.locals = locals;
    const declared = `{ ${spelling(shape.type)} *${q} = `;
    switch (c.below(4)) {
      case 0:
        return stmt(`${declared}${name}; for (; ${q} < ${name} + ${n}; ${q}++) `, body, '}\n');
      case 1:
        return stmt(`${declared}${name} + ${n}; while (${q} > ${name}) { ${q}--; `, body, '} }\n');
      case 2:
        return stmt(`${declared}&${name}[0]; do `, body, `while (++${q} != &${name}[${n}]); }\n`);
      default:
        return stmt(`${declared}${name} + ${n}; for (; ${q} != ${name}; ) { --${q}; `, body, '} }\n');
    }
  }

  /** A condition on data, and a limit. */
  private whileFuel(depth: number, at: Surroundings): Piece {
    const { c } = this;
    const n = Math.min(this.trips(), 12);
    const name = c.fresh('n');
    const condition = c.inside(n, () => this.e.condition(3));
    const body = this.block(n, depth - 1, at);
    const declared = `{ unsigned char ${name} = ${n};\n`;
    switch (c.below(3)) {
      case 0:
        return stmt(`${declared}while (${name}-- && (`, operand(condition, 1), ')) ', body, '}\n');
      case 1:
        return stmt(`${declared}do `, body, `while (--${name} && (`, operand(condition, 1), ')); }\n');
      default: {
        const label = c.fresh('L');
        // The label and its goto belong together; break and continue would leave a loop that is not there.
        const own = { ...at, inLoop: false };
        const again = this.block(n, depth - 1, own);
        return stmt(
          `${declared}${label}: ;`,
          again,
          `if (--${name} && (`,
          operand(condition, 1),
          `)) goto ${label}; }\n`,
        );
      }
    }
  }
}

const isSignedInt = ({ shape }: Variable): boolean => shape.kind === 'int' && isSigned(shape.type);

function upward({ name, shape }: Variable): string {
  const last = shape.kind === 'int' && shape.range ? shape.range[1] : 0;
  return `for (${name} = 0; ${name} < ${last + 1}; ++${name}) `;
}
