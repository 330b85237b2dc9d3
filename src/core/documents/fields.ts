/**
 * Settings as rows of a table: name, unit, limits, default, help. Validation, the inspector's form and the docs derive from the same
 * rows.
 */
import { joinPath } from './json';

interface FieldBase {
  /** As in the document; a unit comes last in the name. */
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** The field means something only when another field has one of these values. */
  readonly when?: { readonly field: string; readonly is: readonly string[] };
}

export interface NumberField extends FieldBase {
  readonly type: 'number';
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  readonly default: number;
  /** True when a running simulation takes a new value (`set` events). */
  readonly live?: boolean;
}

export interface ChoiceField extends FieldBase {
  readonly type: 'choice';
  readonly options: readonly { readonly value: string; readonly label: string; readonly help: string }[];
  readonly default: string;
}

/** A distribution of times in milliseconds. */
export interface DistributionField extends FieldBase {
  readonly type: 'distribution';
  readonly default: TimeDistribution;
}

export type Field = NumberField | ChoiceField | DistributionField;

/** As in documents: every parameter that is a time says its unit. */
export type TimeDistribution =
  | { readonly shape: 'constant'; readonly ms: number }
  | { readonly shape: 'exponential'; readonly meanMs: number }
  | { readonly shape: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly shape: 'lognormal' | 'gamma' | 'hyperexponential'; readonly meanMs: number; readonly cv: number }
  | { readonly shape: 'measured'; readonly valuesMs: readonly number[] };

export type Shape = TimeDistribution['shape'];

/** Longest time in a document: about four months. */
const MAX_MS = 1e10;
const MAX_MEASURED = 100_000;

const timeMs = (name: string, label: string): ShapeParameter => ({ name, label, unit: 'ms', min: 0, max: MAX_MS });

interface ShapeParameter {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}

/** The parameters of each shape; `measured` has a list of values instead. */
export const SHAPES: readonly {
  readonly shape: Shape;
  readonly label: string;
  readonly parameters: readonly ShapeParameter[];
}[] = [
  { shape: 'constant', label: 'Constant', parameters: [timeMs('ms', 'Time')] },
  { shape: 'exponential', label: 'Exponential', parameters: [timeMs('meanMs', 'Mean')] },
  { shape: 'uniform', label: 'Uniform', parameters: [timeMs('minMs', 'Least'), timeMs('maxMs', 'Greatest')] },
  { shape: 'lognormal', label: 'Lognormal', parameters: [timeMs('meanMs', 'Mean'), cv(0, 20)] },
  { shape: 'gamma', label: 'Gamma', parameters: [timeMs('meanMs', 'Mean'), cv(0, 20)] },
  { shape: 'hyperexponential', label: 'Hyperexponential', parameters: [timeMs('meanMs', 'Mean'), cv(1, 20)] },
  { shape: 'measured', label: 'Measured values', parameters: [] },
];

function cv(min: number, max: number): ShapeParameter {
  return { name: 'cv', label: 'Spread (standard deviation / mean)', unit: '', min, max };
}

/** What is wrong with a document, and at which value. */
export interface Issue {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly path: string;
  readonly message: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As people would write the value, shortened. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}

/** Reads the settings of one object by its table: defaults filled in, unknown names and bad values reported. */
export function readFields(
  fields: readonly Field[],
  value: unknown,
  path: string,
  issues: Issue[],
): Record<string, unknown> {
  const given = value === undefined ? {} : value;
  const result: Record<string, unknown> = {};
  if (!isObject(given)) issues.push({ id: 'wrong-type', path, message: `must be an object, not ${show(given)}` });
  const source = isObject(given) ? given : {};
  checkNames(
    source,
    fields.map((field) => field.name),
    path,
    issues,
  );
  for (const field of fields)
    result[field.name] =
      source[field.name] === undefined
        ? field.default
        : readField(field, source[field.name], joinPath(path, field.name), issues);
  return result;
}

export function checkNames(source: JsonObject, known: readonly string[], path: string, issues: Issue[]): void {
  for (const name of Object.keys(source))
    if (!known.includes(name))
      issues.push({
        id: 'unknown-name',
        path: joinPath(path, name),
        message: `unknown name; known here: ${known.join(', ')}`,
      });
}

function readField(field: Field, value: unknown, path: string, issues: Issue[]): unknown {
  switch (field.type) {
    case 'number':
      return readNumber(value, field, path, issues, field.default);
    case 'choice':
      if (field.options.some((option) => option.value === value)) return value;
      issues.push({
        id: 'unknown-choice',
        path,
        message: `must be one of ${field.options.map((option) => option.value).join(', ')}, not ${show(value)}`,
      });
      return field.default;
    case 'distribution':
      return readDistribution(value, path, issues) ?? field.default;
  }
}

export function readNumber(
  value: unknown,
  limits: { readonly min: number; readonly max: number; readonly whole?: boolean; readonly unit?: string },
  path: string,
  issues: Issue[],
  fallback: number,
): number {
  if (
    typeof value === 'number' &&
    value >= limits.min &&
    value <= limits.max &&
    (!limits.whole || Number.isInteger(value))
  )
    return value;
  const unit = limits.unit ? ` ${limits.unit}` : '';
  const kind = limits.whole ? 'a whole number' : 'a number';
  issues.push({
    id: 'bad-number',
    path,
    message: `must be ${kind} from ${limits.min} to ${limits.max}${unit}, not ${show(value)}`,
  });
  return fallback;
}

function readDistribution(value: unknown, path: string, issues: Issue[]): TimeDistribution | undefined {
  const shape = isObject(value) ? SHAPES.find((row) => row.shape === value['shape']) : undefined;
  if (!isObject(value) || !shape) {
    const shapes = SHAPES.map((row) => row.shape).join(', ');
    issues.push({
      id: 'bad-distribution',
      path,
      message: `must be a distribution such as {"shape": "exponential", "meanMs": 5} with a shape of ${shapes}; not ${show(value)}`,
    });
    return undefined;
  }
  const before = issues.length;
  if (shape.shape === 'measured') {
    checkNames(value, ['shape', 'valuesMs'], path, issues);
    readMeasured(value['valuesMs'], joinPath(path, 'valuesMs'), issues);
  } else {
    checkNames(value, ['shape', ...shape.parameters.map((parameter) => parameter.name)], path, issues);
    for (const parameter of shape.parameters)
      readNumber(value[parameter.name], parameter, joinPath(path, parameter.name), issues, 0);
    if (shape.shape === 'uniform' && Number(value['minMs']) > Number(value['maxMs']))
      issues.push({ id: 'bad-distribution', path, message: 'minMs must not be greater than maxMs' });
  }
  return issues.length === before ? (value as unknown as TimeDistribution) : undefined;
}

function readMeasured(values: unknown, path: string, issues: Issue[]): void {
  if (!Array.isArray(values) || values.length === 0 || values.length > MAX_MEASURED) {
    issues.push({
      id: 'bad-distribution',
      path,
      message: `must be a list of 1 to ${MAX_MEASURED} times, not ${show(values)}`,
    });
    return;
  }
  values.forEach((item: unknown, i) =>
    readNumber(item, { min: 0, max: MAX_MS, unit: 'ms' }, joinPath(path, i), issues, 0),
  );
}
