// Letters: what subscribers read, each as subject, plain text and HTML.
import type { Incident, IncidentUpdate } from '../core/incident.ts';
import { renderMarkdown } from '../core/markdown.ts';
import type { Render } from '../core/render.ts';
import type { Site } from '../core/site.ts';
import { datesIn } from '../core/words/dates.ts';
import { type Lang, sayIn } from '../core/words/words.ts';

export interface Letter {
  /** One line, whatever the incident's title holds. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Letters {
  confirm(site: Site, lang: Lang, link: { readonly confirm: string }): Letter;
  unsubscribeLink(
    site: Site,
    lang: Lang,
    link: { readonly unsubscribe: string; readonly manage: string },
  ): Letter;
  update(
    site: Site,
    lang: Lang,
    incident: Incident,
    update: IncidentUpdate,
    affectedNames: readonly string[],
    links: { readonly incident: string; readonly unsubscribe: string; readonly manage: string },
  ): Letter;
}

/** Makes the letters from the function that fills templates. */
export function makeLetters(render: Render): Letters {
  const letter = (name: string, lang: Lang, data: object): Letter => {
    const all = { say: sayIn(lang), lang, ...data };
    return {
      subject: oneLine(render(`letters/${name}.subject`, all)),
      text: tidy(render(`letters/${name}.text`, all)),
      html: render(`letters/${name}.html`, all),
    };
  };
  return {
    confirm: (site, lang, link) => letter('confirm', lang, { site: site.title, link }),
    unsubscribeLink: (site, lang, link) => letter('unsubscribe', lang, { site: site.title, link }),
    update(site, lang, incident, update, affectedNames, links) {
      return letter('update', lang, {
        site: site.title,
        links,
        tag: tagOf(incident, update),
        ...updateView(site, lang, incident, update, affectedNames),
      });
    },
  };
}

/** Contract §7. A file that arrives already resolved is told as resolved: that is the news. */
function tagOf(incident: Incident, update: IncidentUpdate): string {
  if (incident.scheduled) return 'MAINTENANCE';
  if (update.status === 'resolved') return 'RESOLVED';
  return update.key === incident.updates[0]?.key ? 'INCIDENT' : 'UPDATE';
}

function updateView(
  site: Site,
  lang: Lang,
  incident: Incident,
  update: IncidentUpdate,
  affectedNames: readonly string[],
) {
  const say = sayIn(lang);
  const dates = datesIn(lang, site.timezone);
  const { scheduled } = incident;
  const facts: string[] = [];
  if (affectedNames.length > 0) facts.push(say('letter.affects', { names: dates.list(affectedNames) }));
  if (scheduled) {
    const [start, end] = [dates.dateTime(scheduled.start), dates.dateTime(scheduled.end)];
    facts.push(say('letter.window', { start, end }));
  } else {
    facts.push(say('letter.started', { time: dates.dateTime(incident.started) }));
    if (update.status === 'resolved') {
      const end = incident.resolved ?? update.at;
      const duration = dates.duration(Math.max(0, end - incident.started));
      facts.push(say('letter.ended', { time: dates.dateTime(end), duration }));
    }
  }
  return {
    title: oneLine(incident.title),
    state: say(`status.${update.status}`),
    // The heading's own words stand beside the state, never instead of it.
    label: update.label,
    kind: say(scheduled ? 'maintenance' : `severity.${incident.severity}`),
    color: colorOf(incident, update),
    time: dates.dateTime(update.at),
    facts,
    // Markdown was made to be read as plain text.
    body: update.body.trim(),
    bodyHtml: renderMarkdown(update.body),
    see: say(scheduled ? 'letter.see_maintenance' : 'letter.see'),
  };
}

/** The rule at the letter's edge; a decoration, the words say the same. */
function colorOf(incident: Incident, update: IncidentUpdate): string {
  if (incident.scheduled) return '#1d4ed8';
  if (update.status === 'resolved') return '#15803d';
  return { minor: '#b77900', major: '#c2410c', critical: '#a31621' }[incident.severity];
}

/** A header must never be split by what somebody wrote into a title. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function tidy(text: string): string {
  return `${text
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
