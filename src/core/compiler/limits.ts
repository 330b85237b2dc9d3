/** A limit on everything that input can make large, each with its reason. What exceeds one is refused with a diagnostic. */
export const LIMITS = {
  /** UTF-16 units of one file; the machine's memory holds 64 KiB, which some 20,000 lines fill. */
  sourceUnits: 2 * 1024 * 1024,
  /** Tokens of one unit after preprocessing. */
  tokens: 2_000_000,
  /** Nested #include: C99 asks for 15. */
  includeDepth: 40,
  /** Files that one unit includes, repetitions counted. */
  includes: 2_000,
  /** Nested #if: C99 asks for 63. */
  conditionalDepth: 256,
  /** Macros being expanded inside one another. */
  macroDepth: 200,
  /** Tokens that macro expansion produces in one unit, intermediate ones counted. */
  macroTokens: 300_000,
  macroParameters: 127,
  /** Macro expansions that are kept for the views. */
  recordedExpansions: 2_000,
  /** Nested brackets, blocks, statements, declarators. C99 asks for 127 blocks, 63 brackets. Later phases recurse as deep. */
  nesting: 200,
  /** Height of an expression tree: `a + b + c …` grows by one a term. */
  expressionHeight: 400,
  /** Diagnostics that are reported. */
  errors: 100,
  warnings: 200,
  /** Bytes of one object: more does not fit the address space. */
  objectBytes: 65535,
  /** Bytes of all static objects of a unit together: a refusal here is clearer than one by the linker. */
  staticBytes: 1024 * 1024,
  /** Candidate names that are compared for a "did you mean". */
  spellingCandidates: 5_000,
} as const;
