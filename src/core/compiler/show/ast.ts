/** What the parser made: the syntax tree with the grammar rule behind each node, and the outline of the file. */
import type { AnyNode, ExternalDeclaration } from '../2-parser/ast';
import { functionPart, nameOf } from '../2-parser/declarators';
import { GRAMMAR } from '../2-parser/grammar';
import { attributes, parts } from '../2-parser/walk';
import type { FrontEndResult, FrontEndUnit } from '../front-end';
import type { ViewRequest } from '../views';
import type { Aspect } from './aspect';
import { frontEndView, heading, isOwn, where, type DumpLine } from './lines';

export const PARSER_ASPECTS: readonly Aspect[] = [
  {
    id: 'ast',
    title: 'Tree',
    summary: 'The syntax tree; each node with its characters and the grammar rule that made it.',
    byFunction: true,
    picture: 'tree',
    show: (c, request) => frontEndView(c, (part, result) => astLines(part, result, request)),
  },
  {
    id: 'outline',
    title: 'Outline',
    summary: 'What the file declares and defines, in its order.',
    byFunction: false,
    show: (c) => frontEndView(c, outlineLines),
  },
];

export function astLines(part: FrontEndUnit, result: FrontEndResult, { fn }: Pick<ViewRequest, 'fn'> = {}): DumpLine[] {
  const lines: DumpLine[] = fn === undefined ? [heading(part.name)] : [];
  const visit = (node: AnyNode, role: string, depth: number): void => {
    const { kind, id, start, end } = node;
    const told = attributes(node).join(' ');
    const prefix = role === '' || role === 'items' || role === 'args' || role === 'params' ? '' : `${role}: `;
    const { name, text: rule } = GRAMMAR[kind];
    const text = `${prefix}${kind}${told === '' ? '' : ` ${told}`}  [${where(start, result)}-${where(end, result)}]${name === kind ? '' : `  ${name}`}`;
    lines.push({ text, depth, kind: 'node', start, end, node: id, hint: `${name}: ${rule}` });
    for (const child of parts(node)) visit(child.node, child.role, depth + 1);
  };
  for (const item of part.ast.items) {
    if (!isOwn(item.start, result)) continue;
    if (fn === undefined) visit(item, '', 1);
    else if (item.kind === 'function-definition' && nameOf(item.declarator).name === fn) visit(item, '', 0);
  }
  return lines;
}

export function outlineLines(part: FrontEndUnit, result: FrontEndResult): DumpLine[] {
  const lines: DumpLine[] = [heading(part.name)];
  for (const item of part.ast.items) {
    if (!isOwn(item.start, result)) continue;
    const { start, end, id: node } = item;
    const { name, text: rule } = GRAMMAR[item.kind];
    for (const text of outlineTexts(item)) {
      const from = where(start, result).padEnd(8);
      lines.push({ text: `${from}${text}`, depth: 1, kind: 'node', start, end, node, hint: `${name}: ${rule}` });
    }
  }
  return lines;
}

/** A line for each thing that an item declares. */
function outlineTexts(item: ExternalDeclaration): string[] {
  switch (item.kind) {
    case 'function-definition':
      return [`function   ${nameOf(item.declarator).name ?? '?'}, ${statements(item.body.items.length)}`];
    case 'declaration': {
      const { type, storage } = item.specifiers;
      const out: string[] = [];
      if ((type.kind === 'record-type' || type.kind === 'enum-type') && type.members) {
        const what = type.kind === 'enum-type' ? 'enum' : type.isUnion ? 'union' : 'struct';
        out.push(`${what.padEnd(11)}${type.tag ?? '(no tag)'}, ${type.members.length} members`);
      }
      for (const { declarator } of item.declarators) {
        const kind = storage === 'typedef' ? 'typedef' : functionPart(declarator) ? 'prototype' : 'variable';
        out.push(`${kind.padEnd(11)}${nameOf(declarator).name ?? '?'}`);
      }
      return out;
    }
    case 'static-assert':
      return ['assertion'];
    case 'file-asm':
      return ['assembly'];
  }
}

const statements = (count: number) => `${count} ${count === 1 ? 'item' : 'items'} in its body`;
