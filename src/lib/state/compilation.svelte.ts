/** The compile that is on the screen, and the worker that makes it. */
import * as Comlink from 'comlink';
import type { CompileOptions, PassSummary, PhaseView, SourceInput, ViewRequest } from '../../core/compiler/views';
import { COMPILE_LIMIT_MS, type CompileReply, type CompileRequest, type CompilerService } from '../../rpc/compiler';
import type { EditorAnswers, EditorQuestion, EditorRequest } from '../../rpc/editor';
import { unpackLines } from '../../rpc/packed-lines';
import { announcer } from './announcer.svelte';
import { newestOnly, within } from './retired';

export class Compilation {
  /** The newest finished compile. */
  reply = $state.raw<CompileReply | undefined>(undefined);
  /** The optimiser's passes of the last compile for which they were asked. */
  passes = $state.raw<readonly PassSummary[]>([]);
  /** The source texts that `reply` was made from: spans count in these. */
  files = $state.raw<readonly SourceInput[]>([]);
  /** A compile runs, or waits to begin. */
  busy = $state(false);
  /** Why there is no compiler, in words. */
  failure = $state<string | undefined>(undefined);

  private worker: Worker | undefined;
  private service: Comlink.Remote<CompilerService> | undefined;
  private lost: Promise<never> | undefined;
  private revision = 0;
  private readonly queue = newestOnly((request: CompileRequest) => this.send(request));

  /** Compiles; a newer call retires this one. */
  async compile(files: readonly SourceInput[], options: CompileOptions): Promise<void> {
    const request = { revision: ++this.revision, files, options };
    this.busy = true;
    try {
      const reply = await this.queue.ask(request);
      if (!reply || request.revision !== this.revision) return;
      this.files = files;
      this.reply = reply;
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      announcer.notify(`The compiler was restarted: ${this.failure}`, 'bad');
      this.replace();
    }
    if (request.revision === this.revision) this.busy = false;
  }

  /** A view of the compile on the screen; undefined when a newer one has taken its place. */
  async view(request: ViewRequest): Promise<PhaseView | undefined> {
    const { reply, service } = this;
    if (!reply || !service) return undefined;
    try {
      const view = await service.view(reply.revision, request);
      if (this.reply !== reply || !view) return undefined;
      const { packed, ...rest } = view;
      return { ...rest, lines: unpackLines(packed) };
    } catch {
      return undefined;
    }
  }

  /** Brings `passes` up to date with the compile on the screen. */
  async loadPasses(): Promise<void> {
    const { reply, service } = this;
    if (!reply || !service) return;
    try {
      const passes = await service.passes(reply.revision);
      if (this.reply === reply) this.passes = passes;
    } catch {
      // The worker was replaced: the next compile asks again.
    }
  }

  /** Asks about texts that may be newer than the compile on the screen; undefined when the worker is not there to answer. */
  async ask<K extends EditorQuestion>(request: EditorRequest<K>): Promise<EditorAnswers[K] | undefined> {
    const service = this.start();
    const files = request.files.map(({ name, text }) => ({ name, text }));
    try {
      return (await service.editor({ ...request, files })) as EditorAnswers[K];
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.service = undefined;
  }

  private async send(request: CompileRequest): Promise<CompileReply> {
    const service = this.start();
    // Plain copies: a reactive proxy cannot cross to a worker.
    const plain = { ...request, files: request.files.map(({ name, text }) => ({ name, text })) };
    const work = Promise.resolve(service.compile(plain));
    return within(COMPILE_LIMIT_MS, Promise.race([work, this.lost as Promise<never>]), 'the compiler');
  }

  private start(): Comlink.Remote<CompilerService> {
    if (this.service) return this.service;
    const worker = new Worker(new URL('../../../workers/compiler.worker.ts', import.meta.url), { type: 'module' });
    this.lost = new Promise((_, reject) => {
      worker.onerror = (event) => reject(new Error(event.message || 'its worker could not be started'));
    });
    this.lost.catch(() => undefined);
    this.worker = worker;
    this.service = Comlink.wrap<CompilerService>(worker);
    return this.service;
  }

  private replace(): void {
    this.dispose();
  }
}
