import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { devicesMarkdown } from './devices-markdown';
import { COUNTERS, describePort, INTERRUPTS, PORT_CONSTANTS, PORTS, portsHeader } from './ports';

describe('the port table', () => {
  test('no port number is used twice and all are bytes', () => {
    const used = new Map<number, string>();
    for (const { port, name, sizeBytes } of PORTS)
      for (let i = port; i < port + sizeBytes; i++) {
        expect(used.get(i), `${name} at ${i}`).toBeUndefined();
        expect(i).toBeLessThan(256);
        used.set(i, name);
      }
    expect(used.size).toBeGreaterThan(60);
  });

  test('names are C macros and distinct over all tables', () => {
    const names = [
      ...PORTS.map((p) => p.name),
      ...INTERRUPTS.map((i) => i.name),
      ...COUNTERS.map((c) => c.name),
      ...Object.keys(PORT_CONSTANTS),
    ];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
  });

  test('vectors and counters are distinct', () => {
    expect(new Set(INTERRUPTS.map((i) => i.vector)).size).toBe(INTERRUPTS.length);
    expect(new Set(COUNTERS.map((c) => c.number)).size).toBe(COUNTERS.length);
  });

  test('a port in the middle of a value is found with its byte', () => {
    expect(describePort(0x2b)).toMatchObject({ row: { name: 'NANOS' }, byte: 3 });
    expect(describePort(0xff)).toBeUndefined();
  });

  test('the header has one define a name, and comments that close once', () => {
    const lines = portsHeader()
      .split('\n')
      .filter((line) => line.startsWith('#define'));
    expect(lines).toHaveLength(PORTS.length + INTERRUPTS.length + COUNTERS.length + Object.keys(PORT_CONSTANTS).length);
    for (const line of lines) expect(line).toMatch(/^#define [A-Z0-9_]+ 0x[0-9a-f]+( \/\*[^*]*\*\/)?$/);
  });
});

describe('docs/devices.md', () => {
  test('is what the table makes (UPDATE_DOCS=1 writes it)', () => {
    const file = new URL('../../../docs/devices.md', import.meta.url);
    if (process.env.UPDATE_DOCS) writeFileSync(file, devicesMarkdown());
    expect(readFileSync(file, 'utf8')).toBe(devicesMarkdown());
  });
});
