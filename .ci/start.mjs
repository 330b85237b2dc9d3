/** `npm start`: installs what is missing, builds what is out of date, serves the site on localhost and prints the address. */
import { ensureDependencies, ensureSite, runNode, tool } from './lib.mjs';

ensureDependencies();
if ((await ensureSite()) !== 0) process.exit(1);
const port = process.env.PORT ?? '4173';
process.exit(await runNode(tool.vite(), ['preview', '--host', '127.0.0.1', '--port', port]));
