/**
 * What a name is, in C, in assembly, in the debugger and in the editor: letters and digits of any script (Unicode's ID_Start and
 * ID_Continue), `_` and `$`; labels of assembly may have dots too. Source text for regular expressions with the flag `u`.
 */
export const NAME_START = String.raw`[\p{ID_Start}_$]`;
export const NAME_PART = String.raw`[\p{ID_Continue}$]`;
export const NAME = `${NAME_START}${NAME_PART}*`;

export const LABEL_START = String.raw`[\p{ID_Start}_$.]`;
export const LABEL_PART = String.raw`[\p{ID_Continue}$.]`;
export const LABEL = `${LABEL_START}${LABEL_PART}*`;

const WHOLE_NAME = new RegExp(`^${NAME}$`, 'u');
const WHOLE_LABEL = new RegExp(`^${LABEL}$`, 'u');
const NAME_AT_END = new RegExp(`${NAME_PART}*$`, 'u');
const LABEL_AT_END = new RegExp(`${LABEL_PART}*$`, 'u');

export const isName = (text: string): boolean => WHOLE_NAME.test(text);
export const isLabel = (text: string): boolean => WHOLE_LABEL.test(text);
/** What has been typed of a name so far. */
export const nameAtEnd = (text: string): string => NAME_AT_END.exec(text)?.[0] ?? '';
export const labelAtEnd = (text: string): string => LABEL_AT_END.exec(text)?.[0] ?? '';
