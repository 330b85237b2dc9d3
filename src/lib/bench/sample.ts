/** A sample as the editor shows it: its head comment without the lines that speak to the gallery and to the tests, in short lines. */

/** What an editor of a third of a screen shows without scrolling sideways. */
const WIDTH = 64;
const DIRECTIVE = /^\/\/ (?:title|group|expect|input|clock|machine):/;

export function shownSample(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const words = lines
    .slice(0, end)
    .filter((line) => !DIRECTIVE.test(line))
    .flatMap((line) => line.replace(/^\/\/\s?/, '').split(/\s+/))
    .filter(Boolean);
  const rest = lines.slice(end).join('\n').replace(/^\n+/, '');
  if (words.length === 0) return rest;
  const head: string[] = [];
  let line = '//';
  for (const word of words) {
    if (line.length + 1 + word.length > WIDTH) {
      head.push(line);
      line = '//';
    }
    line += ` ${word}`;
  }
  return `${[...head, line].join('\n')}\n${rest}`;
}
