/**
 * The run of a machine with one hardware thread: the engine runs between the moments that matter, which are an event, an input, an
 * interrupt and a limit. scheduler.ts does the same for several.
 */
import type { EngineCalls } from './engine-calls';
import type { Interrupts } from './interrupts';
import { CoreState } from './layout';
import type { Machine } from './machine';
import { LIMIT, type RunLimits, type StopReason } from './stops';

export function runAlone(machine: Machine, interrupts: Interrupts, calls: EngineCalls, limits: RunLimits): StopReason {
  const { core, events, inputs } = machine;
  const untilCycle = limits.cycles === undefined ? Infinity : core.cycles + limits.cycles;
  const untilInstruction = limits.instructions === undefined ? Infinity : core.instructions + limits.instructions;
  let resume = limits.passBreakpoint ?? true;
  for (;;) {
    if (core.state >= CoreState.halted) return machine.endOf(core);
    if (events.nextCycle <= core.cycles) events.runUntil(core.cycles);
    if (inputs.nextCycle <= core.cycles) machine.applyInputs();
    if (core.cycles >= untilCycle || core.instructions >= untilInstruction) return LIMIT;
    if (core.state === CoreState.waiting && !interrupts.awake()) {
      const next = Math.min(events.nextCycle, inputs.nextCycle);
      if (next === Infinity) return { kind: 'idle' };
      interrupts.sleep(Math.min(next, untilCycle));
      continue;
    }
    if (core.eiDelay === 0 && interrupts.deliver()) {
      resume = false;
      continue;
    }
    const horizon = Math.min(
      untilCycle,
      events.nextCycle,
      inputs.nextCycle,
      core.cycles + (untilInstruction - core.instructions),
    );
    const stop = calls.advance(core.eiDelay !== 0 ? core.cycles + 1 : horizon, resume);
    if (stop) return stop;
    resume = false;
  }
}
