/**
 * Translates a piece of guest code to one WebAssembly function, structured by its dominator tree (Ramsey, "Beyond Relooper", ICFP
 * 2022): a loop header becomes a loop, a block where paths meet becomes the end of a block, all else nests.
 *
 * Exactness. What a block costs beyond cache misses is booked when it starts; whoever leaves in the middle gives back the rest. At the
 * start of the piece, at loop headers and after calls the cycles left are compared with the most that can pass until the next such
 * place if every access hits; before an access that does not, with what the worst miss takes as well. With less left the piece is left
 * before that instruction, and the interpreter runs up to the exact stop.
 *
 * The function gives 0 after a guest RET, with PC at the return address, and 1 when it was left, with PC where to go on.
 */
import { formAt, type DecodedCode } from '../cpu/decoded';
import { CORE, CORE_BASE } from '../layout';
import { account, charge, checkReserve, guard, refund, type AccessPlan, type Site } from './access';
import type { GuestBlock, GuestInstr, Piece } from './blocks';
import { addCosts, costOf, NO_COST, type Cost } from './cost';
import { Emitter, GLOBAL } from './emitter';
import { emitOperation, pushGuard } from './operations';
import { usageOf } from './usage';
import { I32, OP as W, type FunctionBuilder } from './wasm';

export interface TranslationContext {
  readonly code: DecodedCode;
  readonly access: AccessPlan;
  readonly byteCycles: number;
  /** log2 of the I-line; 31 when fetches are free. */
  readonly fetchShift: number;
  /** How a fetch in another line is judged: first word of L1I, sets - 1, ways; offset -1 asks the slow path each time. */
  readonly fetchWords: number;
  readonly fetchMask: number;
  readonly fetchWays: number;
  /** Most cycles that one data access or one line fetched can add. */
  readonly worstMissCycles: number;
  /** Function indices. */
  readonly flagBits: number;
  readonly fetch: number;
  /** Type index of a translated function. */
  readonly pieceType: number;
}

export interface Translation {
  /** With fewer cycles left than this, entering it gets nowhere. */
  readonly boundCycles: number;
}

/** Translated calls nest at most this deep; the host's stack is finite. */
export const MAX_CALL_DEPTH = 600;

/** A pair shifted by sixteen. */
const MAX_SHIFT_CYCLES = 32;

const LABEL_EXIT = 1_000_000;
const LOOP_LABELS = 500_000;

export function translatePiece(f: FunctionBuilder, piece: Piece, context: TranslationContext): Translation {
  const translator = new Translator(f, piece, context);
  translator.run();
  return { boundCycles: translator.bounds[0] as number };
}

class Translator {
  readonly bounds: readonly number[];
  /** What must be left while a block runs, whose own cost is booked. */
  private readonly after: readonly number[];
  private readonly e: Emitter;
  private readonly children: readonly (readonly number[])[];
  private readonly costs: readonly (readonly Cost[])[];
  /** I-line that is known to be current at the point of emission, -1 for unknown. */
  private line = -1;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly piece: Piece,
    private readonly context: TranslationContext,
  ) {
    const usage = usageOf(context.code, piece);
    this.e = new Emitter(f, context.flagBits, usage.usedPairs, usage.changedPairs, usage.isSplit);
    this.costs = piece.blocks.map((block) => block.instrs.map((i) => costOf(context.code, i, context.byteCycles)));
    const { bounds, after } = this.findBounds();
    this.bounds = bounds;
    this.after = after;
    const children: number[][] = piece.blocks.map(() => []);
    for (let b = 1; b < piece.blocks.length; b++) if (piece.isMerge[b]) children[this.scopeOf(b)]?.push(b);
    // The later a block comes, the further out its end must lie.
    this.children = children.map((list) => list.sort((a, b) => b - a));
  }

  run(): void {
    const { e, f } = this;
    f.block(LABEL_EXIT);
    e.loadRegisters();
    this.checkBudget(0);
    this.emitTree(0);
    f.op(W.unreachable);
    f.end();
    e.storeRegisters();
    f.i32(0)
      .get(e.exitPc)
      .store32(CORE_BASE + CORE.pc);
    f.get(e.status);
  }

  /** The block in whose scope a merge block's label must lie: its immediate dominator. */
  private scopeOf(block: number): number {
    return this.piece.dominator[block] as number;
  }

  /** Most cycles from the start of each block to the next check of the budget, if every access hits. */
  private findBounds(): { readonly bounds: number[]; readonly after: number[] } {
    const { piece, context } = this;
    const bounds = piece.blocks.map(() => 0);
    const after = piece.blocks.map(() => 0);
    for (let b = piece.blocks.length - 1; b >= 0; b--) {
      const block = piece.blocks[b] as GuestBlock;
      // A taken branch, and shifts whose time is not known yet.
      let beyond = 1;
      for (const instr of block.instrs)
        if (formAt(context.code, instr.pc).extra?.per === 'bit') beyond += MAX_SHIFT_CYCLES;
      let next = 0;
      for (const to of piece.successors[b] as readonly number[])
        if (to > b && !piece.isLoopHeader[to] && block.end.kind !== 'call') next = Math.max(next, bounds[to] as number);
      const own = (this.costs[b] as readonly Cost[]).reduce(addCosts, NO_COST);
      after[b] = beyond + next;
      bounds[b] = own.compute + own.bus + beyond + next;
    }
    return { bounds, after };
  }

  private checkBudget(block: number): void {
    const { e, f } = this;
    f.get(e.left)
      .i32(this.bounds[block] as number)
      .op(W.i32LtS)
      .if();
    this.leaveAt((this.piece.blocks[block] as GuestBlock).pc);
    f.end();
  }

  /** Leaves with status 1; the registers are stored at the common end. */
  private leaveAt(pc: number): void {
    const { e, f } = this;
    e.canonicalFlags();
    f.i32(pc).set(e.exitPc).i32(1).set(e.status).br(LABEL_EXIT);
  }

  private emitTree(b: number): void {
    const { f, piece } = this;
    if (piece.isLoopHeader[b]) {
      this.e.canonicalFlags();
      this.forget();
      f.loop(LOOP_LABELS + b);
      if (b !== 0) this.checkBudget(b);
      else this.checkBudget(0);
    } else if (piece.isMerge[b]) this.forget();
    this.emitWithin(b, 0);
    if (piece.isLoopHeader[b]) f.end();
  }

  /** What was known on one path only is not known here. */
  private forget(): void {
    this.e.flags = 'canonical';
    this.line = -1;
  }

  private emitWithin(b: number, child: number): void {
    const merge = (this.children[b] as readonly number[])[child];
    if (merge === undefined) {
      this.emitBlock(b);
      return;
    }
    this.f.block(merge);
    this.emitWithin(b, child + 1);
    this.f.end();
    this.forget();
    this.emitTree(merge);
  }

  private emitBlock(b: number): void {
    const { e, context } = this;
    const block = this.piece.blocks[b] as GuestBlock;
    const costs = this.costs[b] as readonly Cost[];
    let rest = costs.reduce(addCosts, NO_COST);
    charge(e, rest);
    for (const [n, instr] of block.instrs.entries()) {
      const cost = costs[n] as Cost;
      const from = rest;
      rest = addCosts(rest, { ...negative(cost) });
      const site: Site = {
        pc: instr.pc,
        rest: from,
        cyclesAfter: rest.compute + rest.bus,
        reserve: (this.after[b] as number) + 2 * context.worstMissCycles,
        leave: () => {
          const known = e.flags;
          refund(e, from);
          this.leaveAt(instr.pc);
          e.flags = known;
        },
      };
      this.emitFetch(instr, site);
      if (n < block.instrs.length - 1 || block.end.kind === 'fall' || block.end.kind === 'leave') {
        emitOperation(e, instr, context.access, site);
      } else this.emitEnd(b, block, instr, site);
    }
    if (block.end.kind === 'fall') this.goTo(b, 0, block.end.next);
    else if (block.end.kind === 'leave') this.leaveAt(block.end.pc);
    else if (block.end.kind === 'call') this.goTo(b, 0, block.end.next);
  }

  /** The jump, branch, call or return at a block's end. */
  private emitEnd(b: number, block: GuestBlock, instr: GuestInstr, site: Site): void {
    const { e, f } = this;
    switch (block.end.kind) {
      case 'jump':
        this.goTo(b, 0, block.end.target);
        return;
      case 'branch': {
        e.pushCondition(block.end.condition);
        const known = { flags: e.flags, line: this.line };
        f.if();
        charge(e, { ...NO_COST, compute: 1 });
        this.goTo(b, 0, block.end.target);
        f.else();
        e.flags = known.flags;
        this.line = known.line;
        this.goTo(b, 1, block.end.next);
        f.end();
        return;
      }
      case 'call':
        this.emitCall(instr, block.end.target, block.end.next, site);
        return;
      case 'return':
        this.emitReturn(site);
        return;
      default:
        emitOperation(e, instr, this.context.access, site);
    }
  }

  private emitCall(instr: GuestInstr, target: number, next: number, site: Site): void {
    const { e, f, context } = this;
    const address = e.temp();
    pushGuard(e, address, 2, site);
    guard(e, context.access, address, 2, true, site);
    account(e, context.access, address, 2, true, site);
    f.get(address).i32(next).store16(0).get(address).set(e.sp);
    e.canonicalFlags();
    e.flags = 'canonical';
    f.globalGet(GLOBAL.depth).i32(MAX_CALL_DEPTH).op(W.i32GeS).if();
    f.i32(target).set(e.exitPc).i32(1).set(e.status).br(LABEL_EXIT);
    f.end();
    e.storeRegisters();
    f.i32(0)
      .i32(target)
      .store32(CORE_BASE + CORE.pc);
    f.globalGet(GLOBAL.depth).i32(1).op(W.i32Add).globalSet(GLOBAL.depth);
    f.i32(target >> 1).callIndirect(context.pieceType);
    f.globalGet(GLOBAL.depth).i32(1).op(W.i32Sub).globalSet(GLOBAL.depth);
    // Left somewhere below, or returned to somewhere else: everything is stored already.
    f.i32(0)
      .load32(CORE_BASE + CORE.pc)
      .i32(next)
      .op(W.i32Ne)
      .op(W.i32Or)
      .if();
    f.i32(1).op(W.return);
    f.end();
    e.loadRegisters();
    this.line = -1;
    const after = this.piece.index.get(next);
    if (after !== undefined && !this.piece.isLoopHeader[after]) this.checkBudget(after);
    void instr;
  }

  private emitReturn(site: Site): void {
    const { e, f, context } = this;
    const address = e.temp();
    f.get(e.sp).set(address);
    guard(e, context.access, address, 2, false, site);
    account(e, context.access, address, 2, false, site);
    f.get(address).load16u(0).set(e.exitPc);
    f.get(address).i32(2).op(W.i32Add).i32(0xffff).op(W.i32And).set(e.sp);
    e.canonicalFlags();
    f.i32(0).set(e.status).br(LABEL_EXIT);
  }

  /** Follows edge number `edge` of block `b`, which leads to `pc`. */
  private goTo(b: number, edge: number, pc: number): void {
    const { e, f, piece } = this;
    const to = (piece.successors[b] as readonly number[])[edge] ?? -1;
    if (to < 0) {
      this.leaveAt(pc);
      return;
    }
    if (to <= b) {
      e.canonicalFlags();
      f.br(LOOP_LABELS + to);
    } else if (piece.isMerge[to]) {
      e.canonicalFlags();
      f.br(to);
    } else this.emitTree(to);
  }

  /** Fetches the words of an instruction where they enter another line. */
  private emitFetch(instr: GuestInstr, site: Site): void {
    const { fetchShift } = this.context;
    if (fetchShift >= 31) return;
    for (let pc = instr.pc; pc < instr.pc + instr.size; pc += 2) {
      const line = pc >> fetchShift;
      if (line === this.line) continue;
      this.enterLine(line, pc, site);
      this.line = line;
    }
  }

  private enterLine(line: number, pc: number, site: Site): void {
    const { e, f, context } = this;
    const slow = () => {
      checkReserve(e, site);
      f.get(e.left)
        .i32(pc)
        .get(e.left)
        .i32(site.rest.compute + site.rest.bus)
        .op(W.i32Add);
      f.call(context.fetch).op(W.i32Sub).set(e.left);
    };
    // Within a block the line before is known to be another one.
    const unknown = this.line < 0;
    if (unknown) f.get(e.fetchLine).i32(line).op(W.i32Ne).if();
    if (context.fetchWords >= 0) {
      f.i32(0)
        .load32(context.fetchWords + (line & context.fetchMask) * context.fetchWays * 4)
        .i32(line << 1)
        .op(W.i32Ne)
        .if();
      slow();
      f.end();
    } else slow();
    f.i32(line).set(e.fetchLine);
    if (unknown) f.end();
  }
}

function negative(cost: Cost): Cost {
  return {
    instructions: -cost.instructions,
    compute: -cost.compute,
    bus: -cost.bus,
    fetched: -cost.fetched,
    reads: -cost.reads,
    writes: -cost.writes,
  };
}

export const PIECE_TYPE = { params: [], results: [I32] } as const;
