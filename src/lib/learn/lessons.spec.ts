import { TEACHING_MACHINE } from '../../core/presets/machine';
import { describe, expect, test } from 'vitest';
import { header, librarySources } from '../../../programs/library';
import { DEFAULT_OPTIONS } from '../../core/compiler/views';
import { CompileService } from '../../rpc/compile-service';
import { MachineRunner } from '../../rpc/machine-runner';
import { judge, type Lesson, LESSON_INSTRUCTIONS, type LessonRun, runOf } from './lesson';
import { LESSONS } from './lessons';

const compiler = new CompileService({ header, sources: librarySources }, () => 0);
let revision = 0;

/** As the page does it: compile, run on the machine, stop what does not end. */
function run(lesson: Lesson, source: string): LessonRun {
  const options = { ...DEFAULT_OPTIONS, level: lesson.level };
  const reply = compiler.compile({ revision: ++revision, files: [{ name: 'lesson.c', text: source }], options });
  if (!reply.image) throw new Error(reply.diagnostics.map((d) => d.message).join('; '));
  let ms = 0;
  const runner = new MachineRunner(
    () => ms++,
    () => undefined,
  );
  const { image } = reply;
  runner.load({ revision, image, input: '', machine: TEACHING_MACHINE, points: [], watches: [] });
  runner.run();
  while (runner.isBusy && (runner.frame()?.instructions ?? 0) < LESSON_INSTRUCTIONS) runner.slice();
  const frame = runner.frame();
  if (!frame) throw new Error('no frame');
  return runOf(source, frame);
}

describe('lessons', () => {
  test.each(LESSONS.map((lesson) => [lesson.id, lesson] as const))(
    '%s: the start fails, the solution passes',
    (_, lesson) => {
      const given = run(lesson, lesson.start);
      expect(judge(lesson, given, given)).toBeTypeOf('string');
      expect(judge(lesson, run(lesson, lesson.solution), given)).toBeUndefined();
    },
  );

  test('what a trap or an endless program did is said in words', () => {
    const [first] = LESSONS as [Lesson, ...Lesson[]];
    const given = run(first, first.start);
    const of = (source: string) => judge(first, run(first, source), given);
    expect(of('int main(void) { int z = 0; return 1 / z; }')).toMatch(/divi/i);
    expect(of('int main(void) { for (;;); }')).toMatch(/does not come to an end/);
  });

  test('ids are unique, and every lesson says what it wants', () => {
    expect(new Set(LESSONS.map((lesson) => lesson.id)).size).toBe(LESSONS.length);
    for (const { task, hint, text } of LESSONS)
      for (const words of [task, hint, ...text]) expect(words.length).toBeGreaterThan(10);
  });
});
