/**
 * The IR as text, stable for golden files and readable without a manual; parse.ts reads the same text back.
 *
 *   fn @sum(%a: i16, %n: i16) -> i16 {
 *   entry.0:
 *     br loop.1
 *   loop.1:  ; from entry.0, loop.1
 *     %i.3 = phi i16 [0, entry.0] [%8, loop.1]
 *     ...
 *
 * `%8` is instruction 8, `%i.3` instruction 3 that holds the variable i, `%a` a parameter. Constants are unsigned.
 */
import { trapId } from './trap-names';
import type { Block, Instr, IrFunction, IrGlobal, IrModule, Value } from './ir';

export function printModule(module: IrModule): string {
  const globals = module.globals.map(printGlobal).join('');
  return [...(globals === '' ? [] : [globals]), ...module.functions.map(printFunction)].join('\n');
}

export function printGlobal(global: IrGlobal): string {
  const words = [
    global.isExtern ? 'extern' : '',
    global.isStatic ? 'static' : '',
    global.readOnly ? 'const' : '',
    global.isVolatile ? 'volatile' : '',
  ].filter((word) => word !== '');
  const bytes = global.bytes
    ? ` = ${Array.from(global.bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`
    : '';
  const relocations = global.relocations.map((r) => ` +${r.offset}:@${r.symbol}+${r.addend}`).join('');
  return `global @${global.name}: ${global.sizeBytes}${words.map((word) => ` ${word}`).join('')}${bytes}${relocations}\n`;
}

export function printFunction(fn: IrFunction): string {
  return [...functionLines(fn)].map((line) => `${line.text}\n`).join('');
}

export interface IrLine {
  readonly text: string;
  readonly kind: 'heading' | 'block' | 'instr' | 'debug';
  readonly block?: Block;
  readonly instr?: Instr;
}

/** The lines of a function with what each shows, for the views. */
export function functionLines(fn: IrFunction): IrLine[] {
  const words = [fn.isStatic ? 'static ' : '', fn.isInterruptHandler ? `interrupt(${fn.interruptVector}) ` : ''].join(
    '',
  );
  const params = fn.params.map((param) => `${valueText(param)}: ${param.type}`);
  if (fn.variadic) params.push('...');
  const lines: IrLine[] = [
    { text: `${words}fn @${fn.name}(${params.join(', ')}) -> ${fn.returns} {`, kind: 'heading' },
  ];
  for (const variable of fn.variables)
    lines.push({
      text: `  var ${variable.id} ${JSON.stringify(variable.name)} ${JSON.stringify(variable.type)} ${variable.sizeBytes}${
        variable.signed ? ' signed' : ''
      }${variable.isParameter ? ' param' : ''}`,
      kind: 'debug',
    });
  for (const block of fn.blocks) {
    const from = block.preds.length > 0 ? `  ; from ${block.preds.map(blockName).join(', ')}` : '';
    lines.push({ text: `${blockName(block)}:${from}`, kind: 'block', block });
    for (const instr of block.instrs)
      lines.push({ text: `  ${instrText(instr)}`, kind: instr.op === 'dbg' ? 'debug' : 'instr', block, instr });
  }
  lines.push({ text: '}', kind: 'heading' });
  return lines;
}

export const blockName = (block: Block): string => `${block.name}.${block.id}`;

export function valueText(value: Value): string {
  switch (value.op) {
    case 'const':
      return String(value.value);
    case 'symbol':
      return value.offset === 0
        ? `@${value.symbol}`
        : `@${value.symbol}${value.offset < 0 ? '-' : '+'}${Math.abs(value.offset)}`;
    case 'undef':
      return 'undef';
    case 'param':
      return `%${value.name === '' ? `arg${value.index}` : value.name}`;
    default:
      return value.name === undefined ? `%${value.id}` : `%${value.name}.${value.id}`;
  }
}

const typed = (value: Value): string => `${value.type} ${valueText(value)}`;

export function instrText(instr: Instr): string {
  return instr.type === 'void' ? body(instr) : `${valueText(instr)} = ${body(instr)}`;
}

function body(instr: Instr): string {
  const args = instr.args.map(valueText);
  switch (instr.op) {
    case 'icmp':
      return `icmp ${instr.predicate} ${instr.args[0].type} ${args.join(', ')}`;
    case 'zext':
    case 'sext':
    case 'trunc':
      return `${instr.op} ${typed(instr.args[0])} to ${instr.type}`;
    case 'select':
      return `select ${args[0]}, ${instr.type} ${args[1]}, ${args[2]}`;
    case 'phi':
      return `phi ${instr.type} ${instr.args.map((arg, i) => `[${valueText(arg)}, ${blockName(instr.block.preds[i] ?? instr.block)}]`).join(' ')}`;
    case 'alloca':
      return `alloca ${instr.sizeBytes}`;
    case 'load':
      return `load ${instr.volatile ? 'volatile ' : ''}${instr.type} [${args[0]}]`;
    case 'store':
      return `store ${instr.volatile ? 'volatile ' : ''}${typed(instr.args[1])} to [${args[0]}]`;
    case 'call': {
      const list = instr.args.slice(1).map(typed);
      if (instr.variadic) list.splice(instr.fixedArgs, 0, '...');
      return `${instr.tail ? 'tail ' : ''}call ${instr.type} ${args[0]}(${list.join(', ')})`;
    }
    case 'intrinsic':
      return `${instr.intrinsic}${instr.sizeBytes > 0 ? ` ${instr.sizeBytes}` : ''}(${instr.args.map(typed).join(', ')})`;
    case 'check':
      return `check ${typed(instr.args[0])} < ${instr.bound}`;
    case 'asm':
      return `asm ${JSON.stringify(instr.text)}`;
    case 'dbg':
      return `dbg ${instr.variable} = ${instr.inMemory === true ? `[${args[0]}]` : typed(instr.args[0])}`;
    case 'br':
      return `br ${blockName(instr.targets[0])}`;
    case 'condbr':
      return `condbr ${args[0]}, ${instr.targets.map(blockName).join(', ')}`;
    case 'switch':
      return `switch ${typed(instr.args[0])}, ${instr.targets
        .map((target, i) => (i === 0 ? blockName(target) : `${instr.cases[i - 1]}: ${blockName(target)}`))
        .join(', ')}`;
    case 'ret': {
      const value = instr.args[0];
      return value === undefined ? 'ret' : `ret ${typed(value)}`;
    }
    case 'trap':
      return `trap ${trapId(instr.trap)}`;
    case 'unreachable':
      return 'unreachable';
    default:
      return `${instr.op} ${instr.type} ${args.join(', ')}`;
  }
}
