/** Where the time went, by instruction address. Sums over all addresses equal the ledger, interrupt entry and loader aside. */
export interface Profile {
  readonly count: Float64Array;
  readonly cycles: Float64Array;
  /** Cycles beyond L1 hits: L2, L3 and RAM. */
  readonly stalls: Float64Array;
}

export const emptyProfile = (): Profile => ({
  count: new Float64Array(0x10000),
  cycles: new Float64Array(0x10000),
  stalls: new Float64Array(0x10000),
});
