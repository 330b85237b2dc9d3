/**
 * THE port and interrupt table: the only place where a port, an interrupt or a program-readable counter has its number. Devices,
 * C headers (`portsHeader`), the editor's hovers and docs/devices.md derive from it.
 *
 * Ports are bytes, numbered 0 to 255, reached by IN and OUT. A value wider than a byte takes consecutive ports, low byte first. A
 * port that no row names reads as 0 and ignores writes.
 *
 * Latches: reading byte 0 of CYCLES, NANOS or COUNTER freezes all bytes of that value until byte 0 is read again. Writing the low
 * byte of STACK_LIMIT is held back until the high byte is written, so that the limit changes in one step. Latches and COUNTER_SELECT
 * are each hardware thread's own.
 */

export type PortDirection = 'in' | 'out' | 'in/out';

export const DEVICES = {
  system: 'Interrupt controller, stack limit, power, who is asking',
  random: 'Seeded random source',
  panel: 'LEDs and switches',
  console: 'Console',
  keyboard: 'Keyboard',
  timer: 'Timer',
  clock: 'Cycle and nanosecond counters',
  counters: 'Cache, memory and ledger counters',
  ssd0: 'Solid-state disk',
  hdd0: 'Hard disk',
  network: 'Network card',
  cores: 'Starting and joining hardware threads',
} as const;
export type DeviceName = keyof typeof DEVICES;

export interface Port {
  readonly port: number;
  /** The name as C and assembly write it; a value of several bytes has one row, with `sizeBytes`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly direction: PortDirection;
  readonly device: DeviceName;
  readonly meaning: string;
}

const row = <N extends string>(
  port: number,
  name: N,
  sizeBytes: number,
  direction: PortDirection,
  device: DeviceName,
  meaning: string,
) => ({ port, name, sizeBytes, direction, device, meaning });

/** The registers of a disk, as offsets from its first port. */
// prettier-ignore
const DISK_ROWS = [
  [0x0, 'COMMAND', 1, 'in/out', 'starts a command: DISK_READ, DISK_WRITE, DISK_FLUSH, DISK_IDENTIFY; reads back the last one'],
  [0x1, 'STATUS', 1, 'in/out', 'DISK_BUSY, DISK_DONE, DISK_ERROR, DISK_DATA bits; any write clears DISK_DONE, DISK_ERROR and the interrupt'],
  [0x2, 'ERROR', 1, 'in', 'why DISK_ERROR is set: DISK_ERROR_RANGE, _COMMAND, _ADDRESS, _BUSY; 0 for none'],
  [0x3, 'CONTROL', 1, 'in/out', 'DISK_IRQ: interrupt when done; DISK_DMA: the disk moves the data itself, else through DATA'],
  [0x4, 'LBA', 4, 'in/out', 'number of the first 512-byte block'],
  [0x8, 'COUNT', 1, 'in/out', 'number of blocks, 1 to 128; 0 counts as 128'],
  [0xa, 'DMA', 2, 'in/out', 'memory address for DMA'],
  [0xc, 'DATA', 1, 'in/out', 'programmed I/O: the next byte of the block buffer, valid while DISK_DATA is set; a write starts when its last byte is in'],
] as const;
const DISK_SSD = DISK_ROWS.map(([o, n, s, d, m]) => row(0x40 + o, `SSD0_${n}`, s, d, 'ssd0', m));
const DISK_HDD = DISK_ROWS.map(([o, n, s, d, m]) => row(0x50 + o, `HDD0_${n}`, s, d, 'hdd0', m));
/** First port of each disk. */
export const DISK_BASE = { ssd0: 0x40, hdd0: 0x50 } as const;
/** A disk's registers, relative to its base. */
export const DISK_REGISTER = {
  command: 0x0,
  status: 0x1,
  error: 0x2,
  control: 0x3,
  lba: 0x4,
  count: 0x8,
  dma: 0xa,
  data: 0xc,
} as const;

// prettier-ignore
const ROWS = [
  row(0x00, 'IRQ_PENDING', 2, 'in/out', 'system', 'one bit an interrupt that waits; writing a 1 clears it'),
  row(0x02, 'IRQ_MASK', 2, 'in/out', 'system', 'one bit an interrupt: 1 lets it through and lets it end WAIT; 0 after power on'),
  row(0x04, 'STACK_LIMIT', 2, 'in/out', 'system', 'a push, call or SP change below this address traps; malloc moves it'),
  row(0x06, 'CORE_ID', 1, 'in', 'system', 'number of this hardware thread, from 0; with one thread a core that of the core'),
  row(0x07, 'CORE_COUNT', 1, 'in', 'system', 'number of hardware threads: cores times threads a core'),
  row(0x08, 'POWER', 1, 'out', 'system', 'POWER_OFF stops the machine with exit code 0'),
  row(0x09, 'IRQ_RAISE', 1, 'out', 'system', 'makes interrupt n (0 to 15) pending'),
  row(0x0a, 'RANDOM', 1, 'in/out', 'random', 'the next random byte; a write restarts the stream from that seed'),
  row(0x0c, 'LEDS', 1, 'in/out', 'panel', 'eight LEDs, one bit each'),
  row(0x0d, 'SWITCHES', 1, 'in', 'panel', 'eight switches, one bit each; a change raises IRQ_SWITCHES'),
  row(0x10, 'CONSOLE_DATA', 1, 'in/out', 'console', 'in: the next byte of input, 0 if none waits; out: writes a byte'),
  row(0x11, 'CONSOLE_STATUS', 1, 'in', 'console', 'CONSOLE_READY: a byte waits; CONSOLE_END: the input has ended'),
  row(0x14, 'KEY_DATA', 1, 'in', 'keyboard', 'takes the next key event, 0 if none: an ASCII or KEY_ code, plus KEY_RELEASED when let go'),
  row(0x15, 'KEY_COUNT', 1, 'in', 'keyboard', 'number of key events that wait'),
  row(0x18, 'TIMER_CONTROL', 1, 'in/out', 'timer', 'TIMER_RUN starts it with the period that is set, TIMER_REPEAT starts it again each time; 0 stops it'),
  row(0x19, 'TIMER_STATUS', 1, 'in', 'timer', 'how often it has fired since the last read, at most 255'),
  row(0x1c, 'TIMER_PERIOD', 4, 'in/out', 'timer', 'period in microseconds; 0 counts as 1'),
  row(0x20, 'CYCLES', 8, 'in', 'clock', 'clock cycles since power on'),
  row(0x28, 'NANOS', 8, 'in', 'clock', 'nanoseconds since power on, rounded down'),
  row(0x30, 'COUNTER_SELECT', 1, 'in/out', 'counters', 'which counter COUNTER shows; see the table of counters'),
  row(0x34, 'COUNTER', 4, 'in', 'counters', 'low 32 bits of the selected counter'),
  ...DISK_SSD,
  ...DISK_HDD,
  row(0x60, 'NET_COMMAND', 1, 'out', 'network', 'NET_SEND sends NET_LENGTH bytes from NET_DMA to NET_PEER; NET_RECEIVE copies the oldest frame to NET_DMA'),
  row(0x61, 'NET_STATUS', 1, 'in', 'network', 'NET_LINK: cable plugged in; NET_BUSY: sending; NET_FRAME: a frame waits; NET_ERROR: the last command failed'),
  row(0x62, 'NET_LENGTH', 2, 'in/out', 'network', 'bytes of the frame to send, or of the oldest frame that waits'),
  row(0x64, 'NET_DMA', 2, 'in/out', 'network', 'memory address of the frame'),
  row(0x66, 'NET_PEER', 2, 'in/out', 'network', 'out: address of the receiver; in: address of the sender of the oldest frame'),
  row(0x68, 'NET_ADDRESS', 2, 'in', 'network', 'address of this card'),
  row(0x70, 'CORE_SELECT', 1, 'in/out', 'cores', 'the hardware thread that CORE_CONTROL and CORE_STATE mean; all registers of this device are the asking thread\'s own'),
  row(0x71, 'CORE_CONTROL', 1, 'out', 'cores', 'CORE_START starts the selected thread, if it is parked; CORE_PARK ends this one; CORE_JOIN sleeps until the selected one is parked or an interrupt is pending; CORE_INTERRUPT makes IRQ_SOFTWARE pending there'),
  row(0x72, 'CORE_STATE', 1, 'in', 'cores', 'of the selected thread: CORE_PARKED: not started, or at its end; CORE_BUSY'),
  row(0x74, 'CORE_PC', 2, 'in/out', 'cores', 'where a thread that is started begins'),
  row(0x76, 'CORE_SP', 2, 'in/out', 'cores', 'its SP'),
  row(0x78, 'CORE_STACK_LIMIT', 2, 'in/out', 'cores', 'its stack limit'),
  row(0x7a, 'CORE_ARGUMENT', 2, 'in/out', 'cores', 'its w0; the other registers start as 0'),
] as const satisfies readonly Port[];

export const PORTS: readonly Port[] = ROWS;

/** Names of ports that are not a disk's (those are `DISK_BASE.x + DISK_REGISTER.y`). */
type PlainName = Extract<(typeof ROWS)[number]['name'], string>;

const byName = new Map<string, Port>(PORTS.map((p) => [p.name, p]));
/** First port number of a name. */
export function portOf(name: PlainName): number {
  return (byName.get(name) as Port).port;
}

/** What port number `port` is: its row and which byte of the value. */
export function describePort(port: number): { readonly row: Port; readonly byte: number } | undefined {
  const found = PORTS.find((p) => port >= p.port && port < p.port + p.sizeBytes);
  return found && { row: found, byte: port - found.port };
}

export interface Interrupt {
  /** Bit in IRQ_PENDING and IRQ_MASK, index in the vector table; lower numbers go first. */
  readonly vector: number;
  readonly name: string;
  readonly device: DeviceName;
  readonly meaning: string;
}

export const INTERRUPTS = [
  { vector: 0, name: 'IRQ_TIMER', device: 'timer', meaning: 'the timer fired' },
  { vector: 1, name: 'IRQ_KEYBOARD', device: 'keyboard', meaning: 'a key event came in' },
  { vector: 2, name: 'IRQ_CONSOLE', device: 'console', meaning: 'a byte of input came in, or the input ended' },
  { vector: 3, name: 'IRQ_SSD0', device: 'ssd0', meaning: 'a command of ssd0 is done' },
  { vector: 4, name: 'IRQ_HDD0', device: 'hdd0', meaning: 'a command of hdd0 is done' },
  { vector: 5, name: 'IRQ_NETWORK', device: 'network', meaning: 'a frame came in' },
  { vector: 6, name: 'IRQ_SWITCHES', device: 'panel', meaning: 'a switch was moved' },
  {
    vector: 7,
    name: 'IRQ_SOFTWARE',
    device: 'system',
    meaning: 'raised through IRQ_RAISE; 8 to 15 are free for programs too',
  },
] as const satisfies readonly Interrupt[];
export type InterruptName = (typeof INTERRUPTS)[number]['name'];

export function interruptVector(name: InterruptName): number {
  return (INTERRUPTS.find((i) => i.name === name) as Interrupt).vector;
}

/** Bits and codes that go with the ports. */
export const PORT_CONSTANTS = {
  POWER_OFF: 0x0f,
  CONSOLE_READY: 0x01,
  CONSOLE_END: 0x02,
  TIMER_RUN: 0x01,
  TIMER_REPEAT: 0x02,
  KEY_RELEASED: 0x80,
  KEY_BACKSPACE: 0x08,
  KEY_ENTER: 0x0a,
  KEY_LEFT: 0x11,
  KEY_RIGHT: 0x12,
  KEY_UP: 0x13,
  KEY_DOWN: 0x14,
  KEY_ESCAPE: 0x1b,
  DISK_READ: 1,
  DISK_WRITE: 2,
  DISK_FLUSH: 3,
  /** Fills the buffer (or memory) with one block: u32 number of blocks, u16 bytes a block, then the model's name, zero-terminated. */
  DISK_IDENTIFY: 4,
  DISK_BUSY: 0x01,
  DISK_DONE: 0x02,
  DISK_ERROR: 0x04,
  DISK_DATA: 0x08,
  DISK_IRQ: 0x01,
  DISK_DMA: 0x02,
  DISK_ERROR_RANGE: 1,
  DISK_ERROR_COMMAND: 2,
  DISK_ERROR_ADDRESS: 3,
  DISK_ERROR_BUSY: 4,
  DISK_BLOCK_BYTES: 512,
  NET_SEND: 1,
  NET_RECEIVE: 2,
  NET_LINK: 0x01,
  NET_BUSY: 0x02,
  NET_FRAME: 0x04,
  NET_ERROR: 0x08,
  CORE_START: 1,
  CORE_PARK: 2,
  CORE_JOIN: 3,
  CORE_INTERRUPT: 4,
  CORE_BUSY: 0,
  CORE_PARKED: 1,
} as const;

/** Counts that a cache level keeps, in the order of its block of counters. */
export const CACHE_COUNTS = [
  'reads',
  'writes',
  'readMisses',
  'writeMisses',
  'evictions',
  'writebacks',
  'bytesFromNext',
  'bytesToNext',
] as const;
export type CacheCount = (typeof CACHE_COUNTS)[number];

export const CACHE_LEVELS = ['l1i', 'l1d', 'l2', 'l3'] as const;
export type CacheLevel = (typeof CACHE_LEVELS)[number];

export const RAM_COUNTS = ['reads', 'writes', 'rowHits', 'rowMisses', 'rowConflicts', 'refreshes'] as const;
export type RamCount = (typeof RAM_COUNTS)[number];

/** Counts of a core on the bus between several, in the order of its block of counters. */
export const COHERENCE_COUNTS = [
  ['busReads', 'lines that this core asked for, to read'],
  ['busReadExclusives', 'lines that this core asked for alone, to write'],
  ['upgrades', 'lines that this core had and took away from the others, to write'],
  ['writebacks', 'modified lines that this core wrote below'],
  ['invalidationsReceived', 'lines that another core took away from this one'],
  ['interventions', 'lines that the cache of this core supplied to another'],
  ['coherenceMisses', 'misses on lines that another core had taken away'],
  ['falseSharingMisses', 'those among them that brought nothing that another core had written'],
  ['waitCycles', 'cycles that this core waited for the bus'],
] as const;
export type CoherenceCount = (typeof COHERENCE_COUNTS)[number][0];
const FIRST_COHERENCE_COUNTER = 64;

export interface Counter {
  readonly number: number;
  readonly name: string;
  readonly meaning: string;
}

const upper = (name: string) => name.replace(/([A-Z])/g, '_$1').toUpperCase();

/**
 * Numbers for COUNTER_SELECT: eight for each cache level, then RAM from 32, instructions at 40, the ledger (in ns) from 48, the bus from
 * 64. Of the core that asks, where there are several.
 */
export const COUNTERS: readonly Counter[] = [
  ...CACHE_LEVELS.flatMap((level, l) =>
    CACHE_COUNTS.map((count, c) => ({
      number: l * CACHE_COUNTS.length + c,
      name: `COUNT_${level.toUpperCase()}_${upper(count)}`,
      meaning: `${level.toUpperCase()}: ${count}`,
    })),
  ),
  ...RAM_COUNTS.map((count, c) => ({ number: 32 + c, name: `COUNT_RAM_${upper(count)}`, meaning: `RAM: ${count}` })),
  { number: 40, name: 'COUNT_INSTRUCTIONS', meaning: 'instructions executed' },
  ...['compute', 'l1', 'l2', 'ram', 'ssd', 'hdd', 'console', 'network', 'sleep'].map((account, a) => ({
    number: 48 + a,
    name: `COUNT_${account.toUpperCase()}_NS`,
    meaning: `ledger: nanoseconds booked to ${account}`,
  })),
  ...COHERENCE_COUNTS.map(([count, meaning], c) => ({
    number: FIRST_COHERENCE_COUNTER + c,
    name: `COUNT_${count.startsWith('bus') ? '' : 'BUS_'}${upper(count)}`,
    meaning: `bus: ${meaning}`,
  })),
];

/** Which of COHERENCE_COUNTS a counter shows; -1 for other counters. */
export function coherenceCounter(number: number): number {
  const index = number - FIRST_COHERENCE_COUNTER;
  return index >= 0 && index < COHERENCE_COUNTS.length ? index : -1;
}

/** The C header made from the tables: one #define a name. */
export function portsHeader(): string {
  const define = (name: string, value: number, comment?: string) =>
    `#define ${name} 0x${value.toString(16).padStart(2, '0')}${comment === undefined ? '' : ` /* ${comment} */`}`;
  const sections: [string, string[]][] = [
    [
      'Ports',
      PORTS.map((p) =>
        define(p.name, p.port, `${p.direction}, ${p.sizeBytes === 1 ? '' : `${p.sizeBytes} bytes, `}${p.meaning}`),
      ),
    ],
    ['Interrupts', INTERRUPTS.map((i) => define(i.name, i.vector, i.meaning))],
    ['Bits and codes', Object.entries(PORT_CONSTANTS).map(([name, value]) => define(name, value))],
    ['Counters for COUNTER_SELECT', COUNTERS.map((c) => define(c.name, c.number, c.meaning))],
  ];
  return sections.map(([title, lines]) => `/* ${title} */\n${lines.join('\n')}\n`).join('\n');
}
