// The components an incident affected: how badly, from when to when, and how much counted as downtime.
import { isCalledOff } from '../../../core/incidents/completion.ts';
import { coveredBy } from '../../../core/incidents/maintenance.ts';
import type { ComponentStatus } from '../../../core/model/component.ts';
import type { Millis } from '../../../core/model/time.ts';
import type { IncidentView } from '../../../core/page/snapshot.ts';
import { unionLength } from '../../../core/page/uptime.ts';
import type { PageContext } from '../context.ts';
import { isOver } from './incidents.ts';
import { icon } from './status-style.ts';

/**
 * The affected components, in the order of the incident: each state with its time span, oldest first, and its share of
 * the component's downtime.
 */
export function affectedOf(incident: IncidentView, ctx: PageContext) {
  const over = isOver(incident);
  return incident.affected.map(({ id, name, status }) => ({
    name,
    // A component that left the site has no page.
    url: ctx.snapshot.components.some(({ component }) => component.id === id)
      ? ctx.page(`/status/components/${encodeURIComponent(id)}`)
      : null,
    times: stretchesOf(incident, id, status).map(({ start, end, status }) => ({
      // No warning icon once it is over.
      icon: over || end !== null ? '' : icon(status),
      state: ctx.say(`state.${status}`),
      spanHtml:
        end === null
          ? ctx.html('component.since', { since: ctx.time(start) })
          : ctx.window({ start, end }).html,
    })),
    counted: countedWords(incident.id, id, ctx),
  }));
}

interface AffectedStretch {
  readonly start: Millis;
  readonly end: Millis | null;
  readonly status: ComponentStatus;
}

/** The time spans in which the component was affected; adjacent spans with one state are joined. */
function stretchesOf(incident: IncidentView, id: string, status: ComponentStatus): AffectedStretch[] {
  const { scheduled, started, resolved } = incident;
  if (scheduled)
    return isCalledOff(incident)
      ? []
      : [{ ...coveredBy(incident, incident.state), status: 'under_maintenance' }];
  const spans: AffectedStretch[] = [];
  for (const { start, end, affected } of incident.stretches) {
    const now = affected.find(one => one.id === id)?.status;
    if (now === undefined) continue;
    const last = spans.at(-1);
    if (last?.end === start && last.status === now) spans.pop();
    spans.push({ start: last?.end === start && last.status === now ? last.start : start, end, status: now });
  }
  return spans.length > 0 ? spans : [{ start: started, end: resolved, status }];
}

/** The part of the incident that counts in the uptime window, as traced to it in `/api/uptime.json`. */
function countedWords(incident: string, component: string, ctx: PageContext) {
  const view = ctx.snapshot.components.find(one => one.component.id === component);
  // Written and measured times overlap.
  const length = unionLength(
    (view?.uptime.intervals ?? []).filter(one => one.incident === incident && one.weight > 0),
  );
  return length > 0 ? ctx.say('incident.counted', { duration: ctx.dates.duration(length) }) : null;
}
