/** Attributes in the notation of other compilers, `__attribute__((…))`: read, refused where they change what a program means, and else left alone. */
import { K, NAME, P } from '../1-lexer/tokens';
import { InitialiserParser } from './initialisers';

/** Attributes of other compilers that change sizes, addresses, or what runs when. */
const MEANINGFUL: ReadonlySet<string> = new Set([
  'alias',
  'aligned',
  'cleanup',
  'constructor',
  'destructor',
  'ifunc',
  'mode',
  'scalar_storage_order',
  'transparent_union',
  'vector_size',
  'weak',
  'weakref',
]);

export abstract class AttributeParser extends InitialiserParser {
  /** Reads `((…))`. Attributes that give a program another meaning are refused; the others are no concern of this machine. */
  protected attributeNames(): string[] {
    const from = this.at;
    this.skipBrackets();
    const names: string[] = [];
    for (let i = from, depth = 0; i < this.at; i++) {
      if (this.kinds[i] === P['(']) depth++;
      else if (this.kinds[i] === P[')']) depth--;
      if (this.kinds[i] !== NAME || depth !== 2) continue;
      const name = (this.names[this.values[i] as number] as string).replace(/^__(.*)__$/, '$1');
      names.push(name);
      if (!MEANINGFUL.has(name)) continue;
      const span = { start: this.places[i] as number, end: this.placeEnds[i] as number };
      this.diagnostics.report('not-in-language', span, { feature: `the attribute \`${name}\`` });
    }
    return names;
  }

  protected skipAttributes(): void {
    while (this.kind === K.__attribute__ || this.startsAsm) {
      const isAttribute = this.kind === K.__attribute__;
      if (!isAttribute) this.error('not-in-language', this.here, { feature: 'a name given by asm' });
      this.advance();
      if (isAttribute) this.attributeNames();
      else this.skipBrackets();
    }
  }
}
