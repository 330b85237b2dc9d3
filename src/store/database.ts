/**
 * The one IndexedDB database. A save is acknowledged only when its transaction has completed with strict durability, so that an
 * acknowledged document is on the disk even when the browser is killed right after.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { err, ok, type Result } from '../core/base/result';

/** Every stored document has an id and counts its saves. */
export interface StoredDocument {
  readonly id: string;
  readonly revision: number;
}

interface OrrerySchema extends DBSchema {
  programs: { key: string; value: StoredDocument };
  scenarios: { key: string; value: StoredDocument };
  workloads: { key: string; value: StoredDocument };
  disks: { key: string; value: StoredDocument };
}
export type StoreName = 'programs' | 'scenarios' | 'workloads' | 'disks';

const DATABASE = 'orrery';
const VERSION = 2;

export interface StoreError {
  /** `conflict`: another tab saved in between. `quota`: the disk or the browser's share of it is full. */
  readonly kind: 'conflict' | 'quota' | 'unavailable';
  readonly message: string;
}

let opening: Promise<IDBPDatabase<OrrerySchema>> | undefined;

function database(): Promise<IDBPDatabase<OrrerySchema>> {
  opening ??= openDB<OrrerySchema>(DATABASE, VERSION, {
    upgrade(db, from) {
      if (from < 1)
        for (const name of ['programs', 'scenarios', 'workloads'] as const)
          db.createObjectStore(name, { keyPath: 'id' });
      if (from < 2) db.createObjectStore('disks', { keyPath: 'id' });
    },
    // A newer version of the page in another tab wants to upgrade: let it, and open again at the next use.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      opening = undefined;
    },
    terminated() {
      opening = undefined;
    },
  }).catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** All documents of a store, as they lie there: the caller guards and migrates them. */
export async function loadAll(store: StoreName): Promise<Result<readonly unknown[], StoreError>> {
  return attempt(async () => ok(await (await database()).getAll(store)));
}

export async function load(store: StoreName, id: string): Promise<Result<unknown, StoreError>> {
  return attempt(async () => ok(await (await database()).get(store, id)));
}

/** Saves on top of the revision that the caller knows; answers with the new revision. */
export async function save<T extends StoredDocument>(store: StoreName, document: T): Promise<Result<T, StoreError>> {
  return attempt(async () => {
    const transaction = (await database()).transaction(store, 'readwrite', { durability: 'strict' });
    const stored = await transaction.store.get(document.id);
    if (stored && stored.revision !== document.revision) {
      transaction.abort();
      await transaction.done.catch(() => undefined);
      return err({ kind: 'conflict', message: 'this document was changed in another tab' });
    }
    const next = { ...document, revision: document.revision + 1 };
    await transaction.store.put(next);
    await transaction.done;
    return ok(next);
  });
}

export async function remove(store: StoreName, id: string): Promise<Result<undefined, StoreError>> {
  return attempt(async () => {
    const transaction = (await database()).transaction(store, 'readwrite', { durability: 'strict' });
    await transaction.store.delete(id);
    await transaction.done;
    return ok(undefined);
  });
}

/** Closes the database; for tests that act out a restart. */
export async function closeDatabase(): Promise<void> {
  const open = opening;
  opening = undefined;
  (await open?.catch(() => undefined))?.close();
}

async function attempt<T>(work: () => Promise<Result<T, StoreError>>): Promise<Result<T, StoreError>> {
  try {
    return await work();
  } catch (error) {
    return err(explain(error));
  }
}

function explain(error: unknown): StoreError {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError')
    return {
      kind: 'quota',
      message: 'the browser has no room left for this site: export the program to a file, then delete some',
    };
  const detail = error instanceof Error && error.message !== '' ? ` (${error.message})` : '';
  return {
    kind: 'unavailable',
    message: `the browser's storage does not answer${detail}: export the program to a file`,
  };
}
