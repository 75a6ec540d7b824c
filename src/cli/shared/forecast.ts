// Forecast: who would be mailed about these incidents if they were on the page now.
import { asOf } from '../../core/incidents/as-of.ts';
import { announcedWhenSeen, presumedKey } from '../../core/incidents/first-seen.ts';
import { occurrencesOf } from '../../core/incidents/recurrence.ts';
import { affectedBy, type Incident, refOf } from '../../core/model/incident.ts';
import type { Site } from '../../core/model/site.ts';
import { announcements, concernOf, owedTo } from '../../core/notify/news.ts';
import { isFirstRound, seenUpdates } from '../../store/notify/announcements.ts';
import { confirmedSubscribers } from '../../store/notify/subscribers.ts';
import { type Cli, databaseOf } from './command.ts';

/**
 * One sentence per incident that would be mailed ("3 subscribers of API would get 2 mails: 20251106_api"). Empty
 * without a database, or if no email would be sent.
 */
export async function forecast(incidents: readonly Incident[], site: Site, cli: Cli): Promise<string[]> {
  const db = databaseOf(cli);
  if (!db) return [];
  try {
    const seen = await seenUpdates(db);
    const confirmed = await confirmedSubscribers(db);
    const first = await isFirstRound(db);
    const now = cli.clock();
    const dated = incidents.flatMap(one => {
      const isSeen = (key: string) => seen.has(refOf({ incidentId: one.id, key }));
      const key = presumedKey(one, isSeen);
      const known = key === null || isSeen(key) ? one : announcedWhenSeen(one, now);
      // The occurrences of a series are announced one by one.
      return occurrencesOf(known, now, site.timezone).map(each => asOf(each, now, () => now));
    });
    const news = announcements(dated, seen, now, first).filter(({ quiet }) => !quiet);
    const owed = news
      .map(one => ({
        incident: one.incident,
        readers: owedTo(confirmed, concernOf(one.incident, one.update, site.components)),
      }))
      .filter(({ readers }) => readers.length > 0);
    const names = new Map(site.components.map(({ id, name }) => [id, name]));
    return [...new Set(owed.map(({ incident }) => incident))].map(incident => {
      const theirs = owed.filter(one => one.incident === incident);
      const people = new Set(theirs.flatMap(({ readers }) => readers)).size;
      const of = affectedBy(incident, site.components).map(({ id }) => names.get(id) ?? id);
      const who = `${people} ${people === 1 ? 'subscriber' : 'subscribers'}${of.length > 0 ? ` of ${of.join(', ')}` : ''}`;
      const mails = `${theirs.length} ${theirs.length === 1 ? 'email' : 'emails'}`;
      return `${who} would get ${mails}: ${incident.id}`;
    });
  } finally {
    await db.destroy();
  }
}
