import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseScenario, type Scenario } from '../core/documents/scenario';
import { runScenario } from '../core/network/simulation';
import { NetworkRunner } from './network-runner';

function scenario(name: string, seconds: number): Scenario {
  const read = parseScenario(readFileSync(`programs/networks/${name}.json`, 'utf8'));
  if (!read.ok) throw new Error(read.error[0]?.message);
  return { ...read.value, run: { seconds, warmupSeconds: 0 } };
}

/** A wall clock that moves by itself a little at each look, so that slices end. */
function makeRunner(stepMs = 0.5) {
  let ms = 0;
  const runner = new NetworkRunner(
    () => (ms += stepMs),
    () => undefined,
  );
  return { runner, pass: (more: number) => (ms += more) };
}

describe('the network runner', () => {
  test('slices and pacing do not change the run', () => {
    const made = scenario('power-of-two', 20);
    const whole = runScenario(made);
    for (const speed of [Infinity, 3, 0.7]) {
      const { runner, pass } = makeRunner();
      runner.load({ revision: 1, scenario: made });
      runner.setSpeed(speed);
      runner.run();
      for (let i = 0; i < 1e6 && runner.isBusy; i++) {
        runner.slice();
        pass(7);
      }
      const frame = runner.frame();
      expect(frame?.state).toBe('ended');
      expect(frame?.report.runHash).toBe(whole.runHash);
      expect(frame?.report.total.completed).toBe(whole.total.completed);
    }
  });

  test('a speed is kept: simulated seconds follow the clock', () => {
    const { runner, pass } = makeRunner(0.001);
    runner.load({ revision: 1, scenario: scenario('mm1-80', 1000) });
    runner.setSpeed(10);
    runner.run();
    for (let i = 0; i < 100; i++) {
      pass(20);
      runner.slice();
    }
    const frame = runner.frame();
    expect(frame?.nowSeconds).toBeGreaterThan(19.5);
    expect(frame?.nowSeconds).toBeLessThan(20.5);
    expect(frame?.rate).toBeCloseTo(10, 0);
  });

  test('a server that is killed is dead, the laws are silent, and it can be revived', () => {
    const { runner } = makeRunner();
    runner.load({ revision: 4, scenario: { ...scenario('kill-a-server', 60), events: [] } });
    runner.run();
    runner.slice();
    expect(runner.frame()).toMatchObject({ revision: 4, state: 'running', dead: [], disturbed: false });
    runner.command({ do: 'kill', node: 's1' });
    expect(runner.frame()).toMatchObject({ dead: ['s1'], disturbed: true });
    expect(runner.frame()?.report.theory).toEqual([]);
    runner.command({ do: 'revive', node: 's1' });
    expect(runner.frame()?.dead).toEqual([]);
    runner.pause();
    expect(runner.frame()?.state).toBe('paused');
    const { conservation } = runner.frame()?.report ?? {};
    expect(conservation?.holds).toBe(true);
  });

  test('before anything is loaded there is no frame, and commands do nothing', () => {
    const { runner } = makeRunner();
    runner.run();
    runner.command({ do: 'kill', node: 'x' });
    runner.slice();
    expect(runner.frame()).toBeUndefined();
    expect(runner.isBusy).toBe(false);
  });
});
