/** Types with tags: struct and union with their members (C99 6.7.2.1), enum with its constants (6.7.2.2). */
import { K, NAME, P } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type { Declarator, EnumMember, MemberDeclaration, StaticAssert, TypeSpecifier } from './ast';
import { DeclaratorParser } from './declarators';

export abstract class TagParser extends DeclaratorParser {
  protected abstract staticAssert(): StaticAssert;

  private tag(): { tag: string | null; tagStart: number } {
    while (this.kind === K.__attribute__) this.skipAttributes();
    const tagStart = this.start;
    if (this.kind !== NAME) return { tag: null, tagStart };
    const tag = this.nameHere();
    this.advance();
    return { tag, tagStart };
  }

  protected record(): TypeSpecifier {
    const { start } = this;
    const isUnion = this.kind === K.union;
    this.advance();
    const { tag, tagStart } = this.tag();
    let members: MemberDeclaration[] | null = null;
    if (this.kind === P['{']) {
      members = this.members();
      this.skipAttributes();
    } else if (tag === null) {
      this.fail('a tag or `{`');
    }
    return {
      kind: 'record-type',
      id: this.ids.next++,
      start,
      end: this.endFrom(start),
      isUnion,
      tag,
      tagStart,
      members,
    };
  }

  private members(): MemberDeclaration[] {
    const members: MemberDeclaration[] = [];
    const open = this.at;
    this.advance();
    if (++this.depth > LIMITS.nesting) this.tooDeep('structs');
    while (this.kind !== P['}'] && this.kind !== 0 && !this.panic) {
      if (this.accept(P[';'])) continue;
      if (this.kind === K._Static_assert) {
        this.staticAssert();
        continue;
      }
      const before = this.at;
      members.push(this.member());
      if (this.panic && this.kind !== 0) this.recover();
      // Statements inside a struct: its closing brace is missing.
      if (this.at === before) this.panic = true;
    }
    this.depth--;
    this.expectClose(P['}'], open);
    return members;
  }

  private member(): MemberDeclaration {
    const { start } = this;
    const specifiers = this.demandSpecifiers();
    const declarators: Declarator[] = [];
    if (this.kind !== P[';']) {
      do {
        if (this.kind !== P[':']) declarators.push(this.declarator('named'));
        if (this.kind === P[':']) {
          this.error('no-bit-fields', this.here, {});
          this.advance();
          this.conditional();
        }
        this.skipAttributes();
      } while (this.accept(P[',']) && !this.panic);
    }
    this.expectSemicolon();
    return {
      kind: 'member-declaration',
      id: this.ids.next++,
      start,
      end: this.endFrom(start),
      specifiers,
      declarators,
    };
  }

  protected enumeration(): TypeSpecifier {
    const { start } = this;
    this.advance();
    const { tag, tagStart } = this.tag();
    let members: EnumMember[] | null = null;
    if (this.kind === P['{']) {
      const open = this.at;
      this.advance();
      members = [];
      while (this.kind === NAME) {
        members.push(this.enumMember());
        if (!this.accept(P[','])) break;
      }
      this.expectClose(P['}'], open);
    } else if (tag === null) {
      this.fail('a tag or `{`');
    }
    return { kind: 'enum-type', id: this.ids.next++, start, end: this.endFrom(start), tag, tagStart, members };
  }

  private enumMember(): EnumMember {
    const { start } = this;
    const name = this.nameHere();
    this.declareName(this.values[this.at] as number, false);
    this.advance();
    const value = this.accept(P['=']) ? this.conditional() : null;
    return { kind: 'enum-member', id: this.ids.next++, start, end: this.endFrom(start), name, value };
  }
}
