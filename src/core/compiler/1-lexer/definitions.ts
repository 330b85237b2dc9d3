/** The macros that are defined (C99 6.10.3, 6.10.8): from the start, by #define, until #undef; and what #pragma puts aside. */
import type { SourceMap, Span } from '../../base/source';
import { LIMITS } from '../limits';
import type { Diagnostics } from '../messages';
import type { Files } from './files';
import {
  spellAll,
  spelling,
  tokenAt,
  tokensIn,
  type Macro,
  type MacroContext,
  type MacroExpansion,
  type Token,
} from './macro-tokens';
import { expand } from './macros';
import { PREDEFINED } from './predefined';
import { NAME, NUMBER, P, SPACE_BEFORE, STRING, SYNTHETIC, type NameTable, type TokenBuffer } from './tokens';

export class Definitions implements MacroContext {
  readonly names: NameTable;
  readonly texts: string[];
  readonly sourceMap: SourceMap;
  readonly macros: (Macro | undefined)[] = [];
  readonly expansions: MacroExpansion[] = [];
  /** Every macro that was ever defined, in order: for the editor. */
  readonly definitions: Macro[] = [];
  produced = 0;
  stopped = false;
  /** What #line has made of the numbers of lines, and of the file's name. */
  protected lineDelta = 0;
  protected fileName: string | undefined;
  protected readonly defined: number;
  private readonly va: number;
  /** What `#pragma push_macro` has put aside, by name. */
  private readonly pushed = new Map<string, (Macro | undefined)[]>();

  constructor(
    files: Files,
    readonly diagnostics: Diagnostics,
  ) {
    this.names = files.names;
    this.texts = files.texts;
    this.sourceMap = files.sourceMap;
    this.va = this.names.intern('__VA_ARGS__');
    this.defined = this.names.intern('defined');
    this.builtin('__LINE__', (place) => ({
      kind: NUMBER,
      text: String(this.sourceMap.place(place).line + this.lineDelta),
    }));
    this.builtin('__FILE__', (place) => {
      const name = this.fileName ?? this.sourceMap.fileAt(place)?.name ?? '';
      return { kind: STRING, text: `"${name.replace(/["\\]/g, '\\$&')}"` };
    });
    // No clock here: the same source always gives the same program.
    this.builtin('__DATE__', () => ({ kind: STRING, text: '"Jan  1 1970"' }));
    this.builtin('__TIME__', () => ({ kind: STRING, text: '"00:00:00"' }));
    for (const [name, value] of Object.entries(PREDEFINED)) this.predefine(name, value);
    // `_Pragma("…")` asks for what other compilers do with #pragma: nothing here.
    const pragma = { name: '_Pragma', start: 0, end: 0, params: [this.va], variadic: false, body: [] };
    this.macros[this.names.intern('_Pragma')] = pragma;
  }

  private builtin(name: string, make: NonNullable<Macro['builtin']>): void {
    const macro: Macro = { name, start: 0, end: 0, params: undefined, variadic: false, body: [], builtin: make };
    this.macros[this.names.intern(name)] = macro;
  }

  private predefine(name: string, value: string): void {
    const body = value === '' ? [] : value.split(' ').map((word) => this.madeToken(word));
    this.macros[this.names.intern(name)] = { name, start: 0, end: 0, params: undefined, variadic: false, body };
  }

  /** A token that stands in no file. */
  private madeToken(text: string): Token {
    const kind = /^[0-9]/.test(text) ? NUMBER : /^"/.test(text) ? STRING : NAME;
    if (kind === NAME) return { kind, flags: 0, start: 0, end: 0, value: this.names.intern(text), hide: null };
    this.texts.push(text);
    return { kind, flags: SYNTHETIC, start: 0, end: 0, value: this.texts.length - 1, hide: null };
  }

  /** What tokens become when their macros are expanded; `place` is the line that they stand on. */
  protected expanded(tokens: readonly Token[], { start, end }: Span): Token[] {
    const out: Token[] = [];
    expand([...tokens].reverse(), null, { start, end }, 0, this, (token) => out.push(token));
    return out;
  }

  // -------------------------------------------------------------- #define and #undef

  /** The name after #define, #undef, #ifdef, #ifndef. */
  protected macroName(tokens: TokenBuffer, at: number, to: number, directive: string): number | undefined {
    const id = tokens.value[at] as number;
    if (at >= to || tokens.kind[at] !== NAME || id === this.defined) {
      this.diagnostics.report('macro-name', tokens.span(at - 1, at - 1), { directive });
      return undefined;
    }
    if (at + 1 < to && directive !== 'define') {
      this.diagnostics.report('extra-tokens', tokens.span(at + 1, to - 1), { name: directive });
    }
    return id;
  }

  protected undefine(tokens: TokenBuffer, from: number, to: number): void {
    const id = this.macroName(tokens, from, to, 'undef');
    if (id !== undefined) this.macros[id] = undefined;
  }

  protected define(tokens: TokenBuffer, from: number, to: number): void {
    const id = this.macroName(tokens, from, to, 'define');
    if (id === undefined) return;
    const name = this.names.names[id] as string;
    const span = tokens.span(from, from);
    let i = from + 1;
    let params: number[] | undefined;
    let variadic = false;
    if (i < to && tokens.kind[i] === P['('] && ((tokens.flags[i] as number) & SPACE_BEFORE) === 0) {
      const read = this.parameters(tokens, i + 1, to);
      if (!read) {
        const named = tokens.kind.subarray(i, to).includes(P['...']);
        if (named) this.diagnostics.report('not-in-language', span, { feature: 'a name for `...` (use __VA_ARGS__)' });
        else this.diagnostics.report('macro-parameters', span, { name });
        return;
      }
      ({ params, variadic } = read);
      i = read.next;
    }
    const body = tokensIn(tokens, i, to);
    if (!this.checkBody(body, params)) return;
    const macro: Macro = { name, ...span, params, variadic, body };
    const old = this.macros[id];
    if (old && !this.sameMacro(old, macro)) {
      const notes =
        old.end > old.start ? [{ message: 'defined before here', span: { start: old.start, end: old.end } }] : [];
      this.diagnostics.report('macro-redefined', span, { name }, { notes });
    }
    this.macros[id] = macro;
    this.definitions.push(macro);
  }

  private parameters(
    tokens: TokenBuffer,
    from: number,
    to: number,
  ): { params: number[]; variadic: boolean; next: number } | undefined {
    const params: number[] = [];
    let i = from;
    if (tokens.kind[i] === P[')'] && i < to) return { params, variadic: false, next: i + 1 };
    for (; i < to && params.length < LIMITS.macroParameters; i += 2) {
      const isLast = i + 1 < to && tokens.kind[i + 1] === P[')'];
      if (tokens.kind[i] === P['...'] && isLast) {
        params.push(this.va);
        return { params, variadic: true, next: i + 2 };
      }
      const id = tokens.value[i] as number;
      if (tokens.kind[i] !== NAME || params.includes(id)) return undefined;
      params.push(id);
      if (isLast) return { params, variadic: false, next: i + 2 };
      if (i + 1 >= to || tokens.kind[i + 1] !== P[',']) return undefined;
    }
    return undefined;
  }

  private checkBody(body: readonly Token[], params: readonly number[] | undefined): boolean {
    const first = body[0];
    const last = body[body.length - 1];
    if (first && last && (first.kind === P['##'] || last.kind === P['##'])) {
      this.diagnostics.report('paste-at-edge', first.kind === P['##'] ? first : last, {});
      return false;
    }
    if (!params) return true;
    for (const [i, token] of body.entries()) {
      const next = body[i + 1];
      if (token.kind === P['#'] && !(next?.kind === NAME && params.includes(next.value))) {
        this.diagnostics.report('bad-stringise', token, {});
        return false;
      }
    }
    return true;
  }

  private sameMacro(a: Macro, b: Macro): boolean {
    if (a.builtin || a.params?.length !== b.params?.length || a.variadic !== b.variadic) return false;
    if (a.params?.some((param, i) => param !== b.params?.[i])) return false;
    return spellAll(a.body, this) === spellAll(b.body, this);
  }

  // -------------------------------------------------------------- #pragma

  /** `push_macro("name")` and `pop_macro("name")`, which every compiler has. */
  protected putAside(word: 'push_macro' | 'pop_macro', tokens: TokenBuffer, at: number, next: number): void {
    if (next - at < 4 || tokens.kind[at + 2] !== STRING) return;
    const name = spelling(tokenAt(tokens, at + 2), this).slice(1, -1);
    const id = this.names.intern(name);
    const kept = this.pushed.get(name) ?? [];
    if (word === 'push_macro') this.pushed.set(name, [...kept, this.macros[id]].slice(-LIMITS.conditionalDepth));
    else if (kept.length > 0) this.macros[id] = kept.pop();
  }
}
