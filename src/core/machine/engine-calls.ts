/** Calls of the machine's engine: up to a cycle at most, with hooks around it, and what its exit asks for is done. */
import { formNumber } from '../isa/table';
import { execute, type Execution } from './cpu/interpreter';
import { Exit } from './cpu/slice';
import { CoreState } from './layout';
import type { Machine } from './machine';
import type { Hook, StopReason } from './stops';

/** Runs until the core reaches the cycle `until`, or something happens that the machine must see to. */
export type Engine = (x: Execution, until: number, resume: boolean) => Exit;

const FORM_IN = formNumber('in');
const FORM_INP = formNumber('inp');
const FORM_OUT = formNumber('out');

export class EngineCalls {
  constructor(private readonly machine: Machine) {}

  /** One call, unless a hook stops before it. `resume` steps over a breakpoint at PC. */
  advance(until: number, resume: boolean): StopReason | undefined {
    const { hooks, engine } = this.machine;
    return hooks.length > 0 ? this.advanceHooked(until, resume) : this.call(engine, until, resume);
  }

  private advanceHooked(until: number, resume: boolean): StopReason | undefined {
    const { machine } = this;
    const { core, hooks, execution } = machine;
    let watch: Hook['watch'];
    let isEach = false;
    for (const hook of hooks) {
      if (hook.before?.(machine)) return { kind: 'hook', hook };
      if (hook.watch) watch = hook.watch;
      else isEach = true;
    }
    execution.watch = watch ?? null;
    execution.touched = null;
    const end = isEach || watch?.isDue() ? core.cycles + 1 : until;
    const stop = this.call(watch ? execute : machine.engine, end, resume);
    execution.watch = null;
    if (stop) return stop;
    for (const hook of hooks) if (hook.after?.(machine)) return { kind: 'hook', hook };
    return undefined;
  }

  private call(engine: Engine, until: number, resume: boolean): StopReason | undefined {
    const { core, execution } = this.machine;
    const delayed = core.eiDelay !== 0;
    const exit = engine(execution, until, resume);
    if (delayed) core.eiDelay = 0;
    switch (exit) {
      case Exit.port:
        this.port();
        break;
      case Exit.wait:
        core.state = CoreState.waiting;
        break;
      case Exit.halt:
        core.state = CoreState.halted;
        break;
      case Exit.trap:
        core.state = CoreState.trapped;
        break;
      case Exit.breakpoint:
        return { kind: 'breakpoint', pc: core.pc };
    }
    return undefined;
  }

  /** The transfer of the IN or OUT at PC, whose base cycles have passed. */
  private port(): void {
    const { core, code, devices } = this.machine;
    const { pc, r8 } = core;
    const a = code.a[pc] as number;
    const b = code.b[pc] as number;
    const k = code.k[pc] as number;
    const form = code.form[pc] as number;
    core.pc = (pc + (code.size[pc] as number)) & 0xffff;
    if (form === FORM_IN) r8[a] = devices.read(r8[b] as number);
    else if (form === FORM_INP) r8[a] = devices.read(k);
    else if (form === FORM_OUT) devices.write(r8[a] as number, r8[b] as number);
    else devices.write(k, r8[a] as number);
    if (devices.isPowerOff) {
      core.exitCode = 0;
      core.state = CoreState.halted;
    }
  }
}
