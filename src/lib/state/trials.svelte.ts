/** What the shown pass is worth to the program; found out in a worker of its own. */
import * as Comlink from 'comlink';
import type { TrialRequest, TrialRun, TrialService } from '../../rpc/trial';
import { newestOnly } from './retired';

export interface Worth {
  readonly pass: string;
  readonly on: TrialRun | undefined;
  readonly off: TrialRun | undefined;
}

export class TrialClient {
  /** Of the request that was asked last. */
  worth = $state.raw<Worth | undefined>(undefined);

  private worker: Worker | undefined;
  private service: Comlink.Remote<TrialService> | undefined;
  private readonly queue = newestOnly((ask: { request: TrialRequest; pass: string }) => this.find(ask));

  /** Answers appear in `worth`; a newer question retires this one. */
  async ask(request: TrialRequest, pass: string): Promise<void> {
    try {
      await this.queue.ask({ request, pass });
    } catch {
      // Without a worker there are no trials; the bench goes on.
    }
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.service = undefined;
  }

  private async find({ request, pass }: { request: TrialRequest; pass: string }): Promise<void> {
    const service = this.start();
    const others = request.options.disabledPasses.filter((name) => name !== pass);
    const variant = (disabledPasses: readonly string[]) => ({
      ...request,
      options: { ...request.options, disabledPasses },
    });
    const on = await service.run(variant(others));
    const off = await service.run(variant([...others, pass]));
    this.worth = { pass, on, off };
  }

  private start(): Comlink.Remote<TrialService> {
    if (this.service) return this.service;
    this.worker = new Worker(new URL('../../../workers/trial.worker.ts', import.meta.url), { type: 'module' });
    this.service = Comlink.wrap<TrialService>(this.worker);
    return this.service;
  }
}
