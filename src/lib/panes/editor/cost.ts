/** What each source line has cost: time by level, from the profile by code address and the image's line table. */
import type { Image } from '../../../core/assembler/image';
import { LEDGER_LEVELS, type MachineFrame } from '../../../rpc/machine';
import { formatTime } from '../../format';
import { levelOf } from '../../levels';

export interface LineCost {
  /** From 1. */
  readonly line: number;
  readonly ns: number;
  readonly parts: readonly { readonly color: string; readonly ns: number }[];
  readonly title: string;
}

export function lineCosts(image: Image, fileName: string, profile: MachineFrame['profile']): LineCost[] {
  const file = image.debug.sources.findIndex((source) => source.name === fileName);
  if (file < 0) return [];
  const byLine = new Map<number, Float64Array>();
  let at = 0;
  for (const { address, ns } of profile) {
    while (at < image.debug.lines.length && endOf(image, at) <= address) at++;
    const row = image.debug.lines[at];
    if (!row || row.address > address || row.file !== file) continue;
    const sum = byLine.get(row.line) ?? new Float64Array(LEDGER_LEVELS.length);
    ns.forEach((value, level) => (sum[level] = (sum[level] as number) + value));
    byLine.set(row.line, sum);
  }
  return [...byLine].sort(([a], [b]) => a - b).map(([line, sum]) => costOf(line, sum));
}

function endOf(image: Image, index: number): number {
  const row = image.debug.lines[index] as Image['debug']['lines'][number];
  return row.address + row.sizeBytes;
}

function costOf(line: number, sum: Float64Array): LineCost {
  const parts = LEDGER_LEVELS.flatMap((level, index) => {
    const ns = sum[index] as number;
    return ns > 0 ? [{ color: levelOf(level).color, ns, text: `${levelOf(level).label} ${formatTime(ns)}` }] : [];
  });
  const ns = parts.reduce((total, part) => total + part.ns, 0);
  return { line, ns, parts, title: `${formatTime(ns)}: ${parts.map((part) => part.text).join(', ')}` };
}
