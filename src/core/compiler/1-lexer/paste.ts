/** The operators # and ## of macros (C99 6.10.3.2, 6.10.3.3). */
import { intersection } from './hide-sets';
import { lex } from './lexer';
import { spelling, type MacroContext, type Token } from './macro-tokens';
import { CHAR, END, FIRST_ON_LINE, NAME, P, SPACE_BEFORE, STRING, SYNTHETIC } from './tokens';

export function stringise(at: Token, arg: readonly Token[], context: MacroContext): Token {
  let text = '';
  for (const [i, token] of arg.entries()) {
    if (i > 0 && (token.flags & (SPACE_BEFORE | FIRST_ON_LINE)) !== 0) text += ' ';
    const part = spelling(token, context);
    text += token.kind === STRING || token.kind === CHAR ? part.replace(/["\\]/g, '\\$&') : part;
  }
  context.texts.push(`"${text}"`);
  return { ...at, kind: STRING, flags: (at.flags & 3) | SYNTHETIC, value: context.texts.length - 1 };
}

/** Joins the spellings of two tokens into one token; if that is none, reports it and keeps both. */
function paste(left: Token, right: Token, context: MacroContext): Token[] {
  const a = spelling(left, context);
  const b = spelling(right, context);
  const text = a + b;
  const joined = lex(text, 0, context.names, context.texts);
  const kind = joined.kind[0] as number;
  if (joined.count !== 2 || kind === END) {
    context.diagnostics.report('bad-paste', left, { left: a, right: b });
    return [left, right];
  }
  const flags = (left.flags & 3) | SYNTHETIC;
  const hide = intersection(left.hide, right.hide);
  if (kind === NAME) {
    // A name is its number; the text is not needed.
    return [{ kind, flags: left.flags & 3, start: left.start, end: left.end, value: joined.value[0] as number, hide }];
  }
  context.texts.push(text);
  return [{ kind, flags, start: left.start, end: left.end, value: context.texts.length - 1, hide }];
}

/** Puts `right`, which is not empty, behind `out`, with its first token pasted to the last one there. */
export function pasteTo(
  out: Token[],
  right: readonly Token[],
  { emptyLeft, isRest }: { readonly emptyLeft: boolean; readonly isRest: boolean },
  context: MacroContext,
): void {
  const first = right[0] as Token;
  const left = emptyLeft ? undefined : out.pop();
  // A comma before the further arguments stays what it is.
  const stays = !left || (isRest && left.kind === P[',']);
  const joined = !stays ? paste(left, first, context) : left ? [left, first] : [first];
  for (const token of joined) out.push(token);
  for (let i = 1; i < right.length; i++) out.push(right[i] as Token);
}
