// Concern: what an update is about, and which subscribers want it.
import { announcesEnd, announcesRelapse } from '../incidents/ending.ts';
import { affectedBy, beginningOf, type Incident, type IncidentUpdate } from '../model/incident.ts';
import { type Choice, type Concern, type Subscriber, wants } from '../model/subscriber.ts';

/** Returns what an update is about, to compare with subscribers' choices. */
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
    untold: [],
    isEnd: update.announces === 'end',
    isOnlyBeginning: update.announces === 'beginning',
  };
}

/**
 * The concern of an announcement, by what was announced of its incident before. Its end goes to those who were told of
 * it, although the file names their component no more, and to nobody else.
 */
export function concernAfter(
  concern: Concern,
  { announces }: IncidentUpdate,
  before: readonly Concern[],
): Concern {
  if (before.length === 0) return concern;
  const told = before.flatMap(({ affected }) => affected);
  // It concerned everybody.
  const concernedEverybody = before.some(({ affected }) => affected.length === 0);
  const untold = concernedEverybody ? [] : concern.affected.filter(id => !told.includes(id));
  if (concern.isEnd) return { ...concern, affected: concernedEverybody ? [] : told };
  const isAfterAnEnd = announces === 'reopening' || announces === 'none';
  return { ...concern, untold, affected: isAfterAnEnd ? [...concern.affected, ...told] : concern.affected };
}

/** For an automatic incident also components removed since: their subscribers should get the end. */
function formerly({ openedBy, components, updates }: Incident): string[] {
  if (openedBy === null) return [];
  return [...(components ?? []), ...updates.flatMap(({ change }) => change?.components ?? [])].map(
    ({ id }) => id,
  );
}

/**
 * The ids of the subscribers who want the update. To those who follow only components of which nothing was told before,
 * it is a beginning.
 */
export function owedTo(
  subscribers: readonly Pick<Subscriber, 'id' | 'choice'>[],
  concern: Concern,
): string[] {
  const isOwed = (choice: Choice) =>
    begins(choice, concern)
      ? wants(choice, { ...concern, edge: true })
      : !concern.isOnlyBeginning && wants(choice, concern);
  return subscribers.filter(({ choice }) => isOwed(choice)).map(({ id }) => id);
}

/** Whether an update is the first that a subscriber is told of its incident, because a component was added to it. */
export function begins({ components: chosen }: Choice, { affected, untold }: Concern): boolean {
  const own = affected.filter(id => chosen?.includes(id));
  return own.length > 0 && own.every(id => untold.includes(id));
}

/** Whether updates that wait add components to an incident, as far as the seen ones tell. */
export function addsComponents(
  { updates, components }: Incident,
  waiting: readonly IncidentUpdate[],
  isSeen: (update: IncidentUpdate) => boolean,
): boolean {
  // It concerned everybody.
  if (!components || components.length === 0) return false;
  const idsOf = (some: readonly IncidentUpdate[]) =>
    some.flatMap(({ change }) => change?.components ?? []).map(({ id }) => id);
  const known = [...components.map(({ id }) => id), ...idsOf(updates.filter(isSeen))];
  return idsOf(waiting).some(id => !known.includes(id));
}
