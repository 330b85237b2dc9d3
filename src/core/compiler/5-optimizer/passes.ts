/** All passes by name, and the order in which each level runs them. */
import type { OptLevel } from '../views';
import { combine } from './combine';
import { constantFolding } from './constant-folding';
import { copyPropagation } from './copy-propagation';
import { deadCode } from './dead-code';
import { deadStores } from './dead-stores';
import { gvn } from './gvn';
import { loopRotation } from './loop-rotation';
import { mem2reg } from './mem2reg';
import { narrowing } from './narrowing';
import type { Pass } from './pass';
import { sccp } from './sccp';
import { simplifyCfg } from './simplify-cfg';

export const PASSES: readonly Pass[] = [
  mem2reg,
  constantFolding,
  copyPropagation,
  sccp,
  combine,
  simplifyCfg,
  gvn,
  deadStores,
  loopRotation,
  narrowing,
  deadCode,
];

const byName = new Map(PASSES.map((pass) => [pass.name, pass]));
const list = (...names: string[]): readonly Pass[] =>
  names.map((name) => {
    const pass = byName.get(name);
    if (!pass) throw new Error(`internal error: no pass ${name}`);
    return pass;
  });

const SCALAR = ['mem2reg', 'constant-folding', 'copy-propagation', 'combine', 'simplify-cfg', 'dead-code'];

/** At -O0 the IR goes to the code generator as it was lowered. */
export const PIPELINES: Readonly<Record<OptLevel, readonly Pass[]>> = {
  O0: [],
  O1: list(...SCALAR, 'narrowing', 'combine', 'dead-code'),
  O2: list(
    ...SCALAR,
    'sccp',
    'gvn',
    'loop-rotation',
    'simplify-cfg',
    'copy-propagation',
    'narrowing',
    'combine',
    'gvn',
    'dead-stores',
    'dead-code',
    'simplify-cfg',
  ),
  Os: list(
    ...SCALAR,
    'sccp',
    'gvn',
    'loop-rotation',
    'simplify-cfg',
    'copy-propagation',
    'narrowing',
    'combine',
    'gvn',
    'dead-stores',
    'dead-code',
    'simplify-cfg',
  ),
};
