// The emails to subscribers, each as subject, plain text and HTML.

import { type Dates, datesIn } from '../../core/i18n/dates.ts';
import { directionOf, type Say, sayIn } from '../../core/i18n/words.ts';
import { completionOf, isCalledOff, wordOfStatus } from '../../core/incidents/completion.ts';
import { announcedStatus, announcesEnd } from '../../core/incidents/ending.ts';
import { promiseOf } from '../../core/incidents/impact.ts';
import { coveredBy } from '../../core/incidents/maintenance.ts';
import { beginningOf, type Incident, type IncidentUpdate } from '../../core/model/incident.ts';
import type { Lang } from '../../core/model/lang.ts';
import type { Render } from '../../core/model/ports/render.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis, Span } from '../../core/model/time.ts';
import type { EmailForm } from '../../core/notify/mail.ts';
import { machineTextFor } from '../../core/text/machine-texts.ts';
import { escapeHtml, escapeMarkdown, renderMarkdown } from '../../core/text/markdown.ts';
import { oneLine, printable } from '../../core/text/printable.ts';
import type { EmailLinks } from './links.ts';

export type Emails = ReturnType<typeof makeEmails>;

/** Makes the emails from the function that fills templates. */
export function makeEmails(render: Render) {
  const email = (name: string, lang: Lang, data: object): EmailForm => {
    const all = { say: sayIn(lang), lang, dir: directionOf(lang), ...data };
    return {
      subject: oneLine(render(`emails/${name}.subject`, all)),
      text: tidy(render(`emails/${name}.text`, all)),
      html: render(`emails/${name}.html`, all),
    };
  };
  return {
    confirm: (site: Site, lang: Lang, link: { readonly confirm: string }) =>
      email('confirm', lang, { site: site.title, link }),
    unsubscribeLink: (site: Site, lang: Lang, link: EmailLinks) =>
      email('unsubscribe', lang, { site: site.title, link }),
    update(
      site: Site,
      lang: Lang,
      incident: Incident,
      update: IncidentUpdate,
      affectedNames: readonly string[],
      links: EmailLinks & { readonly incident: string },
    ) {
      const view = updateView(site, lang, incident, update, affectedNames);
      return email('update', lang, { site: site.title, links, tag: tagOf(incident, update), ...view });
    },
  };
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
  const status = announcedStatus(incident, update);
  // The next update promised in the front matter belongs to the newest update.
  const isNewest = incident.updates.at(-1)?.key === update.key;
  const promised = update.promised ?? (isNewest ? promiseOf(incident) : null);
  const facts: string[] = [];
  if (affectedNames.length > 0) facts.push(say('email.affects', { names: dates.list(affectedNames) }));
  if (scheduled) {
    facts.push(...upkeepFacts(incident, update, scheduled, say, dates));
  } else {
    facts.push(say('email.started', { time: dates.dateTime(incident.started) }));
    if (status === 'resolved') {
      const end = incident.resolved ?? update.at;
      const duration = dates.duration(Math.max(0, end - incident.started));
      facts.push(say('email.ended', { time: dates.dateTime(end), duration }));
    } else if (promised !== null) {
      facts.push(say('email.next', { time: dates.dateTime(promised) }));
    }
  }
  return {
    title: oneLine(incident.title),
    state: say(`status.${wordOfStatus(incident, status)}`),
    // The heading's own words are shown beside the status, not instead of it.
    label: update.label,
    kind: say(scheduled ? 'maintenance' : `severity.${incident.severity}`),
    color: colorOf(incident, update),
    time: dates.dateTime(update.at),
    facts,
    ...bodiesOf(update, say, dates, site),
    see: say(scheduled ? 'email.see_maintenance' : 'email.see'),
  };
}

/** An update's text in the forms of an email and a chat, with what the server wrote in the reader's language and zone. */
function bodiesOf({ body, at: latest }: IncidentUpdate, say: Say, dates: Dates, site: Site) {
  const markdown = body.trim();
  // An email has no base address, so links to our pages must be absolute.
  const html = (text: string) => renderMarkdown(text, `${site.url}/status/live`);
  const as = (ours: (paragraph: string) => string, other: (text: string) => string) =>
    machineTextFor(body, { say, dates, moment, text: String, ours, other });
  // A later one was written by a clock that was ahead.
  const moment = (at: Millis) => dates.dateTime(Math.min(at, latest));
  const asWritten = (text: string) => text;
  return {
    // Markdown is readable as plain text.
    body: as(asWritten, asWritten) ?? markdown,
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
): string[] {
  const window = say('email.window', {
    start: dates.dateTime(start),
    end: dates.sameDay(start, end) ? dates.time(end) : dates.dateTime(end),
    duration: dates.duration(end - start),
  });
  if (update.status === 'in_progress') {
    const key = update.at < end ? 'email.until' : 'email.overrun';
    return [say(key, { time: dates.dateTime(end) }), window];
  }
  if (update.status === 'verifying') return [say('email.verifying'), window];
  if (update.status !== 'completed') return [window];
  if (isCalledOff(incident)) return [say('email.called_off'), window];
  const ended = completionOf(incident, 'completed')?.at ?? update.at;
  const begun = coveredBy(incident).start;
  return [
    say('email.ended', {
      time: dates.dateTime(ended),
      duration: dates.duration(ended - begun),
    }),
    window,
  ];
}

/**
 * The colored line at the email's edge, with a contrast of 3:1 on light and dark. Only decoration: the text says the
 * same.
 */
function colorOf(incident: Incident, update: IncidentUpdate): string {
  if (incident.scheduled) return update.status === 'completed' ? '#1f9254' : '#3b66dd';
  if (announcedStatus(incident, update) === 'resolved') return '#1f9254';
  return { minor: '#b77900', major: '#d9580d', critical: '#d1293d' }[incident.severity];
}

function tidy(text: string): string {
  return `${printable(text)
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
