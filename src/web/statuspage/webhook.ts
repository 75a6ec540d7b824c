// Statuspage's webhook payload about an incident or maintenance, field for field.
import { type Incident, type IncidentUpdate, keyOf } from '../../core/model/incident.ts';
import { isoMillis, type Millis } from '../../core/model/time.ts';
import { beforeEnd, mayNotLast } from '../../core/notify/calm.ts';
import { viewOf } from '../../core/page/compose.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import type { UpdateRow } from './bodies.ts';
import { listComponents } from './components.ts';
import { PAGE_ID, stableId } from './ids.ts';
import { incidentRow } from './incidents.ts';
import { pageStatus } from './status.ts';
import { updateTextForApi } from './text.ts';

/**
 * The payload for an update: the page, and the whole incident as it is now, without an end that may not hold; of its
 * updates this one comes first, then the newest. If its file is gone, the incident is sent as it was when the update was announced.
 * `links` lead a visitor to their subscription; `manage` is not a field of Statuspage's.
 */
export function webhookPayload(
  snapshot: Snapshot,
  { incident, update }: { readonly incident: Incident; readonly update: IncidentUpdate },
  links: { readonly unsubscribe: string; readonly manage: string } | null,
): object {
  const { site, at } = snapshot;
  const shown = [...snapshot.incidents, ...snapshot.maintenances].find(one => keyOf(one) === keyOf(incident));
  const names = new Map(site.components.map(({ id, name }) => [id, name]));
  const now = shown ?? viewOf(incident, { site, unfiled: new Set() }, names, at);
  const view = withUpdate(withoutFreshEnd(now, update, at), update);
  const row = incidentRow(view, snapshot, listComponents(snapshot));
  const told = stableId('update', keyOf(view), update.key);
  const together = togetherWith(told, update, view, row.incident_updates);
  const page = pageStatus(snapshot.overall);
  const postmortem =
    view.postmortem === null ? null : updateTextForApi({ body: view.postmortem }, undefined, view, site.url);
  return {
    meta: {
      unsubscribe: links?.unsubscribe ?? null,
      ...(links ? { manage: links.manage } : {}),
      documentation: `${site.url}/api`,
      generated_at: isoMillis(at),
    },
    page: { id: PAGE_ID, status_indicator: page.indicator, status_description: page.description },
    incident: {
      backfilled: false,
      impact_override: row.impact,
      postmortem_ignored: postmortem === null,
      postmortem_body: postmortem,
      postmortem_body_last_updated_at: null,
      postmortem_published_at: null,
      postmortem_notified_subscribers: false,
      postmortem_notified_twitter: false,
      scheduled_for: null,
      scheduled_until: null,
      scheduled_remind_prior: view.scheduled !== null,
      scheduled_reminded_at: null,
      scheduled_auto_in_progress: view.scheduled !== null,
      scheduled_auto_completed: view.scheduled !== null,
      ...row,
      // Receivers read the first one as what is told, whatever its time.
      incident_updates: [...row.incident_updates]
        .sort((a, b) => +(b.id === told) - +(a.id === told))
        .map(one => ({
          ...{ wants_twitter_update: false, twitter_updated_at: null },
          ...one,
          ...(one.id === told ? together : {}),
        })),
    },
  };
}

/**
 * The components of what is told at once: as they stood after the newest of the updates that are told together; with a
 * machine's end, all that failed since the last end, as its words name them.
 * @param rows newest first
 */
function togetherWith(
  told: string,
  update: IncidentUpdate,
  { openedBy, scheduled }: IncidentView,
  rows: readonly UpdateRow[],
): Partial<UpdateRow> {
  const until = update.folds ? rows.find(one => one.created_at <= isoMillis(update.at)) : null;
  if (until) return { affected_components: until.affected_components };
  const [end, ...before] = rows.slice(rows.findIndex(({ id }) => id === told));
  if (end?.id !== told || end.status !== 'resolved' || openedBy === null || scheduled) return {};
  const last = before.findIndex(({ status }) => status === 'resolved');
  const all = [end, ...before.slice(0, last < 0 ? before.length : last)].flatMap(
    one => one.affected_components,
  );
  const newest = all.filter(({ code }, index) => all.findIndex(one => one.code === code) === index);
  const ended = newest.map(({ old_status, new_status, ...one }) => ({
    ...one,
    old_status: new_status === 'operational' ? old_status : new_status,
    new_status: 'operational' as const,
  }));
  return { affected_components: ended.filter(one => one.old_status !== 'operational') };
}

/** The incident without the machine's end while that may not hold: who is told of it may hear nothing of a relapse. */
function withoutFreshEnd(view: IncidentView, { status }: IncidentUpdate, at: Millis): IncidentView {
  if (view.openedBy === null || view.scheduled || !mayNotLast(view, at) || status === 'resolved') return view;
  const open = beforeEnd(view);
  return { ...open, state: open.status, html: [] };
}

/**
 * The incident with the update as it is told. A reminder of a maintenance is in no file, but it is the newest update; what
 * is told together has the words of all.
 */
function withUpdate(view: IncidentView, update: IncidentUpdate): IncidentView {
  const isKnown = view.updates.some(({ key }) => key === update.key);
  if (isKnown && !update.folds) return view;
  const updates = isKnown
    ? view.updates.map(one => (one.key === update.key ? { ...one, body: update.body } : one))
    : [...view.updates, update].sort((a, b) => a.at - b.at);
  // Rendered texts are matched to updates by position, so they no longer fit.
  return { ...view, updates, html: [] };
}
