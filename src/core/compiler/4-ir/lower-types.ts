/** What C types are in IR. */
import { sizeOf, type CType } from '../3-semantics/types';
import type { IrType } from './ir';

/** The IR type of a scalar; records are addresses. */
export function irType(type: CType): IrType {
  switch (type.kind) {
    case 'int':
      return type.sizeBytes === 1 ? 'i8' : type.sizeBytes === 2 ? 'i16' : 'i32';
    case 'void':
      return 'void';
    default:
      return 'i16';
  }
}
export const isSigned = (type: CType): boolean => type.kind === 'int' && type.signed;
export const bytesOf = (type: CType): number => sizeOf(type) ?? 0;
