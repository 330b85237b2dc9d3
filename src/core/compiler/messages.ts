/**
 * Everything that the compiler says about a program: one row a message, keyed by its stable id. `{name}` in a text is a parameter;
 * `report` takes exactly those, so a wrong or missing one does not type-check. `help` is the paragraph of the error pages.
 */
import type { Diagnostic, Fix, Note, Severity } from '../base/diagnostic';
import type { Span } from '../base/source';
import { LIMITS } from './limits';

interface Row {
  readonly severity: Severity;
  readonly text: string;
  readonly help: string;
}

export const MESSAGES = {
  // ------------------------------------------------------------ characters and tokens
  'source-too-large': {
    severity: 'error',
    text: 'this file has {units} characters; the compiler takes at most {limit}',
    help: 'The machine has 64 KiB of memory, so a program of this size could not run. Is it the right file?',
  },
  'too-many-tokens': {
    severity: 'error',
    text: 'after preprocessing this program has more than {limit} tokens',
    help: 'The program, with everything that it includes, is too large. The rest of it was not read.',
  },
  'stray-character': {
    severity: 'error',
    text: '{character} cannot stand in a C program outside strings and comments',
    help: 'Text that was copied from a web page or a word processor often brings curly quotes, long dashes or invisible characters along.',
  },
  'unterminated-comment': {
    severity: 'error',
    text: 'this comment is never closed: `*/` is missing',
    help: 'A comment that begins with /* goes on to the next */, over any number of lines.',
  },
  'unterminated-string': {
    severity: 'error',
    text: 'this string is not closed before the end of the line',
    help: 'A string ends with the quote that began it, on the same line. Write \\n for a line break in it; adjacent strings are joined.',
  },
  'unterminated-char': {
    severity: 'error',
    text: 'this character constant is not closed before the end of the line',
    help: "A character constant stands between single quotes: 'a'.",
  },
  'empty-char': {
    severity: 'error',
    text: 'a character constant needs a character between its quotes',
    help: "Write ' ' for a space and '\\0' for the character with the value 0.",
  },
  'multi-char': {
    severity: 'warning',
    text: 'a character constant with more than one character: its value is {value}',
    help: 'C leaves the value of such a constant to the compiler. For a text, use double quotes.',
  },
  'unknown-escape': {
    severity: 'warning',
    text: 'unknown escape sequence `\\{escape}`: the character itself is taken',
    help: 'Known are \\n \\t \\r \\0 \\a \\b \\f \\v \\e \\\\ \\\' \\" \\? , octal (\\101) and hexadecimal (\\x41) escapes.',
  },
  'escape-too-large': {
    severity: 'warning',
    text: 'this escape sequence does not fit a byte',
    help: 'A char has 8 bits: escapes go up to \\377 and \\xff.',
  },
  'malformed-number': {
    severity: 'error',
    text: '`{text}` is not a number',
    help: 'Numbers are decimal (42), hexadecimal (0x2a) or octal (052), with the suffixes u and l.',
  },
  'number-too-large': {
    severity: 'error',
    text: '`{text}` does not fit 32 bits',
    help: 'The largest type, unsigned long, goes up to 4294967295.',
  },
  'no-floating-point': {
    severity: 'error',
    text: 'floating point is not in this language: `{text}`',
    help: 'The machine has no floating-point unit and this C leaves floating point out. Use whole numbers, for example in thousandths.',
  },
  'no-long-long': {
    severity: 'error',
    text: '`long long` is not in this language; the largest integer type is `long`, with 32 bits',
    help: 'On this 8-bit machine a long has 32 bits and takes four registers. There is no 64-bit type.',
  },
  'not-in-language': {
    severity: 'error',
    text: '{feature} is not in this language',
    help: 'This is a strict subset of C99 for a small machine. See the language page for what is in it.',
  },

  // ------------------------------------------------------------ preprocessor
  'unknown-directive': {
    severity: 'error',
    text: 'unknown directive `#{name}`',
    help: 'Directives are include, define, undef, if, ifdef, ifndef, elif, else, endif, error, warning, line and pragma.',
  },
  'extra-tokens': {
    severity: 'warning',
    text: 'what follows `#{name}` on this line is ignored',
    help: 'This directive takes nothing more on its line.',
  },
  'include-syntax': {
    severity: 'error',
    text: '#include needs a file name in "…" or <…>',
    help: 'Write #include <stdio.h> for a header of the library, #include "mine.h" for a file of your own.',
  },
  'header-not-found': {
    severity: 'error',
    text: 'there is no file `{name}` to include{hint}',
    help: 'Headers of the library are written in <…>, files of the program in "…"; their names must be exact.',
  },
  'no-such-standard-header': {
    severity: 'error',
    text: '<{name}> is not in this language: {why}',
    help: 'This C has no floating point, no files and no operating system, so the headers for them are missing.',
  },
  'include-too-deep': {
    severity: 'error',
    text: `files include one another more than ${LIMITS.includeDepth} deep; does a file include itself?`,
    help: 'A header that may be included twice protects itself with #ifndef NAME, #define NAME … #endif or with #pragma once.',
  },
  'too-many-includes': {
    severity: 'error',
    text: `more than ${LIMITS.includes} files are included`,
    help: 'Does a header include others over and over? Protect headers with #ifndef NAME, #define NAME … #endif.',
  },
  'macro-name': {
    severity: 'error',
    text: '#{directive} needs the name of a macro',
    help: 'The name of a macro is an identifier: #define SIZE 10.',
  },
  'macro-parameters': {
    severity: 'error',
    text: 'the parameter list of macro `{name}` is malformed',
    help: 'Write #define NAME(a, b) …, with names and commas only, and no space before the bracket. The last may be `...`.',
  },
  'macro-redefined': {
    severity: 'warning',
    text: 'macro `{name}` is defined again, differently',
    help: 'The new definition counts from here on. Use #undef first if that is meant.',
  },
  'macro-arguments': {
    severity: 'error',
    text: 'macro `{name}` takes {expected} but is given {given}',
    help: 'Arguments are separated by the commas that are outside brackets.',
  },
  'macro-call-unterminated': {
    severity: 'error',
    text: 'the arguments of macro `{name}` are never closed: `)` is missing',
    help: 'The call of a macro goes on to the matching bracket, over lines if need be.',
  },
  'macro-too-deep': {
    severity: 'error',
    text: `macros expand one another more than ${LIMITS.macroDepth} deep`,
    help: 'A chain of macros this long is refused. The rest of the file was not read.',
  },
  'macro-too-large': {
    severity: 'error',
    text: 'macro expansion makes more than {limit} tokens',
    help: 'Macros that use one another several times grow exponentially. The rest of the file was not read.',
  },
  'bad-paste': {
    severity: 'error',
    text: '`{left}` and `{right}` pasted together make no token',
    help: '## joins what stands on its sides into one token, for example a name and a number into a longer name.',
  },
  'bad-stringise': {
    severity: 'error',
    text: '# in a macro with parameters must be followed by a parameter',
    help: '#x makes a string of the argument x.',
  },
  'paste-at-edge': {
    severity: 'error',
    text: '## cannot stand at the beginning or end of a macro',
    help: '## joins two tokens: it needs one on each side.',
  },
  'conditional-unterminated': {
    severity: 'error',
    text: 'this #{name} is never closed: #endif is missing',
    help: 'Every #if, #ifdef and #ifndef ends with an #endif in the same file.',
  },
  'conditional-without-if': {
    severity: 'error',
    text: '#{name} without #if',
    help: 'The #if that this belongs to is missing, or was closed by an earlier #endif.',
  },
  'conditional-after-else': {
    severity: 'error',
    text: '#{name} after #else',
    help: 'Of the parts of an #if, #else is the last.',
  },
  'condition-syntax': {
    severity: 'error',
    text: 'this condition of #{name} cannot be read: {why}',
    help: 'Conditions are integer expressions of numbers, characters, macros and defined(NAME).',
  },
  'user-error': {
    severity: 'error',
    text: '#error {text}',
    help: 'The program itself stops the compilation here.',
  },
  'user-warning': { severity: 'warning', text: '#warning {text}', help: 'The program itself gives this warning.' },
  'line-syntax': {
    severity: 'error',
    text: '#line needs a line number and perhaps a file name in quotes',
    help: 'For example #line 100 "other.c".',
  },

  // ------------------------------------------------------------ syntax
  expected: {
    severity: 'error',
    text: 'expected {expected} before {found}',
    help: 'The compiler read up to here and could only have gone on with what it names. The mistake is often a little earlier.',
  },
  'expected-after': {
    severity: 'error',
    text: 'expected {expected} after {previous}',
    help: 'Something is missing here. Declarations and most statements end with a semicolon.',
  },
  'expected-expression': {
    severity: 'error',
    text: 'expected an expression before {found}',
    help: 'Here a value must be computed: a number, a name, a call, or operators on those.',
  },
  'unclosed-bracket': {
    severity: 'error',
    text: 'this `{open}` is never closed: `{close}` is missing',
    help: 'Every bracket has a partner. Indentation often shows where it should have been.',
  },
  'unknown-type': {
    severity: 'error',
    text: '`{name}` is not the name of a type{hint}',
    help: 'Types come from the language (int, char, …), from typedef, struct, union and enum, and from headers such as <stdint.h>.',
  },
  'bad-type-words': {
    severity: 'error',
    text: '`{text}` is not a type',
    help: 'Only some of the words for types go together: unsigned long, for example, but not short char.',
  },
  'two-storage-classes': {
    severity: 'error',
    text: '`{a}` and `{b}` do not go together',
    help: 'A declaration has at most one of typedef, extern, static, auto and register.',
  },
  'no-kr-definition': {
    severity: 'error',
    text: 'definitions in the style of K&R are not in this language',
    help: 'Write the types in the brackets: int add(int a, int b) { … }.',
  },
  'no-bit-fields': {
    severity: 'error',
    text: 'bit-fields are not in this language',
    help: 'Use an unsigned char or int and the operators & | << >> on it.',
  },
  'no-vla': {
    severity: 'error',
    text: 'arrays of variable length are not in this language: the size must be a constant',
    help: 'The size of an array must be known when the program is compiled. Use a #define or enum constant, or malloc.',
  },
  'too-deep': {
    severity: 'error',
    text: '{what} are nested more than {limit} deep',
    help: 'Such depth does not occur in programs that people write; it is refused so that the compiler itself cannot run out of room.',
  },
  'expression-too-long': {
    severity: 'error',
    text: `this expression is too long: more than ${LIMITS.expressionHeight} operations hang on one another`,
    help: 'Split it into several statements.',
  },
  'declaration-as-body': {
    severity: 'error',
    text: 'a declaration cannot stand here by itself',
    help: 'After if, else, while, for and do comes a statement. Put the declaration in { … }.',
  },
  'missing-declarator': {
    severity: 'warning',
    text: 'this declaration declares nothing',
    help: 'A type alone names no variable.',
  },
  'else-without-if': {
    severity: 'error',
    text: '`else` without `if`',
    help: 'Between if and else stands exactly one statement; is there a stray semicolon, or are braces missing?',
  },
  'stray-brace': {
    severity: 'error',
    text: '`}` without `{`',
    help: 'This brace closes nothing: an earlier one closed the function already.',
  },
  'too-many-errors': {
    severity: 'error',
    text: 'there are more errors; they are not shown',
    help: 'The first errors often cause the later ones. Repair those first.',
  },

  // ------------------------------------------------------------ names
  'undeclared-name': {
    severity: 'error',
    text: '`{name}` is not declared{hint}',
    help: 'A name must be declared before it is used: a variable, a parameter, a function, or a name from a header that is included.',
  },
  'undeclared-function': {
    severity: 'error',
    text: 'function `{name}` is not declared{hint}',
    help: 'Since C99 a function must be declared before it is called. Include its header, or write its prototype above.',
  },
  'not-in-library': {
    severity: 'error',
    text: '`{name}` is not in this C library: {why}',
    help: 'The language page lists what the library has.',
  },
  'implicit-function': {
    severity: 'warning',
    text: 'function `{name}` is not declared{hint}',
    help: 'It is taken for the function of that name in the library or further down; C99 asks for a declaration before the call.',
  },
  redeclared: {
    severity: 'error',
    text: '`{name}` is already declared in this scope, as {what}',
    help: 'In one scope a name means one thing.',
  },
  'conflicting-types': {
    severity: 'error',
    text: '`{name}` is declared as `{type}`, but earlier as `{earlier}`',
    help: 'All declarations of one thing must agree.',
  },
  redefined: {
    severity: 'error',
    text: '`{name}` is defined a second time',
    help: 'A function or a variable with an initial value can be defined only once.',
  },
  'static-after-extern': {
    severity: 'error',
    text: '`{name}` is declared static, but was declared without it before',
    help: 'Either all files see it or only this one.',
  },
  'unknown-tag-kind': {
    severity: 'error',
    text: '`{name}` is a {is}, not a {used}',
    help: 'struct, union and enum share their tags: a tag means one of them.',
  },
  'undeclared-label': {
    severity: 'error',
    text: 'there is no label `{name}` in this function{hint}',
    help: 'goto goes to a label of the same function: `name:` before a statement.',
  },
  'duplicate-label': {
    severity: 'error',
    text: 'label `{name}` stands twice in this function',
    help: 'A label names one place.',
  },
  'unused-label': { severity: 'warning', text: 'label `{name}` is not used', help: 'No goto goes there.' },
  'goto-past-initialiser': {
    severity: 'error',
    text: 'goto into a scope with initialisers is not in this language: it would skip that of `{name}`',
    help: 'Declare the variable before the goto, or put it into a block of its own.',
  },
  'switch-past-initialiser': {
    severity: 'warning',
    text: 'the jump to this case skips the initialiser of `{name}`, which is then 0',
    help: 'Put the case into braces, or declare the variable before the switch.',
  },

  // ------------------------------------------------------------ types
  'incomplete-type': {
    severity: 'error',
    text: '`{type}` is incomplete here, so {what}',
    help: 'A struct or union is complete after the closing brace of its members; an array when its length is known.',
  },
  'void-variable': { severity: 'error', text: '`{name}` cannot have type void', help: 'void has no values.' },
  'object-too-large': {
    severity: 'error',
    text: '`{name}` takes {size} bytes; the whole memory has 65536',
    help: 'Addresses have 16 bits.',
  },
  'bad-array-size': {
    severity: 'error',
    text: 'the size of an array must be a positive constant, not {value}',
    help: 'An array has at least one element.',
  },
  'array-of': {
    severity: 'error',
    text: 'an array cannot have elements of type `{type}`',
    help: 'Elements need a size.',
  },
  'function-returns': {
    severity: 'error',
    text: 'a function cannot return {what}',
    help: 'Return a pointer, or a struct that holds the array.',
  },
  'duplicate-member': {
    severity: 'error',
    text: 'member `{name}` stands twice in this {record}',
    help: 'Each member of a struct or union has its own name.',
  },
  'no-member': {
    severity: 'error',
    text: '`{type}` has no member `{name}`{hint}',
    help: 'The members of a struct or union are those between the braces of its definition.',
  },
  'not-a-record': {
    severity: 'error',
    text: '`{operator}` needs a struct or union{pointer} on its left, not `{type}`',
    help: 'Use . on a struct, -> on a pointer to a struct.',
  },
  'not-a-pointer': {
    severity: 'error',
    text: '`{operator}` needs a pointer, not `{type}`',
    help: 'Only pointers and arrays can be followed to what they point to.',
  },
  'not-a-function': {
    severity: 'error',
    text: 'this is called, but its type is `{type}`, not a function',
    help: 'Only functions and pointers to functions can be called.',
  },
  'argument-count': {
    severity: 'error',
    text: '{callee} takes {expected} but is given {given}',
    help: 'A call gives one argument for each parameter.',
  },
  'bad-operands': {
    severity: 'error',
    text: '`{operator}` cannot work on `{left}` and `{right}`',
    help: 'Arithmetic works on integers; pointers can be added to integers, subtracted and compared.',
  },
  'bad-operand': {
    severity: 'error',
    text: '`{operator}` cannot work on `{type}`',
    help: 'The operand has the wrong type for this operator.',
  },
  'not-scalar': {
    severity: 'error',
    text: '{what} must be a number or a pointer, not `{type}`',
    help: 'A condition is false if it is 0 or a null pointer and true otherwise.',
  },
  'not-integer': {
    severity: 'error',
    text: '{what} must be an integer, not `{type}`',
    help: 'An integer is needed here.',
  },
  'not-lvalue': {
    severity: 'error',
    text: '{what} needs a variable or another place in memory, not a value',
    help: 'Only places can be assigned to or have an address: variables, elements of arrays, members, what a pointer points to.',
  },
  'assign-const': {
    severity: 'error',
    text: 'this cannot be changed: it is const',
    help: 'const promises that the program does not write here.',
  },
  'assign-array': {
    severity: 'error',
    text: 'an array cannot be assigned as a whole',
    help: 'Copy it with memcpy or a loop; a struct that holds the array can be assigned.',
  },
  'cannot-convert': {
    severity: 'error',
    text: '{what}: `{from}` does not convert to `{to}`',
    help: 'A cast can force conversions between numbers and pointers; structs convert only to themselves.',
  },
  'pointer-mismatch': {
    severity: 'warning',
    text: '{what}: `{from}` becomes `{to}` without a cast',
    help: 'The pointers point to different types. If that is meant, write a cast.',
  },
  'int-to-pointer': {
    severity: 'warning',
    text: '{what}: integer `{from}` becomes pointer `{to}` without a cast',
    help: 'An integer is no address. If it is meant as one, write a cast.',
  },
  'pointer-to-int': {
    severity: 'warning',
    text: '{what}: pointer `{from}` becomes integer `{to}` without a cast',
    help: 'If the address itself is meant, write a cast.',
  },
  'drops-qualifier': {
    severity: 'warning',
    text: '{what}: `{from}` becomes `{to}`, which forgets `{qualifier}`',
    help: 'Through the new pointer something that is const could be changed.',
  },
  'compare-mismatch': {
    severity: 'warning',
    text: 'comparing `{left}` with `{right}`',
    help: 'These are different types of pointers, or a pointer and a number.',
  },
  'value-changes': {
    severity: 'warning',
    text: '{value} does not fit `{type}`: it becomes {result}',
    help: 'Conversion keeps the low bits. An int has 16 bits here, a char 8.',
  },
  'constant-overflow': {
    severity: 'warning',
    text: 'this computes {exact}, which does not fit `{type}` and wraps to {result}',
    help: 'An int has 16 bits here: -32768 to 32767. Give one operand the suffix L to compute with 32 bits.',
  },
  'division-by-zero': {
    severity: 'warning',
    text: 'this divides by zero, which traps when it runs',
    help: 'Division by zero stops the machine.',
  },
  'shift-too-far': {
    severity: 'warning',
    text: 'shifting `{type}` by {amount}: nothing of the value remains',
    help: 'A shift by the width of the type or more gives 0 (-1 for a negative value to the right).',
  },
  'index-outside': {
    severity: 'warning',
    text: 'index {index} lies outside the array, which has {length}',
    help: 'The first element has index 0, so the last one has the length minus 1. The access traps when it runs.',
  },
  'sign-compare': {
    severity: 'warning',
    text: 'signed and unsigned are compared: a negative left or right side counts as a large number',
    help: 'In a comparison of int with unsigned both become unsigned.',
  },
  'assignment-in-condition': {
    severity: 'warning',
    text: 'an assignment as a condition: is `==` meant?',
    help: 'a = b assigns and gives the value. Put it in double brackets if that is meant.',
  },
  'empty-body': {
    severity: 'warning',
    text: 'the semicolon ends this `{name}` at once: its body is empty',
    help: 'Remove the semicolon, or write { } to show that nothing is to be done.',
  },
  'no-effect': {
    severity: 'warning',
    text: 'this statement has no effect',
    help: 'It computes a value that nobody uses.',
  },
  'maybe-uninitialised': {
    severity: 'warning',
    text: '`{name}` may be read before it gets a value; it is 0 then',
    help: 'In this language a local without an initial value is 0. In other C compilers it would hold anything.',
  },
  'unused-variable': {
    severity: 'warning',
    text: '`{name}` is never used',
    help: 'Remove it, or use it.',
  },
  'missing-return': {
    severity: 'warning',
    text: '`{name}` must return a `{type}`, but can reach its end without; it returns 0 then',
    help: 'Every way through the function should end with return and a value.',
  },
  'return-value-in-void': {
    severity: 'error',
    text: '`{name}` returns nothing, but a value is given here',
    help: 'A void function ends with `return;`.',
  },
  'return-without-value': {
    severity: 'warning',
    text: '`{name}` must return a `{type}`; without a value it returns 0',
    help: 'Give a value after return.',
  },
  'returns-local-address': {
    severity: 'warning',
    text: 'this returns the address of `{name}`, which is gone when the function ends',
    help: 'Make it static, take it from malloc, or let the caller give room for it.',
  },
  'noreturn-returns': {
    severity: 'warning',
    text: '`{name}` is declared not to return, but does',
    help: 'A _Noreturn function ends with exit, halt, abort or an endless loop.',
  },
  'implicit-int': {
    severity: 'warning',
    text: 'the type is missing; `int` is taken',
    help: 'Since C99 the type must be written.',
  },
  'main-signature': {
    severity: 'warning',
    text: '`main` should be `int main(void)`; its arguments are 0 here',
    help: 'There is no command line on this machine, so argc and argv are 0.',
  },

  // ------------------------------------------------------------ constants, initialisers, statements
  'not-constant': {
    severity: 'error',
    text: '{what} must be a constant',
    help: 'It must be known when the program is compiled: numbers, enum constants, sizeof and operators on them; for pointers addresses of globals.',
  },
  'too-many-initialisers': {
    severity: 'error',
    text: 'there are more initial values than {what} holds',
    help: 'An array of n elements takes at most n values.',
  },
  'string-too-long': {
    severity: 'error',
    text: 'this string has {given} bytes with its end mark, the array has {length}',
    help: 'A string takes one byte more than it has characters, for the 0 at its end.',
  },
  'bad-initialiser': {
    severity: 'error',
    text: '`{type}` cannot be initialised like this',
    help: 'Arrays and structs are initialised with { … }, arrays of char also with a string.',
  },
  'bad-designator': {
    severity: 'error',
    text: '`{designator}` does not fit `{type}`',
    help: 'Use .name in a struct or union and [index] in an array.',
  },
  'initialised-extern': {
    severity: 'error',
    text: '`{name}` is extern in a block and cannot have an initial value here',
    help: 'The initial value stands where the variable is defined.',
  },
  'generic-none': {
    severity: 'error',
    text: 'no choice of this _Generic is for `{type}`',
    help: 'The type of the first expression selects; write a choice for it, or one for `default`.',
  },
  'generic-twice': {
    severity: 'error',
    text: 'this _Generic has two choices for `{type}`',
    help: 'Each type may stand once in the list. Names made by typedef are the types that they stand for.',
  },
  'static-assert': {
    severity: 'error',
    text: 'static assertion failed{message}',
    help: 'The program itself demands this to hold.',
  },
  'case-outside-switch': {
    severity: 'error',
    text: '`{name}` stands outside a switch',
    help: 'case and default belong into the body of a switch.',
  },
  'duplicate-case': {
    severity: 'error',
    text: 'case {value} stands twice in this switch',
    help: 'Each value can go to one place only.',
  },
  'break-outside': {
    severity: 'error',
    text: '`break` stands outside a loop or switch',
    help: 'break leaves the innermost loop or switch.',
  },
  'continue-outside': {
    severity: 'error',
    text: '`continue` stands outside a loop',
    help: 'continue goes on with the innermost loop.',
  },
  'bad-interrupt': {
    severity: 'error',
    text: 'an interrupt handler must be `void f(void)` with a vector from 0 to 15',
    help: 'The machine calls a handler without arguments and takes no result.',
  },
  'builtin-arguments': {
    severity: 'error',
    text: '`{name}` needs {expected}',
    help: 'This is a built-in of the compiler, used by the headers of the library.',
  },
  'va-start-outside': {
    severity: 'error',
    text: '`va_start` needs a function with `...`',
    help: 'Only variadic functions have further arguments.',
  },
} as const satisfies Readonly<Record<string, Row>>;

export type MessageId = keyof typeof MESSAGES;
type ParametersOf<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParametersOf<Rest>
  : never;
export type MessageParams<I extends MessageId> = Readonly<
  Record<ParametersOf<(typeof MESSAGES)[I]['text']>, string | number>
>;
export interface Extra {
  readonly notes?: readonly Note[];
  readonly fix?: Fix | undefined;
}

/** Makes a diagnostic of the table's row. */
export function message<I extends MessageId>(
  id: I,
  span: Span,
  params: MessageParams<I>,
  extra: Extra = {},
): Diagnostic {
  const row: Row = MESSAGES[id];
  const values = params as Readonly<Record<string, string | number>>;
  const text = row.text.replace(/\{(\w+)\}/g, (_whole, name: string) => shortened(String(values[name] ?? '')));
  const { start, end } = span;
  const base = { id, severity: row.severity, span: { start, end }, message: text, notes: extra.notes ?? [] };
  return extra.fix ? { ...base, fix: extra.fix } : base;
}

/** `1 argument`, `2 arguments`: for parameters of messages. */
export const counted = (count: number, noun: string): string => (count === 1 ? `1 ${noun}` : `${count} ${noun}s`);

/** Names and texts of the program may be of any length; a message is for reading. */
const MAX_VALUE_CHARACTERS = 200;
const shortened = (value: string): string =>
  value.length > MAX_VALUE_CHARACTERS ? `${value.slice(0, MAX_VALUE_CHARACTERS)}…` : value;

/** Collects diagnostics: bounded, and at most one error a place, because the second is nearly always a consequence. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  private errors = 0;
  private warnings = 0;
  private readonly seen = new Set<string>();

  get hasErrors(): boolean {
    return this.errors > 0;
  }
  get isFull(): boolean {
    return this.errors >= LIMITS.errors;
  }

  report<I extends MessageId>(id: I, span: Span, params: MessageParams<I>, extra?: Extra): void {
    const { severity } = MESSAGES[id];
    const key = severity === 'error' ? `e${span.start}` : `${id}:${span.start}`;
    if (this.seen.has(key)) return;
    if (severity === 'error') {
      if (this.isFull) {
        if (this.errors++ === LIMITS.errors) this.list.push(message('too-many-errors', span, {}));
        return;
      }
      this.errors++;
    } else if (this.warnings++ >= LIMITS.warnings) {
      return;
    }
    this.seen.add(key);
    this.list.push(message(id, span, params, extra));
  }
}
