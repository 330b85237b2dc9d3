/** The engine bench in Node: all kernels, with cachegrind and native code as peers where they are installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench';
import { measureKernel } from './engine';
import { prepareKernels, withNativePeers } from './engine-peers';
import { engineTable, summaryOf } from './engine-table';

const ROUNDS = 5;

export const bench: Bench = {
  summary: 'instructions a second of both engines, beside avr8js, cachegrind and native code',
  run({ root, note }) {
    const directory = join(root, 'tests/bench/engine-kernels');
    const { kernels, messages } = prepareKernels(directory);
    const rows = kernels.map((kernel) => {
      note(kernel.name);
      const text = readFileSync(join(directory, `${kernel.name}.c`), 'utf8');
      return withNativePeers(text, kernel, (peers, missing) => {
        messages.push(...missing.filter((message) => !messages.includes(message)));
        return measureKernel(kernel, processorSeconds, ROUNDS, peers);
      });
    });
    return { text: [engineTable(rows), ...messages].join('\n'), json: { rows: rows.map(summaryOf), messages } };
  },
};

/** Of this process: others on the machine do not count. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
