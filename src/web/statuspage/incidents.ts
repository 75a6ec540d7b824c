// Incident and maintenance rows of the Statuspage API, their updates newest first.
import { endedAt } from '../../core/incidents/ending.ts';
import { statesByUpdate } from '../../core/incidents/impact.ts';
import { coveredBy } from '../../core/incidents/maintenance.ts';
import type { ComponentStatus } from '../../core/model/component.ts';
import { beginningOf, incidentPath, keyOf } from '../../core/model/incident.ts';
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
    incident_updates: updateRows(incident, snapshot, components),
    components: incident.affected.flatMap(({ id }) => components.get(id)?.row ?? []),
    ...(scheduled && {
      scheduled_for: isoMillis(scheduled.start),
      scheduled_until: isoMillis(scheduled.end),
    }),
  };
}

function updateRows(
  incident: IncidentView,
  { site }: Snapshot,
  components: ReadonlyMap<string, NamedRow>,
): UpdateRow[] {
  const { html, notify, updates } = incident;
  const name = keyOf(incident);
  const states = statesByUpdate(incident, site.components);
  return updates
    .map((update, index): UpdateRow => {
      const at = isoMillis(update.at);
      return {
        id: stableId('update', name, update.key),
        status: update.status,
        body: updateTextForApi(update, html[index], incident, site.url),
        incident_id: stableId('incident', name),
        created_at: at,
        updated_at: at,
        display_at: at,
        affected_components: changesOf(states[index - 1], states[index]!, components),
        deliver_notifications: notify,
        custom_tweet: null,
        tweet_id: null,
      };
    })
    .reverse();
}

/**
 * The components affected as of an update, and those that were as of the one before. Statuspage sometimes sends null here;
 * every client can iterate over an empty list.
 */
function changesOf(
  before: ReadonlyMap<string, ComponentStatus> = new Map(),
  after: ReadonlyMap<string, ComponentStatus>,
  components: ReadonlyMap<string, NamedRow>,
): UpdateRow['affected_components'] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap(id => {
    const { row, fullName: name } = components.get(id) ?? {};
    if (!row || !name) return [];
    const statusIn = (states: typeof after) => states.get(id) ?? 'operational';
    return { code: row.id, name, old_status: statusIn(before), new_status: statusIn(after) };
  });
}
