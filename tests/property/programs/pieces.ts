/**
 * Generated programs as trees of pieces: text with smaller pieces inside. A piece knows what may stand in its place, so that a program can
 * be made smaller without knowing C: an expression gives way to a constant or to one of the expressions inside it, a statement to
 * nothing or to the statements inside it, a list loses any of its items. Every result is a program that is as well defined as the
 * one it came from, or one that does not compile; what keeps a program defined (the mask of an index, the bound of a loop) is a
 * `guard`, whose parts stay together.
 */

export type PieceKind = 'expr' | 'stmt' | 'list' | 'guard';

export interface Piece {
  readonly kind: PieceKind;
  readonly parts: readonly Part[];
  /** Of an expression, as C ranks operators: 0 comma, 1 assignment, 2 ?:, 3 ||, … 12 * / %, 13 unary, 14 postfix and primary. */
  readonly precedence: number;
  /** Texts that may stand for all of it. */
  readonly simplest: readonly string[];
}

/** `at least` is the lowest precedence that needs no parentheses here. */
export type Part = string | Piece | { readonly piece: Piece; readonly atLeast: number };

export const PRIMARY = 14;

const piece = (kind: PieceKind, parts: readonly Part[], precedence: number, simplest: readonly string[]): Piece => ({
  kind,
  parts,
  precedence,
  simplest,
});

export const expr = (precedence: number, ...parts: Part[]): Piece => piece('expr', parts, precedence, ['0', '1']);
export const atom = (text: string): Piece => piece('expr', [text], PRIMARY, text.length > 1 ? ['0', '1'] : []);
/** A leaf that keeps its text. */
export const fixed = (text: string): Piece => piece('guard', [text], PRIMARY, []);
export const guard = (simplest: readonly string[], ...parts: Part[]): Piece => piece('guard', parts, PRIMARY, simplest);
export const stmt = (...parts: Part[]): Piece => piece('stmt', parts, PRIMARY, [';']);
/** A statement that others rely on: a declaration, a loop's own bookkeeping. */
export const anchor = (...parts: Part[]): Piece => piece('guard', parts, PRIMARY, []);
export const list = (parts: readonly Piece[]): Piece => piece('list', parts, PRIMARY, []);
export const operand = (inner: Piece, atLeast: number): Part => ({ piece: inner, atLeast });

const pieceOf = (part: Part): Piece | undefined =>
  typeof part === 'string' ? undefined : 'piece' in part ? part.piece : part;

export function textOf(root: Piece): string {
  const out: string[] = [];
  const visit = ({ parts }: Piece): void => {
    for (const part of parts) {
      if (typeof part === 'string') out.push(part);
      else if ('piece' in part) {
        const bare = part.piece.precedence >= part.atLeast;
        if (!bare) out.push('(');
        visit(part.piece);
        if (!bare) out.push(')');
      } else visit(part);
    }
  };
  visit(root);
  return out.join('');
}

/** All trees that are one edit smaller, the largest edits first. */
export function* smaller(root: Piece): Generator<Piece> {
  yield* lists(root, (p) => p);
  yield* others(root, (p) => p);
}

type Rebuild = (replacement: Piece) => Piece;

function* children(of: Piece, rebuild: Rebuild): Generator<[Piece, Rebuild]> {
  for (let i = 0; i < of.parts.length; i++) {
    const part = of.parts[i] as Part;
    const child = pieceOf(part);
    if (!child) continue;
    yield [
      child,
      (replacement) => {
        const parts = [...of.parts];
        parts[i] = typeof part === 'object' && 'piece' in part ? { ...part, piece: replacement } : replacement;
        return rebuild({ ...of, parts });
      },
    ];
  }
}

/** Chunks of lists removed, halves first. */
function* lists(at: Piece, rebuild: Rebuild): Generator<Piece> {
  if (at.kind === 'list') {
    for (let size = at.parts.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
      for (let from = 0; from < at.parts.length; from += size)
        yield rebuild({ ...at, parts: [...at.parts.slice(0, from), ...at.parts.slice(from + size)] });
  }
  for (const [child, inner] of children(at, rebuild)) yield* lists(child, inner);
}

function* others(at: Piece, rebuild: Rebuild): Generator<Piece> {
  for (const text of at.simplest)
    if (textOf(at) !== text) yield rebuild({ ...at, parts: [text], precedence: PRIMARY, simplest: [] });
  if (at.kind === 'expr' || at.kind === 'stmt') for (const inside of nested(at, at.kind)) yield rebuild(inside);
  for (const [child, inner] of children(at, rebuild)) yield* others(child, inner);
}

/** The nearest pieces of a kind inside; statements of a block come as one list. */
function* nested(at: Piece, kind: PieceKind): Generator<Piece> {
  for (const part of at.parts) {
    const child = pieceOf(part);
    if (!child) continue;
    if (child.kind === kind) yield child;
    else if (kind === 'stmt' && child.kind === 'list') yield stmt('{ ', child, ' }');
    else yield* nested(child, kind);
  }
}
