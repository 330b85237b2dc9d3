/** Fills in addresses: the bytes of each placed section with its branches grown and its relocations patched. */
import { assert, at } from '../../base/assert';
import type { Diagnostic } from '../../base/diagnostic';
import type { SourceMap } from '../../base/source';
import { decode, encode } from '../../isa/codec';
import { CONDITIONS, type FormId } from '../../isa/table';
import type { Relocation } from '../../assembler/object';
import { reaches, type Layout, type Placed, type Use } from './layout';
import { LINK_MESSAGES } from './messages';
import type { RelaxedBranch, ReportRelocation } from './report';
import { spanOfRelocation } from './resolve';

export interface Patched {
  readonly bytes: ReadonlyMap<Placed, Uint8Array>;
  readonly relocations: readonly ReportRelocation[];
  readonly relaxed: readonly RelaxedBranch[];
  readonly shortBranches: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Short form of a jump -> its long form, which takes the target's address instead of a distance. */
const LONG_FORM: Partial<Record<FormId, FormId>> = { branch: 'brancha', jmp: 'jmpa', call: 'calla' };

export function patch(layout: Layout, sources: SourceMap | undefined): Patched {
  const bytes = new Map<Placed, Uint8Array>();
  const relocations: ReportRelocation[] = [];
  const relaxed: RelaxedBranch[] = [];
  const diagnostics: Diagnostic[] = [];
  let shortBranches = 0;
  for (const p of layout.placed) {
    const out = grow(p);
    bytes.set(p, out);
    for (const use of p.uses) {
      const target = use.target.addressOf(use.targetOffset) + use.relocation.addend;
      const before = view(p, use, out);
      const problem = use.grown ? undefined : apply(use.relocation, p, target, out);
      const isJump = use.relocation.kind === 'rel8' || use.relocation.kind === 'rel11';
      if (isJump && !use.grown) shortBranches++;
      if (use.grown) relaxed.push(growOne(p, use, target, out));
      if (problem === 'reach' || (isJump && (target & 1) !== 0)) {
        const make = problem === 'reach' ? LINK_MESSAGES.outOfReach : LINK_MESSAGES.oddTarget;
        const span = spanOfRelocation(p.input, use.relocation.offset, sources);
        diagnostics.push(make(span, use.relocation.symbol, `${p.section.name} of ${p.input.object.name}`));
      }
      relocations.push({
        object: p.input.object.name,
        section: p.section.name,
        address: p.addressOf(use.relocation.offset),
        kind: use.relocation.kind,
        symbol: use.relocation.symbol,
        addend: use.relocation.addend,
        target: target & 0xffff,
        before,
        after: view(p, use, out),
      });
    }
  }
  return { bytes, relocations, relaxed, shortBranches, diagnostics };
}

/** The section's bytes with a zero word after each branch that has grown. */
function grow(p: Placed): Uint8Array {
  const { bytes } = p.section;
  if (p.grownAt.length === 0) return bytes.slice();
  const out = new Uint8Array(p.sizeBytes);
  let from = 0;
  let to = 0;
  for (const offset of p.grownAt) {
    const end = offset + 2;
    out.set(bytes.subarray(from, end), to);
    to += end - from + 2;
    from = end;
  }
  out.set(bytes.subarray(from), to);
  return out;
}

/** The bytes that a relocation covers, for the report. */
function view(p: Placed, use: Use, out: Uint8Array): number[] {
  const { kind, offset } = use.relocation;
  const start = p.translate(offset);
  const sizeBytes = kind === 'lo8' || kind === 'hi8' ? 1 : use.grown ? 4 : 2;
  return [...out.subarray(start, start + sizeBytes)];
}

function apply(relocation: Relocation, p: Placed, target: number, out: Uint8Array): 'reach' | undefined {
  const offset = p.translate(relocation.offset);
  switch (relocation.kind) {
    case 'abs16':
      put16(out, offset, target);
      return undefined;
    case 'lo8':
      out[offset] = target & 0xff;
      return undefined;
    case 'hi8':
      out[offset] = (target >> 8) & 0xff;
      return undefined;
    case 'rel8':
    case 'rel11': {
      const from = p.address + offset;
      if (!reaches(relocation.kind, from, target)) return 'reach';
      const words = (target - from - 2) >> 1;
      const mask = relocation.kind === 'rel8' ? 0xff : 0x7ff;
      put16(out, offset, (get16(out, offset) & ~mask) | (words & mask));
      return undefined;
    }
  }
}

function growOne(p: Placed, use: Use, target: number, out: Uint8Array): RelaxedBranch {
  const offset = p.translate(use.relocation.offset);
  const short = decode(get16(out, offset), 0);
  const long = short && LONG_FORM[short.form.id];
  assert(short && long, 'only branches, jumps and calls have a relative relocation');
  const words = encode(long, [...short.operands.slice(0, -1), target & 0xffff]);
  words.forEach((word, i) => put16(out, offset + 2 * i, word));
  const condition = short.form.id === 'branch' ? at(CONDITIONS, at(short.operands, 0)).name : '';
  return {
    object: p.input.object.name,
    section: p.section.name,
    address: p.address + offset,
    from: short.form.mnemonic.replace('{c}', condition),
    to: long,
    target: use.relocation.symbol,
    distanceBytes: target - (p.address + offset + 4),
  };
}

function get16(bytes: Uint8Array, offset: number): number {
  return at(bytes, offset) | (at(bytes, offset + 1) << 8);
}

function put16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value & 0xff;
  bytes[offset + 1] = (value >> 8) & 0xff;
}
