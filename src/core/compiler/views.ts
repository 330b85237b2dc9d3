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
  /** Other characters that mean the same thing: the uses of a symbol. */
  readonly uses?: readonly ViewSpan[];
  /** What there is to say about the line when it is looked at: a grammar rule, a reason, an instruction's meaning. */
  readonly hint?: string;
}

/** One way to look at what a phase made. */
export interface AspectSummary {
  /** Name for `--emit` and for the address of the page. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in one sentence. */
  readonly summary: string;
  /** It can be asked for one function. */
  readonly byFunction: boolean;
  /** The picture that it can be drawn as; its lines are the picture's twin. */
  readonly picture?: Picture;
}

export type Picture = 'tree' | 'graph' | 'layouts' | 'ranges' | 'memory';

export interface PhaseSummary {
  readonly id: PhaseId;
  readonly title: string;
  /** For example `131 tokens`. */
  readonly count: string;
  /** `failed`: it found errors itself; `skipped`: an earlier phase did. */
  readonly state: 'done' | 'failed' | 'skipped';
  readonly aspects: readonly AspectSummary[];
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

export type PassVerdict =
  | 'same output'
  | 'different output'
  /** The IR breaks a rule of verify.ts. */
  | 'invalid IR'
  /** The runs agree as far as they went, but a limit ended one of them. */
  | 'not proven'
  /** The program cannot be run here, or an earlier pass left IR that cannot be run. */
  | 'not run';

export interface PassVerdictView {
  readonly verdict: PassVerdict;
  /** What differs, or why nothing is said; may be empty. */
  readonly detail: string;
}

/** What the passes made of the program's run on its input. */
export interface ProofView {
  /** How the unoptimised program ended: `exit code 0`. */
  readonly end: string;
  /** By place in the pipeline; undefined for a pass that was switched off. */
  readonly passes: readonly (PassVerdictView | undefined)[];
  /** Name of the first pass that broke the program. */
  readonly broken?: string;
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

/** A struct or union as it lies in memory, for drawing. */
export interface RecordLayout {
  readonly title: string;
  readonly sizeBytes: number;
  readonly isUnion: boolean;
  readonly members: readonly {
    readonly name: string;
    readonly type: string;
    readonly offset: number;
    readonly sizeBytes: number;
    /** Steps inside: a member of a member is 1. */
    readonly depth: number;
    readonly span?: ViewSpan;
  }[];
}

/** Live ranges beside the machine code that they span, for drawing. */
export interface RangeChart {
  readonly fn: string;
  /** The machine code in the order of its positions. */
  readonly lines: readonly ViewLine[];
  readonly ranges: readonly {
    readonly name: string;
    /** For example `w4` or `r6`. */
    readonly place: string;
    /** Half-open stretches of line indices, two numbers each. */
    readonly segments: readonly number[];
  }[];
}

/** A stretch of the address space, for drawing. */
export interface MemoryBlock {
  readonly name: string;
  readonly kind: string;
  readonly address: number;
  readonly sizeBytes: number;
  /** What lies in it, in the order of addresses. */
  readonly parts: readonly {
    readonly name: string;
    readonly address: number;
    readonly sizeBytes: number;
    readonly own: boolean;
  }[];
}

/** Room for a block that is drawn now or after another pass, so that no block has to move. */
export interface BlockRoom {
  readonly id: number;
  readonly lines: number;
  readonly characters: number;
  readonly successors: readonly number[];
}

export interface PhaseView {
  readonly id: PhaseId;
  readonly aspect: string;
  readonly lines: readonly ViewLine[];
  /** For `ir` and `optimizer`, when a function was asked for. */
  readonly graph?: readonly GraphBlock[];
  /** With a graph of the optimiser: the blocks of all passes. */
  readonly room?: readonly BlockRoom[];
  readonly layouts?: readonly RecordLayout[];
  readonly ranges?: readonly RangeChart[];
  readonly memory?: readonly MemoryBlock[];
}

/**
 * Asks for a view: an aspect of the phase (the first one if none is named), of one function or of all; `pass` (optimizer) gives the IR
 * after that pass with the difference to before.
 */
export interface ViewRequest {
  readonly phase: PhaseId;
  readonly aspect?: string;
  readonly fn?: string;
  readonly pass?: number;
}
