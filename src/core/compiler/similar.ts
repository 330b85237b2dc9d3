/** "Did you mean": the name that is spelled most like another. */
import type { Fix } from '../base/diagnostic';
import type { Span } from '../base/source';
import { LIMITS } from './limits';

/** What a message says when `name` was probably meant, if there is one, and the fix that writes it at `span`. */
export function suggestion(name: string | undefined, { start, end }: Span): { hint: string; fix: Fix | undefined } {
  if (name === undefined) return { hint: '', fix: undefined };
  const fix = { title: `Change to \`${name}\``, edits: [{ span: { start, end }, text: name }] };
  return { hint: `: did you mean \`${name}\`?`, fix };
}

/** The candidate with the smallest edit distance, if that is small for the length of the name. */
export function similar(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > 60) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates.slice(0, LIMITS.spellingCandidates)) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name, candidate);
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours; case counts half. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const nearly = !same && a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase();
      const cost = same ? 0 : nearly ? 0.5 : 1;
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] as number) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] as number;
}
