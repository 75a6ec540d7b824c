// compose(facts, now) → Snapshot: the one place where facts become what is shown.
import {
  type ReportedVsMeasured,
  recoveredSince,
  reportedVsMeasured,
} from '../filing/reported-vs-measured.ts';
import { HOLDS_FOR } from '../incidents/ending.ts';
import { impactOf, promiseOf, stretchesOf } from '../incidents/impact.ts';
import { completedByClock, isUnderWay, spanOf, stateAt } from '../incidents/maintenance.ts';
import { readOccurrenceId } from '../incidents/recurrence.ts';
import { isConfigured } from '../model/checks/check.ts';
import {
  type Component,
  type Health,
  inDoubt,
  type Measured,
  severityOfStatus,
  statusOf,
  worst,
} from '../model/component.ts';
import { type Incident, isOpen } from '../model/incident.ts';
import { metricView } from '../model/metric.ts';
import type { Site } from '../model/site.ts';
import { DAY, isPlausible, MINUTE, type Millis, type Span } from '../model/time.ts';
import { shortId } from '../model/token.ts';
import { finish, type Steps } from '../model/turns/steps.ts';
import { daysOf } from './days.ts';
import { downtimeOf, measuredIn } from './downtime.ts';
import type { Facts } from './facts.ts';
import { overallStatusOf, wholeOf } from './overall-status.ts';
import { DRAWN, drawing } from './rendered-texts.ts';
import type { ComponentView, GroupView, IncidentView, Snapshot } from './snapshot.ts';
import { type DowntimeSpan, uptimeOf } from './uptime.ts';

/** Composes the Snapshot of `now`. Pure: the same facts and time give the same Snapshot. */
export function compose(facts: Facts, now: Millis): Snapshot {
  return finish(composing(facts, now));
}

export function* composing(facts: Facts, now: Millis): Steps<Snapshot> {
  const { site } = facts;
  const views: IncidentView[] = [];
  const names = new Map(site.components.map(({ id, name }) => [id, name]));
  for (const incident of facts.incidents) {
    yield* drawing(incident);
    views.push(knownView(incident, facts) ?? viewOf(incident, facts, names, now));
    yield;
  }
  const touching = byComponent(views);
  const beside = measuredIn(views, facts);
  const components: ComponentView[] = [];
  for (const component of site.components) {
    components.push(
      componentView(component, touching.get(component.id) ?? [], beside.get(component.id) ?? [], facts, now),
    );
    yield;
  }
  const incidents = views.filter(view => view.scheduled === null).sort(byStart);
  const checks = components.map(view => view.checkedAt).filter(at => at !== null);
  return {
    version: shortId(`${facts.revision}|${Math.floor(now / MINUTE)}`),
    at: now,
    site,
    overall: overallStatusOf(
      components,
      incidents,
      facts.unread?.length,
      facts.missingSince != null && views.length === 0,
    ),
    checkedAt: checks.length > 0 ? Math.max(...checks) : null,
    networkDownSince: facts.networkDownSince,
    missingSince: facts.missingSince ?? null,
    groups: groupsOf(components),
    components,
    incidents,
    maintenances: views.filter(view => view.scheduled !== null).sort(byStart),
    plans: facts.plans ?? [],
    metrics: site.metrics.map(metric => metricView(metric, facts.metrics?.get(metric.id) ?? [])),
    problems: facts.problems,
    warnings: facts.warnings ?? [],
  };
}

interface KnownView {
  readonly view: IncidentView;
  readonly site: Site;
  readonly history: IncidentView['history'];
  readonly outages: Facts['outages'];
}

/** Views of resolved incidents do not change with time, so of thousands of files few views are made again. */
const keptViews = new WeakMap<Incident, KnownView>();

function knownView(incident: Incident, facts: Facts): IncidentView | null {
  const { site, unfiled, histories, outages } = facts;
  const kept = incident.status === 'resolved' ? keptViews.get(incident) : undefined;
  if (kept?.site !== site || kept.history !== histories?.get(incident.id)) return null;
  if (kept.view.unfiled !== unfiled.has(incident.id)) return null;
  if (kept.outages === outages) return kept.view;
  // A new outage concerns few old incidents.
  const comparison = comparisonIn(incident, kept.view.stretches, kept.history, outages);
  if (JSON.stringify(comparison) !== JSON.stringify(kept.view.comparison)) return null;
  if (recoveredSince(incident, outages ?? {}, HOLDS_FOR) !== kept.view.recovered) return null;
  keptViews.set(incident, { ...kept, outages });
  return kept.view;
}

function comparisonIn(
  incident: Incident,
  stretches: IncidentView['stretches'],
  history: IncidentView['history'],
  outages: Facts['outages'],
): ReportedVsMeasured | null {
  if (incident.scheduled) return null;
  const ids = new Set(stretches.flatMap(({ affected }) => affected.map(({ id }) => id)));
  return reportedVsMeasured(incident, [...ids], outages ?? {}, history?.at(-1)?.at ?? null);
}

/** An incident as the page shows it at `now`; `names` are the components' names by id. */
export function viewOf(
  incident: Incident,
  facts: Pick<Facts, 'site' | 'unfiled' | 'histories' | 'outages'>,
  names: ReadonlyMap<string, string>,
  now: Millis,
): IncidentView {
  const { site, unfiled, histories, outages } = facts;
  const { start, end } = spanOf(incident, now);
  const history = histories?.get(readOccurrenceId(incident.id)?.series ?? incident.id);
  const stretches = stretchesOf(incident, site.components);
  const state = stateAt(incident, now);
  const over = state === 'resolved' || state === 'completed';
  const { severity, affected } = impactOf(stretches, now, over);
  const recovered = recoveredSince(incident, outages ?? {}, HOLDS_FOR);
  // Object.assign: a spread takes twenty times as long, and there are thousands of incidents.
  const facets = Object.assign({}, incident, {
    severity,
    affected: affected.map(({ id, status }) => ({ id, name: names.get(id) as string, status })),
    stretches,
    comparison: comparisonIn(incident, stretches, history, outages),
    state,
    updates: state === 'completed' ? completedByClock(incident.updates) : incident.updates,
    nextUpdate: over ? null : promiseOf(incident),
    duration: Math.max(0, end - start),
    unfiled: unfiled.has(incident.id),
    ...(history ? { history } : {}),
    ...(recovered === undefined ? {} : { recovered }),
  });
  const view: IncidentView = Object.defineProperties(facets as unknown as IncidentView, DRAWN);
  keptViews.set(incident, { view, site, history, outages });
  return view;
}

function byComponent(views: readonly IncidentView[]): Map<string, IncidentView[]> {
  const found = new Map<string, IncidentView[]>();
  for (const view of views) {
    const ids = view.stretches.flatMap(({ affected }) => affected.map(({ id }) => id));
    for (const id of new Set(ids)) {
      const list = found.get(id);
      if (list) list.push(view);
      else found.set(id, [view]);
    }
  }
  return found;
}

function componentView(
  component: Component,
  views: readonly IncidentView[],
  beside: readonly DowntimeSpan[],
  { site, measured, responses, unread = [] }: Facts,
  now: Millis,
): ComponentView {
  const known = measured.get(component.id);
  const underWay = views.filter(view => isUnderWay(view, now));
  const open = views.filter(isOpen);
  const base = healthByCheck(component, known);
  const failing = beside.filter(({ end }) => end === null);
  // During maintenance a failing check is expected and shown separately: only incidents make the state worse.
  const told = worst([
    underWay.length > 0 ? 'under_maintenance' : base,
    ...[...open, ...underWay].map(view => statusIn(view, component.id)),
    ...(underWay.length > 0 ? [] : failing.map(({ severity }) => statusOf(severity))),
  ]);
  const isInUnread = unread.some(ids => ids.includes(component.id));
  const health = isInUnread ? inDoubt(told) : told;
  const maintenance = views.filter(view => view.scheduled !== null).map(view => spanOf(view, now));
  const { days, weights } = site.uptime;
  const window: Span = { start: now - days * DAY, end: now };
  const from = knownFrom(component, views, known, now);
  const spans = [
    ...downtimeOf(component.id, views, from, now),
    ...beside.filter(({ start }) => start <= now),
  ];
  return {
    component,
    health,
    since: health === told ? sinceOf(component.id, told, [...open, ...underWay], failing, known, now) : null,
    checkedAt: known?.checkedAt == null ? null : checkedBy(known.checkedAt, now),
    ...(known?.checkedAt == null
      ? {}
      : {
          lastRun: {
            at: known.checkedAt,
            took: known.took ?? 0,
            ...(known.check === undefined ? {} : { check: known.check }),
          },
        }),
    seen: known?.seen ?? null,
    upstream: known?.upstream ?? null,
    ...(underWay.length > 0 && base !== 'no_data' && severityOfStatus(base)
      ? { failing: { since: known?.since ?? null } }
      : {}),
    response: responses?.get(component.id) ?? null,
    ...(isInUnread ? { isInUnread } : {}),
    days: daysOf({ component, views, spans, maintenance, known, from, now, count: days, weights }),
    uptime: uptimeOf(spans, maintenance, window, from, observedIn(known, from, window), weights),
  };
}

/** In whole minutes. A check in the future was recorded before the clock was set back: it is not later than now. */
function checkedBy(at: Millis, now: Millis): Millis {
  const by = Math.min(at, now);
  return by - (by % MINUTE);
}

/** The state by the check; "no data" when its target was removed. */
function healthByCheck({ check }: Component, known: Measured | undefined): Health {
  if (check.type === 'manual') return 'operational';
  return isConfigured(check) ? (known?.health ?? 'no_data') : 'no_data';
}

function statusIn(view: IncidentView, id: string): Health {
  return view.affected.find(affected => affected.id === id)?.status ?? 'no_data';
}

/** Where a component's total begins: at `since:`, else at the earliest trace of it. */
function knownFrom(
  component: Component,
  views: readonly IncidentView[],
  known: Measured | undefined,
  now: Millis,
): Millis {
  if (component.since !== null) return component.since;
  const incidents = views
    .filter(view => view.scheduled === null)
    .map(view => view.started)
    .filter(isPlausible);
  return Math.min(now, known?.firstSeen ?? now, known?.firstCheck ?? now, ...incidents);
}

/** Observed time within the total. The days at its edges count at most the part inside. */
function observedIn(known: Measured | undefined, from: Millis, window: Span): Millis {
  let sum = 0;
  for (const [start, millis] of known?.observed ?? []) {
    const inside = Math.min(start + DAY, window.end) - Math.max(start, from, window.start);
    sum += Math.max(0, Math.min(millis, inside));
  }
  return sum;
}

function sinceOf(
  id: string,
  health: Health,
  current: readonly IncidentView[],
  failing: readonly DowntimeSpan[],
  known: Measured | undefined,
  now: Millis,
): Millis | null {
  const starts = current
    .filter(view => statusIn(view, id) === health)
    .map(view => (view.scheduled ? spanOf(view, now).start : sinceIn(view, id)));
  starts.push(...failing.filter(({ severity }) => statusOf(severity) === health).map(({ start }) => start));
  if (starts.length > 0) return Math.min(...starts);
  return known && known.health === health ? known.since : null;
}

/** Since when an open incident has kept a component in its current state. */
function sinceIn({ stretches }: IncidentView, id: string): Millis {
  const states = stretches.map(({ affected }) => affected.find(one => one.id === id)?.status);
  let first = stretches.length - 1;
  while (first > 0 && states[first - 1] === states[stretches.length - 1]) first--;
  return (stretches[first] as { start: Millis }).start;
}

export function groupsOf(components: readonly ComponentView[]): GroupView[] {
  const groups: { name: string | null; components: ComponentView[] }[] = [];
  for (const view of components) {
    const name = view.component.group;
    const there = groups.find(group => group.name === name && (name !== null || group === groups.at(-1)));
    if (there) there.components.push(view);
    else groups.push({ name, components: [view] });
  }
  return groups.map(group => ({ ...group, health: wholeOf(group.components) }));
}

function byStart(a: IncidentView, b: IncidentView): number {
  const start = (view: IncidentView) => view.scheduled?.start ?? view.started;
  return start(b) - start(a) || (a.id < b.id ? 1 : -1);
}
