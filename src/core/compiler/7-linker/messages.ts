/** What the linker tells people. */
import type { Diagnostic, Note } from '../../base/diagnostic';
import { NOWHERE, type Span } from '../../base/source';
import type { Reference } from './report';

const error = (id: string, span: Span, message: string, notes: readonly Note[] = []): Diagnostic => ({
  id,
  severity: 'error',
  span,
  message,
  notes,
});

/** A place of which at least the object file is known. */
interface Place {
  readonly object: string;
  readonly span: Span;
}

const said = ({ object, section, place }: Reference) => `${section} of ${object}${place ? ` (${place})` : ''}`;

export const LINK_MESSAGES = {
  undefinedSymbol: (span: Span, name: string, uses: readonly Reference[], suggestion?: string) =>
    error('undefined-symbol', span, `'${name}' is used but defined nowhere`, [
      ...uses.map((use) => ({ message: `used by ${said(use)}` })),
      ...(suggestion ? [{ message: `did you mean '${suggestion}'?` }] : []),
    ]),
  noMain: () =>
    error('no-main', NOWHERE, "there is no function 'main': a program starts there", [
      { message: 'define: int main(void) { … }' },
    ]),
  noEntry: (name: string) => error('no-entry', NOWHERE, `nothing defines '${name}', where execution starts`),
  duplicateSymbol: (name: string, first: Place, second: Place) =>
    error('duplicate-symbol', second.span, `'${name}' is defined twice`, [
      { message: `first in ${first.object}`, ...(first.span === NOWHERE ? {} : { span: first.span }) },
      { message: `and again in ${second.object}` },
    ]),
  duplicateVector: (vector: number, first: string, second: string) =>
    error('duplicate-vector', NOWHERE, `interrupt vector ${vector} is filled twice`, [
      { message: `first by ${first}` },
      { message: `and again by ${second}` },
    ]),
  badVector: (name: string, object: string) =>
    error('bad-vector', NOWHERE, `'${name}' in ${object} is no vector section`, [
      { message: 'it is written .vector.N with N from 0 to 15, and holds one .word' },
    ]),
  programTooLarge: (needs: number, limit: number, largest: readonly string[]) =>
    error('program-too-large', NOWHERE, `the program needs ${needs} bytes and the machine has ${limit} for it`, [
      { message: 'code, constants and variables share 64 KiB with the stack and the screen' },
      ...(largest.length ? [{ message: `largest: ${largest.join(', ')}` }] : []),
    ]),
  outOfReach: (span: Span, symbol: string, place: string) =>
    error('relocation-out-of-reach', span, `'${symbol}' cannot be reached from ${place}`),
  oddTarget: (span: Span, symbol: string, place: string) =>
    error('odd-jump-target', span, `'${symbol}' is at an odd address, but ${place} jumps to it`, [
      { message: 'instructions stand at even addresses; put .align before the label' },
    ]),
} as const;
