/** Reads of the flash for pages one after another: neighbours in one physical page come with one read of the cells. */
import { NONE, type Drive } from './drive';

export class CellReads {
  /** The physical page that is being read, by its number, and the operation. */
  private group = NONE;
  private op = NONE;

  constructor(
    private readonly drive: Drive,
    private readonly kind: number,
  ) {}

  /** The next page is read by an operation of its own. */
  begin(): void {
    this.group = NONE;
    this.op = NONE;
  }

  /** `bytes` of a page; `owner` is what the operation will be known by, if it is a new one. */
  add(at: number, owner: number, bytes: number, nowPs: number): void {
    const { flash, striping, preset } = this.drive;
    const group = Math.floor(at / preset.pagesPerProgram);
    if (group === this.group) {
      flash.extend(this.op, bytes);
      return;
    }
    this.group = group;
    this.op = flash.take(this.kind, owner, striping.dieOf(at), striping.cellReadPs(at), bytes);
    flash.enqueue(this.op, nowPs);
  }

  /** A page that holds nothing; the operation, if there is one, counts it. */
  skip(): void {
    if (this.op !== NONE) this.drive.flash.extend(this.op, 0);
  }
}
