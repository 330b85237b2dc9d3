/** Numbers as a person reads them: three significant digits, SI prefixes, units always shown, grouped with a narrow space. */

/** Narrow no-break space: groups digits and stands before a unit. */
export const NARROW = '\u202f';
const GAP = '\u00a0';

const SI = [
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** `1 482 917`. */
export function formatInteger(value: number): string {
  const digits = Math.abs(Math.round(value)).toString();
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, NARROW);
  return value < 0 ? `−${grouped}` : grouped;
}

/** Three significant digits, or all digits of a larger integer part: `4.17`, `41.7`, `417`, `1 417`. */
export function formatSignificant(value: number, digits = 3): string {
  if (value === 0) return '0';
  // Of the rounded value: 0.9999 has the magnitude of the 1.00 that is shown.
  const magnitude = Math.floor(Math.log10(Number(Math.abs(value).toPrecision(digits))) + 1e-12);
  const decimals = Math.max(0, digits - 1 - magnitude);
  const fixed = Math.abs(value).toFixed(Math.min(decimals, 20));
  const [whole = '0', part] = fixed.split('.');
  const text = formatInteger(Number(whole)) + (part === undefined ? '' : `.${part}`);
  return value < 0 ? `−${text}` : text;
}

/** A value with an SI prefix: `1.40 G`, `640`, for a unit to follow. */
export function formatSi(value: number, unit = ''): string {
  const size = Math.abs(value);
  for (const [factor, prefix] of SI) {
    // 999.5 rounds up into the next prefix, so that `1000 k` never shows.
    if (size >= factor * 0.9995) return `${formatSignificant(value / factor)}${GAP}${prefix}${unit}`;
  }
  const text = Number.isInteger(value) ? formatInteger(value) : formatSignificant(value);
  return unit === '' ? text : `${text}${GAP}${unit}`;
}

const TIME_UNITS = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
] as const;

/** Nanoseconds with the unit that a person would take: `4.17 ms`, `1 ns`, `2.50 s`. */
export function formatTime(ns: number): string {
  if (ns === 0) return `0${GAP}ns`;
  const size = Math.abs(ns);
  for (const [factor, unit] of TIME_UNITS) {
    if (size >= factor * 0.9995) return `${trim(formatSignificant(ns / factor))}${GAP}${unit}`;
  }
  return `${trim(formatSignificant(ns * 1000))}${GAP}ps`;
}

const HUMAN_UNITS = [
  [365.25 * 86_400, 'year', 'years'],
  [30.4375 * 86_400, 'month', 'months'],
  [86_400, 'day', 'days'],
  [3600, 'hour', 'hours'],
  [60, 'min', 'min'],
  [1, 's', 's'],
] as const;

/** Human time: one cycle lasts one second. `cycleNs` is the length of a cycle. */
export function formatHumanTime(ns: number, cycleNs = 1): string {
  const seconds = ns / cycleNs;
  for (const [length, one, many] of HUMAN_UNITS) {
    if (Math.abs(seconds) < length) continue;
    const count = seconds / length;
    const text = count >= 10 || count === Math.round(count) ? formatInteger(count) : count.toFixed(1);
    return `${text}${GAP}${text === '1' ? one : many}`;
  }
  return `${seconds === 0 ? '0' : trim(formatSignificant(seconds, 2))}${GAP}s`;
}

/** `1 964 B` up to 64 Ki exactly, then with binary prefixes. */
export function formatBytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  if (Math.abs(bytes) < 10_000) return `${formatInteger(bytes)}${GAP}B`;
  let value = bytes / 1024;
  let unit = 0;
  while (Math.abs(value) >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${trim(formatSignificant(value))}${GAP}${units[unit] as string}`;
}

/** A share of 1 as a percentage: `91.2 %`. */
export function formatPercent(share: number, decimals = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(decimals)}${GAP}%` : '–';
}

/** Lower-case hexadecimal with leading zeros. */
export function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).padStart(digits, '0');
}

/** How many of a thing: `1 token`, `131 tokens`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
}

/** `4.00` as `4`, `2.50` as `2.5`: a simulated time is exact, so its trailing zeros say nothing. */
function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A moment of the calendar: `26 Nov 2026, 01:34`, in the language of the reader. */
export function formatMoment(ms: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}
