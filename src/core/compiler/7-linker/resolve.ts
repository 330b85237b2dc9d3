/**
 * Symbol resolution: which sections of which object files make the program.
 *
 * Starts at the roots (the entry symbol and the vector sections) and follows relocations. A symbol that no object file defines
 * is looked for in the archives, and its member joins the program. What is never reached is left out, so a program pays for
 * the library functions that it uses and for nothing else.
 */
import { at } from '../../base/assert';
import type { Diagnostic } from '../../base/diagnostic';
import { NOWHERE, type SourceMap, type Span } from '../../base/source';
import { nearest } from '../../assembler/nearest';
import {
  placeOf,
  spanOf,
  spanOfPlace,
  type Archive,
  type ObjectFile,
  type ObjectPlace,
  type ObjectSection,
  type ObjectSymbol,
} from '../../assembler/object';
import { LINK_MESSAGES } from './messages';
import type { DroppedSection, PulledMember, Reference } from './report';

/** A section that the linker looks at, with its object. */
export interface Input {
  readonly object: ObjectFile;
  readonly section: ObjectSection;
  readonly index: number;
  keptBy?: Reference;
}

export interface Definition {
  readonly object: ObjectFile;
  readonly symbol: ObjectSymbol;
}

export interface Resolution {
  /** Sections of the program, in the order of the objects; the entry's section first. */
  readonly inputs: readonly Input[];
  readonly pulled: readonly PulledMember[];
  readonly dropped: readonly DroppedSection[];
  readonly diagnostics: readonly Diagnostic[];
  /** Definition of a name as seen from an object: its own labels first, then the globals. */
  lookup(object: ObjectFile, name: string): Definition | undefined;
}

export const VECTOR_PREFIX = '.vector.';
/** Names that the linker defines itself: the first free byte after all variables. */
export const HEAP_START = '__heap_start';
/** An empty section that the layout puts behind all others of its type. */
const LAST: ObjectFile = {
  name: 'the linker',
  sections: [
    {
      name: '.bss.end',
      type: 'bss',
      sizeBytes: 0,
      bytes: new Uint8Array(0),
      relocations: [],
      lines: [],
      functions: [],
    },
  ],
  symbols: [{ name: HEAP_START, global: true, section: 0, offset: 0, sizeBytes: 0, kind: 'object' }],
  sources: [],
  globals: [],
  duplicates: [],
};
/** Uses listed with an undefined symbol. */
const MAX_USES = 5;

export function resolve(
  objects: readonly ObjectFile[],
  archives: readonly Archive[],
  entry: string,
  sources: SourceMap | undefined,
  keepUnused: boolean,
): Resolution {
  return new Resolver(archives, entry, sources).run(objects, keepUnused);
}

interface Missing {
  readonly uses: Reference[];
  readonly span: Span;
}

class Resolver {
  private readonly loaded: ObjectFile[] = [];
  private readonly own = new Map<ObjectFile, Map<string, Definition>>();
  private readonly globals = new Map<string, Definition>();
  private readonly offered = new Map<string, { readonly archive: Archive; readonly member: ObjectFile }>();
  private readonly kept = new Map<ObjectSection, Input>();
  private readonly queue: Input[] = [];
  private readonly pulled: PulledMember[] = [];
  private readonly missing = new Map<string, Missing>();
  private readonly diagnostics: Diagnostic[] = [];

  constructor(
    archives: readonly Archive[],
    private readonly entry: string,
    private readonly sources: SourceMap | undefined,
  ) {
    for (const archive of archives)
      for (const member of archive.members)
        for (const symbol of member.symbols)
          if (symbol.global && !this.offered.has(symbol.name)) this.offered.set(symbol.name, { archive, member });
  }

  run(objects: readonly ObjectFile[], keepUnused: boolean): Resolution {
    objects.forEach((object) => this.load(object));
    if (keepUnused)
      objects.forEach((object) => object.sections.forEach((_, index) => this.keep(object, index, undefined)));
    this.load(LAST);
    this.keepEntry();
    for (let input = this.queue.pop(); input; input = this.queue.pop()) this.follow(input);
    this.reportMissing();
    return {
      inputs: this.inOrder(),
      pulled: this.pulled,
      dropped: this.dropped(),
      diagnostics: this.diagnostics,
      lookup: (object, name) => this.lookup(object, name),
    };
  }

  private load(object: ObjectFile): void {
    this.loaded.push(object);
    const own = new Map<string, Definition>();
    this.own.set(object, own);
    for (const symbol of object.symbols) {
      const definition: Definition = { object, symbol };
      own.set(symbol.name, definition);
      if (!symbol.global) continue;
      const other = this.globals.get(symbol.name);
      if (other) this.reportTwice(other, object, symbol.place);
      else this.globals.set(symbol.name, definition);
    }
    for (const { name, place } of object.duplicates) this.reportTwice(own.get(name) as Definition, object, place);
    object.sections.forEach((section, index) => {
      if (section.name.startsWith(VECTOR_PREFIX)) this.keep(object, index, undefined);
    });
  }

  private reportTwice(first: Definition, object: ObjectFile, place: ObjectPlace | undefined): void {
    const placed = (where: ObjectFile, here: ObjectPlace | undefined) => ({
      object: where.name,
      span: spanOfPlace(where, here, this.sources),
    });
    this.diagnostics.push(
      LINK_MESSAGES.duplicateSymbol(first.symbol.name, placed(first.object, first.symbol.place), placed(object, place)),
    );
  }

  private keepEntry(): void {
    const here: Reference = { object: 'the loader', section: 'start', symbol: this.entry };
    const definition = this.globals.get(this.entry) ?? this.pull(this.entry, here);
    if (definition) this.keep(definition.object, definition.symbol.section, undefined);
    else this.diagnostics.push(LINK_MESSAGES.noEntry(this.entry));
  }

  private keep(object: ObjectFile, index: number, because: Reference | undefined): void {
    const section = at(object.sections, index);
    if (this.kept.has(section)) return;
    const input: Input = { object, section, index, ...(because ? { keptBy: because } : {}) };
    this.kept.set(section, input);
    this.queue.push(input);
  }

  private follow({ object, section }: Input): void {
    const seen = new Set<string>();
    for (const relocation of section.relocations) {
      if (seen.has(relocation.symbol)) continue;
      seen.add(relocation.symbol);
      const reference = () => this.reference(object, section, relocation.symbol, relocation.offset);
      const definition = this.lookup(object, relocation.symbol) ?? this.pull(relocation.symbol, reference());
      if (definition) {
        // Where a reference stands is looked for only when it is the first to a section.
        if (!this.kept.has(at(definition.object.sections, definition.symbol.section)))
          this.keep(definition.object, definition.symbol.section, reference());
        continue;
      }
      const entry = this.missing.get(relocation.symbol);
      if (entry) entry.uses.push(reference());
      else
        this.missing.set(relocation.symbol, {
          uses: [reference()],
          span: spanOf(object, section, relocation.offset, this.sources),
        });
    }
  }

  private reference(object: ObjectFile, section: ObjectSection, symbol: string, offset: number): Reference {
    const place = placeOf(object, section, offset);
    return { object: object.name, section: section.name, symbol, ...(place ? { place } : {}) };
  }

  private lookup(object: ObjectFile, name: string): Definition | undefined {
    return this.own.get(object)?.get(name) ?? this.globals.get(name);
  }

  private pull(name: string, because: Reference): Definition | undefined {
    const offer = this.offered.get(name);
    if (!offer) return undefined;
    this.pulled.push({ archive: offer.archive.name, member: offer.member.name, because });
    this.load(offer.member);
    return this.globals.get(name);
  }

  private reportMissing(): void {
    const names = [...this.globals.keys(), ...this.offered.keys()];
    for (const [name, { uses, span }] of this.missing) {
      if (name === 'main') this.diagnostics.push(LINK_MESSAGES.noMain());
      else
        this.diagnostics.push(LINK_MESSAGES.undefinedSymbol(span, name, uses.slice(0, MAX_USES), nearest(name, names)));
    }
  }

  private inOrder(): Input[] {
    const ordered = this.loaded.flatMap((object) => object.sections.flatMap((section) => this.kept.get(section) ?? []));
    const entry = this.globals.get(this.entry);
    const first = entry && this.kept.get(at(entry.object.sections, entry.symbol.section));
    const middle = ordered.filter((input) => input !== first && input.object !== LAST);
    return [...(first ? [first] : []), ...middle, ...ordered.filter((input) => input.object === LAST)];
  }

  private dropped(): DroppedSection[] {
    return this.loaded.flatMap((object) => {
      const names = symbolsBySection(object);
      return object.sections.flatMap((section, index) => {
        if (this.kept.has(section) || section.sizeBytes === 0) return [];
        const { name, type, sizeBytes } = section;
        return { object: object.name, name, type, sizeBytes, symbols: names.get(index) ?? [] };
      });
    });
  }
}

/** Names of what has a size, by the number of its section. */
function symbolsBySection({ symbols }: ObjectFile): Map<number, string[]> {
  const names = new Map<number, string[]>();
  for (const { name, section, sizeBytes } of symbols) {
    if (sizeBytes === 0) continue;
    const list = names.get(section);
    if (list) list.push(name);
    else names.set(section, [name]);
  }
  return names;
}

/** A span for diagnostics about one relocation. */
export function spanOfRelocation(input: Input, offset: number, sources: SourceMap | undefined): Span {
  return sources ? spanOf(input.object, input.section, offset, sources) : NOWHERE;
}
