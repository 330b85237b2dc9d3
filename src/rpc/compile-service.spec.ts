import { describe, expect, it } from 'vitest';
import { header, librarySources } from '../../programs/library';
import { DEFAULT_OPTIONS } from '../core/compiler/views';
import type { ViewRequest } from '../core/compiler/views';
import { CompileService } from './compile-service';
import { unpackLines } from './packed-lines';

const service = new CompileService({ header, sources: librarySources }, () => performance.now());
let revision = 0;
const compile = (text: string, options = DEFAULT_OPTIONS) =>
  service.compile({ revision: ++revision, files: [{ name: 'a.c', text }], options });

const linesOf = (of: number, request: ViewRequest) => {
  const view = service.view(of, request);
  return view && unpackLines(view.packed);
};

const SUM =
  '#include <stdio.h>\nint main(void) {\n  int sum = 0;\n  for (int i = 1; i <= 1000; i++) sum += i;\n  printf("%d\\n", sum);\n  return 0;\n}\n';

describe('the compiler service', () => {
  it('gives seven finished phases and an image', () => {
    const reply = compile(SUM);
    expect(reply.phases.map((phase) => `${phase.id} ${phase.state}`)).toEqual(
      ['lexer', 'parser', 'semantics', 'ir', 'optimizer', 'code', 'linker'].map((id) => `${id} done`),
    );
    expect(reply.image?.entry).toBeGreaterThan(0);
    expect(reply.functions.map(({ name, span }) => [name, SUM.slice(span?.start, span?.end).slice(0, 14)])).toEqual([
      ['main', 'int main(void)'],
    ]);
  });
  it('gives lines whose characters lie in the program, for every phase', () => {
    const { revision: now } = compile(SUM);
    for (const phase of ['lexer', 'parser', 'semantics', 'ir', 'optimizer', 'code'] as const) {
      const lines = linesOf(now, { phase }) ?? [];
      expect(lines.length, phase).toBeGreaterThan(3);
      const spans = lines.flatMap((line) => line.span ?? []);
      expect(spans.length, phase).toBeGreaterThan(3);
      for (const span of spans) {
        expect(span.file).toBe(0);
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeLessThanOrEqual(SUM.length);
      }
    }
    expect(linesOf(now, { phase: 'linker' })?.length).toBeGreaterThan(3);
  });
  it('tells the passes, and the view after one of them', () => {
    const { revision: now } = compile(SUM);
    const passes = service.passes(now);
    expect(passes.length).toBeGreaterThan(3);
    expect(passes.some((pass) => pass.changed)).toBe(true);
    const changed = passes.findIndex((pass) => pass.changed);
    const kinds = linesOf(now, { phase: 'optimizer', pass: changed })?.map((line) => line.kind);
    expect(kinds?.some((kind) => kind === 'added' || kind === 'removed')).toBe(true);
    expect(service.passes(now - 1)).toEqual([]);
    expect(service.view(now - 1, { phase: 'ir' })).toBeUndefined();
  });
  it('names several errors with their places, and skips what comes after', () => {
    const reply = compile('int main(void) {\n  int a = b;\n  return c;\n}\n');
    expect(reply.image).toBeUndefined();
    expect(reply.diagnostics.filter((d) => d.severity === 'error').map((d) => d.line)).toEqual([2, 3]);
    expect(reply.diagnostics.find((d) => d.severity === 'error')).toMatchObject({
      file: 'a.c',
      column: 11,
      endColumn: 12,
      span: { file: 0, start: 27, end: 28 },
    });
    expect(reply.phases.at(-1)?.state).toBe('skipped');
  });
  it('survives structured cloning, as to a worker', () => {
    const reply = compile(SUM);
    expect(structuredClone(reply)).toEqual(reply);
    expect(() => structuredClone(service.view(reply.revision, { phase: 'ir', fn: 'main' }))).not.toThrow();
  });
});
