/** What a machine has counted since power on, as programs and the interface ask for it. The table of counters is in isa/ports.ts. */
import { coherenceCounter, COUNTERS } from '../isa/ports';
import { ACCOUNT, ACCOUNTS, type Account } from './layout';
import type { Machine } from './machine';

/** A counter by its number in the table; 0 for one that there is not. */
export function counterOf(machine: Machine, number: number): number {
  const { system, core, config, coherence } = machine;
  const level = [system.l1i, system.l1d, system.l2, system.l3][number >> 3];
  if (number < 32) return level ? (level.counts[number & 7] as number) : 0;
  if (number < 40) return (dramCounts(machine)[number - 32] ?? 0) as number;
  if (number === 40) return core.instructions;
  const index = coherenceCounter(number);
  if (index >= 0) return coherence ? (coherence.counts(core.number)[index] as number) : 0;
  const name = COUNTERS.find((c) => c.number === number)?.name;
  if (!name) return 0;
  const account = name.slice('COUNT_'.length, -'_NS'.length).toLowerCase();
  return Math.floor((accountCycles(core.ledger, account) * config.cyclePs) / 1000);
}

/** Cycles in one of a ledger's accounts as programs know them: `l1` is both L1 caches. */
function accountCycles(ledger: Float64Array, account: string): number {
  const read = (name: Account) => ledger[ACCOUNT[name]] as number;
  if (account === 'l1') return read('l1i') + read('l1d');
  return ACCOUNTS.includes(account as Account) ? read(account as Account) : 0;
}

export function dramCounts({ layout, buffer }: Machine): Float64Array {
  const { dram } = layout;
  return dram ? new Float64Array(buffer, dram.counts, 8) : new Float64Array(8);
}
