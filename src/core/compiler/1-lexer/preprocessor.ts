/**
 * Preprocessing (C99 6.10): carries out the directives and expands macros. Input: files as tokens; output: the tokens of a whole unit in
 * one TokenBuffer, keywords recognised, ready to be parsed. It never throws; limits stop it with a diagnostic. Macros are defined in
 * definitions.ts and expanded in macros.ts; conditionals.ts knows which lines count, files.ts what can be included.
 */
import type { SourceFile, Span } from '../../base/source';
import { LIMITS } from '../limits';
import type { Diagnostics } from '../messages';
import { Conditionals, type Conditional } from './conditionals';
import { absenceOfHeader, type Files, type LexedFile } from './files';
import { decodeBytes } from './literals';
import { spelling, tokenAt, tokensIn, type Token } from './macro-tokens';
import { emitTo, expand } from './macros';
import {
  END,
  FIRST_ON_LINE,
  KEYWORDS,
  KEYWORD_BASE,
  NAME,
  NUMBER,
  P,
  STRAY,
  STRING,
  TokenBuffer,
  UNTERMINATED,
} from './tokens';

/** One #include that was carried out. */
export interface Inclusion {
  readonly start: number;
  readonly end: number;
  readonly file: SourceFile;
}

export class Preprocessor extends Conditionals {
  readonly inclusions: Inclusion[] = [];
  private readonly out: TokenBuffer;
  private readonly once = new Set<SourceFile>();
  private includes = 0;

  constructor(
    private readonly files: Files,
    diagnostics: Diagnostics,
  ) {
    super(files, diagnostics);
    this.out = new TokenBuffer(files.texts, 1024);
  }

  /** The tokens of the unit that begins with `name`, which must be one of the program's files. */
  run(unit: LexedFile): TokenBuffer {
    this.file(unit, 0);
    const end = unit.file.base + unit.file.text.length;
    this.out.push(END, FIRST_ON_LINE, end, end, 0);
    return this.out;
  }

  // -------------------------------------------------------------- a file

  private file({ file, tokens }: LexedFile, depth: number): void {
    const conditionals: Conditional[] = [];
    const { kind, flags, value, start, end } = tokens;
    const { macros, out } = this;
    const last = tokens.count - 1;
    const savedDelta = this.lineDelta;
    const savedName = this.fileName;
    this.lineDelta = 0;
    this.fileName = undefined;
    let i = 0;
    while (i < last && !this.stopped) {
      const k = kind[i] as number;
      const f = flags[i] as number;
      if (k === NAME) {
        const name = value[i] as number;
        if (macros[name] !== undefined) {
          i = this.expandAt(tokens, i);
          continue;
        }
        out.push(name < KEYWORDS.length ? KEYWORD_BASE + name : NAME, f, start[i] as number, end[i] as number, name);
      } else if (k === P['#'] && (f & FIRST_ON_LINE) !== 0) {
        i = this.directive(tokens, i, file, conditionals, depth);
        continue;
      } else if (k === STRAY || (f & UNTERMINATED) !== 0) {
        this.reportStray(tokens, i);
        if (k !== STRAY) out.push(k, f, start[i] as number, end[i] as number, 0);
      } else {
        out.push(k, f, start[i] as number, end[i] as number, value[i] as number);
      }
      i++;
      if (out.count > LIMITS.tokens) this.tooMany(tokens, i);
    }
    this.lineDelta = savedDelta;
    this.fileName = savedName;
    const open = conditionals.pop();
    if (open && !this.stopped) this.diagnostics.report('conditional-unterminated', open, { name: open.name });
  }

  private tooMany(tokens: TokenBuffer, i: number): void {
    this.diagnostics.report('too-many-tokens', tokens.span(i, i), { limit: LIMITS.tokens });
    this.stopped = true;
  }

  private reportStray(tokens: TokenBuffer, i: number): void {
    const span = tokens.span(i, i);
    const kind = tokens.kind[i] as number;
    if (kind !== STRAY) {
      this.diagnostics.report(kind === STRING ? 'unterminated-string' : 'unterminated-char', span, {});
    } else if (((tokens.flags[i] as number) & UNTERMINATED) !== 0) {
      this.diagnostics.report('unterminated-comment', span, {});
    } else {
      const text = this.sourceMap.text(span);
      const code = text.codePointAt(0) ?? 0;
      const shown =
        code > 32 && code < 127 ? `\`${text[0] ?? ''}\`` : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
      this.diagnostics.report('stray-character', span, { character: shown });
    }
  }

  private expandAt(tokens: TokenBuffer, i: number): number {
    const first = tokenAt(tokens, i);
    const source = { tokens, position: i + 1 };
    const place = { start: first.start, end: first.end };
    expand([first], source, place, 0, this, (token) => {
      emitTo(this.out, token, place);
      if (token.kind === NAME && token.value < KEYWORDS.length) {
        this.out.kind[this.out.count - 1] = KEYWORD_BASE + token.value;
      }
      if (token.kind === STRAY) {
        this.diagnostics.report('stray-character', token, { character: `\`${spelling(token, this)}\`` });
        this.out.count--;
      }
    });
    if (this.out.count > LIMITS.tokens && !this.stopped) this.tooMany(tokens, i);
    return source.position;
  }

  // -------------------------------------------------------------- directives

  /** Carries out the directive whose # is token i; gives the index of the first token of the next line to be read. */
  private directive(tokens: TokenBuffer, i: number, file: SourceFile, open: Conditional[], depth: number): number {
    const next = tokens.lineEnd(i + 1);
    if (next === i + 1) return next;
    const word = tokenAt(tokens, i + 1);
    const name = word.kind === NAME ? (this.names.names[word.value] as string) : spelling(word, this);
    const rest = i + 2;
    switch (name) {
      case 'define':
        this.define(tokens, rest, next);
        return next;
      case 'undef':
        this.undefine(tokens, rest, next);
        return next;
      case 'include':
        this.include(tokens, rest, next, file, depth);
        return next;
      case 'if':
      case 'ifdef':
      case 'ifndef':
        return this.begin(name, tokens, i, next, open);
      case 'elif':
      case 'else':
      case 'endif':
        return this.middle(name, tokens, next, word, open);
      case 'error':
      case 'warning': {
        const span = tokens.span(i, next - 1);
        const text = rest < next ? this.lineText(tokens, rest, next) : '';
        this.diagnostics.report(name === 'error' ? 'user-error' : 'user-warning', span, { text });
        return next;
      }
      case 'line':
        this.line(tokens, rest, next, word);
        return next;
      case 'pragma':
        this.pragma(tokens, rest, next, file);
        return next;
      case 'ident':
        return next;
      default:
        // A line marker of another preprocessor: # 12 "file.c".
        if (word.kind !== NUMBER) this.diagnostics.report('unknown-directive', word, { name });
        return next;
    }
  }

  private lineText(tokens: TokenBuffer, from: number, to: number): string {
    return this.sourceMap.text(tokens.span(from, to - 1)).slice(0, 200);
  }

  /** `once`, and `push_macro("name")` with `pop_macro("name")`, which every compiler has; what else there is, is for others. */
  private pragma(tokens: TokenBuffer, at: number, next: number, file: SourceFile): void {
    const word = at < next && tokens.kind[at] === NAME ? this.names.names[tokens.value[at] as number] : undefined;
    if (word === 'once') this.once.add(file);
    if (word === 'push_macro' || word === 'pop_macro') this.putAside(word, tokens, at, next);
  }

  private line(tokens: TokenBuffer, from: number, to: number, word: Token): void {
    const expanded = this.expanded(tokensIn(tokens, from, to), word);
    const [number, name] = expanded;
    const digits = number?.kind === NUMBER ? spelling(number, this) : '';
    if (!/^[0-9]{1,9}$/.test(digits) || (name && name.kind !== STRING) || expanded.length > 2) {
      this.diagnostics.report('line-syntax', word, {});
      return;
    }
    this.lineDelta = Number(digits) - (this.sourceMap.place(word.start).line + 1);
    if (name) this.fileName = String.fromCharCode(...decodeBytes(spelling(name, this)).slice(0, 1000));
  }

  // -------------------------------------------------------------- #include

  private include(tokens: TokenBuffer, from: number, to: number, file: SourceFile, depth: number): void {
    const target = this.includeTarget(tokens, from, to);
    if (!target) {
      this.diagnostics.report('include-syntax', tokens.span(from - 2, to - 1), {});
      return;
    }
    const span = tokens.span(from, to - 1);
    const found = this.files.find(target.name, file, target.angled);
    if (!found) {
      const why = absenceOfHeader(target.name);
      if (why !== undefined) this.diagnostics.report('no-such-standard-header', span, { name: target.name, why });
      else this.headerNotFound(target, span);
      return;
    }
    if (this.once.has(found.file)) return;
    if (depth + 1 > LIMITS.includeDepth) {
      this.diagnostics.report('include-too-deep', span, {});
      this.stopped = true;
      return;
    }
    if (++this.includes > LIMITS.includes) {
      this.diagnostics.report('too-many-includes', span, {});
      this.stopped = true;
      return;
    }
    this.inclusions.push({ ...span, file: found.file });
    this.file(found, depth + 1);
  }

  private headerNotFound({ name, angled }: { name: string; angled: boolean }, span: Span): void {
    const hint = this.files.similarTo(name, angled);
    const [open, close] = angled || hint?.isHeader ? '<>' : '""';
    const text = `${open}${hint?.name ?? ''}${close}`;
    const fix = hint && { title: `Change to ${text}`, edits: [{ span, text }] };
    this.diagnostics.report('header-not-found', span, { name, hint: hint ? `: did you mean ${text}?` : '' }, { fix });
  }

  private includeTarget(tokens: TokenBuffer, from: number, to: number): { name: string; angled: boolean } | undefined {
    if (from >= to) return undefined;
    if (tokens.kind[from] === NAME) {
      const expanded = this.expanded(tokensIn(tokens, from, to), tokens.span(from, to - 1));
      return targetOf(expanded.map((token) => spelling(token, this)).join(''));
    }
    return targetOf(this.lineText(tokens, from, to));
  }
}

function targetOf(text: string): { name: string; angled: boolean } | undefined {
  const close = text.startsWith('<') ? text.indexOf('>') : text.startsWith('"') ? text.indexOf('"', 1) : -1;
  if (close < 2) return undefined;
  return { name: text.slice(1, close), angled: text.startsWith('<') };
}
