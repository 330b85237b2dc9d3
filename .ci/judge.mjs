/** `npm run judges`, `npm run judge:NAME`: builds tests/judges from the sources as they are and runs it. */
import { join } from 'node:path';
import { bundleForNode, ensureDependencies, runNode } from './lib.mjs';

ensureDependencies();
const output = await bundleForNode('.build/judges', { main: 'tests/judges/main.ts' });
process.exit(await runNode(join(output, 'main.js'), process.argv.slice(2)));
