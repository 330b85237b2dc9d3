/** A line of IR text as tokens. A mistake throws. */
import type { IrType } from './ir';

const TOKEN = /"(?:[^"\\]|\\.)*"|->|\.\.\.|[%@][\w.$]+|-?\d+|[\w.$-]+|[^\s]/gy;

function tokenize(line: string): string[] {
  const bare = line.replace(/;[^"]*$/, '');
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < bare.length;) {
    if (/\s/.test(bare[at] as string)) {
      at++;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(bare)?.[0];
    if (token === undefined) throw new Error(`cannot read: ${bare.slice(at)}`);
    tokens.push(token);
    at += token.length;
  }
  return tokens;
}

export class LineReader {
  private tokens: string[] = [];
  private at = 0;

  protected read(line: string): void {
    this.tokens = tokenize(line);
    this.at = 0;
  }

  protected rest(): readonly string[] {
    return this.tokens.slice(this.at);
  }

  protected type(): IrType {
    const token = this.next();
    if (!['i1', 'i8', 'i16', 'i32', 'void'].includes(token)) throw new Error(`${token} is no type`);
    return token as IrType;
  }
  protected number(): number {
    const number = Number(this.next());
    if (Number.isNaN(number)) throw new Error('expected a number');
    return number;
  }
  /** Empty behind the last one. */
  protected peek(offset = 0): string {
    return this.tokens[this.at + offset] ?? '';
  }
  protected next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new Error('the line ends too early');
    return token;
  }
  protected skip(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at++;
    return true;
  }
  protected expect(token: string): void {
    if (!this.skip(token)) throw new Error(`expected ${token}, found ${this.peek()}`);
  }
}
