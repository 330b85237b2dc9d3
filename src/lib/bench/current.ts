/** The one bench of the page: it lives on while other places are visited, so that a paused machine is found as it was left. */
import { Bench } from './bench.svelte';

let bench: Bench | undefined;

/** The bench, if it was opened since the page was loaded. */
export function currentBench(): Bench | undefined {
  return bench;
}

export function openBench(): { readonly bench: Bench; readonly isNew: boolean } {
  const isNew = bench === undefined;
  bench ??= new Bench();
  return { bench, isNew };
}
