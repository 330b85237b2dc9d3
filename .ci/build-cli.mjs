/** Builds the command-line tool into .build/cli (the `prepare` script, so `npm ci` leaves a working `npx orrery`). */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
        input: { orrery: join(root, 'src/cli/main.ts'), prebuilt: join(root, 'src/cli/prebuilt.ts') },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
    ssr: { target: 'node', noExternal: true },
  });
  // The C library is compiled now, so that the tool need not do it at every start.
  const { prebuiltFiles } = await import(pathToFileURL(join(output, 'prebuilt.js')).href);
  mkdirSync(join(output, 'library'));
  for (const [name, bytes] of prebuiltFiles()) writeFileSync(join(output, 'library', name), bytes);
  chmodSync(join(output, 'orrery.js'), 0o755);
}
