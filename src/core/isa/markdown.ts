/** docs/isa.md, made from the instruction table. */
import { operandRange } from './codec';
import { CONDITIONS, FLAG, FORMS, GROUPS, type Group, type InstructionForm } from './table';
import { TRAPS } from './traps';

export function isaMarkdown(): string {
  return [
    INTRODUCTION,
    conditions(),
    flags(),
    overview(),
    ...Object.keys(GROUPS).map((g) => group(g as Group)),
    traps(),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

const INTRODUCTION = `# The instruction set

<!-- Made from src/core/isa/table.ts. Do not edit: run the isa spec with UPDATE_DOCS=1. -->

Sixteen 8-bit registers \`r0\` to \`r15\`, which are also eight 16-bit pairs \`w0\` to \`w7\` (\`wN\` is \`r(2N+1):r(2N)\`, the odd register is the
high byte), a program counter \`PC\`, a stack pointer \`SP\` and five flags. One address space of 64 KiB, little-endian. An
instruction is one 16-bit word, or two where it carries a 16-bit constant \`k\`.

Cycles are the time of execution. Every byte that goes over the data bus adds the time of its access, one cycle when the first-level
cache has it; the fetch of the next instruction overlaps. In the encodings a digit is fixed and a letter is a bit of that operand.
`;

function conditions(): string {
  const rows = CONDITIONS.map((c, n) => `| ${n} | \`${c.name}\` | \`${escapeBars(c.test)}\` | ${c.meaning} |`);
  return `## Conditions

Used by \`b{c}\` and \`set{c}\`. A condition's opposite is its number with the lowest bit inverted.

| number | name | holds when | meaning |
| ---: | --- | --- | --- |
${rows.join('\n')}
`;
}

function flags(): string {
  const meaning: Readonly<Record<string, string>> = {
    C: 'carry, or borrow after a subtraction; the bit that a shift by a constant pushed out last',
    Z: 'the result is zero; in `adc`, `sbc` and `cpc` (marked `z`) also everything below it was',
    N: 'the top bit of the result',
    V: 'the signed result does not fit',
    I: 'interrupts are on',
  };
  const rows = Object.entries(FLAG).map(([name, bit]) => `| ${name} | ${bit} | ${meaning[name] ?? ''} |`);
  return `## Flags

| flag | bit | meaning |
| --- | ---: | --- |
${rows.join('\n')}
`;
}

function overview(): string {
  const rows = FORMS.map(
    (f) => `| \`${written(f)}\` | \`${escapeBars(f.effect)}\` | ${cycles(f)} | ${f.words * 2} | ${f.flags || '–'} |`,
  );
  return `## All instructions

| instruction | effect | cycles | bytes | flags |
| --- | --- | --- | ---: | --- |
${rows.join('\n')}
`;
}

function group(name: Group): string {
  const forms = FORMS.filter((form) => form.group === name);
  return `## ${GROUPS[name]}\n\n${forms.map(section).join('\n')}`;
}

function section(form: InstructionForm): string {
  const [decode, execute, store] = form.steps.map((step) => step.replace(/\{(\w)\}/g, '$1'));
  const data = [
    form.reads ? `reads ${form.reads} byte${form.reads > 1 ? 's' : ''}` : '',
    form.writes ? `writes ${form.writes} byte${form.writes > 1 ? 's' : ''}` : '',
  ].filter(Boolean);
  return `### \`${written(form)}\`

\`${form.effect}\`

\`\`\`text
${bitField(form)}
\`\`\`

- ${cycles(form)} cycle${cycles(form) === '1' ? '' : 's'}${data.length ? `, and the memory ${data.join(' and ')}` : ''}; flags: ${form.flags || 'none'}
- operands: ${operands(form) || 'none'}
- decode: ${decode}; execute: ${execute}; store: ${store}
- example: \`${form.example}\`
`;
}

/** The words as boxes, one a field, with the numbers of their outermost bits above. */
export function bitField(form: InstructionForm): string {
  const fields: string[] = [];
  for (const bit of form.pattern) {
    const last = fields.at(-1);
    const same = last && (/[01]/.test(bit) ? /[01]/.test(last[0] as string) : last.startsWith(bit));
    if (same) fields[fields.length - 1] = last + bit;
    else fields.push(bit);
  }
  if (form.words === 2) fields.push('k'.repeat(16));
  let top = '';
  let line = '';
  let body = '';
  let bit = 15;
  for (const field of fields) {
    if (bit < 0) bit = 15;
    const low = bit - field.length + 1;
    const inside = ` ${[...field].join(' ')} `;
    top += ` ${field.length === 1 ? String(bit).padEnd(inside.length) : ends(bit, low, inside.length)}`;
    line += `+${'-'.repeat(inside.length)}`;
    body += `|${inside}`;
    bit = low - 1;
  }
  return `${top.trimEnd()}\n${line}+\n${body}|\n${line}+`;
}

function ends(high: number, low: number, width: number): string {
  const left = String(high);
  return left + String(low).padStart(width - left.length);
}

function written(form: InstructionForm): string {
  const text = form.syntax.replace(/\{(\w)\}/g, (_, letter: string) => {
    const kind = form.fields.find((f) => f.letter === letter)?.kind;
    return kind === 'reg' ? `r${letter}` : kind === 'pair' ? `w${letter}` : letter;
  });
  return `${form.mnemonic} ${text}`.trim();
}

function operands(form: InstructionForm): string {
  return form.fields
    .map(({ letter, kind }, i) => {
      const { min, max } = operandRange(form, i);
      if (kind === 'reg') return `\`r${letter}\` register`;
      if (kind === 'pair') return `\`w${letter}\` pair`;
      if (kind === 'cond') return `\`${letter}\` condition`;
      if (kind === 'rel') return `\`${letter}\` words from the next instruction, ${min} to ${max}`;
      if (kind === 'addr16') return `\`${letter}\` address`;
      return `\`${letter}\` ${min} to ${max}`;
    })
    .join(', ');
}

function cycles(form: InstructionForm): string {
  if (!form.extra) return String(form.cycles);
  const per = form.extra.per === 'bit' ? ' a bit' : ' if taken';
  return form.cycles === 0 ? `${form.extra.cycles}${per}` : `${form.cycles} + ${form.extra.cycles}${per}`;
}

function traps(): string {
  const rows = TRAPS.map((t) => `| ${t.number} | \`${t.id}\` | ${t.reason} |`);
  return `## Traps

A trap stops the machine. \`trap N\` raises one on purpose.

| number | id | reason |
| ---: | --- | --- |
${rows.join('\n')}
`;
}

const escapeBars = (text: string) => text.replaceAll('|', '\\|');
