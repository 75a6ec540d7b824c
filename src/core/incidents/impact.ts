// Impact: how severe an incident was for which components, over time, by its updates.
import { type ComponentStatus, type Severity, statusOf, worst } from '../model/component.ts';
import {
  type Affected,
  affectedBy,
  amongst,
  beginningOf,
  type Incident,
  type IncidentUpdate,
  isFinal,
  type NamedAffected,
  reachedBy,
  SEVERITIES,
} from '../model/incident.ts';
import type { Millis } from '../model/time.ts';
import { completionOf } from './completion.ts';

/** A period in which the impact of an incident did not change. */
export interface Stretch {
  readonly start: Millis;
  readonly end: Millis | null;
  readonly severity: Severity;
  readonly affected: readonly { readonly id: string; readonly status: ComponentStatus }[];
}

/**
 * Oldest first, never empty. `severity:` and `components:` of an update hold from that update on. Nothing was affected
 * between an end and a relapse.
 */
export function stretchesOf(incident: Incident, components: readonly NamedAffected[]): readonly Stretch[] {
  let { severity } = incident;
  let named = incident.components;
  const stretch = (start: Millis): Stretch => ({
    start,
    end: incident.resolved,
    severity,
    affected: statesIn(incident, severity, named, components),
  });
  const found = [stretch(incident.started)];
  let ended: Millis | null = null;
  for (const { at, change, status } of incident.updates) {
    if (incident.resolved !== null && at >= incident.resolved) continue;
    const isOver = status === 'resolved';
    if (isOver) ended ??= at;
    if (!change && (isOver || ended === null)) continue;
    severity = change?.severity ?? severity;
    named = change?.components ?? named;
    const start = Math.max(at, (found.at(-1) as Stretch).start);
    const until = isOver || ended === null ? start : ended;
    if (!isOver) ended = null;
    const before = found.filter(one => one.start < until);
    found.splice(0, found.length, ...before.map(one => ({ ...one, end: Math.min(one.end ?? until, until) })));
    found.push(stretch(start));
  }
  return found;
}

function statesIn(
  { title, scheduled }: Incident,
  severity: Severity,
  named: Incident['components'],
  components: readonly NamedAffected[],
): Stretch['affected'] {
  return reachedBy({ title, scheduled, components: named }, components).map(({ id, status }) => ({
    id,
    status: status ?? (scheduled ? 'under_maintenance' : statusOf(severity)),
  }));
}

/**
 * The components affected as of each update, by id: by what it says, or those before it do. Operational before planned
 * work begins, and at an end. `stretches`: as shown, an incident has the severity that it got, not the one it began with.
 */
export function statesByUpdate(
  incident: Incident & { readonly stretches: readonly Stretch[] },
  components: readonly NamedAffected[],
): ReadonlyMap<string, ComponentStatus>[] {
  let [{ severity }] = incident.stretches as [Stretch];
  let named = incident.components;
  let states = statesIn(incident, severity, named, components);
  return incident.updates.map(({ change, status: said }) => {
    if (change) {
      severity = change.severity ?? severity;
      named = change.components ?? named;
      states = statesIn(incident, severity, named, components);
    }
    const isWell = said === 'resolved' || said === 'completed' || said === 'scheduled';
    return new Map(states.map(({ id, status }) => [id, isWell ? 'operational' : status]));
  });
}

/** The impact to show: the current one while the incident is open, the worst once it is over. */
export function impactOf(
  stretches: readonly Stretch[],
  now: Millis,
  over: boolean,
): Omit<Stretch, 'start' | 'end'> {
  if (!over) {
    return stretches.findLast(({ start }) => start <= now) ?? (stretches[0] as Stretch);
  }
  const status = new Map<string, ComponentStatus>();
  for (const one of stretches.flatMap(({ affected }) => affected)) {
    const before = status.get(one.id);
    status.set(one.id, before ? (worst([before, one.status]) as ComponentStatus) : one.status);
  }
  const ranks = stretches.map(({ severity }) => SEVERITIES.indexOf(severity));
  return {
    severity: SEVERITIES[Math.max(...ranks)] as Severity,
    affected: [...status].map(([id, status]) => ({ id, status })),
  };
}

/**
 * The components affected as of an update; at the end, and for a maintenance, all that ever were. The beginning of a
 * grouped incident tells of all its outages: the times of the others follow in quiet sections, or their words were told with it.
 */
export function affectedAt(
  incident: Incident,
  update: IncidentUpdate,
  components: readonly NamedAffected[],
): readonly Affected[] {
  const { scheduled, updates } = incident;
  if (scheduled || update.status === 'resolved') return affectedBy(incident, components);
  const until = placeOf(update, updates);
  const named = updates.slice(0, until + 1).findLast(({ change }) => change?.components)?.change?.components;
  const affected = named ? amongst(named, components) : reachedBy(incident, components);
  if (incident.openedBy === null || updates[until] !== beginningOf(incident)) return affected;
  const isTold = ({ at, quiet }: IncidentUpdate) => quiet || (update.folds && at <= update.at);
  const next = updates.findIndex((one, index) => index > until && !isTold(one));
  const group = updates.slice(until + 1, next < 0 ? updates.length : next);
  const more = amongst(
    group.flatMap(({ change }) => change?.components ?? []),
    components,
  );
  return [...affected, ...more.filter(one => !affected.some(({ id }) => id === one.id))];
}

/** The place of an update; what is in no file was said last. */
function placeOf({ key }: IncidentUpdate, updates: readonly IncidentUpdate[]): number {
  const at = updates.findIndex(one => one.key === key);
  return at < 0 ? updates.length : at;
}

export function affectedNamesAt(
  incident: Incident,
  update: IncidentUpdate,
  components: readonly NamedAffected[],
): string[] {
  const affected = affectedAt(incident, update, components).map(({ id }) => id);
  return components.filter(({ id }) => affected.includes(id)).map(({ name }) => name);
}

/**
 * Returns the updates, of very many, that decide how this one is announced, with the components affected
 * then and at any time. As many as there are components, and a few more.
 */
export function updatesBehind(incident: Incident, update: IncidentUpdate): readonly IncidentUpdate[] {
  const { updates } = incident;
  const kept = new Set<IncidentUpdate | undefined>([beginningOf({ updates }), updates.at(-1)]);
  // The time that a maintenance covers.
  kept.add(updates.find(({ status }) => status === 'in_progress'));
  kept.add(updates.findLast(({ status }) => status !== 'completed'));
  kept.add(completionOf(incident)?.update ?? undefined);
  const named = new Set<string>();
  for (const one of updates) {
    const ids = (one.change?.components ?? []).map(({ id }) => id);
    if (ids.some(id => !named.has(id))) kept.add(one);
    for (const id of ids) named.add(id);
  }
  const at = placeOf(update, updates);
  const before = updates.slice(0, at);
  kept.add(updates[at]);
  kept.add(before.at(-1));
  kept.add(before.findLast(({ quiet, stray }) => !quiet && !stray));
  kept.add(updates.slice(0, at + 1).findLast(({ change }) => change?.components));
  return updates.filter(one => kept.has(one));
}

/** When the next update of an open incident is promised, by its newest update or by its front matter. */
export function promiseOf(incident: Incident): Millis | null {
  if (isFinal(incident.status)) return null;
  const newest = incident.updates[incident.updates.length - 1];
  const promised = newest?.promised ?? incident.promised ?? null;
  // A later update has kept the promise.
  return promised !== null && promised > (newest?.at ?? incident.started) ? promised : null;
}
