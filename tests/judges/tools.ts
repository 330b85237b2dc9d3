/** Programs of the system: finding, installing, running them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUN_LIMIT_MS = 60_000;

export function isInstalled(command: string): boolean {
  return askVersion(command).error === undefined;
}

/** `command --version`; some leave a file where they run. */
const askVersion = (command: string) =>
  inDirectory({}, (cwd) => spawnSync(command, ['--version'], { cwd, encoding: 'utf8' }));

/** Installs Debian packages where that is possible without asking; undefined if the commands are there, else what is missing. */
export function ensureInstalled(commands: readonly string[], packages: readonly string[]): string | undefined {
  const missing = () => commands.filter((command) => !isInstalled(command));
  if (missing().length === 0) return undefined;
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (isRoot && isInstalled('apt-get')) {
    console.log(`installing the Debian packages ${packages.join(' ')}`);
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    try {
      execFileSync('apt-get', ['update'], options);
      execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], options);
    } catch {
      console.error('apt-get could not install them');
    }
  }
  const still = missing();
  return still.length === 0
    ? undefined
    : `${still.join(', ')} not found: install the Debian packages ${packages.join(' ')} (or their like)`;
}

/** First line of `command --version`. */
export function versionOf(command: string): string {
  const { stdout, stderr } = askVersion(command);
  return `${stdout}${stderr}`.split('\n')[0] ?? '';
}

export interface Done {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a command; a status of -1 means that it did not end in time. */
export function run(directory: string, command: string, args: readonly string[], input = ''): Done {
  const done = spawnSync(command, args, { cwd: directory, timeout: RUN_LIMIT_MS, input, maxBuffer: 1 << 26 });
  return { status: done.status ?? -1, stdout: done.stdout ?? Buffer.alloc(0), stderr: String(done.stderr ?? '') };
}

/** Runs a command that must succeed. */
export function tool(directory: string, command: string, args: readonly string[]): Buffer {
  const { status, stdout, stderr } = run(directory, command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr.slice(0, 2000)}`);
  return stdout;
}

export function inDirectory<T>(files: Readonly<Record<string, string>>, body: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'orrery-judge-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
