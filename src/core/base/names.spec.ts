import { expect, test } from 'vitest';
import { isLabel, isName, labelAtEnd, nameAtEnd } from './names';

test('names have letters of any script, digits, _ and $', () => {
  for (const name of ['a', '_', '$', 'a$1', 'größe', 'длина', '変数2', '𝑥']) expect(isName(name)).toBe(true);
  for (const text of ['', '1a', 'a.b', 'a-b', ' a', 'a\n', '→']) expect(isName(text)).toBe(false);
});

test('labels have dots too', () => {
  expect(isLabel('.loop')).toBe(true);
  expect(isLabel('main.1')).toBe(true);
  expect(isLabel('1')).toBe(false);
});

test('what has been typed so far', () => {
  expect(nameAtEnd('x = größ')).toBe('größ');
  expect(nameAtEnd('p->n$')).toBe('n$');
  expect(nameAtEnd('x = ')).toBe('');
  expect(labelAtEnd('  b .lo')).toBe('.lo');
});
