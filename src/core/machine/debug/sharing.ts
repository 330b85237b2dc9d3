/** Lines that go to and fro between the cores' caches, with the variables that lie in them. */
import type { Image } from '../../assembler/image';
import type { Machine } from '../machine';

export interface BouncingLine {
  /** Of the line's first byte. */
  readonly address: number;
  readonly bytes: number;
  /** Misses that brought it back after another core's write had taken it away, and those among them that were useless. */
  readonly coherenceMisses: number;
  readonly falseSharingMisses: number;
  /** Names of the global variables that lie in it, at least in part, in the order of their addresses. */
  readonly variables: readonly string[];
}

/** At most `limit` lines, those with the most coherence misses first. */
export function bouncingLines({ coherence, layout, config, image }: Machine, limit: number): BouncingLine[] {
  if (!coherence || !layout.several || !config.l1d) return [];
  const bytes = config.l1d.lineBytes;
  const found: BouncingLine[] = [];
  for (let line = 0; line < layout.several.lines; line++) {
    const misses = coherence.lineMisses(line);
    if (misses.coherenceMisses > 0) found.push({ address: line * bytes, bytes, ...misses, variables: [] });
  }
  return found
    .sort((a, b) => b.coherenceMisses - a.coherenceMisses || a.address - b.address)
    .slice(0, limit)
    .map((line) => ({ ...line, variables: image ? variablesIn(image, line.address, bytes) : [] }));
}

function variablesIn(image: Image, address: number, bytes: number): string[] {
  return image.symbols
    .filter(
      (s) => s.kind === 'object' && s.sizeBytes > 0 && s.address < address + bytes && s.address + s.sizeBytes > address,
    )
    .sort((a, b) => a.address - b.address)
    .map((s) => s.name);
}
