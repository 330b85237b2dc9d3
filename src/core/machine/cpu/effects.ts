/** What the instruction at PC is about to touch in data memory, worked out from the syntax in the instruction table. */
import { at } from '../../base/assert';
import { decode } from '../../isa/codec';
import type { InstructionForm } from '../../isa/table';
import type { Core } from './core';

export interface DataAccess {
  readonly address: number;
  readonly bytes: number;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Null when the instruction at PC is undefined or touches no data memory. */
export function dataAccess(core: Core, memory: Uint8Array): DataAccess | null {
  const { pc } = core;
  const word = (a: number) => (memory[a & 0xffff] as number) | ((memory[(a + 1) & 0xffff] as number) << 8);
  const decoded = decode(word(pc), word(pc + 2));
  if (!decoded) return null;
  const { form, operands } = decoded;
  if (form.reads === 0 && form.writes === 0) return null;
  // RETI reads the flags too, which the table's columns have no number for.
  const bytes = form.id === 'reti' ? 3 : Math.max(form.reads, form.writes);
  const address = addressOf(form, operands, core) & 0xffff;
  return { address, bytes, reads: form.reads > 0, writes: form.writes > 0 };
}

/** The address that stands in brackets; without brackets the stack is meant. */
function addressOf(form: InstructionForm, operands: readonly number[], core: Core): number {
  const brackets = /\[(.*)\]/.exec(form.syntax)?.[1];
  if (brackets === undefined) return form.writes > 0 ? core.sp - form.writes : core.sp;
  const terms = brackets.match(/\{\w\}|sp/g) ?? [];
  let sum = 0;
  for (const term of terms) {
    if (term === 'sp') {
      sum += core.sp;
      continue;
    }
    const index = form.fields.findIndex((field) => field.letter === term[1]);
    const value = at(operands, index);
    sum += at(form.fields, index).kind === 'pair' ? (core.r16[value] as number) : value;
  }
  if (brackets.startsWith('-')) sum -= Math.max(form.reads, form.writes);
  return sum;
}
