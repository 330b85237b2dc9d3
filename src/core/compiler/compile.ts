/**
 * The driver: runs the phases of phases.ts over the files of a program and keeps what each made. Nothing here knows a phase's
 * inside. Views are made when somebody looks (show/), so that a compile costs what a compile costs.
 */
import type { Archive, ObjectFile } from '../assembler/object';
import { encodeItems } from '../assembler/object';
import { assemble } from '../assembler/parse';
import { assert, at } from '../base/assert';
import { SourceMap } from '../base/source';
import { lower } from './4-ir/lower';
import { optimise } from './5-optimizer/optimise';
import { generate } from './6-codegen/generate';
import { OptimiserMemory } from './5-optimizer/memory';
import { CodeMemory } from './6-codegen/memory';
import { objectName, type Compilation, type CompileMemory, type Library } from './compilation';
import { compileFrontEnd } from './front-end';
import { PHASES } from './phases';
import type { CompileOptions, PhaseId, SourceInput } from './views';

export interface CompileHooks {
  /** A clock in milliseconds, from whoever has one. */
  readonly now?: () => number;
  /** The passes take notes for their view, which would run them again otherwise. */
  readonly explain?: boolean;
  /** The last phase that runs; all of them if not given. */
  readonly until?: PhaseId;
  /** From compile to compile of a program that is being edited: functions that are the same as last time are not compiled again. */
  readonly memory?: CompileMemory;
}

export const newMemory = (): CompileMemory => ({
  optimiser: new OptimiserMemory(),
  replay: new OptimiserMemory(),
  code: new CodeMemory(),
});

export class Compiler {
  /** `archives` keeps the compiled library; compilers with the same library sources may share one. */
  constructor(
    private readonly library: Library,
    private readonly archives = new Map<string, Archive>(),
  ) {}

  /** Compiles and links. Errors are in `diagnostics`; then `image` is undefined. Never throws for any input. */
  compile(
    files: readonly SourceInput[],
    options: CompileOptions,
    { explain = false, now = () => 0, until, memory }: CompileHooks = {},
  ): Compilation {
    const compilation: Compilation = {
      files,
      options,
      library: this.library,
      archive: () => this.archive(options),
      explain,
      memory,
      diagnostics: [],
      sources: new SourceMap(),
      front: undefined,
      frontEnd: undefined,
      modules: [],
      tallies: undefined,
      code: [],
      objects: [],
      link: undefined,
      image: undefined,
      summaries: [],
    };
    const errors = () => compilation.diagnostics.reduce((n, d) => n + (d.severity === 'error' ? 1 : 0), 0);
    for (const phase of PHASES) {
      const before = errors();
      const runs = before === 0 || phase.recovers;
      const start = now();
      if (runs) phase.run(compilation);
      const timeMs = now() - start;
      compilation.summaries.push({
        id: phase.id,
        title: phase.title,
        count: runs ? phase.count(compilation) : '',
        state: !runs ? 'skipped' : errors() > before ? 'failed' : 'done',
        timeMs,
        aspects: phase.aspects.map(({ id, title, summary, byFunction, picture }) => ({
          id,
          title,
          summary,
          byFunction,
          ...(picture ? { picture } : {}),
        })),
      });
      if (phase.id === until) break;
    }
    return compilation;
  }

  /** The library's objects for these options. The library is compiled once for each level and multiplier setting. */
  archive({ level, multiplier }: Pick<CompileOptions, 'level' | 'multiplier'>): Archive {
    const key = `${level} ${multiplier}`;
    let archive = this.archives.get(key);
    if (!archive) {
      archive = buildLibrary(this.library, level, multiplier);
      this.archives.set(key, archive);
    }
    return archive;
  }

  /** Takes an archive that was built before. */
  provideArchive(options: Pick<CompileOptions, 'level' | 'multiplier'>, archive: Archive): void {
    this.archives.set(`${options.level} ${options.multiplier}`, archive);
  }
}

/** Compiles the library's members, each by itself, to an archive. */
export function buildLibrary(library: Library, level: CompileOptions['level'], multiplier: boolean): Archive {
  const members = library.sources(multiplier).map(({ name, text }) => {
    const source = { name: `lib/${name}`, text };
    if (name.endsWith('.s')) return assembleMember(source);
    const frontEnd = compileFrontEnd([source], { headers: library.header, unchecked: true });
    const problem = frontEnd.diagnostics.find((d) => d.severity === 'error');
    const place = problem && frontEnd.sourceMap.place(problem.span.start);
    assert(!problem, `the library does not compile: ${place?.file}:${place?.line}: ${problem?.message}`);
    const module = lower(at(frontEnd.units, 0), frontEnd.sourceMap);
    optimise(module, { level, multiplier, disabled: new Set() });
    const { items } = generate(module, { level, multiplier });
    return encodeItems(items, objectName(source.name), systemSources(frontEnd.sourceMap));
  });
  return { name: 'libc.a', members };
}

function assembleMember(source: SourceInput): ObjectFile {
  const { items, diagnostics, sources } = assemble(source.text, source.name);
  assert(diagnostics.length === 0, `the library does not assemble: ${source.name}: ${diagnostics[0]?.message}`);
  return encodeItems(items, objectName(source.name), systemSources(sources));
}

/** The same places, with every file marked as part of the product. */
function systemSources(sources: SourceMap): SourceMap {
  const marked = new SourceMap();
  for (const file of sources.files) marked.add(file.name, file.text, true);
  return marked;
}
