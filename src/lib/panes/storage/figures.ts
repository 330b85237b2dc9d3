/** Pure geometry of the lab's charts, and its exports. */
import { download } from '../../download';
import type { LaneFrame, SweepPoint } from '$rpc/storage';

/** log10 of nanoseconds to a share of the axis from 1 ns to 1 s. */
export function timeShare(ns: number): number {
  return Math.min(1, Math.max(0, Math.log10(Math.max(ns, 1)) / 9));
}

/** Points of a ridge: share of the axis and height 0..1 of each used bin. */
export function ridge(histogram: ArrayLike<number>, binsPerOctave: number): { x: number; y: number; count: number }[] {
  let most = 0;
  for (let i = 0; i < histogram.length; i++) most = Math.max(most, histogram[i] ?? 0);
  const out: { x: number; y: number; count: number }[] = [];
  if (most === 0) return out;
  for (let i = 0; i < histogram.length; i++) {
    const count = histogram[i] ?? 0;
    if (count === 0) continue;
    // A square root, so that a tail of one in ten thousand can still be seen.
    out.push({ x: timeShare(2 ** ((i + 0.5) / binsPerOctave)), y: Math.sqrt(count / most), count });
  }
  return out;
}

/** A time near `share` percent of the requests, from the bins; for frames that have no report yet. */
export function roughPercentile(histogram: ArrayLike<number>, binsPerOctave: number, percent: number): number {
  let total = 0;
  for (let i = 0; i < histogram.length; i++) total += histogram[i] ?? 0;
  let seen = 0;
  for (let i = 0; i < histogram.length; i++) {
    seen += histogram[i] ?? 0;
    if (seen * 100 >= total * percent && total > 0) return 2 ** ((i + 0.5) / binsPerOctave);
  }
  return 0;
}

/** Where a lane's requests are at a moment, for the drawing: which units work, on what, and where the arm is. */
export interface Scene {
  readonly busy: ReadonlyMap<number, number>;
  /** 0 outer edge, 1 inner edge. */
  readonly arm: number;
}

export function sceneAt(lane: LaneFrame, nowPs: number): Scene {
  const busy = new Map<number, number>();
  let arm = 0;
  let before: { donePs: number; lba: number } | undefined;
  for (const sample of lane.samples) {
    if (sample.donePs <= nowPs) {
      if (!before || sample.donePs > before.donePs) before = sample;
      continue;
    }
    const queue = sample.parts[0] ?? 0;
    const startPs = sample.arrivalPs + queue;
    if (nowPs < startPs) continue;
    let at = startPs;
    let part = 0;
    for (let p = 1; p < sample.parts.length; p++) {
      at += sample.parts[p] ?? 0;
      if (nowPs < at) {
        part = p;
        break;
      }
    }
    busy.set(sample.unit, part);
    const from = before?.lba ?? sample.lba;
    const seek = (sample.parts[1] ?? 0) + (sample.parts[2] ?? 0);
    const share = seek > 0 ? Math.min(1, (nowPs - startPs) / seek) : 1;
    arm = (from + (sample.lba - from) * share) / lane.capacitySectors;
  }
  if (busy.size === 0 && before) arm = before.lba / lane.capacitySectors;
  return { busy, arm };
}

export function toCsv(lanes: readonly LaneFrame[]): string {
  const rows = lanes.flatMap((lane) => {
    const r = lane.report;
    if (!r) return [];
    const percentiles = Object.entries(r.latencyUs.percentiles).map(([, value]) => value);
    return [
      [lane.device, r.completed, r.iops, r.bandwidth, r.latencyUs.mean, r.latencyUs.sigma, ...percentiles].join(','),
    ];
  });
  const first = lanes.find((lane) => lane.report)?.report;
  const names = first ? Object.keys(first.latencyUs.percentiles).map((p) => `p${p}_us`) : [];
  return `${['device', 'completed', 'iops', 'bytes_per_second', 'mean_us', 'sigma_us', ...names].join(',')}\n${rows.join('\n')}\n`;
}

export function toJson(lanes: readonly LaneFrame[]): string {
  return JSON.stringify(
    lanes.map(({ device, report }) => ({ device, ...report })),
    null,
    2,
  );
}

/** Points of one device in a sweep, in order. */
export function sweepOf(points: readonly SweepPoint[], device: string): SweepPoint[] {
  return points.filter((p) => p.device === device).sort((a, b) => a.value - b.value);
}

/** A chart of the page as a file that stands alone: colours of the theme are written into it. */
export function svgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll('*')];
  const to = [copy, ...copy.querySelectorAll('*')];
  const names = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font', 'text-anchor'];
  for (const [i, element] of from.entries()) {
    const style = getComputedStyle(element);
    to[i]?.setAttribute('style', names.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'));
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(copy);
}

export async function savePng(svg: SVGSVGElement, name: string): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.clientWidth * 2;
  canvas.height = svg.clientHeight * 2;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob) download(name, 'image/png', blob);
}
