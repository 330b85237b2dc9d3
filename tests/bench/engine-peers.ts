/** The parts of the engine bench that need Node: building the kernels, cachegrind and native code as peers. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KERNEL_MAIN } from './engine-main';
import { compileProgram } from './program';
import { callInstructions, type EngineKernel, type Peer } from './engine';

export const PEERS = { cachegrind: 'cachegrind', native: 'gcc -O2' } as const;

const MCU = 'atmega1284p';
const NATIVE_MAIN = `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
uint16_t kernel(void);
int main(int argc, char **argv) {
  long calls = atol(argv[1]);
  unsigned sum = 0;
  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  for (long i = 0; i < calls; i++) sum += kernel();
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
  printf("%.9f %u\\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9, sum);
}
`;
/** The geometry of the bench in cachegrind's words. */
const CACHEGRIND = ['--tool=cachegrind', '--cache-sim=yes', '--I1=1024,2,32', '--D1=1024,2,32', '--LL=8192,4,32'];

/** All kernels, and what had to be left out. */
export function prepareKernels(directory: string): { kernels: EngineKernel[]; messages: string[] } {
  const hasAvr = isInstalled('avr-gcc');
  const messages = hasAvr ? [] : ['avr-gcc is not installed: avr8js runs the code that is kept beside the kernels'];
  const kernels = readdirSync(directory)
    .filter((file) => file.endsWith('.c'))
    .map((file): EngineKernel => {
      const text = readFileSync(join(directory, file), 'utf8');
      const name = file.slice(0, -2);
      const image = compileProgram([text, KERNEL_MAIN]);
      const entry = image.symbols.find((s) => s.name === 'kernel')?.address;
      if (entry === undefined) throw new Error(`${file}: there is no function 'kernel'`);
      const kept = join(directory, `${name}.avr.json`);
      if (hasAvr) {
        const { entry: avrEntry, code } = compileAvr(text);
        writeFileSync(kept, `${JSON.stringify({ entry: avrEntry, code }, null, 2)}\n`);
      }
      if (!existsSync(kept)) throw new Error(`${kept} is missing, and avr-gcc is not installed`);
      const avr = JSON.parse(readFileSync(kept, 'utf8')) as { readonly entry: number; readonly code: string };
      return { name, image, entry, avr: Uint8Array.from(Buffer.from(avr.code, 'hex')), avrEntry: avr.entry };
    });
  return { kernels, messages };
}

function compileAvr(text: string): { entry: number; code: string } {
  return inDirectory({ 'kernel.c': text, 'main.c': KERNEL_MAIN }, (directory) => {
    const flags = [`-mmcu=${MCU}`, '-O2', '-std=c99'];
    tool(directory, 'avr-gcc', [...flags, '-c', 'kernel.c', 'main.c']);
    tool(directory, 'avr-gcc', [...flags, 'kernel.o', 'main.o', '-o', 'all.elf']);
    tool(directory, 'avr-objcopy', ['-O', 'binary', 'all.elf', 'all.bin']);
    const entry = /^([0-9a-f]+) T kernel$/m.exec(tool(directory, 'avr-nm', ['all.elf']))?.[1] ?? '0';
    return { entry: parseInt(entry, 16), code: readFileSync(join(directory, 'all.bin')).toString('hex') };
  });
}

/** Builds the native program of a kernel, hands its peers and what is missing to `body`, and clears up. */
export function withNativePeers<T>(
  text: string,
  kernel: EngineKernel,
  body: (peers: Peer[], missing: readonly string[]) => T,
): T {
  const missing = ['gcc', 'valgrind']
    .filter((command) => !isInstalled(command))
    .map((command) => `${command} is not installed: the peers that need it are left out`);
  if (!isInstalled('gcc')) return body([], missing);
  return inDirectory({ 'kernel.c': text, 'main.c': NATIVE_MAIN }, (directory) => {
    tool(directory, 'gcc', ['-O2', '-c', 'kernel.c', 'main.c']);
    tool(directory, 'gcc', ['kernel.o', 'main.o', '-o', 'native']);
    const peers = [nativePeer(directory, callInstructions(kernel))];
    if (isInstalled('valgrind')) peers.push(cachegrindPeer(directory));
    return body(peers, missing);
  });
}

/** Counts the instructions that our machine would have executed for the same calls. */
function nativePeer(directory: string, each: number): Peer {
  return {
    name: PEERS.native,
    run(instructions) {
      const calls = Math.max(1, Math.round(instructions / each));
      const seconds = Number(tool(directory, './native', [String(calls)]).split(' ')[0]);
      return { instructions: calls * each, seconds: Math.max(seconds, 1e-9) };
    },
  };
}

/** Time and instructions beyond those of a run with few calls, so that valgrind's start does not count. */
function cachegrindPeer(directory: string): Peer {
  const run = (calls: number) => {
    const command = ['valgrind', ...CACHEGRIND, '--cachegrind-out-file=/dev/null', './native', String(calls)].join(' ');
    const done = spawnSync('bash', ['-c', `TIMEFORMAT='cpu %U %S'; time ${command}`], {
      cwd: directory,
      encoding: 'utf8',
    });
    const refs = /I\s+refs:\s+([\d,]+)/.exec(done.stderr)?.[1];
    const cpu = /^cpu ([\d.]+) ([\d.]+)$/m.exec(done.stderr);
    if (refs === undefined || !cpu) throw new Error(`valgrind: ${done.stderr}`);
    return { seconds: Number(cpu[1]) + Number(cpu[2]), instructions: Number(refs.replaceAll(',', '')) };
  };
  const few = run(2);
  let each = 0;
  return {
    name: PEERS.cachegrind,
    run(instructions) {
      if (each === 0) each = (run(34).instructions - few.instructions) / 32;
      const long = run(Math.ceil(instructions / each) + 2);
      // The start varies from run to run: it is measured again beside each.
      const start = run(2);
      return {
        instructions: long.instructions - start.instructions,
        seconds: Math.max(1e-3, long.seconds - start.seconds),
      };
    },
  };
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Runs a command in a directory of its own; its output, or an error with what it said. */
function tool(directory: string, command: string, args: readonly string[]): string {
  const done = spawnSync(command, args, { cwd: directory, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

function inDirectory<T>(files: Readonly<Record<string, string>>, body: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
