// The evidence behind what the page says: /api/uptime.json, and each incident's file beside its measurement.
import type { Window } from '../../core/filing/reported-vs-measured.ts';
import { isoMillis, type Millis } from '../../core/model/time.ts';
import { coverageOf } from '../../core/monitoring/coverage.ts';
import type { ComponentView, Snapshot } from '../../core/page/snapshot.ts';
import { entryOf } from '../page/parts/order.ts';

/**
 * The figures behind each uptime: for each component the window, its totals in seconds, the three percentages
 * and every outage that was counted, clipped to the total. `total_seconds` before `window.end` is where
 * the total begins when the component is younger than the window. `coverage` is how much of it was looked at,
 * percent, floored to two decimals; null where nobody looks (`manual`), or nothing is known.
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
    intervals: uptime.intervals.map(({ start, end, incident, severity, weight }) => ({
      start: isoMillis(start),
      end: isoMillis(end),
      incident,
      severity,
      weight,
    })),
  };
}

/** `/api/incidents/ID/claim.json`: null for what is no incident, or not there. */
export function comparisonJson(snapshot: Snapshot, id: string): object | null {
  const incident = entryOf(snapshot, id);
  if (!incident?.comparison) return null;
  const { written, measured, detectionLag, firstUpdateLag } = incident.comparison;
  return {
    incident: id,
    written: windowOf(written),
    measured: measured === null ? null : windowOf(measured),
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
