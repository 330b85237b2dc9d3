/** What the pane of the cores says of each: names, and what its time went to. */
import { LEDGER_LEVELS, type ThreadView } from '../../../rpc/machine';

/** `Core 2`, or `Core 2, thread 1` where cores have two. */
export function threadName({ id, core }: Pick<ThreadView, 'id' | 'core'>, threads: readonly ThreadView[]): string {
  const first = threads.find((thread) => thread.core === core)?.id ?? id;
  const hasTwo = threads.filter((thread) => thread.core === core).length > 1;
  return hasTwo ? `Core ${core}, thread ${id - first}` : `Core ${core}`;
}

/** The same in the room of a button: `2`, or `2.1`. */
export function shortName(thread: ThreadView, threads: readonly ThreadView[]): string {
  const name = threadName(thread, threads);
  return name.replace('Core ', '').replace(', thread ', '.');
}

/** Shares of its time, in percent: computing and L1, memory and the bus, asleep, all else; null before it has any. */
export function sharesOf({ ledger, timeNs }: Pick<ThreadView, 'ledger' | 'timeNs'>): {
  readonly busy: number;
  readonly memory: number;
  readonly asleep: number;
} | null {
  if (timeNs === 0) return null;
  const share = (...levels: readonly (typeof LEDGER_LEVELS)[number][]) =>
    (100 * levels.reduce((sum, level) => sum + (ledger[LEDGER_LEVELS.indexOf(level)] ?? 0), 0)) / timeNs;
  return { busy: share('compute', 'l1'), memory: share('l2', 'ram'), asleep: share('sleep') };
}

const STATES: Readonly<Record<ThreadView['state'], string>> = {
  parked: 'at rest',
  running: 'runs',
  waiting: 'sleeps',
  halted: 'ended',
  trapped: 'trapped',
};
export const stateName = (state: ThreadView['state']): string => STATES[state];
