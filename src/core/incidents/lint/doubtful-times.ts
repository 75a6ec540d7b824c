// Doubtful times: warns of times that are a guess, or most likely of the wrong year.
import { type Incident, isOpen } from '../../model/incident.ts';
import { DAY, HOUR, iso, type Millis, parseInstant } from '../../model/time.ts';
import { ENDING_FOR, earliestOf } from '../file/moments.ts';
import type { Section, Sections } from '../file/timeline.ts';
import type { Frontmatter } from '../file/updates.ts';
import { tellsOfWork } from '../times/work-days.ts';
import { minuteOf, momentsOf, type Remark } from './remark.ts';

export function doubtfulTimes(incident: Incident, cut: Sections): Remark[] {
  return incident.scheduled ? guessed(incident, cut) : misdated(incident, cut);
}

/** Returns remarks on what cannot be known for sure of a maintenance as it is written: it is used all the same. */
function guessed(incident: Incident, cut: Sections): Remark[] {
  const { sections } = cut;
  const { rrule, status, resolved, updates } = incident;
  const scheduled = incident.scheduled!;
  const repeats = rrule !== undefined;
  const long = !repeats && scheduled.end - scheduled.start >= DAY;
  const found: Remark[] = sections
    .filter(section => long && !section.dated && tellsOfWork(section))
    .map(section => ({
      at: section.line,
      what: 'this section has a time but no date, and the maintenance is longer than a day: its day is a guess',
      fix: `write the date too, like \`## Completed ${iso(scheduled.start).slice(0, 10)} 02:41 UTC\``,
    }));
  for (const { section, at } of repeats ? [] : momentsOf(incident, cut, scheduled)) {
    const meant = dayOfWork(at, scheduled);
    if (section.dated || section.status !== null || meant === null) continue;
    found.push({
      at: section.line,
      what: `this section has a time but no date, and is read as ${iso(at)}: before the work, not during it`,
      fix: `write the date too, like \`## Update ${minuteOf(meant)} UTC\``,
    });
  }
  for (const { dated, time, line } of repeats ? [] : sections) {
    if (!dated || time >= scheduled.start || !isWholeYears(scheduled.end - time)) continue;
    const fix = `did you mean ${minuteOf(inYearOf(time, scheduled.start))} UTC?`;
    found.push({ at: line, what: `this update is dated ${iso(time)}, a year before the work`, fix });
  }
  const saysItIsOver =
    resolved !== null ||
    updates.some(({ status, occurrence }) => status === 'completed' && occurrence === undefined);
  if (repeats && status === 'completed' && !saysItIsOver) {
    found.push({
      at: 'status',
      what: 'the series is over, but has no time of its end: it ended when the server first saw this',
      fix: 'write `resolved:` with the time of its end, or `status: scheduled` if it continues',
    });
  }
  return found;
}

/**
 * A beginning or a section that is most likely of the wrong year: an update more than an hour before `started`, and a
 * `started` far from the day that the file is named after. What is over may be named after any day.
 */
function misdated(incident: Incident, { sections }: Sections): Remark[] {
  const { id, started, begins = started, resolved, openedBy } = incident;
  if (openedBy !== null) return [];
  const found: Remark[] = [];
  const named = /^(\d{4})(\d{2})(\d{2})(?!\d)/.exec(id);
  const day = named && parseInstant(`${named[1]}-${named[2]}-${named[3]}`);
  const apart = day === null ? 0 : Math.abs(started - day);
  if (day !== null && (isWholeYears(apart) || (isOpen(incident) && apart > 3 * DAY))) {
    const year = `did you mean ${iso(inYearOf(started, day))}?`;
    const what = `\`started\` is ${iso(started)}, but the file is named after ${iso(day).slice(0, 10)}`;
    found.push({ at: 'started', what, fix: isWholeYears(apart) ? year : 'correct one of them' });
  }
  const earliest = earliestOf({ started: begins, ending: resolved });
  for (const { dated, time, line } of sections) {
    if (!dated || time >= earliest) continue;
    const meant = inYearOf(time, started);
    const what = `this update is dated ${iso(time)}, before the incident began (${iso(begins)}), so no email is sent`;
    const year = `did you mean ${minuteOf(meant)} UTC?`;
    const fix =
      isWholeYears(meant - time) && meant !== time ? year : 'correct its time or date, or `started`';
    found.push({ at: line, what, fix });
  }
  return [...found, ...afterTheEnd(incident, sections)];
}

/**
 * The end of a maintenance that is before its announcement, or whole years away from its window: a slip, which does not
 * count.
 */
export function misdatedEnd({
  scheduled_start: start,
  scheduled_end: end,
  ...fields
}: Frontmatter): Remark[] {
  const { started, resolved, rrule } = fields;
  if (start === undefined || end === undefined || rrule != null || resolved == null) return [];
  const isOfAnotherYear = resolved < start && isWholeYears(end - resolved);
  if (!isOfAnotherYear && !(started !== undefined && resolved < Math.min(started, start) - DAY)) return [];
  const what = `\`resolved\` is ${iso(resolved)}, before the maintenance was announced, so it does not count`;
  const year = `did you mean ${iso(inYearOf(resolved, start))}?`;
  return [{ at: 'resolved', what, fix: isOfAnotherYear ? year : 'correct its date, or `started`' }];
}

/** A dated section after the end, by more than its words take, that stands between sections said before that. */
function afterTheEnd({ resolved }: Incident, sections: Sections['sections']): Remark[] {
  if (resolved === null) return [];
  const isLate = ({ dated, time }: Section) => dated && time > resolved + ENDING_FOR;
  const first = sections.findIndex(section => !isLate(section));
  const last = sections.findLastIndex(section => !isLate(section));
  return sections
    .slice(Math.max(first, 0), last + 1)
    .filter(isLate)
    .map(({ line, time }) => ({
      at: line,
      what: `this update is dated ${iso(time)}, after the end (${iso(resolved)}), but stands between updates from before the end`,
      fix: 'correct its date, or `resolved`',
    }));
}

/** Whether a span is whole years, give or take three days. */
function isWholeYears(span: Millis): boolean {
  const years = Math.round(span / (365.25 * DAY));
  return years > 0 && Math.abs(span - years * 365.25 * DAY) <= 3 * DAY;
}

/** The same day and time in the year that brings it nearest to `near`, if possible not before it. */
function inYearOf(at: Millis, near: Millis): Millis {
  const year = new Date(near).getUTCFullYear();
  const all = [year - 1, year, year + 1].map(one => new Date(at).setUTCFullYear(one));
  const later = all.filter(one => one >= near - DAY);
  const best = Math.min(...later);
  return best - near < 180 * DAY ? best : all.sort((a, b) => Math.abs(a - near) - Math.abs(b - near))[0]!;
}

/** The later time that may be meant, when the time of day is within the work but the day is before it; else null. */
function dayOfWork(at: Millis, { start, end }: { start: Millis; end: Millis }): Millis | null {
  const first = start - HOUR;
  if (at >= first) return null;
  const meant = first + ((((at - first) % DAY) + DAY) % DAY);
  return meant <= end + HOUR ? meant : null;
}
