import { describe, expect, test } from 'vitest';
import { EMPTY_SCENARIO } from '../../../core/documents/network';
import type { Result } from '../../../core/base/result';
import { readScenario, type Scenario, topologyIssues } from '../../../core/documents/scenario';
import { addNode, connect, moveNode, remove, runKey, setField, targetsOf } from './edit';

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function farm(): Scenario {
  let scenario = EMPTY_SCENARIO;
  for (const kind of ['client', 'load-balancer', 'server', 'server'] as const)
    [scenario] = value(addNode(scenario, kind, 0, 0));
  for (const [from, to] of [
    ['client-1', 'load-balancer-1'],
    ['load-balancer-1', 'server-1'],
    ['load-balancer-1', 'server-2'],
  ] as const)
    [scenario] = value(connect(scenario, from, to));
  return scenario;
}

describe('edits of a network', () => {
  test('what is built by hand can be read, runs, and lies apart', () => {
    const scenario = farm();
    expect(readScenario(scenario)).toEqual({ ok: true, value: scenario });
    expect(topologyIssues(scenario)).toEqual([]);
    expect(new Set(scenario.nodes.map((node) => `${node.x},${node.y}`)).size).toBe(4);
  });

  test('ids stay unique over nodes and links, also after a removal', () => {
    let scenario = remove(farm(), new Set(['server-1']));
    [scenario] = value(addNode(scenario, 'server', 0, 0));
    [scenario] = value(connect(scenario, 'load-balancer-1', 'server-1'));
    const all = [...scenario.nodes, ...scenario.links].map((part) => part.id);
    expect(new Set(all).size).toBe(all.length);
    expect(readScenario(scenario).ok).toBe(true);
  });

  test('a removed node takes its links and its faults along', () => {
    const faulty = { ...farm(), events: [{ atSeconds: 1, do: 'kill', node: 'server-2' } as const] };
    const scenario = remove(faulty, new Set(['server-2']));
    expect(scenario.links.map((link) => link.id)).toEqual(['client-1-load-balancer-1', 'load-balancer-1-server-1']);
    expect(scenario.events).toEqual([]);
  });

  test('links that make no sense are refused with a reason', () => {
    const scenario = farm();
    const refused = (from: string, to: string) => {
      const result = connect(scenario, from, to);
      return result.ok ? 'accepted' : result.error;
    };
    expect(refused('server-1', 'server-2')).toMatch(/no link starts at a server/);
    expect(refused('load-balancer-1', 'client-1')).toMatch(/no link ends at a client/);
    expect(refused('load-balancer-1', 'server-1')).toMatch(/linked already/);
    expect(refused('load-balancer-1', 'load-balancer-1')).toMatch(/another node/);
    const [two] = value(addNode(scenario, 'load-balancer', 0, 0));
    const [forth] = value(connect(two, 'load-balancer-1', 'load-balancer-2'));
    const back = connect(forth, 'load-balancer-2', 'load-balancer-1');
    expect(back.ok ? '' : back.error).toMatch(/circle/);
    expect(targetsOf(scenario, 'client-1').map((node) => node.id)).toEqual(['server-1', 'server-2']);
  });

  test("a client's new link takes the place of the old one", () => {
    const [scenario] = value(connect(farm(), 'client-1', 'server-1'));
    expect(scenario.links.filter((link) => link.from === 'client-1').map((link) => link.to)).toEqual(['server-1']);
  });

  test('a setting out of its limits is refused, and moving does not change the run', () => {
    const scenario = farm();
    expect(setField(scenario, 'server-1', 'slots', 4).ok).toBe(true);
    const bad = setField(scenario, 'server-1', 'slots', 0);
    expect(bad.ok ? '' : bad.error).toMatch(/must be a whole number from 1/);
    expect(runKey(moveNode(scenario, 'server-1', 500, 500))).toBe(runKey(scenario));
    expect(runKey(value(setField(scenario, 'server-1', 'slots', 4)))).not.toBe(runKey(scenario));
  });
});
