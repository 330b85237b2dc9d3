import { describe, expect, it } from 'vitest';
import { header, librarySources } from '../../../programs/library';
import { Compiler } from './compile';
import { PHASES, aspectNamed, showPhase } from './phases';
import { linesText } from './show/lines';
import { DEFAULT_OPTIONS, type PhaseId, type ViewRequest } from './views';

const compiler = new Compiler({ header, sources: librarySources });
const compile = (text: string, level: 'O0' | 'O2' = 'O2') =>
  compiler.compile([{ name: 'a.c', text }], { ...DEFAULT_OPTIONS, level }, { explain: true });

const PROGRAM = `#include <stdio.h>
#define N 3
#define ADD(a, b) ((a) + (b))
#define SQUARE(x) ((x) * (x))
#define ID(x) x
struct point { unsigned char tag; struct { int x, y; } at; };
struct point points[N];
static int unused(void) { return 7; }
int f(unsigned char a, long b) { return a + b; }
int main(void) {
  int k = SQUARE(ADD(N, 2));
  for (unsigned char i = 0; i < N; i++) points[i].at.x = ID(i);
  printf("%d\\n", f(k, points[1].at.x));
  return 0;
}
`;
const compiled = compile(PROGRAM);
const text = (name: string, request: Partial<ViewRequest> = {}, c = compiled) => {
  const found = aspectNamed(name);
  if (!found) throw new Error(`no aspect ${name}`);
  return linesText(showPhase(c, { ...request, phase: found.phase.id, aspect: name }).lines);
};

describe('the table of phases', () => {
  it('names every aspect once, and every aspect has something to show', () => {
    const ids = PHASES.flatMap(({ aspects }) => aspects.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(text(id).trim(), id).not.toBe('');
  });
  it('times each phase by itself', () => {
    let tick = 0;
    const { summaries } = compiler.compile([{ name: 'a.c', text: PROGRAM }], DEFAULT_OPTIONS, { now: () => tick++ });
    expect(summaries.map(({ timeMs }) => timeMs)).toEqual(PHASES.map(() => 1));
  });
});

describe('lexer', () => {
  it('shows a macro use step by step: the definition, the arguments, the nested uses, the end', () => {
    expect(text('macros')).toContain(`  11:11   SQUARE(ADD(N, 2))
    #define SQUARE(x) ((x) * (x)) at 4:9
    x = ADD(N, 2)
    → ((((3) + (2))) * (((3) + (2))))
    in an argument: ADD(N, 2)
      #define ADD(a, b) ((a) + (b)) at 3:9
      a = N
      b = 2
      → ((3) + (2))
      in an argument: N
        #define N 3 at 2:9
        → 3
  becomes  ((((3) + (2))) * (((3) + (2))))
`);
  });
  it('tells where a token was spelled and where it was expanded', () => {
    const line = showPhase(compiled, { phase: 'lexer' }).lines.find((l) => l.text.includes('spelled at 2:11'));
    expect(line?.text).toContain('3');
    expect(line?.hint).toBe('spelled at 2:11, expanded at 7:21');
    expect(PROGRAM.slice(line?.span?.start, line?.span?.end)).toBe('N');
  });
});

describe('parser', () => {
  it('names the grammar rule of a node', () => {
    const view = showPhase(compiled, { phase: 'parser', fn: 'f' });
    const plus = view.lines.find((line) => line.text.includes('binary +'));
    expect(plus?.hint).toMatch(/^additive-expression: |^binary-expression|expression/);
    expect(PROGRAM.slice(plus?.span?.start, plus?.span?.end)).toBe('a + b');
    expect(view.lines.every((line) => !line.text.includes('main'))).toBe(true);
  });
});

describe('semantics', () => {
  it('draws a layout with what lies inside its members', () => {
    const view = showPhase(compiled, { phase: 'semantics', aspect: 'layouts' });
    expect(
      view.layouts?.[0]?.members.map(({ name, offset, sizeBytes, depth }) => [name, offset, sizeBytes, depth]),
    ).toEqual([
      ['tag', 0, 1, 0],
      ['at', 1, 4, 0],
      ['x', 1, 2, 1],
      ['y', 3, 2, 1],
    ]);
  });
  it('lists each implicit conversion with the reason', () => {
    expect(text('conversions', { fn: 'f' })).toBe(
      'a.c\n  f: 2 implicit conversions\n    9:41    long → int  return  of a + b\n    9:41    unsigned char → long  promotion  of a\n',
    );
  });
  it('gives a symbol the places of its uses', () => {
    const view = showPhase(compiled, { phase: 'semantics', aspect: 'scopes' });
    const symbol = view.lines.find((line) => line.text.includes('int k'));
    expect(symbol?.uses?.map(({ start, end }) => PROGRAM.slice(start, end))).toEqual(['k', 'k']);
  });
});

describe('optimiser', () => {
  it('shows per block what a pass changed, with the blocks of the function', () => {
    const pass = 0;
    const view = showPhase(compiled, { phase: 'optimizer', fn: 'main', pass });
    expect(view.graph?.length).toBeGreaterThan(2);
    const kinds = new Set(view.graph?.flatMap(({ lines }) => lines.map(({ kind }) => kind)));
    expect(kinds).toContain('removed');
    // The graph and the text say the same.
    const removed = (lines: readonly { kind: string; text: string }[]) =>
      lines.filter(({ kind }) => kind === 'removed').map((line) => line.text.trim());
    expect(removed(view.graph?.flatMap(({ lines }) => lines) ?? []).sort()).toEqual(
      removed(view.lines.filter(({ ir }) => ir !== undefined)).sort(),
    );
  });
  it('keeps remarks with their source line', () => {
    const remark = showPhase(compiled, { phase: 'optimizer', aspect: 'remarks' }).lines.find((l) =>
      l.text.includes('k lives'),
    );
    expect(remark?.text).toMatch(/^11 +main: k lives in a register/);
    expect(remark?.span).toBeDefined();
  });
});

describe('code', () => {
  it('draws live ranges inside the lines of the machine code that they span', () => {
    const view = showPhase(compiled, { phase: 'code', aspect: 'ranges', fn: 'main' });
    const [chart] = view.ranges ?? [];
    expect(chart?.ranges.length).toBeGreaterThan(3);
    for (const { name, segments, place } of chart?.ranges ?? []) {
      expect(place).toMatch(/^[rw]\d+$/);
      expect(segments.length % 2).toBe(0);
      for (let i = 0; i < segments.length; i += 2) {
        expect(segments[i]).toBeLessThan(segments[i + 1] as number);
        expect(segments[i + 1]).toBeLessThanOrEqual(chart?.lines.length ?? 0);
      }
      // The register is mentioned where its range begins.
      const first = chart?.lines[segments[0] as number]?.text ?? '';
      expect(first.includes(name.split('.')[0] as string) || first.endsWith(':'), `${name} in ${first}`).toBe(true);
    }
    // Two values are never in one register at the same time.
    const taken = new Set<string>();
    for (const { place, segments, name } of chart?.ranges ?? []) {
      const units = place.startsWith('w')
        ? [2 * Number(place.slice(1)), 2 * Number(place.slice(1)) + 1]
        : [Number(place.slice(1))];
      for (let i = 0; i < segments.length; i += 2)
        for (let line = (segments[i] as number) + 1; line < (segments[i + 1] as number) - 1; line++)
          for (const unit of units) {
            expect(taken.has(`${unit} ${line}`), `${name} in ${place} at line ${line}`).toBe(false);
            taken.add(`${unit} ${line}`);
          }
    }
  });
});

describe('linker', () => {
  it('leads from a patched instruction and from a variable to their characters', () => {
    const relocation = showPhase(compiled, { phase: 'linker', aspect: 'relocations' }).lines.find((l) =>
      l.text.includes('points'),
    );
    expect(PROGRAM.slice(relocation?.span?.start, relocation?.span?.end)).toContain('points[i]');
    const symbol = showPhase(compiled, { phase: 'linker', aspect: 'addresses' }).lines.find((l) =>
      / points /.test(l.text),
    );
    expect(PROGRAM.slice(symbol?.span?.start, symbol?.span?.end)).toBe('points');
    expect(symbol?.address).toBe(compiled.image?.symbols.find(({ name }) => name === 'points')?.address);
  });
  it('says what was dropped, and places what the loader copies without overlap', () => {
    expect(text('dropped', {}, compile(PROGRAM, 'O0'))).toMatch(/\.text\.unused\s+a\.o\s+unused/);
    const blocks = showPhase(compiled, { phase: 'linker', aspect: 'memory' }).memory ?? [];
    for (let i = 1; i < blocks.length; i++)
      expect(blocks[i]?.address).toBe((blocks[i - 1]?.address ?? 0) + (blocks[i - 1]?.sizeBytes ?? 0));
  });
});

describe('errors', () => {
  const states = (source: string) => compile(source).summaries.map(({ id, state }) => [id, state] as [PhaseId, string]);
  it('belong to the phase that found them; the front end goes on, the rest is skipped', () => {
    const later = ['ir', 'optimizer', 'code', 'linker'].map((id) => [id, 'skipped']);
    expect(states('int main(void) { return 1 }\n')).toEqual([
      ['lexer', 'done'],
      ['parser', 'failed'],
      ['semantics', 'done'],
      ...later,
    ]);
    expect(states('int main(void) { return missing; }\n').slice(0, 3)).toEqual([
      ['lexer', 'done'],
      ['parser', 'done'],
      ['semantics', 'failed'],
    ]);
    expect(states('#include "nowhere.h"\nint main(void) { return 0; }\n')[0]).toEqual(['lexer', 'failed']);
  });
  it('leave the tree of a wrong program visible', () => {
    const broken = compile('int main(void) { return missing; }\n');
    expect(showPhase(broken, { phase: 'parser' }).lines.length).toBeGreaterThan(3);
    expect(showPhase(broken, { phase: 'linker' }).lines).toEqual([]);
  });
});
