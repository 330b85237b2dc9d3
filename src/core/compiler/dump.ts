/** What the first three phases make, as plain text: for tests and for whoever has the front end without the rest of the compiler. */
import type { FrontEndResult } from './front-end';
import { astLines } from './show/ast';
import { printLines, type Dump } from './show/lines';
import { dataLines, layoutLines, scopeLines } from './show/symbols';
import { macroLines, tokenLines } from './show/tokens';
import { typedLines } from './show/typed';

const printed = (result: FrontEndResult, ...dumps: readonly Dump[]): string =>
  result.parts.map((part) => dumps.map((dump) => printLines(dump(part, result))).join('')).join('');

export const dumpTokens = (result: FrontEndResult): string => printed(result, tokenLines, macroLines);
export const dumpAst = (result: FrontEndResult): string => printed(result, (part) => astLines(part, result));
export const dumpSymbols = (result: FrontEndResult): string =>
  printed(result, scopeLines, layoutLines, dataLines, (part) => typedLines(part, result));
