/**
 * How fast the engines are, as ratios to peers that run in turn with them in one process: avr8js (an AVR in JavaScript, exact about
 * cycles, no caches), and in Node also cachegrind and native code (engine-peers.ts). Five kernels (engine-kernels/*.c), ours compiled
 * by our own compiler at -O2, theirs by avr-gcc and gcc at -O2.
 *
 * A rate is in executed instructions of the machine that executes them. Every round runs each engine for a slice of about the same
 * time; a ratio is taken within a round, and its median, minimum and maximum over the rounds are reported.
 */
import { avrInstruction, CPU } from 'avr8js';
import type { Image } from '../../src/core/assembler/image';
import { createFastEngine } from '../../src/core/machine/jit/engine';
import { Machine } from '../../src/core/machine/machine';
import { BENCH_MACHINE, FLAT_MACHINE, type MachineConfig } from '../../src/core/presets/machine';

export interface EngineKernel {
  readonly name: string;
  /** A program that calls the kernel for ever. */
  readonly image: Image;
  /** Address of the kernel in it. */
  readonly entry: number;
  /** The same for an ATmega1284P. */
  readonly avr: Uint8Array;
  readonly avrEntry: number;
}

/** Something that executes instructions of a kernel. */
export interface Peer {
  readonly name: string;
  /** Executes about this many instructions; gives how many, and the seconds if it knows better than the caller. */
  run(instructions: number): { readonly instructions: number; readonly seconds?: number };
}

export interface EngineRow {
  readonly kernel: string;
  /** Instructions of one call of the kernel on our machine. */
  readonly callInstructions: number;
  /** Rates by round, in instructions a second. */
  readonly rates: ReadonlyMap<string, readonly number[]>;
}

export const NAMES = {
  cycles: 'translated, cycles',
  caches: 'translated, caches',
  plain: 'interpreter, cycles',
  plainCaches: 'interpreter, caches',
  avr8js: 'avr8js',
} as const;

/** Long enough that the clock's grain and the hand-over between peers do not count. */
const SLICE_SECONDS = 0.06;
const WARM_UP_SECONDS = 0.3;

export const CACHES: MachineConfig = { ...BENCH_MACHINE, bootFrom: 'none' };
export const CYCLES: MachineConfig = FLAT_MACHINE;

/** `now` gives seconds. */
export function measureKernel(
  kernel: EngineKernel,
  now: () => number,
  rounds: number,
  others: readonly Peer[] = [],
): EngineRow {
  const peers = [
    machinePeer(NAMES.cycles, kernel.image, CYCLES, true),
    machinePeer(NAMES.caches, kernel.image, CACHES, true),
    machinePeer(NAMES.plain, kernel.image, CYCLES, false),
    machinePeer(NAMES.plainCaches, kernel.image, CACHES, false),
    avrPeer(kernel),
    ...others,
  ];
  const batches = peers.map((peer) => warmUp(peer, now));
  const rates = new Map<string, number[]>(peers.map((peer) => [peer.name, []]));
  for (let round = 0; round < rounds; round++)
    peers.forEach((peer, i) => rates.get(peer.name)?.push(rateOf(peer, batches[i] as number, now)));
  return { kernel: kernel.name, callInstructions: callInstructions(kernel), rates };
}

/** Ratios of two rates, round by round. */
export function ratios(row: EngineRow, over: string, under: string): number[] {
  const below = row.rates.get(under) ?? [];
  return (row.rates.get(over) ?? []).map((rate, i) => rate / (below[i] as number)).filter((r) => !Number.isNaN(r));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? NaN : (sorted[sorted.length >> 1] as number);
}

/** Runs until the code is hot; gives the number of instructions of a slice. */
function warmUp(peer: Peer, now: () => number): number {
  let batch = 20_000;
  for (let spent = 0; spent < WARM_UP_SECONDS;) {
    const start = now();
    const done = peer.run(batch);
    const seconds = done.seconds ?? now() - start;
    spent += Math.max(seconds, 1e-4);
    batch = Math.max(batch, Math.floor((done.instructions / Math.max(seconds, 1e-5)) * SLICE_SECONDS));
  }
  return batch;
}

function rateOf(peer: Peer, batch: number, now: () => number): number {
  const start = now();
  const done = peer.run(batch);
  return done.instructions / (done.seconds ?? now() - start);
}

function machinePeer(name: string, image: Image, config: MachineConfig, isFast: boolean): Peer {
  const fast = isFast ? createFastEngine(config) : undefined;
  const machine = new Machine(config, fast ? { buffer: fast.buffer, engine: fast.engine } : {});
  machine.load(image);
  return {
    name,
    run(instructions) {
      const before = machine.core.instructions;
      const stop = machine.run({ instructions });
      if (stop.kind !== 'limit') throw new Error(`${name}: the kernel ends with ${JSON.stringify(stop)}`);
      return { instructions: machine.core.instructions - before };
    },
  };
}

function avrPeer(kernel: EngineKernel): Peer {
  const program = new Uint8Array(0x20000);
  program.set(kernel.avr);
  const cpu = new CPU(new Uint16Array(program.buffer), 0x4000);
  return {
    name: NAMES.avr8js,
    run(instructions) {
      for (let n = 0; n < instructions; n++) {
        avrInstruction(cpu);
        cpu.tick();
      }
      return { instructions };
    },
  };
}

/** Instructions from the kernel's entry to its return, the second time that it is called. */
export function callInstructions(kernel: EngineKernel): number {
  const machine = new Machine(CYCLES);
  machine.load(kernel.image);
  const { core } = machine;
  const until = (condition: () => boolean) => {
    machine.hooks.push({ before: condition });
    const stop = machine.run({ instructions: 10_000_000 });
    machine.hooks.pop();
    if (stop.kind !== 'hook') throw new Error(`${kernel.name}: the kernel ends with ${JSON.stringify(stop)}`);
  };
  until(() => core.pc === kernel.entry);
  machine.run({ instructions: 1 });
  until(() => core.pc === kernel.entry);
  const start = core.instructions;
  const top = core.sp;
  until(() => core.sp > top);
  return core.instructions - start;
}
