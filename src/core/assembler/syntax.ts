/**
 * The assembly language's grammar, derived from the instruction table: which operand shapes each mnemonic takes, and which forms
 * stand behind them. A shape is the syntax with its fields replaced by their class: R register, P pair, S the stack pointer, E
 * expression; so `ld r0, [w2+3]` and the form `{d}, [{p}+{o}]` both have the shape `R,[P+E]`.
 */
import { at } from '../base/assert';
import { operandRange } from '../isa/codec';
import { CONDITIONS, FORMS, type FormId, type InstructionForm } from '../isa/table';
import type { AsmOperand, SymbolRef } from './items';

/** A form under one mnemonic; conditions are spelled into the mnemonic, so `beq` and `bne` are two candidates of one form. */
export interface Candidate {
  readonly form: InstructionForm;
  readonly shape: string;
  /** The condition's number, first of the operands, if the form has one. */
  readonly condition: number | undefined;
}

/** A distance in bytes from the start of the instruction, written `.+4`. */
export interface Here {
  readonly here: number;
}

export type WrittenOperand = AsmOperand | Here;

/** Suffix that asks for the two-word form where a one-word form would do. */
export const WIDE_SUFFIX = '.w';

/** Classes of fields in a shape; all others are expressions. */
const CLASS: Readonly<Record<string, string>> = { reg: 'R', pair: 'P' };

/** Mnemonic -> its candidates, one-word forms first. */
export const MNEMONICS: ReadonlyMap<string, readonly Candidate[]> = buildMnemonics();

/** The operands as the form stores them, or undefined if this form cannot hold them. */
export function fit(candidate: Candidate, written: readonly WrittenOperand[]): AsmOperand[] | undefined {
  const { form, condition } = candidate;
  const first = condition === undefined ? 0 : 1;
  const operands: AsmOperand[] = condition === undefined ? [] : [condition];
  for (let i = 0; i < written.length; i++) {
    const operand = fitOne(form, first + i, at(written, i));
    if (operand === undefined) return undefined;
    operands.push(operand);
  }
  return operands;
}

/** The instruction as text, without its label; operands in the form's order. */
export function formatInstruction(id: FormId, form: InstructionForm, operands: readonly AsmOperand[]): string {
  const condition = form.fields[0]?.kind === 'cond' ? (operands[0] as number) : undefined;
  const name = condition === undefined ? form.mnemonic : form.mnemonic.replace('{c}', at(CONDITIONS, condition).name);
  const wide = form.words === 2 && shorterFits(name, id, form, operands) ? WIDE_SUFFIX : '';
  let text = form.syntax;
  form.fields.forEach(({ letter, kind }, i) => {
    if (kind !== 'cond') text = text.replace(`{${letter}}`, formatOperand(form, i, at(operands, i)));
  });
  text = text.replace('+-', '-');
  return text === '' ? name : `${name}${wide} ${text}`;
}

function fitOne(form: InstructionForm, index: number, operand: WrittenOperand): AsmOperand | undefined {
  const { kind, letter } = at(form.fields, index);
  if (typeof operand === 'object') {
    if ('here' in operand) return kind === 'rel' ? relative(form, index, operand.here) : undefined;
    return holdsSymbol(kind, letter, operand) ? operand : undefined;
  }
  if (kind === 'rel') return undefined;
  const { min, max } = operandRange(form, index);
  // A pair's short constant also takes the unsigned spelling of a negative value: 0xffff is -1.
  const value =
    kind === 'simm8' && form.fields[0]?.kind === 'pair' && operand >= 0xff80 && operand <= 0xffff
      ? operand - 0x10000
      : operand;
  return value >= min && value <= max ? value : undefined;
}

function relative(form: InstructionForm, index: number, bytes: number): number | undefined {
  const words = (bytes - 2) / 2;
  const { min, max } = operandRange(form, index);
  return Number.isInteger(words) && words >= min && words <= max ? words : undefined;
}

function holdsSymbol(kind: string, letter: string, ref: SymbolRef): boolean {
  if (ref.part) return kind === 'imm8';
  return kind === 'rel' || (letter === 'k' && kind.endsWith('16'));
}

/** Whether the assembler, left to choose, would take a one-word form for this text. */
function shorterFits(name: string, id: FormId, form: InstructionForm, operands: readonly AsmOperand[]): boolean {
  const candidates = MNEMONICS.get(name) ?? [];
  const own = candidates.find((c) => c.form.id === id);
  const written = form.fields[0]?.kind === 'cond' ? operands.slice(1) : operands;
  return candidates.some((c) => c.form.words === 1 && c.shape === own?.shape && fit(c, written) !== undefined);
}

function formatOperand(form: InstructionForm, index: number, operand: AsmOperand): string {
  const { kind } = at(form.fields, index);
  if (typeof operand === 'object') return formatSymbol(operand);
  switch (kind) {
    case 'reg':
      return `r${operand}`;
    case 'pair':
      return `w${operand}`;
    case 'rel':
      return operand < -1 ? `.${2 * operand + 2}` : `.+${2 * operand + 2}`;
    case 'addr16':
      return hex(operand & 0xffff, 4);
    case 'port':
      return hex(operand, 2);
    default:
      return String(operand);
  }
}

export function formatSymbol({ symbol, addend, part }: SymbolRef): string {
  const sum = addend === 0 ? symbol : `${symbol}${addend > 0 ? '+' : ''}${addend}`;
  return part ? `${part}(${sum})` : sum;
}

const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, '0')}`;

function shapeOf(form: InstructionForm): string {
  return form.syntax
    .replace(/\{(\w)\}/g, (_, letter: string) => {
      const kind = form.fields.find((f) => f.letter === letter)?.kind ?? '';
      return CLASS[kind] ?? 'E';
    })
    .replace('sp', 'S')
    .replace(/\s/g, '');
}

function buildMnemonics(): Map<string, Candidate[]> {
  const table = new Map<string, Candidate[]>();
  const add = (name: string, candidate: Candidate) => {
    const list = table.get(name);
    if (list) list.push(candidate);
    else table.set(name, [candidate]);
  };
  for (const form of FORMS) {
    const shape = shapeOf(form);
    if (form.mnemonic.includes('{c}'))
      CONDITIONS.forEach(({ name }, condition) => add(form.mnemonic.replace('{c}', name), { form, shape, condition }));
    else add(form.mnemonic, { form, shape, condition: undefined });
  }
  for (const list of table.values()) list.sort((a, b) => a.form.words - b.form.words);
  return table;
}
