// Incident and maintenance rows of the Statuspage API, their updates newest first.
import { endedAt } from '../../core/incidents/ending.ts';
import { coveredBy } from '../../core/incidents/maintenance.ts';
import type { ComponentStatus } from '../../core/model/component.ts';
import { beginningOf, incidentPath, keyOf, type UpdateStatus } from '../../core/model/incident.ts';
import { isoMillis } from '../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import type { IncidentRow, UpdateRow } from './bodies.ts';
import { lastMoment, type NamedRow } from './components.ts';
import { PAGE_ID, stableId } from './ids.ts';
import { updateTextForApi } from './text.ts';

/**
 * One incident or maintenance. `impact` is the severity that its author set (Statuspage's `impact_override`).
 * A post-mortem is only on the permalink, not an update here: the file has no time of its publication, and clients wait
 * for the status `resolved`.
 */
export function incidentRow(
  incident: IncidentView,
  snapshot: Snapshot,
  components: ReadonlyMap<string, NamedRow>,
): IncidentRow {
  const { scheduled } = incident;
  const monitoring = incident.updates.find(update => update.status === 'monitoring');
  const ended = endedAt(incident, incident.state);
  return {
    id: stableId('incident', keyOf(incident)),
    name: incident.title,
    status: incident.state,
    created_at: isoMillis(Math.min(incident.started, beginningOf(incident)?.at ?? incident.started)),
    updated_at: isoMillis(lastMoment(incident, snapshot.at)),
    monitoring_at: monitoring ? isoMillis(monitoring.at) : null,
    resolved_at: ended === null ? null : isoMillis(ended),
    impact: scheduled ? 'maintenance' : incident.severity,
    shortlink: snapshot.site.url + incidentPath(incident.id),
    started_at: isoMillis(scheduled ? coveredBy(incident).start : incident.started),
    page_id: PAGE_ID,
    incident_updates: updateRows(incident, snapshot.site.url, components),
    components: incident.affected.flatMap(({ id }) => components.get(id)?.row ?? []),
    ...(scheduled && {
      scheduled_for: isoMillis(scheduled.start),
      scheduled_until: isoMillis(scheduled.end),
    }),
  };
}

function updateRows(
  incident: IncidentView,
  siteUrl: string,
  components: ReadonlyMap<string, NamedRow>,
): UpdateRow[] {
  const { affected, html, notify, updates } = incident;
  const name = keyOf(incident);
  return updates
    .map((update, index): UpdateRow => {
      const at = isoMillis(update.at);
      const before = updates[index - 1];
      return {
        id: stableId('update', name, update.key),
        status: update.status,
        body: updateTextForApi(update, html[index], incident, siteUrl),
        incident_id: stableId('incident', name),
        created_at: at,
        updated_at: at,
        display_at: at,
        // Statuspage sometimes sends null here; every client can iterate over an empty list.
        affected_components: affected.flatMap(({ id, status }) => {
          const { row, fullName: name } = components.get(id) ?? {};
          if (!row || !name) return [];
          const old_status = before ? statusDuring(before.status, status) : 'operational';
          return { code: row.id, name, old_status, new_status: statusDuring(update.status, status) };
        }),
        deliver_notifications: notify,
        custom_tweet: null,
        tweet_id: null,
      };
    })
    .reverse();
}

/** A component's status after an update: operational at the end, and before a maintenance begins. */
function statusDuring(status: UpdateStatus, affected: ComponentStatus): ComponentStatus {
  return status === 'resolved' || status === 'completed' || status === 'scheduled' ? 'operational' : affected;
}
