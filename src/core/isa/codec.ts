/** Encode and decode, derived from the instruction table. Operands are numbers in the order of the form's fields. */
import { assert, at, fail } from '../base/assert';
import { FORMS, formNumber, formOf, type FormId, type InstructionForm, type OperandKind } from './table';

/** Marks an undefined first word in DECODE_TABLE. */
export const UNDEFINED_FORM = 0xff;

interface FieldBits {
  readonly kind: OperandKind;
  /** Lowest bit and width in the first word; width 0 for the second word. */
  readonly shift: number;
  readonly width: number;
}

interface Layout {
  readonly base: number;
  readonly fields: readonly FieldBits[];
}

const LAYOUTS: readonly Layout[] = FORMS.map((form) => ({
  base: parseInt(form.pattern.replace(/[^1]/g, '0'), 2),
  fields: form.fields.map(({ letter, kind }) => {
    const first = form.pattern.indexOf(letter);
    if (first < 0) return { kind, shift: 0, width: 0 };
    const last = form.pattern.lastIndexOf(letter);
    return { kind, shift: 15 - last, width: last - first + 1 };
  }),
}));

/** First word -> form number (index in FORMS), or UNDEFINED_FORM. */
export const DECODE_TABLE: Uint8Array = buildDecodeTable();

export interface Decoded {
  readonly form: InstructionForm;
  readonly operands: readonly number[];
}

/** Decodes an instruction; `second` is read only by two-word forms. Undefined words give undefined. */
export function decode(first: number, second: number): Decoded | undefined {
  const number = DECODE_TABLE[first & 0xffff] as number;
  if (number === UNDEFINED_FORM) return undefined;
  const layout = at(LAYOUTS, number);
  const operands = layout.fields.map((field) =>
    field.width === 0 ? decodeSecond(field.kind, second) : decodeField(field, first),
  );
  return { form: at(FORMS, number), operands };
}

/** Encodes an instruction into one or two words. Operands must be in range (see operandRange); imm8 and imm16 wrap. */
export function encode(id: FormId, operands: readonly number[]): number[] {
  const form = formOf(id);
  const layout = at(LAYOUTS, formNumber(id));
  if (operands.length !== layout.fields.length) fail(`${id} takes ${layout.fields.length} operands`);
  let first = layout.base;
  let second = 0;
  layout.fields.forEach((field, index) => {
    const value = at(operands, index);
    if (field.width === 0) second = decodeSecond(field.kind, value);
    else first |= (encodeField(field.kind, value) & ((1 << field.width) - 1)) << field.shift;
  });
  return form.words === 2 ? [first, second] : [first];
}

/** The values that a field accepts, inclusive. */
export function operandRange(form: InstructionForm, index: number): { min: number; max: number } {
  const { kind, letter } = at(form.fields, index);
  const width = form.pattern.split(letter).length - 1;
  switch (kind) {
    case 'reg':
      return { min: 0, max: 15 };
    case 'pair':
    case 'bit':
      return { min: 0, max: 7 };
    case 'count':
      return { min: 1, max: 8 };
    case 'cond':
      return { min: 0, max: 13 };
    case 'imm8':
      return { min: -128, max: 255 };
    case 'simm8':
      return { min: -128, max: 127 };
    case 'uimm8':
    case 'port':
      return { min: 0, max: 255 };
    case 'imm16':
    case 'addr16':
    case 'disp16':
      return { min: -32768, max: 65535 };
    case 'disp':
      return { min: 0, max: (1 << width) - 1 };
    case 'rel':
      return { min: -(1 << (width - 1)), max: (1 << (width - 1)) - 1 };
  }
}

function encodeField(kind: OperandKind, value: number): number {
  return kind === 'count' ? value - 1 : value;
}

function decodeField(field: FieldBits, word: number): number {
  const raw = (word >>> field.shift) & ((1 << field.width) - 1);
  switch (field.kind) {
    case 'count':
      return raw + 1;
    case 'simm8':
    case 'rel':
      return (raw << (32 - field.width)) >> (32 - field.width);
    default:
      return raw;
  }
}

function decodeSecond(kind: OperandKind, word: number): number {
  return kind === 'imm8' || kind === 'uimm8' || kind === 'port' ? word & 0xff : word & 0xffff;
}

function buildDecodeTable(): Uint8Array {
  const table = new Uint8Array(65536).fill(UNDEFINED_FORM);
  FORMS.forEach((form, number) => {
    const free = [...form.pattern].flatMap((c, i) => (c === '0' || c === '1' ? [] : [15 - i]));
    const base = at(LAYOUTS, number).base;
    const cond = at(LAYOUTS, number).fields.find((field) => field.kind === 'cond');
    for (let n = 0; n < 1 << free.length; n++) {
      let word = base;
      for (let b = 0; b < free.length; b++) if ((n >> b) & 1) word |= 1 << (free[b] as number);
      if (cond && ((word >> cond.shift) & 15) > 13) continue;
      assert(
        table[word] === UNDEFINED_FORM,
        `${form.id} overlaps ${FORMS[table[word] as number]?.id} at ${word.toString(16)}`,
      );
      table[word] = number;
    }
  });
  return table;
}
