import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Kernel, NO_TICKET, PS_PER_S, type Ticket } from './kernel';

/** The slow reference: a list that is searched for its least (time, priority, sequence). Times are BigInt, hence exact. */
class NaiveKernel {
  now = 0n;
  private sequence = 0;
  private events: { time: bigint; priority: number; sequence: number; id: number }[] = [];

  schedule(delay: number, id: number, priority: number): number {
    this.events.push({ time: this.now + BigInt(delay), priority, sequence: this.sequence, id });
    return this.sequence++;
  }

  cancel(sequence: number): boolean {
    const index = this.events.findIndex((event) => event.sequence === sequence);
    if (index >= 0) this.events.splice(index, 1);
    return index >= 0;
  }

  step(): number | undefined {
    const first = this.events.toSorted(
      (a, b) => Number(a.time - b.time) || a.priority - b.priority || a.sequence - b.sequence,
    )[0];
    if (!first) return undefined;
    this.cancel(first.sequence);
    this.now = first.time;
    return first.id;
  }
}

function exactNow(kernel: Kernel): bigint {
  const { epochs, offsetPs, epochPs } = kernel.nowParts;
  return BigInt(epochs) * BigInt(epochPs) + BigInt(offsetPs);
}

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('schedule' as const),
      delay: fc.integer({ min: 0, max: 6 }),
      priority: fc.integer({ min: 0, max: 15 }),
      scale: fc.constantFrom(1, 1000, 2 ** 47),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('step' as const) }) },
);

describe('kernel', () => {
  test('agrees with a sorted list over random schedules, cancels and steps, through rebasing', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 400 }), (actions) => {
        const kernel = new Kernel();
        const naive = new NaiveKernel();
        const ran: number[] = [];
        const handler = kernel.register((id) => ran.push(id));
        const tickets: [Ticket, number][] = [];
        const step = () => {
          const id = naive.step();
          expect(kernel.step()).toBe(id !== undefined);
          if (id !== undefined) expect(ran.at(-1)).toBe(id);
          expect(exactNow(kernel)).toBe(naive.now);
        };
        let id = 0;
        for (const a of actions) {
          if (a.do === 'step') step();
          else if (a.do === 'schedule') {
            const delay = a.delay * a.scale;
            tickets.push([kernel.schedule(delay, handler, id, a.priority), naive.schedule(delay, id, a.priority)]);
            id++;
          } else if (tickets.length > 0) {
            const [ticket, sequence] = tickets[a.which % tickets.length]!;
            expect(kernel.cancel(ticket)).toBe(naive.cancel(sequence));
          }
        }
        while (kernel.pending > 0) step();
        step();
      }),
      { numRuns: 300 },
    );
  });

  test('how a run is sliced changes neither its hash nor what happens', () => {
    const trace = (slices: (kernel: Kernel) => void) => {
      const kernel = new Kernel();
      const times: number[] = [];
      const tick = kernel.register((n, k) => {
        times.push(k.nowPs);
        if (n < 2000) k.schedule((n * 7919) % 1000, tick, n + 1);
      });
      for (let i = 0; i < 5; i++) kernel.schedule(i, tick, i);
      slices(kernel);
      return { times, hash: kernel.runHash, now: kernel.nowPs, executed: kernel.executed };
    };
    const whole = trace((k) => k.run(2e6));
    const byTime = trace((k) => {
      for (let i = 0; i < 2000; i++) k.run(1000);
    });
    const byEvents = trace((k) => {
      let left = 2e6;
      for (;;) {
        const before = k.nowPs;
        const { finished } = k.run(left, 7);
        left -= k.nowPs - before;
        if (finished) break;
      }
    });
    expect(whole.executed).toBeGreaterThan(2000);
    expect(byTime).toEqual(whole);
    expect(byEvents).toEqual(whole);
  });

  test('the hash tells runs apart that differ in one time, one kind or one argument', () => {
    const hash = (delay: number, argument: number, other = false) => {
      const kernel = new Kernel();
      const a = kernel.register(() => undefined);
      const b = kernel.register(() => undefined);
      kernel.schedule(5, a, 1);
      kernel.schedule(delay, other ? b : a, argument);
      kernel.schedule(2 ** 45, a, 1);
      kernel.run(2 ** 46);
      return kernel.runHash;
    };
    const hashes = [hash(6, 1), hash(7, 1), hash(6 + 2 ** 31, 1), hash(6 + 2 ** 40, 1), hash(6, 2), hash(6, 1, true)];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash(6, 1)).toBe(hashes[0]);
  });

  test('runs for a simulated year with the clock exact', () => {
    const kernel = new Kernel();
    let ticks = 0;
    const hour = 3600 * PS_PER_S;
    const tick = kernel.register((_, k) => {
      ticks++;
      k.schedule(hour, tick);
    });
    kernel.schedule(hour, tick);
    for (let day = 0; day < 365; day++) kernel.run(24 * hour);
    expect(ticks).toBe(365 * 24);
    expect(exactNow(kernel)).toBe(BigInt(365 * 24) * 3600n * 10n ** 12n);
    expect(kernel.nowSeconds).toBe(365 * 86400);
  });

  test('a delay of months is kept, rounded to the spacing of doubles', () => {
    const kernel = new Kernel();
    let at = 0;
    const note = kernel.register((_, k) => (at = k.nowSeconds));
    kernel.schedule(100 * 86400 * PS_PER_S, note);
    kernel.run(101 * 86400 * PS_PER_S);
    expect(at).toBeCloseTo(100 * 86400, 6);
  });

  test('a ticket outlives neither its event nor a reuse of its slot', () => {
    const kernel = new Kernel();
    const note = kernel.register(() => undefined);
    const first = kernel.schedule(1, note);
    expect(kernel.isPending(first)).toBe(true);
    kernel.step();
    expect(kernel.isPending(first)).toBe(false);
    const second = kernel.schedule(1, note);
    expect(kernel.cancel(first)).toBe(false);
    expect(kernel.isPending(second)).toBe(true);
    expect(kernel.cancel(NO_TICKET)).toBe(false);
  });

  test('refuses a delay that is negative, fractional or not a number', () => {
    const kernel = new Kernel();
    const note = kernel.register(() => undefined);
    for (const delay of [-1, 0.5, NaN, Infinity]) expect(() => kernel.schedule(delay, note)).toThrow('whole number');
  });
});
