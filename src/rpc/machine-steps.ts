/**
 * What a command makes the machine do, as activities: generators that are driven slice by slice and can be dropped between any two, so
 * that Stop is heard within a slice whatever the program does.
 */
import { callAt, functionAt } from '../core/machine/debug/call-stack';
import { addressesOfLine } from '../core/machine/debug/breakpoints';
import { lastStop, lastVisit, lastWrite, MAX_AHEAD, nextChange, type WriteFound } from '../core/machine/debug/history';
import { CoreState } from '../core/machine/layout';
import type { StopReason } from '../core/machine/stops';
import { lineAt } from '../core/machine/debug/line-at';
import type { AnswerView, SourceLine, StepUnit, StopView } from './machine';
import type { Session } from './machine-session';

/** Ends with the reason why it came to rest. */
export type Activity = Generator<void, StopView, void>;

/** Who drives: how far a slice goes. */
export interface Drive {
  readonly session: Session;
  /** Runs forward by so many instructions, and at most to a cycle. Undefined when that was reached. */
  advance(instructions: number, untilCycle?: number): StopReason | undefined;
  /** Instructions and time that may pass now, by the speed that was chosen. */
  allowance(): { readonly instructions: number; readonly untilCycle: number };
  /** Instructions between two looks at the clock. */
  chunk(): number;
  /** Whether the slice is used up. */
  isDue(): boolean;
}

/** A step that looks at each instruction looks at the clock this often. */
const STEP_CHUNK = 500;
/** Calls deep inside the library that a step back leaves. */
const MAX_LIBRARY_DEPTH = 16;

export function* runOn(drive: Drive): Activity {
  const { session } = drive;
  for (;;) {
    const { instructions, untilCycle } = drive.allowance();
    const stop = drive.advance(instructions, untilCycle);
    const told = stop && session.explain(stop);
    if (told) return told;
    const isPaced = instructions === 0 || session.machine.cycles >= untilCycle;
    if (drive.isDue() || isPaced) yield;
    if (session.machine.core.state >= CoreState.halted) return session.explainEnd();
  }
}

export function* forward(drive: Drive, unit: Exclude<StepUnit, 'micro'>): Activity {
  const { session } = drive;
  if (unit === 'instruction') {
    const stop = yield* ownInstruction(drive);
    return stop ?? { kind: 'step', message: session.placeText() };
  }
  if (unit === 'out') return yield* runOut(drive);
  const start = session.lineStop();
  for (let count = 0; ; count++) {
    const stop = yield* overCall(drive, unit);
    if (stop) return stop;
    const here = session.lineStop();
    const isNew =
      here &&
      (!start || here.row.line !== start.row.line || here.row.file !== start.row.file || here.slot !== start.slot);
    if (isNew && (unit === 'line' || !start || here.slot >= start.slot))
      return { kind: 'step', message: session.placeText() };
    if (count % STEP_CHUNK === 0 && drive.isDue()) yield;
  }
}

/** Forwards to a line, or back to the last time that it began. */
export function* toLine(drive: Drive, { file, line }: SourceLine, isBack: boolean): Activity {
  const { session } = drive;
  const addresses = addressesOfLine(session.image, file, line);
  if (addresses.length === 0) return { kind: 'step', message: `no code comes from ${file}:${line}` };
  if (isBack) {
    const at = yield* lastVisit(session.travel, addresses);
    if (at === null) return { kind: 'step', message: `${file}:${line} was not reached before` };
    session.travel.seekInstruction(at);
    return { kind: 'step', message: `back ${session.placeText()}` };
  }
  return (yield* runTo(drive, addresses, () => true)) ?? { kind: 'step', message: session.placeText() };
}

/** Back to the last time that a stop point would have stopped, else to the start. */
export function* runBack({ session }: Drive): Activity {
  const { travel, points } = session;
  const found = yield* lastStop(travel, points);
  travel.seekInstruction(found ?? 0);
  return found === null
    ? { kind: 'seek', message: 'at the start: no breakpoint before here' }
    : { kind: 'breakpoint', message: `back at a breakpoint ${session.placeText()}` };
}

/** The library's lines are not stops: back from them is out of them, or, outside the program, into its last line. */
export function* back({ session }: Drive, unit: Exclude<StepUnit, 'micro'>): Activity {
  const { machine, travel, image } = session;
  machine.execution.profile = null;
  if (unit === 'instruction') travel.stepThreadBack();
  else travel.stepBack(session.isInside() ? unit : 'line');
  for (let tries = 0; unit !== 'instruction' && tries < MAX_LIBRARY_DEPTH && session.instructions > 0; tries++) {
    const row = lineAt(image, machine.core.pc);
    if (row && !session.isSystem(row.file)) break;
    yield;
    travel.stepBack(session.isInside() ? 'out' : 'line');
  }
  return { kind: 'step', message: `back ${session.placeText()}` };
}

/** Asks time travel about a byte; gives the answer to `take`. */
export function* ask(
  { session }: Drive,
  question: AnswerView['question'],
  address: number,
  take: (answer: AnswerView) => void,
): Activity {
  const search = question === 'last-write' ? lastWrite(session.travel, address) : nextChange(session.travel, address);
  const found = yield* search;
  const text = answerText(session, question, address, found);
  take({ question, address, text, instructions: found?.instructions, pc: found?.pc });
  return { kind: 'answer', message: text };
}

function answerText(
  session: Session,
  question: AnswerView['question'],
  address: number,
  found: WriteFound | null,
): string {
  const name = session.nameOf(address);
  const isCode = session.image.segments.some(
    (s) => s.bytes.length > 0 && address >= s.address && address < s.address + s.sizeBytes,
  );
  if (!found && question === 'last-write')
    return `${name}: no instruction has written it since the start${isCode ? '; the loader placed it' : ''}`;
  if (!found)
    return `${name}: it does not change in the next ${MAX_AHEAD / 1e6} million instructions, if nothing comes from outside`;
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  const change =
    found.before === found.after ? `${hex(found.after)}, as it was` : `${hex(found.before)} to ${hex(found.after)}`;
  const distance = Math.abs(session.instructions - found.instructions);
  const when = `${distance.toLocaleString('en')} instruction${distance === 1 ? '' : 's'}`;
  return question === 'last-write'
    ? `${name}: ${found.exact ? 'last written' : 'last changed'} ${when} ago by ${session.placeOf(found.pc)}, ${change}`
    : `${name}: changes in ${when} at ${session.placeOf(found.pc)}, ${change}`;
}

/** One instruction of the thread that is looked at, and what others execute before it; one of any thread while it sleeps. */
function* ownInstruction(drive: Drive): Generator<void, StopView | undefined, void> {
  const { session } = drive;
  const { core } = session.machine;
  const { instructions } = core;
  for (;;) {
    const stop = drive.advance(1);
    const told = stop && session.explain(stop);
    if (told || core.instructions !== instructions || core.state !== CoreState.running) return told;
    if (drive.isDue()) yield;
  }
}

/** One instruction; a call that is not to be entered runs to its return. */
function* overCall(drive: Drive, unit: StepUnit): Generator<void, StopView | undefined, void> {
  const { session } = drive;
  const { core, memory } = session.machine;
  const call = callAt(memory, core.pc);
  const callee = call && call.target >= 0 ? functionAt(session.image, call.target) : undefined;
  const enters = unit === 'line' && callee !== undefined && !session.isSystem(callee.file);
  if (!call || enters || (unit === 'line' && call.target < 0)) {
    return yield* ownInstruction(drive);
  }
  const sp = core.sp;
  return yield* runTo(drive, [(core.pc + call.sizeBytes) & 0xffff], () => core.sp >= sp);
}

function* runOut(drive: Drive): Activity {
  const { session } = drive;
  const { core } = session.machine;
  const { returnSlot, returnAddress } = session.frames(1)[0] ?? {};
  if (returnSlot === undefined || returnAddress === undefined) return yield* runOn(drive);
  const stop = yield* runTo(drive, [returnAddress], () => core.sp > returnSlot);
  return stop ?? { kind: 'step', message: session.placeText() };
}

/** Runs to one of the addresses, once `arrived` holds there. Undefined when it has arrived. */
function* runTo(
  drive: Drive,
  addresses: readonly number[],
  arrived: () => boolean,
): Generator<void, StopView | undefined, void> {
  const { session } = drive;
  const { code, core } = session.machine;
  code.setBreakpoints([...session.points.addresses, ...addresses]);
  try {
    for (;;) {
      const stop = drive.advance(drive.chunk());
      const isOwn = session.machine.core === core;
      if (stop?.kind === 'breakpoint' && isOwn && addresses.includes(stop.pc) && arrived()) return undefined;
      const told = stop && session.explain(stop);
      if (told) return told;
      if (drive.isDue()) yield;
    }
  } finally {
    code.setBreakpoints(session.points.addresses);
  }
}
