import { describe, expect, it } from 'vitest';
import { header, librarySources } from '../../programs/library';
import { DEFAULT_OPTIONS, type OptLevel } from '../core/compiler/views';
import { CompileService } from './compile-service';
import { MachineRunner } from './machine-runner';
import type { MachineFrame } from './machine';

const compiler = new CompileService({ header, sources: librarySources }, () => 0);
let revision = 0;

/** A runner whose clock moves by a millisecond each time that somebody looks. */
function load(text: string, { level = 'O0' as OptLevel, input = '', breakpoints = [] as number[] } = {}) {
  const reply = compiler.compile({
    revision: ++revision,
    files: [{ name: 'a.c', text }],
    options: { ...DEFAULT_OPTIONS, level },
  });
  if (!reply.image) throw new Error(reply.diagnostics.map((d) => d.message).join('; '));
  let ms = 0;
  const runner = new MachineRunner(
    () => ms++,
    () => undefined,
  );
  runner.load({
    revision,
    image: reply.image,
    input,
    machine: 'teaching',
    multiplier: true,
    breakpoints: breakpoints.map((line) => ({ file: 'a.c', line })),
  });
  return runner;
}
function settle(runner: MachineRunner, slices = 100_000): MachineFrame {
  for (let count = 0; runner.isBusy && count < slices; count++) runner.slice();
  return runner.frame() as MachineFrame;
}
const lineOf = (frame: MachineFrame) => frame.calls.find((call) => call.file === 'a.c')?.line;

const PROGRAM = `#include <stdio.h>
int twice(int x) {
  int y = x + x;
  return y;
}
int main(void) {
  int a = 3;
  int b = twice(a);
  printf("%d\\n", b);
  return b;
}
`;

describe('the machine runner', () => {
  it('runs to the end, prints, and its ledger sums to the time', () => {
    const runner = load(PROGRAM);
    runner.run();
    const frame = settle(runner);
    expect(frame).toMatchObject({ state: 'halted', output: '6\n', stop: { kind: 'exit', exitCode: 6 } });
    expect(frame.ledger.reduce((a, b) => a + b)).toBeCloseTo(frame.timeNs, 6);
    expect(frame.timeline.at(-1)?.timeNs).toBe(frame.timeNs);
    expect(frame.ladder.some((mark) => mark.level === 'ssd')).toBe(true);
    const profiled = frame.profile.reduce((sum, row) => sum + row.ns.reduce((a, b) => a + b), 0);
    expect(profiled).toBeLessThanOrEqual(frame.timeNs);
    expect(profiled).toBeGreaterThan(0);
  });
  it('stops at a breakpoint, shows the calls and locals, goes on', () => {
    const runner = load(PROGRAM, { breakpoints: [4] });
    runner.run();
    const frame = settle(runner);
    expect(frame.stop).toMatchObject({ kind: 'breakpoint', message: 'breakpoint at a.c:4' });
    expect(frame.calls.slice(0, 2).map((call) => call.name)).toEqual(['twice', 'main']);
    expect(frame.calls[0]?.locals).toContainEqual(expect.objectContaining({ name: 'y', value: '6' }));
    runner.run();
    expect(settle(runner).output).toBe('6\n');
  });
  it('steps by line: into our functions, over the library', () => {
    const runner = load(PROGRAM, { breakpoints: [7] });
    runner.run();
    settle(runner);
    const lines: (number | undefined)[] = [];
    for (let count = 0; count < 7; count++) {
      runner.step('line', 'forward');
      lines.push(lineOf(settle(runner)));
    }
    expect(lines.filter((line, index) => line !== lines[index - 1])).toEqual(
      [8, 2, 3, 4, 8, 9, 10].filter((line) => lines.includes(line)),
    );
    expect(lines).toContain(3);
    expect(lines).toContain(9);
  });
  it('steps over a call and out of a function', () => {
    const runner = load(PROGRAM, { breakpoints: [8] });
    runner.run();
    settle(runner);
    runner.step('over', 'forward');
    expect(lineOf(settle(runner))).toBe(9);
    const inside = load(PROGRAM, { breakpoints: [4] });
    inside.run();
    settle(inside);
    inside.step('out', 'forward');
    const frame = settle(inside);
    expect(frame.calls[0]?.name).toBe('main');
    expect(lineOf(frame)).toBe(8);
  });
  it('goes back by instruction to the same registers and memory', () => {
    const runner = load(PROGRAM);
    runner.step('line', 'forward');
    settle(runner);
    const seen: MachineFrame[] = [runner.frame() as MachineFrame];
    for (let count = 0; count < 60; count++) {
      runner.step('instruction', 'forward');
      seen.push(settle(runner));
    }
    for (const past of seen.slice(0, -1).reverse()) {
      runner.step('instruction', 'back');
      const now = settle(runner);
      expect(now.registers).toEqual(past.registers);
      expect([now.pc, now.sp, now.flags, now.cycles, now.output]).toEqual([
        past.pc,
        past.sp,
        past.flags,
        past.cycles,
        past.output,
      ]);
      expect(Buffer.from(now.ram).equals(Buffer.from(past.ram))).toBe(true);
    }
  });
  it('goes back by line, and to any moment, from the end', () => {
    const runner = load(PROGRAM);
    runner.run();
    const end = settle(runner);
    runner.step('over', 'back');
    const back = settle(runner);
    expect(back.timeNs).toBeLessThan(end.timeNs);
    expect(back.state).toBe('paused');
    expect(lineOf(back)).toBe(10);
    runner.step('over', 'back');
    expect(lineOf(settle(runner))).toBe(9);
    runner.step('over', 'back');
    expect(lineOf(settle(runner))).toBe(8);
    runner.step('line', 'back');
    expect([3, 4]).toContain(lineOf(settle(runner)));
    runner.step('out', 'back');
    expect(lineOf(settle(runner))).toBe(8);
    runner.seek(0);
    expect(runner.frame()).toMatchObject({ instructions: 0, output: '' });
    runner.seek(end.timeNs);
    expect(runner.frame()).toMatchObject({ output: '6\n' });
  });
  it('pauses an endless loop between two slices', () => {
    const runner = load('int main(void) { for (;;) ; }');
    runner.run();
    for (let count = 0; count < 20; count++) runner.slice();
    expect(runner.frame()?.state).toBe('running');
    runner.pause();
    expect(runner.frame()).toMatchObject({ state: 'paused', stop: { kind: 'pause' } });
  });
  it('keeps the pace that was chosen', () => {
    const runner = load('int main(void) { for (;;) ; }');
    runner.setSpeed(1000);
    runner.run();
    // The clock moves a millisecond a look: some thousand looks are some thousand instructions.
    for (let count = 0; count < 300; count++) runner.slice();
    const { instructions } = runner.frame() as MachineFrame;
    expect(instructions).toBeGreaterThan(200);
    expect(instructions).toBeLessThan(10_000);
  });
  it('waits for input and goes on with it', () => {
    const runner = load('#include <stdio.h>\nint main(void) { int c = getchar(); printf("<%c>", c); return 0; }');
    runner.run();
    const waiting = settle(runner, 2000);
    expect(waiting.output).toBe('');
    runner.input('x');
    expect(settle(runner).output).toBe('<x>');
  });
  it('names a trap with its place', () => {
    const runner = load('int main(void) {\n  volatile int zero = 0;\n  return 7 / zero;\n}\n');
    runner.run();
    expect(settle(runner)).toMatchObject({
      state: 'trapped',
      stop: { kind: 'trap', trap: 'division-by-zero', message: expect.stringMatching(/a\.c:3/) },
    });
  });

  it('cuts the power: RAM is empty, flushed blocks stay, the program starts again on them', () => {
    const runner = load(`#include <disk.h>
#include <stdio.h>
static unsigned char block[DISK_BLOCK];
int main(void) {
  disk_read(SSD0, 5, block, 1);
  printf("%d\\n", block[0]);
  block[0]++;
  disk_write(SSD0, 5, block, 1);
  disk_flush(SSD0);
  return 0;
}
`);
    runner.run();
    expect(settle(runner)).toMatchObject({ output: '0\n', isOn: true, diskWrites: 1 });
    expect(runner.diskView('ssd0').used).toEqual([{ lba: 5, isVolatile: false }]);
    const left = runner.powerOff();
    expect(left.ssd0.map(([lba, bytes]) => [lba, bytes[0]])).toEqual([[5, 1]]);
    const off = settle(runner);
    expect(off).toMatchObject({ isOn: false, cycles: 0, output: '' });
    expect(off.stop?.message).toMatch(/the power is off: .* the disks kept every block/);
    expect(off.ram.every((byte) => byte === 0)).toBe(true);
    runner.run();
    expect(settle(runner)).toMatchObject({ output: '1\n', isOn: true });
    // Going back in time goes back to power on, not beyond.
    runner.seek(0);
    expect(runner.diskBlock('ssd0', 5)[0]).toBe(1);
    runner.insertDisk('ssd0', []);
    runner.run();
    expect(settle(runner)).toMatchObject({ output: '0\n' });
  });

  it('records what a run asked of disks and RAM, and gives up when another program comes', async () => {
    const runner = load(PROGRAM);
    runner.run();
    settle(runner);
    const recording = runner.record();
    settle(runner);
    const run = await recording;
    expect(run?.counts).toMatchObject({ ssd0: 0, hdd0: 0 });
    expect(run?.counts.ram).toBeGreaterThan(5);
    expect(run?.csv.split('\n')[0]).toBe('time_ns,device,op,offset,size,think_ns');
    const lost = runner.record();
    runner.insertDisk('hdd0', []);
    expect(await lost).toBeUndefined();
  });
});
