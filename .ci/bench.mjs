/** `npm run bench`, `npm run bench:NAME`: builds the command-line tool from the sources as they are, then runs `orrery bench`. */
import { join } from 'node:path';
import { ensureDependencies, root, runNode } from './lib.mjs';

ensureDependencies();
if ((await runNode(join(root, '.ci/build-cli.mjs'), [])) !== 0) process.exit(1);
process.exit(await runNode(join(root, '.build/cli/orrery.js'), ['bench', ...process.argv.slice(2)]));
