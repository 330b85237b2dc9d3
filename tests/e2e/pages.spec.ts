import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { settled, type } from './bench';

const SIZES = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 900, height: 1100 },
  phone: { width: 390, height: 844 },
};
/** What is there once a page has loaded all that it loads by itself. */
const READY: Record<string, (page: Page) => Promise<void>> = {
  '/': async (page) => {
    await expect(page.locator('.monaco-editor').first()).toBeVisible();
    await settled(page);
  },
  '/network': (page) => expect(page.locator('[data-state="ready"]')).toBeVisible(),
  '/learn': (page) => expect(page.locator('.monaco-editor').first()).toBeVisible(),
  '/docs': (page) => expect(page.getByText('<stdio.h>').first()).toBeVisible(),
};

/** The rules that are broken, each with the elements that break it. */
async function violations(page: Page, within?: string): Promise<string[]> {
  await page.evaluate(() => document.fonts.ready);
  const axe = new AxeBuilder({ page });
  const found = await (within === undefined ? axe : axe.include(within)).analyze();
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

const THEMES = ['light', 'dark', 'contrast'] as const;

for (const route of ['/', '/storage', '/network', '/bits', '/learn', '/docs'])
  for (const [size, viewport] of Object.entries(SIZES))
    for (const theme of THEMES) {
      // The tablet has the same parts as the desktop, and the contrast theme the same markup: one pass over each is enough.
      if ((size === 'tablet' && theme !== 'light') || (theme === 'contrast' && size !== 'desktop')) continue;
      test(`${route} on a ${size}, ${theme}: no errors, no axe violations, nothing wider than the screen`, async ({
        page,
      }) => {
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(error.message));
        page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
        await page.setViewportSize(viewport);
        await page.addInitScript((value) => localStorage.setItem('orrery.theme', value), theme);
        await page.goto(route);
        await expect(page.locator('main')).toBeVisible();
        await READY[route]?.(page);
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
        expect(errors).toEqual([]);
      });
    }

test('on a phone every part of the bench is a tab, and each is free of violations', async ({ page }) => {
  await page.setViewportSize(SIZES.phone);
  await page.goto('/?sample=hello');
  await settled(page);
  for (const part of ['Phases', 'Machine', 'Time', 'Console', 'Source']) {
    const tab = page
      .getByRole('tablist', { name: 'Parts of the workbench' })
      .getByRole('tab', { name: part, exact: true });
    await tab.click();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
    if (part === 'Source') await expect(page.locator('.monaco-editor').first()).toBeVisible();
    expect(await violations(page), part).toEqual([]);
  }
});

test('on a phone a long name gives way to what stands beside it', async ({ page }) => {
  await page.setViewportSize(SIZES.phone);
  await page.goto('/?sample=cores-false-sharing');
  await settled(page);
  const right = (await page.locator('[data-save-state]').boundingBox())!;
  const next = (await page.locator('header .right').boundingBox())!;
  expect(right.x + right.width).toBeLessThanOrEqual(next.x);
});

test('dialogs are free of violations', async ({ page }) => {
  await page.goto('/?sample=hello');
  await expect(page.locator('.monaco-editor').first()).toBeVisible();
  for (const [key, name] of [
    ['Control+o', 'Programs'],
    ['Control+Shift+P', 'All commands'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog', { name })).toBeVisible();
    expect(await violations(page, 'dialog')).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});

test('a row that is wider than its place says on which side it goes on', async ({ page }) => {
  await page.setViewportSize(SIZES.desktop);
  await page.goto('/?sample=hello');
  await settled(page);
  const row = page.getByRole('radiogroup', { name: 'What to see of it' }).last();
  await expect(row).toHaveAttribute('data-more', 'right');
  // A wheel that turns only up and down reaches what is hidden.
  await row.hover();
  await page.mouse.wheel(0, 2000);
  await expect(row).toHaveAttribute('data-more', 'left');
  await expect(row.getByRole('radio').last()).toBeInViewport({ ratio: 1 });
});

/** What a box hides at its right, in pixels. */
const hidden = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((node) => node.scrollWidth - node.clientWidth);

test('the sweep of the storage lab fits beside the latencies, and all devices stand on the same lines', async ({
  page,
}) => {
  await page.setViewportSize(SIZES.desktop);
  await page.goto('/storage');
  const table = page.getByRole('table', { name: /by queue depth/ });
  await expect(table.getByRole('row')).toHaveCount(11, { timeout: 60_000 });
  expect(await hidden(page, '.scroll:has(> table)')).toBeLessThanOrEqual(0);
  const tops = await page
    .locator('article progress')
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  expect(tops.length).toBeGreaterThan(1);
  expect(new Set(tops).size).toBe(1);
});

test('on a phone the picture of time is as wide as the screen, not wider', async ({ page }) => {
  await page.setViewportSize(SIZES.phone);
  await page.goto('/?sample=cores-sum');
  await settled(page);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await page.getByRole('tab', { name: 'Time', exact: true }).click();
  for (const name of ['Time', 'The ladder']) {
    const box = (await page.getByRole('region', { name, exact: true }).boundingBox())!;
    expect(box.x + box.width, name).toBeLessThanOrEqual(SIZES.phone.width);
  }
});

test('the memory map and the layouts show all of what they draw in half a middle', async ({ page }) => {
  await page.setViewportSize(SIZES.desktop);
  await page.goto('/?sample=structs');
  await settled(page);
  const phases = page.getByLabel('Phase in this view');
  await phases.nth(0).selectOption({ label: 'Semantics' });
  await page.getByRole('radio', { name: 'Layouts' }).click();
  await phases.nth(1).selectOption({ label: 'Linker' });
  await expect(page.getByRole('button', { name: 'unsigned char colour' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Memory map' })).toBeVisible();
  for (const box of ['.memory.scroll', '.layouts.scroll']) expect(await hidden(page, box), box).toBeLessThanOrEqual(0);
  const name = page.getByRole('button', { name: 'unsigned char colour' });
  expect(await name.evaluate((node) => node.getBoundingClientRect().right)).toBeLessThanOrEqual(
    await name.evaluate((node) => node.closest('th')!.getBoundingClientRect().right),
  );
});

test('without an image the disassembly says why it is empty', async ({ page }) => {
  await page.setViewportSize(SIZES.desktop);
  await page.goto('/?sample=hello');
  await settled(page);
  await type(page, 'int main(void) { return }');
  await expect(page.getByText('Nothing is loaded: the program does not compile.')).toBeVisible();
});
