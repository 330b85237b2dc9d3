/** The programs in this browser, and the one that is open: a shelf whose documents have files. */
import type { Result } from '../../core/base/result';
import {
  addFile,
  importProgram,
  newProgram,
  PROGRAM,
  readProgram,
  removeFile,
  renameFile,
  type ProgramDocument,
} from '../../core/documents/program';
import type { SaveState } from '../widgets/StatusDot.svelte';
import { announcer } from './announcer.svelte';
import { freshId, Shelf } from './shelf.svelte';

export class Workspace extends Shelf<ProgramDocument> {
  /** Index of the file in the editor. */
  file = $state(0);

  constructor() {
    super(
      { store: 'programs', noun: PROGRAM.kind, lastKey: 'orrery.last-program', read: readProgram },
      newProgram({ id: 'none', name: 'untitled.c', text: '', nowMs: 0 }),
    );
  }

  get program(): ProgramDocument {
    return this.current;
  }

  async create(name: string, text: string, input = ''): Promise<void> {
    await this.add(newProgram({ id: freshId(), name, text, input, nowMs: Date.now() }));
  }

  async importFile(file: File): Promise<void> {
    const fresh = newProgram({ id: freshId(), name: 'imported.c', text: '', nowMs: Date.now() });
    const read = importProgram(file.name, await file.text(), fresh);
    if (read.ok) await this.add(read.value);
    else announcer.notify(`${file.name} was not imported: ${read.error}.`, 'bad');
  }

  async rename(wanted: string): Promise<void> {
    const name = this.freeNameFor(wanted);
    if (name === undefined) return;
    const old = this.program.name;
    const files = this.program.files.map((file, index) =>
      index === 0 && file.name === old ? { ...file, name } : file,
    );
    const breakpoints = this.program.breakpoints.map((point) =>
      point.kind === 'line' && point.file === old ? { ...point, file: name } : point,
    );
    this.change({ name, files, breakpoints });
    await this.flush();
  }

  setText(name: string, text: string): void {
    if (this.program.files.find((file) => file.name === name)?.text === text) return;
    this.change({ files: this.program.files.map((file) => (file.name === name ? { ...file, text } : file)) });
  }

  addFile(name: string, text = ''): void {
    if (this.accept(addFile(this.program, name.trim(), text))) this.file = this.program.files.length - 1;
  }

  renameFile(from: string, to: string): void {
    if (from !== to.trim()) this.accept(renameFile(this.program, from, to.trim()));
  }

  removeFile(name: string): void {
    const shown = this.program.files[this.file]?.name;
    if (!this.accept(removeFile(this.program, name))) return;
    this.file = Math.max(
      0,
      this.program.files.findIndex((file) => file.name === shown),
    );
  }

  /** Files from the disk become files of the open program. */
  async addFiles(files: Iterable<File>): Promise<void> {
    for (const file of files) this.addFile(file.name, await file.text());
  }

  openFile(name: string): void {
    const index = this.program.files.findIndex((file) => file.name === name);
    if (index >= 0) this.file = index;
  }

  private accept(changed: Result<ProgramDocument>): boolean {
    if (changed.ok) this.change({ files: changed.value.files, breakpoints: changed.value.breakpoints });
    else announcer.notify(`Not done: ${changed.error}.`, 'bad');
    return changed.ok;
  }

  protected override show(document: ProgramDocument, state: SaveState, detail?: string): void {
    super.show(document, state, detail);
    this.file = 0;
  }
}
