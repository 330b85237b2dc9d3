/** The engine bench as a Web Worker: compiles the kernels and measures them here, posts the table and the figures. */
import { NAMES, measureKernel, type EngineKernel } from './engine';
import { engineTable, summaryOf } from './engine-table';
import { compileProgram } from './program';
import { KERNEL_MAIN } from './engine-main';

const texts = import.meta.glob<string>('./engine-kernels/*.c', { query: '?raw', import: 'default', eager: true });
const codes = import.meta.glob<{ readonly entry: number; readonly code: string }>('./engine-kernels/*.avr.json', {
  import: 'default',
  eager: true,
});

const ROUNDS = 5;
/** A browser's clock is coarse. */
const now = () => performance.now() / 1000;

const kernels = Object.entries(texts).map(([path, text]): EngineKernel => {
  const name = path.replace(/^.*\/|\.c$/g, '');
  const image = compileProgram([text, KERNEL_MAIN]);
  const avr = codes[path.replace(/\.c$/, '.avr.json')];
  const entry = image.symbols.find((s) => s.name === 'kernel')?.address;
  if (!avr || entry === undefined) throw new Error(`${name}: no code for ${NAMES.avr8js}`);
  const bytes = Uint8Array.from(avr.code.match(/../g) ?? [], (byte) => parseInt(byte, 16));
  return { name, image, entry, avr: bytes, avrEntry: avr.entry };
});

const rows = kernels.map((kernel) => measureKernel(kernel, now, ROUNDS));
postMessage({ text: engineTable(rows), json: rows.map(summaryOf) });
