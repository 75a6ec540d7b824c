// Forecast: who would be told about these incidents if they were on the page now, by email or in a channel.

import { asOf } from '../../core/incidents/as-of.ts';
import { announcedWhenSeen } from '../../core/incidents/first-seen.ts';
import { occurrencesOf } from '../../core/incidents/recurrence.ts';
import { affectedBy, type Incident, keyOf, refOf } from '../../core/model/incident.ts';
import { channelName } from '../../core/model/notification-channel.ts';
import type { Site } from '../../core/model/site.ts';
import { EVERYTHING, type Subscriber } from '../../core/model/subscriber.ts';
import { HOLDS_FOR } from '../../core/notify/calm.ts';
import { concernOf, owedTo } from '../../core/notify/concern.ts';
import { announcements } from '../../core/notify/news.ts';
import { count } from '../../core/text/count.ts';
import type { Db } from '../../store/db/database.ts';
import { isFirstRound, seenUpdates } from '../../store/notify/announcements.ts';
import { allChannels } from '../../store/notify/channels.ts';
import { confirmedSubscribers } from '../../store/notify/subscribers.ts';
import { Identities } from '../../work/incidents/identities.ts';
import { type Cli, databaseOf } from './command.ts';

/**
 * One sentence per incident and way: "3 subscribers of API would get 2 emails: 20251106_api", "slack at
 * hooks.slack.com (ops-room) would get 2 messages: 20251106_api". Empty without a database, or if nobody would be told.
 */
export async function forecast(incidents: readonly Incident[], site: Site, cli: Cli): Promise<string[]> {
  const db = databaseOf(cli);
  if (!db) return [];
  try {
    const seen = await seenUpdates(db);
    const emailed = await confirmedSubscribers(db);
    const channels = await channelsOf(db, site);
    const first = await isFirstRound(db);
    const now = cli.clock();
    const known = await new Identities(db, 'reader').of(incidents, now);
    const dated = known.flatMap(one => {
      const presumed = one.updates.find(update => update.presumed);
      const isSeen = presumed && seen.has(refOf({ incidentId: keyOf(one), key: presumed.key }));
      const read = !presumed || isSeen ? one : announcedWhenSeen(one, now);
      // The occurrences of a series are announced one by one.
      return occurrencesOf(read, now, site.timezone).map(each => asOf(each, now, () => now));
    });
    // A machine's incident is told to be over when its end has held.
    const news = announcements(dated, seen, now + HOLDS_FOR, first).filter(({ quiet }) => !quiet);
    const names = new Map(site.components.map(({ id, name }) => [id, name]));
    return [...new Set(news.map(({ incident }) => incident))].flatMap(incident => {
      const concerns = news
        .filter(one => one.incident === incident)
        .map(({ update }) => concernOf(incident, update, site.components));
      const of = affectedBy(incident, site.components).map(({ id }) => names.get(id) ?? id);
      const owed = <One extends ForecastSubscriber>(readers: readonly One[]) => {
        const told = concerns.map(concern => owedTo(readers, concern)).filter(ids => ids.length > 0);
        const ids = new Set(told.flat());
        return { who: readers.filter(({ id }) => ids.has(id)), times: told.length };
      };
      const [people, posts] = [owed(emailed), owed(channels)];
      const subscribers = `${count(people.who.length, 'subscriber')}${of.length > 0 ? ` of ${of.join(', ')}` : ''}`;
      return [
        ...(people.times > 0
          ? [`${subscribers} would get ${count(people.times, 'email')}: ${incident.id}`]
          : []),
        ...(posts.times > 0
          ? [`${named(posts.who)} would get ${count(posts.times, 'message')}: ${incident.id}`]
          : []),
      ];
    });
  } finally {
    await db.destroy();
  }
}

type ForecastSubscriber = Pick<Subscriber, 'id' | 'choice'>;

/** A channel that would get messages; `name` null: a visitor's, whose address is not shown. */
interface Channel extends ForecastSubscriber {
  readonly name: string | null;
}

/** The channels of status.yaml, the new ones too, and those of visitors; without the disabled ones. */
async function channelsOf(db: Db, { notify }: Site): Promise<Channel[]> {
  const stored = await allChannels(db);
  const isEnabled = (id: string) => stored.find(one => one.id === id)?.state !== 'dead';
  return [
    ...notify.channels
      .filter(({ id }) => isEnabled(id))
      .map(one => {
        const choice = { ...EVERYTHING, components: one.components };
        return { id: one.id, name: channelName(one, one.url), choice };
      }),
    ...stored
      .filter(({ owner, state }) => owner === 'visitor' && state === 'confirmed')
      .map(({ id, choice }) => ({ id, choice, name: null })),
  ];
}

/** "slack at hooks.slack.com (ops-room), 2 channels of visitors" */
function named(channels: readonly Channel[]): string {
  const own = channels.flatMap(({ name }) => name ?? []);
  const visitors = channels.length - own.length;
  return [...own, ...(visitors > 0 ? [`${count(visitors, 'channel')} of visitors`] : [])].join(', ');
}
