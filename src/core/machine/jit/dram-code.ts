/** DRAM as WebAssembly: what memory/dram.ts does, on the same words. */
import type { DramConfig, MachineConfig } from '../../presets/machine';
import { ACCOUNT, CORE, CORE_BASE, DRAM_COUNT, type MachineLayout } from '../layout';
import { dramCycles, type DramCycles } from '../memory/dram';
import { SCRATCH } from './scratch';
import { F64, FunctionBuilder, I32, OP as W } from './wasm';

/** (address, bytes, cycles left) -> cycles left afterwards. */
const ACCESS_TYPE = { params: [I32, I32, I32], results: [I32] } as const;

export class DramCode {
  private readonly dram: DramConfig;
  private readonly at: NonNullable<MachineLayout['dram']>;
  private readonly cycles: DramCycles;

  constructor(
    config: MachineConfig,
    layout: MachineLayout,
    /** Byte offset of the words of scratch.ts. */
    private readonly scratch: number,
  ) {
    this.dram = config.dram as DramConfig;
    this.at = layout.dram as NonNullable<MachineLayout['dram']>;
    this.cycles = dramCycles(this.dram, config.cyclePs);
  }

  /** Adds one to a count. */
  count(f: FunctionBuilder, which: number): void {
    const at = this.at.counts + 8 * which;
    f.i32(0).i32(0).loadF64(at).f64(1).op(W.f64Add).storeF64(at);
  }

  /** The function of an access, all of it but the count of reads or writes. */
  access(): FunctionBuilder {
    const { dram, at, cycles } = this;
    const f = new FunctionBuilder(ACCESS_TYPE);
    const [address, bytes, left] = [0, 1, 2];
    const took = f.local();
    const row = f.local();
    const slot = f.local();
    const open = f.local();
    this.refresh(f, took, left);
    f.get(address)
      .i32(Math.log2(dram.rowBytes))
      .op(W.i32ShrU)
      .tee(row)
      .i32(dram.banks - 1)
      .op(W.i32And)
      .i32(2)
      .op(W.i32Shl)
      .tee(slot)
      .load32(at.rows)
      .tee(open)
      .get(row)
      .op(W.i32Eq)
      .if();
    const outcome = (which: number, by: number) => {
      this.count(f, which);
      f.get(took).i32(by).op(W.i32Add).set(took);
    };
    outcome(DRAM_COUNT.rowHits, cycles.hit);
    f.else();
    f.get(open).i32(0).op(W.i32LtS).if();
    outcome(DRAM_COUNT.rowMisses, cycles.closed);
    f.else();
    outcome(DRAM_COUNT.rowConflicts, cycles.conflict);
    f.end();
    f.get(slot).get(row).store32(at.rows);
    f.end();
    // Further bursts: (ceil(bytes / burst) - 1) of them.
    const burst = dram.burstLength * dram.busBytes;
    f.get(took)
      .get(bytes)
      .i32(burst - 1)
      .op(W.i32Add)
      .i32(burst)
      .op(W.i32DivU)
      .i32(1)
      .op(W.i32Sub)
      .i32(cycles.burst)
      .op(W.i32Mul)
      .op(W.i32Add)
      .set(took);
    const ledger = CORE_BASE + CORE.ledger + 8 * ACCOUNT.ram;
    f.i32(0).i32(0).loadF64(ledger).get(took).op(W.f64ConvertI32S).op(W.f64Add).storeF64(ledger);
    f.get(left).get(took).op(W.i32Sub);
    return f;
  }

  /** Catches up with the refreshes that fell due; the wait for the end of the last goes to `took`. */
  private refresh(f: FunctionBuilder, took: number, left: number): void {
    const { dram, at } = this;
    const { refresh, refreshInterval } = this.cycles;
    const now = f.local(F64);
    const due = f.local(F64);
    const wait = f.local(F64);
    f.i32(0)
      .loadF64(this.scratch + SCRATCH.sliceEnd)
      .get(left)
      .op(W.f64ConvertI32S)
      .op(W.f64Sub)
      .tee(now)
      .f64(refreshInterval)
      .op(W.f64Div)
      .op(W.f64Floor)
      .set(due);
    f.get(due).i32(0).loadF64(at.lastRefresh).op(W.f64Gt).if();
    f.i32(0)
      .i32(0)
      .loadF64(at.counts + 8 * DRAM_COUNT.refreshes)
      .get(due)
      .op(W.f64Add)
      .i32(0)
      .loadF64(at.lastRefresh)
      .op(W.f64Sub)
      .storeF64(at.counts + 8 * DRAM_COUNT.refreshes);
    f.i32(0).get(due).storeF64(at.lastRefresh);
    for (let bank = 0; bank < dram.banks; bank++)
      f.i32(0)
        .i32(-1)
        .store32(at.rows + 4 * bank);
    f.end();
    f.get(due).f64(0).op(W.f64Gt).if();
    f.get(due)
      .f64(refreshInterval)
      .op(W.f64Mul)
      .f64(refresh)
      .op(W.f64Add)
      .get(now)
      .op(W.f64Sub)
      .tee(wait)
      .f64(0)
      .op(W.f64Gt)
      .if();
    f.get(wait).op(W.i32TruncF64S).set(took);
    f.end();
    f.end();
  }
}
