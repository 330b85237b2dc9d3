/**
 * Where the pages of a block lie, and how long their cells take. A block of the translation layer is striped over all dies: each
 * program group of `pagesPerProgram` pages lies on the next die. In cells of several bits a program group is of the next page type,
 * lower to top, which is read and programmed at its own pace.
 */
import type { SsdPreset } from '../../presets/ssd';
import { us } from './drive';

export interface StripingState {
  readonly firstDie: readonly number[];
  readonly nextFirstDie: number;
  readonly eraseDue: number;
  readonly eraseDie: number;
}

export class Striping {
  private readonly dies: number;
  /** Die of a block's first program group; the next groups follow on the next dies. */
  private readonly firstDie: Int32Array;
  private nextFirstDie = 0;
  /** Of the next physical block to be erased, the part that has come due, and its die. */
  private eraseDue = 0;
  private eraseDie = 0;

  constructor(private readonly preset: SsdPreset) {
    this.dies = preset.channels * preset.chipsPerChannel * preset.diesPerChip;
    this.firstDie = new Int32Array(preset.blocks);
  }

  /** The translation layer begins to fill a block. */
  opened(block: number): void {
    this.firstDie[block] = this.nextFirstDie;
    this.nextFirstDie = (this.nextFirstDie + this.groupsPerBlock()) % this.dies;
  }

  /** The translation layer has erased a block: gives the dies that have a physical block to erase for it. */
  erased(): number[] {
    // A block of the simulation is a slice of a physical block; the erase comes due once for every full physical block.
    this.eraseDue += this.groupsPerBlock() / this.preset.programsPerErase;
    const dies: number[] = [];
    for (; this.eraseDue >= 1; this.eraseDue--) {
      dies.push(this.eraseDie);
      this.eraseDie = (this.eraseDie + 1) % this.dies;
    }
    return dies;
  }

  dieOf(at: number): number {
    const { pagesPerBlock, pagesPerProgram } = this.preset;
    const block = Math.floor(at / pagesPerBlock);
    return ((this.firstDie[block] as number) + Math.floor((at % pagesPerBlock) / pagesPerProgram)) % this.dies;
  }

  cellReadPs(at: number): number {
    const { readUs } = this.preset;
    return us(readUs[readUs.length === 1 ? 0 : this.groupOf(at) % readUs.length] as number);
  }

  cellProgramPs(at: number): number {
    const { programUs } = this.preset;
    return us(programUs[this.groupOf(at) % programUs.length] as number);
  }

  save(): StripingState {
    const { firstDie, nextFirstDie, eraseDue, eraseDie } = this;
    return { firstDie: [...firstDie], nextFirstDie, eraseDue, eraseDie };
  }

  load(state: StripingState): void {
    this.firstDie.set(state.firstDie);
    this.nextFirstDie = state.nextFirstDie;
    this.eraseDue = state.eraseDue;
    this.eraseDie = state.eraseDie;
  }

  private groupsPerBlock(): number {
    return Math.ceil(this.preset.pagesPerBlock / this.preset.pagesPerProgram);
  }

  /** Number of a page's program group in its block. */
  private groupOf(at: number): number {
    const { pagesPerBlock, pagesPerProgram } = this.preset;
    return Math.floor((at % pagesPerBlock) / pagesPerProgram);
  }
}

/** By die, for timelines. */
export function dieNames({ channels, chipsPerChannel, diesPerChip }: SsdPreset): string[] {
  const names: string[] = [];
  for (let die = 0; die < channels * chipsPerChannel * diesPerChip; die++) {
    const channel = die % channels;
    const chip = Math.floor(die / channels) % chipsPerChannel;
    names.push(`channel ${channel} chip ${chip} die ${Math.floor(die / (channels * chipsPerChannel))}`);
  }
  return names;
}
