/** An aspect of a phase: one way to look at what it made. The rows of the tables in this folder are of this shape. */
import type { Compilation } from '../compilation';
import type { AspectSummary, PhaseView, ViewRequest } from '../views';

export type Content = Omit<PhaseView, 'id' | 'aspect'>;

export interface Aspect extends AspectSummary {
  show(compilation: Compilation, request: ViewRequest): Content;
}
