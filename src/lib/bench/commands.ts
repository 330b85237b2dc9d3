/** Everything that can be done on the bench, as rows. */
import type { PhaseId } from '../../core/compiler/views';
import type { Command } from '../shell/command';
import { settings, THEMES } from '../state/settings.svelte';
import type { Bench } from './bench.svelte';

const PHASES: readonly (readonly [PhaseId, string])[] = [
  ['lexer', 'Lexer'],
  ['parser', 'Parser'],
  ['semantics', 'Semantics'],
  ['ir', 'IR'],
  ['optimizer', 'Optimiser'],
  ['code', 'Code'],
  ['linker', 'Linker'],
];

export interface BenchActions {
  readonly bench: Bench;
  /** Line of the caret, from 1. */
  readonly caretLine: () => number;
  readonly focusEditor: () => void;
  readonly pickFile: () => void;
}

export function benchCommands({ bench, caretLine, focusEditor, pickFile }: BenchActions): Command[] {
  return [
    { id: 'run', label: 'Run, continue or pause', group: 'Run', shortcut: 'F5', run: () => bench.run() },
    { id: 'restart', label: 'Back to the start', group: 'Run', shortcut: 'Shift+F5', run: () => bench.restart() },
    {
      id: 'run-back',
      label: 'Run back to the last breakpoint',
      group: 'Run',
      shortcut: 'Ctrl+F5',
      run: () => bench.runBack(),
    },
    {
      id: 'to-cursor',
      label: 'Run to the cursor',
      group: 'Run',
      shortcut: 'Ctrl+F10',
      run: () => bench.runTo(caretLine(), 'forward'),
    },
    {
      id: 'back-to-cursor',
      label: 'Back to the cursor',
      group: 'Run',
      shortcut: 'Ctrl+Shift+F10',
      run: () => bench.runTo(caretLine(), 'back'),
    },
    {
      id: 'breakpoint',
      label: 'Breakpoint on this line',
      group: 'Run',
      shortcut: 'F9',
      run: () => bench.toggleBreakpoint(caretLine()),
    },
    { id: 'over', label: 'Step over the line', group: 'Step', shortcut: 'F10', run: () => bench.step('over') },
    { id: 'into', label: 'Step into the line', group: 'Step', shortcut: 'F11', run: () => bench.step('line') },
    {
      id: 'out',
      label: 'Step out of the function',
      group: 'Step',
      shortcut: 'Shift+F11',
      run: () => bench.step('out'),
    },
    {
      id: 'instruction',
      label: 'Step one instruction',
      group: 'Step',
      shortcut: 'F8',
      run: () => bench.step('instruction'),
    },
    {
      id: 'back-over',
      label: 'Back over the line',
      group: 'Step',
      shortcut: 'Shift+F10',
      run: () => bench.step('over', 'back'),
    },
    {
      id: 'back-into',
      label: 'Back one line',
      group: 'Step',
      shortcut: 'Ctrl+F11',
      run: () => bench.step('line', 'back'),
    },
    {
      id: 'back-out',
      label: 'Back out of the function',
      group: 'Step',
      shortcut: 'Ctrl+Shift+F11',
      run: () => bench.step('out', 'back'),
    },
    {
      id: 'back-instruction',
      label: 'Back one instruction',
      group: 'Step',
      shortcut: 'Shift+F8',
      run: () => bench.step('instruction', 'back'),
    },
    {
      id: 'micro',
      label: 'Step one micro-step: fetch, decode, execute, store',
      group: 'Step',
      shortcut: 'F7',
      run: () => bench.step('micro'),
    },
    {
      id: 'back-micro',
      label: 'Back one micro-step',
      group: 'Step',
      shortcut: 'Shift+F7',
      run: () => bench.step('micro', 'back'),
    },
    ...PHASES.map(([phase, title], index): Command => ({
      id: `phase-${phase}`,
      label: `Show ${title}`,
      group: 'View',
      shortcut: `Alt+${index + 1}`,
      run: () => bench.pin(phase),
    })),
    { id: 'editor', label: 'Go to the editor', group: 'View', shortcut: 'Alt+0', run: focusEditor },
    { id: 'problems', label: 'Show the problems', group: 'View', run: () => (bench.lowerTab = 'problems') },
    { id: 'watch', label: 'Show the watches', group: 'View', run: () => (bench.lowerTab = 'watch') },
    {
      id: 'machine',
      label: 'Machine: caches, memory, disks, clock',
      group: 'View',
      run: () => (bench.dialog = 'machine'),
    },
    {
      id: 'next-core',
      label: 'Look at the next core',
      group: 'View',
      shortcut: 'F6',
      run: () => bench.lookAtNextCore(),
    },
    { id: 'sweep', label: 'What if: other cache sizes and ways', group: 'View', run: () => (bench.dialog = 'sweep') },
    {
      id: 'clock',
      label: 'Real time on or off: a second of the machine takes a second',
      group: 'Run',
      run: () => bench.debugging.setClock(bench.debugging.clock === 'real' ? 'fast' : 'real'),
    },
    {
      id: 'human',
      label: 'Human time: one cycle is one second',
      group: 'View',
      run: () => settings.setHumanTime(!settings.humanTime),
    },
    ...THEMES.map((theme): Command => ({
      id: `theme-${theme}`,
      label: `Theme: ${theme}`,
      group: 'View',
      run: () => settings.setTheme(theme),
    })),
    ...(['O0', 'O1', 'O2', 'Os'] as const).map((level): Command => ({
      id: `level-${level}`,
      label: `Compile with -${level}`,
      group: 'Program',
      run: () => bench.setOptions({ level }),
    })),
    {
      id: 'unchecked',
      label: 'Bounds checks on or off',
      group: 'Program',
      run: () => bench.setOptions({ unchecked: !bench.program.options.unchecked }),
    },
    {
      id: 'multiplier',
      label: 'Multiplier on or off',
      group: 'Program',
      run: () => bench.setOptions({ multiplier: !bench.program.options.multiplier }),
    },
    {
      id: 'gallery',
      label: 'Open a program or sample',
      group: 'Program',
      shortcut: 'Ctrl+O',
      run: () => (bench.dialog = 'gallery'),
    },
    { id: 'new', label: 'New program', group: 'Program', run: () => void bench.create() },
    { id: 'rename', label: 'Rename the program', group: 'Program', run: () => (bench.dialog = 'rename') },
    { id: 'duplicate', label: 'Duplicate the program', group: 'Program', run: () => void bench.workspace.duplicate() },
    { id: 'export', label: 'Export to a file', group: 'Program', run: () => bench.exportFile() },
    { id: 'import', label: 'Import a file', group: 'Program', run: pickFile },
    { id: 'share', label: 'Share as a link', group: 'Program', run: () => void bench.share() },
    { id: 'delete', label: 'Delete the program', group: 'Program', run: () => void bench.remove() },
    {
      id: 'palette',
      label: 'All commands',
      group: 'View',
      shortcut: 'Ctrl+Shift+P',
      run: () => (bench.dialog = 'palette'),
    },
    { id: 'help', label: 'Keyboard and help', group: 'View', shortcut: '?', run: () => (bench.dialog = 'help') },
  ];
}
