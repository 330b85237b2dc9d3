/** The programs in this browser, and the one that is open: a shelf whose documents have files. */
import { importProgram, newProgram, PROGRAM, readProgram, type ProgramDocument } from '../../core/documents/program';
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

  setText(text: string): void {
    if (this.program.files[this.file]?.text === text) return;
    this.change({ files: this.program.files.map((file, index) => (index === this.file ? { ...file, text } : file)) });
  }

  protected override show(document: ProgramDocument, state: SaveState, detail?: string): void {
    super.show(document, state, detail);
    this.file = 0;
  }
}
