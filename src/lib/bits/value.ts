/** One pattern of bits, read in every way. The pattern is a BigInt of `width` bits; each reading has a way back. */
import { formatInteger, NARROW } from '../format';

export const WIDTHS = [8, 16, 32, 64] as const;
export type Width = (typeof WIDTHS)[number];

export interface Reading {
  readonly id: string;
  readonly title: string;
  /** What the reading says, as the person may edit it; empty when the pattern has no such reading. */
  readonly text: string;
  /** Why there is none, or a remark. */
  readonly note?: string;
  /** The pattern of an edited text, or undefined when it means none of this width. */
  readonly parse?: (text: string) => bigint | undefined;
}

const mask = (width: Width) => (1n << BigInt(width)) - 1n;
const fits = (value: bigint, width: Width) => value >= -(1n << BigInt(width - 1)) && value <= mask(width);
export const wrap = (value: bigint, width: Width): bigint => BigInt.asUintN(width, value);

/** All readings of a pattern; `fraction` is the number of bits after the point of the fixed-point reading. */
export function readings(bits: bigint, width: Width, fraction: number): Reading[] {
  return [
    {
      id: 'hex',
      title: 'Hexadecimal',
      text: hexText(bits, width),
      parse: (text) => parseInteger(`0x${text.replace(/^0x/i, '')}`, width),
    },
    {
      id: 'binary',
      title: 'Binary',
      text: binaryText(bits, width),
      parse: (text) => parseInteger(`0b${text.replace(/^0b/i, '')}`, width),
    },
    {
      id: 'octal',
      title: 'Octal',
      text: bits.toString(8),
      parse: (text) => parseInteger(`0o${text.replace(/^0o/i, '')}`, width),
    },
    { id: 'unsigned', title: 'Unsigned', text: bits.toString(), parse: (text) => parseInteger(text, width) },
    {
      id: 'signed',
      title: "Signed, two's complement",
      text: BigInt.asIntN(width, bits).toString(),
      parse: (text) => parseInteger(text, width),
    },
    fixedReading(bits, width, fraction),
    ...(width === 8 ? [] : [floatReading(bits, width)]),
    utf8Reading(bits, width),
    ...(width === 8 ? [characterReading(bits)] : []),
    {
      id: 'bcd',
      title: 'Packed decimal (BCD)',
      text: /^\d+$/.test(bits.toString(16)) ? bits.toString(16) : '',
      ...(/^\d+$/.test(bits.toString(16)) ? {} : { note: 'a digit is above 9' }),
      parse: (text) => (/^\d+$/.test(text.trim()) ? parseInteger(`0x${text.trim()}`, width) : undefined),
    },
  ];
}

export function hexText(bits: bigint, width: Width): string {
  return bits.toString(16).padStart(width / 4, '0');
}

/** In groups of four. */
export function binaryText(bits: bigint, width: Width): string {
  return bits
    .toString(2)
    .padStart(width, '0')
    .replace(/(\d{4})(?=\d)/g, `$1 `);
}

/** An integer in decimal, 0x, 0b or 0o, with spaces and underscores allowed; undefined when it is none or does not fit. */
export function parseInteger(text: string, width: Width): bigint | undefined {
  const plain = text.replace(/[\s_\u202f\u00a0]/g, '').replace('−', '-');
  const match = /^(-?)(0x[\da-f]+|0b[01]+|0o[0-7]+|\d+)$/i.exec(plain);
  if (!match) return undefined;
  const value = BigInt(match[2] as string) * (match[1] === '-' ? -1n : 1n);
  return fits(value, width) ? wrap(value, width) : undefined;
}

function fixedReading(bits: bigint, width: Width, fraction: number): Reading {
  const whole = width - fraction;
  return {
    id: 'fixed',
    title: `Fixed point, ${whole}.${fraction}`,
    text: fixedText(BigInt.asIntN(width, bits), fraction),
    parse: (text) => {
      const match = /^([-−]?)(\d*)(?:\.(\d*))?$/.exec(text.trim());
      if (!match || (match[2] === '' && !match[3])) return undefined;
      const digits = match[3] ?? '';
      const scale = 10n ** BigInt(digits.length);
      const scaled = BigInt(`${match[2] ?? ''}${digits}` || '0') << BigInt(fraction);
      const rounded = (scaled + scale / 2n) / scale;
      const value = match[1] === '' ? rounded : -rounded;
      return value >= -(1n << BigInt(width - 1)) && value < 1n << BigInt(width - 1) ? wrap(value, width) : undefined;
    },
  };
}

/** Exact: a binary fraction always ends in decimal. */
function fixedText(value: bigint, fraction: number): string {
  const sign = value < 0n ? '-' : '';
  const size = value < 0n ? -value : value;
  const unit = 1n << BigInt(fraction);
  const digits = (((size % unit) * 10n ** BigInt(fraction)) / unit)
    .toString()
    .padStart(fraction, '0')
    .replace(/0+$/, '');
  return `${sign}${size / unit}${digits === '' ? '' : `.${digits}`}`;
}

/** IEEE 754: exponent and fraction widths by size. */
const FLOATS = { 16: [5, 10], 32: [8, 23], 64: [11, 52] } as const;

export interface FloatParts {
  readonly sign: number;
  readonly exponent: number;
  readonly fraction: bigint;
  readonly bias: number;
  readonly value: number;
  readonly kind: 'zero' | 'subnormal' | 'normal' | 'infinity' | 'nan';
}

export function floatParts(bits: bigint, width: 16 | 32 | 64): FloatParts {
  const [exponentBits, fractionBits] = FLOATS[width];
  const bias = 2 ** (exponentBits - 1) - 1;
  const fraction = bits & ((1n << BigInt(fractionBits)) - 1n);
  const exponent = Number((bits >> BigInt(fractionBits)) & ((1n << BigInt(exponentBits)) - 1n));
  const sign = Number(bits >> BigInt(width - 1));
  const top = 2 ** exponentBits - 1;
  const kind =
    exponent === top
      ? fraction === 0n
        ? 'infinity'
        : 'nan'
      : exponent === 0
        ? fraction === 0n
          ? 'zero'
          : 'subnormal'
        : 'normal';
  const share = Number(fraction) / 2 ** fractionBits;
  const size =
    kind === 'nan'
      ? NaN
      : kind === 'infinity'
        ? Infinity
        : exponent === 0
          ? share * 2 ** (1 - bias)
          : (1 + share) * 2 ** (exponent - bias);
  return { sign, exponent, fraction, bias, value: sign === 1 ? -size : size, kind };
}

/** The pattern of the nearest float, ties to even. */
export function floatBits(value: number, width: 16 | 32 | 64): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (width === 64) {
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  }
  if (width === 32) {
    view.setFloat32(0, value);
    return BigInt(view.getUint32(0));
  }
  return BigInt(halfBits(value));
}

function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  // 65520 is halfway between the largest half, 65504, and the next power of two.
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -30)));
  const steps = roundHalfEven(size / 2 ** (exponent - 10));
  // A step count of 2048 carries into the exponent by itself, and one below 1024 is a subnormal.
  return sign | (steps >= 1024 ? ((exponent + 14) << 10) + steps : steps);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function floatReading(bits: bigint, width: Exclude<Width, 8>): Reading {
  const parts = floatParts(bits, width);
  const names = { 16: 'half', 32: 'single', 64: 'double' } as const;
  const note = {
    zero: 'zero',
    infinity: 'infinity',
    nan: 'not a number',
    subnormal: `subnormal: fraction × 2^${1 - parts.bias}`,
    normal: `${parts.sign ? '−' : ''}1.fraction × 2^${parts.exponent - parts.bias}`,
  }[parts.kind];
  return {
    id: 'float',
    title: `Float, IEEE 754 ${names[width]}`,
    text: Object.is(parts.value, -0) ? '-0' : String(parts.value),
    note,
    parse: (text) => {
      const value = Number(text.trim().replace('−', '-'));
      const isNumber = text.trim() !== '' && (!Number.isNaN(value) || text.trim() === 'NaN');
      return isNumber ? floatBits(value, width) : undefined;
    },
  };
}

function utf8Reading(bits: bigint, width: Width): Reading {
  const bytes = bytesOf(bits, width);
  const used = bytes.slice(
    bytes.findIndex((byte) => byte !== 0) === -1 ? bytes.length - 1 : bytes.findIndex((byte) => byte !== 0),
  );
  let text = '';
  let note: string | undefined;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(used));
    // A control character cannot be seen: its name is shown.
    if (/\p{Cc}/u.test(text)) {
      note = [...text].map((character) => controlName(character.codePointAt(0) ?? 0)).join(' ');
      text = '';
    } else
      note = [...text]
        .map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
        .join(' ');
  } catch {
    note = 'these bytes are not UTF-8';
  }
  return {
    id: 'utf8',
    title: 'Text, UTF-8',
    text,
    note,
    parse: (edited) => {
      const encoded = new TextEncoder().encode(edited);
      if (encoded.length === 0 || encoded.length > width / 8) return undefined;
      return encoded.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
    },
  };
}

function characterReading(bits: bigint): Reading {
  const code = Number(bits);
  return {
    id: 'char',
    title: 'Character of C',
    text:
      code >= 32 && code < 127
        ? `'${code === 39 || code === 92 ? '\\' : ''}${String.fromCharCode(code)}'`
        : `'${escape(code)}'`,
    note: code < 32 || code === 127 ? controlName(code) : code > 127 ? 'outside ASCII' : 'ASCII',
    parse: (text) => {
      const inner = /^'?(\\?[^]|\\x[\da-f]{1,2}|\\[0-7]{1,3})'?$/iu.exec(text.trim())?.[1];
      if (inner === undefined) return undefined;
      const simple = Object.entries(ESCAPES).find(([, letter]) => inner === `\\${letter}`);
      if (simple) return BigInt(simple[0]);
      if (/^\\x/i.test(inner)) return BigInt(`0x${inner.slice(2)}`);
      if (/^\\[0-7]/.test(inner)) return BigInt.asUintN(8, BigInt(`0o${inner.slice(1)}`));
      const point = [...inner.replace(/^\\/, '')][0]?.codePointAt(0) ?? 256;
      return point < 128 ? BigInt(point) : undefined;
    },
  };
}

const ESCAPES: Readonly<Record<number, string>> = {
  0: '0',
  7: 'a',
  8: 'b',
  9: 't',
  10: 'n',
  11: 'v',
  12: 'f',
  13: 'r',
};
const escape = (code: number) =>
  ESCAPES[code] === undefined ? `\\x${code.toString(16).padStart(2, '0')}` : `\\${ESCAPES[code]}`;

const CONTROLS =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );
const controlName = (code: number) => (code === 127 ? 'DEL' : (CONTROLS[code] ?? String.fromCodePoint(code)));

/** Most significant byte first. */
export function bytesOf(bits: bigint, width: Width): number[] {
  return Array.from({ length: width / 8 }, (_, index) => Number((bits >> BigInt(width - 8 - 8 * index)) & 255n));
}

// Units

export interface SizeUnit {
  readonly unit: string;
  readonly bytes: number;
}
export const DECIMAL_UNITS: readonly SizeUnit[] = ['KB', 'MB', 'GB', 'TB', 'PB'].map((unit, index) => ({
  unit,
  bytes: 1000 ** (index + 1),
}));
export const BINARY_UNITS: readonly SizeUnit[] = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'].map((unit, index) => ({
  unit,
  bytes: 1024 ** (index + 1),
}));

/** Up to six significant digits, grouped, no trailing zeros. */
export function quantity(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value !== 0 && (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-6))
    return value.toExponential(3).replace('e+', 'e');
  if (Number.isInteger(value)) return formatInteger(value);
  const [whole = '0', part = ''] = Number(value.toPrecision(6)).toString().split('.');
  return part === ''
    ? whole.replace(/\B(?=(\d{3})+$)/g, NARROW)
    : `${whole.replace(/\B(?=(\d{3})+$)/g, NARROW)}.${part}`;
}
