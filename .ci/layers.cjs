/**
 * The layers of docs/architecture.md as rules for dependency-cruiser: imports point one way.
 * base <- isa <- {assembler, machine}; {base, isa, assembler} <- compiler; base <- sim <- {storage, machine, network};
 * core <- rpc <- workers; core <- cli; {rpc, store, core/documents, types} <- lib <- routes.
 */
const MAY_IMPORT = {
  base: ['base'],
  isa: ['base', 'isa'],
  sim: ['base', 'sim'],
  presets: ['base', 'presets'],
  assembler: ['base', 'isa', 'assembler'],
  compiler: ['base', 'isa', 'assembler', 'compiler'],
  storage: ['base', 'sim', 'presets', 'storage'],
  machine: ['base', 'isa', 'assembler', 'sim', 'presets', 'storage', 'machine'],
  documents: ['base', 'documents', 'network', 'storage', 'presets'],
  network: ['base', 'sim', 'presets', 'storage', 'documents', 'network'],
};

const coreRules = Object.entries(MAY_IMPORT).map(([layer, allowed]) => ({
  name: `core-${layer}`,
  severity: 'error',
  from: { path: `^src/core/${layer}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^(src|workers|programs|tests)/', pathNot: `^src/core/(${allowed.join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...coreRules,
    {
      name: 'core-has-no-node-and-no-dom-libraries',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: 'node_modules/valibot/' },
    },
    {
      name: 'rpc',
      severity: 'error',
      from: { path: '^src/rpc/' },
      to: { path: '^(src/(lib|routes|store|cli)|workers)/' },
    },
    {
      name: 'store',
      severity: 'error',
      from: { path: '^src/store/' },
      to: { path: '^(src/(lib|routes|cli)|workers)/' },
    },
    { name: 'workers', severity: 'error', from: { path: '^workers/' }, to: { path: '^src/(lib|routes|store|cli)/' } },
    {
      name: 'cli',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^(src/(lib|routes|store|rpc)|workers)/' },
    },
    {
      name: 'ui-reaches-the-engines-through-workers',
      comment: 'The UI may import types and plain tables (isa, presets, documents) but no engine.',
      severity: 'error',
      from: { path: '^src/(lib|routes)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/core/(compiler|assembler|machine|storage|sim|network)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.svelte-kit|\\$(app|service-worker|env)' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.svelte', '.json'] },
  },
};
