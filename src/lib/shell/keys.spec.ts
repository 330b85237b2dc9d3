import { describe, expect, it } from 'vitest';
import { shortcutOf } from './keys';

const event = (key: string, mods = '') => ({
  key,
  ctrlKey: mods.includes('c'),
  metaKey: mods.includes('m'),
  shiftKey: mods.includes('s'),
  altKey: mods.includes('a'),
});

describe('shortcuts', () => {
  it('are written as people read them', () => {
    expect(shortcutOf(event('F10', 's'))).toBe('Shift+F10');
    expect(shortcutOf(event('P', 'cs'))).toBe('Ctrl+Shift+P');
    expect(shortcutOf(event('p', 'm'))).toBe('Ctrl+P');
    expect(shortcutOf(event('?', 's'))).toBe('?');
    expect(shortcutOf(event('1', 'a'))).toBe('Alt+1');
  });
});
