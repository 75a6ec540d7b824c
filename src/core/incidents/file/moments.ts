// Moments: when each of a file's sections was said; one without a date has a time of day alone.
import { DAY, HOUR, type Millis } from '../../model/time.ts';
import type { Section } from './timeline.ts';

/** A section with its moment. `written` is what the heading says, `at` never precedes its elder's. */
export type Moment = { readonly section: Section; readonly at: Millis; readonly written: Millis };

/** How a file is read whose sections tell nothing of their order: all in one minute. */
export type Ties = 'newest first' | 'oldest first';

/** When an incident began, and when it was over by its front matter, epoch ms. */
export type Life = { readonly started: Millis; readonly ending?: Millis | null };

/** The window of a maintenance, epoch ms. */
export type Work = { readonly start: Millis; readonly end: Millis };

/**
 * Gives every section its moment, oldest first. Undated ones are read top-down and bottom-up, each
 * at the first such time of day at or after its predecessor; the reading whose undated ones end earlier
 * is taken (dated ones are alike in both, and adding one must not turn the others round). A dated section at an
 * edge may have been put beside older ones: see `stoodBefore`.
 * When both end alike, the one that already runs forward in time; else newest-first, as the mission's
 * own sample is written, unless `ties` says otherwise. `work` is the window of a maintenance: what tells of the work
 * itself without a date is read on the day nearest to it, however long ago the maintenance was announced. A section of
 * a day that is most likely wrong moves no undated one there, unless `trusted`: a machine's file, or a series, may have
 * any days. Nor does an undated one of a clock that is ahead, once it is known when all was over: see `walk`.
 */
export function readMoments(
  sections: readonly Section[],
  { started, ending = null }: Life,
  work: Work | null = null,
  ties: Ties = 'newest first',
  trusted = false,
): Moment[] {
  const strays = trusted ? new Set<Section>() : straysOf(sections, started, work);
  // An undated one belongs to the day on which it is nearer to the beginning.
  const bounds = { started, earliest: trusted || work ? Number.NEGATIVE_INFINITY : started - DAY / 2 };
  const reading = (all: readonly Section[]) => {
    const plain = walk(all, bounds, null, work, strays);
    const moments = ending === null ? plain : walk(all, bounds, ending, work, strays);
    const moved = moments.filter(({ at }, index) => at !== plain[index]!.at).length;
    return { moments, moved, end: endOf(moments) };
  };
  const [down, up] = [reading(sections), reading([...sections].reverse())];
  const gap = down.moved - up.moved || down.end - up.end;
  const sure = (moments: readonly Moment[]) => moments.filter(({ section }) => !strays.has(section));
  const turned = gap === 0 ? disorder(sure(down.moments)) - disorder(sure(up.moments)) : gap;
  const chosen = turned < 0 || (turned === 0 && ties === 'oldest first') ? down : up;
  return chosen.moments
    .map((moment, index) => ({ moment, index }))
    .sort((a, b) => a.moment.at - b.moment.at || a.index - b.index)
    .map(({ moment }) => moment);
}

/** Nothing goes on for so long without a word: a later date is most likely of another year. */
const LONGEST_SILENCE = 200 * DAY;

/** The dated sections that most likely are of a wrong day: far before the beginning, or long after all others. */
function straysOf(sections: readonly Section[], started: Millis, work: Work | null): ReadonlySet<Section> {
  // A maintenance may be announced before the day that its file is named after.
  const first = started - (work ? LONGEST_SILENCE : DAY);
  let last = Math.max(started, work?.end ?? started);
  const strays = new Set<Section>();
  for (const section of sections.filter(({ dated }) => dated).sort((a, b) => a.time - b.time)) {
    if (section.time < first || section.time - last > LONGEST_SILENCE) strays.add(section);
    else last = Math.max(last, section.time);
  }
  return strays;
}

/** The farthest that a clock on local time is ahead of UTC. */
const FARTHEST_AHEAD = 14 * HOUR;

/** The words of an end may be dated so long after it. */
const ENDING_FOR = HOUR;

/**
 * The moments in one direction. What has no date and comes after the `ending` draws nothing along: it was written by a
 * clock that is ahead, or is a postscript. And what stands below the words of such a clock is not of the day after
 * the end for that: it is of the day before, where that is within the incident.
 */
function walk(
  sections: readonly Section[],
  { started, earliest }: { readonly started: Millis; readonly earliest: Millis },
  ending: Millis | null,
  work: Work | null,
  strays: ReadonlySet<Section>,
): Moment[] {
  const latest = ending === null ? Number.POSITIVE_INFINITY : ending + ENDING_FOR;
  let elder = started;
  let isGuessed = false;
  // What programs write has a date, and stands above or below everything that people wrote.
  const edge = sections.findIndex(({ dated }) => !dated);
  return sections.map((section, index) => {
    const floor = elder - (elder % section.precision);
    const beginning = started - (started % section.precision);
    const soonest = floor + ((((section.time - floor) % DAY) + DAY) % DAY);
    const next = soonest < earliest ? soonest + DAY : soonest;
    const isOlder = index > 0 && index === edge && stoodBefore(sections.slice(edge), floor, next, beginning);
    const isLate = !section.dated && next > latest;
    const isBefore = isLate && isGuessed && next - DAY >= Math.max(beginning, floor - FARTHEST_AHEAD);
    const first = isOlder || isBefore ? next - DAY : next;
    const read = work && tellsOfWork(section) ? nearestTo(work, first) : first;
    const written = section.dated ? section.time : read;
    // 12:34 beside an elder of 12:34:56 is the same minute, not an earlier moment.
    const at =
      written === floor ? elder : written === first && first < next ? Math.max(written, started) : written;
    if (!strays.has(section) && !isBefore && (section.dated || at <= latest)) {
      elder = at;
      isGuessed = !section.dated;
    }
    return { section, at, written };
  });
}

/** A section does not wait so long for the next, if that may as well have stood there before it. */
const LONG_SILENCE = 8 * HOUR;

/**
 * Whether the first of these undated sections was there before the dated one at its edge was put there: read after
 * it (`next`), it would come after a long silence, the day before it lies within the incident, and no other date
 * confirms the order.
 */
function stoodBefore(sections: readonly Section[], dated: Millis, next: Millis, began: Millis): boolean {
  if (next - dated <= LONG_SILENCE || next - DAY < began) return false;
  return !sections.some(other => other.dated && other.time >= next);
}

/** Whether a section tells of the work of a maintenance, not of the plan. */
export function tellsOfWork({ status }: Pick<Section, 'status'>): boolean {
  return status === 'in_progress' || status === 'verifying' || status === 'completed';
}

/** That time of day, at `first` or days after it, on the day nearest to the window; of two alike the earlier. */
function nearestTo({ start, end }: Work, first: Millis): Millis {
  // Below a step that is planned for later stands what came before that.
  if (first > end && first - DAY >= start && end - start < DAY) return first - DAY;
  if (first >= start) return first;
  const before = start - ((start - first) % DAY);
  const after = before + DAY;
  return start - before <= Math.max(0, after - end) ? before : after;
}

function endOf(moments: readonly Moment[]): Millis {
  return moments.reduce((end, { section, at }) => (section.dated ? end : Math.max(end, at)), 0);
}

function disorder(moments: readonly Moment[]): number {
  return moments.filter((moment, index) => index > 0 && moment.at < moments[index - 1]!.at).length;
}
