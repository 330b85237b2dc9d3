/**
 * Object files: what encodeItems makes of assembly items and what the linker joins. Plain data.
 *
 * Every branch, jump and call to a symbol is stored in its short form with a `rel8` or `rel11` relocation, even inside one section,
 * because the linker may have to grow any of them (7-linker/relax.ts). Distances between labels are therefore not fixed before
 * the link. The relocations are named after what they patch, as in the ELF supplements for small machines.
 */
import { at, fail } from '../base/assert';
import { NOWHERE, type SourceMap, type Span } from '../base/source';
import { encode } from '../isa/codec';
import { formOf, type FormId, type InstructionForm } from '../isa/table';
import type { AsmItem, AsmOrigin, ObjectInfo, SectionType, SymbolRef, VariableLocation } from './items';

/**
 * abs16: the 16-bit word at `offset` becomes S + A. lo8, hi8: the byte at `offset` becomes the low or high byte of S + A.
 * rel8, rel11: the low 8 or 11 bits of the instruction at `offset` become (S + A - offset - 2) / 2, signed.
 */
export type RelocationKind = 'abs16' | 'lo8' | 'hi8' | 'rel8' | 'rel11';

export interface Relocation {
  readonly offset: number;
  readonly kind: RelocationKind;
  readonly symbol: string;
  readonly addend: number;
}

/** A place in one of the object's sources: `file` is its index, `start` and `end` are offsets in it. */
export interface ObjectPlace {
  readonly file: number;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

/** A run of code with one origin, with its place in one of the object's sources. */
export interface ObjectLine extends ObjectPlace {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly node: number;
  readonly ir: number;
}

export interface ObjectVariable {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly signed: boolean;
  readonly isParameter: boolean;
  /** `from` and `to` are offsets in the function's section. */
  readonly locations: readonly {
    readonly from: number;
    readonly to: number;
    readonly where: VariableLocation['where'];
  }[];
}

export interface ObjectFunction {
  readonly name: string;
  /** Offset of its first byte and of the first byte after it. */
  readonly offset: number;
  readonly end: number;
  readonly file: number;
  readonly line: number;
  readonly frameSizeBytes: number;
  readonly savedPairs: readonly number[];
  readonly variables: readonly ObjectVariable[];
}

export interface ObjectSection {
  readonly name: string;
  readonly type: SectionType;
  readonly sizeBytes: number;
  /** `sizeBytes` long; empty for bss. */
  readonly bytes: Uint8Array;
  /** By offset. */
  readonly relocations: readonly Relocation[];
  readonly lines: readonly ObjectLine[];
  readonly functions: readonly ObjectFunction[];
}

export interface ObjectSymbol {
  readonly name: string;
  readonly global: boolean;
  /** Index of the section that holds it. */
  readonly section: number;
  readonly offset: number;
  /** To the next named symbol of the section, or its end. */
  readonly sizeBytes: number;
  readonly kind: 'function' | 'object' | 'label';
  /** Where a source defines it. */
  readonly place?: ObjectPlace;
}

export interface ObjectFile {
  readonly name: string;
  readonly sections: readonly ObjectSection[];
  /** Defined symbols; what relocations name and nobody here defines is undefined. */
  readonly symbols: readonly ObjectSymbol[];
  readonly sources: readonly { readonly name: string; readonly system: boolean }[];
  readonly globals: readonly ObjectInfo[];
  /** Labels with the name of an earlier one; the linker reports them. */
  readonly duplicates: readonly { readonly name: string; readonly place?: ObjectPlace }[];
}

/** A library: object files from which the linker takes those that are needed. */
export interface Archive {
  readonly name: string;
  readonly members: readonly ObjectFile[];
}

/** Labels that start so are for branches inside a function; they do not appear in symbol lists. */
export const LOCAL_PREFIX = '.L';

/** Encodes items into an object file; `sources` resolves the items' origins to files and lines. */
export function encodeItems(items: readonly AsmItem[], objectName: string, sources?: SourceMap): ObjectFile {
  const builder = new ObjectBuilder(objectName, sources);
  for (const item of items) builder.add(item);
  return builder.finish();
}

class SectionBuilder {
  bytes = new Uint8Array(64);
  sizeBytes = 0;
  readonly relocations: Relocation[] = [];
  readonly lines: ObjectLine[] = [];
  readonly functions: { readonly info: Extract<AsmItem, { kind: 'function' }>['info']; readonly offset: number }[] = [];

  constructor(
    readonly name: string,
    readonly type: SectionType,
  ) {}

  append(bytes: ArrayLike<number>): void {
    if (this.sizeBytes + bytes.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.sizeBytes + bytes.length));
      grown.set(this.bytes.subarray(0, this.sizeBytes));
      this.bytes = grown;
    }
    this.bytes.set(bytes, this.sizeBytes);
    this.sizeBytes += bytes.length;
  }

  word(value: number): void {
    this.append([value & 0xff, (value >> 8) & 0xff]);
  }
}

interface Label {
  readonly name: string;
  readonly global: boolean;
  readonly section: number;
  readonly offset: number;
  readonly place?: ObjectPlace;
}

class ObjectBuilder {
  private readonly sections: SectionBuilder[] = [];
  private readonly sectionIndex = new Map<string, number>();
  private readonly labels = new Map<string, Label>();
  private readonly duplicates: { readonly name: string; readonly place?: ObjectPlace }[] = [];
  private readonly globals: ObjectInfo[] = [];
  private readonly files: { readonly name: string; readonly system: boolean }[] = [];
  /** Neighbouring instructions mostly come from the same characters. */
  private last: { readonly start: number; readonly end: number; readonly place: ObjectPlace | undefined } | undefined;
  private readonly fileIndex = new Map<string, number>();
  private current: SectionBuilder | undefined;

  constructor(
    private readonly name: string,
    private readonly sources: SourceMap | undefined,
  ) {}

  add(item: AsmItem): void {
    switch (item.kind) {
      case 'section':
        this.current = this.open(item.name, item.type);
        return;
      case 'comment':
        return;
      case 'object':
        this.globals.push(item.info);
        return;
      case 'label':
        this.label(item.name, item.global, item.span);
        return;
      case 'function':
        this.here().functions.push({ info: item.info, offset: this.here().sizeBytes });
        return;
      case 'instr':
        this.instruction(item.form, item.operands, item.origin);
        return;
      case 'bytes':
        this.here().append(item.bytes);
        return;
      case 'space':
        this.space(item.sizeBytes);
        return;
      case 'word':
        this.word(item.value);
        return;
    }
  }

  finish(): ObjectFile {
    const symbols = this.symbols();
    const sections = this.sections.map((section): ObjectSection => ({
      name: section.name,
      type: section.type,
      sizeBytes: section.sizeBytes,
      bytes: section.type === 'bss' ? new Uint8Array(0) : section.bytes.slice(0, section.sizeBytes),
      relocations: section.relocations,
      lines: section.lines,
      functions: this.functions(section),
    }));
    return {
      name: this.name,
      sections,
      symbols,
      sources: this.files,
      globals: this.globals,
      duplicates: this.duplicates,
    };
  }

  private here(): SectionBuilder {
    this.current ??= this.open('.text', 'text');
    return this.current;
  }

  private open(name: string, type: SectionType): SectionBuilder {
    const known = this.sectionIndex.get(name);
    if (known !== undefined) return at(this.sections, known);
    const section = new SectionBuilder(name, type);
    this.sectionIndex.set(name, this.sections.length);
    this.sections.push(section);
    return section;
  }

  private label(name: string, global: boolean, span: Span | undefined): void {
    const section = this.here();
    const place = span && this.resolve(span);
    const placed = place ? { place } : {};
    if (this.labels.has(name)) {
      this.duplicates.push({ name, ...placed });
      return;
    }
    const index = this.sectionIndex.get(section.name) as number;
    this.labels.set(name, { name, global, section: index, offset: section.sizeBytes, ...placed });
  }

  private space(sizeBytes: number): void {
    const section = this.here();
    if (section.type === 'bss') section.sizeBytes += sizeBytes;
    else section.append(new Uint8Array(sizeBytes));
  }

  private word(value: number | SymbolRef): void {
    const section = this.here();
    if (typeof value === 'number') {
      section.word(value);
      return;
    }
    section.relocations.push({
      offset: section.sizeBytes,
      kind: value.part ?? 'abs16',
      symbol: value.symbol,
      addend: value.addend,
    });
    section.word(0);
  }

  private instruction(id: FormId, operands: readonly (number | SymbolRef)[], origin: AsmOrigin | undefined): void {
    const section = this.here();
    const form = formOf(id);
    const offset = section.sizeBytes;
    const numbers = operands.map((operand, index) => {
      if (typeof operand === 'number') return operand;
      const relocation = relocationFor(form, index, operand, offset);
      if (!relocation) fail(`${id} cannot hold the symbol ${operand.symbol} as operand ${index + 1}`);
      section.relocations.push(relocation);
      return 0;
    });
    for (const word of encode(id, numbers)) section.word(word);
    if (origin) this.line(section, offset, section.sizeBytes - offset, origin);
  }

  private line(section: SectionBuilder, offset: number, sizeBytes: number, origin: AsmOrigin): void {
    const place = this.resolve(origin);
    if (!place) return;
    const last = section.lines.at(-1);
    const continues =
      last &&
      last.offset + last.sizeBytes === offset &&
      last.file === place.file &&
      last.start === place.start &&
      last.end === place.end &&
      last.node === origin.node &&
      last.ir === origin.ir;
    if (continues) section.lines[section.lines.length - 1] = { ...last, sizeBytes: last.sizeBytes + sizeBytes };
    else section.lines.push({ offset, sizeBytes, ...place, node: origin.node, ir: origin.ir });
  }

  private resolve(span: Span): ObjectPlace | undefined {
    const { last } = this;
    if (last && last.start === span.start && last.end === span.end) return last.place;
    const place = this.placeOf(span);
    this.last = { start: span.start, end: span.end, place };
    return place;
  }

  private placeOf(span: Span): ObjectPlace | undefined {
    const file = this.sources?.fileAt(span.start);
    if (!file || !this.sources) return undefined;
    let index = this.fileIndex.get(file.name);
    if (index === undefined) {
      index = this.files.length;
      this.files.push({ name: file.name, system: file.system });
      this.fileIndex.set(file.name, index);
    }
    const { line, column } = this.sources.place(span.start);
    return { file: index, line, column, start: span.start - file.base, end: span.end - file.base };
  }

  private functions(section: SectionBuilder): ObjectFunction[] {
    return section.functions.map(({ info, offset }, index) => {
      const end = section.functions[index + 1]?.offset ?? section.sizeBytes;
      const place = this.resolve(info) ?? { file: -1, line: 0 };
      const offsetOf = (label: string, fallback: number) => this.labels.get(label)?.offset ?? fallback;
      return {
        name: info.name,
        offset,
        end,
        file: place.file,
        line: place.line,
        frameSizeBytes: info.frameSizeBytes,
        savedPairs: info.savedPairs,
        variables: info.variables.map((variable) => ({
          ...variable,
          locations: variable.locations.map((location) => ({
            from: offsetOf(location.from, offset),
            to: offsetOf(location.to, end),
            where: location.where,
          })),
        })),
      };
    });
  }

  private symbols(): ObjectSymbol[] {
    const all = [...this.labels.values()];
    const isNamed = (label: Label) => !label.name.startsWith(LOCAL_PREFIX);
    const ends = new Map<Label, number>();
    const bySection = new Map<number, Label[]>();
    for (const label of all.filter(isNamed)) {
      const labels = bySection.get(label.section);
      if (labels) labels.push(label);
      else bySection.set(label.section, [label]);
    }
    for (const [section, labels] of bySection) {
      let end = at(this.sections, section).sizeBytes;
      for (let i = labels.length - 1; i >= 0; i--) {
        const label = at(labels, i);
        ends.set(label, end);
        if (i > 0 && at(labels, i - 1).offset < label.offset) end = label.offset;
      }
    }
    return all.map((label) => {
      const section = at(this.sections, label.section);
      const sizeBytes = (ends.get(label) ?? label.offset) - label.offset;
      const kind = this.kindOf(label, section);
      // Written out: there are very many of them, and a spread takes far longer.
      const { name, global, section: index, offset, place } = label;
      const symbol = { name, global, section: index, offset, sizeBytes, kind };
      return place ? { ...symbol, place } : symbol;
    });
  }

  /** In code, what starts a section, is global or has debug information is a function; other labels are places inside one. */
  private kindOf(label: Label, section: SectionBuilder): ObjectSymbol['kind'] {
    if (section.type !== 'text') return 'object';
    if (label.name.startsWith(LOCAL_PREFIX)) return 'label';
    const begins = label.offset === 0 || section.functions.some((f) => f.info.name === label.name);
    return begins || label.global ? 'function' : 'label';
  }
}

/** The relocation for a symbol in an operand, or undefined if the operand cannot hold one. */
export function relocationFor(
  form: InstructionForm,
  field: number,
  ref: SymbolRef,
  offset: number,
): Relocation | undefined {
  const { symbol, addend } = ref;
  const { kind, letter } = at(form.fields, field);
  const second = letter === 'k' ? offset + 2 : offset;
  if (ref.part) return kind === 'imm8' ? { offset: second, kind: ref.part, symbol, addend } : undefined;
  if (letter === 'k') return kind.endsWith('16') ? { offset: second, kind: 'abs16', symbol, addend } : undefined;
  if (kind !== 'rel') return undefined;
  return { offset, kind: form.pattern.split(letter).length - 1 === 8 ? 'rel8' : 'rel11', symbol, addend };
}

/** Where a diagnostic about a place in a section points, as text. */
export function placeOf(object: ObjectFile, section: ObjectSection, offset: number): string | undefined {
  const line = lineAt(section, offset);
  return line && `${at(object.sources, line.file).name}:${line.line}:${line.column}`;
}

const lineAt = (section: ObjectSection, offset: number): ObjectLine | undefined =>
  section.lines.find((run) => offset >= run.offset && offset < run.offset + run.sizeBytes);

/** The span in `sources` of a place in a section, or NOWHERE when the object was not made from them. */
export function spanOf(
  object: ObjectFile,
  section: ObjectSection,
  offset: number,
  sources: SourceMap | undefined,
): Span {
  return spanOfPlace(object, lineAt(section, offset), sources);
}

export function spanOfPlace(object: ObjectFile, place: ObjectPlace | undefined, sources: SourceMap | undefined): Span {
  if (!place) return NOWHERE;
  const { name } = at(object.sources, place.file);
  const file = sources?.files.find((f) => f.name === name);
  return file ? { start: file.base + place.start, end: file.base + place.end } : NOWHERE;
}
