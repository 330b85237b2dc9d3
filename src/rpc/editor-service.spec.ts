import { describe, expect, it } from 'vitest';
import { header, librarySources } from '../../programs/library';
import { EditorAnswering } from './editor-service';
import type { EditorQuestion } from './editor';

const editor = new EditorAnswering({ header, sources: librarySources }, () => undefined);
const MAIN = '#include "shape.h"\nint main(void) { struct shape s; s.side = 3; return area(&s); }\n';
const HEADER = 'struct shape { unsigned char side; };\nint area(struct shape *s);\n';
const AREA = '#include "shape.h"\nint area(struct shape *s) { return s->side * s->side; }\n';
const ASM =
  '; adds\n    .section .text.add2\n    .global add2\nadd2:\n    add r0, r2   ; add2 is not here\n    beq add2\n    ret\n';
const files = [
  { name: 'main.c', text: MAIN },
  { name: 'shape.h', text: HEADER },
  { name: 'area.c', text: AREA },
  { name: 'add.s', text: ASM },
];
const ask = <K extends EditorQuestion>(kind: K, file: string, at: string, extra: { name?: string } = {}) => {
  const text = files.find(({ name }) => name === file)?.text ?? '';
  return editor.answer({ kind, files, file, offset: text.indexOf(at), ...extra });
};
const shown = (range: { file: string; start: number; end: number } | undefined) =>
  range && `${range.file} ${files.find(({ name }) => name === range.file)?.text.slice(range.start, range.end)}`;

describe('questions about C in several files', () => {
  it('hover says type and range of values', () => {
    expect(ask('hover', 'main.c', 'side')).toMatchObject({
      code: 'unsigned char side',
      notes: ['Member of shape, 0 bytes in.', '1 byte.', 'Values from 0 to 255.'],
    });
  });
  it('definition, references and rename go through all files', () => {
    expect(shown(ask('definition', 'main.c', 'area'))).toBe('area.c area');
    expect(ask('references', 'main.c', 'area').map(shown).sort()).toEqual([
      'area.c area',
      'main.c area',
      'shape.h area',
    ]);
    const renamed = ask('rename', 'main.c', 'area', { name: 'surface' });
    expect(renamed.ok && renamed.value.map(({ file, text }) => `${file} ${text}`).sort()).toEqual([
      'area.c surface',
      'main.c surface',
      'shape.h surface',
    ]);
    expect(ask('rename', 'main.c', 'area', { name: 'main' })).toMatchObject({ ok: false });
  });
  it('answers about the newest text', () => {
    const edited = [{ name: 'a.c', text: 'long total; int main(void) { return to }' }];
    const labels = editor
      .answer({ kind: 'completion', files: edited, file: 'a.c', offset: edited[0]!.text.length - 2 })
      .map(({ label }) => label);
    expect(labels).toContain('total');
    expect(ask('outline', 'main.c', '').map(({ name }) => name)).toEqual(['main']);
  });
});

describe('questions about assembly', () => {
  it('an instruction is explained from the instruction table', () => {
    const hover = ask('hover', 'add.s', 'add r0');
    expect(hover?.code).toContain('add ');
    expect(hover?.notes.join()).toMatch(/1 cycle/);
    expect(ask('hover', 'add.s', 'beq')?.notes.join()).toMatch(/taken/);
    expect(ask('hover', 'add.s', 'is not')).toBeUndefined();
  });
  it('labels are found, listed and renamed, comments left alone', () => {
    expect(shown(ask('definition', 'add.s', 'add2\n    ret'))).toBe('add.s add2');
    expect(ask('outline', 'add.s', '').map(({ name }) => name)).toEqual(['add2']);
    const renamed = ask('rename', 'add.s', 'add2:', { name: 'sum' });
    expect(renamed.ok && renamed.value.map(({ start }) => ASM.slice(0, start).split('\n').length)).toEqual([3, 4, 6]);
    expect(ask('rename', 'add.s', 'add2:', { name: 'ret' })).toMatchObject({ ok: false });
  });
  it('completes instructions first on a line, registers and labels behind', () => {
    const at = (text: string) =>
      editor
        .answer({ kind: 'completion', files: [{ name: 'x.s', text }], file: 'x.s', offset: text.length })
        .map(({ label }) => label);
    expect(at('    ad')).toContain('add');
    expect(at('    ad')).not.toContain('r0');
    expect(at('here:\n    jmp h')).toEqual(['here']);
    expect(at('    mov r1')).toContain('r15');
  });
});
