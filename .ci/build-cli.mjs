/** Builds the command-line tool into .build/cli (the `prepare` script, so `npm ci` leaves a working `npx orrery`). */
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode, tool } from './lib.mjs';

// `npm ci --omit=dev` has no bundler: nothing to build with, and nothing to complain about.
if (existsSync(join(root, 'node_modules/vite'))) {
  // The bundler reads tsconfig.json, which extends the one that SvelteKit generates.
  if (!existsSync(join(root, '.svelte-kit/tsconfig.json'))) await runNode(tool.kit(), ['sync']);
  const { build } = await import('vite');
  const output = join(root, '.build/cli');
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
        input: { orrery: join(root, 'src/cli/main.ts') },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
    ssr: { target: 'node', noExternal: true },
  });
  chmodSync(join(output, 'orrery.js'), 0o755);
}
