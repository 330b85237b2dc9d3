/**
 * The fast engine: interprets until a piece of code has shown itself worth it, translates it to WebAssembly (translate.ts), and enters
 * it from then on. Bit by bit it does what the interpreter does, and stops at the same instruction: near a stop, at ports,
 * interrupts, traps and whatever else is rare, the interpreter takes over on the same memory.
 */
import { FLAG } from '../../isa/table';
import { execute, Exit, type Execution } from '../cpu/interpreter';
import { ACCOUNT, COUNT, CORE, layoutOf } from '../layout';
import type { MachineConfig } from '../config';
import type { Engine } from '../machine';
import { accessPlan } from './access';
import { findPiece } from './blocks';
import { MAX_SLICE_CYCLES, unpack } from './cost';
import { GLOBALS } from './emitter';
import { buildFlagBits, flagBits, Kind } from './flags';
import { host, type HostGlobal, type HostMemory, type HostTable } from './host';
import { PIECE_TYPE, translatePiece, type TranslationContext } from './translate';
import { FunctionBuilder, I32, I64, ModuleBuilder } from './wasm';
import { worstMissCycles } from './worst-case';

const PAGE_BYTES = 65536;
/** Visits of the engine to an address before it is translated. */
const HOT_VISITS = 2;
/** Cycles that the interpreter runs before the engine looks for a translation again. */
const LOOK_CYCLES = 48;
/** More pieces than this: all are dropped and made anew as needed. */
const MAX_PIECES = 2048;
const GLOBAL_TYPES = GLOBALS.map((name) => ({ name, type: name.startsWith('counts') ? I64 : I32 }) as const);
const THREE_TO_ONE = { params: [I32, I32, I32], results: [I32] } as const;
const TWO_TO_ONE = { params: [I32, I32], results: [I32] } as const;
const FIVE_TO_ONE = { params: [I32, I32, I32, I32, I32], results: [I32] } as const;

export interface FastEngine {
  /** To be handed to the machine together with `buffer`. */
  readonly engine: Engine;
  readonly buffer: ArrayBuffer;
  readonly statistics: EngineStatistics;
}

export interface EngineStatistics {
  /** Instructions that translated code ran. */
  translated: number;
  /** Instructions that the interpreter ran. */
  interpreted: number;
  pieces: number;
}

interface Piece {
  readonly enter: () => number;
  readonly boundCycles: number;
}

/** A fast engine for one machine of this configuration; undefined where there is no WebAssembly. */
export function createFastEngine(config: MachineConfig): FastEngine | undefined {
  if (!host) return undefined;
  const memory = new host.Memory({ initial: Math.ceil(layoutOf(config).stateBytes / PAGE_BYTES) });
  const translator = new PieceCache(config, memory);
  return {
    buffer: memory.buffer,
    statistics: translator.statistics,
    engine: (x, until, resume) => translator.run(x, until, resume),
  };
}

class PieceCache {
  readonly statistics: EngineStatistics = { translated: 0, interpreted: 0, pieces: 0 };
  private pieces = new Map<number, Piece | null>();
  private readonly visits = new Uint8Array(0x10000);
  private readonly left: HostGlobal<number>;
  private readonly countsA: HostGlobal<bigint>;
  private readonly countsB: HostGlobal<bigint>;
  private readonly kind: HostGlobal<number>;
  private readonly a: HostGlobal<number>;
  private readonly b: HostGlobal<number>;
  private readonly logic: HostGlobal<number>;
  private readonly result: HostGlobal<number>;
  private readonly depth: HostGlobal<number>;
  private table: HostTable | null = null;
  private stub: unknown = null;
  /** Cycle at which the slice would have nothing left. */
  private sliceEnd = 0;
  private execution: Execution | null = null;
  /** What the translations were made for; when it changes they are void. */
  private madeFor = '';
  private codeVersion = -1;

  constructor(
    private readonly config: MachineConfig,
    private readonly memory: HostMemory,
  ) {
    const { Global } = host as NonNullable<typeof host>;
    const number = () => new Global<number>({ value: 'i32', mutable: true }, 0);
    const big = () => new Global<bigint>({ value: 'i64', mutable: true }, 0n);
    this.left = number();
    this.countsA = big();
    this.countsB = big();
    this.kind = number();
    this.a = number();
    this.b = number();
    this.logic = number();
    this.result = number();
    this.depth = number();
  }

  run(x: Execution, until: number, resume: boolean): Exit {
    const { core } = x;
    if (!this.canTranslate(x)) return this.interpret(x, until, resume);
    this.prepare(x);
    let first = resume;
    while (core.cycles < until) {
      const { pc } = core;
      const piece = first && x.code.hasBreakpoint(pc) ? null : this.pieceAt(x, pc);
      const room = until - core.cycles;
      let stop = core.cycles + 1;
      if (piece && room > piece.boundCycles) {
        const before = core.cycles;
        this.enter(x, piece, Math.min(room, Math.max(MAX_SLICE_CYCLES, piece.boundCycles + 1)));
        first = false;
        if (core.cycles > before) continue;
      } else if (piece) stop = until;
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
    this.statistics.interpreted += x.core.instructions - before;
    return exit;
  }

  private canTranslate(x: Execution): boolean {
    const { fast } = x.system;
    return x.profile === null && !x.codeIsWritable && fast.fetchOnce;
  }

  /** Drops all translations when what they were made for is no more. */
  private prepare(x: Execution): void {
    const { fast } = x.system;
    const madeFor = [
      x.writableFrom,
      x.multiplier,
      fast.shift,
      fast.mask,
      fast.ways,
      fast.fetchShift,
      x.code.keepEnd,
    ].join();
    const judged = fast.words === x.system.l1d?.words;
    const key = `${madeFor},${judged}`;
    if (this.execution === x && this.madeFor === key && this.codeVersion === x.code.version) return;
    this.execution = x;
    this.madeFor = key;
    this.codeVersion = x.code.version;
    this.dropAll();
  }

  private dropAll(): void {
    const { Table } = host as NonNullable<typeof host>;
    this.pieces = new Map();
    this.visits.fill(0);
    this.table = new Table({ element: 'anyfunc', initial: 0x8000 });
    const builder = new ModuleBuilder([], []);
    const stub = new FunctionBuilder(PIECE_TYPE);
    stub.i32(1);
    builder.add(stub);
    this.stub = this.instantiate(builder)['f0'];
    for (let i = 0; i < 0x8000; i++) this.table.set(i, this.stub);
  }

  /** A translation, null where there can be none, undefined where there is none yet. */
  private pieceAt(x: Execution, pc: number): Piece | null | undefined {
    const known = this.pieces.get(pc);
    if (known !== undefined) return known;
    const visits = (this.visits[pc] as number) + 1;
    this.visits[pc] = visits;
    if (visits < HOT_VISITS) return undefined;
    if (this.pieces.size >= MAX_PIECES) this.dropAll();
    const piece = this.translate(x, pc);
    this.pieces.set(pc, piece);
    return piece;
  }

  private enter(x: Execution, piece: Piece, budget: number): void {
    const { core, system } = x;
    const interrupts = core.flags & FLAG.I;
    this.sliceEnd = core.cycles + budget;
    this.left.value = budget;
    this.countsA.value = 0n;
    this.countsB.value = 0n;
    this.kind.value = Kind.explicit;
    this.a.value = core.flags;
    this.logic.value = 0;
    this.depth.value = 0;
    piece.enter();
    const [instructions, compute, bus] = unpack(this.countsA.value);
    const [fetched, reads, writes] = unpack(this.countsB.value);
    core.cycles = this.sliceEnd - this.left.value;
    core.instructions += instructions;
    core.flags =
      interrupts | flagBits(this.kind.value, this.a.value, this.b.value, this.logic.value, this.result.value);
    (core.ledger[ACCOUNT.compute] as number) += compute;
    (core.ledger[ACCOUNT.l1d] as number) += bus;
    if (system.l1i) (system.l1i.counts[COUNT.reads] as number) += fetched;
    if (system.l1d) {
      (system.l1d.counts[COUNT.reads] as number) += reads;
      (system.l1d.counts[COUNT.writes] as number) += writes;
    }
    this.statistics.translated += instructions;
  }

  private translate(x: Execution, pc: number): Piece | null {
    const piece = findPiece(x.code, pc, x.multiplier);
    if (!piece) return null;
    const builder = new ModuleBuilder(GLOBAL_TYPES, [
      { name: 'data', type: THREE_TO_ONE },
      { name: 'fetch', type: TWO_TO_ONE },
    ]);
    const flags = new FunctionBuilder(FIVE_TO_ONE);
    buildFlagBits(flags);
    const context = this.context(x, builder, builder.add(flags));
    const f = new FunctionBuilder(PIECE_TYPE);
    const { boundCycles } = translatePiece(f, piece, context);
    builder.add(f);
    const enter = this.instantiate(builder)['f1'] as () => number;
    this.table?.set(pc >> 1, enter);
    this.statistics.pieces++;
    return { enter, boundCycles };
  }

  private context(x: Execution, builder: ModuleBuilder, flags: number): TranslationContext {
    const { system } = x;
    const { fast, l1i } = system;
    const layout = layoutOf(this.config);
    const judgeFetch = l1i && l1i.config.policy === 'lru' && l1i.config.hitCycles === 1 && layout.l1i;
    return {
      code: x.code,
      access: accessPlan(system, x.writableFrom, layout.l1d?.words ?? -1, 0),
      byteCycles: fast.byteCycles,
      fetchShift: fast.fetchShift,
      fetchWords: judgeFetch ? judgeFetch.words : -1,
      fetchMask: l1i ? l1i.sets - 1 : 0,
      fetchWays: l1i ? l1i.ways : 1,
      worstMissCycles: worstMissCycles(this.config),
      flagBits: flags,
      fetch: 1,
      pieceType: builder.typeIndex(PIECE_TYPE),
    };
  }

  private instantiate(builder: ModuleBuilder): Readonly<Record<string, unknown>> {
    const { Module, Instance } = host as NonNullable<typeof host>;
    const { left, countsA, countsB, kind, a, b, logic, result, depth } = this;
    const env = { memory: this.memory, table: this.table, left, countsA, countsB, kind, a, b, logic, result, depth };
    return new Instance(new Module(builder.encode()), {
      env: { ...env, data: this.dataSlow, fetch: this.fetchSlow },
    }).exports;
  }

  /** A data access that is not a plain hit: (address, bytes | write << 2 | pc << 3, cycles left) -> cycles beyond the bus. */
  private readonly dataSlow = (address: number, info: number, left: number): number => {
    const { system } = this.execution as Execution;
    return system.data(address, info & 3, (info & 4) !== 0, info >>> 3, this.sliceEnd - left);
  };

  /** A fetch in another line than the last: (pc, cycles left) -> cycles that it stalls. */
  private readonly fetchSlow = (pc: number, left: number): number => {
    const { system, core } = this.execution as Execution;
    core.words[CORE.fetchLine >> 2] = -1;
    return system.fetch(pc, this.sliceEnd - left);
  };
}
