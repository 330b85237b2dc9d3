import { symbolLines } from '../dump';
import type { Compilation } from '../compilation';
import type { PhaseView } from '../views';
import { frontEndView } from './lines';

export const showSymbols = (compilation: Compilation): PhaseView => frontEndView(compilation, 'semantics', symbolLines);
