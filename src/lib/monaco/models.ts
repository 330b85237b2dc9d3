/** One model a file of the open program, so that each file keeps its undo history and an edit such as a rename can reach all of them. */
import type { editor as MonacoEditor, IDisposable, Uri } from 'monaco-editor/editor';
import type { SourceInput } from '../../core/compiler/views';
import { ASSEMBLY_ID, LANGUAGE_ID } from './language';
import type { MonacoModule } from './monaco';

interface Entry {
  readonly model: MonacoEditor.ITextModel;
  readonly listener: IDisposable;
  /** The text that both sides have. */
  text: string;
}

export class ProgramModels {
  private programId = '';
  private readonly entries = new Map<string, Entry>();
  /** We are writing into a model ourselves: no edit of the user. */
  private writing = false;

  constructor(
    private readonly monaco: MonacoModule,
    private readonly onedit: (file: string, text: string) => void,
  ) {}

  /** Brings the models to the program's texts. Another program gets fresh models. */
  sync(programId: string, files: readonly SourceInput[]): void {
    if (programId !== this.programId) this.dispose();
    this.programId = programId;
    const names = new Set(files.map(({ name }) => name));
    for (const [name, entry] of this.entries) if (!names.has(name)) this.drop(name, entry);
    for (const { name, text } of files) {
      const entry = this.entries.get(name);
      if (!entry) this.entries.set(name, this.create(name, text));
      else if (entry.text !== text) this.write(entry, text);
    }
  }

  model(file: string): MonacoEditor.ITextModel | undefined {
    return this.entries.get(file)?.model;
  }

  fileOf(uri: Uri): string | undefined {
    for (const [name, { model }] of this.entries) if (model.uri.toString() === uri.toString()) return name;
    return undefined;
  }

  isWriting(): boolean {
    return this.writing;
  }

  dispose(): void {
    for (const [name, entry] of this.entries) this.drop(name, entry);
  }

  private create(name: string, text: string): Entry {
    const uri = this.monaco.Uri.from({ scheme: 'orrery', path: `/${this.programId}/${name}` });
    const language = /\.s$/i.test(name) ? ASSEMBLY_ID : LANGUAGE_ID;
    const model = this.monaco.editor.createModel(text, language, uri);
    const listener = model.onDidChangeContent(() => {
      if (this.writing) return;
      const entry = this.entries.get(name);
      const next = model.getValue();
      if (entry) entry.text = next;
      this.onedit(name, next);
    });
    return { model, listener, text };
  }

  private write(entry: Entry, text: string): void {
    entry.text = text;
    if (entry.model.getValue() === text) return;
    this.writing = true;
    entry.model.pushEditOperations([], [{ range: entry.model.getFullModelRange(), text }], () => null);
    this.writing = false;
  }

  private drop(name: string, { model, listener }: Entry): void {
    this.entries.delete(name);
    listener.dispose();
    model.dispose();
  }
}
