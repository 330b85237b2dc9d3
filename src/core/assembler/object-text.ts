/** An object file as text: sections with their bytes, symbols, relocations. */
import type { ObjectFile, ObjectSection } from './object';

const BYTES_A_LINE = 16;
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

export function objectText(object: ObjectFile): string {
  const symbols = object.symbols.map(
    (s) =>
      `  ${hex(s.offset, 4)} ${s.kind} ${s.global ? 'global' : 'local'} ${s.name} in ${object.sections[s.section]?.name}\n`,
  );
  return `${object.name}\n${object.sections.map(sectionText).join('')}symbols\n${symbols.join('')}`;
}

function sectionText(section: ObjectSection): string {
  const lines: string[] = [`section ${section.name} ${section.type} ${section.sizeBytes} bytes\n`];
  for (let at = 0; at < section.bytes.length; at += BYTES_A_LINE) {
    const bytes = [...section.bytes.subarray(at, at + BYTES_A_LINE)].map((b) => hex(b, 2));
    lines.push(`  ${hex(at, 4)}  ${bytes.join(' ')}\n`);
  }
  for (const { offset, kind, symbol, addend } of section.relocations)
    lines.push(`  ${hex(offset, 4)} ${kind} ${symbol}${addend === 0 ? '' : `+${addend}`}\n`);
  return lines.join('');
}
