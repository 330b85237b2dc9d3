/** Rules over short windows of machine code after register allocation: one rule a row, with the reason why it holds. */
import { DEF, isSlotRef, MInst, USE, type MBlock, type MFunction, type MOperand } from './mir';
import { printPhysical } from './report';

interface Rule {
  readonly name: string;
  readonly summary: string;
  /** Looks at instruction `i` of the block; changes the block and returns true, or returns false. */
  readonly apply: (insts: MInst[], i: number) => boolean;
}

/** How far a rule looks ahead. */
const WINDOW = 12;

export const RULES: readonly Rule[] = [
  {
    name: 'post-increment',
    summary: 'ld r, [p] … addiw p, 1 becomes ld r, [p+]: the access moves the pointer',
    apply: postIncrement,
  },
  {
    name: 'pre-decrement',
    summary: 'addiw p, -1 … ld r, [p] becomes ld r, [-p]',
    apply: preDecrement,
  },
  {
    name: 'compare-with-zero',
    summary: 'a comparison with 0 of what the instruction before computed is in the flags already',
    apply: compareWithZero,
  },
  {
    name: 'two-bytes-are-a-pair',
    summary: 'mov of both halves becomes one movw, ldi of both halves one ldiw',
    apply: joinHalves,
  },
  {
    name: 'reload-after-store',
    summary: 'a load from the stack slot that was just stored is a move, or nothing',
    apply: reloadAfterStore,
  },
  {
    name: 'move-back',
    summary: 'mov a, b; mov b, a: the second changes nothing',
    apply: moveBack,
  },
];

/** Told what a rule found: the instruction that it began with, and how that read before. */
export type Finding = (rule: string, inst: MInst, text: string) => void;

/** Applies the rules to every block until none fits; returns how often each did. */
export function optimisePeepholes(fn: MFunction, optimise: boolean, finding?: Finding): Record<string, number> {
  const hits: Record<string, number> = {};
  if (!optimise) return hits;
  for (const block of fn.blocks) sweep(fn, block, hits, finding);
  return hits;
}

function sweep(fn: MFunction, block: MBlock, hits: Record<string, number>, finding: Finding | undefined): void {
  for (let i = 0; i < block.insts.length; i++) {
    const inst = block.insts[i] as MInst;
    const before = finding && printPhysical(fn, inst);
    const rule = RULES.find(({ apply }) => apply(block.insts, i));
    if (!rule) continue;
    hits[rule.name] = (hits[rule.name] ?? 0) + 1;
    if (before !== undefined) finding?.(rule.name, inst, before);
    i = Math.max(-1, i - 2);
  }
}

// ---------------------------------------------------------------- what an instruction touches

/** Bits of the byte registers in an operand of a physical instruction. */
function bits(inst: MInst, index: number): number {
  const op = inst.ops[index];
  if (typeof op !== 'number') return 0;
  return inst.info.kinds[index] === 'pair' ? 3 << (2 * op) : 1 << op;
}

function touched(inst: MInst, role: number): number {
  let mask = 0;
  const { roles } = inst.info;
  for (let i = 0; i < roles.length; i++) if (((roles[i] as number) & role) !== 0) mask |= bits(inst, i);
  const implicit = role === USE ? inst.uses : inst.defs;
  for (const operand of implicit ?? []) {
    const part = operand & 3;
    mask |= part === 0 ? 3 << (2 * (operand >> 2)) : 1 << (2 * (operand >> 2) + part - 1);
  }
  return mask;
}
const reads = (inst: MInst): number => touched(inst, USE);
const writes = (inst: MInst): number => touched(inst, DEF);

/** Control comes or goes here, or something unknown happens. */
function isBarrier(inst: MInst): boolean {
  switch (inst.form) {
    case 'label':
    case 'asm':
    case 'branch':
    case 'jmp':
    case 'ijmp':
    case 'call':
    case 'icall':
    case 'ret':
    case 'reti':
    case 'tail':
    case 'trap':
    case 'halt':
      return true;
    default:
      return false;
  }
}

/** Whether the flags that instruction `i` writes are read before others replace them. Flags do not live across blocks. */
function flagsRead(insts: readonly MInst[], i: number): boolean {
  for (let j = i + 1; j < insts.length; j++) {
    const inst = insts[j] as MInst;
    if (inst.info.readsFlags) return true;
    if (inst.info.writesFlags || inst.form === 'call' || inst.form === 'icall') return false;
  }
  return false;
}

function like(inst: MInst, form: MInst['form'], ops: MOperand[]): MInst {
  const made = new MInst(form, ops);
  made.ir = inst.ir;
  made.origin = inst.origin;
  made.note = inst.note;
  made.keep = inst.keep;
  return made;
}

// ---------------------------------------------------------------- rules

const POST: Partial<
  Record<MInst['form'], { form: 'ldinc' | 'ldincw' | 'stinc' | 'stincw'; size: number; pointer: number }>
> = {
  ld: { form: 'ldinc', size: 1, pointer: 1 },
  ldw: { form: 'ldincw', size: 2, pointer: 1 },
  st: { form: 'stinc', size: 1, pointer: 0 },
  stw: { form: 'stincw', size: 2, pointer: 0 },
};

/** The operands of [p+0] accesses without their displacement. */
const plainAccess = (inst: MInst) => {
  const row = POST[inst.form];
  const displacement = inst.ops[(row?.pointer ?? 0) + 1];
  return row && displacement === 0 ? row : undefined;
};

function postIncrement(insts: MInst[], i: number): boolean {
  const access = insts[i] as MInst;
  const row = plainAccess(access);
  if (!row) return false;
  const pointer = access.ops[row.pointer] as number;
  const mask = 3 << (2 * pointer);
  const other = access.ops[row.pointer === 1 ? 0 : 2] as number;
  const otherMask = row.size === 2 ? 3 << (2 * other) : 1 << other;
  if ((otherMask & mask) !== 0) return false;
  for (let j = i + 1; j < insts.length && j <= i + WINDOW; j++) {
    const step = insts[j] as MInst;
    if (step.form === 'addiw8' && step.ops[0] === pointer) {
      if (step.ops[1] !== row.size || flagsRead(insts, j)) return false;
      insts.splice(j, 1);
      const ops = row.pointer === 1 ? [access.ops[0], pointer] : [pointer, access.ops[2]];
      insts[i] = like(access, row.form, ops as MOperand[]);
      return true;
    }
    if (isBarrier(step) || ((reads(step) | writes(step)) & mask) !== 0) return false;
  }
  return false;
}

function preDecrement(insts: MInst[], i: number): boolean {
  const step = insts[i] as MInst;
  if (step.form !== 'addiw8' || (step.ops[1] !== -1 && step.ops[1] !== -2) || flagsRead(insts, i)) return false;
  const pointer = step.ops[0] as number;
  const mask = 3 << (2 * pointer);
  for (let j = i + 1; j < insts.length && j <= i + WINDOW; j++) {
    const access = insts[j] as MInst;
    const row = plainAccess(access);
    if (row && access.ops[row.pointer] === pointer && row.size === -(step.ops[1] as number)) {
      const other = access.ops[row.pointer === 1 ? 0 : 2] as number;
      if (((row.size === 2 ? 3 << (2 * other) : 1 << other) & mask) !== 0) return false;
      const form = row.form.replace('inc', 'dec') as 'lddec';
      const ops = row.pointer === 1 ? [access.ops[0], pointer] : [pointer, access.ops[2]];
      insts[j] = like(access, form, ops as MOperand[]);
      insts.splice(i, 1);
      return true;
    }
    if (isBarrier(access) || ((reads(access) | writes(access)) & mask) !== 0) return false;
  }
  return false;
}

/** Conditions that only ask for Z, or Z and N: eq, ne, mi, pl. */
const ZERO_CONDITIONS = new Set([0, 1, 10, 11]);

function compareWithZero(insts: MInst[], i: number): boolean {
  const compare = insts[i] as MInst;
  const isZero =
    ((compare.form === 'cmpi' || compare.form === 'cmpiw8') && compare.ops[1] === 0) ||
    (compare.form === 'tst' && compare.ops[0] === compare.ops[1]);
  if (!isZero) return false;
  const isPair = compare.form === 'cmpiw8';
  const register = compare.ops[0] as number;
  const mask = isPair ? 3 << (2 * register) : 1 << register;
  for (let j = i + 1; j < insts.length; j++) {
    const user = insts[j] as MInst;
    if (user.info.readsFlags) {
      if (user.form !== 'branch' && user.form !== 'set') return false;
      if (!ZERO_CONDITIONS.has(user.ops[0] as number)) return false;
    }
    if (user.info.writesFlags) break;
  }
  for (let j = i - 1; j >= 0; j--) {
    const maker = insts[j] as MInst;
    if (isBarrier(maker)) return false;
    if (maker.info.writesFlags) {
      const first = maker.ops[0];
      const makesIt = maker.info.flagsOfResult && first === register && bits(maker, 0) === mask;
      if (!makesIt || maker.info.readsFlags || maker.form === 'ldinc') return false;
      insts.splice(i, 1);
      return true;
    }
    if ((writes(maker) & mask) !== 0) return false;
  }
  return false;
}

function joinHalves(insts: MInst[], i: number): boolean {
  const a = insts[i] as MInst;
  const b = insts[i + 1];
  if (!b || a.form !== b.form || (a.form !== 'mov' && a.form !== 'ldi')) return false;
  const [da, sa] = a.ops as [MOperand, MOperand];
  const [db, sb] = b.ops as [MOperand, MOperand];
  if (typeof da !== 'number' || typeof db !== 'number' || (da ^ db) !== 1) return false;
  if (typeof sa !== 'number' || typeof sb !== 'number') return false;
  const [low, high] = da < db ? [sa, sb] : [sb, sa];
  if (a.form === 'mov') {
    if ((low & 1) !== 0 || high !== low + 1) return false;
    insts.splice(i, 2, like(a, 'movw', [da >> 1, low >> 1]));
    return true;
  }
  const value = (((high & 0xff) << 24) >> 16) | (low & 0xff);
  if (value < -128 || value > 127) return false;
  insts.splice(i, 2, like(a, 'ldiw8', [da >> 1, value]));
  return true;
}

function reloadAfterStore(insts: MInst[], i: number): boolean {
  const store = insts[i] as MInst;
  if (store.form !== 'stsp' && store.form !== 'stspw') return false;
  const place = store.ops[0];
  if (!isSlotRef(place) || place.slot.kind !== 'spill') return false;
  const register = store.ops[1] as number;
  const mask = store.form === 'stspw' ? 3 << (2 * register) : 1 << register;
  for (let j = i + 1; j < insts.length && j <= i + WINDOW; j++) {
    const load = insts[j] as MInst;
    const from = load.ops[1];
    const isSame = isSlotRef(from) && from.slot === place.slot && from.offset === place.offset;
    if (isSame && load.form === (store.form === 'stspw' ? 'ldspw' : 'ldsp')) {
      const to = load.ops[0] as number;
      if (to === register) insts.splice(j, 1);
      else insts[j] = like(load, store.form === 'stspw' ? 'movw' : 'mov', [to, register]);
      return true;
    }
    // Something else is stored there before it is loaded.
    if (load.ops.some((op, n) => n !== 1 && isSlotRef(op) && op.slot === place.slot)) return false;
    if (isBarrier(load) || (writes(load) & mask) !== 0) return false;
  }
  return false;
}

function moveBack(insts: MInst[], i: number): boolean {
  const a = insts[i] as MInst;
  const b = insts[i + 1];
  if (!b || (a.form !== 'mov' && a.form !== 'movw') || b.form !== a.form) return false;
  if (a.ops[0] !== b.ops[1] || a.ops[1] !== b.ops[0]) return false;
  insts.splice(i + 1, 1);
  return true;
}
