/** The sample networks of networks/, as the texts that the command line reads and the sandbox opens. */

export interface SampleNetwork {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  readonly notes: string;
  readonly text: string;
}

const files = import.meta.glob<string>('./networks/*.json', { query: '?raw', import: 'default', eager: true });

export const SAMPLE_NETWORKS: readonly SampleNetwork[] = Object.entries(files)
  .map(([path, text]) => {
    const { name: title, notes } = JSON.parse(text) as { name: string; notes: string };
    return { name: path.replace(/^.*\/|\.json$/g, ''), title, notes, text };
  })
  .sort((a, b) => a.title.localeCompare(b.title));
