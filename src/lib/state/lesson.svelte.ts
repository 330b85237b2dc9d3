/** A lesson under way: the learner's program, its compile, its run on the machine, and the verdict. */
import { TEACHING_MACHINE } from '../../core/presets/machine';
import { judge, LESSON_INSTRUCTIONS, runOf, type Lesson, type LessonRun } from '../learn/lesson';
import { LESSONS } from '../learn/lessons';
import { announcer } from './announcer.svelte';
import { Compilation } from './compilation.svelte';
import { MachineClient } from './machine.svelte';

const DONE_KEY = 'orrery.lessons';
const textKey = (id: string) => `orrery.lesson.${id}`;
const FILE = 'lesson.c';
/** A machine that says nothing for so long has hung; its worker is replaced by its own watchdog. */
const PATIENCE_MS = 60_000;

export interface Verdict {
  readonly done: boolean;
  readonly words: string;
}

export class LessonState {
  lesson = $state.raw<Lesson>(LESSONS[0] as Lesson);
  text = $state('');
  checking = $state(false);
  verdict = $state.raw<Verdict | undefined>(undefined);
  output = $state('');
  done = $state.raw<ReadonlySet<string>>(new Set());
  /** The browser refuses to keep anything. */
  kept = $state(true);
  readonly compilation = new Compilation();
  private readonly machine = new MachineClient();
  private revision = 0;

  /** Call in the browser. Returns the clean-up. */
  start(id: string): () => void {
    this.done = new Set(this.read(DONE_KEY)?.split(' ').filter(Boolean) ?? []);
    this.open(id);
    return () => {
      this.compilation.dispose();
      this.machine.dispose();
    };
  }

  open(id: string): void {
    this.lesson = LESSONS.find((lesson) => lesson.id === id) ?? (LESSONS[0] as Lesson);
    this.text = this.read(textKey(this.lesson.id)) ?? this.lesson.start;
    this.verdict = undefined;
    this.output = '';
  }

  edit(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.verdict = undefined;
    this.write(textKey(this.lesson.id), text);
  }

  /** The program as it was given. */
  reset(): void {
    this.edit(this.lesson.start);
  }

  async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    const { lesson, text } = this;
    try {
      const verdict = await this.judged(lesson, text);
      if (lesson !== this.lesson) return;
      this.verdict = verdict;
      announcer.say(verdict.words);
      if (verdict.done) {
        this.done = new Set([...this.done, lesson.id]);
        this.write(DONE_KEY, [...this.done].join(' '));
      }
    } finally {
      this.checking = false;
    }
  }

  private async judged(lesson: Lesson, text: string): Promise<Verdict> {
    const given = await this.run(lesson, lesson.start);
    const run = text === lesson.start ? given : await this.run(lesson, text);
    if (typeof run === 'string') return { done: false, words: run };
    if (typeof given === 'string') return { done: false, words: given };
    this.output = run.output;
    const missing = judge(lesson, run, given);
    return { done: missing === undefined, words: missing ?? 'Done.' };
  }

  /** What the program did, or why it could not run. */
  private async run(lesson: Lesson, text: string): Promise<LessonRun | string> {
    const options = { level: lesson.level, disabledPasses: [], unchecked: false, multiplier: true };
    await this.compilation.compile([{ name: FILE, text }], options);
    const { reply, failure } = this.compilation;
    if (failure !== undefined) return `The compiler failed: ${failure}`;
    if (!reply?.image) {
      const [first] = reply?.diagnostics ?? [];
      return first ? `Line ${first.line}: ${first.message}` : 'The program could not be compiled.';
    }
    const revision = ++this.revision;
    const { image } = reply;
    this.machine.load({ revision, image, input: '', machine: TEACHING_MACHINE, points: [], watches: [] });
    this.machine.endInput();
    this.machine.run();
    return this.ended(revision, text);
  }

  /** Waits for the end of a run; stops one that takes too long. */
  private ended(revision: number, text: string): Promise<LessonRun | string> {
    return new Promise((resolve) => {
      const from = Date.now();
      const look = () => {
        const { frame } = this.machine;
        const mine = frame?.revision === revision ? frame : undefined;
        if (mine && (mine.state === 'halted' || mine.state === 'trapped')) resolve(runOf(text, mine));
        else if (mine && mine.instructions > LESSON_INSTRUCTIONS) {
          this.machine.pause();
          resolve(runOf(text, mine));
        } else if (Date.now() - from > PATIENCE_MS) resolve('The machine does not answer: check again.');
        else setTimeout(look, 16);
      };
      look();
    });
  }

  private read(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  private write(key: string, value: string): void {
    try {
      localStorage.setItem(key, value);
      this.kept = true;
    } catch {
      this.kept = false;
    }
  }
}
