/**
 * The track buffer of a disk: what earlier reads left behind, and the read-ahead that goes on after a read until the arm is
 * wanted elsewhere. The read-ahead is not simulated sector by sector: its progress at any time follows from where it began.
 */
import type { HddPreset } from '../../presets/hdd';
import type { Mechanics } from './mechanics';

interface Stream {
  /** First sector still in the buffer. */
  start: number;
  /** This sector was under the head at basePs. */
  base: number;
  basePs: number;
  /** The read-ahead ends before this sector. */
  limit: number;
}

export interface ReadBufferState {
  readonly stream: Stream | undefined;
  readonly segments: readonly (readonly [number, number])[];
}

export class ReadBuffer {
  private stream: Stream | undefined;
  /** [first, end) of finished segments, the one used last at the end. */
  private segments: [number, number][] = [];

  constructor(
    private readonly preset: HddPreset,
    private readonly mechanics: Mechanics,
    private readonly capacitySectors: number,
  ) {}

  /** A read of [lba, end) has left the medium at `nowPs`, with the head at its end. */
  begin(lba: number, end: number, nowPs: number): void {
    const limit = Math.min(end + this.preset.readAheadSectors, this.capacitySectors);
    if (this.preset.bufferSegments > 0) this.stream = { start: lba, base: end, basePs: nowPs, limit };
  }

  /** When all of [lba, end) is in the buffer, not before `nowPs`; undefined when the arm must go and get it. */
  readyPs(lba: number, end: number, nowPs: number): number | undefined {
    if (this.segments.some(([first, last]) => lba >= first && end <= last)) return nowPs;
    const s = this.stream;
    if (!s || lba < s.start || lba > s.limit) return undefined;
    const stopPs = this.timeAt(s, s.limit);
    if (end > s.limit) {
      if (stopPs <= nowPs) return undefined;
      s.limit = Math.min(end + this.preset.readAheadSectors, this.capacitySectors);
      if (end > s.limit) return undefined;
    }
    const ready = Math.max(nowPs, this.timeAt(s, end));
    this.consume(s, lba, end, nowPs, stopPs);
    return ready;
  }

  /** The arm is wanted at `nowPs`: the read-ahead stops; what it has is kept, and the arm is where it got to. */
  stop(nowPs: number): void {
    const s = this.stream;
    if (!s) return;
    const passed =
      s.limit > s.base && nowPs > s.basePs ? this.mechanics.progress(s.base, s.basePs, nowPs, s.limit - s.base) : 0;
    const end = s.base + passed;
    this.mechanics.follow(Math.min(Math.max(end, 1), this.capacitySectors) - 1);
    this.segments.push([Math.max(s.start, end - this.preset.segmentSectors), end]);
    if (this.segments.length >= this.preset.bufferSegments) this.segments.shift();
    this.stream = undefined;
  }

  /** A write makes buffered copies stale. */
  invalidate(lba: number, count: number, nowPs: number): void {
    const end = lba + count;
    if (this.stream && lba < this.stream.limit && end > this.stream.start) this.stop(nowPs);
    this.segments = this.segments.filter(([first, last]) => end <= first || lba >= last);
  }

  clear(): void {
    this.stream = undefined;
    this.segments = [];
  }

  save(): ReadBufferState {
    return { stream: this.stream && { ...this.stream }, segments: this.segments.map(([a, b]) => [a, b] as const) };
  }

  load(state: ReadBufferState): void {
    this.stream = state.stream && { ...state.stream };
    this.segments = state.segments.map(([a, b]) => [a, b]);
  }

  /** Moves the window of the read-ahead on after the host has taken [lba, end). */
  private consume(s: Stream, lba: number, end: number, nowPs: number, stopPs: number): void {
    const { readAheadSectors } = this.preset;
    if (stopPs > nowPs) {
      s.limit = Math.max(s.limit, Math.min(end + readAheadSectors, this.capacitySectors));
      // Bring the base up to the last finished request, so that the walk over tracks stays short.
      const at = this.timeAt(s, lba);
      if (lba > s.base && at <= nowPs) {
        s.basePs = at;
        s.base = lba;
      }
    } else if (s.limit - end < readAheadSectors / 2 && s.limit < this.capacitySectors) {
      // The window was full and the head has been turning over the same track since: it goes on when the next sector comes by.
      this.mechanics.follow(s.limit);
      s.basePs = nowPs + this.mechanics.positioningPs(s.limit, nowPs, false);
      s.base = s.limit;
      s.limit = Math.min(end + readAheadSectors, this.capacitySectors);
    }
    s.start = Math.max(s.start, end - this.preset.segmentSectors);
  }

  /** When the sector before `lba` has passed. */
  private timeAt(s: Stream, lba: number): number {
    if (lba <= s.base) return s.basePs;
    this.mechanics.follow(s.base);
    return this.mechanics.run(s.base, lba - s.base, s.basePs);
  }
}
