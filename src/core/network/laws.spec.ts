import { describe, expect, test } from 'vitest';
import * as laws from './laws';

/** Erlang C by its defining sum. */
function erlangCSum(c: number, a: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < c; k++) {
    term *= a / k;
    sum += term;
  }
  const last = ((term * a) / c) * (c / (c - a));
  return last / (sum + last);
}

/** Mean value analysis (Reiser and Lavenberg 1980): a different road to the closed system with one server. */
function meanValueAnalysis(users: number, z: number, s: number): number {
  let queue = 0;
  let throughput = 0;
  for (let n = 1; n <= users; n++) {
    const response = s * (1 + queue);
    throughput = n / (z + response);
    queue = throughput * response;
  }
  return throughput;
}

describe('laws', () => {
  test('Erlang B and C at published points and against the defining sum', () => {
    // Erlang B table: 5 lines, 3 erlang: 11.01 %; 10 lines, 4.46 erlang: 1 %.
    expect(laws.erlangB(5, 3)).toBeCloseTo(0.1101, 4);
    expect(laws.erlangB(10, 4.461)).toBeCloseTo(0.01, 4);
    expect(laws.erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
    for (const [c, a] of [
      [1, 0.5],
      [3, 2.9],
      [10, 8],
      [50, 49],
    ] as const)
      expect(laws.erlangC(c, a)).toBeCloseTo(erlangCSum(c, a), 10);
  });

  test('M/M/c with one server is M/M/1, M/G/1 with exponential service too', () => {
    expect(laws.mmcTimeInSystem(80, 100, 1)).toBeCloseTo(0.05, 12);
    expect(laws.mg1TimeInSystem(80, 0.01, 1)).toBeCloseTo(0.05, 12);
    expect(laws.processorSharingTimeInSystem(80, 0.01)).toBeCloseTo(0.05, 12);
  });

  test('M/M/c/K without places is Erlang B, with many places M/M/c', () => {
    expect(laws.mmck(3, 1, 5, 0).blocking).toBeCloseTo(laws.erlangB(5, 3), 12);
    expect(laws.mmck(3, 1, 5, 5000).timeInSystem).toBeCloseTo(laws.mmcTimeInSystem(3, 1, 5), 9);
    // M/M/1/2 at lambda = mu: three states, equally likely.
    expect(laws.mmck(1, 1, 1, 1)).toMatchObject({ blocking: 1 / 3, numberInSystem: 1 });
  });

  test('power of two choices: Mitzenmacher 2001, table 1', () => {
    for (const [rho, time] of [
      [0.5, 1.26566],
      [0.7, 1.61453],
      [0.8, 1.94737],
      [0.9, 2.61414],
      [0.95, 3.38298],
      [0.99, 5.43197],
    ] as const)
      expect(laws.powerOfChoicesTimeInSystem(rho, 1, 2)).toBeCloseTo(time, 3);
    expect(laws.powerOfChoicesTimeInSystem(0.5, 1, 1)).toBe(2);
  });

  test('round robin lies between M/M/1 and D/M/1', () => {
    expect(laws.roundRobinTimeInSystem(0.8, 1, 1)).toBeCloseTo(5, 9);
    // D/M/1: s = exp(-(1 - s) / rho).
    let s = 0.5;
    for (let i = 0; i < 1000; i++) s = Math.exp(-(1 - s) / 0.8);
    expect(laws.roundRobinTimeInSystem(0.8, 1, 1000)).toBeCloseTo(1 / (1 - s), 2);
  });

  test('the closed system agrees with mean value analysis', () => {
    for (const [users, z] of [
      [1, 1],
      [20, 1],
      [50, 0.2],
    ] as const)
      expect(laws.closedSystem(users, z, 10, 1).throughput).toBeCloseTo(meanValueAnalysis(users, z, 0.1), 9);
    expect(laws.closedSystem(5, 0, 10, 2)).toEqual({ throughput: 20, responseTime: 0.25 });
  });
});
