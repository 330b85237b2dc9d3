import { describe, expect, test } from 'vitest';
import { LEDGER_LEVELS, type ThreadView } from '../../../rpc/machine';
import { sharesOf, shortName, threadName } from './cores';

const thread = (id: number, core: number): ThreadView => ({
  id,
  core,
  state: 'running',
  pc: 0x30,
  place: 'a.c:1',
  rate: 0,
  instructions: 0,
  timeNs: 0,
  ledger: new Float64Array(LEDGER_LEVELS.length),
  coherence: undefined,
});

describe('cores', () => {
  test('a thread is named where cores have two', () => {
    const alone = [thread(0, 0), thread(1, 1)];
    const pairs = [thread(0, 0), thread(1, 0), thread(2, 1), thread(3, 1)];
    expect(alone.map((t) => threadName(t, alone))).toEqual(['Core 0', 'Core 1']);
    expect(threadName(pairs[3] as ThreadView, pairs)).toBe('Core 1, thread 1');
    expect(pairs.map((t) => shortName(t, pairs))).toEqual(['0.0', '0.1', '1.0', '1.1']);
  });
  test('shares of a time', () => {
    const ledger = Float64Array.from(
      LEDGER_LEVELS,
      (level) => ({ compute: 30, l1: 10, ram: 20, sleep: 40 })[level as 'l1'] ?? 0,
    );
    expect(sharesOf({ ledger, timeNs: 100 })).toEqual({ busy: 40, memory: 20, asleep: 40 });
    expect(sharesOf({ ledger, timeNs: 0 })).toBe(null);
  });
});
