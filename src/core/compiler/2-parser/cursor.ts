/**
 * What all parts of the parser stand on: the place in the tokens, node ids, expectations and recovery, and which names are
 * types at this point (C cannot be parsed without knowing that). After an error the parser is in panic: it stays silent until
 * the statement list has found a place to go on. Nothing throws.
 */
import type { Fix } from '../../base/diagnostic';
import type { SourceMap, Span } from '../../base/source';
import { FIRST_ON_LINE, K, KEYWORD_BASE, NAME, P, kindName, type NameTable, type TokenBuffer } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type { Diagnostics, MessageId, MessageParams } from '../messages';

/** Node ids, unique in a compilation. */
export interface IdSource {
  next: number;
}

export interface ParserInput {
  readonly tokens: TokenBuffer;
  readonly names: NameTable;
  readonly sourceMap: SourceMap;
  readonly diagnostics: Diagnostics;
  readonly ids: IdSource;
}

const CLOSER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

export class Cursor {
  protected readonly kinds: Uint8Array;
  protected readonly values: Int32Array;
  protected readonly places: Int32Array;
  protected readonly placeEnds: Int32Array;
  protected readonly tokens: TokenBuffer;
  protected readonly names: readonly string[];
  protected readonly sourceMap: SourceMap;
  protected readonly diagnostics: Diagnostics;
  protected readonly ids: IdSource;
  /** Index of the current token. */
  protected at = 0;
  /** Kind of the current token. */
  protected kind: number;
  protected panic = false;
  /** Nesting of what is being parsed. */
  protected depth = 0;
  private readonly isTypeName: Uint8Array;
  /** What to restore when a scope closes: name, what it was; -1 marks the scope's beginning. */
  private readonly undo: number[] = [];

  constructor(input: ParserInput) {
    this.tokens = input.tokens;
    this.kinds = input.tokens.kind;
    this.values = input.tokens.value;
    this.places = input.tokens.place;
    this.placeEnds = input.tokens.placeEnd;
    this.names = input.names.names;
    this.sourceMap = input.sourceMap;
    this.diagnostics = input.diagnostics;
    this.ids = input.ids;
    this.kind = this.kinds[0] as number;
    this.isTypeName = new Uint8Array(this.names.length);
  }

  // -------------------------------------------------------------- tokens

  protected advance(): void {
    if (this.at < this.tokens.count - 1) this.at++;
    this.kind = this.kinds[this.at] as number;
  }

  protected accept(kind: number): boolean {
    if (this.kind !== kind) return false;
    this.advance();
    return true;
  }

  protected peek(offset = 1): number {
    return this.kinds[Math.min(this.at + offset, this.tokens.count - 1)] as number;
  }

  /** Where the current token begins, as the reader sees it. */
  protected get start(): number {
    return this.places[this.at] as number;
  }

  /** Where the last token ended; never before `start`, which it may be when a macro swaps its arguments. */
  protected endFrom(start: number): number {
    const end = this.at === 0 ? start : (this.placeEnds[this.at - 1] as number);
    return end < start ? start : end;
  }

  protected get here(): Span {
    return { start: this.start, end: Math.max(this.placeEnds[this.at] as number, this.start) };
  }

  protected nameHere(): string {
    return this.names[this.values[this.at] as number] as string;
  }

  protected get startsLine(): boolean {
    return ((this.tokens.flags[this.at] as number) & FIRST_ON_LINE) !== 0;
  }

  /** The token at an index, in quotes, for messages. */
  protected describe(index: number): string {
    const kind = this.kinds[index] as number;
    if (kind === 0) return 'the end of the file';
    const text =
      kind === NAME
        ? (this.names[this.values[index] as number] as string)
        : this.tokens.spelling(index, this.sourceMap);
    if (text === '') return `\`${kindName(kind)}\``;
    return `\`${text.length > 30 ? `${text.slice(0, 30)}…` : text}\``;
  }

  // -------------------------------------------------------------- errors

  protected error<I extends MessageId>(id: I, span: Span, params: MessageParams<I>, fix?: Fix): void {
    if (this.panic) return;
    this.diagnostics.report(id, span, params, { fix });
  }

  protected fail(expected: string): void {
    this.error('expected', this.here, { expected, found: this.describe(this.at) });
    this.panic = true;
  }

  protected expect(kind: number): boolean {
    if (this.accept(kind)) return true;
    this.fail(`\`${kindName(kind)}\``);
    return false;
  }

  /** For what ends something: the missing token belongs after the last one, not before the next. */
  protected expectSemicolon(): void {
    if (this.accept(P[';'])) return;
    const end = this.at === 0 ? this.start : (this.placeEnds[this.at - 1] as number);
    const span = { start: Math.max(end - 1, 0), end };
    const fix: Fix = { title: 'Insert `;`', edits: [{ span: { start: end, end }, text: ';' }] };
    this.error('expected-after', span, { expected: '`;`', previous: this.describe(Math.max(this.at - 1, 0)) }, fix);
    // On a new line the next statement begins: go on as if the semicolon were there.
    if (!this.startsLine && this.kind !== P['}']) this.panic = true;
  }

  /** Expects the partner of the bracket that stands at `open`. */
  protected expectClose(kind: number, open: number): boolean {
    if (this.accept(kind)) return true;
    const opener = kindName(this.kinds[open] as number);
    if (this.kind === 0 || this.kind === P[';'] || this.kind === P['}']) {
      const span = { start: this.places[open] as number, end: this.placeEnds[open] as number };
      this.error('unclosed-bracket', span, { open: opener, close: CLOSER[opener] ?? kindName(kind) });
      this.panic = true;
      return false;
    }
    this.fail(`\`${kindName(kind)}\``);
    return false;
  }

  /** Skips `( … )`. */
  protected skipBrackets(): void {
    const open = this.at;
    if (!this.expect(P['('])) return;
    this.skipInside();
    this.expectClose(P[')'], open);
  }

  /** Skips to the `)` of the brackets that we are in. */
  protected skipInside(): void {
    for (let nesting = 0; this.kind !== 0 && (nesting > 0 || this.kind !== P[')']); this.advance()) {
      if (this.kind === P['(']) nesting++;
      else if (this.kind === P[')']) nesting--;
    }
  }

  /** Gives up on the whole unit, so that the recursion unwinds at once. */
  protected tooDeep(what: string): void {
    this.error('too-deep', this.here, { what, limit: LIMITS.nesting });
    this.stop();
  }

  protected stop(): void {
    this.panic = true;
    this.at = this.tokens.count - 1;
    this.kind = 0;
  }

  /** After an error inside a statement: skips to behind the next `;` or to a `}` that closes the block we are in. */
  protected recover(): void {
    this.panic = false;
    let nesting = 0;
    while (this.kind !== 0) {
      if (nesting === 0) {
        if (this.accept(P[';'])) return;
        if (this.kind === P['}']) return;
        if (this.startsLine && STATEMENT_START[this.kind] === 1) return;
      }
      if (this.kind === P['{'] || this.kind === P['('] || this.kind === P['[']) nesting++;
      if (this.kind === P['}'] || this.kind === P[')'] || this.kind === P[']']) nesting = Math.max(0, nesting - 1);
      const closed = this.kind === P['}'] && nesting === 0;
      this.advance();
      if (closed) return;
    }
  }

  // -------------------------------------------------------------- names that are types

  protected openScope(): void {
    this.undo.push(-1, 0);
  }

  protected closeScope(): void {
    for (;;) {
      const was = this.undo.pop();
      const name = this.undo.pop();
      if (name === undefined || was === undefined || name < 0) return;
      this.isTypeName[name] = was;
    }
  }

  protected declareName(name: number, isType: boolean): void {
    const now = isType ? 1 : 0;
    const was = this.isTypeName[name] as number;
    if (was === now) return;
    this.undo.push(name, was);
    this.isTypeName[name] = now;
  }

  protected isType(index: number): boolean {
    return this.kinds[index] === NAME && this.isTypeName[this.values[index] as number] === 1;
  }

  protected get startsAsm(): boolean {
    return this.kind === K.asm || this.kind === K.__asm__ || this.kind === K.__asm;
  }

  /** Does a declaration begin at this token? */
  protected startsDeclaration(index = this.at): boolean {
    const kind = this.kinds[index] as number;
    return kind >= KEYWORD_BASE ? DECLARATION_START[kind] === 1 : this.isType(index);
  }
}

const DECLARATION_START = new Uint8Array(256);
for (const word of [
  'auto',
  'char',
  'const',
  'double',
  'enum',
  'extern',
  'float',
  'inline',
  'int',
  'long',
  'register',
  'restrict',
  'short',
  'signed',
  'static',
  'struct',
  'typedef',
  'union',
  'unsigned',
  'void',
  'volatile',
  '_Bool',
  '_Complex',
  '_Imaginary',
  '_Alignas',
  '_Atomic',
  '_Noreturn',
  '_Thread_local',
  'typeof',
  '__typeof__',
  '__attribute__',
  '__interrupt',
  '__builtin_va_list',
  '__extension__',
  '__inline',
  '__inline__',
  '__restrict',
  '__const',
  '__volatile__',
  '__signed__',
] as const) {
  DECLARATION_START[K[word]] = 1;
}

/** Keywords at which parsing can go on with confidence. */
const STATEMENT_START = DECLARATION_START.slice();
for (const word of [
  'if',
  'for',
  'while',
  'do',
  'switch',
  'return',
  'break',
  'continue',
  'goto',
  'case',
  'default',
] as const) {
  STATEMENT_START[K[word]] = 1;
}
