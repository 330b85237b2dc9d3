/** Hide sets: the macros that a token may no longer be expanded by, as linked lists that tokens share. */
import type { HideSet, Macro, Token } from './macro-tokens';

export function contains(set: HideSet | null, macro: Macro): boolean {
  for (let node = set; node; node = node.rest) if (node.macro === macro) return true;
  return false;
}

export const add = (set: HideSet | null, macro: Macro): HideSet => ({ macro, rest: set, size: (set?.size ?? 0) + 1 });

function union(a: HideSet | null, b: HideSet | null): HideSet | null {
  if (a === null || a === b) return b;
  let result = b;
  for (let node: HideSet | null = a; node; node = node.rest)
    if (!contains(b, node.macro)) result = add(result, node.macro);
  return result;
}

export function intersection(a: HideSet | null, b: HideSet | null): HideSet | null {
  if (a === b) return a;
  let result: HideSet | null = null;
  for (let node = a; node; node = node.rest) if (contains(b, node.macro)) result = add(result, node.macro);
  return result;
}

/** Adds `hide` to the set of every token. Neighbours mostly have the same set, so the last union serves again. */
export function hideAll(tokens: readonly Token[], hide: HideSet): Token[] {
  let from: HideSet | null = null;
  let to: HideSet | null = hide;
  return tokens.map(({ kind, flags, start, end, value, hide: own }) => {
    if (own !== from) {
      from = own;
      to = union(own, hide);
    }
    return { kind, flags, start, end, value, hide: to };
  });
}
