/** What the assembler tells people: one constructor a message, so that ids and wording stand in one place. */
import type { Diagnostic, Fix, Note } from '../base/diagnostic';
import type { Span } from '../base/source';

const error = (id: string, span: Span, message: string, notes: readonly Note[] = [], fix?: Fix): Diagnostic => ({
  id,
  severity: 'error',
  span,
  message,
  notes,
  ...(fix ? { fix } : {}),
});

const spelledLike = (span: Span, suggestion: string | undefined): [Note[], Fix | undefined] =>
  suggestion === undefined
    ? [[], undefined]
    : [
        [{ message: `did you mean '${suggestion}'?` }],
        { title: `Change to '${suggestion}'`, edits: [{ span, text: suggestion }] },
      ];

export const ASSEMBLER_MESSAGES = {
  badCharacter: (span: Span, character: string) =>
    error('asm-bad-character', span, `${JSON.stringify(character)} has no meaning in assembly`),
  badNumber: (span: Span, text: string) => error('asm-bad-number', span, `'${text}' is not a number`),
  unclosedString: (span: Span) => error('asm-unclosed-string', span, 'this string has no closing quote on its line'),
  badEscape: (span: Span, text: string) => error('asm-bad-escape', span, `'${text}' is not an escape sequence`),
  unknownMnemonic: (span: Span, name: string, suggestion?: string) =>
    error('asm-unknown-instruction', span, `there is no instruction '${name}'`, ...spelledLike(span, suggestion)),
  wrongOperands: (span: Span, name: string, forms: readonly string[]) =>
    error(
      'asm-wrong-operands',
      span,
      `'${name}' does not take these operands`,
      forms.map((form) => ({ message: `it is written: ${form}` })),
    ),
  operandRange: (span: Span, value: number, min: number, max: number) =>
    error('asm-operand-range', span, `${value} does not fit here: the range is ${min} to ${max}`),
  needsNumber: (span: Span, symbol: string) =>
    error('asm-needs-number', span, `a number is needed here; the address of '${symbol}' is known only after linking`, [
      { message: 'lo8(symbol) and hi8(symbol) give one byte of an address' },
    ]),
  wideHasNone: (span: Span, name: string) =>
    error('asm-no-wide-form', span, `'${name}' has no two-word form for these operands`),
  expected: (span: Span, what: string, found: string) =>
    error('asm-expected', span, `expected ${what}, found ${found}`),
  unknownDirective: (span: Span, name: string, suggestion?: string) =>
    error('asm-unknown-directive', span, `there is no directive '${name}'`, ...spelledLike(span, suggestion)),
  duplicateLabel: (span: Span, name: string, first: Span) =>
    error('asm-duplicate-label', span, `the label '${name}' is already defined`, [
      { message: `'${name}' is first defined here`, span: first },
    ]),
  globalUndefined: (span: Span, name: string) =>
    error('asm-global-undefined', span, `'${name}' is declared global, but this file has no such label`),
  localLabelMissing: (span: Span, name: string, where: 'before' | 'after') =>
    error('asm-no-local-label', span, `there is no label '${name}:' ${where} this line`),
  reservedName: (span: Span, name: string) =>
    error('asm-reserved-name', span, `'${name}' is the name of a register and cannot be a label or constant`),
  badExpression: (span: Span, reason: string) => error('asm-bad-expression', span, reason),
  divisionByZero: (span: Span) => error('asm-division-by-zero', span, 'this expression divides by zero'),
  codeInBss: (span: Span) =>
    error('asm-bytes-in-bss', span, 'a bss section holds no bytes; only .space can stand here'),
  sectionType: (span: Span, name: string) =>
    error('asm-section-type', span, `what does section '${name}' hold?`, [
      { message: 'name it .text.x, .rodata.x, .data.x, .bss.x or .vector.N, or add: , text' },
    ]),
  tooLarge: (span: Span, limit: number) => error('asm-too-large', span, `the file makes more than ${limit} bytes`),
  tooManyErrors: (span: Span, count: number) =>
    error('asm-too-many-errors', span, `${count} errors; the rest of the file was not looked at`),
} as const;
