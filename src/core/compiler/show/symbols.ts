/** What the semantic phase made: scopes with their symbols, layouts of types, conversions, static data, the typed tree. */
import type { Span } from '../../base/source';
import type { CSymbol, Scope, StaticObject } from '../3-semantics/typed';
import { sizeOf, typeText, type CType, type RecordInfo } from '../3-semantics/types';
import { viewSpan, type Compilation } from '../compilation';
import type { FrontEndResult, FrontEndUnit } from '../front-end';
import type { RecordLayout } from '../views';
import type { Aspect } from './aspect';
import { conversionLines } from './conversions';
import { frontEndView, heading, isOwn, NOWHERE, type DumpLine } from './lines';
import { typedLines } from './typed';

export const SEMANTICS_ASPECTS: readonly Aspect[] = [
  {
    id: 'scopes',
    title: 'Scopes',
    summary: 'Each scope with its symbols: type, storage, size and number of mentions.',
    byFunction: false,
    show: (c) => frontEndView(c, scopeLines),
  },
  {
    id: 'layouts',
    title: 'Layouts',
    summary: 'How structs and unions lie in memory: offset and size of each member.',
    byFunction: false,
    picture: 'layouts',
    show: (c) => ({ ...frontEndView(c, layoutLines), layouts: layoutsOf(c) }),
  },
  {
    id: 'conversions',
    title: 'Conversions',
    summary: 'Each conversion that C makes by itself: from which type to which, and why.',
    byFunction: true,
    show: (c, request) => frontEndView(c, (part, result) => conversionLines(part, result, request)),
  },
  {
    id: 'typed',
    title: 'Typed tree',
    summary: 'The tree after analysis: every expression with its type, every conversion a node of its own.',
    byFunction: true,
    picture: 'tree',
    show: (c, request) => frontEndView(c, (part, result) => typedLines(part, result, request)),
  },
  {
    id: 'data',
    title: 'Static data',
    summary: 'Objects that live as long as the program, with their first bytes.',
    byFunction: false,
    show: (c) => frontEndView(c, dataLines),
  },
];

const written = (part: FrontEndUnit, result: FrontEndResult, write: (writer: SymbolWriter) => void): DumpLine[] => {
  const writer = new SymbolWriter(result);
  write(writer);
  return [heading(part.name), ...(writer.lines.length > 0 ? writer.lines : [{ ...none }])];
};
const none: DumpLine = { text: 'none', depth: 1, kind: 'comment', ...NOWHERE };

export const scopeLines = (part: FrontEndUnit, result: FrontEndResult): DumpLine[] =>
  written(part, result, (writer) => writer.scope(part.typed.scope, 1));

const ownRecords = (part: FrontEndUnit, result: FrontEndResult): RecordInfo[] =>
  part.typed.records.filter((record) => isOwn(record.start, result) && record.members);

export const layoutLines = (part: FrontEndUnit, result: FrontEndResult): DumpLine[] =>
  written(part, result, (writer) => ownRecords(part, result).forEach((record) => writer.record(record)));

export const dataLines = (part: FrontEndUnit, result: FrontEndResult): DumpLine[] =>
  written(part, result, (writer) => {
    for (const object of part.typed.objects) if (isOwn(object.start, result)) writer.object(object);
  });

class SymbolWriter {
  readonly lines: DumpLine[] = [];

  constructor(private readonly result: FrontEndResult) {}

  private add(
    kind: DumpLine['kind'],
    depth: number,
    text: string,
    at: { start: number; end: number; id?: number },
    uses?: readonly Span[],
  ): void {
    const { start, end } = at;
    const node = kind === 'symbol' ? 0 : (at.id ?? 0);
    this.lines.push({ kind, depth, text, start, end, node, ...(uses ? { uses } : {}) });
  }

  scope(scope: Scope, depth: number): void {
    const own = [...scope.symbols.values()].filter((symbol) => isOwn(symbol.start, this.result));
    if (scope.kind === 'prototype') return;
    if (own.length > 0 || scope.kind === 'file') this.add('scope', depth, `${scope.kind} scope`, scope);
    for (const symbol of own) this.add('symbol', depth + 1, this.symbol(symbol), symbol, symbol.uses);
    for (const child of scope.children)
      if (isOwn(child.start, this.result)) this.scope(child, own.length > 0 ? depth + 1 : depth);
  }

  private symbol(symbol: CSymbol): string {
    const { name } = symbol;
    const uses = `${symbol.uses.length} ${symbol.uses.length === 1 ? 'mention' : 'mentions'}`;
    switch (symbol.kind) {
      case 'variable': {
        const place =
          symbol.storage === 'static'
            ? symbol.isDefined
              ? symbol.isInternal
                ? 'static'
                : 'global'
              : 'extern'
            : symbol.storage;
        return `${typeText(symbol.type, name)}  ${place}, ${bytes(symbol.type)}, ${uses}${symbol.addressTaken && symbol.storage !== 'static' ? ', address taken' : ''}`;
      }
      case 'function':
        return `${typeText(symbol.type, name)}  ${symbol.isInternal ? 'static ' : ''}function${symbol.isDefined ? '' : ', defined elsewhere'}, ${uses}`;
      case 'typedef':
        return `typedef ${typeText(symbol.type, name)}  ${bytes(symbol.type)}, ${uses}`;
      case 'enum-constant':
        return `${name} = ${symbol.value}  enum constant, ${uses}`;
    }
  }

  record(record: RecordInfo): void {
    this.add(
      'record',
      1,
      `${typeText({ kind: 'record', info: record, qualifiers: 0 })}  ${record.sizeBytes} bytes`,
      record,
    );
    for (const member of record.members ?? []) {
      const name = member.name ?? '(anonymous)';
      this.add(
        'member',
        2,
        `+${String(member.offset).padEnd(4)}${typeText(member.type, name)}  ${bytes(member.type)}`,
        member,
      );
    }
  }

  object({ symbol, sizeBytes, bytes: content, relocations, ...at }: StaticObject): void {
    const shown = content
      ? [...content.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
      : 'zero';
    const more = content && content.length > 16 ? ' …' : '';
    const links = relocations.map(
      ({ offset, symbol: to, addend }) => `+${offset} → ${to}${addend === 0 ? '' : `+${addend}`}`,
    );
    this.add('object', 1, [`${symbol.linkName}  ${sizeBytes} bytes: ${shown}${more}`, ...links].join(', '), at);
  }
}

function bytes(type: CType): string {
  const size = sizeOf(type);
  return size === undefined ? 'no size' : `${size} ${size === 1 ? 'byte' : 'bytes'}`;
}

// ---------------------------------------------------------------- drawings

function layoutsOf({ frontEnd, sources }: Compilation): RecordLayout[] {
  if (!frontEnd) return [];
  return frontEnd.parts.flatMap((part) =>
    ownRecords(part, frontEnd).map((record) => ({
      title: typeText({ kind: 'record', info: record, qualifiers: 0 }),
      sizeBytes: record.sizeBytes,
      isUnion: record.isUnion,
      members: memberRows(record, 0, 0, (span) => viewSpan(sources, span)),
    })),
  );
}

/** The members, each followed by what lies inside it. */
function memberRows(
  record: RecordInfo,
  base: number,
  depth: number,
  spanOf: (span: Span) => RecordLayout['members'][number]['span'],
): RecordLayout['members'][number][] {
  return (record.members ?? []).flatMap((member) => {
    const span = spanOf(member);
    const offset = base + member.offset;
    const row = {
      name: member.name ?? '(anonymous)',
      type: typeText(member.type, member.name ?? ''),
      offset,
      sizeBytes: sizeOf(member.type) ?? 0,
      depth,
      ...(span ? { span } : {}),
    };
    const inner = member.type.kind === 'record' ? memberRows(member.type.info, offset, depth + 1, spanOf) : [];
    return [row, ...inner];
  });
}
