/** What the specs of the workbench share. */
import { expect, type Page, type Worker } from '@playwright/test';

/** Not a sample; prints and returns what a person can work out by hand. */
export const PROGRAM = `#include <stdio.h>

int squares(int n) {
  int total = 0;
  for (unsigned char i = 1; i <= n; i++) {
    total = total + i * i;
  }
  return total;
}

int main(void) {
  printf("sum of squares %d\\n", squares(9));
  return 5;
}
`;

export async function openBench(page: Page, path = '/'): Promise<void> {
  await page.goto(path);
  await expect(page.locator('.monaco-editor').first()).toBeVisible({ timeout: 40_000 });
  await settled(page);
}

/** The compile on the screen is that of the text, it has no errors, and the machine holds it. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('[data-settled="true"]')).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
}

/** Replaces the text in the editor as a person would paste it. */
export async function type(page: Page, text: string): Promise<void> {
  await page
    .locator('.monaco-editor .view-lines')
    .first()
    .click({ position: { x: 40, y: 8 } });
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.evaluate((value) => {
    const target = document.activeElement;
    const data = new DataTransfer();
    data.setData('text/plain', value);
    target?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

/** Ends the worker that runs the machine, as a lack of memory does. */
export async function killMachine(page: Page): Promise<void> {
  // The oldest: another waits in reserve.
  const worker = page.workers().find((one) => one.url().includes('machine')) as Worker;
  await worker.evaluate(
    () =>
      void setTimeout(() => {
        throw new Error('killed');
      }),
  );
}

export const phaseCounts = (page: Page) => page.locator('[data-phase] .count').allTextContents();

export async function registers(page: Page): Promise<string[]> {
  const all = await page.locator('[data-register]').allTextContents();
  return all.map((text) => text.replace(/\s*changed/g, '').trim());
}
