/** `npm run check`: the one gate before a commit: format, lint, layers, types, unit. `--no-unit` leaves the unit tests to the caller. */
import { ensureDependencies, runNode, tool } from './lib.mjs';

ensureDependencies();
const steps = [
  ['sync', tool.kit(), ['sync']],
  ['format', tool.prettier(), ['--check', '--log-level', 'warn', '.']],
  ['lint', tool.eslint(), ['.', '--max-warnings', '0']],
  ['layers', tool.depcruise(), ['--config', '.ci/layers.cjs', '--output-type', 'err', 'src', 'workers', 'programs']],
  ['core is pure', tool.tsc(), ['-p', 'src/core']],
  ['types', tool.svelteCheck(), ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  ...(process.argv.includes('--no-unit') ? [] : [['unit', tool.vitest(), ['run', '--project', 'unit']]]),
];
const failed = [];
for (const [name, script, args] of steps) {
  const start = Date.now();
  const status = await runNode(script, args);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
