/** The page's content-security policy: WebAssembly may be compiled, text may not be evaluated, and programs run under it. */
import { expect, test } from '@playwright/test';

test('a program runs under a policy without unsafe-eval', async ({ page }) => {
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) violations.push(message.text());
  });
  await page.goto('/');
  const policy = await page.locator('meta[http-equiv="content-security-policy"]').getAttribute('content');
  expect(policy).toContain("'wasm-unsafe-eval'");
  expect(policy).not.toContain("'unsafe-eval'");
  await page.getByRole('button', { name: /^Run/ }).first().click();
  await expect(page.getByText(/ended with exit code/).first()).toBeVisible();
  expect(violations).toEqual([]);
});
