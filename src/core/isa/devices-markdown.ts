/** docs/devices.md, made from the port table: devices, ports, interrupts, bits and codes, counters. */
import { COUNTERS, DEVICES, INTERRUPTS, PORT_CONSTANTS, PORTS } from './ports';
import { SCREEN_BASE, VECTOR_BASE, VECTOR_COUNT } from './convention';

const hex = (value: number, digits = 2) => `0x${value.toString(16).padStart(digits, '0')}`;
/** A bar would end the cell. */
const cell = (text: string) => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function devicesMarkdown(): string {
  const devices = Object.entries(DEVICES).map(([name, title]) => {
    const ports = PORTS.filter((port) => port.device === name);
    return `## ${title}\n\n${table(
      ['port', 'name', 'bytes', 'direction', 'meaning'],
      ports.map((p) => [hex(p.port), `\`${p.name}\``, String(p.sizeBytes), p.direction, p.meaning]),
    )}`;
  });
  return `# Devices

<!-- Made from src/core/isa/ports.ts. Do not edit: run the isa spec with UPDATE_DOCS=1. -->

A program reaches its devices through 256 ports of one byte (\`in\`, \`out\`), the screen through memory. \`<ports.h>\`, which \`<machine.h>\`
includes, defines every name on this page. A value of several bytes takes consecutive ports, low byte first; a port that no row names
reads as 0 and ignores writes. Reading byte 0 of \`CYCLES\`, \`NANOS\` or \`COUNTER\` freezes the others until it is read again.

The pixel screen is memory: 64 x 64 bytes from ${hex(SCREEN_BASE, 4)}, a row after the other; a byte is a colour, three bits of red, three of
green, two of blue.

${devices.join('\n\n')}

## Interrupts

A pending interrupt that the mask lets through ends \`wait\`; with interrupts on it is taken between two instructions, the lowest number
first. The machine pushes PC and then the flags, switches interrupts off and goes to the address in the vector table, which has
${VECTOR_COUNT} words from ${hex(VECTOR_BASE, 4)}; 0 stands for no handler. \`reti\` gives the flags back, and with them interrupts: a handler
that switches them on itself can be interrupted.

${table(
  ['number', 'vector', 'name', 'device', 'raised when'],
  INTERRUPTS.map((i) => [
    String(i.vector),
    hex(VECTOR_BASE + 2 * i.vector, 4),
    `\`${i.name}\``,
    DEVICES[i.device],
    i.meaning,
  ]),
)}

## Bits and codes

${table(
  ['name', 'value'],
  Object.entries(PORT_CONSTANTS).map(([name, value]) => [`\`${name}\``, hex(value)]),
)}

## Counters

\`COUNTER_SELECT\` takes the number, \`COUNTER\` shows the count since power on.

${table(
  ['number', 'name', 'counts'],
  COUNTERS.map((c) => [String(c.number), `\`${c.name}\``, c.meaning]),
)}
`;
}
