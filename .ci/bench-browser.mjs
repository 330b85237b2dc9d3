/**
 * `npm run bench:engine-browser`: the engine bench in Chromium, in a worker of the built site's own page, under its policy. The worker is
 * built apart, so that avr8js does not enter the product.
 */
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { ensureChromium, ensureDependencies, ensureSite, root } from './lib.mjs';

const MINUTES = 10;
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

ensureDependencies();
if ((await ensureSite()) !== 0) process.exit(1);
const { build } = await import('vite');
const workerDir = join(root, '.build/bench-engine-browser');
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: workerDir,
    emptyOutDir: true,
    rollupOptions: {
      input: join(root, 'tests/bench/engine-worker.ts'),
      output: { entryFileNames: 'engine-worker.js', chunkFileNames: 'engine-[name].js' },
    },
  },
});

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0]));
  const places = [join(workerDir, path), join(root, '.build/site', path), join(root, '.build/site', `${path}.html`)];
  if (path.endsWith('/')) places.unshift(join(root, '.build/site', path, 'index.html'));
  const file = places.find((place) => existsSync(place) && extname(place) !== '');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
  if (!file) return void response.writeHead(404).end();
  if (extname(file) === '.js') response.setHeader('Content-Security-Policy', "script-src 'self' 'wasm-unsafe-eval'");
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
  response.end(readFileSync(file));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const executablePath = ensureChromium();
if (executablePath === undefined) {
  console.error('there is no Chromium here: nothing is measured');
  process.exit(0);
}
const { chromium } = await import('playwright');
const isRoot = process.getuid?.() === 0;
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: isRoot ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ serviceWorkers: 'block' });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const result = await page.evaluate(
    (limitMs) =>
      new Promise((resolve, reject) => {
        const worker = new Worker('/engine-worker.js', { type: 'module' });
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message || 'the worker could not be started'));
        setTimeout(() => reject(new Error('the bench takes too long')), limitMs);
      }),
    MINUTES * 60_000,
  );
  console.log(process.argv.includes('--json') ? JSON.stringify(result.json) : result.text);
} finally {
  await browser.close();
  server.close();
}
