/**
 * Where the values of the IR become objects. JavaScript engines read a property fast where the objects that come by have the same properties
 * in the same order, and slowly where there are more than four kinds of them. So there are two kinds of instruction, those that programs
 * mostly consist of and the others, and one of operand without an instruction; what an op does not have is undefined. The passes over
 * 7,000 lines took a quarter longer when each op had an object of its own kind.
 */
import type { Block, Instr, IrType, Origin, Value } from './ir';

interface Draft {
  readonly op: Instr['op'];
  readonly type: IrType;
  readonly args: readonly Value[];
}

type Property<T> = T extends unknown ? keyof T : never;
/** Everything that some instruction has. */
type Details = Readonly<Partial<Record<Property<Instr>, unknown>>>;

/**
 * An instruction with what the draft has of it; whatever else is in the draft is left out. Both kinds are written out in full: an object
 * that is spread from another would be of a third kind.
 */
export function shaped(id: number, block: Block, origin: Origin, draft: Draft): Instr {
  const { op, type, args } = draft;
  const { name, targets, predicate, volatile, variable, inMemory } = draft as Details;
  if (!isRare(op))
    return {
      id,
      op,
      type,
      block,
      args,
      origin,
      name,
      targets,
      predicate,
      volatile,
      variable,
      inMemory,
    } as unknown as Instr;
  const { cases, sizeBytes, fixedArgs, variadic, tail, intrinsic, bound, text, trap } = draft as Details;
  // prettier-ignore
  return {
    id, op, type, block, args, origin, name, targets, predicate, volatile, variable, inMemory,
    cases, sizeBytes, fixedArgs, variadic, tail, intrinsic, bound, text, trap,
  } as unknown as Instr;
}

function isRare(op: Instr['op']): boolean {
  switch (op) {
    case 'alloca':
    case 'asm':
    case 'call':
    case 'check':
    case 'intrinsic':
    case 'switch':
    case 'trap':
      return true;
    default:
      return false;
  }
}

interface LeafDraft {
  readonly op: 'const' | 'symbol' | 'undef' | 'param';
  readonly type: IrType;
  readonly value?: number;
  readonly symbol?: string;
  readonly offset?: number;
  readonly index?: number;
  readonly name?: string;
}

/** An operand without an instruction. */
export const leaf = <T extends Value>({ op, type, value, symbol, offset, index, name }: LeafDraft): T =>
  ({ op, type, value, symbol, offset, index, name }) as unknown as T;
