/** Named blocks in one text file: a line `=== name` begins each. A line of a block that begins so is kept apart by a backslash. */
const HEAD = '=== ';
const GUARD = '\\';

export function printBlocks(blocks: ReadonlyMap<string, string>): string {
  return [...blocks].map(([name, text]) => `${HEAD}${name}\n${text.replace(/^(?=\\*=== )/gm, GUARD)}`).join('\n');
}

export function readBlocks(text: string): Map<string, string> {
  const blocks = new Map<string, string>();
  let name: string | undefined;
  let lines: string[] = [];
  const close = (isLast: boolean) => {
    // An empty line stands between two blocks.
    if (name !== undefined) blocks.set(name, (isLast ? lines : lines.slice(0, -1)).map((line) => `${line}\n`).join(''));
    lines = [];
  };
  const all = text.split('\n');
  all.pop();
  for (const line of all) {
    if (!line.startsWith(HEAD)) lines.push(line.replace(/^\\(?=\\*=== )/, ''));
    else {
      close(false);
      name = line.slice(HEAD.length);
    }
  }
  close(true);
  return blocks;
}
