/**
 * The documents of one kind in this browser, the one that is open, and whether it is saved. Saving is by itself; nothing is ever
 * overwritten unseen. Programs and networks lie on such shelves.
 */
import { freeName } from '../../core/documents/names';
import type { Result } from '../../core/base/result';
import { loadAll, remove, save, type StoreName } from '../../store/database';
import type { SaveState } from '../widgets/StatusDot.svelte';
import { announcer } from './announcer.svelte';

const SAVE_DELAY_MS = 250;

export interface ShelfDocument {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export interface ShelfEntry {
  readonly id: string;
  readonly name: string;
  readonly updatedMs: number;
}

export interface ShelfKind<T> {
  readonly store: StoreName;
  /** What a person calls it, for messages. */
  readonly noun: string;
  /** Name in localStorage of what was open last. */
  readonly lastKey: string;
  readonly read: (raw: unknown) => Result<T>;
}

export class Shelf<T extends ShelfDocument> {
  entries = $state.raw<readonly ShelfEntry[]>([]);
  current: T;
  saveState = $state<SaveState>('loading');
  saveDetail = $state<string | undefined>(undefined);

  private readonly documents = new Map<string, T>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> | undefined;
  /** Grows with each edit, so that a save knows whether it is still the newest state. */
  private edits = 0;

  constructor(
    private readonly kind: ShelfKind<T>,
    empty: T,
  ) {
    this.current = $state.raw(empty);
  }

  /** Reads what is stored. What cannot be read is left where it is and named. */
  async load(): Promise<void> {
    const { store, noun, read: guard } = this.kind;
    const stored = await loadAll(store);
    if (!stored.ok) {
      this.fail(stored.error.message);
      return;
    }
    for (const raw of stored.value) {
      const read = guard(raw);
      if (read.ok) this.documents.set(read.value.id, read.value);
      else announcer.notify(`One saved ${noun} cannot be read: ${read.error}.`, 'bad');
    }
    this.list();
  }

  /** What was open last, or the newest. */
  lastId(): string | undefined {
    let last: string | null = null;
    try {
      last = localStorage.getItem(this.kind.lastKey);
    } catch {
      // Without localStorage the newest opens.
    }
    return last !== null && this.documents.has(last) ? last : this.entries[0]?.id;
  }

  has(id: string): boolean {
    return this.documents.has(id);
  }

  async open(id: string): Promise<boolean> {
    await this.flush();
    const document = this.documents.get(id);
    if (!document) return false;
    this.show(document, 'saved');
    return true;
  }

  /** Opens a document that is not saved until it is edited or kept: a sample, an opened link. */
  async openCopy(document: T): Promise<void> {
    await this.flush();
    this.show(
      { ...document, name: freeName(document.name, this.names()) },
      'unsaved',
      'A copy: it is saved when you change it',
    );
  }

  /** A new document, saved at once. */
  async add(document: T): Promise<void> {
    await this.openCopy(document);
    await this.keep();
  }

  async duplicate(): Promise<void> {
    await this.add({ ...this.current, id: freshId(), revision: 0, createdMs: Date.now() });
  }

  /** A name that no other document has, close to the one that is wanted; undefined when there is nothing to do. */
  freeNameFor(wanted: string): string | undefined {
    const name = wanted.trim();
    return name === '' || name === this.current.name ? undefined : freeName(name, this.names(this.current.id));
  }

  /** Deletes the open document; answers with a way back. */
  async removeCurrent(): Promise<T> {
    clearTimeout(this.timer);
    await this.saving;
    const gone = this.current;
    const removed = await remove(this.kind.store, gone.id);
    if (!removed.ok) {
      announcer.notify(`${gone.name} was not deleted: ${removed.error.message}.`, 'bad');
      return gone;
    }
    this.documents.delete(gone.id);
    this.list();
    return gone;
  }

  change(part: Partial<T>): void {
    this.current = { ...this.current, ...part };
    this.edits++;
    this.saveState = 'unsaved';
    this.saveDetail = undefined;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), SAVE_DELAY_MS);
  }

  /** Saves what waits to be saved, now. */
  async flush(): Promise<void> {
    if (this.saveState === 'unsaved' && this.timer !== undefined) await this.keep();
    else await this.saving;
  }

  /** Saves, also a copy that was not edited yet. */
  async keep(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving;
    this.saving = this.write();
    await this.saving;
  }

  private async write(): Promise<void> {
    const edits = this.edits;
    const document = { ...($state.snapshot(this.current) as T), updatedMs: Date.now() };
    this.saveState = 'saving';
    const saved = await save(this.kind.store, document);
    if (!saved.ok && saved.error.kind === 'conflict') {
      const name = freeName(document.name, this.names());
      announcer.notify(`Another tab has changed ${document.name}. What you have here is kept as ${name}.`);
      this.current = { ...this.current, id: freshId(), name, revision: 0 };
      return this.write();
    }
    if (!saved.ok) {
      this.fail(saved.error.message);
      return;
    }
    this.documents.set(saved.value.id, saved.value);
    if (this.current.id === saved.value.id) {
      this.current = { ...this.current, revision: saved.value.revision, updatedMs: saved.value.updatedMs };
      this.saveState = this.edits === edits ? 'saved' : 'unsaved';
      this.saveDetail = undefined;
      this.remember();
    }
    this.list();
  }

  protected show(document: T, state: SaveState, detail?: string): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.current = document;
    this.saveState = state;
    this.saveDetail = detail;
    if (state === 'saved') this.remember();
  }

  private fail(message: string): void {
    this.saveState = 'failed';
    this.saveDetail = message;
    announcer.notify(`Not saved: ${message}.`, 'bad');
  }

  private names(except?: string): Set<string> {
    return new Set([...this.documents.values()].filter((d) => d.id !== except).map((d) => d.name));
  }

  private list(): void {
    this.entries = [...this.documents.values()]
      .sort((a, b) => b.updatedMs - a.updatedMs)
      .map(({ id, name, updatedMs }) => ({ id, name, updatedMs }));
  }

  private remember(): void {
    try {
      localStorage.setItem(this.kind.lastKey, this.current.id);
    } catch {
      // Only the choice of what opens next time is lost.
    }
  }
}

export function freshId(): string {
  return crypto.randomUUID();
}
