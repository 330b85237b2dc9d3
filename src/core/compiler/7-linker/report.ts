/** What the linker did, as plain data: the linker's view, `--emit map` and the tests read it. */
import type { RelocationKind } from '../../assembler/object';
import type { SectionType } from '../../assembler/items';

export interface ReportSection {
  readonly object: string;
  readonly name: string;
  readonly type: SectionType;
  readonly address: number;
  readonly sizeBytes: number;
  /** The first reference that made the linker keep it; undefined for roots (`_start`, vectors). */
  readonly keptBy?: Reference;
}

/** Who refers to a symbol. */
export interface Reference {
  readonly object: string;
  readonly section: string;
  readonly symbol: string;
  /** file:line:column, if debug information has it. */
  readonly place?: string;
}

export interface ReportSymbol {
  readonly name: string;
  readonly address: number;
  readonly sizeBytes: number;
  readonly kind: 'function' | 'object' | 'label';
  readonly global: boolean;
  readonly object: string;
  readonly section: string;
}

export interface ReportRelocation {
  readonly object: string;
  readonly section: string;
  readonly address: number;
  readonly kind: RelocationKind;
  readonly symbol: string;
  readonly addend: number;
  /** S + A: the address that the patch is made from. */
  readonly target: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export interface PulledMember {
  readonly archive: string;
  readonly member: string;
  /** The reference that needed it. */
  readonly because: Reference;
}

export interface DroppedSection {
  readonly object: string;
  readonly name: string;
  readonly type: SectionType;
  readonly sizeBytes: number;
  readonly symbols: readonly string[];
}

export interface RelaxedBranch {
  readonly object: string;
  readonly section: string;
  readonly address: number;
  readonly from: string;
  readonly to: string;
  readonly target: string;
  /** Bytes from the next instruction to the target, in the final layout. */
  readonly distanceBytes: number;
}

export interface MemoryRegion {
  readonly name: 'unmapped' | 'vectors' | 'text' | 'rodata' | 'data' | 'bss' | 'heap and stack' | 'screen';
  readonly address: number;
  readonly sizeBytes: number;
}

export interface LinkReport {
  readonly sections: readonly ReportSection[];
  readonly symbols: readonly ReportSymbol[];
  readonly relocations: readonly ReportRelocation[];
  readonly pulled: readonly PulledMember[];
  readonly dropped: readonly DroppedSection[];
  readonly relaxed: readonly RelaxedBranch[];
  /** Branches, jumps and calls that kept the short form. */
  readonly shortBranches: number;
  readonly memory: readonly MemoryRegion[];
  /** Passes over all branches until none had to grow. */
  readonly relaxationRounds: number;
}
