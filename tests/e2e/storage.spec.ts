/** The storage lab in a browser: the same figures as in Node to the last byte, traces, arrays, a program's own run, and the power switch. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { DEFAULT_SETUP, setupToLink, type LabSetup } from '../../src/core/documents/storage-lab';
import { startExperiment } from '../../src/core/storage/experiment';
import { makeReport } from '../../src/core/storage/report';
import { experimentOf } from '../../src/rpc/storage';
import { settled } from './bench';

const linkOf = (setup: Partial<LabSetup>) => `/storage#lab=${setupToLink({ ...DEFAULT_SETUP, ...setup })}`;

/** The race has ended and nothing is wrong. */
async function raced(page: Page): Promise<void> {
  await expect
    .poll(
      () =>
        page
          .locator('article progress')
          .evaluateAll((bars) => bars.length > 0 && bars.every((bar) => (bar as HTMLProgressElement).position === 1)),
      {
        timeout: 40_000,
      },
    )
    .toBe(true);
  await expect(page.getByRole('button', { name: 'Race again' })).toBeVisible({ timeout: 40_000 });
  await expect(page.locator('.problem')).toHaveCount(0);
}

async function exported(page: Page, item: string): Promise<string> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  return readFileSync(await (await download).path(), 'utf8');
}

async function violations(page: Page, within = 'main'): Promise<string[]> {
  const found = await new AxeBuilder({ page }).include(within).analyze();
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

/** The bench with a sample; the editor takes its time when it is loaded for the first time. */
async function openSample(page: Page, sample: string): Promise<void> {
  await page.goto(`/?sample=${sample}`);
  await expect(page.locator('.monaco-editor').first()).toBeVisible({ timeout: 30_000 });
  await settled(page);
}

test('the same seed gives the same bytes in Chromium and in Node', async ({ page }) => {
  const setup: LabSetup = {
    ...DEFAULT_SETUP,
    devices: ['ddr5-4800', 'mqsim-default', 'nvme-consumer', 'cheetah-9lp', 'raid5:3:hdd-15k'],
    distribution: 'zipf:1.1',
    readPercent: 60,
    trimPercent: 10,
    depth: 8,
    count: 2000,
    seed: 7,
    scheduler: 'sptf',
    precondition: 'steady',
  };
  const here = setup.devices.map((device) => {
    const experiment = experimentOf(setup, device, undefined);
    if (!experiment.ok) throw new Error(experiment.error);
    const ready = startExperiment(experiment.value);
    if (!ready.ok) throw new Error(ready.error);
    ready.value.run.run(Infinity);
    return { device, ...makeReport(ready.value.run, ready.value.preset, ready.value.workload) };
  });
  await page.goto(linkOf(setup));
  await raced(page);
  expect(await exported(page, 'JSON')).toBe(JSON.stringify(here, null, 2));
});

test('a race of 100,000 shows figures before it ends, with progress, and can be stopped', async ({ page }) => {
  await page.goto(linkOf({ count: 2_000_000 }));
  const first = page.locator('article').first();
  await expect(first.locator('.big')).toContainText(/ns|µs|ms/);
  const bar = first.getByRole('progressbar');
  expect(Number(await bar.getAttribute('value'))).toBeLessThan(2_000_000);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Race again' })).toBeVisible();
  const stopped = await bar.getAttribute('value');
  await page.waitForTimeout(400);
  expect(await bar.getAttribute('value')).toBe(stopped);
});

test('a dropped trace is replayed, a broken line is named, and the settings stay', async ({ page }) => {
  await page.goto(linkOf({ devices: ['hdd-7200'], count: 500, depth: 3 }));
  await raced(page);
  const drop = (name: string, text: string) =>
    page.evaluate(
      ([fileName, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([content as string], fileName as string));
        document.querySelector('.lab')?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
      },
      [name, text],
    );
  await drop('good.trace', '0.0 0 100 8 1\n5.5 0 200 8 0\n9.0 0 300 8 1\n');
  await expect(page.getByText('good.trace: 3 requests, disksim')).toBeVisible();
  await raced(page);
  await expect(page.getByText('mean of 3')).toBeVisible();
  await drop('bad.trace', '0.0 0 100 8 1\n5.5 0 x 8 0\n');
  await expect(page.locator('.problem')).toContainText('bad.trace: line 2');
  await drop('far.trace', '0.0 0 100 8 1\n5.5 0 99999999999 8 0\n');
  await expect(page.locator('.problem')).toContainText('line 2 of the trace asks for bytes');
  await page.reload();
  await expect(page.getByLabel('Queue depth').first()).toHaveValue('3');
});

test('arrays race beside their drives, and charts and dialogs have no axe violations', async ({ page }) => {
  await page.goto(linkOf({ devices: ['hdd-15k'], readPercent: 0, count: 800, depth: 8 }));
  await raced(page);
  await page.getByLabel('Drive of the array').selectOption('hdd-15k');
  await page.getByRole('button', { name: 'Add array' }).click();
  await raced(page);
  await expect(page.getByRole('heading', { name: 'RAID 5, 4 x 15,000 rpm disk' })).toBeVisible();
  await expect(page.getByText('theory requests to drives = 4.000')).toBeVisible();
  for (const chart of ['Queue depth', 'By arm and die', 'Over time', 'Ladder']) {
    await page.getByRole('tab', { name: chart, exact: true }).click();
    expect(await violations(page), chart).toEqual([]);
  }
  expect(await exported(page, 'CSV')).toMatch(/^device,completed,.*\nhdd-15k,800,.*\nraid5:4:hdd-15k,800,/);
});

test("a program's own run is replayed in the lab", async ({ page }) => {
  await openSample(page, 'ladder');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('at random, RAM < SSD < HDD: yes')).toBeVisible({ timeout: 40_000 });
  await page.getByRole('tab', { name: 'Power and disks' }).click();
  await page.getByRole('button', { name: 'Replay in the storage lab' }).click();
  await page.waitForURL(/\/storage#run=/);
  await expect(page.getByText(/ladder\.c, ssd0: \d+ requests, csv/)).toBeVisible({ timeout: 40_000 });
  await raced(page);
  await expect(page.locator('article').first().getByText('mean of 128')).toBeVisible();
});

test('the power switch takes RAM and the cache, and the disks last over a reload', async ({ page }) => {
  await openSample(page, 'wal');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('24 transfers, total 800: consistent')).toBeVisible({ timeout: 40_000 });
  await page.getByRole('tab', { name: 'Power and disks' }).click();
  await expect(page.getByRole('group', { name: 'Blocks of ssd0 that are not zero' }).getByRole('button')).toHaveCount(
    3,
  );
  expect(await violations(page, '.disks')).toEqual([]);
  await page.getByRole('button', { name: 'Power off' }).click();
  await expect(page.getByTestId('stop')).toContainText('the power is off: RAM, caches and registers are gone');
  await page.getByRole('button', { name: 'Power on' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText(/after \d+ transfers the power went; total 800: consistent/)).toBeVisible({
    timeout: 40_000,
  });
  await page.reload();
  await settled(page);
  await page.getByRole('tab', { name: 'Power and disks' }).click();
  await expect(page.getByRole('group', { name: 'Blocks of ssd0 that are not zero' }).getByRole('button')).toHaveCount(
    3,
  );
  await page.getByRole('button', { name: 'Erase ssd0' }).click();
  await expect(page.getByText('every block of ssd0 is zero')).toBeVisible();
});
