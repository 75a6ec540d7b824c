// Untimely: times in an incident file that are a guess, or lie in the future, and are named to the operator.

import { type Incident, isOpen } from '../../model/incident.ts';
import { bearable, type Problem, survived } from '../../model/problem.ts';
import { DAY, HOUR, iso, MINUTE, type Millis, parseInstant } from '../../model/time.ts';
import { type Front, readFrontmatter } from '../../text/front-matter.ts';
import {
  cutSections,
  readMoments,
  type Section,
  type Sections,
  tellsOfWork,
  type Work,
} from '../file/timeline.ts';

/** An operator's clock may be ahead of ours by so much. */
const SLACK: Millis = 5 * MINUTE;

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

/** `2025-11-06 15:30`, UTC. */
function minuteOf(at: Millis): string {
  return iso(at).slice(0, 16).replace('T', ' ');
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

/** The moments of an incident's sections, as its updates have them. */
function momentsOf(
  { started, updates, rrule, openedBy }: Incident,
  sections: readonly Section[],
  work: Work | null,
) {
  const announced = updates.find(({ presumed }) => presumed)?.at ?? started;
  return readMoments(sections, announced, work, 'newest first', rrule !== undefined || openedBy !== null);
}

/**
 * That an operator's incident ends before it begins. An error where nobody knows which of the two is meant; a beginning
 * that lies ahead, or did when it was first seen (`view` is the incident as shown), is the slip itself: a warning. Null
 * for any other, and for a machine's, filed while the clock was ahead: nobody has to mend that.
 */
export function backwards(
  incident: Incident,
  source: string,
  where: string,
  now: Millis,
  view?: Incident,
): Problem | null {
  const { begins, resolved, openedBy } = incident;
  if (begins === undefined || resolved === null || openedBy !== null) return null;
  const times = `\`started\` is ${iso(begins)}, \`resolved\` is ${iso(resolved)}`;
  if (begins > now || view?.foretold === begins) {
    const when = begins > now ? ' and in the future' : '';
    const what = `\`started\` lies after \`resolved\`${when}, so it counts from when it was first seen: ${times}`;
    const { startedLine: line } = placesOf(incident, source, where);
    return { level: 'warning', where, line, what, fix: 'correct `started`' };
  }
  const { yaml, body } = readFrontmatter(where, source);
  const slip = slipOf(incident, cutSections(body), begins, resolved);
  const fix = slip
    ? `most likely \`${slip}\` is wrong: correct it, or the other`
    : 'correct the one that is wrong';
  return {
    level: 'error',
    where,
    line: yaml?.lineOf([slip ?? 'resolved']) ?? 1,
    what: `it ends before it begins: ${times}`,
    fix,
  };
}

/**
 * Which of the two is off: `started`, where sections were written within the day before it; else by the day in the
 * file's name; null when nothing tells.
 */
function slipOf({ id }: Incident, { sections }: Sections, begins: Millis, resolved: Millis) {
  const before = readMoments(sections, begins).filter(({ at }) => at < begins);
  if (before.some(({ at }) => at >= begins - DAY)) return 'started';
  const isNamed = (at: Millis) => id.startsWith(iso(at).slice(0, 10).replaceAll('-', ''));
  if (isNamed(begins) !== isNamed(resolved)) return isNamed(begins) ? 'resolved' : 'started';
  return before.length > 0 ? 'started' : null;
}

/**
 * What stands in a file's future as of `now`: a section that was most likely not meant so, and the beginning or
 * end of an incident (`asOf` says what is made of it). A maintenance may be announced ahead of
 * time, and told of in dated sections. `incident` is as its file has it, `source` the file's text; `view` is what
 * the page shows of it, where that is known: of what was told as over there is nothing to say.
 */
export function untimely(
  incident: Incident,
  source: string,
  where: string,
  now: Millis,
  view?: Incident,
): Problem[] {
  return survived(
    () => bearable([...untimelyIn(incident, source, where, now, view)]),
    problem => [problem],
    where,
  );
}

/** So many of one file are named on /readyz; `lint` names all. */
const SHOWN = 5;

/** The first of these for an incident on the page: warnings, as it was taken, whatever is wrong with it. */
export function shownUntimely(
  incident: Incident,
  source: string | undefined,
  view: Incident | undefined,
  now: Millis,
): Problem[] {
  const where = `incidents/${incident.id}.md`;
  const first = () => {
    const found: Problem[] = [];
    for (const one of untimelyIn(incident, source ?? '', where, now, view))
      if (found.push(one) === SHOWN) break;
    return bearable(found);
  };
  return survived(first, problem => [problem], where).map(one => ({ ...one, level: 'warning' }));
}

/** Where a file says what may lie in the future. */
interface Places {
  readonly source: string;
  readonly startedLine: number;
  readonly resolvedLine: number;
  /** Each section by its line in the file, in the order of time. */
  readonly sections: readonly { readonly line: number; readonly at: Millis; readonly dated: boolean }[];
}

/** A long file takes milliseconds to cut apart, and is asked of each second: that is done once per change of it. */
const places = new WeakMap<Incident, Places>();

function placesOf(incident: Incident, source: string, where: string): Places {
  const known = places.get(incident);
  if (known?.source === source) return known;
  const { yaml, body, bodyLine } = readFrontmatter(where, source);
  const work = incident.scheduled && incident.rrule === undefined ? incident.scheduled : null;
  const moments = momentsOf(incident, cutSections(body).sections, work);
  const made = {
    source,
    startedLine: yaml?.lineOf(['started']) ?? 1,
    resolvedLine: yaml?.lineOf(['resolved']) ?? 1,
    sections: moments.map(({ section: { line, dated }, at }) => ({ line: bodyLine + line - 1, at, dated })),
  };
  places.set(incident, made);
  return made;
}

function* untimelyIn(
  incident: Incident,
  source: string,
  where: string,
  now: Millis,
  view?: Incident,
): Generator<Problem, void> {
  const late = now + SLACK;
  // It counts from when it was first seen, be it by seconds; a machine's nobody can correct.
  const bound = incident.openedBy === null ? now : late;
  const { scheduled, started, resolved, updates, openedBy } = incident;
  const turned = backwards(incident, source, where, now, view);
  if (turned) {
    yield turned;
    return;
  }
  // The sections of a machine's file that begins after its end are of that clock, too.
  if (incident.begins !== undefined) return;
  // A clock that was set back makes nothing of what is over.
  if (resolved !== null && resolved > now && view && !scheduled && !isOpen(view)) return;
  const newest = updates[updates.length - 1]?.at ?? started;
  const foretold = openedBy === null && view?.foretold === started;
  // Thousands of files lie in the past; none of them is read again.
  if (newest <= late && (scheduled || started <= bound) && (resolved ?? 0) <= now && !foretold) return;
  const { startedLine, resolvedLine, sections } = placesOf(incident, source, where);
  const fix = `it is ${minuteOf(now)} UTC now; correct the date or the zone`;
  const early = (line: number, what: string): Problem => ({ level: 'warning', where, line, what, fix });
  if (!scheduled) {
    if (started > bound) {
      yield early(
        startedLine,
        `\`started\` lies in the future: ${iso(started)}, so it counts from when it was first seen`,
      );
    }
    if (started <= now && foretold && view) {
      const what = `\`started\` (${iso(started)}) lay in the future when it was first seen, so it counts from ${iso(view.started)}`;
      const fix = 'correct `started`: the time in UTC, or with its zone';
      yield { level: 'warning', where, line: startedLine, what, fix };
    }
    if (resolved !== null && resolved > now) {
      yield early(
        resolvedLine,
        `\`resolved\` lies in the future: ${iso(resolved)}, and until then it is open`,
      );
    }
  }
  for (const { line, at, dated } of sections) {
    if (at <= late || (scheduled && dated)) continue;
    const why = dated ? '' : ' (it has no date, and this is the next such time)';
    yield early(line, `this update lies in the future: ${iso(at)}${why}`);
  }
}
