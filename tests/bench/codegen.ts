/**
 * The code generator beside avr-gcc and cc65: twelve kernels (kernels/*.c), each `unsigned kernel(void)` in a file of its own. Compared are
 * the bytes of the kernel's code, without library routines, and the instructions executed from the entry of `kernel` to its return, library routines
 * included. AVR code runs in avr8js (the same count as simavr's), cc65's in sim65, which counts cycles and not instructions. All
 * must return the same checksum. A compiler that is not installed is left out, with a message.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { avrInstruction, CPU } from 'avr8js';
import { Compiler } from '../../src/core/compiler/compile';
import type { OptLevel } from '../../src/core/compiler/views';
import { Machine } from '../../src/core/machine/machine';
import { FLAT_MACHINE } from '../../src/core/presets/machine';
import { header, librarySources } from '../../programs/library';
import type { Bench } from './bench';

export interface CodegenMeasure {
  readonly bytes: number;
  /** Instructions executed; cycles for cc65. */
  readonly executed: number;
  readonly result: number;
}

export interface CodegenRow {
  readonly kernel: string;
  readonly ours: Readonly<Record<'O2' | 'Os', CodegenMeasure>>;
  readonly avr: Readonly<Record<'O2' | 'Os', CodegenMeasure>> | undefined;
  readonly cc65: CodegenMeasure | undefined;
}

export interface CodegenBench {
  readonly rows: readonly CodegenRow[];
  /** Geometric means of ours / avr-gcc; undefined without avr-gcc. */
  readonly ratios:
    | { readonly executedO2: number; readonly bytesO2: number; readonly executedOs: number; readonly bytesOs: number }
    | undefined;
  readonly messages: readonly string[];
}

const INSTRUCTION_LIMIT = 20_000_000;
const MCU = 'atmega1284p';

/** Measures all kernels, or those named. */
export function runCodegenBench(directory: string, only: readonly string[] = []): CodegenBench {
  const files = readdirSync(directory).filter(
    (f) => f.endsWith('.c') && (only.length === 0 || only.includes(f.slice(0, -2))),
  );
  const hasAvr = isInstalled('avr-gcc');
  const hasCc65 = isInstalled('cl65') && isInstalled('sim65');
  const messages: string[] = [];
  if (!hasAvr) messages.push('avr-gcc is not installed (Debian: gcc-avr avr-libc): its columns are left out');
  if (!hasCc65) messages.push('cc65 or sim65 is not installed (Debian: cc65): its columns are left out');
  const compiler = new Compiler({ header, sources: librarySources });
  const rows = files.map((file): CodegenRow => {
    const text = readFileSync(join(directory, file), 'utf8');
    return {
      kernel: file.slice(0, -2),
      ours: { O2: measureOurs(compiler, text, 'O2'), Os: measureOurs(compiler, text, 'Os') },
      avr: hasAvr ? { O2: measureAvr(text, 'O2'), Os: measureAvr(text, 'Os') } : undefined,
      cc65: hasCc65 ? measureCc65(text) : undefined,
    };
  });
  for (const row of rows) messages.push(...disagreements(row));
  return { rows, ratios: hasAvr ? ratiosOf(rows) : undefined, messages };
}

function disagreements(row: CodegenRow): string[] {
  const results = [row.ours.O2, row.ours.Os, row.avr?.O2, row.avr?.Os, row.cc65].filter((m) => m !== undefined);
  const agree = results.every((m) => m.result === results[0]?.result);
  return agree ? [] : [`${row.kernel}: the results differ: ${results.map((m) => m.result).join(' ')}`];
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

function ratiosOf(rows: readonly CodegenRow[]): NonNullable<CodegenBench['ratios']> {
  const ratio = (level: 'O2' | 'Os', field: 'bytes' | 'executed') =>
    geometricMean(
      rows.map((row) => row.ours[level][field] / (row.avr as NonNullable<CodegenRow['avr']>)[level][field]),
    );
  return {
    executedO2: ratio('O2', 'executed'),
    bytesO2: ratio('O2', 'bytes'),
    executedOs: ratio('Os', 'executed'),
    bytesOs: ratio('Os', 'bytes'),
  };
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

// ---------------------------------------------------------------- ours

const OUR_MAIN = 'unsigned kernel(void);\nint main(void) { return (int)kernel(); }\n';

function measureOurs(compiler: Compiler, text: string, level: OptLevel): CodegenMeasure {
  const files = [
    { name: 'kernel.c', text },
    { name: 'main.c', text: OUR_MAIN },
  ];
  const { image, diagnostics } = compiler.compile(files, {
    level,
    disabledPasses: [],
    unchecked: true,
    multiplier: true,
  });
  if (!image) throw new Error(diagnostics[0]?.message);
  const functions = image.symbols.filter((s) => s.from === 'kernel.o' && s.kind === 'function');
  const entry = functions.find((s) => s.name === 'kernel');
  if (!entry) throw new Error('the kernel is not in the image');
  const machine = new Machine(FLAT_MACHINE);
  machine.load(image);
  const { core } = machine;
  runUntil(machine, () => core.pc === entry.address);
  const start = core.instructions;
  const top = core.sp;
  runUntil(machine, () => core.sp > top);
  return {
    bytes: functions.reduce((sum, s) => sum + s.sizeBytes, 0),
    executed: core.instructions - start,
    result: (core.r8[0] as number) | ((core.r8[1] as number) << 8),
  };
}

/** Runs until the condition holds before an instruction. */
function runUntil(machine: Machine, condition: () => boolean): void {
  machine.hooks.push({ before: condition });
  const stop = machine.run({ instructions: INSTRUCTION_LIMIT });
  machine.hooks.pop();
  if (stop.kind !== 'hook') throw new Error(`the kernel ends with ${JSON.stringify(stop)}`);
}

// ---------------------------------------------------------------- the others

/** Runs a command in a directory of its own; its output, or an error with what it said. */
function tool(directory: string, command: string, args: readonly string[]): string {
  const done = spawnSync(command, args, { cwd: directory, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

function inDirectory<T>(files: Readonly<Record<string, string>>, body: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const AVR_MAIN = 'unsigned kernel(void);\nvolatile unsigned result;\nint main(void) { result = kernel(); for (;;); }\n';

function measureAvr(text: string, level: 'O2' | 'Os'): CodegenMeasure {
  return inDirectory({ 'kernel.c': text, 'main.c': AVR_MAIN }, (directory) => {
    const flags = [`-mmcu=${MCU}`, `-${level}`, '-funsigned-char', '-std=c99'];
    tool(directory, 'avr-gcc', [...flags, '-c', 'kernel.c', 'main.c']);
    tool(directory, 'avr-gcc', [...flags, 'kernel.o', 'main.o', '-o', 'all.elf']);
    tool(directory, 'avr-objcopy', ['-O', 'binary', 'all.elf', 'all.bin']);
    const bytes = Number(/^\s*(\d+)/m.exec(tool(directory, 'avr-size', ['kernel.o']).split('\n')[1] ?? '')?.[1]);
    const symbol = /^([0-9a-f]+) T kernel$/m.exec(tool(directory, 'avr-nm', ['all.elf']))?.[1];
    return { bytes, ...runAvr(readFileSync(join(directory, 'all.bin')), parseInt(symbol as string, 16)) };
  });
}

function runAvr(binary: Uint8Array, entry: number): { executed: number; result: number } {
  const program = new Uint8Array(0x20000);
  program.set(binary);
  const cpu = new CPU(new Uint16Array(program.buffer), 0x4000);
  for (let n = 0; cpu.pc * 2 !== entry; n++) {
    if (n > INSTRUCTION_LIMIT) throw new Error('the AVR kernel is not reached');
    avrInstruction(cpu);
  }
  const top = cpu.SP;
  let executed = 0;
  while (cpu.SP <= top) {
    if (++executed > INSTRUCTION_LIMIT) throw new Error('the AVR kernel does not end');
    avrInstruction(cpu);
  }
  return { executed, result: (cpu.data[24] as number) | ((cpu.data[25] as number) << 8) };
}

const CC65_MAIN =
  '#include <stdio.h>\nunsigned kernel(void);\nint main(void) { printf("%u\\n", kernel()); return 0; }\n';
const CC65_EMPTY = 'unsigned kernel(void) { return 12345; }\n';

function measureCc65(text: string): CodegenMeasure {
  const run = (kernel: string) =>
    inDirectory({ 'kernel.c': kernel, 'main.c': CC65_MAIN }, (directory) => {
      tool(directory, 'cl65', ['-t', 'sim6502', '-Oirs', '-c', 'kernel.c']);
      tool(directory, 'cl65', ['-t', 'sim6502', '-Oirs', '-c', 'main.c']);
      tool(directory, 'cl65', ['-t', 'sim6502', 'kernel.o', 'main.o', '-o', 'all.prg']);
      const output = tool(directory, 'sim65', ['-c', 'all.prg']);
      const sizes = tool(directory, 'od65', ['--dump-segsize', 'kernel.o']);
      return {
        bytes: Number(/CODE:\s+(\d+)/.exec(sizes)?.[1] ?? 0),
        executed: Number(/(\d+) cycles/.exec(output)?.[1]),
        result: Number(/^(\d+)$/m.exec(output)?.[1]),
      };
    });
  const whole = run(text);
  // Start-up and printf are the same without the kernel.
  return { ...whole, executed: whole.executed - run(CC65_EMPTY).executed };
}

// ---------------------------------------------------------------- text

/** The table as text. */
export function codegenTable(bench: CodegenBench): string {
  const lines = [
    'kernel      | bytes -Os: ours   avr | executed -O2: ours      avr  ratio | executed -Os: ours      avr | cc65: bytes   cycles',
  ];
  const pad = (value: number | undefined, width: number) => (value === undefined ? '-' : String(value)).padStart(width);
  for (const { kernel, ours, avr, cc65 } of bench.rows) {
    const ratio = avr ? (ours.O2.executed / avr.O2.executed).toFixed(2) : '-';
    lines.push(
      `${kernel.padEnd(11)} | ${pad(ours.Os.bytes, 16)} ${pad(avr?.Os.bytes, 5)} | ${pad(ours.O2.executed, 18)} ${pad(avr?.O2.executed, 8)} ${ratio.padStart(6)} | ${pad(ours.Os.executed, 18)} ${pad(avr?.Os.executed, 8)} | ${pad(cc65?.bytes, 11)} ${pad(cc65?.executed, 8)}`,
    );
  }
  if (bench.ratios) {
    const { executedO2, bytesO2, executedOs, bytesOs } = bench.ratios;
    lines.push(
      `geometric mean of ours / avr-gcc: executed ${executedO2.toFixed(3)} at -O2, ${executedOs.toFixed(3)} at -Os; bytes ${bytesO2.toFixed(3)} at -O2, ${bytesOs.toFixed(3)} at -Os`,
    );
  }
  return [...lines, ...bench.messages].join('\n');
}

export const bench: Bench = {
  summary: 'code bytes and executed instructions beside avr-gcc and cc65',
  run({ root }) {
    const json = runCodegenBench(join(root, 'tests/bench/kernels'));
    return { json, text: codegenTable(json) };
  },
};
