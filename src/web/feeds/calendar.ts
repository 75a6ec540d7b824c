// Maintenance as an iCalendar feed, of the whole site or of one component.
import {
  ICalCalendar,
  ICalCalendarMethod,
  type ICalEventData,
  ICalEventStatus,
  ICalEventTransparency,
} from 'ical-generator';
import { announcedOf, repetitionOf } from '../../core/incidents/recurrence.ts';
import { type Incident, incidentPath, keyOf } from '../../core/model/incident.ts';
import { HOUR, type Millis } from '../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import { plainText } from '../../core/text/markdown.ts';
import { printable } from '../../core/text/printable.ts';
import { headingOf, urn } from './entries.ts';

/** How many maintenances, latest first, a calendar holds; a recurring one counts once. */
const MAX_EVENTS = 100;

/**
 * `/status/maintenance.ics`, `/status/maintenance/:component.ics`. UIDs stay the same if the site's address changes.
 * A maintenance completed before it began is CANCELLED, so that calendars strike it out. One that ended early or late
 * ends when it ended. SEQUENCE counts the updates after the first, and DTSTAMP is the newest update, so equal Snapshots
 * give equal bytes. A recurring one is one event with its RRULE; occurrences with updates of their own are exceptions.
 */
export function maintenanceIcs(snapshot: Snapshot, componentId?: string): string {
  const { site } = snapshot;
  const component = snapshot.components.find(view => view.component.id === componentId)?.component;
  const calendar = new ICalCalendar({
    name: `${component ? `${site.title}: ${component.name}` : site.title} maintenance`,
    prodId: { company: 'Status Live', product: 'Status Live', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: HOUR / 1000,
  });
  const shown = snapshot.maintenances.filter(
    ({ affected }) => componentId === undefined || affected.some(({ id }) => id === componentId),
  );
  for (const views of bySeries(shown).slice(0, MAX_EVENTS)) {
    for (const event of eventsOf(views, site.url)) calendar.createEvent(event);
  }
  // RFC 5545 ends every line with CRLF, the last one too.
  return `${calendar.toString().trimEnd()}\r\n`;
}

/** Groups the occurrences of each file, ordered by the latest occurrence. */
function bySeries(views: readonly IncidentView[]): IncidentView[][] {
  const found = new Map<string, IncidentView[]>();
  for (const view of views) {
    const id = view.series?.id ?? view.id;
    const there = found.get(id);
    if (there) there.push(view);
    else found.set(id, [view]);
  }
  return [...found.values()];
}

function eventsOf(views: readonly IncidentView[], siteUrl: string): ICalEventData[] {
  const [any] = views as [IncidentView, ...IncidentView[]];
  const { series } = any;
  const repeated = series && repetitionOf(series);
  if (!series?.scheduled || !repeated) return views.map(view => eventOf(view, view.updates, siteUrl));
  const first = views.find(view => view.scheduled?.start === series.scheduled?.start);
  const length = series.scheduled.end - series.scheduled.start;
  const plain = { ...any, ...series, state: 'scheduled' as const };
  const whole: ICalEventData = {
    ...eventOf(plain, announcedOf(series), siteUrl),
    start: new Date(repeated.start),
    end: new Date(repeated.start + length),
    repeating: repeated.rule,
    // The permalink of the file, while its first occurrence is still listed.
    url: siteUrl + incidentPath((first ?? any).id),
    ...stampsOf(series),
  };
  // The file's own start counts even if the rule does not match it.
  const alone =
    first && repeated.start !== series.scheduled.start
      ? [{ ...eventOf(first, first.updates, siteUrl), id: uid(`${keyOf(series)} first`) }]
      : [];
  const exceptions = views
    .filter(view => alone.length === 0 || view !== first)
    .map(view => ({
      ...eventOf(view, view.updates, siteUrl),
      id: uid(keyOf(series)),
      recurrenceId: new Date((view.scheduled as { start: Millis }).start),
      ...stampsOf(series),
    }))
    .filter(
      ({ status, start, end, description }) =>
        status !== ICalEventStatus.CONFIRMED ||
        Number(end) - Number(start) !== length ||
        description !== whole.description,
    );
  return [whole, ...exceptions, ...alone];
}

function eventOf(
  maintenance: IncidentView,
  updates: Incident['updates'],
  siteUrl: string,
): ICalEventData & { readonly start: Date; readonly end: Date } {
  const { affected, title } = maintenance;
  const { start, end } = maintenance.scheduled as { readonly start: Millis; readonly end: Millis };
  const finished = maintenance.state === 'completed' ? finishOf(maintenance) : null;
  const texts = updates.map(update => `${headingOf(update)}: ${plainText(update.body)}`).reverse();
  const names = affected.map(({ name }) => printable(name));
  return {
    id: uid(keyOf(maintenance)),
    ...stampsOf(maintenance),
    start: new Date(start),
    end: new Date(finished !== null && finished > start ? finished : Math.max(end, start)),
    summary: printable(title),
    description: printable(
      [...(names.length > 0 ? [`Affects: ${names.join(', ')}`] : []), ...texts].join('\n\n'),
    ),
    url: siteUrl + incidentPath(maintenance.id),
    categories: names.map(name => ({ name })),
    status: finished !== null && finished < start ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    // The event does not mark its reader as busy.
    transparency: ICalEventTransparency.TRANSPARENT,
  };
}

/** When the maintenance was completed, if an update says so. */
function finishOf({ updates, resolved }: Incident): Millis | null {
  return updates.find(({ status }) => status === 'completed')?.at ?? resolved;
}

/**
 * Stamps of the newest update. Exceptions use those of the whole file, because calendars keep the highest they have
 * seen.
 */
function stampsOf({ updates }: Incident) {
  const times = updates.map(({ at }) => at);
  const changed = new Date(Math.max(...times));
  const created = new Date(Math.min(...times));
  return { sequence: updates.length - 1, stamp: changed, lastModified: changed, created };
}

function uid(id: string): string {
  return urn('maintenance', id).slice('urn:uuid:'.length);
}
