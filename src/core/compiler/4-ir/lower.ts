/**
 * Typed tree to IR. Every local is memory first (an alloca in the entry block); mem2reg makes values of them. Operands are evaluated
 * from left to right, records are copied by memcpy, everything that C leaves open is as the language page defines it.
 */
import type { SourceMap } from '../../base/source';
import { isVolatile, typeText } from '../3-semantics/types';
import type { StaticObject, TypedUnit, VariableSymbol } from '../3-semantics/typed';
import type { IrGlobal, IrModule, Origin } from './ir';
import { FunctionLowering } from './lower-function';

/** The source map is not needed today: positions are global. It is part of the signature for passes that want places. */
export function lower(unit: TypedUnit, _sourceMap?: SourceMap): IrModule {
  return {
    name: unit.name,
    functions: unit.functions.map((fn) => new FunctionLowering(fn).lower()),
    globals: [...unit.objects.map(lowerObject), ...unit.externals.flatMap(lowerExternal)],
    fileAsm: unit.fileAsm.map(({ text, id, start, end }) => ({ text, origin: { node: id, span: { start, end } } })),
  };
}

function lowerObject(object: StaticObject): IrGlobal {
  const origin: Origin = { node: object.id, span: { start: object.start, end: object.end } };
  return {
    ...describe(object.symbol),
    sizeBytes: object.sizeBytes,
    ...(object.bytes ? { bytes: object.bytes } : {}),
    relocations: object.relocations,
    isExtern: false,
    origin,
  };
}

function lowerExternal(symbol: TypedUnit['externals'][number]): IrGlobal[] {
  if (symbol.kind === 'function') return [];
  const origin: Origin = { node: 0, span: { start: symbol.start, end: symbol.end } };
  return [{ ...describe(symbol), sizeBytes: 0, relocations: [], isExtern: true, origin }];
}

function describe(symbol: VariableSymbol) {
  return {
    name: symbol.linkName,
    readOnly: symbol.isReadOnly,
    isStatic: symbol.isInternal,
    isVolatile: isVolatile(symbol.type),
    type: typeText(symbol.type),
  };
}
