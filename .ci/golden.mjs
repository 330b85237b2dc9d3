/** `npm run golden`: compares what the phases make of the samples with the golden text; `-- --update` writes it anew. */
import { ensureDependencies, runNode, tool } from './lib.mjs';

ensureDependencies();
const update = process.argv.includes('--update');
process.exit(
  await runNode(tool.vitest(), ['run', '--project', 'unit', 'tests/golden'], {
    env: update ? { UPDATE_GOLDEN: '1' } : {},
  }),
);
