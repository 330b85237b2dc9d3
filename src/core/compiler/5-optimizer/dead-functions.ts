/** Functions and objects of this file that nothing can reach any more: static, and named by nothing that is itself reachable. */
import type { IrModule } from '../4-ir/ir';
import { modulePass } from './pass';

export const deadFunctions = modulePass(
  {
    name: 'dead-functions',
    title: 'Dead functions and objects',
    summary: 'Drops static functions and variables that nothing uses any more, for example after inlining.',
  },
  (module, context) => {
    if ((module.fileAsm ?? []).length > 0 || hasAsm(module)) return false;
    const live = reachable(module);
    const functions = module.functions.filter((fn) => live.has(fn.name));
    const globals = module.globals.filter((global) => live.has(global.name));
    if (functions.length === module.functions.length && globals.length === module.globals.length) return false;
    if (context.wantsRemarks)
      for (const fn of module.functions)
        if (!live.has(fn.name)) context.remark(fn, fn.origin, `${fn.name} is not needed any more`);
    module.functions = functions;
    module.globals = globals;
    return true;
  },
);

/** Assembly may name anything. */
const hasAsm = (module: IrModule): boolean =>
  module.functions.some((fn) => fn.blocks.some((block) => block.instrs.some((instr) => instr.op === 'asm')));

function reachable(module: IrModule): Set<string> {
  const functions = new Map(module.functions.map((fn) => [fn.name, fn]));
  const globals = new Map(module.globals.map((global) => [global.name, global]));
  const live = new Set<string>();
  const work: string[] = [];
  const mark = (name: string) => {
    if (live.has(name)) return;
    live.add(name);
    work.push(name);
  };
  for (const fn of module.functions) if (!fn.isStatic || fn.isInterruptHandler) mark(fn.name);
  for (const global of module.globals) if (!global.isStatic) mark(global.name);
  while (work.length > 0) {
    const name = work.pop() as string;
    for (const block of functions.get(name)?.blocks ?? [])
      for (const instr of block.instrs) for (const arg of instr.args) if (arg.op === 'symbol') mark(arg.symbol);
    for (const r of globals.get(name)?.relocations ?? []) mark(r.symbol);
  }
  return live;
}
