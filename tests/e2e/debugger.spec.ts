/** The debugger and the machine around the core, as a person uses them: mouse and keyboard, in the built page. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect as plainExpect, test, type Page } from '@playwright/test';
import { killMachine, openBench, settled, type } from './bench';

/** The test machine is shared: a frame may take its time. */
const expect = plainExpect.configure({ timeout: 15_000 });

/** ORRERY_KILLS=20 for a distribution of the time that a replacement takes. */
const KILLS = Number(process.env['ORRERY_KILLS'] ?? 2);

const LOOP = `struct point { int x, y; };
struct point at;
int total;
int add(int n) {
  total += n;
  return total;
}
int main(void) {
  for (int i = 1; i <= 9; i++) {
    at.x = add(i);
  }
  return total;
}
`;

async function program(page: Page, text: string): Promise<void> {
  await openBench(page, '/?sample=hello');
  // As it is written: nothing in line, every variable in its place.
  await page.getByLabel('Level of optimisation').selectOption('O0');
  await type(page, text);
  await expect(page.locator('.view-lines').first()).toContainText('main');
  await settled(page);
  await expect(page.getByTestId('stop')).toHaveText('at the start');
}
const tab = (page: Page, name: RegExp) => page.getByRole('tab', { name }).click();
const stop = (page: Page) => page.getByTestId('stop');
const value = (page: Page, expression: string) => page.locator(`[data-watch="${expression}"]`);

async function watch(page: Page, expression: string): Promise<void> {
  await tab(page, /^Watch/);
  await page.getByLabel('Expression to watch').fill(expression);
  await page.keyboard.press('Enter');
}
async function toConsole(page: Page): Promise<void> {
  await tab(page, /^Console/);
}

test('watches, a stop on data, backwards to it, and a rebuild', async ({ page }) => {
  await program(page, LOOP);
  await watch(page, 'total');
  await watch(page, 'at');
  await watch(page, 'at.x * 2 + 1');
  await tab(page, /^Stops/);
  await page.getByLabel('What to stop at').fill('total');
  await page.getByRole('button', { name: 'Add', exact: true }).last().click();
  await page.getByLabel('Condition of total changes').fill('total > 20');
  await page.keyboard.press('Enter');
  await page.keyboard.press('F5');
  await toConsole(page);
  await expect(stop(page)).toHaveText(/^total changed from 15 to 21, total > 20, by hello\.c:5$/);
  await tab(page, /^Watch/);
  await expect(value(page, 'total')).toHaveText('21');
  await expect(value(page, 'at')).toHaveText('{x = 15, y = 0}');
  await expect(value(page, 'at.x * 2 + 1')).toHaveText('31');
  await page.keyboard.press('Control+F5');
  await expect(value(page, 'total')).toHaveText('0');

  // Another build, in which the variable lies elsewhere: the stop is found again.
  await type(page, `long before[20];\n${LOOP}`);
  await settled(page);
  await page.keyboard.press('F5');
  await toConsole(page);
  await expect(stop(page)).toHaveText(/^total changed from 15 to 21, total > 20, by hello\.c:6$/);
});

test('to the cursor and back, micro-steps, and a register changed by hand', async ({ page }) => {
  await program(page, LOOP);
  await page.locator('.view-lines').first().getByText('return total').first().click();
  await page.keyboard.press('Control+F10');
  await expect(stop(page)).toHaveText('at hello.c:6');
  await page.keyboard.press('Control+F10');
  await expect(stop(page)).toHaveText('at hello.c:6');
  await page.keyboard.press('Control+Shift+F10');
  await expect(stop(page)).toHaveText('back at hello.c:6');

  const micro = page.locator('[data-micro]');
  for (const at of ['1', '2', '3', '0']) {
    await page.keyboard.press('F7');
    await expect(micro).toHaveAttribute('data-micro', at);
  }
  await page.getByRole('button', { name: 'Back one micro-step' }).click();
  await expect(micro).toHaveAttribute('data-micro', '3');

  await page.locator('[data-register="r9"]').click();
  await page.getByLabel('New value of r9, hexadecimal').fill('5a');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-register="r9"]')).toHaveText('5a');
});

test('a byte is asked who wrote it and when it changes next, and is changed', async ({ page }) => {
  await program(page, LOOP);
  await watch(page, 'total');
  await page.locator('.view-lines').first().getByText('return total').first().click();
  await page.keyboard.press('Control+F10');
  await expect(value(page, 'total')).toHaveText('1');
  await value(page, 'total').getByRole('button').click();
  const byte = page.getByRole('group', { name: /^Byte / });
  await byte.getByRole('button', { name: 'Who wrote it?' }).click();
  await expect(page.getByTestId('answer')).toContainText(
    /total: last written \d+ instructions? ago by hello\.c:5, 00 to 01/,
  );
  await byte.getByRole('button', { name: 'Next change?' }).click();
  await expect(page.getByTestId('answer')).toContainText(/total: changes in \d+ instructions? at hello\.c:5, 01 to 03/);
  await page.getByRole('button', { name: 'Go there' }).click();
  await expect(value(page, 'total')).toHaveText('1');
  await byte.getByRole('textbox').fill('#100');
  await page.keyboard.press('Enter');
  await expect(value(page, 'total')).toHaveText('100');
});

test('snake is played: the screen is drawn, keys steer, the game can be gone back over', async ({ page }) => {
  await openBench(page, '/?sample=snake');
  await page.keyboard.press('F5');
  const screen = page.getByTestId('screen');
  await expect(screen).toHaveAttribute('aria-label', /Screen, [1-9]\d+ of 4096 pixels lit/);
  await screen.focus();
  // Up, then straight into the wall: far sooner than the way to the right.
  await page.keyboard.press('ArrowUp');
  const row = () =>
    screen.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, 64, 64);
      // The head is yellow.
      for (let i = 0; i < data.length; i += 4)
        if ((data[i] as number) > 200 && (data[i + 1] as number) > 200 && (data[i + 2] as number) < 80)
          return Math.floor(i / 256);
      return -1;
    });
  await expect.poll(row, { timeout: 10_000 }).toBeLessThan(30);
  await expect(stop(page)).toContainText('the program ended', { timeout: 20_000 });
  await page.keyboard.press('Shift+F10');
  await expect(stop(page)).toContainText('back at snake.c');
});

test('switches are read, LEDs shine', async ({ page }) => {
  await program(
    page,
    '#include <machine.h>\nint main(void) {\n  irq_enable(IRQ_SWITCHES);\n  while (switches() == 0) wait();\n  leds(switches());\n  return switches();\n}\n',
  );
  await page.keyboard.press('F5');
  await expect(stop(page)).toHaveText('the program waits for input');
  await tab(page, /^Devices/);
  await page.getByRole('switch', { name: 'Switch 5' }).click();
  await expect(stop(page)).toHaveText('the program ended with exit code 32');
  await expect(page.getByRole('img', { name: 'LEDs, from bit 7: off off on off off off off off' })).toBeVisible();
});

test('another machine changes the figures, an impossible one is refused, and the sweep shows why', async ({ page }) => {
  await openBench(page, '/?sample=matrix');
  await expect(stop(page)).toHaveText('at the start');
  const run = async () => {
    await page.keyboard.press('F5');
    await expect(stop(page)).toContainText('exit code');
    return page.locator('h2', { hasText: 'Machine' }).locator('..').textContent();
  };
  const before = await run();
  await page.getByRole('button', { name: 'Configure' }).click();
  const dialog = page.getByRole('dialog', { name: 'The machine' });
  await dialog.getByLabel('L1D ways').fill('3');
  await page.keyboard.press('Tab');
  await expect(dialog.getByRole('status')).toContainText('must be a power of two (the number of sets)');
  await expect(dialog.getByRole('button', { name: 'Use this machine' })).toBeDisabled();
  await dialog.getByLabel('L1D ways').fill('full');
  await dialog.getByLabel('L1D size').fill('8192');
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Use this machine' }).click();
  await expect(stop(page)).toHaveText('at the start');
  expect(await run()).not.toBe(before);

  await page.getByRole('button', { name: 'What if' }).click();
  const sweep = page.getByRole('dialog', { name: /What if/ });
  await expect(sweep.getByRole('status')).toContainText('accesses to lines of 16 bytes', { timeout: 30_000 });
  const table = sweep.getByRole('table', { name: 'Misses by size and ways' });
  await expect(table.getByRole('row')).toHaveCount(12);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`no violations of accessibility rules with a run, stops, devices and both dialogs, ${colorScheme}`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme });
    await openBench(page, '/?sample=matrix');
    await expect(stop(page)).toHaveText('at the start');
    await page.keyboard.press('F5');
    await expect(stop(page)).toContainText('exit code');
    const violations = async () => {
      const found = await new AxeBuilder({ page }).exclude('.monaco-editor').analyze();
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    };
    await watch(page, 'cells');
    await tab(page, /^Stops/);
    await value(page, 'cells').getByRole('button').click();
    await page.getByRole('button', { name: 'Stop on change' }).click();
    expect(await violations()).toEqual([]);
    await tab(page, /^Devices/);
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Configure' }).click();
    await expect(page.getByRole('dialog', { name: 'The machine' })).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'What if' }).click();
    await expect(page.getByRole('table', { name: 'Misses by size and ways' })).toBeVisible({ timeout: 30_000 });
    expect(await violations()).toEqual([]);
  });

test('a lost machine is replaced by one that stands where it was last seen', async ({ page }) => {
  await program(page, 'int n;\nint main(void) {\n  for (;;) {\n    n++;\n  }\n}\n');
  await page.keyboard.press('F5');
  const times: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    // Long enough for a state to be kept.
    await page.waitForTimeout(2000);
    await killMachine(page);
    await page.waitForFunction((n) => performance.getEntriesByName('machine-replaced').length > n, kill);
    await expect(stop(page)).toHaveText(/^as it was at hello\.c:[34]$/);
    times.push(await page.evaluate(() => performance.getEntriesByName('machine-replaced').at(-1)?.duration ?? 0));
    await page.keyboard.press('F5');
    await expect(stop(page)).toHaveCount(0);
  }
  console.log(`replaced after ${times.map(Math.round).join(', ')} ms`);
  await page.keyboard.press('F6');
});
