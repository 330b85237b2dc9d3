/** The library functions that are written in assembly, for programs that run in the IR interpreter. */
import type { HostFunction, HostMachine } from '../host';

const nul = (memory: Uint8Array, at: number): number => {
  let end = at;
  while (memory[end & 0xffff] !== 0 && end - at < 0x10000) end++;
  return end;
};

/** Clocks count their reads, so that two versions of a program see the same times. */
const tick: HostFunction = (_, machine) => machine.tick();

function move(args: readonly number[], { memory }: HostMachine): number {
  const [to = 0, from = 0, size = 0] = args;
  const bytes = Array.from({ length: size }, (_, i) => memory[(from + i) & 0xffff] as number);
  bytes.forEach((byte, i) => (memory[(to + i) & 0xffff] = byte));
  return to;
}

export const LIBRARY_NATIVES: ReadonlyMap<string, HostFunction> = new Map<string, HostFunction>([
  ['memcpy', move],
  ['memmove', move],
  [
    'memset',
    ([to = 0, value = 0, size = 0], { memory }) => {
      for (let i = 0; i < size; i++) memory[(to + i) & 0xffff] = value;
      return to;
    },
  ],
  ['strlen', ([text = 0], { memory }) => nul(memory, text) - text],
  ['strcpy', ([to = 0, from = 0], machine) => move([to, from, nul(machine.memory, from) - from + 1], machine)],
  [
    'strcmp',
    ([a = 0, b = 0], { memory }) => {
      for (let i = 0; ; i++) {
        const x = memory[(a + i) & 0xffff] as number;
        const y = memory[(b + i) & 0xffff] as number;
        if (x !== y || x === 0) return x - y;
      }
    },
  ],
  ['exit', ([code = 0], { halt }) => halt(code)],
  ['_Exit', ([code = 0], { halt }) => halt(code)],
  ['abort', (_, { trap }) => trap('abort')],
  ['cycles', tick],
  ['nanos', tick],
  ['counter', tick],
]);
