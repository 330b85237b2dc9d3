/** From physical machine code to assembly items: labels, origins, jump tables, debug information, data. */
import { assemble } from '../../assembler/parse';
import type { AsmItem, AsmOperand } from '../../assembler/items';
import type { FormId } from '../../isa/table';
import type { IrFunction, IrGlobal, IrModule, Origin } from '../4-ir/ir';
import { DebugLocations } from './debug';
import type { Frame } from './frame';
import { neededLabels } from './layout';
import { isSymbolRef, type MFunction, type MInst } from './mir';
import { originOf } from './select';

export function emitFunction(ir: IrFunction, fn: MFunction, frame: Frame, items: AsmItem[]): void {
  const labels = neededLabels(fn);
  const locations = new DebugLocations(ir, fn, frame);
  items.push({ kind: 'section', name: `.text.${fn.name}`, type: 'text' });
  const infoAt = items.length;
  items.push({ kind: 'label', name: fn.name, global: !ir.isStatic, span: ir.origin.span });
  for (const block of fn.blocks) {
    if (labels.has(block.id)) items.push({ kind: 'label', name: blockLabel(fn, block.id), global: false });
    locations.enter(block, items);
    for (const inst of block.insts) {
      if (inst.form === 'dbg') locations.declare(inst, items);
      else {
        emitInst(fn, inst, ir.origin, items);
        locations.after(inst, items);
      }
    }
  }
  const variables = locations.finish(items);
  items.splice(infoAt, 0, {
    kind: 'function',
    info: {
      name: fn.name,
      start: ir.origin.span.start,
      end: ir.origin.span.end,
      frameSizeBytes: frame.sizeBytes,
      savedPairs: frame.savedPairs,
      variables,
    },
  });
  emitTables(fn, items);
  if (ir.interruptVector !== undefined) {
    items.push({ kind: 'section', name: `.vector.${ir.interruptVector}`, type: 'rodata' });
    items.push({ kind: 'word', value: { symbol: fn.name, addend: 0 } });
  }
}

const blockLabel = (fn: MFunction, id: number): string => `.L${fn.name}.${id}`;

/** `head` is the function's own origin, for what no instruction of the IR asked for. */
function emitInst(fn: MFunction, inst: MInst, head: Origin, items: AsmItem[]): void {
  if (inst.form === 'label') {
    items.push({ kind: 'label', name: inst.text as string, global: false });
    return;
  }
  if (inst.form === 'asm') {
    const localPrefix = `${fn.name}.${fn.nextLabel++}`;
    for (const item of assemble(inst.text ?? '', 'asm', undefined, { inline: true, localPrefix }).items)
      items.push(item);
    return;
  }
  const form: FormId = inst.form === 'tail' ? 'jmp' : (inst.form as FormId);
  const { start, end } = head.span;
  const origin = originOf(inst) ?? (end > start ? { start, end, node: head.node, ir: -1 } : undefined);
  const operands = inst.ops.map((op, i): AsmOperand => {
    if (isSymbolRef(op)) return op;
    const isTarget = (inst.form === 'jmp' && i === 0) || (inst.form === 'branch' && i === 1);
    return isTarget ? { symbol: blockLabel(fn, op as number), addend: 0 } : (op as number);
  });
  items.push({
    kind: 'instr',
    form,
    operands,
    ...(origin ? { origin } : {}),
    ...(inst.note === undefined ? {} : { note: inst.note }),
  });
}

function emitTables(fn: MFunction, items: AsmItem[]): void {
  if (fn.tables.length === 0) return;
  items.push({ kind: 'section', name: `.rodata.${fn.name}`, type: 'rodata' });
  for (const table of fn.tables) {
    items.push({ kind: 'label', name: table.label, global: false });
    for (const target of table.targets)
      items.push({ kind: 'word', value: { symbol: blockLabel(fn, target.id), addend: 0 } });
  }
}

// ---------------------------------------------------------------- data

export function emitData(module: IrModule, items: AsmItem[]): void {
  for (const global of module.globals) if (!global.isExtern) emitGlobal(global, items);
}

function emitGlobal(global: IrGlobal, items: AsmItem[]): void {
  const type = global.bytes === undefined ? 'bss' : global.readOnly ? 'rodata' : 'data';
  items.push({ kind: 'section', name: `.${type}.${global.name}`, type });
  items.push({ kind: 'label', name: global.name, global: !global.isStatic, span: global.origin.span });
  items.push({
    kind: 'object',
    info: {
      name: global.name,
      symbol: global.name,
      type: global.type,
      sizeBytes: global.sizeBytes,
      signed: !/unsigned|\*|_Bool/.test(global.type) && !/^(char|u\d+)\b/.test(global.type),
    },
  });
  if (global.bytes === undefined) {
    items.push({ kind: 'space', sizeBytes: global.sizeBytes });
    return;
  }
  let at = 0;
  const relocations = [...global.relocations].sort((a, b) => a.offset - b.offset);
  for (const relocation of relocations) {
    if (relocation.offset > at) items.push({ kind: 'bytes', bytes: global.bytes.slice(at, relocation.offset) });
    items.push({ kind: 'word', value: { symbol: relocation.symbol, addend: relocation.addend } });
    at = relocation.offset + 2;
  }
  if (at < global.bytes.length) items.push({ kind: 'bytes', bytes: global.bytes.slice(at) });
  if (global.bytes.length < global.sizeBytes)
    items.push({ kind: 'space', sizeBytes: global.sizeBytes - global.bytes.length });
}
