/**
 * What a program asked of its disks and of RAM, as a trace that the storage lab can replay on any device. The run is done again on
 * a machine of its own, by the reference interpreter, with the inputs that were logged: so recording costs the first run nothing,
 * and going back and forth in time leaves no mark in it.
 *
 * The trace is CSV, one access a line: `time_ns,device,op,offset,size,think_ns`. Offset and size are in bytes; think_ns is the time
 * from the answer to the access before it, of the same device, to this one: what the program did in between. A replay that waits
 * for each answer and then for that long does what the program would have done on the other device.
 */
import type { Image } from '../assembler/image';
import type { BlockRequest } from '../storage/block-device';
import { SECTOR_BYTES } from '../storage/device';
import type { LoggedInput } from './input';
import { Machine } from './machine';
import type { MachineConfig } from '../presets/machine';

export const RECORDED_DEVICES = ['ssd0', 'hdd0', 'ram'] as const;
export type RecordedDevice = (typeof RECORDED_DEVICES)[number];

/** Accesses kept of each device; the rest of a longer run is left out, and said to be. */
export const MAX_RECORDED = 200_000;
/** Instructions between two chances to do something else. */
const CHUNK = 200_000;

export interface RecordedRun {
  readonly csv: string;
  readonly counts: Readonly<Record<RecordedDevice, number>>;
  /** True when a device made more accesses than are kept. */
  readonly isCut: boolean;
}

export interface RecordOptions {
  readonly config: MachineConfig;
  readonly image: Image;
  readonly inputs: readonly LoggedInput[];
  /** Where the run ends. */
  readonly untilInstructions: number;
  /** Puts the contents of the disks in, before power on. */
  readonly prepare?: (machine: Machine) => void;
}

/** Runs the program once more; yields now and then so that a worker can look at its mail. */
export function* recordRun(options: RecordOptions): Generator<void, RecordedRun> {
  const machine = new Machine(options.config);
  options.prepare?.(machine);
  machine.load(options.image);
  machine.inputs.expect(options.inputs);
  const recorder = new Recorder(machine);
  while (machine.instructions < options.untilInstructions && !recorder.isFull) {
    const stop = machine.run({ instructions: Math.min(CHUNK, options.untilInstructions - machine.instructions) });
    if (stop.kind !== 'limit') break;
    yield;
  }
  return recorder.result();
}

interface Row {
  readonly timePs: number;
  readonly device: RecordedDevice;
  readonly op: string;
  readonly offset: number;
  readonly size: number;
  readonly thinkPs: number;
}

class Recorder {
  private readonly rows: Row[] = [];
  private readonly counts: Record<RecordedDevice, number> = { ssd0: 0, hdd0: 0, ram: 0 };
  private readonly answeredPs: Record<RecordedDevice, number> = { ssd0: 0, hdd0: 0, ram: 0 };
  private isCut = false;

  constructor(machine: Machine) {
    for (const name of ['ssd0', 'hdd0'] as const) {
      const { model } = machine.devices[name];
      const submit = model.submit.bind(model);
      model.submit = (request, nowPs) => {
        const answer = submit(request, nowPs);
        this.disk(name, request, nowPs, answer.completionPs);
        return answer;
      };
    }
    this.watchRam(machine);
  }

  /** Nothing more would be kept of any device that is in use. */
  get isFull(): boolean {
    return this.isCut && RECORDED_DEVICES.every((d) => this.counts[d] === 0 || this.counts[d] >= MAX_RECORDED);
  }

  result(): RecordedRun {
    const lines = this.rows
      .sort((a, b) => a.timePs - b.timePs)
      .map((r) => `${r.timePs / 1000},${r.device},${r.op},${r.offset},${r.size},${r.thinkPs / 1000}`);
    return {
      csv: `time_ns,device,op,offset,size,think_ns\n${lines.map((line) => `${line}\n`).join('')}`,
      counts: { ...this.counts },
      isCut: this.isCut,
    };
  }

  private disk(device: RecordedDevice, request: BlockRequest, nowPs: number, donePs: number): void {
    this.add(device, request.op, request.lba * SECTOR_BYTES, request.count * SECTOR_BYTES, nowPs, donePs);
  }

  private watchRam({ system, config }: Machine): void {
    const { dram } = system;
    if (!dram) return;
    for (const op of ['read', 'write'] as const) {
      const access = dram[op].bind(dram);
      dram[op] = (address, bytes) => {
        const beforePs = system.clock.now * config.cyclePs;
        access(address, bytes);
        this.add('ram', op, address, bytes, beforePs, system.clock.now * config.cyclePs);
      };
    }
  }

  private add(device: RecordedDevice, op: string, offset: number, size: number, timePs: number, donePs: number): void {
    if (this.counts[device] >= MAX_RECORDED) {
      this.isCut = true;
      return;
    }
    this.counts[device]++;
    const thinkPs = Math.max(0, timePs - this.answeredPs[device]);
    this.answeredPs[device] = donePs;
    this.rows.push({ timePs, device, op, offset, size, thinkPs });
  }
}
