/** What all parts of the semantic phase share: scopes and symbols, ids, the objects that the unit defines, names for the linker. */
import type { SourceMap, Span } from '../../base/source';
import type { TranslationUnit } from '../2-parser/ast';
import type { IdSource } from '../2-parser/cursor';
import { LIMITS } from '../limits';
import type { Diagnostics, Extra, MessageId, MessageParams } from '../messages';
import type {
  ConstantExpr,
  CSymbol,
  FunctionSymbol,
  Label,
  Scope,
  StaticObject,
  TExpr,
  TagSymbol,
  TCase,
  VariableSymbol,
} from './typed';

import { similar } from '../similar';
import { INT, sizeOf, type CType, type EnumInfo, type FunctionType, type IntType, type RecordInfo } from './types';

export interface SemanticsInput {
  readonly unit: TranslationUnit;
  /** Name of the `.c` file. */
  readonly name: string;
  /** Number of the unit in the compilation: keeps the names of internal objects apart. */
  readonly unitIndex: number;
  readonly sourceMap: SourceMap;
  readonly diagnostics: Diagnostics;
  readonly ids: IdSource;
  /** Counters of symbols and records, shared by the units of a compilation. */
  readonly numbers: { symbol: number; record: number };
  /** Leave bounds checks out. */
  readonly unchecked: boolean;
}

/** Where a node stands: what a node made from another one takes over. */
export interface At extends Span {
  readonly id: number;
}

/** A name where it is declared. */
export interface NameAt extends Span {
  readonly name: string;
}

/** The type of an expression in which an error was found: whatever uses it stays silent. Told by identity. */
export const POISON: IntType = { ...INT };
export const isPoison = (expr: TExpr): boolean => expr.type === POISON;

/** What is known while a function's body is read. */
export interface FunctionState {
  readonly symbol: FunctionSymbol;
  readonly type: FunctionType;
  readonly locals: VariableSymbol[];
  readonly labels: Map<string, LabelState>;
  readonly switches: SwitchState[];
  loops: number;
}
/** The locals in scope that have an initialiser, newest first: a list that inner scopes share with outer ones. */
export interface Initialised {
  readonly symbol: VariableSymbol;
  readonly outer: Initialised | null;
  readonly depth: number;
}
/** The first of `inner` (from the outside) that `from` does not see, if any. */
export function skippedInitialiser(inner: Initialised | null, from: Initialised | null): VariableSymbol | undefined {
  let here = from;
  while (here && here.depth > (inner?.depth ?? 0)) here = here.outer;
  let skipped: VariableSymbol | undefined;
  for (let node = inner; node !== null; node = node.outer) {
    while (here && here.depth > node.depth) here = here.outer;
    if (here === node) break;
    skipped = node.symbol;
  }
  return skipped;
}

export interface LabelState {
  readonly label: Label;
  defined: Span | undefined;
  /** Initialised variables in scope at the label. */
  inScope: Initialised | null;
  readonly gotos: { readonly span: Span; readonly inScope: Initialised | null }[];
}
export interface SwitchState {
  readonly type: IntType;
  readonly cases: Map<number, TCase>;
  /** Innermost loop depth does not matter to `break`; this counts the switches and loops around. */
  readonly visible: Initialised | null;
  list: TCase[];
  defaultCase: TCase | undefined;
}

export class Context {
  protected readonly name: string;
  protected readonly sourceMap: SourceMap;
  protected readonly diagnostics: Diagnostics;
  protected readonly ids: IdSource;
  protected readonly numbers: { symbol: number; record: number };
  protected readonly unchecked: boolean;
  protected readonly unit: TranslationUnit;
  protected scope: Scope;
  protected fn: FunctionState | undefined;
  protected readonly objects = new Map<VariableSymbol, StaticObject>();
  protected readonly records: RecordInfo[] = [];
  protected readonly enums: EnumInfo[] = [];
  /** Locals in scope that have an initialiser: a goto must not skip it. */
  protected initialised: Initialised | null = null;
  /** Inside sizeof nothing is evaluated: no warnings about values, no string objects. */
  protected unevaluated = 0;
  private readonly linkNames = new Set<string>();
  private readonly strings = new Map<string, VariableSymbol>();
  private readonly prefix: string;
  private staticBytes = 0;

  constructor(input: SemanticsInput) {
    this.name = input.name;
    this.sourceMap = input.sourceMap;
    this.diagnostics = input.diagnostics;
    this.ids = input.ids;
    this.numbers = input.numbers;
    this.unchecked = input.unchecked;
    this.unit = input.unit;
    this.prefix = input.unitIndex === 0 ? '' : String(input.unitIndex);
    const { start, end } = input.unit;
    this.scope = { kind: 'file', parent: null, start, end, symbols: new Map(), tags: new Map(), children: [] };
  }

  // -------------------------------------------------------------- diagnostics

  protected report<I extends MessageId>(id: I, span: Span, params: MessageParams<I>, extra?: Extra): void {
    this.diagnostics.report(id, span, params, extra);
  }

  /** The value of an expression with an error. */
  protected poison(at: At): ConstantExpr {
    return { kind: 'constant', id: at.id, start: at.start, end: at.end, type: POISON, value: 0 };
  }

  protected declaredHere(symbol: { readonly start: number; readonly end: number }, text = 'declared here'): Extra {
    return symbol.end > symbol.start
      ? { notes: [{ message: text, span: { start: symbol.start, end: symbol.end } }] }
      : {};
  }

  // -------------------------------------------------------------- scopes

  protected openScope(kind: Scope['kind'], span: Span): Scope {
    const { start, end } = span;
    const scope: Scope = { kind, parent: this.scope, start, end, symbols: new Map(), tags: new Map(), children: [] };
    this.scope.children.push(scope);
    this.scope = scope;
    return scope;
  }

  protected closeScope(): void {
    if (this.scope.parent) this.scope = this.scope.parent;
  }

  protected get fileScope(): Scope {
    let scope = this.scope;
    while (scope.parent) scope = scope.parent;
    return scope;
  }

  protected lookup(name: string): CSymbol | undefined {
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent) {
      const symbol = scope.symbols.get(name);
      if (symbol) return symbol;
    }
    return undefined;
  }

  protected lookupTag(name: string): TagSymbol | undefined {
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent) {
      const tag = scope.tags.get(name);
      if (tag) return tag;
    }
    return undefined;
  }

  /** The name that the program probably meant, among those that are visible. */
  protected similarName(name: string, accept: (symbol: CSymbol) => boolean = () => true): string | undefined {
    const names: string[] = [];
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent) {
      for (const [candidate, symbol] of scope.symbols) if (accept(symbol)) names.push(candidate);
    }
    return similar(name, names);
  }

  // -------------------------------------------------------------- symbols

  /** Reports a second meaning of a name in this scope. */
  protected clash(at: NameAt): boolean {
    const old = this.scope.symbols.get(at.name);
    if (!old) return false;
    const what = {
      variable: 'a variable',
      function: 'a function',
      typedef: 'a type',
      'enum-constant': 'an enum constant',
    }[old.kind];
    this.report('redeclared', at, { name: at.name, what }, this.declaredHere(old));
    return true;
  }

  protected newVariable(
    at: { readonly name: string; readonly start: number; readonly end: number },
    type: CType,
    storage: VariableSymbol['storage'],
    options: Partial<Pick<VariableSymbol, 'linkName' | 'isInternal' | 'isReadOnly' | 'parameterIndex'>> = {},
  ): VariableSymbol {
    return {
      kind: 'variable',
      name: at.name,
      id: this.numbers.symbol++,
      start: at.start,
      end: at.end,
      uses: [],
      type,
      storage,
      linkName: options.linkName ?? at.name,
      isInternal: options.isInternal ?? false,
      isDefined: storage !== 'static',
      isReadOnly: options.isReadOnly ?? false,
      addressTaken: type.kind === 'array' || type.kind === 'record',
      zeroAtEntry: false,
      parameterIndex: options.parameterIndex ?? -1,
    };
  }

  /** A name for the linker that no other object of this unit has. */
  protected linkName(base: string): string {
    let name = base;
    for (let i = 2; this.linkNames.has(name); i++) name = `${base}.${i}`;
    this.linkNames.add(name);
    return name;
  }

  protected reserveLinkName(name: string): void {
    this.linkNames.add(name);
  }

  protected internalName(kind: 'str' | 'lit' | 'tpl'): string {
    return `.${kind}${this.prefix}.${this.numbersOf[kind]++}`;
  }
  private readonly numbersOf = { str: 0, lit: 0, tpl: 0 };

  protected define(object: StaticObject): void {
    object.symbol.isDefined = true;
    this.objects.set(object.symbol, object);
    this.staticBytes += object.sizeBytes;
    if (this.staticBytes > LIMITS.staticBytes) {
      const span = { start: object.start, end: object.end };
      this.report('object-too-large', span, { name: 'everything static together', size: this.staticBytes });
    }
  }

  /** The object of a string literal of this type; equal literals share one. `bytes` is without the final NUL. */
  protected stringObject(
    at: { readonly start: number; readonly end: number },
    bytes: Uint8Array,
    type: CType,
  ): VariableSymbol {
    const sizeBytes = sizeOf(type) ?? bytes.length + 1;
    let key = `${sizeBytes}:`;
    for (let i = 0; i < bytes.length; i += 4096) key += String.fromCharCode(...bytes.subarray(i, i + 4096));
    const known = this.strings.get(key);
    if (known) return known;
    const linkName = this.internalName('str');
    const options = { linkName, isInternal: true, isReadOnly: true };
    const symbol = this.newVariable({ name: linkName, start: at.start, end: at.end }, type, 'static', options);
    if (this.unevaluated > 0) return symbol;
    this.strings.set(key, symbol);
    const whole = new Uint8Array(sizeBytes);
    whole.set(bytes);
    this.define({
      id: this.ids.next++,
      start: at.start,
      end: at.end,
      symbol,
      sizeBytes: whole.length,
      bytes: whole,
      relocations: [],
    });
    return symbol;
  }
}
