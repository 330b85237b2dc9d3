/** Monaco, loaded when the page is on the screen and not before. One worker, our language, our tokens. */
import type * as Monaco from 'monaco-editor/editor';
import { assemblyGrammar, ASSEMBLY_ID, configuration, grammar, LANGUAGE_ID } from './language';

export type MonacoModule = typeof Monaco;

let loading: Promise<MonacoModule> | undefined;

export function loadMonaco(): Promise<MonacoModule> {
  loading ??= start();
  return loading;
}

async function start(): Promise<MonacoModule> {
  const [monaco, { default: EditorWorker }] = await Promise.all([
    import('monaco-editor/editor'),
    import('monaco-editor/editor/editor.worker?worker'),
    import('monaco-editor/features/register.all'),
  ]);
  self.MonacoEnvironment = { getWorker: () => new EditorWorker() };
  monaco.languages.register({ id: LANGUAGE_ID, extensions: ['.c', '.h'] });
  monaco.languages.setLanguageConfiguration(LANGUAGE_ID, configuration);
  monaco.languages.setMonarchTokensProvider(LANGUAGE_ID, grammar);
  monaco.languages.register({ id: ASSEMBLY_ID, extensions: ['.s'] });
  monaco.languages.setMonarchTokensProvider(ASSEMBLY_ID, assemblyGrammar);
  return monaco;
}

/** Makes Monaco's theme from the tokens of the page, so that a colour is written once. */
export function applyTheme(monaco: MonacoModule, shown: 'light' | 'dark' | 'contrast'): void {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => sixDigits(style.getPropertyValue(name).trim());
  const rule = (name: string, color: string) => ({ token: name, foreground: token(color).slice(1) });
  monaco.editor.defineTheme('orrery', {
    base: shown === 'light' ? 'vs' : shown === 'dark' ? 'vs-dark' : 'hc-black',
    inherit: true,
    rules: [
      rule('', '--ink'),
      rule('keyword', '--syn-keyword'),
      rule('keyword.directive', '--syn-keyword'),
      rule('type', '--syn-type'),
      rule('function', '--syn-function'),
      rule('identifier', '--ink'),
      rule('number', '--syn-number'),
      rule('string', '--syn-string'),
      rule('comment', '--syn-comment'),
      rule('operator', '--ink'),
      rule('delimiter', '--ink'),
    ],
    colors: {
      'editor.background': token('--paper'),
      'editor.foreground': token('--ink'),
      'editorGutter.background': token('--paper'),
      'editorLineNumber.foreground': token('--ink3'),
      'editorLineNumber.activeForeground': token('--ink'),
      'editor.lineHighlightBackground': token('--hover'),
      'editor.lineHighlightBorder': '#00000000',
      'editorIndentGuide.background1': token('--line'),
      'editorIndentGuide.activeBackground1': token('--faint'),
      'editorWidget.background': token('--paper2'),
      'editorHoverWidget.background': token('--paper'),
      'editorHoverWidget.border': token('--control'),
      'editorError.foreground': token('--bad'),
      'editorWarning.foreground': token('--warn'),
      'editorBracketHighlight.foreground1': token('--ink2'),
      'editorBracketHighlight.foreground2': token('--ink2'),
      'editorBracketHighlight.foreground3': token('--ink2'),
      'scrollbar.shadow': '#00000000',
    },
  });
  monaco.editor.setTheme('orrery');
}

/** Monaco takes colours of six digits only. */
function sixDigits(color: string): string {
  return /^#[\da-f]{3}$/i.test(color) ? `#${[...color.slice(1)].map((digit) => digit + digit).join('')}` : color;
}
