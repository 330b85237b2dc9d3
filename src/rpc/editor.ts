/** What the editor asks the compiler's worker, with the texts that it is about: an answer is never about an older text. */
import type { SourceInput } from '../core/compiler/views';
import type { Completion, FileEdit, FileRange, Hover, OutlineItem } from '../core/compiler/editor/service';
import type { Result } from '../core/base/result';

export type { Completion, FileEdit, FileRange, Hover, OutlineItem };

export interface EditorAnswers {
  readonly hover: Hover | undefined;
  readonly definition: FileRange | undefined;
  readonly references: readonly FileRange[];
  readonly rename: Result<readonly FileEdit[]>;
  readonly completion: readonly Completion[];
  readonly outline: readonly OutlineItem[];
  readonly format: string;
}
export type EditorQuestion = keyof EditorAnswers;

export interface EditorRequest<K extends EditorQuestion> {
  readonly kind: K;
  readonly files: readonly SourceInput[];
  readonly file: string;
  /** Characters before the place that is asked about. */
  readonly offset: number;
  /** The new name, for a rename. */
  readonly name?: string;
}
