import { astLines } from '../dump';
import type { Compilation } from '../compilation';
import type { PhaseView } from '../views';
import { frontEndView } from './lines';

export const showAst = (compilation: Compilation): PhaseView => frontEndView(compilation, 'parser', astLines);
