/**
 * A program of any length in C and, line for line, in JavaScript, for benchmarks of the compiler: functions of some twenty lines with loops,
 * branches, table look-ups and calls of one another, as people write them. The same seed gives the same text.
 */
import { Random } from '../../src/core/base/random';

export interface GeneratedProgram {
  readonly c: string;
  readonly js: string;
  readonly lines: number;
}

/** Statements of a function's body, one a line; `%` is the number of the function before. */
const BODIES: readonly (readonly string[])[] = [
  [
    '  for (k = 0; k < 8; k++) {',
    '    if (table[k] > b) {',
    '      sum += table[k] - (a >> 2);',
    '    } else {',
    '      sum -= b ^ k;',
    '    }',
    '  }',
  ],
  ['  while (sum > 1000) {', '    sum = (sum >> 1) + 7;', '    a++;', '  }', '  sum ^= a & 15;'],
  ['  if (a == b || sum < 0) {', '    return step_%(sum, 1);', '  }', '  table[a & 7] = sum;'],
  [
    '  switch (a & 3) {',
    '    case 0:',
    '      sum += b;',
    '      break;',
    '    case 1:',
    '      sum = -sum;',
    '      break;',
    '    default:',
    '      sum++;',
    '  }',
  ],
  ['  do {', '    sum += flags[k & 3] ? 3 : 1;', '    k--;', '  } while (k > 0);'],
  ['  // The table feeds back into the sum.', '  a = table[(a + b) & 7];', '  b = a > 100 ? a - 100 : b + 1;'],
];

export function generatedProgram(lines: number, seed = 1): GeneratedProgram {
  const random = new Random(seed, 'bench');
  const c = ['int table[8] = { 3, 1, 4, 1, 5, 9, 2, 6 };', 'int flags[4] = { 1, 0, 0, 1 };', ''];
  const js = ['let table = [ 3, 1, 4, 1, 5, 9, 2, 6 ];', 'let flags = [ 1, 0, 0, 1 ];', ''];
  const both = (line: string) => (c.push(line), js.push(line));
  c.push('int step_0(int a, int b) {');
  js.push('function step_0(a, b) {');
  both('  return a - b;');
  both('}');
  let n = 1;
  for (; c.length < lines - 30; n++) {
    both('');
    both(`/* Step ${n}: mixes its arguments with the table. */`);
    c.push(`int step_${n}(int a, int b) {`, '  int sum = a;', '  int k = 5;');
    js.push(`function step_${n}(a, b) {`, '  let sum = a;', '  let k = 5;');
    for (let parts = 2; parts > 0; parts--) {
      const body = BODIES[random.below(BODIES.length)] as readonly string[];
      for (const line of body) both(line.replace('%', String(n - 1)));
    }
    both(`  return step_${random.below(n)}(sum, b) + k;`);
    both('}');
  }
  both('');
  c.push('int main(void) {');
  js.push('function main() {');
  both(`  return step_${n - 1}(1, 2);`);
  both('}');
  return { c: `${c.join('\n')}\n`, js: `${js.join('\n')}\n`, lines: c.length };
}
