/** What a compile has made so far: the state that the phases share, and what the views read. */
import type { Archive, ObjectFile } from '../assembler/object';
import type { AsmItem } from '../assembler/items';
import type { Image } from '../assembler/image';
import type { Diagnostic } from '../base/diagnostic';
import type { SourceFile, SourceMap, Span } from '../base/source';
import type { IrModule } from './4-ir/ir';
import type { OptimiserMemory } from './5-optimizer/memory';
import type { Tally } from './5-optimizer/optimise';
import type { CodeMemory } from './6-codegen/memory';
import type { CodegenReport } from './6-codegen/report';
import type { LinkReport } from './7-linker/report';
import type { FrontEnd, FrontEndResult } from './front-end';
import type { CompileOptions, PhaseId, PhaseSummary, SourceInput, ViewSpan } from './views';

/** The C library, as the driver needs it. */
export interface Library {
  /** Text of a header by its name between <…>. */
  readonly header: (name: string) => string | undefined;
  /** Text of a file that #include "…" names and that is not among the program's, for those who have a file system. */
  readonly include?: (path: string) => string | undefined;
  /** Members of the archive, `.c` and `.s`, for a machine with or without its multiplier. */
  readonly sources: (multiplier: boolean) => readonly SourceInput[];
}

/** Of the functions of the last compile, for the next one. */
export interface CompileMemory {
  readonly optimiser: OptimiserMemory;
  /** Of the passes before one that somebody looks at. */
  readonly replay: OptimiserMemory;
  readonly code: CodeMemory;
}

/** What a compile has made so far; phases fill it in, in order. */
export interface Compilation {
  readonly files: readonly SourceInput[];
  readonly options: CompileOptions;
  readonly library: Library;
  /** The C library as object files, compiled on first need. */
  readonly archive: () => Archive;
  /** Whether the passes take notes for their view, which would run them again otherwise. */
  readonly explain: boolean;
  /** What the last compile made, where there is one. */
  readonly memory: CompileMemory | undefined;
  diagnostics: readonly Diagnostic[];
  sources: SourceMap;
  /** At work while the first three phases run. */
  front: FrontEnd | undefined;
  /** What they made. */
  frontEnd: FrontEndResult | undefined;
  /** One a `.c` file: unoptimised after `ir`, optimised in place by `optimizer`. */
  modules: IrModule[];
  /** What each pass did to them; only with `explain`. */
  tallies: readonly Tally[] | undefined;
  /** One a source file, `.c` and `.s`. */
  code: { readonly name: string; readonly items: readonly AsmItem[]; readonly report: CodegenReport | undefined }[];
  objects: ObjectFile[];
  link: LinkReport | undefined;
  image: Image | undefined;
  summaries: PhaseSummary[];
}

/** `sub/main.c` -> `sub/main.o`. */
export function objectName(sourceName: string): string {
  return sourceName.replace(/\.[cs]$/, '') + '.o';
}

/** The user's file with this name in a source map. */
export function userFile(sources: SourceMap, name: string): SourceFile | undefined {
  return sources.files.find((file) => file.name === name && !file.system);
}

/** A span for the views: the file's index in the compilation's source map, offsets in the file; undefined for nowhere. */
export function viewSpan(sources: SourceMap, { start, end }: Span): ViewSpan | undefined {
  if (start === 0 && end === 0) return undefined;
  const file = sources.fileAt(start);
  if (!file) return undefined;
  return { file: sources.files.indexOf(file), start: start - file.base, end: Math.max(start, end) - file.base };
}

export function summaryOf(compilation: Compilation, id: PhaseId): PhaseSummary | undefined {
  return compilation.summaries.find((summary) => summary.id === id);
}
