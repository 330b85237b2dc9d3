/** `orrery compile`: sources to an image, or any phase as text. */
import { printModule } from '../../core/compiler/4-ir/print';
import { optimizerTrace } from '../../core/compiler/show/optimizer';
import { showAst } from '../../core/compiler/show/ast';
import { assemblyText, showCode } from '../../core/compiler/show/code';
import { lowered } from '../../core/compiler/show/ir';
import { linesText } from '../../core/compiler/show/lines';
import { showSymbols } from '../../core/compiler/show/symbols';
import { showTokens } from '../../core/compiler/show/tokens';
import { mapText } from '../../core/compiler/7-linker/map';
import type { Compilation } from '../../core/compiler/compilation';
import { writeImage } from '../../core/assembler/image-file';
import { objectText } from '../../core/assembler/object-text';
import { EXIT, UsageError, type Command } from '../command';
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

const EMITS: Readonly<Record<string, (c: Compilation) => string>> = {
  tokens: (c) => linesText(showTokens(c).lines),
  ast: (c) => linesText(showAst(c).lines),
  symbols: (c) => linesText(showSymbols(c).lines),
  ir: (c) => lowered(c).map(printModule).join('\n'),
  asm: assemblyText,
  code: (c) => linesText(showCode(c, { phase: 'code' }).lines),
  object: (c) => c.objects.map(objectText).join('\n'),
  map: (c) => (c.link ? mapText(c.link) : ''),
};

export const command: Command = {
  name: 'compile',
  summary: 'compiles and links C and assembly; prints any phase',
  help: `usage: orrery compile FILE… [--emit PHASE] [-O0|-O1|-O2|-Os] [--passes LIST] [-o OUT] [--json]

Compiles .c and .s files and links them with the C library.

  --emit PHASE      prints a phase: tokens ast symbols ir ir:PASS asm code object map image c
                    (ir is the IR before optimisation, ir:PASS after the last run of that pass)
  -o OUT            writes the linked image
${COMPILE_HELP}  --json            prints sizes, phases and diagnostics as one JSON object
`,
  run(args, host) {
    const options = parseOptions(args, { ...COMPILE_OPTIONS, emit: 'value', '-o': 'value', json: 'flag' });
    const compile = compileOptions(options);
    const emit = options.value('emit');
    if (emit !== undefined && emit !== 'image' && !emit.startsWith('ir:') && !Object.hasOwn(EMITS, emit))
      throw new UsageError(`unknown phase '${emit}'; there are ${Object.keys(EMITS).join(', ')}, ir:PASS, image`);
    const files = readSources(options.positionals, host);
    if (typeof files === 'number') return files;
    const compilation = newCompiler().compile(files, compile, { explain: options.has('json') });
    printDiagnostics(compilation, host);
    const status = hasErrors(compilation) ? EXIT.data : EXIT.ok;
    // Phases before the error can still be looked at.
    const early = emit !== undefined && ['tokens', 'ast', 'symbols'].includes(emit);
    if (status === EXIT.ok || early) {
      if (emit !== undefined) host.stdout(emitText(compilation, emit));
      const out = options.value('-o');
      if (out !== undefined && compilation.image) host.writeFile(out, writeImage(compilation.image));
    }
    if (options.has('json')) host.stdout(`${JSON.stringify(report(compilation), null, 2)}\n`);
    return status;
  },
};

function emitText(c: Compilation, emit: string): string {
  if (emit === 'image') return c.image ? new TextDecoder().decode(writeImage(c.image)) : '';
  if (!emit.startsWith('ir:')) return EMITS[emit]?.(c) ?? '';
  const name = emit.slice(3);
  const runs = optimizerTrace(c).filter((run) => run.summary.name === name);
  const last = runs.at(-1);
  if (!last) throw new UsageError(`-${c.options.level} runs no pass '${name}'`);
  return [...last.functions.values()].map((lines) => `${linesText(lines)}\n`).join('');
}

function report(c: Compilation) {
  return {
    ok: c.image !== undefined,
    code: c.image?.sizes ?? null,
    phases: c.summaries.map(({ id, count, state }) => ({ id, count, state })),
    diagnostics: diagnosticsJson(c),
  };
}
