/**
 * A machine's state as bytes that another machine can go on from, elsewhere and later: what a snapshot has (the buffer, devices, pending
 * events), what of the past the devices still need (disk blocks that changed, the console's text), and the log of inputs, with which all
 * earlier states can be had again from power on. The program and the disks at power on are not in it; a key says which they were.
 *
 * Bytes: MARK, checksum (u32), then plain data (base/plain-bytes.ts). Bytes that are cut, damaged, or of another program are refused,
 * and leave the machine alone.
 */
import { plainBytes, readPlain } from '../base/plain-bytes';
import { hash32 } from '../base/random';
import { err, ok, type Result } from '../base/result';
import type { LoggedInput } from './input';
import type { Machine, MachineHistory, MachineRest } from './machine';
import { restoreSnapshot, takeSnapshot, type Snapshot } from './snapshot';

interface Contents {
  readonly key: string;
  readonly snapshot: Snapshot;
  readonly history: MachineHistory;
  readonly inputs: readonly LoggedInput[];
  /** Of whoever keeps it. */
  readonly extra: unknown;
}

/** Changes with the meaning of what follows. */
const MARK = 'ORRERY STATE 1\n';
const CHECKSUM_AT = MARK.length;
const HEAD_BYTES = CHECKSUM_AT + 4;

/** Names program, machine and disks at power on; a checkpoint is good for one of them only. */
function checkpointKey({ image, config, devices }: Machine): string {
  let hash = hash32(JSON.stringify(config));
  for (const { address, bytes } of image?.segments ?? []) hash = checksum(bytes, hash ^ address);
  const parts = [hash, image?.entry ?? 0, devices.ssd0.powerOnHash(), devices.hdd0.powerOnHash()];
  return parts.map((part) => part.toString(16)).join(' ');
}

/** What the machine is at power on: how a checkpoint is told from one of another run, and what its tables differ from. */
export interface StartOfRun {
  readonly key: string;
  readonly rest: MachineRest;
}

/** Of a machine that stands at power on. */
export const startOfRun = (machine: Machine): StartOfRun => ({ key: checkpointKey(machine), rest: machine.saveRest() });

/** `extra` is plain data that comes back with the rest. */
export function saveCheckpoint(machine: Machine, start: StartOfRun, extra?: unknown): Uint8Array<ArrayBuffer> {
  const { key, rest } = start;
  const contents: Contents = {
    key,
    snapshot: takeSnapshot(machine),
    history: machine.saveHistory(),
    inputs: machine.inputs.all,
    extra,
  };
  const data = plainBytes(contents, { snapshot: { rest } });
  const bytes = new Uint8Array(HEAD_BYTES + data.length);
  bytes.set([...MARK].map((c) => c.charCodeAt(0)));
  new DataView(bytes.buffer).setUint32(CHECKSUM_AT, checksum(data), true);
  bytes.set(data, HEAD_BYTES);
  return bytes;
}

/** Puts a machine that stands at power on where the other was; gives what was kept with it. */
export function restoreCheckpoint(machine: Machine, bytes: Uint8Array): Result<unknown> {
  const { key, rest } = startOfRun(machine);
  const opened = open(bytes, { snapshot: { rest } });
  if (!opened.ok) return opened;
  const contents = opened.value;
  const sample: Omit<Contents, 'extra'> = {
    key,
    snapshot: takeSnapshot(machine),
    history: machine.saveHistory(),
    inputs: [],
  };
  if (!isAlike(contents, sample)) return err('the checkpoint is of another kind of machine');
  const { snapshot, history, inputs, extra } = contents as unknown as Contents;
  if (contents['key'] !== key) return err('the checkpoint is of another program or another machine');
  machine.inputs.expect(inputs);
  machine.restoreHistory(history, snapshot.rest);
  restoreSnapshot(machine, snapshot);
  return ok(extra);
}

function open(bytes: Uint8Array, base: unknown): Result<Record<string, unknown>> {
  const isMarked = bytes.length > HEAD_BYTES && [...MARK].every((c, i) => bytes[i] === c.charCodeAt(0));
  if (!isMarked) return err('this is no checkpoint');
  const data = bytes.subarray(HEAD_BYTES);
  const sum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(CHECKSUM_AT, true);
  if (sum !== checksum(data)) return err('the checkpoint is damaged');
  const read = readPlain(data, base);
  if (!read.ok) return read;
  return isRecord(read.value) ? ok(read.value) : err('the checkpoint is damaged');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * Whether a value is built like one that this machine has at power on: the same fields of the same types, tables of the same length. What
 * is empty there (null, undefined, an empty list) may be anything.
 */
function isAlike(value: unknown, sample: unknown): boolean {
  if (sample === null || sample === undefined) return true;
  if (ArrayBuffer.isView(sample))
    return ArrayBuffer.isView(value) && value.constructor === sample.constructor && isAsLong(value, sample);
  if (Array.isArray(sample))
    return Array.isArray(value) && sample.every((item, i) => i >= value.length || isAlike(value[i], item));
  if (sample instanceof Map) return value instanceof Map;
  if (isRecord(sample))
    return isRecord(value) && Object.keys(sample).every((name) => isAlike(value[name], sample[name]));
  return typeof value === typeof sample;
}

/** Bytes are buffers and text, whose length is their own; but the state is one. */
const isAsLong = (value: ArrayBufferView, sample: ArrayBufferView): boolean =>
  (sample instanceof Uint8Array && sample.byteLength === 0) || value.byteLength === sample.byteLength;

/** FNV-1a over 32-bit words and the bytes left over; the length counts. */
function checksum(bytes: Uint8Array, start = 0x811c9dc5): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.length >> 2;
  let hash = Math.imul(start ^ bytes.length, 0x01000193);
  for (let i = 0; i < words; i++) {
    hash = Math.imul(hash ^ view.getInt32(4 * i, true), 0x01000193);
    hash ^= hash >>> 15;
  }
  for (let i = 4 * words; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >>> 0;
}
