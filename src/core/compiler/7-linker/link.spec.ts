import { describe, expect, test } from 'vitest';
import { assemble } from '../../assembler/parse';
import { encodeItems, type ObjectFile } from '../../assembler/object';
import { disassemble, disassembleImage } from '../../assembler/disassemble';
import { NOWHERE, SourceMap } from '../../base/source';
import { decode } from '../../isa/codec';
import { link } from './link';
import { mapText } from './map';

const sources = new SourceMap();
function object(name: string, text: string): ObjectFile {
  const { items, diagnostics } = assemble(text, `${name}.s`, sources);
  expect(diagnostics).toEqual([]);
  return encodeItems(items, `${name}.o`, sources);
}
const START = '.section .text._start\n.global _start\n_start: call main\n halt r0\n';
const segment = (result: ReturnType<typeof link>, name: string) => result.image?.segments.find((s) => s.name === name);
const word = (bytes: Uint8Array, offset: number) => (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8);

describe('symbols', () => {
  const main = object('main', '.section .text.main\n.global main\nmain: call helper\n ldiw w0, table\n ret');
  const library = {
    name: 'lib',
    members: [
      object('start', START),
      object(
        'helper',
        '.section .text.helper\n.global helper\nhelper: call deeper\n ret\n.section .text.unused\n.global unused\nunused: ret',
      ),
      object('deeper', '.section .text.deeper\n.global deeper\ndeeper: ret'),
      object('other', '.section .text.other\n.global other\nother: ret'),
      object('table', '.section .rodata.table\n.global table\ntable: .word 7, table'),
    ],
  };

  test('members join on demand, each with the reference that needed it', () => {
    const { map, diagnostics, image } = link([main], [library]);
    expect(diagnostics).toEqual([]);
    expect(map.pulled.map((p) => [p.member, p.because.object, p.because.symbol])).toEqual([
      ['start.o', 'the loader', '_start'],
      ['helper.o', 'main.o', 'helper'],
      ['table.o', 'main.o', 'table'],
      ['deeper.o', 'helper.o', 'deeper'],
    ]);
    expect(map.dropped.map((d) => d.name)).toEqual(['.text.unused']);
    expect(image?.entry).toBe(0x30);
  });

  test('addresses are patched into code and data', () => {
    const result = link([main], [library]);
    const table = result.map.symbols.find((s) => s.name === 'table')?.address as number;
    const rodata = segment(result, 'rodata');
    expect(rodata?.address).toBe(table);
    expect(word(rodata?.bytes as Uint8Array, 2)).toBe(table);
    expect(result.image?.protectedEnd).toBe(table + 4);
    const text = segment(result, 'text');
    const lines = disassemble(text?.bytes as Uint8Array, 0x30);
    expect(lines.map((l) => l.text)).toContain(`ldiw w0, ${table}`.replace('ldiw', table < 128 ? 'ldiw.w' : 'ldiw'));
  });

  test('the report says what each patch changed', () => {
    const { map } = link([main], [library]);
    const r = map.relocations.find((x) => x.symbol === 'main');
    expect(r?.before).toEqual([0, 0b11001000]);
    expect(r?.after).toEqual([(r as { target: number }).target / 2 - (0x30 + 2) / 2, 0b11001000]);
    expect(mapText(map)).toContain('.text.main of main.o uses helper at main.s:3:7');
  });

  test('an undefined symbol names its users and a likely meaning, at its place', () => {
    const bad = object('bad', '.section .text.main\n.global main\nmain:\n call helpr\n ret');
    const { diagnostics, image } = link([bad], [library], { sources });
    expect(image).toBeUndefined();
    expect(diagnostics.map((d) => d.id)).toEqual(['undefined-symbol']);
    expect(diagnostics[0]?.notes.map((n) => n.message)).toEqual([
      'used by .text.main of bad.o (bad.s:4:2)',
      "did you mean 'helper'?",
    ]);
    expect(sources.text(diagnostics[0]?.span ?? { start: 0, end: 0 })).toBe('call helpr');
  });

  test('what is dropped may refer to what nobody defines', () => {
    const dead = object('dead', '.section .text.dead\ndead: call nowhere\n ret');
    expect(link([main, dead], [library]).diagnostics).toEqual([]);
  });

  test('missing main, missing entry, duplicates', () => {
    expect(link([], [library]).diagnostics.map((d) => d.id)).toEqual(['no-main']);
    expect(link([main], []).diagnostics.map((d) => d.id)).toContain('no-entry');
    const twice = object('twice', '.section .text.main\n.global main\nmain: ret');
    const { diagnostics } = link([main, twice], [library], { sources });
    expect(diagnostics.map((d) => d.id)).toEqual(['duplicate-symbol']);
    const [twiceDefined] = diagnostics;
    const placed = (span = NOWHERE) => `${sources.fileAt(span.start)?.name}: ${sources.text(span)}`;
    expect(placed(twiceDefined?.span)).toBe('twice.s: main');
    expect(placed(twiceDefined?.notes[0]?.span)).toBe('main.s: main');
  });

  test('an object file wins over an archive member of the same name', () => {
    const own = object('own', '.section .text.helper\n.global helper\nhelper: ret');
    const { map, diagnostics } = link([main, own], [library]);
    expect(diagnostics).toEqual([]);
    expect(map.pulled.map((p) => p.member)).not.toContain('helper.o');
  });

  test('labels of one file do not meet those of another', () => {
    const a = object(
      'a',
      '.section .text.main\n.global main\nmain: call f\n call g\n ret\n.section .text.f\nf: nop\n ret',
    );
    const b = object('b', '.section .text.g\n.global g\ng: call f\n ret\n.section .text.f\nf: ret');
    const { map, diagnostics } = link([a, b], [library]);
    expect(diagnostics).toEqual([]);
    expect(map.symbols.filter((s) => s.name === 'f').map((s) => s.sizeBytes)).toEqual([4, 2]);
  });
});

test('__heap_start is the first byte after all variables', () => {
  const main = object('heap', `${START}main: ldiw w0, __heap_start\n ret\n.section .bss.b\n.global b\nb: .space 5`);
  const last = object('last', '.section .bss.c\n.global c\nc: .space 7');
  const use = object('use', '.section .text.use\n.global use\nuse: ldiw w0, b\n ldiw w0, c\n ret');
  const call = object('call', '.section .vector.1\n.word use');
  const { image, map } = link([main, use, call], [{ name: 'lib', members: [last] }]);
  expect(map.symbols.find((s) => s.name === '__heap_start')?.address).toBe(image?.heapStart);
  expect(image?.sizes.bssBytes).toBe(12);
});

describe('vectors', () => {
  test('sections .vector.N fill the table and keep their handlers', () => {
    const o = object(
      'isr',
      `${START}.section .text.main\n.global main\nmain: ret\n.section .vector.3\n.word handler\n.section .text.handler\nhandler: reti`,
    );
    const result = link([o], []);
    expect(result.diagnostics).toEqual([]);
    const handler = result.map.symbols.find((s) => s.name === 'handler')?.address as number;
    expect(word(segment(result, 'vectors')?.bytes as Uint8Array, 6)).toBe(handler);
    expect(decode(word(segment(result, 'text')?.bytes as Uint8Array, handler - 0x30), 0)?.form.id).toBe('reti');
  });
  test('a vector out of range or filled twice is refused', () => {
    const o = object('v16', `${START}main: ret\n.section .vector.16\n.word main`);
    expect(link([o], []).diagnostics.map((d) => d.id)).toEqual(['bad-vector']);
    const a = object('va', `${START}main: ret\n.section .vector.1\n.word main`);
    const b = object('vb', `.section .text.h\nh: ret\n.section .vector.1\n.word h`);
    expect(link([a, b], []).diagnostics.map((d) => d.id)).toEqual(['duplicate-vector']);
  });
});

describe('branch relaxation', () => {
  /** A forward branch over `bytes` bytes of code. */
  const over = (instruction: string, bytes: number) =>
    object(
      'over',
      `.section .text._start\n.global _start\n_start: ${instruction} there\n.space ${bytes}\nthere: halt r0`,
    );
  test.each([
    ['beq', 254, 'branch'],
    ['beq', 256, 'brancha'],
    ['jmp', 2046, 'jmp'],
    ['jmp', 2048, 'jmpa'],
    ['call', 2046, 'call'],
    ['call', 2048, 'calla'],
  ])('%s over %i bytes is %s', (instruction, bytes, form) => {
    const result = link([over(instruction, bytes)], []);
    const text = segment(result, 'text')?.bytes as Uint8Array;
    const decoded = decode(word(text, 0), word(text, 2));
    expect(decoded?.form.id).toBe(form);
    const there = result.map.symbols.find((s) => s.name === 'there')?.address;
    expect(there).toBe(0x30 + bytes + (form.endsWith('a') ? 4 : 2));
    if (form.endsWith('a')) expect(decoded?.operands.at(-1)).toBe(there);
  });

  test.each([
    ['bne', 254, 'branch'],
    ['bne', 256, 'brancha'],
    ['jmp', 2046, 'jmp'],
    ['jmp', 2048, 'jmpa'],
  ])('backwards, %s over %i bytes is %s', (instruction, bytes, form) => {
    const o = object(
      'back',
      `.section .text._start\n.global _start\n_start: halt r0\nthere: .space ${bytes}\n ${instruction} there`,
    );
    const text = segment(link([o], []), 'text')?.bytes as Uint8Array;
    expect(decode(word(text, bytes + 2), 0)?.form.id).toBe(form);
  });

  test('one branch that grows pushes the next out of reach', () => {
    // `a` reaches its target exactly while `b`, which stands between, is short.
    const o = object(
      'chain',
      `.section .text._start\n.global _start\n_start:\n beq enda\n bne endb\n.space 252\nenda: nop\n.space 100\nendb: halt r0`,
    );
    const { map, diagnostics } = link([o], []);
    expect(diagnostics).toEqual([]);
    expect(map.relaxed.map((r) => [r.from, r.target])).toEqual([
      ['beq', 'enda'],
      ['bne', 'endb'],
    ]);
    expect(map.relaxationRounds).toBe(3);
  });

  test('random programs: every jump lands on its label, and no grown jump could have stayed short', () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 16) % below;
    };
    for (let round = 0; round < 30; round++) {
      const count = 60;
      const lines = ['.section .text._start', '.global _start', '_start:'];
      for (let i = 0; i < count; i++) {
        lines.push(`l${i}: ${['beq', 'jmp', 'call', 'blt'][random(4)]} l${random(count)}`);
        lines.push(`.space ${2 * random(round * 3 + 1)}`);
      }
      const result = link([object(`random${round}`, lines.join('\n'))], []);
      expect(result.diagnostics).toEqual([]);
      const text = segment(result, 'text')?.bytes as Uint8Array;
      const addresses = new Map(result.map.symbols.map((s) => [s.name, s.address]));
      for (const r of result.map.relocations) {
        const [line] = disassemble(text.subarray(r.address - 0x30, r.address - 0x30 + 4), r.address);
        expect(line?.target).toBe(addresses.get(r.symbol));
      }
      for (const r of result.map.relaxed) {
        const limit = r.from === 'jmp' || r.from === 'call' ? 2048 : 256;
        // Distance from the end of the short form; a forward one would also be two bytes nearer.
        const distance = r.distanceBytes + (r.distanceBytes < 0 ? 2 : 0);
        expect(distance < -limit || distance >= limit).toBe(true);
      }
    }
  });

  test('debug lines and symbols move with the code', () => {
    const { image } = link([over('beq', 300)], []);
    expect(image?.debug.lines[0]).toMatchObject({ address: 0x30, sizeBytes: 4, line: 3 });
    expect(image?.debug.lines.at(-1)?.address).toBe(0x30 + 4 + 300);
    expect(image?.debug.functions[0]).toMatchObject({ name: '_start', address: 0x30, sizeBytes: 306 });
  });
});

describe('limits', () => {
  const big = (bytes: number) =>
    object(`big${bytes}`, `${START}main: ldiw w0, buffer\n ret\n.section .bss.buffer\nbuffer: .space ${bytes}`);
  test('a program that leaves no room for the stack is refused with its size', () => {
    const { diagnostics } = link([big(61320)], []);
    expect(diagnostics[0]?.id).toBe('program-too-large');
    expect(diagnostics[0]?.message).toBe('the program needs 61330 bytes and the machine has 61264 for it');
    expect(diagnostics[0]?.notes[1]?.message).toContain('.bss.buffer of big61320.o (61320 bytes)');
  });
  test('one that just fits links', () => {
    expect(link([big(61254)], []).diagnostics).toEqual([]);
    expect(link([big(61255)], []).diagnostics).toHaveLength(1);
  });
  test('a jump to an odd address is refused', () => {
    const o = object('odd', `${START}main: jmp there\n.byte 1\nthere: ret`);
    expect(link([o], []).diagnostics.map((d) => d.id)).toEqual(['odd-jump-target']);
  });
});

test("an image's disassembly assembles to the same bytes", () => {
  const o = object(
    'image',
    `${START}.section .text.main\nmain: beq far\n jmp near\nnear: ldiw w1, main\n ld r0, [main]\n.space 300\nfar: ret`,
  );
  const { image } = link([o], []);
  const text = image && disassembleImage(image);
  const { items, diagnostics } = assemble(text ?? '', 'again.s');
  expect(diagnostics).toEqual([]);
  const again = link([encodeItems(items, 'again.o')], [], { entry: '_start' });
  const globals = items.map((i) => (i.kind === 'label' ? { ...i, global: true } : i));
  const relinked = again.image ? again : link([encodeItems(globals, 'again.o')], []);
  expect(relinked.image?.segments.find((s) => s.name === 'text')?.bytes).toEqual(
    image?.segments.find((s) => s.name === 'text')?.bytes,
  );
});
