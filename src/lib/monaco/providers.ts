/** The language service in Monaco: every question goes to the compiler's worker with the text that it is about. */
import type {
  CancellationToken,
  editor as MonacoEditor,
  IDisposable,
  IRange,
  languages,
  Position,
} from 'monaco-editor/editor';
import { labelAtEnd, nameAtEnd } from '../../core/base/names';
import type { DiagnosticView, SourceInput } from '../../core/compiler/views';
import type { EditorAnswers, EditorQuestion, EditorRequest, FileRange } from '../../rpc/editor';
import { ASSEMBLY_ID, LANGUAGE_ID } from './language';
import type { ProgramModels } from './models';
import type { MonacoModule } from './monaco';

export interface EditorHost {
  files(): readonly SourceInput[];
  ask<K extends EditorQuestion>(request: EditorRequest<K>): Promise<EditorAnswers[K] | undefined>;
  /** Diagnostics of the text that is in the editor; none while a newer text is being compiled. */
  diagnostics(): readonly DiagnosticView[];
  /** What a variable holds now, while the machine is paused. */
  valueOf(name: string): string | undefined;
  /** Brings a file of the program into the editor. */
  open(file: string): void;
}

export function registerProviders(monaco: MonacoModule, models: ProgramModels, host: EditorHost): IDisposable {
  const all = [LANGUAGE_ID, ASSEMBLY_ID];
  const { languages: registry } = monaco;
  const service = new Service(monaco, models, host);
  const registered = [
    registry.registerHoverProvider(all, {
      provideHover: (model, position, token) => service.hover(model, position, token),
    }),
    registry.registerDefinitionProvider(all, { provideDefinition: (...at) => service.definition(...at) }),
    registry.registerReferenceProvider(all, {
      provideReferences: (model, position, _context, token) => service.references(model, position, token),
    }),
    registry.registerDocumentHighlightProvider(all, {
      provideDocumentHighlights: (...at) => service.highlights(...at),
    }),
    registry.registerRenameProvider(all, { provideRenameEdits: (...at) => service.rename(...at) }),
    registry.registerCompletionItemProvider(all, {
      triggerCharacters: ['.', '>'],
      provideCompletionItems: (model, position, _context, token) => service.completion(model, position, token),
    }),
    registry.registerDocumentSymbolProvider(all, {
      displayName: 'Orrery',
      provideDocumentSymbols: (model, token) => service.outline(model, token),
    }),
    registry.registerDocumentFormattingEditProvider(LANGUAGE_ID, {
      displayName: 'Orrery',
      provideDocumentFormattingEdits: (model, _options, token) => service.format(model, token),
    }),
    registry.registerCodeActionProvider(LANGUAGE_ID, {
      provideCodeActions: (model, range) => service.fixes(model, range),
    }),
    monaco.editor.registerEditorOpener({
      openCodeEditor(editor, resource, place) {
        const file = models.fileOf(resource);
        const model = file === undefined ? undefined : models.model(file);
        if (file === undefined || !model) return false;
        host.open(file);
        editor.setModel(model);
        const at = place && ('startLineNumber' in place ? monaco.Range.getStartPosition(place) : place);
        if (at) {
          editor.setPosition(at);
          editor.revealPositionInCenterIfOutsideViewport(at);
        }
        return true;
      },
    }),
  ];
  return { dispose: () => registered.forEach((one) => one.dispose()) };
}

class Service {
  constructor(
    private readonly monaco: MonacoModule,
    private readonly models: ProgramModels,
    private readonly host: EditorHost,
  ) {}

  async hover(
    model: MonacoEditor.ITextModel,
    position: Position,
    token: CancellationToken,
  ): Promise<languages.Hover | null> {
    const hover = await this.ask('hover', model, position, token);
    if (!hover) return null;
    const language = model.getLanguageId();
    const word = model.getWordAtPosition(position)?.word;
    const value = word === undefined ? undefined : this.host.valueOf(word);
    return {
      range: this.rangeIn(model, hover.range),
      contents: [
        { value: `\`\`\`${language}\n${hover.code}\n\`\`\`` },
        ...(value === undefined ? [] : [{ value: `Now ${value}.` }]),
        ...hover.notes.map((note) => ({ value: escapeMarkdown(note) })),
      ],
    };
  }

  async definition(model: MonacoEditor.ITextModel, position: Position, token: CancellationToken) {
    const place = await this.ask('definition', model, position, token);
    return place ? (this.location(place) ?? null) : null;
  }

  async references(model: MonacoEditor.ITextModel, position: Position, token: CancellationToken) {
    const places = await this.ask('references', model, position, token);
    return (places ?? []).flatMap((place) => this.location(place) ?? []);
  }

  async highlights(model: MonacoEditor.ITextModel, position: Position, token: CancellationToken) {
    const file = this.models.fileOf(model.uri);
    const places = await this.ask('references', model, position, token);
    return (places ?? [])
      .filter((place) => place.file === file)
      .map((place) => ({ range: this.rangeIn(model, place) }));
  }

  async rename(
    model: MonacoEditor.ITextModel,
    position: Position,
    name: string,
    token: CancellationToken,
  ): Promise<languages.WorkspaceEdit & languages.Rejection> {
    const answer = await this.ask('rename', model, position, token, name);
    if (!answer) return { edits: [], rejectReason: 'the text has changed meanwhile' };
    if (!answer.ok) return { edits: [], rejectReason: answer.error };
    return {
      edits: answer.value.flatMap((edit) => {
        const target = this.models.model(edit.file);
        return target
          ? [
              {
                resource: target.uri,
                versionId: undefined,
                textEdit: { range: this.rangeIn(target, edit), text: edit.text },
              },
            ]
          : [];
      }),
    };
  }

  async completion(model: MonacoEditor.ITextModel, position: Position, token: CancellationToken) {
    const items = await this.ask('completion', model, position, token);
    const before = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
    const typed = model.getLanguageId() === ASSEMBLY_ID ? labelAtEnd(before) : nameAtEnd(before);
    const range = {
      startLineNumber: position.lineNumber,
      endLineNumber: position.lineNumber,
      startColumn: position.column - typed.length,
      endColumn: position.column,
    };
    const { CompletionItemKind: kinds } = this.monaco.languages;
    const icon = {
      variable: kinds.Variable,
      parameter: kinds.Variable,
      function: kinds.Function,
      type: kinds.Struct,
      constant: kinds.EnumMember,
      member: kinds.Field,
      macro: kinds.Constant,
      keyword: kinds.Keyword,
    } as const;
    return {
      suggestions: (items ?? []).map(({ label, kind, detail }) => ({
        label,
        kind: icon[kind],
        detail,
        insertText: label,
        range,
        // What the program declares comes before the words of the language.
        sortText: `${kind === 'keyword' ? 2 : kind === 'macro' ? 1 : 0}${label}`,
      })),
    };
  }

  async outline(model: MonacoEditor.ITextModel, token: CancellationToken): Promise<languages.DocumentSymbol[]> {
    const items = await this.ask('outline', model, { lineNumber: 1, column: 1 }, token);
    const { SymbolKind: kinds } = this.monaco.languages;
    const kind = { function: kinds.Function, variable: kinds.Variable, type: kinds.Struct, macro: kinds.Constant };
    return (items ?? []).map((item) => {
      const range = this.rangeIn(model, item.range);
      return { name: item.name, detail: item.detail, kind: kind[item.kind], tags: [], range, selectionRange: range };
    });
  }

  async format(model: MonacoEditor.ITextModel, token: CancellationToken): Promise<languages.TextEdit[]> {
    const text = await this.ask('format', model, { lineNumber: 1, column: 1 }, token);
    return text === undefined || text === model.getValue() ? [] : [{ range: model.getFullModelRange(), text }];
  }

  fixes(model: MonacoEditor.ITextModel, range: IRange): languages.CodeActionList {
    const file = this.models.fileOf(model.uri);
    const files = this.host.files();
    const near = this.host.diagnostics().filter(({ file: of, span, fix }) => {
      if (of !== file || !span || !fix) return false;
      const at = this.rangeIn(model, span);
      return this.monaco.Range.areIntersectingOrTouching(at, range) || at.startLineNumber === range.startLineNumber;
    });
    const actions = near.flatMap(({ fix }): languages.CodeAction[] => {
      const edits = (fix?.edits ?? []).flatMap(({ span, text }) => {
        const target = this.models.model(files[span.file]?.name ?? '');
        return target
          ? [{ resource: target.uri, versionId: undefined, textEdit: { range: this.rangeIn(target, span), text } }]
          : [];
      });
      return fix && edits.length > 0
        ? [{ title: fix.title, kind: 'quickfix', isPreferred: true, edit: { edits } }]
        : [];
    });
    return { actions, dispose: () => undefined };
  }

  /** Undefined too when the text has changed while the answer was on its way. */
  private async ask<K extends EditorQuestion>(
    kind: K,
    model: MonacoEditor.ITextModel,
    position: { readonly lineNumber: number; readonly column: number },
    token: CancellationToken,
    name?: string,
  ): Promise<EditorAnswers[K] | undefined> {
    const file = this.models.fileOf(model.uri);
    if (file === undefined) return undefined;
    const version = model.getVersionId();
    const files = this.host.files().map((one) => (one.name === file ? { name: file, text: model.getValue() } : one));
    const offset = model.getOffsetAt(position);
    const answer = await this.host.ask({ kind, files, file, offset, ...(name === undefined ? {} : { name }) });
    const isStale = token.isCancellationRequested || model.isDisposed() || model.getVersionId() !== version;
    return isStale ? undefined : answer;
  }

  private location(place: FileRange): languages.Location | undefined {
    const model = this.models.model(place.file);
    return model && { uri: model.uri, range: this.rangeIn(model, place) };
  }

  private rangeIn(
    model: MonacoEditor.ITextModel,
    { start, end }: { readonly start: number; readonly end: number },
  ): IRange {
    return this.monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
  }
}

const escapeMarkdown = (text: string) => text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
