// The data behind the page's numbers: /api/uptime.json, and the measurement behind each incident.
import type { Window } from '../../core/filing/reported-vs-measured.ts';
import { isoMillis, type Millis } from '../../core/model/time.ts';
import { coverageOf } from '../../core/monitoring/coverage.ts';
import type { ComponentView, Snapshot } from '../../core/page/snapshot.ts';
import { entryOf } from '../page/parts/order.ts';

/**
 * For each component: the window, its totals in seconds, three percentages, and every counted outage, clipped to the
 * total.
 * `total_seconds` before `window.end` is where the total begins if the component is younger than the window. `coverage`
 * is the observed share in percent, rounded down to two decimals; null if nothing is checked (`manual`) or nothing is
 * known.
 */
export function uptimeJson(snapshot: Snapshot): object {
  return {
    asOf: isoMillis(snapshot.at),
    days: snapshot.site.uptime.days,
    components: snapshot.components.map(view => figureOf(view)),
  };
}

function figureOf(view: ComponentView): object {
  const { component, health, uptime } = view;
  return {
    id: component.id,
    name: component.name,
    status: health,
    window: { start: isoMillis(uptime.window.start), end: isoMillis(uptime.window.end) },
    total_seconds: seconds(uptime.total),
    downtime_seconds: seconds(uptime.downtime),
    excluded_seconds: seconds(uptime.excluded),
    observed_seconds: seconds(uptime.observed),
    unobserved_seconds: seconds(uptime.total - uptime.observed),
    coverage: coverageOf([view])?.percent ?? null,
    uptime: uptime.percent,
    strict: uptime.strict,
    statuspage: uptime.statuspage,
    intervals: uptime.intervals.map(({ start, end, incident, severity, weight, source }) => ({
      start: isoMillis(start),
      end: isoMillis(end),
      incident,
      severity,
      weight,
      ...(source === undefined ? {} : { source }),
    })),
  };
}

/** `/api/incidents/ID/claim.json`; null if the id is not an incident or has no comparison. */
export function comparisonJson(snapshot: Snapshot, id: string): object | null {
  const incident = entryOf(snapshot, id);
  if (!incident?.comparison) return null;
  const { reported, measured, detectionLag, firstUpdateLag } = incident.comparison;
  const [first] = measured;
  return {
    incident: id,
    written: windowOf(reported),
    measured: first ? windowOf({ start: first.start, end: measured.at(-1)!.end }) : null,
    outages: measured.map(windowOf),
    detection_lag_seconds: detectionLag === null ? null : seconds(detectionLag),
    first_update_lag_seconds: firstUpdateLag === null ? null : seconds(firstUpdateLag),
  };
}

function windowOf({ start, end }: Window): object {
  return { start: isoMillis(start), end: end === null ? null : isoMillis(end) };
}

function seconds(millis: Millis): number {
  return millis / 1000;
}
