/** The programs in this browser, the one that is open, and whether it is saved. Saving is by itself; nothing is ever overwritten unseen. */
import { freeName, importProgram, newProgram, readProgram, type ProgramDocument } from '../../core/documents/program';
import { loadAll, remove, save } from '../../store/database';
import type { SaveState } from '../widgets/StatusDot.svelte';
import { announcer } from './announcer.svelte';

const SAVE_DELAY_MS = 250;
const LAST_KEY = 'orrery.last-program';

export interface ProgramEntry {
  readonly id: string;
  readonly name: string;
  readonly updatedMs: number;
}

export class Workspace {
  entries = $state.raw<readonly ProgramEntry[]>([]);
  program = $state.raw<ProgramDocument>(newProgram({ id: 'none', name: 'untitled.c', text: '', nowMs: 0 }));
  saveState = $state<SaveState>('loading');
  saveDetail = $state<string | undefined>(undefined);
  /** Index of the file in the editor. */
  file = $state(0);

  private documents = new Map<string, ProgramDocument>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> | undefined;
  /** Grows with each edit, so that a save knows whether it is still the newest state. */
  private edits = 0;

  /** Reads what is stored. What cannot be read is left where it is and named. */
  async load(): Promise<void> {
    const stored = await loadAll('programs');
    if (!stored.ok) {
      this.fail(stored.error.message);
      return;
    }
    for (const raw of stored.value) {
      const read = readProgram(raw);
      if (read.ok) this.documents.set(read.value.id, read.value);
      else announcer.notify(`One saved program cannot be read: ${read.error}.`, 'bad');
    }
    this.list();
  }

  /** The program that was open last, or the newest. */
  lastId(): string | undefined {
    let last: string | null = null;
    try {
      last = localStorage.getItem(LAST_KEY);
    } catch {
      // Without localStorage the newest program opens.
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

  /** Opens a program that is not saved until it is edited or kept: a sample, an opened link. */
  async openCopy(document: ProgramDocument): Promise<void> {
    await this.flush();
    this.show(
      { ...document, name: freeName(document.name, this.names()) },
      'unsaved',
      'A copy: it is saved when you change it',
    );
  }

  async create(name: string, text: string, input = ''): Promise<void> {
    await this.openCopy(newProgram({ id: freshId(), name, text, input, nowMs: Date.now() }));
    await this.keep();
  }

  async importFile(file: File): Promise<void> {
    const fresh = newProgram({ id: freshId(), name: 'imported.c', text: '', nowMs: Date.now() });
    const read = importProgram(file.name, await file.text(), fresh);
    if (!read.ok) {
      announcer.notify(`${file.name} was not imported: ${read.error}.`, 'bad');
      return;
    }
    await this.openCopy(read.value);
    await this.keep();
  }

  async rename(name: string): Promise<void> {
    const wanted = name.trim();
    if (wanted === '' || wanted === this.program.name) return;
    const free = freeName(wanted, this.names(this.program.id));
    const files = this.program.files.map((file, index) =>
      index === 0 && file.name === this.program.name ? { ...file, name: free } : file,
    );
    const breakpoints = this.program.breakpoints.map((point) =>
      point.file === this.program.name ? { ...point, file: free } : point,
    );
    this.change({ name: free, files, breakpoints });
    await this.flush();
  }

  async duplicate(): Promise<void> {
    await this.openCopy({ ...this.program, id: freshId(), revision: 0, createdMs: Date.now() });
    await this.keep();
  }

  /** Deletes the open program; answers with a way back. */
  async removeCurrent(): Promise<ProgramDocument> {
    clearTimeout(this.timer);
    await this.saving;
    const gone = this.program;
    const removed = await remove('programs', gone.id);
    if (!removed.ok) {
      announcer.notify(`${gone.name} was not deleted: ${removed.error.message}.`, 'bad');
      return gone;
    }
    this.documents.delete(gone.id);
    this.list();
    return gone;
  }

  setText(text: string): void {
    if (this.program.files[this.file]?.text === text) return;
    this.change({ files: this.program.files.map((file, index) => (index === this.file ? { ...file, text } : file)) });
  }

  change(part: Partial<ProgramDocument>): void {
    this.program = { ...this.program, ...part };
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

  /** Saves a copy that was not edited yet. */
  async keepNow(): Promise<void> {
    await this.keep();
  }

  private async keep(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving;
    this.saving = this.write();
    await this.saving;
  }

  private async write(): Promise<void> {
    const edits = this.edits;
    const document = { ...$state.snapshot(this.program), updatedMs: Date.now() } as ProgramDocument;
    this.saveState = 'saving';
    const saved = await save('programs', document);
    if (!saved.ok && saved.error.kind === 'conflict') {
      const name = freeName(document.name, this.names());
      announcer.notify(`Another tab has changed ${document.name}. Your text is kept as ${name}.`);
      this.program = { ...this.program, id: freshId(), name, revision: 0 };
      return this.write();
    }
    if (!saved.ok) {
      this.fail(saved.error.message);
      return;
    }
    this.documents.set(saved.value.id, saved.value);
    if (this.program.id === saved.value.id) {
      this.program = { ...this.program, revision: saved.value.revision, updatedMs: saved.value.updatedMs };
      this.saveState = this.edits === edits ? 'saved' : 'unsaved';
      this.saveDetail = undefined;
      this.remember();
    }
    this.list();
  }

  private show(document: ProgramDocument, state: SaveState, detail?: string): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.program = document;
    this.file = 0;
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
      localStorage.setItem(LAST_KEY, this.program.id);
    } catch {
      // Only the choice of what opens next time is lost.
    }
  }
}

export function freshId(): string {
  return crypto.randomUUID();
}
