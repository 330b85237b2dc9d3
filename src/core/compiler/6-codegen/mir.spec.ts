import { describe, expect, test } from 'vitest';
import { FORMS } from '../../isa/table';
import { DEF, formInfo, NONE, USE, USEDEF, type MForm } from './mir';

describe('operand roles derived from the effect', () => {
  const cases: [MForm, number[]][] = [
    ['mov', [DEF, USE]],
    ['add', [USEDEF, USE]],
    ['cmp', [USE, USE]],
    ['mul', [USEDEF, USE]],
    ['zxt', [DEF, USE]],
    ['setb', [USEDEF, NONE]],
    ['tglb', [USEDEF, NONE]],
    ['bit', [USE, NONE]],
    ['rlc', [USEDEF]],
    ['rrc', [USEDEF]],
    ['rrcw', [USEDEF]],
    ['rlcw', [USEDEF]],
    ['ldinc', [DEF, USEDEF]],
    ['stinc', [USEDEF, USE]],
    ['lddecw', [DEF, USEDEF]],
    ['ldi2', [DEF, USE, USE]],
    ['sti2w', [USE, USE, USE]],
    ['lda', [DEF, NONE]],
    ['staw', [NONE, USE]],
    ['set', [NONE, DEF]],
    ['chkw', [USE, NONE]],
    ['out', [USE, USE]],
    ['outp', [NONE, USE]],
    ['in', [DEF, USE]],
    ['halt', [USE]],
    ['ijmp', [USE]],
    ['tas', [DEF, USE]],
    ['swpb', [USEDEF]],
    ['addiw8', [USEDEF, NONE]],
    ['leasp', [DEF, NONE]],
    ['shlr', [USEDEF, USE]],
  ];
  test.each(cases)('%s', (form, roles) => expect(formInfo(form).roles).toEqual(roles));

  test('every register field has a role', () => {
    for (const form of FORMS)
      form.fields.forEach((field, i) => {
        const isRegister = field.kind === 'reg' || field.kind === 'pair';
        expect(formInfo(form.id).roles[i] !== NONE, `${form.id} ${field.letter}`).toBe(isRegister);
      });
  });

  test('flags', () => {
    for (const form of ['adc', 'sbcw', 'cpc', 'rlc', 'rrcw', 'branch', 'set', 'cpciw', 'adciw'] as const)
      expect(formInfo(form).readsFlags, form).toBe(true);
    for (const form of ['add', 'cmpw', 'shl', 'mov', 'not', 'tst', 'addiw8', 'addsp'] as const)
      expect(formInfo(form).readsFlags, form).toBe(false);
    for (const form of ['ldi', 'mov', 'movw', 'ldsp', 'leasp', 'ldiw', 'ldiw8', 'stspw', 'lda'] as const)
      expect(formInfo(form).writesFlags, form).toBe(false);
  });
});
