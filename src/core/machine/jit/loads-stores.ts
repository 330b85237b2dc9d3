/** Loads and stores to WebAssembly: address, checks, the access (access.ts), and what else the instruction moves. */
import { account, guard, popGuard, pushGuard } from './access';
import type { Emitter } from './emitter';
import { BYTE, cut, PAIR, type Operation, type Operations, type Width } from './operation';
import type { GuestInstr } from './piece';
import { OP as W } from './wasm';

/** Emits something that has to do with the address, which a local holds. */
type WithAddress = (e: Emitter, i: GuestInstr, address: number) => void;
/** Which register of the instruction. */
type Field = 'a' | 'b' | 'c';

export const LOADS_STORES: Operations = {
  lda: load(BYTE, fixed),
  ldaw: load(PAIR, fixed),
  sta: store(BYTE, 'a', fixed),
  staw: store(PAIR, 'a', fixed),
  ldsp: load(BYTE, fromStack),
  ldspx: load(BYTE, fromStack),
  ldspw: load(PAIR, fromStack),
  ldspxw: load(PAIR, fromStack),
  stsp: store(BYTE, 'a', fromStack),
  stspx: store(BYTE, 'a', fromStack),
  stspw: store(PAIR, 'a', fromStack),
  stspxw: store(PAIR, 'a', fromStack),
  ld: load(BYTE, behind('b')),
  ldx: load(BYTE, behind('b')),
  ldw: load(PAIR, behind('b')),
  ldxw: load(PAIR, behind('b')),
  st: store(BYTE, 'b', behind('a')),
  stx: store(BYTE, 'b', behind('a')),
  stw: store(PAIR, 'b', behind('a')),
  stxw: store(PAIR, 'b', behind('a')),
  ldi2: load(BYTE, sumOf('b', 'c')),
  ldi2w: load(PAIR, sumOf('b', 'c')),
  sti2: store(BYTE, 'c', sumOf('a', 'b')),
  sti2w: store(PAIR, 'c', sumOf('a', 'b')),
  ldinc: load(BYTE, at('b', 0), walk('b', 1)),
  ldincw: load(PAIR, at('b', 0), walk('b', 2)),
  lddec: load(BYTE, at('b', -1), walk('b', 0)),
  lddecw: load(PAIR, at('b', -2), walk('b', 0)),
  stinc: store(BYTE, 'b', at('a', 0), walk('a', 1)),
  stincw: store(PAIR, 'b', at('a', 0), walk('a', 2)),
  stdec: store(BYTE, 'b', at('a', -1), walk('a', 0)),
  stdecw: store(PAIR, 'b', at('a', -2), walk('a', 0)),
  push: push(BYTE),
  pushw: push(PAIR),
  pop: pop(BYTE),
  popw: pop(PAIR),
};

/** `after` is done between the access and the change of the register: the address is still needed, and nothing can leave any more. */
function load(width: Width, address: WithAddress, after?: WithAddress): Operation {
  return (e, i, plan, site) => {
    const local = e.temp();
    address(e, i, local);
    guard(e, plan, local, bytesOf(width), false);
    account(e, plan, local, bytesOf(width), false, site);
    after?.(e, i, local);
    pushLoaded(e, width, local);
    width.set(e, i.a);
  };
}

function store(width: Width, value: Field, address: WithAddress, after?: WithAddress): Operation {
  return (e, i, plan, site) => {
    const local = e.temp();
    address(e, i, local);
    guard(e, plan, local, bytesOf(width), true);
    const held = hold(e, width, i[value]);
    account(e, plan, local, bytesOf(width), true, site);
    after?.(e, i, local);
    storeHeld(e, width, local, held);
  };
}

function push(width: Width): Operation {
  return (e, i, plan, site) => {
    const address = e.temp();
    pushGuard(e, address, bytesOf(width), site);
    const held = hold(e, width, i.a);
    account(e, plan, address, bytesOf(width), true, site);
    e.f.get(address).set(e.sp);
    storeHeld(e, width, address, held);
  };
}

function pop(width: Width): Operation {
  return (e, i, plan, site) => {
    const address = e.temp();
    popGuard(e, address, site);
    account(e, plan, address, bytesOf(width), false, site);
    // The guard has seen to it that SP stays within 16 bits.
    e.f.get(address).i32(bytesOf(width)).op(W.i32Add).set(e.sp);
    pushLoaded(e, width, address);
    width.set(e, i.a);
  };
}

const bytesOf = (width: Width): 1 | 2 => (width === PAIR ? 2 : 1);

function pushLoaded(e: Emitter, width: Width, address: number): void {
  e.f.get(address);
  if (width === PAIR) e.f.load16u(0);
  else e.f.load8u(0);
}

/** The value to be stored, in a local: what is done after the access may change the register. */
function hold(e: Emitter, width: Width, register: number): number {
  const held = e.temp();
  width.get(e, register);
  e.f.set(held);
  return held;
}

function storeHeld(e: Emitter, width: Width, address: number, held: number): void {
  e.f.get(address).get(held);
  if (width === PAIR) e.f.store16(0);
  else e.f.store8(0);
}

// Addresses.

function fixed(e: Emitter, i: GuestInstr, address: number): void {
  e.f.i32(i.k).set(address);
}

function fromStack(e: Emitter, i: GuestInstr, address: number): void {
  e.f.get(e.sp);
  moveBy(e, i.k);
  e.f.set(address);
}

/** The constant behind a pair. */
function behind(pair: Field): WithAddress {
  return (e, i, address) => {
    e.getPair(i[pair]);
    moveBy(e, i.k);
    e.f.set(address);
  };
}

function at(pair: Field, by: number): WithAddress {
  return (e, i, address) => {
    e.getPair(i[pair]);
    moveBy(e, by);
    e.f.set(address);
  };
}

function sumOf(p: Field, q: Field): WithAddress {
  return (e, i, address) => {
    e.getPair(i[p]);
    e.getPair(i[q]);
    e.f.op(W.i32Add);
    cut(e, PAIR);
    e.f.set(address);
  };
}

/** The pair goes on to behind the address. */
function walk(pair: Field, by: number): WithAddress {
  return (e, i, address) => {
    e.f.get(address);
    moveBy(e, by);
    e.setPair(i[pair]);
  };
}

function moveBy(e: Emitter, by: number): void {
  if (by === 0) return;
  e.f.i32(by).op(W.i32Add);
  cut(e, PAIR);
}
