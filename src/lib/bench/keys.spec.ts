import { describe, expect, it } from 'vitest';
import { shortcutOf } from './keys';
import { positionOf, SPEED_STEPS, speedAt } from './speed';

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

describe('the speed slider', () => {
  it('goes from one instruction a second to as fast as possible, and back', () => {
    expect(speedAt(0)).toBe(1);
    expect(speedAt(3)).toBe(1000);
    expect(speedAt(SPEED_STEPS)).toBe(Infinity);
    for (const position of [0, 1, 4, 9, SPEED_STEPS]) expect(positionOf(speedAt(position))).toBeCloseTo(position, 9);
  });
});
