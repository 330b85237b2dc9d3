/** Several cores in the workbench: the choice of core by mouse and keyboard, the pane with their traffic, and nothing of it with one core. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect as plainExpect, test } from '@playwright/test';
import { killMachine, openBench, settled, type } from './bench';

/** The test machine is shared: a frame may take its time. */
const expect = plainExpect.configure({ timeout: 15_000 });

for (const colorScheme of ['light', 'dark'] as const)
  test(`false sharing is seen and named, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openBench(page, '/?sample=cores-false-sharing');
    await settled(page);
    await page.keyboard.press('F5');
    await expect(
      page.getByText('side by side takes at least a quarter longer: yes', { exact: false }).last(),
    ).toBeVisible();
    await page.getByRole('tab', { name: /^Cores/ }).click();
    const pane = page.getByRole('group', { name: 'Cores' });
    await expect(pane.getByRole('row', { name: /side_by_side/ })).toContainText('100 %');
    await expect(pane.getByRole('row', { name: /^Core 1/ })).toContainText('at rest');
    const chosen = page
      .getByRole('radiogroup', { name: 'Core that is looked at' })
      .getByRole('radio', { checked: true });
    await expect(chosen).toHaveValue('0');
    await page.keyboard.press('F6');
    await expect(chosen).toHaveValue('1');
    await chosen.press('ArrowLeft');
    await expect(chosen).toHaveValue('0');
    const found = await new AxeBuilder({ page }).exclude('.monaco-editor').analyze();
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

test('a lost machine of four cores is replaced by one in which all stand where they were', async ({ page }) => {
  await openBench(page, '/?sample=cores-spinlock');
  await type(
    page,
    `#include <cores.h>
static unsigned char stacks[4][96];
static volatile unsigned counts[4];
static void count(void *p) {
  for (;;) {
    counts[core_id()]++;
    counts[core_id()]--;
    counts[core_id()]++;
  }
}
int main(void) {
  for (unsigned char n = 1; n < 4; n++) core_start(n, count, 0, stacks[n], 96);
  count(0);
}
`,
  );
  await expect(page.locator('.view-lines').first()).toContainText('main');
  await settled(page);
  await page.keyboard.press('F5');
  await page.getByRole('tab', { name: /^Cores/ }).click();
  const pane = page.getByRole('group', { name: 'Cores' });
  const row = pane.getByRole('row', { name: /^Core 3/ });
  await expect(row).toContainText('runs');
  await page.keyboard.press('F6');
  // Long enough for a state to be kept.
  await page.waitForTimeout(2500);
  await killMachine(page);
  await expect(page.getByTestId('stop')).toHaveText(/^as it was at cores-spinlock\.c:[678]$/);
  await expect(row).toContainText('runs');
  const done = async () => Number((await row.getByRole('cell').nth(2).textContent())?.replace(/\D/g, ''));
  const before = await done();
  expect(before).toBeGreaterThan(1000);
  const chosen = page.getByRole('radiogroup', { name: 'Core that is looked at' }).getByRole('radio', { checked: true });
  await expect(chosen).toHaveValue('1');
  await page.keyboard.press('F5');
  await expect.poll(done).toBeGreaterThan(before);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByTestId('stop')).toHaveText(/^back at cores-spinlock\.c:[678]$/);
});

test('one core: no choice and no pane', async ({ page }) => {
  await openBench(page, '/?sample=hello');
  await settled(page);
  await expect(page.getByRole('tab', { name: 'Disassembly' })).toBeVisible();
  await expect(page.getByRole('tab', { name: /^Cores/ })).toHaveCount(0);
  await expect(page.getByRole('radiogroup', { name: 'Core that is looked at' })).toHaveCount(0);
});
