/** Values as a debugger shows them: `97 'a'`, `0x8012 "hello"`, `{x = 1, y = 2}`, `{1, 2, 3, …}`. */
import type { Image } from '../../assembler/image';
import { readInteger, type Value } from './evaluate';
import { sizeOf, type DebugType, type TypeTable } from './types';

const MAX_ELEMENTS = 16;
const MAX_STRING = 40;
/** Structs inside structs deeper than this are cut. */
const MAX_DEPTH = 3;

export interface Reading {
  readonly image: Image;
  readonly types: TypeTable;
  readonly memory: Uint8Array;
}

export function formatValue(value: Value, reading: Reading): string {
  return text(value.type, value.bits, value.address, reading, 0);
}

function text(type: DebugType, bits: number, address: number | undefined, r: Reading, depth: number): string {
  switch (type.kind) {
    case 'int': {
      const name = type.members?.find((member) => member.value === bits)?.name;
      if (name !== undefined) return `${bits} ${name}`;
      return type.sizeBytes === 1 && type.name.includes('char') && isPrintable(bits)
        ? `${bits} '${String.fromCharCode(bits)}'`
        : String(bits);
    }
    case 'pointer':
      return pointerText(type.to, bits, r);
    case 'array':
      return address === undefined ? '' : arrayText(type.of, type.length, address, r, depth);
    case 'record': {
      if (address === undefined || depth >= MAX_DEPTH) return '{…}';
      const members = type.record.members.map(
        ({ name, type: of, offset }) => `${name} = ${at(r.types.read(of), address + offset, r, depth + 1)}`,
      );
      return `{${members.join(', ')}}`;
    }
    case 'function':
      return `${hex(bits)} <${type.text}>`;
    case 'unknown':
      return address === undefined
        ? String(bits)
        : `{${bytes(r, address, Math.min(8, type.sizeBytes)).join(' ')}${type.sizeBytes > 8 ? ' …' : ''}}`;
    case 'void':
      return 'void';
  }
}

/** The value of that type at an address. */
function at(type: DebugType, address: number, r: Reading, depth: number): string {
  const bits =
    type.kind === 'int'
      ? readInteger(r.memory, address, type.sizeBytes, type.signed)
      : type.kind === 'pointer'
        ? readInteger(r.memory, address, 2, false)
        : address;
  return text(type, bits, address & 0xffff, r, depth);
}

function arrayText(of: DebugType, length: number, address: number, r: Reading, depth: number): string {
  if (isCharacter(of)) {
    const found = stringAt(r.memory, address, length);
    if (found !== undefined) return found;
  }
  const shown = Math.min(length, MAX_ELEMENTS);
  const size = sizeOf(of);
  const elements = Array.from({ length: shown }, (_, i) => at(of, address + i * size, r, depth + 1));
  return `{${elements.join(', ')}${length > shown ? ', …' : ''}}`;
}

function pointerText(to: DebugType, bits: number, r: Reading): string {
  if (bits === 0) return '0x0000 (null)';
  const symbol = r.image.symbols.find(
    (s) => s.kind !== 'label' && bits >= s.address && bits < s.address + Math.max(1, s.sizeBytes),
  );
  const offset = symbol ? bits - symbol.address : 0;
  const name = symbol && !symbol.name.startsWith('.') ? ` <${symbol.name}${offset > 0 ? `+${offset}` : ''}>` : '';
  const string = isCharacter(to) ? stringAt(r.memory, bits, MAX_STRING + 1) : undefined;
  return `${hex(bits)}${name}${string === undefined ? '' : ` ${string}`}`;
}

const isCharacter = (type: DebugType) => type.kind === 'int' && type.name === 'char';
const isPrintable = (byte: number) => byte >= 32 && byte < 127;
const hex = (value: number) => `0x${value.toString(16).padStart(4, '0')}`;

function bytes(r: Reading, address: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    (r.memory[(address + i) & 0xffff] as number).toString(16).padStart(2, '0'),
  );
}

/** Text up to a zero, if it is text; undefined when it is anything else. */
function stringAt(memory: Uint8Array, address: number, room: number): string | undefined {
  let found = '';
  for (let i = 0; i < Math.min(room, MAX_STRING); i++) {
    const byte = memory[(address + i) & 0xffff] as number;
    if (byte === 0) return `"${found}"`;
    if (!isPrintable(byte) && byte !== 10 && byte !== 9) return undefined;
    found += byte === 10 ? '\\n' : byte === 9 ? '\\t' : byte === 34 ? '\\"' : String.fromCharCode(byte);
  }
  return `"${found}…"`;
}
