/**
 * Where the nodes of a tree stand that is given as indented lines: leaves one below the other in the order of the text, a parent beside its
 * first child, so that the root stands at the top.
 */
export interface TreeLine {
  readonly text: string;
  readonly depth: number;
}

export interface TreeNode {
  /** Index of its line. */
  readonly line: number;
  readonly depth: number;
  /** Index of the parent among the nodes, -1 for a root. */
  readonly parent: number;
  readonly row: number;
  readonly label: string;
}

const MAX_LABEL = 42;

export function placeTree(lines: readonly TreeLine[]): { readonly nodes: readonly TreeNode[]; readonly rows: number } {
  const parents: number[] = [];
  const open: number[] = [];
  lines.forEach(({ depth }, index) => {
    open.length = Math.min(open.length, depth);
    const parent = open.at(-1) ?? -1;
    parents.push(parent);
    // A line may be indented by more than one step: the steps between belong to the same parent.
    while (open.length < depth) open.push(parent);
    open.push(index);
  });
  let rows = 0;
  const row = lines.map((_, index) => {
    const isLeaf = parents[index + 1] !== index;
    return isLeaf ? rows++ : rows;
  });
  return {
    nodes: lines.map(({ text, depth }, line) => ({
      line,
      depth,
      parent: parents[line] as number,
      row: row[line] as number,
      label: labelOf(text),
    })),
    rows,
  };
}

/** Without the place and the rule, which the text has. */
function labelOf(text: string): string {
  const short = text.replace(/\s+\[\d+:\d+-\d+:\d+\].*$/, '');
  return short.length > MAX_LABEL ? `${short.slice(0, MAX_LABEL - 1)}…` : short;
}
