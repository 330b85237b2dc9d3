import { describe, expect, test } from 'vitest';
import { constant, create, createBlock, createFunction, insertAtStart, keepOnlyEdge, NO_ORIGIN } from './build';
import { Builder } from './builder';
import { analyseCfg, removeUnreachable, reversePostorder } from './cfg';
import { interpretModule } from './interpret';
import type { Block, IrFunction } from './ir';
import { parseFunction, parseModule } from './parse';
import { printModule } from './print';
import { verifyFunction, verifyModule } from './verify';

const SUM = `global @table: 6 static const = 01 02 03 04 05 06
global @message: 4 = 68 69 00 00 +2:@table+1

fn @sum(%n: i16) -> i16 {
  var 0 "i" "int" 2 signed
entry.0:
  br loop.1
loop.1:  ; from entry.0, body.2
  %i.3 = phi i16 [0, entry.0] [%7, body.2]
  %s.4 = phi i16 [0, entry.0] [%6, body.2]
  dbg 0 = i16 %i.3
  %5 = icmp ult i16 %i.3, %n
  condbr %5, body.2, done.3
body.2:  ; from loop.1
  %6 = add i16 %s.4, %i.3
  %7 = add i16 %i.3, 1
  br loop.1
done.3:  ; from loop.1
  ret i16 %s.4
}

fn @main() -> i16 {
entry.0:
  %1 = call i16 @sum(i16 10)
  %2 = load i8 [@table+4]
  %3 = zext i8 %2 to i16
  %4 = add i16 %1, %3
  %5 = trunc i16 %4 to i8
  out(i8 16, i8 %5)
  ret i16 %4
}
`;

describe('text', () => {
  test('reads what it prints', () => {
    const text = printModule(parseModule(SUM));
    expect(text).toBe(SUM);
    expect(verifyModule(parseModule(SUM))).toEqual([]);
  });
});

describe('interpreter', () => {
  test('loops, calls, globals, ports', () => {
    const run = interpretModule(parseModule(SUM));
    expect(run.exit).toEqual({ kind: 'halt', code: 50 });
    expect([...run.output]).toEqual([50]);
  });

  const outcome = (body: string) => {
    const module = parseModule(`fn @main() -> i16 {\nentry.0:\n${body}\n}`);
    expect(verifyModule(module)).toEqual([]);
    return interpretModule(module, { stepLimit: 1000 }).exit;
  };
  test.each([
    ['%1 = load i8 [4]\nret i16 0', 'null-access'],
    ['%1 = udiv i16 5, 0\nret i16 %1', 'division-by-zero'],
    ['check i16 5 < 5\nret i16 0', 'bounds'],
    ['store i8 1 to [@main]\nret i16 0', 'code-write'],
    ['%1 = call i16 @main()\nret i16 %1', 'limit'],
    ['trap assert', 'assert'],
  ])('%s ends with %s', (body, expected) => {
    const exit = outcome(body);
    expect(exit.kind === 'trap' ? exit.trap : exit.kind).toBe(expected);
  });

  test('arithmetic follows the language: wrapping, shifts of any amount, division', () => {
    const value = (body: string) => outcome(`${body}\n%9 = trunc i32 %8 to i16\nret i16 %9`);
    expect(value('%8 = mul i32 65537, 65537')).toEqual({ kind: 'halt', code: 1 });
    expect(value('%8 = shl i32 1, 32')).toEqual({ kind: 'halt', code: 0 });
    expect(value('%8 = ashr i32 4294967295, 4000000000')).toEqual({ kind: 'halt', code: 255 });
    expect(value('%8 = sdiv i32 2147483648, 4294967295')).toEqual({ kind: 'halt', code: 0 });
    expect(value('%8 = srem i32 4294967289, 3')).toEqual({ kind: 'halt', code: 255 });
    expect(value('%8 = udiv i32 4294967289, 4000000000')).toEqual({ kind: 'halt', code: 1 });
  });
});

describe('control flow', () => {
  test('a switch may have any number of targets', () => {
    const fn = createFunction('f', [], 'void');
    const b = new Builder(fn);
    const end = b.addBlock('end');
    const cases = Array.from({ length: 200_000 }, (_, i) => i);
    b.switch(constant('i32', 1), cases, [end, ...cases.map(() => end)]);
    b.block = end;
    b.ret();
    expect(analyseCfg(fn).rpo).toHaveLength(2);
  });

  // Two nested loops; dominators and loops worked out by hand.
  const nested = parseFunction(`fn @f(%c: i1) -> void {
entry.0:
  br outer.1
outer.1:
  br inner.2
inner.2:
  condbr %c, inner.2, rest.3
rest.3:
  condbr %c, left.4, right.5
left.4:
  br join.6
right.5:
  br join.6
join.6:
  condbr %c, outer.1, exit.7
exit.7:
  ret
}`);
  test('dominators', () => {
    const cfg = analyseCfg(nested);
    const name = (i: number) => cfg.rpo[i]?.name;
    const idom = new Map(cfg.rpo.map((block, i) => [block.name, name(cfg.idom[i] as number)]));
    expect(Object.fromEntries(idom)).toEqual({
      entry: 'entry',
      outer: 'entry',
      inner: 'outer',
      rest: 'inner',
      left: 'rest',
      right: 'rest',
      join: 'rest',
      exit: 'join',
    });
  });
  test('loops', () => {
    const cfg = analyseCfg(nested);
    expect(cfg.loops.map((loop) => [loop.header.name, loop.depth, loop.blocks.length])).toEqual([
      ['inner', 2, 1],
      ['outer', 1, 6],
    ]);
    expect(cfg.loops[0]?.parent).toBe(cfg.loops[1]);
  });
  test('what was found stays while the edges do, and no longer', () => {
    const { functions } = parseModule(SUM);
    const fn = functions[0] as IrFunction;
    const [entry, loop, body, done] = fn.blocks as [Block, Block, Block, Block];
    const before = analyseCfg(fn);
    insertAtStart(body, create(fn, body, { op: 'alloca', type: 'i16', args: [], sizeBytes: 2, origin: NO_ORIGIN }));
    expect(analyseCfg(fn)).toBe(before);
    keepOnlyEdge(fn, loop, 1);
    expect(reversePostorder(fn)).toEqual([entry, loop, done]);
    const after = analyseCfg(fn);
    expect(after.rpo).toEqual([entry, loop, done]);
    expect(after.number[body.id]).toBe(-1);
    // The predecessor that is not reached any more is still in the list.
    expect(removeUnreachable(fn)).toBe(true);
    expect(analyseCfg(fn).loops).toEqual([]);
    const fresh = createBlock(fn, 'fresh');
    expect(analyseCfg(fn).number[fresh.id]).toBe(-1);
  });
});

describe('verifier', () => {
  const broken = (change: (fn: IrFunction) => void): string => {
    const module = parseModule(SUM);
    const fn = module.functions[0] as IrFunction;
    change(fn);
    return verifyFunction(fn, module).join('\n');
  };
  test('a use before its definition', () => {
    const text = broken((fn) => fn.blocks[2]?.instrs.reverse());
    expect(text).toContain('terminator must be last');
    const swapped = broken((fn) => {
      const instrs = fn.blocks[1]?.instrs ?? [];
      const compare = instrs.splice(3, 1);
      fn.blocks[2]?.instrs.unshift(...compare.map((instr) => Object.assign(instr, { block: fn.blocks[2] })));
    });
    expect(swapped).toContain('does not dominate');
  });
  test('an edge that preds do not know, a missing phi input, a wrong type', () => {
    expect(broken((fn) => fn.blocks[1]?.preds.pop())).toContain('preds do not match');
    expect(broken((fn) => fn.blocks[1]?.instrs[0]?.args.pop())).toContain('1 inputs for 2 predecessors');
    expect(
      broken((fn) => {
        (fn.blocks[2]?.instrs[0] as { type: string }).type = 'i8';
      }),
    ).toContain('is i16, expected i8');
  });
});
