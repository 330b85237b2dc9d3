/** Links as cubic curves that leave a node to the right and enter the next from the left. */

export interface Curve {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** How far the curve goes straight before it turns. */
const reach = ({ x1, x2 }: Curve) => Math.max(30, Math.abs(x2 - x1) / 2);

export function linkPath(curve: Curve): string {
  const { x1, y1, x2, y2 } = curve;
  const r = reach(curve);
  return `M${x1} ${y1}C${x1 + r} ${y1} ${x2 - r} ${y2} ${x2} ${y2}`;
}

/** The point at a share of the way, 0 to 1. */
export function pointOn(curve: Curve, t: number): readonly [number, number] {
  const { x1, y1, x2, y2 } = curve;
  const r = reach(curve);
  const u = 1 - t;
  const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return [a * x1 + b * (x1 + r) + c * (x2 - r) + d * x2, a * y1 + b * y1 + c * y2 + d * y2];
}
