/**
 * THE instruction table: the only place where an instruction is described. Encoder, decoder, assembler, disassembler, editor
 * hovers, docs/isa.md and the code generator's costs derive from it.
 *
 * One 16-bit word an instruction, plus an optional 16-bit immediate word. `pattern` is the first word, most significant bit
 * first; a letter names an operand field, `k` is always the second word. Operands stand in the order in which assembly writes
 * them. A row is one *form*; forms that share a mnemonic are told apart by their operands (the assembler takes the shortest fit).
 *
 * Time: `cycles` is the execute time. Each byte on the data bus adds the time of the L1D access (a word is two bus cycles). The fetch
 * of the next instruction overlaps execution, so an L1I hit adds nothing and only a miss shows. `taken` is added by a taken branch.
 *
 * Flags: C carry (borrow after a subtraction), Z zero, N negative, V signed overflow, I interrupts enabled. Flag letters in
 * lower case mark the sticky Z of ADC, SBC and CPC: Z stays set only if it was set and this result is zero too, so that a chain
 * compares a multi-byte value. A shift by a constant leaves the last bit shifted out in C; shifts, rotations and logic clear V.
 */

/** What a field of an instruction holds. */
export type OperandKind =
  | 'reg' // r0..r15
  | 'pair' // w0..w7; wN = r(2N+1):r(2N), the odd register is the high byte
  | 'imm8' // 8 bits; assembly accepts -128..255
  | 'simm8' // 8 bits, sign-extended: -128..127
  | 'uimm8' // 8 bits, zero-extended: 0..255
  | 'imm16' // second word; assembly accepts -32768..65535 and symbols
  | 'addr16' // second word: an address; assembly accepts symbols
  | 'disp' // unsigned displacement, width from the pattern
  | 'disp16' // second word: displacement added modulo 65536
  | 'rel' // signed word offset from the next instruction, width from the pattern
  | 'bit' // 0..7
  | 'count' // 1..8, stored as count - 1
  | 'cond' // condition code, see CONDITIONS
  | 'port'; // second word: port number 0..255

export interface Field {
  /** Letter in the pattern, or `k` for the second word. */
  readonly letter: string;
  readonly kind: OperandKind;
}

export interface InstructionForm {
  /** Unique name of the form; the key that engines and code generator use. */
  readonly id: FormId;
  /** As assembly writes it; `{c}` stands for the condition's name. */
  readonly mnemonic: string;
  readonly pattern: string;
  readonly fields: readonly Field[];
  /** Operand text, with `{x}` for field x. */
  readonly syntax: string;
  readonly words: 1 | 2;
  readonly cycles: number;
  /** Extra cycles when a branch is taken, or per bit for a shift by a register or by an immediate count. */
  readonly extra?: { readonly cycles: number; readonly per: 'taken' | 'bit' };
  /** Flags written: letters of CZNVI, `z` for the sticky Z; empty when none. */
  readonly flags: string;
  /** Bytes read from and written to data memory. */
  readonly reads: 0 | 1 | 2;
  readonly writes: 0 | 1 | 2;
  readonly group: Group;
  /** What it does, as a formula. */
  readonly effect: string;
  /** What happens in the steps decode / execute / store, in words (fetch is the same for all). */
  readonly steps: readonly [decode: string, execute: string, store: string];
  readonly example: string;
}

export const GROUPS = {
  move: 'Moves and constants',
  alu8: 'Arithmetic and logic on bytes',
  alu16: 'Arithmetic and logic on pairs',
  shift: 'Shifts and bits',
  memory: 'Memory',
  stack: 'Stack',
  control: 'Jumps, branches and calls',
  system: 'System and ports',
} as const;
export type Group = keyof typeof GROUPS;

/** Condition codes by number: name, test, meaning. A code XOR 1 is its opposite. */
export const CONDITIONS = [
  { name: 'eq', test: 'Z', meaning: 'equal' },
  { name: 'ne', test: '!Z', meaning: 'not equal' },
  { name: 'ltu', test: 'C', meaning: 'below, unsigned' },
  { name: 'geu', test: '!C', meaning: 'not below, unsigned' },
  { name: 'leu', test: 'C | Z', meaning: 'not above, unsigned' },
  { name: 'gtu', test: '!(C | Z)', meaning: 'above, unsigned' },
  { name: 'lt', test: 'N ^ V', meaning: 'less, signed' },
  { name: 'ge', test: '!(N ^ V)', meaning: 'not less, signed' },
  { name: 'le', test: '(N ^ V) | Z', meaning: 'not greater, signed' },
  { name: 'gt', test: '!((N ^ V) | Z)', meaning: 'greater, signed' },
  { name: 'mi', test: 'N', meaning: 'negative' },
  { name: 'pl', test: '!N', meaning: 'not negative' },
  { name: 'vs', test: 'V', meaning: 'overflow' },
  { name: 'vc', test: '!V', meaning: 'no overflow' },
] as const;
export type ConditionName = (typeof CONDITIONS)[number]['name'];

/** Bits of the flag register, as PUSH on an interrupt stores it. */
export const FLAG = { C: 1, Z: 2, N: 4, V: 8, I: 16 } as const;

/** A form as it is written down below; defaults are filled in by `FORMS`. */
interface Row<I extends string = string> {
  readonly id: I;
  readonly m?: string;
  readonly bits: string;
  readonly syntax: string;
  readonly kinds: Kinds;
  readonly cycles: number;
  readonly extra?: { readonly cycles: number; readonly per: 'taken' | 'bit' };
  readonly flags?: string;
  readonly reads?: 1 | 2;
  readonly writes?: 1 | 2;
  readonly group: Group;
  readonly effect: string;
  readonly execute: string;
  readonly store: string;
  readonly example: string;
}

type Kinds = Readonly<Record<string, OperandKind>>;
const NONE: Kinds = {};
const REG: Kinds = { d: 'reg' };
const RR: Kinds = { d: 'reg', s: 'reg' };
const W: Kinds = { p: 'pair' };
const WW: Kinds = { p: 'pair', q: 'pair' };
const WR: Kinds = { p: 'pair', s: 'reg' };

const alu8 = <I extends string>(
  id: I,
  code: string,
  flags: string,
  effect: string,
  execute: string,
  store = 'the result to {d}, and flags',
): Row<I> => ({
  id,
  bits: `0001${code}ddddssss`,
  syntax: '{d}, {s}',
  kinds: RR,
  cycles: 1,
  flags,
  group: 'alu8',
  effect,
  execute,
  store,
  example: `${id} r0, r1`,
});
const alu16 = <I extends string>(
  id: I,
  code: string,
  flags: string,
  effect: string,
  execute: string,
  store = 'the result to {p}, and flags',
): Row<I> => ({
  id,
  bits: `0010${code}pppqqq`,
  syntax: '{p}, {q}',
  kinds: WW,
  cycles: 2,
  flags,
  group: 'alu16',
  effect,
  execute,
  store,
  example: `${id} w0, w1`,
});
const unary8 = <I extends string>(
  id: I,
  code: string,
  flags: string,
  effect: string,
  execute: string,
  group: Group = 'alu8',
): Row<I> => ({
  id,
  bits: `00000000${code}dddd`,
  syntax: '{d}',
  kinds: REG,
  cycles: 1,
  flags,
  group,
  effect,
  execute,
  store: 'the result to {d}, and flags',
  example: `${id} r4`,
});
const unary16 = <I extends string>(
  id: I,
  code: string,
  cycles: number,
  flags: string,
  effect: string,
  execute: string,
  group: Group = 'alu16',
): Row<I> => ({
  id,
  bits: `00000000${code}ppp`,
  syntax: '{p}',
  kinds: W,
  cycles,
  flags,
  group,
  effect,
  execute,
  store: 'the result to {p}, and flags',
  example: `${id} w2`,
});
const imm8 = <I extends string>(
  id: I,
  m: string,
  bits: string,
  flags: string,
  effect: string,
  execute: string,
  store: string,
  example: string,
  kind: OperandKind = 'imm8',
): Row<I> => ({
  id,
  m,
  bits,
  syntax: bits.length > 16 ? '{d}, {k}' : '{d}, {i}',
  kinds: bits.length > 16 ? { d: 'reg', k: kind } : { d: 'reg', i: kind },
  cycles: 1,
  flags,
  group: id.startsWith('ldi') ? 'move' : 'alu8',
  effect,
  execute,
  store,
  example,
});
const imm16 = <I extends string>(
  id: I,
  m: string,
  code: string,
  flags: string,
  effect: string,
  execute: string,
  store: string,
  cycles = 2,
): Row<I> => ({
  id,
  m,
  bits: `00001000${code}ppp k`,
  syntax: '{p}, {k}',
  kinds: { p: 'pair', k: 'imm16' },
  cycles,
  flags,
  group: m === 'ldiw' ? 'move' : 'alu16',
  effect,
  execute,
  store,
  example: `${m} w1, 4096`,
});
const load = <I extends string>(
  id: I,
  m: string,
  bits: string,
  syntax: string,
  kinds: Kinds,
  reads: 1 | 2,
  cycles: number,
  effect: string,
  execute: string,
  example: string,
  group: Group = 'memory',
): Row<I> => ({
  id,
  m,
  bits,
  syntax,
  kinds,
  cycles,
  reads,
  group,
  effect,
  execute,
  store: reads === 1 ? 'the byte from memory to the register' : 'two bytes from memory, low byte first, to the pair',
  example,
});
const save = <I extends string>(
  id: I,
  m: string,
  bits: string,
  syntax: string,
  kinds: Kinds,
  writes: 1 | 2,
  cycles: number,
  effect: string,
  execute: string,
  example: string,
  group: Group = 'memory',
): Row<I> => ({
  id,
  m,
  bits,
  syntax,
  kinds,
  cycles,
  writes,
  group,
  effect,
  execute,
  store: writes === 1 ? 'the byte to memory' : 'two bytes to memory, low byte first',
  example,
});
const shift8 = <I extends string>(id: I, m: string, code: string, effect: string, execute: string): Row<I> => ({
  id,
  m,
  bits: `0010${code}ddddnnn`,
  syntax: '{d}, {n}',
  kinds: { d: 'reg', n: 'count' },
  cycles: 0,
  extra: { cycles: 1, per: 'bit' },
  flags: 'CZNV',
  group: 'shift',
  effect,
  execute,
  store: 'the result to {d}, and flags',
  example: `${m} r3, 2`,
});
const shift16 = <I extends string>(id: I, m: string, code: string, effect: string, execute: string): Row<I> => ({
  id,
  m,
  bits: `0010${code}pppnnn`,
  syntax: '{p}, {n}',
  kinds: { p: 'pair', n: 'count' },
  cycles: 0,
  extra: { cycles: 2, per: 'bit' },
  flags: 'CZNV',
  group: 'shift',
  effect,
  execute,
  store: 'the result to {p}, and flags',
  example: `${m} w3, 2`,
});
const shiftBy8 = <I extends string>(id: I, m: string, code: string, effect: string, execute: string): Row<I> => ({
  id,
  m,
  bits: `0001${code}ddddssss`,
  syntax: '{d}, {s}',
  kinds: RR,
  cycles: 1,
  extra: { cycles: 1, per: 'bit' },
  flags: 'ZNV',
  group: 'shift',
  effect,
  execute,
  store: 'the result to {d}, and flags',
  example: `${m} r3, r4`,
});
const shiftBy16 = <I extends string>(id: I, m: string, code: string, effect: string, execute: string): Row<I> => ({
  id,
  m,
  bits: `0010${code}pppssss`,
  syntax: '{p}, {s}',
  kinds: WR,
  cycles: 1,
  extra: { cycles: 2, per: 'bit' },
  flags: 'ZNV',
  group: 'shift',
  effect,
  execute,
  store: 'the result to {p}, and flags',
  example: `${m} w3, r8`,
});
const bit = <I extends string>(
  id: I,
  bits: string,
  flags: string,
  effect: string,
  execute: string,
  store: string,
): Row<I> => ({
  id,
  bits,
  syntax: '{d}, {n}',
  kinds: { d: 'reg', n: 'bit' },
  cycles: 1,
  flags,
  group: 'shift',
  effect,
  execute,
  store,
  example: `${id} r2, 7`,
});
const plain = <I extends string>(
  id: I,
  bits: string,
  cycles: number,
  effect: string,
  execute: string,
  store: string,
  group: Group = 'system',
  flags = '',
): Row<I> => ({
  id,
  bits,
  syntax: '',
  kinds: NONE,
  cycles,
  flags,
  group,
  effect,
  execute,
  store,
  example: id,
});

const NOTHING = 'nothing';
const ADDS = 'the adder forms the address';

// prettier-ignore
const ROWS = [
  // 0000 0000 ....: no operand, or one register. The all-zero word is undefined, so that running into empty memory traps.
  plain('nop', '0000000000000001', 1, 'no effect', NOTHING, NOTHING),
  { ...plain('ret', '0000000000000010', 2, 'PC = mem16[SP]; SP += 2', 'SP moves up by two', 'the return address to PC', 'control'), reads: 2 as const },
  { ...plain('reti', '0000000000000011', 3, 'flags = mem[SP]; PC = mem16[SP + 1]; SP += 3', 'SP moves up by three', 'flags and PC, as the interrupt saved them', 'control', 'CZNVI'), reads: 2 as const },
  plain('ei', '0000000000000100', 1, 'I = 1, after the next instruction', NOTHING, 'I', 'system', 'I'),
  plain('di', '0000000000000101', 1, 'I = 0', NOTHING, 'I', 'system', 'I'),
  plain('wait', '0000000000000110', 1, 'sleep until an interrupt is pending', 'the clock of the core stops', NOTHING),
  { ...unary8('push', '0001', '', 'SP -= 1; mem[SP] = d', 'SP moves down by one', 'stack'), writes: 1 as const, store: 'the byte to memory' },
  { ...unary8('pop', '0010', '', 'd = mem[SP]; SP += 1', 'SP moves up by one', 'stack'), reads: 1 as const, store: 'the byte from memory to {d}' },
  unary8('not', '0011', 'ZNV', 'd = ~d; V = 0', 'every bit is inverted'),
  unary8('neg', '0100', 'CZNV', 'd = 0 - d', 'subtracts {d} from zero'),
  unary8('swap', '0101', '', 'd = d << 4 | d >> 4', 'the two hex digits change places', 'shift'),
  unary8('rlc', '0110', 'CZNV', 'C:d = d:C, rotated left', 'rotates left through C', 'shift'),
  unary8('rrc', '0111', 'CZNV', 'd:C = C:d, rotated right', 'rotates right through C', 'shift'),
  { ...unary8('halt', '1000', '', 'stop; the exit code is d', 'the clock stops'), group: 'system' as const, store: NOTHING },
  { ...unary16('pushw', '10010', 1, '', 'SP -= 2; mem16[SP] = p', 'SP moves down by two', 'stack'), writes: 2 as const, store: 'two bytes to memory, low byte first' },
  { ...unary16('popw', '10011', 1, '', 'p = mem16[SP]; SP += 2', 'SP moves up by two', 'stack'), reads: 2 as const, store: 'two bytes from memory to {p}' },
  unary16('notw', '10100', 2, 'ZNV', 'p = ~p; V = 0', 'every bit is inverted'),
  unary16('negw', '10101', 2, 'CZNV', 'p = 0 - p', 'subtracts {p} from zero'),
  unary16('rlcw', '10110', 2, 'CZNV', 'C:p = p:C, rotated left', 'rotates left through C', 'shift'),
  unary16('rrcw', '10111', 2, 'CZNV', 'p:C = C:p, rotated right', 'rotates right through C', 'shift'),
  { ...unary16('icall', '11000', 2, '', 'SP -= 2; mem16[SP] = next; PC = p', 'SP moves down by two', 'control'), writes: 2 as const, store: 'the return address to memory, {p} to PC' },
  { ...unary16('ijmp', '11001', 2, '', 'PC = p', NOTHING, 'control'), store: '{p} to PC' },
  { ...unary16('setsp', '11010', 1, '', 'SP = p', NOTHING, 'stack'), store: '{p} to SP' },
  { ...unary16('swpb', '11011', 1, '', 'p = p << 8 | p >> 8', 'the two bytes change places', 'shift'), store: 'the result to {p}' },
  // 0000 0001: trap; 0000 0010: stack pointer; 0000 0011: condition to register
  { id: 'trap', bits: '00000001iiiiiiii', syntax: '{i}', kinds: { i: 'uimm8' }, cycles: 1, group: 'system', effect: 'stop with trap i', execute: 'the clock stops', store: NOTHING, example: 'trap 4' },
  { id: 'addsp', bits: '00000010iiiiiiii', syntax: '{i}', kinds: { i: 'simm8' }, cycles: 2, group: 'stack', effect: 'SP += i', execute: 'adds to SP', store: 'the result to SP', example: 'addsp -8' },
  { id: 'set', m: 'set{c}', bits: '00000011ccccdddd', syntax: '{d}', kinds: { c: 'cond', d: 'reg' }, cycles: 1, group: 'move', effect: 'd = condition ? 1 : 0', execute: 'tests the flags', store: '0 or 1 to {d}', example: 'setlt r0' },
  { id: 'in', bits: '00000100ddddssss', syntax: '{d}, [{s}]', kinds: RR, cycles: 1, group: 'system', effect: 'd = port[s]', execute: 'the port answers', store: 'the byte to {d}', example: 'in r0, [r1]' },
  { id: 'out', bits: '00000101ddddssss', syntax: '[{d}], {s}', kinds: RR, cycles: 1, group: 'system', effect: 'port[d] = s', execute: 'the port takes the byte', store: NOTHING, example: 'out [r1], r0' },
  { id: 'tas', bits: '00000110dddd0ppp', syntax: '{d}, [{p}]', kinds: { d: 'reg', p: 'pair' }, cycles: 3, flags: 'ZNV', reads: 1, writes: 1, group: 'memory', effect: 'd = mem[p]; mem[p] = 0xff, in one bus transaction', execute: 'locks the bus, reads and writes', store: 'the old byte to {d}, and flags', example: 'tas r0, [w2]' },
  // 0000 0111: register and a second word
  imm8('ori', 'ori', '000001110000dddd k', 'ZNV', 'd = d | k; V = 0', 'ors the constant', 'the result to {d}, and flags', 'ori r1, 0x81'),
  imm8('xori', 'xori', '000001110001dddd k', 'ZNV', 'd = d ^ k; V = 0', 'exclusive-ors the constant', 'the result to {d}, and flags', 'xori r1, 0x81'),
  imm8('tsti', 'tsti', '000001110010dddd k', 'ZNV', 'flags of d & k; V = 0', 'ands the constant', 'flags', 'tsti r1, 0x81'),
  { ...imm8('chk', 'chk', '000001110011dddd k', '', 'trap "bounds" if d >= k, unsigned', 'compares with the bound', NOTHING, 'chk r1, 10', 'uimm8') },
  { id: 'inp', m: 'in', bits: '000001110100dddd k', syntax: '{d}, {k}', kinds: { d: 'reg', k: 'port' }, cycles: 1, group: 'system', effect: 'd = port[k]', execute: 'the port answers', store: 'the byte to {d}', example: 'in r0, 0x10' },
  { id: 'outp', m: 'out', bits: '000001110101ssss k', syntax: '{k}, {s}', kinds: { k: 'port', s: 'reg' }, cycles: 1, group: 'system', effect: 'port[k] = s', execute: 'the port takes the byte', store: NOTHING, example: 'out 0x10, r0' },
  load('lda', 'ld', '000001110110dddd k', '{d}, [{k}]', { d: 'reg', k: 'addr16' }, 1, 1, 'd = mem[k]', NOTHING, 'ld r0, [0x2000]'),
  save('sta', 'st', '000001110111ssss k', '[{k}], {s}', { k: 'addr16', s: 'reg' }, 1, 1, 'mem[k] = s', NOTHING, 'st [0x2000], r0'),
  load('ldspx', 'ld', '000001111000dddd k', '{d}, [sp+{k}]', { d: 'reg', k: 'disp16' }, 1, 1, 'd = mem[SP + k]', ADDS, 'ld r0, [sp+300]'),
  save('stspx', 'st', '000001111001ssss k', '[sp+{k}], {s}', { k: 'disp16', s: 'reg' }, 1, 1, 'mem[SP + k] = s', ADDS, 'st [sp+300], r0'),
  // 0000 1000: pair and a second word
  imm16('ldiw', 'ldiw', '00000', '', 'p = k', NOTHING, 'the constant to {p}'),
  imm16('addiw', 'addiw', '00001', 'CZNV', 'p = p + k', 'adds the constant', 'the result to {p}, and flags'),
  imm16('adciw', 'adciw', '00010', 'CzNV', 'p = p + k + C', 'adds the constant and the carry', 'the result to {p}, and flags'),
  imm16('subiw', 'subiw', '00011', 'CZNV', 'p = p - k', 'subtracts the constant', 'the result to {p}, and flags'),
  imm16('sbciw', 'sbciw', '00100', 'CzNV', 'p = p - k - C', 'subtracts the constant and the borrow', 'the result to {p}, and flags'),
  imm16('cmpiw', 'cmpiw', '00101', 'CZNV', 'flags of p - k', 'subtracts the constant', 'flags'),
  imm16('cpciw', 'cpciw', '00110', 'CzNV', 'flags of p - k - C', 'subtracts the constant and the borrow', 'flags'),
  imm16('andiw', 'andiw', '00111', 'ZNV', 'p = p & k; V = 0', 'ands the constant', 'the result to {p}, and flags'),
  imm16('oriw', 'oriw', '01000', 'ZNV', 'p = p | k; V = 0', 'ors the constant', 'the result to {p}, and flags'),
  imm16('xoriw', 'xoriw', '01001', 'ZNV', 'p = p ^ k; V = 0', 'exclusive-ors the constant', 'the result to {p}, and flags'),
  imm16('tstiw', 'tstiw', '01010', 'ZNV', 'flags of p & k; V = 0', 'ands the constant', 'flags'),
  imm16('chkw', 'chkw', '01011', '', 'trap "bounds" if p >= k, unsigned', 'compares with the bound', NOTHING),
  load('ldaw', 'ldw', '0000100001100ppp k', '{p}, [{k}]', { p: 'pair', k: 'addr16' }, 2, 1, 'p = mem16[k]', NOTHING, 'ldw w0, [0x2000]'),
  save('staw', 'stw', '0000100001101ppp k', '[{k}], {p}', { k: 'addr16', p: 'pair' }, 2, 1, 'mem16[k] = p', NOTHING, 'stw [0x2000], w0'),
  load('ldspxw', 'ldw', '0000100001110ppp k', '{p}, [sp+{k}]', { p: 'pair', k: 'disp16' }, 2, 1, 'p = mem16[SP + k]', ADDS, 'ldw w0, [sp+300]'),
  save('stspxw', 'stw', '0000100001111ppp k', '[sp+{k}], {p}', { k: 'disp16', p: 'pair' }, 2, 1, 'mem16[SP + k] = p', ADDS, 'stw [sp+300], w0'),
  { id: 'leaspx', m: 'lea', bits: '0000100010000ppp k', syntax: '{p}, [sp+{k}]', kinds: { p: 'pair', k: 'disp16' }, cycles: 2, group: 'move', effect: 'p = SP + k', execute: ADDS, store: 'the address to {p}', example: 'lea w0, [sp+300]' },
  { id: 'lea', bits: '0000100100pppqqq k', syntax: '{p}, [{q}+{k}]', kinds: { p: 'pair', q: 'pair', k: 'imm16' }, cycles: 2, group: 'move', effect: 'p = q + k', execute: ADDS, store: 'the address to {p}', example: 'lea w0, [w1+300]' },
  // 0000 1001 01..: absolute jumps
  { id: 'jmpa', m: 'jmp', bits: '0000100101000000 k', syntax: '{k}', kinds: { k: 'addr16' }, cycles: 2, group: 'control', effect: 'PC = k', execute: NOTHING, store: 'the address to PC', example: 'jmp 0x0100' },
  { id: 'calla', m: 'call', bits: '0000100101010000 k', syntax: '{k}', kinds: { k: 'addr16' }, cycles: 2, writes: 2, group: 'control', effect: 'SP -= 2; mem16[SP] = next; PC = k', execute: 'SP moves down by two', store: 'the return address to memory, the address to PC', example: 'call 0x0100' },
  { id: 'brancha', m: 'b{c}', bits: '000010010110cccc k', syntax: '{k}', kinds: { c: 'cond', k: 'addr16' }, cycles: 2, extra: { cycles: 1, per: 'taken' }, group: 'control', effect: 'if condition: PC = k', execute: 'tests the flags', store: 'the address to PC, if taken', example: 'beq 0x0100' },
  // 0000 1010, 1011: far displacement
  load('ldx', 'ld', '00001010dddd0ppp k', '{d}, [{p}+{k}]', { d: 'reg', p: 'pair', k: 'disp16' }, 1, 1, 'd = mem[p + k]', ADDS, 'ld r0, [w2+300]'),
  save('stx', 'st', '00001010ssss1ppp k', '[{p}+{k}], {s}', { p: 'pair', k: 'disp16', s: 'reg' }, 1, 1, 'mem[p + k] = s', ADDS, 'st [w2+300], r0'),
  load('ldxw', 'ldw', '0000101100pppqqq k', '{p}, [{q}+{k}]', { p: 'pair', q: 'pair', k: 'disp16' }, 2, 1, 'p = mem16[q + k]', ADDS, 'ldw w0, [w2+300]'),
  save('stxw', 'stw', '0000101101pppqqq k', '[{q}+{k}], {p}', { q: 'pair', k: 'disp16', p: 'pair' }, 2, 1, 'mem16[q + k] = p', ADDS, 'stw [w2+300], w0'),
  // 0000 1100 to 1110: address that walks
  load('ldinc', 'ld', '00001100dddd0ppp', '{d}, [{p}+]', { d: 'reg', p: 'pair' }, 1, 1, 'd = mem[p]; p += 1', 'the pair moves up by one, after use', 'ld r0, [w2+]'),
  save('stinc', 'st', '00001100ssss1ppp', '[{p}+], {s}', { p: 'pair', s: 'reg' }, 1, 1, 'mem[p] = s; p += 1', 'the pair moves up by one, after use', 'st [w2+], r0'),
  load('lddec', 'ld', '00001101dddd0ppp', '{d}, [-{p}]', { d: 'reg', p: 'pair' }, 1, 1, 'p -= 1; d = mem[p]', 'the pair moves down by one, before use', 'ld r0, [-w2]'),
  save('stdec', 'st', '00001101ssss1ppp', '[-{p}], {s}', { p: 'pair', s: 'reg' }, 1, 1, 'p -= 1; mem[p] = s', 'the pair moves down by one, before use', 'st [-w2], r0'),
  load('ldincw', 'ldw', '0000111000pppqqq', '{p}, [{q}+]', { p: 'pair', q: 'pair' }, 2, 1, 'p = mem16[q]; q += 2', 'the address pair moves up by two, after use', 'ldw w0, [w2+]'),
  save('stincw', 'stw', '0000111001pppqqq', '[{q}+], {p}', { q: 'pair', p: 'pair' }, 2, 1, 'mem16[q] = p; q += 2', 'the address pair moves up by two, after use', 'stw [w2+], w0'),
  load('lddecw', 'ldw', '0000111010pppqqq', '{p}, [-{q}]', { p: 'pair', q: 'pair' }, 2, 1, 'q -= 2; p = mem16[q]', 'the address pair moves down by two, before use', 'ldw w0, [-w2]'),
  save('stdecw', 'stw', '0000111011pppqqq', '[-{q}], {p}', { q: 'pair', p: 'pair' }, 2, 1, 'q -= 2; mem16[q] = p', 'the address pair moves down by two, before use', 'stw [-w2], w0'),
  // 0001: bytes
  { ...alu8('mov', '0000', '', 'd = s', NOTHING, '{s} to {d}'), group: 'move' as const },
  alu8('add', '0001', 'CZNV', 'd = d + s', 'adds'),
  alu8('adc', '0010', 'CzNV', 'd = d + s + C', 'adds, with carry'),
  alu8('sub', '0011', 'CZNV', 'd = d - s', 'subtracts'),
  alu8('sbc', '0100', 'CzNV', 'd = d - s - C', 'subtracts, with borrow'),
  alu8('and', '0101', 'ZNV', 'd = d & s; V = 0', 'ands'),
  alu8('or', '0110', 'ZNV', 'd = d | s; V = 0', 'ors'),
  alu8('xor', '0111', 'ZNV', 'd = d ^ s; V = 0', 'exclusive-ors'),
  alu8('cmp', '1000', 'CZNV', 'flags of d - s', 'subtracts', 'flags'),
  alu8('cpc', '1001', 'CzNV', 'flags of d - s - C', 'subtracts, with borrow', 'flags'),
  alu8('tst', '1010', 'ZNV', 'flags of d & s; V = 0', 'ands', 'flags'),
  shiftBy8('shlr', 'shl', '1011', 'd = d << s; 0 if s >= 8', 'shifts left, one bit a cycle'),
  shiftBy8('shrr', 'shr', '1100', 'd = d >> s, zero fill; 0 if s >= 8', 'shifts right, one bit a cycle'),
  shiftBy8('sarr', 'sar', '1101', 'd = d >> s, sign fill; the sign if s >= 8', 'shifts right, one bit a cycle, keeping the sign'),
  bit('bit', '00011110dddd0nnn', 'CZNV', 'C = bit n of d; Z = !C; N = V = 0', 'picks one bit', 'flags'),
  bit('setb', '00011110dddd1nnn', '', 'bit n of d = 1', 'sets one bit', 'the result to {d}'),
  bit('clrb', '00011111dddd0nnn', '', 'bit n of d = 0', 'clears one bit', 'the result to {d}'),
  bit('tglb', '00011111dddd1nnn', '', 'bit n of d inverted', 'inverts one bit', 'the result to {d}'),
  // 0010: pairs
  { ...alu16('movw', '000000', '', 'p = q', NOTHING, '{q} to {p}'), cycles: 1, group: 'move' as const },
  alu16('addw', '000001', 'CZNV', 'p = p + q', 'adds, low byte then high byte'),
  alu16('adcw', '000010', 'CzNV', 'p = p + q + C', 'adds with carry, low byte then high byte'),
  alu16('subw', '000011', 'CZNV', 'p = p - q', 'subtracts, low byte then high byte'),
  alu16('sbcw', '000100', 'CzNV', 'p = p - q - C', 'subtracts with borrow, low byte then high byte'),
  alu16('cmpw', '000101', 'CZNV', 'flags of p - q', 'subtracts, low byte then high byte', 'flags'),
  alu16('cpcw', '000110', 'CzNV', 'flags of p - q - C', 'subtracts with borrow, low byte then high byte', 'flags'),
  alu16('andw', '000111', 'ZNV', 'p = p & q; V = 0', 'ands, low byte then high byte'),
  alu16('orw', '001000', 'ZNV', 'p = p | q; V = 0', 'ors, low byte then high byte'),
  alu16('xorw', '001001', 'ZNV', 'p = p ^ q; V = 0', 'exclusive-ors, low byte then high byte'),
  alu16('tstw', '001010', 'ZNV', 'flags of p & q; V = 0', 'ands, low byte then high byte', 'flags'),
  { id: 'mul', bits: '001001101pppssss', syntax: '{p}, {s}', kinds: WR, cycles: 3, group: 'alu16', effect: 'p = (p & 255) * s, unsigned', execute: 'eight by eight bits, unsigned', store: 'the 16-bit product to {p}', example: 'mul w0, r4' },
  { id: 'muls', bits: '001001110pppssss', syntax: '{p}, {s}', kinds: WR, cycles: 3, group: 'alu16', effect: 'p = (signed low byte of p) * (signed s)', execute: 'eight by eight bits, signed', store: 'the 16-bit product to {p}', example: 'muls w0, r4' },
  { id: 'sxt', bits: '001001111pppssss', syntax: '{p}, {s}', kinds: WR, cycles: 2, group: 'move', effect: 'p = s, sign-extended', execute: 'copies bit 7 into the high byte', store: 'both bytes to {p}', example: 'sxt w0, r4' },
  { id: 'zxt', bits: '001010000pppssss', syntax: '{p}, {s}', kinds: WR, cycles: 2, group: 'move', effect: 'p = s, zero-extended', execute: 'clears the high byte', store: 'both bytes to {p}', example: 'zxt w0, r4' },
  { id: 'addzx', bits: '001010001pppssss', syntax: '{p}, {s}', kinds: WR, cycles: 2, flags: 'CZNV', group: 'alu16', effect: 'p = p + s, zero-extended', execute: 'adds the byte, then the carry', store: 'the result to {p}, and flags', example: 'addzx w0, r4' },
  shiftBy16('shlrw', 'shlw', '10010', 'p = p << s; 0 if s >= 16', 'shifts left, one bit in two cycles'),
  shiftBy16('shrrw', 'shrw', '10011', 'p = p >> s, zero fill; 0 if s >= 16', 'shifts right, one bit in two cycles'),
  shiftBy16('sarrw', 'sarw', '10100', 'p = p >> s, sign fill; the sign if s >= 16', 'shifts right, one bit in two cycles, keeping the sign'),
  shift8('shl', 'shl', '10101', 'd = d << n', 'shifts left, one bit a cycle'),
  shift8('shr', 'shr', '10110', 'd = d >> n, zero fill', 'shifts right, one bit a cycle'),
  shift8('sar', 'sar', '10111', 'd = d >> n, sign fill', 'shifts right, one bit a cycle, keeping the sign'),
  shift16('shlw', 'shlw', '110000', 'p = p << n', 'shifts left, one bit in two cycles'),
  shift16('shrw', 'shrw', '110001', 'p = p >> n, zero fill', 'shifts right, one bit in two cycles'),
  shift16('sarw', 'sarw', '110010', 'p = p >> n, sign fill', 'shifts right, one bit in two cycles, keeping the sign'),
  // 0011: base pair + index pair
  load('ldi2', 'ld', '001100ddddpppqqq', '{d}, [{p}+{q}]', { d: 'reg', p: 'pair', q: 'pair' }, 1, 2, 'd = mem[p + q]', ADDS, 'ld r0, [w2+w3]'),
  save('sti2', 'st', '001101sssspppqqq', '[{p}+{q}], {s}', { p: 'pair', q: 'pair', s: 'reg' }, 1, 2, 'mem[p + q] = s', ADDS, 'st [w2+w3], r0'),
  load('ldi2w', 'ldw', '0011100aaapppqqq', '{a}, [{p}+{q}]', { a: 'pair', p: 'pair', q: 'pair' }, 2, 2, 'a = mem16[p + q]', ADDS, 'ldw w0, [w2+w3]'),
  save('sti2w', 'stw', '0011101aaapppqqq', '[{p}+{q}], {a}', { p: 'pair', q: 'pair', a: 'pair' }, 2, 2, 'mem16[p + q] = a', ADDS, 'stw [w2+w3], w0'),
  // 0100 to 0111: byte and constant
  imm8('ldi', 'ldi', '0100ddddiiiiiiii', '', 'd = i', NOTHING, 'the constant to {d}', 'ldi r3, 42'),
  imm8('addi', 'addi', '0101ddddiiiiiiii', 'CZNV', 'd = d + i', 'adds the constant', 'the result to {d}, and flags', 'addi r3, -1'),
  imm8('cmpi', 'cmpi', '0110ddddiiiiiiii', 'CZNV', 'flags of d - i', 'subtracts the constant', 'flags', 'cmpi r3, 10'),
  imm8('andi', 'andi', '0111ddddiiiiiiii', 'ZNV', 'd = d & i; V = 0', 'ands the constant', 'the result to {d}, and flags', 'andi r3, 0x0f'),
  // 1000 to 1010: near displacement
  load('ld', 'ld', '1000ddddpppooooo', '{d}, [{p}+{o}]', { d: 'reg', p: 'pair', o: 'disp' }, 1, 1, 'd = mem[p + o]', ADDS, 'ld r0, [w2+3]'),
  save('st', 'st', '1001sssspppooooo', '[{p}+{o}], {s}', { p: 'pair', o: 'disp', s: 'reg' }, 1, 1, 'mem[p + o] = s', ADDS, 'st [w2+3], r0'),
  load('ldw', 'ldw', '10100pppqqqooooo', '{p}, [{q}+{o}]', { p: 'pair', q: 'pair', o: 'disp' }, 2, 1, 'p = mem16[q + o]', ADDS, 'ldw w0, [w2+4]'),
  save('stw', 'stw', '10101pppqqqooooo', '[{q}+{o}], {p}', { q: 'pair', o: 'disp', p: 'pair' }, 2, 1, 'mem16[q + o] = p', ADDS, 'stw [w2+4], w0'),
  // 1011: near displacement from the stack pointer
  load('ldsp', 'ld', '101100ddddoooooo', '{d}, [sp+{o}]', { d: 'reg', o: 'disp' }, 1, 1, 'd = mem[SP + o]', ADDS, 'ld r0, [sp+3]'),
  save('stsp', 'st', '101101ssssoooooo', '[sp+{o}], {s}', { o: 'disp', s: 'reg' }, 1, 1, 'mem[SP + o] = s', ADDS, 'st [sp+3], r0'),
  load('ldspw', 'ldw', '101110pppooooooo', '{p}, [sp+{o}]', { p: 'pair', o: 'disp' }, 2, 1, 'p = mem16[SP + o]', ADDS, 'ldw w0, [sp+4]'),
  save('stspw', 'stw', '101111pppooooooo', '[sp+{o}], {p}', { o: 'disp', p: 'pair' }, 2, 1, 'mem16[SP + o] = p', ADDS, 'stw [sp+4], w0'),
  // 1100, 1101: relative jumps
  { id: 'jmp', bits: '11000jjjjjjjjjjj', syntax: '{j}', kinds: { j: 'rel' }, cycles: 2, group: 'control', effect: 'PC = next + 2 * j', execute: 'adds to PC', store: 'the sum to PC', example: 'jmp .+16' },
  { id: 'call', bits: '11001jjjjjjjjjjj', syntax: '{j}', kinds: { j: 'rel' }, cycles: 2, writes: 2, group: 'control', effect: 'SP -= 2; mem16[SP] = next; PC = next + 2 * j', execute: 'adds to PC; SP moves down by two', store: 'the return address to memory, the sum to PC', example: 'call .+16' },
  { id: 'branch', m: 'b{c}', bits: '1101ccccjjjjjjjj', syntax: '{j}', kinds: { c: 'cond', j: 'rel' }, cycles: 1, extra: { cycles: 1, per: 'taken' }, group: 'control', effect: 'if condition: PC = next + 2 * j', execute: 'tests the flags, adds to PC', store: 'the sum to PC, if taken', example: 'bne .-8' },
  // 1110, 1111: pair and short constant
  { id: 'addiw8', m: 'addiw', bits: '11100pppiiiiiiii', syntax: '{p}, {i}', kinds: { p: 'pair', i: 'simm8' }, cycles: 2, flags: 'CZNV', group: 'alu16', effect: 'p = p + i, sign-extended', execute: 'adds the constant', store: 'the result to {p}, and flags', example: 'addiw w2, -2' },
  { id: 'ldiw8', m: 'ldiw', bits: '11101pppiiiiiiii', syntax: '{p}, {i}', kinds: { p: 'pair', i: 'simm8' }, cycles: 2, group: 'move', effect: 'p = i, sign-extended', execute: NOTHING, store: 'the constant to {p}', example: 'ldiw w2, 10' },
  { id: 'cmpiw8', m: 'cmpiw', bits: '11110pppiiiiiiii', syntax: '{p}, {i}', kinds: { p: 'pair', i: 'simm8' }, cycles: 2, flags: 'CZNV', group: 'alu16', effect: 'flags of p - i, sign-extended', execute: 'subtracts the constant', store: 'flags', example: 'cmpiw w2, 100' },
  { id: 'leasp', m: 'lea', bits: '11111pppoooooooo', syntax: '{p}, [sp+{o}]', kinds: { p: 'pair', o: 'disp' }, cycles: 2, group: 'move', effect: 'p = SP + o', execute: ADDS, store: 'the address to {p}', example: 'lea w0, [sp+8]' },
] as const satisfies readonly Row[];

/** The key of a form. */
export type FormId = (typeof ROWS)[number]['id'];

/** All forms, in table order; the index is the form's number in decode tables. */
export const FORMS: readonly InstructionForm[] = ROWS.map((row: Row<FormId>): InstructionForm => ({
  id: row.id,
  mnemonic: row.m ?? row.id,
  pattern: row.bits.slice(0, 16),
  fields: Object.entries(row.kinds).map(([letter, kind]) => ({ letter, kind })),
  syntax: row.syntax,
  words: row.bits.length > 16 ? 2 : 1,
  cycles: row.cycles,
  ...(row.extra ? { extra: row.extra } : {}),
  flags: row.flags ?? '',
  reads: row.reads ?? 0,
  writes: row.writes ?? 0,
  group: row.group,
  effect: row.effect,
  steps: [
    row.bits.length > 16 ? 'reads the operand fields and the second word' : 'reads the operand fields',
    row.execute,
    row.store,
  ],
  example: row.example,
}));

const byId = new Map(FORMS.map((form, index) => [form.id, { form, index }]));

/** The form with this id. */
export function formOf(id: FormId): InstructionForm {
  return (byId.get(id) as { form: InstructionForm }).form;
}

/** The number of a form: its index in FORMS. */
export function formNumber(id: FormId): number {
  return (byId.get(id) as { index: number }).index;
}
