/**
 * The front end as one function: source files in; tokens, syntax trees, typed units and diagnostics out. Pure, and it never throws
 * for any input; LIMITS bound its work.
 */
import type { Diagnostic } from '../base/diagnostic';
import { SourceMap, type SourceFile } from '../base/source';
import type { Macro, MacroExpansion } from './1-lexer/macros';
import { Files, Preprocessor, type Inclusion } from './1-lexer/preprocessor';
import type { NameTable, TokenBuffer } from './1-lexer/tokens';
import type { TranslationUnit } from './2-parser/ast';
import { parse } from './2-parser/parser';
import { analyse } from './3-semantics/analyse';
import type { TypedUnit } from './3-semantics/typed';
import { Diagnostics } from './messages';

export interface InputFile {
  readonly name: string;
  readonly text: string;
}

export interface FrontEndOptions {
  /** Text of a library header by the name between <…>. */
  readonly headers: (name: string) => string | undefined;
  /** Macros that are defined from the start. */
  readonly defines?: Readonly<Record<string, string>>;
  /** Leave the bounds checks out. */
  readonly unchecked?: boolean;
}

/** What became of one `.c` file. */
export interface FrontEndUnit {
  readonly name: string;
  readonly file: SourceFile;
  /** After preprocessing. */
  readonly tokens: TokenBuffer;
  readonly expansions: readonly MacroExpansion[];
  readonly inclusions: readonly Inclusion[];
  readonly macros: readonly Macro[];
  readonly ast: TranslationUnit;
  readonly typed: TypedUnit;
}

export interface FrontEndResult {
  readonly sourceMap: SourceMap;
  readonly names: NameTable;
  /** One per `.c` file, in the order of the input. */
  readonly parts: readonly FrontEndUnit[];
  /** The typed units of `parts`; do not lower them if there are errors. */
  readonly units: readonly TypedUnit[];
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
  /** First node id that is still free. */
  readonly nextId: number;
}

/** The phases by themselves, for the driver that times them. */
export interface FrontEndHooks {
  /** Called when a phase of a unit begins: 'lexer', 'parser', 'semantics'. */
  readonly phase?: (name: 'lexer' | 'parser' | 'semantics', unit: string) => void;
}

export function compileFrontEnd(
  files: readonly InputFile[],
  options: FrontEndOptions,
  hooks: FrontEndHooks = {},
): FrontEndResult {
  const sourceMap = new SourceMap();
  const diagnostics = new Diagnostics();
  const own = new Map(files.map(({ name, text }) => [name, text]));
  const shared = new Files(sourceMap, diagnostics, own, options.headers);
  const ids = { next: 1 };
  const numbers = { symbol: 1, record: 1 };
  const parts: FrontEndUnit[] = [];
  for (const { name } of files) {
    const unit = name.endsWith('.c') ? shared.user(name) : undefined;
    if (!unit) continue;
    hooks.phase?.('lexer', name);
    const preprocessor = new Preprocessor(shared, diagnostics, options.defines);
    const tokens = preprocessor.run(unit);
    hooks.phase?.('parser', name);
    const ast = parse({ tokens, names: shared.names, sourceMap, diagnostics, ids });
    hooks.phase?.('semantics', name);
    const unitIndex = parts.length;
    const unchecked = options.unchecked ?? false;
    const typed = analyse({ unit: ast, name, unitIndex, sourceMap, diagnostics, ids, numbers, unchecked });
    const { expansions, inclusions, definitions: macros } = preprocessor;
    parts.push({ name, file: unit.file, tokens, expansions, inclusions, macros, ast, typed });
  }
  const list = sorted(diagnostics.list);
  const { hasErrors } = diagnostics;
  return {
    sourceMap,
    names: shared.names,
    parts,
    units: parts.map((part) => part.typed),
    diagnostics: list,
    hasErrors,
    nextId: ids.next,
  };
}

/** In the order of the source, which is how people work through them; equal places keep the order of the phases. */
function sorted(list: readonly Diagnostic[]): Diagnostic[] {
  return list
    .map((diagnostic, i) => ({ diagnostic, i }))
    .sort((a, b) => a.diagnostic.span.start - b.diagnostic.span.start || a.i - b.i)
    .map(({ diagnostic }) => diagnostic);
}
