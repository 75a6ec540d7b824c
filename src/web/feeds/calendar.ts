// Maintenance as an iCalendar feed, of the whole site or of one component.
import { isCalledOff } from '../../core/incidents/completion.ts';
import { coveredBy } from '../../core/incidents/maintenance.ts';
import type { ToldPlan } from '../../core/incidents/plans.ts';
import { announcedOf, occurrenceDay, repetitionOf } from '../../core/incidents/recurrence.ts';
import { momentAt, wallTime, zoneName } from '../../core/incidents/times/zone.ts';
import { type Incident, incidentPath, keyOf } from '../../core/model/incident.ts';
import { DAY, iso, type Millis, parseInstant, type Span } from '../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import { markdownAsWords } from '../../core/text/markdown.ts';
import { printable } from '../../core/text/printable.ts';
import { headingOf, urn } from './entries.ts';
import { durationLine, escaped, printLines, utcTime, wallClock, zonedTime, zoneLines } from './icalendar.ts';

/** How many maintenances, latest first, a calendar holds; a recurring one counts once. */
const MAX_EVENTS = 100;

/** How the site is shown in a calendar. */
interface CalendarSite {
  readonly siteUrl: string;
  readonly siteZone: string;
  readonly told: ReadonlyMap<string, ToldPlan>;
}

/**
 * `/status/maintenance.ics`, `/status/maintenance/:component.ics`. UIDs stay the same if the site's address changes.
 * - Times are in the maintenance's zone, so that a recurring one keeps its local time when the clocks change.
 * - A maintenance completed before it began, or deleted while it was to come, is CANCELLED, so that calendars strike it
 *   out. One that ended early or late ends when it ended.
 * - SEQUENCE counts the updates after the first, and rises with each move (`plans.ts`). DTSTAMP is the newest update or
 *   the last move, so equal Snapshots give equal bytes.
 * - A recurring one is one event with its RRULE. Occurrences with updates of their own are exceptions, and so are those
 *   of a night in which the clocks change: programs read these differently. What was over by a former plan is an event of
 *   its own.
 */
export function maintenanceIcs(snapshot: Snapshot, componentId?: string): string {
  const { site, plans, at } = snapshot;
  const component = snapshot.components.find(view => view.component.id === componentId)?.component;
  const all = componentId === undefined;
  const shown = snapshot.maintenances.filter(
    ({ affected }) => all || affected.some(({ id }) => id === componentId),
  );
  const gone = plans.filter(
    ({ goneAt, plan }) => goneAt !== null && (all || plan.components.includes(componentId)),
  );
  const how: CalendarSite = {
    siteUrl: site.url,
    siteZone: zoneName(site.timezone),
    told: new Map(plans.map(plan => [plan.id, plan])),
  };
  const events = [
    ...gone.map(cancelled),
    ...bySeries(shown)
      .slice(0, MAX_EVENTS)
      .flatMap(views => eventsOf(views, how)),
  ];
  const zones = [...new Set(events.map(({ zone }) => zone))].sort();
  const name = escaped(`${component ? `${site.title}: ${component.name}` : site.title} maintenance`);
  return printLines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Status Live//Status Live//EN',
    'METHOD:PUBLISH',
    `NAME:${name}`,
    `X-WR-CALNAME:${name}`,
    `X-WR-TIMEZONE:${how.siteZone}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
    ...zones.flatMap(zone => {
      const starts = events.filter(event => event.zone === zone).map(({ start }) => start);
      return zoneLines(zone, Math.min(...starts), Math.max(at, ...starts));
    }),
    ...events.flatMap(printEvent),
    'END:VCALENDAR',
  ]);
}

interface CalendarEvent extends Span {
  readonly uid: string;
  readonly zone: string;
  readonly sequence: number;
  readonly stamp: Millis;
  readonly created: Millis | null;
  readonly summary: string;
  readonly description: string;
  readonly url: string | null;
  readonly names: readonly string[];
  readonly isCancelled: boolean;
  /** `RRULE:FREQ=…`: `start` and `end` are wall times, as the rule has them. */
  readonly rule?: string;
  /** The wall time of an exception, as the rule has it. */
  readonly recurrenceId?: Millis;
}

function printEvent(event: CalendarEvent): string[] {
  const { zone, start, end, created, url, names, rule, recurrenceId } = event;
  return [
    'BEGIN:VEVENT',
    `UID:${event.uid}`,
    `SEQUENCE:${event.sequence}`,
    utcTime('DTSTAMP', event.stamp),
    ...(rule === undefined
      ? [zonedTime('DTSTART', start, zone), zonedTime('DTEND', end, zone)]
      : [wallClock('DTSTART', start, zone), wallEnd(event), rule]),
    ...(recurrenceId === undefined ? [] : [wallClock('RECURRENCE-ID', recurrenceId, zone)]),
    `SUMMARY:${escaped(event.summary)}`,
    'TRANSP:TRANSPARENT',
    ...(event.description === '' ? [] : [`DESCRIPTION:${escaped(event.description)}`]),
    ...(names.length === 0 ? [] : [`CATEGORIES:${names.map(escaped).join(',')}`]),
    ...(url === null ? [] : [`URL;VALUE=URI:${url}`]),
    `STATUS:${event.isCancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    ...(created === null ? [] : [utcTime('CREATED', created)]),
    utcTime('LAST-MODIFIED', event.stamp),
    'END:VEVENT',
  ];
}

/** The end of a recurring event, from which programs take the length of all: so the clocks must not change within it. */
function wallEnd({ start, end, zone }: Span & { readonly zone: string }): string {
  const length = end - start;
  const isPlain = wallTime(zone, momentAt(zone, start) + length) === end;
  return isPlain ? wallClock('DTEND', end, zone) : durationLine(length);
}

/** A maintenance whose file was deleted. */
function cancelled({ id, plan, sequence, changedAt }: ToldPlan): CalendarEvent {
  const { start: started, end, zone: timezone } = plan;
  const zone = zoneName(timezone);
  const series = {
    status: 'scheduled',
    started,
    scheduled: plan,
    resolved: null,
    updates: [],
    timezone,
  } as const;
  const repeated = plan.rrule === null ? null : repetitionOf({ ...series, rrule: plan.rrule });
  const start = repeated?.wall ?? started;
  return {
    ...{ uid: uid(id), zone, sequence, stamp: changedAt ?? started, created: null },
    ...{ start, end: start + end - started, ...(repeated ? { rule: repeated.rule } : {}) },
    ...{ summary: printable(plan.title), description: '', url: null, names: [], isCancelled: true },
  };
}

/** Groups the occurrences by each plan of a file, ordered by the latest occurrence. */
function bySeries(views: readonly IncidentView[]): IncidentView[][] {
  const found = new Map<Incident, IncidentView[]>();
  for (const view of views) {
    const plan = view.series ?? view;
    const there = found.get(plan);
    if (there) there.push(view);
    else found.set(plan, [view]);
  }
  return [...found.values()];
}

function eventsOf(views: readonly IncidentView[], how: CalendarSite): CalendarEvent[] {
  const [any] = views as [IncidentView, ...IncidentView[]];
  const { series } = any;
  const repeated = series && repetitionOf(series);
  if (!series?.scheduled || !repeated) return views.map(view => eventOf(view, view.updates, how));
  const { scheduled, record } = series;
  const until = record?.until === undefined ? '' : ` until ${iso(record.until)}`;
  const name = `${keyOf(series)}${until}`;
  const first = views.find(view => view.scheduled?.start === scheduled.start);
  const length = scheduled.end - scheduled.start;
  const plain = { ...any, ...series, state: 'scheduled' as const };
  const whole: CalendarEvent = {
    ...eventOf(plain, announcedOf(series), how),
    start: repeated.wall,
    end: repeated.wall + length,
    rule: repeated.rule,
    // The permalink of the file, while its first occurrence is still listed.
    url: how.siteUrl + incidentPath((first ?? any).id),
    ...stampsOf(series, how),
    uid: uid(name),
  };
  const { zone } = whole;
  // The file's own start counts even if the rule does not match it.
  const alone =
    first && repeated.at !== scheduled.start
      ? [{ ...eventOf(first, first.updates, how), uid: uid(`${name} first`) }]
      : [];
  const exceptions = views
    .filter(view => alone.length === 0 || view !== first)
    // The rule ends before the one that the end of the series calls off.
    .filter(view => view.resolved === null || view.scheduled!.start <= view.resolved)
    .map(view => ({
      ...eventOf(view, view.updates, how),
      uid: uid(name),
      recurrenceId: wallOf(view, repeated.wall),
      ...stampsOf(series, how),
    }))
    .filter(
      ({ isCancelled, start, end, description, recurrenceId: wall }) =>
        isCancelled ||
        end - start !== length ||
        description !== whole.description ||
        // Also of a start that the change of the clocks moves: it moves the end.
        zonedTime('', end, zone) !== wallClock('', wall + length, zone),
    );
  return [whole, ...exceptions, ...alone];
}

/** The wall time of an occurrence by its rule, of which another occurrence's is known. */
function wallOf(view: IncidentView, other: Millis): Millis {
  const midnight = parseInstant(occurrenceDay(view) ?? '') ?? 0;
  return midnight + (((other % DAY) + DAY) % DAY);
}

function eventOf(maintenance: IncidentView, updates: Incident['updates'], how: CalendarSite): CalendarEvent {
  const { affected, title, timezone } = maintenance;
  const { start, end } = coveredBy(maintenance, maintenance.state);
  const texts = updates
    .map(update => `${headingOf(maintenance, update)}: ${markdownAsWords(update.body)}`)
    .reverse();
  const names = affected.map(({ name }) => printable(name));
  return {
    uid: uid(keyOf(maintenance)),
    zone: timezone === undefined ? how.siteZone : zoneName(timezone),
    ...stampsOf(maintenance, how),
    start,
    end,
    summary: printable(title),
    description: printable(
      [...(names.length > 0 ? [`Affects: ${names.join(', ')}`] : []), ...texts].join('\n\n'),
    ),
    url: how.siteUrl + incidentPath(maintenance.id),
    names,
    isCancelled: isCalledOff(maintenance),
  };
}

/**
 * Stamps of the newest update, or of the last move. Exceptions use those of the whole file, because calendars keep the
 * highest they have seen.
 */
function stampsOf(incident: Incident, { told }: CalendarSite) {
  const { updates } = incident;
  const times = updates.map(({ at }) => at);
  const plan = told.get(keyOf(incident));
  return {
    sequence: Math.max(plan?.sequence ?? 0, updates.length - 1),
    stamp: Math.max(plan?.changedAt ?? 0, ...times),
    created: Math.min(...times),
  };
}

function uid(id: string): string {
  return urn('maintenance', id).slice('urn:uuid:'.length);
}
