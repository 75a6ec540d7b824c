// Maintenance as an iCalendar to subscribe to, of the whole site or of one component.
import { ICalCalendar, ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import { plainText } from '../core/markdown.ts';
import type { IncidentView, Snapshot } from '../core/snapshot.ts';
import { HOUR, type Millis } from '../core/time.ts';
import { headingOf, permalink, urn } from './entries.ts';

/** How many maintenances, latest first, a calendar holds. */
const MOST = 100;

/**
 * `/status/maintenance.ics`, `/status/maintenance/:component.ics`. UIDs outlive a change of address.
 * A maintenance completed before it began did not take place: CANCELLED, so that subscribers' calendars
 * strike it out rather than keep it. One that ended early or late ends when it ended. SEQUENCE counts
 * the updates after the first; DTSTAMP is the newest of them, so equal Snapshots give equal bytes.
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
  for (const maintenance of snapshot.maintenances.slice(0, MOST)) {
    const concerns = maintenance.affected.some(({ id }) => id === componentId);
    if (maintenance.scheduled && (componentId === undefined || concerns)) {
      addEvent(calendar, site.url, maintenance, maintenance.scheduled);
    }
  }
  // RFC 5545 ends every line, the last one too.
  return `${calendar.toString().trimEnd()}\r\n`;
}

function addEvent(
  calendar: ICalCalendar,
  siteUrl: string,
  maintenance: IncidentView,
  { start, end }: { readonly start: Millis; readonly end: Millis },
): void {
  const { resolved, updates, affected, title } = maintenance;
  const cancelled = maintenance.state === 'completed' && resolved !== null && resolved < start;
  const changed = Math.max(...updates.map(update => update.at));
  const told = updates.map(update => `${headingOf(update)}: ${plainText(update.body)}`).reverse();
  const names = affected.map(({ name }) => name);
  calendar.createEvent({
    id: urn('maintenance', maintenance.id).slice('urn:uuid:'.length),
    sequence: updates.length - 1,
    stamp: new Date(changed),
    lastModified: new Date(changed),
    created: new Date(Math.min(...updates.map(update => update.at))),
    start: new Date(start),
    end: new Date(resolved !== null && resolved > start ? resolved : Math.max(end, start)),
    summary: title,
    description: [...(names.length > 0 ? [`Affects: ${names.join(', ')}`] : []), ...told].join('\n\n'),
    url: permalink(siteUrl, maintenance),
    categories: names.map(name => ({ name })),
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    // It takes nobody's time: a reader of a status page stays free.
    transparency: ICalEventTransparency.TRANSPARENT,
  });
}
