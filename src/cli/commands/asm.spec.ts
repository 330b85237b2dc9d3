import { describe, expect, test } from 'vitest';
import type { Command, Host } from '../command';
import { command as asm } from './asm';
import { command as disasm } from './disasm';

/** Runs a command over files in memory. */
function run(command: Command, args: readonly string[], files: Record<string, string | Uint8Array>) {
  let out = '';
  let err = '';
  const host: Host = {
    readFile: (path) => {
      const file = files[path];
      return typeof file === 'string' ? new TextEncoder().encode(file) : file;
    },
    writeFile: (path, bytes) => void (files[path] = bytes),
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    now: () => 0,
  };
  return { status: command.run(args, host), out, err };
}

const PROGRAM = `
start: ldi r0, 3        ; the count
loop:  addi r0, -1
       bne loop
       ldw w1, [table]
       halt r0
       .rodata
table: .word start, 0x1234
`;

describe('orrery asm, orrery disasm', () => {
  test('an image goes to a file and back to the same bytes', () => {
    const files: Record<string, string | Uint8Array> = { 'a.s': PROGRAM };
    expect(run(asm, ['a.s', '-o', 'a.img'], files)).toEqual({ status: 0, out: '', err: '' });
    const first = run(disasm, ['a.img'], files);
    expect(first.out).toContain('start:\n    ldi r0, 3');
    expect(first.out).toContain('bne loop');
    const listed = run(asm, ['a.s'], files);
    expect(listed.out).toBe(first.out);
    files['b.s'] = first.out.replace('[table]', '[0x003c]');
    const plain = (text: string) => text.replace(/ +;/g, ' ;');
    expect(plain(run(asm, ['b.s'], files).out)).toBe(plain(first.out).replace('[table]', '[0x003c]'));
  });
  test('raw code', () => {
    const files = { 'a.bin': Uint8Array.from([0x03, 0x40, 0x00, 0x00, 0x7f]) };
    const { status, out } = run(disasm, ['a.bin', '--base', '0x100', '--json'], files);
    expect(status).toBe(0);
    const { lines } = JSON.parse(out) as { lines: { address: number; text: string }[] };
    expect(lines.map((l) => [l.address, l.text])).toEqual([
      [0x100, 'ldi r0, 3'],
      [0x102, '.word 0x0000'],
      [0x104, '.byte 127'],
    ]);
  });
  test('errors have their place, id and exit status', () => {
    const bad = run(asm, ['a.s'], { 'a.s': 'x: psuh r0\n jmp nowhere\n' });
    expect(bad.status).toBe(65);
    expect(bad.err).toContain("a.s:1:4: error: there is no instruction 'psuh' [asm-unknown-instruction]");
    expect(bad.err).toContain("did you mean 'push'?");
    const undefinedSymbol = run(asm, ['a.s'], { 'a.s': 'x: jmp nowhere\n' });
    expect(undefinedSymbol.status).toBe(65);
    expect(undefinedSymbol.err).toContain("a.s:1:4: error: 'nowhere' is used but defined nowhere [undefined-symbol]");
    expect(run(asm, ['gone.s'], {}).status).toBe(65);
    expect(run(disasm, ['gone.img'], {}).status).toBe(65);
    expect(() => run(asm, [], {})).toThrow('no input file');
  });
  test('a broken image is refused wherever it breaks off', () => {
    const files: Record<string, string | Uint8Array> = { 'a.s': PROGRAM };
    run(asm, ['a.s', '-o', 'a.img'], files);
    const whole = files['a.img'] as Uint8Array;
    for (let length = 4; length < whole.length; length++) {
      files['cut.img'] = whole.slice(0, length);
      expect(run(disasm, ['cut.img'], files).status).toBe(65);
    }
  });
});
