/** The list of benchmarks: `orrery bench NAME`, `npm run bench:NAME`. Each is loaded only when it runs. */
import type { BenchEntry } from './bench';

export const BENCHES: readonly BenchEntry[] = [
  { name: 'codegen', load: async () => (await import('./codegen')).bench },
  { name: 'compile', load: async () => (await import('./compile')).bench },
  { name: 'engine', load: async () => (await import('./engine-node')).bench },
  { name: 'passes', load: async () => (await import('./passes')).bench },
  { name: 'storage', load: async () => (await import('./storage')).bench },
  { name: 'travel', load: async () => (await import('./travel')).bench },
];
