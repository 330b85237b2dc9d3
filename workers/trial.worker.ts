/** Thin shell: trials behind Comlink. The work is in src/rpc/trial.ts. */
import { expose } from 'comlink';
import { header, librarySources } from '../programs/library';
import { Trials } from '../src/rpc/trial';

expose(new Trials({ header, sources: librarySources }));
