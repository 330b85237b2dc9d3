/**
 * Assembly as data: what the code generator emits and what the text assembler parses. encodeItems (object.ts) turns it into an
 * object file; print.ts turns it into text.
 */
import type { Span } from '../base/source';
import type { FormId } from '../isa/table';

/** A use of a symbol: its address + addend; `part` takes one byte of it for an 8-bit field. */
export interface SymbolRef {
  readonly symbol: string;
  readonly addend: number;
  readonly part?: 'lo8' | 'hi8';
}

export type AsmOperand = number | SymbolRef;

/** Links a machine instruction to what it came from. */
export interface AsmOrigin {
  /** Span in the compilation's position space. */
  readonly start: number;
  readonly end: number;
  /** AST node id, 0 for none. */
  readonly node: number;
  /** IR instruction id inside the function, -1 for none (prologue, spill code: see `note`). */
  readonly ir: number;
}

export type AsmItem =
  | {
      readonly kind: 'instr';
      /** Branches, jumps and calls to symbols use the short form; the linker relaxes them to the long one when needed. */
      readonly form: FormId;
      readonly operands: readonly AsmOperand[];
      readonly origin?: AsmOrigin;
      /** Shown beside the instruction: "spill of v12", "prologue". */
      readonly note?: string;
    }
  /** `span` is where its name is defined, in the compilation's position space. */
  | { readonly kind: 'label'; readonly name: string; readonly global: boolean; readonly span?: Span }
  /** Starts or continues a section. Every function and object has a section of its own so that unused ones can be dropped. */
  | { readonly kind: 'section'; readonly name: string; readonly type: SectionType }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A 16-bit little-endian word that holds an address. */
  | { readonly kind: 'word'; readonly value: AsmOperand }
  | { readonly kind: 'space'; readonly sizeBytes: number }
  | { readonly kind: 'comment'; readonly text: string }
  /** Debug information of the function that follows, up to its end. */
  | { readonly kind: 'function'; readonly info: FunctionInfo }
  /** Debug information of a global variable, anywhere in the file; its label gives the address. */
  | { readonly kind: 'object'; readonly info: ObjectInfo };

export type SectionType = 'text' | 'rodata' | 'data' | 'bss';

/** Where a variable lives while `from <= pc < to`, as labels of this file's items. */
export interface VariableLocation {
  readonly from: string;
  readonly to: string;
  readonly where:
    | { readonly kind: 'register'; readonly register: number; readonly sizeBytes: number }
    | { readonly kind: 'registers'; readonly registers: readonly number[] }
    /** Offset from the canonical frame address: SP at entry, before the return address was pushed. */
    | { readonly kind: 'frame'; readonly offset: number }
    | { readonly kind: 'constant'; readonly value: number };
}

export interface VariableInfo {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly signed: boolean;
  readonly isParameter: boolean;
  readonly locations: readonly VariableLocation[];
}

export interface FunctionInfo {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Bytes that the function's frame takes below the return address after the prologue, saved registers included. */
  readonly frameSizeBytes: number;
  /** Callee-saved pairs in the order of their pushes. */
  readonly savedPairs: readonly number[];
  readonly variables: readonly VariableInfo[];
}

export interface ObjectInfo {
  /** As the source writes it. */
  readonly name: string;
  /** The label that it lives at; the same as `name` unless it is a static of a function. */
  readonly symbol: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly signed: boolean;
}
