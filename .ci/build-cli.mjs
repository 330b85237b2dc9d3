/** Builds the command-line tool into .build/cli (the `prepare` script, so `npm ci` leaves a working `npx orrery`). */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForNode, root } from './lib.mjs';

// `npm ci --omit=dev` has no bundler: nothing to build with, and nothing to complain about.
if (existsSync(join(root, 'node_modules/vite'))) {
  const output = await bundleForNode('.build/cli', { orrery: 'src/cli/main.ts', prebuilt: 'src/cli/prebuilt.ts' });
  // The C library is compiled now, so that the tool need not do it at every start.
  const { prebuiltFiles } = await import(pathToFileURL(join(output, 'prebuilt.js')).href);
  mkdirSync(join(output, 'library'));
  for (const [name, bytes] of prebuiltFiles()) writeFileSync(join(output, 'library', name), bytes);
  chmodSync(join(output, 'orrery.js'), 0o755);
}
