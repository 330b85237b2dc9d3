import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from './json';

describe('JSON with places', () => {
  test('reads what the host reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 2), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        const result = parseJson(spaced);
        expect(result.ok && JSON.stringify(result.value.value)).toBe(JSON.stringify(JSON.parse(spaced)));
      }),
    );
  });

  test('refuses what the host refuses, whatever character is damaged', () => {
    const source = '{"a": [1, -2.5e3, "x\\u00e9\\n"], "b": {"c": true, "d": null}}';
    fc.assert(
      fc.property(
        fc.nat(source.length - 1),
        fc.constantFrom('', '"', ',', '{', ']', '0', '-', '\\', '\n', 'x'),
        (i, c) => {
          const text = source.slice(0, i) + c + source.slice(i + 1);
          let expected: unknown;
          try {
            expected = JSON.stringify(JSON.parse(text));
          } catch {
            expected = undefined;
          }
          const result = parseJson(text);
          expect(result.ok ? JSON.stringify(result.value.value) : undefined).toBe(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('says where', () => {
    const result = parseJson('{\n  "a": [1,\n    {"b": 2}]\n}');
    expect(result.ok && result.value.placeOf('a[1].b')).toEqual({ line: 3, column: 11 });
    expect(result.ok && result.value.placeOf('a[1].missing.deeper')).toEqual({ line: 3, column: 5 });
    expect(parseJson('{\n  "a": 1,\n}')).toEqual({
      ok: false,
      error: { message: 'expected a name in double quotes, found "}"', place: { line: 3, column: 1 } },
    });
    expect(parseJson('')).toMatchObject({ ok: false, error: { message: 'expected a value, but the text ends' } });
    expect(parseJson('{"a":1,"a":2}')).toMatchObject({ ok: false, error: { message: 'the name "a" is given twice' } });
    expect(parseJson('['.repeat(100_000))).toMatchObject({ ok: false });
  });
});
