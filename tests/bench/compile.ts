/**
 * How fast the compiler is, by three measures, each as a ratio: lexer and parser beside acorn with locations, on the same program in C and in
 * JavaScript, line for line; a whole -O2 compile of 7,000 lines beside avr-gcc -O2; and how long an edit of a 300-line program
 * takes until all phases are refreshed, warm, beside the frames of a 60 Hz screen. Rounds are interleaved and the best of each
 * counts. Times are of the processor, not of the clock on the wall, so that a busy computer disturbs little; the engine's own
 * helper threads (garbage collection, optimisation) count against us. A whole compile starts from nothing; an edit may use
 * what the compile before it made, as in the workbench.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { header, librarySources } from '../../programs/library';
import { Compiler } from '../../src/core/compiler/compile';
import { FrontEnd } from '../../src/core/compiler/front-end';
import { DEFAULT_OPTIONS } from '../../src/core/compiler/views';
import { CompileService } from '../../src/rpc/compile-service';
import type { Bench, BenchContext } from './bench';
import { generatedProgram } from './generated-program';

const LARGE_LINES = 7_000;
const SMALL_LINES = 300;
const PARSE_ROUNDS = 80;
const COMPILE_ROUNDS = 10;
const EDITS = 60;
/** Two frames at 60 Hz. */
const LATENCY_AIM_MS = 1000 / 30;

/** Processor time of this process so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface ParseFigures {
  readonly ourLinesPerSecond: number;
  readonly acornLinesPerSecond: number | undefined;
  readonly ratio: number | undefined;
}
interface CompileFigures {
  /** The first compile in a process, and the best of the next ones. */
  readonly firstMs: number;
  readonly warmMs: number;
  /** The best of the next ones on the clock on the wall. */
  readonly warmWallMs: number;
  /** `avr-gcc -O2 -c` as a process, and the same on an empty file. */
  readonly avrMs: number | undefined;
  readonly avrEmptyMs: number | undefined;
  readonly avrWallMs: number | undefined;
}
interface LatencyFigures {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly bestMs: number;
  /** On the clock on the wall: helper threads work beside it. */
  readonly wallMedianMs: number;
}

export const bench: Bench = {
  summary: 'the compiler: parsing beside acorn, a whole compile beside avr-gcc, the latency of an edit',
  run(context) {
    const messages: string[] = [];
    const parse = parseFigures(context, messages);
    const whole = compileFigures(context, messages);
    const latency = latencyFigures();
    const json = { lines: LARGE_LINES, parse, compile: whole, latency: { lines: SMALL_LINES, ...latency } };
    return { text: [...table(parse, whole, latency), ...messages].join('\n'), json };
  },
};

function table(parse: ParseFigures, whole: CompileFigures, latency: LatencyFigures): string[] {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const rate = (value: number) => `${Math.round(value / 1000)} thousand lines a second`;
  const { acornLinesPerSecond: acorn, ratio } = parse;
  const { avrMs, avrEmptyMs, avrWallMs } = whole;
  return [
    `lexer and parser, ${LARGE_LINES} lines: ${rate(parse.ourLinesPerSecond)}`,
    ...(acorn !== undefined && ratio !== undefined
      ? [`  acorn with locations: ${rate(acorn)}; ratio ${ratio.toFixed(2)} (aim 3)`]
      : []),
    `whole compile at -O2, ${LARGE_LINES} lines: ${ms(whole.firstMs)} first, ${ms(whole.warmMs)} warm`,
    ...(avrMs !== undefined && avrEmptyMs !== undefined && avrWallMs !== undefined
      ? [
          `  avr-gcc -O2 -c: ${ms(avrMs)} (${ms(avrEmptyMs)} for an empty file); ours takes ${(whole.firstMs / avrMs).toFixed(2)} first, ${(whole.warmMs / avrMs).toFixed(2)} warm (aim 1)`,
          `  on the clock: ${ms(whole.warmWallMs)} warm, avr-gcc ${ms(avrWallMs)}; ours takes ${(whole.warmWallMs / avrWallMs).toFixed(2)}`,
        ]
      : []),
    `an edit of ${SMALL_LINES} lines to all phases: median ${ms(latency.medianMs)}, 95 % ${ms(latency.p95Ms)}, best ${ms(latency.bestMs)} (aim ${ms(LATENCY_AIM_MS)}); on the clock: median ${ms(latency.wallMedianMs)}`,
  ];
}

// ---------------------------------------------------------------- lexer and parser

type Acorn = { parse(text: string, options: { ecmaVersion: 'latest'; locations: boolean }): unknown };

function parseFigures({ root }: BenchContext, messages: string[]): ParseFigures {
  const { c, js, lines } = generatedProgram(LARGE_LINES);
  const acorn = loadAcorn(root);
  if (!acorn) messages.push('acorn is not installed: its figures are left out');
  const best = { ours: Infinity, acorn: Infinity };
  for (let round = 0; round < PARSE_ROUNDS; round++) {
    let start = cpuMs();
    const front = new FrontEnd([{ name: 'a.c', text: c }], { headers: header });
    front.lex();
    front.parse();
    best.ours = Math.min(best.ours, cpuMs() - start);
    if (front.diagnostics.length > 0) throw new Error(front.diagnostics[0]?.message);
    start = cpuMs();
    acorn?.parse(js, { ecmaVersion: 'latest', locations: true });
    best.acorn = Math.min(best.acorn, cpuMs() - start);
  }
  const ourLinesPerSecond = (1000 * lines) / best.ours;
  if (!acorn) return { ourLinesPerSecond, acornLinesPerSecond: undefined, ratio: undefined };
  return { ourLinesPerSecond, acornLinesPerSecond: (1000 * lines) / best.acorn, ratio: best.acorn / best.ours };
}

/** From the packages of the checkout: the tool's own bundle does not carry it. */
function loadAcorn(root: string): Acorn | undefined {
  try {
    return createRequire(join(root, 'package.json'))('acorn') as Acorn;
  } catch {
    return undefined;
  }
}

// ---------------------------------------------------------------- a whole compile

function compileFigures({ note }: BenchContext, messages: string[]): CompileFigures {
  const { c } = generatedProgram(LARGE_LINES);
  // All that the workbench has made for its views, but nothing from the compile before.
  const compiler = new Compiler({ header, sources: librarySources });
  const compile = (text: string) => compiler.compile([{ name: 'a.c', text }], DEFAULT_OPTIONS, { explain: true });
  // The library is made once and is no part of it.
  compile('int main(void) { return 0; }');
  const avr = avrGcc(c);
  if (!avr) messages.push('avr-gcc is not installed (Debian: gcc-avr): its figures are left out');
  const ours = { firstMs: 0, warmMs: Infinity, warmWallMs: Infinity };
  const theirs = { avrMs: Infinity, avrEmptyMs: Infinity, avrWallMs: Infinity };
  try {
    for (let round = 0; round < COMPILE_ROUNDS; round++) {
      note(`whole compile, round ${round + 1} of ${COMPILE_ROUNDS}`);
      const begun = performance.now();
      const start = cpuMs();
      const { image, diagnostics } = compile(c);
      const ms = cpuMs() - start;
      if (!image) throw new Error(diagnostics[0]?.message);
      if (round === 0) ours.firstMs = ms;
      else {
        ours.warmMs = Math.min(ours.warmMs, ms);
        ours.warmWallMs = Math.min(ours.warmWallMs, performance.now() - begun);
      }
      if (!avr) continue;
      const whole = avr.compile('large.c');
      theirs.avrMs = Math.min(theirs.avrMs, whole.ms);
      theirs.avrWallMs = Math.min(theirs.avrWallMs, whole.wallMs);
      theirs.avrEmptyMs = Math.min(theirs.avrEmptyMs, avr.compile('empty.c').ms);
    }
  } finally {
    avr?.remove();
  }
  return avr ? { ...ours, ...theirs } : { ...ours, avrMs: undefined, avrEmptyMs: undefined, avrWallMs: undefined };
}

function avrGcc(text: string): { compile(file: string): { ms: number; wallMs: number }; remove(): void } | undefined {
  if (spawnSync('avr-gcc', ['--version'], { stdio: 'ignore' }).error) return undefined;
  const cwd = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  writeFileSync(join(cwd, 'large.c'), text);
  writeFileSync(join(cwd, 'empty.c'), '');
  return {
    compile(file) {
      const command = `avr-gcc -mmcu=atmega1284p -O2 -funsigned-char -std=c99 -c ${file} -o out.o && times`;
      const begun = performance.now();
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' });
      const wallMs = performance.now() - begun;
      if (status !== 0) throw new Error(`avr-gcc: ${stderr}`);
      // The second line of `times`: user and system time of the shell's children, each as 0m1.25s.
      const [user = '', system = ''] = (stdout.trim().split('\n')[1] ?? '').split(' ');
      return { ms: shellMs(user) + shellMs(system), wallMs };
    },
    remove: () => rmSync(cwd, { recursive: true }),
  };
}

function shellMs(time: string): number {
  const [, minutes = '0', seconds = '0'] = /^(\d+)m([\d.]+)s$/.exec(time) ?? [];
  return 1000 * (60 * Number(minutes) + Number(seconds));
}

// ---------------------------------------------------------------- the latency of an edit

function latencyFigures(): LatencyFigures {
  const { c } = generatedProgram(SMALL_LINES);
  const service = new CompileService({ header, sources: librarySources }, () => 0);
  const times: number[] = [];
  const wall: number[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    // A number in the middle of the program changes with every edit.
    const text = c.replace('sum > 1000', `sum > ${1000 + edit}`);
    const begun = performance.now();
    const start = cpuMs();
    const reply = service.compile({ revision: edit, files: [{ name: 'a.c', text }], options: DEFAULT_OPTIONS });
    if (!reply.image) throw new Error(reply.diagnostics[0]?.message);
    // The first third warms up.
    if (edit < EDITS / 3) continue;
    times.push(cpuMs() - start);
    wall.push(performance.now() - begun);
  }
  const at = (all: number[], part: number) =>
    all.sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * part))] as number;
  return { medianMs: at(times, 0.5), p95Ms: at(times, 0.95), bestMs: at(times, 0), wallMedianMs: at(wall, 0.5) };
}
