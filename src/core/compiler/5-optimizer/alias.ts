/**
 * What memory an instruction may touch: a simple alias analysis on the roots of addresses. Two accesses do not meet if they go to
 * different objects that have a name (a global, an alloca), or to one object at ranges that do not overlap, or if one goes to an
 * alloca whose address never left the function's loads and stores.
 */
import { collectUses, usersIn, type Uses } from '../4-ir/uses';
import { WIDTH, type AllocaInstr, type Instr, type IrFunction, type IrType, type Value } from '../4-ir/ir';

/** Where an address points. */
export interface Root {
  /** The alloca, the symbol's name, or the value that the address is computed from. */
  readonly base: Value | string;
  /** Bytes from the base if known. */
  readonly offset: number | undefined;
}

export const bytesOfType = (type: IrType): number => Math.max(1, WIDTH[type] >> 3);

/** Additions that are followed on the way to an object; longer chains make an address unknown, or let an alloca escape. */
const DEPTH_LIMIT = 6;

/** Follows additions down to what an address is computed from. */
export function rootOf(address: Value): Root {
  let value = address;
  let offset = 0;
  while ((value.op === 'add' || value.op === 'sub') && value.args[1].op === 'const') {
    const step = (value.args[1].value << 16) >> 16;
    offset += value.op === 'add' ? step : -step;
    value = value.args[0];
  }
  if (value.op === 'symbol') return { base: value.symbol, offset: offset + value.offset };
  if (value.op !== 'add' && value.op !== 'sub') return { base: value, offset };
  const object = findObject(value, DEPTH_LIMIT);
  if (object?.op === 'symbol') return { base: object.symbol, offset: undefined };
  return object ? { base: object, offset: undefined } : { base: value, offset };
}

/**
 * The global or alloca that a sum points into. A difference of two pointers into one object is a number; what is then still made of
 * several objects points nowhere that is known.
 */
function findObject(sum: Value, depth: number): Value | undefined {
  const [first, ...others] = objectsOf(sum, depth).filter(({ times }) => times !== 0);
  return first?.times === 1 && others.length === 0 ? first.object : undefined;
}

interface Counted {
  readonly object: Value;
  /** How often it is added, less how often it is taken away. */
  times: number;
}

/** The globals and allocas that a sum is made of. */
function objectsOf(sum: Value, depth: number): readonly Counted[] {
  const objects: Counted[] = [];
  const count = (value: Value, sign: number, left: number): void => {
    if (value.op === 'symbol' || value.op === 'alloca') {
      const known = objects.find(({ object }) => isSameObject(object, value));
      if (known) known.times += sign;
      else objects.push({ object: value, times: sign });
    } else if (left > 0 && (value.op === 'add' || value.op === 'sub')) {
      count(value.args[0], sign, left - 1);
      count(value.args[1], value.op === 'add' ? sign : -sign, left - 1);
    }
  };
  count(sum, 1, depth);
  return objects;
}

const isSameObject = (a: Value, b: Value): boolean =>
  a === b || (a.op === 'symbol' && b.op === 'symbol' && a.symbol === b.symbol);

/** Whether `size` bytes at `a` and `otherSize` bytes at `b` may share a byte. */
export function mayOverlap(a: Value, size: number, b: Value, otherSize: number): boolean {
  const x = rootOf(a);
  const y = rootOf(b);
  const sameBase = x.base === y.base;
  if (!sameBase) {
    if (isNamed(x) && isNamed(y)) return false;
    if (isPrivate(x) || isPrivate(y)) return false;
    return true;
  }
  if (x.offset === undefined || y.offset === undefined) return true;
  return x.offset < y.offset + otherSize && y.offset < x.offset + size;
}

const isNamed = (root: Root): boolean => typeof root.base === 'string' || root.base.op === 'alloca';

/** Allocas whose address goes nowhere but into loads and stores; marked by `markPrivateAllocas`. */
const privateAllocas = new WeakSet<AllocaInstr>();
const isPrivate = (root: Root): boolean => typeof root.base !== 'string' && isPrivateAlloca(root.base);
export const isPrivateAlloca = (value: Value): boolean => value.op === 'alloca' && privateAllocas.has(value);

/** Finds the allocas that no pointer can reach; call at the start of a pass that asks about memory. */
export function markPrivateAllocas(fn: IrFunction): void {
  const allocas: AllocaInstr[] = [];
  for (const block of fn.blocks) for (const instr of block.instrs) if (instr.op === 'alloca') allocas.push(instr);
  if (allocas.length === 0) return;
  const uses = collectUses(fn);
  for (const alloca of allocas) {
    if (escapes(alloca, uses, DEPTH_LIMIT)) privateAllocas.delete(alloca);
    else privateAllocas.add(alloca);
  }
}

function escapes(address: Instr, uses: Uses, depth: number): boolean {
  return usersIn(uses, address).some((user) => {
    if (user.op === 'add' || (user.op === 'sub' && user.args[0] === address)) {
      // Of a sum with a second object nobody could say that it points into this one.
      const other = user.args[0] === address ? user.args[1] : user.args[0];
      return depth === 0 || objectsOf(other, DEPTH_LIMIT).length > 0 || escapes(user, uses, depth - 1);
    }
    return (user.args as Value[]).some((arg, operand) => arg === address && !harmless(user, operand));
  });
}

function harmless(instr: Instr, operand: number): boolean {
  switch (instr.op) {
    case 'load':
    case 'dbg':
    case 'icmp':
      return true;
    case 'store':
      return operand === 0;
    case 'intrinsic':
      return instr.intrinsic === 'memcpy' || (instr.intrinsic === 'memset' && operand === 0);
    default:
      return false;
  }
}

/** Whether `instr` may change the value of type `type` at `address`. */
export function mayClobber(instr: Instr, address: Value, type: IrType): boolean {
  const size = bytesOfType(type);
  switch (instr.op) {
    case 'store':
      return mayOverlap(instr.args[0], bytesOfType(instr.args[1].type), address, size);
    case 'call':
    case 'asm':
      return !isPrivate(rootOf(address));
    case 'intrinsic':
      if (instr.intrinsic === 'memcpy' || instr.intrinsic === 'memset')
        return mayOverlap(instr.args[0] as Value, instr.sizeBytes, address, size);
      // Ports, interrupts and other cores: an interrupt handler may run at any of these.
      return instr.intrinsic !== 'vastart' && instr.intrinsic !== 'halt' && !isPrivate(rootOf(address));
    default:
      return false;
  }
}

/** Whether `instr` may read any of `size` bytes at `address`. */
export function mayRead(instr: Instr, address: Value, size: number): boolean {
  switch (instr.op) {
    case 'load':
      return mayOverlap(instr.args[0], bytesOfType(instr.type), address, size);
    case 'call':
    case 'asm':
    case 'ret':
    case 'trap':
      return instr.op === 'call' || instr.op === 'asm' ? !isPrivate(rootOf(address)) : true;
    case 'intrinsic':
      if (instr.intrinsic === 'memcpy') return mayOverlap(instr.args[1] as Value, instr.sizeBytes, address, size);
      if (instr.intrinsic === 'memset' || instr.intrinsic === 'vastart') return false;
      return !isPrivate(rootOf(address));
    default:
      return false;
  }
}
