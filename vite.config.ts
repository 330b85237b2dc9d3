import { availableParallelism } from 'node:os';
import { sveltekit } from '@sveltejs/kit/vite';
import type { Connect, Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * Cross-origin isolation for dev and preview. Vite's own `server.headers` does not reach Kit's pages, so a middleware sets them;
 * on static hosts the service worker does the same.
 */
function isolation(): Plugin {
  const middleware =
    (isPreview: boolean): Connect.NextHandleFunction =>
    (request, response, next) => {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
      // Pages carry their policy themselves (svelte.config.js); a worker's comes with its file.
      if (isPreview && request.url?.endsWith('.js'))
        response.setHeader('Content-Security-Policy', "script-src 'self' 'wasm-unsafe-eval'");
      next();
    };
  return {
    name: 'cross-origin-isolation',
    configureServer: (server) => void server.middlewares.use(middleware(false)),
    configurePreviewServer: (server) => void server.middlewares.use(middleware(true)),
  };
}

export default defineConfig({
  plugins: [isolation(), sveltekit()],
  worker: { format: 'es' },
  build: { chunkSizeWarningLimit: 4500 },
  server: { fs: { allow: ['workers', 'programs'] } },
  test: {
    // Vitest keeps one core for itself: on two cores the generated programs would run one file after the other.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.spec.ts', 'tests/{golden,conformance,property}/**/*.spec.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
