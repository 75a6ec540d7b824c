// Uptime: the union of the spans of downtime over a window, weighted by severity, rounded down to two decimals.
import type { Severity } from '../model/component.ts';
import { WEIGHTS_EVEN, WEIGHTS_STATUSPAGE, type Weights } from '../model/site.ts';
import type { Millis, Span } from '../model/time.ts';

/** An incident's effect on one component; `end` is null while it is open. */
export interface DowntimeSpan {
  readonly start: Millis;
  readonly end: Millis | null;
  /** Null: the file of the incident that its source had joined was deleted. */
  readonly incident: string | null;
  readonly severity: Severity;
  /** The source that measured it; absent for what the incident says itself. */
  readonly source?: string;
}

/** A percentage with all the numbers needed to check it by hand. */
export interface UptimeFigure {
  readonly window: Span;
  /** Where the total begins inside the window; `window.end` when nothing is known yet. */
  readonly from: Millis;
  readonly total: Millis;
  /** Weighted union of the spans, ms, without maintenance. */
  readonly downtime: Millis;
  /** Maintenance within the total, ms. */
  readonly excluded: Millis;
  /** Observed time within the total, ms. */
  readonly observed: Millis;
  /** Percent, rounded down to two decimals; null when the total is zero. */
  readonly percent: number | null;
  /** The same with every severity in full, and with Statuspage's weights 0 / 0.3 / 1. */
  readonly strict: number | null;
  readonly statuspage: number | null;
  /** The spans within the total, by start. */
  readonly intervals: readonly (DowntimeSpan & Span & { readonly weight: number })[];
}

/**
 * Uptime over `window`, of which the total begins at `from`. Spans that overlap count once, at the highest weight.
 * Maintenance is taken out of the downtime, but not out of the total.
 */
export function uptimeOf(
  spans: readonly DowntimeSpan[],
  maintenance: readonly Span[],
  window: Span,
  from: Millis,
  observed: Millis,
  weights: Weights,
): UptimeFigure {
  const counted: Span = { start: Math.min(Math.max(from, window.start), window.end), end: window.end };
  const total = counted.end - counted.start;
  const clipped = spans
    .map(span => ({ ...span, ...clip({ start: span.start, end: span.end ?? counted.end }, counted) }))
    .filter(span => span.end > span.start)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const spared = maintenance.map(span => clip(span, counted)).filter(span => span.end > span.start);
  const measure = (by: Weights) => weightedUnion(clipped, spared, by);
  const downtime = measure(weights);
  return {
    window,
    from: counted.start,
    total,
    downtime,
    excluded: unionLength(spared),
    observed: Math.min(observed, total),
    percent: percentUp(total, downtime),
    strict: percentUp(total, measure(WEIGHTS_EVEN)),
    statuspage: percentUp(total, measure(WEIGHTS_STATUSPAGE)),
    intervals: clipped.map(span => ({ ...span, weight: weights[span.severity] })),
  };
}

/** Percent of `total` (ms) without `downtime` (ms), rounded down to two decimals; null without a total. */
export function percentUp(total: Millis, downtime: Millis): number | null {
  if (total <= 0) return null;
  if (downtime <= 0) return 100;
  const hundredths = Math.floor(((total - downtime) * 10_000) / total);
  return Math.max(0, Math.min(hundredths, 9_999)) / 100;
}

/** The weighted union of the spans over a window, ms, without maintenance. */
export function downtimeIn(
  spans: readonly DowntimeSpan[],
  maintenance: readonly Span[],
  window: Span,
  weights: Weights,
): Millis {
  const clipped = spans.map(({ start, end, severity }) => {
    return { severity, ...clip({ start, end: end ?? window.end }, window) };
  });
  return weightedUnion(
    clipped,
    maintenance.map(span => clip(span, window)),
    weights,
  );
}

export function unionLength(spans: readonly Span[]): Millis {
  return weightedUnion(
    spans.map(span => ({ ...span, severity: 'critical' as const })),
    [],
    WEIGHTS_EVEN,
  );
}

/** The part of `span` inside `bounds`; end ≤ start when there is none. */
export function clip(span: Span, bounds: Span): Span {
  return { start: Math.max(span.start, bounds.start), end: Math.min(span.end, bounds.end) };
}

/** Each moment counts once, with the highest weight of the spans open at it. */
function weightedUnion(
  spans: readonly (Span & { readonly severity: Severity })[],
  spared: readonly Span[],
  weights: Weights,
): Millis {
  const edges: { at: Millis; weight: number; step: 1 | -1 }[] = [];
  const SPARED = -1;
  for (const { start, end, severity } of spans) {
    if (end > start) edges.push(...edge(start, end, weights[severity]));
  }
  for (const { start, end } of spared) if (end > start) edges.push(...edge(start, end, SPARED));
  edges.sort((a, b) => a.at - b.at);
  const open = new Map<number, number>();
  let sum = 0;
  let last = 0;
  for (const { at, weight, step } of edges) {
    if (at > last) {
      sum += (at - last) * heaviest(open, SPARED);
      last = at;
    }
    open.set(weight, (open.get(weight) ?? 0) + step);
  }
  return sum;
}

function edge(start: Millis, end: Millis, weight: number) {
  return [
    { at: start, weight, step: 1 as const },
    { at: end, weight, step: -1 as const },
  ];
}

function heaviest(open: ReadonlyMap<number, number>, spared: number): number {
  if ((open.get(spared) ?? 0) > 0) return 0;
  let most = 0;
  for (const [weight, count] of open) if (count > 0 && weight > most) most = weight;
  return most;
}
