import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';

async function openNetwork(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator('.view')).toBeVisible();
}

const node = (page: Page, name: string) => page.locator('[data-node]').filter({ hasText: name });
const links = (page: Page) => page.locator('[data-link]');
const state = (page: Page) => page.locator('[data-state]');
const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true });

/** Drags as a hand does: press, some moves, release. */
async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await page.mouse.up();
}

async function middle(page: Page, selector: string): Promise<{ x: number; y: number }> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not on the screen`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** As fast as possible, to the end. */
async function runToEnd(page: Page): Promise<void> {
  await page.getByRole('slider', { name: 'Speed' }).fill('3.5');
  await run(page).click();
  await expect(state(page)).toHaveAttribute('data-state', 'ended', { timeout: 40_000 });
}

test('a system is built with the mouse, runs, is edited, and is found again', async ({ page }) => {
  await openNetwork(page, '/network?sample=mm1-80');
  await page.getByTitle('Networks').click();
  await page.getByRole('menuitem', { name: 'New', exact: true }).click();
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  await expect(run(page)).toBeDisabled();
  for (const [kind, x, y] of [
    ['Client', 200, 300],
    ['Load balancer', 420, 300],
    ['Server', 700, 200],
    ['Server', 700, 400],
  ] as const) {
    await page.getByRole('button', { name: `+ ${kind}` }).click();
    const added = page.locator('[data-node][aria-pressed="true"]');
    await expect(added).toBeVisible();
    await drag(page, await middle(page, '[data-node][aria-pressed="true"]'), { x, y });
  }
  await expect(page.getByText('needs exactly one link out')).toBeVisible();
  const port = (id: string) => middle(page, `[data-port="${id}"]`);
  const box = (id: string) => middle(page, `[data-node="${id}"]`);
  await drag(page, await port('client-1'), await box('load-balancer-1'));
  await drag(page, await port('load-balancer-1'), await box('server-1'));
  await drag(page, await port('load-balancer-1'), await box('server-2'));
  await expect(links(page)).toHaveCount(3);

  await node(page, 'Load balancer 1').click();
  for (const policy of ['Least connections', 'Power of d choices', 'Round robin']) {
    await page.getByLabel('Policy', { exact: true }).selectOption({ label: policy });
    await expect(node(page, 'Load balancer 1')).toContainText(policy);
  }
  await runToEnd(page);
  // 100 requests a second over two servers with 10 ms each.
  await page.getByRole('tab', { name: /Nodes/ }).click();
  const table = page.getByRole('table', { name: 'Nodes of the network' });
  await expect(table.getByRole('row', { name: /^Server 1/ })).toContainText(/(4[5-9]|5[0-5])\.\d\s%/);
  await expect(page.locator('[data-save-state="saved"]')).toBeVisible();
  await page.reload();
  await expect(links(page)).toHaveCount(3);
  await expect(node(page, 'Server 2')).toBeVisible();
  await expect(page.locator('[data-save-state="saved"]')).toBeVisible();
});

test('by keyboard alone: add, link, move, remove, undo, run, kill', async ({ page }) => {
  await openNetwork(page, '/network?sample=mm1-80');
  await expect(links(page)).toHaveCount(1);
  await page.keyboard.press('Alt+3');
  const added = page.locator('[data-node="server-1"]');
  await expect(added).toBeVisible();
  await page.locator('[data-node="clients"]').focus();
  await page.keyboard.press('c');
  await expect(page.getByText('choose the node where it ends')).toBeVisible();
  await added.focus();
  await page.keyboard.press('Enter');
  // A client has one link out: the new one has taken the place of the old one.
  await expect(page.locator('[data-link="clients-server-1"]')).toBeAttached();
  await expect(links(page)).toHaveCount(1);
  const before = await added.evaluate((element) => (element as HTMLElement).style.left);
  await page.keyboard.press('ArrowRight');
  await expect(added).not.toHaveCSS('left', before);
  await page.locator('[data-node="server"]').focus();
  await page.keyboard.press('Delete');
  await expect(page.locator('[data-node]')).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await expect(page.locator('[data-node]')).toHaveCount(3);
  await page.keyboard.press('Control+Shift+Z');
  await expect(page.locator('[data-node]')).toHaveCount(2);
  await page.keyboard.press('F5');
  await expect(state(page)).toHaveAttribute('data-state', 'running');
  await added.focus();
  await page.keyboard.press('k');
  await expect(added).toContainText('dead');
  await page.keyboard.press('k');
  await expect(added).not.toContainText('dead');
});

for (const [sample, law, expected] of [
  ['mm1-80', 'M/M/1', 'theory 50 ms'],
  ['mmc', 'M/M/c', 'theory'],
] as const)
  test(`${law}: what the law says and what came out agree`, async ({ page }) => {
    await openNetwork(page, `/network?sample=${sample}`);
    await runToEnd(page);
    const chip = page.locator('.law').filter({ hasText: `time in system, ${law}` });
    await expect(chip).toContainText(expected);
    await expect(chip).toContainText('agrees');
  });

test('a server that is killed while it runs is felt, and can be revived', async ({ page }) => {
  await openNetwork(page, '/network?sample=least-connections');
  await page.getByRole('slider', { name: 'Speed' }).fill('0.5');
  await run(page).click();
  await expect.poll(async () => Number(await state(page).getAttribute('data-seconds'))).toBeGreaterThan(2);
  const server = page.locator('[data-node]:has(.bar)').first();
  await server.click();
  await page.getByRole('button', { name: 'Kill' }).click();
  await expect(server).toContainText('dead');
  await expect(page.getByText('Something was done to the running system')).toBeVisible();
  await expect(page.locator('.laws')).toContainText(/[1-9]\d* failed|[1-9]\d*\s+failed/);
  await page.getByRole('button', { name: 'Revive' }).click();
  await expect(server).not.toContainText('dead');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(state(page)).toHaveAttribute('data-state', 'paused');
  await expect(page.locator('.laws')).not.toContainText('DOES NOT HOLD');
});

test('a rate is changed while the system runs, and the run goes on', async ({ page }) => {
  await openNetwork(page, '/network?sample=mm1-80');
  await page.getByRole('slider', { name: 'Speed' }).fill('0.5');
  await run(page).click();
  await expect.poll(async () => Number(await state(page).getAttribute('data-seconds'))).toBeGreaterThan(1);
  await node(page, 'Clients').click();
  await page.getByLabel('Rate', { exact: true }).fill('10');
  await page.keyboard.press('Enter');
  const at = Number(await state(page).getAttribute('data-seconds'));
  await expect.poll(async () => Number(await state(page).getAttribute('data-seconds'))).toBeGreaterThan(at);
  expect(at).toBeGreaterThan(1);
  await page.getByLabel('Rate', { exact: true }).fill('-5');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('must be a number from 0');
});

test('export, import and links bring a network back; a link never runs by itself', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openNetwork(page, '/network?sample=power-of-two');
  const names = await page.locator('[data-node] b').allTextContents();
  await page.getByTitle('Networks').click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export' }).click();
  const path = await (await download).path();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1 });
  await page.getByLabel('Import files').setInputFiles({
    name: 'again.json',
    mimeType: 'application/json',
    buffer: readFileSync(path),
  });
  await expect(page.locator('[data-save-state="saved"]')).toBeVisible();
  expect(await page.locator('[data-node] b').allTextContents()).toEqual(names);
  await page.getByLabel('Import files').setInputFiles({
    name: 'bad.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{\n  "version": 1,\n  "nodes": [],\n  "links": [],\n  "seed": "x"\n}'),
  });
  await expect(page.getByText('bad.json was not imported: line 5').last()).toBeVisible();
  await page.getByRole('button', { name: 'Share as a link' }).click();
  await expect(page.getByText(/A link of \d+ characters/).first()).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await openNetwork(other, link);
  await expect(other.locator('[data-node]')).toHaveCount(names.length);
  await expect(other.locator('[data-save-state="unsaved"]')).toBeVisible();
  await expect(other.locator('[data-state]')).toHaveAttribute('data-state', 'ready');
});
