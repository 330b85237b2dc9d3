/**
 * What the code generator made: the program's code as it lies in the image, and how it came to be: the selected instructions, the live
 * ranges of their registers, the allocator's decisions, the peephole optimiser's finds, the assembly.
 */
import { printItem } from '../../assembler/print';
import type { Image, ImageLine } from '../../assembler/image';
import { disassembleAt, symbolsOf } from '../../assembler/disassemble';
import { LOCAL_PREFIX } from '../../assembler/object';
import { describeForm } from '../../isa/describe';
import { RULES } from '../6-codegen/peephole';
import type { FunctionReport, MachineLine } from '../6-codegen/report';
import { viewSpan, type Compilation } from '../compilation';
import type { RangeChart, ViewLine, ViewRequest } from '../views';
import type { Aspect } from './aspect';

export const CODE_ASPECTS: readonly Aspect[] = [
  {
    id: 'code',
    title: 'Code',
    summary: 'The code of the program as it lies in memory: address, words, instruction.',
    byFunction: true,
    show: (c, request) => ({ lines: c.image ? imageLines(c, c.image, request.fn) : assemblyLines(c, request) }),
  },
  {
    id: 'selection',
    title: 'Selection',
    summary: 'Instructions chosen for the IR, with as many registers as they like (v1, v2, …).',
    byFunction: true,
    show: (c, request) => ({
      lines: reports(c, request).flatMap((r) => [
        functionHeading(r, sizeText(r)),
        ...machineLines(c, r, r.history().selection),
      ]),
    }),
  },
  {
    id: 'ranges',
    title: 'Live ranges',
    summary: 'From where to where each value is needed, and the register that it got.',
    byFunction: true,
    picture: 'ranges',
    show: (c, request) => ({
      lines: reports(c, request).flatMap((r) => [functionHeading(r, rangeText(r)), ...rangeLines(r)]),
      ranges: reports(c, request).map((r) => rangeChart(c, r)),
    }),
  },
  {
    id: 'allocation',
    title: 'Registers',
    summary: 'What the register allocator decided: joined copies, places, evictions, splits, spills, and why.',
    byFunction: true,
    show: (c, request) => ({
      lines: reports(c, request).flatMap((r) => [functionHeading(r, allocationText(r)), ...decisionLines(r)]),
    }),
  },
  {
    id: 'peephole',
    title: 'Peephole',
    summary: 'Where a rule over a few neighbouring instructions found something better.',
    byFunction: true,
    show: (c, request) => ({
      lines: reports(c, request).flatMap((r) => [functionHeading(r, peepholeText(r)), ...peepholeLines(c, r)]),
    }),
  },
  {
    id: 'asm',
    title: 'Assembly',
    summary: 'The assembly text before linking, with data and notes.',
    byFunction: true,
    show: (c, request) => ({ lines: assemblyLines(c, request) }),
  },
];

// ---------------------------------------------------------------- assembly

function assemblyLines(compilation: Compilation, { fn }: ViewRequest): ViewLine[] {
  const lines: ViewLine[] = [];
  let section = '';
  for (const { items } of compilation.code)
    for (const item of items) {
      if (item.kind === 'section') section = item.name;
      if (fn !== undefined && section !== `.text.${fn}`) continue;
      const origin = item.kind === 'instr' ? item.origin : undefined;
      const span = origin && viewSpan(compilation.sources, origin);
      for (const text of printItem(item).split('\n').slice(0, -1))
        lines.push({
          text,
          depth: 0,
          kind: text.endsWith(':') ? 'label' : item.kind === 'section' ? 'heading' : 'instr',
          ...(section.startsWith('.text.') ? { fn: section.slice('.text.'.length) } : {}),
          ...(span ? { span } : {}),
          ...(origin && origin.node > 0 ? { node: origin.node } : {}),
          ...(origin && origin.ir >= 0 ? { ir: origin.ir } : {}),
        });
    }
  return lines;
}

// ---------------------------------------------------------------- code in the image

function imageLines(compilation: Compilation, image: Image, only: string | undefined): ViewLine[] {
  const text = image.segments.find((segment) => segment.name === 'text');
  if (!text) return [];
  const names = symbolsOf(image);
  const lines: ViewLine[] = [];
  for (const fn of image.debug.functions) {
    const isOwn = image.debug.sources[fn.file]?.system === false;
    if (only === undefined ? !isOwn : fn.name !== only) continue;
    lines.push({ text: `${fn.name}:`, depth: 0, kind: 'label', fn: fn.name, address: fn.address, sizeBytes: 0 });
    let at = 0;
    for (let pc = fn.address; pc < fn.address + fn.sizeBytes;) {
      const line = disassembleAt(text.bytes, pc - text.address, text.address, names);
      while (at < image.debug.lines.length && endOf(image.debug.lines[at] as ImageLine) <= pc) at++;
      const origin = image.debug.lines[at];
      const name = names.get(pc);
      if (pc > fn.address && name !== undefined && !name.startsWith(LOCAL_PREFIX))
        lines.push({ text: `${name}:`, depth: 0, kind: 'label', fn: fn.name, address: pc, sizeBytes: 0 });
      lines.push(codeLine(compilation, image, fn.name, line, origin && origin.address <= pc ? origin : undefined));
      pc += line.sizeBytes;
    }
  }
  return lines;
}

const endOf = (line: ImageLine) => line.address + line.sizeBytes;
const hex = (value: number) => value.toString(16).padStart(4, '0');

function codeLine(
  compilation: Compilation,
  image: Image,
  fn: string,
  line: ReturnType<typeof disassembleAt>,
  origin: ImageLine | undefined,
): ViewLine {
  const source = origin && image.debug.sources[origin.file];
  const file = source && !source.system ? compilation.sources.files.findIndex((f) => f.name === source.name) : -1;
  const { address, sizeBytes, form } = line;
  return {
    text: `${hex(address)}  ${line.words.map(hex).join(' ').padEnd(9)}  ${line.text}`,
    depth: 0,
    kind: 'instr',
    fn,
    address,
    sizeBytes,
    ...(form ? { hint: describeForm(form) } : {}),
    ...(origin && file >= 0 ? { span: { file, start: origin.start, end: origin.end } } : {}),
    ...(origin && origin.node > 0 ? { node: origin.node } : {}),
    ...(origin && origin.ir >= 0 ? { ir: origin.ir } : {}),
  };
}

// ---------------------------------------------------------------- the generator's report

const reports = ({ code }: Compilation, { fn }: ViewRequest): FunctionReport[] =>
  code.flatMap(({ report }) => report?.functions ?? []).filter((report) => fn === undefined || report.name === fn);

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const functionHeading = ({ name }: FunctionReport, told: string): ViewLine => ({
  text: `${name}: ${told}`,
  depth: 0,
  kind: 'heading',
  fn: name,
});

const sizeText = ({ history }: FunctionReport) =>
  `${counted(history().selection.filter(({ kind }) => kind === 'instr').length, 'instruction')} selected`;

const rangeText = ({ history }: FunctionReport) => counted(history().ranges.length, 'live range');

function allocationText({ history, rounds, frameSizeBytes, savedPairs }: FunctionReport): string {
  const spills = history().decisions.filter(({ kind }) => kind === 'spilled').length;
  const saved = savedPairs.length > 0 ? `, saves ${savedPairs.map((pair) => `w${pair}`).join(' ')}` : '';
  return `${counted(spills, 'spill')}, ${counted(rounds, 'round')}, frame of ${counted(frameSizeBytes, 'byte')}${saved}`;
}

const peepholeText = ({ peephole }: FunctionReport) =>
  counted(
    Object.values(peephole).reduce((sum, n) => sum + n, 0),
    'find',
  );

function machineLines(compilation: Compilation, r: FunctionReport, lines: readonly MachineLine[]): ViewLine[] {
  return lines.map(({ text, kind, ir, node, start, end }) => {
    const span = viewSpan(compilation.sources, { start, end });
    return {
      text,
      depth: kind === 'label' ? 0 : 1,
      kind,
      fn: r.name,
      ...(span ? { span } : {}),
      ...(node > 0 ? { node } : {}),
      ...(ir >= 0 ? { ir } : {}),
    };
  });
}

/** The decisions in their order, then the places that the values have in the end. */
function decisionLines({ name, history }: FunctionReport): ViewLine[] {
  const { decisions, ranges } = history();
  const made = decisions.map(({ register, kind, reason }) => ({ register, kind, reason }));
  const places = ranges.map(({ register, bits, place, weight }) => ({
    register,
    kind: 'assigned' as const,
    reason: `${place}, ${bits} bits, weight ${weight}`,
  }));
  const all = [...made, ...places];
  if (all.length === 0) return [{ text: 'no registers are needed', depth: 1, kind: 'comment' }];
  return all.map(({ register, kind, reason }) => ({
    text: `${register.padEnd(16)}${kind.padEnd(16)}${reason}`,
    depth: 1,
    kind: COSTLY.has(kind) ? 'costly' : 'instr',
    fn: name,
  }));
}

/** Decisions that put code into the program. */
const COSTLY = new Set(['spilled', 'evicted', 'split', 'rematerialised']);

function peepholeLines(compilation: Compilation, { name, history }: FunctionReport): ViewLine[] {
  const { finds } = history();
  if (finds.length === 0) return [{ text: 'nothing', depth: 1, kind: 'comment' }];
  return finds.map(({ rule, before, start, end, node, ir }) => {
    const span = viewSpan(compilation.sources, { start, end });
    return {
      text: `${rule.padEnd(24)}at ${before}`,
      depth: 1,
      kind: 'instr',
      fn: name,
      hint: RULES.find((row) => row.name === rule)?.summary ?? '',
      ...(span ? { span } : {}),
      ...(node > 0 ? { node } : {}),
      ...(ir >= 0 ? { ir } : {}),
    };
  });
}

// ---------------------------------------------------------------- live ranges

/** Lines that a range covers, as `first-last` of the machine code's lines, which count from 1. */
function rangeLines({ name, history }: FunctionReport): ViewLine[] {
  const { ranges, allocated } = history();
  return ranges.map(({ register, bits, place, weight, segments }) => {
    const spans = lineSegments(segments, allocated.positions);
    const shown: string[] = [];
    for (let i = 0; i < spans.length; i += 2) shown.push(`${(spans[i] as number) + 1}-${spans[i + 1] as number}`);
    return {
      text: `${register.padEnd(16)}${`${bits} bits`.padEnd(9)}${place.padEnd(5)}weight ${String(weight).padEnd(7)}lines ${shown.join(' ')}`,
      depth: 1,
      kind: 'instr',
      fn: name,
    };
  });
}

function rangeChart(compilation: Compilation, report: FunctionReport): RangeChart {
  const { name, history } = report;
  const { ranges, allocated } = history();
  return {
    fn: name,
    lines: machineLines(compilation, report, allocated.lines),
    ranges: ranges.map(({ register, place, segments }) => ({
      name: register,
      place,
      segments: lineSegments(segments, allocated.positions),
    })),
  };
}

/** Segments in positions to half-open stretches of line indices; what touches is joined. */
function lineSegments(segments: readonly number[], positions: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < segments.length; i += 2) {
    const from = lowerBound(positions, segments[i] as number);
    const to = lowerBound(positions, segments[i + 1] as number);
    const end = Math.max(from + 1, to);
    if (out.length > 0 && (out.at(-1) as number) >= from) out[out.length - 1] = Math.max(end, out.at(-1) as number);
    else out.push(from, end);
  }
  return out;
}

/** Index of the last line whose position is not after `position`. */
function lowerBound(positions: readonly number[], position: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] as number) <= position) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
