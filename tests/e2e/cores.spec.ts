/** Several cores in the workbench: the choice of core by mouse and keyboard, the pane with their traffic, and nothing of it with one core. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect as plainExpect, test } from '@playwright/test';
import { openBench, settled } from './bench';

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

test('one core: no choice and no pane', async ({ page }) => {
  await openBench(page, '/?sample=hello');
  await settled(page);
  await expect(page.getByRole('tab', { name: 'Disassembly' })).toBeVisible();
  await expect(page.getByRole('tab', { name: /^Cores/ })).toHaveCount(0);
  await expect(page.getByRole('radiogroup', { name: 'Core that is looked at' })).toHaveCount(0);
});
