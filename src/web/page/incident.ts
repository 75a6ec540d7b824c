// The page of an incident or a maintenance: facts, timeline, post-mortem and earlier versions.

import type { Key } from '../../core/i18n/words.ts';
import type { HistorySentence } from '../../core/incidents/history.ts';
import { incidentPath } from '../../core/model/incident.ts';
import { parseInstant } from '../../core/model/time.ts';
import type { IncidentView } from '../../core/page/snapshot.ts';
import { cut } from '../../core/text/chat-markdown.ts';
import { absoluteLinks } from '../../core/text/markdown.ts';
import type { PageContext } from './context.ts';
import type { Page } from './layout.ts';
import { affectedOf, affects } from './parts/affected.ts';
import {
  factsHtml,
  healthForIcon,
  stateKey,
  updatesForPage,
  updateTextForReader,
} from './parts/incidents.ts';
import { entryOf, neighboursOf } from './parts/order.ts';
import { incidentPicture } from './parts/picture.ts';
import { comparisonRows } from './parts/reported-vs-measured.ts';
import { CODE, icon } from './parts/status-style.ts';
import { liveBlog } from './search-engines.ts';

export function incidentPage(ctx: PageContext, id: string): Page | null {
  const incident = entryOf(ctx.snapshot, id);
  if (!incident) return null;
  const health = healthForIcon(incident);
  const state = ctx.say(stateKey(incident));
  const path = incidentPath(id);
  const last = incident.updates.at(-1)!;
  return {
    view: 'incident',
    about: {
      title: `${state}: ${incident.title}`,
      // The text that a chat shows below the link.
      description: cut(`${affects(incident, ctx)}. ${updateTextForReader(last, ctx)}`, 200),
      path,
      live: true,
      health,
      picture: { path: `/status/og/${encodeURIComponent(id)}.png`, svg: incidentPicture(incident, ctx) },
    },
    data: {
      incident: {
        title: incident.title,
        code: CODE[health],
        icon: icon(health),
        factsHtml: factsHtml(incident, ctx, true),
        facts: factsOf(incident, ctx),
        comparison: comparisonRows(incident, ctx),
        affected: affectedOf(incident, ctx),
        neighbours: neighbours(incident, ctx),
        updates: updatesForPage(incident, ctx).reverse(),
        postmortem:
          incident.postmortemHtml === null
            ? null
            : withContents(absoluteLinks(incident.postmortemHtml, ctx.base, id)),
        history: (incident.history ?? []).map(({ at, author, changes }) => ({
          html: ctx.html('history.by', { time: ctx.time(at), author }),
          changes: changes.map(said => sentence(said, ctx)),
        })),
        // A planned maintenance can be added to a calendar.
        calendar: incident.state === 'scheduled',
      },
      data: liveBlog(incident, ctx.site.url + path, ctx),
    },
  };
}

/** From this length on, in characters of HTML, a post-mortem with several headings has a list of contents. */
const LONG = 4000;

/** A post-mortem with anchors at its headings, and links to them if it is long. */
function withContents(html: string) {
  const contents: { anchor: string; title: string }[] = [];
  const anchored = html.replace(/<(h[3-6])>(.*?)<\/\1>/g, (_, level: string, title: string) => {
    const anchor = `pm-${contents.length + 1}`;
    contents.push({ anchor, title: title.replace(/<[^>]+>/g, '') });
    return `<${level} id="${anchor}">${title}</${level}>`;
  });
  const isLong = html.length > LONG && contents.length > 2;
  return { html: isLong ? anchored : html, contents: isLong ? contents : [] };
}

/** Labels and values; the values are HTML. */
function factsOf(incident: IncidentView, ctx: PageContext) {
  const facts: { label: string; html: string }[] = [];
  const fact = (label: 'window' | 'promised' | 'severity' | 'started' | 'resolved', html: string) =>
    facts.push({ label: ctx.say(`incident.${label}`), html });
  if (incident.scheduled) {
    fact('window', ctx.window(incident.scheduled).html);
  } else {
    fact('severity', ctx.html(`severity.${incident.severity}`));
    fact('started', ctx.time(incident.started).html);
    if (incident.resolved !== null) fact('resolved', ctx.time(incident.resolved).html);
  }
  const { nextUpdate } = incident;
  if (nextUpdate !== null) {
    const key = nextUpdate < ctx.at ? 'incident.promised_late' : 'incident.promised_by';
    fact('promised', ctx.html(key, { time: ctx.time(nextUpdate) }));
  }
  return facts;
}

function sentence({ key, values = {} }: HistorySentence, ctx: PageContext): string {
  const word = (value: string | number) => {
    if (typeof value === 'number' || value === '–') return value;
    if (key === 'history.status') return ctx.say(`status.${value}` as Key);
    const at = parseInstant(value);
    return at === null || key === 'history.renamed' ? value : ctx.dates.dateTime(at);
  };
  return ctx.say(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, word(value)])));
}

function neighbours(incident: IncidentView, ctx: PageContext) {
  const [earlier, later] = neighboursOf(incident, ctx.snapshot);
  const link = (one: IncidentView | undefined, rel: 'prev' | 'next', label: Key) =>
    one ? [{ rel, label: ctx.say(label), title: one.title, url: ctx.page(incidentPath(one.id)) }] : [];
  return [...link(earlier, 'prev', 'incident.earlier'), ...link(later, 'next', 'incident.later')];
}
