/** Thin shell: drives the simulation slice by slice, with the mail between slices, and sends some thirty frames a second. */
import { expose } from 'comlink';
import { NetworkRunner } from '../src/rpc/network-runner';

const FRAME_MS = 33;

let scheduled = false;
let dirty = false;
let sending = false;
let sentAt = -Infinity;

const runner = new NetworkRunner(() => performance.now(), wake);
const channel = new MessageChannel();
channel.port1.onmessage = turn;

function wake(): void {
  dirty = true;
  if (scheduled) return;
  scheduled = true;
  // A message to ourselves queues behind the mail that waits.
  channel.port2.postMessage(0);
}

function turn(): void {
  scheduled = false;
  if (runner.isBusy) runner.slice();
  void send();
}

async function send(): Promise<void> {
  const take = runner.receiver;
  if (!take || sending || !dirty) return;
  const wait = sentAt + FRAME_MS - performance.now();
  if (wait > 0) {
    if (!runner.isBusy) setTimeout(() => void send(), wait);
    return;
  }
  const frame = runner.frame();
  if (!frame) return;
  dirty = false;
  sending = true;
  sentAt = performance.now();
  try {
    await take(frame);
  } finally {
    sending = false;
    if (dirty) void send();
  }
}

expose(runner);
