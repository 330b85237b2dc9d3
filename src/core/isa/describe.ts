/** An instruction in a sentence or a few, from the table: for hovers and for the line under a listing. */
import { FORMS, type InstructionForm } from './table';

/** What it does and what it costs, on one line. */
export const describeForm = (form: InstructionForm): string =>
  [form.effect, cyclesText(form), memoryText(form), flagsText(form)].filter((part) => part !== '').join('; ');

/** All forms that assembly writes with this mnemonic; a branch by any of its conditions. */
export function formsNamed(mnemonic: string, conditions: readonly string[]): InstructionForm[] {
  const wanted = mnemonic.toLowerCase();
  return FORMS.filter((form) => {
    if (!form.mnemonic.includes('{c}')) return form.mnemonic === wanted;
    return conditions.some((condition) => form.mnemonic.replace('{c}', condition) === wanted);
  });
}

/** Mnemonic and operands with the fields' letters, for example `add a, b`. */
export const syntaxOf = ({ mnemonic, syntax }: InstructionForm): string =>
  `${mnemonic} ${syntax.replace(/\{(\w)\}/g, '$1')}`.trimEnd();

function cyclesText({ cycles, extra, words }: InstructionForm): string {
  const base = `${cycles} ${cycles === 1 ? 'cycle' : 'cycles'}`;
  const more = extra ? `, ${extra.cycles} more ${extra.per === 'taken' ? 'when taken' : 'a bit'}` : '';
  return `${base}${more}, ${2 * words} bytes`;
}

function memoryText({ reads, writes }: InstructionForm): string {
  const bytes = (n: number) => `${n} ${n === 1 ? 'byte' : 'bytes'}`;
  return [reads > 0 ? `reads ${bytes(reads)}` : '', writes > 0 ? `writes ${bytes(writes)}` : '']
    .filter((part) => part !== '')
    .join(', ');
}

function flagsText({ flags }: InstructionForm): string {
  return flags === '' ? 'no flags' : `sets ${[...flags.toUpperCase()].join(' ')}`;
}
