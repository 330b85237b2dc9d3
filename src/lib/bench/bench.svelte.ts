/** The workbench: one program, its compile, its machine and one selection, and everything that a person can do with them. */
import type { Image } from '../../core/assembler/image';
import type { CompileOptions, DiagnosticView, PhaseId, ViewSpan } from '../../core/compiler/views';
import { newProgram, type ProgramDocument } from '../../core/documents/program';
import type { MachineChanges } from '../../core/documents/machine';
import type { Direction, StepUnit } from '../../rpc/machine';
import { download } from '../download';
import type { EditorHost } from '../monaco/providers';
import { codeRows, linesAround, withCode, type Selected } from '../lighting';
import { shownSample } from './sample';
import { rowAt } from '../panes/machine/disassembly';
import { lineCosts } from '../panes/editor/cost';
import { decodeShare, encodeShare, MAX_LINK_CHARACTERS, SHARE_KEY } from '../share';
import { announcer } from '../state/announcer.svelte';
import { Compilation } from '../state/compilation.svelte';
import { Debugging } from '../state/debugging.svelte';
import { MachineClient } from '../state/machine.svelte';
import { TrialClient } from '../state/trials.svelte';
import { freshId } from '../state/shelf.svelte';
import { Workspace } from '../state/workspace.svelte';

/** Trials run the program: they wait for a pause in the typing. */
const TRIAL_DELAY_MS = 400;
const NEW_TEXT = '#include <stdio.h>\n\nint main(void) {\n  printf("hello\\n");\n  return 0;\n}\n';
const FIRST_SAMPLE = 'sieve';

export interface Pinned {
  readonly phase: PhaseId;
  /** Aspect of the phase; empty for its first. */
  readonly aspect: string;
  /** Whether the aspect is drawn; by its kind unless told. */
  readonly drawn: boolean | undefined;
  readonly fn: string;
  /** Index of the optimiser's pass; a large number is the last. */
  readonly pass: number;
}

export class Bench {
  readonly workspace = new Workspace();
  readonly compilation = new Compilation();
  readonly machine = new MachineClient();
  readonly debugging = new Debugging(this.workspace, this.machine);

  readonly trials = new TrialClient();

  selected = $state.raw<Selected | undefined>(undefined);
  pinned = $state.raw<readonly [Pinned, Pinned]>([
    { phase: 'optimizer', aspect: '', drawn: undefined, fn: '', pass: 999 },
    { phase: 'code', aspect: '', drawn: undefined, fn: '', pass: 999 },
  ]);
  /** The view that was used last: a station goes there. */
  slot = $state<0 | 1>(0);
  dialog = $state<'gallery' | 'help' | 'palette' | 'rename' | 'machine' | 'sweep' | undefined>(undefined);
  lowerTab = $state<'console' | 'problems' | 'watch'>('console');

  private trialTimer: ReturnType<typeof setTimeout> | undefined;
  private loadedRevision = -1;
  private compiled: Pick<ProgramDocument, 'files' | 'options'> | undefined;

  readonly image = $derived<Image | undefined>(this.compilation.reply?.image);
  readonly program = $derived(this.workspace.program);
  readonly file = $derived(this.program.files[this.workspace.file] ?? { name: '', text: '' });
  readonly diagnostics = $derived(this.compilation.reply?.diagnostics ?? []);
  readonly errors = $derived(this.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length);
  /** The machine holds the program that is on the screen. */
  readonly loaded = $derived(
    this.machine.frame !== undefined && this.machine.frame.revision === this.compilation.reply?.revision,
  );

  /** Everything on the screen was made from the text in the editor, and the machine holds it. */
  readonly settled = $derived(
    this.compilation.reply !== undefined && !this.compilation.busy && (this.loaded || this.image === undefined),
  );

  /** Row of the line table where the machine stands. */
  readonly pcRow = $derived.by(() => {
    const { frame } = this.machine;
    return frame && this.image && this.loaded ? rowAt(this.image, frame.pc) : undefined;
  });
  readonly pcLine = $derived.by(() => {
    const { frame } = this.machine;
    const row = this.pcRow;
    if (!row || !frame || frame.state === 'running' || frame.instructions === 0) return undefined;
    return this.image?.debug.sources[row.file]?.name === this.file.name ? row.line : undefined;
  });
  readonly costs = $derived.by(() => {
    const { frame } = this.machine;
    return frame && this.image && this.loaded ? lineCosts(this.image, this.file.name, frame.profile) : [];
  });
  readonly sourceLine = $derived.by<ViewSpan | undefined>(() => {
    const span = this.selected?.span;
    const text = span && this.compilation.files[span.file]?.text;
    return span && text !== undefined ? linesAround(text, span) : undefined;
  });
  private readonly codeRows = $derived(
    this.image
      ? codeRows(
          this.image,
          this.compilation.files.map((file) => file.name),
        )
      : [],
  );
  /** The selection with the code that it has become: what the machine's panes light. */
  readonly selectedInMachine = $derived(withCode(this.selected, this.codeRows));
  /** Characters of the open file that a selection elsewhere lights; the first is the selected thing, the others its further uses. */
  readonly litInEditor = $derived.by<readonly ViewSpan[]>(() => {
    const { selected } = this;
    if (!selected || selected.origin === 'editor') return [];
    const all = [...(selected.span ? [selected.span] : []), ...(selected.uses ?? [])];
    return all.filter((span) => span.file === this.workspace.file);
  });
  readonly brokenFiles = $derived(
    new Set(this.diagnostics.filter(({ severity }) => severity === 'error').map(({ file }) => file)),
  );
  /** What the editor's language service asks the bench. */
  readonly editorService: Omit<EditorHost, 'files'> = {
    ask: (request) => this.compilation.ask(request),
    diagnostics: () => (this.compilation.files === this.program.files ? this.diagnostics : []),
    valueOf: (name) => this.valueOf(name),
    open: (file) => this.workspace.openFile(file),
  };
  readonly breakpointLines = $derived(
    this.program.breakpoints.flatMap((point) =>
      point.kind === 'line' && point.file === this.file.name ? [point.line] : [],
    ),
  );
  /** Code addresses where the machine stops. */
  readonly breakpointAddresses = $derived.by(() => {
    const states = this.loaded ? (this.machine.frame?.points ?? []) : [];
    return new Set(
      states.flatMap(({ addresses }, index) =>
        this.program.breakpoints[index]?.kind === 'data' ? [] : [...addresses],
      ),
    );
  });

  /** Opens what the address of the page asks for, else the last program, else a first sample. */
  async start(url: URL): Promise<void> {
    await this.workspace.load();
    this.readView(url);
    const shared = new URLSearchParams(url.hash.slice(1)).get(SHARE_KEY);
    if (shared !== null && (await this.openShared(shared))) return;
    const wanted = url.searchParams.get('program');
    const id = wanted !== null && this.workspace.has(wanted) ? wanted : this.workspace.lastId();
    if (id !== undefined && (await this.workspace.open(id))) return;
    await this.openSample(url.searchParams.get('sample') ?? FIRST_SAMPLE);
  }

  /**
   * Compiles if the files or options are others than last time: at once, since whoever types is slower than a compile; what is typed
   * during a long one waits for its end, and of that only the newest is compiled.
   */
  compile(): void {
    const { files, options } = this.program;
    if (files === this.compiled?.files && options === this.compiled.options) return;
    this.compiled = { files, options };
    this.trials.stopProof();
    void this.compilation.compile(files, plainOptions(options));
  }

  /** Puts a fresh image into the machine; call it whenever a compile has finished. */
  loadImage(): void {
    const reply = this.compilation.reply;
    if (!reply?.image || reply.revision === this.loadedRevision) return;
    this.loadedRevision = reply.revision;
    const { input, breakpoints, watches, clock } = this.program;
    this.machine.setClock(clock);
    this.machine.load({
      revision: reply.revision,
      image: reply.image,
      input,
      machine: this.debugging.config,
      points: breakpoints.map((point) => ({ ...point })),
      watches: [...watches],
    });
  }

  // Running

  run(): void {
    const state = this.machine.frame?.state;
    if (state === 'running') {
      this.machine.pause();
      return;
    }
    if (!this.ready()) return;
    this.lowerTab = 'console';
    if (state === 'halted' || state === 'trapped') this.restart();
    this.selected = undefined;
    this.machine.run();
    announcer.say('Running');
  }

  restart(): void {
    if (!this.ready()) return;
    this.loadedRevision = -1;
    this.loadImage();
    announcer.say('At the start of the program');
  }

  step(unit: StepUnit, direction: 'forward' | 'back' = 'forward'): void {
    if (!this.ready()) return;
    this.selected = undefined;
    this.machine.step(unit, direction);
  }

  runBack(): void {
    if (this.ready()) this.machine.runBack();
  }

  runTo(line: number, direction: Direction): void {
    if (!this.ready()) return;
    this.selected = undefined;
    this.machine.runTo({ file: this.file.name, line }, direction);
  }

  /** On the instruction that is chosen in the disassembly, else on the line. */
  toggleBreakpoint(line: number): void {
    const { selected } = this;
    if (selected?.origin === 'disassembly' && selected.address !== undefined)
      this.debugging.toggleAddress(`0x${selected.address.toString(16).padStart(4, '0')}`);
    else this.debugging.toggleLine(this.file.name, line);
  }

  /** Another machine for this program: it starts anew in it. */
  setMachine(preset: string, changes: MachineChanges): void {
    this.debugging.setMachine(preset, changes);
    this.loadedRevision = -1;
    this.loadImage();
    announcer.say('The program is at its start, in the changed machine');
  }

  // Selecting

  select(selected: Selected | undefined): void {
    this.selected = selected;
    const file = selected?.span?.file;
    if (
      selected?.origin !== 'editor' &&
      file !== undefined &&
      file !== this.workspace.file &&
      file < this.program.files.length
    )
      this.workspace.file = file;
  }

  caret(start: number, end: number): void {
    this.selected = { origin: 'editor', span: { file: this.workspace.file, start, end } };
  }

  pin(phase: PhaseId, other = false): void {
    const index = other ? 1 : this.slot;
    this.setPinned(index, { phase });
  }

  setPinned(index: 0 | 1, part: Partial<Pinned>): void {
    const next: [Pinned, Pinned] = [...this.pinned];
    const moved = part.phase !== undefined && part.phase !== next[index].phase;
    next[index] = { ...next[index], ...(moved ? { aspect: '', drawn: undefined } : {}), ...part };
    this.pinned = next;
  }

  // Options

  setOptions(part: Partial<ProgramDocument['options']>): void {
    this.workspace.change({ options: { ...this.program.options, ...part } });
  }

  /** Finds out what a pass is worth to the program on the screen, when it has stood still for a moment. */
  tryPass(pass: string): void {
    clearTimeout(this.trialTimer);
    const { input } = this.program;
    const request = { ...plainProgram(this.program), input, machine: this.debugging.config };
    this.trialTimer = setTimeout(() => void this.trials.ask(request, pass), TRIAL_DELAY_MS);
  }

  /** Has the optimiser's passes proven on the program that was compiled last, when it has stood still for a moment. */
  prove(input: string): void {
    if (this.compiled) this.trials.proveSoon({ ...plainProgram(this.compiled), input });
  }

  /** Nothing happens in a machine with one hardware thread. */
  lookAtNextCore(): void {
    const { frame } = this.machine;
    if (frame && frame.threads.length > 1) this.machine.setThread((frame.viewed + 1) % frame.threads.length);
  }

  togglePass(name: string): void {
    const { disabledPasses } = this.program.options;
    this.setOptions({
      disabledPasses: disabledPasses.includes(name)
        ? disabledPasses.filter((n) => n !== name)
        : [...disabledPasses, name],
    });
  }

  // Programs

  async create(): Promise<void> {
    await this.workspace.create('untitled.c', NEW_TEXT);
  }

  async openSample(name: string): Promise<void> {
    const { SAMPLES } = await import('../../../programs/library');
    const sample = SAMPLES.find((entry) => entry.name === name) ?? SAMPLES[0];
    if (!sample) return;
    await this.workspace.openCopy(
      newProgram({
        id: freshId(),
        name: `${sample.name}.c`,
        text: shownSample(sample.text),
        input: sample.input,
        clock: sample.clock,
        machine: sample.machine,
        nowMs: Date.now(),
      }),
    );
  }

  async remove(): Promise<void> {
    const gone = await this.workspace.removeCurrent();
    announcer.notify(`${gone.name} was deleted. Reopen it from Undo delete in the menu.`);
    this.deleted = gone;
    const id = this.workspace.lastId();
    if (id === undefined) await this.openSample(FIRST_SAMPLE);
    else await this.workspace.open(id);
  }

  /** The program that was deleted last, for a way back. */
  deleted = $state.raw<ProgramDocument | undefined>(undefined);

  async undoDelete(): Promise<void> {
    if (!this.deleted) return;
    await this.workspace.add({ ...this.deleted, id: freshId(), revision: 0 });
    this.deleted = undefined;
  }

  exportSource(name: string): void {
    const file = this.program.files.find((entry) => entry.name === name);
    if (file) download(name.split('/').at(-1) ?? name, 'text/plain', file.text);
  }

  exportFile(): void {
    const { name } = this.program;
    const text = `${JSON.stringify(this.program, null, 2)}\n`;
    download(`${name.replace(/\.c$/, '')}.orrery.json`, 'application/json', text);
  }

  async share(): Promise<void> {
    const encoded = await encodeShare(this.program);
    const url = new URL(location.href);
    url.search = '';
    url.hash = `${SHARE_KEY}=${encoded}`;
    if (url.href.length > MAX_LINK_CHARACTERS) {
      this.exportFile();
      announcer.notify(
        `This program makes a link of ${url.href.length} characters, more than many programs pass on: it was exported to a file instead.`,
      );
      return;
    }
    try {
      await navigator.clipboard.writeText(url.href);
      announcer.notify(`A link of ${url.href.length} characters is on the clipboard. It opens as a copy.`);
    } catch {
      prompt('The link to this program:', url.href);
    }
  }

  applyFix(diagnostic: DiagnosticView): void {
    const edits = [...(diagnostic.fix?.edits ?? [])].sort((a, b) => b.span.start - a.span.start);
    const files = this.program.files.map((file, index) => {
      let { text } = file;
      for (const { span, text: replacement } of edits)
        if (span.file === index) text = text.slice(0, span.start) + replacement + text.slice(span.end);
      return { ...file, text };
    });
    this.workspace.change({ files });
  }

  goTo(diagnostic: DiagnosticView): void {
    const file = this.program.files.findIndex((entry) => entry.name === diagnostic.file);
    if (file >= 0) this.workspace.file = file;
    if (diagnostic.span) this.select({ origin: 'problems', span: diagnostic.span });
  }

  /** The address of the page that brings this view back. */
  viewUrl(url: URL): URL {
    const next = new URL(url);
    next.hash = '';
    const [a, b] = this.pinned;
    next.search = '';
    if (this.workspace.has(this.program.id)) next.searchParams.set('program', this.program.id);
    next.searchParams.set('views', `${viewText(a)},${viewText(b)}`);
    const fn = a.fn || b.fn;
    if (fn) next.searchParams.set('fn', fn);
    if (a.pass < 999 || b.pass < 999) next.searchParams.set('pass', String(Math.min(a.pass, b.pass)));
    return next;
  }

  private readView(url: URL): void {
    const fn = url.searchParams.get('fn') ?? '';
    const pass = Number(url.searchParams.get('pass') ?? 999);
    const shared = { fn, pass: Number.isInteger(pass) && pass >= 0 ? pass : 999 };
    const views = (url.searchParams.get('views') ?? '').split(',');
    const [a, b] = this.pinned;
    this.pinned = [
      { ...a, ...shared, ...readView(views[0]) },
      { ...b, ...shared, ...readView(views[1]) },
    ];
  }

  private async openShared(encoded: string): Promise<boolean> {
    const shared = await decodeShare(encoded, freshId(), Date.now());
    if (!shared.ok) {
      announcer.notify(`The link was not opened: ${shared.error}.`, 'bad');
      return false;
    }
    await this.workspace.openCopy(shared.value);
    return true;
  }

  /** What a variable of the newest frame holds, while the machine stands in the program on the screen. */
  private valueOf(name: string): string | undefined {
    const { frame } = this.machine;
    if (!frame || !this.loaded || frame.state === 'running') return undefined;
    const local = frame.calls[0]?.locals.find((entry) => entry.name === name);
    return local && `${local.value}, in ${local.where}`;
  }

  private ready(): boolean {
    if (this.image && this.machine.frame) return true;
    if (this.errors > 0) {
      this.lowerTab = 'problems';
      announcer.say('The program has errors and cannot run');
    }
    return false;
  }
}

const PHASE_IDS: readonly PhaseId[] = ['lexer', 'parser', 'semantics', 'ir', 'optimizer', 'code', 'linker'];

/** `code.ranges.text`: the phase, its aspect, drawn or as text. */
const viewText = ({ phase, aspect, drawn }: Pinned) =>
  [
    phase,
    ...(aspect || drawn !== undefined ? [aspect] : []),
    ...(drawn === undefined ? [] : [drawn ? 'drawn' : 'text']),
  ].join('.');

function readView(text = ''): Partial<Pinned> {
  const [phase, aspect = '', look] = text.split('.');
  if (!PHASE_IDS.includes(phase as PhaseId)) return {};
  return { phase: phase as PhaseId, aspect, drawn: look === 'drawn' ? true : look === 'text' ? false : undefined };
}

/** Plain copies: a reactive proxy cannot cross to a worker. */
const plainProgram = ({ files, options }: Pick<ProgramDocument, 'files' | 'options'>) => ({
  files: files.map(({ name, text }) => ({ name, text })),
  options: plainOptions(options),
});

function plainOptions(options: CompileOptions): CompileOptions {
  const { level, disabledPasses, unchecked, multiplier } = options;
  return { level, disabledPasses: [...disabledPasses], unchecked, multiplier };
}
