/** `orrery bench`: the project's own benchmarks (tests/bench), each beside a named peer. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BENCHES } from '../../../tests/bench/benches';
import { EXIT, UsageError, type Command } from '../command';
import { parseOptions } from '../options';

const NAMES = BENCHES.map((bench) => bench.name).join(' ');

const HELP = `usage: orrery bench [NAME…] [--json]

Runs the benchmarks that are named, or all of them: ${NAMES}.
Speed is given as a ratio to a named peer in the same run: an absolute time says more about the machine than about the program.

  --json  one JSON object: for each benchmark its figures
`;

/** The checkout: the built tool lies in .build/cli. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const command: Command = {
  name: 'bench',
  summary: "runs the project's benchmarks, each beside its peer",
  help: HELP,
  async run(args, host) {
    const options = parseOptions(args, { json: 'flag' });
    const unknown = options.positionals.find((name) => !BENCHES.some((bench) => bench.name === name));
    if (unknown !== undefined) throw new UsageError(`no benchmark '${unknown}'; there are: ${NAMES}`);
    const root = [ROOT, process.cwd()].find((path) => existsSync(`${path}/tests/bench`));
    if (root === undefined) {
      host.stderr('orrery bench: the benchmarks need a checkout, with its folder tests/bench\n');
      return EXIT.data;
    }
    const chosen = BENCHES.filter(({ name }) => options.positionals.length === 0 || options.positionals.includes(name));
    const results: Record<string, unknown> = {};
    for (const { name, load } of chosen) {
      const bench = await load();
      host.stderr(`${name}: ${bench.summary}\n`);
      const { text, json } = await bench.run({ root, now: host.now, note: (line) => host.stderr(`  ${line}\n`) });
      results[name] = json;
      if (!options.has('json')) host.stdout(`${text}\n`);
    }
    if (options.has('json')) host.stdout(`${JSON.stringify(results)}\n`);
    return EXIT.ok;
  },
};
