import adapter from '@sveltejs/adapter-static';

/** @type {import('@sveltejs/kit').Config} */
export default {
  vitePlugin: {
    // Runes for our own components; libraries may still use the older syntax.
    dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? undefined : { runes: true }),
  },
  kit: {
    adapter: adapter({ pages: '.build/site', assets: '.build/site', fallback: '404.html' }),
    outDir: '.svelte-kit',
    paths: { base: process.env.BASE_PATH ?? '' },
    serviceWorker: { register: false },
    // Scripts are our own files and the hashed one that starts a page; WebAssembly is compiled, text is never evaluated.
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['self'],
        'script-src': ['self', 'wasm-unsafe-eval'],
        'worker-src': ['self', 'blob:'],
        'style-src': ['self', 'unsafe-inline'],
        'img-src': ['self', 'data:', 'blob:'],
        'font-src': ['self', 'data:'],
        'connect-src': ['self', 'data:', 'blob:'],
        'object-src': ['none'],
        'base-uri': ['self'],
      },
    },
    alias: { $core: 'src/core', $rpc: 'src/rpc', $store: 'src/store', $workers: 'workers', $programs: 'programs' },
    typescript: {
      config: (config) => {
        config.include.push('../workers/**/*', '../programs/**/*', '../tests/**/*', '../*.ts');
        return config;
      },
    },
  },
};
