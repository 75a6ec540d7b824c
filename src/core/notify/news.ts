// What is news, and who it is owed to.

import { announcesEnd, announcesRelapse } from '../incidents/ending.ts';
import { knownKeys } from '../incidents/first-seen.ts';
import { noticesOf } from '../incidents/maintenance.ts';
import {
  affectedBy,
  beginningOf,
  type Incident,
  type IncidentUpdate,
  refOf,
  type UpdateRef,
} from '../model/incident.ts';
import { type Concern, type Subscriber, wants } from '../model/subscriber.ts';
import { DAY, type Millis } from '../model/time.ts';

export interface Announcement extends UpdateRef {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
  /** Only noted as seen, owed to nobody. */
  readonly quiet: boolean;
}

/** News older than this when first seen is noted, not shouted. */
const NEWS_FOR: Millis = DAY;

/**
 * The updates not announced yet, oldest first. Updates of the future wait for their time;
 * `notify: false`, news older than 24 h, what is dated before the incident began, and everything on the first round of a new database are
 * noted and owed to nobody.
 * `leads` are how long before a maintenance its notices go out; those due already when it is
 * announced are noted too.
 */
export function announcements(
  incidents: readonly Incident[],
  seen: ReadonlySet<string>,
  now: Millis,
  firstRound: boolean,
  leads: readonly Millis[] = [],
): Announcement[] {
  const found: Announcement[] = [];
  for (const incident of incidents) {
    // What may still change within the minute would be mailed wrong, and so would what cannot be read whole.
    if (incident.gathering || (incident.held && !firstRound)) continue;
    const has = (key: string) => seen.has(refOf({ incidentId: incident.id, key }));
    const known = knownKeys(incident.updates, has);
    const isSeen = (update: IncidentUpdate) => known.has(update) || has(update.key);
    const isOld = ({ at }: IncidentUpdate) => now - at > NEWS_FOR;
    const first = incident.updates.find(update => !update.quiet);
    const isNews = first !== undefined && first.at <= now && !isSeen(first) && !isOld(first);
    const add = (update: IncidentUpdate, isKnown = false) => {
      if (update.at > now || isSeen(update) || (!firstRound && tellsNothing(incident, update))) return;
      const quiet =
        firstRound || !incident.notify || update.quiet || update.stray || isOld(update) || isKnown;
      found.push({ incidentId: incident.id, key: update.key, incident, update, quiet });
    };
    for (const update of incident.updates) add(update);
    // A maintenance that is announced in this very round needs no notice that it comes.
    for (const notice of noticesOf(incident, leads, now)) add(notice, isNews);
  }
  return found.sort((a, b) => a.update.at - b.update.at);
}

/** No words yet and no status of its own: it is announced when somebody writes what is new. */
function tellsNothing({ updates }: Incident, update: IncidentUpdate): boolean {
  const { body, label, change, promised, status, reopens } = update;
  if (body.trim() !== '' || label !== null || change || promised !== undefined || reopens) return false;
  return updates.slice(0, updates.indexOf(update)).findLast(({ stray }) => !stray)?.status === status;
}

/** What an update is about, as far as subscribers could choose. */
export function concernOf(
  incident: Incident,
  update: IncidentUpdate,
  components: readonly { readonly id: string; readonly name: string }[],
): Concern {
  return {
    kind: incident.scheduled ? 'maintenance' : 'incidents',
    // Whoever heard of an end hears that it was none.
    edge:
      beginningOf(incident)?.key === update.key ||
      announcesEnd(incident, update) ||
      announcesRelapse(incident, update),
    affected: [...affectedBy(incident, components).map(({ id }) => id), ...formerly(incident)],
  };
}

/** What a machine named is no mistake: who follows a component that was removed since hears how it ended. */
function formerly({ openedBy, components, updates }: Incident): string[] {
  if (openedBy === null) return [];
  return [...(components ?? []), ...updates.flatMap(({ change }) => change?.components ?? [])].map(
    ({ id }) => id,
  );
}

/** The ids of those among `subscribers` who want to hear of it. */
export function owedTo(
  subscribers: readonly Pick<Subscriber, 'id' | 'choice'>[],
  concern: Concern,
): string[] {
  return subscribers.filter(({ choice }) => wants(choice, concern)).map(({ id }) => id);
}

/** The incident and update of a reference among these; null when its file or heading is gone. */
export function findUpdate<Kind extends Incident>(
  incidents: Iterable<Kind>,
  ref: string,
): { readonly incident: Kind; readonly update: IncidentUpdate } | null {
  for (const incident of incidents) {
    if (!ref.startsWith(`${incident.id} `)) continue;
    const update = incident.updates.find(({ key }) => refOf({ incidentId: incident.id, key }) === ref);
    if (update) return { incident, update };
  }
  return null;
}
