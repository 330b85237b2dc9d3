/**
 * Which of the waiting requests the arm serves next. Each policy is one function over the waiting list, in order of arrival.
 *
 * fcfs: the oldest. sstf: the shortest seek. scan: on in the direction of travel as far as there are requests, then back (the
 * elevator; often called LOOK). c-look: upwards by block number, then from the lowest again. sptf: the shortest positioning time,
 * seek and rotation together. (Worthington, Ganger and Patt, "Scheduling algorithms for modern disk drives", SIGMETRICS 1994.)
 */
import type { SchedulerName } from '../../presets/hdd';

/** What a policy may look at. */
export interface ArmView {
  /** Cylinder under the arm. */
  readonly cylinder: number;
  /** Block after the last one served. */
  readonly nextLba: number;
  /** +1 inwards, -1 outwards; scan turns it round. */
  direction: number;
  cylinderOf(slot: number): number;
  lbaOf(slot: number): number;
  /** Seek and rotation to the first sector of the request, if it started now. */
  positioningPs(slot: number): number;
}

/** Index into `waiting` (not empty) of the request to serve next. */
export type Scheduler = (waiting: readonly number[], arm: ArmView) => number;

function leastBy(waiting: readonly number[], cost: (slot: number) => number): number {
  let best = 0;
  let bestCost = Infinity;
  for (let i = 0; i < waiting.length; i++) {
    const c = cost(waiting[i] as number);
    // Ties go to the one that has waited longest.
    if (c < bestCost) {
      bestCost = c;
      best = i;
    }
  }
  return best;
}

function scan(waiting: readonly number[], arm: ArmView): number {
  const ahead = (slot: number) => {
    const distance = (arm.cylinderOf(slot) - arm.cylinder) * arm.direction;
    return distance >= 0 ? distance : Infinity;
  };
  const index = leastBy(waiting, ahead);
  if (ahead(waiting[index] as number) < Infinity) return index;
  arm.direction = -arm.direction;
  return leastBy(waiting, ahead);
}

function cLook(waiting: readonly number[], arm: ArmView): number {
  const wrap = 2 ** 50;
  return leastBy(waiting, (slot) => {
    const distance = arm.lbaOf(slot) - arm.nextLba;
    return distance >= 0 ? distance : distance + wrap;
  });
}

export const SCHEDULERS: { readonly [N in SchedulerName]: Scheduler } = {
  fcfs: () => 0,
  sstf: (waiting, arm) => leastBy(waiting, (slot) => Math.abs(arm.cylinderOf(slot) - arm.cylinder)),
  scan,
  'c-look': cLook,
  sptf: (waiting, arm) => leastBy(waiting, (slot) => arm.positioningPs(slot)),
};

export const SCHEDULER_NAMES = Object.keys(SCHEDULERS) as SchedulerName[];
