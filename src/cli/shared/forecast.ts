// Forecast: who would be told about these incidents if they were on the page now, by email or in a channel.

import { printMoment } from '../../core/i18n/spell.ts';
import { asOf } from '../../core/incidents/as-of.ts';
import { HOLDS_FOR } from '../../core/incidents/ending.ts';
import { announcedWhenSeen } from '../../core/incidents/first-seen.ts';
import { withTold } from '../../core/incidents/plans.ts';
import { occurrencesOf } from '../../core/incidents/recurrence.ts';
import { affectedBy, type Incident, keyOf, refOf } from '../../core/model/incident.ts';
import { channelName } from '../../core/model/notification-channel.ts';
import type { Site } from '../../core/model/site.ts';
import { statusCommand } from '../../core/model/status-command.ts';
import { type Concern, EVERYTHING, type Subscriber } from '../../core/model/subscriber.ts';
import type { Millis } from '../../core/model/time.ts';
import { CALM, joinKey, type Told } from '../../core/notify/calm.ts';
import { owedTo } from '../../core/notify/concern.ts';
import { type Announcement, announcements, type WhenTold } from '../../core/notify/news.ts';
import { count } from '../../core/text/count.ts';
import type { Db } from '../../store/db/database.ts';
import { additionsTo } from '../../store/notify/additions.ts';
import { concernIn, isFirstRound, seenUpdates, toldAsBeginning } from '../../store/notify/announcements.ts';
import { allChannels } from '../../store/notify/channels.ts';
import { confirmedSubscribers, countPending } from '../../store/notify/subscribers.ts';
import { whenAnnounced } from '../../store/notify/told.ts';
import { Identities } from '../../work/incidents/identities.ts';
import { Plans } from '../../work/incidents/plans.ts';
import { type Cli, databaseOf } from './command.ts';

/**
 * One sentence per incident and way: "3 subscribers of API would get 2 emails: 20251106_api", "slack at
 * hooks.slack.com (ops-room) would get 2 messages: 20251106_api". What waits for calm says when. Empty without a database,
 * or if nobody would be told.
 */
export async function forecast(incidents: readonly Incident[], site: Site, cli: Cli): Promise<string[]> {
  const db = await databaseOf(cli);
  if (!db) return [];
  try {
    const seen = await seenUpdates(db);
    const readers = { people: await confirmedSubscribers(db), channels: await channelsOf(db, site) };
    const first = await isFirstRound(db);
    const now = cli.clock();
    const known = await new Identities(db, 'reader').of(incidents, now);
    const plans = await new Plans(db, 'reader').round(known, false, site, now);
    const dated = withTold(known, plans).flatMap(one => {
      const presumed = one.updates.find(update => update.presumed);
      const isSeen = presumed && seen.has(refOf({ incidentId: keyOf(one), key: presumed.key }));
      const read = !presumed || isSeen ? one : announcedWhenSeen(one, now);
      // The occurrences of a series are announced one by one.
      return occurrencesOf(read, now, site.timezone).map(each => asOf(each, now, () => now));
    });
    // A machine's incident is told to be over when its end has held.
    const at = now + HOLDS_FOR;
    const told = await whenToldOf(dated, db);
    const newsBy = (whenTold: WhenTold) =>
      announcements(dated, seen, at, first, [], whenTold).filter(({ quiet }) => !quiet);
    const soon = newsBy(id => told.get(id) ?? null);
    for (const one of dated.filter(incident => !first && soon.every(news => news.incident !== incident))) {
      const has = (key: string) => seen.has(refOf({ incidentId: keyOf(one), key }));
      soon.push(...(await additionsTo(db, one, site.components, has, now)).filter(({ quiet }) => !quiet));
    }
    const isSoon = (one: Announcement) => soon.some(other => refOf(other) === refOf(one));
    const calm = { begun: at - CALM, own: at - CALM, last: at - CALM };
    const waiting = newsBy(id => (told.has(id) ? calm : null)).filter(one => !isSoon(one));
    const concerns = new Map<string, Concern>();
    const owings: Owing[] = [];
    for (const one of [...soon, ...waiting]) {
      const { incident, incidentId, key, update } = one;
      const about = [db, refOf(one), one, site.components] as const;
      const concern = await concernIn(...about);
      concerns.set(refOf(one), concern);
      const joined = concerns.get(refOf({ incidentId, key: joinKey(update.key) }));
      const toldBefore = (await toldAsBeginning(...about)) ?? (key === update.key ? joined : null) ?? null;
      const at = isSoon(one) ? null : told.get(incidentId)!.own + CALM;
      owings.push({ incident, at, concern, toldBefore });
    }
    const isSame = (one: Owing) => (other: Owing) => one.incident === other.incident && one.at === other.at;
    const firsts = owings.filter((one, index) => owings.findIndex(isSame(one)) === index);
    return firsts.flatMap(one => sentences(one, owings.filter(isSame(one)), readers, site));
  } finally {
    await db.destroy();
  }
}

/** How many addresses are waiting for their confirmation, in a sentence; null without one. */
export async function waitingAddresses(cli: Cli): Promise<string | null> {
  const db = await databaseOf(cli);
  if (!db) return null;
  const waiting = await countPending(db).finally(() => db.destroy());
  if (waiting === 0) return null;
  return `${waiting} ${waiting === 1 ? 'address waits' : 'addresses wait'} for confirmation and would get none: see \`${statusCommand('subscribers list')}\`.`;
}

/** When something was told of the incidents that are told about, by lasting name. */
async function whenToldOf(incidents: readonly Incident[], db: Db): Promise<ReadonlyMap<string, Told>> {
  const told = new Map<string, Told>();
  for (const incident of incidents) {
    if (incident.status === 'resolved') continue;
    const at = await whenAnnounced(db, keyOf(incident));
    if (at !== null) told.set(keyOf(incident), at);
  }
  return told;
}

/** What is owed, and when: epoch ms; null: at once. */
interface Owing {
  readonly incident: Incident;
  readonly at: Millis | null;
  readonly concern: Concern;
  readonly toldBefore: Concern | null;
}

interface Readers {
  readonly people: readonly ForecastSubscriber[];
  readonly channels: readonly Channel[];
}

/** Who would get how many of an incident's announcements at a time. */
function sentences(
  { incident, at }: Owing,
  owings: readonly Owing[],
  { people, channels }: Readers,
  { components }: Site,
): string[] {
  const names = new Map(components.map(({ id, name }) => [id, name]));
  const of = affectedBy(incident, components).map(({ id }) => names.get(id) ?? id);
  const owed = <One extends ForecastSubscriber>(readers: readonly One[]) => {
    const told = owings.map(one => owedTo(readers, one.concern, one.toldBefore));
    const ids = new Set(told.flat());
    return {
      who: readers.filter(({ id }) => ids.has(id)),
      times: told.filter(({ length }) => length > 0).length,
    };
  };
  const [mailed, posted] = [owed(people), owed(channels)];
  const subscribers = `${count(mailed.who.length, 'subscriber')}${of.length > 0 ? ` of ${of.join(', ')}` : ''}`;
  const end = `${at === null ? '' : ` at ${printMoment(at)}`}: ${incident.id}`;
  return [
    ...(mailed.times > 0 ? [`${subscribers} would get ${count(mailed.times, 'email')}${end}`] : []),
    ...(posted.times > 0 ? [`${named(posted.who)} would get ${count(posted.times, 'message')}${end}`] : []),
  ];
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
