/** Copies of the values that phis take on one edge. */
import { isInstr } from '../4-ir/build';
import type { Block, Value } from '../4-ir/ir';
import { BYTE, newRegister } from './mir';
import type { Selector } from './select';

/** Parallel copies, put in an order in which nothing is overwritten before it is read; a cycle goes through a new register. */
export function phiCopies(s: Selector, target: Block, pred: number): void {
  const pending: { dst: number; src: Value; high: boolean }[] = [];
  for (const phi of target.instrs) {
    if (phi.op !== 'phi') break;
    const src = phi.args[pred] as Value;
    if (src.op === 'undef' || src === phi || s.useCount(phi) === 0) continue;
    pending.push({ dst: s.define(phi), src, high: false });
    if (phi.type === 'i32') pending.push({ dst: s.defineHigh(phi), src, high: true });
  }
  const moves: { dst: number; src: number }[] = [];
  const constants: { dst: number; src: Value; high: boolean }[] = [];
  for (const p of pending) {
    if (isInstr(p.src) || p.src.op === 'param') {
      if (isInstr(p.src) && p.src.op === 'alloca') constants.push(p);
      else moves.push({ dst: p.dst, src: p.high ? s.high(p.src) : s.low(p.src) });
    } else constants.push(p);
  }
  sequentialise(
    moves.filter((m) => m.dst !== m.src),
    (dst, src) => s.emit('copy', dst, src),
    (src) => newRegister(s.mf, (src & 3) !== 0 ? BYTE : (s.mf.classes[src >> 2] as number)),
  );
  for (const c of constants) s.into(c.dst, c.src, c.high);
}

/** Emits copies so that each reads its source before it is overwritten. */
export function sequentialise(
  moves: { dst: number; src: number }[],
  copy: (dst: number, src: number) => void,
  temporary: (src: number) => number,
): void {
  let pending = moves;
  while (pending.length > 0) {
    const ready = pending.filter((m) => !pending.some((o) => o !== m && o.src >> 2 === m.dst >> 2));
    if (ready.length > 0) {
      for (const m of ready) copy(m.dst, m.src);
      pending = pending.filter((m) => !ready.includes(m));
      continue;
    }
    // Only cycles are left: save one source, so that its register can be overwritten.
    const first = pending[0] as { dst: number; src: number };
    const blocked = first.dst;
    const saved = new Map<number, number>();
    for (const m of pending) {
      if (m.src >> 2 !== blocked >> 2) continue;
      let temp = saved.get(m.src);
      if (temp === undefined) {
        temp = temporary(m.src);
        copy(temp, m.src);
        saved.set(m.src, temp);
      }
      m.src = temp;
    }
  }
}
