/** Generic views of the syntax tree: the parts of a node with their roles, in the order of the source. */
import type { AnyNode, Expr, Node } from './ast';

export interface Part {
  /** Name of the field: `left`, `condition`, `items`. */
  readonly role: string;
  readonly node: AnyNode;
}

/** Fields that say where something is rather than what it is. */
const PLACES = new Set(['kind', 'id', 'start', 'end', 'operatorAt', 'nameStart', 'nameEnd', 'tagStart']);

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Node>).kind === 'string';

export function parts(node: AnyNode): Part[] {
  const out: Part[] = [];
  for (const [role, value] of Object.entries(node) as [string, unknown][]) {
    if (isNode(value)) out.push({ role, node: value });
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) out.push({ role, node: item });
  }
  return out;
}

/** What a node says by itself, for example `+` for a binary node or the name of an identifier. */
export function attributes(node: AnyNode): string[] {
  const out: string[] = [];
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (PLACES.has(key)) continue;
    if (typeof value === 'string')
      out.push(key === 'operator' || key === 'name' || key === 'base' ? value : `${key} ${value}`);
    else if (typeof value === 'number') {
      if (key !== 'qualifiers') out.push(String(value));
      else if (value !== 0) out.push(qualifierText(value));
    } else if (value === true) out.push(key);
    else if (value instanceof Uint8Array) out.push(quote(value));
  }
  return out;
}

const qualifierText = (bits: number): string =>
  ['const', 'volatile', 'restrict'].filter((_, i) => (bits & (1 << i)) !== 0).join(' ');

/** Bytes as a C string literal. */
export function quote(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(0, 60)) {
    if (byte === 10) text += '\\n';
    else if (byte === 34 || byte === 92) text += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 32 && byte < 127) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `"${text}${bytes.length > 60 ? '…' : ''}"`;
}

export function withoutParentheses(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expression;
  return inner;
}
