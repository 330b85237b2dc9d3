import { expect, type Page, test } from '@playwright/test';
import { LESSONS } from '../../src/lib/learn/lessons';
import { type } from './bench';

const verdict = (page: Page) => page.getByTestId('verdict');
const check = (page: Page) => page.getByRole('button', { name: 'Run and check' });

test('a lesson is failed, understood, done, and found done', async ({ page }) => {
  const [first] = LESSONS;
  await page.goto('/learn');
  await expect(page.locator('.monaco-editor').first()).toBeVisible();
  await check(page).click();
  await expect(verdict(page)).toContainText('Wanted: "5050"');
  await expect(page.getByTestId('lesson-output')).toHaveText('6\n');
  await type(page, 'int main(void) { return missing; }\n');
  await check(page).click();
  await expect(verdict(page)).toContainText('Line 1:');
  await type(page, first?.solution ?? '');
  await check(page).click();
  await expect(verdict(page)).toHaveText('Done.');
  await page.getByRole('button', { name: /^Next:/ }).click();
  await expect(page).toHaveURL(/lesson=bytes/);
  await page.reload();
  await expect(page.getByRole('navigation', { name: 'Lessons' }).getByText('done', { exact: true })).toHaveCount(1);
});

test('a lesson about time is judged by what the machine took', async ({ page }) => {
  const lesson = LESSONS.find((entry) => entry.id === 'disk');
  await page.goto('/learn?lesson=disk');
  await expect(page.locator('.monaco-editor').first()).toBeVisible();
  await check(page).click();
  await expect(verdict(page)).toContainText(/It took [\d.]+\sms/);
  await type(page, lesson?.solution ?? '');
  await check(page).click();
  await expect(verdict(page)).toHaveText('Done.');
});

test('a program without an end is stopped and named', async ({ page }) => {
  await page.goto('/learn?lesson=bytes');
  await expect(page.locator('.monaco-editor').first()).toBeVisible();
  await check(page).click();
  await expect(verdict(page)).toContainText('does not come to an end', { timeout: 60_000 });
});
