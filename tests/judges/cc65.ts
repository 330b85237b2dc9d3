/** cc65 compiles the source for the 6502 (an `int` of 16 bits, plain `char` unsigned, C89), and sim65 runs it. */
import { C89 } from '../property/programs/program';
import { avrJudge } from './avr';
import { answersIn, joined, mainText, PUT_TEXT, type SourceJudge } from './judge';
import { ensureInstalled, inDirectory, run, tool, versionOf } from './tools';

const LEVELS = [['-O'], ['-Oirs'], []];
const CYCLE_LIMIT = '2000000000';

export const cc65Judge: SourceJudge = {
  name: 'cc65',
  profile: C89,
  mayRefuse: true,
  plainTurn: 2,
  // cc65 2.18 compares `unsigned` with `long` wrongly, among others.
  arbiter: avrJudge,
  batch: 4,
  unavailable: () => ensureInstalled(['cl65', 'sim65'], ['cc65']),
  describe: () => `${versionOf('cl65')} (-O, -Oirs and no optimisation in turn), sim65`,
  answers(bodies, turn) {
    const text = `#include <stdio.h>
static void digit(char c) { putchar(c); }
${PUT_TEXT}
${joined(bodies)}
int main(void) {
${mainText(bodies.length)}  return 0;
}
`;
    return inDirectory({ 'a.c': text }, (directory) => {
      tool(directory, 'cl65', ['-t', 'sim6502', ...(LEVELS[turn % LEVELS.length] as string[]), 'a.c', '-o', 'a.prg']);
      return answersIn(run(directory, 'sim65', ['-x', CYCLE_LIMIT, 'a.prg']).stdout.toString('latin1'), bodies.length);
    });
  },
};
