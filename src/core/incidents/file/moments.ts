// Times of a file's sections: finds the day of sections that have only a time of day.
import { DAY, HOUR, type Millis } from '../../model/time.ts';
import type { Section } from './timeline.ts';

/** A section with its time. `written`: as in the heading; `at`: never before the previous section's. */
export type Moment = { readonly section: Section; readonly at: Millis; readonly written: Millis };

/** The order of sections when all have the same minute. */
export type Ties = 'newest first' | 'oldest first';

/** `started`, and the end by the front matter, epoch ms. */
export type Life = { readonly started: Millis; readonly ending?: Millis | null };

/** The window of a maintenance, epoch ms. */
export type Work = { readonly start: Millis; readonly end: Millis };

/**
 * Finds the time of each section; returns them oldest first.
 * - Sections may be top-down or bottom-up. Both are tried; an undated section gets the first such time of day after the
 *   previous one. The direction in which undated sections end earlier wins. Dated ones do not count for that, or adding
 *   one could reverse the others.
 * - If both end alike: the direction in which time runs forward, else `ties`.
 * - A dated section at the edge may have been added beside older ones: see `stoodBefore`.
 * - After the end is known, undated sections of a clock that was ahead do not move the others: see `walk`.
 * @param work the window of a maintenance: undated sections about the work itself get the nearest day to it.
 * @param trusted a machine's file, or a series: any date may be right. Else dates that are most likely wrong do not
 * move undated sections.
 */
export function readMoments(
  sections: readonly Section[],
  { started, ending = null }: Life,
  work: Work | null = null,
  ties: Ties = 'newest first',
  trusted = false,
): Moment[] {
  const strays = trusted ? new Set<Section>() : straysOf(sections, started, work);
  // An undated section belongs to the day on which it is nearer to the start.
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

/** A date this long after all others is most likely of the wrong year. */
const LONGEST_SILENCE = 200 * DAY;

/** Dated sections with most likely the wrong date: far before the start, or long after all others. */
function straysOf(sections: readonly Section[], started: Millis, work: Work | null): ReadonlySet<Section> {
  // A maintenance may be announced before the day in its file's name.
  const first = started - (work ? LONGEST_SILENCE : DAY);
  let last = Math.max(started, work?.end ?? started);
  const strays = new Set<Section>();
  for (const section of sections.filter(({ dated }) => dated).sort((a, b) => a.time - b.time)) {
    if (section.time < first || section.time - last > LONGEST_SILENCE) strays.add(section);
    else last = Math.max(last, section.time);
  }
  return strays;
}

/** The most that local time is ahead of UTC. */
const FARTHEST_AHEAD = 14 * HOUR;

/** The update about the end may be dated this much later. */
const ENDING_FOR = HOUR;

/**
 * The times in one direction. Undated sections after `ending` are of a clock that is ahead, or postscripts: they do not
 * move the following sections. A section that would therefore fall on the day after the end gets the day before, if
 * that is within the incident.
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
  // Dated sections, such as those of this program, are above or below all undated ones.
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
    // 12:34 after 12:34:56 is the same minute, not an earlier time.
    const at =
      written === floor ? elder : written === first && first < next ? Math.max(written, started) : written;
    if (!strays.has(section) && !isBefore && (section.dated || at <= latest)) {
      elder = at;
      isGuessed = !section.dated;
    }
    return { section, at, written };
  });
}

/** A longer gap before an undated section means: it may have been in the file earlier. */
const LONG_SILENCE = 8 * HOUR;

/**
 * Whether the first of these undated sections was in the file before the dated one beside it: read after that (`next`),
 * it would follow a long gap; one day earlier is still within the incident; and no other date confirms the order.
 */
function stoodBefore(sections: readonly Section[], dated: Millis, next: Millis, began: Millis): boolean {
  if (next - dated <= LONG_SILENCE || next - DAY < began) return false;
  return !sections.some(other => other.dated && other.time >= next);
}

/** Whether a section is about the work of a maintenance, not the plan. */
export function tellsOfWork({ status }: Pick<Section, 'status'>): boolean {
  return status === 'in_progress' || status === 'verifying' || status === 'completed';
}

/** This time of day, at `first` or later, on the day nearest to the window; the earlier of two equally near ones. */
function nearestTo({ start, end }: Work, first: Millis): Millis {
  // After a step planned for later it would fall past the window: it came before that step.
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
