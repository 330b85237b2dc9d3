import { describe, expect, test } from 'vitest';
import { SAMPLES, header } from '../../../../programs/library';
import { compileFrontEnd } from '../front-end';
import { format } from './format';
import { EditorService } from './service';

const MAIN = `#include "point.h"
#define SIZE 4
struct node { int key; struct node *next; };
static unsigned char total;
int add(int a, int b) { return a + b; }
int main(void) {
  struct point here = { 1, 2 };
  struct node list[SIZE];
  list[0].next = &list[1];
  total = add(here.x, SIZE);
  { int total = 3; total++; }
  return other(total);
}
`;
const FILES = [
  { name: 'main.c', text: MAIN },
  { name: 'other.c', text: 'int other(int n) { return n; }\n' },
  { name: 'point.h', text: 'struct point { int x, y; };\nint other(int n);\n' },
];
const service = (files = FILES) => new EditorService(compileFrontEnd(files, { headers: header }));
/** Offset of the n-th occurrence of a text. */
const at = (text: string, n = 0, source = MAIN) => {
  let offset = -1;
  for (let i = 0; i <= n; i++) offset = source.indexOf(text, offset + 1);
  expect(offset).toBeGreaterThanOrEqual(0);
  return offset;
};
const textOf = (range: { file: string; start: number; end: number } | undefined) =>
  range && FILES.find((file) => file.name === range.file)!.text.slice(range.start, range.end);

describe('hover', () => {
  test('tells type, size and value range', () => {
    const hover = service().hover('main.c', at('total ='))!;
    expect(hover.code).toBe('unsigned char total');
    expect(hover.notes).toEqual(['1 byte.', 'Values from 0 to 255.']);
    expect(textOf(hover.range)).toBe('total');
  });
  test('tells offsets of members, expansions of macros and types of expressions', () => {
    expect(service().hover('main.c', at('next ='))!.notes[0]).toBe('Member of node, 2 bytes in.');
    expect(service().hover('main.c', at('SIZE)'))!.notes).toEqual(['Here it stands for: 4']);
    expect(service().hover('main.c', at('+ b'))!.code).toBe('int');
    expect(service().hover('main.c', 100_000)).toBeUndefined();
  });
});

describe('definition and references', () => {
  test('cross files', () => {
    expect(service().definition('main.c', at('other('))).toMatchObject({ file: 'other.c', start: 4, end: 9 });
    expect(
      service()
        .references('main.c', at('other('))
        .map(({ file }) => file)
        .sort(),
    ).toEqual(['main.c', 'other.c', 'point.h']);
  });
  test('members, macros and included files', () => {
    expect(service().definition('main.c', at('x, SIZE'))).toMatchObject({ file: 'point.h', start: 19 });
    expect(service().definition('main.c', at('SIZE]'))).toMatchObject({ file: 'main.c', start: at('SIZE') });
    expect(service().definition('main.c', at('point.h'))).toMatchObject({ file: 'point.h', start: 0 });
  });
  test('an inner variable hides the outer one', () => {
    expect(service().references('main.c', at('total = 3'))).toHaveLength(2);
    expect(service().references('main.c', at('total;'))).toHaveLength(3);
  });
});

describe('rename', () => {
  const apply = (offset: number, name: string) => {
    const edits = service().rename('main.c', offset, name);
    if (!edits.ok) return edits.error;
    let text = MAIN;
    for (const edit of [...edits.value].sort((a, b) => b.start - a.start)) {
      if (edit.file === 'main.c') text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    }
    const files = FILES.map((file) => (file.name === 'main.c' ? { ...file, text } : file));
    expect(compileFrontEnd(files, { headers: header }).hasErrors).toBe(false);
    return text;
  };
  test('changes every mention and only those', () => {
    const text = apply(at('total;'), 'sum');
    expect(text.match(/\bsum\b/g)).toHaveLength(3);
    expect(text.match(/\btotal\b/g)).toHaveLength(2);
  });
  test('refuses what would change the meaning', () => {
    expect(apply(at('here'), 'list')).toContain('already means');
    expect(apply(at('here'), 'int')).toContain('word of the language');
    expect(apply(at('here'), '1x')).toContain('not a name');
  });
  test('takes every name that the language takes', () => {
    expect(apply(at('total;'), '$sum')).toContain('$sum = add');
    expect(apply(at('total;'), 'größe')).toContain('größe = add');
  });
});

describe('completion', () => {
  const labels = (text: string) => {
    const cut = text.indexOf('|');
    const source = text.replace('|', '');
    return service([{ name: 'a.c', text: source }])
      .completion('a.c', cut)
      .map(({ label }) => label);
  };
  test('members after . and ->, while the program does not parse', () => {
    const types = 'struct in { int deep; }; struct out { struct in in; struct out *next; };';
    expect(labels(`${types} int main(void) { struct out a; a.| }`)).toEqual(['in', 'next']);
    expect(labels(`${types} int main(void) { struct out *a; a->next->in.d| }`)).toEqual(['deep']);
  });
  test('names with letters of any script and with $', () => {
    expect(labels('int main(void) { int $größe = 0, x; $gr| }')).toEqual(['$größe']);
    expect(labels('struct s { int $é; }; int main(void) { struct s $a; $a.$| }')).toEqual(['$é']);
  });
  test('names that are visible, then keywords', () => {
    expect(labels('int counter; int main(void) { int count = 0; { int country; } cou| }')).toEqual([
      'count',
      'counter',
    ]);
    expect(labels('int main(void) { whi| }')).toEqual(['while']);
  });
});

test('outline', () => {
  expect(
    service()
      .outline('main.c')
      .map(({ kind, name }) => `${kind} ${name}`),
  ).toEqual(['macro SIZE', 'type node', 'variable total', 'function add', 'function main']);
});

describe('format', () => {
  test('indents blocks, cases, labels and continued lines', () => {
    const messy =
      'int main(void) {\nif (a)\nb();\n   switch (x) {\ncase 1:\nf(a,\nb);\nbreak;\n}\n\n\n\nend:\nreturn 0;   \n}';
    expect(format(messy)).toBe(
      'int main(void) {\n  if (a)\n    b();\n  switch (x) {\n    case 1:\n      f(a,\n          b);\n      break;\n  }\n\nend:\n  return 0;\n}\n',
    );
  });
  test('a label may have any name', () => {
    expect(format('int main(void) {\n  $end:\n  return 0;\n}\n')).toBe('int main(void) {\n$end:\n  return 0;\n}\n');
  });
  test('is idempotent and changes no token of any sample', () => {
    const kinds = (text: string) => {
      const [part] = compileFrontEnd([{ name: 'a.c', text }], { headers: header }).parts;
      return [...part!.tokens.kind.subarray(0, part!.tokens.count)].join();
    };
    for (const { text } of SAMPLES) {
      const once = format(text);
      expect(format(once)).toBe(once);
      expect(kinds(once)).toBe(kinds(text));
    }
  });
});
