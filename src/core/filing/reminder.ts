// Reminders to operators: asks for an update of incidents that have been silent too long.

import { spell } from '../i18n/spell.ts';
import { promiseOf } from '../incidents/impact.ts';
import { type Incident, isOpen } from '../model/incident.ts';
import type { Problem } from '../model/problem.ts';
import type { Site } from '../model/site.ts';
import { statusCommand } from '../model/status-command.ts';
import { iso, type Millis } from '../model/time.ts';

/** The newest update's time by `now`, epoch ms. */
export function lastWord({ started, updates }: Incident, now: Millis): Millis {
  return Math.max(started, ...updates.map(update => update.at).filter(at => at <= now));
}

/** When the next update was promised, if that has passed; else null. */
function brokenPromise(incident: Incident, now: Millis): Millis | null {
  const promised = promiseOf(incident);
  return promised !== null && promised <= now ? promised : null;
}

/** Open incidents, by hand or automatic, without an update for `after` ms. */
function silentOnes(incidents: readonly Incident[], after: Millis, now: Millis): Incident[] {
  return incidents.filter(incident => isOpen(incident) && now - lastWord(incident, now) >= after);
}

/**
 * The incidents to remind of now: silent ones and those with a broken promise. Again only `after` ms after the last
 * reminder, except for a promise broken since.
 */
export function remindersDue(
  incidents: readonly Incident[],
  reminded: ReadonlyMap<string, Millis>,
  after: Millis,
  now: Millis,
): Incident[] {
  const late = incidents.filter(incident => isOpen(incident) && brokenPromise(incident, now) !== null);
  return [...new Set([...silentOnes(incidents, after, now), ...late])].filter(incident => {
    const last = reminded.get(incident.id);
    // A reminder in the future was sent before the clock was set back.
    if (last === undefined || last > now || last < lastWord(incident, now)) return true;
    const promised = brokenPromise(incident, now);
    return now - last >= after || (promised !== null && last < promised);
  });
}

/** For /readyz; the text stays the same until there is an update. */
export function silence(incidents: readonly Incident[], { reminders }: Site, now: Millis): Problem[] {
  return silentOnes(incidents, reminders.after, now).map(incident => ({
    level: 'warning',
    where: `incidents/${incident.id}.md`,
    what: `"${incident.title}" is open and has had no update since ${iso(lastWord(incident, now))}`,
    fix: `write one: ${statusCommand(`incident update ${incident.id}`)}`,
  }));
}

export function reminderEmail(
  incident: Incident,
  site: Site,
  now: Millis,
): { subject: string; text: string } {
  const last = lastWord(incident, now);
  const promised = brokenPromise(incident, now);
  return {
    subject: `[REMINDER] ${incident.title}: no update for ${spell(now - last)}`,
    text: [
      `"${incident.title}" has been open since ${iso(incident.started)} and had its last update at ${iso(last)}.`,
      ...(promised === null ? [] : [`The next one was promised for ${iso(promised)}.`]),
      'Visitors are waiting for news. Write an update, or resolve the incident:',
      '',
      `  ${statusCommand(`incident update ${incident.id}`)}`,
      `  ${statusCommand(`incident resolve ${incident.id}`)}`,
      '',
      `${site.url}/status/incidents/${encodeURIComponent(incident.id)}`,
      '',
      `This email is sent again every ${spell(site.reminders.after)} until then.`,
      '',
    ].join('\n'),
  };
}
