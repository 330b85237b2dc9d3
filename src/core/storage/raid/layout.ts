/**
 * Where the sectors of an array lie on its members. RAID 0 deals stripe units round; RAID 1 keeps the same on every member; RAID 5
 * deals them round with one unit of parity a row, which moves one member to the left with each row (left-symmetric, as Linux md
 * does by default). Reference: Chen, Lee, Gibson, Katz and Patterson, "RAID: High-performance, reliable secondary storage", ACM
 * Computing Surveys 1994.
 */
import type { RaidLevel } from '../../presets/raid';

/** Sectors `lba` to `lba + count - 1` of one member. */
export interface Piece {
  readonly member: number;
  lba: number;
  count: number;
}

/** What a write of some sectors of a RAID 5 asks of one row: first reads (none for a whole row), then writes. */
export interface RowWrite {
  readonly reads: readonly Piece[];
  readonly writes: readonly Piece[];
}

export class RaidLayout {
  readonly capacitySectors: number;

  constructor(
    readonly level: RaidLevel,
    readonly members: number,
    readonly unitSectors: number,
    memberSectors: number,
  ) {
    const rows = Math.floor(memberSectors / unitSectors);
    this.capacitySectors = level === 1 ? memberSectors : rows * unitSectors * this.dataUnits;
  }

  /** Units of a row that hold data. */
  get dataUnits(): number {
    return this.level === 1 ? 1 : this.level === 5 ? this.members - 1 : this.members;
  }

  /** Member that holds unit `index` of the data of a row. */
  memberOf(row: number, index: number): number {
    return this.level === 5 ? (this.parityOf(row) + 1 + index) % this.members : index;
  }

  parityOf(row: number): number {
    return this.members - 1 - (row % this.members);
  }

  /** The pieces that hold the data (RAID 1: on member 0), neighbours on a member joined. */
  data(lba: number, count: number): Piece[] {
    if (this.level === 1) return [{ member: 0, lba, count }];
    const pieces: Piece[] = [];
    const open: (Piece | undefined)[] = new Array<Piece | undefined>(this.members).fill(undefined);
    this.eachUnit(lba, count, (row, index, offset, sectors) =>
      join(pieces, open, this.memberOf(row, index), row * this.unitSectors + offset, sectors),
    );
    return pieces;
  }

  /** RAID 5: row by row what a write costs, by whichever way reads less: the old data and parity, or the data left untouched. */
  rowWrites(lba: number, count: number): RowWrite[] {
    const touched = new Map<number, { index: number; offset: number; sectors: number }[]>();
    this.eachUnit(lba, count, (row, index, offset, sectors) => {
      const units = touched.get(row) ?? [];
      units.push({ index, offset, sectors });
      touched.set(row, units);
    });
    return [...touched].map(([row, units]) => this.rowWrite(row, units));
  }

  /** The host's sector in a member's, or undefined where parity or the unused end lies. */
  hostOf(member: number, lba: number): number | undefined {
    if (this.level === 1) return lba;
    const row = Math.floor(lba / this.unitSectors);
    const offset = lba % this.unitSectors;
    const index = this.level === 5 ? (member - this.parityOf(row) - 1 + this.members) % this.members : member;
    if (index >= this.dataUnits) return undefined;
    const host = (row * this.dataUnits + index) * this.unitSectors + offset;
    return host < this.capacitySectors ? host : undefined;
  }

  private rowWrite(row: number, units: readonly { index: number; offset: number; sectors: number }[]): RowWrite {
    const base = row * this.unitSectors;
    const from = Math.min(...units.map((u) => u.offset));
    const to = Math.max(...units.map((u) => u.offset + u.sectors));
    const writes = units.map((u) => ({ member: this.memberOf(row, u.index), lba: base + u.offset, count: u.sectors }));
    const parity = { member: this.parityOf(row), lba: base + from, count: to - from };
    const whole = units.filter((u) => u.offset <= from && u.offset + u.sectors >= to);
    const others = Array.from({ length: this.dataUnits }, (_, index) => index)
      .filter((index) => !whole.some((u) => u.index === index))
      .map((index) => ({ member: this.memberOf(row, index), lba: base + from, count: to - from }));
    const readModifyWrite = [...writes, parity];
    const reads = others.length < readModifyWrite.length ? others : readModifyWrite;
    return { reads: reads.map((p) => ({ ...p })), writes: [...writes, parity] };
  }

  private eachUnit(
    lba: number,
    count: number,
    visit: (row: number, index: number, offset: number, sectors: number) => void,
  ): void {
    let at = lba;
    const end = lba + count;
    while (at < end) {
      const unit = Math.floor(at / this.unitSectors);
      const offset = at - unit * this.unitSectors;
      const sectors = Math.min(end - at, this.unitSectors - offset);
      visit(Math.floor(unit / this.dataUnits), unit % this.dataUnits, offset, sectors);
      at += sectors;
    }
  }
}

function join(pieces: Piece[], open: (Piece | undefined)[], member: number, lba: number, count: number): void {
  const last = open[member];
  if (last && last.lba + last.count === lba) last.count += count;
  else {
    const piece = { member, lba, count };
    open[member] = piece;
    pieces.push(piece);
  }
}
