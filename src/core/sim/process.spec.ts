import { expect, test } from 'vitest';
import { Random } from '../base/random';
import { exponential } from './distributions';
import { Kernel, PS_PER_S } from './kernel';
import { Histogram } from './metrics';
import { type ProcessBody, Processes, Resource, Signal } from './process';

test('processes hold, queue for a resource in order, and end', () => {
  const kernel = new Kernel();
  const processes = new Processes(kernel);
  const desk = new Resource(processes, 1);
  const log: string[] = [];
  const customer = (name: string, arrives: number) =>
    function* (): ProcessBody {
      yield arrives;
      yield* desk.acquire();
      log.push(`${kernel.nowPs} ${name} in`);
      yield 10;
      log.push(`${kernel.nowPs} ${name} out`);
      desk.release();
    };
  processes.start(customer('a', 0));
  processes.start(customer('b', 3));
  processes.start(customer('c', 1));
  kernel.run(29);
  expect(processes.running).toBe(1);
  kernel.run(1);
  expect(log).toEqual(['0 a in', '10 a out', '10 c in', '20 c out', '20 b in', '30 b out']);
  expect([processes.running, desk.free, desk.queueLength]).toEqual([0, 1, 0]);
});

test('a signal wakes all its sleepers', () => {
  const kernel = new Kernel();
  const processes = new Processes(kernel);
  const gate = new Signal(processes);
  let through = 0;
  for (let i = 0; i < 3; i++)
    processes.start(function* () {
      yield gate;
      through++;
    });
  kernel.run(5);
  expect([through, gate.waiters]).toEqual([0, 3]);
  gate.wakeAll();
  kernel.run(0);
  expect(through).toBe(3);
});

test('an M/M/1 queue written as processes: mean time in system 1/(mu - lambda) = 2 s within 3 %', () => {
  const kernel = new Kernel();
  const processes = new Processes(kernel);
  const desk = new Resource(processes, 1);
  const times = new Histogram();
  const gaps = new Random(3, 'arrivals');
  const work = new Random(3, 'service');
  const seconds = (random: Random, mean: number) => Math.round(exponential(random) * mean * PS_PER_S);
  const customer = function* (): ProcessBody {
    const arrived = kernel.nowPs;
    yield* desk.acquire();
    yield seconds(work, 1);
    desk.release();
    times.record(kernel.nowPs - arrived);
  };
  processes.start(function* () {
    for (let i = 0; i < 200_000; i++) {
      yield seconds(gaps, 2);
      processes.start(customer);
    }
  });
  while (kernel.pending > 0) kernel.run(3600 * PS_PER_S);
  expect(times.count).toBe(200_000);
  expect(Math.abs(times.mean / PS_PER_S / 2 - 1)).toBeLessThan(0.03);
});
