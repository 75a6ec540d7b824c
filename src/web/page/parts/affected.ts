// The components an incident affected: how badly, from when to when, and how much counted as downtime.
import { isCalledOff } from '../../../core/incidents/completion.ts';
import { coveredBy } from '../../../core/incidents/maintenance.ts';
import type { ComponentStatus } from '../../../core/model/component.ts';
import { DAY, type Millis, type Span } from '../../../core/model/time.ts';
import type { IncidentView } from '../../../core/page/snapshot.ts';
import { unionLength } from '../../../core/page/uptime.ts';
import { type PageContext, unbreakable } from '../context.ts';
import { icon } from './status-style.ts';

interface AffectedGroup {
  readonly times: readonly { readonly icon: string; readonly state: string; readonly spanHtml: string }[];
  /** Its share of the downtime, where that is not all of these times. */
  readonly counted: string | null;
  readonly names: { readonly name: string; readonly url: string | null }[];
}

/**
 * All components that ever were affected, in the order of the incident. Those with the same states at the same times
 * stand together, each state with its time span, oldest first.
 */
export function affectedOf(incident: IncidentView, ctx: PageContext): readonly AffectedGroup[] {
  const groups = new Map<string, AffectedGroup>();
  const told = incident.stretches.flatMap(({ affected }) => affected);
  // The current state of an open incident leaves out who has recovered.
  for (const id of new Set([...told, ...incident.affected].map(one => one.id))) {
    const known = ctx.snapshot.components.find(({ component }) => component.id === id);
    const now = incident.affected.find(one => one.id === id);
    const stretches = stretchesOf(incident, id, now?.status);
    const counted = countedWords(incident.id, stretches, known, ctx);
    const key = JSON.stringify([stretches, counted]);
    const group = groups.get(key) ?? { times: timesOf(incident, stretches, ctx), counted, names: [] };
    group.names.push({
      name: now?.name ?? known?.component.name ?? id,
      // A component that left the site has no page.
      url: known ? ctx.page(`/status/components/${encodeURIComponent(id)}`) : null,
    });
    groups.set(key, group);
  }
  const former = formerNames(incident, ctx).map(name => ({ name, url: null }));
  return [...groups.values(), ...(former.length > 0 ? [{ times: [], counted: null, names: former }] : [])];
}

/** "Affects API and Database", or that it affects no component. */
export function affects(incident: IncidentView, ctx: PageContext): string {
  const names = affectedNames(incident, ctx);
  if (names.length === 0) return ctx.say('incident.affects_none');
  return ctx.say('incident.affects', { names: ctx.dates.list(names) });
}

/** The names of all components affected, former ones last. */
export function affectedNames(incident: IncidentView, ctx: PageContext): string[] {
  return [...incident.affected.map(({ name }) => name), ...formerNames(incident, ctx)];
}

/** The former components (`retired:`) that an incident names: "formerly: Login". */
function formerNames(incident: IncidentView, ctx: PageContext): readonly string[] {
  const { retired } = ctx.site;
  if (retired.length === 0) return [];
  const later = incident.updates.flatMap(({ change }) => change?.components ?? []);
  const named = new Set([...(incident.components ?? []), ...later].map(({ id }) => id));
  return retired.filter(({ id }) => named.has(id)).map(({ name }) => ctx.say('component.formerly', { name }));
}

function timesOf(incident: IncidentView, stretches: readonly AffectedStretch[], ctx: PageContext) {
  const { localDay } = ctx.dates;
  const range = (span: Span) => {
    // Within a day the time alone is clear: the beginning stands above.
    const isClear = incident.duration < DAY && localDay(span.start) === localDay(span.end);
    return ctx.span(span, isClear ? 'clock' : undefined);
  };
  // That of the whole incident stands in the head.
  const lengthOf = (length: Millis) =>
    length === incident.duration ? '' : ` (${unbreakable(ctx.dates.lag(length))})`;
  return stretches.map(({ start, end, status }) => ({
    icon: icon(status),
    state: ctx.say(`state.${status}`),
    spanHtml:
      end === null
        ? ctx.html('component.since', { since: ctx.time(start) })
        : range({ start, end }).html + lengthOf(end - start),
  }));
}

interface AffectedStretch {
  readonly start: Millis;
  readonly end: Millis | null;
  readonly status: ComponentStatus;
}

/** The time spans in which the component was affected; adjacent spans with one state are joined. */
function stretchesOf(
  incident: IncidentView,
  id: string,
  status: ComponentStatus | undefined,
): AffectedStretch[] {
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
  return spans.length === 0 && status ? [{ start: started, end: resolved, status }] : spans;
}

/** The part of the incident that counts in the uptime window, as traced to it in `/api/uptime.json`; null if it is all. */
function countedWords(
  incident: string,
  stretches: readonly AffectedStretch[],
  view: PageContext['snapshot']['components'][number] | undefined,
  ctx: PageContext,
): string | null {
  // Written and measured times overlap.
  const length = unionLength(
    (view?.uptime.intervals ?? []).filter(one => one.incident === incident && one.weight > 0),
  );
  const all = stretches.reduce((sum, { start, end }) => sum + (end ?? ctx.at) - start, 0);
  const duration = ctx.dates.lag(length);
  return length > 0 && duration !== ctx.dates.lag(all) ? ctx.say('incident.counted', { duration }) : null;
}
