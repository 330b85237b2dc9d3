/** What a compiler that is not ours must offer to judge generated programs, and what they share. */
import type { Profile } from '../property/programs/scope';

/** Bytes that the program gave to `put`, and what `main` returned; a text says what went wrong. */
export type Answer = { readonly output: Uint8Array; readonly status: number } | string;

export interface SourceJudge {
  readonly name: string;
  /** The C that it takes. */
  readonly profile: Profile;
  /** Programs that are compiled and run together. */
  readonly batch: number;
  /** It does not take all of C: a program that it refuses says nothing. */
  readonly mayRefuse: boolean;
  /** Asked, without optimisation, when this judge and we disagree: for compilers with faults of their own. */
  readonly arbiter?: SourceJudge;
  /** The `turn` without optimisation. */
  readonly plainTurn: number;
  /** Why it cannot be asked; undefined if it can. Installs what is missing where it may. */
  unavailable(): string | undefined;
  /** Compiler and simulator, with their versions. */
  describe(): string;
  /** `bodies` are programs without a prelude, each with a `main`; `turn` picks among levels of optimisation. */
  answers(bodies: readonly string[], turn: number): Answer[];
}

/** Several programs as one text: what each defines gets a prefix of its own, `main` becomes `x0_main`, … */
export function joined(bodies: readonly string[]): string {
  return bodies.map((body, n) => body.replace(/\b(?:[a-zA-Z]\d+|main)\b(?!["'])/g, `x${n}_$&`)).join('\n');
}

/** Hex digits as bytes. */
export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** Lines of hex digits, one a program, the last byte of each what `main` returned. */
export function answersIn(text: string, count: number): Answer[] {
  const lines = text.split('\n');
  return Array.from({ length: count }, (_, n) => {
    const line = lines[n]?.trim() ?? '';
    if (!/^([0-9a-f]{2})+$/.test(line)) return `no answer, but ${JSON.stringify(line.slice(0, 100))}`;
    const bytes = bytesOf(line);
    return { output: bytes.subarray(0, -1), status: bytes.at(-1) as number };
  });
}

/** Calls every program and writes its answer as a line of hex digits, through a function `digit`. */
export function mainText(count: number): string {
  const calls = Array.from({ length: count }, (_, n) => `  put(x${n}_main()); digit('\\n');\n`);
  return calls.join('');
}

export const PUT_TEXT = `static void put_byte(unsigned char c) { digit("0123456789abcdef"[c >> 4]); digit("0123456789abcdef"[c & 15]); }
#define put(c) put_byte((unsigned char)(c))
static void put2(unsigned v) { put(v); put(v >> 8); }
static void put4(unsigned long v) { put2((unsigned)v); put2((unsigned)(v >> 16)); }
`;
