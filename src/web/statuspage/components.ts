// Component and group rows of the Statuspage API.
import { endedAt } from '../../core/incidents/ending.ts';
import type { ComponentStatus } from '../../core/model/component.ts';
import { isoMillis, type Millis, startOfUtcDay, utcDay } from '../../core/model/time.ts';
import { isLost } from '../../core/page/overall-status.ts';
import type { ComponentView, GroupView, IncidentView, Snapshot } from '../../core/page/snapshot.ts';
import type { ComponentBody, ListedRow } from './bodies.ts';
import { PAGE_ID, stableId } from './ids.ts';

/** A component as other rows name it; `fullName` is `Group - Component`, or only the name. */
export interface NamedRow {
  readonly row: ComponentBody;
  readonly fullName: string;
}

export function listComponents(snapshot: Snapshot): ReadonlyMap<string, NamedRow> {
  const spans = touchedSpans(snapshot);
  const listed = new Map<string, NamedRow>();
  snapshot.groups.forEach(({ name: group, components }, index) => {
    components.forEach((view, member) => {
      const { id, name } = view.component;
      const position = group === null ? topPosition(snapshot.groups, index) + member : member + 1;
      const row = componentRow(view, group, position, spans.get(id));
      listed.set(id, { row, fullName: group === null ? name : `${group} - ${name}` });
    });
  });
  return listed;
}

/** `components` of components.json and summary.json: each group's row, then its members. */
export function componentRows(snapshot: Snapshot): readonly ListedRow[] {
  const listed = listComponents(snapshot);
  return snapshot.groups.flatMap((group, index) => {
    const members = group.components.map(view => listed.get(view.component.id)!.row);
    if (group.name === null || members.length === 0) return members;
    return [groupRow(group, group.name, topPosition(snapshot.groups, index), members), ...members];
  });
}

/**
 * Statuspage has no word for "never checked": such a component is operational there. A component that is lost is not,
 * because unknown must not be green.
 */
function publicStatus({ health, components }: Pick<GroupView, 'health' | 'components'>): ComponentStatus {
  if (health !== 'no_data') return health;
  return components.some(isLost) ? 'degraded_performance' : 'operational';
}

interface TouchedSpan {
  first: Millis;
  last: Millis;
}

function componentRow(
  view: ComponentView,
  group: string | null,
  position: number,
  touched: TouchedSpan | undefined,
): ComponentBody {
  const { id, name, description } = view.component;
  const created = bornAt(view, touched?.first);
  return {
    id: stableId('component', id),
    name,
    status: publicStatus({ health: view.health, components: [view] }),
    created_at: isoMillis(created),
    updated_at: isoMillis(Math.max(created, view.since ?? 0, touched?.last ?? 0)),
    position,
    description,
    showcase: true,
    start_date: utcDay(created),
    group_id: group === null ? null : stableId('group', group),
    page_id: PAGE_ID,
    group: false,
    only_show_if_degraded: false,
  };
}

function groupRow(
  group: GroupView,
  name: string,
  position: number,
  members: readonly ComponentBody[],
): ListedRow {
  const times = (key: 'created_at' | 'updated_at') => members.map(member => member[key]).sort();
  return {
    ...(members[0] as ComponentBody),
    id: stableId('group', name),
    name,
    status: publicStatus(group),
    created_at: times('created_at')[0]!,
    updated_at: times('updated_at').at(-1)!,
    position,
    description: null,
    showcase: false,
    start_date: null,
    group_id: null,
    group: true,
    components: members.map(member => member.id),
  };
}

/**
 * Since when a component exists: `since:`, else the earlier of its first incident and the start of its total. Once the
 * total fills the whole window, the window's first day is used: a day, not a second, so that the response does not
 * change with every Snapshot.
 */
function bornAt(view: ComponentView, firstIncident: Millis | undefined): Millis {
  const { from, window } = view.uptime;
  const seen = from > window.start ? from : startOfUtcDay(window.start);
  return view.component.since ?? Math.min(seen, firstIncident ?? seen);
}

/** Each component's first and last time in an incident or maintenance, without future ones. */
function touchedSpans({ incidents, maintenances, at }: Snapshot): Map<string, TouchedSpan> {
  const spans = new Map<string, TouchedSpan>();
  for (const incident of [...incidents, ...maintenances]) {
    if (incident.started > at) continue;
    const last = lastMoment(incident, at);
    for (const { id } of incident.affected) {
      const span = spans.get(id) ?? { first: incident.started, last };
      span.first = Math.min(span.first, incident.started);
      span.last = Math.max(span.last, last);
      spans.set(id, span);
    }
  }
  return spans;
}

/** The time of the latest update, start or end of an incident or maintenance up to `now`. */
export function lastMoment(incident: IncidentView, now: Millis): Millis {
  const moments = [incident.started, ...incident.updates.map(update => update.at)];
  if (incident.resolved !== null) moments.push(incident.resolved);
  // A maintenance starts and ends by the clock, without an update.
  if (incident.scheduled) {
    if (incident.state !== 'scheduled') moments.push(incident.scheduled.start);
    const ended = endedAt(incident, incident.state);
    if (ended !== null) moments.push(ended);
  }
  const past = moments.filter(moment => moment <= now);
  return past.length > 0 ? Math.max(...past) : Math.min(...moments);
}

/** Positions count from 1 over top-level entries: groups, and components without a group. */
function topPosition(groups: readonly GroupView[], index: number): number {
  const before = groups.slice(0, index);
  return 1 + before.reduce((sum, group) => sum + (group.name === null ? group.components.length : 1), 0);
}
