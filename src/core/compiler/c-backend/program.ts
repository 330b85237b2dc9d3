/**
 * The whole program as one C file: the units' IR and what they need of the library, linked by name, over one array of 64 KiB that is laid
 * out as the IR interpreter lays it out. Compiled by any C99 compiler it prints what the program prints; so an independent compiler
 * judges the front end and every pass.
 */
import { CODE_BASE, STACK_TOP } from '../../isa/convention';
import type { CallInstr, IrFunction, IrGlobal, IrModule } from '../4-ir/ir';
import { C_TYPE, functionText, oddities, signature, symbolsOf, type Names } from './functions';
import { COPY_ANY, NATIVE_TEXTS, runtimeText } from './runtime';

export type CText = { readonly text: string } | { readonly problem: string };

interface Options {
  /** First lines of the file, as a comment. */
  readonly title: string;
  /** `file.c:12`, for a comment before each function. */
  readonly place?: (fn: IrFunction) => string;
}

/** A function or variable, and the module that it lives in. */
type Member = { readonly module: number } & ({ readonly fn: IrFunction } | { readonly global: IrGlobal });

export function printProgram(modules: readonly IrModule[], options: Options): CText {
  const program = new ProgramPrinter(modules, options);
  return program.print();
}

class ProgramPrinter {
  private readonly members = new Map<string, Member>();
  /** Keys of what main leads to, in order of discovery. */
  private readonly used = new Set<string>();
  private readonly natives = new Set<string>();
  private readonly addresses = new Map<string, number>();
  private readonly dispatchers = new Map<string, { readonly name: string; readonly call: CallInstr }>();
  private problem: string | undefined;
  private protectedEnd = CODE_BASE;
  private heapStart = CODE_BASE;

  constructor(
    private readonly modules: readonly IrModule[],
    private readonly options: Options,
  ) {
    modules.forEach((m, module) => {
      for (const fn of m.functions) this.define(fn.name, fn.isStatic, { module, fn });
      for (const global of m.globals)
        if (!global.isExtern) this.define(global.name, global.isStatic, { module, global });
    });
  }

  private define(name: string, isStatic: boolean, member: Member): void {
    this.members.set(isStatic ? `${member.module}:${name}` : name, member);
  }

  print(): CText {
    if (!this.members.has('main')) return { problem: 'there is no function main' };
    this.reach('main');
    this.place();
    if (this.problem !== undefined) return { problem: this.problem };
    const functions = this.functions().map(({ key, fn, module }) => functionText(fn, cName(key), this.names(module)));
    const prototypes = this.functions().map(({ key, fn }) => `${signature(fn, cName(key))};\n`);
    const natives = [...this.natives].map((name) => {
      const { returns, text } = NATIVE_TEXTS[name] as { returns: string; text: string };
      return `static ${returns} f_${name}${text}\n`;
    });
    const text = [
      `/* ${this.options.title.replaceAll('*/', '* /')} */\n`,
      runtimeText({ protectedEnd: this.protectedEnd, heapStart: this.heapStart }),
      ...(natives.length > 0 ? ['\n', COPY_ANY, ...natives] : []),
      '\n',
      ...this.addressTexts(),
      ...prototypes,
      ...[...this.dispatchers.values()].map(({ name, call }) => this.dispatcher(name, call)),
      '\n',
      this.dataText(),
      ...functions.map((fn) => `\n${fn}`),
      `\nint main(void) {\n  place_data();\n  finish((u8)${this.mainCall()});\n  return 0;\n}\n`,
    ];
    return { text: text.join('') };
  }

  private functions(): { readonly key: string; readonly fn: IrFunction; readonly module: number }[] {
    return [...this.used].flatMap((key) => {
      const member = this.members.get(key);
      return member && 'fn' in member ? [{ key, fn: member.fn, module: member.module }] : [];
    });
  }
  private globals(): { readonly key: string; readonly global: IrGlobal; readonly module: number }[] {
    return [...this.used].flatMap((key) => {
      const member = this.members.get(key);
      return member && 'global' in member ? [{ key, global: member.global, module: member.module }] : [];
    });
  }

  // ---------------------------------------------------------------- linking

  private keyOf(name: string, module: number): string {
    const own = `${module}:${name}`;
    return this.members.has(own) ? own : name;
  }

  private reach(first: string): void {
    const queue = [first];
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      if (this.used.has(key)) continue;
      const member = this.members.get(key);
      if (!member) {
        this.external(key);
        continue;
      }
      this.used.add(key);
      const names = 'fn' in member ? symbolsOf(member.fn) : member.global.relocations.map(({ symbol }) => symbol);
      for (const name of names) queue.push(this.keyOf(name, member.module));
      if ('fn' in member) this.lookAt(member.fn, member.module);
    }
  }

  private external(name: string): void {
    if (name === HEAP_SYMBOL) return;
    if (Object.hasOwn(NATIVE_TEXTS, name)) this.natives.add(name);
    else this.problem ??= `nothing that can be printed as C defines '${name}'`;
  }

  /** Finds calls by address, and what cannot be printed. */
  private lookAt(fn: IrFunction, module: number): void {
    for (const instr of oddities(fn)) {
      if (instr.op === 'asm') this.problem ??= `'${fn.name}' contains an asm statement, which has no C`;
      if (instr.op === 'call' && !this.isDirect(instr, module)) this.indirect(instr);
    }
    if ((this.modules[module]?.fileAsm?.length ?? 0) > 0)
      this.problem ??= `'${this.modules[module]?.name}' contains assembly, which has no C`;
  }

  private isDirect(call: CallInstr, module: number): boolean {
    const [callee] = call.args;
    return callee?.op === 'symbol' && callee.offset === 0 && this.calleeName(callee.symbol, module) !== undefined;
  }

  private calleeName(symbol: string, module: number): string | undefined {
    const key = this.keyOf(symbol, module);
    const member = this.members.get(key);
    if (member) return 'fn' in member ? cName(key) : undefined;
    return Object.hasOwn(NATIVE_TEXTS, symbol) ? `f_${symbol}` : undefined;
  }

  private indirect(call: CallInstr): string {
    const fixed = call.args.slice(1, 1 + call.fixedArgs).map(({ type }) => type);
    const key = `call_${[call.type, ...fixed, ...(call.variadic ? ['variadic'] : [])].join('_')}`;
    if (!this.dispatchers.has(key)) this.dispatchers.set(key, { name: key, call });
    return key;
  }

  private names(module: number): Names {
    return {
      callee: (symbol) => this.calleeName(symbol, module),
      address: (symbol) => addressName(this.keyOf(symbol, module)),
      indirect: (call) => this.indirect(call),
      place: (fn) => {
        const place = this.options.place?.(fn) ?? '';
        return place === '' ? '' : `/* ${place.replaceAll('*/', '* /')} */\n`;
      },
    };
  }

  // ---------------------------------------------------------------- addresses and data

  /** Functions first, then constants, then variables; the heap begins behind them. */
  private place(): void {
    let next = CODE_BASE;
    for (const key of [...this.functions().map(({ key: k }) => k), ...this.natives]) {
      this.addresses.set(key, next);
      next += 2;
    }
    for (const readOnly of [true, false]) {
      for (const { key, global } of this.globals()) {
        if (global.readOnly !== readOnly) continue;
        this.addresses.set(key, next);
        next += Math.max(1, global.sizeBytes);
      }
      if (readOnly) this.protectedEnd = next;
    }
    this.heapStart = next;
    this.addresses.set(HEAP_SYMBOL, next);
    if (next >= STACK_TOP) this.problem ??= 'the program does not fit 64 KiB';
  }

  private addressTexts(): string[] {
    return [...this.addresses].map(([key, address]) => `#define ${addressName(key)} ((u16)${address}u)\n`);
  }

  private dataText(): string {
    const lines: string[] = [];
    for (const { key, global, module } of this.globals()) {
      const at = this.addresses.get(key) as number;
      if (global.bytes?.some((byte) => byte !== 0)) {
        lines.push(`  { /* ${global.name} */ static const u8 bytes[] = {${rows(global.bytes)}};`);
        lines.push(`    memcpy(memory + ${at}, bytes, sizeof bytes); }`);
      }
      for (const { offset, symbol, addend } of global.relocations) {
        const target = (this.addresses.get(this.keyOf(symbol, module)) ?? 0) + addend;
        lines.push(
          `  memory[${at + offset}] = ${target & 0xff}; memory[${at + offset + 1}] = ${(target >> 8) & 0xff};`,
        );
      }
    }
    return `static void place_data(void) {\n${lines.map((line) => `${line}\n`).join('')}}\n`;
  }

  // ---------------------------------------------------------------- calls by address

  /** Goes to the functions that take and give what the call does. */
  private dispatcher(name: string, call: CallInstr): string {
    const types = call.args.slice(1, 1 + call.fixedArgs).map(({ type }) => type);
    const params = types.map((type, i) => `${C_TYPE[type]} p${i}`);
    if (call.variadic) params.push('u16 list');
    const args = [...types.map((_, i) => `p${i}`), ...(call.variadic ? ['list'] : [])].join(', ');
    const fits = this.functions().filter(
      ({ fn }) =>
        fn.variadic === call.variadic &&
        (call.type === 'void' || fn.returns === call.type) &&
        fn.params.map(({ type }) => type).join() === types.join(),
    );
    const way = call.type === 'void' ? (text: string) => `${text}; return;` : (text: string) => `return ${text};`;
    const cases = fits.map(({ key }) => `    case ${this.addresses.get(key)}: ${way(`${cName(key)}(${args})`)}\n`);
    const last = call.type === 'void' ? '' : '  return 0;\n';
    return `static ${C_TYPE[call.type]} ${name}(${['u16 address', ...params].join(', ')}) {
  switch (address) {
${cases.join('')}    default: trap(address < NULL_LIMIT ? TRAP_NULL_ACCESS : TRAP_UNDEFINED_INSTRUCTION);
  }
${last}}
`;
  }

  private mainCall(): string {
    const main = this.members.get('main');
    if (!main || !('fn' in main)) return '0';
    const args = main.fn.params.map(() => '0').join(', ');
    return main.fn.returns === 'void' ? `(${cName('main')}(${args}), 0)` : `${cName('main')}(${args})`;
  }
}

/** The linker's name for the end of the variables. */
const HEAP_SYMBOL = '__heap_start';

/** `2:name` is private to a module. */
const plain = (key: string): string => key.replace(/^(\d+):/, 'm$1_').replace(/[^A-Za-z0-9_]/g, '_');
const cName = (key: string): string => `f_${plain(key)}`;
const addressName = (key: string): string => `A_${plain(key)}`;

function rows(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += 32) lines.push(bytes.subarray(i, i + 32).join(','));
  return lines.join(',\n    ');
}
