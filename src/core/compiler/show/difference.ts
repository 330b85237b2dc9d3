/** The difference between two listings, by longest common subsequence; long listings fall back to common ends. */
import type { ViewLine } from '../views';

/** Above this many cells the exact table is not worth its time. */
const MAX_CELLS = 1_000_000;

/** The new lines in order, with `added` marks, and the old ones that are gone, with `removed` marks, where they stood. */
export function difference(before: readonly ViewLine[], after: readonly ViewLine[]): ViewLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start]?.text === after[start]?.text) start++;
  let endBefore = before.length;
  let endAfter = after.length;
  while (endBefore > start && endAfter > start && before[endBefore - 1]?.text === after[endAfter - 1]?.text) {
    endBefore--;
    endAfter--;
  }
  return [
    ...after.slice(0, start),
    ...middle(before.slice(start, endBefore), after.slice(start, endAfter)),
    ...after.slice(endAfter),
  ];
}

const marked = (line: ViewLine, kind: 'added' | 'removed'): ViewLine => ({ ...line, kind });

function middle(before: readonly ViewLine[], after: readonly ViewLine[]): ViewLine[] {
  const width = after.length + 1;
  if (before.length * after.length > MAX_CELLS)
    return [...before.map((l) => marked(l, 'removed')), ...after.map((l) => marked(l, 'added'))];
  const lengths = new Int32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        before[i]?.text === after[j]?.text
          ? 1 + (lengths[(i + 1) * width + j + 1] as number)
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
  const out: ViewLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const old = before[i];
    const now = after[j];
    if (old && now && old.text === now.text) {
      out.push(now);
      i++;
      j++;
    } else if (old && (!now || (lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number))) {
      out.push(marked(old, 'removed'));
      i++;
    } else if (now) {
      out.push(marked(now, 'added'));
      j++;
    }
  }
  return out;
}
