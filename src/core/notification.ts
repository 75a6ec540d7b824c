// What is owed to whom, and when a failed letter is tried again (contract §7).
import { affectedBy, type Incident, type IncidentUpdate } from './incident.ts';
import { noticesOf } from './maintenance.ts';
import { type Subscriber, wants } from './subscriber.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from './time.ts';

/** An update's name in the books: incident id + time + ordinal. */
export interface UpdateRef {
  readonly incidentId: string;
  readonly key: string;
}

export interface Announcement extends UpdateRef {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
  /** Ids of the subscribers it is owed to; empty when it is only noted as seen. */
  readonly owedTo: readonly string[];
}

/** News older than this when first seen is noted, not shouted. */
const NEWS_FOR: Millis = DAY;

/** The one string under which an update is kept as seen. */
export function refOf({ incidentId, key }: UpdateRef): string {
  return `${incidentId} ${key}`;
}

/**
 * The updates not yet in the books, with those they are owed to: everyone confirmed now who asked for
 * a component concerned. Updates of the future wait for their time; `notify: false`, news older than
 * 24 h, and everything on the first round of a new database are noted and owed to nobody.
 * `leads` are how long before a maintenance its notices go out.
 */
export function announcements(
  incidents: readonly Incident[],
  seen: ReadonlySet<string>,
  confirmed: readonly Subscriber[],
  components: readonly { readonly id: string; readonly name: string }[],
  now: Millis,
  firstRound: boolean,
  leads: readonly Millis[] = [],
): Announcement[] {
  const found: Announcement[] = [];
  for (const incident of incidents) {
    for (const update of [...incident.updates, ...noticesOf(incident, leads, now)]) {
      const ref = { incidentId: incident.id, key: update.key };
      if (update.at > now || seen.has(refOf(ref))) continue;
      const quiet = firstRound || !incident.notify || update.quiet || now - update.at > NEWS_FOR;
      const affected = quiet ? [] : affectedBy(incident, components).map(({ id }) => id);
      const owedTo = quiet ? [] : confirmed.filter(subscriber => wants(subscriber, affected));
      found.push({ ...ref, incident, update, owedTo: owedTo.map(({ id }) => id) });
    }
  }
  return found.sort((a, b) => a.update.at - b.update.at);
}

const STEPS: readonly Millis[] = [
  10 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
];
/** After so many attempts (about two days) a letter is given up. */
const MAX_ATTEMPTS = 14;
/** So many permanent refusals in a row stop mail to an address. */
export const MAX_REFUSALS = 3;

/** How a letter failed: `later` 4xx, `refused` 5xx, `unreachable` no conversation at all. */
export type Failure = 'later' | 'refused' | 'unreachable';

/** When to try again after the `attempts`-th attempt failed; null for never. */
export function retryAt(failure: Failure, attempts: number, now: Millis): Millis | null {
  if (failure === 'refused') return null;
  if (failure === 'unreachable') return now + Math.min(30 * SECOND, attempts * 5 * SECOND);
  if (attempts >= MAX_ATTEMPTS) return null;
  return now + (STEPS[Math.min(attempts, STEPS.length) - 1] as Millis);
}
