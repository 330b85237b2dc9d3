/** Thin shell: drives the machine slice by slice, with the mail between slices, and sends a frame a screen refresh. */
import { expose } from 'comlink';
import { MachineRunner } from '../src/rpc/machine-runner';

const FRAME_MS = 16;

let scheduled = false;
let dirty = false;
let sending = false;
let sentAt = 0;

const runner = new MachineRunner(() => performance.now(), wake);
const channel = new MessageChannel();
channel.port1.onmessage = turn;

function wake(): void {
  dirty = true;
  schedule(0);
}

/** A message to ourselves queues behind the mail that waits; a timer when there is nothing to do for a while. */
function schedule(delayMs: number): void {
  if (scheduled) return;
  scheduled = true;
  if (delayMs <= 1) channel.port2.postMessage(0);
  else setTimeout(turn, delayMs);
}

function turn(): void {
  scheduled = false;
  if (runner.isBusy) runner.slice();
  void send();
  if (runner.isBusy) schedule(runner.idleMs);
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
    if (dirty) schedule(1);
  }
}

expose(runner);
