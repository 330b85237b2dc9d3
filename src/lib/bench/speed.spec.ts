import { describe, expect, it } from 'vitest';
import { positionOf, SPEED_STEPS, speedAt } from './speed';

describe('the speed slider', () => {
  it('goes from one instruction a second to as fast as possible, and back', () => {
    expect(speedAt(0)).toBe(1);
    expect(speedAt(3)).toBe(1000);
    expect(speedAt(SPEED_STEPS)).toBe(Infinity);
    for (const position of [0, 1, 4, 9, SPEED_STEPS]) expect(positionOf(speedAt(position))).toBeCloseTo(position, 9);
  });
});
