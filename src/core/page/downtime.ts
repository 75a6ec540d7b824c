// Downtime: what the incidents say of a component, and what the sources measured that joined them.
import { claimOf } from '../filing/members.ts';
import { severityOfStatus } from '../model/component.ts';
import { keyOf } from '../model/incident.ts';
import { isPlausible, type Millis } from '../model/time.ts';
import type { Facts } from './facts.ts';
import type { IncidentView } from './snapshot.ts';
import type { DowntimeSpan } from './uptime.ts';

/** By component: what the sources measured that joined the incidents shown. */
export function joinedTo(
  views: readonly IncidentView[],
  { site, outages = {} }: Pick<Facts, 'site' | 'outages'>,
): Map<string, DowntimeSpan[]> {
  const shown = new Map(views.map(view => [keyOf(view), view]));
  const found = new Map<string, DowntimeSpan[]>();
  for (const [source, all] of Object.entries(outages)) {
    for (const { start, end, severity, components, incidentId, isJoined } of all) {
      const view = isJoined && incidentId !== null ? shown.get(incidentId) : undefined;
      if (!view) continue;
      // A person may end the machine's incident for a monitor that never reports recoveries.
      const until = end ?? (view.openedBy === null ? null : view.resolved);
      const span = { start, end: until, incident: view.id, severity, source };
      for (const id of claimOf(source, components, site)) {
        const there = found.get(id);
        if (there) there.push(span);
        else found.set(id, [span]);
      }
    }
  }
  return found;
}

/** The downtime of a component. One with an implausible start (the clock was not set) starts with the total. */
export function downtimeOf(
  id: string,
  views: readonly IncidentView[],
  from: Millis,
  now: Millis,
): DowntimeSpan[] {
  const found: DowntimeSpan[] = [];
  for (const view of views) {
    if (view.scheduled !== null) continue;
    for (const { start, end, affected } of view.stretches) {
      const status = affected.find(one => one.id === id)?.status;
      const severity = status && start <= now ? severityOfStatus(status) : null;
      const began = isPlausible(start) ? start : Math.max(start, from);
      if (severity) found.push({ start: began, end, incident: view.id, severity });
    }
  }
  return found;
}
