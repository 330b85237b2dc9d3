/**
 * Traces of block requests, as text: DiskSim's ASCII format (arrival in ms, device, block, blocks, flags with bit 0 for a read),
 * din (0 or 2 read, 1 write, hexadecimal byte address), and CSV, either with named columns or as the MSR Cambridge traces have
 * it (Windows file time, host, disk, type, byte offset, bytes, response time). The kind is told by the first line.
 *
 * A line that cannot be read, or that asks for sectors beyond the device, is refused with its number.
 */
import { err, ok, type Result } from '../../base/result';
import { OP, SECTOR_BYTES } from '../device';
import type { TraceRequest } from './workload';

export type TraceKind = 'disksim' | 'din' | 'csv' | 'msr';

export interface Trace {
  readonly kind: TraceKind;
  readonly requests: readonly TraceRequest[];
  /** False when the trace has no times, so that it can only be replayed in a closed loop. */
  readonly timed: boolean;
}

/** A trace longer than this is a mistake, or another tool's job. */
export const MAX_TRACE_REQUESTS = 5_000_000;

type LineParser = (line: string) => Result<TraceRequest>;

export function parseTrace(text: string, capacitySectors = Infinity): Result<Trace> {
  const lines = text.split('\n');
  let kind: TraceKind | undefined;
  let parse: LineParser | undefined;
  const requests: TraceRequest[] = [];
  let firstPs = 0;
  let lastPs = -Infinity;
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] as string).trim();
    if (line === '' || line.startsWith('#')) continue;
    if (!parse) {
      kind = kindOf(line);
      if (!kind) return err(`line ${i + 1}: not a line of a DiskSim, din or CSV trace: '${clip(line)}'`);
      parse = parserOf(kind, line);
      if (kind === 'csv') {
        const bad = missingColumn(line);
        if (bad) return err(`line ${i + 1}: the CSV header lacks a column '${bad}'`);
        continue;
      }
    }
    const result = parse(line);
    if (!result.ok) return err(`line ${i + 1}: ${result.error}`);
    const r = result.value;
    if (r.lba + r.count > capacitySectors)
      return err(
        `line ${i + 1}: sectors ${r.lba} to ${r.lba + r.count - 1} lie beyond the device, which ends at ${capacitySectors - 1}`,
      );
    if (requests.length === 0) firstPs = r.arrivalPs;
    if (r.arrivalPs < lastPs) return err(`line ${i + 1}: arrives before the line above it`);
    lastPs = r.arrivalPs;
    if (requests.length === MAX_TRACE_REQUESTS) return err(`line ${i + 1}: more than ${MAX_TRACE_REQUESTS} requests`);
    requests.push({ ...r, arrivalPs: r.arrivalPs - firstPs });
  }
  if (!kind || requests.length === 0) return err('the trace has no requests');
  return ok({ kind, requests, timed: kind !== 'din' });
}

function kindOf(line: string): TraceKind | undefined {
  if (/^[0-9.eE+-]+\s+\d+\s+\d+\s+\d+\s+[0-9a-fA-Fx]+$/.test(line)) return 'disksim';
  if (/^[012]\s+(0x)?[0-9a-fA-F]+$/.test(line)) return 'din';
  if (/^\d+,[^,]+,\d+,(Read|Write),\d+,\d+/i.test(line)) return 'msr';
  if (line.includes(',') && /\blba\b|\boffset\b|\bblock\b/i.test(line)) return 'csv';
  return undefined;
}

function parserOf(kind: TraceKind, line: string): LineParser {
  switch (kind) {
    case 'disksim':
      return disksim;
    case 'din':
      return din;
    case 'msr':
      return msr;
    case 'csv':
      return csv(columnsOf(line));
  }
}

function request(arrivalPs: number, op: number, lba: number, count: number): Result<TraceRequest> {
  if (!Number.isFinite(arrivalPs) || arrivalPs < 0) return err('the time is not a number of at least 0');
  if (!Number.isSafeInteger(lba) || lba < 0) return err('the block is not a whole number of at least 0');
  if (!Number.isSafeInteger(count) || count < 1) return err('the size is not a whole number above 0');
  return ok({ arrivalPs: Math.round(arrivalPs), op, lba, count });
}

function disksim(line: string): Result<TraceRequest> {
  const fields = line.split(/\s+/);
  if (fields.length !== 5)
    return err(`a DiskSim line has 5 fields (ms, device, block, blocks, flags), this has ${fields.length}`);
  const [time, , block, blocks, flags] = fields.map((field, i) => (i === 4 ? parseInt(field, 16) : number(field)));
  if (Number.isNaN(flags)) return err('the flags are not a hexadecimal number');
  return request((time as number) * 1e9, (flags as number) & 1 ? OP.read : OP.write, block as number, blocks as number);
}

function din(line: string): Result<TraceRequest> {
  const match = /^([012])\s+(?:0x)?([0-9a-fA-F]+)$/.exec(line);
  if (!match) return err(`a din line is '0|1|2 ADDRESS' with a hexadecimal address, not '${clip(line)}'`);
  const address = parseInt(match[2] as string, 16);
  return request(0, match[1] === '1' ? OP.write : OP.read, Math.floor(address / SECTOR_BYTES), 1);
}

function msr(line: string): Result<TraceRequest> {
  const [time, , , type, offset, size] = line.split(',');
  const op = opOf(type ?? '');
  if (op === undefined) return err(`'${clip(type ?? '')}' is neither Read nor Write`);
  // File time counts 100 ns.
  return bytes(number(time ?? '') * 1e5, op, number(offset ?? ''), number(size ?? ''));
}

function bytes(arrivalPs: number, op: number, offset: number, size: number): Result<TraceRequest> {
  if (!(size > 0)) return err('the size is not a whole number above 0');
  const first = Math.floor(offset / SECTOR_BYTES);
  return request(arrivalPs, op, first, Math.ceil((offset + size) / SECTOR_BYTES) - first);
}

interface Columns {
  readonly time: number;
  readonly timePs: number;
  readonly op: number;
  readonly lba: number;
  readonly offset: number;
  readonly count: number;
  readonly size: number;
}

/** Units of time by the name of the column. */
const TIME_COLUMNS: Readonly<Record<string, number>> = {
  time: 1e12,
  time_s: 1e12,
  time_ms: 1e9,
  time_us: 1e6,
  time_ns: 1e3,
  time_ps: 1,
};

function columnsOf(header: string): Columns {
  const names = header.split(',').map((name) => name.trim().toLowerCase());
  const at = (...options: string[]) => names.findIndex((name) => options.includes(name));
  const time = names.findIndex((name) => Object.hasOwn(TIME_COLUMNS, name));
  return {
    time,
    timePs: time < 0 ? 0 : (TIME_COLUMNS[names[time] as string] as number),
    op: at('op', 'type', 'rw'),
    lba: at('lba', 'block', 'sector'),
    offset: at('offset'),
    count: at('count', 'sectors', 'blocks'),
    size: at('size', 'bytes'),
  };
}

function missingColumn(header: string): string | undefined {
  const c = columnsOf(header);
  if (c.op < 0) return 'op';
  if (c.lba < 0 && c.offset < 0) return 'lba';
  return c.count < 0 && c.size < 0 ? 'count' : undefined;
}

function csv(c: Columns): LineParser {
  return (line) => {
    const fields = line.split(',').map((field) => field.trim());
    const op = opOf(fields[c.op] ?? '');
    if (op === undefined) return err(`'${clip(fields[c.op] ?? '')}' is neither read nor write`);
    const time = c.time < 0 ? 0 : number(fields[c.time] ?? '') * c.timePs;
    const lba = c.lba >= 0 ? number(fields[c.lba] ?? '') : number(fields[c.offset] ?? '') / SECTOR_BYTES;
    if (c.count >= 0) return request(time, op, lba, number(fields[c.count] ?? ''));
    return bytes(time, op, lba * SECTOR_BYTES, number(fields[c.size] ?? ''));
  };
}

function opOf(text: string): number | undefined {
  switch (text.trim().toLowerCase()) {
    case 'r':
    case 'read':
      return OP.read;
    case 'w':
    case 'write':
      return OP.write;
    case 'flush':
      return OP.flush;
    case 'trim':
      return OP.trim;
    default:
      return undefined;
  }
}

const number = (text: string) => (text.trim() === '' ? NaN : Number(text));
const clip = (text: string) => (text.length > 40 ? `${text.slice(0, 37)}...` : text);
