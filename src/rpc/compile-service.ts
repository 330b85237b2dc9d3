/** What the compiler's worker does: compiles, keeps the last compile, and turns what the phases show into messages for the UI. */
import type { Diagnostic } from '../core/base/diagnostic';
import type { Span } from '../core/base/source';
import { viewSpan, type Compilation, type Library } from '../core/compiler/compilation';
import { Compiler, newMemory } from '../core/compiler/compile';
import { showPhase } from '../core/compiler/phases';
import { passSummaries } from '../core/compiler/show/optimizer';
import type { DiagnosticView, PassSummary, ViewLine, ViewRequest, ViewSpan } from '../core/compiler/views';
import type { CompileReply, CompileRequest, CompilerService, PackedView } from './compiler';
import type { EditorAnswers, EditorQuestion, EditorRequest } from './editor';
import { EditorAnswering, sameFiles } from './editor-service';
import { packLines } from './packed-lines';

/** More messages than anybody reads. */
const MAX_DIAGNOSTICS = 500;

export class CompileService implements CompilerService {
  private readonly compiler: Compiler;
  private readonly answering: EditorAnswering;
  private readonly memory = newMemory();
  private last: { readonly revision: number; readonly compilation: Compilation } | undefined;

  constructor(
    library: Library,
    private readonly now: () => number,
  ) {
    this.compiler = new Compiler(library);
    this.answering = new EditorAnswering(library, (files) => {
      const compilation = this.last?.compilation;
      return compilation && sameFiles(compilation.files, files) ? compilation.frontEnd : undefined;
    });
  }

  editor<K extends EditorQuestion>(request: EditorRequest<K>): EditorAnswers[K] {
    return this.answering.answer(request);
  }

  compile({ revision, files, options }: CompileRequest): CompileReply {
    const start = this.now();
    // The library's objects are made once for a level: not part of what an edit costs.
    this.compiler.archive(options);
    const begun = this.now();
    const compilation = this.compiler.compile(files, options, { explain: true, now: this.now, memory: this.memory });
    const end = this.now();
    this.last = { revision, compilation };
    const diagnostics = compilation.diagnostics.slice(0, MAX_DIAGNOSTICS);
    const { image } = compilation;
    return {
      revision,
      phases: compilation.summaries,
      diagnostics: diagnostics.map((diagnostic) => diagnosticView(compilation, diagnostic)),
      functions: functionsOf(compilation),
      image,
      timeMs: end - begun,
      libraryMs: begun - start,
    };
  }

  passes(revision: number): readonly PassSummary[] {
    const compilation = this.compilationOf(revision);
    if (!compilation || compilation.modules.length === 0) return [];
    const local = localSpans(compilation);
    return passSummaries(compilation).map((summary) => ({
      ...summary,
      remarks: summary.remarks.map(({ message, fn, span }) => {
        const own = local(span);
        return { message, fn, ...(own ? { span: own } : {}) };
      }),
    }));
  }

  view(revision: number, request: ViewRequest): PackedView | undefined {
    const compilation = this.compilationOf(revision);
    if (!compilation) return undefined;
    const { lines, ...view } = showPhase(compilation, request);
    const local = localSpans(compilation);
    const translated = (all: readonly ViewLine[]) => all.map((line) => localLine(line, local));
    return {
      ...view,
      packed: packLines(translated(lines)),
      ...(view.graph ? { graph: view.graph.map((block) => ({ ...block, lines: translated(block.lines) })) } : {}),
      ...(view.ranges ? { ranges: view.ranges.map((chart) => ({ ...chart, lines: translated(chart.lines) })) } : {}),
      ...(view.layouts
        ? {
            layouts: view.layouts.map((layout) => ({
              ...layout,
              members: layout.members.map(({ span, ...member }) => {
                const own = local(span);
                return own ? { ...member, span: own } : member;
              }),
            })),
          }
        : {}),
    };
  }

  private compilationOf(revision: number): Compilation | undefined {
    return this.last?.revision === revision ? this.last.compilation : undefined;
  }
}

/** Those of the source: the optimiser may have taken some away since. */
function functionsOf(compilation: Compilation): CompileReply['functions'] {
  const { frontEnd, sources } = compilation;
  const local = localSpans(compilation);
  return (frontEnd?.units ?? []).flatMap((unit) =>
    unit.functions
      .filter(({ start }) => sources.fileAt(start)?.system === false)
      .map((fn) => {
        const span = local(viewSpan(sources, fn));
        return { name: fn.symbol.name, ...(span ? { span } : {}) };
      }),
  );
}

/** Spans with the index of the program's own file; what lies in a header has no place in the editor. */
function localSpans({ sources, files }: Compilation): (span: ViewSpan | undefined) => ViewSpan | undefined {
  const index = sources.files.map((file) => (file.system ? -1 : files.findIndex((own) => own.name === file.name)));
  return (span) => {
    const file = span && index[span.file];
    return span && file !== undefined && file >= 0 ? { file, start: span.start, end: span.end } : undefined;
  };
}

function localLine(line: ViewLine, local: ReturnType<typeof localSpans>): ViewLine {
  const { span, uses, ...rest } = line;
  const own = local(span);
  return {
    ...rest,
    ...(own ? { span: own } : {}),
    ...(uses ? { uses: uses.flatMap((use) => local(use) ?? []) } : {}),
  };
}

function diagnosticView(compilation: Compilation, diagnostic: Diagnostic): DiagnosticView {
  const { sources } = compilation;
  const local = localSpans(compilation);
  const spanOf = ({ start, end }: Span): ViewSpan | undefined => {
    const file = start === 0 ? undefined : sources.fileAt(start);
    return (
      file &&
      local({ file: sources.files.indexOf(file), start: start - file.base, end: Math.max(start, end) - file.base })
    );
  };
  const from = sources.place(diagnostic.span.start);
  const to = sources.place(Math.max(diagnostic.span.start, diagnostic.span.end));
  const span = spanOf(diagnostic.span);
  const { fix } = diagnostic;
  const edits = fix?.edits.flatMap((edit) => {
    const own = spanOf(edit.span);
    return own ? [{ span: own, text: edit.text }] : [];
  });
  return {
    id: diagnostic.id,
    severity: diagnostic.severity,
    message: diagnostic.message,
    file: from.file,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    ...(span ? { span } : {}),
    notes: diagnostic.notes.map((note) => ({
      message: note.message,
      ...(note.span ? sources.place(note.span.start) : {}),
    })),
    ...(fix && edits && edits.length === fix.edits.length ? { fix: { title: fix.title, edits } } : {}),
  };
}
