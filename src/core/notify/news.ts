// News: which updates to announce, and to whom.

import { announcesEnd, announcesRelapse, openAfterEnd } from '../incidents/ending.ts';
import { headedKey, isPrefaceOf, knownKeys } from '../incidents/first-seen.ts';
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
import { DAY, MINUTE, type Millis } from '../model/time.ts';

export interface Announcement extends UpdateRef {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
  /** Recorded as seen, but not sent. */
  readonly quiet: boolean;
}

/** Older news is recorded, not sent. */
const NEWS_FOR: Millis = DAY;

/**
 * The updates not announced yet, oldest first. Updates of the future wait for their time, and what says that a resolved
 * incident is open for its correction;
 * `notify: false`, news older than 24 h, what is dated before the incident began, what is put before a beginning that is
 * known, and everything on the first round of a new database are noted and owed to nobody.
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
    // It may still change within the minute, or could not be read completely.
    if (incident.gathering || (incident.held && !firstRound)) continue;
    const has = (key: string) => seen.has(refOf({ incidentId: incident.id, key }));
    const known = knownKeys(incident.updates, has);
    const isSeen = (update: IncidentUpdate) => known.has(update) || has(update.key);
    const isBegun = incident.updates.some(one => !one.preface && !one.stray && known.has(one));
    const begun = incident.updates.find(one => !one.stray && known.has(one))?.at;
    // The beginning is told once; an end, however it is dated. Of a beginning by a clock that was ahead nothing is known.
    const isForeword = ({ at, status }: IncidentUpdate) =>
      begun !== undefined &&
      incident.startedAhead === undefined &&
      at < begun - (begun % MINUTE) &&
      status !== 'resolved' &&
      status !== 'completed';
    const isAfterword = ({ preface }: IncidentUpdate) => preface === true && isBegun;
    // Recorded under its new name too: the heading may come and go, and come again.
    const renamed = (update: IncidentUpdate) => {
      const name = known.get(update);
      if (name === undefined || !isPrefaceOf(update, name)) return [];
      return update.preface ? [update.key] : [update.key, headedKey(name)];
    };
    const isOld = ({ at }: IncidentUpdate) => now - at > NEWS_FOR;
    const first = incident.updates.find(update => !update.quiet);
    const isTold = (update: IncidentUpdate) =>
      isSeen(update) || isAfterword(update) || isForeword(update) || isOld(update);
    const isNews = first !== undefined && first.at <= now && !isTold(first);
    // The email would contradict the page.
    const waiting = firstRound ? [] : openAfterEnd(incident);
    const add = (update: IncidentUpdate, isKnown = false) => {
      if (update.at > now || waiting.includes(update)) return;
      const keys = isSeen(update) ? renamed(update) : [update.key];
      if (keys.length === 0 || (!firstRound && tellsNothing(incident, update))) return;
      const quiet =
        firstRound || !incident.notify || update.quiet || update.stray || isTold(update) || isKnown;
      for (const key of keys) found.push({ incidentId: incident.id, key, incident, update, quiet });
    };
    for (const update of incident.updates) add(update);
    // A maintenance announced in this round needs no reminder.
    for (const notice of noticesOf(incident, leads, now)) add(notice, isNews);
  }
  return found.sort((a, b) => a.update.at - b.update.at);
}

/** No text and no new status: announced once there is some. */
function tellsNothing({ updates }: Incident, update: IncidentUpdate): boolean {
  const { body, label, change, promised, status, reopens } = update;
  if (body.trim() !== '' || label !== null || change || promised !== undefined || reopens) return false;
  return updates.slice(0, updates.indexOf(update)).findLast(({ stray }) => !stray)?.status === status;
}

/** What an update is about, to compare with subscribers' choices. */
export function concernOf(
  incident: Incident,
  update: IncidentUpdate,
  components: readonly { readonly id: string; readonly name: string }[],
): Concern {
  return {
    kind: incident.scheduled ? 'maintenance' : 'incidents',
    // A relapse counts too: its subscribers were sent the end.
    edge:
      beginningOf(incident)?.key === update.key ||
      announcesEnd(incident, update) ||
      announcesRelapse(incident, update),
    affected: [...affectedBy(incident, components).map(({ id }) => id), ...formerly(incident)],
  };
}

/** For an automatic incident also components removed since: their subscribers should get the end. */
function formerly({ openedBy, components, updates }: Incident): string[] {
  if (openedBy === null) return [];
  return [...(components ?? []), ...updates.flatMap(({ change }) => change?.components ?? [])].map(
    ({ id }) => id,
  );
}

/** The ids of the subscribers who want the update. */
export function owedTo(
  subscribers: readonly Pick<Subscriber, 'id' | 'choice'>[],
  concern: Concern,
): string[] {
  return subscribers.filter(({ choice }) => wants(choice, concern)).map(({ id }) => id);
}

/**
 * The update as it reads now, without what was put before the beginning after its announcement: that is told to nobody,
 * so it is not the beginning either.
 */
export function asAnnounced<Kind extends Incident>(
  current: { readonly incident: Kind; readonly update: IncidentUpdate },
  announced: { readonly incident: Incident } | null,
): { readonly incident: Kind; readonly update: IncidentUpdate } {
  if (!announced) return current;
  const { incident, update } = current;
  const before = announced.incident.updates;
  const begun = beginningOf(announced.incident)?.at ?? 0;
  const isPreface = ({ preface }: IncidentUpdate) => preface === true;
  const isNew = (one: IncidentUpdate) =>
    isPreface(one) ? !before.some(isPreface) : one.at < begun && !before.some(({ key }) => key === one.key);
  const updates = incident.updates.filter(one => one.key === update.key || !isNew(one));
  return updates.length === incident.updates.length
    ? current
    : { incident: { ...incident, updates }, update };
}

/** Finds the incident and update of a reference; null when its file or heading is gone. */
export function findUpdate<Kind extends Incident>(
  incidents: Iterable<Kind>,
  ref: string,
): { readonly incident: Kind; readonly update: IncidentUpdate } | null {
  for (const incident of incidents) {
    if (!ref.startsWith(`${incident.id} `)) continue;
    const named = ref.slice(incident.id.length + 1);
    const update =
      incident.updates.find(({ key }) => key === named) ??
      incident.updates.find(one => isPrefaceOf(one, named));
    if (update) return { incident, update };
  }
  return null;
}
