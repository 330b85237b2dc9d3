/**
 * `npm test`: everything. Installs what is missing, runs the gate, the unit, conformance and property tests, builds the site, runs
 * the browser tests; goes on after a failure, and ends with a line `N passed, N failed`, where a step of the gate counts as one.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium, ensureDependencies, ensureSite, root, runNode, tool } from './lib.mjs';

const results = [];

async function step(name, run) {
  const start = Date.now();
  console.log(`\n== ${name}`);
  const { passed, failed } = await run();
  results.push({ name, passed, failed, seconds: (Date.now() - start) / 1000 });
}

const asOne = (status) => (status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** Reads the runner's own report, so that the closing line counts tests and not steps. */
function reported(path, read, status) {
  try {
    const counts = read(JSON.parse(readFileSync(path, 'utf8')));
    return status === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } catch {
    return asOne(status || 1);
  }
}

ensureDependencies();
await step('check', async () => asOne(await runNode(join(root, '.ci/check.mjs'), ['--no-unit'])));
await step('command-line tool', async () => asOne(await runNode(join(root, '.ci/build-cli.mjs'), [])));
await step('unit, conformance and property tests', async () => {
  const report = join(root, '.build/unit.json');
  rmSync(report, { force: true });
  const status = await runNode(
    tool.vitest(),
    ['run', '--project', 'unit', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { env: { CI: 'true' }, minutes: 20 },
  );
  return reported(report, (r) => ({ passed: r.numPassedTests, failed: r.numFailedTests }), status);
});
await step('build', async () => asOne(await ensureSite()));
await step('browser tests', async () => {
  const chromium = ensureChromium();
  if (chromium === undefined) return asOne(1);
  const report = join(root, '.build/e2e.json');
  rmSync(report, { force: true });
  const status = await runNode(tool.playwright(), ['test', '--config', 'tests/e2e/playwright.config.ts'], {
    env: { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    minutes: 15,
  });
  return reported(report, (r) => ({ passed: r.stats.expected + r.stats.flaky, failed: r.stats.unexpected }), status);
});

console.log('');
for (const { name, passed, failed, seconds } of results)
  console.log(
    `${failed === 0 ? 'ok    ' : 'FAILED'} ${name}: ${passed} passed, ${failed} failed (${seconds.toFixed(0)} s)`,
  );
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') === 0 ? 0 : 1);
