/**
 * What a device could do at most, resource by resource, and so which one binds. All in operations a second for the given mix;
 * the smallest is the limit that a growing queue runs into, and at a small depth it is the latency itself.
 */
import type { DramPreset } from '../presets/dram';
import type { HddPreset } from '../presets/hdd';
import type { RaidPreset } from '../presets/raid';
import type { SsdPreset } from '../presets/ssd';
import type { StoragePreset } from '../presets/storage';
import { SECTOR_BYTES } from './device';
import type { Workload } from './workload/workload';

export interface Bound {
  /** Stable name: arm, dies, channels, link, buffer, controller, depth, collection, bus, rate. */
  readonly name: string;
  readonly iops: number;
  /** The rule with its numbers, in words. */
  readonly words: string;
}

export interface Measured {
  readonly meanLatencyUs: number;
  readonly iops: number;
  readonly writeAmplification: number;
  /** Mean arm time of a request: overhead, seek, rotation, transfer. */
  readonly serviceUs: number;
  /** SSDs: true while some of the SLC buffer is left. */
  readonly slcLeft: boolean;
  /** Arrays: requests to members that one request makes. */
  readonly memberRequests: number;
}

/** Bounds in rising order: the first one binds. */
export function boundsOf(preset: StoragePreset, w: Workload, m: Measured): Bound[] {
  const bounds = driveBounds(preset, w, m);
  const open = w.rateIops !== undefined || w.intervalPs !== undefined;
  if (open) {
    const rate = w.rateIops ?? 1e12 / (w.intervalPs as number);
    bounds.push({ name: 'rate', iops: rate, words: `no more arrives: ${whole(rate)} requests a second` });
  } else if (preset.kind !== 'raid' && !(preset.kind === 'hdd' && w.depth > 1)) {
    const unloaded = unloadedUs(preset, w, m);
    bounds.push({
      name: 'depth',
      iops: (w.depth * 1e6) / unloaded,
      words: `${w.depth} outstanding, ${us(unloaded)} each when nothing waits`,
    });
  }
  return bounds.sort((a, b) => a.iops - b.iops);
}

function driveBounds(preset: StoragePreset, w: Workload, m: Measured): Bound[] {
  switch (preset.kind) {
    case 'hdd':
      return hddBounds(m);
    case 'ssd':
      return ssdBounds(preset, w, m);
    case 'dram':
      return dramBounds(preset, w);
    case 'raid':
      return raidBounds(preset, w, m);
  }
}

/** The members' bound, all of them together, by what one request asks of them; and at small depths, the members that have work. */
function raidBounds(preset: RaidPreset, w: Workload, m: Measured): Bound[] {
  const each = Math.max(1, m.memberRequests);
  const small = { ...w, blockBytes: Math.max(SECTOR_BYTES, Math.min(w.blockBytes, preset.stripeBytes)) };
  const bounds = driveBounds(preset.member, small, m)
    .map((bound) => ({
      name: bound.name,
      iops: (bound.iops * preset.members) / each,
      words: `${preset.members} drives, ${each.toFixed(2)} requests to them for each one; a drive: ${bound.words}`,
    }))
    .sort((a, b) => a.iops - b.iops);
  const all = bounds[0];
  if (w.rateIops === undefined && w.intervalPs === undefined && all && w.depth < preset.members)
    bounds.push({
      name: 'depth',
      iops: (w.depth * 1e6) / m.meanLatencyUs,
      words: `${w.depth} outstanding cannot keep ${preset.members} drives busy`,
    });
  return bounds;
}

function hddBounds(m: Measured): Bound[] {
  return [
    {
      name: 'arm',
      iops: 1e6 / m.serviceUs,
      words: `one arm, ${us(m.serviceUs)} a request for overhead, seek, rotation, transfer and link`,
    },
  ];
}

/** Latency of one request alone in an SSD or RAM. */
function unloadedUs(preset: HddPreset | SsdPreset | DramPreset, w: Workload, m: Measured): number {
  if (preset.kind !== 'ssd') return m.serviceUs;
  const r = w.readPercent / 100;
  const read =
    preset.readOverheadUs +
    mean(preset.readUs) +
    preset.commandUs +
    pageShare(preset, w) / preset.channelMBs +
    w.blockBytes / preset.linkReadMBs;
  const port = preset.bufferSetupUs + (preset.bufferMBs > 0 ? w.blockBytes / preset.bufferMBs : 0);
  const write = preset.writeOverheadUs + w.blockBytes / preset.linkWriteMBs + port;
  return r * read + (1 - r) * write;
}

/** Bytes of a request that come over one channel's bus at a time. */
function pageShare(preset: SsdPreset, w: Workload): number {
  return Math.min(w.blockBytes, preset.pageBytes * preset.pagesPerProgram);
}

function ssdBounds(preset: SsdPreset, w: Workload, m: Measured): Bound[] {
  const r = w.readPercent / 100;
  const dies = preset.channels * preset.chipsPerChannel * preset.diesPerChip;
  const pages = Math.ceil(w.blockBytes / preset.pageBytes);
  const sequential = w.pattern === 'sequential';
  const group = preset.pageBytes * preset.pagesPerProgram;
  const wa = m.writeAmplification;
  const busPsPerByte = 1 / preset.channelMBs;
  // Cell reads and bytes of a read request; programs and moves of a written one.
  const readOps = sequential ? w.blockBytes / group : Math.max(1, Math.ceil(pages / preset.pagesPerProgram));
  const readDieUs = readOps * (mean(preset.readUs) + preset.commandUs) + w.blockBytes * busPsPerByte;
  // While the buffer of one bit a cell lasts, that is what programs cost.
  const cellUs = m.slcLeft ? preset.slcProgramUs : mean(preset.programUs);
  const programDieUs = (cellUs + preset.commandUs) / preset.pagesPerProgram + preset.pageBytes * busPsPerByte;
  const moveUs = mean(preset.readUs) + preset.commandUs + preset.pageBytes * busPsPerByte;
  const writeDieUs = pages * (wa * programDieUs + (wa - 1) * moveUs);
  const dieUs = r * readDieUs + (1 - r) * writeDieUs;
  const channelUs = (r * w.blockBytes + (1 - r) * pages * preset.pageBytes * (2 * wa - 1)) * busPsPerByte;
  const linkUs = Math.max((r * w.blockBytes) / preset.linkReadMBs, ((1 - r) * w.blockBytes) / preset.linkWriteMBs);
  const controllerUs = r * preset.readControllerUs + (1 - r) * preset.writeControllerUs;
  const collecting = r < 1 && wa > 1.05;
  const out: Bound[] = [
    {
      name: collecting ? 'collection' : 'dies',
      iops: (dies * 1e6) / dieUs,
      words: collecting
        ? `${dies} dies, ${us(dieUs)} of die time a request at write amplification ${wa.toFixed(2)}`
        : `${dies} dies, ${us(dieUs)} of die time a request`,
    },
    {
      name: 'channels',
      iops: (preset.channels * 1e6) / channelUs,
      words: `${preset.channels} channels, ${us(channelUs)} of bus time a request`,
    },
    {
      name: 'link',
      iops: 1e6 / linkUs,
      words: `link of ${whole(r > 0 ? preset.linkReadMBs : preset.linkWriteMBs)} MB/s`,
    },
  ];
  const portUs = (1 - r) * (preset.bufferSetupUs + (preset.bufferMBs > 0 ? w.blockBytes / preset.bufferMBs : 0));
  if (portUs > 0)
    out.push({ name: 'buffer', iops: 1e6 / portUs, words: `write buffer's memory, ${us(portUs)} a request` });
  if (controllerUs > 0)
    out.push({ name: 'controller', iops: 1e6 / controllerUs, words: `controller, ${us(controllerUs)} a request` });
  return out;
}

function dramBounds(preset: DramPreset, w: Workload): Bound[] {
  const bursts = w.blockBytes / (preset.burst * preset.busBytes);
  const busUs = (bursts * (preset.burst / 2) * preset.tckNs) / 1000;
  return [{ name: 'bus', iops: 1e6 / busUs, words: `data bus, ${us(busUs)} a request` }];
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function us(value: number): string {
  if (value >= 1000) return `${(value / 1000).toPrecision(4)} ms`;
  return value >= 1 ? `${value.toPrecision(4)} µs` : `${(value * 1000).toPrecision(3)} ns`;
}

const whole = (value: number) => String(Math.round(value));
