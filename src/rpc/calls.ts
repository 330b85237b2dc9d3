/** The call stack and its variables as people read them, newest first. */
import type { Image } from '../core/assembler/image';
import { localsOf, type Frame, type VariableValue } from '../core/machine/debug/call-stack';
import { formatValue } from '../core/machine/debug/format';
import type { TypeTable } from '../core/machine/debug/types';
import type { CallView, LocalView } from './machine';

export interface Reader {
  readonly image: Image;
  readonly types: TypeTable;
  readonly memory: Uint8Array;
}

/** Frames that are sent; deeper ones say nothing new. */
export const MAX_CALLS = 64;

export function callViews(frames: readonly Frame[], reader: Reader): CallView[] {
  return frames.slice(0, MAX_CALLS).map((frame) => ({
    name: frame.name,
    pc: frame.pc,
    sp: frame.sp,
    file: frame.file,
    line: frame.line,
    locals: localsOf(frame, reader.memory).flatMap((local) => localView(local, reader) ?? []),
  }));
}

function localView({ variable, value, address, registers }: VariableValue, reader: Reader): LocalView | undefined {
  if (value === undefined && address === undefined) return undefined;
  const type = reader.types.read(variable.type, variable.sizeBytes);
  return {
    name: variable.name,
    type: variable.type,
    value: formatValue({ type, bits: value ?? address ?? 0, address }, reader),
    where:
      registers !== undefined
        ? registers.map((register) => `r${register}`).join(':')
        : address === undefined
          ? 'a constant'
          : `memory ${address.toString(16).padStart(4, '0')}`,
    ...(address === undefined ? {} : { address }),
  };
}
