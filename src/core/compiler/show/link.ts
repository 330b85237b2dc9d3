import { mapText } from '../7-linker/map';
import type { Compilation } from '../compilation';
import type { PhaseView, ViewLine } from '../views';

/** The linker's report. Lines that begin at the margin are headings. */
export function showLink(compilation: Compilation): PhaseView {
  if (!compilation.link) return { id: 'linker', lines: [] };
  const lines = mapText(compilation.link)
    .trimEnd()
    .split('\n')
    .map((text): ViewLine => {
      const indented = text.startsWith('  ');
      return { text: text.trimStart(), depth: indented ? 1 : 0, kind: indented ? 'symbol' : 'heading' };
    });
  return { id: 'linker', lines };
}
