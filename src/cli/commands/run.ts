/** `orrery run`: compiles, links, loads and runs a program on the machine. */
import type { Image } from '../../core/assembler/image';
import { createFastEngine } from '../../core/machine/jit/engine';
import { Machine } from '../../core/machine/machine';
import type { StopReason } from '../../core/machine/stops';
import { readDiskFile } from '../../core/documents/disk-image';
import { recordRun } from '../../core/machine/recording';
import { placesOf, type ProgramPlace } from '../../core/machine/debug/places';
import { describeTrap, outputText, summarise } from '../../core/machine/summary';
import { readMachine } from '../../core/documents/machine';
import { MACHINE_PRESETS, machinePreset, type MachineConfig } from '../../core/presets/machine';
import { checkConfig, MAX_CORES, MAX_THREADS } from '../../core/presets/machine-check';
import { EXIT, UsageError, type Command, type Host } from '../command';
import { parseOptions, type ParsedOptions } from '../options';
import {
  COMPILE_HELP,
  COMPILE_OPTIONS,
  compileOptions,
  diagnosticsJson,
  newCompiler,
  printDiagnostics,
  readSources,
} from '../program';

/** Instructions after which a run ends unless told otherwise: some minutes of the interpreter. */
const DEFAULT_MAX_INSTRUCTIONS = 20_000_000_000;
/** Output is written whenever so many instructions have run. */
const SLICE_INSTRUCTIONS = 50_000_000;

export const command: Command = {
  name: 'run',
  summary: 'compiles, links, loads and runs a program',
  help: `usage: orrery run FILE… [--stdin FILE] [--machine PRESET|FILE] [-O…] [--unchecked] [--engine reference|fast]
                  [--cores N] [--threads N] [--max-instructions N] [--disk ssd0=FILE] [--record FILE] [--json]

The program's console goes to standard output; its exit code becomes the exit status (low 8 bits).

  --stdin FILE            the program's input ('-' for standard input)
  --machine PRESET|FILE   ${MACHINE_PRESETS.map((p) => p.id).join(', ')}, or a JSON file with a machine's parameters
  --cores N               1 to 4 cores, each with first-level caches of its own; the others are started by <cores.h>
  --threads N             1 or 2 hardware threads a core
  --engine NAME           fast (translates to WebAssembly; the default) or reference; several cores or threads
                          run on the reference engine
  --max-instructions N    stop with status 75 after so many
  --disk DEVICE=FILE      the content of ssd0 or hdd0
  --record FILE           runs once more and writes what was asked of ssd0, hdd0 and RAM as a trace, for
                          'orrery storage --trace FILE'
${COMPILE_HELP}  --json                  prints one JSON object: exit, output, counters, ledger
`,
  run(args, host) {
    const options = parseOptions(args, {
      ...COMPILE_OPTIONS,
      stdin: 'value',
      machine: 'value',
      cores: 'value',
      threads: 'value',
      engine: 'value',
      'max-instructions': 'value',
      disk: 'repeated',
      record: 'value',
      json: 'flag',
    });
    const compile = compileOptions(options);
    const max = options.number('max-instructions', DEFAULT_MAX_INSTRUCTIONS, { min: 1 });
    const config = machineConfig(options, host);
    if (typeof config === 'number') return config;
    const engineName = options.value('engine') ?? 'fast';
    if (engineName !== 'fast' && engineName !== 'reference') throw new UsageError('--engine is fast or reference');
    const files = readSources(options.positionals, host, options.has('json'));
    if (typeof files === 'number') return files;
    const compilation = newCompiler(host, compile).compile(files, compile);
    printDiagnostics(compilation, host);
    if (!compilation.image) {
      if (options.has('json'))
        host.stdout(`${JSON.stringify({ exit: null, diagnostics: diagnosticsJson(compilation) }, null, 2)}\n`);
      return EXIT.data;
    }
    // Several hardware threads run on the reference interpreter.
    const isAlone = config.cores * config.threads === 1;
    const fast = engineName === 'fast' && isAlone ? createFastEngine(config) : undefined;
    const machine = new Machine(config, fast ? { buffer: fast.buffer, engine: fast.engine } : {});
    const prepared = prepare(machine, compilation.image, options, host);
    if (prepared !== undefined) return prepared;
    const stop = execute(machine, max, options.has('json') ? undefined : host);
    const status = finish(machine, stop, options.has('json'), host);
    const path = options.value('record');
    return path === undefined ? status : (record(machine, compilation.image, path, options, host) ?? status);
  },
};

/** The machine asked for, or an exit status. */
function machineConfig(options: ParsedOptions, host: Host): MachineConfig | number {
  const named = namedMachine(options, host);
  if (typeof named === 'number') return named;
  const config = {
    ...named,
    cores: options.number('cores', named.cores, { min: 1, max: MAX_CORES }),
    threads: options.number('threads', named.threads, { min: 1, max: MAX_THREADS }),
  };
  const [problem] = checkConfig(config);
  if (problem !== undefined) throw new UsageError(problem);
  return config;
}

function namedMachine(options: ParsedOptions, host: Host): MachineConfig | number {
  const name = options.value('machine') ?? 'teaching';
  const multiplier = !options.has('no-multiplier');
  const preset = machinePreset(name);
  if (preset) return { ...preset.config, multiplier };
  const bytes = host.readFile(name);
  if (!bytes) throw new UsageError(`--machine: '${name}' is no preset and no file`);
  try {
    const read = readMachine(JSON.parse(new TextDecoder().decode(bytes)));
    if (read.ok) return { ...read.value, multiplier: multiplier && read.value.multiplier };
    host.stderr(`${name}: error: ${read.error} [bad-machine]\n`);
  } catch (error) {
    host.stderr(`${name}: error: ${error instanceof Error ? error.message : 'no JSON'} [bad-machine]\n`);
  }
  return EXIT.data;
}

/** The same run once more, recorded; gives an exit status when the file cannot be written. */
function record(machine: Machine, image: Image, path: string, options: ParsedOptions, host: Host): number | undefined {
  const run = recordRun({
    config: machine.config,
    image,
    inputs: machine.inputs.all,
    untilInstructions: machine.instructions,
    prepare: (again) => void insertDisks(again, options, host),
  });
  let step = run.next();
  while (!step.done) step = run.next();
  const { csv, counts, isCut } = step.value;
  try {
    host.writeFile(path, new TextEncoder().encode(csv));
  } catch (error) {
    host.stderr(`${path}: error: ${error instanceof Error ? error.message : 'cannot be written'} [bad-output]\n`);
    return EXIT.data;
  }
  const parts = Object.entries(counts).map(([device, count]) => `${count} ${device}`);
  host.stderr(`${path}: ${parts.join(', ')} accesses${isCut ? '; the run made more than are kept' : ''}\n`);
  return undefined;
}

function insertDisks(machine: Machine, options: ParsedOptions, host: Host): number | undefined {
  for (const disk of options.values('disk')) {
    const [device, path] = disk.split('=', 2);
    if ((device !== 'ssd0' && device !== 'hdd0') || !path) throw new UsageError('--disk is ssd0=FILE or hdd0=FILE');
    const bytes = host.readFile(path);
    if (!bytes) {
      host.stderr(`${path}: error: the file cannot be read [missing-file]\n`);
      return EXIT.data;
    }
    const blocks = readDiskFile(bytes);
    if (!blocks.ok) {
      host.stderr(`${path}: error: ${blocks.error} [bad-disk]\n`);
      return EXIT.data;
    }
    machine.devices[device].insertBlocks(blocks.value);
  }
  return undefined;
}

/** Input and disks; gives an exit status when a file is missing. */
function prepare(machine: Machine, image: Image, options: ParsedOptions, host: Host): number | undefined {
  const missing = insertDisks(machine, options, host);
  if (missing !== undefined) return missing;
  machine.load(image);
  const path = options.value('stdin');
  const input = path === undefined ? new Uint8Array(0) : host.readFile(path);
  if (!input) {
    host.stderr(`${path}: error: the file cannot be read [missing-file]\n`);
    return EXIT.data;
  }
  machine.input({ kind: 'console', bytes: [...input], end: true });
  return undefined;
}

function execute(machine: Machine, max: number, host: Host | undefined): StopReason {
  let written = 0;
  for (;;) {
    const left = max - machine.instructions;
    const stop = machine.run({ instructions: Math.min(left, SLICE_INSTRUCTIONS) });
    if (host) {
      const text = outputText(machine, written);
      written += text.length;
      host.stdout(text);
    }
    if (stop.kind !== 'limit' || machine.instructions >= max) return stop;
  }
}

function finish(machine: Machine, stop: StopReason, json: boolean, host: Host): number {
  if (json) host.stdout(`${JSON.stringify(summarise(machine), null, 2)}\n`);
  switch (stop.kind) {
    case 'halt':
      return stop.code & 0xff;
    case 'trap': {
      const trap = describeTrap(machine);
      host.stderr(`${placeText(machine)}: trap: ${trap.message} [${trap.id}]\n${callersText(trap.stack)}`);
      return EXIT.trap;
    }
    case 'idle':
      host.stderr(`${placeText(machine)}: stopped: the program waits for something that never comes [idle]\n`);
      return EXIT.limit;
    default: {
      const count = machine.instructions;
      host.stderr(
        `${placeText(machine)}: stopped: the program still ran after ${count} instructions; is a loop endless? [limit]\n`,
      );
      return EXIT.limit;
    }
  }
}

/** Where the program is, as `file:line:column`; the address where its own files do not tell. */
function placeText(machine: Machine): string {
  const [place] = placesOf(machine);
  if (!place) return `address ${machine.core.pc}`;
  return `${place.file}:${place.line}:${Math.max(place.column, 1)}`;
}

/** Calls that are shown from each end of a long stack. */
const SHOWN_CALLERS = 4;

/** The calls that led to the first place, one a line. */
function callersText(stack: readonly ProgramPlace[]): string {
  const lines = stack.slice(1).map(({ function: name, file, line, column }) => {
    return `${file}:${line}:${Math.max(column, 1)}: note: called from here, in ${name}\n`;
  });
  const hidden = lines.length - 2 * SHOWN_CALLERS;
  if (hidden > 1) lines.splice(SHOWN_CALLERS, hidden, `  … ${hidden} more calls …\n`);
  return lines.join('');
}
