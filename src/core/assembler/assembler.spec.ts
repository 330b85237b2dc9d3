import { describe, expect, test } from 'vitest';
import { encode, operandRange } from '../isa/codec';
import { FORMS, type FormId, type InstructionForm } from '../isa/table';
import { disassemble } from './disassemble';
import type { AsmItem } from './items';
import { encodeItems } from './object';
import { assemble } from './parse';
import { printItems } from './print';

const bytesOf = (text: string) => {
  const { items, diagnostics } = assemble(text, 'test.s');
  expect(diagnostics).toEqual([]);
  return [...(encodeItems(items, 'test.o').sections[0]?.bytes ?? [])];
};
const toBytes = (words: readonly number[]) => words.flatMap((w) => [w & 0xff, w >> 8]);
const errorsOf = (text: string) => {
  const { diagnostics, sources } = assemble(text, 'test.s');
  return diagnostics.map((d) => `${sources.place(d.span.start).line}:${sources.place(d.span.start).column} ${d.id}`);
};

/** Both ends of each field's range and some values between. */
function operandSets(form: InstructionForm): number[][] {
  let sets: number[][] = [[]];
  form.fields.forEach((_, i) => {
    const { min, max } = operandRange(form, i);
    const values = [...new Set([min, max, 0, 1, 3, 5, -1, 127, 128, (min + max) >> 1])];
    sets = sets.flatMap((set) => values.filter((v) => v >= min && v <= max).map((v) => [...set, v]));
  });
  return sets;
}

describe('every form', () => {
  test.each(FORMS.map((form) => [form.id, form] as const))('%s: encode, disassemble, assemble', (id, form) => {
    for (const operands of operandSets(form)) {
      const bytes = toBytes(encode(id, operands));
      const text = disassemble(Uint8Array.from(bytes), 0x100)
        .map((line) => line.text)
        .join('\n');
      expect(text).not.toMatch(/^\.(word|byte)/);
      expect(bytesOf(text), text).toEqual(bytes);
    }
  });

  test.each(FORMS.map((form) => [form.id, form] as const))('%s: its example assembles to it', (id, form) => {
    const first = assemble(form.example, 'example.s').items[0];
    expect(first).toMatchObject({ kind: 'instr', form: id });
  });

  test.each(FORMS.map((form) => [form.id, form] as const))('%s: print, parse', (id, form) => {
    for (const operands of operandSets(form)) {
      const items: AsmItem[] = [{ kind: 'instr', form: id, operands }];
      const [back] = assemble(printItems(items), 'test.s').items;
      expect(back?.kind === 'instr' && encode(back.form, back.operands as number[]), printItems(items)).toEqual(
        encode(id, operands),
      );
    }
  });
});

test('any two words disassemble to text that assembles back', () => {
  const bytes = new Uint8Array(4);
  let state = 12345;
  const lines: string[] = [];
  const expected: number[] = [];
  for (let first = 0; first < 65536; first += 7) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const second = state >>> 16;
    bytes.set([first & 0xff, first >> 8, second & 0xff, second >> 8]);
    for (const line of disassemble(bytes, 0x1000)) {
      // A distance may lead anywhere; what counts is that it comes back.
      lines.push(line.text);
      expected.push(...(line.sizeBytes === 1 ? line.words : toBytes(line.words)));
    }
  }
  expect(bytesOf(lines.join('\n')).length).toBe(expected.length);
  expect(bytesOf(lines.join('\n'))).toEqual(expected);
});

describe('choice of form', () => {
  const formOfText = (text: string): FormId | undefined => {
    const item = assemble(text, 'test.s').items.find((i) => i.kind === 'instr');
    return item?.kind === 'instr' ? item.form : undefined;
  };
  test.each<[string, FormId]>([
    ['ld r0, [w2+31]', 'ld'],
    ['ld r0, [w2+32]', 'ldx'],
    ['ld r0, [w2-1]', 'ldx'],
    ['ld r0, [w2]', 'ld'],
    ['ld r0, [w2+]', 'ldinc'],
    ['ld r0, [-w2]', 'lddec'],
    ['ld r0, [w2+w3]', 'ldi2'],
    ['ld r0, [w2+table]', 'ldx'],
    ['ld r0, [table+4]', 'lda'],
    ['ld r0, [sp]', 'ldsp'],
    ['ld r0, [sp+64]', 'ldspx'],
    ['ldiw w0, 127', 'ldiw8'],
    ['ldiw w0, 128', 'ldiw'],
    ['ldiw w0, 0xffff', 'ldiw8'],
    ['ldiw w0, table', 'ldiw'],
    ['ldiw.w w0, 1', 'ldiw'],
    ['beq loop', 'branch'],
    ['beq.w loop', 'brancha'],
    ['jmp 0x200', 'jmpa'],
    ['jmp .+4', 'jmp'],
    ['shl r0, 3', 'shl'],
    ['shl r0, r3', 'shlr'],
    ['in r0, [r1]', 'in'],
    ['in r0, 0x10', 'inp'],
  ])('%s is %s', (text, form) => expect(formOfText(text)).toBe(form));
});

describe('directives and expressions', () => {
  test('data', () => {
    expect(bytesOf('.data\n.byte 1, -1, \'a\', 0x10+2*3\n.word 0x1234\n.asciz "hi\\n"\n.space 2\n.space 2, 7')).toEqual(
      [1, 255, 97, 22, 0x34, 0x12, 104, 105, 10, 0, 0, 0, 7, 7],
    );
  });
  test('a text that is too long is refused', () => {
    const { diagnostics } = assemble(`.data\n.ascii "${'x'.repeat(200_000)}"`, 'test.s');
    expect(diagnostics.map(({ id }) => id)).toEqual(['asm-too-large']);
  });
  test('constants', () => {
    expect(bytesOf('.equ SIZE, 1 << 4\nHALF = SIZE / 2\nldi r0, HALF | 1\nldi r1, hi8(0x1234)')).toEqual([
      0x09, 0x40, 0x12, 0x41,
    ]);
  });
  test('.align fills to an even offset', () => {
    expect(bytesOf('.data\n.byte 1\n.align 2\n.byte 2\n.byte 3\n.align 2\n.align 2')).toEqual([1, 0, 2, 3]);
  });
  test('numeric labels', () => {
    const { items } = assemble('1: nop\n jmp 1b\n jmp 1f\n1: jmp 1b', 'test.s');
    const labels = items.filter((i) => i.kind === 'label').map((i) => i.name);
    const targets = items.flatMap((i) => (i.kind === 'instr' ? i.operands : []));
    expect(labels).toHaveLength(2);
    expect(targets).toEqual([labels[0], labels[1], labels[1]].map((symbol) => ({ symbol, addend: 0 })));
  });
  test('lo8 and hi8 of a symbol become relocations of one byte', () => {
    const { items } = assemble('ldi r0, lo8(x+3)\nori r1, hi8(x)', 'test.s');
    expect(encodeItems(items, 'o').sections[0]?.relocations).toEqual([
      { offset: 0, kind: 'lo8', symbol: 'x', addend: 3 },
      { offset: 4, kind: 'hi8', symbol: 'x', addend: 0 },
    ]);
  });
});

describe('errors', () => {
  test('one file shows all of them, each with its place', () => {
    const text = [
      'start: nop',
      '  nopp',
      '  ldi r0, 300',
      '  add r0',
      '  ldi r16, 1',
      '  .bite 3',
      'start: nop',
      '  jmp 9b',
      '  ldi r0, start',
      '  ld r0, [w2',
      '  ldi r0, 1/0',
      '  .ascii "open',
      '  nop @',
      '  .global nowhere',
      'r3: nop',
      '  .section odd',
      '  add.w r0, r1',
      '  .byte 256',
      '  jmp 3f',
    ].join('\n');
    expect(errorsOf(text)).toEqual([
      '2:3 asm-unknown-instruction',
      '3:11 asm-operand-range',
      '4:3 asm-wrong-operands',
      '5:3 asm-wrong-operands',
      '6:3 asm-unknown-directive',
      '7:1 asm-duplicate-label',
      '8:7 asm-no-local-label',
      '9:11 asm-needs-number',
      '10:13 asm-expected',
      '11:12 asm-division-by-zero',
      '12:10 asm-unclosed-string',
      '13:7 asm-bad-character',
      '15:1 asm-reserved-name',
      '16:12 asm-section-type',
      '17:3 asm-no-wide-form',
      '18:9 asm-operand-range',
      '19:7 asm-no-local-label',
      '14:11 asm-global-undefined',
    ]);
  });
  test('a slip of the keyboard gets a suggestion', () => {
    const [d] = assemble('psuh r1', 'test.s').diagnostics;
    expect(d?.fix?.edits[0]?.text).toBe('push');
  });
  test('broken input ends in diagnostics, never in a throw', () => {
    let state = 99;
    const alphabet = 'ar01 ,[]+-.:;"\'\\\n\t()lo8w2sp<>=*/%&|^~é\u0000\ud800';
    for (let round = 0; round < 3000; round++) {
      let text = '';
      for (let i = 0; i < 30; i++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        text += alphabet[(state >>> 16) % alphabet.length];
      }
      const { diagnostics } = assemble(text, 'fuzz.s');
      expect(Array.isArray(diagnostics)).toBe(true);
    }
    expect(errorsOf(`ldi r0, ${'('.repeat(5000)}1`)).toEqual(['1:110 asm-bad-expression']);
    expect(errorsOf('x\n'.repeat(1000)).length).toBe(101);
    expect(errorsOf('.space 65536\n'.repeat(5))).toEqual(['3:1 asm-too-large']);
  });
});

test('items survive print and parse', () => {
  const items: AsmItem[] = [
    { kind: 'section', name: '.text.f', type: 'text' },
    { kind: 'label', name: 'f', global: true },
    { kind: 'instr', form: 'ldiw', operands: [0, { symbol: 'table', addend: -2 }], note: 'address of table' },
    { kind: 'instr', form: 'ldi', operands: [3, { symbol: 'table', addend: 1, part: 'hi8' }] },
    { kind: 'label', name: '.L1', global: false },
    { kind: 'instr', form: 'branch', operands: [1, { symbol: '.L1', addend: 0 }] },
    { kind: 'instr', form: 'ret', operands: [] },
    { kind: 'comment', text: 'the table' },
    { kind: 'section', name: '.mine', type: 'rodata' },
    { kind: 'label', name: 'table', global: false },
    { kind: 'bytes', bytes: Uint8Array.from([104, 105, 33, 10, 0]) },
    { kind: 'word', value: { symbol: 'f', addend: 4 } },
    { kind: 'word', value: -3 },
    { kind: 'bytes', bytes: Uint8Array.from([1, 2, 200]) },
    { kind: 'section', name: '.bss.x', type: 'bss' },
    { kind: 'label', name: 'x', global: false },
    { kind: 'space', sizeBytes: 40 },
  ];
  const { items: back, diagnostics } = assemble(printItems(items), 'test.s');
  expect(diagnostics).toEqual([]);
  const plain = back
    .filter((item) => item.kind !== 'function')
    .map((item) => {
      // Where a text stands is not what it says.
      if (item.kind === 'instr') return { ...item, origin: undefined };
      return item.kind === 'label' ? { ...item, span: undefined } : item;
    });
  expect(plain).toEqual(items);
});
