/** Selection of switches: a jump table where the cases are dense and many, else a tree of comparisons with short chains as leaves. */
import type { SwitchInstr } from '../4-ir/ir';
import { addEdge, BYTE, COND, type MBlock } from './mir';
import type { Selector } from './select';

interface Case {
  readonly value: number;
  readonly target: MBlock;
}

/** A table costs seven instructions whatever the number of cases; a chain two for each case that is passed. */
const TABLE_MIN_CASES = 6;
/** Entries of a table for each case, at most. */
const TABLE_MAX_SPREAD = 3;
/** So many cases are tested one after the other. */
const CHAIN_CASES = 3;

export function selectSwitch(s: Selector, instr: SwitchInstr): void {
  const fallback = s.graph.edge(instr.block, 0);
  const cases = instr.cases
    .map((value, i): Case => ({ value, target: s.graph.edge(instr.block, i + 1) }))
    .sort((a, b) => a.value - b.value);
  const [value] = instr.args;
  if (value.type === 'i32') return wideSwitch(s, cases, s.low(value), s.high(value), fallback);
  const register = s.low(value);
  const first = cases[0];
  const last = cases[cases.length - 1];
  if (first && last && s.optimise && cases.length >= TABLE_MIN_CASES) {
    const span = last.value - first.value + 1;
    if (span <= cases.length * TABLE_MAX_SPREAD) return jumpTable(s, cases, register, first.value, span, fallback);
  }
  tree(s, cases, register, fallback);
}

const isByte = (s: Selector, register: number): boolean => (register & 3) !== 0 || s.mf.classes[register >> 2] === BYTE;

function compare(s: Selector, register: number, value: number): void {
  if (isByte(s, register)) {
    s.emit('cmpi', register, value);
    return;
  }
  const signed = (value << 16) >> 16;
  s.emit(signed >= -128 && signed < 128 ? 'cmpiw8' : 'cmpiw', register, signed);
}

function tree(s: Selector, cases: readonly Case[], register: number, fallback: MBlock): void {
  if (cases.length <= CHAIN_CASES || !s.optimise) {
    for (const c of cases) {
      compare(s, register, c.value);
      s.emit('branch', COND.eq, c.target.id);
    }
    s.emit('jmp', fallback.id);
    return;
  }
  const middle = cases.length >> 1;
  const pivot = cases[middle] as Case;
  compare(s, register, pivot.value);
  const below = leaf(s, cases.slice(0, middle), register, fallback);
  s.emit('branch', COND.ltu, below.id);
  s.emit('branch', COND.eq, pivot.target.id);
  const above = leaf(s, cases.slice(middle + 1), register, fallback);
  s.emit('jmp', above.id);
}

/** A block of its own for one half of the tree. */
function leaf(s: Selector, cases: readonly Case[], register: number, fallback: MBlock): MBlock {
  const block = s.branchBlock('switch');
  const parent = s.current;
  s.mf.blocks.splice(s.mf.blocks.indexOf(parent) + 1, 0, block);
  addEdge(parent, block);
  s.current = block;
  s.emitTo(block, () => tree(s, cases, register, fallback));
  s.current = parent;
  for (const c of cases) addEdge(block, c.target);
  addEdge(block, fallback);
  return block;
}

function jumpTable(
  s: Selector,
  cases: readonly Case[],
  register: number,
  start: number,
  span: number,
  fallback: MBlock,
): void {
  const index = s.pair();
  if (isByte(s, register)) s.emit('zxt', index, register);
  else s.emit('copy', index, register);
  const signedStart = (-start << 16) >> 16;
  if (start !== 0) s.emit(signedStart >= -128 && signedStart < 128 ? 'addiw8' : 'addiw', index, signedStart);
  compare(s, index, span);
  s.emit('branch', COND.geu, fallback.id);
  const label = `.L${s.mf.name}.switch${s.mf.tables.length}`;
  const targets = new Array<MBlock>(span).fill(fallback);
  for (const c of cases) targets[c.value - start] = c.target;
  s.mf.tables.push({ label, owner: s.current, targets });
  const entry = s.pair();
  s.emit('addw', index, index);
  s.emit('ldxw', entry, index, { symbol: label, addend: 0 });
  s.emit('ijmp', entry);
}

/** 32 bits: one comparison of two instructions a case. */
function wideSwitch(s: Selector, cases: readonly Case[], low: number, high: number, fallback: MBlock): void {
  for (const c of cases) {
    compare(s, low, c.value % 0x10000);
    s.emit('cpciw', high, Math.floor(c.value / 0x10000));
    s.emit('branch', COND.eq, c.target.id);
  }
  s.emit('jmp', fallback.id);
}
