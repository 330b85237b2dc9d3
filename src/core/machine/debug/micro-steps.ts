/**
 * What the next instruction will do, step by step, with its real values: found out by running it and going back. Fetch, decode, execute and
 * store are the order in which a person reads an instruction; on the machine they take its cycles together.
 */
import { decode } from '../../isa/codec';
import { FLAG } from '../../isa/table';
import type { Core } from '../cpu/core';
import { dataAccess } from '../cpu/effects';
import { ACCOUNT, COUNT, CoreState } from '../layout';
import type { Machine } from '../machine';
import { restoreSnapshot, takeSnapshot } from '../snapshot';

export const MICRO_STEPS = ['fetch', 'decode', 'execute', 'store'] as const;
export type MicroStep = (typeof MICRO_STEPS)[number];

/** Figures of the four steps, as short texts; each may be empty. */
export interface MicroSteps {
  readonly fetch: string;
  readonly decode: string;
  readonly execute: string;
  readonly store: string;
  /** Of the whole instruction. */
  readonly cycles: number;
}

export function microSteps(machine: Machine): MicroSteps | undefined {
  const { core, memory, system, hooks } = machine;
  if (core.state !== CoreState.running) return undefined;
  const before = takeSnapshot(machine);
  const profile = machine.execution.profile;
  const kept = hooks.splice(0);
  machine.execution.profile = null;
  letOthersRun(machine, core);
  const now = {
    pc: core.pc,
    sp: core.sp,
    flags: core.flags,
    r8: core.r8.slice(),
    cycles: core.cycles,
    ledger: core.ledger.slice(),
    interrupts: machine.interrupts.taken,
    misses: [system.l1i, system.l1d].map((level) => missesOf(level)),
    access: dataAccess(core, memory),
  };
  const ram = memory.slice();
  try {
    machine.run({ instructions: 1 });
    const spent = (account: 'l1i' | 'l1d' | 'compute') =>
      (core.ledger[ACCOUNT[account]] as number) - (now.ledger[ACCOUNT[account]] as number);
    const cycles = core.cycles - now.cycles;
    const missed = [system.l1i, system.l1d].map((level, i) => missesOf(level) - (now.misses[i] as number));
    if (machine.interrupts.taken > now.interrupts)
      return {
        fetch: 'an interrupt is taken first',
        decode: '',
        execute: '',
        store: `PC ← ${hex(core.pc, 4)}`,
        cycles,
      };
    const stores = [
      ...pairsChanged(now.r8, core.r8),
      ...bytesChanged(ram, memory),
      ...(core.sp === now.sp ? [] : [`SP ← ${hex(core.sp, 4)}`]),
      `PC ← ${hex(core.pc, 4)}`,
    ];
    return {
      fetch: system.l1i ? (missed[0] ? 'L1I miss' : 'L1I hit') : '',
      decode: operandsOf(ram, now.pc, now.r8),
      execute: [plural(spent('compute'), 'cycle'), flagsChanged(now.flags, core.flags)].filter(Boolean).join(' · '),
      store: [...(now.access && system.l1d ? [missed[1] ? 'L1D miss' : 'L1D hit'] : []), ...stores].join(' · '),
      cycles,
    };
  } finally {
    restoreSnapshot(machine, before);
    machine.select(core);
    hooks.push(...kept);
    machine.execution.profile = profile;
  }
}

/** Instructions of other hardware threads before this one's next. */
const MAX_OTHERS = 1000;

function letOthersRun(machine: Machine, core: Core): void {
  if (machine.threads.length === 1) return;
  for (let n = 0; n < MAX_OTHERS; n++) {
    machine.run({ instructions: 0 });
    if (machine.core === core || machine.run({ instructions: 1 }).kind !== 'limit') return;
  }
}

const missesOf = (level: { readonly counts: Float64Array } | null) =>
  level ? (level.counts[COUNT.readMisses] as number) + (level.counts[COUNT.writeMisses] as number) : 0;

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Values of the registers that the instruction names. */
function operandsOf(ram: Uint8Array, pc: number, r8: Uint8Array): string {
  const word = (at: number) => (ram[at & 0xffff] as number) | ((ram[(at + 1) & 0xffff] as number) << 8);
  const found = decode(word(pc), word(pc + 2));
  if (!found) return '';
  const named = found.form.fields.flatMap(({ kind }, index) => {
    const n = found.operands[index] as number;
    if (kind === 'reg') return [`r${n} = ${hex(r8[n] as number, 2)}`];
    if (kind === 'pair') return [`w${n} = ${hex((r8[2 * n] as number) + 256 * (r8[2 * n + 1] as number), 4)}`];
    return [];
  });
  return [...new Set(named)].join(', ');
}

function pairsChanged(before: Uint8Array, after: Uint8Array): string[] {
  const changed: string[] = [];
  for (let n = 0; n < 8; n++) {
    const low = before[2 * n] !== after[2 * n];
    const high = before[2 * n + 1] !== after[2 * n + 1];
    if (low && high) changed.push(`w${n} ← ${hex((after[2 * n] as number) + 256 * (after[2 * n + 1] as number), 4)}`);
    else if (low || high)
      changed.push(`r${2 * n + (high ? 1 : 0)} ← ${hex(after[2 * n + (high ? 1 : 0)] as number, 2)}`);
  }
  return changed;
}

const MAX_BYTES_SHOWN = 4;

function bytesChanged(before: Uint8Array, after: Uint8Array): string[] {
  const changed: string[] = [];
  for (let at = 0; at < after.length && changed.length < MAX_BYTES_SHOWN; at++)
    if (before[at] !== after[at]) changed.push(`[${hex(at, 4)}] ← ${hex(after[at] as number, 2)}`);
  return changed;
}

function flagsChanged(before: number, after: number): string {
  return Object.entries(FLAG)
    .filter(([, bit]) => ((before ^ after) & bit) !== 0)
    .map(([name, bit]) => `${name} ${after & bit ? 'set' : 'cleared'}`)
    .join(', ');
}
