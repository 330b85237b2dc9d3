/** Numbers, characters and strings as they are spelled, to values (C99 6.4.4 and 6.4.5). */

export interface NumberValue {
  /** Unsigned, below 2^32. */
  readonly value: number;
  readonly decimal: boolean;
  readonly unsignedSuffix: boolean;
  readonly longSuffix: boolean;
}
export interface NumberProblem {
  readonly problem: 'malformed' | 'too-large' | 'floating' | 'long-long';
}

export function parseNumber(spelled: string): NumberValue | NumberProblem {
  const text = spelled.includes('\\') ? spelled.replace(/\\\r?\n/g, '') : spelled;
  const second = text.charCodeAt(1) | 32;
  let radix = 10;
  let i = 0;
  if (text.charCodeAt(0) === 48 && text.length > 1) {
    if (second === 120) radix = 16;
    else if (second === 98) radix = 2;
    else radix = 8;
    i = radix === 8 ? 1 : 2;
  }
  if (looksFloating(text, radix)) return { problem: 'floating' };
  const first = i;
  let value = 0;
  let tooLarge = false;
  for (; i < text.length; i++) {
    const digit = digitValue(text.charCodeAt(i));
    if (digit >= 10 && radix < 16) break;
    if (digit < 0) break;
    if (digit >= radix) return { problem: 'malformed' };
    value = value * radix + digit;
    if (value > 0xffffffff) tooLarge = true;
  }
  if (i === first && radix !== 8) return { problem: 'malformed' };
  const suffix = text.slice(i).toLowerCase();
  if (suffix === 'll' || suffix === 'ull' || suffix === 'llu') return { problem: 'long-long' };
  if (!['', 'u', 'l', 'ul', 'lu'].includes(suffix)) return { problem: 'malformed' };
  if (tooLarge) return { problem: 'too-large' };
  return {
    value,
    decimal: radix === 10,
    unsignedSuffix: suffix.includes('u'),
    longSuffix: suffix.includes('l'),
  };
}

function looksFloating(text: string, radix: number): boolean {
  if (radix === 16) return /^0[xX][0-9a-fA-F]*\.|^0[xX][0-9a-fA-F.]+[pP]/.test(text);
  return /^[0-9]*\.[0-9]*([eE][+-]?[0-9]+)?[fFlL]?$|^[0-9]+[eE][+-]?[0-9]+[fFlL]?$/.test(text);
}

export function digitValue(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const letter = c | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

export interface EscapeProblem {
  readonly id: 'unknown-escape' | 'escape-too-large';
  /** Offset in the spelling. */
  readonly at: number;
  readonly escape: string;
}

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};

/** What stands before the quotes: nothing, or the type of the elements (C99 6.4.5, C11's u, U and u8). */
export type LiteralPrefix = '' | 'L' | 'u' | 'U' | 'u8';
/** Bytes of one element; wchar_t is an int, so L"…" has 16-bit elements. */
export const UNIT_BYTES: Readonly<Record<LiteralPrefix, 1 | 2 | 4>> = { '': 1, u8: 1, L: 2, u: 2, U: 4 };

export function literalPrefix(spelled: string): LiteralPrefix {
  const first = spelled.charCodeAt(0);
  if (first === 34 || first === 39) return '';
  return spelled.slice(0, spelled.search(/["']/)) as LiteralPrefix;
}

/** The bytes between the quotes; characters outside ASCII become UTF-8, a lone surrogate the replacement character. */
export function decodeBytes(spelled: string, problems?: EscapeProblem[]): number[] {
  return decodeUnits(spelled, 1, problems);
}

/** The elements between the quotes: UTF-8, UTF-16 or UTF-32 by the size of one. */
export function decodeUnits(spelled: string, unitBytes: 1 | 2 | 4, problems?: EscapeProblem[]): number[] {
  const units: number[] = [];
  const open = literalPrefix(spelled).length;
  const last = spelled.length - 1;
  const end = last > open && spelled[last] === spelled[open] ? last : spelled.length;
  for (let i = open + 1; i < end; i++) {
    const c = spelled.charCodeAt(i);
    if (c === 92) {
      i = decodeEscape(spelled, i, end, { units, unitBytes, problems });
    } else if (c < 128) {
      units.push(c);
    } else {
      const point = spelled.codePointAt(i) as number;
      if (point > 0xffff) i++;
      pushPoint(point, unitBytes, units);
    }
  }
  return units;
}

interface UnitSink {
  readonly units: number[];
  readonly unitBytes: 1 | 2 | 4;
  readonly problems: EscapeProblem[] | undefined;
}

/** `i` is at the backslash; gives the index of the last unit of the escape. */
function decodeEscape(text: string, i: number, end: number, sink: UnitSink): number {
  const { units, unitBytes, problems } = sink;
  const c = text.charCodeAt(i + 1);
  if (c === 10) return i + 1;
  if (c === 13 && text.charCodeAt(i + 2) === 10) return i + 2;
  if (c === 117 || c === 85) return decodeUniversal(text, i, end, sink);
  let value = 0;
  let stop = i + 2;
  if (c >= 48 && c <= 55) {
    for (stop = i + 1; stop < Math.min(i + 4, end) && isOctal(text.charCodeAt(stop)); stop++) {
      value = value * 8 + text.charCodeAt(stop) - 48;
    }
  } else if (c === 120 && digitValue(text.charCodeAt(i + 2)) >= 0) {
    for (; stop < end && digitValue(text.charCodeAt(stop)) >= 0; stop++) {
      value = Math.min(value * 16 + digitValue(text.charCodeAt(stop)), 2 ** 32);
    }
  } else {
    const simple = SIMPLE_ESCAPES[text.charAt(i + 1)];
    if (simple === undefined) return unknownEscape(text, i, end, sink);
    units.push(simple);
    return i + 1;
  }
  const limit = 2 ** (8 * unitBytes);
  if (value >= limit) problems?.push({ id: 'escape-too-large', at: i, escape: text.slice(i, stop) });
  units.push(value % limit);
  return stop - 1;
}

function unknownEscape(text: string, i: number, end: number, { units, unitBytes, problems }: UnitSink): number {
  const c = text.charCodeAt(i + 1);
  problems?.push({ id: 'unknown-escape', at: i, escape: text.charAt(i + 1) });
  if (i + 1 >= end) return i;
  pushPoint(c, unitBytes, units);
  return i + 1;
}

/** A universal character name (C99 6.4.3): \u and four hexadecimal digits, or \U and eight. */
function decodeUniversal(text: string, i: number, end: number, sink: UnitSink): number {
  const count = text.charCodeAt(i + 1) === 117 ? 4 : 8;
  const digits = text.slice(i + 2, Math.min(i + 2 + count, end));
  if (digits.length < count || !/^[0-9a-fA-F]*$/.test(digits)) return unknownEscape(text, i, end, sink);
  const point = Number.parseInt(digits, 16);
  if (point > 0x10ffff) sink.problems?.push({ id: 'escape-too-large', at: i, escape: text.slice(i, i + 2 + count) });
  pushPoint(Math.min(point, 0x110000), sink.unitBytes, sink.units);
  return i + 1 + count;
}

/** A character as elements; what is no character becomes U+FFFD. */
function pushPoint(point: number, unitBytes: 1 | 2 | 4, units: number[]): void {
  const valid = (point >= 0xd800 && point < 0xe000) || point > 0x10ffff ? 0xfffd : point;
  if (unitBytes === 1) pushUtf8(valid, units);
  else if (unitBytes === 4 || valid < 0x10000) units.push(valid);
  else units.push(0xd800 + ((valid - 0x10000) >> 10), 0xdc00 + ((valid - 0x10000) & 0x3ff));
}

const isOctal = (c: number): boolean => c >= 48 && c <= 55;

function pushUtf8(point: number, bytes: number[]): void {
  if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
  else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
}

export interface CharValue {
  readonly value: number;
  /** Characters between the quotes; exactly one is usual. */
  readonly count: number;
  readonly prefix: LiteralPrefix;
}

/**
 * The value of a character constant: an int; plain char is unsigned, so '\xff' is 255. Several characters count as in gcc for
 * a 16-bit int: the last two. L'x' is an int too, u'x' an unsigned int, U'x' an unsigned long.
 */
export function decodeChar(spelled: string, problems?: EscapeProblem[]): CharValue {
  const prefix = literalPrefix(spelled);
  const units = decodeUnits(spelled, UNIT_BYTES[prefix], problems);
  const count = units.length;
  if (UNIT_BYTES[prefix] > 1) {
    const last = units[count - 1] ?? 0;
    return { value: prefix === 'L' ? (last << 16) >> 16 : last, count, prefix };
  }
  let value = 0;
  for (const byte of units) value = ((value << 8) | byte) & 0xffff;
  if (count > 1) value = (value << 16) >> 16;
  return { value, count, prefix };
}
