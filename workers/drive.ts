/** Runs what a worker is for in this worker: see src/rpc/frame-loop.ts. */
import { FrameLoop, type Driven } from '../src/rpc/frame-loop';

/** `make` is given the clock, in milliseconds, and what to call when there is a new frame to send or a slice to run. */
export function drive<Frame, Runner extends Driven<Frame>>(
  frameMs: number,
  make: (now: () => number, changed: () => void) => Runner & Driven<Frame>,
): Runner {
  const now = () => performance.now();
  const runner = make(now, () => loop.wake());
  // A message to ourselves queues behind the mail that waits.
  const channel = new MessageChannel();
  const loop = new FrameLoop<Frame>(
    runner,
    {
      now,
      afterMail: () => channel.port2.postMessage(0),
      after(delayMs, then) {
        const timer = setTimeout(then, delayMs);
        return () => clearTimeout(timer);
      },
    },
    frameMs,
  );
  channel.port1.onmessage = () => loop.turn();
  return runner;
}
