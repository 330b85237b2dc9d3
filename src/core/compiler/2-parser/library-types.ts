/** Names of types that only a header declares: what is said to a program that forgot the header, or that wants 64 bits. */

/** Types of <stdint.h> that need 64 bits. */
export const LONG_LONG_TYPE = /^u?int(_least|_fast)?64_t$/;

/** `size_t *p;` is a forgotten #include rather than a multiplication. */
export const HEADER_TYPE = /_t$|^[ui](8|16|32)$|^bool$|^FILE$|^va_list$/;

const HEADER_OF: Readonly<Record<string, string>> = {
  bool: 'stdbool.h',
  size_t: 'stddef.h',
  ptrdiff_t: 'stddef.h',
  va_list: 'stdarg.h',
  FILE: 'stdio.h',
};
/** Says which header declares the type, if one does. */
export function typeHint(name: string): string {
  const known = Object.hasOwn(HEADER_OF, name) ? HEADER_OF[name] : undefined;
  const header = known ?? (/^(u?int(8|16|32)_t|[ui](8|16|32))$/.test(name) ? 'stdint.h' : undefined);
  return header === undefined ? '' : `: it comes from <${header}>`;
}
