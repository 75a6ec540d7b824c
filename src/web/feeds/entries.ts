// The entries of the feeds, newest first, the same for every format.
import { createHash } from 'node:crypto';
import { completionOf, WORDLESS, wordOfStatus } from '../../core/incidents/completion.ts';
import { announcedOf, isSilentOccurrence } from '../../core/incidents/recurrence.ts';
import {
  type Incident,
  type IncidentUpdate,
  incidentPath,
  keyOf,
  type UpdateStatus,
} from '../../core/model/incident.ts';
import { isoMillis, type Millis, startOfUtcDay } from '../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import { absoluteLinks, escapeHtml, renderMarkdown } from '../../core/text/markdown.ts';

/** One entry per update (`/status/feed.*`), or per incident (`/history.*`, as in Statuspage). */
export type EntryPer = 'update' | 'incident';

export type FeedEntry = ReturnType<typeof updateEntry>;

const MAX_ENTRIES: Record<EntryPer, number> = { update: 100, incident: 50 };

/**
 * Incidents and maintenance of the whole site, or of one component, as entries.
 * Per update, a feed reader shows each step of an outage; chat integrations post only new entries, never changed ones.
 * Per incident is Statuspage's way, for readers that come from there.
 */
export function feedOf(snapshot: Snapshot, componentId: string | undefined, per: EntryPer) {
  const { site } = snapshot;
  const component = snapshot.components.find(view => view.component.id === componentId)?.component;
  const shown = [...snapshot.incidents, ...snapshot.maintenances].filter(
    // Readers post an entry when it first appears, so an incident waits until it is complete enough to be filed.
    ({ affected, gathering }) =>
      gathering?.filed !== null &&
      (componentId === undefined || affected.some(({ id }) => id === componentId)),
  );
  const entries = newestOf(oncePerSeries(shown.map(withCompletion)), per).map(({ incident, index }) =>
    index === null ? incidentEntry(site.url, incident) : updateEntry(site.url, incident, index),
  );
  // Maintenance may be in the future; the feed's own time must not.
  const newest = entries.find(({ updated }) => updated <= snapshot.at)?.updated;
  const path = per === 'incident' ? '/history' : '/status/feed';
  return {
    id: urn('feed', per, componentId ?? ''),
    title: component ? `${site.title}: ${component.name}` : site.title,
    subtitle: `Incidents and maintenance of ${component?.name ?? site.title}`,
    url: `${site.url}/status/live`,
    feedUrl: `${site.url}${path}${componentId === undefined ? '' : `/${encodeURIComponent(componentId)}`}`,
    updated: newest ?? startOfUtcDay(snapshot.at),
    entries,
  };
}

const WORDS: Record<UpdateStatus | 'cancelled', string> = {
  investigating: 'Investigating',
  identified: 'Identified',
  monitoring: 'Monitoring',
  resolved: 'Resolved',
  scheduled: 'Scheduled',
  in_progress: 'In progress',
  verifying: 'Verifying',
  completed: 'Completed',
  cancelled: 'Cancelled',
};

/** The heading of an update: the author's words, else its status. */
export function headingOf(incident: Incident, { label, status }: IncidentUpdate): string {
  return label ?? WORDS[wordOfStatus(incident, status)];
}

/** A URN made of stable names, without the page's address, which may change. */
export function urn(...names: string[]): string {
  const hex = createHash('sha256')
    .update(['status', ...names].join('\u0000'))
    .digest('hex');
  // A name-based UUID: version 8 (RFC 9562, custom hash), variant 1.
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** With the completion of a maintenance of which no update tells, because the clock completed it. */
function withCompletion(incident: IncidentView): IncidentView {
  const completion = completionOf(incident, incident.state);
  if (completion === null || completion.update !== null || isSilentOccurrence(incident)) return incident;
  // A section that came after its end says so (`completedByRecord`).
  if (incident.endedBy !== undefined && incident.status === 'completed') return incident;
  const { at } = completion;
  const end = { key: WORDLESS, at, status: 'completed' as const, label: null, body: '' };
  const place = incident.updates.findLastIndex(one => one.at <= at) + 1;
  // Rendered texts are matched to updates by position, so they no longer fit.
  return { ...incident, updates: incident.updates.toSpliced(place, 0, end), html: [] };
}

/**
 * The plan of a series once, under the name of its file, as it is emailed once; of the other occurrences, only what is
 * written about them, or happened.
 * @param incidents of each series, the latest occurrence first
 */
function oncePerSeries(incidents: readonly IncidentView[]): IncidentView[] {
  const earliest = new Map(incidents.map(one => [one.series?.id, one]));
  return incidents.flatMap((one): IncidentView[] => {
    const { series } = one;
    if (series === undefined || one.id === series.id) return [one];
    const plan = new Set(announcedOf(series).map(({ key }) => key));
    // Rendered texts are matched to updates by position, so they no longer fit.
    const having = (isPlan: boolean) => ({
      ...one,
      updates: one.updates.filter(({ key }) => plan.has(key) === isPlan),
      html: [],
    });
    // The first occurrence may be too old to be listed.
    const whole = { ...having(true), key: keyOf(series) };
    return [...(earliest.get(series.id) === one ? [whole] : []), having(false)].filter(
      ({ updates }) => updates.length > 0,
    );
  });
}

/**
 * The subjects of the entries, newest first. They are selected before any entry is written, because there may be
 * thousands.
 */
function newestOf(incidents: readonly IncidentView[], per: EntryPer) {
  const moments = incidents.flatMap(
    (incident): { at: Millis; incident: IncidentView; index: number | null }[] => {
      const times = incident.updates.map(({ at }) => at);
      // Reversed, so that of two updates in one minute the later one comes first.
      if (per === 'update') return times.map((at, index) => ({ at, incident, index })).reverse();
      return [{ at: Math.max(incident.started, ...times), incident, index: null }];
    },
  );
  return moments.sort((a, b) => b.at - a.at).slice(0, MAX_ENTRIES[per]);
}

function updateEntry(siteUrl: string, incident: IncidentView, index: number) {
  const update = incident.updates[index]!;
  return {
    id: urn('update', keyOf(incident), update.key),
    title: `${incident.title} – ${headingOf(incident, update)}`,
    url: siteUrl + incidentPath(incident.id),
    published: update.at,
    updated: update.at,
    html: absoluteLinks(bodyOf(incident, index), siteUrl, incident.id) + about(incident),
    components: incident.affected.map(({ name }) => name),
  };
}

function incidentEntry(siteUrl: string, incident: IncidentView): FeedEntry {
  const html = incident.updates.map((update, index) => {
    const time = `<p><small>${isoMillis(update.at).slice(0, 16).replace('T', ' ')} UTC</small></p>`;
    const heading = `<p><strong>${escapeHtml(headingOf(incident, update))}</strong></p>`;
    return time + heading + bodyOf(incident, index);
  });
  const postmortem = incident.postmortemHtml ? `<h3>Post-mortem</h3>${incident.postmortemHtml}` : '';
  return {
    id: urn('incident', keyOf(incident)),
    title: incident.title,
    url: siteUrl + incidentPath(incident.id),
    published: incident.started,
    updated: Math.max(incident.started, ...incident.updates.map(({ at }) => at)),
    html: absoluteLinks(postmortem + html.reverse().join(''), siteUrl, incident.id) + about(incident),
    components: incident.affected.map(({ name }) => name),
  };
}

/** An update's text as HTML. */
function bodyOf({ html, updates }: IncidentView, index: number): string {
  return html[index] ?? renderMarkdown(updates[index]!.body);
}

function about({ affected, scheduled }: IncidentView): string {
  const when = scheduled
    ? `<p>Scheduled from <time>${isoMillis(scheduled.start)}</time> to <time>${isoMillis(scheduled.end)}</time>.</p>`
    : '';
  const names = affected.map(({ name }) => escapeHtml(name)).join(', ');
  return names === '' ? when : `${when}<p>Affects: ${names}</p>`;
}
