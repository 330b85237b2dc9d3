/** The C library's own C sources as IR: for what runs or prints a program without linking machine code. */
import { assert } from '../base/assert';
import { lower } from './4-ir/lower';
import type { IrModule } from './4-ir/ir';
import { optimise } from './5-optimizer/optimise';
import type { Library } from './compilation';
import { compileFrontEnd } from './front-end';
import type { OptLevel } from './views';

const made = new WeakMap<Library, Map<string, readonly IrModule[]>>();

/** One module a `.c` member; made once for each level. Not to be changed. */
export function libraryModules(library: Library, level: OptLevel, multiplier: boolean): readonly IrModule[] {
  let byLevel = made.get(library);
  if (!byLevel) made.set(library, (byLevel = new Map()));
  const key = `${level} ${multiplier}`;
  let modules = byLevel.get(key);
  if (!modules) byLevel.set(key, (modules = makeModules(library, level, multiplier)));
  return modules;
}

function makeModules(library: Library, level: OptLevel, multiplier: boolean): IrModule[] {
  const files = library
    .sources(multiplier)
    .filter(({ name }) => name.endsWith('.c'))
    .map(({ name, text }) => ({ name: `lib/${name}`, text }));
  const { units, diagnostics } = compileFrontEnd(files, { headers: library.header, unchecked: true });
  const problem = diagnostics.find((d) => d.severity === 'error');
  assert(!problem, `the library does not compile: ${problem?.message}`);
  const modules = units.map((unit) => lower(unit));
  for (const module of modules) optimise(module, { level, multiplier, disabled: new Set() });
  return modules;
}
