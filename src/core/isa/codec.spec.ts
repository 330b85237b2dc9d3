import { describe, expect, test } from 'vitest';
import { DECODE_TABLE, decode, encode, operandRange, UNDEFINED_FORM } from './codec';
import { FORMS, type InstructionForm } from './table';

/** A spread of legal values for a field: both ends and some between. */
function samples(form: InstructionForm, index: number): number[] {
  const { min, max } = operandRange(form, index);
  return [...new Set([min, max, 0, 1, 3, 5, (min + max) >> 1].filter((v) => v >= min && v <= max))];
}

const normal = (form: InstructionForm, index: number, value: number): number => {
  const kind = form.fields[index]?.kind;
  if (kind === 'imm8') return value & 0xff;
  if (kind === 'imm16' || kind === 'addr16' || kind === 'disp16') return value & 0xffff;
  return value;
};

describe('every form', () => {
  test.each(FORMS.map((form) => [form.id, form] as const))('%s survives encode and decode', (id, form) => {
    let operandSets: number[][] = [[]];
    form.fields.forEach((_, i) => {
      operandSets = operandSets.flatMap((set) => samples(form, i).map((v) => [...set, v]));
    });
    for (const operands of operandSets) {
      const [first, second] = encode(id, operands);
      const back = decode(first as number, second ?? 0);
      expect(back?.form.id).toBe(id);
      expect(back?.operands).toEqual(operands.map((v, i) => normal(form, i, v)));
    }
  });

  test.each(FORMS.map((form) => [form.id, form] as const))(
    '%s lists its fields in the order of its syntax',
    (_, form) => {
      const order = [...form.syntax.matchAll(/\{(\w)\}/g)].map((m) => m[1]);
      expect(form.fields.filter((f) => f.kind !== 'cond').map((f) => f.letter)).toEqual(order);
    },
  );

  test('every defined word encodes back to itself', () => {
    let defined = 0;
    for (let word = 0; word < 65536; word++) {
      if (DECODE_TABLE[word] === UNDEFINED_FORM) continue;
      const decoded = decode(word, 0x1234);
      expect(decoded && encode(decoded.form.id, decoded.operands)[0]).toBe(word);
      defined++;
    }
    expect(defined).toBeGreaterThan(60000);
  });

  test('the all-zero word is undefined', () => expect(decode(0, 0)).toBeUndefined());
});
