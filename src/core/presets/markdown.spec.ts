import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { modelsMarkdown } from './markdown';
import { STORAGE_PRESETS } from './storage';

const FILE = new URL('../../../docs/models.md', import.meta.url);

test('docs/models.md is what the presets make (UPDATE_DOCS=1 writes it)', () => {
  if (process.env.UPDATE_DOCS) writeFileSync(FILE, modelsMarkdown());
  expect(readFileSync(FILE, 'utf8')).toBe(modelsMarkdown());
});

test('it names every preset with every source', () => {
  const text = modelsMarkdown();
  for (const preset of STORAGE_PRESETS) {
    expect(text).toContain(preset.id);
    for (const { title, year } of preset.sources) expect(text).toContain(`${title} (${year}`);
  }
});
