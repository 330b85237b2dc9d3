/** The samples for several cores and hardware threads, each on its machine: what they print, and what their summary says of it. */
import { describe, expect, test } from 'vitest';
import { header, librarySources, SAMPLES, type Sample } from '../../programs/library';
import { Compiler } from '../../src/core/compiler/compile';
import type { OptLevel } from '../../src/core/compiler/views';
import { Machine } from '../../src/core/machine/machine';
import { summarise } from '../../src/core/machine/summary';
import { machinePreset, type MachineConfig } from '../../src/core/presets/machine';

const compiler = new Compiler({ header, sources: librarySources });
const sample = (name: string) => SAMPLES.find((one) => one.name === name) as Sample;

function run(name: string, level: OptLevel, changes: Partial<MachineConfig> = {}, text = sample(name).text) {
  const options = { level, disabledPasses: [], unchecked: false, multiplier: true };
  const { image, diagnostics } = compiler.compile([{ name: `${name}.c`, text }], options);
  if (!image) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const preset = machinePreset(SAMPLES.find((one) => one.name === name)?.machine ?? 'quad-core');
  const machine = new Machine({ ...(preset as { config: MachineConfig }).config, ...changes });
  machine.load(image);
  machine.input({ kind: 'console', bytes: [], end: true });
  expect(machine.run({ instructions: 5_000_000 })).toEqual({ kind: 'halt', code: 0 });
  return summarise(machine);
}

const pattern = (line: string) =>
  new RegExp(`^${line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('<n>', '\\d+')}$`);

describe.each(SAMPLES.filter(({ group }) => group === 'cores'))('$name', (one) => {
  test.each(['O0', 'O1', 'O2', 'Os'] as const)('at -%s prints what it says', (level) => {
    const summary = run(one.name, level);
    const lines = summary.output.trimEnd().split('\n');
    expect(lines).toHaveLength(one.expect.length);
    one.expect.forEach((line, i) => expect(lines[i]).toMatch(pattern(line)));
    // Every account of time, of every core, sums to its time; the machine's are those of the longest.
    const sum = (ledger: object) => Object.values(ledger).reduce((a: number, b: number) => a + b, 0);
    expect(sum(summary.ledger)).toBe(summary.timeNs);
    for (const core of summary.cores ?? []) {
      expect(sum(core.ledger)).toBe(core.cycles);
      for (const thread of core.threads ?? []) expect(sum(thread.ledger)).toBe(thread.cycles);
    }
    expect(Math.max(...(summary.cores ?? []).map(({ cycles }) => cycles))).toBe(summary.cycles);
  });
});

test('false sharing is named: the line, the variable, nearly all of its misses', () => {
  const { sharing, cores } = run('cores-false-sharing', 'O2');
  expect(sharing?.[0]).toMatchObject({ bytes: 16, variables: ['side_by_side'] });
  expect(sharing?.[0]?.falseSharingMisses).toBeGreaterThan(0.95 * (sharing?.[0]?.coherenceMisses ?? 0));
  expect(sharing?.some(({ variables }) => variables.includes('a_line_apart'))).toBe(false);
  expect(cores?.[1]?.coherence.invalidationsReceived).toBeGreaterThan(900);
});

test('a lock is shared truly', () => {
  const { sharing } = run('cores-spinlock', 'O2');
  const [line] = sharing ?? [];
  expect(line?.falseSharingMisses).toBeLessThan(0.1 * (line?.coherenceMisses ?? 0));
});

const TOGETHER = `
#include <cores.h>
#include <stdio.h>
#define STACK 96
static volatile unsigned total, round_of[8], wrong;
static struct barrier barrier;
static unsigned char stacks[8][STACK];
static unsigned char all;
static void work(void *argument) {
  unsigned char me = core_id();
  if ((unsigned)argument != me) wrong++;
  for (unsigned round = 1; round <= 20; round++) {
    atomic_add(&total, me);
    round_of[me] = round;
    barrier_wait(&barrier, all);
    for (unsigned char other = 0; other < all; other++) if (round_of[other] != round) wrong++;
    barrier_wait(&barrier, all);
  }
}
int main(void) {
  all = core_count();
  for (unsigned char n = 1; n < all; n++) core_start(n, work, (void *)(unsigned)n, stacks[n], STACK);
  work(0);
  for (unsigned char n = 1; n < all; n++) core_join(n);
  for (unsigned char n = 1; n < all; n++) if (core_busy(n)) wrong++;
  core_join(100);
  printf("%u cores, total %u, wrong %u\\n", all, total, wrong);
  return 0;
}
`;
test.each([
  [1, 1],
  [2, 1],
  [4, 1],
  [1, 2],
  [4, 2],
])('%i cores of %i threads: atomic_add loses nothing, nobody passes a barrier alone', (cores, threads) => {
  const all = cores * threads;
  const { output } = run('together', 'O2', { cores, threads }, TOGETHER);
  expect(output).toBe(`${all} cores, total ${10 * all * (all - 1)}, wrong 0\n`);
});

const CLOCKS = `
#include <cores.h>
static unsigned char stack[96];
static volatile unsigned wrong;
static void look(void *unused) {
  unsigned long last = 0;
  for (unsigned i = 0; i < 1000; i++) {
    unsigned long now = cycles();
    if (now <= last || now - last > 1000) wrong++;
    last = now;
    if (i == 0) wrong = 0;
    if (counter(core_id() ? COUNT_L1D_WRITE_MISSES : COUNT_INSTRUCTIONS) > 60000 && core_id()) wrong++;
  }
}
int main(void) {
  core_start(1, look, 0, stack, sizeof stack);
  look(0);
  core_join(1);
  return wrong != 0;
}
`;
test('two cores read the clock and the counters at once, and each its own', () => {
  run('clocks', 'O2', { cores: 2, bootFrom: 'none' }, CLOCKS);
});
