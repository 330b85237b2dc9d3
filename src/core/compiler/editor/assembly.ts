/**
 * What an editor asks about a `.s` file: what an instruction does (from the instruction table), where a label is and who uses it,
 * what could come next. The text is read word by word, because a file that is being typed seldom assembles.
 */
import { isLabel, LABEL, LABEL_PART, labelAtEnd } from '../../base/names';
import { err, ok, type Result } from '../../base/result';
import { describeForm, formsNamed, syntaxOf } from '../../isa/describe';
import { CONDITIONS, FORMS } from '../../isa/table';
import type { Completion, FileEdit, FileRange, Hover, OutlineItem } from './service';

const WORD = new RegExp(LABEL, 'gu');
const LABEL_HERE = new RegExp(String.raw`^\s*(${LABEL}):`, 'u');
const ONLY_A_LABEL = new RegExp(String.raw`^\s*(?:${LABEL_PART}+:\s*)?$`, 'u');
const CONDITION_NAMES: readonly string[] = CONDITIONS.map(({ name }) => name);
const REGISTERS = [
  ...Array.from({ length: 16 }, (_, n) => `r${n}`),
  ...Array.from({ length: 8 }, (_, n) => `w${n}`),
  'sp',
];

const MNEMONICS: readonly string[] = [
  ...new Set(
    FORMS.flatMap(({ mnemonic }) =>
      mnemonic.includes('{c}') ? CONDITION_NAMES.map((name) => mnemonic.replace('{c}', name)) : [mnemonic],
    ),
  ),
];

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export class AssemblyService {
  private readonly words: readonly Word[];
  /** Label -> the range of its name where it stands. */
  private readonly labels = new Map<string, Word>();

  constructor(
    private readonly name: string,
    private readonly text: string,
  ) {
    const words: Word[] = [];
    let start = 0;
    for (const line of text.split('\n')) {
      const code = withoutComment(line);
      const label = LABEL_HERE.exec(code)?.[1];
      for (const { 0: word, index } of code.matchAll(WORD)) {
        const at = { text: word, start: start + index, end: start + index + word.length };
        words.push(at);
        if (word === label && !this.labels.has(word)) this.labels.set(word, at);
      }
      start += line.length + 1;
    }
    this.words = words;
  }

  hover(offset: number): Hover | undefined {
    const word = this.wordAt(offset);
    if (!word) return undefined;
    const range = this.range(word);
    const label = this.labels.get(word.text);
    if (label) return { range, code: `${word.text}:`, notes: [`A label, line ${this.lineOf(label.start)}.`] };
    const forms = formsNamed(word.text, CONDITION_NAMES);
    if (forms.length > 0)
      return { range, code: forms.map(syntaxOf).join('\n'), notes: forms.map((form) => describeForm(form)) };
    return undefined;
  }

  definition(offset: number): FileRange | undefined {
    const label = this.labels.get(this.wordAt(offset)?.text ?? '');
    return label && this.range(label);
  }

  references(offset: number): FileRange[] {
    const name = this.wordAt(offset)?.text ?? '';
    return this.labels.has(name) ? this.words.filter(({ text }) => text === name).map((word) => this.range(word)) : [];
  }

  rename(offset: number, name: string): Result<FileEdit[]> {
    if (!isLabel(name)) return err(`'${name}' is not a label`);
    if (MNEMONICS.includes(name) || REGISTERS.includes(name)) return err(`'${name}' is a word of the assembler`);
    if (this.labels.has(name)) return err(`'${name}' is a label already`);
    const places = this.references(offset);
    return places.length > 0
      ? ok(places.map((place) => ({ ...place, text: name })))
      : err('only labels can be renamed');
  }

  completion(offset: number): Completion[] {
    const before = this.text.slice(this.text.lastIndexOf('\n', offset - 1) + 1, offset);
    const typed = labelAtEnd(before);
    const head = before.slice(0, before.length - typed.length);
    const starts = (name: string) => name.startsWith(typed.toLowerCase());
    const isFirst = ONLY_A_LABEL.test(head);
    const labels = [...this.labels.keys()]
      .filter((name) => name.startsWith(typed))
      .map((label): Completion => ({ label, kind: 'function', detail: 'label' }));
    if (!isFirst) {
      const registers = REGISTERS.filter(starts).map((label): Completion => ({
        label,
        kind: 'variable',
        detail: 'register',
      }));
      return [...registers, ...labels];
    }
    return MNEMONICS.filter(starts).map((label): Completion => {
      const [form] = formsNamed(label, CONDITION_NAMES);
      return { label, kind: 'keyword', detail: form ? `${syntaxOf(form)}: ${form.effect}` : '' };
    });
  }

  outline(): OutlineItem[] {
    return [...this.labels].map(([name, word]) => ({
      name,
      kind: 'function',
      detail: 'label',
      range: this.range(word),
    }));
  }

  private wordAt(offset: number): Word | undefined {
    return this.words.find(({ start, end }) => start <= offset && offset <= end);
  }

  private range({ start, end }: Word): FileRange {
    return { file: this.name, start, end };
  }

  private lineOf(offset: number): number {
    return this.text.slice(0, offset).split('\n').length;
  }
}

/** Blanks instead of what stands in a comment or a string, so that offsets stay. */
function withoutComment(line: string): string {
  let quote = '';
  let out = '';
  for (let i = 0; i < line.length; i++) {
    const character = line[i] as string;
    if (quote === '' && character === ';') return out;
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (quote !== '' && character === '\\') {
      out += '  ';
      i++;
      continue;
    } else if (character === quote) quote = '';
    else if (quote === '') {
      out += character;
      continue;
    }
    out += ' ';
  }
  return out;
}
