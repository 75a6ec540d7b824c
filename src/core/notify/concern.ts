// Concern: what an update is about, and which subscribers want it.
import { announcesEnd, announcesRelapse } from '../incidents/ending.ts';
import { affectedBy, beginningOf, type Incident, type IncidentUpdate } from '../model/incident.ts';
import { type Choice, type Concern, type Subscriber, wants } from '../model/subscriber.ts';
import type { Millis } from '../model/time.ts';

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
      update.announces !== 'none' &&
      (update.announces !== undefined ||
        beginningOf(incident)?.key === update.key ||
        announcesEnd(incident, update) ||
        announcesRelapse(incident, update)),
    affected: [...affectedBy(incident, components).map(({ id }) => id), ...formerly(incident)],
    untold: update.untold ?? [],
    isEnd: update.announces === 'end',
  };
}

/** For an automatic incident also components removed since: their subscribers should get the end. */
function formerly({ openedBy, components, updates }: Incident): string[] {
  if (openedBy === null) return [];
  return [...(components ?? []), ...updates.flatMap(({ change }) => change?.components ?? [])].map(
    ({ id }) => id,
  );
}

/**
 * The ids of the subscribers who want the update. Those who follow only components of which nothing was told before are
 * told of a beginning, and of no end.
 */
export function owedTo(
  subscribers: readonly Pick<Subscriber, 'id' | 'choice'>[],
  concern: Concern,
): string[] {
  const isOwed = (choice: Choice) =>
    begins(choice, concern)
      ? !concern.isEnd && wants(choice, { ...concern, edge: true })
      : wants(choice, concern);
  return subscribers.filter(({ choice }) => isOwed(choice)).map(({ id }) => id);
}

/** Whether an update is the first that a subscriber is told of its incident, because a component was added to it. */
export function begins({ components: chosen }: Choice, { affected, untold }: Concern): boolean {
  const own = affected.filter(id => chosen?.includes(id));
  return own.length > 0 && own.every(id => untold.includes(id));
}

/** The ids of the components that updates add of which nothing was told before. */
export function untoldOf(
  { updates, components }: Incident,
  isSeen: (update: IncidentUpdate) => boolean,
  now: Millis,
): readonly string[] {
  // It concerned everybody.
  if (!components || components.length === 0) return [];
  const idsOf = (some: readonly IncidentUpdate[]) =>
    some.flatMap(({ change }) => change?.components ?? []).map(({ id }) => id);
  const known = [...components.map(({ id }) => id), ...idsOf(updates.filter(isSeen))];
  const added = idsOf(updates.filter(update => !isSeen(update) && update.at <= now));
  return [...new Set(added)].filter(id => !known.includes(id));
}
