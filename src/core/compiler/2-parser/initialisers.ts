/** Initialisers in braces and their designators (C99 6.7.8). */
import { NAME, P } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type { Designator, Expr, InitItem, InitList } from './ast';
import { ExpressionParser } from './expressions';

export abstract class InitialiserParser extends ExpressionParser {
  /** What stands behind `=`. */
  protected initialiser(): Expr | InitList {
    return this.kind === P['{'] ? this.initList() : this.assignment();
  }

  protected initList(): InitList {
    const { start, at } = this;
    const items: InitItem[] = [];
    this.advance();
    if (++this.depth > LIMITS.nesting) this.tooDeep('initialisers');
    while (this.kind !== P['}'] && this.kind !== 0) {
      const before = this.at;
      items.push(this.initItem());
      if (!this.accept(P[','])) break;
      if (this.at === before) break;
    }
    this.depth--;
    this.expectClose(P['}'], at);
    return { kind: 'init-list', id: this.ids.next++, start, end: this.endFrom(start), items };
  }

  private initItem(): InitItem {
    const { start } = this;
    const designators: Designator[] = [];
    while (this.kind === P['.'] || this.kind === P['[']) {
      designators.push(this.designator());
      if (this.panic || designators.length > LIMITS.nesting) {
        if (!this.panic) this.tooDeep('designators');
        break;
      }
    }
    if (designators.length > 0) {
      this.expect(P['=']);
    } else if (this.kind === NAME && this.peek() === P[':']) {
      this.error('not-in-language', this.here, { feature: '`name:` as a designator (write `.name =`)' });
      this.advance();
      this.advance();
    }
    const value = this.initialiser();
    return { kind: 'init-item', id: this.ids.next++, start, end: this.endFrom(start), designators, value };
  }

  private designator(): Designator {
    const { start, at } = this;
    if (this.accept(P['.'])) {
      const name = this.memberName();
      return { kind: 'field-designator', id: this.ids.next++, start, end: this.endFrom(start), name };
    }
    this.advance();
    const index = this.conditional();
    this.refuseRange('a range of indices');
    this.expectClose(P[']'], at);
    return { kind: 'index-designator', id: this.ids.next++, start, end: this.endFrom(start), index };
  }

  /** `1 ... 5`, where one constant must stand. */
  protected refuseRange(feature: string): void {
    if (this.kind !== P['...']) return;
    this.error('not-in-language', this.here, { feature });
    this.advance();
    this.conditional();
  }
}
