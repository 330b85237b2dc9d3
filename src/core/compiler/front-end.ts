/**
 * The front end as one function: source files in; tokens, syntax trees, typed units and diagnostics out. Pure, and it never throws
 * for any input; LIMITS bound its work.
 */
import { assert } from '../base/assert';
import type { Diagnostic } from '../base/diagnostic';
import { SourceMap, type SourceFile } from '../base/source';
import type { Macro, MacroExpansion } from './1-lexer/macro-tokens';
import { Files } from './1-lexer/files';
import { Preprocessor, type Inclusion } from './1-lexer/preprocessor';
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
  /** Text of a file that #include "…" names and that is not among the input. */
  readonly include?: ((path: string) => string | undefined) | undefined;
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

/**
 * The three phases by themselves, for the driver that times them. Each goes over all units; an error of one does not keep the next
 * from running, because people want to see all that is wrong at once.
 */
export class FrontEnd {
  readonly sourceMap = new SourceMap();
  private readonly messages = new Diagnostics();
  private readonly shared: Files;
  private readonly ids = { next: 1 };
  private readonly numbers = { symbol: 1, record: 1 };
  private drafts: Draft[] = [];

  constructor(
    private readonly files: readonly InputFile[],
    private readonly options: FrontEndOptions,
  ) {
    const own = new Map(files.map(({ name, text }) => [name, text]));
    this.shared = new Files(this.sourceMap, this.messages, own, options.headers, options.include);
  }

  lex(): void {
    for (const { name } of this.files) {
      const unit = name.endsWith('.c') ? this.shared.user(name) : undefined;
      if (!unit) continue;
      const preprocessor = new Preprocessor(this.shared, this.messages);
      const tokens = preprocessor.run(unit);
      const { expansions, inclusions, definitions: macros } = preprocessor;
      this.drafts.push({ name, file: unit.file, tokens, expansions, inclusions, macros });
    }
  }

  parse(): void {
    const { shared, sourceMap, messages: diagnostics, ids } = this;
    this.drafts = this.drafts.map((draft) => ({
      ...draft,
      ast: parse({ tokens: draft.tokens, names: shared.names, sourceMap, diagnostics, ids }),
    }));
  }

  analyse(): void {
    const { sourceMap, messages: diagnostics, ids, numbers } = this;
    const unchecked = this.options.unchecked ?? false;
    this.drafts = this.drafts.map((draft, unitIndex) => {
      const unit = present(draft.ast);
      const { name } = draft;
      return {
        ...draft,
        typed: analyse({ unit, name, unitIndex, sourceMap, diagnostics, ids, numbers, unchecked }),
      };
    });
  }

  get diagnostics(): readonly Diagnostic[] {
    return sorted(this.messages.list);
  }
  get tokenCount(): number {
    return this.drafts.reduce((sum, { tokens }) => sum + tokens.count, 0);
  }
  /** Nodes made so far. */
  get nodeCount(): number {
    return this.ids.next - 1;
  }

  /** After all three phases. */
  result(): FrontEndResult {
    const parts = this.drafts.map((draft): FrontEndUnit => ({
      ...draft,
      ast: present(draft.ast),
      typed: present(draft.typed),
    }));
    return {
      sourceMap: this.sourceMap,
      names: this.shared.names,
      parts,
      units: parts.map((part) => part.typed),
      diagnostics: this.diagnostics,
      hasErrors: this.messages.hasErrors,
      nextId: this.ids.next,
    };
  }
}

/** A unit that the phases have not all seen yet. */
type Draft = Omit<FrontEndUnit, 'ast' | 'typed'> & Partial<Pick<FrontEndUnit, 'ast' | 'typed'>>;

function present<T>(value: T | undefined): T {
  assert(value !== undefined, 'the phases of the front end run in order');
  return value;
}

export function compileFrontEnd(files: readonly InputFile[], options: FrontEndOptions): FrontEndResult {
  const frontEnd = new FrontEnd(files, options);
  frontEnd.lex();
  frontEnd.parse();
  frontEnd.analyse();
  return frontEnd.result();
}

/** In the order of the source, which is how people work through them; equal places keep the order of the phases. */
function sorted(list: readonly Diagnostic[]): Diagnostic[] {
  return list
    .map((diagnostic, i) => ({ diagnostic, i }))
    .sort((a, b) => a.diagnostic.span.start - b.diagnostic.span.start || a.i - b.i)
    .map(({ diagnostic }) => diagnostic);
}
