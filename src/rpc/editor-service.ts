/** Answers the editor's questions from the front end; of the newest texts, which it reads once. */
import type { Library } from '../core/compiler/compilation';
import { AssemblyService } from '../core/compiler/editor/assembly';
import { format } from '../core/compiler/editor/format';
import { EditorService } from '../core/compiler/editor/service';
import { compileFrontEnd, type FrontEndResult } from '../core/compiler/front-end';
import type { SourceInput } from '../core/compiler/views';
import type { EditorAnswers, EditorQuestion, EditorRequest } from './editor';

type Answerer<K extends EditorQuestion> = (request: EditorRequest<K>, text: string) => EditorAnswers[K];

export class EditorAnswering {
  private known: { readonly files: readonly SourceInput[]; readonly service: EditorService } | undefined;

  constructor(
    private readonly library: Library,
    /** The front end of the last compile, if it was of these files. */
    private readonly compiled: (files: readonly SourceInput[]) => FrontEndResult | undefined,
  ) {}

  answer<K extends EditorQuestion>(request: EditorRequest<K>): EditorAnswers[K] {
    const text = request.files.find(({ name }) => name === request.file)?.text ?? '';
    const answers = /\.s$/i.test(request.file) ? this.assembly : this.c;
    return (answers[request.kind] as Answerer<K>)(request, text);
  }

  private readonly c: { readonly [K in EditorQuestion]: Answerer<K> } = {
    hover: (request) => this.service(request.files).hover(request.file, request.offset),
    definition: (request) => this.service(request.files).definition(request.file, request.offset),
    references: (request) => this.service(request.files).references(request.file, request.offset),
    rename: (request) => this.service(request.files).rename(request.file, request.offset, request.name ?? ''),
    completion: (request) => this.service(request.files).completion(request.file, request.offset),
    outline: (request) => this.service(request.files).outline(request.file),
    format: (_request, text) => format(text),
  };

  private readonly assembly: { readonly [K in EditorQuestion]: Answerer<K> } = {
    hover: (request, text) => new AssemblyService(request.file, text).hover(request.offset),
    definition: (request, text) => new AssemblyService(request.file, text).definition(request.offset),
    references: (request, text) => new AssemblyService(request.file, text).references(request.offset),
    rename: (request, text) => new AssemblyService(request.file, text).rename(request.offset, request.name ?? ''),
    completion: (request, text) => new AssemblyService(request.file, text).completion(request.offset),
    outline: (request, text) => new AssemblyService(request.file, text).outline(),
    format: (_request, text) => text,
  };

  private service(files: readonly SourceInput[]): EditorService {
    if (this.known && sameFiles(this.known.files, files)) return this.known.service;
    const result = this.compiled(files) ?? compileFrontEnd(files, { headers: this.library.header });
    const service = new EditorService(result);
    this.known = { files, service };
    return service;
  }
}

export const sameFiles = (a: readonly SourceInput[], b: readonly SourceInput[]): boolean =>
  a.length === b.length && a.every(({ name, text }, index) => name === b[index]?.name && text === b[index].text);
