/**
 * The snooping bus against a slow model that shares no code with it: the transition table of MESI as the textbook prints it, caches as
 * lists of copies that carry the version of their data, and the classes of sharing found afterwards from the history.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../base/random';
import { machinePreset, type MachineConfig } from '../../presets/machine';
import type { CoherenceCount } from '../../isa/ports';
import { ACCOUNT, COHERENCE_BLOCK, COHERENCE_COUNT, COUNT } from '../layout';
import { Machine } from '../machine';
import type { MesiState, SnoopingBus } from './bus';
import type { MemorySystem } from './system';

const LINE_BYTES = 16;
const WAYS = 2;
const SETS = 2;

function config(cores: number): MachineConfig {
  const base = (machinePreset('quad-core') as { config: MachineConfig }).config;
  const l1d = { ...(base.l1d as NonNullable<MachineConfig['l1d']>), sizeBytes: LINE_BYTES * WAYS * SETS, ways: WAYS };
  return { ...base, cores, l1d, bootFrom: 'none' };
}

/** Sorin, Hill and Wood, MESI: own request (or hit) and next state; what others' requests do. */
const OWN: Record<
  MesiState,
  Record<'load' | 'store', { request: 'GetS' | 'GetM' | 'Upg' | null; next: MesiState | 'E/S' }>
> = {
  I: { load: { request: 'GetS', next: 'E/S' }, store: { request: 'GetM', next: 'M' } },
  S: { load: { request: null, next: 'S' }, store: { request: 'Upg', next: 'M' } },
  E: { load: { request: null, next: 'E' }, store: { request: null, next: 'M' } },
  M: { load: { request: null, next: 'M' }, store: { request: null, next: 'M' } },
};
const OTHER: Record<Exclude<MesiState, 'I'>, Record<'GetS' | 'GetM', { supplies: boolean; next: MesiState }>> = {
  S: { GetS: { supplies: false, next: 'S' }, GetM: { supplies: false, next: 'I' } },
  E: { GetS: { supplies: true, next: 'S' }, GetM: { supplies: true, next: 'I' } },
  M: { GetS: { supplies: true, next: 'S' }, GetM: { supplies: true, next: 'I' } },
};

interface Copy {
  line: number;
  state: MesiState;
  used: number;
  version: number;
}
interface Life {
  from: number;
  isCoherenceMiss: boolean;
  accesses: { time: number; byte: number }[];
}

class SlowMesi {
  readonly copies: Copy[][];
  readonly counts: Record<CoherenceCount | 'reads' | 'writes' | 'readMisses' | 'writeMisses', number>[];
  private readonly memory = new Map<number, number>();
  private readonly latest = new Map<number, number>();
  private readonly lost: Set<number>[];
  private readonly lives: Map<number, Life[]>[];
  private readonly stores: { time: number; core: number; byte: number }[] = [];
  private time = 0;

  constructor(cores: number) {
    const each = <T>(make: () => T) => Array.from({ length: cores }, make);
    this.copies = each(() => []);
    this.lost = each(() => new Set());
    this.lives = each(() => new Map());
    const names = [...Object.keys(COHERENCE_COUNT), 'reads', 'writes', 'readMisses', 'writeMisses'];
    this.counts = each(() => Object.fromEntries(names.map((n) => [n, 0])) as (typeof this.counts)[number]);
  }

  state(core: number, line: number): MesiState {
    return this.copies[core]!.find((c) => c.line === line)?.state ?? 'I';
  }

  access(core: number, byte: number, kind: 'load' | 'store'): void {
    const time = ++this.time;
    const line = Math.floor(byte / LINE_BYTES);
    const count = this.counts[core]!;
    const { request, next } = OWN[this.state(core, line)][kind];
    count[kind === 'load' ? 'reads' : 'writes']++;
    if (request === 'Upg') count.upgrades++;
    if (request === 'GetS') count.busReads++;
    if (request === 'GetM') count.busReadExclusives++;
    const shared = request ? this.snoop(core, line, request === 'GetS' ? 'GetS' : 'GetM') : false;
    if (request === 'GetS' || request === 'GetM') {
      count[kind === 'load' ? 'readMisses' : 'writeMisses']++;
      this.bring(core, line, time);
    }
    const copy = this.copies[core]!.find((c) => c.line === line)!;
    copy.used = time;
    copy.state = next === 'E/S' ? (shared ? 'S' : 'E') : next;
    // What is read must be the last value written by anybody.
    expect(copy.version).toBe(this.latest.get(line) ?? 0);
    this.lives[core]!.get(line)!.at(-1)!.accesses.push({ time, byte });
    if (kind === 'load') return;
    copy.version = time;
    this.latest.set(line, time);
    this.stores.push({ time, core, byte });
  }

  /** Sharing, from the definition: useless are coherence misses whose lifetime uses no byte of somebody else's. */
  finish(): void {
    this.lives.forEach((byLine, core) => {
      for (const lives of byLine.values()) {
        let essentialSince = 0;
        for (const life of lives) {
          const uses = life.accesses.some(({ time, byte }) =>
            this.stores.some((s) => s.core !== core && s.byte === byte && s.time > essentialSince && s.time < time),
          );
          if (life.isCoherenceMiss) this.counts[core]!.coherenceMisses++;
          if (life.isCoherenceMiss && !uses) this.counts[core]!.falseSharingMisses++;
          else essentialSince = life.from;
        }
      }
    });
  }

  private snoop(core: number, line: number, request: 'GetS' | 'GetM'): boolean {
    let shared = false;
    this.copies.forEach((copies, other) => {
      const copy = copies.find((c) => c.line === line);
      if (other === core || !copy) return;
      const { supplies, next } = OTHER[copy.state as 'S'][request];
      if (supplies) this.counts[other]!.interventions++;
      if (copy.state === 'M') this.memory.set(line, copy.version);
      copy.state = next;
      if (next === 'I') {
        copies.splice(copies.indexOf(copy), 1);
        this.counts[other]!.invalidationsReceived++;
        this.lost[other]!.add(line);
      } else shared = true;
    });
    return shared;
  }

  private bring(core: number, line: number, time: number): void {
    const copies = this.copies[core]!;
    const set = copies.filter((c) => c.line % SETS === line % SETS).sort((a, b) => a.used - b.used);
    if (set.length === WAYS) {
      const victim = set[0]!;
      if (victim.state === 'M') {
        this.memory.set(victim.line, victim.version);
        this.counts[core]!.writebacks++;
      }
      copies.splice(copies.indexOf(victim), 1);
    }
    copies.push({ line, state: 'I', used: time, version: this.memory.get(line) ?? 0 });
    const lives = this.lives[core]!.get(line) ?? [];
    lives.push({ from: time, isCoherenceMiss: this.lost[core]!.delete(line), accesses: [] });
    this.lives[core]!.set(line, lives);
  }
}

function build(cores: number) {
  const machine = new Machine(config(cores));
  const bus = machine.coherence as SnoopingBus;
  let now = 0;
  /** An access at the time at which the one before has ended, or at `at`; gives the cycles beyond L1. */
  const access = (core: number, address: number, write: boolean, at = now): number => {
    const system = machine.systems[core] as MemorySystem;
    system.serve(machine.threads[core]!);
    const stall = system.data(address, 1, write, 0x30, at);
    now = Math.max(now, at + stall + 1);
    return stall;
  };
  const count = (core: number, name: CoherenceCount) =>
    new Float64Array(machine.buffer, machine.layout.several!.counts[core]!, COHERENCE_BLOCK)[COHERENCE_COUNT[name]]!;
  return { machine, bus, access, count };
}

describe('MESI', () => {
  test.each([2, 3, 4])('%i cores agree with the slow model on random traces, access by access', (cores) => {
    for (let seed = 0; seed < 4; seed++) {
      const random = new Random(seed, `mesi-${cores}`);
      const { machine, bus, access, count } = build(cores);
      const slow = new SlowMesi(cores);
      const lines = 3 + random.below(8);
      for (let n = 0; n < 1500; n++) {
        const core = random.below(cores);
        const byte = 0x8000 + random.below(lines) * LINE_BYTES + random.below(3);
        const write = random.below(100) < 35;
        access(core, byte, write);
        slow.access(core, byte, write ? 'store' : 'load');
        for (let l = 0; l < lines; l++) {
          const line = 0x8000 / LINE_BYTES + l;
          const states = Array.from({ length: cores }, (_, c) => bus.stateOf(c, line));
          expect(states).toEqual(Array.from({ length: cores }, (_, c) => slow.state(c, line)));
          // A single writer, or any number of readers.
          if (states.some((s) => s === 'M' || s === 'E')) expect(states.filter((s) => s !== 'I')).toHaveLength(1);
        }
      }
      slow.finish();
      for (let core = 0; core < cores; core++) {
        const expected = slow.counts[core]!;
        for (const name of Object.keys(COHERENCE_COUNT) as CoherenceCount[])
          if (name !== 'waitCycles') expect([name, count(core, name)]).toEqual([name, expected[name]]);
        const { counts } = machine.systems[core]!.l1d!;
        for (const name of ['reads', 'writes', 'readMisses', 'writeMisses'] as const)
          expect([name, counts[COUNT[name]]]).toEqual([name, expected[name]]);
      }
    }
  });

  test('what each case costs', () => {
    const { machine, access } = build(2);
    const { cleanCycles, modifiedCycles, upgradeCycles } = machine.config.coherence;
    access(0, 0x8000, false);
    const l2 = machine.config.l2!.hitCycles;
    expect(access(0, 0x8010, false)).toBe(l2);
    expect(access(1, 0x8000, false)).toBe(cleanCycles);
    expect(access(1, 0x8000, true)).toBe(upgradeCycles);
    expect(access(0, 0x8000, false)).toBe(modifiedCycles);
    expect(access(0, 0x8010, true)).toBe(0);
    const [first] = machine.threads;
    expect(first!.ledger[ACCOUNT.bus]).toBe(modifiedCycles);
  });

  test('the bus is held by one transaction at a time', () => {
    const { machine, access, count } = build(2);
    access(0, 0x8000, false);
    access(0, 0x8010, false);
    access(0, 0x8020, true);
    const { holdCycles, modifiedCycles } = machine.config.coherence;
    // Both ask at cycle 1000; the second waits until the first is served.
    expect(access(0, 0x8030, false, 1000)).toBe(holdCycles);
    expect(access(1, 0x8020, false, 1000)).toBe(holdCycles + modifiedCycles);
    expect(count(1, 'waitCycles')).toBe(holdCycles);
  });

  test('false sharing: neighbours in a line; not so the byte that was written itself', () => {
    const { bus, access, count } = build(2);
    for (let n = 0; n < 10; n++) {
      access(0, 0x8000, true);
      access(1, 0x8001, true);
    }
    expect(count(0, 'coherenceMisses')).toBe(9);
    expect(count(0, 'falseSharingMisses')).toBe(9);
    expect(bus.lineMisses(0x800)).toEqual({ coherenceMisses: 18, falseSharingMisses: 18 });
    access(0, 0x8001, false);
    expect(count(0, 'coherenceMisses')).toBe(10);
    expect(count(0, 'falseSharingMisses')).toBe(9);
  });

  test('a test-and-set takes the line once, with one transaction', () => {
    const { machine, access, count } = build(2);
    access(1, 0x8000, true);
    machine.systems[0]!.serve(machine.threads[0]!);
    const stall = machine.systems[0]!.readForOwnership(0x8000, 1, 0x30, 500);
    expect(access(0, 0x8000, true, 500 + stall)).toBe(0);
    expect(count(0, 'busReadExclusives')).toBe(1);
    expect(count(0, 'upgrades') + count(0, 'busReads')).toBe(0);
  });
});
