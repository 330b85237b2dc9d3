/** From code addresses to source lines, by the image's debug information. */
import type { Image, ImageLine } from '../../assembler/image';

/** The source line that the code at `pc` comes from. */
export function lineAt(image: Image, pc: number): ImageLine | undefined {
  const { lines } = image.debug;
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] as ImageLine).address <= pc) low = middle + 1;
    else high = middle;
  }
  const line = lines[low - 1];
  return line && pc < line.address + line.sizeBytes ? line : undefined;
}
