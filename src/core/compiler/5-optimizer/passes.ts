/** All passes by name, and the order in which each level runs them. */
import type { OptLevel } from '../views';
import { boundsChecks } from './bounds-checks';
import { combine } from './combine';
import { constantFolding } from './constant-folding';
import { copyPropagation } from './copy-propagation';
import { deadCode } from './dead-code';
import { deadFunctions } from './dead-functions';
import { deadStores } from './dead-stores';
import { gvn } from './gvn';
import { inductionVariables } from './induction-variables';
import { inline } from './inline';
import { interchange } from './interchange';
import { jumpThreading } from './jump-threading';
import { licm } from './licm';
import { loopRotation } from './loop-rotation';
import { mem2reg } from './mem2reg';
import { narrowing } from './narrowing';
import type { Pass } from './pass';
import { sccp } from './sccp';
import { simplifyCfg } from './simplify-cfg';
import { strengthReduction } from './strength-reduction';
import { tailCalls } from './tail-calls';
import { unroll } from './unroll';

export const PASSES: readonly Pass[] = [
  mem2reg,
  constantFolding,
  copyPropagation,
  sccp,
  combine,
  simplifyCfg,
  gvn,
  deadStores,
  inline,
  deadFunctions,
  tailCalls,
  jumpThreading,
  loopRotation,
  licm,
  interchange,
  unroll,
  inductionVariables,
  boundsChecks,
  strengthReduction,
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

/** Makes values of locals and tidies up: what every level above 0 starts with. */
const SCALAR = ['mem2reg', 'constant-folding', 'copy-propagation', 'combine', 'simplify-cfg', 'dead-code'];
const CLEAN = ['copy-propagation', 'combine', 'simplify-cfg', 'dead-code'];
/** Between functions. */
const CALLS = ['inline', 'dead-functions', 'simplify-cfg', 'tail-calls', 'simplify-cfg'];
const VALUES = ['sccp', 'combine', 'gvn', 'dead-stores', 'jump-threading', ...CLEAN];
const LOOPS = ['loop-rotation', 'simplify-cfg', 'copy-propagation', 'bounds-checks', 'licm', 'gvn', ...CLEAN];
const ORDER = ['interchange', 'licm', ...CLEAN];
/** After unrolling much is constant that was a counter before. */
const UNROLL = ['unroll', 'copy-propagation', 'sccp', 'simplify-cfg', 'gvn', 'dead-stores', ...CLEAN];
const WALKS = ['induction-variables', 'gvn', ...CLEAN];
const NARROW = ['bounds-checks', 'strength-reduction', 'narrowing', 'combine', 'gvn', 'dead-stores', ...CLEAN];

/** At -O0 the IR goes to the code generator as it was lowered. */
export const PIPELINES: Readonly<Record<OptLevel, readonly Pass[]>> = {
  O0: [],
  O1: list(...SCALAR, 'loop-rotation', 'bounds-checks', 'narrowing', 'combine', 'gvn', ...CLEAN),
  O2: list(...SCALAR, ...CALLS, ...VALUES, ...LOOPS, ...ORDER, ...UNROLL, ...WALKS, ...NARROW),
  Os: list(...SCALAR, ...CALLS, ...VALUES, ...LOOPS, ...ORDER, ...UNROLL, ...WALKS, ...NARROW),
};
