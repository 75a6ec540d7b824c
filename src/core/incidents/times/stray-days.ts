// Dated sections of a wrong day: they move no undated ones.
import { DAY, type Millis, type Span } from '../../model/time.ts';
import type { TimedHeading } from './time-of-day.ts';

/** A date this long after all others is most likely of the wrong year. */
const LONGEST_SILENCE = 200 * DAY;

/**
 * The dated sections that most likely are of a wrong day: before the beginning, or long after all others.
 * @param earliest the time before which nothing is of the incident.
 * @param work the window of a maintenance, which may be announced before the day that its file is named after.
 */
export function straysOf<Section extends TimedHeading>(
  sections: readonly Section[],
  started: Millis,
  earliest: Millis,
  work: Span | null,
): ReadonlySet<Section> {
  const first = work ? started - LONGEST_SILENCE : earliest;
  let last = Math.max(started, work?.end ?? started);
  const strays = new Set<Section>();
  for (const section of sections.filter(({ dated }) => dated).sort((a, b) => a.time - b.time)) {
    if (section.time < first || section.time - last > LONGEST_SILENCE) strays.add(section);
    else last = Math.max(last, section.time);
  }
  return strays;
}
