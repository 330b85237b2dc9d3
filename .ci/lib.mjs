/** Helpers of the scripts here. Node built-ins only: they run before node_modules exists. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

const inRoot = (...parts) => join(root, ...parts);

/** The JavaScript entry of a tool in node_modules, to be run with this Node. */
export const tool = {
  vite: () => inRoot('node_modules/vite/bin/vite.js'),
  vitest: () => inRoot('node_modules/vitest/vitest.mjs'),
  tsc: () => inRoot('node_modules/typescript/bin/tsc'),
  eslint: () => inRoot('node_modules/eslint/bin/eslint.js'),
  prettier: () => inRoot('node_modules/prettier/bin/prettier.cjs'),
  svelteCheck: () => inRoot('node_modules/svelte-check/bin/svelte-check'),
  depcruise: () => inRoot('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
  playwright: () => inRoot('node_modules/@playwright/test/cli.js'),
  kit: () => inRoot('node_modules/@sveltejs/kit/svelte-kit.js'),
};

/** Installs the packages where node_modules is not what the lock file says; npm notes in it what it installed. */
export function ensureDependencies() {
  const wanted = packagesIn('package-lock.json') ?? {};
  const installed = packagesIn('node_modules/.package-lock.json') ?? {};
  const isThere = ([path, { version, integrity, optional }]) =>
    path === '' || optional || (installed[path]?.version === version && installed[path].integrity === integrity);
  if (Object.entries(wanted).every(isThere)) return;
  console.log('installing packages (npm ci)');
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    console.error('npm ci failed: is the package registry reachable?');
    process.exit(1);
  }
}

function packagesIn(lockFile) {
  const path = inRoot(lockFile);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

/** Newest change below the given folders, in ms. */
export function newestChange(paths) {
  let newest = 0;
  const visit = (path) => {
    if (!existsSync(path)) return;
    const info = statSync(path);
    if (!info.isDirectory()) newest = Math.max(newest, info.mtimeMs);
    else for (const name of readdirSync(path)) visit(join(path, name));
  };
  for (const path of paths) visit(inRoot(path));
  return newest;
}

const SITE_SOURCES = [
  'src',
  'workers',
  'programs',
  'static',
  'package-lock.json',
  'vite.config.ts',
  'svelte.config.js',
];

/** Builds the site unless it is newer than all its sources. */
export async function ensureSite() {
  const stamp = inRoot('.build/site.stamp');
  if (existsSync(stamp) && statSync(stamp).mtimeMs > newestChange(SITE_SOURCES)) return 0;
  const status = await runNode(tool.vite(), ['build', '--logLevel', 'warn']);
  if (status === 0) {
    mkdirSync(inRoot('.build'), { recursive: true });
    writeFileSync(stamp, '');
  }
  return status;
}

/** Runs a JavaScript tool; gives its exit status. What takes longer than `minutes` hangs: it is ended and has failed. */
export function runNode(script, args, { env = {}, minutes = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const limit =
      minutes > 0
        ? setTimeout(() => {
            console.error(`ended after ${minutes} minutes: ${script} ${args.join(' ')}`);
            child.kill('SIGKILL');
          }, minutes * 60_000)
        : undefined;
    child.on('close', (status) => {
      clearTimeout(limit);
      resolve(status ?? 1);
    });
  });
}

/** Bundles TypeScript entries, `{ name: path }`, into one folder of programs for Node; gives the folder. */
export async function bundleForNode(folder, entries) {
  // The bundler reads tsconfig.json, which extends the one that SvelteKit generates.
  if (!existsSync(inRoot('.svelte-kit/tsconfig.json'))) await runNode(tool.kit(), ['sync']);
  const { build } = await import('vite');
  const output = inRoot(folder);
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
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, inRoot(path)])),
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
    ssr: { target: 'node', noExternal: true },
  });
  return output;
}

const SYSTEM_CHROMIUMS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

const works = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/**
 * A Chromium to test with: CHROMIUM_PATH, one that the system has, the system's package (Debian, as root), or Playwright's own
 * download ('' then: Playwright knows where). Undefined when there is none.
 */
export function ensureChromium() {
  const found = () => [process.env.CHROMIUM_PATH, ...SYSTEM_CHROMIUMS].find((path) => path && existsSync(path));
  if (found()) return found();
  if (process.platform === 'linux' && process.getuid?.() === 0 && works('apt-get', ['--version'])) {
    console.log('installing the Debian package chromium');
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    try {
      execFileSync('apt-get', ['update'], options);
      execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
    } catch {
      console.error('apt-get could not install chromium');
    }
    if (found()) return found();
  }
  console.log("installing Playwright's Chromium");
  if (
    spawnSync(process.execPath, [tool.playwright(), 'install', 'chromium'], { cwd: root, stdio: 'inherit' }).status ===
    0
  )
    return '';
  console.error('no Chromium: install one, or name one in CHROMIUM_PATH');
  return undefined;
}
