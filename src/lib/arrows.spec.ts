import { describe, expect, it } from 'vitest';
import { movedBy } from './arrows';

const key = (name: string, held: Partial<KeyboardEvent> = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

describe('keys that move a choice', () => {
  it('go one or a page, to the ends, and stop there', () => {
    expect(movedBy(key('ArrowDown'), 3, 30)).toBe(4);
    expect(movedBy(key('ArrowUp'), 3, 30)).toBe(2);
    expect(movedBy(key('PageDown'), 3, 30)).toBe(13);
    expect(movedBy(key('PageUp'), 3, 30)).toBe(0);
    expect(movedBy(key('ArrowDown'), 29, 30)).toBe(29);
    expect(movedBy(key('Home'), 9, 30)).toBe(0);
    expect(movedBy(key('End'), 9, 30)).toBe(29);
  });
  it('begin at the end that they come from when nothing is chosen', () => {
    expect(movedBy(key('ArrowDown'), -1, 30)).toBe(0);
    expect(movedBy(key('ArrowUp'), -1, 30)).toBe(29);
  });
  it('leave other keys, keys of the browser and empty rows alone', () => {
    expect(movedBy(key('a'), 3, 30)).toBeUndefined();
    expect(movedBy(key('ArrowDown', { ctrlKey: true }), 3, 30)).toBeUndefined();
    expect(movedBy(key('ArrowDown'), -1, 0)).toBeUndefined();
  });
});
