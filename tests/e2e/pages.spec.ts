import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

const SIZES = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 900, height: 1100 },
  phone: { width: 390, height: 844 },
};
const THEMES = ['light', 'dark', 'contrast'] as const;

for (const route of ['/', '/storage', '/network', '/bits', '/docs'])
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
        await page.waitForTimeout(1500);
        if (route === '/') await expect(page.locator('.monaco-editor').first()).toBeVisible();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(' | ')}`)).toEqual(
          [],
        );
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
        expect(errors).toEqual([]);
      });
    }

test('on a phone every part of the bench is a tab, and each is free of violations', async ({ page }) => {
  await page.setViewportSize(SIZES.phone);
  await page.goto('/?sample=hello');
  for (const part of ['Phases', 'Machine', 'Time', 'Console', 'Source']) {
    await page.getByRole('tab', { name: part, exact: true }).first().click();
    await page.waitForTimeout(700);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map((v) => `${part} ${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(' | ')}`),
    ).toEqual([]);
  }
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
    await page.waitForTimeout(300);
    const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
    expect(violations.map((v) => `${v.id}: ${v.nodes[0]?.target.join(' ')}`)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});
