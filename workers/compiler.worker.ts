/** Thin shell: the compiler behind Comlink. The work is in src/rpc/compile-service.ts and src/core/compiler. */
import { expose } from 'comlink';
import { header, librarySources } from '../programs/library';
import { CompileService } from '../src/rpc/compile-service';

expose(new CompileService({ header, sources: librarySources }, () => performance.now()));
