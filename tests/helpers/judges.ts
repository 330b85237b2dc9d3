/** Other compilers as judges of what a C program prints: avr-gcc, whose code runs in avr8js, and the machine's own gcc. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { avrInstruction, CPU } from 'avr8js';

export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Both with unsigned char and wrapping arithmetic, as the language page defines them. */
const FLAGS = ['-std=gnu11', '-funsigned-char', '-fwrapv', '-w', '-O1'];
const INSTRUCTION_LIMIT = 300_000_000;
/** Data addresses of the general-purpose registers that the program's last words go through. */
const OUTPUT = 0x3e;
const EXIT = 0x4b;

/** stdout goes to one register of the machine, the end of the program to another. */
const AVR_SUPPORT = `
#include <avr/io.h>
#include <stdio.h>
static int put(char c, FILE *f) { GPIOR0 = c; return 0; }
static FILE out = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);
__attribute__((constructor)) static void init(void) { stdout = stderr = &out; }
void __wrap_exit(int code) { GPIOR1 = code; GPIOR2 = 1; for (;;); }
`;

/** What a program prints that avr-gcc compiles. */
export function avrOutput(paths: readonly string[]): string {
  return inDirectory((directory) => {
    writeFileSync(join(directory, 'support.c'), AVR_SUPPORT);
    const link = ['-mmcu=atmega1284p', '-Wl,--wrap=exit', '-o', 'all.elf'];
    tool(directory, 'avr-gcc', [...FLAGS, ...paths, 'support.c', ...link]);
    tool(directory, 'avr-objcopy', ['-O', 'binary', 'all.elf', 'all.bin']);
    return runAvr(readFileSync(join(directory, 'all.bin')));
  });
}

function runAvr(binary: Uint8Array): string {
  const program = new Uint8Array(0x20000);
  program.set(binary);
  const cpu = new CPU(new Uint16Array(program.buffer), 0x4000);
  const bytes: number[] = [];
  let ended = false;
  cpu.writeHooks[OUTPUT] = (value) => (bytes.push(value), false);
  cpu.writeHooks[EXIT] = () => ((ended = true), false);
  for (let n = 0; !ended; n++) {
    if (n > INSTRUCTION_LIMIT) throw new Error('the AVR program does not end');
    avrInstruction(cpu);
  }
  return String.fromCharCode(...bytes);
}

/** What a program prints that gcc compiles for this computer, whose int has 32 bits. */
export function gccOutput(paths: readonly string[]): string {
  return inDirectory((directory) => {
    tool(directory, 'gcc', [...FLAGS, ...paths, '-o', 'all']);
    return tool(directory, join(directory, 'all'), []);
  });
}

function tool(directory: string, command: string, args: readonly string[]): string {
  const done = spawnSync(command, args, { cwd: directory, encoding: 'latin1' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

function inDirectory<T>(body: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'orrery-judge-'));
  try {
    return body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
