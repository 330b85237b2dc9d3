/**
 * The fast engine: interprets until a piece of code has shown itself worth it, translates it to WebAssembly (translate.ts), and enters
 * it from then on. Bit by bit it does what the interpreter does, and stops at the same instruction: near a stop, at ports,
 * interrupts, traps and whatever else is rare, the interpreter takes over on the same memory.
 */
import { FLAG } from '../../isa/table';
import { execute, type Execution } from '../cpu/interpreter';
import { Exit } from '../cpu/slice';
import { ACCOUNT, COUNT, CORE, layoutOf } from '../layout';
import type { MachineConfig } from '../../presets/machine';
import type { Engine } from '../engine-calls';
import { Machine } from '../machine';
import { accessPlan } from './access';
import { findPiece } from './blocks';
import { countOf, cyclesOf, MAX_SLICE_CYCLES, NO_COST } from './cost';
import { buildFlagBits, flagBitsOfWord, Kind } from './flags';
import { moveToFrontOrders, ORDERS_BYTES } from './level-code';
import { MissEvents } from './miss-events';
import { DATA_TYPE, FETCH_TYPE, hasMissEntries, isCovered, memoryModule, MISS_TYPE } from './memory-module';
import { host, type HostMemory, type HostTable } from './host';
import { PATH_PROFILE_BYTES, PathProfile } from './path-profile';
import { SCRATCH, SCRATCH_BYTES } from './scratch';
import { buildEntry, buildStub, ENTRY_TYPE, PIECE_TYPE } from './piece-calls';
import { translatePiece } from './translate';
import type { PieceExit, TranslationContext } from './translation-context';
import { FunctionBuilder, I32, ModuleBuilder } from './wasm';
import { worstMissCycles } from './worst-case';

const PAGE_BYTES = 65536;
/** Visits of the engine to an address before it is translated: making a piece costs as much as interpreting many thousand instructions. */
const HOT_VISITS = 16;
/** The same for the rest of a piece that was left. */
const HOT_REST_VISITS = 6;
/** Cycles that the interpreter runs before the engine looks for a translation again. */
const LOOK_CYCLES = 48;
/** Near a stop each miss leaves the piece: after so many of them the rest is interpreted in one go. */
const MAX_TAIL_EXITS = 8;
/** Functions that translated code calls. The last place always holds the stub that leaves. */
const TABLE_SLOTS = 256;
/** More pieces than this: all are dropped and made anew as needed. */
const MAX_PIECES = 2048;
const FIVE_TO_ONE = { params: [I32, I32, I32, I32, I32], results: [I32] } as const;

export interface FastEngineOptions {
  /** Visits of the engine to an address before it is translated; tests want it soon. */
  readonly hotVisits?: number;
  /** Keep a profile where the machine has one: translated code counts its paths, and runs a little slower. */
  readonly profile?: boolean;
}

export interface FastEngine {
  /** To be handed to the machine together with `buffer`. */
  readonly engine: Engine;
  readonly buffer: ArrayBuffer;
  readonly statistics: EngineStatistics;
  /** Brings the machine's profile up to date. */
  drainProfile(): void;
}

export interface EngineStatistics {
  /** Instructions that translated code ran. */
  translated: number;
  /** Instructions that the interpreter ran. */
  interpreted: number;
  pieces: number;
  /** Bytes of WebAssembly made for them. */
  bytes: number;
}

interface SlowPath {
  readonly data: unknown;
  readonly fetch: unknown;
  /** For misses that are known to be some, where `hasMisses`. */
  readonly readMiss: unknown;
  readonly writeMiss: unknown;
  readonly hasMisses: boolean;
}

/** (cycles left) -> cycles left afterwards; the status lies in SCRATCH.status. */
type EnterPiece = (left: number) => number;

const NO_SLOW_PATH: SlowPath = {
  data: null,
  fetch: null,
  readMiss: null,
  writeMiss: null,
  hasMisses: false,
};

interface Piece {
  readonly enter: EnterPiece;
  readonly boundCycles: number;
}

const NO_EXIT: Pick<PieceExit, 'cost'> = { cost: NO_COST };

/** A machine that runs on the fast engine; on the interpreter where there is no WebAssembly. */
export function fastMachine(config: MachineConfig, options: FastEngineOptions = {}): Machine {
  const fast = createFastEngine(config, options);
  return new Machine(config, fast ?? {});
}

/** A fast engine for one machine of this configuration; undefined where there is no WebAssembly. */
export function createFastEngine(config: MachineConfig, options: FastEngineOptions = {}): FastEngine | undefined {
  if (!host) return undefined;
  const profileBase = (layoutOf(config).stateBytes + SCRATCH_BYTES + 7) & ~7;
  const bytes = profileBase + (options.profile ? PATH_PROFILE_BYTES : 0);
  const memory = new host.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  const profile = options.profile ? new PathProfile(memory.buffer, profileBase) : null;
  const translator = new PieceCache(config, memory, profile, options.hotVisits ?? HOT_VISITS);
  return {
    buffer: memory.buffer,
    statistics: translator.statistics,
    engine: (x, until, resume) => translator.run(x, until, resume),
    drainProfile: () => profile?.drain(),
  };
}

class PieceCache {
  readonly statistics: EngineStatistics = { translated: 0, interpreted: 0, pieces: 0, bytes: 0 };
  private pieces = new Map<number, Piece | null>();
  private exits: PieceExit[] = [];
  /** By guest address: the translated function, and its place in the table if something calls it. */
  private readonly entries = new Map<number, unknown>();
  private readonly slots = new Map<number, number>();
  private readonly visits = new Uint8Array(0x10000);
  /** Where the words of scratch.ts begin. */
  private readonly scratch: number;
  private readonly words: Int32Array;
  private readonly counts: Int32Array;
  private readonly sliceEnd: Float64Array;
  private readonly missEvents: MissEvents;
  private table: HostTable | null = null;
  private stub: unknown = null;
  private slow: SlowPath = NO_SLOW_PATH;
  private execution: Execution | null = null;
  /** With fewer cycles left a miss leaves the piece. */
  private readonly tailCycles: number;
  /** What the translations were made for; when it changes they are void. */
  private madeFor: readonly (number | boolean)[] = [];

  constructor(
    private readonly config: MachineConfig,
    private readonly memory: HostMemory,
    private readonly profile: PathProfile | null,
    private readonly hotVisits: number,
  ) {
    this.scratch = layoutOf(config).stateBytes;
    this.words = new Int32Array(memory.buffer, this.scratch, SCRATCH_BYTES >> 2);
    this.counts = new Int32Array(memory.buffer, this.scratch + SCRATCH.countsA, 4);
    this.sliceEnd = new Float64Array(memory.buffer, this.scratch + SCRATCH.sliceEnd, 1);
    this.tailCycles = config.dram ? worstMissCycles(config) : 0;
    this.missEvents = new MissEvents(config, memory.buffer, this.scratch + SCRATCH.missEvents);
  }

  run(x: Execution, until: number, resume: boolean): Exit {
    const { core } = x;
    // Instruction by instruction there is nothing to translate for.
    if (until - core.cycles < LOOK_CYCLES || !this.canTranslate(x)) return this.interpret(x, until, resume);
    this.prepare(x);
    this.profile?.setOwner(x.profile);
    noteSp(x);
    let first = resume;
    // Where a slice, a port or a check ended other code; not a place that was found to be hot.
    let isRest = true;
    let tailExits = 0;
    while (core.cycles < until) {
      const { pc } = core;
      const piece = first && x.code.hasBreakpoint(pc) ? null : this.pieceAt(x, pc, isRest);
      isRest = false;
      const room = until - core.cycles;
      let stop = core.cycles + 1;
      if (piece && room > piece.boundCycles && tailExits < MAX_TAIL_EXITS) {
        const before = core.cycles;
        const exit = this.enter(x, piece, Math.min(room, Math.max(MAX_SLICE_CYCLES, piece.boundCycles + 1)));
        first = false;
        isRest = true;
        if (exit?.isGuard && until - core.cycles < this.tailCycles) tailExits++;
        if (core.cycles > before && x.fetchedPc < 0) continue;
        stop = core.cycles + 1;
      } else if (piece ?? tailExits >= MAX_TAIL_EXITS) stop = until;
      else if (piece === undefined) stop = Math.min(until, core.cycles + LOOK_CYCLES);
      const exit = this.interpret(x, stop, first);
      first = false;
      if (exit !== Exit.limit) return exit;
    }
    return Exit.limit;
  }

  private interpret(x: Execution, until: number, resume: boolean): Exit {
    const before = x.core.instructions;
    const exit = execute(x, until, resume);
    x.fetchedPc = -1;
    this.statistics.interpreted += x.core.instructions - before;
    return exit;
  }

  private canTranslate(x: Execution): boolean {
    const { fast } = x.system;
    return (x.profile === null || this.profile !== null) && !x.codeIsWritable && fast.fetchOnce;
  }

  /** Drops all translations when what they were made for is no more. */
  private prepare(x: Execution): void {
    const { fast, l1i, l1d, l2, l3 } = x.system;
    const facts = [
      x.writableFrom,
      x.multiplier,
      x.code.version,
      x.code.keepEnd,
      fast.shift,
      fast.mask,
      fast.ways,
      fast.fetchShift,
      fast.words === l1d?.words,
      Boolean(l1i?.observer ?? l1d?.observer ?? l2?.observer ?? l3?.observer),
    ];
    if (this.execution === x && facts.every((fact, i) => fact === this.madeFor[i])) return;
    this.execution = x;
    this.madeFor = facts;
    this.dropAll(x);
  }

  private dropAll(x: Execution): void {
    const { Table } = host as NonNullable<typeof host>;
    this.pieces = new Map();
    this.exits = [];
    this.profile?.clear();
    this.entries.clear();
    this.visits.fill(0);
    this.table = new Table({ element: 'anyfunc', initial: TABLE_SLOTS });
    const builder = new ModuleBuilder([]);
    this.slow = this.slowPath(x);
    const stub = new FunctionBuilder(PIECE_TYPE);
    buildStub(stub);
    builder.add(stub);
    this.stub = this.instantiate(builder.encode())['f0'];
    for (let i = 0; i < TABLE_SLOTS; i++) this.table.set(i, this.stub);
    this.slots.clear();
  }

  /** A translation, null where there can be none, undefined where there is none yet. */
  private pieceAt(x: Execution, pc: number, isRest: boolean): Piece | null | undefined {
    const known = this.pieces.get(pc);
    if (known !== undefined) return known;
    const visits = (this.visits[pc] as number) + 1;
    this.visits[pc] = visits;
    if (visits < (isRest ? Math.min(HOT_REST_VISITS, this.hotVisits) : this.hotVisits)) return undefined;
    if (this.pieces.size >= MAX_PIECES || this.profile?.isFull) this.dropAll(x);
    const piece = this.translate(x, pc, isRest && !this.slots.has(pc));
    this.pieces.set(pc, piece);
    return piece;
  }

  /** Gives the exit by which the piece was left; undefined when it returned. */
  private enter(x: Execution, piece: Piece, budget: number): PieceExit | undefined {
    const { core, system } = x;
    const { words, counts, sliceEnd } = this;
    const { ledger, flags } = core;
    const start = core.cycles;
    sliceEnd[0] = start + budget;
    words[SCRATCH.pushFloor >> 2] = Math.max(core.stackLimit, x.writableFrom);
    words[SCRATCH.exit >> 2] = -1;
    words[SCRATCH.flags >> 2] = flags;
    words[(SCRATCH.flags >> 2) + 1] = Kind.explicit;
    counts.fill(0);
    const bookedBefore = booked(ledger);
    const left = piece.enter(budget);
    const status = words[SCRATCH.status >> 2] as number;
    if (status >= 0) core.pc = status;
    // Calls that were made in there have returned in there, or it was left.
    noteSp(x);
    const exit = this.exits[words[SCRATCH.exit >> 2] as number];
    if (exit) {
      if (exit.pc >= 0) core.pc = exit.pc;
      x.fetchedPc = exit.isFetched ? exit.pc : -1;
      this.profile?.add(exit.path);
    }
    const { cost } = exit ?? NO_EXIT;
    const cycles = budget - left + cyclesOf(cost);
    const instructions = cost.instructions + countOf(counts, 'a', 0);
    const bus = cost.bus + countOf(counts, 'a', 1);
    core.cycles = start + cycles;
    this.profile?.passed(cycles);
    core.instructions += instructions;
    core.flags =
      (flags & FLAG.I) | flagBitsOfWord(words[SCRATCH.flags >> 2] as number, words[(SCRATCH.flags >> 2) + 1] as number);
    // What the memory system took it has booked itself, or does now.
    this.missEvents.drain(system, ledger);
    const stalls = booked(ledger) - bookedBefore;
    (ledger[ACCOUNT.compute] as number) += cycles - bus - stalls;
    (ledger[ACCOUNT.l1d] as number) += bus;
    if (system.l1i) (system.l1i.counts[COUNT.reads] as number) += cost.fetched + countOf(counts, 'a', 2);
    if (system.l1d) {
      (system.l1d.counts[COUNT.reads] as number) += cost.reads + countOf(counts, 'b', 0);
      (system.l1d.counts[COUNT.writes] as number) += cost.writes + countOf(counts, 'b', 1);
    }
    this.statistics.translated += instructions;
    return exit;
  }

  /** Who answers when an access is no plain hit: the module for this hierarchy, or the model itself. */
  private slowPath({ system }: Execution): SlowPath {
    const levels = [system.l1i, system.l1d, system.l2, system.l3];
    if (!isCovered(this.config) || levels.some((level) => level?.observer))
      return {
        ...NO_SLOW_PATH,
        data: this.dataSlow,
        fetch: this.fetchSlow,
        readMiss: this.fetchSlow,
        writeMiss: this.fetchSlow,
      };
    const orders = this.scratch + SCRATCH.orders;
    new Uint8Array(this.memory.buffer, orders, ORDERS_BYTES).set(moveToFrontOrders());
    const withVectors = memoryModule(this.config, orders);
    const isValid = host?.validate(withVectors.bytes);
    const { bytes, data, fetch, readMiss, writeMiss } = isValid ? withVectors : memoryModule(this.config, undefined);
    const exports = this.instantiate(bytes);
    return {
      data: exports[data],
      fetch: exports[fetch],
      readMiss: exports[readMiss],
      writeMiss: exports[writeMiss],
      hasMisses: hasMissEntries(this.config),
    };
  }

  /** The rest of a piece that was left ends where others begin: it is entered once in a while, and should be small. */
  private translate(x: Execution, pc: number, isRest: boolean): Piece | null {
    const piece = findPiece(x.code, pc, {
      multiplier: x.multiplier,
      inline: !isRest,
      unroll: !isRest && x.system.l1d !== null,
      isEnd: (at) => isRest && this.entries.has(at),
    });
    if (!piece) return null;
    const builder = new ModuleBuilder([
      { name: 'data', type: DATA_TYPE },
      { name: 'fetch', type: FETCH_TYPE },
      { name: 'readMiss', type: MISS_TYPE },
      { name: 'writeMiss', type: MISS_TYPE },
    ]);
    const flags = new FunctionBuilder(FIVE_TO_ONE);
    buildFlagBits(flags);
    const f = new FunctionBuilder(PIECE_TYPE);
    const context = this.context(x, builder, { flagBits: builder.add(flags), self: builder.add(f) });
    const { boundCycles } = translatePiece(f, piece, context);
    const entry = new FunctionBuilder(ENTRY_TYPE);
    buildEntry(entry, context);
    builder.add(entry);
    const bytes = builder.encode();
    const { f1, f2 } = this.instantiate(bytes);
    this.statistics.bytes += bytes.length;
    this.entries.set(pc, f1);
    const slot = this.slots.get(pc);
    if (slot !== undefined) this.table?.set(slot, f1);
    this.statistics.pieces++;
    return { enter: f2 as EnterPiece, boundCycles };
  }

  private context(
    x: Execution,
    builder: ModuleBuilder,
    functions: Pick<TranslationContext, 'flagBits' | 'self'>,
  ): TranslationContext {
    const { system } = x;
    const { fast, l1i, l1d } = system;
    const layout = layoutOf(this.config);
    const judgeFetch = l1i && l1i.config.policy === 'lru' && l1i.config.hitCycles === 1 && layout.l1i;
    return {
      code: x.code,
      access: accessPlan(system, x.writableFrom, layout.l1d?.words ?? -1, {
        slow: 0,
        misses: this.slow.hasMisses ? { read: 2, write: 3 } : null,
      }),
      counted: { fetches: fast.fetchShift < 31, accesses: l1d !== null },
      scratch: this.scratch,
      exits: this.exits,
      profile: this.profile,
      tableSlot: (target) => this.slotOf(target),
      byteCycles: fast.byteCycles,
      fetchShift: fast.fetchShift,
      fetchWords: judgeFetch ? judgeFetch.words : -1,
      fetchMask: l1i ? l1i.sets - 1 : 0,
      fetchWays: l1i ? l1i.ways : 1,
      worstMissCycles: worstMissCycles(this.config),
      ...functions,
      fetch: 1,
      pieceType: builder.typeIndex(PIECE_TYPE),
    };
  }

  /** The table is small, because each module keeps a copy of it; what has no place in it is left to the engine's loop. */
  private slotOf(target: number): number {
    const known = this.slots.get(target);
    if (known !== undefined) return known;
    if (this.slots.size >= TABLE_SLOTS - 1) return TABLE_SLOTS - 1;
    const slot = this.slots.size;
    this.slots.set(target, slot);
    const enter = this.entries.get(target);
    if (enter) this.table?.set(slot, enter);
    return slot;
  }

  private instantiate(bytes: Uint8Array<ArrayBuffer>): Readonly<Record<string, unknown>> {
    const { Module, Instance } = host as NonNullable<typeof host>;
    return new Instance(new Module(bytes), {
      env: { memory: this.memory, table: this.table, ...this.slow },
    }).exports;
  }

  /** A data access that is not a plain hit: (address, bytes | write << 2 | pc << 3, cycles left) -> cycles left afterwards. */
  private readonly dataSlow = (address: number, info: number, left: number): number => {
    const { system } = this.execution as Execution;
    const isWrite = (info & 4) !== 0;
    // The piece counts the access as well.
    if (system.l1d) (system.l1d.counts[isWrite ? COUNT.writes : COUNT.reads] as number)--;
    return left - system.data(address, info & 3, isWrite, info >>> 3, (this.sliceEnd[0] as number) - left);
  };

  /** A fetch in another line than the last: (pc, cycles left) -> cycles left afterwards. */
  private readonly fetchSlow = (pc: number, left: number): number => {
    const { system, core } = this.execution as Execution;
    core.words[CORE.fetchLine >> 2] = -1;
    return left - system.fetch(pc, (this.sliceEnd[0] as number) - left);
  };
}

function noteSp({ core, highestSp }: Execution): void {
  if (core.sp > (highestSp[core.id] as number)) highestSp[core.id] = core.sp;
}

/** Cycles in the accounts that the memory system books. */
function booked(ledger: Float64Array): number {
  let sum = 0;
  for (let account = ACCOUNT.l1i as number; account <= ACCOUNT.ram; account++)
    if (account !== ACCOUNT.l1d) sum += ledger[account] as number;
  return sum;
}
