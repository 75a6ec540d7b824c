// Doubtful times: what of a file's times is a guess, or most likely of the wrong year.
import { type Incident, isOpen } from '../../model/incident.ts';
import type { Problem } from '../../model/problem.ts';
import { DAY, HOUR, iso, type Millis, parseInstant } from '../../model/time.ts';
import type { Front } from '../../text/front-matter.ts';
import { type Sections, tellsOfWork } from '../file/timeline.ts';
import { minuteOf, momentsOf } from './moments.ts';

/** What of a maintenance cannot be known for sure as it is written: used all the same. */
export function guessed(
  incident: Incident,
  { sections }: Sections,
  where: string,
  { yaml, bodyLine }: Front,
): Problem[] {
  const { scheduled, rrule, status, resolved, updates } = incident;
  if (!scheduled) return [];
  const long = scheduled.end - scheduled.start >= DAY;
  const why = rrule === undefined ? 'the maintenance is longer than a day' : 'the maintenance repeats';
  const found = sections
    .filter(section => !section.dated && (rrule !== undefined || (long && tellsOfWork(section))))
    .map(
      (section): Problem => ({
        level: 'warning',
        where,
        line: bodyLine + section.line - 1,
        what: `this section has a time and no date, and ${why}: its day is a guess`,
        fix: `write the date too, like \`## Completed ${iso(scheduled.start).slice(0, 10)} 02:41 UTC\``,
      }),
    );
  if (rrule === undefined) {
    for (const { section, at } of momentsOf(incident, sections, scheduled)) {
      const meant = dayOfWork(at, scheduled);
      if (section.dated || section.status !== null || meant === null) continue;
      found.push({
        level: 'warning',
        where,
        line: bodyLine + section.line - 1,
        what: `this section has a time and no date, and is read as ${iso(at)}: before the work, not during it`,
        fix: `write the date too, like \`## Update ${minuteOf(meant)} UTC\``,
      });
    }
  }
  const said = resolved !== null || updates.some(update => update.status === 'completed');
  if (rrule !== undefined && status === 'completed' && !said) {
    found.push({
      level: 'warning',
      where,
      line: yaml?.lineOf(['status']) ?? 1,
      what: 'the series is over, and nothing says since when: occurrences after its last words are not shown',
      fix: 'write `resolved:` with the time of its end, or `status: scheduled` if it goes on',
    });
  }
  return found;
}

/**
 * A beginning or a section that is most likely of the wrong year: an update more than a day before `started`, and a
 * `started` far from the day that the file is named after. What is over may be named after any day.
 */
export function misdated(
  incident: Incident,
  { sections }: Sections,
  where: string,
  { yaml, bodyLine }: Front,
): Problem[] {
  const { id, scheduled, started, openedBy } = incident;
  if (scheduled || openedBy !== null) return [];
  const found: Problem[] = [];
  const named = /^(\d{4})(\d{2})(\d{2})(?!\d)/.exec(id);
  const day = named && parseInstant(`${named[1]}-${named[2]}-${named[3]}`);
  const apart = day === null ? 0 : Math.abs(started - day);
  if (day !== null && (isYears(apart) || (isOpen(incident) && apart > 3 * DAY))) {
    const fix = isYears(apart)
      ? `did you mean ${iso(inYearOf(started, day))}?`
      : 'correct the one or the other';
    const what = `\`started\` is ${iso(started)}, and the file is named after ${iso(day).slice(0, 10)}`;
    found.push({ level: 'warning', where, line: yaml?.lineOf(['started']) ?? 1, what, fix });
  }
  for (const { dated, time, line } of sections) {
    if (!dated || time >= started - DAY) continue;
    const meant = inYearOf(time, started);
    found.push({
      level: 'warning',
      where,
      line: bodyLine + line - 1,
      what: `this update is dated ${iso(time)}, before the incident began (${iso(started)}), so nobody is mailed`,
      fix: meant >= started - DAY ? `did you mean ${minuteOf(meant)} UTC?` : 'correct its date, or `started`',
    });
  }
  return found;
}

/** Whether a span is whole years, give or take three days. */
function isYears(span: Millis): boolean {
  const years = Math.round(span / (365.25 * DAY));
  return years > 0 && Math.abs(span - years * 365.25 * DAY) <= 3 * DAY;
}

/** The same day and time in the year in which it comes nearest to `near`, not before it where it can be. */
function inYearOf(at: Millis, near: Millis): Millis {
  const year = new Date(near).getUTCFullYear();
  const all = [year - 1, year, year + 1].map(one => new Date(at).setUTCFullYear(one));
  const later = all.filter(one => one >= near - DAY);
  const best = Math.min(...later);
  return best - near < 180 * DAY ? best : all.sort((a, b) => Math.abs(a - near) - Math.abs(b - near))[0]!;
}

/** When the moment's time of day lies within the work, and the moment does not: the later moment that may be meant. */
function dayOfWork(at: Millis, { start, end }: { start: Millis; end: Millis }): Millis | null {
  const first = start - HOUR;
  if (at >= first) return null;
  const meant = first + ((((at - first) % DAY) + DAY) % DAY);
  return meant <= end + HOUR ? meant : null;
}
