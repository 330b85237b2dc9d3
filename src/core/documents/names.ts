/** Names of documents. */

/** `sieve.c`, then `sieve-2.c`, `sieve-3.c`: a name that no other document has. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const dot = wanted.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  for (let n = 2; ; n++) {
    const candidate = `${stem}-${n}${ending}`;
    if (!taken.has(candidate)) return candidate;
  }
}
