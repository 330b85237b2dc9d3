/** A command of the tool: one file each in commands/, listed in main.ts. */

/** Exit statuses, after sysexits.h where one fits. */
export const EXIT = {
  ok: 0,
  /** Bad usage of the command line. */
  usage: 64,
  /** The source does not compile, or an input file is missing or malformed. */
  data: 65,
  /** The program trapped. */
  trap: 70,
  /** A limit (instructions, time) was reached. */
  limit: 75,
} as const;

/** The world outside, so that tests can run a command without a process. */
export interface Host {
  readFile(path: string): Uint8Array | undefined;
  /** A file that was made with the tool itself; missing where the tool was not built. */
  readPrebuilt?(name: string): Uint8Array | undefined;
  writeFile(path: string, bytes: Uint8Array): void;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Seconds since some start, for benchmarks only. */
  now(): number;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole of `orrery NAME --help`. */
  readonly help: string;
  /** Runs with the arguments after the command's name; gives the exit status. May be asynchronous. */
  run(args: readonly string[], host: Host): number | Promise<number>;
}

/** A mistake in the command line; main prints it with a pointer to --help and exits with EXIT.usage. */
export class UsageError extends Error {}
