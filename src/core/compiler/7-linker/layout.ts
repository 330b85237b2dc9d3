/**
 * Placement and branch relaxation.
 *
 * Sections of one type stand side by side: vectors at their fixed place, then text, rodata, data, bss (isa/convention.ts).
 * All branches start short. A branch that cannot reach its target grows by one word, which may push others out of reach, so
 * the rounds go on until none grows. Growing only, never shrinking, makes that a fixpoint and the result the smallest one that
 * growing can find (Szymanski, "Assembling code for machines with span-dependent instructions", CACM 1978).
 */
import { assert } from '../../base/assert';
import { CODE_BASE, VECTOR_BASE, VECTOR_COUNT } from '../../isa/convention';
import type { Diagnostic } from '../../base/diagnostic';
import type { SectionType } from '../../assembler/items';
import type { ObjectSection, Relocation } from '../../assembler/object';
import { LINK_MESSAGES } from './messages';
import { VECTOR_PREFIX, type Input, type Resolution } from './resolve';

/** A relocation with its target, once addresses may move. */
export interface Use {
  readonly relocation: Relocation;
  readonly target: Placed;
  /** Offset of the symbol in the target's section, before growth. */
  readonly targetOffset: number;
  /** True once the branch has taken the long form. */
  grown: boolean;
}

export class Placed {
  address = 0;
  /** Offsets (before growth) of the branches that have grown, ascending. */
  grownAt: number[] = [];
  uses: Use[] = [];

  constructor(readonly input: Input) {}

  get section(): ObjectSection {
    return this.input.section;
  }

  get sizeBytes(): number {
    return this.section.sizeBytes + 2 * this.grownAt.length;
  }

  /** Where an offset of the object file's section stands after growth. */
  translate(offset: number): number {
    let low = 0;
    let high = this.grownAt.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.grownAt[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return offset + 2 * low;
  }

  addressOf(offset: number): number {
    return this.address + this.translate(offset);
  }
}

export interface Region {
  readonly address: number;
  readonly sizeBytes: number;
  readonly placed: readonly Placed[];
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly vectors: readonly (Placed | undefined)[];
  readonly regions: Readonly<Record<SectionType, Region>>;
  readonly rounds: number;
  readonly diagnostics: readonly Diagnostic[];
}

const ORDER: readonly SectionType[] = ['text', 'rodata', 'data', 'bss'];
/** Every round grows a branch, so this is never met; it guards against a mistake of ours. */
const MAX_ROUNDS = 100_000;

export function layOut(resolution: Resolution): Layout {
  const diagnostics: Diagnostic[] = [];
  const placed = resolution.inputs.map((input) => new Placed(input));
  const vectors = placeVectors(placed, diagnostics);
  bindUses(placed, resolution);
  const movable = placed.filter((p) => !isVector(p));
  let rounds = 0;
  let regions = assign(movable);
  while (growRound(movable)) {
    regions = assign(movable);
    assert(++rounds < MAX_ROUNDS, 'branch relaxation does not end');
  }
  return { placed, vectors, regions, rounds: rounds + 1, diagnostics };
}

/** Whether a jump from the end of the instruction at `from` reaches with a `rel8` or `rel11` field. */
export function reaches(kind: 'rel8' | 'rel11', from: number, to: number): boolean {
  const words = (to - from - 2) / 2;
  const limit = kind === 'rel8' ? 128 : 1024;
  return words >= -limit && words < limit;
}

const isVector = (p: Placed) => p.section.name.startsWith(VECTOR_PREFIX);

function placeVectors(placed: readonly Placed[], diagnostics: Diagnostic[]): (Placed | undefined)[] {
  const vectors = new Array<Placed | undefined>(VECTOR_COUNT).fill(undefined);
  for (const p of placed.filter(isVector)) {
    const name = p.section.name;
    const text = name.slice(VECTOR_PREFIX.length);
    const number = /^\d+$/.test(text) ? Number(text) : -1;
    if (number < 0 || number >= VECTOR_COUNT || p.section.sizeBytes !== 2) {
      diagnostics.push(LINK_MESSAGES.badVector(name, p.input.object.name));
      continue;
    }
    const other = vectors[number];
    if (other) {
      diagnostics.push(LINK_MESSAGES.duplicateVector(number, other.input.object.name, p.input.object.name));
      continue;
    }
    p.address = VECTOR_BASE + 2 * number;
    vectors[number] = p;
  }
  return vectors;
}

function bindUses(placed: readonly Placed[], resolution: Resolution): void {
  const bySection = new Map(placed.map((p) => [p.section, p]));
  for (const p of placed)
    for (const relocation of p.section.relocations) {
      const definition = resolution.lookup(p.input.object, relocation.symbol);
      const section = definition?.object.sections[definition.symbol.section];
      const target = section && bySection.get(section);
      if (definition && target)
        p.uses.push({ relocation, target, targetOffset: definition.symbol.offset, grown: false });
    }
}

function assign(placed: readonly Placed[]): Record<SectionType, Region> {
  let address = CODE_BASE;
  const region = (type: SectionType): Region => {
    const start = address;
    const members = placed.filter((p) => p.section.type === type);
    for (const p of members) {
      p.address = type === 'text' ? even(address) : address;
      address = p.address + p.sizeBytes;
    }
    if (type === 'text') address = even(address);
    return { address: start, sizeBytes: address - start, placed: members };
  };
  const [text, rodata, data, bss] = ORDER.map(region) as [Region, Region, Region, Region];
  return { text, rodata, data, bss };
}

const even = (address: number) => address + (address & 1);

/** Lets every short branch grow that does not reach; true if one did. */
function growRound(placed: readonly Placed[]): boolean {
  let any = false;
  for (const p of placed) {
    const grown: number[] = [];
    for (const use of p.uses) {
      const { kind, offset, addend } = use.relocation;
      if (use.grown || (kind !== 'rel8' && kind !== 'rel11')) continue;
      if (reaches(kind, p.addressOf(offset), use.target.addressOf(use.targetOffset) + addend)) continue;
      use.grown = true;
      grown.push(offset);
    }
    if (grown.length === 0) continue;
    p.grownAt = [...p.grownAt, ...grown].sort((a, b) => a - b);
    any = true;
  }
  return any;
}
