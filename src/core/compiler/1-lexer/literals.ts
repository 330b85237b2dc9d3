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

/** The bytes between the quotes; characters outside ASCII become UTF-8, a lone surrogate the replacement character. */
export function decodeBytes(spelled: string, problems?: EscapeProblem[]): number[] {
  const bytes: number[] = [];
  const last = spelled.length - 1;
  const end = last > 0 && spelled[last] === spelled[0] ? last : spelled.length;
  for (let i = 1; i < end; i++) {
    const c = spelled.charCodeAt(i);
    if (c === 92) {
      i = decodeEscape(spelled, i, end, bytes, problems);
    } else if (c < 128) {
      bytes.push(c);
    } else {
      const point = spelled.codePointAt(i) as number;
      if (point > 0xffff) i++;
      pushUtf8(point >= 0xd800 && point < 0xe000 ? 0xfffd : point, bytes);
    }
  }
  return bytes;
}

/** `i` is at the backslash; gives the index of the last unit of the escape. */
function decodeEscape(
  text: string,
  i: number,
  end: number,
  bytes: number[],
  problems: EscapeProblem[] | undefined,
): number {
  const start = i;
  const c = text.charCodeAt(i + 1);
  if (c === 10) return i + 1;
  if (c === 13 && text.charCodeAt(i + 2) === 10) return i + 2;
  let value = 0;
  let stop = i + 2;
  if (c >= 48 && c <= 55) {
    for (stop = i + 1; stop < Math.min(i + 4, end) && isOctal(text.charCodeAt(stop)); stop++) {
      value = value * 8 + text.charCodeAt(stop) - 48;
    }
  } else if (c === 120 && digitValue(text.charCodeAt(i + 2)) >= 0) {
    for (; stop < end && digitValue(text.charCodeAt(stop)) >= 0; stop++) {
      value = Math.min(value * 16 + digitValue(text.charCodeAt(stop)), 0x10000);
    }
  } else {
    const simple = SIMPLE_ESCAPES[text.charAt(i + 1)];
    if (simple === undefined) {
      problems?.push({ id: 'unknown-escape', at: start, escape: text.charAt(i + 1) });
      if (i + 1 >= end) return i;
      if (c >= 128) {
        pushUtf8(c >= 0xd800 && c < 0xe000 ? 0xfffd : c, bytes);
        return i + 1;
      }
    }
    bytes.push(simple ?? c);
    return i + 1;
  }
  if (value > 255) problems?.push({ id: 'escape-too-large', at: start, escape: text.slice(start, stop) });
  bytes.push(value & 255);
  return stop - 1;
}

const isOctal = (c: number): boolean => c >= 48 && c <= 55;

function pushUtf8(point: number, bytes: number[]): void {
  if (point < 0x80) bytes.push(point);
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
  else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
}

/**
 * The value of a character constant: an int; plain char is unsigned, so '\xff' is 255. Several characters count as in gcc for
 * a 16-bit int: the last two.
 */
export function decodeChar(spelled: string, problems?: EscapeProblem[]): { value: number; count: number } {
  const bytes = decodeBytes(spelled, problems);
  let value = 0;
  for (const byte of bytes) value = ((value << 8) | byte) & 0xffff;
  if (bytes.length > 1) value = (value << 16) >> 16;
  return { value, count: bytes.length };
}
