/** Colours of the small C for Monaco: a Monarch grammar. What a name means comes from the compiler, not from here. */
import type { languages } from 'monaco-editor/editor';
import { LABEL, NAME } from '../../core/base/names';

export const LANGUAGE_ID = 'orrery-c';
export const ASSEMBLY_ID = 'orrery-asm';

export const KEYWORDS = [
  'asm break case const continue default do else enum extern for goto if inline register restrict return sizeof static struct switch',
  'typedef union volatile while _Static_assert _Bool',
]
  .join(' ')
  .split(' ');

export const TYPES =
  'void char short int long signed unsigned bool u8 u16 u32 s8 s16 s32 i8 i16 i32 uint8_t uint16_t uint32_t int8_t int16_t int32_t size_t ptrdiff_t va_list'.split(
    ' ',
  );

export const configuration: languages.LanguageConfiguration = {
  comments: { lineComment: '//', blockComment: ['/*', '*/'] },
  brackets: [
    ['{', '}'],
    ['[', ']'],
    ['(', ')'],
  ],
  autoClosingPairs: [
    { open: '{', close: '}' },
    { open: '[', close: ']' },
    { open: '(', close: ')' },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
    { open: "'", close: "'", notIn: ['string', 'comment'] },
  ],
  indentationRules: { increaseIndentPattern: /^.*\{[^}"']*$/, decreaseIndentPattern: /^\s*\}/ },
};

export const grammar: languages.IMonarchLanguage = {
  unicode: true,
  keywords: KEYWORDS,
  types: TYPES,
  tokenizer: {
    root: [
      [/^\s*#\s*include\b/, 'keyword.directive', '@include'],
      [/^\s*#\s*\w+/, 'keyword.directive'],
      [
        new RegExp(String.raw`${NAME}(?=\s*\()`, 'u'),
        { cases: { '@keywords': 'keyword', '@types': 'type', '@default': 'function' } },
      ],
      [new RegExp(NAME, 'u'), { cases: { '@keywords': 'keyword', '@types': 'type', '@default': 'identifier' } }],
      [/\/\*/, 'comment', '@comment'],
      [/\/\/.*$/, 'comment'],
      [/"([^"\\\n]|\\.)*"?/, 'string'],
      [/'([^'\\\n]|\\.)*'?/, 'number'],
      [/0[xX][\da-fA-F]+[uUlL]*|0[bB][01]+[uUlL]*|\d+[uUlL]*/, 'number'],
      [/[{}()[\]]/, '@brackets'],
      [/[-+*/%=<>!&|^~?:;,.]/, 'operator'],
    ],
    include: [
      [/\s+/, ''],
      [/<[^>\n]*>?|"[^"\n]*"?/, 'string', '@pop'],
      [/$/, '', '@pop'],
      [/./, '', '@pop'],
    ],
    comment: [
      [/[^/*]+/, 'comment'],
      [/\*\//, 'comment', '@pop'],
      [/[/*]/, 'comment'],
    ],
  },
};

export const assemblyGrammar: languages.IMonarchLanguage = {
  unicode: true,
  tokenizer: {
    root: [
      [/;.*$/, 'comment'],
      [new RegExp(String.raw`^\s*(?:${LABEL}|\d+):`, 'u'), 'function'],
      [/\.\w+/, 'keyword.directive'],
      [/\b(r1[0-5]|r\d|w[0-7]|sp)\b/, 'type'],
      [/"([^"\\]|\\.)*"?/, 'string'],
      [/0x[\da-fA-F]+|-?\d+|'[^']*'/, 'number'],
      [/^\s+[a-z]\w*/, 'keyword'],
    ],
  },
};
