import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { settled } from './bench';

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
