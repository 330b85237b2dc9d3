/** Shortcuts as people read them, `Ctrl+Shift+P`, matched against a key event. Ctrl also stands for Command. */
interface KeyLike {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export function shortcutOf(event: KeyLike): string {
  const { key } = event;
  const name = key.length === 1 ? key.toUpperCase() : key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  // `?` is typed with Shift on many keyboards: the character says it all.
  if (event.shiftKey && (key.length > 1 || /[a-z]/i.test(key))) parts.push('Shift');
  return [...parts, name].join('+');
}

/** Single characters belong to whoever is typing. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return !!element?.closest?.('input, textarea, select, [contenteditable], .monaco-editor');
}
