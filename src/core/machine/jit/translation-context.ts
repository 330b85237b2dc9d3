/** What the translation of a piece is given, and what it leaves behind for whoever enters the piece. */
import type { DecodedCode } from '../cpu/decoded';
import type { AccessPlan } from './access';
import type { Cost } from './cost';
import type { Counted } from './emitter';
import type { PathProfile, PathStep } from './path-profile';

export interface TranslationContext {
  readonly code: DecodedCode;
  readonly access: AccessPlan;
  readonly byteCycles: number;
  /** log2 of the I-line; 31 when fetches are free. */
  readonly fetchShift: number;
  /** How a fetch in another line is judged: first word of L1I, sets - 1, ways; offset -1 asks the slow path each time. */
  readonly fetchWords: number;
  readonly fetchMask: number;
  readonly fetchWays: number;
  /** Most cycles that the accesses of one instruction can add. */
  readonly worstMissCycles: number;
  readonly counted: Counted;
  /** When a profile is kept. */
  readonly profile: PathProfile | null;
  /** Every exit of every piece; SCRATCH.exit is an index. */
  readonly exits: PieceExit[];
  /** Byte offset of the words of scratch.ts. */
  readonly scratch: number;
  /** Function indices. */
  readonly flagBits: number;
  readonly fetch: number;
  /** The function that is being written. */
  readonly self: number;
  /** Place in the table of the piece that begins at a guest address. */
  tableSlot(target: number): number;
  /** Type index of a translated function. */
  readonly pieceType: number;
}

/** What whoever entered a piece does when it was left here: book `cost`, move PC. */
export interface PieceExit {
  /** -1 when PC is stored already. */
  readonly pc: number;
  readonly cost: Cost;
  readonly path: readonly PathStep[];
  /** True when the instruction at PC has been fetched: it spans two lines, and fetching it again would take time again. */
  readonly isFetched: boolean;
  /** Whether it was left before an instruction that would have trapped, or missed with too little time for that. */
  readonly isGuard: boolean;
}
