/**
 * A program in a link: the fields that matter, as JSON, deflated, in base64url after `#share=`. An opened link is an unsaved copy. The
 * text of a link is somebody else's: its size is bounded while it inflates, and it passes the same guard as an imported file.
 */
import { newProgram, readProgram, type ProgramDocument } from '../core/documents/program';
import { err, ok, type Result } from '../core/base/result';

export const SHARE_KEY = 'share';
/** Longer links are cut by mail programs and chats; beyond it a file is offered. */
export const MAX_LINK_CHARACTERS = 2000;
const MAX_SHARED_BYTES = 2 << 20;
const DAMAGED = 'this link is damaged: ask for it again, or for the file';

/** The part after `#share=`. */
export async function encodeShare(program: ProgramDocument): Promise<string> {
  const { name, files, input, options, machine, machineChanges } = program;
  const defaults = newProgram({ id: 'x', name, text: '', nowMs: 0 });
  const short = {
    n: name,
    f: files.map((file) => (file.name === name ? [file.text] : [file.text, file.name])),
    ...(input === '' ? {} : { i: input }),
    ...(JSON.stringify(options) === JSON.stringify(defaults.options) ? {} : { o: options }),
    ...(machine === defaults.machine ? {} : { m: machine }),
    ...(Object.keys(machineChanges).length === 0 ? {} : { k: machineChanges }),
  };
  return packLink(short);
}

/** Any JSON value as the text of a link: deflated, in base64url. */
export async function packLink(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const packed = await new Response(pipe(bytes, new CompressionStream('deflate-raw'))).arrayBuffer();
  return toBase64Url(new Uint8Array(packed));
}

/** The JSON text that a link carries. The link is somebody else's: what it holds still has to pass a guard. */
export async function unpackLink(text: string): Promise<Result<string>> {
  try {
    const bytes = await inflate(fromBase64Url(text));
    if (!bytes) return err('what this link holds is too large');
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return err(DAMAGED);
  }
}

/** A program from a link; `id` and `nowMs` are those of the copy. */
export async function decodeShare(text: string, id: string, nowMs: number): Promise<Result<ProgramDocument>> {
  const json = await unpackLink(text);
  if (!json.ok) return json;
  try {
    const short = JSON.parse(json.value) as Record<string, unknown>;
    const name = short['n'];
    const files = short['f'];
    if (typeof name !== 'string' || !Array.isArray(files)) return err('this link holds no program');
    return readProgram({
      ...newProgram({ id, name, text: '', nowMs }),
      files: files.map((file: unknown) =>
        Array.isArray(file) ? { name: (file[1] as unknown) ?? name, text: file[0] as unknown } : file,
      ),
      ...(short['i'] === undefined ? {} : { input: short['i'] }),
      ...(short['o'] === undefined ? {} : { options: short['o'] }),
      ...(short['m'] === undefined ? {} : { machine: short['m'] }),
      ...(short['k'] === undefined ? {} : { machineChanges: short['k'] }),
    });
  } catch {
    return err(DAMAGED);
  }
}

async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined> {
  const reader = pipe(packed, new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MAX_SHARED_BYTES) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function pipe(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return source.pipeThrough(through as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>);
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
