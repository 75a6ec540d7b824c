// Recurrence: a maintenance file with an `rrule` becomes its occurrences, each an incident of its own.
import rrule from 'rrule';
import type { Incident } from './incident.ts';
import { DAY, iso, type Millis } from './time.ts';

const { RRule } = rrule;

/** So far back occurrences are kept (the page's longest uptime window), and so far ahead they are shown. */
const BACK: Millis = 366 * DAY;
const AHEAD: Millis = 35 * DAY;
/** A rule that fires every minute is a mistake, not a maintenance. */
const MOST = 500;

/** Parts of a rule that name a time of day, and one that RFC 5545 does not know. */
const FINER = ['byhour', 'byminute', 'bysecond', 'byeaster'] as const;

/** The rule's options, or null when `text` is no RFC 5545 rule a maintenance can repeat by. */
export function readRule(text: string): object | null {
  const plain = text.trim().replace(/^RRULE:/i, '');
  if (!/^[A-Z]+=[^;=]+(;[A-Z]+=[^;=]+)*$/i.test(plain)) return null;
  try {
    const options = RRule.parseString(plain);
    if (options.freq === undefined || options.freq > RRule.DAILY || options.dtstart) return null;
    // An occurrence is known by its day, and begins when the file's own did.
    if (FINER.some(key => options[key] !== undefined)) return null;
    // Building it checks what parsing does not.
    new RRule({ ...options, dtstart: new Date(0) });
    return options;
  } catch {
    return null;
  }
}

/**
 * The occurrences of a recurring maintenance around `now`, the file's own first; any other incident
 * alone. An update belongs to the occurrence it was written in or after; what was written before the
 * first began stands with each, and is mailed with the first alone.
 */
export function occurrencesOf(incident: Incident, now: Millis): readonly Incident[] {
  const options = incident.scheduled && incident.rrule ? readRule(incident.rrule) : null;
  if (!incident.scheduled || !options) return [incident];
  const { start, end } = incident.scheduled;
  const rule = new RRule({ ...options, dtstart: new Date(start) });
  const starts: Millis[] = [];
  const from = new Date(Math.max(start, now - BACK));
  rule.between(from, new Date(Math.max(now + AHEAD, start)), true, date => {
    starts.push(date.getTime());
    return starts.length < MOST;
  });
  // As RFC 5545 has it, the beginning itself counts even where the rule would not name it.
  if (from.getTime() === start && starts[0] !== start) starts.unshift(start);
  // The next one is shown however far away it is.
  const next = rule.after(new Date(now))?.getTime();
  if (next !== undefined && !starts.includes(next)) starts.push(next);
  return starts.map((at, index) =>
    occurrence(incident, { start: at, end: at + end - start }, starts[index + 1]),
  );
}

/**
 * A recurring maintenance as other programs repeat it: the first beginning that the rule itself names
 * (RFC 5545 wants DTSTART to be one), and the rule from there. null when it names none.
 */
export function repetitionOf({ scheduled, rrule: text = '' }: Incident): Repetition | null {
  const options = scheduled && readRule(text);
  if (!options) return null;
  const first = new RRule({ ...options, dtstart: new Date(scheduled.start) }).after(
    new Date(scheduled.start),
    true,
  );
  return first && { start: first.getTime(), rule: RRule.optionsToString(options) };
}

export interface Repetition {
  readonly start: Millis;
  /** `RRULE:FREQ=…` */
  readonly rule: string;
}

/** What stands with every occurrence: what was written before the first began, or the first words at all. */
export function announcedOf({ scheduled, updates }: Incident): Incident['updates'] {
  const before = updates.filter(({ at }) => at < (scheduled?.start ?? 0));
  return before.length > 0 ? before : updates.slice(0, 1);
}

function occurrence(
  incident: Incident,
  scheduled: { readonly start: Millis; readonly end: Millis },
  following = Number.POSITIVE_INFINITY,
): Incident {
  const first = (incident.scheduled as { start: Millis }).start;
  const isFirst = scheduled.start === first;
  const announced = incident.updates
    .filter(update => update.at < first)
    .map(update => (isFirst ? update : { ...update, quiet: true as const }));
  const own = incident.updates.filter(({ at }) => at >= scheduled.start && at < following);
  const updates = [...announced, ...own];
  const { rrule: _, ...rest } = incident;
  return {
    ...rest,
    id: isFirst ? incident.id : `${incident.id}--${iso(scheduled.start).slice(0, 10)}`,
    status: own.at(-1)?.status ?? (isFirst ? incident.status : 'scheduled'),
    scheduled,
    series: incident,
    updates: updates.length > 0 ? updates : incident.updates.slice(0, 1),
  };
}
