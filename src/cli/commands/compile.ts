/** `orrery compile`: sources to an image, or any phase as text. */
import { printModule } from '../../core/compiler/4-ir/print';
import { printCompilation } from '../../core/compiler/c-backend/compilation';
import { mapText } from '../../core/compiler/7-linker/map';
import { aspectNamed, PHASES } from '../../core/compiler/phases';
import { lowered } from '../../core/compiler/show/ir';
import { linesText } from '../../core/compiler/show/lines';
import { irAfter, lastRunOf } from '../../core/compiler/show/optimizer';
import { proofOf, proofText } from '../../core/compiler/show/proof';
import type { Compilation } from '../../core/compiler/compilation';
import { writeImage } from '../../core/assembler/image-file';
import { objectText } from '../../core/assembler/object-text';
import { EXIT, UsageError, type Command, type Host } from '../command';
import { parseOptions } from '../options';
import {
  COMPILE_HELP,
  COMPILE_OPTIONS,
  compileOptions,
  diagnosticsJson,
  hasErrors,
  newCompiler,
  printDiagnostics,
  readSources,
} from '../program';

/** Dumps that are more than one aspect of a phase, or text that can be read back. */
const EMITS: Readonly<Record<string, (c: Compilation) => string>> = {
  tokens: (c) => aspectText(c, 'tokens') + aspectText(c, 'macros'),
  symbols: (c) => ['scopes', 'layouts', 'data', 'typed'].map((name) => aspectText(c, name)).join(''),
  ir: (c) => lowered(c).map(printModule).join('\n'),
  object: (c) => c.objects.map(objectText).join('\n'),
  map: (c) => (c.link ? mapText(c.link) : ''),
};

const EMIT_NAMES = [
  ...new Set([...Object.keys(EMITS), 'c', ...PHASES.flatMap(({ aspects }) => aspects.map(({ id }) => id))]),
];

function aspectText(c: Compilation, name: string): string {
  const found = aspectNamed(name);
  return found ? linesText(found.aspect.show(c, { phase: found.phase.id }).lines) : '';
}

/** Dumps of a program that has errors: of the phases that go on after one. */
const isEarly = (emit: string) => emit === 'symbols' || aspectNamed(emit)?.phase.recovers === true || emit === 'tokens';

export const command: Command = {
  name: 'compile',
  summary: 'compiles and links C and assembly; prints any phase',
  help: `usage: orrery compile FILE… [--emit PHASE] [-O0|-O1|-O2|-Os] [--passes LIST] [-o OUT] [--json]

Compiles .c and .s files and links them with the C library.

  --emit PHASE      prints a phase: tokens ast symbols ir ir:PASS asm code object map image c
                    (ir is the IR before optimisation, ir:PASS after the last run of that pass, c the
                    optimised IR and what it needs of the library as portable C),
                    or one aspect of a phase, as the workbench shows it:
${aspectHelp()}
  --stdin FILE      the program's input for ir:PASS, which ends with whether the program still does the same
                    after every pass up to there, or the name of the pass that broke it
  -o OUT            writes the linked image
${COMPILE_HELP}  --json            prints sizes, phases and diagnostics as one JSON object
`,
  run(args, host) {
    const options = parseOptions(args, {
      ...COMPILE_OPTIONS,
      emit: 'value',
      '-o': 'value',
      stdin: 'value',
      json: 'flag',
    });
    const compile = compileOptions(options);
    const emit = options.value('emit');
    if (emit !== undefined && emit !== 'image' && !emit.startsWith('ir:') && !EMIT_NAMES.includes(emit))
      throw new UsageError(`unknown phase '${emit}'; there are ${EMIT_NAMES.join(', ')}, ir:PASS, image`);
    const files = readSources(options.positionals, host, options.has('json'));
    if (typeof files === 'number') return files;
    const stdin = options.value('stdin');
    const input = stdin === undefined ? new Uint8Array(0) : host.readFile(stdin);
    if (!input) {
      host.stderr(`${stdin}: error: the file cannot be read [missing-file]\n`);
      return EXIT.data;
    }
    const compilation = newCompiler(host, compile).compile(files, compile);
    printDiagnostics(compilation, host);
    const status = hasErrors(compilation) ? EXIT.data : EXIT.ok;
    // Phases before the error can still be looked at.
    const early = emit !== undefined && isEarly(emit);
    if (status === EXIT.ok || early) {
      if (emit === 'c') return emitC(compilation, host);
      if (emit !== undefined) host.stdout(emitText(compilation, emit, input));
      const out = options.value('-o');
      if (out !== undefined && compilation.image) host.writeFile(out, writeImage(compilation.image));
    }
    if (options.has('json')) host.stdout(`${JSON.stringify(report(compilation), null, 2)}\n`);
    return status;
  },
};

function emitText(c: Compilation, emit: string, input: Uint8Array): string {
  if (emit === 'image') return c.image ? new TextDecoder().decode(writeImage(c.image)) : '';
  if (!emit.startsWith('ir:')) return EMITS[emit]?.(c) ?? aspectText(c, emit);
  const name = emit.slice(3);
  const lines = irAfter(c, name);
  if (!lines) throw new UsageError(`-${c.options.level} runs no pass '${name}'`);
  const proof = proofOf(c, { input });
  return `${linesText(lines)}; ${name}: ${proofText(c, proof, lastRunOf(c, name))}\n`;
}

/** The whole program as C, or why there is none. */
function emitC(c: Compilation, host: Host): number {
  const printed = printCompilation(c);
  if ('text' in printed) host.stdout(printed.text);
  else host.stderr(`${c.files[0]?.name}: error: ${printed.problem} [no-c]\n`);
  return 'text' in printed ? EXIT.ok : EXIT.data;
}

function aspectHelp(): string {
  const row = (phase: (typeof PHASES)[number]) =>
    `                      ${phase.title.padEnd(11)}${phase.aspects.map(({ id }) => id).join(' ')}`;
  return PHASES.map(row).join('\n');
}

function report(c: Compilation) {
  return {
    ok: c.image !== undefined,
    code: c.image?.sizes ?? null,
    phases: c.summaries.map(({ id, count, state }) => ({ id, count, state })),
    diagnostics: diagnosticsJson(c),
  };
}
