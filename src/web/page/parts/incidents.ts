// Incidents and maintenance as cards and timelines, and which of them stand where.
import { type Health, statusOf } from '../../../core/model/component.ts';
import { DAY, MINUTE, type Millis, startOfUtcDay, utcDay } from '../../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../../core/page/snapshot.ts';
import type { Tell } from '../context.ts';
import { CODE, icon } from './status-style.ts';

export interface UpdateCard {
  readonly anchor: string;
  readonly label: string;
  readonly html: string;
  readonly timeHtml: string;
}

export interface Card {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly code: string;
  readonly icon: string;
  /** "Investigating · Major incident · for 12 min" */
  readonly factsHtml: string;
  readonly affects: string;
  readonly newest: UpdateCard;
  /** Newest first, without the newest. */
  readonly older: readonly UpdateCard[];
  readonly olderWord: string;
  readonly postmortem: boolean;
  readonly maintenance: boolean;
}

/** Draws the card of an incident or a maintenance. */
export function card(incident: IncidentView, tell: Tell): Card {
  const health = healthOf(incident);
  const updates = updatesOf(incident, tell).reverse();
  return {
    id: anchorOf('i', incident.id),
    url: tell.page(`/status/incidents/${encodeURIComponent(incident.id)}`),
    title: incident.title,
    code: CODE[health],
    icon: icon(health),
    factsHtml: facts(incident, tell),
    affects: affects(incident, tell),
    newest: updates[0]!,
    older: updates.slice(1),
    olderWord: tell.say('incident.older', { n: updates.length - 1 }),
    postmortem: incident.postmortemHtml !== null,
    maintenance: incident.scheduled !== null,
  };
}

/** All updates, oldest first. */
export function updatesOf(incident: IncidentView, tell: Tell): UpdateCard[] {
  return incident.updates.map((update, i) => ({
    anchor: anchorOf('u', update.key),
    label: update.label ?? tell.say(`status.${update.status}`),
    html: incident.html[i] ?? '',
    timeHtml: tell.time(update.at).html,
  }));
}

/** The state an incident's icon stands for: what it does to components, or calm once it is over. */
export function healthOf(incident: IncidentView): Health {
  if (incident.scheduled) return isOver(incident) ? 'operational' : 'under_maintenance';
  return isOver(incident) ? 'operational' : statusOf(incident.severity);
}

/** "Affects API and Database", or that it affects nothing here. */
export function affects(incident: IncidentView, tell: Tell): string {
  const names = incident.affected.map(({ name }) => name);
  if (names.length === 0) return tell.say('incident.affects_none');
  return tell.say('incident.affects', { names: tell.dates.list(names) });
}

/** A maintenance's window as `<time>` to `<time>`, the date not said twice. */
export function windowHtml(scheduled: { readonly start: Millis; readonly end: Millis }, tell: Tell): string {
  const { start, end } = scheduled;
  const style = tell.dates.sameDay(start, end) ? 'time' : 'dateTime';
  return `${tell.time(start).html} – ${tell.time(end, style).html}`;
}

/** Whether it is resolved, or completed. */
export function isOver(incident: IncidentView): boolean {
  return incident.state === 'resolved' || incident.state === 'completed';
}

/** What is going on now: incidents by severity, then maintenance in progress. */
export function happening(snapshot: Snapshot): IncidentView[] {
  const rank = { critical: 0, major: 1, minor: 2 };
  const open = snapshot.incidents.filter(incident => !isOver(incident));
  const working = snapshot.maintenances.filter(
    ({ state }) => state === 'in_progress' || state === 'verifying',
  );
  const ids = snapshot.site.components.map(({ id }) => id);
  // What began in the same minute stands in the order of the components below.
  const order = ({ severity, started, affected }: IncidentView) => [
    rank[severity],
    -Math.floor(started / MINUTE),
    ids.indexOf(affected[0]?.id ?? ''),
  ];
  return [...open.sort((a, b) => compareAll(order(a), order(b))), ...working];
}

function compareAll(a: readonly number[], b: readonly number[]): number {
  return a.map((value, i) => value - (b[i] as number)).find(difference => difference !== 0) ?? 0;
}

/** Maintenance to come, the next first. */
export function upcoming(snapshot: Snapshot): IncidentView[] {
  return snapshot.maintenances
    .filter(({ state }) => state === 'scheduled')
    .sort((a, b) => beginning(a) - beginning(b));
}

export interface PastDay {
  readonly day: string;
  readonly heading: string;
  readonly today: boolean;
  /** Nothing at all happened. */
  readonly quiet: boolean;
  /** Short enough for one line. */
  readonly calm: boolean;
  readonly cards: readonly Card[];
  /** Incidents that began earlier, or stand at the top of the page, and touched this day. */
  readonly ongoing: readonly { readonly title: string; readonly url: string }[];
}

/** The last `count` UTC days, newest first; a day inside a long incident is not called quiet. */
export function pastDays(snapshot: Snapshot, count: number, tell: Tell): PastDay[] {
  const today = startOfUtcDay(snapshot.at);
  const oldest = today - (count - 1) * DAY;
  const all = [...snapshot.incidents, ...snapshot.maintenances].filter(
    one => ending(one) > oldest && one.state !== 'scheduled',
  );
  return Array.from({ length: count }, (_, i) => {
    const start = today - i * DAY;
    const touching = all.filter(one => beginning(one) < start + DAY && ending(one) > start);
    const told = touching.filter(one => isOver(one) && beginning(one) >= start);
    return {
      day: utcDay(start),
      heading: tell.dates.day(utcDay(start)),
      today: i === 0,
      quiet: touching.length === 0,
      calm: told.length === 0 && touching.length < 2,
      cards: told.sort((a, b) => beginning(b) - beginning(a)).map(one => card(one, tell)),
      ongoing: touching
        .filter(one => !told.includes(one))
        .map(({ id, title }) => ({ title, url: tell.page(`/status/incidents/${encodeURIComponent(id)}`) })),
    };
  });
}

/** When it began: a maintenance begins with its window. */
export function beginning(incident: IncidentView): Millis {
  return incident.scheduled?.start ?? incident.started;
}

function ending(incident: IncidentView): Millis {
  // An incident of no length still happened on its day.
  return (incident.resolved ?? beginning(incident) + incident.duration) + 1;
}

function facts(incident: IncidentView, tell: Tell): string {
  const parts = [tell.html(`status.${incident.state}`)];
  // A figure is not parted from its unit at the end of a line.
  const duration = tell.dates.duration(incident.duration).replaceAll(' ', '\u00a0');
  if (incident.scheduled) {
    parts.push(tell.html('maintenance'), windowHtml(incident.scheduled, tell));
  } else {
    parts.push(tell.html(`severity.${incident.severity}`));
    parts.push(tell.html(isOver(incident) ? 'incident.lasted' : 'incident.lasting', { duration }));
  }
  if (incident.nextUpdate !== null) {
    const late = incident.nextUpdate < tell.at;
    const key = late ? 'incident.next_update_late' : 'incident.next_update';
    parts.push(tell.html(key, { time: tell.time(incident.nextUpdate, 'near') }));
  }
  return parts.join(' · ');
}

/** An id every selector and validator takes; two updates of one page never share a key. */
function anchorOf(kind: 'i' | 'u', id: string): string {
  return `${kind}-${id.replace(/[^\p{L}\p{N}_-]+/gu, '-')}`;
}
