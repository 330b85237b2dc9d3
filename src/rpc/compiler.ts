/**
 * The compiler's worker: what is asked and what comes back. A compile answers with what the phases say at a glance; the views are
 * fetched when somebody looks. A revision names the compile that a view belongs to; views of older ones are gone.
 */
import type { Image } from '../core/assembler/image';
import type {
  CompileOptions,
  DiagnosticView,
  PassSummary,
  PhaseSummary,
  PhaseView,
  SourceInput,
  ViewRequest,
  ViewSpan,
} from '../core/compiler/views';
import type { EditorAnswers, EditorQuestion, EditorRequest } from './editor';
import type { PackedLines } from './packed-lines';

export interface CompileRequest {
  readonly revision: number;
  readonly files: readonly SourceInput[];
  readonly options: CompileOptions;
}

export interface CompileReply {
  readonly revision: number;
  readonly phases: readonly PhaseSummary[];
  readonly diagnostics: readonly DiagnosticView[];
  /** Functions of the program in the order of its source, with their characters. */
  readonly functions: readonly { readonly name: string; readonly span?: ViewSpan }[];
  /** Nothing when an error stands in the way. */
  readonly image: Image | undefined;
  readonly timeMs: number;
  /** Time that went into the C library because it was not compiled at this level before. */
  readonly libraryMs: number;
}

/** A view with its lines packed, see packed-lines.ts. */
export type PackedView = Omit<PhaseView, 'lines'> & { readonly packed: PackedLines };

export interface CompilerService {
  compile(request: CompileRequest): CompileReply;
  /** The optimiser's passes; empty when the revision is not the last one. Their remarks are long, so they are asked for only when seen. */
  passes(revision: number): readonly PassSummary[];
  /** Undefined when the revision is not the last one that was compiled. */
  view(revision: number, request: ViewRequest): PackedView | undefined;
  /** Answers about the texts that the request brings along. */
  editor<K extends EditorQuestion>(request: EditorRequest<K>): EditorAnswers[K];
}

/** A compile that takes longer has hung: its worker is replaced. The first compile at a level compiles the C library too. */
export const COMPILE_LIMIT_MS = 30_000;
