/**
 * The linked program as a file: what `orrery asm -o` writes and `orrery disasm` reads. Little-endian:
 *   4 bytes `ORRI`, u8 version; u16 entry, protected end, heap start, stack top
 *   u8 number of segments, then for each: u8 kind (index in SEGMENTS), u16 address, u16 size, and its bytes unless it is bss
 *   u16 number of symbols, then for each: u16 address, u16 size, u8 kind (index in KINDS), u8 length of the name, the name in UTF-8
 * Debug information is not stored.
 */
import { err, ok, type Result } from '../base/result';
import type { Image, ImageSegment, ImageSymbol } from './image';

const MAGIC = [0x4f, 0x52, 0x52, 0x49] as const;
const VERSION = 1;
const SEGMENTS: readonly ImageSegment['name'][] = ['vectors', 'text', 'rodata', 'data', 'bss'];
const KINDS: readonly ImageSymbol['kind'][] = ['function', 'object', 'label'];
const MAX_NAME_BYTES = 255;

export function isImageFile(bytes: Uint8Array): boolean {
  return MAGIC.every((value, i) => bytes[i] === value);
}

export function writeImage(image: Image): Uint8Array {
  const out: number[] = [...MAGIC, VERSION];
  const u16 = (value: number) => out.push(value & 0xff, (value >> 8) & 0xff);
  [image.entry, image.protectedEnd, image.heapStart, image.stackTop].forEach(u16);
  out.push(image.segments.length);
  for (const segment of image.segments) {
    out.push(SEGMENTS.indexOf(segment.name));
    u16(segment.address);
    u16(segment.sizeBytes);
    for (const byte of segment.bytes) out.push(byte);
  }
  u16(image.symbols.length);
  for (const symbol of image.symbols) {
    u16(symbol.address);
    u16(symbol.sizeBytes);
    const name = toUtf8(symbol.name).slice(0, MAX_NAME_BYTES);
    out.push(KINDS.indexOf(symbol.kind), name.length, ...name);
  }
  return Uint8Array.from(out);
}

/** Reads a file back; the error says at which byte it is broken. */
export function readImage(bytes: Uint8Array): Result<Image> {
  if (!isImageFile(bytes)) return err('this is not an image file');
  if (bytes[4] !== VERSION)
    return err(`the image has version ${bytes[4] ?? '?'}, and this tool reads version ${VERSION}`);
  let at = 5;
  const u8 = () => bytes[at++] ?? NaN;
  const u16 = () => u8() + 256 * u8();
  const truncated = () => err(`the image ends too early, at byte ${bytes.length}`);
  const [entry, protectedEnd, heapStart, stackTop] = [u16(), u16(), u16(), u16()];
  const segments: ImageSegment[] = [];
  for (let n = u8(); n > 0; n--) {
    const name = SEGMENTS[u8()];
    const address = u16();
    const sizeBytes = u16();
    const stored = name === 'bss' ? 0 : sizeBytes;
    if (Number.isNaN(sizeBytes) || at + stored > bytes.length) return truncated();
    if (name === undefined || address + sizeBytes > 0x10000) return err(`the segment before byte ${at} is malformed`);
    segments.push({ name, address, sizeBytes, bytes: bytes.slice(at, at + stored) });
    at += stored;
  }
  const symbols: ImageSymbol[] = [];
  for (let n = u16(); n > 0; n--) {
    const [address, sizeBytes, kind, length] = [u16(), u16(), KINDS[u8()], u8()];
    if (Number.isNaN(length) || at + length > bytes.length) return truncated();
    if (kind === undefined) return err(`the symbol before byte ${at} is malformed`);
    symbols.push({ name: fromUtf8(bytes.subarray(at, at + length)), address, sizeBytes, kind, section: '', from: '' });
    at += length;
  }
  if (at > bytes.length) return truncated();
  const size = (name: ImageSegment['name']) => segments.find((s) => s.name === name)?.sizeBytes ?? 0;
  return ok({
    segments,
    entry,
    protectedEnd,
    heapStart,
    stackTop,
    symbols,
    debug: { sources: [], lines: [], functions: [], globals: [] },
    sizes: { textBytes: size('text') + size('rodata'), dataBytes: size('data'), bssBytes: size('bss') },
  });
}

/** Names are nearly always ASCII; the core has no TextEncoder. */
function toUtf8(text: string): number[] {
  const escaped = encodeURIComponent(text.replace(/[\ud800-\udfff]/g, '?'));
  return [...escaped.matchAll(/%(..)|./g)].map(([c, hex]) => (hex ? parseInt(hex, 16) : c.charCodeAt(0)));
}

function fromUtf8(bytes: Uint8Array): string {
  const raw = String.fromCharCode(...bytes);
  try {
    return decodeURIComponent([...raw].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return raw;
  }
}
