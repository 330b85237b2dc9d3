import { expect, test } from 'vitest';
import { SAMPLES } from '../../../programs/library';
import { shownSample } from './sample';

test('a sample keeps its code and its summary, and loses what speaks to the gallery and the tests', () => {
  for (const { name, text, summary } of SAMPLES) {
    const shown = shownSample(text);
    expect(shown, name).not.toMatch(/^\/\/ (title|group|expect|input):/m);
    const code = text.slice(text.search(/^(?!\/\/)/m)).trim();
    expect(shown.endsWith(`${code}\n`) || shown.trimEnd().endsWith(code), name).toBe(true);
    const head = shown.split('\n').filter((line) => line.startsWith('//'));
    expect(Math.max(0, ...head.slice(0, 3).map((line) => line.length)), name).toBeLessThanOrEqual(64);
    expect(head.join(' ').replaceAll(/\/\/ ?/g, ''), name).toContain(summary.split(' ').slice(0, 3).join(' '));
  }
});
