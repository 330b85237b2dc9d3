/**
 * The code of the functions of the last compile, for the next one: a function whose IR is the same but for its places has the same code but
 * for its places.
 */
import type { AsmItem } from '../../assembler/items';
import { at } from '../../base/assert';
import type { Span } from '../../base/source';
import type { IrFunction } from '../4-ir/ir';
import { FunctionMemory } from '../4-ir/memory';
import { packFunction, PlaceIndex, type PackedFunction, type Places } from '../4-ir/pack';
import type { FunctionFigures } from './report';

export interface FunctionCode {
  readonly items: readonly AsmItem[];
  readonly figures: FunctionFigures;
}

interface CodeEntry extends FunctionCode {
  readonly input: PackedFunction;
  /** Of the input: that is where the items say that they come from. */
  readonly places: PlaceIndex;
}

/** Where something comes from, as items say it; all zero for nowhere. */
interface Placed {
  readonly node: number;
  readonly start: number;
  readonly end: number;
}

export class CodeMemory {
  private readonly entries = new FunctionMemory<CodeEntry>();

  begin(setting: string): void {
    this.entries.begin(setting);
  }

  /** The code of `fn`: as it was made before, or as `generate` makes it. */
  codeOf(unit: string, fn: IrFunction, generate: () => FunctionCode): FunctionCode {
    const input = packFunction(fn);
    if (!input) return generate();
    const key = `${unit} ${fn.name}`;
    const known = this.entries.recall(key, input, () => true);
    if (known) return { figures: known.figures, items: movedItems(known.items, new Move(known.places, input)) };
    const code = generate();
    const places = new PlaceIndex(input);
    if (placesOf(code).every((place) => isNowhere(place) || places.has(place)))
      this.entries.keep(key, { ...code, input, places });
    return code;
  }
}

const isNowhere = ({ node, start, end }: Placed): boolean => node === 0 && start === 0 && end === 0;

function placesOf({ items }: FunctionCode): Placed[] {
  const all: Placed[] = [];
  for (const item of items) {
    if (item.kind === 'instr' && item.origin) all.push(item.origin);
    if (item.kind === 'function') all.push({ node: 0, start: item.info.start, end: item.info.end });
    if (item.kind === 'label' && item.span) all.push({ node: 0, ...item.span });
  }
  return all;
}

/** From the places of a packed function to those of another that is the same otherwise. */
class Move {
  constructor(
    private readonly from: PlaceIndex,
    private readonly to: Places,
  ) {}

  apply<T extends Placed>(placed: T): T {
    return isNowhere(placed) ? placed : { ...placed, node: this.node(placed.node), ...this.span(placed) };
  }
  node(node: number): number {
    return node === 0 ? 0 : at(this.to.nodes, this.from.node(node) as number);
  }
  span(span: Span): Span {
    if (span.start === 0 && span.end === 0) return span;
    const { start, end } = at(this.to.spans, this.from.span(span) as number);
    return { start, end };
  }
}

const movedItems = (items: readonly AsmItem[], move: Move) => items.map((item) => movedItem(item, move));

function movedItem(item: AsmItem, move: Move): AsmItem {
  switch (item.kind) {
    case 'instr':
      return item.origin ? { ...item, origin: move.apply(item.origin) } : item;
    case 'function':
      return { ...item, info: { ...item.info, ...move.span(item.info) } };
    case 'label':
      return item.span ? { ...item, span: move.span(item.span) } : item;
    default:
      return item;
  }
}
