// Who an incident affected, how badly, from when to when, and what of it counted as downtime.
import type { ComponentStatus } from '../../../core/model/component.ts';
import type { Millis } from '../../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../../core/page/snapshot.ts';
import type { Tell } from '../context.ts';
import { isOver, windowHtml } from './incidents.ts';
import { icon } from './status-style.ts';

export interface Affected {
  readonly name: string;
  /** One entry for each state it was in, oldest first. */
  readonly times: readonly { readonly icon: string; readonly state: string; readonly spanHtml: string }[];
  /** What it cost the component's uptime figure; null where nothing is counted. */
  readonly counted: string | null;
}

/** The affected components in the site's order of the incident, each over time. */
export function affectedOf(incident: IncidentView, snapshot: Snapshot, tell: Tell): Affected[] {
  const over = isOver(incident);
  return incident.affected.map(({ id, name, status }) => ({
    name,
    times: spansOf(incident, id, status).map(({ start, end, status }) => ({
      // Over is over: a warning sign would say that it still is so.
      icon: over || end !== null ? '' : icon(status),
      state: tell.say(`state.${status}`),
      spanHtml:
        end === null
          ? tell.html('component.since', { since: tell.time(start) })
          : windowHtml({ start, end }, tell),
    })),
    counted: countedWords(incident.id, id, snapshot, tell),
  }));
}

interface Span {
  readonly start: Millis;
  readonly end: Millis | null;
  readonly status: ComponentStatus;
}

/** The stretches that touched a component; neighbours in one state are one. */
function spansOf(incident: IncidentView, id: string, status: ComponentStatus): Span[] {
  const { scheduled, started, resolved } = incident;
  if (scheduled) return [{ ...scheduled, status: 'under_maintenance' }];
  const spans: Span[] = [];
  for (const { start, end, affected } of incident.stretches) {
    const now = affected.find(one => one.id === id)?.status;
    if (now === undefined) continue;
    const last = spans.at(-1);
    if (last?.end === start && last.status === now) spans.pop();
    spans.push({ start: last?.end === start && last.status === now ? last.start : start, end, status: now });
  }
  return spans.length > 0 ? spans : [{ start: started, end: resolved, status }];
}

/** The incident's own length within the uptime window: what the figures of `/api/uptime.json` trace to it. */
function countedWords(incident: string, component: string, { components }: Snapshot, tell: Tell) {
  const intervals = components.find(view => view.component.id === component)?.uptime.intervals ?? [];
  const length = intervals
    .filter(one => one.incident === incident && one.weight > 0)
    .reduce((sum, { start, end }) => sum + end - start, 0);
  return length > 0 ? tell.say('incident.counted', { duration: tell.dates.duration(length) }) : null;
}
