// Incidents and maintenance as cards and timelines, and the lists in which they appear.
import { MOMENT, readMoment } from '../../../core/i18n/spell.ts';
import type { Key } from '../../../core/i18n/words.ts';
import { isCalledOff, wordOfStatus } from '../../../core/incidents/completion.ts';
import { endedAt } from '../../../core/incidents/ending.ts';
import { type Health, statusOf } from '../../../core/model/component.ts';
import { type IncidentUpdate, incidentPath } from '../../../core/model/incident.ts';
import { DAY, MINUTE, type Millis, startOfUtcDay, utcDay } from '../../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../../core/page/snapshot.ts';
import { machineTextFor } from '../../../core/text/machine-texts.ts';
import { escapeHtml, markdownAsWords, renderMarkdown } from '../../../core/text/markdown.ts';
import type { PageContext } from '../context.ts';
import { CODE, icon } from './status-style.ts';

/** The card of an incident or a maintenance, its updates newest first. */
export function incidentCard(incident: IncidentView, ctx: PageContext) {
  const health = healthForIcon(incident);
  const updates = updatesForPage(incident, ctx).reverse();
  return {
    id: anchorOf('i', incident.id),
    url: ctx.page(incidentPath(incident.id)),
    title: incident.title,
    code: CODE[health],
    icon: icon(health),
    factsHtml: facts(incident, ctx),
    affects: affects(incident, ctx),
    newest: updates[0]!,
    older: updates.slice(1),
    olderWord: ctx.say('incident.older', { n: updates.length - 1 }),
    postmortem: incident.postmortemHtml !== null,
  };
}

/** All updates, oldest first. */
export function updatesForPage(incident: IncidentView, ctx: PageContext) {
  return incident.updates.map((update, i) => ({
    anchor: anchorOf('u', update.key),
    label: update.label ?? ctx.say(`status.${wordOfStatus(incident, update.status)}`),
    html: updateHtml(incident, i, ctx),
    timeHtml: ctx.time(update.at).html,
  }));
}

/**
 * An update's text, with what the server wrote in the visitor's language and zone. Its times are not after the update:
 * if they are, a clock that was ahead wrote them.
 */
function updateHtml(incident: IncidentView, index: number, ctx: PageContext): string {
  const update = incident.updates[index]!;
  const moment = (at: Millis) => ctx.time(Math.min(at, update.at), 'near').html;
  const html =
    machineTextFor(update.body, {
      say: ctx.say,
      dates: ctx.dates,
      moment,
      text: escapeHtml,
      ours: paragraph => `<p>${paragraph}</p>`,
      other: markdown => renderMarkdown(markdown),
    }) ??
    incident.html[index] ??
    '';
  // In the words of an operator's template, times stand as ours do.
  return incident.openedBy === null ? html : html.replace(MOMENTS, text => moment(readMoment(text)));
}

const MOMENTS = new RegExp(MOMENT, 'g');

/** The same as plain text. */
export function updateTextForReader(
  { body, at: latest }: IncidentUpdate,
  { say, dates }: Pick<PageContext, 'say' | 'dates'>,
): string {
  const text = machineTextFor(body, {
    say,
    dates,
    moment: at => dates.dateTime(Math.min(at, latest)),
    text: String,
    ours: String,
    other: markdownAsWords,
  });
  return text ?? markdownAsWords(body);
}

/** The words for an incident's state. */
export function stateKey(incident: IncidentView): Key {
  return `status.${wordOfStatus(incident, incident.state)}`;
}

/** The state for an incident's icon: its effect on components, or "operational" once it is over. */
export function healthForIcon(incident: IncidentView): Health {
  if (incident.scheduled) return isOver(incident) ? 'operational' : 'under_maintenance';
  return isOver(incident) ? 'operational' : statusOf(incident.severity);
}

/** "Affects API and Database", or that it affects no component. */
export function affects(incident: IncidentView, ctx: PageContext): string {
  const names = incident.affected.map(({ name }) => name);
  if (names.length === 0) return ctx.say('incident.affects_none');
  return ctx.say('incident.affects', { names: ctx.dates.list(names) });
}

/** A maintenance's window as `<time>` to `<time>`, without repeating the date. */
export function windowHtml(
  scheduled: { readonly start: Millis; readonly end: Millis },
  ctx: PageContext,
): string {
  const { start, end } = scheduled;
  const style = ctx.dates.sameDay(start, end) ? 'time' : 'dateTime';
  return `${ctx.time(start).html} – ${ctx.time(end, style).html}`;
}

export function isOver(incident: IncidentView): boolean {
  return incident.state === 'resolved' || incident.state === 'completed';
}

const RANK = { critical: 0, major: 1, minor: 2 };

/** Current incidents by severity, then maintenance in progress. */
export function happening({ site, incidents, maintenances }: Snapshot): IncidentView[] {
  const ids = site.components.map(({ id }) => id);
  const minute = ({ started }: IncidentView) => Math.floor(started / MINUTE);
  // Incidents that began in the same minute are in the order of the components below.
  const place = ({ affected }: IncidentView) => ids.indexOf(affected[0]?.id ?? '');
  const open = incidents
    .filter(incident => !isOver(incident))
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || minute(b) - minute(a) || place(a) - place(b));
  return [...open, ...maintenances.filter(({ state }) => state === 'in_progress' || state === 'verifying')];
}

export function upcoming(snapshot: Snapshot): IncidentView[] {
  return snapshot.maintenances
    .filter(({ state }) => state === 'scheduled')
    .sort((a, b) => beginning(a) - beginning(b));
}

export function titlesOf({ incidents, maintenances }: Snapshot): ReadonlyMap<string, string> {
  return new Map([...incidents, ...maintenances].map(({ id, title }) => [id, title]));
}

/**
 * The last `count` UTC days, newest first. A day within a long incident is not `quiet`; a `calm` day fits on one line.
 * `others` are incidents that began earlier, or are shown at the top of the page, and touched the day.
 */
export function pastDays(count: number, ctx: PageContext) {
  const { snapshot } = ctx;
  const today = startOfUtcDay(ctx.at);
  const oldest = today - (count - 1) * DAY;
  const all = [...snapshot.incidents, ...snapshot.maintenances].filter(
    one => ending(one) > oldest && one.state !== 'scheduled',
  );
  return Array.from({ length: count }, (_, i) => {
    const start = today - i * DAY;
    const touching = all.filter(one => beginning(one) < start + DAY && ending(one) > start);
    const own = touching.filter(one => isOver(one) && beginning(one) >= start);
    return {
      day: utcDay(start),
      heading: ctx.dates.day(utcDay(start)),
      today: i === 0,
      quiet: touching.length === 0,
      calm: own.length === 0 && touching.length < 2,
      cards: own.sort((a, b) => beginning(b) - beginning(a)).map(one => incidentCard(one, ctx)),
      others: touching
        .filter(one => !own.includes(one))
        .map(one => ({
          text: ctx.say(isOver(one) ? 'page.continued' : 'page.ongoing', { title: one.title }),
          url: ctx.page(incidentPath(one.id)),
        })),
    };
  });
}

/** When it began; a maintenance begins with its window. One that was called off belongs to the day on which it was. */
export function beginning(incident: IncidentView): Millis {
  const { scheduled, started } = incident;
  if (!scheduled) return started;
  return isCalledOff(incident) ? (endedAt(incident) ?? scheduled.start) : scheduled.start;
}

function ending(incident: IncidentView): Millis {
  // An incident without duration still belongs to its day.
  return (incident.resolved ?? beginning(incident) + incident.duration) + 1;
}

/** "Investigating · Major incident · for 12 min" */
function facts(incident: IncidentView, ctx: PageContext): string {
  const parts = [ctx.html(stateKey(incident))];
  // Keep number and unit on one line.
  const duration = ctx.dates.duration(incident.duration).replaceAll(' ', '\u00a0');
  if (incident.scheduled) {
    parts.push(ctx.html('maintenance'), windowHtml(incident.scheduled, ctx));
  } else {
    parts.push(ctx.html(`severity.${incident.severity}`));
    parts.push(ctx.html(isOver(incident) ? 'incident.lasted' : 'incident.lasting', { duration }));
  }
  const next = nextUpdateHtml(incident, ctx);
  return [...parts, ...(next ? [next] : [])].join(' · ');
}

/** The time of the promised next update; null if none was promised. */
export function nextUpdateHtml({ nextUpdate }: IncidentView, ctx: PageContext): string | null {
  if (nextUpdate === null) return null;
  const key = nextUpdate < ctx.at ? 'incident.next_update_late' : 'incident.next_update';
  return ctx.html(key, { time: ctx.time(nextUpdate, 'near') });
}

/** A valid HTML id; two updates of one page never have the same key. */
function anchorOf(kind: 'i' | 'u', id: string): string {
  return `${kind}-${id.replace(/[^\p{L}\p{N}_-]+/gu, '-')}`;
}
