/** What a pass is worth, in words: what the program costs more or less without it. */
import type { Worth } from '../../state/trials.svelte';

export function worthText(
  { on, off }: Pick<Worth, 'on' | 'off'>,
  percent: (share: number) => string,
): string | undefined {
  if (!on || !off) return undefined;
  const parts = [signed(on.bytes - off.bytes, ' bytes')];
  if (on.ended && off.ended) {
    const share = off.cycles > 0 ? (on.cycles - off.cycles) / off.cycles : 0;
    parts.push(on.cycles === off.cycles ? '±0 cycles' : `${sign(share)}${percent(Math.abs(share))} cycles`);
  } else parts.push('the run was cut off');
  for (const [level, name] of [
    ['l1i', 'L1I'],
    ['l1d', 'L1D'],
  ] as const) {
    const [a, b] = [off.hitRates[level], on.hitRates[level]];
    if (a === undefined || b === undefined || percent(a) === percent(b)) continue;
    parts.push(`${name} hits ${percent(a)} → ${percent(b)}`);
  }
  const same = on.output === off.output ? '' : ', and another output';
  return `It is worth ${parts.join(', ')}${same}.`;
}

const sign = (value: number) => (value > 0 ? '+' : '\u2212');
const signed = (value: number, unit: string) => (value === 0 ? `±0${unit}` : `${sign(value)}${Math.abs(value)}${unit}`);
