import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bitField, isaMarkdown } from './markdown';
import { formOf, FORMS } from './table';

const FILE = new URL('../../../docs/isa.md', import.meta.url);

describe('docs/isa.md', () => {
  test('is what the table makes (UPDATE_DOCS=1 writes it)', () => {
    if (process.env.UPDATE_DOCS) writeFileSync(FILE, isaMarkdown());
    expect(readFileSync(FILE, 'utf8')).toBe(isaMarkdown());
  });
  test('has every form and its example', () => {
    const text = isaMarkdown();
    for (const form of FORMS) expect(text).toContain(`- example: \`${form.example}\``);
  });
  test('draws a word as boxes', () => {
    expect(bitField(formOf('ldw'))).toBe(
      [
        ' 15       11 10    8 7     5 4         0',
        '+-----------+-------+-------+-----------+',
        '| 1 0 1 0 0 | p p p | q q q | o o o o o |',
        '+-----------+-------+-------+-----------+',
      ].join('\n'),
    );
  });
});
