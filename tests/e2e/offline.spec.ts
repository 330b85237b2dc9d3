import { expect, test } from '@playwright/test';
import { openBench } from './bench';

test.use({ serviceWorkers: 'allow' });

test('after one visit everything works without the network', async ({ page, context }) => {
  await openBench(page, '/?sample=hello');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect
    .poll(() => page.evaluate(async () => (await caches.keys()).some((key) => key.startsWith('orrery-'))))
    .toBe(true);
  await page.reload();
  await context.setOffline(true);
  await openBench(page, '/?sample=hello');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByTestId('stop')).toContainText('exit code 0');
  for (const route of ['/docs', '/bits', '/storage', '/network']) {
    await page.goto(route);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});
