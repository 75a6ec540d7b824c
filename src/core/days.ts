// Days: one cell per UTC day and component, never green without a reason.
import { type Component, type Health, statusOf, worst } from './component.ts';
import type { Measured } from './facts.ts';
import { coveredBy } from './maintenance.ts';
import { WEIGHTS_EVEN } from './site.ts';
import type { DayCell, IncidentView } from './snapshot.ts';
import { DAY, type Millis, startOfUtcDay, utcDay } from './time.ts';
import { clip, type Outage, type Span, uptimeOf } from './uptime.ts';

/**
 * The cells of the last `count` UTC days, oldest first. A day shows the worst that happened on it; a
 * quiet one is operational only when it was looked at, or when nothing looks at the component and it
 * was known by then (`from`); else it is "no data".
 */
export function daysOf(
  component: Component,
  views: readonly IncidentView[],
  outages: readonly Outage[],
  maintenance: readonly Span[],
  known: Measured | undefined,
  from: Millis,
  now: Millis,
  count: number,
): DayCell[] {
  const today = startOfUtcDay(now);
  const first = today - (count - 1) * DAY;
  const recent = views.filter(view => spanOf(view, now).end > first);
  const recentOutages = outages.filter(outage => (outage.end ?? now) > first);
  const recentMaintenance = maintenance.filter(span => span.end > first);
  return Array.from({ length: count }, (_, index) => {
    const day: Span = { start: first + index * DAY, end: Math.min(first + (index + 1) * DAY, now) };
    const bad = recentOutages.filter(outage => touches({ start: outage.start, end: outage.end ?? now }, day));
    const spared = recentMaintenance.filter(span => touches(span, day));
    const touching = recent.filter(view => touches(spanOf(view, now), day));
    const states: Health[] = bad.map(outage => statusOf(outage.severity));
    if (spared.length > 0) states.push('under_maintenance');
    return {
      day: utcDay(day.start),
      state: worst([quiet(component, known, from, day), ...states]),
      downtime: bad.length === 0 ? 0 : uptimeOf(bad, spared, day, day.start, 0, WEIGHTS_EVEN).downtime,
      incidents: touching.map(view => view.id),
    };
  });
}

/** The state of a day on which nothing was reported. */
function quiet(component: Component, known: Measured | undefined, from: Millis, day: Span): Health {
  if (component.check.type === 'manual') return from < day.end ? 'operational' : 'no_data';
  return (known?.observed.get(utcDay(day.start)) ?? 0) > 0 ? 'operational' : 'no_data';
}

function spanOf(view: IncidentView, now: Millis): Span {
  if (view.scheduled) return coveredBy({ ...view, scheduled: view.scheduled });
  return { start: view.started, end: view.resolved ?? now };
}

/** Zero-length spans touch the day they stand on. */
function touches(span: Span, day: Span): boolean {
  const inside = clip(span, day);
  return (
    inside.end > inside.start || (span.start === span.end && span.start >= day.start && span.start < day.end)
  );
}
