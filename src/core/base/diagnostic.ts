/** What we tell the user about their input. The message tables (compiler/messages.ts, ...) make these. */
import type { Span } from './source';

export type Severity = 'error' | 'warning' | 'note';

export interface Note {
  readonly message: string;
  readonly span?: Span;
}

export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

export interface Diagnostic {
  /** Stable id, kebab-case, for example `undeclared-name`; it names the page in the docs. */
  readonly id: string;
  readonly severity: Severity;
  readonly span: Span;
  readonly message: string;
  readonly notes: readonly Note[];
  readonly fix?: Fix;
}
