/** What the shown pass is worth to the program, and whether the passes keep what it does; found out in a worker of its own. */
import * as Comlink from 'comlink';
import type { ProofView } from '../../core/compiler/views';
import type { ProofQuestion, TrialRequest, TrialRun, TrialService } from '../../rpc/trial';
import { newestOnly } from './retired';

/** Nothing is proven while edits follow one another. */
const PROOF_DELAY_MS = 700;

export interface Worth {
  readonly pass: string;
  readonly on: TrialRun | undefined;
  readonly off: TrialRun | undefined;
}

export class TrialClient {
  /** Of the request that was asked last. */
  worth = $state.raw<Worth | undefined>(undefined);
  /** Whether the passes keep what the program on the screen does; undefined until it is known. */
  proof = $state.raw<ProofView | undefined>(undefined);

  private worker: Worker | undefined;
  private service: Comlink.Remote<TrialService> | undefined;
  private proofTimer: ReturnType<typeof setTimeout> | undefined;
  /** Number of the question that `proof` answers, and how many are in the worker. */
  private proofs = 0;
  private proving = 0;
  private readonly queue = newestOnly((ask: { request: TrialRequest; pass: string }) => this.find(ask));

  /** Answers appear in `worth`; a newer question retires this one. */
  async ask(request: TrialRequest, pass: string): Promise<void> {
    try {
      await this.queue.ask({ request, pass });
    } catch {
      // Without a worker there are no trials; the bench goes on.
    }
  }

  /** Asks for `proof` once nothing has changed for a while. */
  proveSoon(question: ProofQuestion): void {
    this.stopProof();
    this.proofTimer = setTimeout(() => void this.prove(question), PROOF_DELAY_MS);
  }

  /** What was proven, or is being proven, is of an older text. */
  stopProof(): void {
    this.proof = undefined;
    this.proofs++;
    clearTimeout(this.proofTimer);
    if (this.proving > 0) void this.service?.stopProof();
  }

  dispose(): void {
    this.stopProof();
    this.worker?.terminate();
    this.worker = undefined;
    this.service = undefined;
  }

  private async prove(question: ProofQuestion): Promise<void> {
    const mine = this.proofs;
    this.proving++;
    try {
      const proof = await this.start().prove(question);
      if (mine === this.proofs) this.proof = proof;
    } catch {
      // Without a worker there are no proofs; the bench goes on.
    }
    this.proving--;
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
