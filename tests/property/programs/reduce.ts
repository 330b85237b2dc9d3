/** Makes a program smaller while something stays true of it: for judges that fast-check does not drive. */
import { smaller } from './pieces';
import { Program } from './program';

export function reduce(program: Program, holds: (smaller: Program) => boolean, tries = 5000): Program {
  let best = program;
  for (let left = tries, found = true; found;) {
    found = false;
    for (const root of smaller(best.root)) {
      if (left-- <= 0) return best;
      const candidate = new Program(best.seed, best.profile, root);
      if (!holds(candidate)) continue;
      best = candidate;
      found = true;
      break;
    }
  }
  return best;
}
