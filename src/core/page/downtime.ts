// Downtime: what the incidents say of a component, and what the sources measured beside that.
import { second } from '../filing/grouped-file.ts';
import { claimOf } from '../filing/members.ts';
import { gradesOf, type RecordedOutage } from '../filing/reported-vs-measured.ts';
import { severityOfStatus } from '../model/component.ts';
import { keyOf } from '../model/incident.ts';
import { componentOf } from '../model/source.ts';
import { isPlausible, type Millis } from '../model/time.ts';
import type { Facts } from './facts.ts';
import type { IncidentView } from './snapshot.ts';
import type { DowntimeSpan } from './uptime.ts';

/**
 * By component: what the sources measured that the incidents do not say. Of a source that joined an incident, its whole
 * outage, as bad as it said at each time, also if the file of that was deleted; of one that opened it, what lies after an
 * end in its file.
 */
export function measuredIn(
  views: readonly IncidentView[],
  { site, outages = {} }: Pick<Facts, 'site' | 'outages'>,
): Map<string, DowntimeSpan[]> {
  const shown = new Map(views.map(view => [keyOf(view), view]));
  const opened = new Set(
    Object.values(outages).flatMap(all => all.filter(one => !one.isJoined).map(one => one.incidentId)),
  );
  const found = new Map<string, DowntimeSpan[]>();
  for (const [source, all] of Object.entries(outages)) {
    for (const outage of all) {
      const { incidentId, isJoined, start, components } = outage;
      const view = incidentId === null ? undefined : shown.get(incidentId);
      // The file of a source that opened it is its record: with it, that was deleted, too.
      if (incidentId === null || (!view && (!isJoined || opened.has(incidentId)))) continue;
      const end = endOf(source, outage, view);
      for (const id of claimOf(source, components, site)) {
        const spans =
          isJoined || !view
            ? gradesOf(outage, end).map(part => ({ ...part, incident: view?.id ?? null }))
            : afterEnds(view, id, start, end);
        const there = found.get(id);
        const more = spans.map(span => ({ ...span, source }));
        if (there) there.push(...more);
        else found.set(id, more);
      }
    }
  }
  return found;
}

/** When an outage ended, epoch ms. Another monitor may never report a recovery: a person may end the machine's incident for it. */
function endOf(source: string, { end }: RecordedOutage, view: IncidentView | undefined): Millis | null {
  const mayBeSilent = componentOf(source) === null && view !== undefined && view.openedBy !== null;
  return end ?? (mayBeSilent ? view.resolved : null);
}

/** The parts of an outage, in whole seconds as in files, between an end in its incident's file and what that says next. */
function afterEnds(view: IncidentView, id: string, start: Millis, end: Millis | null): DowntimeSpan[] {
  const until = end === null ? Number.POSITIVE_INFINITY : second(end);
  return view.stretches.flatMap(({ end: said, affected }, index) => {
    const status = affected.find(one => one.id === id)?.status;
    const severity = status && severityOfStatus(status);
    if (said === null || !severity) return [];
    const from = Math.max(said, start);
    const to = Math.min(until, view.stretches[index + 1]?.start ?? until);
    return from < to
      ? [{ start: from, end: Number.isFinite(to) ? to : null, incident: view.id, severity }]
      : [];
  });
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
