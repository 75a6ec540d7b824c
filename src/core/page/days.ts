// Days: one cell per UTC day and component; green only with a reason.
import { spanOf } from '../incidents/maintenance.ts';
import {
  type Component,
  type Health,
  type Measured,
  type Severity,
  statusOf,
  worst,
} from '../model/component.ts';
import { SEVERITIES } from '../model/incident.ts';
import { WEIGHTS_EVEN, type Weights } from '../model/site.ts';
import { DAY, type Millis, type Span, startOfUtcDay, utcDay } from '../model/time.ts';
import { isPartly } from '../monitoring/coverage.ts';
import type { DayCell, DayUptime, IncidentView } from './snapshot.ts';
import { clip, type DowntimeSpan, downtimeIn, type UptimeFigure, unionLength, uptimeOf } from './uptime.ts';

interface DayFacts {
  readonly component: Component;
  readonly views: readonly IncidentView[];
  readonly spans: readonly DowntimeSpan[];
  readonly maintenance: readonly Span[];
  readonly known: Measured | undefined;
  readonly from: Millis;
  readonly now: Millis;
  readonly count: number;
  readonly weights: Weights;
}

/**
 * The cells of the last `count` UTC days, oldest first. A day shows its worst state. A day without incidents is
 * operational if the component was observed on it or, for a manual one, known by then (`from`); else "no data".
 */
export function daysOf({
  component,
  views,
  spans,
  maintenance,
  known,
  from,
  now,
  count,
  weights,
}: DayFacts): DayCell[] {
  const today = startOfUtcDay(now);
  const first = today - (count - 1) * DAY;
  const on = <T>(items: readonly T[], spanned: (item: T) => Span) => byDay(items, spanned, first, count);
  const bad = on(spans, span => ({ start: span.start, end: span.end ?? now }));
  const spared = on(maintenance, span => span);
  const touching = on(views, view => spanOf(view, now));
  return Array.from({ length: count }, (_, index) => {
    const day: Span = { start: first + index * DAY, end: Math.min(first + (index + 1) * DAY, now) };
    const calm = quiet(component, known, from, day);
    const uptimeWith = (bad: readonly DowntimeSpan[], spared: readonly Span[]) =>
      dayUptime(uptimeOf(bad, spared, day, from, observedOn(component, known, day), weights));
    const plainOne = () => plainCell(day.start, calm, quietUptime(component, known, from, day));
    // Fast path: most days have no incidents.
    if (!bad[index] && !spared[index] && !touching[index]) return plainOne();
    const within = <T>(of: readonly Dated<T>[][]) =>
      (of[index] ?? []).filter(({ span }) => touches(span, day)).map(({ item }) => item);
    const spansThen = within(bad);
    const sparedThen = within(spared);
    const touchingThen = within(touching);
    if (spansThen.length + sparedThen.length + touchingThen.length === 0) return plainOne();
    const stretches = stretchesOf(spansThen, sparedThen, day);
    return {
      day: nameOf(day.start),
      state: worst([calm, ...stretches.map(({ state }) => state)]),
      stretches,
      uptime: uptimeWith(spansThen, sparedThen),
      incidents: touchingThen.map(view => view.id),
    };
  });
}

const WORST_FIRST = [...SEVERITIES].reverse();
const WORSE: Readonly<Record<Severity, Weights>> = {
  critical: { critical: 1, major: 0, minor: 0 },
  major: { critical: 1, major: 1, minor: 0 },
  minor: WEIGHTS_EVEN,
};

function stretchesOf(bad: readonly DowntimeSpan[], spared: readonly Span[], day: Span): DayCell['stretches'] {
  let worse = 0;
  const stretches = WORST_FIRST.filter(severity => bad.some(span => span.severity === severity)).map(
    severity => {
      const downtime = downtimeIn(bad, spared, day, WORSE[severity]);
      const time = downtime - worse;
      worse = downtime;
      return { state: statusOf(severity), time };
    },
  );
  if (spared.length === 0) return stretches;
  return [
    ...stretches,
    { state: 'under_maintenance', time: unionLength(spared.map(span => clip(span, day))) },
  ];
}

interface Dated<T> {
  readonly item: T;
  readonly span: Span;
}

/** Lists each item under the days it may touch: thousands of old incidents are walked once, not ninety times. */
function byDay<T>(
  items: readonly T[],
  spanned: (item: T) => Span,
  first: Millis,
  count: number,
): Dated<T>[][] {
  const days: Dated<T>[][] = [];
  for (const item of items) {
    const span = spanned(item);
    if (span.end < first) continue;
    const last = Math.min(count - 1, Math.floor((span.end - first) / DAY));
    for (let index = Math.max(0, Math.floor((span.start - first) / DAY)); index <= last; index++) {
      const there = days[index];
      if (there) there.push({ item, span });
      else days[index] = [{ item, span }];
    }
  }
  return days;
}

/** Most cells are equal, so all components share them and the names of the days. */
const names = new Map<Millis, string>();
const plain = new Map<Health, Map<Millis, DayCell>>();
const MAX_KEPT = 5000;
const NONE = Object.freeze([]);

function nameOf(start: Millis): string {
  let name = names.get(start);
  if (name === undefined) {
    if (names.size >= MAX_KEPT) names.clear();
    name = utcDay(start);
    names.set(start, name);
  }
  return name;
}

/** A day without trouble that was observed enough is like all others of its kind. */
const WHOLE: DayUptime = Object.freeze({ percent: 100, seen: null });

function dayUptime({
  percent,
  observed,
  total,
  downtime,
}: Pick<UptimeFigure, 'percent' | 'observed' | 'total' | 'downtime'>): DayUptime | null {
  if (percent === null || (observed === 0 && downtime === 0)) return null;
  if (isPartly(observed, total)) return { percent, seen: { observed, total } };
  return percent === 100 ? WHOLE : { percent, seen: null };
}

/** The same of a day without incidents. */
function quietUptime(...[component, known, from, day]: Parameters<typeof quiet>): DayUptime | null {
  const total = day.end - Math.min(Math.max(from, day.start), day.end);
  const observed = Math.min(observedOn(component, known, day), total);
  return dayUptime({ percent: total > 0 ? 100 : null, observed, total, downtime: 0 });
}

function plainCell(start: Millis, state: Health, uptime: DayUptime | null): DayCell {
  const own = { day: nameOf(start), state, stretches: NONE, uptime, incidents: NONE };
  if (uptime !== (state === 'no_data' ? null : WHOLE)) return own;
  let cells = plain.get(state);
  if (!cells || cells.size >= MAX_KEPT) {
    cells = new Map();
    plain.set(state, cells);
  }
  let cell = cells.get(start);
  if (!cell) {
    cell = Object.freeze(own);
    cells.set(start, cell);
  }
  return cell;
}

/** The state of a day without incidents. */
function quiet(component: Component, known: Measured | undefined, from: Millis, day: Span): Health {
  if (component.check.type === 'manual') return from < day.end ? 'operational' : 'no_data';
  return observedOn(component, known, day) > 0 ? 'operational' : 'no_data';
}

/** What nobody checks is known for the whole day. */
function observedOn({ check }: Component, known: Measured | undefined, { start, end }: Span): Millis {
  return check.type === 'manual' ? end - start : (known?.observed.get(start) ?? 0);
}

/** A span of length zero touches the day it is in. */
function touches(span: Span, day: Span): boolean {
  const inside = clip(span, day);
  return (
    inside.end > inside.start || (span.start === span.end && span.start >= day.start && span.start < day.end)
  );
}
