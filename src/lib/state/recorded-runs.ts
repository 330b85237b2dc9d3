/** Recorded runs of programs, kept in the browser for the storage lab. */
import { err, ok, type Result } from '$core/base/result';
import type { RecordedRun } from '../../rpc/machine';
import { load, loadAll, remove, save, type StoredDocument } from '../../store/database';

export interface RunDocument extends StoredDocument {
  readonly version: 1;
  readonly name: string;
  readonly csv: string;
  readonly counts: RecordedRun['counts'];
  /** Counts up with each run that is kept, so that old ones can go. */
  readonly order: number;
}

/** Older ones go when there are more. */
const MAX_RUNS = 8;

/** Keeps a run under its program's name; gives its id. */
export async function keepRun(name: string, run: RecordedRun): Promise<Result<string>> {
  const runs = await listRuns();
  const order = 1 + Math.max(0, ...runs.map((r) => r.order));
  const old = runs.find((r) => r.name === name);
  const id = old?.id ?? `run-${order}`;
  const saved = await save<RunDocument>('workloads', {
    id,
    revision: old?.revision ?? 0,
    version: 1,
    name,
    csv: run.csv,
    counts: run.counts,
    order,
  });
  if (!saved.ok) return err(saved.error.message);
  for (const late of runs.filter((r) => r.id !== id).slice(MAX_RUNS - 1)) await remove('workloads', late.id);
  return ok(id);
}

/** Newest first. */
export async function listRuns(): Promise<RunDocument[]> {
  const all = await loadAll('workloads');
  return all.ok ? all.value.filter(isRun).sort((a, b) => b.order - a.order) : [];
}

export async function loadRun(id: string): Promise<RunDocument | undefined> {
  const stored = await load('workloads', id);
  return stored.ok && isRun(stored.value) ? stored.value : undefined;
}

function isRun(value: unknown): value is RunDocument {
  const v = value as Partial<RunDocument> | null | undefined;
  return v?.version === 1 && typeof v.csv === 'string' && typeof v.name === 'string' && typeof v.order === 'number';
}
