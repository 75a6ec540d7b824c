// The overall status: the facts for the one sentence at the top, which must match what is below it.
// Page, API, badge, widget, images, favicon and webhooks all use it.
import { badness, type Health, overall, statusOf } from '../model/component.ts';
import { isOpen, SEVERITIES } from '../model/incident.ts';
import type { Millis } from '../model/time.ts';
import type { ComponentView, IncidentView, OverallStatus } from './snapshot.ts';

/**
 * The overall state of components and `others`. Interrupted monitoring is worse than planned work, which `overall` would
 * name.
 */
export function wholeOf(components: readonly ComponentView[], others: readonly Health[] = []): Health {
  const found = overall([...components.map(view => view.health), ...others]);
  const isCut = components.some(({ health, stall }) => health === 'no_data' && stall?.isInterrupted);
  return found === 'under_maintenance' && isCut ? 'no_data' : found;
}

/** Whether nothing is known of a component for a fault of ours. One that was never checked only waits for its first result. */
export function isLost({ health, stall, isInUnread }: ComponentView): boolean {
  return health === 'no_data' && (isInUnread === true || stall?.isInterrupted === true);
}

/** When the last check of any component began, to the millisecond; null when there was none. */
export function lastCheckOf(components: readonly ComponentView[]): Millis | null {
  const runs = components.flatMap(({ lastRun }) => lastRun?.at ?? []);
  return runs.length === 0 ? null : Math.max(...runs);
}

/**
 * The worst state, the components in it, since when, and what is unknown.
 * @param unread how many unreadable incident files may be about something current: with one of them, the page must not
 * say that all is well.
 * @param noReports whether no incident could ever be read.
 */
export function overallStatusOf(
  components: readonly ComponentView[],
  incidents: readonly IncidentView[],
  unread = 0,
  noReports = false,
): OverallStatus {
  const loose = incidents.filter(isLoose);
  const severity = SEVERITIES.findLast(one => loose.some(view => view.severity === one)) ?? null;
  const state = wholeOf(components, [
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

/** An open incident that changes no component's state counts by its own severity, or it would not show at all. */
export function isLoose(view: IncidentView): boolean {
  return isOpen(view) && view.affected.every(({ status }) => badness(status) <= 0);
}
