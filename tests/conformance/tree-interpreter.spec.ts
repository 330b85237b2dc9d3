/** The samples, with the library's own C sources, in the interpreter of typed trees: what they print is what their `// expect:` lines say. */
import { describe, expect, test } from 'vitest';
import { LIBRARY_SOURCES, SAMPLES, header } from '../../programs/library';
import { interpretUnits } from '../../src/core/compiler/3-semantics/interpret';
import { LIBRARY_NATIVES } from '../../src/core/compiler/4-ir/natives';
import { compileFrontEnd } from '../../src/core/compiler/front-end';

const library = LIBRARY_SOURCES.filter(({ name }) => name.endsWith('.c'));

describe('samples', () => {
  for (const sample of SAMPLES) {
    test(sample.name, () => {
      const files = [{ name: `${sample.name}.c`, text: sample.text }, ...library];
      const { units, diagnostics } = compileFrontEnd(files, { headers: header });
      expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
      const input = Uint8Array.from(sample.input, (c) => c.charCodeAt(0));
      const run = interpretUnits(units, { natives: LIBRARY_NATIVES, input, stepLimit: 30_000_000 });
      // What needs devices, interrupts or assembly, or counts misses, is for the machine.
      const needsMachine =
        /\b(asm|disk_|in\(|out\(|interrupt|counter|nanos|cycles|screen|led|keys|timer|sleep|plot|core_)/i.test(
          sample.text,
        );
      if (needsMachine || run.exit.kind === 'limit' || run.exit.kind === 'unsupported') {
        expect(run.exit.kind).not.toBe('trap');
        return;
      }
      const lines = new TextDecoder().decode(run.output).trimEnd().split('\n');
      expect(lines).toHaveLength(sample.expect.length);
      lines.forEach((line, i) => {
        // `<n>` stands for any number.
        const [first = '', ...rest] = (sample.expect[i] ?? '').split('<n>');
        const number = /-?\d+/y;
        let at = first.length;
        expect(line.slice(0, at)).toBe(first);
        for (const part of rest) {
          number.lastIndex = at;
          expect(number.test(line)).toBe(true);
          expect(line.slice(number.lastIndex, number.lastIndex + part.length)).toBe(part);
          at = number.lastIndex + part.length;
        }
        expect(at).toBe(line.length);
      });
    });
  }
});
