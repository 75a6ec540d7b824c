// Calm: a machine's incident is told rarely, with the words of what waited, and its end when that has held.
import { announcesEnd, EARLY_LABELS, HOLDS_FOR } from '../incidents/ending.ts';
import type { Incident, IncidentUpdate, UpdateStatus } from '../model/incident.ts';
import { MINUTE, type Millis } from '../model/time.ts';

/** Between its beginning and its end, a machine's incident is told about no more often than this (`mayBeTold`). */
export const CALM: Millis = 10 * MINUTE;

/** When something was told of an incident to all whom it concerns, epoch ms. */
export interface Told {
  /** Its beginning, or the newest reopening after an end. */
  readonly begun: Millis;
  /** The newest of a machine's own words; the beginning counts as such. */
  readonly own: Millis;
  /** The newest of all. */
  readonly last: Millis;
}

/** What was told once an update is, too. `isFiled`: whether a machine wrote its words. */
export function toldAfter(told: Told | null, update: IncidentUpdate, at: Millis, isFiled: boolean): Told {
  if (told === null) return { begun: at, own: at, last: at };
  return {
    begun: update.announces === 'reopening' ? at : told.begun,
    own: isFiled || update.folds ? at : told.own,
    last: at,
  };
}

/**
 * Whether calm lets a machine's update be told now: ten minutes after its last one. After nothing but the beginning, or
 * what came back after an end, what brings a component or is worse need not wait. What a person writes does not count.
 */
export function mayBeTold({ begun, own }: Told, now: Millis, isEscalation: boolean): boolean {
  return now - own >= CALM || now < own || (isEscalation && own <= begun);
}

/**
 * Whether the end of a machine's incident may not last: it is told when the recovery has held. A round files what is
 * recorded while it runs, so that a recovery may be a moment later than the round's `now`.
 */
export function mayNotLast({ resolved, recovered = resolved }: Incident, now: Millis): boolean {
  return recovered === null ? resolved !== null : Math.abs(now - recovered) < HOLDS_FOR;
}

/**
 * An incident as it stood before its end, which nobody may know of yet: open, without what says that it is over. Other
 * words that say so are only a label. Of an open incident, its updates as they are told while it is open.
 */
export function beforeEnd<Kind extends Incident>(incident: Kind): Kind {
  const { updates, resolved } = incident;
  const from = resolved === null ? 0 : updates.findLastIndex(update => announcesEnd(incident, update));
  let status: UpdateStatus = 'investigating';
  const left = updates.flatMap((update, index): IncidentUpdate[] => {
    if (update.stray) return [update];
    if (index < from || update.status !== 'resolved') {
      status = update.status;
      return [update];
    }
    if (update.inherits) return [{ ...update, status }];
    if (resolved !== null && update.at >= resolved) return [];
    return [{ ...update, status, label: update.label ?? EARLY_LABELS.resolved, early: true }];
  });
  return { ...incident, status, resolved: null, updates: left };
}

/** How the keys of `joinKey` begin; by them nobody else was told. */
export const JOINED = 'joined ';
/** The key of an update that is told at once to those to whom it is the beginning. */
export const joinKey = (key: string) => `${JOINED}${key}`;
/** The key of the update that is told under a key. */
export const updateIn = (key: string) => (key.startsWith(JOINED) ? key.slice(JOINED.length) : key);

/** One of several updates that are told together, with the words of all and the newest time. `all`: oldest first. */
export function toldTogether(one: IncidentUpdate, all: readonly IncidentUpdate[]): IncidentUpdate {
  if (all.length === 1) return one;
  const body = all.map(({ body }) => body.trim()).join('\n\n');
  return { ...one, at: all.at(-1)!.at, body, folds: true };
}
