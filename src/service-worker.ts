/// <reference types="@sveltejs/kit" />
/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/**
 * Offline use, and cross-origin isolation on hosts that send no headers. The whole build is kept in a cache named by its version; every
 * answer of our own origin gets the three isolation headers. A new version waits until the page says that it may take over.
 */
import { base, build, files, prerendered, version } from '$service-worker';

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const CACHE = `orrery-${version}`;
const ASSETS = new Set([...build, ...files, ...prerendered]);

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll([...ASSETS].map((path) => new Request(path, { cache: 'reload' })))),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const key of await caches.keys()) if (key.startsWith('orrery-') && key !== CACHE) await caches.delete(key);
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  event.respondWith(answer(request, url));
});

async function answer(request: Request, url: URL): Promise<Response> {
  const cache = await caches.open(CACHE);
  const path = pathOf(url, request);
  const kept = path === undefined ? undefined : await cache.match(path);
  if (kept) return isolated(kept);
  try {
    return isolated(await fetch(request));
  } catch (error) {
    // Offline, and a page that we do not know: the start page says what there is.
    const start = request.mode === 'navigate' ? await cache.match(`${base}/`) : undefined;
    if (start) return isolated(start);
    throw error;
  }
}

/** The name under which the cache has it: pages with and without the slash are one. */
function pathOf(url: URL, request: Request): string | undefined {
  if (ASSETS.has(url.pathname)) return url.pathname;
  if (request.mode !== 'navigate') return undefined;
  const plain = url.pathname.replace(/\/$/, '') || '/';
  return [plain, `${plain}/`, `${base}/`].find(
    (path) => ASSETS.has(path) && (path !== `${base}/` || plain === base || plain === '/'),
  );
}

function isolated(response: Response): Response {
  if (response.type === 'opaque' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
