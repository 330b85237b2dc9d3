/** The editor's language service, several files, and one selection through all views, in the built page. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openBench, settled, type } from './bench';

const PROGRAM = `#include <stdio.h>

struct point { unsigned char x; int y; };

int twice(int value) {
  return value + value;
}

int main(void) {
  struct point p;
  p.x = 7;
  p.y = twice(p.x);
  printf("%d\\n", p.y);
  return 0;
}
`;

/** Puts the caret behind `text`, on its line counted from 1. */
async function caretAfter(page: Page, line: number, text: string): Promise<void> {
  await page.keyboard.press('Alt+0');
  await page.keyboard.press('Control+Home');
  for (let n = 1; n < line; n++) await page.keyboard.press('ArrowDown');
  const column = (PROGRAM.split('\n')[line - 1] ?? '').indexOf(text) + text.length;
  for (let n = 0; n < column; n++) await page.keyboard.press('ArrowRight');
}

async function open(page: Page): Promise<void> {
  await openBench(page, '/?sample=hello');
  await type(page, PROGRAM);
  await expect(page.locator('.view-lines').first()).toContainText('struct point p');
  await expect(page.getByLabel('Function in this view').first()).toContainText('twice');
  await settled(page);
}

test('hover, completion, definition, references and rename come from the compiler', async ({ page }) => {
  await open(page);
  // Hover by the keyboard: type and range of values.
  await caretAfter(page, 11, 'p.x');
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+i');
  await expect(page.locator('.monaco-hover:not(.hidden)')).toContainText('unsigned char x');
  await expect(page.locator('.monaco-hover:not(.hidden)')).toContainText('from 0 to 255');
  await page.keyboard.press('Escape');
  // Completion of members, behind the dot that was typed just now.
  await page.keyboard.press('End');
  await page.keyboard.type(' p.');
  await expect(page.locator('.suggest-widget')).toContainText('int y');
  await page.keyboard.press('Escape');
  for (let n = 0; n < 3; n++) await page.keyboard.press('Backspace');
  // Definition.
  await caretAfter(page, 12, 'twi');
  await page.keyboard.press('F12');
  await expect(page.locator('.line-numbers.active-line-number')).toHaveText('5');
  await page.keyboard.type('XYZ');
  await expect(page.locator('.view-lines').first()).toContainText('int XYZtwice');
  for (let n = 0; n < 3; n++) await page.keyboard.press('Backspace');
  // Rename everywhere.
  await page.keyboard.press('F2');
  const box = page.locator('.rename-box input');
  await expect(box).toHaveValue('twice');
  await expect(box).toBeFocused();
  await box.fill('doubled');
  await box.press('Enter');
  await expect(page.locator('.view-lines').first()).toContainText('p.y = doubled(p.x)');
  await expect(page.locator('.view-lines').first()).toContainText('int doubled(int value)');
  await page.keyboard.press('Control+z');
  await expect(page.locator('.view-lines').first()).toContainText('p.y = twice(p.x)');
});

test('a diagnostic comes while typing, with a quick fix', async ({ page }) => {
  await open(page);
  await caretAfter(page, 11, 'p.x = 7;');
  await page.keyboard.press('Backspace');
  await expect(page.locator('.squiggly-error').first()).toBeVisible();
  await page.keyboard.press('Control+.');
  await page.getByRole('option', { name: /;/ }).first().click();
  await expect(page.locator('.squiggly-error')).toHaveCount(0);
  await settled(page);
});

test('several files: a header, a second source, assembly; they compile together and are found again', async ({
  page,
}) => {
  await openBench(page, '/?sample=hello');
  await type(page, '#include "area.h"\nint main(void) { return area(6, 7) + three(); }\n');
  const add = async (name: string, text: string) => {
    await page.getByRole('button', { name: 'Files', exact: true }).click();
    await page.getByRole('menuitem', { name: 'New file…' }).click();
    await page.getByRole('dialog', { name: 'New file' }).getByLabel('Name').fill(name);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
    await type(page, text);
  };
  await add('area.h', 'int area(int width, int height);\nint three(void);\n');
  await add('area.c', '#include "area.h"\nint area(int width, int height) { return width * height; }\n');
  await add('three.s', '    .section .text.three\n    .global three\nthree:\n    ldiw w0, 3\n    ret\n');
  await settled(page);
  // Instructions are explained from the table.
  await page.keyboard.press('Control+Home');
  for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowDown');
  for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+i');
  await expect(page.locator('.monaco-hover:not(.hidden)')).toContainText('cycle');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F5');
  await expect(page.getByTestId('stop')).toHaveText('the program ended with exit code 45');
  await expect(page.locator('[data-save-state="saved"]')).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('tablist', { name: 'Files of the program' }).getByRole('tab')).toHaveCount(4);
  await page.getByRole('tab', { name: 'area.c' }).click();
  await expect(page.locator('.view-lines').first()).toContainText('width * height');
  // A label is completed from its dot on.
  await page.getByRole('tab', { name: 'three.s' }).click();
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('.loop:\n    ret\n    jmp .lo');
  await page.keyboard.press('Control+Space');
  await expect(page.locator('.suggest-widget .monaco-list-row').first()).toContainText('.loop');
  await page.keyboard.press('Enter');
  await expect(page.locator('.view-lines').first()).toContainText(/jmp\s\.loop/);
  await page.getByRole('tab', { name: 'area.c' }).click();
  // An error in a file marks its tab.
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('int x = ;');
  await expect(page.getByRole('tab', { name: 'area.c, has errors' })).toBeVisible();
});

test('the selection follows the caret into drawings, and a drawing lights the source', async ({ page }) => {
  await openBench(page, '/?sample=structs&views=semantics.layouts,linker.addresses');
  await expect(page.getByRole('group', { name: 'Layouts of structs and unions' })).toContainText('struct rect');
  await page
    .getByRole('group', { name: 'Layouts of structs and unions' })
    .getByRole('button', { name: 'unsigned char colour' })
    .click();
  await expect(page.locator('.lit-span').first()).toBeVisible();
  for (const [station, aspect, picture] of [
    ['parser', 'ast', 'Tree;'],
    ['ir', '', 'Control-flow graph'],
    ['code', 'ranges', 'Live ranges of'],
  ] as const) {
    await page.locator(`[data-phase="${station}"]`).click();
    if (aspect) await page.locator(`[data-aspect="${aspect}"]`).first().click();
    const button = page.getByRole('button', { name: /^(Drawn|Graph)$/ }).first();
    if ((await button.getAttribute('aria-pressed')) === 'false') await button.click();
    await expect(page.getByRole('group', { name: picture, exact: false })).toBeVisible();
  }
  await expect(page).toHaveURL(/views=code\.ranges/);
});

test('what can be selected in a drawing is reached by keyboard, and seen to be', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await openBench(page, '/?sample=structs&views=parser.ast,linker');
  // The live region tells each step.
  const said = page.locator('[aria-live="polite"]').filter({ hasText: /./ });
  for (const [station, aspect, picture, keys] of [
    ['parser', 'ast', 'Tree;', ['Home', 'ArrowRight', 'ArrowDown']],
    ['ir', '', 'Control-flow graph', ['Home', 'ArrowDown', 'ArrowDown']],
    ['code', 'ranges', 'Live ranges of', ['End', 'ArrowUp']],
  ] as const) {
    await page.locator(`[data-phase="${station}"]`).click();
    if (aspect) await page.locator(`[data-aspect="${aspect}"]`).first().click();
    const button = page.getByRole('button', { name: /^(Drawn|Graph)$/ }).first();
    if ((await button.getAttribute('aria-pressed')) === 'false') await button.click();
    const drawing = page.getByRole('group', { name: picture });
    await drawing.focus();
    for (const key of keys) await page.keyboard.press(key);
    await expect(drawing.locator('.active')).toHaveCount(1);
    await expect(drawing.locator('.lit').first()).toBeVisible();
    await expect(drawing.locator('.active')).not.toHaveCSS('stroke', 'none');
    const text = await drawing.locator('g:has(> .active) > text').textContent();
    await expect(said.filter({ hasText: text!.trim().slice(0, 12) }).first()).toBeAttached();
  }
  await page.getByLabel('Phase in this view').nth(1).selectOption({ label: 'Linker' });
  await page.getByRole('radio', { name: 'Memory map' }).click();
  const map = page.getByRole('group', { name: 'Memory map' });
  const parts = map.getByRole('group', { name: 'Parts of text' }).getByRole('button');
  await parts.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(parts.nth(1)).toBeFocused();
  await expect(parts.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await expect(map.locator('button[tabindex="0"]')).toHaveCount(
    await map.getByRole('group', { name: /^Parts of/ }).count(),
  );
  const axe = await new AxeBuilder({ page }).include('.memory').analyze();
  expect(axe.violations.map(({ id }) => id)).toEqual([]);
});
