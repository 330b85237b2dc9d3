/**
 * The text assembler: lines to items. One statement a line: `label:`, an instruction, or a directive. The instructions and their
 * operands come from the instruction table (syntax.ts); of the forms that a text fits, the shortest is taken, unless the mnemonic
 * ends in `.w`, which asks for the two-word form. A branch to a label is always written in its short form; the linker grows
 * it where the target is too far away. Errors give up their line only, so a file shows all of them at once.
 */
import type { Diagnostic } from '../base/diagnostic';
import { SourceMap, type SourceFile, type Span } from '../base/source';
import { operandRange } from '../isa/codec';
import { Cursor, describe, isReserved, LineError, pairOf, parseExpression, registerOf, type Names } from './expression';
import { DIRECTIVES, runDirective, type DirectiveTarget } from './directives';
import type { AsmItem, AsmOperand, AsmOrigin, SectionType } from './items';
import { ASSEMBLER_MESSAGES as M } from './messages';
import { nearest } from './nearest';
import { LOCAL_PREFIX } from './object';
import { scanLine, type Token } from './scan';
import { fit, MNEMONICS, WIDE_SUFFIX, type Candidate, type WrittenOperand } from './syntax';

export interface AssembleResult {
  readonly items: AsmItem[];
  readonly diagnostics: Diagnostic[];
  readonly sources: SourceMap;
}

export interface AssembleOptions {
  /** Joined into the names of numeric labels, so that several texts can share one object file. */
  readonly localPrefix?: string;
  /** Leaves out the debug information of functions: for `asm` statements inside a function. */
  readonly inline?: boolean;
}

/** Errors after which the rest of a file is not looked at. */
const MAX_ERRORS = 100;
/** A file may make this many bytes; more cannot be linked anyway. */
const MAX_BYTES = 0x20000;

/** Assembles a text. The file is looked up in `sources` by name, or added. */
export function assemble(
  text: string,
  name: string,
  sources: SourceMap = new SourceMap(),
  options: AssembleOptions = {},
): AssembleResult {
  const file = sources.files.find((f) => f.name === name && f.text === text) ?? sources.add(name, text);
  const parser = new Parser(file, options);
  parser.run();
  return { items: parser.items, diagnostics: parser.diagnostics, sources };
}

/** An operand as written: its shape (see syntax.ts) and its values in order. */
interface Operand {
  readonly shape: string;
  readonly values: readonly WrittenOperand[];
  readonly span: Span;
}

class Parser implements Names, DirectiveTarget {
  readonly items: AsmItem[] = [];
  readonly diagnostics: Diagnostic[] = [];
  private readonly constants = new Map<string, number>();
  private readonly labels = new Map<string, Span>();
  private readonly globals = new Map<string, Span>();
  private readonly used = new Set<string>();
  private readonly numeric = new Map<string, number>();
  private readonly forward = new Map<string, Token>();
  private readonly sizes = new Map<string, number>();
  private section: { readonly name: string; readonly type: SectionType } = { name: '.text', type: 'text' };
  private origin: AsmOrigin = { start: 0, end: 0, node: 0, ir: -1 };
  private comment: string | undefined;
  private totalBytes = 0;

  constructor(
    private readonly file: SourceFile,
    private readonly options: AssembleOptions,
  ) {}

  run(): void {
    const { text, base } = this.file;
    let start = 0;
    while (start <= text.length) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      this.line(text.slice(start, end), base + start);
      if (this.diagnostics.length >= MAX_ERRORS || this.totalBytes > MAX_BYTES) {
        const span = { start: base + start, end: base + end };
        this.report(
          this.totalBytes > MAX_BYTES ? M.tooLarge(span, MAX_BYTES) : M.tooManyErrors(span, this.diagnostics.length),
        );
        return;
      }
      start = end + 1;
    }
    this.finish();
  }

  report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  constant(name: string): number | undefined {
    const value = this.constants.get(name);
    if (value === undefined) this.used.add(name);
    return value;
  }

  /** `1b` is the nearest label `1:` before, `1f` the nearest after. */
  local(written: string, token: Token): string {
    const digits = written.slice(0, -1);
    const count = this.numeric.get(digits) ?? 0;
    if (written.endsWith('f')) {
      const name = this.localName(digits, count);
      if (!this.forward.has(name)) this.forward.set(name, token);
      return name;
    }
    if (count === 0) throw new LineError(M.localLabelMissing(token.span, digits, 'before'));
    return this.localName(digits, count - 1);
  }

  isBss(): boolean {
    return this.section.type === 'bss';
  }

  offset(): number {
    return this.sizes.get(this.section.name) ?? 0;
  }

  enter(name: string, type: SectionType): void {
    this.section = { name, type };
    this.items.push({ kind: 'section', name, type });
  }

  emit(item: AsmItem, sizeBytes: number): void {
    this.items.push(item);
    this.totalBytes += sizeBytes;
    this.sizes.set(this.section.name, this.offset() + sizeBytes);
  }

  markGlobal(name: string, span: Span): void {
    this.globals.set(name, span);
  }

  define(name: string, value: number, span: Span): void {
    if (isReserved(name)) throw new LineError(M.reservedName(span, name));
    const label = this.labels.get(name);
    if (label) throw new LineError(M.duplicateLabel(span, name, label));
    if (this.used.has(name))
      throw new LineError(M.badExpression(span, `'${name}' must be defined above its first use`));
    this.constants.set(name, value);
  }

  private localName(digits: string, count: number): string {
    return `${LOCAL_PREFIX}${this.options.localPrefix ?? ''}${digits}$${count}`;
  }

  private line(text: string, position: number): void {
    const before = this.diagnostics.length;
    const scanned = scanLine(text, position, (d) => this.report(d));
    this.comment = scanned.comment;
    const cursor = new Cursor(scanned.tokens);
    if (cursor.atEnd) {
      if (scanned.comment !== undefined) this.items.push({ kind: 'comment', text: scanned.comment });
      return;
    }
    if (this.diagnostics.length > before) return;
    try {
      this.statement(cursor);
      if (!cursor.atEnd)
        throw new LineError(M.expected(cursor.token.span, 'the end of the line', describe(cursor.token)));
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.report(error.diagnostic);
    }
  }

  private statement(cursor: Cursor): void {
    while (cursor.peek().text === ':' && (cursor.token.kind === 'name' || cursor.token.kind === 'number')) {
      this.label(cursor.take());
      cursor.take();
    }
    const token = cursor.token;
    if (token.kind === 'end') return;
    const last = cursor.tokens.at(-2) as Token;
    this.origin = { start: token.span.start, end: last.span.end, node: 0, ir: -1 };
    if (token.kind !== 'name')
      throw new LineError(M.expected(token.span, 'an instruction, a directive or a label', describe(token)));
    cursor.take();
    if (cursor.token.text === '=' && cursor.token.kind === 'punct') {
      cursor.take();
      this.define(token.text, this.number(cursor), token.span);
    } else if (Object.hasOwn(DIRECTIVES, token.text)) runDirective(token.text, cursor, this);
    else if (token.text.startsWith('.') && !token.text.startsWith(LOCAL_PREFIX))
      throw new LineError(M.unknownDirective(token.span, token.text, nearest(token.text, Object.keys(DIRECTIVES))));
    else this.instruction(token, cursor);
  }

  number(cursor: Cursor): number {
    const { span } = cursor.token;
    const value = parseExpression(cursor, this);
    if (typeof value === 'number') return value;
    if ('here' in value) throw new LineError(M.badExpression(span, "'.' stands only in branches, jumps and calls"));
    throw new LineError(M.needsNumber(span, value.symbol));
  }

  /** A number, or an address for a 16-bit word. */
  address(cursor: Cursor): AsmOperand {
    const { span } = cursor.token;
    const value = parseExpression(cursor, this);
    if (typeof value === 'number' || !('here' in value)) return value;
    throw new LineError(M.badExpression(span, "'.' stands only in branches, jumps and calls"));
  }

  private label(token: Token): void {
    const isNumeric = token.kind === 'number';
    if (isNumeric && !/^\d+$/.test(token.text)) throw new LineError(M.expected(token.span, 'a label', describe(token)));
    if (isReserved(token.text)) throw new LineError(M.reservedName(token.span, token.text));
    const count = this.numeric.get(token.text) ?? 0;
    if (isNumeric) this.numeric.set(token.text, count + 1);
    const name = isNumeric ? this.localName(token.text, count) : token.text;
    this.forward.delete(name);
    const first = this.labels.get(name);
    if (first) throw new LineError(M.duplicateLabel(token.span, name, first));
    if (this.constants.has(name)) throw new LineError(M.duplicateLabel(token.span, name, token.span));
    this.labels.set(name, token.span);
    this.items.push({ kind: 'label', name, global: false, span: token.span });
    this.labelAt.set(name, this.items.length - 1);
    this.isCode.set(name, this.section.type === 'text');
  }

  private readonly labelAt = new Map<string, number>();
  private readonly isCode = new Map<string, boolean>();

  private instruction(token: Token, cursor: Cursor): void {
    const wide = token.text.endsWith(WIDE_SUFFIX);
    const name = (wide ? token.text.slice(0, -WIDE_SUFFIX.length) : token.text).toLowerCase();
    const candidates = MNEMONICS.get(name);
    if (!candidates) throw new LineError(M.unknownMnemonic(token.span, token.text, nearest(name, MNEMONICS.keys())));
    const operands: Operand[] = [];
    if (!cursor.atEnd) {
      do operands.push(this.operand(cursor));
      while (cursor.accept(','));
    }
    if (!cursor.atEnd)
      throw new LineError(M.expected(cursor.token.span, "',' or the end of the line", describe(cursor.token)));
    if (this.isBss()) throw new LineError(M.codeInBss(token.span));
    this.choose(token, name, candidates, operands, wide);
  }

  private choose(
    token: Token,
    name: string,
    all: readonly Candidate[],
    operands: readonly Operand[],
    wide: boolean,
  ): void {
    const match = matchShape(all, operands);
    if (!match)
      throw new LineError(
        M.wrongOperands(
          token.span,
          name,
          all.map((c) => usage(name, c)),
        ),
      );
    const candidates = wide ? match.candidates.filter((c) => c.form.words === 2) : match.candidates;
    if (candidates.length === 0) throw new LineError(M.wideHasNone(token.span, name));
    const values = match.operands.flatMap((o) => o.values);
    for (const candidate of candidates) {
      const fitted = fit(candidate, values);
      if (!fitted) continue;
      const note = this.comment === undefined ? {} : { note: this.comment };
      this.emit(
        { kind: 'instr', form: candidate.form.id, operands: fitted, origin: this.origin, ...note },
        candidate.form.words * 2,
      );
      return;
    }
    throw new LineError(whyNot(candidates.at(-1) as Candidate, match.operands));
  }

  private operand(cursor: Cursor): Operand {
    const start = cursor.token.span.start;
    const finish = (shape: string, values: readonly WrittenOperand[]): Operand => ({
      shape,
      values,
      span: { start, end: (cursor.tokens[cursor.index - 1] as Token).span.end },
    });
    if (cursor.accept('[')) {
      const inside = this.memory(cursor);
      if (!cursor.accept(']')) throw new LineError(M.expected(cursor.token.span, "']'", describe(cursor.token)));
      return finish(`[${inside.shape}]`, inside.values);
    }
    const plain = this.registerOperand(cursor);
    if (plain) return finish(plain.shape, plain.values);
    return finish('E', [parseExpression(cursor, this)]);
  }

  private registerOperand(cursor: Cursor): { readonly shape: string; readonly values: readonly number[] } | undefined {
    const { kind, text } = cursor.token;
    if (kind !== 'name') return undefined;
    const register = registerOf(text);
    const pair = pairOf(text);
    if (register === undefined && pair === undefined && text !== 'sp') return undefined;
    cursor.take();
    if (register !== undefined) return { shape: 'R', values: [register] };
    return pair !== undefined ? { shape: 'P', values: [pair] } : { shape: 'S', values: [] };
  }

  /** What stands between brackets: `w2`, `w2+`, `-w2`, `w2+w3`, `w2+5`, `sp+5`, `r1` or an address. */
  private memory(cursor: Cursor): { readonly shape: string; readonly values: readonly WrittenOperand[] } {
    if (cursor.token.text === '-' && pairOf(cursor.peek().text) !== undefined) {
      cursor.take();
      return { shape: '-P', values: [pairOf(cursor.take().text) as number] };
    }
    const base = this.registerOperand(cursor);
    if (!base) return { shape: 'E', values: [parseExpression(cursor, this)] };
    if (cursor.token.text !== '+' && cursor.token.text !== '-') return base;
    if (cursor.token.text === '+') {
      cursor.take();
      if (cursor.peek(0).text === ']') return { shape: `${base.shape}+`, values: base.values };
      const index = this.registerOperand(cursor);
      if (index) return { shape: `${base.shape}+${index.shape}`, values: [...base.values, ...index.values] };
    }
    return { shape: `${base.shape}+E`, values: [...base.values, parseExpression(cursor, this)] };
  }

  /** Marks global labels and gives each function its debug information, now that all labels are known. */
  private finish(): void {
    for (const [, token] of this.forward)
      this.report(M.localLabelMissing(token.span, token.text.slice(0, -1), 'after'));
    for (const [name, span] of this.globals) {
      const index = this.labelAt.get(name);
      if (index === undefined) this.report(M.globalUndefined(span, name));
      else this.items[index] = { kind: 'label', name, global: true, span: this.labels.get(name) ?? span };
    }
    if (this.options.inline) return;
    const functions = [...this.globals.keys()]
      .filter((name) => this.isCode.get(name))
      .map((name) => ({ name, index: this.labelAt.get(name) as number }))
      .sort((a, b) => b.index - a.index);
    for (const { name, index } of functions) {
      const span = this.labels.get(name) as Span;
      const info = { name, ...span, frameSizeBytes: 0, savedPairs: [], variables: [] };
      this.items.splice(index, 0, { kind: 'function', info });
    }
  }
}

/** Candidates whose shape is the operands', where `[w2]` may stand for `[w2+0]`. */
function matchShape(all: readonly Candidate[], operands: readonly Operand[]) {
  const withShape = (list: readonly Operand[]) => {
    const shape = list.map((o) => o.shape).join(',');
    return all.filter((c) => c.shape === shape);
  };
  const exact = withShape(operands);
  if (exact.length > 0) return { candidates: exact, operands };
  const padded = operands.map((o) =>
    o.shape === '[P]' || o.shape === '[S]'
      ? { ...o, shape: `${o.shape.slice(0, -1)}+E]`, values: [...o.values, 0] }
      : o,
  );
  const found = withShape(padded);
  return found.length > 0 ? { candidates: found, operands: padded } : undefined;
}

/** How a candidate is written, for the note of an error. */
function usage(name: string, { form }: Candidate): string {
  const names: Readonly<Record<string, string>> = { reg: 'rN', pair: 'wN' };
  const text = form.syntax.replace(/\{(\w)\}/g, (_, letter: string) => {
    const index = form.fields.findIndex((f) => f.letter === letter);
    const kind = form.fields[index]?.kind ?? 'imm8';
    if (names[kind]) return names[kind];
    if (kind === 'rel' || kind === 'addr16') return 'ADDRESS';
    const { min, max } = operandRange(form, index);
    return `${min}..${max}`;
  });
  return `${name} ${text}`.trim();
}

/** The first operand that even the roomiest form cannot hold. */
function whyNot({ form, condition }: Candidate, operands: readonly Operand[]): Diagnostic {
  let index = condition === undefined ? 0 : 1;
  for (const { values, span } of operands) {
    for (const value of values) {
      const kind = form.fields[index]?.kind;
      const { min, max } = operandRange(form, index);
      index++;
      if (typeof value === 'number') {
        if (value < min || value > max) return M.operandRange(span, value, min, max);
      } else if ('here' in value) {
        if (kind !== 'rel') return M.badExpression(span, "'.' is out of reach or cannot stand here; use a label");
        if (value.here / 2 - 1 < min || value.here / 2 - 1 > max || value.here % 2 !== 0)
          return M.operandRange(span, value.here, 2 * min + 2, 2 * max + 2);
      } else if (kind === 'imm8' ? !value.part : value.part !== undefined || !(kind ?? '').endsWith('16')) {
        return M.needsNumber(span, value.symbol);
      }
    }
  }
  const span = operands[0]?.span ?? { start: 0, end: 0 };
  return M.badExpression(span, 'these operands fit no form of the instruction');
}
