/**
 * Where a run is to stop. Plain code breakpoints cost nothing (they stand in the decoded code); conditions and data breakpoints look at each
 * instruction through a hook. Breakpoints on source lines are kept as file and line and resolved anew for each image, so that they
 * survive a rebuild.
 */
import type { Image } from '../../assembler/image';
import { dataAccess } from '../cpu/effects';
import type { Hook, Machine } from '../machine';

export interface LineBreakpoint {
  readonly file: string;
  readonly line: number;
  /** Stops only if this holds; without it always. */
  readonly condition?: (machine: Machine) => boolean;
}

export interface DataBreakpoint {
  readonly address: number;
  readonly bytes: number;
  readonly when: 'read' | 'write' | 'change';
}

/**
 * Addresses of a line: the first of each run of its code that the line before does not flow into. A line without code takes the next one
 * that has some; empty when there is none in the file.
 */
export function addressesOfLine(image: Image, file: string, line: number): number[] {
  const index = image.debug.sources.findIndex((source) => source.name === file);
  const inFile = image.debug.lines.filter((l) => l.file === index && l.line >= line);
  if (index < 0 || inFile.length === 0) return [];
  const actual = inFile.reduce((least, l) => Math.min(least, l.line), Infinity);
  const runs = inFile.filter((l) => l.line === actual);
  const starts = runs.filter((l) => !runs.some((other) => other.address + other.sizeBytes === l.address));
  // A line may have several runs in one function (a loop's head and its step); the lowest of each function is enough to enter it.
  const byFunction = new Map<number, number>();
  for (const { address } of starts) {
    const fn = image.debug.functions.findIndex((f) => address >= f.address && address < f.address + f.sizeBytes);
    byFunction.set(fn, Math.min(byFunction.get(fn) ?? Infinity, address));
  }
  return [...byFunction.values()].sort((a, b) => a - b);
}

/** Sets all breakpoints of a machine; gives the data breakpoint hook, whose `hit` says what stopped. Call again after a load. */
export function setBreakpoints(
  machine: Machine,
  lines: readonly LineBreakpoint[],
  data: readonly DataBreakpoint[] = [],
  addresses: readonly number[] = [],
): BreakpointHook {
  const { image } = machine;
  const plain = new Set(addresses);
  const conditional: { address: number; condition: (machine: Machine) => boolean }[] = [];
  for (const { file, line, condition } of lines)
    for (const address of image ? addressesOfLine(image, file, line) : []) {
      if (condition) conditional.push({ address, condition });
      else plain.add(address);
    }
  machine.code.setBreakpoints(plain);
  const kept = machine.hooks.filter((hook) => !(hook instanceof BreakpointHook));
  machine.hooks.length = 0;
  machine.hooks.push(...kept);
  const hook = new BreakpointHook(conditional, data);
  if (conditional.length > 0 || data.length > 0) machine.hooks.push(hook);
  return hook;
}

export class BreakpointHook implements Hook {
  /** The data breakpoint that stopped the machine last. */
  hit: DataBreakpoint | null = null;
  private pending: DataBreakpoint | null = null;
  private readonly old: Uint8Array[];
  /** Place of the last stop before an instruction, so that going on passes it. */
  private passed = -1;

  constructor(
    private readonly conditional: readonly {
      readonly address: number;
      readonly condition: (machine: Machine) => boolean;
    }[],
    private readonly data: readonly DataBreakpoint[],
  ) {
    this.old = data.map(() => new Uint8Array(0));
  }

  before(machine: Machine): boolean {
    const { core, memory } = machine;
    const wants = this.conditional.some((c) => c.address === core.pc && c.condition(machine));
    if (wants && this.passed !== core.instructions) {
      this.passed = core.instructions;
      this.hit = null;
      return true;
    }
    this.pending = null;
    if (this.data.length === 0) return false;
    const access = dataAccess(core, memory);
    this.data.forEach((point, i) => {
      this.old[i] = memory.slice(point.address, point.address + point.bytes);
      if (!access || access.address >= point.address + point.bytes || access.address + access.bytes <= point.address)
        return;
      if ((point.when === 'read' && access.reads) || (point.when === 'write' && access.writes)) this.pending = point;
    });
    return false;
  }

  after(machine: Machine): boolean {
    const changed = this.data.find(
      (point, i) =>
        point.when === 'change' && this.old[i]?.some((byte, b) => machine.memory[point.address + b] !== byte),
    );
    this.hit = this.pending ?? changed ?? null;
    return this.hit !== null;
  }
}
