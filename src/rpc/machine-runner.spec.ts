import { describe, expect, it } from 'vitest';
import { lineStop, load, settle } from '../../tests/helpers/machine-runner';
import { TEACHING_MACHINE, type MachineConfig } from '../core/presets/machine';
import type { MachineRunner } from './machine-runner';
import type { MachineFrame, StopPoint } from './machine';

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
  it('hears Stop soon when a condition makes a fast program slow', () => {
    const runner = load('int total; int main(void) { for (;;) total += 0; }', { tickMs: 0.2 });
    runner.run();
    const reached = () => (runner.frame() as MachineFrame).instructions;
    for (let count = 0; count < 60 && reached() < 2_000_000; count++) runner.slice();
    const instructions = reached();
    expect(instructions).toBeGreaterThan(2_000_000);
    runner.setPoints([{ kind: 'data', place: 'total', when: 'change', condition: '', enabled: true }]);
    runner.slice();
    const after = runner.frame() as MachineFrame;
    expect(after.state).toBe('running');
    // Each instruction is looked at now: some hundred thousand take about as many microseconds.
    expect(after.instructions - instructions).toBeLessThan(500_000);
  });
  it('has nothing to do until the next instruction of a slow run is due', () => {
    const runner = load('int main(void) { for (;;) ; }', { tickMs: 0.001 });
    runner.setSpeed(50);
    runner.run();
    runner.slice();
    expect(runner.idleMs).toBeGreaterThan(15);
    expect(runner.idleMs).toBeLessThan(20);
    runner.pause();
    // A step goes as fast as it can.
    runner.step('line', 'forward');
    expect(runner.idleMs).toBe(0);
  });
  it('has nothing to do in step with the clock on the wall, unless it is behind', () => {
    // A cycle of a millisecond.
    const runner = load('int main(void) { for (;;) ; }', { tickMs: 0.01, machine: { cyclePs: 1e9, bootFrom: 'none' } });
    runner.setClock('real');
    runner.run();
    for (let count = 0; count < 20; count++) runner.slice();
    expect(runner.idleMs).toBeGreaterThan(2);
    expect(runner.idleMs).toBeLessThanOrEqual(4);
    const slow = load('int main(void) { for (;;) ; }', { tickMs: 3 });
    slow.setClock('real');
    slow.run();
    for (let count = 0; count < 20; count++) slow.slice();
    expect(slow.idleMs).toBe(0);
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
    const endless = load('int main(void) {\n  for (;;);\n}\n');
    endless.run();
    while ((endless.frame()?.instructions ?? 0) < 500_000) endless.slice();
    endless.pause();
    const lost = endless.record();
    endless.insertDisk('hdd0', []);
    expect(await lost).toBeUndefined();
  });
});

const RECORDS = `#include <stdio.h>
struct point { int x, y; };
union word { unsigned w; unsigned char bytes[2]; };
enum mode { OFF, SLOW = 5, FAST };
typedef struct { char name[6]; struct point at; struct point *to; long weight; signed char tiny; } item;
static item items[3];
static enum mode mode = SLOW;
static union word word;
static int grid[2][3] = {{1, 2, 3}, {4, 5, 6}};
static const char *message = "hello";
static int twice(int n) { return 2 * n; }
static int (*operation)(int) = twice;
int n(void) { return items[1].at.y; }
int depth(int n) {
  int mine = n * 10;
  if (n > 0) return depth(n - 1) + mine;
  return items[1].at.x;
}
int main(void) {
  item *p = &items[1];
  p->at.x = -7;
  p->to = &items[2].at;
  p->to->y = 300;
  p->weight = -100000;
  p->tiny = -3;
  items[1].name[0] = 'b';
  items[1].name[1] = '2';
  word.w = 0x4241 + (mode == OFF);
  return depth(2) + (*operation)(4) + grid[n()][2] + message[n()];
}
`;

describe('watches', () => {
  const runner = load(RECORDS, { breakpoints: [17] });
  runner.run();
  settle(runner);
  const watch = (...expressions: string[]) => {
    runner.setWatches(expressions);
    return (runner.frame() as MachineFrame).watches;
  };
  /** Worked out by hand from the C of the language page. */
  it.each([
    ['items[1].at.x', '-7', 'int'],
    ['items[1].to->y', '300', 'int'],
    ['(*items[1].to).y + 1', '301', 'int'],
    ['items[1].weight', '-100000', 'long'],
    ['items[1].tiny', '-3', 'signed char'],
    ['items[1].name', '"b2"', 'char [6]'],
    ['*items[1].name', "98 'b'", 'char'],
    ['items[1].at', '{x = -7, y = 0}', 'struct point'],
    ['&items[1].at == &items[0].at + 1', '0', 'int'],
    ['&items[2] - &items[0]', '2', 'int'],
    ['mode', '5 SLOW', 'enum mode'],
    ['mode == FAST ? 1 : FAST', '6 FAST', 'int'],
    ['word.bytes', "{65 'A', 66 'B'}", 'unsigned char [2]'],
    ['word.bytes[1]', "66 'B'", 'unsigned char'],
    ['grid[1][2]', '6', 'int'],
    ['grid', '{{1, 2, 3}, {4, 5, 6}}', 'int [2][3]'],
    ['*(grid[1] + 1)', '5', 'int'],
    ['sizeof grid / sizeof grid[0]', '2', 'unsigned int'],
    ['sizeof(struct point)', '4', 'unsigned int'],
    ['message[4]', "111 'o'", 'char'],
    ['n', '0', 'int'],
    ['mine + items[1].at.x', '-7', 'int'],
    ['30000 + 10000', '-25536', 'int'],
    ['30000u + 10000', '40000', 'unsigned int'],
    ['100000 * 100000', '1410065408', 'long'],
    ['-1 < 1u', '0', 'int'],
    ['-7 / 2', '-3', 'int'],
    ['-7 % 2', '-1', 'int'],
    ['-1 >> 20', '-1', 'int'],
    ['1 << 16', '0', 'int'],
    ['(unsigned char)300', "44 ','", 'unsigned char'],
    ["'a' + '\\n'", '107', 'int'],
    ['~0x0f & 0xff', '240', 'int'],
    ['!items[1].to || 0', '0', 'int'],
    ['*(unsigned *)&word', '16961', 'unsigned int'],
    ['$w0 == $r0 + 256 * $r1', '1', 'int'],
  ])('%s is %s', (expression, value, type) => {
    expect(watch(expression)[0]).toMatchObject({ value, type, problem: undefined });
  });
  it('show where pointers point', () => {
    const [to, op, text] = watch('items[1].to', 'operation', 'message');
    expect(to?.value).toMatch(/^0x[0-9a-f]{4} <items\+\d+>$/);
    expect(op?.value).toMatch(/<twice>/);
    expect(text?.value).toMatch(/"hello"$/);
  });
  it.each([
    ['nothing', /no variable that can be seen/],
    ['items[1].nothing', /has no member 'nothing'/],
    ['p', /no variable/],
    ['1 +', /not complete/],
    ['1 / 0', /division by zero/],
    ['twice(3)', /cannot be called/],
    ['*grid[0][0]', /no pointer/],
    ['*(char *)0', /null/],
    ['n = 3', /'= 3' is not understood/],
    ['(int', /missing/],
    ['('.repeat(100), /nested too deeply/],
    ['1'.repeat(600), /more than 500/],
    ['$r16', /no register/],
  ])('%s has no value, with a reason', (expression, reason) => {
    expect(watch(expression)[0]?.problem).toMatch(reason);
  });
  it('see the variables of the frame that was chosen', () => {
    runner.setWatches(['n', 'mine', 'p->at.x']);
    const values = (frame: number) => {
      runner.setWatchFrame(frame);
      return runner.frame()?.watches.map((view) => view.value);
    };
    expect(
      runner
        .frame()
        ?.calls.slice(0, 4)
        .map((call) => call.name),
    ).toEqual(['depth', 'depth', 'depth', 'main']);
    expect(values(0)?.slice(0, 2)).toEqual(['0', '0']);
    expect(values(1)?.slice(0, 2)).toEqual(['1', '10']);
    expect(values(2)?.slice(0, 2)).toEqual(['2', '20']);
    expect(values(3)?.[2]).toBe('-7');
  });
});

describe('stop points', () => {
  // The bound is volatile: at -O2 the loop would be unrolled and folded away, and no addition be left to stop at.
  const LOOP = `int total; volatile int last = 9;
int add(int n) {
  total += n;
  return total;
}
int main(void) {
  for (int i = 1; i <= last; i++) {
    add(i);
  }
  return total;
}
`;
  const totals = (runner: MachineRunner) => {
    const seen: string[] = [];
    runner.setWatches(['total']);
    for (let n = 0; n < 20; n++) {
      runner.run();
      const frame = settle(runner);
      if (frame.state !== 'paused') break;
      seen.push(frame.watches[0]?.value ?? '');
    }
    return seen;
  };

  it.each(['O0', 'O2'] as const)('with a condition in C, at %s', (level) => {
    const runner = load(LOOP, { level, points: [lineStop(3, 'total > 10 && total % 2')] });
    // 0 1 3 6 10 15 21 28 36 stand before each addition.
    expect(totals(runner)).toEqual(['15', '21']);
    expect(runner.frame()?.points[0]?.hits).toBe(2);
  });
  it('on data, by name, found again in the next build', () => {
    const point: StopPoint = { kind: 'data', place: 'total', when: 'change', condition: '', enabled: true };
    const all = ['1', '3', '6', '10', '15', '21', '28', '36', '45'];
    expect(totals(load(LOOP, { points: [point] }))).toEqual(all);
    const moved = load(`long other[30];\n${LOOP}`, { points: [point] });
    expect(totals(moved)).toEqual(all);
    const conditional = load(LOOP, { points: [{ ...point, condition: 'total > 30' }] });
    expect(totals(conditional)).toEqual(['36', '45']);
    conditional.seek(0);
    conditional.run();
    expect(settle(conditional).stop?.message).toMatch(/^total changed from 28 to 36, total > 30, by a\.c:3$/);
  });
  it('on an address, and none while it is switched off', () => {
    const point: StopPoint = { kind: 'address', place: 'add', condition: '', enabled: true };
    const runner = load(LOOP, { points: [point] });
    expect(totals(runner)).toHaveLength(9);
    expect(totals(load(LOOP, { points: [{ ...point, enabled: false }] }))).toEqual([]);
  });
  it('are met backwards too, the first of them last, then the start', () => {
    const runner = load(LOOP, { points: [lineStop(3, 'total == 6 || total == 21')], watches: ['total'] });
    totals(runner);
    const back = () => {
      runner.runBack();
      return settle(runner);
    };
    expect(back().watches[0]?.value).toBe('21');
    expect(back().watches[0]?.value).toBe('6');
    expect(back()).toMatchObject({ instructions: 0, stop: { kind: 'seek' } });
  });
  it('of data are met backwards as well, each right after the change', () => {
    const point: StopPoint = { kind: 'data', place: 'total', when: 'change', condition: 'total >= 21', enabled: true };
    const runner = load(LOOP, { points: [point], watches: ['total'] });
    const seen: (string | undefined)[] = [];
    for (;;) {
      runner.run();
      const frame = settle(runner);
      if (frame.stop?.kind !== 'breakpoint') break;
      seen.push(frame.watches[0]?.value);
    }
    expect(seen).toEqual(['21', '28', '36', '45']);
    const back = () => {
      runner.runBack();
      return settle(runner);
    };
    for (const value of [...seen].reverse()) expect(back().watches[0]?.value).toBe(value);
    expect(back()).toMatchObject({ instructions: 0, stop: { kind: 'seek' } });
  });
  it('run to a line and back to it', () => {
    const runner = load(LOOP, { watches: ['total'] });
    const to = (line: number, direction: 'forward' | 'back') => {
      runner.runTo({ file: 'a.c', line }, direction);
      return settle(runner);
    };
    expect(lineOf(to(4, 'forward'))).toBe(4);
    expect(to(4, 'forward').watches[0]?.value).toBe('3');
    expect(lineOf(to(10, 'forward'))).toBe(10);
    expect(to(4, 'back').watches[0]?.value).toBe('45');
    expect(to(4, 'back').watches[0]?.value).toBe('36');
    expect(to(99, 'back').stop?.message).toMatch(/no code/);
  });
});

describe('time travel answers', () => {
  it('who wrote a byte last and when it changes next, and goes there', () => {
    const runner = load('char flag;\nint main(void) {\n  flag = 1;\n  flag = 2;\n  flag = 3;\n  return flag;\n}\n', {
      breakpoints: [5],
    });
    runner.run();
    const here = settle(runner);
    runner.setWatches(['&flag']);
    const at = parseInt((runner.frame() as MachineFrame).watches[0]?.value ?? '', 16);
    runner.ask('last-write', at);
    const wrote = settle(runner);
    expect(wrote.answer?.text).toMatch(/^flag: last written \d+ instructions? ago by a\.c:4, 01 to 02$/);
    expect(wrote).toMatchObject({ instructions: here.instructions, cycles: here.cycles, state: 'paused' });
    runner.ask('next-change', at);
    const next = settle(runner);
    expect(next.answer?.text).toMatch(/^flag: changes in \d+ instructions? at a\.c:5, 02 to 03$/);
    runner.goTo(wrote.answer?.instructions ?? 0);
    expect(lineOf(runner.frame() as MachineFrame)).toBe(4);
    runner.ask('last-write', 0x9000);
    expect(settle(runner).answer?.text).toMatch(/no instruction has written it/);
  });
  it('is dropped by Pause in the middle of a long search, with the machine where it was', () => {
    const runner = load('char never;\nint main(void) { for (;;) ; }');
    runner.run();
    for (let n = 0; n < 5; n++) runner.slice();
    runner.pause();
    const before = runner.frame() as MachineFrame;
    runner.ask('next-change', 0x9000);
    for (let n = 0; n < 3; n++) runner.slice();
    expect(runner.frame()).toBeUndefined();
    runner.pause();
    expect(runner.frame()).toMatchObject({ instructions: before.instructions, pc: before.pc, state: 'paused' });
  });
});

describe('by hand', () => {
  it('registers and bytes are changed as inputs: gone back over, and played again', () => {
    const runner = load('int n = 5;\nint main(void) {\n  int a = n;\n  return a + n;\n}\n', { breakpoints: [4] });
    runner.run();
    const stopped = settle(runner);
    runner.setWatches(['&n']);
    const at = parseInt((runner.frame() as MachineFrame).watches[0]?.value ?? '', 16);
    runner.edit({ kind: 'memory', address: at, value: 40 });
    runner.edit({ kind: 'register', index: 15, value: 0x1ff });
    expect(runner.frame()?.registers[15]).toBe(0xff);
    runner.setPoints([]);
    runner.run();
    expect(settle(runner).stop?.exitCode).toBe(45);
    runner.seek(0);
    expect(runner.frame()?.ram[at]).toBe(5);
    runner.run();
    expect(settle(runner).stop?.exitCode).toBe(45);
    // Before the edit the byte is as it was.
    runner.goTo(stopped.instructions - 1);
    expect(runner.frame()?.ram[at]).toBe(5);
  });
  it('an instruction is stepped in four micro-steps, forwards and back', () => {
    const runner = load(PROGRAM, { breakpoints: [7] });
    runner.run();
    const start = settle(runner);
    const step = (direction: 'forward' | 'back') => {
      runner.step('micro', direction);
      return settle(runner);
    };
    expect(start.micro?.at).toBe(0);
    for (const at of [1, 2, 3]) expect(step('forward')).toMatchObject({ micro: { at }, pc: start.pc });
    const done = step('forward');
    expect(done).toMatchObject({ micro: { at: 0 }, instructions: start.instructions + 1 });
    // What the preview said is what happened.
    expect(done.cycles - start.cycles).toBe(start.micro?.cycles);
    expect(start.micro?.store).toContain(`PC ← ${done.pc.toString(16).padStart(4, '0')}`);
    expect(step('back')).toMatchObject({ micro: { at: 3 }, instructions: start.instructions, cycles: start.cycles });
    for (const at of [2, 1, 0]) expect(step('back').micro?.at).toBe(at);
  });
});

describe('devices', () => {
  it('keys, switches and LEDs go through the log and are played again', () => {
    const runner = load(`#include <keys.h>
#include <machine.h>
int main(void) {
  unsigned char key;
  irq_enable(IRQ_KEYBOARD);
  while ((key = key_pressed()) == 0) wait();
  irq_disable(IRQ_KEYBOARD);
  leds(key);
  irq_enable(IRQ_SWITCHES);
  while (switches() == 0) wait();
  return switches() + key;
}
`);
    runner.run();
    expect(settle(runner).state).toBe('waiting');
    runner.key(0x11);
    const lit = settle(runner);
    expect(lit).toMatchObject({ state: 'waiting', panel: { leds: 0x11, switches: 0 } });
    runner.switches(0x82);
    const end = settle(runner);
    expect(end).toMatchObject({ state: 'halted', stop: { exitCode: 0x93 }, panel: { switches: 0x82 } });
    runner.seek(0);
    expect(runner.frame()?.panel).toEqual({ leds: 0, switches: 0, keys: 0 });
    runner.run();
    expect(settle(runner)).toMatchObject({ cycles: end.cycles, stop: { exitCode: 0x93 } });
  });
  it('warns of memory that nothing wrote, once, with its line', () => {
    const text =
      'int main(void) {\n  char *p = (char *)0x9000;\n  int sum = 0;\n  for (int i = 0; i < 3; i++)\n    sum += p[i];\n  return sum;\n}\n';
    const runner = load(text, { machine: { warnUninitialised: true } });
    runner.run();
    expect(settle(runner).warnings.map((warning) => warning.text)).toEqual([
      'a.c:5 reads 9000, which nothing has written',
    ]);
  });
  it('the timeline of a machine with other caches differs', () => {
    const small = { ...(TEACHING_MACHINE.l1d as NonNullable<MachineConfig['l1d']>), sizeBytes: 64, ways: 1 };
    const cycles = (machine: Partial<MachineConfig>) => {
      const runner = load(RECORDS, { machine });
      runner.run();
      return settle(runner).cycles;
    };
    expect(cycles({ l1d: small })).toBeGreaterThan(cycles({}));
  });
});

describe('several cores', () => {
  const TWO = `#include <cores.h>
static unsigned char stack[128];
volatile unsigned char cells[2];
void count(void *cell) {
  volatile unsigned char *p = cell;
  for (unsigned char i = 0; i < 100; i++) {
    unsigned char next = *p + 1;
    *p = next;
  }
}
int main(void) {
  core_start(1, count, (void *)&cells[1], stack, sizeof stack);
  count((void *)&cells[0]);
  core_join(1);
  return cells[0] + cells[1];
}
`;
  const machine = { cores: 2 };
  const started = () => {
    const runner = load(TWO, { machine, breakpoints: [13] });
    runner.run();
    settle(runner);
    for (let n = 0; n < 40; n++) {
      runner.step('line', 'forward');
      settle(runner);
    }
    return runner;
  };

  it('run to the end, each with its figures and the line that bounces', () => {
    const runner = load(TWO, { machine });
    runner.run();
    const frame = settle(runner);
    expect(frame).toMatchObject({ state: 'halted', stop: { kind: 'exit', exitCode: 200 }, viewed: 0 });
    expect(frame.threads.map(({ state }) => state)).toEqual(['halted', 'parked']);
    for (const { ledger, timeNs } of frame.threads) expect(ledger.reduce((a, b) => a + b)).toBeCloseTo(timeNs, 6);
    expect(frame.threads[1]?.coherence?.falseSharingMisses).toBeGreaterThan(50);
    expect(frame.sharing[0]?.variables).toContain('cells');
  });
  it('while they run, each has its rate, and together they are the machine’s', () => {
    const runner = load(TWO.replace('return', 'for (;;);\n  return'), { machine });
    runner.run();
    let frame = runner.frame();
    for (let n = 0; n < 400 && !(frame?.state === 'running' && frame.rate > 0); n++) {
      runner.slice();
      frame = runner.frame();
    }
    const rates = frame?.threads.map(({ rate }) => rate) ?? [];
    expect(frame?.rate).toBeGreaterThan(0);
    expect(rates[0]).toBeGreaterThan(0);
    expect(rates.reduce((a, b) => a + b)).toBeCloseTo(frame?.rate ?? 0, 6);
  });
  it('a breakpoint in a core shows that core', () => {
    const runner = load(TWO, {
      machine,
      points: [{ kind: 'line', file: 'a.c', line: 7, condition: 'cell == &cells[1]', enabled: true }],
    });
    runner.run();
    const frame = settle(runner);
    expect(frame).toMatchObject({ viewed: 1, stop: { kind: 'breakpoint' } });
    expect(frame.calls[0]).toMatchObject({ name: 'count' });
    expect(frame.pc).toBe(frame.threads[1]?.pc);
  });
  it('steps follow the core that is looked at, forward and back', () => {
    const runner = started();
    for (const id of [1, 0]) {
      runner.setThread(id);
      const before = runner.frame() as MachineFrame;
      expect(before.viewed).toBe(id);
      const own = (frame: MachineFrame) => frame.threads[id]?.instructions ?? 0;
      runner.step('instruction', 'forward');
      const after = settle(runner);
      expect([after.viewed, own(after)]).toEqual([id, own(before) + 1]);
      runner.step('instruction', 'back');
      const again = settle(runner);
      expect([again.viewed, own(again), again.pc]).toEqual([id, own(before), before.pc]);
      expect([...again.registers]).toEqual([...before.registers]);
      runner.step('over', 'forward');
      const line = settle(runner);
      expect(line.viewed).toBe(id);
      expect(own(line)).toBeGreaterThan(own(before));
      expect([6, 7, 8]).toContain(lineOf(line));
      runner.step('over', 'back');
      expect(own(settle(runner))).toBeLessThan(own(line));
    }
  });
  it('micro-steps and edits are those of the core that is looked at', () => {
    const runner = started();
    runner.setThread(1);
    const before = runner.frame() as MachineFrame;
    expect(before.micro?.cycles).toBeGreaterThan(0);
    runner.edit({ kind: 'register', index: 15, value: 99 });
    const after = settle(runner);
    expect(after.registers[15]).toBe(99);
    runner.setThread(0);
    expect(runner.frame()?.registers[15]).not.toBe(99);
  });
});
