import { describe, expect, it } from 'vitest';
import { newestOnly, within } from './retired';

describe('newest only', () => {
  it('runs one at a time and skips what a newer request has retired', async () => {
    const begun: number[] = [];
    const release: (() => void)[] = [];
    const queue = newestOnly<number, number>(async (request) => {
      begun.push(request);
      await new Promise<void>((resolve) => release.push(resolve));
      return request * 10;
    });
    const answers = [queue.ask(1), queue.ask(2), queue.ask(3)];
    expect(await answers[1]).toBeUndefined();
    expect(begun).toEqual([1]);
    release[0]?.();
    expect(await answers[0]).toBeUndefined();
    expect(begun).toEqual([1, 3]);
    release[1]?.();
    expect(await answers[2]).toBe(30);
  });
  it('goes on after a failure', async () => {
    const queue = newestOnly<number, number>((n) => (n === 1 ? Promise.reject(new Error('no')) : Promise.resolve(n)));
    await expect(queue.ask(1)).rejects.toThrow('no');
    expect(await queue.ask(2)).toBe(2);
  });
});

describe('within', () => {
  it('gives up on what hangs', async () => {
    await expect(within(5, new Promise(() => undefined), 'the worker')).rejects.toThrow('the worker did not answer');
    expect(await within(1000, Promise.resolve(4), 'x')).toBe(4);
  });
});
