/** Thin shell: drives the machine slice by slice, with the mail between slices, and sends a frame a screen refresh. */
import { expose } from 'comlink';
import { MachineRunner } from '../src/rpc/machine-runner';
import { drive } from './drive';

const FRAME_MS = 16;

expose(drive(FRAME_MS, (now, changed) => new MachineRunner(now, changed)));
