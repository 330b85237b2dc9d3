/** The assembler's directives: one entry each. */
import type { Span } from '../base/source';
import { describe, LineError, type Cursor } from './expression';
import type { AsmItem, AsmOperand, SectionType } from './items';
import { ASSEMBLER_MESSAGES as M } from './messages';

/** What a directive may do to the file being assembled. */
export interface DirectiveTarget {
  number(cursor: Cursor): number;
  address(cursor: Cursor): AsmOperand;
  isBss(): boolean;
  /** Bytes in the current section so far. */
  offset(): number;
  enter(name: string, type: SectionType): void;
  emit(item: AsmItem, sizeBytes: number): void;
  markGlobal(name: string, span: Span): void;
  define(name: string, value: number, span: Span): void;
}

type Directive = (cursor: Cursor, target: DirectiveTarget, span: Span) => void;

const TYPES: readonly SectionType[] = ['text', 'rodata', 'data', 'bss'];
/** A single .space or .align may make this many bytes. */
const MAX_SPACE_BYTES = 0x10000;

/** The type that a section's name implies: `.text.main` is text; vectors are constants. */
export function sectionTypeOf(name: string): SectionType | undefined {
  if (/^\.vector\.\d+$/.test(name)) return 'rodata';
  return TYPES.find((type) => name === `.${type}` || name.startsWith(`.${type}.`));
}

const inSection =
  (type: SectionType): Directive =>
  (_, target) =>
    target.enter(`.${type}`, type);

const text =
  (end: readonly number[]): Directive =>
  (cursor, target, span) => {
    refuseInBss(target, span);
    const bytes: number[] = [];
    do {
      const token = cursor.take();
      if (token.kind !== 'string') throw new LineError(M.expected(token.span, 'a string', describe(token)));
      for (const byte of token.bytes) bytes.push(byte);
      bytes.push(...end);
    } while (cursor.accept(','));
    target.emit({ kind: 'bytes', bytes: Uint8Array.from(bytes) }, bytes.length);
  };

export const DIRECTIVES: Readonly<Record<string, Directive>> = {
  '.section': (cursor, target, span) => {
    const name = nameOf(cursor);
    let type = sectionTypeOf(name);
    if (cursor.accept(',')) type = TYPES.find((t) => t === cursor.token.text) ?? type;
    if (cursor.token.kind !== 'end') cursor.take();
    if (!type) throw new LineError(M.sectionType(span, name));
    target.enter(name, type);
  },
  '.text': inSection('text'),
  '.rodata': inSection('rodata'),
  '.data': inSection('data'),
  '.bss': inSection('bss'),
  '.global': (cursor, target) => {
    do {
      const { span } = cursor.token;
      target.markGlobal(nameOf(cursor), span);
    } while (cursor.accept(','));
  },
  '.byte': (cursor, target, span) => {
    refuseInBss(target, span);
    const bytes: number[] = [];
    do {
      const at = cursor.token.span;
      const value = target.number(cursor);
      if (value < -128 || value > 255) throw new LineError(M.operandRange(at, value, -128, 255));
      bytes.push(value & 0xff);
    } while (cursor.accept(','));
    target.emit({ kind: 'bytes', bytes: Uint8Array.from(bytes) }, bytes.length);
  },
  '.word': (cursor, target, span) => {
    refuseInBss(target, span);
    do {
      const at = cursor.token.span;
      const value = target.address(cursor);
      if (typeof value === 'number' && (value < -32768 || value > 65535))
        throw new LineError(M.operandRange(at, value, -32768, 65535));
      if (typeof value === 'object' && value.part) throw new LineError(M.needsNumber(at, value.symbol));
      target.emit({ kind: 'word', value }, 2);
    } while (cursor.accept(','));
  },
  '.ascii': text([]),
  '.asciz': text([0]),
  '.space': (cursor, target) => {
    const at = cursor.token.span;
    const sizeBytes = target.number(cursor);
    if (sizeBytes < 0 || sizeBytes > MAX_SPACE_BYTES)
      throw new LineError(M.operandRange(at, sizeBytes, 0, MAX_SPACE_BYTES));
    const fill = cursor.accept(',') ? target.number(cursor) & 0xff : 0;
    if (fill === 0) target.emit({ kind: 'space', sizeBytes }, sizeBytes);
    else {
      refuseInBss(target, at);
      target.emit({ kind: 'bytes', bytes: new Uint8Array(sizeBytes).fill(fill) }, sizeBytes);
    }
  },
  '.align': (cursor, target) => {
    const at = cursor.token.span;
    const step = target.number(cursor);
    // Sections start at even addresses only, so nothing coarser could be kept.
    if (step !== 1 && step !== 2) throw new LineError(M.operandRange(at, step, 1, 2));
    if (target.offset() % step !== 0) target.emit({ kind: 'space', sizeBytes: 1 }, 1);
  },
  '.equ': (cursor, target) => {
    const { span } = cursor.token;
    const name = nameOf(cursor);
    if (!cursor.accept(',')) throw new LineError(M.expected(cursor.token.span, "','", describe(cursor.token)));
    target.define(name, target.number(cursor), span);
  },
};

export function runDirective(name: string, cursor: Cursor, target: DirectiveTarget): void {
  (DIRECTIVES[name] as Directive)(cursor, target, cursor.token.span);
}

function nameOf(cursor: Cursor): string {
  const token = cursor.take();
  if (token.kind !== 'name') throw new LineError(M.expected(token.span, 'a name', describe(token)));
  return token.text;
}

function refuseInBss(target: DirectiveTarget, span: Span): void {
  if (target.isBss()) throw new LineError(M.codeInBss(span));
}
