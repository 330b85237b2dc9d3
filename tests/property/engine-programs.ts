/**
 * Programs for the comparison of the engines that do again and again what is over too soon by itself: a generated C program, a random IR
 * module; and programs that write where code is.
 */
import type { Image } from '../../src/core/assembler/image';
import { encodeItems, type Archive } from '../../src/core/assembler/object';
import { assemble } from '../../src/core/assembler/parse';
import type { Random } from '../../src/core/base/random';
import type { Compiler } from '../../src/core/compiler/compile';
import { generate } from '../../src/core/compiler/6-codegen/generate';
import { link } from '../../src/core/compiler/7-linker/link';
import { DEFAULT_OPTIONS } from '../../src/core/compiler/views';
import { librarySources } from '../../programs/library';
import { assembled } from '../helpers/assembled';
import { FREE, generateProgram, PRELUDE } from './programs/program';
import { randomModule } from './random-ir';

/** As often as this, so that what is translated pays for what is not. */
const ROUNDS = 400;
const LEVELS = ['O2', 'O2', 'O0', 'O1', 'Os'] as const;

/** A generated C program whose `main` is gone through again and again, on what its last round left in the globals. */
export function roundsOfC(compiler: Compiler, seed: number): Image {
  const once = generateProgram(seed, FREE).text(PRELUDE).replace('int main(void) {', 'static int once(void) {');
  const text = `${once}\nint main(void) {\n  int r = 0;\n  for (int i = 0; i < ${ROUNDS}; i++) r = once();\n  return r;\n}\n`;
  const options = { ...DEFAULT_OPTIONS, level: LEVELS[seed % LEVELS.length] ?? 'O2', unchecked: seed % 3 === 0 };
  const { image } = compiler.compile([{ name: 'generated.c', text }], options);
  if (!image) throw new Error(`the program of seed ${seed} does not compile`);
  return image;
}

const ROUNDS_OF_IR = `
  .section .text.main
  .global main
main:
  ldiw w0, ${ROUNDS}
again:
  pushw w0
  call once
  popw w0
  addiw w0, -1
  bne again
  ldiw w0, 0
  ret
`;

/** The same for a random IR module. */
export function roundsOfIr(seed: number): Image {
  const module = randomModule(seed);
  const functions = module.functions.map((fn) => (fn.name === 'main' ? { ...fn, name: 'once' } : fn));
  const level = LEVELS[seed % LEVELS.length] ?? 'O2';
  const { items } = generate({ ...module, functions }, { level, multiplier: true });
  const driver = encodeItems(assemble(ROUNDS_OF_IR, 'main.s').items, 'main.o');
  const { image, diagnostics } = link([encodeItems(items, 'test.o'), driver], [runtime()]);
  if (!image) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return image;
}

let archive: Archive | undefined;
/** The assembly part of the library: all that generated code needs by itself. */
function runtime(): Archive {
  const members = () =>
    librarySources(true)
      .filter(({ name }) => name.endsWith('.s'))
      .map(({ name, text }) => encodeItems(assemble(text, name).items, name));
  return (archive ??= { name: 'runtime', members: members() });
}

/** Each goes down by so many bytes. */
const STORES: readonly (readonly [string, number])[] = [
  ['st [w6+0], r2\n  addiw w6, -1', 1],
  ['stw [w6+0], w1\n  addiw w6, -2', 2],
  ['stw [w6+0], w2\n  addiw w6, -3', 3],
  ['st [-w6], r3', 1],
  ['stw [-w6], w1', 2],
  ['ldi r4, 90\n  st [w6], r4\n  addiw w6, -1', 1],
];
const BETWEEN = [
  'addw w1, w2',
  'adc r2, r3',
  'xor r4, r2',
  'cmpi r4, 9',
  'beq over',
  'mul w1, r5',
  'ld r5, [w6+4]',
  'call leaf',
];

/**
 * A loop that writes downwards through data until it comes to its own code: a trap there, at exactly that store, or where code is
 * writable, a program that is another from then on.
 */
export function writesDownToItself(random: Random): Image {
  const [store] = STORES[random.below(STORES.length)] as readonly [string, number];
  const between = BETWEEN.filter(() => random.below(2) === 0);
  return assembled(`
  .section .text.start, text
  .global _start
_start:
  ldiw w6, ${0x1000 + random.below(0x2000)}
  ldiw w1, ${random.below(0x10000)}
  ldiw w2, ${random.below(0x10000)}
again:
  ${between.join('\n  ')}
over:
  ${store}
  jmp again
leaf:
  addiw w2, 77
  ret
`);
}
