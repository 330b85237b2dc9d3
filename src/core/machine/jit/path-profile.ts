/**
 * The profile of translated code: instead of counting each instruction, one counter for each straight path between two places where costs
 * are booked (translate.ts); what stalls, and shifts whose time is not known beforehand, by address. `drain` turns them into the
 * figures that the interpreter keeps.
 */
import type { Profile } from '../cpu/profile';

export interface PathStep {
  readonly pc: number;
  readonly cycles: number;
  /** 0 for time that an instruction takes beyond what was counted for it already. */
  readonly count: 0 | 1;
}

const PLACES = 0x10000;
/** More paths than this: all translations are dropped, and their paths with them. */
export const MAX_PATHS = 0x8000;
export const PATH_PROFILE_BYTES = 2 * 8 * PLACES + 4 * MAX_PATHS;
/** After so many cycles the counters are emptied: they are 32-bit numbers, and a path takes a cycle at least. */
const DRAIN_CYCLES = 2 ** 30;

export class PathProfile {
  readonly paths: (readonly PathStep[])[] = [];
  /** Whom the figures since the last drain belong to. */
  private owner: Profile | null = null;
  private cycles = 0;
  private readonly stalls: Float64Array;
  private readonly extra: Float64Array;
  private readonly counters: Int32Array;

  /** `base` is the byte offset of PATH_PROFILE_BYTES of memory. */
  constructor(
    buffer: ArrayBuffer,
    private readonly base: number,
  ) {
    this.stalls = new Float64Array(buffer, base, PLACES);
    this.extra = new Float64Array(buffer, base + 8 * PLACES, PLACES);
    this.counters = new Int32Array(buffer, base + 16 * PLACES, MAX_PATHS);
  }

  get isFull(): boolean {
    // One piece makes fewer paths than this.
    return this.paths.length > MAX_PATHS - 4096;
  }

  /** Byte offsets of what translated code adds to. */
  stallOffset(pc: number): number {
    return this.base + 8 * pc;
  }

  extraOffset(pc: number): number {
    return this.base + 8 * PLACES + 8 * pc;
  }

  /** A counter for this path. */
  counterOffset(path: readonly PathStep[]): number {
    this.paths.push(path);
    return this.base + 16 * PLACES + 4 * (this.paths.length - 1);
  }

  /** From here on figures go to `owner`; null throws them away. */
  setOwner(owner: Profile | null): void {
    if (this.owner === owner) return;
    this.drain();
    this.owner = owner;
  }

  /** A path that was left before its counter. */
  add(path: readonly PathStep[], times = 1): void {
    const { owner } = this;
    if (!owner) return;
    for (const { pc, cycles, count } of path) {
      (owner.count[pc] as number) += count * times;
      (owner.cycles[pc] as number) += cycles * times;
    }
  }

  passed(cycles: number): void {
    this.cycles += cycles;
    if (this.cycles > DRAIN_CYCLES) this.drain();
  }

  drain(): void {
    const { owner, stalls, extra, counters } = this;
    this.paths.forEach((path, i) => {
      const times = counters[i] as number;
      if (times !== 0) this.add(path, times);
      counters[i] = 0;
    });
    for (let pc = 0; owner && pc < PLACES; pc++) {
      const stalled = stalls[pc] as number;
      (owner.stalls[pc] as number) += stalled;
      (owner.cycles[pc] as number) += stalled + (extra[pc] as number);
    }
    stalls.fill(0);
    extra.fill(0);
    this.cycles = 0;
  }

  /** The translations are gone. */
  clear(): void {
    this.drain();
    this.paths.length = 0;
  }
}
