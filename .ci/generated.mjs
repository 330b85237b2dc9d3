/** `npm run generated [COUNT [SEED]]`: the long run of generated programs, 100,000 unless told otherwise. */
import { ensureDependencies, runNode, tool } from './lib.mjs';

ensureDependencies();
const [count = '100000', seed] = process.argv.slice(2);
process.exit(
  await runNode(tool.vitest(), ['run', '--project', 'unit', 'tests/property/generated'], {
    env: { GENERATED_RUNS: count, ...(seed === undefined ? {} : { GENERATED_SEED: seed }) },
  }),
);
