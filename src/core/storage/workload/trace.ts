/**
 * Traces of block requests, as text: DiskSim's ASCII format (arrival in ms, device, block, blocks, flags with bit 0 for a read),
 * din (0 or 2 read, 1 write, hexadecimal byte address), and CSV, either with named columns or as the MSR Cambridge traces have
 * it (Windows file time, host, disk, type, byte offset, bytes, response time). The kind is told by the first line. A recorded run of
 * a program (machine/recording.ts) is CSV with a device a line, of which one is replayed, and with the program's own pauses.
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
  /** True when each request knows how long the program paused before it. */
  readonly paused: boolean;
  /** Devices that the trace tells apart, in order of appearance; the requests are those of the first, or of the one asked for. */
  readonly devices: readonly string[];
}

export interface TraceOptions {
  /** Bytes of the device; a line beyond is refused. */
  readonly capacityBytes?: number;
  /** Of a trace with a column `device`, only this one's. */
  readonly device?: string;
}

/** A trace longer than this is a mistake, or another tool's job. */
export const MAX_TRACE_REQUESTS = 5_000_000;

/** A line's request before it has its number. */
type Draft = Omit<TraceRequest, 'line'> & { readonly device?: string };
type LineParser = (line: string) => Result<Draft>;

export function parseTrace(text: string, options: TraceOptions = {}): Result<Trace> {
  const capacityBytes = options.capacityBytes ?? Infinity;
  const devices: string[] = [];
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
    if (r.device !== undefined) {
      if (!devices.includes(r.device)) devices.push(r.device);
      if (r.device !== (options.device ?? devices[0])) continue;
    }
    if (r.offset + r.bytes > capacityBytes)
      return err(
        `line ${i + 1}: bytes ${r.offset} to ${r.offset + r.bytes - 1} lie beyond the device, which has ${capacityBytes}`,
      );
    if (requests.length === 0) firstPs = r.arrivalPs;
    if (r.arrivalPs < lastPs) return err(`line ${i + 1}: arrives before the line above it`);
    lastPs = r.arrivalPs;
    if (requests.length === MAX_TRACE_REQUESTS) return err(`line ${i + 1}: more than ${MAX_TRACE_REQUESTS} requests`);
    requests.push({
      arrivalPs: r.arrivalPs - firstPs,
      op: r.op,
      offset: r.offset,
      bytes: r.bytes,
      thinkPs: r.thinkPs,
      line: i + 1,
    });
  }
  if (options.device !== undefined && requests.length === 0 && devices.length > 0)
    return err(`the trace has no request to '${options.device}'; it has ${devices.join(', ')}`);
  if (!kind || requests.length === 0) return err('the trace has no requests');
  return ok({ kind, requests, timed: kind !== 'din', paused: requests.some((r) => r.thinkPs > 0), devices });
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

function request(arrivalPs: number, op: number, offset: number, bytes: number, what = 'offset'): Result<Draft> {
  if (!Number.isFinite(arrivalPs) || arrivalPs < 0) return err('the time is not a number of at least 0');
  if (!Number.isSafeInteger(offset) || offset < 0) return err(`the ${what} is not a whole number of at least 0`);
  if (!Number.isSafeInteger(bytes) || bytes < (op === OP.flush ? 0 : 1))
    return err('the size is not a whole number above 0');
  return ok({ arrivalPs: Math.round(arrivalPs), op, offset, bytes, thinkPs: 0 });
}

const sectors = (arrivalPs: number, op: number, lba: number, count: number): Result<Draft> =>
  request(arrivalPs, op, lba * SECTOR_BYTES, count * SECTOR_BYTES, 'block');

function disksim(line: string): Result<Draft> {
  const fields = line.split(/\s+/);
  if (fields.length !== 5)
    return err(`a DiskSim line has 5 fields (ms, device, block, blocks, flags), this has ${fields.length}`);
  const [time, , block, blocks, flags] = fields.map((field, i) => (i === 4 ? parseInt(field, 16) : number(field)));
  if (Number.isNaN(flags)) return err('the flags are not a hexadecimal number');
  return sectors((time as number) * 1e9, (flags as number) & 1 ? OP.read : OP.write, block as number, blocks as number);
}

function din(line: string): Result<Draft> {
  const match = /^([012])\s+(?:0x)?([0-9a-fA-F]+)$/.exec(line);
  if (!match) return err(`a din line is '0|1|2 ADDRESS' with a hexadecimal address, not '${clip(line)}'`);
  const address = parseInt(match[2] as string, 16);
  return request(0, match[1] === '1' ? OP.write : OP.read, address, 1);
}

function msr(line: string): Result<Draft> {
  const [time, , , type, offset, size] = line.split(',');
  const op = opOf(type ?? '');
  if (op === undefined) return err(`'${clip(type ?? '')}' is neither Read nor Write`);
  // File time counts 100 ns.
  return request(number(time ?? '') * 1e5, op, number(offset ?? ''), number(size ?? ''));
}

interface Columns {
  readonly time: number;
  readonly timePs: number;
  readonly op: number;
  readonly lba: number;
  readonly offset: number;
  readonly count: number;
  readonly size: number;
  readonly device: number;
  readonly think: number;
  readonly thinkPs: number;
}

/** Units of time by the end of the column's name. */
const TIME_UNITS: Readonly<Record<string, number>> = {
  '': 1e12,
  _s: 1e12,
  _ms: 1e9,
  _us: 1e6,
  _ns: 1e3,
  _ps: 1,
};

function columnsOf(header: string): Columns {
  const names = header.split(',').map((name) => name.trim().toLowerCase());
  const at = (...options: string[]) => names.findIndex((name) => options.includes(name));
  const timed = (what: string) =>
    names.findIndex((name) => name.startsWith(what) && Object.hasOwn(TIME_UNITS, name.slice(what.length)));
  const unitOf = (column: number, what: string) => TIME_UNITS[(names[column] ?? '').slice(what.length)] ?? 0;
  const time = timed('time');
  const think = timed('think');
  return {
    time,
    timePs: unitOf(time, 'time'),
    think,
    thinkPs: unitOf(think, 'think'),
    device: at('device'),
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
    const start = number(fields[c.lba >= 0 ? c.lba : c.offset] ?? '') * (c.lba >= 0 ? SECTOR_BYTES : 1);
    const size = number(fields[c.count >= 0 ? c.count : c.size] ?? '') * (c.count >= 0 ? SECTOR_BYTES : 1);
    const made = request(time, op, start, size, c.lba >= 0 ? 'block' : 'offset');
    if (!made.ok) return made;
    const thinkPs = c.think < 0 ? 0 : Math.round(number(fields[c.think] ?? '') * c.thinkPs);
    if (!(thinkPs >= 0)) return err('the pause is not a number of at least 0');
    const device = c.device < 0 ? undefined : (fields[c.device] ?? '');
    return ok({ ...made.value, thinkPs, ...(device === undefined ? {} : { device }) });
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
