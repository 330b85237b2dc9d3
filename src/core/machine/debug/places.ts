/**
 * Where the machine is in the program's own files: the calls that are under way, those inside the library left out, because what a person
 * can repair is the line that called it.
 */
import type { Machine } from '../machine';
import { callStack } from './call-stack';

export interface ProgramPlace {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  /** 0 where only the function's line is known. */
  readonly column: number;
}

/** From the innermost call outward; empty without an image or debug information. */
export function placesOf(machine: Machine): ProgramPlace[] {
  const { image, core, memory } = machine;
  if (!image) return [];
  const { sources } = image.debug;
  return callStack(core, memory, image).flatMap(({ function: fn, name, row }) => {
    const at = row ?? (fn && { file: fn.file, line: fn.line, column: 0 });
    const source = at && sources[at.file];
    if (!source || source.system) return [];
    return [{ function: name, file: source.name, line: at.line, column: at.column }];
  });
}
