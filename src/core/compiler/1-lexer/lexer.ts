/**
 * Characters to tokens, one file at a time, before preprocessing: directives are still tokens here, and nothing is reported, because
 * what `#if 0` leaves out may be anything. Mistakes are marked in the tokens (STRAY, UNTERMINATED) and reported by whoever uses
 * them. Lines that end in a backslash are joined first (C99 5.1.1.2, phase 2); positions are mapped back afterwards.
 */
import { NAME_PART, NAME_START } from '../../base/names';
import {
  CHAR,
  END,
  FIRST_ON_LINE,
  NAME,
  NUMBER,
  P,
  SIMPLE_NUMBER,
  SPACE_BEFORE,
  STRAY,
  STRING,
  UNTERMINATED,
  type NameTable,
  TokenBuffer,
} from './tokens';

const LETTER = 1;
const DIGIT = 2;
const SPACE = 4;
const PUNCT = 8;

/** Class of each ASCII character; others have none. */
const CLASS = new Uint8Array(128);
for (let c = 0; c < 26; c++) CLASS[65 + c] = CLASS[97 + c] = LETTER;
CLASS[95] = CLASS[36] = LETTER;
for (let c = 48; c < 58; c++) CLASS[c] = DIGIT;
for (const c of ' \t\r\v\f') CLASS[c.charCodeAt(0)] = SPACE;
for (const c of '()[]{}.-+&*~!/%<>=^|?:;,#') CLASS[c.charCodeAt(0)] = PUNCT;

/** Kind of each one-character punctuator, by code. */
const SINGLE = new Uint8Array(128);
for (const [text, kind] of Object.entries(P)) if (text.length === 1) SINGLE[text.charCodeAt(0)] = kind;

/** `end` is always the last token. Positions are `base` + offset in `text`. */
export function lex(text: string, base: number, names: NameTable, texts: string[]): TokenBuffer {
  const tokens = new TokenBuffer(texts, Math.max(64, text.length >> 2));
  if (text.includes('\\\n') || text.includes('\\\r\n')) {
    const spliced = splice(text);
    scan(spliced.text, 0, names, tokens);
    unsplice(tokens, spliced.cuts, base);
  } else {
    scan(text, base, names, tokens);
  }
  return tokens;
}

function scan(text: string, base: number, names: NameTable, tokens: TokenBuffer): void {
  const length = text.length;
  let flags = FIRST_ON_LINE;
  // A byte order mark at the very beginning is white space.
  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (i < length) {
    const c = text.charCodeAt(i);
    const cls = c < 128 ? (CLASS[c] as number) : 0;
    if (cls === LETTER) {
      const start = i;
      let hash = c;
      let d = text.charCodeAt(++i);
      while (d < 128 && ((CLASS[d] as number) & (LETTER | DIGIT)) !== 0) {
        hash = (Math.imul(hash, 31) + d) | 0;
        d = text.charCodeAt(++i);
      }
      if (d >= 128 && continuesName(text, i)) {
        i = scanWideName(text, start, base, flags, names, tokens);
        flags = 0;
        continue;
      }
      if ((d === 34 || d === 39) && i - start <= 2 && LITERAL_PREFIX.test(text.slice(start, i))) {
        i = scanQuoted(text, start, i, base, flags, tokens);
        flags = 0;
        continue;
      }
      tokens.push(NAME, flags, base + start, base + i, names.internRange(text, start, i, hash));
      flags = 0;
    } else if (c === 10) {
      flags = FIRST_ON_LINE;
      i++;
    } else if (cls === SPACE) {
      flags |= SPACE_BEFORE;
      i++;
    } else if (cls === DIGIT) {
      i = scanNumber(text, i, base, flags, tokens);
      flags = 0;
    } else if (cls === PUNCT) {
      const next = text.charCodeAt(i + 1);
      if (c === 47 && next === 47) {
        i = text.indexOf('\n', i);
        if (i < 0) i = length;
        continue;
      }
      if (c === 47 && next === 42) {
        const close = text.indexOf('*/', i + 2);
        if (close < 0) {
          tokens.push(STRAY, flags | UNTERMINATED, base + i, base + i + 2, 47);
          i = length;
          continue;
        }
        flags |= SPACE_BEFORE;
        i = close + 2;
        continue;
      }
      if (c === 46 && next >= 48 && next <= 57) {
        i = scanNumber(text, i, base, flags, tokens);
        flags = 0;
        continue;
      }
      const kind = punctuator(text, i, c, next);
      const size = kind >> 8;
      tokens.push(kind & 255, flags, base + i, base + i + size, 0);
      i += size;
      flags = 0;
    } else if (c === 34 || c === 39) {
      i = scanQuoted(text, i, i, base, flags, tokens);
      flags = 0;
    } else if (c >= 128 && startsName(text, i)) {
      i = scanWideName(text, i, base, flags, names, tokens);
      flags = 0;
    } else {
      const start = i;
      do i++;
      while (i < length && isStray(text.charCodeAt(i)) && !startsName(text, i));
      tokens.push(STRAY, flags, base + start, base + i, c);
      flags = 0;
    }
  }
  tokens.push(END, FIRST_ON_LINE, base + length, base + length, 0);
}

const isStray = (c: number): boolean => c >= 128 || (CLASS[c] === 0 && c !== 10 && c !== 34 && c !== 39);

const STARTS_NAME = new RegExp(NAME_START, 'uy');
const CONTINUES_NAME = new RegExp(NAME_PART, 'uy');
const NAME_PARTS = new RegExp(`${NAME_PART}*`, 'uy');

function matchesAt(pattern: RegExp, text: string, i: number): boolean {
  pattern.lastIndex = i;
  return pattern.test(text);
}
const startsName = (text: string, i: number): boolean => matchesAt(STARTS_NAME, text, i);
const continuesName = (text: string, i: number): boolean => matchesAt(CONTINUES_NAME, text, i);

/** A name with letters of any script (Unicode's identifiers, as in C23 6.4.2.1). */
function scanWideName(
  text: string,
  start: number,
  base: number,
  flags: number,
  names: NameTable,
  tokens: TokenBuffer,
): number {
  NAME_PARTS.lastIndex = start;
  NAME_PARTS.test(text);
  const end = NAME_PARTS.lastIndex;
  let hash = text.charCodeAt(start);
  for (let i = start + 1; i < end; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  tokens.push(NAME, flags, base + start, base + end, names.internRange(text, start, end, hash));
  return end;
}

/** A preprocessing number (C99 6.4.8): digits, letters, dots, and a sign after an exponent letter. */
function scanNumber(text: string, start: number, base: number, flags: number, tokens: TokenBuffer): number {
  let i = start;
  let value = 0;
  let c = text.charCodeAt(i);
  while (c >= 48 && c <= 57) {
    value = value * 10 + (c - 48);
    c = text.charCodeAt(++i);
  }
  const simple = i - start <= 9 && (text.charCodeAt(start) !== 48 || i === start + 1);
  const digitsEnd = i;
  while ((c < 128 && ((CLASS[c] as number) & (LETTER | DIGIT)) !== 0) || c === 46 || isExponentSign(text, i, c)) {
    c = text.charCodeAt(++i);
  }
  if (simple && i === digitsEnd) tokens.push(NUMBER, flags | SIMPLE_NUMBER, base + start, base + i, value);
  else tokens.push(NUMBER, flags, base + start, base + i, 0);
  return i;
}

/** `1e+5` is one number; `0xe+1` would be too by the letter of the standard, which helps nobody: hexadecimal e ends there. */
function isExponentSign(text: string, i: number, c: number): boolean {
  if (c !== 43 && c !== 45) return false;
  const before = text.charCodeAt(i - 1) | 32;
  if (before === 112) return true;
  if (before !== 101) return false;
  let start = i - 1;
  while (start > 0 && ((CLASS[text.charCodeAt(start - 1)] ?? 0) & (LETTER | DIGIT)) !== 0) start--;
  return !(text.charCodeAt(start) === 48 && (text.charCodeAt(start + 1) | 32) === 120);
}

/** Wide literals: L"…", and C11's u, U and u8. */
const LITERAL_PREFIX = /^(?:[LuU]|u8)$/;

/** `open` is where the quote stands, `start` where the literal does: a prefix may come first. */
function scanQuoted(
  text: string,
  start: number,
  open: number,
  base: number,
  flags: number,
  tokens: TokenBuffer,
): number {
  const quote = text.charCodeAt(open);
  const kind = quote === 34 ? STRING : CHAR;
  let i = open + 1;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) {
      tokens.push(kind, flags, base + start, base + i + 1, 0);
      return i + 1;
    }
    if (c === 10) break;
    if (c === 92 && text.charCodeAt(i + 1) !== 10) i++;
  }
  i = Math.min(i, text.length);
  tokens.push(kind, flags | UNTERMINATED, base + start, base + i, 0);
  return i;
}

const two = (kind: number): number => kind | (2 << 8);
const three = (kind: number): number => kind | (3 << 8);
const AND_AND = two(P['&&']);
const OR_OR = two(P['||']);
const INCREMENT = two(P['++']);
const DECREMENT = two(P['--']);
const ARROW = two(P['->']);
const SHIFT_LEFT = two(P['<<']);
const SHIFT_RIGHT = two(P['>>']);
const PASTE = two(P['##']);
const SHIFT_LEFT_ASSIGN = three(P['<<=']);
const SHIFT_RIGHT_ASSIGN = three(P['>>=']);
const ELLIPSIS = three(P['...']);
/** Kind of `c=` by the code of c, 0 where there is none. */
const WITH_EQUALS = new Uint16Array(128);
for (const c of '*/%+-<>&^|=!') {
  WITH_EQUALS[c.charCodeAt(0)] = two((P as Readonly<Record<string, number>>)[`${c}=`] as number);
}
/** Digraphs (C99 6.4.6). */
const DIGRAPHS: Readonly<Record<string, number>> = {
  '<:': two(P['[']),
  ':>': two(P[']']),
  '<%': two(P['{']),
  '%>': two(P['}']),
  '%:': two(P['#']),
};

/** Kind in the low byte, length above it. */
function punctuator(text: string, i: number, c: number, next: number): number {
  if (next === 61 && (WITH_EQUALS[c] as number) !== 0) return WITH_EQUALS[c] as number;
  switch (c) {
    case 38:
      if (next === 38) return AND_AND;
      break;
    case 124:
      if (next === 124) return OR_OR;
      break;
    case 43:
      if (next === 43) return INCREMENT;
      break;
    case 45:
      if (next === 45) return DECREMENT;
      if (next === 62) return ARROW;
      break;
    case 60:
      if (next === 60) return text.charCodeAt(i + 2) === 61 ? SHIFT_LEFT_ASSIGN : SHIFT_LEFT;
      if (next === 58 || next === 37) return DIGRAPHS[text.slice(i, i + 2)] as number;
      break;
    case 62:
      if (next === 62) return text.charCodeAt(i + 2) === 61 ? SHIFT_RIGHT_ASSIGN : SHIFT_RIGHT;
      break;
    case 58:
      if (next === 62) return two(P[']']);
      break;
    case 37:
      if (next === 62 || next === 58) return DIGRAPHS[text.slice(i, i + 2)] as number;
      break;
    case 46:
      if (next === 46 && text.charCodeAt(i + 2) === 46) return ELLIPSIS;
      break;
    case 35:
      if (next === 35) return PASTE;
      break;
  }
  return (SINGLE[c] as number) | (1 << 8);
}

interface Cut {
  /** Offset in the joined text from which `removed` units are missing before. */
  readonly at: number;
  readonly removed: number;
}

function splice(text: string): { text: string; cuts: Cut[] } {
  const cuts: Cut[] = [];
  const parts: string[] = [];
  let from = 0;
  let removed = 0;
  for (let i = text.indexOf('\\'); i >= 0; i = text.indexOf('\\', i + 1)) {
    const size = text.charCodeAt(i + 1) === 10 ? 2 : text.startsWith('\r\n', i + 1) ? 3 : 0;
    if (size === 0) continue;
    parts.push(text.slice(from, i));
    from = i + size;
    removed += size;
    cuts.push({ at: from - removed, removed });
    i = from - 1;
  }
  parts.push(text.slice(from));
  return { text: parts.join(''), cuts };
}

/** Tokens are in order, so one walk over the cuts serves all starts and one all ends. */
function unsplice(tokens: TokenBuffer, cuts: readonly Cut[], base: number): void {
  const map = (column: Int32Array, isEnd: boolean) => {
    let cut = 0;
    let removed = 0;
    for (let i = 0; i < tokens.count; i++) {
      const offset = column[i] as number;
      while (cut < cuts.length) {
        const { at, removed: total } = cuts[cut] as Cut;
        if (isEnd ? at >= offset : at > offset) break;
        removed = total;
        cut++;
      }
      column[i] = base + offset + removed;
    }
  };
  map(tokens.start, false);
  map(tokens.end, true);
  tokens.place.set(tokens.start);
  tokens.placeEnd.set(tokens.end);
}
