/**
 * What if: one recorded run, all sizes and ways of a level. For LRU with write-allocate every geometry comes out of one pass, because LRU
 * caches of one number of sets include each other (Mattson et al., 1970): an access misses in W ways exactly when its distance in the
 * stack of its set is beyond W. Other policies are simulated, one geometry after the other. Exact either way.
 */
import type { CacheConfig } from '../../presets/machine';
import { LineTrace, optMisses, StackDistances } from './analysis';
import type { AccessTrace } from './recording';
import { TraceRun } from './trace-run';

export interface SweepPoint {
  readonly sizeBytes: number;
  /** All lines in one set when `isFull`. */
  readonly ways: number;
  readonly isFull: boolean;
  readonly misses: number;
  /** Miss by miss; they sum to `misses`. */
  readonly compulsory: number;
  readonly capacity: number;
  readonly conflict: number;
}

export interface SweepResult {
  /** Accesses to lines: one that crosses a line counts once a line. */
  readonly accesses: number;
  readonly points: readonly SweepPoint[];
  /** Misses of Belady's OPT, fully associative, by size. */
  readonly opt: readonly { readonly sizeBytes: number; readonly misses: number }[];
}

export const SWEEP_WAYS = [1, 2, 4, 8] as const;
/** Accesses between two yields. */
const STRETCH = 20_000;

/** `base` gives line size, policy and write policies; its size and ways do not matter. */
export function* sweepCache(
  trace: AccessTrace,
  base: CacheConfig,
  sizes: readonly number[],
): Generator<void, SweepResult, void> {
  const fits = sizes.filter((size) => size >= base.lineBytes);
  const lines = new LineTrace();
  for (let from = 0; from < trace.length; from += STRETCH) {
    trace.forEach(
      (address, bytes) => {
        const last = Math.floor((address + bytes - 1) / base.lineBytes);
        for (let line = Math.floor(address / base.lineBytes); line <= last; line++) lines.push(line);
      },
      from,
      Math.min(trace.length, from + STRETCH),
    );
    yield;
  }
  const view = lines.view();
  const isStack = base.policy === 'lru' && base.allocate && base.prefetch === 'none';
  const points = isStack ? yield* byStacks(view, base.lineBytes, fits) : yield* bySimulation(trace, base, fits);
  const opt: { sizeBytes: number; misses: number }[] = [];
  for (const sizeBytes of fits) {
    opt.push({ sizeBytes, misses: optMisses(view, sizeBytes / base.lineBytes) });
    yield;
  }
  return { accesses: view.length, points, opt };
}

interface Geometry {
  readonly sizeBytes: number;
  readonly ways: number;
  readonly isFull: boolean;
  readonly sets: number;
}

function geometries(lineBytes: number, sizes: readonly number[]): Geometry[] {
  return sizes.flatMap((sizeBytes) => {
    const lines = sizeBytes / lineBytes;
    return [...SWEEP_WAYS.filter((ways) => ways < lines), lines].map((ways) => ({
      sizeBytes,
      ways,
      isFull: ways === lines,
      sets: lines / ways,
    }));
  });
}

function* byStacks(
  view: Float64Array,
  lineBytes: number,
  sizes: readonly number[],
): Generator<void, SweepPoint[], void> {
  const all = geometries(lineBytes, sizes);
  const groups = [...new Set(all.filter((g) => !g.isFull).map((g) => g.sets))].map(
    (sets) =>
      new SetStacks(
        sets,
        all.filter((g) => g.sets === sets && !g.isFull),
      ),
  );
  const full = all.filter((g) => g.isFull).map((geometry) => ({ geometry, misses: 0 }));
  const distances = new StackDistances();
  for (let i = 0; i < view.length; i++) {
    const line = view[i] as number;
    const distance = distances.line(line);
    for (const one of full) if (distance > one.geometry.ways) one.misses++;
    for (const group of groups) group.line(line, distance);
    if (i % STRETCH === 0) yield;
  }
  const { cold } = distances;
  return all.map((geometry) => {
    const { sizeBytes, ways, isFull } = geometry;
    const of = (misses: number, conflict: number) => ({
      sizeBytes,
      ways,
      isFull,
      misses,
      compulsory: cold,
      capacity: misses - cold - conflict,
      conflict,
    });
    if (isFull) return of(full.find((one) => one.geometry === geometry)?.misses ?? 0, 0);
    const group = groups.find((one) => one.sets === geometry.sets) as SetStacks;
    const at = group.geometries.indexOf(geometry);
    return of(group.misses[at] as number, group.conflicts[at] as number);
  });
}

/** The LRU stacks of the sets of all caches with one number of sets, as deep as the one with the most ways. */
class SetStacks {
  readonly misses: Float64Array;
  readonly conflicts: Float64Array;
  private readonly depth: number;
  private readonly lines: Float64Array;

  constructor(
    readonly sets: number,
    readonly geometries: readonly Geometry[],
  ) {
    this.misses = new Float64Array(geometries.length);
    this.conflicts = new Float64Array(geometries.length);
    this.depth = geometries.reduce((most, { ways }) => Math.max(most, ways), 1);
    this.lines = new Float64Array(sets * this.depth).fill(-1);
  }

  /** `distance` is that in the stack of all lines. */
  line(line: number, distance: number): void {
    const { lines, depth } = this;
    const base = (line & (this.sets - 1)) * depth;
    let at = 0;
    while (at < depth && lines[base + at] !== line) at++;
    this.geometries.forEach(({ ways }, index) => {
      if (at < ways) return;
      (this.misses[index] as number)++;
      // A fully associative cache of the same size would have had it.
      if (distance <= this.sets * ways) (this.conflicts[index] as number)++;
    });
    for (let i = Math.min(at, depth - 1); i > 0; i--) lines[base + i] = lines[base + i - 1] as number;
    lines[base] = line;
  }
}

function* bySimulation(
  trace: AccessTrace,
  base: CacheConfig,
  sizes: readonly number[],
): Generator<void, SweepPoint[], void> {
  const points: SweepPoint[] = [];
  for (const { sizeBytes, ways, isFull } of geometries(base.lineBytes, sizes)) {
    const run = new TraceRun({
      levels: { l1d: { ...base, sizeBytes, ways, inclusion: 'non-inclusive' } },
      threeC: true,
    });
    for (let from = 0; from < trace.length; from += STRETCH) {
      trace.forEach(
        (address, bytes, write) => (write ? run.write(address, bytes) : run.read(address, bytes)),
        from,
        Math.min(trace.length, from + STRETCH),
      );
      yield;
    }
    const {
      readMisses = 0,
      writeMisses = 0,
      compulsory = 0,
      capacity = 0,
      conflict = 0,
    } = run.finish().caches.l1d ?? {};
    points.push({ sizeBytes, ways, isFull, misses: readMisses + writeMisses, compulsory, capacity, conflict });
  }
  return points;
}
