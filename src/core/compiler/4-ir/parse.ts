/**
 * Reads the text that print.ts writes, for tests and for experiments: `parseModule(printModule(m))` prints the same. Origins are
 * not part of the text. A mistake throws with its line: the text is ours, not a user's.
 */
import { constant, createBlock, createFunction, intrinsicType, NO_ORIGIN, symbol, targetsOf, undef } from './build';
import type {
  BinaryOp,
  Block,
  Instr,
  Intrinsic,
  IrFunction,
  IrGlobal,
  IrModule,
  IrType,
  Predicate,
  Terminator,
  Value,
} from './ir';
import { LineReader } from './line-reader';
import { trapNumberOf } from './trap-names';

export function parseModule(text: string, name = 'test'): IrModule {
  const module: IrModule = { name, functions: [], globals: [] };
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] as string).trim();
    if (line === '' || line.startsWith(';')) continue;
    if (line.startsWith('global ')) module.globals.push(parseGlobal(line));
    else {
      const end = lines.findIndex((other, j) => j > i && other.trim() === '}');
      if (end < 0) throw new Error(`line ${i + 1}: no closing brace`);
      module.functions.push(new FunctionParser(lines.slice(i, end), i + 1).parse());
      i = end;
    }
  }
  return module;
}

export function parseFunction(text: string): IrFunction {
  return parseModule(text).functions[0] as IrFunction;
}

function parseGlobal(line: string): IrGlobal {
  const match = /^global @([^:]+): (\d+)((?: extern| static| const| volatile)*)(?: = ((?:[0-9a-f]{2} ?)+))?(.*)$/.exec(
    line,
  );
  if (!match) throw new Error(`no global: ${line}`);
  const [, name, size, words = '', bytes, relocations = ''] = match;
  return {
    name: name as string,
    sizeBytes: Number(size),
    ...(bytes === undefined ? {} : { bytes: Uint8Array.from(bytes.trim().split(' '), (byte) => parseInt(byte, 16)) }),
    relocations: [...relocations.matchAll(/\+(\d+):@([^+\s]+)\+(-?\d+)/g)].map((r) => ({
      offset: Number(r[1]),
      symbol: r[2] as string,
      addend: Number(r[3]),
    })),
    readOnly: words.includes('const'),
    isStatic: words.includes('static'),
    isExtern: words.includes('extern'),
    isVolatile: words.includes('volatile'),
    type: '',
    origin: NO_ORIGIN,
  };
}

/** A use of an instruction that is not read yet; patched at the end. */
interface Pending {
  readonly instr: Instr;
  readonly operand: number;
  readonly name: string;
}

class FunctionParser extends LineReader {
  private readonly fn: IrFunction;
  private readonly blocks = new Map<string, Block>();
  private readonly values = new Map<string, Value>();
  private readonly pending: Pending[] = [];
  /** For each phi, the names of the blocks its inputs come from. */
  private readonly phiBlocks = new Map<Instr, string[]>();
  private block: Block | undefined;

  constructor(
    private readonly lines: readonly string[],
    private readonly firstLine: number,
  ) {
    super();
    this.fn = this.header(lines[0] as string);
  }

  parse(): IrFunction {
    this.declareBlocks();
    this.lines.slice(1).forEach((line, i) => {
      try {
        this.line(line);
      } catch (error) {
        throw new Error(`line ${this.firstLine + i + 1}: ${line.trim()}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    });
    for (const { instr, operand, name } of this.pending) {
      const value = this.values.get(name);
      if (value === undefined) throw new Error(`nothing defines ${name}`);
      (instr.args as Value[])[operand] = value;
    }
    this.edges();
    return this.fn;
  }

  private header(line: string): IrFunction {
    const match = /^((?:static |interrupt\(\d+\) )*)fn @([^(]+)\((.*)\) -> (\w+) \{$/.exec(line.trim());
    if (!match) throw new Error(`line ${this.firstLine}: no function header: ${line}`);
    const [, words = '', name = '', list = '', returns] = match;
    const vector = /interrupt\((\d+)\)/.exec(words)?.[1];
    const params = list.split(',').map((param) => param.trim());
    const named = params.filter((param) => param !== '' && param !== '...');
    const fn = createFunction(
      name,
      named.map((param) => {
        const [left = '', type] = param.split(':');
        return { name: left.trim().slice(1), type: type?.trim() as IrType };
      }),
      returns as IrType,
      {
        isStatic: words.includes('static'),
        interruptVector: vector === undefined ? undefined : Number(vector),
        variadic: params.includes('...'),
      },
    );
    for (const param of fn.params) this.values.set(`%${param.name}`, param);
    return fn;
  }

  private declareBlocks(): void {
    for (const line of this.lines) {
      const match = /^([\w$-]+)\.(\d+):/.exec(line.trim());
      if (!match) continue;
      const block: Block = { ...createBlock(this.fn, match[1] as string), id: Number(match[2]) };
      this.fn.nextBlock = Math.max(this.fn.nextBlock, block.id + 1);
      this.blocks.set(`${match[1]}.${match[2]}`, block);
      this.fn.blocks.push(block);
    }
  }

  private line(line: string): void {
    const text = line.trim();
    if (text === '' || text.startsWith(';')) return;
    if (/^[\w$-]+\.\d+:/.test(text)) {
      this.block = this.blocks.get(text.slice(0, text.indexOf(':')));
      return;
    }
    this.read(text);
    if (this.peek() === 'var') this.variable();
    else this.instr();
  }

  private variable(): void {
    this.next();
    const id = this.number();
    const name = JSON.parse(this.next()) as string;
    const type = JSON.parse(this.next()) as string;
    const sizeBytes = this.number();
    const words = this.rest();
    this.fn.variables.push({
      id,
      name,
      type,
      sizeBytes,
      signed: words.includes('signed'),
      isParameter: words.includes('param'),
      span: NO_ORIGIN.span,
    });
  }

  private instr(): void {
    const block = this.block;
    if (!block) throw new Error('an instruction before the first block');
    let name: string | undefined;
    if (this.peek(1) === '=' && this.peek().startsWith('%')) {
      name = this.next();
      this.next();
    }
    const id = name === undefined ? this.fn.nextInstr : Number(/(\d+)$/.exec(name)?.[1]);
    const instr = { id, block, origin: NO_ORIGIN, type: 'void', args: [] } as unknown as Instr;
    const label = name === undefined ? undefined : /^%(.+)\.\d+$/.exec(name)?.[1];
    if (label !== undefined) instr.name = label;
    if (name !== undefined) this.fn.nextInstr = Math.max(this.fn.nextInstr, id + 1);
    Object.assign(instr, this.body(instr));
    if (name === undefined) this.unnamed.push(instr);
    else this.values.set(name, instr);
    block.instrs.push(instr);
  }
  /** Instructions without a result have no number in the text; they get one at the end. */
  private readonly unnamed: Instr[] = [];

  private body(instr: Instr): object {
    const op = this.next();
    switch (op) {
      case 'icmp': {
        const predicate = this.next() as Predicate;
        const type = this.type();
        return { op, type: 'i1', predicate, args: this.list(instr, [type, type]) };
      }
      case 'zext':
      case 'sext':
      case 'trunc': {
        const args = [this.typedValue(instr, 0)];
        this.expect('to');
        return { op, type: this.type(), args };
      }
      case 'select': {
        const condition = this.value(instr, 0, 'i1');
        this.expect(',');
        const type = this.type();
        const whenTrue = this.value(instr, 1, type);
        this.expect(',');
        return { op, type, args: [condition, whenTrue, this.value(instr, 2, type)] };
      }
      case 'phi':
        return { op, ...this.phi(instr) };
      case 'alloca':
        return { op, type: 'i16', args: [], sizeBytes: this.number() };
      case 'load': {
        const volatile = this.skip('volatile');
        const type = this.type();
        return { op, type, volatile, args: [this.address(instr, 0)] };
      }
      case 'store': {
        const volatile = this.skip('volatile');
        const value = this.typedValue(instr, 1);
        this.expect('to');
        return { op, volatile, args: [this.address(instr, 0), value] };
      }
      case 'tail':
        this.expect('call');
        return this.call(instr, true);
      case 'call':
        return this.call(instr, false);
      case 'check': {
        const args = [this.typedValue(instr, 0)];
        this.expect('<');
        return { op, args, bound: this.number() };
      }
      case 'asm':
        return { op, text: JSON.parse(this.next()) as string };
      case 'dbg': {
        const variable = this.number();
        this.expect('=');
        if (this.peek() === '[') return { op, variable, args: [this.address(instr, 0)], inMemory: true };
        return { op, variable, args: [this.typedValue(instr, 0)] };
      }
      case 'br':
      case 'condbr':
      case 'switch':
      case 'ret':
      case 'trap':
      case 'unreachable':
        return this.terminator(instr, op);
      case 'in':
      case 'out':
      case 'wait':
      case 'halt':
      case 'ei':
      case 'di':
      case 'tas':
      case 'vastart':
      case 'memcpy':
      case 'memset':
        return this.intrinsic(instr, op);
      default: {
        const type = this.type();
        return { op: op as BinaryOp, type, args: this.list(instr, [type, type]) };
      }
    }
  }

  private terminator(instr: Instr, op: Terminator['op']): object {
    switch (op) {
      case 'br':
        return { op, targets: [this.target()] };
      case 'condbr': {
        const args = [this.value(instr, 0, 'i1')];
        this.expect(',');
        const first = this.target();
        this.expect(',');
        return { op, args, targets: [first, this.target()] };
      }
      case 'switch':
        return { op, ...this.switch(instr) };
      case 'ret':
        return { op, args: this.peek() !== '' ? [this.typedValue(instr, 0)] : [] };
      case 'trap':
        return { op, trap: trapNumberOf(this.next()) };
      case 'unreachable':
        return { op };
    }
  }

  private phi(instr: Instr): object {
    const type = this.type();
    const args: Value[] = [];
    const from: string[] = [];
    while (this.skip('[')) {
      args.push(this.value(instr, args.length, type));
      this.expect(',');
      from.push(this.next());
      this.expect(']');
    }
    this.phiBlocks.set(instr, from);
    return { type, args };
  }

  private call(instr: Instr, tail: boolean): object {
    const type = this.type();
    const args = [this.value(instr, 0, 'i16')];
    let variadicFrom: number | undefined;
    this.expect('(');
    while (!this.skip(')')) {
      if (this.skip('...')) variadicFrom = args.length - 1;
      else args.push(this.typedValue(instr, args.length));
      this.skip(',');
    }
    const variadic = variadicFrom !== undefined;
    return { op: 'call', type, args, tail, variadic, fixedArgs: variadicFrom ?? args.length - 1 };
  }

  private intrinsic(instr: Instr, intrinsic: Intrinsic): object {
    const sizeBytes = this.peek() === '(' ? 0 : this.number();
    const args: Value[] = [];
    this.expect('(');
    while (!this.skip(')')) {
      args.push(this.typedValue(instr, args.length));
      this.skip(',');
    }
    return { op: 'intrinsic', type: intrinsicType(intrinsic), intrinsic, args, sizeBytes };
  }

  private switch(instr: Instr): object {
    const args = [this.typedValue(instr, 0)];
    this.expect(',');
    const targets = [this.target()];
    const cases: number[] = [];
    while (this.skip(',')) {
      cases.push(this.number());
      this.expect(':');
      targets.push(this.target());
    }
    return { args, cases, targets };
  }

  private edges(): void {
    for (const instr of this.unnamed) (instr as { id: number }).id = this.fn.nextInstr++;
    for (const block of this.fn.blocks) {
      const last = block.instrs[block.instrs.length - 1];
      if (last) for (const target of targetsOf(last)) target.preds.push(block);
    }
    // Preds follow the order in which the phis name them.
    for (const block of this.fn.blocks) {
      const first = block.instrs[0];
      const names = first && this.phiBlocks.get(first);
      if (names) block.preds = names.map((name) => this.blocks.get(name) as Block);
    }
  }

  private list(instr: Instr, types: IrType[]): Value[] {
    return types.map((type, i) => {
      if (i > 0) this.expect(',');
      return this.value(instr, i, type);
    });
  }
  private typedValue(instr: Instr, operand: number): Value {
    const type = this.type();
    return this.value(instr, operand, type);
  }
  private address(instr: Instr, operand: number): Value {
    this.expect('[');
    const value = this.value(instr, operand, 'i16');
    this.expect(']');
    return value;
  }
  private value(instr: Instr, operand: number, type: IrType): Value {
    const token = this.next();
    if (token === 'undef') return undef(type);
    if (token.startsWith('@')) {
      const sign = this.peek();
      if (sign === '+') this.next();
      const offset = sign === '+' || /^-\d+$/.test(sign) ? this.number() : 0;
      return symbol(token.slice(1), offset);
    }
    if (!token.startsWith('%')) return constant(type, Number(token));
    const known = this.values.get(token);
    if (known) return known;
    this.pending.push({ instr, operand, name: token });
    return undef(type);
  }
  private target(): Block {
    const name = this.next();
    const block = this.blocks.get(name);
    if (!block) throw new Error(`no block ${name}`);
    return block;
  }
}
