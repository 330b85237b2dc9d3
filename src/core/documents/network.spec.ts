import { describe, expect, it } from 'vitest';
import { EMPTY_SCENARIO, exportScenario, importScenario, newNetwork, readNetwork } from './network';

/** As version 1 writes it. Never edit: it stands for what is in people's browsers. */
const VERSION_1 = `{"kind":"network","version":1,"id":"n1","name":"Two servers","scenario":{"version":1,"name":"Two servers","notes":"",
"seed":7,"run":{"seconds":60,"warmupSeconds":0},"nodes":[{"id":"client","kind":"client","name":"Client","x":0,"y":40,"config":{"load":"open",
"arrivals":"poisson","ratePerSecond":80,"cv":2,"burstFactor":5,"onSeconds":2,"offSeconds":8,"swing":0.8,"periodSeconds":60,"users":50,
"think":{"shape":"exponential","meanMs":1000},"timeoutMs":0,"requestBytes":500,"responseBytes":2000,"limit":0}},{"id":"server","kind":"server",
"name":"Server","x":300,"y":40,"config":{"service":{"shape":"exponential","meanMs":10},"slots":1,"discipline":"fifo","queue":"unbounded",
"queueLimit":100}}],"links":[{"id":"client-server","from":"client","to":"server","config":{"delay":{"shape":"constant","ms":0.5},"jitterMs":0,
"bandwidthMbps":0,"loss":0,"weight":1}}],"events":[]},"revision":2,"createdMs":1700000000000,"updatedMs":1700000001000}`;

describe('network documents', () => {
  it('reads version 1 as it was released', () => {
    const read = readNetwork(JSON.parse(VERSION_1));
    expect(read.ok && read.value).toEqual(JSON.parse(VERSION_1));
  });
  it('imports what export gives', () => {
    const read = readNetwork(JSON.parse(VERSION_1));
    if (!read.ok) throw new Error(read.error);
    const again = importScenario(exportScenario({ ...read.value, name: 'Renamed' }));
    expect(again).toEqual({ ok: true, value: { ...read.value.scenario, name: 'Renamed' } });
  });
  it.each([
    [VERSION_1.replace('"kind":"network"', '"kind":"program"'), /program document, not a network/],
    [VERSION_1.replace('"version":1', '"version":9'), /newer Orrery/],
    [VERSION_1.replace('"slots":1', '"slots":0'), /damaged at scenario: nodes\[1\]\.config\.slots/],
    [VERSION_1.replace('"to":"server"', '"to":"nobody"'), /damaged at scenario: links\[0\]\.to no node has the id/],
  ])('refuses a damaged document with the place', (text, reason) => {
    const read = readNetwork(JSON.parse(text));
    expect(read.ok ? '' : read.error).toMatch(reason);
  });
  it('says where a file that is imported is wrong', () => {
    expect(importScenario('{\n  "version": 1,\n  "nodes": [{]\n}')).toMatchObject({ ok: false });
    const read = importScenario('{\n  "version": 1,\n  "nodes": [],\n  "links": [],\n  "seed": -1\n}');
    expect(read.ok ? '' : read.error).toMatch(/^line 5, column \d+: must be a whole number/);
  });
  it('names an untitled network', () => {
    expect(newNetwork({ id: 'a', scenario: { ...EMPTY_SCENARIO, name: '' }, nowMs: 1 }).name).toBe('Untitled');
  });
});
