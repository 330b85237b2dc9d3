/**
 * Persisted documents: each carries a version, is guarded when it is read, and migrates one version at a time. A released migration
 * is never edited; each released version keeps a fixture in the specs.
 */
import * as v from 'valibot';
import { err, ok, type Result } from '../base/result';

export interface DocumentKind<T> {
  /** The word that an exported file carries, so that one kind is not mistaken for another. */
  readonly kind: string;
  readonly version: number;
  readonly schema: v.GenericSchema<unknown, T>;
  /** `migrations[n]` turns version n + 1 into version n + 2. */
  readonly migrations: readonly ((older: Record<string, unknown>) => Record<string, unknown>)[];
}

/** What is stored of a newer product, damaged, or something else altogether is refused with a reason, never guessed at. */
export function readDocument<T>(kind: DocumentKind<T>, raw: unknown): Result<T> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return err(`this is not a ${kind.kind} document`);
  let record = raw as Record<string, unknown>;
  if (record['kind'] !== undefined && record['kind'] !== kind.kind)
    return err(`this is a ${String(record['kind'])} document, not a ${kind.kind} document`);
  const version = record['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return err(`this ${kind.kind} document says no version`);
  if (version > kind.version)
    return err(
      `this ${kind.kind} document is of version ${version}; this Orrery reads up to version ${kind.version}. A newer Orrery made it`,
    );
  for (let from = version; from < kind.version; from++) {
    const migrate = kind.migrations[from - 1];
    if (!migrate) return err(`there is no way from version ${from} of a ${kind.kind} document`);
    record = { ...migrate(record), version: from + 1 };
  }
  const checked = v.safeParse(kind.schema, record);
  if (checked.success) return ok(checked.output);
  const issue = checked.issues[0];
  const path = v.getDotPath(issue);
  return err(`this ${kind.kind} document is damaged${path === null ? '' : ` at ${path}`}: ${issue.message}`);
}
