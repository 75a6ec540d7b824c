// Reminders: an open incident nobody has written about for a while nags its operators.
import { spell } from './detector-words.ts';
import { type Incident, isOpen } from './incident.ts';
import type { Problem } from './problem.ts';
import type { Site } from './site.ts';
import { iso, type Millis } from './time.ts';

/** The newest thing said about an incident by `now`, epoch ms. */
export function lastWord({ started, updates }: Incident, now: Millis): Millis {
  return Math.max(started, ...updates.map(update => update.at).filter(at => at <= now));
}

/** Open incidents, hand-written and automatic alike, without a word for `after` ms or longer. */
export function silentOnes(incidents: readonly Incident[], after: Millis, now: Millis): Incident[] {
  return incidents.filter(incident => isOpen(incident) && now - lastWord(incident, now) >= after);
}

/** Those of them to remind of now: not again before `after` has passed since the last reminder. */
export function remindersDue(
  incidents: readonly Incident[],
  reminded: ReadonlyMap<string, Millis>,
  after: Millis,
  now: Millis,
): Incident[] {
  return silentOnes(incidents, after, now).filter(incident => {
    const last = reminded.get(incident.id);
    // A reminder from the future was sent before the clock was set back.
    return last === undefined || last > now || now - Math.max(last, lastWord(incident, now)) >= after;
  });
}

/** What /readyz says of them; the words stay the same until somebody writes. */
export function silence(incidents: readonly Incident[], { reminders }: Site, now: Millis): Problem[] {
  return silentOnes(incidents, reminders.after, now).map(incident => ({
    level: 'warning',
    where: `incidents/${incident.id}.md`,
    what: `"${incident.title}" is open and has had no update since ${iso(lastWord(incident, now))}`,
    fix: `write one: npm run status -- incident update ${incident.id}`,
  }));
}

/** The reminder's subject and text. */
export function reminderLetter(
  incident: Incident,
  site: Site,
  now: Millis,
): { subject: string; text: string } {
  const last = lastWord(incident, now);
  return {
    subject: `[REMINDER] ${incident.title}: no update for ${spell(now - last)}`,
    text: [
      `"${incident.title}" has been open since ${iso(incident.started)} and had its last update at ${iso(last)}.`,
      'Visitors are waiting for news. Write some, or resolve it:',
      '',
      `  npm run status -- incident update ${incident.id}`,
      `  npm run status -- incident resolve ${incident.id}`,
      '',
      `${site.url}/status/incidents/${encodeURIComponent(incident.id)}`,
      '',
      `This letter comes again every ${spell(site.reminders.after)} until then.`,
      '',
    ].join('\n'),
  };
}
