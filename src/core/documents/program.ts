/** A program as it is saved, exported and shared: its files, its input, and how it is compiled and run. */
import * as v from 'valibot';
import { err, ok, type Result } from '../base/result';
import { machineChangesSchema } from './machine';
import { readDocument, type DocumentKind } from './versioned';

/** Large enough for the 1 MB source that must be refused by the compiler and not by the store. */
export const MAX_PROGRAM_CHARACTERS = 4 << 20;
export const MAX_PROGRAM_FILES = 64;
export const MAX_DOCUMENT_NAME = 120;
const MAX_BREAKPOINTS = 1000;
const MAX_WATCHES = 100;

const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_DOCUMENT_NAME));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const expression = v.pipe(v.string(), v.maxLength(500));
const common = { condition: expression, enabled: v.boolean() };
/** Where the program is to stop: core/machine/debug/breakpoints.ts says what each means. */
const stopPoint = v.variant('kind', [
  v.object({ kind: v.literal('line'), file: name, line: count, ...common }),
  v.object({ kind: v.literal('address'), place: expression, ...common }),
  v.object({ kind: v.literal('data'), place: expression, when: v.picklist(['read', 'write', 'change']), ...common }),
]);

const schema = v.object({
  kind: v.literal('program'),
  version: v.literal(2),
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name,
  files: v.pipe(
    v.array(v.object({ name, text: v.pipe(v.string(), v.maxLength(MAX_PROGRAM_CHARACTERS)) })),
    v.minLength(1),
    v.maxLength(MAX_PROGRAM_FILES),
    v.check((files) => new Set(files.map((file) => file.name)).size === files.length, 'two files have the same name'),
  ),
  /** What the program reads from the console. */
  input: v.pipe(v.string(), v.maxLength(MAX_PROGRAM_CHARACTERS)),
  options: v.object({
    level: v.picklist(['O0', 'O1', 'O2', 'Os']),
    disabledPasses: v.array(v.pipe(v.string(), v.maxLength(64))),
    unchecked: v.boolean(),
    multiplier: v.boolean(),
  }),
  /** Name of a machine preset. */
  machine: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** What is different from the preset. */
  machineChanges: machineChangesSchema,
  /** `real`: a second of the machine takes a second, as games need it; `fast`: as fast as it goes. */
  clock: v.picklist(['fast', 'real']),
  breakpoints: v.pipe(v.array(stopPoint), v.maxLength(MAX_BREAKPOINTS)),
  /** Expressions that are watched. */
  watches: v.pipe(v.array(expression), v.maxLength(MAX_WATCHES)),
  /** Counts saves: a save on top of an unknown revision is a conflict, not an overwrite. */
  revision: count,
  createdMs: count,
  updatedMs: count,
});

export type ProgramDocument = v.InferOutput<typeof schema>;

/** Version 2 gave breakpoints conditions and other kinds, and programs their watches and their own machine. */
function toVersion2(older: Record<string, unknown>): Record<string, unknown> {
  const breakpoints = Array.isArray(older['breakpoints']) ? (older['breakpoints'] as object[]) : [];
  return {
    ...older,
    breakpoints: breakpoints.map((point) => ({ ...point, kind: 'line', condition: '', enabled: true })),
    machineChanges: {},
    clock: 'fast',
    watches: [],
  };
}

export const PROGRAM: DocumentKind<ProgramDocument> = { kind: 'program', version: 2, schema, migrations: [toVersion2] };

export const readProgram = (raw: unknown): Result<ProgramDocument> => readDocument(PROGRAM, raw);

/** Reads an exported file: a program, or a bare C source that becomes one. */
export function importProgram(fileName: string, text: string, fresh: ProgramDocument): Result<ProgramDocument> {
  if (!/\.json$/i.test(fileName))
    return readProgram({ ...fresh, name: fileName, files: [{ name: fileName, text: text.replace(/\r\n?/g, '\n') }] });
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return err('this file is not JSON');
  }
  const read = readProgram(raw);
  // An import is a new program: it never overwrites the one that it was exported from.
  return read.ok
    ? {
        ok: true,
        value: { ...read.value, id: fresh.id, revision: 0, createdMs: fresh.createdMs, updatedMs: fresh.updatedMs },
      }
    : read;
}

/** Endings of the files that a program may have; `.h` files are included, the others compiled. */
const SOURCE_NAME = /^[^/\\]+\.[chs]$/;

/** Why a file cannot have this name; undefined when it can. `except` is the file that is being renamed. */
export function fileNameProblem(program: ProgramDocument, name: string, except?: string): string | undefined {
  if (!SOURCE_NAME.test(name)) return 'a file is called something.c, something.h or something.s';
  if (name.length > MAX_DOCUMENT_NAME) return `a name has at most ${MAX_DOCUMENT_NAME} characters`;
  if (name !== except && program.files.some((file) => file.name === name)) return `there is a ${name} already`;
  return undefined;
}

export function addFile(program: ProgramDocument, name: string, text: string): Result<ProgramDocument> {
  const problem = fileNameProblem(program, name);
  if (problem !== undefined) return err(problem);
  if (program.files.length >= MAX_PROGRAM_FILES) return err(`a program has at most ${MAX_PROGRAM_FILES} files`);
  if (text.length > MAX_PROGRAM_CHARACTERS) return err('the file is too large');
  return ok({ ...program, files: [...program.files, { name, text: text.replace(/\r\n?/g, '\n') }] });
}

/** Breakpoints go along. The program keeps its own name. */
export function renameFile(program: ProgramDocument, from: string, to: string): Result<ProgramDocument> {
  const problem = fileNameProblem(program, to, from);
  if (problem !== undefined) return err(problem);
  return ok({
    ...program,
    files: program.files.map((file) => (file.name === from ? { ...file, name: to } : file)),
    breakpoints: program.breakpoints.map((point) =>
      point.kind === 'line' && point.file === from ? { ...point, file: to } : point,
    ),
  });
}

export function removeFile(program: ProgramDocument, name: string): Result<ProgramDocument> {
  if (program.files.length <= 1) return err('a program has at least one file');
  return ok({
    ...program,
    files: program.files.filter((file) => file.name !== name),
    breakpoints: program.breakpoints.filter((point) => point.kind !== 'line' || point.file !== name),
  });
}

export interface NewProgram {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly nowMs: number;
  readonly input?: string;
  readonly clock?: ProgramDocument['clock'];
  /** Name of a machine preset. */
  readonly machine?: string;
}

export function newProgram(program: NewProgram): ProgramDocument {
  const { id, name, text, nowMs, input = '', clock = 'fast', machine = 'teaching' } = program;
  return {
    kind: 'program',
    version: 2,
    id,
    name,
    files: [{ name, text }],
    input,
    options: { level: 'O2', disabledPasses: [], unchecked: false, multiplier: true },
    machine,
    machineChanges: {},
    clock,
    breakpoints: [],
    watches: [],
    revision: 0,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
}
