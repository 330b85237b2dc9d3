/**
 * avr-gcc compiles the source (`int` has 16 bits there, plain `char` is made unsigned, overflow is made to wrap), and simavr runs it, or
 * avr8js where simavr is not installed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { avrInstruction, CPU } from 'avr8js';
import { STRICT } from '../property/programs/program';
import { answersIn, joined, mainText, PUT_TEXT, type Answer, type SourceJudge } from './judge';
import { ensureInstalled, inDirectory, isInstalled, run, tool, versionOf } from './tools';

const MCU = 'atmega1284p';
const LEVELS = ['-O2', '-Os', '-O1', '-O0'];
/** Data address of GPIOR0, to which programs write their answer. */
const ANSWER_REGISTER = 0x3e;
const INSTRUCTION_LIMIT = 200_000_000;

function textOf(bodies: readonly string[]): string {
  return `#include <avr/io.h>
#include <avr/interrupt.h>
#include <avr/sleep.h>
${hasSimavr() ? `#include <avr/avr_mcu_section.h>\nAVR_MCU(16000000, "${MCU}");\nAVR_MCU_SIMAVR_CONSOLE(&GPIOR0);\n` : ''}
static void digit(char c) { GPIOR0 = c == '\\n' ? '\\r' : c; }
${PUT_TEXT}
${joined(bodies)}
int main(void) {
${mainText(bodies.length)}  cli();
  sleep_enable();
  sleep_cpu();
  for (;;) ;
}
`;
}

let simavr: boolean | undefined;
const hasSimavr = (): boolean => (simavr ??= isInstalled('simavr'));

export const avrJudge: SourceJudge = {
  name: 'avr',
  profile: STRICT,
  mayRefuse: false,
  plainTurn: LEVELS.indexOf('-O0'),
  // avr-gcc 5.4 has wrong optimisations: `&a[i] <= &a[j]` with i equal to j can become 0 from -O1 on.
  get arbiter() {
    return avrJudge;
  },
  batch: 20,
  unavailable: () => ensureInstalled(['avr-gcc', 'simavr'], ['gcc-avr', 'avr-libc', 'simavr', 'libsimavr-dev']),
  describe: () => `${versionOf('avr-gcc')} (${LEVELS.join(' ')} in turn), ${hasSimavr() ? 'simavr' : 'avr8js'}`,
  answers(bodies, turn) {
    return inDirectory({ 'a.c': textOf(bodies) }, (directory): Answer[] => {
      const level = LEVELS[turn % LEVELS.length] as string;
      const flags = [`-mmcu=${MCU}`, level, '-std=gnu99', '-funsigned-char', '-fwrapv', '-fno-strict-aliasing', '-w'];
      const include = ['-I/usr/include/simavr', '-Wl,--undefined=_mmcu,--section-start=.mmcu=0x910000'];
      tool(directory, 'avr-gcc', [...flags, ...(hasSimavr() ? include : []), 'a.c', '-o', 'a.elf']);
      return answersIn(hasSimavr() ? withSimavr(directory) : withAvr8js(directory), bodies.length);
    });
  },
};

/** simavr prints a line of its console, which a carriage return ends, as `O:…`. */
function withSimavr(directory: string): string {
  const { stdout, stderr } = run(directory, 'simavr', ['-m', MCU, '-f', '16000000', 'a.elf']);
  return (`${stdout.toString()}${stderr}`.match(/(?<=^O:)[0-9a-f]*$/gm) ?? []).join('\n');
}

function withAvr8js(directory: string): string {
  tool(directory, 'avr-objcopy', ['-O', 'binary', 'a.elf', 'a.bin']);
  const program = new Uint8Array(0x20000);
  program.set(readFileSync(join(directory, 'a.bin')));
  const cpu = new CPU(new Uint16Array(program.buffer), 0x4000);
  let text = '';
  cpu.writeHooks[ANSWER_REGISTER] = (value) => {
    text += String.fromCharCode(value);
    return false;
  };
  const SLEEP = 0x9588;
  for (let n = 0; n < INSTRUCTION_LIMIT && cpu.progMem[cpu.pc] !== SLEEP; n++) avrInstruction(cpu);
  return text.replaceAll('\r', '\n');
}
