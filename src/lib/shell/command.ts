/** What can be done on a page, as rows: the toolbar, the keyboard, the palette and the help derive from them. */
import { isTyping, shortcutOf } from './keys';

export interface Command {
  readonly id: string;
  readonly label: string;
  /** A heading of the help. */
  readonly group: string;
  readonly shortcut?: string;
  readonly run: () => void;
}

/** Commands that have all the words in their group or label, in the order of the table. */
export function findCommands(commands: readonly Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter((command) =>
    words.every((word) => `${command.group} ${command.label}`.toLowerCase().includes(word)),
  );
}

/** The command that a key asks for; single characters belong to whoever is typing. F1 stands for the palette everywhere. */
export function commandOf(commands: readonly Command[], event: KeyboardEvent): Command | undefined {
  const shortcut = shortcutOf(event);
  if (shortcut === 'F1') return commands.find((entry) => entry.id === 'palette');
  if (shortcut.length === 1 && isTyping(event.target)) return undefined;
  return commands.find((entry) => entry.shortcut === shortcut);
}
