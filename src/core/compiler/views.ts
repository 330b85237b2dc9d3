/**
 * What the phases show: plain data that crosses to the UI and that `--emit` prints. Every line carries the keys by which one
 * selection lights up everywhere: characters of a source file, AST node, IR instruction, address.
 */
import type { Severity } from '../base/diagnostic';

export type PhaseId = 'lexer' | 'parser' | 'semantics' | 'ir' | 'optimizer' | 'code' | 'linker';
export type OptLevel = 'O0' | 'O1' | 'O2' | 'Os';

export interface SourceInput {
  readonly name: string;
  readonly text: string;
}

export interface CompileOptions {
  readonly level: OptLevel;
  /** Names of passes that are switched off. */
  readonly disabledPasses: readonly string[];
  /** Leave the run-time bounds checks out. */
  readonly unchecked: boolean;
  /** The machine has its multiplier. */
  readonly multiplier: boolean;
}

export const DEFAULT_OPTIONS: CompileOptions = { level: 'O2', disabledPasses: [], unchecked: false, multiplier: true };

/** Characters of a file: index in the compilation's input files (or headers after them), offsets half-open. */
export interface ViewSpan {
  readonly file: number;
  readonly start: number;
  readonly end: number;
}

export interface ViewLine {
  readonly text: string;
  /** Indentation steps, for trees. */
  readonly depth: number;
  /** What the line is, for styling: `token`, `node`, `conversion`, `symbol`, `block`, `instr`, `label`, `comment`, `removed`, `added`, `remark`, `heading`, … */
  readonly kind: string;
  readonly span?: ViewSpan;
  /** AST node id. */
  readonly node?: number;
  /** Function and IR instruction id. */
  readonly fn?: string;
  readonly ir?: number;
  /** Code address and length in the linked image. */
  readonly address?: number;
  readonly sizeBytes?: number;
}

export interface PhaseSummary {
  readonly id: PhaseId;
  readonly title: string;
  /** For example `131 tokens`. */
  readonly count: string;
  readonly state: 'done' | 'failed' | 'skipped';
  /** Wall time, filled in by the worker that has a clock. */
  readonly timeMs?: number;
}

export interface PassSummary {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** It ran at this level and was not switched off. */
  readonly ran: boolean;
  readonly changed: boolean;
  /** IR instructions of the program after it. */
  readonly instructions: number;
  readonly remarks: readonly { readonly message: string; readonly fn: string; readonly span?: ViewSpan }[];
}

export interface DiagnosticView {
  readonly id: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly span?: ViewSpan;
  readonly notes: readonly {
    readonly message: string;
    readonly file?: string;
    readonly line?: number;
    readonly column?: number;
  }[];
  readonly fix?: {
    readonly title: string;
    readonly edits: readonly { readonly span: ViewSpan; readonly text: string }[];
  };
}

/** A block of a control-flow graph, for drawing. */
export interface GraphBlock {
  readonly id: number;
  readonly title: string;
  readonly lines: readonly ViewLine[];
  readonly successors: readonly { readonly to: number; readonly label: string }[];
}

export interface PhaseView {
  readonly id: PhaseId;
  readonly lines: readonly ViewLine[];
  /** For `ir` and `optimizer`, when a function was asked for. */
  readonly graph?: readonly GraphBlock[];
}

/** Asks for a view; without `fn` all functions; `pass` (optimizer) gives the IR after that pass with the difference to before. */
export interface ViewRequest {
  readonly phase: PhaseId;
  readonly fn?: string;
  readonly pass?: number;
}
