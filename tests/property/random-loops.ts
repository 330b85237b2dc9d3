/**
 * Random nests of counted loops over arrays, as C: counters of every small type, up and down, with constant and unknown bounds, affine
 * indices that stay inside their arrays, early exits. Made for the loop passes, which a general generator reaches too seldom.
 */
import { Random } from '../../src/core/base/random';

const ARRAYS = ['bytes', 'more', 'words', 'grid'] as const;
const COUNTERS = ['unsigned char', 'signed char', 'int', 'unsigned', 'char'] as const;
/** Turns of one loop at most; indices are built so that they stay inside for counters below this. */
const MAX_COUNT = 7;

export function randomLoops(seed: number): string {
  return new LoopProgram(new Random(seed, 'loops')).text();
}

class LoopProgram {
  private counters: string[] = [];
  private names = 0;

  constructor(private readonly random: Random) {}

  private below(n: number): number {
    return this.random.below(n);
  }
  private pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  text(): string {
    const body = Array.from({ length: 2 + this.below(3) }, () => this.loop(1)).join('\n');
    return `#include <machine.h>
static unsigned char bytes[256], more[256];
static unsigned words[128];
static unsigned char grid[16][16];
unsigned char limit = ${1 + this.below(MAX_COUNT)};
int bound = ${1 + this.below(MAX_COUNT)};
unsigned sum;
static void put(unsigned value) { out(CONSOLE_DATA, (unsigned char)value); out(CONSOLE_DATA, (unsigned char)(value >> 8)); }
int main(void) {
${body}
  put(sum);
  unsigned hash = 1;
  for (unsigned k = 0; k < 256; k++) hash = hash * 31 + (bytes[k] ^ more[255 - k]);
  put(hash);
  for (unsigned char k = 0; k < 128; k++) hash = hash * 31 + words[k];
  for (int y = 0; y < 16; y++) for (int x = 0; x < 16; x++) hash = hash * 31 + grid[y][x];
  put(hash);
  return 0;
}
`;
  }

  /** Two loops with nothing between them, across the rows of an array: what interchange looks at. */
  private nest(): string {
    const [x, y] = [`i${this.names++}`, `i${this.names++}`];
    const type = this.pick(COUNTERS);
    const head = (name: string) =>
      this.below(3) === 0
        ? `for (${type} ${name} = ${8 + this.below(3)}; ${name} > ${1 + this.below(3)}; ${name}--)`
        : `for (${type} ${name} = ${this.below(3)}; ${name} < ${4 + this.below(7)}; ${name} += ${this.pick([1, 1, 2])})`;
    const cell = () =>
      this.below(4) === 0
        ? `bytes[${this.pick([1, 2, 16])} * ${x} + ${this.pick([1, 3, 16])} * ${y} + ${this.below(30)}]`
        : `grid[${y} + ${this.below(5)}][${x} + ${this.below(5)}]`;
    const statement = () => {
      switch (this.below(5)) {
        case 0:
          return `sum += ${cell()};`;
        case 1:
          return `${cell()} += ${this.below(9)};`;
        case 2:
          return `if (${cell()} & 1) ${cell()} = ${x};`;
        default:
          return `${cell()} = ${cell()} + ${this.pick([x, y, '3'])};`;
      }
    };
    const body = Array.from({ length: 1 + this.below(2) }, statement).join('\n');
    return `${head(x)} ${head(y)} {\n${body}\n}`;
  }

  private loop(depth: number): string {
    if (depth === 1 && this.below(3) === 0) return this.nest();
    const name = `i${this.names++}`;
    const type = this.pick(COUNTERS);
    const { head, tail, before } = this.shape(name, type);
    this.counters.push(name);
    const lines: string[] = [];
    for (let n = 1 + this.below(3); n > 0; n--) lines.push(this.statement());
    if (depth < 3 && this.below(10) < 7) lines.splice(this.below(lines.length + 1), 0, this.loop(depth + 1));
    if (this.below(5) === 0) lines.push(this.statement());
    this.counters.pop();
    return `${before}${head} {\n${lines.join('\n')}\n}${tail}`;
  }

  private shape(name: string, type: string): { before: string; head: string; tail: string } {
    const count = 1 + this.below(MAX_COUNT);
    const bound = this.below(4) === 0 ? this.pick(['limit', 'bound']) : String(count);
    const by = this.pick([1, 1, 1, 2, 3]);
    switch (this.below(7)) {
      case 0:
        return { before: '', head: `for (${type} ${name} = ${count}; ${name} > 0; ${name}--)`, tail: '' };
      case 1:
        return { before: `{ ${type} ${name} = ${bound};\n`, head: `while (${name}--)`, tail: ' }' };
      case 2:
        return { before: `{ ${type} ${name} = 0;\ndo`, head: '', tail: ` while (++${name} < ${bound}); }` };
      case 3:
        return { before: '', head: `for (${type} ${name} = 0; ${name} != ${bound}; ${name}++)`, tail: '' };
      case 4:
        return {
          before: '',
          head: `for (${type} ${name} = ${this.below(3)}; ${name} <= ${bound}; ${name} += ${by})`,
          tail: '',
        };
      default:
        return { before: '', head: `for (${type} ${name} = 0; ${name} < ${bound}; ${name} += ${by})`, tail: '' };
    }
  }

  /** Between 0 and 255 for counters from -1 to 9. */
  private index(limit: number): string {
    const parts: string[] = [];
    let high = 0;
    let low = 0;
    for (const name of this.counters) {
      const factor = this.pick([0, 1, 1, 2, 3, 8, -1, -2]);
      if (factor === 0) continue;
      parts.push(factor === 1 ? name : `${factor} * ${name}`);
      if (factor > 0) high += factor * 10;
      else low += factor * 10;
    }
    if (high - low >= limit - 2) return `(${parts.join(' + ')}) & ${limit - 1}`;
    return [String(-low + 1 + this.below(limit - 1 - (high - low))), ...parts].join(' + ');
  }

  private place(): string {
    const array = this.pick(ARRAYS);
    if (array !== 'grid') return `${array}[${this.index(array === 'words' ? 128 : 256)}]`;
    const [a, b] = [this.pick(this.counters), this.pick(this.counters)];
    return `grid[${a} & 15][${b}${this.below(2) === 0 ? ' & 15' : ' + 3'}]`;
  }

  private expression(): string {
    const counter = this.pick(this.counters);
    switch (this.below(6)) {
      case 0:
        return `${this.place()} + ${counter}`;
      case 1:
        return `(${counter} * ${this.below(40)}u) ^ sum`;
      case 2:
        return `${this.place()} * ${this.place()}`;
      case 3:
        return `sum + ${this.below(300)}`;
      default:
        return `${counter} + ${this.below(20)}`;
    }
  }

  private statement(): string {
    switch (this.below(9)) {
      case 0:
        return `if (${this.place()} > ${this.below(200)}) ${this.below(3) === 0 ? 'break' : `sum += ${this.expression()}`};`;
      case 1:
        return `sum = sum * 3 + ${this.expression()};`;
      case 2:
        return `${this.place()} += ${this.expression()};`;
      case 3:
        return `sum += ${this.place()};`;
      case 4:
        return `if (sum & 1) ${this.place()} = ${this.expression()}; else sum++;`;
      default:
        return `${this.place()} = ${this.expression()};`;
    }
  }
}
