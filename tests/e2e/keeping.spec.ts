/** Nothing is lost: several programs, saved by themselves, found again, also after the browser was killed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, type Page, test } from '@playwright/test';
import { openBench, PROGRAM, settled, type } from './bench';

const menu = async (page: Page, item: string) => {
  await page.getByTitle('Programs').click();
  await page.getByRole('menuitem', { name: item }).click();
};
const nameOf = (page: Page) => page.getByTitle('Programs');
const saved = (page: Page) => expect(page.locator('[data-save-state="saved"]')).toBeVisible();
const editor = (page: Page) => page.locator('.view-lines').first();

test('programs are created, renamed, duplicated, deleted and brought back', async ({ page }) => {
  await openBench(page, '/?sample=hello');
  await expect(page.locator('[data-save-state="unsaved"]')).toBeVisible();
  await menu(page, 'New');
  await saved(page);
  await type(page, PROGRAM);
  await expect(editor(page)).toContainText('squares');
  await menu(page, 'Rename');
  await page.getByLabel('Name', { exact: true }).fill('squares.c');
  // What is typed outlives the save of what was typed before.
  await saved(page);
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(nameOf(page)).toHaveText('squares.c');
  await menu(page, 'Duplicate');
  await expect(nameOf(page)).toHaveText('squares-2.c');
  await type(page, 'int main(void) { return 2; }\n');
  await saved(page);
  await page.keyboard.press('Control+o');
  const gallery = page.getByRole('dialog', { name: 'Programs' });
  await expect(gallery.getByRole('button', { name: /^squares/ })).toHaveCount(2);
  await gallery.getByRole('button', { name: /^squares\.c/ }).click();
  await expect(editor(page)).toContainText('sum of squares');
  await menu(page, 'Delete');
  await expect(nameOf(page)).not.toHaveText('squares.c');
  await menu(page, 'Undo delete of squares.c');
  await expect(nameOf(page)).toHaveText('squares.c');
  await saved(page);
  await page.goto('/');
  await expect(nameOf(page)).toHaveText('squares.c');
  await expect(editor(page)).toContainText('sum of squares');
});

test('the address of a view brings the view back', async ({ page }) => {
  await openBench(page, '/?sample=hello');
  await type(page, PROGRAM);
  await saved(page);
  await settled(page);
  await page.locator('[data-phase="parser"]').click();
  await page.locator('[data-phase="linker"]').click({ modifiers: ['Shift'] });
  await expect(page).toHaveURL(/program=[\w-]+.*views=parser%2Clinker/);
  const address = page.url();
  await menu(page, 'New');
  await expect(page).not.toHaveURL(address);
  await openBench(page, address);
  await expect(editor(page)).toContainText('sum of squares');
  for (const phase of ['parser', 'linker'])
    await expect(page.locator(`[data-phase="${phase}"]`)).toHaveAttribute('aria-pressed', 'true');
});

test('what export gives, import takes; what is broken is refused with the reason', async ({ page }) => {
  await openBench(page, '/?sample=hello');
  await type(page, PROGRAM);
  await saved(page);
  const download = page.waitForEvent('download');
  await menu(page, 'Export');
  const path = await (await download).path();
  const before = await nameOf(page).textContent();
  const give = (name: string, buffer: Buffer) =>
    page.getByLabel('Import files').setInputFiles({ name, mimeType: 'text/plain', buffer });
  await give('again.orrery.json', readFileSync(path));
  await expect(nameOf(page)).not.toHaveText(before ?? '');
  await expect(editor(page)).toContainText('sum of squares');
  await give('plain.c', Buffer.from('int main(void) { return 3; }\r\n'));
  await expect(nameOf(page)).toHaveText('plain.c');
  await saved(page);
  await give('bad.json', Buffer.from('{"kind":"program","version":99}'));
  await expect(page.getByText(/bad\.json was not imported: .*newer Orrery/i).last()).toBeVisible();
  await expect(nameOf(page)).toHaveText('plain.c');
});

test('what was said to be saved is there after the browser was killed', async ({ baseURL }) => {
  const profile = mkdtempSync(join(tmpdir(), 'orrery-'));
  const { launchOptions } = test.info().project.use;
  const start = () => chromium.launchPersistentContext(profile, { ...launchOptions, serviceWorkers: 'block' });
  try {
    const first = await start();
    const page = first.pages()[0] ?? (await first.newPage());
    await openBench(page, `${baseURL}/?sample=hello`);
    await type(page, PROGRAM);
    await expect(page.locator('[data-save-state="unsaved"], [data-save-state="saving"]')).toBeVisible();
    await saved(page);
    // No farewell: every process of this browser, told by its profile, at once.
    const gone = new Promise((resolve) => first.once('close', resolve));
    for (const pid of processesOf(profile)) process.kill(pid, 'SIGKILL');
    await gone;
    const second = await start();
    const again = second.pages()[0] ?? (await second.newPage());
    await openBench(again, `${baseURL}/`);
    await expect(editor(again)).toContainText('sum of squares');
    await saved(again);
    await second.close();
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});

/** Ids of the processes whose command line names the profile. */
function processesOf(profile: string): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return rows.filter((row) => row.includes(`--user-data-dir=${profile}`)).map((row) => Number.parseInt(row, 10));
}

for (const level of ['O0', 'O2'])
  test(`the same program ends in the same state here and in Node, -${level}`, async ({ page }) => {
    const file = join(mkdtempSync(join(tmpdir(), 'orrery-')), 'squares.c');
    writeFileSync(file, PROGRAM);
    let report = '';
    try {
      report = execFileSync('node', ['.build/cli/orrery.js', 'run', file, `-${level}`, '--json'], { encoding: 'utf8' });
    } catch (error) {
      // The program's own exit code is not 0.
      report = (error as { stdout: string }).stdout;
    }
    const { stateHash } = JSON.parse(report) as { stateHash: string };
    expect(stateHash).toMatch(/^[0-9a-f]{16}$/);
    await openBench(page, '/?sample=hello');
    await type(page, PROGRAM);
    await settled(page);
    await page.getByRole('combobox', { name: /Level/ }).selectOption(level);
    await settled(page);
    // The command line says at once that no input will come; the state knows it.
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByText('final state')).toContainText(stateHash);
  });
