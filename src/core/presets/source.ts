/**
 * Where a figure comes from. Every preset carries at least one source with its year, and every number in a preset has its unit
 * in its name, so that a figure of 1999 is never taken for one of today. The type demands it: a preset without a source does
 * not type-check.
 */

export interface Source {
  /** Document or data set, in words that find it. */
  readonly title: string;
  /** Year of the document, or of the part that it describes. */
  readonly year: number;
  readonly url?: string;
}

export interface PresetBase {
  readonly id: string;
  readonly title: string;
  /** One line for lists: what it is, in which proportions. */
  readonly summary: string;
  /** Year in which such a part was current. */
  readonly year: number;
  readonly sources: readonly [Source, ...Source[]];
}
