/**
 * Where the blocks of a control-flow graph stand. Layers by longest path from the entry, back edges left out (Sugiyama's first two
 * steps, with barycentre ordering). The optimiser's picture stays put while the passes go by because it is laid out once, for the
 * blocks of all passes.
 */
export interface BlockSize {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly successors: readonly number[];
}

export interface Placed {
  readonly x: number;
  readonly y: number;
}

const GAP_X = 28;
const GAP_Y = 34;

/** Layer of each block; the first block is the entry. Unreachable blocks stand in the first layer. */
export function layersOf(blocks: readonly BlockSize[]): Map<number, number> {
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const layer = new Map<number, number>();
  const state = new Map<number, 'open' | 'done'>();
  const order: number[] = [];
  const back = new Set<string>();
  const visit = (root: number) => {
    const stack: { id: number; next: number }[] = [{ id: root, next: 0 }];
    state.set(root, 'open');
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { id: number; next: number };
      const successor = byId.get(top.id)?.successors[top.next++];
      if (successor === undefined) {
        state.set(top.id, 'done');
        order.push(top.id);
        stack.pop();
      } else if (byId.has(successor)) {
        const seen = state.get(successor);
        if (seen === 'open') back.add(`${top.id}>${successor}`);
        else if (seen === undefined) {
          state.set(successor, 'open');
          stack.push({ id: successor, next: 0 });
        }
      }
    }
  };
  for (const block of blocks) if (!state.has(block.id)) visit(block.id);
  for (const id of order.reverse()) {
    const own = layer.get(id) ?? 0;
    layer.set(id, own);
    for (const successor of byId.get(id)?.successors ?? [])
      if (byId.has(successor) && !back.has(`${id}>${successor}`))
        layer.set(successor, Math.max(layer.get(successor) ?? 0, own + 1));
  }
  return layer;
}

/** x is the middle of a block, y its top. The same blocks always get the same places. */
export function placeBlocks(blocks: readonly BlockSize[]): Map<number, Placed> {
  const layer = layersOf(blocks);
  const rows: BlockSize[][] = [];
  for (const block of blocks) (rows[layer.get(block.id) as number] ??= []).push(block);
  const x = new Map<number, number>();
  const spread = (row: BlockSize[]) => {
    const total = row.reduce((sum, block) => sum + block.width + GAP_X, -GAP_X);
    let at = -total / 2;
    for (const block of row) {
      x.set(block.id, at + block.width / 2);
      at += block.width + GAP_X;
    }
  };
  for (const row of rows) spread(row);
  const predecessors = new Map<number, number[]>();
  for (const block of blocks)
    for (const to of block.successors) predecessors.set(to, [...(predecessors.get(to) ?? []), block.id]);
  const centre = (ids: readonly number[], otherwise: number) => {
    const known = ids.flatMap((id) => x.get(id) ?? []);
    return known.length === 0 ? otherwise : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  for (let round = 0; round < 3; round++)
    for (const row of rows) {
      const weight = new Map(
        row.map((block) => [block.id, centre(predecessors.get(block.id) ?? [], x.get(block.id) as number)]),
      );
      row.sort((a, b) => (weight.get(a.id) as number) - (weight.get(b.id) as number));
      spread(row);
    }
  const placed = new Map<number, Placed>();
  let y = 0;
  for (const row of rows) {
    for (const block of row) placed.set(block.id, { x: x.get(block.id) as number, y });
    y += row.reduce((max, block) => Math.max(max, block.height), 0) + GAP_Y;
  }
  return placed;
}
