/**
 * One IR function as one C function: a value is a variable of its fixed width, a block a label, a phi an assignment on each edge. Every
 * operation is cast to the width of its result, so that C's promotions change nothing.
 */
import { isInstr, phis } from '../4-ir/build';
import type { Block, CallInstr, Instr, IntrinsicInstr, IrFunction, IrType, Predicate, Value } from '../4-ir/ir';

/** How the program around a function names things. */
export interface Names {
  /** The C function for a direct call; undefined if the name is a variable's. */
  callee(symbol: string): string | undefined;
  /** The address of a function or variable, as a C expression. */
  address(symbol: string): string;
  /** The function that calls by address for this signature. */
  indirect(call: CallInstr): string;
  /** What the reader is told about where a function comes from; empty for nothing. */
  place(fn: IrFunction): string;
}

export const C_TYPE: Readonly<Record<IrType, string>> = { i1: 'u8', i8: 'u8', i16: 'u16', i32: 'u32', void: 'void' };
const SIGNED: Readonly<Record<IrType, string>> = {
  i1: 'int8_t',
  i8: 'int8_t',
  i16: 'int16_t',
  i32: 'int32_t',
  void: 'void',
};
const BITS: Readonly<Record<IrType, number>> = { i1: 8, i8: 8, i16: 16, i32: 32, void: 0 };

export function signature(fn: IrFunction, name: string): string {
  const params = fn.params.map(({ type }, i) => `${C_TYPE[type]} p${i}`);
  if (fn.variadic) params.push('u16 varargs');
  return `static ${C_TYPE[fn.returns]} ${name}(${params.join(', ') || 'void'})`;
}

export function functionText(fn: IrFunction, name: string, names: Names): string {
  return new FunctionPrinter(fn, names).text(name);
}

class FunctionPrinter {
  private readonly lines: string[] = [];

  constructor(
    private readonly fn: IrFunction,
    private readonly names: Names,
  ) {}

  text(name: string): string {
    const { fn } = this;
    const [entry] = fn.blocks;
    for (const block of fn.blocks) {
      // A label needs a statement; the entry needs none, for nothing goes there.
      if (block !== entry) this.lines.push(`${label(block)}:;${block.name ? ` /* ${block.name} */` : ''}`);
      for (const instr of block.instrs) this.instr(instr, block);
    }
    return `${this.names.place(fn)}${signature(fn, name)} {
  const u16 frame = sp;
${this.declarations()}  push(2);
${this.lines.map((line) => (line.startsWith('b') ? ` ${line}` : `  ${line}`)).join('\n')}
}
`;
  }

  /** All values at the top: C allows no jump over some kinds of declarations, and old compilers want them there. */
  private declarations(): string {
    const byType = new Map<string, string[]>();
    for (const block of this.fn.blocks)
      for (const instr of block.instrs) {
        if (instr.type === 'void') continue;
        const type = C_TYPE[instr.type];
        byType.set(type, [...(byType.get(type) ?? []), `v${instr.id} = 0`]);
      }
    return [...byType].map(([type, list]) => `  ${type} ${list.join(', ')};\n`).join('');
  }

  private value(value: Value): string {
    if (isInstr(value)) return `v${value.id}`;
    switch (value.op) {
      case 'const':
        return value.type === 'i32' ? `${value.value}ul` : String(value.value);
      case 'param':
        return `p${value.index}`;
      case 'symbol':
        return value.offset === 0
          ? this.names.address(value.symbol)
          : `(u16)(${this.names.address(value.symbol)} + ${value.offset})`;
      case 'undef':
        return '0';
    }
  }

  private emit(line: string): void {
    this.lines.push(line);
  }
  private set(instr: Instr, text: string): void {
    this.emit(`v${instr.id} = ${text};`);
  }

  private instr(instr: Instr, block: Block): void {
    const [a = '', b = '', c = ''] = instr.op === 'phi' ? [] : instr.args.map((arg) => this.value(arg));
    const type = C_TYPE[instr.type];
    switch (instr.op) {
      case 'phi':
      case 'dbg':
        return;
      case 'add':
      case 'sub':
      case 'and':
      case 'or':
      case 'xor':
      case 'mul':
        return this.set(instr, `(${type})((u32)${a} ${OPERATORS[instr.op]} ${b})${instr.type === 'i1' ? ' & 1' : ''}`);
      case 'shl':
      case 'lshr':
      case 'ashr':
      case 'udiv':
      case 'urem':
      case 'sdiv':
      case 'srem':
        return this.set(instr, `${instr.op}${BITS[instr.type]}(${a}, ${b})`);
      case 'icmp':
        return this.set(instr, this.compare(instr.predicate, instr.args[0].type, a, b));
      case 'zext':
        return this.set(instr, `(${type})${a}`);
      case 'sext':
        return this.set(instr, this.extend(instr.args[0].type, instr.type, a));
      case 'trunc':
        return this.set(instr, instr.type === 'i1' ? `(u8)(${a} & 1)` : `(${type})${a}`);
      case 'select':
        return this.set(instr, `${a} ? ${b} : ${c}`);
      case 'alloca':
        return this.set(instr, `push(${instr.sizeBytes})`);
      case 'load':
        return this.set(instr, `load${BITS[instr.type]}(${a})`);
      case 'store':
        return this.emit(`store${BITS[instr.args[1].type]}(${a}, ${b});`);
      case 'check':
        return this.emit(`check(${a}, ${instr.bound});`);
      case 'call':
        return this.call(instr);
      case 'intrinsic':
        return this.intrinsic(instr, a, b);
      case 'asm':
        return this.emit('/* asm */');
      case 'br':
        return this.emit(this.edge(block, instr.targets[0]));
      case 'condbr':
        this.emit(`if (${a}) { ${this.edge(block, instr.targets[0])} }`);
        return this.emit(this.edge(block, instr.targets[1]));
      case 'switch':
        this.emit(`switch (${a}) {`);
        instr.cases.forEach((value, i) =>
          this.emit(
            `  case ${value}${instr.args[0].type === 'i32' ? 'ul' : ''}: ${this.edge(block, instr.targets[i + 1] as Block)}`,
          ),
        );
        this.emit(`  default: ${this.edge(block, instr.targets[0] as Block)}`);
        return this.emit('}');
      case 'ret':
        this.emit('sp = frame;');
        return this.emit(a === '' ? 'return;' : `return ${a};`);
      case 'trap':
        this.emit(`trap(${instr.trap});`);
        return this.leave();
      case 'unreachable':
        this.emit('trap(TRAP_UNREACHABLE);');
        return this.leave();
    }
  }

  /** After what does not return: the C compiler does not know that. */
  private leave(): void {
    this.emit(this.fn.returns === 'void' ? 'return;' : 'return 0;');
  }

  private compare(predicate: Predicate, type: IrType, a: string, b: string): string {
    const operator = COMPARISONS[predicate];
    if (!predicate.startsWith('s')) return `${a} ${operator} ${b}`;
    // -1 is the only negative value of one bit.
    if (type === 'i1') return `-(int)${a} ${operator} -(int)${b}`;
    return `(${SIGNED[type]})${a} ${operator} (${SIGNED[type]})${b}`;
  }

  private extend(from: IrType, to: IrType, a: string): string {
    if (from === 'i1') return `(${C_TYPE[to]})(0u - ${a})`;
    return `(${C_TYPE[to]})(${SIGNED[to]})(${SIGNED[from]})${a}`;
  }

  /** Phis take their values at the same time, so all are read before any is written. */
  private edge(from: Block, to: Block): string {
    const way = to.preds.indexOf(from);
    const moves = phis(to).map((phi) => ({ phi, text: this.value(phi.args[way] as Value) }));
    const go = `goto ${label(to)};`;
    const needed = moves.filter(({ phi, text }) => text !== `v${phi.id}`);
    if (needed.length === 0) return go;
    if (needed.length === 1) return needed.map(({ phi, text }) => `v${phi.id} = ${text}; ${go}`).join('');
    const reads = needed.map(({ phi, text }) => `const ${C_TYPE[phi.type]} t${phi.id} = ${text};`);
    const writes = needed.map(({ phi }) => `v${phi.id} = t${phi.id};`);
    return `{ ${[...reads, ...writes, go].join(' ')} }`;
  }

  private call(instr: CallInstr): void {
    const [callee] = instr.args as [Value];
    const direct = callee.op === 'symbol' && callee.offset === 0 ? this.names.callee(callee.symbol) : undefined;
    const fixed = instr.args.slice(1, 1 + instr.fixedArgs).map((arg) => this.value(arg));
    const args = direct === undefined ? [this.value(callee), ...fixed] : fixed;
    const name = direct ?? this.names.indirect(instr);
    const result = instr.type === 'void' ? '' : `v${instr.id} = `;
    if (!instr.variadic) return this.emit(`${result}${name}(${args.join(', ')});`);
    const extra = instr.args.slice(1 + instr.fixedArgs);
    const sizes = extra.map((arg) => (arg.type === 'i32' ? 4 : 2));
    this.emit(`{ const u16 top = sp, list = push(${sizes.reduce((sum, size) => sum + size, 0)});`);
    let at = 0;
    extra.forEach((arg, i) => {
      this.emit(`  store${8 * (sizes[i] as number)}((u16)(list + ${at}), ${this.value(arg)});`);
      at += sizes[i] as number;
    });
    this.emit(`  ${result}${name}(${[...args, 'list'].join(', ')});`);
    this.emit('  sp = top; }');
  }

  private intrinsic(instr: IntrinsicInstr, a: string, b: string): void {
    switch (instr.intrinsic) {
      case 'in':
        return this.set(instr, `port_in(${a})`);
      case 'out':
        return this.emit(`port_out(${a}, ${b});`);
      case 'halt':
        return this.emit(`finish(${a});`);
      case 'tas':
        return this.set(instr, `test_and_set(${a})`);
      case 'vastart':
        return this.set(instr, 'varargs');
      case 'memcpy':
        return this.emit(`copy(${a}, ${b}, ${instr.sizeBytes});`);
      case 'memset':
        return this.emit(`fill(${a}, ${b}, ${instr.sizeBytes});`);
      case 'wait':
      case 'ei':
      case 'di':
        return this.emit(`/* ${instr.intrinsic} */`);
    }
  }
}

const label = (block: Block): string => `b${block.id}`;

const OPERATORS = { add: '+', sub: '-', mul: '*', and: '&', or: '|', xor: '^' } as const;
const COMPARISONS: Readonly<Record<Predicate, string>> = {
  eq: '==',
  ne: '!=',
  ult: '<',
  ule: '<=',
  ugt: '>',
  uge: '>=',
  slt: '<',
  sle: '<=',
  sgt: '>',
  sge: '>=',
};

/** Calls of a function that are not by name, and asm statements: what a program must provide for, or refuse. */
export function* oddities(fn: IrFunction): Generator<Instr> {
  for (const block of fn.blocks)
    for (const instr of block.instrs) if (instr.op === 'asm' || instr.op === 'call') yield instr;
}

/** Every symbol that a function names. */
export function symbolsOf(fn: IrFunction): Set<string> {
  const found = new Set<string>();
  for (const block of fn.blocks)
    for (const instr of block.instrs) for (const arg of instr.args) if (arg.op === 'symbol') found.add(arg.symbol);
  return found;
}
