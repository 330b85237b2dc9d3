/** docs/models.md, made from the presets: every model, every figure with its unit, every source with its year. */
import { DRAM_PRESETS } from './dram';
import { HDD_PRESETS, type SeekCurve } from './hdd';
import { MACHINE_PRESETS } from './machine';
import { DRAM_PARAMETERS, HDD_PARAMETERS, SSD_PARAMETERS } from './parameters';
import type { PresetBase } from './source';
import { NAND, SSD_PRESETS } from './ssd';

const INTRO = `# Models

How the devices are simulated, with which figures, and where those come from. This page is made from the presets that the code runs
on (\`src/core/presets\`): a figure here is the figure there. Times are whole picoseconds inside; the parts of each response sum to it
exactly, and on every run what went in came out and Little's law holds to the picosecond.

## How they work

**Disk.** One arm over a spinning stack. A read costs overhead + seek (by distance) + rotation (from the platter's angle at that
moment, never the mean) + transfer at the zone's rate, with head and cylinder skew where it runs over the end of a track; writes settle
longer. The track buffer reads on until the arm is wanted; a write cache, where it is on, answers first and writes when the arm is
free. Queues: FCFS, SSTF, SCAN, C-LOOK, SPTF. Known laws: half a revolution, a third of the stroke (weighted by the blocks of each
zone), and under random arrivals the queue M/G/1. Source: DiskSim 4.0; Ruemmler and Wilkes 1994; Worthington, Ganger and Patt 1994.

**SSD.** Host link, controller, write buffer, page-mapped translation layer, a bus a channel, and dies that do one thing at a time.
Read = overhead + command + tR + bytes/bus + bytes/link. Write = overhead + link while the buffer has room, else it waits for
programs. When free blocks run out a victim is collected: its valid pages move, it is erased. FIFO collection amplifies uniform writes
by 1/(1 - v) with v = exp(-(1 + OP)(1 - v)) (Desnoyers 2012, 2014); greedy lies a little below, the more the smaller the block (Bux and
Iliadis 2010, Van Houdt 2013); a random victim is as full as the drive, (1 + OP)/OP. A share q of trims acts as if the drive held
less: (1 + OP)/(1 - q) in place of 1 + OP. A steady state is made from that law at once, then settled by a bounded number of writes.

**RAM.** One open row a bank. Row hit = CL + burst/2 + 1 clocks; a closed row tRCD more; a conflict tRP + tRCD more. Every tREFI the
rank stops for tRFC and all rows close.

**Arrays.** \`raid0:N:DRIVE\`, \`raid1:N:DRIVE\`, \`raid5:N:DRIVE\` are N models of one drive on one clock; the array itself takes no
time. Capacity: N, 1, N - 1 drives. A small write of RAID 5 reads old data and parity and writes both: four requests. Source: Chen,
Lee, Gibson, Katz and Patterson 1994.

**Without power.** RAM and caches forget. Of a disk or an SSD stays what its medium had: what was in a write cache and not flushed falls
back to the version before, page by page. A drive with power-loss protection finishes what it has taken.

## What they were held against

| what | against | met within |
|---|---|---|
| Cheetah 9LP, 4 KiB random reads | DiskSim's parameter file, its measured seek points | points exact |
| Cheetah 4LP, 1,000 random reads | DiskSim's own output (valid/syssim.outv): response 8.88 ms, here 9.03 | its sampling error; overhead, medium and bus 1.1 % |
| rotational latency | half a revolution | 1 % |
| seek distance | closed form over the zones | 2 % |
| MQSim default, depth 1 | arithmetic of MQSim's sources: read 88.91 us, write 21.81 us | 0.1 % |
| write amplification, FIFO, OP .07 to .5 | Desnoyers' closed form | 3 % (measured 1.5) |
| write amplification, greedy and FIFO | a plain simulator in the specs | 3 % |
| RAM hit and conflict | closed form | exact |
| drives with data sheets | QD1 latency, sequential rate | 10 %, 5 % |
`;

type Row = Readonly<Record<string, unknown>> & PresetBase;

export function modelsMarkdown(): string {
  return [
    INTRO,
    '## Disks\n',
    table(HDD_PRESETS as unknown as readonly Row[], HDD_PARAMETERS),
    ...HDD_PRESETS.map((p) => `**${p.title}**, seek: ${seekText(p.seek)}\n`),
    ...HDD_PRESETS.filter((p) => p.zones.length <= 24).map((p) =>
      [
        `\n**${p.title}**, zones\n`,
        '| cylinders | sectors a track | track skew | cylinder skew | spares |',
        '|---|---|---|---|---|',
        ...p.zones.map(
          (z) =>
            `| ${z.firstCylinder} to ${z.lastCylinder} | ${z.sectorsPerTrack} | ${z.trackSkewSectors} | ${z.cylinderSkewSectors} | ${z.spareSectors} |`,
        ),
        '',
      ].join('\n'),
    ),
    sources(HDD_PRESETS),
    '## SSDs\n',
    table(SSD_PRESETS as unknown as readonly Row[], SSD_PARAMETERS),
    sources(SSD_PRESETS),
    '### Kinds of cells\n',
    '`--set nand=NAME` puts a row into an SSD.\n',
    '| name | kind | tR us | tPROG us | tBERS ms | cycles | source |\n|---|---|---|---|---|---|---|',
    ...Object.entries(NAND).map(
      ([name, row]) =>
        `| ${name} | ${row.title} | ${row.readUs.join(' / ')} | ${row.programUs.join(' / ')} | ${row.eraseMs} | ${row.endurance} | ${row.source.title} (${row.source.year}) |`,
    ),
    '',
    '## RAM\n',
    table(DRAM_PRESETS as unknown as readonly Row[], DRAM_PARAMETERS),
    sources(DRAM_PRESETS),
    '## Machines\n',
    'Caches count exactly; their options are in `docs/machine-timing.md`.\n',
    ...MACHINE_PRESETS.map((p) => `- **${p.id}**, ${p.title} (${p.year}): ${p.summary}. ${sourceList(p)}`),
    '',
  ].join('\n');
}

function table(presets: readonly Row[], parameters: Readonly<Record<string, string>>): string {
  const shown = Object.entries(parameters).filter(([name]) => name !== 'zones' && name !== 'seek');
  return [
    `| parameter | meaning | ${presets.map((p) => p.id).join(' | ')} |`,
    `|---|---|${presets.map(() => '---').join('|')}|`,
    `| year | when it was current | ${presets.map((p) => p.year).join(' | ')} |`,
    ...shown.map(([name, meaning]) => `| ${name} | ${meaning} | ${presets.map((p) => cell(p[name])).join(' | ')} |`),
    '',
  ].join('\n');
}

function cell(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.join(' / ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? String(Number(value.toPrecision(7))) : String(value);
}

function seekText(curve: SeekCurve): string {
  if ('points' in curve)
    return `${curve.points.length} measured points (cylinders: ms): ${curve.points.map(([d, ms]) => `${d}: ${ms}`).join(', ')}`;
  const { singleMs, knee, rootOffsetMs, rootFactorMs, lineOffsetMs, lineFactorMs } = curve;
  return `${singleMs} ms for 1 cylinder, ${rootOffsetMs} + ${rootFactorMs} sqrt(d) below ${knee} cylinders, ${lineOffsetMs} + ${lineFactorMs} d from there`;
}

function sources(presets: readonly PresetBase[]): string {
  return `Sources:\n\n${presets.map((p) => `- **${p.id}**, ${p.title}: ${sourceList(p)}`).join('\n')}\n`;
}

function sourceList(preset: PresetBase): string {
  return preset.sources.map((s) => `${s.title} (${s.year}${s.url ? `, <${s.url}>` : ''})`).join('; ');
}
