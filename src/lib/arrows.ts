/** The keys that move a choice along a row of things, and where they move it. */

/** How far a page goes in a drawing, whose height in rows says little. */
const PAGE = 10;

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/**
 * The index that a key moves to from `current` (-1 for none) among `count`, or undefined if it is not such a key. The ends hold.
 * With nothing chosen, the first step chooses the end that the key comes from.
 */
export function movedBy(event: Keys, current: number, count: number): number | undefined {
  if (count === 0 || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const from = current < 0 && (event.key === 'ArrowUp' || event.key === 'PageUp') ? count : current;
  const target = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + PAGE,
    PageUp: from - PAGE,
    Home: 0,
    End: count - 1,
  }[event.key];
  return target === undefined ? undefined : Math.max(0, Math.min(count - 1, target));
}
