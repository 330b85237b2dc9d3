/** What the palette, the inspector, the validation and the docs know about a kind of node; its behaviour is in core/network/nodes. */
import type { Field } from '../fields';

export interface NodeKindTable<K extends string = string> {
  readonly kind: K;
  readonly title: string;
  /** One sentence for the palette and the docs. */
  readonly summary: string;
  /** Where the behaviour comes from: a book, a paper, a program whose defaults are used. */
  readonly source: string;
  /** Links that may end here. */
  readonly incoming: 'none' | 'many';
  /** Links that may start here. */
  readonly outgoing: 'none' | 'one' | 'many';
  readonly fields: readonly Field[];
}
