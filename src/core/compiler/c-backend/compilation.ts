/** A compilation as C: its optimised IR with the library's, at the same level. */
import type { Compilation } from '../compilation';
import { libraryModules } from '../library-ir';
import { printProgram, type CText } from './program';

export function printCompilation(c: Compilation): CText {
  const { level, multiplier } = c.options;
  const names = c.files.map(({ name }) => name).join(' ');
  const assembly = c.files.find(({ name }) => name.endsWith('.s'));
  if (assembly) return { problem: `'${assembly.name}' is assembly, which has no C` };
  // The library's positions are in a source map of its own.
  const own = new Set(c.modules.flatMap(({ functions }) => functions));
  return printProgram([...c.modules, ...libraryModules(c.library, level, multiplier)], {
    title: `${names} at -${level}, as portable C`,
    place: (fn) => {
      const { file, line } = c.sources.place(fn.origin.span.start);
      return !own.has(fn) || line === 0 ? '' : `${file}:${line}`;
    },
  });
}
