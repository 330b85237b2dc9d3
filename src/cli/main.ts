#!/usr/bin/env node
/** `orrery`: picks the command, turns its outcome into an exit status. Commands are loaded on demand to keep start-up short. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UsageError, type Command, type Host } from './command';

const COMMANDS: Readonly<Record<string, { readonly summary: string; load(): Promise<Command> }>> = {
  asm: {
    summary: 'assembles .s files into an image',
    load: async () => (await import('./commands/asm')).command,
  },
  bench: {
    summary: "runs the project's benchmarks, each beside its peer",
    load: async () => (await import('./commands/bench')).command,
  },
  cache: {
    summary: 'an address trace through the cache model',
    load: async () => (await import('./commands/cache')).command,
  },
  compile: {
    summary: 'compiles and links C and assembly; prints any phase',
    load: async () => (await import('./commands/compile')).command,
  },
  disasm: {
    summary: 'prints the code of an image, or raw code, as assembly',
    load: async () => (await import('./commands/disasm')).command,
  },
  network: {
    summary: 'runs a network scenario and holds it against the laws',
    load: async () => (await import('./commands/network')).command,
  },
  run: {
    summary: 'compiles, links, loads and runs a program',
    load: async () => (await import('./commands/run')).command,
  },
  storage: {
    summary: 'a workload on a device model',
    load: async () => (await import('./commands/storage')).command,
  },
};

const host: Host = {
  readFile(path) {
    try {
      return readFileSync(path === '-' ? 0 : path);
    } catch {
      return undefined;
    }
  },
  readPrebuilt(name) {
    try {
      return readFileSync(join(import.meta.dirname, 'library', name));
    } catch {
      return undefined;
    }
  },
  writeFile: (path, bytes) => writeFileSync(path, bytes),
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  now: () => Number(process.hrtime.bigint()) / 1e9,
};

function usage(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`);
  return `orrery: a small C compiler, an 8-bit machine, storage and networks on one clock\n\nusage: orrery COMMAND …\n\n${rows.join('\n')}\n\n'orrery COMMAND --help' tells more.\n`;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? host.stderr : host.stdout)(usage());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) {
    host.stderr(`orrery: unknown command '${name}'; 'orrery --help' lists the commands\n`);
    return EXIT.usage;
  }
  const command = await entry.load();
  if (rest.includes('--help') || rest.includes('-h')) {
    host.stdout(command.help);
    return EXIT.ok;
  }
  try {
    return await command.run(rest, host);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.stderr(`orrery ${name}: ${error.message}\n'orrery ${name} --help' lists the options\n`);
    return EXIT.usage;
  }
}

process.exitCode = await main(process.argv.slice(2));
