import { tokenLines } from '../dump';
import type { Compilation } from '../compilation';
import type { PhaseView } from '../views';
import { frontEndView } from './lines';

export const showTokens = (compilation: Compilation): PhaseView => frontEndView(compilation, 'lexer', tokenLines);
