/** How much script a page needs before its first paint: what its HTML asks for, gzipped as a host would send it. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const SITE = '.build/site';
const LIMIT_BYTES = 60 * 1024;

for (const page of ['index', 'storage', 'network', 'bits', 'learn', 'docs'])
  test(`${page}: the script before the first paint is under 60 KiB`, async () => {
    const html = readFileSync(`${SITE}/${page}.html`, 'utf8');
    const scripts = new Set(html.match(/_app\/[\w./-]+\.js/g));
    expect(scripts.size).toBeGreaterThan(3);
    let bytes = 0;
    for (const script of scripts) bytes += gzipSync(readFileSync(`${SITE}/${script}`), { level: 9 }).length;
    test.info().annotations.push({ type: 'script', description: `${(bytes / 1024).toFixed(1)} KiB` });
    expect(bytes).toBeLessThan(LIMIT_BYTES);
  });

test('the workbench shows the source without waiting for the editor, and says when it cannot come', async ({
  page,
}) => {
  const manifest = JSON.parse(readFileSync('.svelte-kit/output/client/.vite/manifest.json', 'utf8')) as Record<
    string,
    { readonly file: string }
  >;
  const editor = manifest['node_modules/monaco-editor/esm/vs/editor.js']?.file;
  expect(editor).toBeTruthy();
  await page.route(`**/${editor}`, (route) => route.abort());
  await page.goto('/?sample=hello');
  await expect(page.locator('pre.plain')).toContainText('int main(void)');
  await expect(page.getByText('The editor could not be loaded').last()).toBeVisible();
});
