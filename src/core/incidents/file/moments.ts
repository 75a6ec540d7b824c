// Times of a file's sections: finds the day of sections that have only a time of day.
import { isFinal } from '../../model/incident.ts';
import { DAY, HOUR, MINUTE, type Millis, type Span } from '../../model/time.ts';
import { guessedDays } from '../times/series-days.ts';
import { straysOf } from '../times/stray-days.ts';
import { firstFrom, floored, isAbout, mayMean } from '../times/time-of-day.ts';
import { nearestTo, tellsOfWork } from '../times/work-days.ts';
import { appended, wrongEndOf } from '../times/wrong-end.ts';
import type { Section } from './timeline.ts';

/** A section with its moment. `written` is what the heading says, `at` is never before that of the previous section. */
export interface Moment {
  readonly section: Section;
  readonly at: Millis;
  readonly written: Millis;
  readonly doubt?: Doubt;
  /** It was added where the oldest are, as one of so many: at its time it comes after all others. */
  readonly added?: number;
}

/** The two moments that an undated heading may mean, where nothing tells which; or that any occurrence may be meant. */
export type Doubt = readonly [Millis, Millis] | 'any occurrence';

/** The order of sections when all have the same minute. */
export type Ties = 'newest first' | 'oldest first';

/** When an incident began, and when it was over by its front matter, epoch ms. */
export interface Life {
  readonly started: Millis;
  readonly ending?: Millis | null;
  /** It is a recurring maintenance. */
  readonly repeats?: boolean;
}

interface Reading {
  readonly moments: readonly Moment[];
  /** How much speaks against reading the file in this direction. */
  readonly faults: number;
  /** How many of the first sections programs put beside the oldest: these run against the direction. */
  readonly turned: number;
}

/** The most that a section is earlier than `started` and belongs to the incident all the same. */
const BEGINS_WITHIN = HOUR;

/** Returns the time before which no update is the incident's. A `started` after the end is wrong itself. */
export function earliestOf({ started, ending = null }: Life): Millis {
  return started - (ending !== null && ending < started ? DAY : BEGINS_WITHIN);
}

/**
 * Gives every section its moment, oldest first. They are read top-down and bottom-up, each undated one at the first such
 * time of day at or after its predecessor. Dated ones that differ tell which of the two is right; where there are none,
 * it is the one against which less speaks (see `walk`), and then the one whose undated sections end earlier
 * (dated ones are alike in both, and adding one must not turn the others round). A dated section at an
 * edge may have been put beside older ones: see `stoodBefore`. Those run against the direction, and do not tell it: a
 * file may grow on both sides of its beginning.
 * When both end alike, the one that already runs forward in time; else newest-first, as the mission's
 * own sample is written, unless `ties` says otherwise. `work` is the window of a maintenance: what tells of the work
 * itself without a date is read on the day nearest to it, however long ago the maintenance was announced. A section of
 * a day that is most likely wrong moves no undated one there, unless `trusted`: a machine's file, or a series, may have
 * any days. Nor does one of a clock that is ahead, once it is known when all was over: see `walk`.
 */
export function readMoments(
  sections: readonly Section[],
  life: Life,
  work: Span | null = null,
  ties: Ties = 'newest first',
  trusted = false,
): Moment[] {
  const strays = trusted ? new Set<Section>() : straysOf(sections, life.started, earliestOf(life), work);
  const isNotStray = ({ section }: { readonly section: Section }) => !strays.has(section);
  const reading = (all: readonly Section[]) => {
    const { moments, faults, turned } = walk(all, { ...life, trusted }, work, strays);
    const arms = [moments.slice(0, turned).reverse(), moments.slice(turned)].map(arm =>
      arm.filter(isNotStray),
    );
    const isDated = ({ section }: Moment) => section.dated;
    const datedDisorder = disorder(arms.map(arm => arm.filter(isDated)));
    const against = [datedDisorder, faults, endOf(moments), Math.sign(turned), disorder(arms)] as const;
    return { moments, against };
  };
  const [down, up] = [reading(sections), reading([...sections].reverse())];
  const differing = down.against.findIndex((one, index) => one !== up.against[index]);
  const turned = differing < 0 ? 0 : down.against[differing]! - up.against[differing]!;
  const chosen = turned < 0 || (turned === 0 && ties === 'oldest first') ? down : up;
  // 12:34 is no earlier than a beginning at 12:34:56: it comes after that.
  const isRoundedBeginning = ({ section, written }: Moment) =>
    written < life.started && written === floored(life.started, section);
  return chosen.moments
    .map(moment =>
      isRoundedBeginning(moment) ? { ...moment, at: Math.max(moment.at, life.started) } : moment,
    )
    .sort(
      (a, b) =>
        a.at - b.at || (a.added ?? 0) - (b.added ?? 0) || +isRoundedBeginning(a) - +isRoundedBeginning(b),
    );
}

/** The most that local time is ahead of UTC. */
const FARTHEST_AHEAD = 14 * HOUR;

/** An undated heading so long before its neighbour's time is an earlier one that was written later. */
const NOTED_WITHIN = 15 * MINUTE;

/** The words of an end may be dated so long after it. */
export const ENDING_FOR = HOUR;

/**
 * The moments in one direction. Long because each section's day depends on what the ones before it left: one walk. What has the time of the end is the end. What comes after it draws nothing along: it was
 * written by a clock that is ahead, or is a postscript. And what stands below the words of such a clock is not of
 * the day after the end for that: it is of the day before, where that is within the incident. What stands before
 * all others and is not as old as these was put at the wrong end of the file: see `appended`.
 */
function walk(
  sections: readonly Section[],
  { started, ending = null, repeats = false, trusted }: Life & { readonly trusted: boolean },
  work: Span | null,
  strays: ReadonlySet<Section>,
): Reading {
  const latest = ending === null ? Number.POSITIVE_INFINITY : ending + ENDING_FOR;
  const closing = ending === null ? -1 : closingOf(sections, ending);
  const known = sections.map((section, index) =>
    index === closing
      ? floored(ending!, section)
      : section.dated && !strays.has(section)
        ? section.time
        : null,
  );
  const openers = sections.filter(section => mayMean(section, started));
  // People round, and begin to write before they know when it began.
  const soonest = work ? started : started - BEGINS_WITHIN;
  const wrongEnd = work ? 0 : wrongEndOf(sections, known, soonest, trusted);
  let previous = started;
  let isGuessed = false;
  let faults = wrongEnd;
  // Sections that programs write have a date, and stand above or below everything that people wrote.
  const edge = known.indexOf(null);
  const isBack = runsBack(known.slice(0, edge));
  const isOpenedThere = openers.length === 1 && openers[0] === sections[edge];
  // All that stands before the beginning is newer than something behind it.
  let turned = edge === wrongEnd && isAbout(sections[edge], started) ? edge : 0;
  const moments = sections.map((section, index): Moment => {
    if (index < wrongEnd) {
      const own = known[index] ?? (section.dated ? section.time : 0);
      return { section, at: own, written: own };
    }
    const floor = floored(previous, section);
    const beginning = floored(started, section);
    const next = firstFrom(
      section.time,
      index === wrongEnd ? Math.min(floor, floored(soonest, section)) : floor,
    );
    const isKnown = section.dated || index === closing;
    const isBeside = index > 0 && index === edge && !section.dated;
    const isOpening = isOpenedThere && next - DAY === beginning;
    const isOlder =
      isBeside && (isOpening || (isBack && stoodBefore(sections.slice(edge), floor, next, beginning)));
    if (isOlder) turned = edge;
    const isLate = !isKnown && next > latest;
    const isBefore = isLate && isGuessed && next - DAY >= Math.max(beginning, floor - FARTHEST_AHEAD);
    // A minute typed wrong, or a note that was late, is not of tomorrow.
    const isNote =
      !isKnown && !work && index > wrongEnd && next - DAY >= Math.max(beginning, floor - NOTED_WITHIN);
    const first = isOlder || isBefore || isNote ? next - DAY : next;
    const read = work && tellsOfWork(section) ? nearestTo(work, first) : first;
    const written = known[index] ?? (section.dated ? section.time : read);
    // 12:34 after 12:34:56 is the same minute, not an earlier moment.
    const at =
      written === floor ? previous : written === first && first < next ? Math.max(written, started) : written;
    if (!work && isLate) faults += section.status === null || isFinal(section.status) ? 1 : 2;
    if (index === closing ? previous > ending! : known[index] !== null && isGuessed && at < previous)
      faults++;
    if (
      !strays.has(section) &&
      !isBefore &&
      !isNote &&
      (at <= latest || (section.dated && ending === null))
    ) {
      previous = at;
      isGuessed = !isKnown;
    }
    return { section, at, written };
  });
  appended(moments, wrongEnd, known, ending, latest);
  const isAtStart = ({ section, at }: Moment) => floored(at, section) === floored(started, section);
  const someKnown = known.some(one => one !== null);
  if (!work && openers.length > 0 && someKnown && !moments.some(isAtStart)) faults++;
  if (turned > 0) faults -= wrongEnd;
  if (!repeats) return { moments, faults, turned };
  const guessed = guessedDays(moments, started);
  const doubted = (one: Moment): Moment =>
    guessed.has(one.section) ? { ...one, doubt: 'any occurrence' } : one;
  return { moments: moments.map(doubted), faults: guessed.size, turned };
}

/** Which of the sections, in the order of time, has no date and is the end by its time of day; -1 for none. */
function closingOf(sections: readonly Section[], ending: Millis): number {
  const hasEnd = sections.some(({ status }) => isFinal(status));
  return sections.findLastIndex(
    (section, index) =>
      !section.dated &&
      mayMean(section, ending) &&
      (hasEnd ? isFinal(section.status) : index === sections.length - 1 && section.status === null),
  );
}

/** A longer gap before an undated section means: it may have been in the file earlier. */
const LONG_SILENCE = 8 * HOUR;

/** Whether moments run back rather than forward, which would confirm the order. */
function runsBack(known: readonly (Millis | null)[]): boolean {
  const steps = known.slice(1).map((at, index) => Math.sign(at! - known[index]!));
  return sum(steps) < 0 || !steps.includes(1);
}

/**
 * Whether the first of these undated sections was in the file before the dated one beside it: read after that (`next`),
 * it would follow a long gap; one day earlier is still within the incident; and no other date confirms the order.
 */
function stoodBefore(sections: readonly Section[], dated: Millis, next: Millis, began: Millis): boolean {
  if (next - dated <= LONG_SILENCE || next - DAY < began) return false;
  return !sections.some(other => other.dated && other.time >= next);
}

function endOf(moments: readonly Moment[]): Millis {
  return moments.reduce((end, { section, at }) => (section.dated ? end : Math.max(end, at)), 0);
}

function disorder(arms: readonly (readonly Moment[])[]): number {
  return sum(
    arms.map(arm => arm.filter((moment, index) => index > 0 && moment.at < arm[index - 1]!.at).length),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
