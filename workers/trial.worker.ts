/** Thin shell: trials behind Comlink. The work is in src/rpc/trial.ts. */
import { expose } from 'comlink';
import { header, librarySources } from '../programs/library';
import { Trials } from '../src/rpc/trial';

/** Comes after the messages that are here already; a timer would wait for four milliseconds. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

expose(new Trials({ header, sources: librarySources }, pause));
