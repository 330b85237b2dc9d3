/** Reads a command's arguments: `--name VALUE`, `--name=VALUE`, flags, repeated options and positionals, in any order. */
import { UsageError } from './command';

export type OptionKind = 'flag' | 'value' | 'repeated';
export type OptionSpec = Readonly<Record<string, OptionKind>>;

export interface ParsedOptions {
  readonly positionals: readonly string[];
  has(name: string): boolean;
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  /** A number within limits, or a UsageError that names the option. */
  number(name: string, fallback: number, limits?: { min?: number; max?: number; integer?: boolean }): number;
}

/** Names in `spec` are written without dashes for `--name`, with one dash for short ones such as `-o` or `-O2`. */
export function parseOptions(args: readonly string[], spec: OptionSpec): ParsedOptions {
  const found = new Map<string, string[]>();
  const positionals: string[] = [];
  let onlyPositionals = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (onlyPositionals || arg === '-' || !arg.startsWith('-')) {
      positionals.push(arg);
      continue;
    }
    if (arg === '--') {
      onlyPositionals = true;
      continue;
    }
    const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
    const written = equals < 0 ? arg : arg.slice(0, equals);
    const name = written.startsWith('--') ? written.slice(2) : written;
    const kind = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (!kind) throw new UsageError(`unknown option ${written}`);
    const list = found.get(name) ?? [];
    found.set(name, list);
    if (kind === 'flag') {
      if (equals >= 0) throw new UsageError(`${written} takes no value`);
      list.push('');
      continue;
    }
    const value = equals >= 0 ? arg.slice(equals + 1) : args[++i];
    if (value === undefined) throw new UsageError(`${written} needs a value`);
    if (kind === 'value' && list.length > 0) throw new UsageError(`${written} is given twice`);
    list.push(value);
  }
  const value = (name: string) => found.get(name)?.[0];
  return {
    positionals,
    has: (name) => found.has(name),
    value,
    values: (name) => found.get(name) ?? [],
    number(name, fallback, limits = {}) {
      const text = value(name);
      if (text === undefined) return fallback;
      const n = text.trim() === '' ? NaN : Number(text);
      if (!Number.isFinite(n) || (limits.integer !== false && !Number.isInteger(n)))
        throw new UsageError(
          `--${name} takes a ${limits.integer === false ? 'number' : 'whole number'}, not '${text}'`,
        );
      if (limits.min !== undefined && n < limits.min) throw new UsageError(`--${name} must be at least ${limits.min}`);
      if (limits.max !== undefined && n > limits.max) throw new UsageError(`--${name} must be at most ${limits.max}`);
      return n;
    },
  };
}
