/**
 * Translates a piece of guest code to one WebAssembly function, structured by its dominator tree (Ramsey, "Beyond Relooper", ICFP
 * 2022): a loop header becomes a loop, a block where paths meet becomes the end of a block, all else nests.
 *
 * Exactness. What instructions cost beyond cache misses is known while translating; it is booked where paths meet and where the piece
 * is left, as one sum for all since the last such place. At the start of the piece, at loop headers, after calls and on long paths the cycles
 * left are compared with the most that can pass until the next such place if every access hits; before an access that does not,
 * with what the worst miss takes as well. With less left the piece is left before that instruction, and the interpreter runs up to
 * the exact stop.
 */
import { formAt } from '../cpu/decoded';
import { OP } from '../cpu/ops';
import { CORE, CORE_BASE } from '../layout';
import { account, callTimed, checkReserve, LABEL_LEAVE, popGuard, pushGuard, type Site } from './access';
import { budgetOf, type Budget } from './budget';
import { addCosts, costOf, cyclesOf, negative, NO_COST, type Cost } from './cost';
import { Emitter } from './emitter';
import { FetchLines } from './fetch-lines';
import { flagsNeeded } from './flag-use';
import { emitOperation } from './operations';
import type { PathStep } from './path-profile';
import { MAX_CALL_DEPTH, pushResult, STATUS_LEFT } from './piece-calls';
import { pcOf, type GuestBlock, type GuestInstr, type Piece, type Place } from './piece';
import { SCRATCH } from './scratch';
import { stackChecks, type StackChecks } from './stack-checks';
import type { TranslationContext } from './translation-context';
import { usageOf } from './usage';
import { OP as W, type FunctionBuilder } from './wasm';

export interface Translation {
  /** With fewer cycles left than this, entering it gets nowhere. */
  readonly boundCycles: number;
}

const LABEL_EXIT = 1_000_000;
const LABEL_DONE = 2_000_001;
const LOOP_LABELS = 500_000;

export function translatePiece(f: FunctionBuilder, piece: Piece, context: TranslationContext): Translation {
  const translator = new Translator(f, piece, context);
  translator.run();
  return { boundCycles: translator.budget.bounds[0] as number };
}

class Translator {
  readonly budget: Budget;
  /** I-line that is current when a block starts where paths meet; -1 for unknown. */
  private readonly lineAt: readonly number[];
  /** Blocks at whose start the flags may matter. */
  private readonly needsFlags: readonly boolean[];
  private readonly stackChecks: StackChecks;
  private readonly lines: FetchLines;
  private readonly e: Emitter;
  private readonly children: readonly (readonly number[])[];
  private readonly costs: readonly (readonly Cost[])[];
  /** What has been executed at the point of emission and is not booked yet. */
  private pending: Cost = NO_COST;
  /** The same, instruction by instruction, when a profile is kept. */
  private path: readonly PathStep[] = [];
  /** I-line that is known to be current at the point of emission, -1 for unknown. */
  private line = -1;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly piece: Piece,
    private readonly context: TranslationContext,
  ) {
    const usage = usageOf(context.code, piece);
    const { scratch, counted, profile, flagBits } = context;
    this.e = new Emitter(f, scratch, counted, profile, flagBits, usage.usedPairs, usage.changedPairs, usage.isSplit);
    this.costs = piece.blocks.map((block) => block.instrs.map((i) => costOf(context.code, i, context.byteCycles)));
    this.budget = budgetOf(context.code, piece, this.costs);
    this.lines = new FetchLines(context.fetchShift);
    this.lineAt = piece.blocks.map((_, b) => this.lines.atStart(piece, b));
    this.stackChecks = stackChecks(piece);
    this.needsFlags = flagsNeeded(context.code, piece, (b, instr, before) => {
      const line = before ? this.lines.after(before) : (this.lineAt[b] as number);
      return this.isChecked(instr) || this.lines.areEntered(instr, line);
    });
    const children: number[][] = piece.blocks.map(() => []);
    for (let b = 1; b < piece.blocks.length; b++) if (piece.isMerge[b]) children[this.scopeOf(b)]?.push(b);
    // The later a block comes, the further out its end must lie.
    this.children = children.map((list) => list.sort((a, b) => b - a));
  }

  run(): void {
    const { e, f } = this;
    f.i32(STATUS_LEFT).set(e.status);
    f.block(LABEL_EXIT);
    e.loadRegisters();
    this.emitTree(0);
    f.op(W.unreachable);
    f.end();
    e.storeRegisters();
    e.storeCounts();
    pushResult(f, e.left, () => f.get(e.status));
  }

  /** The block in whose scope a merge block's label must lie: its immediate dominator. */
  private scopeOf(block: number): number {
    return this.piece.dominator[block] as number;
  }

  private checkBudget(block: number): void {
    const { e, f } = this;
    f.get(e.left)
      .i32((this.budget.bounds[block] as number) + cyclesOf(this.pending))
      .op(W.i32LtS)
      .if();
    this.leaveAt(pcOf((this.piece.blocks[block] as GuestBlock).place));
    f.end();
  }

  /** Books what is pending. */
  private settle(): void {
    this.e.charge(this.pending);
    this.e.profilePath(this.path);
    this.pending = NO_COST;
    this.path = [];
  }

  /** An instruction has been emitted whose cost is not booked yet. */
  private spend(pc: number, cost: Cost): void {
    this.pending = addCosts(this.pending, cost);
    if (this.context.profile)
      this.path = [...this.path, { pc, cycles: cyclesOf(cost), count: cost.instructions === 0 ? 0 : 1 }];
  }

  /** Leaves with STATUS_LEFT; the registers are stored at the common end. -1 for a PC that is stored already. */
  private leaveAt(pc: number, { isFetched = false, isGuard = false } = {}): void {
    const { e, f, context } = this;
    e.flags.store();
    f.i32(0)
      .i32(context.exits.length)
      .store32(context.scratch + SCRATCH.exit);
    f.br(LABEL_EXIT);
    context.exits.push({ pc, cost: this.pending, path: this.path, isFetched, isGuard });
  }

  /** Emits something that may leave before the instruction at `pc`. */
  private guarded(pc: number, body: () => void, isFetched = false): void {
    const { e, f } = this;
    const { source } = e.flags;
    f.block(LABEL_DONE).block(LABEL_LEAVE);
    body();
    f.br(LABEL_DONE).end();
    const after = e.flags.source;
    e.flags.source = source;
    this.leaveAt(pc, { isFetched, isGuard: true });
    e.flags.source = after;
    f.end();
  }

  private storePc(pc: number): void {
    this.f
      .i32(0)
      .i32(pc)
      .store32(CORE_BASE + CORE.pc);
  }

  /** On the way to a block where paths meet: fetches its first word, if all other ways there come from the same line. */
  private enterBlockLine(b: number): void {
    const line = this.lineAt[b] as number;
    if (line < 0 || line === this.line) return;
    const first = (this.piece.blocks[b] as GuestBlock).instrs[0] as GuestInstr;
    const costs = this.costs[b] as readonly Cost[];
    const site = this.siteOf(b, first, costs[0] as Cost, costs.reduce(addCosts, NO_COST));
    this.guarded(first.pc, () => this.enterLine(line, first.pc, site));
    this.line = line;
  }

  private emitTree(b: number): void {
    const { f, piece } = this;
    if (piece.isLoopHeader[b]) {
      // Where paths meet above as well, they have joined.
      if (!piece.isMerge[b]) this.join(b);
      f.loop(LOOP_LABELS + b);
      this.forget(b);
    } else if (piece.isMerge[b]) this.forget(b);
    else if (this.budget.hasCheck[b]) this.checkBudget(b);
    this.emitWithin(b, 0);
    if (piece.isLoopHeader[b]) f.end();
  }

  /** What was known on one path only is not known at this block. */
  private forget(block: number): void {
    this.e.flags.source = 'word';
    this.pending = NO_COST;
    this.path = [];
    this.line = this.lineAt[block] as number;
  }

  /** Before a jump to a block where paths meet: everything where that block expects it. */
  private join(block: number): void {
    // Here the flags are known: there they would have to be kept for the case that the piece is left.
    if (this.budget.hasCheck[block]) this.checkBudget(block);
    this.enterBlockLine(block);
    this.settle();
    if (this.needsFlags[block]) this.e.flags.keep();
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
    this.emitTree(merge);
  }

  private emitBlock(b: number): void {
    const block = this.piece.blocks[b] as GuestBlock;
    const costs = this.costs[b] as readonly Cost[];
    let rest = costs.reduce(addCosts, NO_COST);
    for (const [n, instr] of block.instrs.entries()) {
      const cost = costs[n] as Cost;
      this.e.releaseTemps();
      const site = this.siteOf(b, instr, cost, rest);
      rest = addCosts(rest, negative(cost));
      if (n < block.instrs.length - 1 || block.end.kind === 'fall' || block.end.kind === 'leave') {
        const operation = () => emitOperation(this.e, instr, this.context.access, site);
        if (this.mayLeave(instr)) this.fetched(instr, site, operation);
        else operation();
        this.spend(instr.pc, cost);
      } else {
        const isAccess = block.end.kind !== 'jump' && block.end.kind !== 'branch';
        if (!isAccess && this.lines.areEntered(instr, this.line))
          this.guarded(instr.pc, () => this.emitFetch(instr, site));
        this.emitEnd(b, block, instr, cost, site);
      }
    }
    if (block.end.kind === 'fall') this.goTo(b, 0, block.end.next);
    else if (block.end.kind === 'leave') this.leaveAt(block.end.pc);
  }

  /** `rest` is the cost of this instruction and all after it in the block. */
  private siteOf(b: number, instr: GuestInstr, cost: Cost, rest: Cost): Site {
    const before = cyclesOf(this.pending);
    return {
      pc: instr.pc,
      unbooked: before + cyclesOf(cost),
      reserve: before + cyclesOf(rest) + (this.budget.after[b] as number) + this.context.worstMissCycles,
      stackCheck: this.stackChecks.get(instr) ?? 0,
    };
  }

  /** Emits the fetch of an instruction and what it does, either of which may leave before it. */
  private fetched(instr: GuestInstr, site: Site, body: () => void): void {
    const { pc } = instr;
    if (this.lines.areSpanned(instr)) {
      this.guarded(pc, () => this.emitFetch(instr, site));
      this.guarded(pc, body, true);
    } else
      this.guarded(pc, () => {
        this.emitFetch(instr, site);
        body();
      });
  }

  /** Whether anything in the translation of this instruction may leave the piece before it. */
  private mayLeave(instr: GuestInstr): boolean {
    return this.isChecked(instr) || this.lines.areEntered(instr, this.line);
  }

  /** Whether it may trap, or access memory. */
  private isChecked(instr: GuestInstr): boolean {
    const { code, access } = this.context;
    if (!access.hasCaches && this.stackChecks.get(instr) === 0) return false;
    const form = formAt(code, instr.pc);
    const isChecked = instr.op === OP.chk || instr.op === OP.chkw || instr.op === OP.addsp;
    return form.reads > 0 || form.writes > 0 || isChecked;
  }

  /** The jump, branch, call or return at a block's end. */
  private emitEnd(b: number, block: GuestBlock, instr: GuestInstr, cost: Cost, site: Site): void {
    const { e, f } = this;
    const { end } = block;
    switch (end.kind) {
      case 'jump':
        this.spend(instr.pc, cost);
        this.goTo(b, 0, end.target);
        return;
      case 'branch': {
        this.spend(instr.pc, cost);
        e.flags.pushCondition(end.condition);
        const { line, pending, path } = this;
        const { source } = e.flags;
        f.if();
        this.spend(instr.pc, { ...NO_COST, compute: 1 });
        e.keeping(source, () => this.goTo(b, 0, end.target));
        f.else();
        e.flags.source = source;
        this.line = line;
        this.pending = pending;
        this.path = path;
        this.goTo(b, 1, end.next);
        f.end();
        return;
      }
      case 'enter':
        this.push(end.returnTo, instr, site);
        this.spend(instr.pc, cost);
        this.goTo(b, 0, end.target);
        return;
      case 'resume':
        this.emitResume(b, end.next, instr, cost, site);
        return;
      case 'call':
        this.emitCall(b, end.target, end.next, instr, cost, site);
        return;
      default: {
        const returnTo = this.pop(instr, site);
        this.spend(instr.pc, cost);
        this.settle();
        e.flags.store();
        f.get(returnTo).set(e.status).br(LABEL_EXIT);
      }
    }
  }

  /** Pushes a return address, or leaves. */
  private push(returnTo: number, instr: GuestInstr, site: Site): void {
    const { e, f, context } = this;
    const address = e.temp();
    this.fetched(instr, site, () => {
      pushGuard(e, address, 2, site);
      account(e, context.access, address, 2, true, site);
    });
    f.get(address).i32(returnTo).store16(0).get(address).set(e.sp);
  }

  /** Pops a return address into a local, or leaves. */
  private pop(instr: GuestInstr, site: Site): number {
    const { e, f, context } = this;
    const address = e.temp();
    const returnTo = e.temp();
    this.fetched(instr, site, () => {
      popGuard(e, address, site);
      account(e, context.access, address, 2, false, site);
    });
    f.get(address).load16u(0).set(returnTo);
    f.get(address).i32(2).op(W.i32Add).set(e.sp);
    return returnTo;
  }

  /** The return of a call in line. A program may have put another address on the stack: then the piece is left there. */
  private emitResume(b: number, next: Place, instr: GuestInstr, cost: Cost, site: Site): void {
    const { f } = this;
    const returnTo = this.pop(instr, site);
    this.spend(instr.pc, cost);
    f.get(returnTo).i32(pcOf(next)).op(W.i32Ne).if();
    f.i32(0)
      .get(returnTo)
      .store32(CORE_BASE + CORE.pc);
    this.leaveAt(-1);
    f.end();
    this.goTo(b, 0, next);
  }

  private emitCall(b: number, target: number, next: Place, instr: GuestInstr, cost: Cost, site: Site): void {
    const { e, f, context } = this;
    this.push(pcOf(next), instr, site);
    this.spend(instr.pc, cost);
    this.settle();
    e.flags.store();
    this.storePc(target);
    f.get(e.depth).i32(MAX_CALL_DEPTH).op(W.i32GeS).brIf(LABEL_EXIT);
    e.storeRegisters();
    const result = e.wideTemp;
    const status = e.temp();
    f.get(e.depth).i32(1).op(W.i32Add).get(e.left);
    if (target === pcOf((this.piece.blocks[0] as GuestBlock).place)) f.call(context.self);
    else f.i32(context.tableSlot(target)).callIndirect(context.pieceType);
    f.tee(result).i64(32n).op(W.i64ShrU).op(W.i32WrapI64).set(e.left);
    f.get(result).op(W.i32WrapI64).tee(status).i32(pcOf(next)).op(W.i32Ne).if();
    this.leaveAfterCall(status);
    f.end();
    const sp = e.temp();
    f.get(e.sp).set(sp);
    e.loadRegisters();
    this.line = -1;
    // stack-checks.ts counts on it.
    f.get(sp).i32(2).op(W.i32Add).get(e.sp).op(W.i32Ne).if();
    this.leaveAt(pcOf(next));
    f.end();
    this.goTo(b, 0, next);
  }

  /** Left somewhere below, or returned to somewhere else: everything but the counts and such a PC is stored already. */
  private leaveAfterCall(status: number): void {
    const { e, f } = this;
    f.get(status).i32(0).op(W.i32GeS).if();
    f.i32(0)
      .get(status)
      .store32(CORE_BASE + CORE.pc);
    f.end();
    e.storeCounts();
    f.i32(STATUS_LEFT).set(e.status);
    pushResult(f, e.left, () => f.get(e.status));
    f.op(W.return);
  }

  /** Follows edge number `edge` of block `b`, which leads to `place`. */
  private goTo(b: number, edge: number, place: Place): void {
    const { f, piece } = this;
    const to = (piece.successors[b] as readonly number[])[edge] ?? -1;
    if (to < 0) {
      this.leaveAt(pcOf(place));
      return;
    }
    if (to <= b || piece.isMerge[to]) {
      this.join(to);
      f.br(to <= b ? LOOP_LABELS + to : to);
    } else this.emitTree(to);
  }

  /** Fetches the words of an instruction where they enter another line. */
  private emitFetch(instr: GuestInstr, site: Site): void {
    if (this.lines.areFree) return;
    for (let pc = instr.pc; pc < instr.pc + instr.size; pc += 2) {
      const line = this.lines.of(pc);
      if (line === this.line) continue;
      this.enterLine(line, pc, site);
      this.line = line;
    }
  }

  private enterLine(line: number, pc: number, site: Site): void {
    const { e, f, context } = this;
    const slow = () => {
      checkReserve(e, site);
      f.i32(pc);
      callTimed(e, context.fetch, site.pc, cyclesOf(this.pending));
    };
    // Within a block the line before is known to be another one.
    const unknown = this.line < 0;
    const current = CORE_BASE + CORE.fetchLine;
    if (unknown) f.i32(0).load32(current).i32(line).op(W.i32Ne).if();
    if (context.fetchWords >= 0) {
      f.i32(0)
        .load32(context.fetchWords + (line & context.fetchMask) * context.fetchWays * 4)
        .i32(line << 1)
        .op(W.i32Ne)
        .if();
      slow();
      f.end();
    } else slow();
    f.i32(0).i32(line).store32(current);
    if (unknown) f.end();
  }
}
