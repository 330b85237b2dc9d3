/** Pause stops any program: from the click to the state on the screen. ORRERY_PAUSES=12 for a distribution of the times. */
import { expect, test, type Page } from '@playwright/test';
import { openBench, settled, type } from './bench';

const PAUSES = Number(process.env['ORRERY_PAUSES'] ?? 1);
const FOREVER = 'int main(void) {\n  for (;;) step();\n}\n';

interface Kind {
  /** The sample whose machine it is. */
  readonly sample?: string;
  readonly text: string;
  /** How many times slower the page's own thread is made. */
  readonly slower?: number;
  /** Position of the speed slider. */
  readonly speed?: number;
}

const TIGHT = `volatile unsigned n;\nstatic void step(void) { n++; }\n${FOREVER}`;
const KINDS: Readonly<Record<string, Kind>> = {
  'a tight loop': { text: TIGHT },
  'the page at a quarter of its speed': { text: TIGHT, slower: 4 },
  'ten instructions a second': { text: TIGHT, speed: 1 },
  'a cache that misses': {
    text: `static unsigned char a[32768];\nstatic unsigned at;\nstatic void step(void) { a[at & 32767] += 1; at += 4099; }\n${FOREVER}`,
  },
  'disks and a console': {
    text: `#include <disk.h>\n#include <stdio.h>\nstatic unsigned char block[512];\nstatic unsigned n;\nstatic void step(void) { block[n & 511]++; disk_write(n & 1, n & 63, block, 1); printf("%u\\n", n++); }\n${FOREVER}`,
  },
  'four cores': {
    sample: 'cores-spinlock',
    text: `#include <cores.h>\nstatic unsigned char stacks[4][96];\nstatic volatile unsigned n;\nstatic void work(void *p) { for (;;) n++; }\nint main(void) {\n  for (unsigned char i = 1; i < 4; i++) core_start(i, work, 0, stacks[i], 96);\n  work(0);\n}\n`,
  },
  'a condition at every instruction': {
    text: `volatile unsigned n;\nstatic unsigned d[64];\nstatic void step(void) { for (int i = 0; i < 64; i++) d[i] += n; n++; }\n${FOREVER}`,
  },
};

/** Milliseconds from the click until the stop is on the screen. */
const pause = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        const observer = new MutationObserver(() => {
          if (!document.querySelector('[data-testid=stop]')) return;
          observer.disconnect();
          resolve(performance.now() - start);
        });
        observer.observe(document.body, { childList: true, subtree: true });
        document.querySelector<HTMLButtonElement>('button[aria-label="Pause"]')?.click();
      }),
  );

for (const [name, { sample = 'hello', text, slower, speed }] of Object.entries(KINDS))
  test(`Pause stops ${name}`, async ({ page }) => {
    test.setTimeout(60_000 + 3000 * PAUSES);
    await openBench(page, `/?sample=${sample}`);
    await type(page, text);
    await expect(page.locator('.view-lines').first()).toContainText('main');
    await settled(page);
    await expect(page.getByTestId('stop')).toHaveText('at the start');
    if (name.startsWith('a condition')) {
      await page.getByRole('tab', { name: /^Stops/ }).click();
      await page.getByLabel('What to stop at').fill('n');
      await page.getByRole('button', { name: 'Add', exact: true }).last().click();
      await page.getByLabel('Condition of n changes').fill('n < 0');
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: /^Console/ }).click();
    }
    if (speed !== undefined) await page.getByLabel('Speed').fill(String(speed));
    const devtools = await page.context().newCDPSession(page);
    if (slower !== undefined) await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower });
    const times: number[] = [];
    for (let n = 0; n < PAUSES; n++) {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
      await page.waitForTimeout(300 + 97 * (n % 9));
      times.push(await pause(page));
      await expect(page.getByTestId('stop')).toHaveText('paused');
    }
    console.log(`${name}: ${times.map(Math.round).join(', ')} ms`);
  });
