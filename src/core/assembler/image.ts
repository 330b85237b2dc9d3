/** The linked program: what the linker makes, the loader places and the machine runs. Plain data, so that it can cross to a worker. */

export interface ImageSegment {
  readonly name: 'vectors' | 'text' | 'rodata' | 'data' | 'bss';
  readonly address: number;
  readonly sizeBytes: number;
  /** Empty for bss. */
  readonly bytes: Uint8Array;
}

export interface ImageSymbol {
  readonly name: string;
  readonly address: number;
  readonly sizeBytes: number;
  readonly kind: 'function' | 'object' | 'label';
  readonly section: string;
  /** Object file or archive member that defines it. */
  readonly from: string;
}

/** One run of code bytes with one origin; sorted by address, no overlap. */
export interface ImageLine {
  readonly address: number;
  readonly sizeBytes: number;
  /** Index in `sources`. */
  readonly file: number;
  /** 1-based line and column of the start of the span. */
  readonly line: number;
  readonly column: number;
  /** Character offsets in the file, half-open. */
  readonly start: number;
  readonly end: number;
  readonly node: number;
  readonly ir: number;
}

export interface ImageVariableRange {
  readonly from: number;
  readonly to: number;
  readonly where:
    | { readonly kind: 'registers'; readonly registers: readonly number[] }
    | { readonly kind: 'frame'; readonly offset: number }
    | { readonly kind: 'memory'; readonly address: number }
    | { readonly kind: 'constant'; readonly value: number };
}

export interface ImageVariable {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly signed: boolean;
  readonly isParameter: boolean;
  readonly ranges: readonly ImageVariableRange[];
}

export interface ImageFunction {
  readonly name: string;
  readonly address: number;
  readonly sizeBytes: number;
  readonly file: number;
  readonly line: number;
  readonly frameSizeBytes: number;
  readonly savedPairs: readonly number[];
  readonly variables: readonly ImageVariable[];
}

/** The layout of a struct or union. Members of anonymous members stand among its own. */
export interface ImageRecord {
  /** As types name it: `struct cell`, `union word`, or the typedef's name of one without a tag. */
  readonly name: string;
  readonly isUnion: boolean;
  readonly sizeBytes: number;
  readonly members: readonly { readonly name: string; readonly type: string; readonly offset: number }[];
}

export interface ImageEnum {
  readonly name: string;
  readonly members: readonly { readonly name: string; readonly value: number }[];
}

export interface ImageDebug {
  readonly sources: readonly { readonly name: string; readonly system: boolean }[];
  readonly lines: readonly ImageLine[];
  readonly functions: readonly ImageFunction[];
  readonly globals: readonly ImageVariable[];
  /** What the types of the variables are made of; absent from images without source. */
  readonly records?: readonly ImageRecord[];
  readonly enums?: readonly ImageEnum[];
}

export interface Image {
  readonly segments: readonly ImageSegment[];
  /** Address of `_start`. */
  readonly entry: number;
  /** Bytes below this are read-only: vectors, text, rodata. */
  readonly protectedEnd: number;
  /** First free byte after bss: the heap starts here, and the stack must stay above it. */
  readonly heapStart: number;
  readonly stackTop: number;
  readonly symbols: readonly ImageSymbol[];
  readonly debug: ImageDebug;
  readonly sizes: { readonly textBytes: number; readonly dataBytes: number; readonly bssBytes: number };
}
