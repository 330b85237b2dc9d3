import { describe, expect, it } from 'vitest';
import { freeName } from './names';
import {
  addFile,
  importProgram,
  newProgram,
  readProgram,
  removeFile,
  renameFile,
  type ProgramDocument,
} from './program';
import { readDocument, type DocumentKind } from './versioned';
import * as v from 'valibot';

/** As version 1 writes it. Never edit: it stands for what is in people's browsers. */
const VERSION_1 = `{"kind":"program","version":1,"id":"a1","name":"sum.c","files":[{"name":"sum.c","text":"int main(void) { return 0; }\\n"}],
"input":"7\\n","options":{"level":"O2","disabledPasses":["gvn"],"unchecked":false,"multiplier":true},"machine":"teaching",
"breakpoints":[{"file":"sum.c","line":1}],"revision":3,"createdMs":1700000000000,"updatedMs":1700000001000}`;

/** As version 2 writes it. Never edit. */
const VERSION_2 = `{"kind":"program","version":2,"id":"a1","name":"sum.c","files":[{"name":"sum.c","text":"int main(void) { return 0; }\\n"}],
"input":"7\\n","options":{"level":"O2","disabledPasses":["gvn"],"unchecked":false,"multiplier":true},"machine":"teaching",
"machineChanges":{"l1d":{"sizeBytes":2048,"ways":"full"}},"clock":"real",
"breakpoints":[{"kind":"line","file":"sum.c","line":1,"condition":"n > 3","enabled":true},
{"kind":"data","place":"total","when":"change","condition":"","enabled":false},{"kind":"address","place":"main","condition":"","enabled":true}],
"watches":["total","p->next"],"revision":3,"createdMs":1700000000000,"updatedMs":1700000001000}`;

const fresh = newProgram({ id: 'new', name: 'new.c', text: '', nowMs: 5 });

describe('program documents', () => {
  it('reads version 1 as it was released', () => {
    const read = readProgram(JSON.parse(VERSION_1));
    expect(read.ok && read.value).toEqual({
      ...JSON.parse(VERSION_1),
      version: 2,
      machineChanges: {},
      clock: 'fast',
      breakpoints: [{ kind: 'line', file: 'sum.c', line: 1, condition: '', enabled: true }],
      watches: [],
    });
  });
  it('reads version 2 as it was released', () => {
    const read = readProgram(JSON.parse(VERSION_2));
    expect(read.ok && read.value).toEqual(JSON.parse(VERSION_2));
  });
  it('imports what export gives, as a new program', () => {
    const read = importProgram('sum.orrery.json', VERSION_1, fresh);
    expect(read).toMatchObject({ ok: true, value: { id: 'new', revision: 0, name: 'sum.c', input: '7\n' } });
  });
  it('imports a bare source and normalises its line ends', () => {
    const read = importProgram('a.c', 'int x;\r\nint y;\r', fresh);
    expect(read).toMatchObject({
      ok: true,
      value: { name: 'a.c', files: [{ name: 'a.c', text: 'int x;\nint y;\n' }] },
    });
  });
  it.each([
    ['{', /not JSON/],
    ['[]', /not a program document/],
    ['{"kind":"scenario","version":1}', /scenario document, not a program/],
    ['{"kind":"program"}', /says no version/],
    ['{"kind":"program","version":99}', /newer Orrery/],
    [VERSION_1.replace('"O2"', '"O9"'), /damaged at options\.level/],
    [VERSION_1.replace('"text":', '"txet":'), /damaged at files\.0\.text/],
  ])('refuses %s with a reason', (text, reason) => {
    const read = importProgram('x.json', text, fresh);
    expect(read.ok).toBe(false);
    expect(!read.ok && read.error).toMatch(reason);
  });
  it('makes names that are free', () => {
    expect(freeName('a.c', new Set())).toBe('a.c');
    expect(freeName('a.c', new Set(['a.c', 'a-2.c']))).toBe('a-3.c');
    expect(freeName('notes', new Set(['notes']))).toBe('notes-2');
  });
});

describe('files of a program', () => {
  const point = { kind: 'line', file: 'a.c', line: 2, condition: '', enabled: true } as const;
  const one: ProgramDocument = { ...newProgram({ id: 'p', name: 'a.c', text: '', nowMs: 0 }), breakpoints: [point] };
  const must = (result: ReturnType<typeof addFile>): ProgramDocument => {
    if (!result.ok) throw new Error(result.error);
    return result.value;
  };
  it('are added, renamed with their breakpoints, and removed', () => {
    const two = must(addFile(one, 'b.h', 'int x;\r\n'));
    expect(two.files.map(({ name, text }) => [name, text])).toEqual([
      ['a.c', ''],
      ['b.h', 'int x;\n'],
    ]);
    expect(readProgram(two).ok).toBe(true);
    const renamed = must(renameFile(two, 'a.c', 'main.c'));
    expect(renamed.breakpoints).toEqual([{ ...point, file: 'main.c' }]);
    const left = must(removeFile(renamed, 'main.c'));
    expect([left.files.map(({ name }) => name), left.breakpoints]).toEqual([['b.h'], []]);
    expect(removeFile(left, 'b.h').ok).toBe(false);
  });
  it.each(['a.c', 'x.txt', 'dir/x.c', '.c', ''])('cannot be called %j', (name) => {
    expect(addFile(one, name, '').ok).toBe(false);
  });
});

describe('migration', () => {
  const kind: DocumentKind<{ version: 3; total: number }> = {
    kind: 'sum',
    version: 3,
    schema: v.object({ version: v.literal(3), total: v.number() }),
    migrations: [(older) => ({ count: older['n'] }), (older) => ({ total: Number(older['count']) * 10 })],
  };
  it('goes one version at a time, from any version', () => {
    expect(readDocument(kind, { version: 1, n: 4 })).toEqual({ ok: true, value: { version: 3, total: 40 } });
    expect(readDocument(kind, { version: 2, count: 4 })).toEqual({ ok: true, value: { version: 3, total: 40 } });
    expect(readDocument(kind, { version: 3, total: 4 })).toEqual({ ok: true, value: { version: 3, total: 4 } });
  });
});
