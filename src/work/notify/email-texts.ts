// The emails to subscribers, each as subject, plain text and HTML.

import { type Dates, datesIn } from '../../core/i18n/dates.ts';
import { directionOf, type Key, type Say, sayIn } from '../../core/i18n/words.ts';
import { completionOf, isCalledOff, wordOfStatus } from '../../core/incidents/completion.ts';
import { announcesEnd } from '../../core/incidents/ending.ts';
import { promiseOf } from '../../core/incidents/impact.ts';
import { coveredBy } from '../../core/incidents/maintenance.ts';
import { beginningOf, type Incident, type IncidentUpdate } from '../../core/model/incident.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Render } from '../../core/model/ports/render.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis, Span } from '../../core/model/time.ts';
import type { EmailForm } from '../../core/notify/mail.ts';
import { repetitionInWords } from '../../core/page/repetition.ts';
import { inWords } from '../../core/text/chat-markdown.ts';
import { machineTextFor } from '../../core/text/machine-texts.ts';
import {
  absoluteLinks,
  escapeHtml,
  escapeMarkdown,
  markdownAsWords,
  renderMarkdown,
} from '../../core/text/markdown.ts';
import { oneLine, printable } from '../../core/text/printable.ts';
import { colorsOf, lookOf } from './email-look.ts';
import { CONFIRM_FOR, type EmailLinks } from './links.ts';

export type Emails = ReturnType<typeof makeEmails>;

/** Makes the emails from the function that fills templates. */
export function makeEmails(render: Render) {
  const email = (name: string, site: Site, lang: Lang, data: object): EmailForm => {
    const all = {
      say: sayIn(lang),
      lang,
      dir: directionOf(lang),
      site: oneLine(site.title),
      look: lookOf(site),
      colors: null,
      preview: null,
      ...data,
    };
    return {
      subject: oneLine(render(`emails/${name}.subject`, all)),
      text: tidy(render(`emails/${name}.text`, all)),
      html: render(`emails/${name}.html`, all),
    };
  };
  return {
    /** @param address where it goes, so that its reader knows which of their addresses it is about. */
    confirm(site: Site, lang: Lang, address: string, link: { readonly confirm: string }) {
      const valid = datesIn(lang, site.timezone).duration(CONFIRM_FOR);
      return email('confirm', site, lang, { address, link, valid });
    },
    unsubscribeLink: (site: Site, lang: Lang, address: string, link: EmailLinks) =>
      email('unsubscribe', site, lang, { address, link }),
    update(
      site: Site,
      lang: Lang,
      incident: Incident,
      update: IncidentUpdate,
      affectedNames: readonly string[],
      links: EmailLinks & { readonly incident: string },
    ) {
      const view = updateView(site, lang, incident, update, affectedNames);
      return email('update', site, lang, { links, tag: tagOf(incident, update), ...view });
    },
  };
}

/** A line of the facts above an update's text. */
interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A file that is already resolved when it appears is announced as resolved. */
export function tagOf(incident: Incident, update: IncidentUpdate): string {
  if (incident.scheduled) return 'MAINTENANCE';
  if (update.announces === 'end' || (update.announces !== 'none' && announcesEnd(incident, update)))
    return 'RESOLVED';
  const isBeginning =
    update.announces === 'beginning' ||
    (update.announces !== 'none' && update.key === beginningOf(incident)?.key);
  return isBeginning ? 'INCIDENT' : 'UPDATE';
}

export function updateView(
  site: Site,
  lang: Lang,
  incident: Incident,
  update: IncidentUpdate,
  affectedNames: readonly string[],
) {
  const say = sayIn(lang);
  const dates = datesIn(lang, site.timezone);
  const { scheduled } = incident;
  const { status } = update;
  // The next update promised in the front matter belongs to the newest update.
  const isNewest = incident.updates.at(-1)?.key === update.key;
  const promised = update.promised ?? (isNewest ? promiseOf(incident) : null);
  const facts: Fact[] = [];
  const fact = (label: Key, value: string) => facts.push({ label: say(label), value });
  if (affectedNames.length > 0) fact('email.affects', dates.list(affectedNames));
  if (scheduled) {
    facts.push(...upkeepFacts(incident, update, scheduled, say, dates));
    const repeats = repetitionInWords(incident, site, say, dates);
    if (repeats !== null) fact('email.repeats', repeats);
  } else {
    fact('email.started', dates.dateTime(incident.started));
    if (status === 'resolved') {
      const end = incident.resolved ?? update.at;
      fact('email.ended', endedAt(end, incident.started, say, dates));
    } else if (promised !== null) {
      fact('email.next', say('email.by', { time: dates.dateTimeNear(promised, update.at) }));
    }
  }
  const bodies = bodiesOf(update, say, dates, html => absoluteLinks(html, site.url, incident.id));
  return {
    title: oneLine(incident.title),
    state: say(`status.${wordOfStatus(incident, status)}`),
    // The heading's own words are shown beside the status, not instead of it.
    label: update.label,
    kind: say(scheduled ? 'maintenance' : `severity.${incident.severity}`),
    colors: colorsOf(incident, update),
    time: dates.dateTime(update.at),
    facts,
    preview: cut(markdownAsWords(bodies.markdown)),
    ...bodies,
    see: say(scheduled ? 'email.see_maintenance' : 'email.see'),
  };
}

/** An update's text in the forms of an email and a chat, with what the server wrote in the reader's language and zone. */
function bodiesOf(
  { body, at: latest }: IncidentUpdate,
  say: Say,
  dates: Dates,
  withLinks: (html: string) => string,
) {
  const markdown = body.trim();
  const html = (text: string) => withLinks(renderMarkdown(text));
  const as = (ours: (paragraph: string) => string, other: (text: string) => string) =>
    machineTextFor(body, { say, dates, moment, text: String, ours, other });
  // A later one was written by a clock that was ahead.
  const moment = (at: Millis) => dates.dateTime(Math.min(at, latest));
  const asWritten = (text: string) => text;
  return {
    body: as(asWritten, inWords) ?? inWords(markdown),
    markdown: as(escapeMarkdown, asWritten) ?? markdown,
    bodyHtml: as(text => `<p>${escapeHtml(text)}</p>`, html) ?? html(body),
  };
}

/** The times in a maintenance's email: when it will be, how long it takes now, or how long it took. */
function upkeepFacts(
  incident: Incident,
  update: IncidentUpdate,
  { start, end }: Span,
  say: Say,
  dates: Dates,
): Fact[] {
  const planned = `${dates.dateTimes(start, end)} (${dates.duration(end - start)})`;
  const andWindow = (label: Key, value: string) => [
    { label: say(label), value },
    { label: say('email.window'), value: planned },
  ];
  if (update.status === 'in_progress') {
    return update.at < end
      ? andWindow('email.until', dates.dateTimeNear(end, update.at))
      : andWindow('email.work', say('email.overrun'));
  }
  if (update.status === 'verifying') return andWindow('email.work', say('email.verifying'));
  if (update.status !== 'completed') return [{ label: say('email.window'), value: planned }];
  if (isCalledOff(incident)) return andWindow('status.cancelled', say('email.called_off'));
  const ended = completionOf(incident, 'completed')?.at ?? update.at;
  return andWindow('email.ended', endedAt(ended, coveredBy(incident).start, say, dates));
}

function endedAt(end: Millis, start: Millis, say: Say, dates: Dates): string {
  return say('email.after', {
    time: dates.dateTime(end),
    duration: dates.duration(Math.max(0, end - start)),
  });
}

/** What a list of emails shows after the subject. */
function cut(text: string): string {
  return text.length > 140 ? `${text.slice(0, 139)}…` : text;
}

function tidy(text: string): string {
  return `${printable(text)
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
