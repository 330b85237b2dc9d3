/** The part of the WebAssembly interface that the translator uses; the core has no DOM or Node types. */

export interface HostMemory {
  readonly buffer: ArrayBuffer;
}
export interface HostTable {
  set(index: number, value: unknown): void;
  get(index: number): unknown;
}

interface Host {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Memory: new (options: { readonly initial: number }) => HostMemory;
  readonly Table: new (options: { readonly element: 'anyfunc'; readonly initial: number }) => HostTable;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => unknown;
  readonly Instance: new (
    module: unknown,
    imports: { readonly env: Readonly<Record<string, unknown>> },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** Undefined where the host has no WebAssembly, or its policy forbids it. */
export const host = (globalThis as { readonly WebAssembly?: Host }).WebAssembly;
