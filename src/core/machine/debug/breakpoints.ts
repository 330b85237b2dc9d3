/**
 * Where a run is to stop. Code points cost nothing (they stand in the decoded code); their conditions are worked out when they are reached.
 * With data points the interpreter runs, as fast as it can, and comes back after each instruction that touches their data. Points are kept as people give them, file and line or an expression, and
 * resolved anew for each image, so that they survive a rebuild.
 */
import type { Image } from '../../assembler/image';
import type { Result } from '../../base/result';
import type { TouchedData } from '../cpu/interpreter';
import type { Machine } from '../machine';
import type { Hook, StopReason } from '../stops';
import { callStack } from './call-stack';
import { compileExpression, isTrue, readInteger, type Compiled, type Scope, type Value } from './evaluate';
import { formatValue } from './format';
import { sizeOf, type TypeTable } from './types';

interface Common {
  /** An expression in C that must be true; empty for always. */
  readonly condition: string;
  readonly enabled: boolean;
}
export type StopPoint =
  | (Common & { readonly kind: 'line'; readonly file: string; readonly line: number })
  /** The name of a function or any expression whose value is a code address. */
  | (Common & { readonly kind: 'address'; readonly place: string })
  /** Something in memory: a variable, a member, `*(char *)0x9000`. */
  | (Common & { readonly kind: 'data'; readonly place: string; readonly when: DataEvent });
export type DataEvent = 'read' | 'write' | 'change';

/** What has become of a point in this image. */
export interface PointState {
  /** Code addresses, or the first byte that is watched. */
  readonly addresses: readonly number[];
  /** Why it cannot stop anything. */
  readonly problem: string | undefined;
  hits: number;
}

export interface StopFound {
  readonly index: number;
  readonly point: StopPoint;
  /** In words, without the place: `count changed from 3 to 4`. */
  readonly message: string;
  /** The instruction that it is about: the one before which the machine stands, or the one that touched the data. */
  readonly pc: number;
}

/** More bytes than this are a mistake: a whole array of structs is not watched. */
const MAX_WATCHED_BYTES = 1024;

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

interface Resolved {
  readonly point: StopPoint;
  readonly state: PointState;
  readonly condition: Result<Compiled> | undefined;
  /** Of a data point: the bytes as they were when they were looked at last. */
  readonly last: Uint8Array;
  /** How to show it. */
  readonly value: Value | undefined;
}

/** The stop points of a machine with a program in it. */
export class StopPoints implements Hook {
  private resolved: readonly Resolved[] = [];
  private found: StopFound | undefined;
  private lastSeen = -1;
  watch: Hook['watch'];

  constructor(
    private readonly machine: Machine,
    private readonly image: Image,
    private readonly types: TypeTable,
  ) {}

  /** Sets all points anew; hits are counted on for points that were there. */
  set(points: readonly StopPoint[]): void {
    const { machine } = this;
    const before = new Map(this.resolved.map(({ point, state }) => [keyOf(point), state.hits]));
    this.resolved = points.map((point) => this.resolve(point, before.get(keyOf(point)) ?? 0));
    machine.code.setBreakpoints(this.addresses);
    this.watch = this.watchOf(this.dataPoints());
    const at = machine.hooks.indexOf(this);
    if (this.watch && at < 0) machine.hooks.push(this);
    else if (!this.watch && at >= 0) machine.hooks.splice(at, 1);
    this.lastSeen = -1;
  }

  get states(): readonly PointState[] {
    return this.resolved.map(({ state }) => state);
  }

  /** Code addresses that stop. */
  get addresses(): number[] {
    return this.resolved.flatMap(({ point, state }) =>
      point.enabled && point.kind !== 'data' ? [...state.addresses] : [],
    );
  }

  /** What a stop of the machine is about; undefined when no point wants it. */
  explain(stop: StopReason): StopFound | undefined {
    const found = stop.kind === 'breakpoint' ? this.at(stop.pc) : this.isOwn(stop) ? this.found : undefined;
    if (found) (this.resolved[found.index] as Resolved).state.hits++;
    return found;
  }

  /** Whether data have stopped the machine. */
  isOwn(stop: StopReason): boolean {
    return stop.kind === 'hook' && stop.hook === this;
  }

  /** The code point that stops at `pc` in the machine's present state. */
  at(pc: number): StopFound | undefined {
    for (const [index, resolved] of this.resolved.entries()) {
      const { point, state } = resolved;
      if (!point.enabled || point.kind === 'data' || !state.addresses.includes(pc)) continue;
      const because = this.holds(resolved);
      if (because !== undefined) return { index, point, message: `breakpoint${because}`, pc };
    }
    return undefined;
  }

  before(machine: Machine): boolean {
    // After a jump in time, what was there last is of another moment.
    if (machine.instructions !== this.lastSeen) for (const one of this.resolved) this.look(one, machine.memory);
    return false;
  }

  after(machine: Machine): boolean {
    const { memory } = machine;
    const { touched } = machine.execution;
    this.lastSeen = machine.instructions;
    this.found = undefined;
    for (const [index, resolved] of this.resolved.entries()) {
      const { point, last } = resolved;
      if (point.kind !== 'data' || last.length === 0) continue;
      const isChanged = this.isChanged(resolved);
      if (!this.found && this.isHit(resolved, touched, isChanged)) {
        const because = this.holds(resolved);
        const pc = touched?.pc ?? machine.core.pc;
        if (because !== undefined)
          this.found = { index, point, message: `${this.story(resolved, isChanged)}${because}`, pc };
      }
      if (isChanged) this.look(resolved, memory);
    }
    return this.found !== undefined;
  }

  private isHit({ point, last, value }: Resolved, touched: TouchedData | null, isChanged: boolean): boolean {
    if (point.kind !== 'data' || !point.enabled) return false;
    if (point.when === 'change') return isChanged;
    const start = value?.address as number;
    const isTouched =
      touched !== null && touched.address < start + last.length && touched.address + touched.bytes > start;
    return isTouched && (point.when === 'read' ? touched.reads : touched.writes);
  }

  /** Whether the data are not what they were when they were looked at last. */
  private isChanged({ last, value }: Resolved): boolean {
    const { memory } = this.machine;
    const start = value?.address as number;
    for (let i = 0; i < last.length; i++) if (memory[(start + i) & 0xffff] !== last[i]) return true;
    return false;
  }

  private dataPoints(): readonly Resolved[] {
    return this.resolved.filter(({ point, value }) => point.kind === 'data' && point.enabled && value);
  }

  /** One range over all points. What changed their data between two instructions (DMA, an interrupt) shows after the next one. */
  private watchOf(points: readonly Resolved[]): Hook['watch'] {
    if (points.length === 0) return undefined;
    const starts = points.map(({ value }) => value?.address as number);
    return {
      from: Math.min(...starts),
      end: Math.max(...points.map(({ last }, i) => (starts[i] as number) + last.length)),
      isDue: () => points.some((point) => this.isChanged(point)),
    };
  }

  private story({ point, value, last }: Resolved, isChanged: boolean): string {
    if (point.kind !== 'data' || !value) return '';
    if (point.when === 'read') return `${point.place} was read`;
    const { memory } = this.machine;
    const show = (from: Uint8Array) =>
      formatValue(reload(value, from), { image: this.image, types: this.types, memory: from });
    if (!isChanged) return `${point.place} was written with the value that it had, ${show(memory)}`;
    const old = memory.slice();
    old.set(last, value.address);
    return `${point.place} changed from ${show(old)} to ${show(memory)}`;
  }

  /** Undefined when the condition does not hold; otherwise what to add to the message. */
  private holds({ point, condition }: Resolved): string | undefined {
    if (!condition) return '';
    const value = condition.ok ? condition.value(this.scope()) : condition;
    if (!value.ok) return `, whose condition has no value: ${value.error}`;
    return isTrue(value.value) ? `, ${point.condition}` : undefined;
  }

  private look({ last, value }: Resolved, memory: Uint8Array): void {
    if (value?.address !== undefined)
      for (let i = 0; i < last.length; i++) last[i] = memory[(value.address + i) & 0xffff] as number;
  }

  private scope(): Scope {
    const { machine, image, types } = this;
    const { core, memory } = machine;
    return { image, types, memory, core, frame: callStack(core, memory, image, 1)[0] };
  }

  private resolve(point: StopPoint, hits: number): Resolved {
    const condition = point.condition.trim() === '' ? undefined : compileExpression(point.condition, this.types);
    const wrong = condition && !condition.ok ? `condition: ${condition.error}` : undefined;
    const none = { point, condition, last: new Uint8Array(0), value: undefined };
    const state = (addresses: readonly number[], problem?: string) => ({ addresses, problem: problem ?? wrong, hits });
    if (point.kind === 'line') {
      const addresses = addressesOfLine(this.image, point.file, point.line);
      return { ...none, state: state(addresses, addresses.length > 0 ? undefined : 'no code comes from this line') };
    }
    const compiled = compileExpression(point.place, this.types);
    const value = compiled.ok ? compiled.value(this.scope()) : compiled;
    if (!value.ok) return { ...none, state: state([], value.error) };
    if (point.kind === 'address') {
      const address = value.value.bits & 0xffff;
      const isCode = address < this.image.protectedEnd && (address & 1) === 0;
      return { ...none, state: isCode ? state([address]) : state([], 'there is no code at this address') };
    }
    const { address, type } = value.value;
    const bytes = sizeOf(type);
    if (address === undefined) return { ...none, state: state([], `'${point.place}' does not lie in memory`) };
    if (bytes > MAX_WATCHED_BYTES)
      return { ...none, state: state([], `more than ${MAX_WATCHED_BYTES} bytes cannot be watched`) };
    return { ...none, state: state([address]), last: new Uint8Array(bytes), value: value.value };
  }
}

/** The same place, read again. */
function reload(value: Value, memory: Uint8Array): Value {
  const { type, address } = value;
  if (address === undefined || (type.kind !== 'int' && type.kind !== 'pointer')) return value;
  return { ...value, bits: readInteger(memory, address, sizeOf(type), type.kind === 'int' && type.signed) };
}

function keyOf(point: StopPoint): string {
  return point.kind === 'line' ? `${point.file}:${point.line}` : `${point.kind} ${point.place}`;
}
