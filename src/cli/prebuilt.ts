/**
 * The C library as object files, compiled when the tool is built (.ci/build-cli.mjs) and read when it starts: compiling it takes longer than
 * most programs run. The files lie in the build that they belong to, so they never are older than the library's sources; where they are
 * missing, as in tests, the library is compiled on first need.
 */
import { deserialize, serialize } from 'node:v8';
import { header, librarySources } from '../../programs/library';
import type { Archive } from '../core/assembler/object';
import { buildLibrary, type Compiler } from '../core/compiler/compile';
import type { CompileOptions, OptLevel } from '../core/compiler/views';
import type { Host } from './command';

type Kind = Pick<CompileOptions, 'level' | 'multiplier'>;

const LEVELS: readonly OptLevel[] = ['O0', 'O1', 'O2', 'Os'];
const fileName = ({ level, multiplier }: Kind): string => `libc-${level}-${multiplier ? 'hard' : 'soft'}.bin`;

/** The library for every level, with and without the multiplier: file names and contents. */
export function* prebuiltFiles(): Generator<readonly [name: string, bytes: Uint8Array]> {
  for (const level of LEVELS) {
    for (const multiplier of [true, false]) {
      const archive = buildLibrary({ header, sources: librarySources }, level, multiplier);
      yield [fileName({ level, multiplier }), serialize(archive)];
    }
  }
}

/** Gives the compiler the library that lies beside the tool, if there is one. */
export function providePrebuilt(compiler: Compiler, kind: Kind, host: Host): void {
  const bytes = host.readPrebuilt?.(fileName(kind));
  if (bytes) compiler.provideArchive(kind, deserialize(bytes) as Archive);
}
