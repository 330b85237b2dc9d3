/**
 * Random machine code for tests of the engines: a loop over a body of any instructions that neither stop nor jump away, with forward
 * branches, calls of small functions, balanced stack use, and now and then a port that shows the time. Addresses stay in data memory.
 */
import type { Image } from '../../src/core/assembler/image';
import { Random } from '../../src/core/base/random';
import { encode, operandRange } from '../../src/core/isa/codec';
import { CONDITIONS, FORMS, formOf, type FormId, type InstructionForm } from '../../src/core/isa/table';
import { imageOf } from '../helpers/assembled';

type Instruction = [FormId, ...number[]];

const CODE_BASE = 0x30;
const COUNTER = 0x3f00;
/** Where code that changes lies, in data memory. */
const CHANGING = 0x3e00;
const DATA = 0x4000;
const DATA_BYTES = 0x8000;
/** Instructions that a body does not simply contain: they stop, trap, jump, or move the stack without balance. */
const APART = new Set<FormId>([
  'ret', 'reti', 'ei', 'di', 'wait', 'halt', 'icall', 'ijmp', 'setsp', 'trap', 'in', 'out', 'inp', 'outp', 'jmp', 'jmpa', 'call', 'calla',
  'branch', 'brancha', 'push', 'pop', 'pushw', 'popw', 'addsp', 'chk', 'chkw', 'stsp', 'stspx', 'stspw', 'stspxw',
]); // prettier-ignore
const BODY_FORMS = FORMS.filter((form) => !APART.has(form.id));

/** One word, and no address in it: in the place of another of them it does no harm. */
const isSimple = (form: InstructionForm) => form.words === 1 && !/[[#]/.test(form.syntax) && !APART.has(form.id);
const SIMPLE_FORMS = BODY_FORMS.filter(isSimple);

export interface RandomCodeOptions {
  /** It calls, in each round, code in data memory that it has just changed. */
  readonly changing?: boolean;
}

/** A program that goes through its body `rounds` times and halts. */
export function randomCode(seed: number, rounds = 400, size = 30, options: RandomCodeOptions = {}): Image {
  return new Generator(new Random(seed, 'random-code'), rounds, size, options).image();
}

/** Whether the instruction of this form can be replaced by a `simpleWord`. */
export const isReplaceable = (form: number): boolean => isSimple(FORMS[form] as InstructionForm);

/** An instruction of one word that neither jumps nor touches memory. */
export function simpleWord(random: Random): number {
  const form = SIMPLE_FORMS[random.below(SIMPLE_FORMS.length)] as InstructionForm;
  return encode(form.id, randomOperands(form, random))[0] as number;
}

function randomOperands(form: InstructionForm, random: Random): number[] {
  return form.fields.map((field, i) => {
    if (field.kind === 'addr16') return DATA + random.below(DATA_BYTES);
    if (field.kind === 'disp16') return random.below(64);
    const { min, max } = operandRange(form, i);
    return min + random.below(max - min + 1);
  });
}

class Generator {
  private readonly code: Instruction[] = [];
  private readonly functions: number[] = [];
  private readonly changing: readonly [number, number] | null;

  constructor(
    private readonly random: Random,
    private readonly rounds: number,
    private readonly size: number,
    options: RandomCodeOptions,
  ) {
    this.changing = options.changing ? [simpleWord(random), simpleWord(random)] : null;
  }

  image(): Image {
    const { code, random } = this;
    code.push(['jmpa', 0]);
    for (let n = random.below(3); n > 0; n--) {
      this.functions.push(this.here());
      this.body(1 + random.below(10));
      code.push(['ret']);
    }
    code[0] = ['jmpa', this.here()];
    for (let pair = 0; pair < 8; pair++) code.push(['ldiw', pair, random.below(0x10000)]);
    if (this.changing) this.layChanging(this.changing[0]);
    code.push(['ldiw', 7, this.rounds], ['staw', COUNTER, 7]);
    const start = this.here();
    if (this.changing) this.callChanging(...this.changing);
    this.body(this.size);
    code.push(['ldaw', 7, COUNTER], ['addiw', 7, 0xffff], ['staw', COUNTER, 7]);
    code.push(['brancha', 1, start], ['halt', random.below(16)]);
    return imageOf(code, CODE_BASE);
  }

  private here(): number {
    return this.code.reduce((at, [id]) => at + 2 * formOf(id).words, CODE_BASE);
  }

  private body(size: number): void {
    for (let n = 0; n < size; n++) {
      const kind = this.random.below(24);
      if (kind === 0) this.skip();
      else if (kind === 1) this.stack();
      else if (kind === 2 && this.functions.length > 0)
        this.code.push(['calla', this.functions[this.random.below(this.functions.length)] as number]);
      else if (kind === 3 && this.random.below(4) === 0)
        this.code.push(['inp', this.random.below(16), this.random.below(8)]);
      else this.any();
    }
  }

  private any(): void {
    const { random, code } = this;
    const form = BODY_FORMS[random.below(BODY_FORMS.length)] as InstructionForm;
    const operands = randomOperands(form, random);
    // Pairs in brackets hold an address, a second one a small index.
    const brackets = /\[(.*)\]/.exec(form.syntax)?.[1] ?? '';
    let isFirst = true;
    form.fields.forEach((field, i) => {
      if (field.kind !== 'pair' || !brackets.includes(`{${field.letter}}`)) return;
      const span = random.below(3) === 0 ? DATA_BYTES : 256;
      code.push(['ldiw', operands[i] as number, isFirst ? DATA + random.below(span) : random.below(200)]);
      isFirst = false;
    });
    code.push([form.id, ...operands]);
  }

  /** A branch over the next few instructions. */
  private skip(): void {
    const { code, random } = this;
    const at = code.length;
    code.push(['branch', 0, 0]);
    for (let n = 1 + random.below(4); n > 0; n--) this.any();
    const words = code.slice(at + 1).reduce((sum, [id]) => sum + formOf(id).words, 0);
    code[at] = ['branch', random.below(CONDITIONS.length), words];
  }

  private stack(): void {
    const { code, random } = this;
    const isPair = random.below(2) === 0;
    const limit = isPair ? 8 : 16;
    code.push([isPair ? 'pushw' : 'push', random.below(limit)]);
    this.any();
    if (random.below(3) === 0) code.push(['addsp', -4], ['ldsp', random.below(16), random.below(4)], ['addsp', 4]);
    code.push([isPair ? 'popw' : 'pop', random.below(limit)]);
  }

  /** A function of two instructions, whose first becomes another in each round, and back in the next. */
  private layChanging(first: number): void {
    const words = [first, encode('ret', [])[0] as number];
    words.forEach((word, i) => this.code.push(['ldiw', 0, word], ['staw', CHANGING + 2 * i, 0]));
  }

  private callChanging(one: number, other: number): void {
    this.code.push(['ldaw', 0, CHANGING], ['xoriw', 0, one ^ other], ['staw', CHANGING, 0]);
    this.code.push(['ldiw', 6, CHANGING], ['icall', 6]);
  }
}
