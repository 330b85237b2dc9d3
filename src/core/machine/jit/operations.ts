/**
 * One guest instruction to WebAssembly: everything but jumps, branches, calls and returns (translate.ts). A row a form, in tables by
 * family. Meaning: cpu/instructions.ts.
 */
import type { FormId } from '../../isa/table';
import { OP } from '../cpu/ops';
import type { AccessPlan, Site } from './access';
import { ARITHMETIC } from './arithmetic';
import type { Emitter } from './emitter';
import { LOADS_STORES } from './loads-stores';
import { MOVES } from './moves';
import type { Operation, Operations } from './operation';
import type { GuestInstr } from './piece';
import { SHIFTS } from './shifts';

/** By operation number. */
const BY_NUMBER: readonly (Operation | undefined)[] = byNumber([MOVES, ARITHMETIC, SHIFTS, LOADS_STORES]);

export function emitOperation(e: Emitter, i: GuestInstr, plan: AccessPlan, site: Site): void {
  const operation = BY_NUMBER[i.op];
  if (!operation) throw new Error(`internal error: operation ${i.op} has no translation`);
  operation(e, i, plan, site);
}

function byNumber(families: readonly Operations[]): (Operation | undefined)[] {
  const all: (Operation | undefined)[] = [];
  for (const family of families)
    for (const [form, operation] of Object.entries(family)) all[OP[form as FormId]] = operation;
  return all;
}
