/**
 * An array of drives: the models of its members, side by side on one clock, and the rule that turns a request into theirs.
 *
 * RAID 0 and RAID 5 split a request by stripe unit; RAID 1 reads from the member with the fewest requests and writes to all; RAID 5
 * writes what layout.ts says: first the reads that the new parity needs, when they are back the data and the parity. The array
 * itself takes no time. The parts of a request are those of the member's request that ended last, in each of the two phases, so
 * they sum to it exactly. What two writes do to one row at the same time is not serialised (Linux md would lock the row).
 */
import { assert } from '../../base/assert';
import type { RaidPreset } from '../../presets/raid';
import {
  OP,
  PART,
  PART_COUNT,
  RequestTable,
  SECTOR_BYTES,
  type Activity,
  type DeviceFacts,
  type StorageDevice,
} from '../device';
import { RaidLayout, type Piece } from './layout';

const NONE = -1;
/** Requests that a member takes at once; more wait in the array in order of arrival. */
const MEMBER_SLOTS = 4096;

/** One request to a member. */
interface Part {
  readonly owner: number;
  readonly op: number;
  readonly lba: number;
  readonly count: number;
  readonly issuedPs: number;
}

interface RaidSnapshot {
  readonly members: readonly unknown[];
  readonly tables: readonly { readonly owner: readonly number[]; readonly free: readonly number[] }[];
  readonly held: readonly (readonly Part[])[];
  readonly left: readonly number[];
  readonly after: readonly (readonly [number, readonly Piece[]])[];
  readonly numbers: readonly number[];
}

class Member {
  /** The array's slot that a slot of this member works for. */
  readonly owner: Int32Array;
  readonly free: number[] = [];
  /** Requests for which the member has no slot. */
  held: Part[] = [];

  constructor(readonly device: StorageDevice) {
    const { size } = device.requests;
    this.owner = new Int32Array(size).fill(NONE);
    for (let slot = size - 1; slot >= 0; slot--) this.free.push(slot);
  }

  get outstanding(): number {
    return this.owner.length - this.free.length + this.held.length;
  }
}

export interface RaidOptions {
  readonly requests: RequestTable;
  /** Makes member number `index` with a table for so many requests. */
  readonly makeMember: (requests: RequestTable, index: number) => StorageDevice;
}

export class RaidModel implements StorageDevice {
  readonly kind = 'raid';
  readonly sectorBytes = SECTOR_BYTES;
  readonly capacitySectors: number;
  readonly requests: RequestTable;
  readonly unitNames: readonly string[];
  readonly finished: number[] = [];
  readonly layout: RaidLayout;

  private readonly members: readonly Member[];
  private readonly unitsPerMember: number;
  /** Per request: requests to members that are still out, and since when its phase has run. */
  private readonly left: Int32Array;
  /** Writes that follow once the reads of a RAID 5 write are back, by slot. */
  private readonly after = new Map<number, Piece[]>();
  private nextPsOf = Infinity;
  private nextMember = 0;
  private readonly ready: number[] = [];
  private readyPs = 0;
  private turn = 0;
  private memberRequests = 0;
  /** Time that members spent on requests, without what those waited. */
  private memberServicePs = 0;
  private writtenSectors = 0;

  constructor(preset: RaidPreset, options: RaidOptions) {
    this.requests = options.requests;
    const slots = Math.min(MEMBER_SLOTS, Math.max(8, 4 * this.requests.size));
    this.members = Array.from(
      { length: preset.members },
      (_, index) => new Member(options.makeMember(new RequestTable(slots), index)),
    );
    const first = (this.members[0] as Member).device;
    this.layout = new RaidLayout(
      preset.level,
      preset.members,
      preset.level === 1 ? 1 : preset.stripeBytes / SECTOR_BYTES,
      first.capacitySectors,
    );
    this.capacitySectors = this.layout.capacitySectors;
    this.unitsPerMember = first.unitNames.length;
    this.unitNames = this.members.flatMap(({ device }, index) =>
      device.unitNames.map((name) => `drive ${index} ${name}`),
    );
    this.left = new Int32Array(this.requests.size);
  }

  get nextPs(): number {
    return this.ready.length > 0 ? Math.min(this.readyPs, this.nextPsOf) : this.nextPsOf;
  }

  submit(slot: number, nowPs: number): void {
    const { requests, layout } = this;
    const lba = requests.lba[slot] as number;
    const count = requests.count[slot] as number;
    const op = requests.op[slot] as number;
    switch (op) {
      case OP.read:
        this.send(
          slot,
          OP.read,
          layout.level === 1 ? [{ member: this.mirror(), lba, count }] : layout.data(lba, count),
          nowPs,
        );
        break;
      case OP.write:
        this.write(slot, lba, count, nowPs);
        break;
      case OP.flush:
        this.send(
          slot,
          OP.flush,
          this.members.map((_, member) => ({ member, lba: 0, count: 0 })),
          nowPs,
        );
        break;
      default:
        // Of a RAID 5 only the data are given up: the parity still belongs to the rest of its row.
        this.send(slot, op, layout.level === 1 ? this.everywhere(lba, count) : layout.data(lba, count), nowPs);
    }
    this.look();
  }

  step(): void {
    if (this.ready.length > 0 && this.readyPs <= this.nextPsOf) {
      this.finished.push(...this.ready);
      this.ready.length = 0;
      return;
    }
    const member = this.members[this.nextMember] as Member;
    const { device } = member;
    const nowPs = device.nextPs;
    device.step();
    for (const slot of device.finished) this.done(member, slot, nowPs);
    device.finished.length = 0;
    while (member.held.length > 0 && member.free.length > 0) this.start(member, member.held.shift() as Part, nowPs);
    this.look();
  }

  activity(nowPs: number): Activity {
    const all = this.members.map(({ device }) => device.activity(nowPs));
    const units = new Uint8Array(this.unitNames.length);
    all.forEach((a, index) => units.set(a.units, index * this.unitsPerMember));
    return { units, waiting: all.reduce((sum, a) => sum + a.waiting, 0) };
  }

  /** Write amplification is that of the whole: bytes on the media by byte written to the array, parity and copies included. */
  facts(): DeviceFacts {
    const facts = this.members.map(({ device }) => device.facts());
    const counters: Record<string, number> = {
      memberRequests: this.memberRequests,
      memberServiceUs: this.memberServicePs / 1e6,
    };
    for (const f of facts)
      for (const [name, value] of Object.entries(f.counters)) counters[name] = (counters[name] ?? 0) + value;
    const inside = facts.reduce((sum, f) => sum + f.writeAmplification, 0) / facts.length;
    const copies = this.writtenSectors === 0 ? 1 : this.memberSectors / this.writtenSectors;
    return { writeAmplification: inside * copies, counters };
  }

  private memberSectors = 0;

  volatileRanges(nowPs: number): [number, number][] {
    const sectors = new Set<number>();
    this.members.forEach(({ device }, member) => {
      for (const [first, count] of device.volatileRanges(nowPs))
        for (let lba = first; lba < first + count; lba++) {
          const host = this.layout.hostOf(member, lba);
          if (host !== undefined) sectors.add(host);
        }
    });
    const ranges: [number, number][] = [];
    for (const lba of [...sectors].sort((a, b) => a - b)) {
      const last = ranges[ranges.length - 1];
      if (last && last[0] + last[1] === lba) last[1]++;
      else ranges.push([lba, 1]);
    }
    return ranges;
  }

  /** The members count their own writes, so versions are not told apart. */
  durableWrite(lba: number): number {
    const [piece] = this.layout.data(lba, 1) as [Piece];
    const copies = this.layout.level === 1 ? this.members : [this.members[piece.member] as Member];
    return copies.every(({ device }) => device.durableWrite(piece.lba) === Infinity) ? Infinity : -1;
  }

  powerOff(nowPs: number): void {
    for (const member of this.members) {
      member.device.powerOff(nowPs);
      member.owner.fill(NONE);
      member.free.length = 0;
      for (let slot = member.owner.length - 1; slot >= 0; slot--) member.free.push(slot);
      member.held = [];
    }
    this.after.clear();
    this.left.fill(0);
    this.finished.length = 0;
    this.ready.length = 0;
    this.look();
  }

  snapshot(): RaidSnapshot {
    return {
      members: this.members.map(({ device }) => device.snapshot()),
      tables: this.members.map(({ owner, free }) => ({ owner: [...owner], free: [...free] })),
      held: this.members.map(({ held }) => [...held]),
      left: [...this.left],
      after: [...this.after].map(([slot, pieces]) => [slot, pieces.map((p) => ({ ...p }))] as const),
      numbers: [this.turn, this.memberRequests, this.writtenSectors, this.memberSectors, this.memberServicePs],
    };
  }

  restore(snapshot: unknown): void {
    const s = snapshot as RaidSnapshot;
    this.members.forEach((member, index) => {
      member.device.restore(s.members[index]);
      const table = s.tables[index] as RaidSnapshot['tables'][number];
      member.owner.set(table.owner);
      member.free.splice(0, Infinity, ...table.free);
      member.held = [...(s.held[index] as readonly Part[])];
    });
    this.left.set(s.left);
    this.after.clear();
    for (const [slot, pieces] of s.after)
      this.after.set(
        slot,
        pieces.map((p) => ({ ...p })),
      );
    const n = s.numbers;
    this.turn = n[0] as number;
    this.memberRequests = n[1] as number;
    this.writtenSectors = n[2] as number;
    this.memberSectors = n[3] as number;
    this.memberServicePs = n[4] as number;
    this.finished.length = 0;
    this.ready.length = 0;
    this.look();
  }

  private write(slot: number, lba: number, count: number, nowPs: number): void {
    this.writtenSectors += count;
    const { level } = this.layout;
    if (level !== 5) {
      this.sendWrites(slot, level === 1 ? this.everywhere(lba, count) : this.layout.data(lba, count), nowPs);
      return;
    }
    const rows = this.layout.rowWrites(lba, count);
    const reads = rows.flatMap((row) => row.reads);
    const writes = rows.flatMap((row) => row.writes);
    if (reads.length === 0) this.sendWrites(slot, writes, nowPs);
    else {
      this.after.set(slot, writes);
      this.send(slot, OP.read, reads, nowPs);
    }
  }

  private sendWrites(slot: number, pieces: readonly Piece[], nowPs: number): void {
    for (const piece of pieces) this.memberSectors += piece.count;
    this.send(slot, OP.write, pieces, nowPs);
  }

  private everywhere(lba: number, count: number): Piece[] {
    return this.members.map((_, member) => ({ member, lba, count }));
  }

  /** The mirror with the fewest requests; of equals the next in turn. */
  private mirror(): number {
    const n = this.members.length;
    let best = this.turn;
    for (let i = 1; i < n; i++) {
      const candidate = (this.turn + i) % n;
      if ((this.members[candidate] as Member).outstanding < (this.members[best] as Member).outstanding)
        best = candidate;
    }
    this.turn = (best + 1) % n;
    return best;
  }

  private send(slot: number, op: number, pieces: readonly Piece[], nowPs: number): void {
    this.left[slot] = pieces.length;
    if (pieces.length === 0) {
      this.end(slot, nowPs);
      return;
    }
    for (const { member, lba, count } of pieces) {
      const part: Part = { owner: slot, op, lba, count, issuedPs: nowPs };
      const to = this.members[member] as Member;
      this.memberRequests++;
      if (to.free.length === 0) to.held.push(part);
      else this.start(to, part, nowPs);
    }
  }

  private start(member: Member, part: Part, nowPs: number): void {
    const slot = member.free.pop();
    assert(slot !== undefined, 'a free slot of the member');
    member.owner[slot] = part.owner;
    // The member's request began when the array sent it: what it waited for a slot is part of its queue.
    member.device.requests.set(slot, part.op, part.lba, part.count, part.issuedPs);
    member.device.submit(slot, nowPs);
  }

  private done(member: Member, slot: number, nowPs: number): void {
    const owner = member.owner[slot] as number;
    member.owner[slot] = NONE;
    member.free.push(slot);
    const table = member.device.requests;
    this.memberServicePs +=
      nowPs - (table.arrivalPs[slot] as number) - (table.parts[slot * PART_COUNT + PART.queue] as number);
    const left = (this.left[owner] as number) - 1;
    this.left[owner] = left;
    if (left > 0) return;
    const { parts, unit } = table;
    for (let p = 1; p < PART_COUNT; p++) this.requests.add(owner, p, parts[slot * PART_COUNT + p] as number);
    this.requests.unit[owner] = this.members.indexOf(member) * this.unitsPerMember + (unit[slot] as number);
    const writes = this.after.get(owner);
    if (writes) {
      this.after.delete(owner);
      this.sendWrites(owner, writes, nowPs);
    } else this.end(owner, nowPs);
  }

  private end(slot: number, nowPs: number): void {
    this.requests.finish(slot, nowPs);
    this.ready.push(slot);
    this.readyPs = nowPs;
  }

  /** Which member moves next. */
  private look(): void {
    this.nextPsOf = Infinity;
    for (let i = 0; i < this.members.length; i++) {
      const { nextPs } = (this.members[i] as Member).device;
      if (nextPs < this.nextPsOf) {
        this.nextPsOf = nextPs;
        this.nextMember = i;
      }
    }
  }
}
