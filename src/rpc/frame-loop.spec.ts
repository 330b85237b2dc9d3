import { describe, expect, test } from 'vitest';
import { FrameLoop, type Driven } from './frame-loop';

const FRAME_MS = 16;

/** A world in which time passes only when told, and a runner that has something new after each slice. */
function newWorld({ idleMs = 0, slices = Infinity }: { idleMs?: number; slices?: number } = {}) {
  let ms = 0;
  let posted = 0;
  let timers: { at: number; then: () => void }[] = [];
  const frames: number[] = [];
  const done: number[] = [];
  let finish: (() => void) | undefined;
  const options = { isReceiverSlow: false };
  const driven: Driven<{ readonly ms: number }> = {
    get isBusy() {
      return done.length < slices;
    },
    idleMs,
    slice: () => {
      done.push(ms);
      loop.wake();
    },
    frame: () => ({ ms }),
    receiver: (frame) => {
      frames.push(frame.ms);
      return options.isReceiverSlow ? new Promise<void>((resolve) => (finish = resolve)) : undefined;
    },
  };
  const loop: FrameLoop<{ readonly ms: number }> = new FrameLoop(
    driven,
    {
      now: () => ms,
      afterMail: () => posted++,
      after: (delayMs, then) => {
        const timer = { at: ms + delayMs, then };
        timers.push(timer);
        return () => (timers = timers.filter((other) => other !== timer));
      },
    },
    FRAME_MS,
  );
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
  /** The turns that were asked for after the mail, at most so many, each of which takes a while. */
  const turns = async (most: number, eachMs = 0) => {
    for (let n = 0; n < most && posted > 0; n++) {
      posted--;
      ms += eachMs;
      loop.turn();
      await settled();
    }
  };
  /** Nobody writes for so long. */
  const pass = async (byMs: number) => {
    const end = ms + byMs;
    for (;;) {
      const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      timers = timers.filter((timer) => timer !== next);
      ms = next.at;
      next.then();
      await settled();
    }
    ms = end;
  };
  return {
    loop,
    frames,
    done,
    options,
    turns,
    pass,
    finish: () => (finish?.(), settled()),
    isPosted: () => posted > 0,
  };
}

describe('the loop of a worker', () => {
  test('sleeps while a slice would be of no use', async () => {
    const { loop, done, turns, pass, isPosted } = newWorld({ idleMs: 50 });
    loop.wake();
    await turns(100);
    expect(done).toEqual([0]);
    expect(isPosted()).toBe(false);
    await pass(225);
    expect(done).toEqual([0, 50, 100, 150, 200]);
  });

  test('is woken by what comes meanwhile', async () => {
    const { loop, done, turns, pass } = newWorld({ idleMs: 50 });
    loop.wake();
    await turns(1);
    await pass(20);
    loop.wake();
    await turns(100);
    await pass(60);
    expect(done).toEqual([0, 20, 70]);
  });

  test('runs one slice after the other when there is something to do, with the mail between them', async () => {
    const { loop, done, turns, isPosted } = newWorld();
    loop.wake();
    await turns(10, 8);
    expect(done).toEqual([8, 16, 24, 32, 40, 48, 56, 64, 72, 80]);
    expect(isPosted()).toBe(true);
  });

  test('sends no more than a frame at a time, and the last one too', async () => {
    const { loop, frames, turns, pass } = newWorld({ slices: 10 });
    loop.wake();
    await turns(10, 5);
    expect(frames).toEqual([5, 25, 45]);
    await pass(100);
    expect(frames).toEqual([5, 25, 45, 61]);
  });

  test('sends a frame when it is due though the runner sleeps on', async () => {
    const { loop, frames, turns, pass } = newWorld({ idleMs: 50 });
    loop.wake();
    await turns(1);
    await pass(4);
    loop.wake();
    await turns(1);
    await pass(20);
    expect(frames).toEqual([0, 16]);
  });

  test('waits until a frame is taken', async () => {
    const { loop, frames, options, turns, finish } = newWorld();
    options.isReceiverSlow = true;
    loop.wake();
    await turns(20, 8);
    expect(frames).toEqual([8]);
    await finish();
    await turns(1, 8);
    expect(frames).toEqual([8, 160]);
  });
});
