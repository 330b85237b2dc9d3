/**
 * Questions that time travel answers: who wrote this byte last, when does it change next, when was this place reached last. Each is a
 * generator that yields every so often, so that whoever drives it can stop it, and each brings the machine back to where it stood,
 * also when it is dropped half-way.
 */
import { dataAccess } from '../cpu/effects';
import type { Hook } from '../stops';
import { restoreSnapshot, takeSnapshot } from '../snapshot';
import type { TimeTravel } from '../time-travel';
import type { StopPoints } from './breakpoints';

export type Search<T> = Generator<void, T, void>;

export interface WriteFound {
  /** Place before the writing instruction. */
  readonly instructions: number;
  readonly cycle: number;
  readonly pc: number;
  readonly before: number;
  readonly after: number;
  /** False when only changes of the value were looked for, because it lies too far back to look at every instruction. */
  readonly exact: boolean;
}

/** How far back every single instruction is looked at for a write. */
const MAX_EXACT_SCAN = 2_000_000;
/** How far ahead a change is looked for. */
export const MAX_AHEAD = 20_000_000;
const FIRST_WINDOW = 256;
/** Single instructions between two yields: some milliseconds. */
const STRETCH = 10_000;
/** Instructions at full speed between two yields. */
const FAST_STRETCH = 500_000;

/** Runs a search to its end. */
export function finish<T>(search: Search<T>): T {
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

/** The last instruction that wrote this byte, or null when none has since the start. */
export function* lastWrite(travel: TimeTravel, address: number): Search<WriteFound | null> {
  return yield* excursion(travel, function* () {
    const now = travel.machine.instructions;
    const first = firstOf(travel);
    let end = now;
    for (let window = FIRST_WINDOW; end > first && now - end < MAX_EXACT_SCAN; window *= 4) {
      const from = Math.max(first, end - window);
      const found = yield* scanWrites(travel, { address, from, until: end, exact: true });
      if (found) return found;
      end = from;
    }
    return end > first ? yield* lastChange(travel, address, end) : null;
  });
}

/** Where this byte changes next, within so many instructions, if nothing comes from outside. */
export function* nextChange(travel: TimeTravel, address: number, within = MAX_AHEAD): Search<WriteFound | null> {
  const { machine } = travel;
  const { memory } = machine;
  return yield* excursion(travel, function* () {
    const before = memory[address] as number;
    for (let n = 0; n < within; n++) {
      const place = { instructions: machine.instructions, cycle: machine.cycles, pc: machine.core.pc };
      const stop = travel.replay(1);
      const after = memory[address] as number;
      if (after !== before) return { ...place, before, after, exact: true };
      if (stop.kind !== 'limit') return null;
      if (n % STRETCH === 0) yield;
    }
    return null;
  });
}

/** The last place before this one where PC stood at one of the addresses and `accepts` agrees, as a number of instructions. */
export function lastVisit(
  travel: TimeTravel,
  addresses: readonly number[],
  accepts: (pc: number) => boolean = () => true,
): Search<number | null> {
  return lastStopAt(travel, { addresses, hook: undefined, accepts });
}

/** The last place before this one where a run would have stopped at one of the points. */
export function lastStop(travel: TimeTravel, points: StopPoints): Search<number | null> {
  const { addresses } = points;
  const hook = points.watch ? points : undefined;
  return lastStopAt(travel, { addresses, hook, accepts: (pc) => points.at(pc) !== undefined });
}

interface Wanted {
  readonly addresses: readonly number[];
  /** Stops after other instructions. */
  readonly hook: Hook | undefined;
  /** Whether to stop before the instruction at an address. */
  accepts(pc: number): boolean;
}

/** Windows that grow are run again at full speed, stopping where a run would. */
function* lastStopAt(travel: TimeTravel, { addresses, hook, accepts }: Wanted): Search<number | null> {
  const { machine } = travel;
  return yield* excursion(travel, function* () {
    const first = firstOf(travel);
    let end = machine.instructions;
    for (let window = FIRST_WINDOW; end > first; window *= 8) {
      const from = Math.max(first, end - window);
      travel.seekInstruction(from);
      let found: number | null = addresses.includes(machine.core.pc) && accepts(machine.core.pc) ? from : null;
      machine.code.setBreakpoints(addresses);
      if (hook) machine.hooks.push(hook);
      let passBreakpoint = true;
      while (machine.instructions < end) {
        const instructions = Math.min(FAST_STRETCH, end - machine.instructions);
        const stop = machine.run({ instructions, passBreakpoint });
        passBreakpoint = stop.kind !== 'limit';
        const isStop = stop.kind === 'hook' || (stop.kind === 'breakpoint' && accepts(stop.pc));
        if (isStop && machine.instructions < end) found = machine.instructions;
        if (stop.kind === 'limit') yield;
        else if (stop.kind !== 'breakpoint' && stop.kind !== 'hook') break;
      }
      machine.hooks.length = 0;
      if (found !== null) return found;
      // A place right at the start of this window, after the instruction before it, belongs to the next one.
      end = hook ? from + 1 : from;
      if (from === first) return null;
    }
    return null;
  });
}

const firstOf = (travel: TimeTravel) => (travel.checkpoints[0] as { instructions: number }).instructions;

/** Compares checkpoints from the latest to the first; looks closely only where the byte differs. */
function* lastChange(travel: TimeTravel, address: number, end: number): Search<WriteFound | null> {
  travel.seekInstruction(end);
  let after = travel.machine.memory[address] as number;
  let until = end;
  for (const checkpoint of [...travel.checkpoints].reverse()) {
    if (checkpoint.instructions >= end) continue;
    const before = checkpoint.state[address] as number;
    if (before !== after)
      return yield* scanWrites(travel, { address, from: checkpoint.instructions, until, exact: false });
    after = before;
    until = checkpoint.instructions;
    yield;
  }
  return null;
}

interface Scan {
  readonly address: number;
  readonly from: number;
  readonly until: number;
  readonly exact: boolean;
}

function* scanWrites(travel: TimeTravel, { address, from, until, exact }: Scan): Search<WriteFound | null> {
  const { machine } = travel;
  const { memory } = machine;
  travel.seekInstruction(from);
  let found: WriteFound | null = null;
  for (let n = 1; machine.instructions < until; n++) {
    const access = exact ? dataAccess(machine.core, memory) : null;
    const touches = access?.writes === true && address >= access.address && address < access.address + access.bytes;
    const before = memory[address] as number;
    const place = { instructions: machine.instructions, cycle: machine.cycles, pc: machine.core.pc };
    const stop = travel.replay(1);
    const after = memory[address] as number;
    if (touches || after !== before) found = { ...place, before, after, exact };
    if (stop.kind !== 'limit') break;
    if (n % STRETCH === 0) yield;
  }
  return found;
}

/** Does something elsewhere in time and comes back, hooks and breakpoints as they were. */
function* excursion<T>(travel: TimeTravel, work: () => Search<T>): Search<T> {
  const { machine } = travel;
  const { hooks, code, execution } = machine;
  const here = takeSnapshot(machine);
  const kept = hooks.splice(0);
  const breakpoints = code.breakpointAddresses;
  const { profile } = execution;
  execution.profile = null;
  try {
    return yield* work();
  } finally {
    restoreSnapshot(machine, here);
    hooks.push(...kept);
    code.setBreakpoints(breakpoints);
    execution.profile = profile;
  }
}
