/** Words and figures of the sandbox. */
import { NODE_KINDS } from '../../../core/documents/node-kinds';
import { formatInteger, formatTime } from '../../format';

/** A choice of the table in the words of the table. */
export function policyOf(value: string): string {
  const field = NODE_KINDS['load-balancer'].fields.find((row) => row.name === 'policy');
  return (field?.type === 'choice' && field.options.find((option) => option.value === value)?.label) || value;
}

/** Milliseconds as a person reads them; what was not measured yet is a dash. */
export function formatMs(ms: number): string {
  return Number.isFinite(ms) && ms > 0 ? formatTime(ms * 1e6) : '–';
}

/** Simulated seconds on the clock of a run: `0 s`, `0.25 s`, `12.4 s`, `1 204 s`. */
export function formatClock(seconds: number): string {
  const decimals = Number.isInteger(seconds) || seconds >= 100 ? 0 : seconds < 1 ? 2 : 1;
  return `${decimals === 0 ? formatInteger(seconds) : seconds.toFixed(decimals)}\u00a0s`;
}
