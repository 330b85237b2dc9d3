/**
 * Steps back by source line, over calls and out of them. What lies right before the present place is run again instruction by
 * instruction. A callee that ran long is not: the place where it was called is the last one at which SP lay above its return address, and
 * checkpoints know how high SP rose between them. So a call is found by running one stretch between two checkpoints again, however
 * many there are in between.
 */
import { at } from '../base/assert';
import type { Core } from './cpu/core';
import { callStack } from './debug/call-stack';
import { LineTracker, MAX_STEP_INSTRUCTIONS } from './line-tracker';
import { canRestore, restoreSnapshot, takeSnapshot, type Snapshot } from './snapshot';
import type { Checkpoint, TimeTravel } from './time-travel';

export type LineUnit = 'line' | 'over' | 'out';

const FIRST_WINDOW = 256;
const WINDOW_GROWTH = 8;
/** A callee that does not begin within so many instructions is left by way of its return address. */
const LONG_CALL = 2048;
/** A stretch is run again in so many parts, the part that matters again in as many. */
const PARTS = 16;
/** Few enough to look at each. */
const SINGLE_STEPS = 48;
const RETURN_ADDRESS_BYTES = 2;

/** To the last earlier place where a line begins, in any function or not in a deeper one; or where this function was called. */
export function backToLine(travel: TimeTravel, unit: LineUnit): void {
  const first = at(travel.checkpoints, 0).instructions;
  travel.seekInstruction(travel.withoutHooks(() => new BackStep(travel, unit).find()) ?? first);
}

/** A part of the past, gone through instruction by instruction. Depths are those of the place where it ends plus something. */
interface Stretch {
  /** Places after this one are looked at. */
  readonly from: number;
  readonly depths: Int32Array;
  readonly sps: Int32Array;
  readonly lines: Uint8Array;
}

/** Whether a line begins at a place; by a guess, where the stretch has not come by code with a line yet. */
const Line = { same: 0, begins: 1, guessed: 2 } as const;
/** What a stretch says about the end of the step: nothing but that more has to be looked at. */
const UNSURE = -1;

class BackStep {
  private readonly core: Core;
  private readonly now: number;
  private readonly first: number;

  constructor(
    private readonly travel: TimeTravel,
    private readonly unit: LineUnit,
  ) {
    this.core = travel.machine.core;
    this.now = travel.machine.instructions;
    this.first = at(travel.checkpoints, 0).instructions;
  }

  /** The number of instructions there; null for the start. */
  find(): number | null {
    const slot = this.unit === 'out' ? this.returnSlot() : undefined;
    let until = this.now;
    for (let window = FIRST_WINDOW; until > this.first; window *= WINDOW_GROWTH) {
      const from = Math.max(this.first, until - window);
      const stretch = this.walk(from, until);
      const found = this.lastFit(stretch);
      if (found !== UNSURE && (found !== null || from === this.first)) return found;
      if (window > MAX_STEP_INSTRUCTIONS) return from;
      if (window < LONG_CALL || this.unit === 'line' || found === UNSURE) continue;
      const call = slot === undefined ? null : this.callOf(slot, this.now);
      if (call !== null) return call;
      const across = this.callAcross(stretch);
      if (across === null) continue;
      until = across;
      window = FIRST_WINDOW / WINDOW_GROWTH;
    }
    return null;
  }

  /** The last place of a stretch that the step may end at. */
  private lastFit({ from, depths, lines }: Stretch): number | null {
    const { unit, first, now } = this;
    for (let i = depths.length - 1; i >= 0; i--) {
      const depth = at(depths, i);
      const line = at(lines, i);
      if (from + 1 + i === now) continue;
      if (unit === 'out' ? depth >= 0 : line === Line.same || (unit === 'over' && depth > 0)) continue;
      return unit === 'out' || line === Line.begins || from === first ? from + 1 + i : UNSURE;
    }
    return null;
  }

  /** Goes through the places after `from` up to `until`, whose depth is 0. */
  private walk(from: number, until: number): Stretch {
    const { travel, core } = this;
    const { machine } = travel;
    travel.seekInstruction(from);
    const tracker = new LineTracker(machine, core);
    const depths = new Int32Array(until - from);
    const sps = new Int32Array(until - from);
    const lines = new Uint8Array(until - from);
    for (let i = 0; i < depths.length; i++) {
      tracker.look();
      travel.replay(1);
      tracker.moved();
      depths[i] = tracker.depth;
      sps[i] = core.sp;
      if (tracker.isNewLine) lines[i] = tracker.isSure ? Line.begins : Line.guessed;
    }
    for (let i = 0; i < depths.length; i++) depths[i] = at(depths, i) - tracker.depth;
    return { from, depths, sps, lines };
  }

  /** Where the call was made that a stretch begins in and that returns in it, to the depth that ends it. */
  private callAcross({ from, depths, sps }: Stretch): number | null {
    const back = depths.findIndex((depth) => depth <= 0);
    return back > 0 ? this.callOf(at(sps, back) - RETURN_ADDRESS_BYTES, from + 1) : null;
  }

  /** Where the return address of the present function lies, by debug information. */
  private returnSlot(): number | undefined {
    const { machine } = this.travel;
    return machine.image ? callStack(machine.core, machine.memory, machine.image, 1)[0]?.returnSlot : undefined;
  }

  /** Before `before`, the last place right before a call, or an interrupt, that put its return address to `slot`. */
  private callOf(slot: number, before: number): number | null {
    const { travel, core } = this;
    const { machine } = travel;
    const place = lastPlaceAbove(travel, core, slot, before);
    if (place === null) return null;
    travel.seekInstruction(place);
    const entered = machine.interrupts.entered[core.id];
    travel.replay(1);
    // Stacks may be switched and return addresses taken off by hand: then it was no call.
    return core.sp === slot || machine.interrupts.entered[core.id] !== entered ? place : null;
  }
}

/** The last place before `before` where the thread's SP lies above `slot`. */
function lastPlaceAbove(travel: TimeTravel, core: Core, slot: number, before: number): number | null {
  const { checkpoints } = travel;
  let end = before;
  for (let i = checkpoints.length - 1; i >= 0; i--) {
    const from = at(checkpoints, i);
    if (from.instructions >= before) continue;
    const next: Checkpoint | undefined = checkpoints[i + 1];
    if (!next || at(next.highestSp, core.id) > slot) {
      if (!canRestore(travel.machine, from)) return null;
      const place = travel.keepingHighestSp(() => lastAboveBetween(travel, core, slot, from, end));
      if (place !== null) return place;
    }
    end = from.instructions;
  }
  return null;
}

/** The same after a state, that one included; leaves a state close before it to whoever goes there. */
function lastAboveBetween(travel: TimeTravel, core: Core, slot: number, from: Snapshot, before: number): number | null {
  const { machine } = travel;
  const { highestSp } = machine.execution;
  let start = from;
  let end = before;
  const free: Uint8Array[] = [];
  restoreSnapshot(machine, start);
  while (end - start.instructions > SINGLE_STEPS) {
    const part = Math.ceil((end - start.instructions) / PARTS);
    let last: { readonly snapshot: Snapshot; readonly end: number } | null = null;
    while (machine.instructions < end) {
      const snapshot = takeSnapshot(machine, free.pop());
      highestSp[core.id] = core.sp;
      travel.replay(Math.min(part, end - machine.instructions));
      if (machine.instructions === snapshot.instructions) return null;
      const isHigher = at(highestSp, core.id) > slot;
      const unused = isHigher ? last?.snapshot : snapshot;
      if (unused) free.push(unused.state);
      if (isHigher) last = { snapshot, end: machine.instructions };
    }
    if (!last) return null;
    if (start !== from) free.push(start.state);
    ({ snapshot: start, end } = last);
    restoreSnapshot(machine, start);
  }
  let place: number | null = null;
  while (machine.instructions < end) {
    if (core.sp > slot) place = machine.instructions;
    if (travel.replay(1).kind !== 'limit') break;
  }
  if (place !== null && start !== from) travel.leaveNear(start);
  return place;
}
