// Incidents and maintenance as cards and timelines, and the lists in which they appear.
import { MOMENT, readMoment } from '../../../core/i18n/spell.ts';
import type { Key } from '../../../core/i18n/words.ts';
import { isCalledOff, wordOfStatus } from '../../../core/incidents/completion.ts';
import { endedAt } from '../../../core/incidents/ending.ts';
import { beginningAfter } from '../../../core/incidents/recurrence.ts';
import { type Health, statusOf, worst } from '../../../core/model/component.ts';
import {
  type IncidentUpdate,
  incidentPath,
  isFinal,
  type UpdateStatus,
} from '../../../core/model/incident.ts';
import { memoized } from '../../../core/model/memo.ts';
import { DAY, isoMillis, MINUTE, type Millis, utcDay } from '../../../core/model/time.ts';
import type { IncidentView, Snapshot } from '../../../core/page/snapshot.ts';
import { machineTextFor } from '../../../core/text/machine-texts.ts';
import { absoluteLinks, escapeHtml, markdownAsWords, renderMarkdown } from '../../../core/text/markdown.ts';
import { isolated, type PageContext, phrases, unbreakable } from '../context.ts';
import { affectedNames } from './affected.ts';
import { CODE, icon } from './status-style.ts';

/**
 * The card of an incident or a maintenance, its updates newest first.
 * @param day the day under whose heading it stands
 * @param more further facts, as HTML
 */
export function incidentCard(
  incident: IncidentView,
  ctx: PageContext,
  day?: string,
  more: readonly string[] = [],
) {
  const health = healthForIcon(incident);
  const [newest, ...older] = updatesForPage(incident, ctx, day).reverse();
  const state = ctx.say(stateKey(incident));
  const isSaid = newest!.label === state;
  const isLive = !isOver(incident) && incident.state !== 'scheduled';
  return {
    id: anchorOf('i', incident.id),
    url: ctx.page(incidentPath(incident.id)),
    title: incident.title,
    code: CODE[health],
    icon: icon(health),
    // What is over is green; its card says how it was by its words.
    pill: isOver(incident) ? null : state,
    factsHtml: factsHtml(incident, ctx, isOver(incident) && !isSaid, more),
    begins: isoMillis(beginning(incident)),
    ends: isoMillis(ending(incident)),
    newest: newest!,
    // When work was announced matters to nobody who reads when it will be.
    isBare: isSaid && incident.state === 'scheduled',
    older: older.slice(0, isLive ? MAX_OLDER.live : MAX_OLDER.past),
    olderWord: ctx.say('incident.older', { n: older.length }),
    hasMore: older.length > (isLive ? MAX_OLDER.live : MAX_OLDER.past),
    postmortem: incident.postmortemHtml !== null,
  };
}

/** How many earlier updates a card unfolds: the page stays small whatever the history; the permalink has all. */
const MAX_OLDER = { live: 20, past: 5 };

/** All updates, oldest first; beneath the heading of a `day`, its moments are without their date. */
export function updatesForPage(incident: IncidentView, ctx: PageContext, day?: string) {
  return incident.updates.map((update, i) => ({
    anchor: anchorOf('u', update.key),
    label: update.label ?? ctx.say(`status.${wordOfStatus(incident, update.status)}`),
    html: absoluteLinks(updateHtml(incident, i, ctx), ctx.base, incident.id),
    code: CODE[healthOfUpdate(incident, update.status)],
    timeHtml: ctx.time(update.at, 'ago', day).html,
  }));
}

/** The state for an update's dot: green once it is over, blue for planned work, else by the severity. */
function healthOfUpdate({ scheduled, severity }: IncidentView, status: UpdateStatus): Health {
  if (isFinal(status)) return 'operational';
  return scheduled ? 'under_maintenance' : statusOf(severity);
}

/**
 * An update's text, with what the server wrote in the visitor's language and zone. Its times are not after the update:
 * if they are, a clock that was ahead wrote them.
 */
function updateHtml(incident: IncidentView, index: number, ctx: PageContext): string {
  const update = incident.updates[index]!;
  const moment = (at: Millis) => ctx.time(Math.min(at, update.at)).html;
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

/**
 * The state for an incident's icon: the worst of what it affects now (without components, as bad as it says), or
 * "operational" once it is over.
 */
export function healthForIcon(incident: IncidentView): Health {
  if (isOver(incident)) return 'operational';
  if (incident.scheduled) return 'under_maintenance';
  const { affected, severity } = incident;
  return affected.length > 0 ? worst(affected.map(({ status }) => status)) : statusOf(severity);
}

export function isOver(incident: IncidentView): boolean {
  return incident.state === 'resolved' || incident.state === 'completed';
}

const RANK = { critical: 0, major: 1, minor: 2 };

/** Current incidents by severity, then maintenance in progress. Cached, because rows ask for it one by one. */
export const happening = memoized(({ site, incidents, maintenances }: Snapshot): readonly IncidentView[] => {
  const ids = site.components.map(({ id }) => id);
  const minute = ({ started }: IncidentView) => Math.floor(started / MINUTE);
  // Incidents that began in the same minute are in the order of the components below.
  const place = ({ affected }: IncidentView) => ids.indexOf(affected[0]?.id ?? '');
  const open = incidents
    .filter(incident => !isOver(incident))
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || minute(b) - minute(a) || place(a) - place(b));
  return [...open, ...maintenances.filter(({ state }) => state === 'in_progress' || state === 'verifying')];
});

/**
 * When the maintenance in progress is planned to end; null if that is past, or if there is none.
 * @param component only what affects it
 */
export function plannedEnd({ snapshot, at }: PageContext, component?: string): Millis | null {
  const ends = happening(snapshot)
    .filter(({ affected }) => component === undefined || affected.some(({ id }) => id === component))
    .flatMap(({ scheduled }) => scheduled?.end ?? []);
  const end = Math.max(0, ...ends);
  return end > at ? end : null;
}

/** The cards of maintenance to come: of a series its next occurrence, which says when the one after that begins. */
export function upcomingCards(ctx: PageContext) {
  const { maintenances } = ctx.snapshot;
  const ahead = maintenances
    .filter(({ state }) => state === 'scheduled')
    .sort((a, b) => beginning(a) - beginning(b));
  const shown = new Set<string>();
  return ahead.flatMap((one, index) => {
    const id = one.series?.id;
    if (id === undefined) return [incidentCard(one, ctx)];
    if (shown.has(id)) return [];
    shown.add(id);
    const isSame = ({ series }: IncidentView) => series?.id === id;
    const listed = ahead.slice(index + 1).find(isSame)?.scheduled?.start;
    const again = listed ?? beginningAfter(maintenances.find(isSame)!);
    const more = again === null ? [] : [ctx.html('incident.repeats', { time: ctx.time(again) })];
    return [incidentCard(one, ctx, undefined, more)];
  });
}

export function titlesOf({ incidents, maintenances }: Snapshot): ReadonlyMap<string, string> {
  return new Map([...incidents, ...maintenances].map(({ id, title }) => [id, title]));
}

/**
 * The last `count` days in the site's zone, newest first: days with what began on them, and runs of quiet days as one
 * line. What is still active is not repeated, and nothing is claimed about days before the page existed. `continued` are
 * those that began earlier and touched the day.
 */
export function pastDays(count: number, ctx: PageContext) {
  const { dates, snapshot } = ctx;
  const today = dates.localDay(ctx.at);
  const first = dates.localDay(Math.min(ctx.at, ...snapshot.components.map(({ uptime }) => uptime.from)));
  const days = Array.from({ length: count }, (_, i) => utcDay(Date.parse(today) - i * DAY));
  // In years of incidents, only those of these days are given days: to format a date is slow.
  const oldest = Date.parse(days.at(-1)!) - DAY;
  const all = [...snapshot.incidents, ...snapshot.maintenances]
    .filter(one => one.state !== 'scheduled' && ending(one) >= oldest)
    .map(one => ({ one, from: dates.localDay(beginning(one)), to: dates.localDay(ending(one)) }))
    .filter(({ to }) => to >= days.at(-1)!);
  const listed: PastDay[] = [];
  let left = MAX_PAST;
  for (const day of days) {
    const touching = all.filter(({ from, to }) => from <= day && day <= to);
    const over = touching.filter(({ one }) => isOver(one));
    const own = over
      .filter(({ from }) => from === day)
      .map(({ one }) => one)
      .sort((a, b) => beginning(b) - beginning(a))
      .slice(0, Math.max(0, left));
    left -= own.length;
    if (over.length > 0) {
      listed.push({
        heading: dates.day(day, today),
        day,
        cards: own.map(one => incidentCard(one, ctx, day)),
        continued: over
          .filter(({ from }) => from < day)
          .slice(0, MAX_CONTINUED)
          .map(({ one }) => ({
            text: ctx.say('page.continued', { title: one.title }),
            url: ctx.page(incidentPath(one.id)),
          })),
      });
    } else if (touching.length === 0 && day >= first) {
      const run = listed.at(-1);
      if (run?.cards === null && Date.parse(run.day) === Date.parse(day) + DAY)
        listed[listed.length - 1] = { ...run, day, heading: dates.dayRange(day, run.last) };
      else listed.push({ heading: dates.dayRange(day, day), day, last: day, cards: null });
    }
  }
  return listed;
}

/** How many past incidents the live page shows, and how many that merely continued on a day. */
const MAX_PAST = 30;
const MAX_CONTINUED = 5;

type PastDay =
  | { readonly heading: string; readonly day: string; readonly last: string; readonly cards: null }
  | {
      readonly heading: string;
      readonly day: string;
      readonly cards: readonly ReturnType<typeof incidentCard>[];
      readonly continued: readonly { readonly text: string; readonly url: string }[];
    };

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

/** "Identified · API · 52 min so far · next update by 23:08", with its state if asked. */
export function factsHtml(
  incident: IncidentView,
  ctx: PageContext,
  withState: boolean,
  more: readonly string[] = [],
): string {
  const names = affectedNames(incident, ctx);
  const what = names.length === 0 ? ctx.html('incident.affects_none') : isolated(ctx.dates.list(names));
  const duration = unbreakable(ctx.dates.duration(incident.duration));
  const when = incident.scheduled
    ? ctx.window(incident.scheduled).html
    : ctx.html(isOver(incident) ? 'incident.lasted' : 'incident.still', { duration });
  const next = nextUpdateHtml(incident, ctx);
  const state = withState ? [ctx.html(stateKey(incident))] : [];
  return phrases([...state, what, when, ...(next ? [next] : []), ...more]);
}

/** The time of the promised next update; null if none was promised. */
function nextUpdateHtml({ nextUpdate }: IncidentView, ctx: PageContext): string | null {
  if (nextUpdate === null) return null;
  const key = nextUpdate < ctx.at ? 'incident.next_update_late' : 'incident.next_update';
  return ctx.html(key, { time: ctx.time(nextUpdate) });
}

/** A valid HTML id; two updates of one page never have the same key. */
function anchorOf(kind: 'i' | 'u', id: string): string {
  return `${kind}-${id.replace(/[^\p{L}\p{N}_-]+/gu, '-')}`;
}
