/** Everything that can be done in the sandbox, as rows. */
import { NODE_KINDS, type NodeKind } from '../../../core/documents/node-kinds';
import type { Command } from '../../shell/command';
import type { NetworkLab } from '../../state/network-lab.svelte';
import { settings, THEMES } from '../../state/settings.svelte';

export interface SandboxActions {
  readonly lab: NetworkLab;
  readonly add: (kind: NodeKind) => void;
  readonly fit: () => void;
  readonly dialog: (name: 'gallery' | 'help' | 'palette' | 'rename') => void;
  readonly pickFile: () => void;
}

export function sandboxCommands({ lab, add, fit, dialog, pickFile }: SandboxActions): Command[] {
  const selectedServer = () => lab.scenario.nodes.find((node) => node.id === lab.selected && node.kind === 'server');
  return [
    { id: 'run', label: 'Run or pause', group: 'Run', shortcut: 'F5', run: () => lab.run() },
    { id: 'restart', label: 'Back to the start', group: 'Run', shortcut: 'Shift+F5', run: () => lab.restart() },
    {
      id: 'kill',
      label: 'Kill or revive the selected server',
      group: 'Run',
      shortcut: 'K',
      run: () => {
        const server = selectedServer();
        if (server) lab.toggleAlive(server.id);
      },
    },
    ...(Object.keys(NODE_KINDS) as NodeKind[]).map((kind, index): Command => ({
      id: `add-${kind}`,
      label: `Add a ${NODE_KINDS[kind].title.toLowerCase()}`,
      group: 'Edit',
      shortcut: `Alt+${index + 1}`,
      run: () => add(kind),
    })),
    {
      id: 'remove',
      label: 'Remove what is selected',
      group: 'Edit',
      shortcut: 'Delete',
      run: () => lab.removeSelected(),
    },
    { id: 'undo', label: 'Undo', group: 'Edit', shortcut: 'Ctrl+Z', run: () => lab.undo() },
    { id: 'redo', label: 'Redo', group: 'Edit', shortcut: 'Ctrl+Shift+Z', run: () => lab.redo() },
    { id: 'fit', label: 'Fit the network into the view', group: 'View', shortcut: 'F', run: fit },
    ...THEMES.map((theme): Command => ({
      id: `theme-${theme}`,
      label: `Theme: ${theme}`,
      group: 'View',
      run: () => settings.setTheme(theme),
    })),
    {
      id: 'gallery',
      label: 'Open a network or sample',
      group: 'Network',
      shortcut: 'Ctrl+O',
      run: () => dialog('gallery'),
    },
    { id: 'new', label: 'New network', group: 'Network', run: () => void lab.create() },
    { id: 'rename', label: 'Rename the network', group: 'Network', run: () => dialog('rename') },
    { id: 'duplicate', label: 'Duplicate the network', group: 'Network', run: () => void lab.shelf.duplicate() },
    { id: 'export', label: 'Export to a file', group: 'Network', run: () => lab.exportFile() },
    { id: 'import', label: 'Import a file', group: 'Network', run: pickFile },
    { id: 'share', label: 'Share as a link', group: 'Network', run: () => void lab.share() },
    { id: 'delete', label: 'Delete the network', group: 'Network', run: () => void lab.removeCurrent() },
    { id: 'palette', label: 'All commands', group: 'View', shortcut: 'Ctrl+Shift+P', run: () => dialog('palette') },
    { id: 'help', label: 'Keyboard and help', group: 'View', shortcut: '?', run: () => dialog('help') },
  ];
}
