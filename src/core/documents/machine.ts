/**
 * A machine as people describe it: a preset and what is different. The same shape is a file for `orrery run --machine FILE`, a part of a
 * saved program, and what the settings of the workbench make.
 */
import * as v from 'valibot';
import { err, ok, type Result } from '../base/result';
import { DRAM_PRESETS } from '../presets/dram';
import {
  dramConfig,
  machinePreset,
  MACHINE_PRESETS,
  POLICIES,
  type CacheConfig,
  type DramConfig,
  type MachineConfig,
} from '../presets/machine';
import { checkConfig } from '../presets/machine-check';

const whole = v.pipe(v.number(), v.integer());

const cache = v.partial(
  v.strictObject({
    sizeBytes: whole,
    lineBytes: whole,
    /** A number, or all lines in one set. */
    ways: v.union([whole, v.literal('full')]),
    policy: v.picklist(POLICIES),
    write: v.picklist(['back', 'through']),
    allocate: v.boolean(),
    inclusion: v.picklist(['non-inclusive', 'inclusive', 'exclusive']),
    prefetch: v.picklist(['none', 'next-line', 'stride']),
    hitCycles: whole,
  }),
);

const dram = v.partial(
  v.strictObject({
    /** Takes the timing of that part. */
    part: v.picklist(DRAM_PRESETS.map((preset) => preset.id)),
    name: v.string(),
    clockPs: whole,
    casLatency: whole,
    rowToColumn: whole,
    rowPrecharge: whole,
    burstLength: whole,
    refreshCycles: whole,
    refreshInterval: whole,
    banks: whole,
    rowBytes: whole,
    busBytes: whole,
  }),
);

export const machineChangesSchema = v.partial(
  v.strictObject({
    name: v.pipe(v.string(), v.maxLength(80)),
    cores: whole,
    threads: whole,
    coherence: v.partial(
      v.strictObject({ holdCycles: whole, cleanCycles: whole, modifiedCycles: whole, upgradeCycles: whole }),
    ),
    threading: v.partial(v.strictObject({ switchCycles: whole, timeoutCycles: whole })),
    cyclePs: whole,
    l1i: v.nullable(cache),
    l1d: v.nullable(cache),
    l2: v.nullable(cache),
    l3: v.nullable(cache),
    dram: v.nullable(dram),
    multiplier: v.boolean(),
    writableCode: v.boolean(),
    checkConvention: v.boolean(),
    warnUninitialised: v.boolean(),
    bootFrom: v.picklist(['ssd0', 'hdd0', 'none']),
    ssd0: v.string(),
    hdd0: v.string(),
    consoleByteNs: v.pipe(v.number(), v.minValue(0), v.maxValue(1e9)),
    seed: v.pipe(whole, v.minValue(0), v.maxValue(0xffffffff)),
  }),
);
export type MachineChanges = v.InferOutput<typeof machineChangesSchema>;
export type CacheChanges = v.InferOutput<typeof cache>;

/** Where a level that the preset has not begins. */
const NEW_LEVEL: CacheConfig = {
  sizeBytes: 16384,
  lineBytes: 64,
  ways: 8,
  policy: 'lru',
  write: 'back',
  allocate: true,
  inclusion: 'non-inclusive',
  prefetch: 'none',
  hitCycles: 12,
};
const LEVELS = ['l1i', 'l1d', 'l2', 'l3'] as const;

/** The machine that a preset and changes make, or why it cannot be built. */
export function buildMachine(preset: string, changes: MachineChanges): Result<MachineConfig> {
  const base = machinePreset(preset)?.config;
  if (!base) return err(`'${preset}' is no machine: ${MACHINE_PRESETS.map(({ id }) => id).join(', ')} are`);
  const { l1i: _l1i, l1d: _l1d, l2: _l2, l3: _l3, dram: memory, coherence, threading, ...plain } = changes;
  const config: MachineConfig = {
    ...base,
    ...withoutUndefined(plain),
    ...Object.fromEntries(LEVELS.map((name) => [name, changedLevel(base[name], changes[name])])),
    dram: changedDram(base.dram, memory),
    coherence: { ...base.coherence, ...withoutUndefined(coherence ?? {}) },
    threading: { ...base.threading, ...withoutUndefined(threading ?? {}) },
  };
  const problems = checkConfig(config);
  return problems.length === 0 ? ok(config) : err(problems.join('; '));
}

/** A description from a file: `{"base": "teaching", "l1d": {"sizeBytes": 2048}}`. */
export function readMachine(raw: unknown): Result<MachineConfig> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return err('a machine is described by an object');
  const { base = 'teaching', ...rest } = raw as Record<string, unknown>;
  const checked = v.safeParse(machineChangesSchema, rest);
  if (checked.success) return buildMachine(String(base), checked.output);
  const issue = checked.issues[0];
  const path = v.getDotPath(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') return err(`${path} is no parameter of a machine`);
  return err(`${path === null ? '' : `${path}: `}${issue.message}`);
}

function changedLevel(base: CacheConfig | null, change: CacheChanges | null | undefined): CacheConfig | null {
  if (change === undefined) return base;
  if (change === null) return null;
  const { ways, ...rest } = withoutUndefined(change);
  const level = { ...(base ?? NEW_LEVEL), ...rest };
  return { ...level, ways: ways === 'full' ? Math.floor(level.sizeBytes / level.lineBytes) : (ways ?? level.ways) };
}

function changedDram(base: DramConfig | null, change: MachineChanges['dram']): DramConfig | null {
  if (change === undefined) return base;
  if (change === null) return null;
  const { part, ...rest } = withoutUndefined(change);
  const preset = DRAM_PRESETS.find(({ id }) => id === (part ?? (base ? '' : 'ddr4-3200')));
  // Banks and rows of the base stay: the teaching machine's are scaled to its memory.
  const geometry = base ? { banks: base.banks, rowBytes: base.rowBytes } : {};
  const timing = preset ? dramConfig(preset, geometry) : (base as DramConfig);
  return { ...timing, ...rest };
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
