/** `npm run judges`, `npm run judge:NAME`: builds tests/judges from the sources as they are and runs it. */
import { join } from 'node:path';
import { build } from 'vite';
import { ensureDependencies, root, runNode } from './lib.mjs';

ensureDependencies();
const output = join(root, '.build/judges');
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: output,
    emptyOutDir: true,
    minify: false,
    rollupOptions: {
      input: { main: join(root, 'tests/judges/main.ts') },
      output: { entryFileNames: '[name].js' },
    },
  },
  ssr: { target: 'node', noExternal: true },
});
process.exit(await runNode(join(output, 'main.js'), process.argv.slice(2)));
