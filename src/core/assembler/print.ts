/**
 * Items as assembly text that the parser reads back to the same items, except that runs of bytes may be cut differently and
 * that debug information and origins are not text.
 */
import { formOf } from '../isa/table';
import { sectionTypeOf } from './directives';
import type { AsmItem } from './items';
import { formatInstruction, formatSymbol } from './syntax';

const NOTE_COLUMN = 32;
const BYTES_A_LINE = 16;

export function printItems(items: readonly AsmItem[]): string {
  return items.map((item) => printItem(item)).join('');
}

/** One item as lines, each with its newline; '' for items that text does not show. */
export function printItem(item: AsmItem): string {
  switch (item.kind) {
    case 'instr': {
      const text = `    ${formatInstruction(item.form, formOf(item.form), item.operands)}`;
      return item.note === undefined ? `${text}\n` : `${text.padEnd(NOTE_COLUMN)}; ${item.note}\n`;
    }
    case 'label':
      return item.global ? `    .global ${item.name}\n${item.name}:\n` : `${item.name}:\n`;
    case 'section':
      return `    .section ${item.name}${sectionTypeOf(item.name) === item.type ? '' : `, ${item.type}`}\n`;
    case 'bytes':
      return printBytes(item.bytes);
    case 'word':
      return `    .word ${typeof item.value === 'number' ? item.value : formatSymbol(item.value)}\n`;
    case 'space':
      return `    .space ${item.sizeBytes}\n`;
    case 'comment':
      return item.text === '' ? ';\n' : `; ${item.text}\n`;
    case 'function':
    case 'object':
      return '';
  }
}

/** Text as .ascii or .asciz, other bytes as .byte. */
function printBytes(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const run = textRun(bytes, i);
    if (run >= 4) {
      const end = bytes[i + run] === 0 ? 1 : 0;
      text += `    ${end ? '.asciz' : '.ascii'} "${[...bytes.subarray(i, i + run)].map(escape).join('')}"\n`;
      i += run + end;
      continue;
    }
    let n = 0;
    while (n < BYTES_A_LINE && i + n < bytes.length && (n === 0 || textRun(bytes, i + n) < 4)) n++;
    text += `    .byte ${[...bytes.subarray(i, i + n)].join(', ')}\n`;
    i += n;
  }
  return text;
}

/** Length of the run of printable characters that starts here. */
function textRun(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && isText(bytes[end] as number)) end++;
  return end - start;
}

const isText = (byte: number) => (byte >= 32 && byte < 127) || byte === 10;

function escape(byte: number): string {
  if (byte === 10) return '\\n';
  const character = String.fromCharCode(byte);
  return character === '"' || character === '\\' ? `\\${character}` : character;
}
