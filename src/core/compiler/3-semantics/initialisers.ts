/** What initialisers make (C99 6.7.8): for static objects bytes and relocations, for locals a few steps. */
import { CONST, type CompoundLiteralExpr, type Expr, type InitList } from '../2-parser/ast';
import { LIMITS } from '../limits';
import { addressConstant } from './fold';
import { InitialiserLists, type Entry } from './initialiser-lists';
import type { InitStep, Initialiser, Relocation, TExpr, VariableSymbol } from './typed';
import { CHAR, arrayOf, sizeOf, typeText, type CType } from './types';

export abstract class Initialisers extends InitialiserLists {
  // -------------------------------------------------------------- static objects

  /** Initialises a static object: everything must be known before the program runs. Completes the symbol's type. */
  protected staticObject(symbol: VariableSymbol, init: Expr | InitList, id: number): void {
    const { type, entries } = this.collect(symbol.type, init);
    symbol.type = type;
    const size = sizeOf(type);
    if (size === undefined || !this.fits(symbol, size)) return;
    const flexible = entries.reduce((end, entry) => Math.max(end, entry.offset + widthOf(entry)), size);
    const image = this.image(entries, flexible);
    if (!image) return;
    const { start, end } = symbol;
    this.define({ id, start, end, symbol, sizeBytes: flexible, ...image });
  }

  protected fits(symbol: VariableSymbol, size: number): boolean {
    if (size <= LIMITS.objectBytes) return true;
    this.report('object-too-large', symbol, { name: symbol.name, size });
    return false;
  }

  /** Bytes and relocations of entries that are all constant; reports the first that is not. */
  private image(
    entries: readonly Entry[],
    size: number,
  ): { bytes: Uint8Array | undefined; relocations: Relocation[] } | undefined {
    if (size > LIMITS.objectBytes) return undefined;
    const bytes = new Uint8Array(size);
    let relocations: Relocation[] = [];
    for (const entry of entries) {
      const { offset, value } = entry;
      const width = widthOf(entry);
      relocations = relocations.filter((old) => old.offset + 2 <= offset || old.offset >= offset + width);
      if (value instanceof Uint8Array) {
        bytes.set(value, offset);
        continue;
      }
      const literal =
        value.kind === 'load' && value.place.kind === 'compound-literal'
          ? this.objects.get(value.place.symbol)
          : undefined;
      if (literal) {
        bytes.set(literal.bytes ?? new Uint8Array(literal.sizeBytes), offset);
        for (const moved of literal.relocations) relocations.push({ ...moved, offset: moved.offset + offset });
        continue;
      }
      const address = value.folded === undefined && width === 2 ? addressConstant(value) : undefined;
      if (value.folded === undefined && !address) {
        this.report('not-constant', value, { what: 'the initial value of a static object' });
        return undefined;
      }
      const number = address ? address.addend : (value.folded as number);
      for (let i = 0; i < width; i++) bytes[offset + i] = i < 4 ? (number >> (8 * i)) & 255 : 0;
      if (address?.symbol !== undefined) {
        bytes[offset] = 0;
        bytes[offset + 1] = 0;
        relocations.push({ offset, symbol: address.symbol, addend: address.addend });
      }
    }
    return { bytes: bytes.some((byte) => byte !== 0) || relocations.length > 0 ? bytes : undefined, relocations };
  }

  // -------------------------------------------------------------- locals

  /** Steps that initialise a local. Completes the symbol's type. */
  protected localInitialiser(symbol: VariableSymbol, init: Expr | InitList): Initialiser | undefined {
    const { type, entries } = this.collect(symbol.type, init);
    symbol.type = type;
    const size = sizeOf(type);
    if (size === undefined || !this.fits(symbol, size)) return undefined;
    if (type.kind !== 'array' && type.kind !== 'record')
      return { zeroFirst: false, items: entries.map((entry) => this.initStep(entry)) };
    const template = this.template(entries, size);
    if (template) return template;
    let covered = 0;
    for (const entry of entries) {
      if (entry.offset <= covered) covered = Math.max(covered, entry.offset + widthOf(entry));
    }
    return { zeroFirst: covered < size, items: entries.map((entry) => this.initStep(entry)) };
  }

  private initStep({ offset, type, value }: Entry): InitStep {
    if (!(value instanceof Uint8Array)) return { kind: 'store', offset, type, value };
    return { kind: 'copy', offset, from: this.constantObject(value, [], value.length), sizeBytes: value.length };
  }

  /** A constant aggregate is copied from one that lies ready, if that is shorter than storing its parts. */
  private template(entries: readonly Entry[], size: number): Initialiser | undefined {
    if (this.unevaluated > 0 || entries.length < 2 || size < 6) return undefined;
    let filled = 0;
    for (const entry of entries) {
      const { type, value } = entry;
      const isConstant =
        value instanceof Uint8Array || value.folded !== undefined || (sizeOf(type) === 2 && addressConstant(value));
      if (!isConstant) return undefined;
      filled += widthOf(entry);
    }
    if (filled * 2 < size || filled > size) return undefined;
    const image = this.image(entries, size);
    if (!image?.bytes) return undefined;
    const from = this.constantObject(image.bytes, image.relocations, size);
    return { zeroFirst: false, items: [{ kind: 'copy', offset: 0, from, sizeBytes: size }] };
  }

  private constantObject(bytes: Uint8Array, relocations: readonly Relocation[], size: number): VariableSymbol {
    const linkName = this.internalName('tpl');
    const options = { linkName, isInternal: true, isReadOnly: true };
    const span = { start: this.scope.start, end: this.scope.start };
    const symbol = this.newVariable({ name: linkName, ...span }, arrayOf(CHAR, size), 'static', options);
    this.define({ id: this.ids.next++, ...span, symbol, sizeBytes: size, bytes, relocations });
    return symbol;
  }

  // -------------------------------------------------------------- compound literals

  protected compoundLiteral(expr: CompoundLiteralExpr): TExpr {
    const { id, start, end } = expr;
    const type = this.resolveTypeName(expr.typeName);
    const isKnown = type.kind === 'array' ? sizeOf(type.of) !== undefined : sizeOf(type) !== undefined;
    if (!isKnown || type.kind === 'function') {
      this.report('incomplete-type', expr, { type: typeText(type), what: 'there is no literal of it' });
      return this.poison(expr);
    }
    if (!this.fn || this.unevaluated > 0) {
      return this.staticLiteral(expr, type);
    }
    const symbol = this.newVariable({ name: '(literal)', start, end }, type, 'local');
    symbol.addressTaken = true;
    const init = this.localInitialiser(symbol, expr.initialiser);
    if (!init) return this.poison(expr);
    this.fn.locals.push(symbol);
    return { kind: 'compound-literal', id, start, end, type: symbol.type, symbol, init };
  }

  private staticLiteral(expr: CompoundLiteralExpr, type: CType): TExpr {
    const { id, start, end } = expr;
    const linkName = this.internalName('lit');
    const options = { linkName, isInternal: true, isReadOnly: (type.qualifiers & CONST) !== 0 };
    const symbol = this.newVariable({ name: linkName, start, end }, type, 'static', options);
    this.staticObject(symbol, expr.initialiser, this.ids.next++);
    if (!this.objects.has(symbol)) return this.poison(expr);
    return { kind: 'compound-literal', id, start, end, type: symbol.type, symbol, init: undefined };
  }
}

const widthOf = ({ type, value }: Entry): number => (value instanceof Uint8Array ? value.length : (sizeOf(type) ?? 0));
