/** Thin shell: drives the simulation slice by slice, with the mail between slices, and sends some thirty frames a second. */
import { expose } from 'comlink';
import { NetworkRunner } from '../src/rpc/network-runner';
import { drive } from './drive';

const FRAME_MS = 33;

expose(drive(FRAME_MS, (now, changed) => new NetworkRunner(now, changed)));
