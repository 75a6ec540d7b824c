// The overall status: facts for one sentence that cannot contradict what is beneath it.
// Page, API, badge, widget, pictures, favicon and webhooks all take the state of the whole from here.
import { badness, overall, statusOf } from '../model/component.ts';
import { isOpen, SEVERITIES } from '../model/incident.ts';
import type { ComponentView, IncidentView, OverallStatus } from './snapshot.ts';

/**
 * The worst state, whom it concerns, since when, and what is not known. `unread`: how many incident files cannot be
 * read that may be about something that is going on; with one of them, nobody knows that all is well. `noReports`: none
 * could ever be read.
 */
export function overallStatusOf(
  components: readonly ComponentView[],
  incidents: readonly IncidentView[],
  unread = 0,
  noReports = false,
): OverallStatus {
  const loose = incidents.filter(view => isOpen(view) && touchesNone(view));
  const severity = SEVERITIES.findLast(one => loose.some(view => view.severity === one)) ?? null;
  const state = overall([
    ...components.map(view => view.health),
    ...(severity === null ? [] : [statusOf(severity)]),
    ...(unread === 0 ? [] : (['no_data'] as const)),
  ]);
  const interrupted = components.filter(view => view.stall?.isInterrupted);
  const isUnknown = (view: ComponentView) => view.health === 'no_data';
  const unknown = components.filter(isUnknown);
  const watched = components.filter(view => view.component.check.type !== 'manual');
  const bad = badness(state) > 0 ? components.filter(view => view.health === state) : [];
  const starts = [
    ...bad.map(view => view.since).filter(since => since !== null),
    ...loose.filter(view => statusOf(view.severity) === state).map(view => view.started),
  ];
  return {
    state,
    worst: bad.map(view => view.component.name),
    affected: components.filter(view => badness(view.health) > 0).length,
    total: components.length,
    unknown: unknown.map(view => view.component.name),
    isNothingKnown: unknown.length > 0 && (watched.length > 0 ? watched : components).every(isUnknown),
    isAnyLost: unread > 0 || unknown.some(view => view.checkedAt !== null),
    unread,
    ...(noReports ? { noReports } : {}),
    since: starts.length > 0 ? Math.min(...starts) : null,
    ...(interrupted.length === 0
      ? {}
      : {
          interrupted: {
            names: interrupted.map(view => view.component.name),
            since: Math.min(...interrupted.map(view => view.stall!.since)),
          },
        }),
    loose: loose.map(view => view.title),
    severity,
  };
}

/** An open incident that colours no component counts by its own severity: nothing else would tell of it. */
function touchesNone(view: IncidentView): boolean {
  return view.affected.every(({ status }) => badness(status) <= 0);
}
