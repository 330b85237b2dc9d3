/**
 * What an editor asks about a program: hover, definition, references, rename, completion, outline. Pure functions over the result of
 * the front end; places are file names and offsets, as editors have them. All work on programs with errors too.
 */
import { isName, NAME, NAME_PART, nameAtEnd } from '../../base/names';
import { err, ok, type Result } from '../../base/result';
import type { SourceFile } from '../../base/source';
import { KEYWORDS } from '../1-lexer/tokens';
import { nameOf, functionPart } from '../2-parser/declarators';
import { findMember } from '../3-semantics/members';
import type { CSymbol, Scope, TExpr } from '../3-semantics/typed';
import { rangeOf, sizeOf, typeText, type CType, type RecordInfo } from '../3-semantics/types';
import type { FrontEndResult, FrontEndUnit } from '../front-end';
import { indexOf, mentionAt, scopeAt, type SourceIndex, type Target } from './index-of';

/** Characters of a file, half-open. */
export interface FileRange {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}
export interface Hover {
  readonly range: FileRange;
  /** A declaration in C. */
  readonly code: string;
  /** Plain sentences: size, value range, known value. */
  readonly notes: readonly string[];
}
export interface Completion {
  readonly label: string;
  readonly kind: 'variable' | 'parameter' | 'function' | 'type' | 'constant' | 'member' | 'macro' | 'keyword';
  readonly detail: string;
}
export interface OutlineItem {
  readonly name: string;
  readonly kind: 'function' | 'variable' | 'type' | 'macro';
  readonly detail: string;
  readonly range: FileRange;
}
export interface FileEdit extends FileRange {
  readonly text: string;
}

/** Serves one compilation. */
export class EditorService {
  private readonly index: SourceIndex;

  constructor(private readonly result: FrontEndResult) {
    this.index = indexOf(result);
  }

  hover(file: string, offset: number): Hover | undefined {
    const position = this.position(file, offset);
    if (position === undefined) return undefined;
    const mention = mentionAt(this.index, position);
    if (mention) {
      const range = this.range(mention);
      return range && { range, ...describe(mention.target) };
    }
    const expr = this.expressionAt(position);
    const range = expr && this.range(expr);
    return expr && range ? { range, code: typeText(expr.type), notes: valueNotes(expr.type, expr.folded) } : undefined;
  }

  definition(file: string, offset: number): FileRange | undefined {
    const position = this.position(file, offset);
    if (position === undefined) return undefined;
    for (const part of this.result.parts) {
      const inclusion = part.inclusions.find(({ start, end }) => start <= position && position <= end);
      if (inclusion) return { file: inclusion.file.name, start: 0, end: 0 };
    }
    const mention = mentionAt(this.index, position);
    if (!mention) return undefined;
    const { target } = mention;
    if (target.kind === 'member') return this.range(target.member);
    if (target.kind === 'macro') return this.range(target.macro);
    const all = this.linked(target.symbol);
    const defined = all.find(
      (symbol) => (symbol.kind === 'function' || symbol.kind === 'variable') && symbol.isDefined,
    );
    return this.range(defined ?? target.symbol);
  }

  /** Every mention of the symbol, in all files, the declaration included. */
  references(file: string, offset: number): FileRange[] {
    const position = this.position(file, offset);
    const mention = position === undefined ? undefined : mentionAt(this.index, position);
    if (!mention) return [];
    const { target } = mention;
    const spans =
      target.kind === 'symbol'
        ? this.linked(target.symbol).flatMap((symbol) => symbol.uses)
        : this.index.mentions.filter(({ target: other }) => sameTarget(other, target));
    const seen = new Set<string>();
    return spans.flatMap((span) => {
      const range = this.range(span);
      const key = `${range?.file ?? ''}:${span.start}`;
      if (!range || seen.has(key)) return [];
      seen.add(key);
      return [range];
    });
  }

  /** The edits that give the symbol another name, or the reason why that cannot be. */
  rename(file: string, offset: number, name: string): Result<FileEdit[]> {
    if (!isName(name)) return err(`'${name}' is not a name`);
    if ((KEYWORDS as readonly string[]).includes(name)) return err(`'${name}' is a word of the language`);
    const position = this.position(file, offset);
    const mention = position === undefined ? undefined : mentionAt(this.index, position);
    if (mention?.target.kind !== 'symbol' || position === undefined)
      return err('only variables, functions, types and constants can be renamed');
    const { symbol } = mention.target;
    if (this.result.sourceMap.fileAt(symbol.start)?.system !== false)
      return err(`'${symbol.name}' belongs to the library`);
    const places = this.references(file, offset);
    for (const place of places) {
      const source = this.file(place.file);
      if (source?.system !== false) return err(`'${symbol.name}' is used by the library`);
      if (source.text.slice(place.start, place.end) !== symbol.name)
        return err(`'${symbol.name}' is used inside a macro`);
      const clash = this.visible(source.base + place.start).get(name);
      if (clash && clash !== symbol) return err(`'${name}' already means something there`);
    }
    return ok(places.map((place) => ({ ...place, text: name })));
  }

  completion(file: string, offset: number): Completion[] {
    const source = this.file(file);
    if (!source) return [];
    const before = source.text.slice(Math.max(0, offset - 500), offset);
    const typed = nameAtEnd(before);
    const head = before.slice(0, before.length - typed.length);
    const access = ACCESS.exec(head);
    const starts = (name: string) => name.toLowerCase().startsWith(typed.toLowerCase());
    const symbols = this.visible(source.base + offset);
    if (access) {
      const record = resolveChain(access[1] as string, symbols);
      return (record ? members(record) : []).filter(({ label }) => starts(label));
    }
    if (/(?:\.|->)\s*$/.test(head)) return [];
    const out = [...symbols.values()].filter(({ name }) => starts(name)).map(complete);
    const names = new Set(out.map(({ label }) => label));
    for (const part of this.result.parts) {
      for (const macro of part.macros) {
        if (names.has(macro.name) || !starts(macro.name) || macro.name.startsWith('_')) continue;
        names.add(macro.name);
        out.push({ label: macro.name, kind: 'macro', detail: macro.params ? 'macro with arguments' : 'macro' });
      }
    }
    for (const word of KEYWORDS)
      if (starts(word) && /^[a-z]+$/.test(word)) out.push({ label: word, kind: 'keyword', detail: 'keyword' });
    return out;
  }

  outline(file: string): OutlineItem[] {
    const part = this.result.parts.find(({ name }) => name === file);
    const source = this.file(file);
    if (!part || !source) return [];
    const out: OutlineItem[] = [];
    const add = (name: string | null, kind: OutlineItem['kind'], span: { start: number; end: number }) => {
      const range = this.range(span);
      if (name === null || range?.file !== file) return;
      const symbol = part.typed.scope.symbols.get(name);
      out.push({ name, kind, detail: symbol ? declarationOf(symbol) : '', range });
    };
    for (const macro of part.macros) if (this.range(macro)?.file === file) add(macro.name, 'macro', macro);
    for (const item of part.ast.items) {
      if (item.kind === 'function-definition') add(nameOf(item.declarator).name, 'function', item);
      if (item.kind !== 'declaration') continue;
      const { type, storage } = item.specifiers;
      if ((type.kind === 'record-type' || type.kind === 'enum-type') && type.members) add(type.tag, 'type', type);
      for (const { declarator } of item.declarators) {
        const kind = storage === 'typedef' ? 'type' : functionPart(declarator) ? 'function' : 'variable';
        add(nameOf(declarator).name, kind, item);
      }
    }
    return out.sort((a, b) => a.range.start - b.range.start);
  }

  // -------------------------------------------------------------- helpers

  private file(name: string): SourceFile | undefined {
    return this.result.sourceMap.files.find((file) => file.name === name);
  }

  private position(file: string, offset: number): number | undefined {
    const source = this.file(file);
    return source && offset >= 0 && offset <= source.text.length ? source.base + offset : undefined;
  }

  private range({ start, end }: { readonly start: number; readonly end: number }): FileRange | undefined {
    const file = start === 0 ? undefined : this.result.sourceMap.fileAt(start);
    return file && { file: file.name, start: start - file.base, end: Math.min(end - file.base, file.text.length) };
  }

  /** The smallest expression around a position. */
  private expressionAt(position: number): TExpr | undefined {
    let best: TExpr | undefined;
    for (const expr of this.index.expressions.values()) {
      if (expr.start > position || position >= expr.end) continue;
      if (!best || expr.end - expr.start < best.end - best.start) best = expr;
    }
    return best;
  }

  /** The same function or global in all units. */
  private linked(symbol: CSymbol): CSymbol[] {
    const isShared = (one: CSymbol) =>
      (one.kind === 'function' || (one.kind === 'variable' && one.storage === 'static')) && !one.isInternal;
    if (!isShared(symbol)) return [symbol];
    const out = new Set<CSymbol>([symbol]);
    for (const { target } of this.index.mentions) {
      if (target.kind === 'symbol' && target.symbol.name === symbol.name && isShared(target.symbol))
        out.add(target.symbol);
    }
    return [...out];
  }

  /** What can be named at a position, inner meanings before outer ones. */
  private visible(position: number): Map<string, CSymbol> {
    const out = new Map<string, CSymbol>();
    const part = this.partAt(position);
    if (!part) return out;
    for (let scope: Scope | null = scopeAt(part.typed.scope, position); scope; scope = scope.parent) {
      for (const [name, symbol] of scope.symbols) {
        const isLater = scope.kind !== 'file' && symbol.start > position;
        if (!out.has(name) && !isLater) out.set(name, symbol);
      }
    }
    return out;
  }

  private partAt(position: number): FrontEndUnit | undefined {
    const file = this.result.sourceMap.fileAt(position);
    return this.result.parts.find((part) => part.file === file || part.inclusions.some((each) => each.file === file));
  }
}

const sameTarget = (a: Target, b: Target): boolean =>
  (a.kind === 'member' && b.kind === 'member' && a.member === b.member) ||
  (a.kind === 'macro' && b.kind === 'macro' && a.macro === b.macro);

function declarationOf(symbol: CSymbol): string {
  switch (symbol.kind) {
    case 'typedef':
      return `typedef ${typeText(symbol.type, symbol.name)}`;
    case 'enum-constant':
      return `${symbol.name} = ${symbol.value}`;
    case 'variable':
    case 'function':
      return typeText(symbol.type, symbol.name);
  }
}

function describe(target: Target): { code: string; notes: string[] } {
  if (target.kind === 'macro') {
    const { macro, result } = target;
    const code = macro.params ? `#define ${macro.name}(…)` : `#define ${macro.name}`;
    return { code, notes: result === '' ? [] : [`Here it stands for: ${result}`] };
  }
  if (target.kind === 'member') {
    const { member, record } = target;
    const at = `Member of ${record === '' ? 'an unnamed record' : record}, ${member.offset} bytes in.`;
    return { code: typeText(member.type, member.name ?? ''), notes: [at, ...valueNotes(member.type, undefined)] };
  }
  const { symbol } = target;
  const notes =
    symbol.kind === 'function'
      ? []
      : valueNotes(symbol.type, symbol.kind === 'enum-constant' ? symbol.value : undefined);
  if (symbol.kind === 'variable' && symbol.storage === 'parameter') notes.unshift('Parameter.');
  return { code: declarationOf(symbol), notes };
}

function valueNotes(type: CType, known: number | undefined): string[] {
  const notes: string[] = [];
  const size = sizeOf(type);
  if (known !== undefined) notes.push(`Value ${known}.`);
  if (size !== undefined) notes.push(`${size} ${size === 1 ? 'byte' : 'bytes'}.`);
  if (type.kind === 'int') {
    const { min, max } = rangeOf(type);
    notes.push(`Values from ${min} to ${max}.`);
  }
  return notes;
}

function complete(symbol: CSymbol): Completion {
  const kind = { variable: 'variable', function: 'function', typedef: 'type', 'enum-constant': 'constant' } as const;
  const isParameter = symbol.kind === 'variable' && symbol.storage === 'parameter';
  return { label: symbol.name, kind: isParameter ? 'parameter' : kind[symbol.kind], detail: declarationOf(symbol) };
}

function members(info: RecordInfo): Completion[] {
  return (info.members ?? []).flatMap(({ name, type }): Completion[] => {
    if (name !== null) return [{ label: name, kind: 'member', detail: typeText(type, name) }];
    return type.kind === 'record' ? members(type.info) : [];
  });
}

/** `a.b[1]->` before the name of a member. */
const ACCESS = new RegExp(
  String.raw`(${NAME}(?:\[[^\][]*\]|\.\s*${NAME_PART}+|->\s*${NAME_PART}+)*)\s*(?:\.|->)\s*$`,
  'u',
);
const CHAIN_STEP = new RegExp(String.raw`${NAME}|\[[^\]]*\]`, 'gu');

/** The record that `a.b[1]->c` ends in: read from the text, because a program that is being typed seldom parses. */
function resolveChain(chain: string, symbols: ReadonlyMap<string, CSymbol>): RecordInfo | undefined {
  const [first = '', ...steps] = chain.match(CHAIN_STEP) ?? [];
  const symbol = symbols.get(first);
  let type: CType | undefined = symbol?.kind === 'variable' ? symbol.type : undefined;
  const target = (t: CType | undefined): CType | undefined => (t?.kind === 'pointer' ? t.to : t);
  for (const step of steps) {
    if (step.startsWith('[')) {
      type = type?.kind === 'array' ? type.of : target(type);
    } else {
      const record = target(type);
      type = record?.kind === 'record' ? findMember(record.info, step)?.member.type : undefined;
    }
  }
  const record = target(type);
  return record?.kind === 'record' ? record.info : undefined;
}
