/** Source lines and call depth, for steps that look at each instruction on their way. */
import type { Image, ImageLine } from '../assembler/image';
import type { Machine } from './machine';
import { depthChange, lineIndices } from './step-tables';

/** A step by line that does not end after so many instructions gives up, with the machine where it is. */
export const MAX_STEP_INSTRUCTIONS = 20_000_000;

/**
 * Follows source lines and call depth while the machine goes instruction by instruction. A place begins a line when the code there
 * has a line and the last executed code with a line had another one.
 */
export class LineTracker {
  /** Calls and interrupts minus returns since the tracker began. */
  depth = 0;
  isNewLine = false;
  /** The line of the last executed code that has one. */
  private last: ImageLine | undefined;
  private before = { instructions: 0, interrupts: 0, pc: 0, change: 0 };

  /** Follows one hardware thread, whoever else executes in between. */
  constructor(
    private readonly machine: Machine,
    private readonly core = machine.core,
  ) {
    this.before.interrupts = this.interrupts;
  }

  /** False until code with a line was executed: what `isNewLine` says is a guess. */
  get isSure(): boolean {
    return this.last !== undefined;
  }

  /** Before an instruction. */
  look(): void {
    const { core, before } = this;
    before.pc = core.pc;
    before.instructions = core.instructions;
    before.change = this.changeAt(core.pc);
  }

  /** After it: where the thread is now. */
  moved(): void {
    const { core, before, interrupts } = this;
    const { image } = this.machine;
    const isInterrupted = interrupts !== before.interrupts;
    this.depth += interrupts - before.interrupts;
    before.interrupts = interrupts;
    this.isNewLine = false;
    if (core.instructions === before.instructions) return;
    const executed = isInterrupted ? (this.machine.interrupts.handler[core.id] as number) : before.pc;
    this.depth += isInterrupted ? this.changeAt(executed) : before.change;
    if (!image) return;
    this.last = lineOf(image, executed) ?? this.last;
    const line = lineOf(image, core.pc);
    this.isNewLine = line !== undefined && (line.file !== this.last?.file || line.line !== this.last.line);
  }

  private get interrupts(): number {
    return this.machine.interrupts.entered[this.core.id] as number;
  }

  private changeAt(pc: number): number {
    const { memory } = this.machine;
    return depthChange((memory[pc] as number) | ((memory[(pc + 1) & 0xffff] as number) << 8));
  }
}

function lineOf(image: Image, pc: number): ImageLine | undefined {
  return image.debug.lines[lineIndices(image)[pc] as number];
}
