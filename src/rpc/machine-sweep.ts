/** The sweep over cache geometries for the program in the machine, as work that is driven slice by slice. */
import { recordAccesses } from '../core/machine/cache/recording';
import { sweepCache } from '../core/machine/cache/sweep';
import type { Machine } from '../core/machine/machine';
import type { DiskContents, SweepReply, SweepRequest } from './machine';
import { insertDisks, type Session } from './machine-session';

/** Powers of two; a first level up to all of RAM. */
const SIZES = Array.from({ length: 11 }, (_, n) => 64 << n);

export function* sweepSession(
  session: Session,
  { level, lineBytes }: SweepRequest,
  disks: DiskContents,
): Generator<void, SweepReply | undefined, void> {
  const { machine, image } = session;
  const present = machine.config[level];
  if (!present) return undefined;
  // The core that is looked at.
  const core = machine.threads[session.viewed]?.number ?? 0;
  const config = { ...present, lineBytes: lineBytes || present.lineBytes };
  const run = {
    config: machine.config,
    image,
    inputs: machine.inputs.all,
    cycles: machine.cycles,
    prepare: (again: Machine) => insertDisks(again, disks),
    core,
  };
  const recording = yield* recordAccesses(run, level);
  const { trace, isComplete, cycles, amat, missCycles } = recording;
  const result = yield* sweepCache(trace, config, SIZES);
  let bytes = 0;
  trace.forEach((_, size) => (bytes += size));
  return {
    ...result,
    level,
    core: machine.config.cores === 1 ? undefined : level === 'l2' ? 'all' : core,
    config,
    isComplete,
    cycleNs: machine.config.cyclePs / 1000,
    amatCycles: amat,
    measuredCycles: level === 'l2' || trace.length === 0 ? undefined : cycles / trace.length,
    hitCycles: level === 'l1d' ? (config.hitCycles * bytes) / Math.max(1, trace.length) : config.hitCycles,
    missCycles,
  };
}
