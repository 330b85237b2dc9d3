/** A machine's runner for a C program, as its worker has it. */
import { header, librarySources } from '../../programs/library';
import { DEFAULT_OPTIONS, type OptLevel } from '../../src/core/compiler/views';
import { TEACHING_MACHINE, type MachineConfig } from '../../src/core/presets/machine';
import { CompileService } from '../../src/rpc/compile-service';
import type { LoadRequest, MachineFrame, StopPoint } from '../../src/rpc/machine';
import { MachineRunner } from '../../src/rpc/machine-runner';

const compiler = new CompileService({ header, sources: librarySources }, () => 0);
let revision = 0;

export const lineStop = (line: number, condition = ''): StopPoint => ({
  kind: 'line',
  file: 'a.c',
  line,
  condition,
  enabled: true,
});

export interface RunnerOptions {
  readonly level?: OptLevel;
  readonly input?: string;
  readonly breakpoints?: readonly number[];
  readonly points?: readonly StopPoint[];
  readonly watches?: readonly string[];
  readonly machine?: Partial<MachineConfig>;
  readonly tickMs?: number;
  readonly resume?: Uint8Array | undefined;
}

/** A runner whose clock moves by a millisecond (or `tickMs`) each time that somebody looks. */
export function newRunner(tickMs = 1): MachineRunner {
  let ms = 0;
  return new MachineRunner(
    () => (ms += tickMs),
    () => undefined,
  );
}

export function load(text: string, options: RunnerOptions = {}): MachineRunner {
  const runner = newRunner(options.tickMs);
  runner.load(requestOf(text, options));
  return runner;
}

export function requestOf(text: string, options: RunnerOptions = {}): LoadRequest {
  const { level = 'O0', input = '', breakpoints = [], points = [], watches = [], machine = {}, resume } = options;
  const reply = compiler.compile({
    revision: ++revision,
    files: [{ name: 'a.c', text }],
    options: { ...DEFAULT_OPTIONS, level },
  });
  if (!reply.image) throw new Error(reply.diagnostics.map((d) => d.message).join('; '));
  return {
    revision,
    image: reply.image,
    input,
    machine: { ...TEACHING_MACHINE, ...machine },
    points: [...breakpoints.map((line) => lineStop(line)), ...points],
    watches,
    ...(resume ? { resume } : {}),
  };
}

export function settle(runner: MachineRunner, slices = 3000): MachineFrame {
  for (let count = 0; runner.isBusy && count < slices; count++) runner.slice();
  return runner.frame() as MachineFrame;
}
