// Untimely: times in an incident file that are a guess, or lie in the future, and are named to the operator.
import { type Front, readFrontmatter } from './front-matter.ts';
import type { Incident } from './incident.ts';
import { bearable, type Problem } from './problem.ts';
import { DAY, HOUR, iso, MINUTE, type Millis } from './time.ts';
import { cutSections, readMoments, type Sections, tellsOfWork } from './timeline.ts';

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
    for (const { section, at } of readMoments(sections, announcedAt(incident), scheduled)) {
      const meant = dayOfWork(at, scheduled);
      if (section.dated || section.status !== null || meant === null) continue;
      found.push({
        level: 'warning',
        where,
        line: bodyLine + section.line - 1,
        what: `this section has a time and no date, and is read as ${iso(at)}: before the work, not during it`,
        fix: `write the date too, like \`## Update ${iso(meant).slice(0, 16).replace('T', ' ')} UTC\``,
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

/** When the moment's time of day lies within the work, and the moment does not: the later moment that may be meant. */
function dayOfWork(at: Millis, { start, end }: { start: Millis; end: Millis }): Millis | null {
  const first = start - HOUR;
  if (at >= first) return null;
  const meant = first + ((((at - first) % DAY) + DAY) % DAY);
  return meant <= end + HOUR ? meant : null;
}

/** The moment that a maintenance's undated sections are read from. */
function announcedAt({ started, updates }: Incident): Millis {
  return updates.find(({ presumed }) => presumed)?.at ?? started;
}

/**
 * What stands in a file's future as of `now`: a section that was most likely not meant so, and the beginning or
 * end of an incident (`asOf` says what is made of it). A maintenance may be announced ahead of
 * time, and told of in dated sections. `incident` is as its file has it, `source` the file's text.
 */
export function untimely(incident: Incident, source: string, where: string, now: Millis): Problem[] {
  const late = now + SLACK;
  const { scheduled, started, resolved, updates } = incident;
  const newest = updates[updates.length - 1]?.at ?? started;
  // Thousands of files lie in the past; none of them is read again.
  if (newest <= late && started <= late && (resolved ?? 0) <= late) return [];
  const { yaml, body, bodyLine } = readFrontmatter(where, source);
  const found: Problem[] = [];
  const add = (line: number, what: string, fix: string) =>
    found.push({ level: 'warning', where, line, what, fix });
  if (!scheduled) {
    const line = (key: string) => yaml?.lineOf([key]) ?? 1;
    const fix = 'write the time in UTC, or with its zone (2025-11-06T15:30:00+01:00)';
    if (started > late) {
      add(
        line('started'),
        `\`started\` lies in the future: ${iso(started)}, so it counts from when it was first seen`,
        fix,
      );
    }
    if (resolved !== null && resolved > late) {
      add(
        line('resolved'),
        `\`resolved\` lies in the future: ${iso(resolved)}, and until then it is open`,
        fix,
      );
    }
  }
  const work = scheduled && incident.rrule === undefined ? scheduled : null;
  for (const { section, at } of readMoments(cutSections(body).sections, announcedAt(incident), work)) {
    if (at <= late || (scheduled && section.dated)) continue;
    const why = section.dated ? '' : ' (it has no date, and this is the next such time)';
    const fix = 'write its date and time in UTC: `## Update 2025-11-06 15:00 UTC`';
    add(bodyLine + section.line - 1, `this update lies in the future: ${iso(at)}${why}`, fix);
  }
  return bearable(found);
}
