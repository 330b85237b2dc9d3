/**
 * The C library's headers and sources and the sample programs, as texts that the bundler puts into the browser, the command-line
 * tool and the tests alike. `ports.h` has no file: it is made from the machine's port table.
 */
import { portsHeader } from '../src/core/isa/ports';

export interface LibrarySource {
  /** Member of the archive, for example `string.c` or `memory.s`. */
  readonly name: string;
  readonly text: string;
}

export interface Sample {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  /** What it shows and what to look at, from the head comment. */
  readonly summary: string;
  readonly text: string;
  /** The lines of its `// expect:` comments. */
  readonly expect: readonly string[];
  /** Topics for the gallery. */
  readonly group: SampleGroup;
  /** `real` where a second of the machine must take a second: games. */
  readonly clock: 'fast' | 'real';
  /** The machine preset that it is for. */
  readonly machine: string;
  /** Text that it is given on its standard input (`// input:` lines). */
  readonly input: string;
}

export const SAMPLE_GROUPS = {
  first: 'First steps',
  memory: 'Memory and caches',
  disks: 'Disks',
  algorithms: 'Algorithms',
  language: 'The language',
  machine: 'The machine',
  cores: 'Several cores',
  optimiser: 'The optimiser at work',
} as const;
export type SampleGroup = keyof typeof SAMPLE_GROUPS;

const headerFiles = texts(
  import.meta.glob<string>('./lib/include/*.h', { query: '?raw', import: 'default', eager: true }),
);
const sourceFiles = texts(
  import.meta.glob<string>('./lib/src/*.{c,s}', { query: '?raw', import: 'default', eager: true }),
);
const sampleFiles = texts(import.meta.glob<string>('./*.c', { query: '?raw', import: 'default', eager: true }));

const PORTS_HEADER = `/* <ports.h>: ports, interrupts and counters of the machine, made from its port table. */
#ifndef _PORTS_H
#define _PORTS_H

${portsHeader()}
#endif
`;

/** The text of a header that `#include <name>` finds, or undefined. */
export function header(name: string): string | undefined {
  return name === 'ports.h' ? PORTS_HEADER : headerFiles.get(name);
}

/** Names of all headers for programs, sorted. */
export const HEADER_NAMES: readonly string[] = [...headerFiles.keys(), 'ports.h']
  .filter((n) => n !== 'internal.h')
  .sort();

/** All sources of the library; `x.hard.s` and `x.soft.s` are two versions of one member. */
export const LIBRARY_SOURCES: readonly LibrarySource[] = [...sourceFiles].map(([name, text]) => ({ name, text }));

/** The members for a machine with or without its multiplier. */
export function librarySources(multiplier: boolean): readonly LibrarySource[] {
  return LIBRARY_SOURCES.filter(({ name }) => !name.endsWith(multiplier ? '.soft.s' : '.hard.s'));
}

export const SAMPLES: readonly Sample[] = [...sampleFiles].map(([file, text]) => readSample(file, text));

/**
 * Reads what a sample says about itself: `// title:`, `// group:`, `// expect:`, `// clock:`, `// machine:` and `// input:` lines, and the paragraph of
 * plain comment lines under the title.
 */
export function readSample(file: string, text: string): Sample {
  const lines = text.split('\n');
  const values = (key: string) =>
    lines.flatMap((line) => {
      const match = new RegExp(`^\\s*// ${key}:(?: (.*))?$`).exec(line);
      return match ? [match[1] ?? ''] : [];
    });
  const summary: string[] = [];
  for (const line of lines) {
    if (!line.startsWith('//')) break;
    if (!/^\/\/ (title|group|expect|input|clock|machine):/.test(line)) summary.push(line.slice(2).trim());
  }
  const name = file.replace(/\.c$/, '');
  const group = values('group')[0] ?? '';
  return {
    name,
    title: values('title')[0] ?? name,
    group: Object.hasOwn(SAMPLE_GROUPS, group) ? (group as SampleGroup) : 'language',
    summary: summary.join(' ').trim(),
    text,
    expect: values('expect'),
    machine: values('machine')[0] ?? 'teaching',
    clock: values('clock')[0] === 'real' ? 'real' : 'fast',
    input: values('input')
      .map((line) => `${line}\n`)
      .join(''),
  };
}

/** File name -> text, sorted by name so that every build has the same order. */
function texts(files: Record<string, string>): Map<string, string> {
  const entries = Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text] as const);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
