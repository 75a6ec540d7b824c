// Concern: what an update is about, and which subscribers want it.
import { announcesEnd } from '../incidents/ending.ts';
import { affectedAt } from '../incidents/impact.ts';
import {
  affectedBy,
  amongst,
  beginningOf,
  type Incident,
  type IncidentUpdate,
  isUnwell,
  reachedBy,
  SEVERITIES,
} from '../model/incident.ts';
import { type Choice, type Concern, type Subscriber, wants } from '../model/subscriber.ts';

/** Returns what an update is about, to compare with subscribers' choices. */
export function concernOf(
  incident: Incident,
  update: IncidentUpdate,
  components: readonly { readonly id: string; readonly name: string }[],
): Concern {
  const isOnlyBeginning = update.announces === 'beginning';
  const current = affectedAt(incident, update, components).map(({ id }) => id);
  const ever = [...affectedBy(incident, components).map(({ id }) => id), ...formerly(incident)];
  return {
    kind: incident.scheduled ? 'maintenance' : 'incidents',
    // A reopening counts too: its subscribers were sent the end.
    edge:
      update.announces !== 'none' &&
      (update.announces !== undefined ||
        beginningOf(incident)?.key === update.key ||
        announcesEnd(incident, update)),
    affected: isOnlyBeginning ? current : ever,
    current,
    untold: [],
    isEnd: update.announces === 'end',
    isOnlyBeginning,
  };
}

/**
 * The concern of an announcement, by what was announced of its incident before. Its end goes to those who were told of
 * it, although the file names their component no more, and to nobody else but followers of what a machine brought.
 * @param before what was announced, oldest first
 * @param brought ids of components that a machine's words added: their outage may have been over before it was told
 */
export function concernAfter(
  concern: Concern,
  { announces }: IncidentUpdate,
  before: readonly Concern[],
  brought: readonly string[],
): Concern {
  if (before.length === 0) return concern;
  const told = before.flatMap(({ affected }) => affected);
  // What began without a component does; a list that was emptied later is of nobody new.
  const concernedEverybody = before[0]!.affected.length === 0;
  const untold = concernedEverybody ? [] : concern.affected.filter(id => !told.includes(id));
  const isAfterAnEnd = announces === 'reopening' || announces === 'none';
  if (concernedEverybody)
    return { ...concern, untold, affected: concern.isEnd || isAfterAnEnd ? [] : concern.affected };
  if (concern.isEnd) return { ...concern, affected: [...told, ...brought] };
  const isOfThem = isAfterAnEnd || concern.affected.length === 0;
  return { ...concern, untold, affected: isOfThem ? [...concern.affected, ...told] : concern.affected };
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
 * @param toldBefore when it was told as a beginning to some, what that was about: they are not told again
 */
export function owedTo(
  subscribers: readonly Pick<Subscriber, 'id' | 'choice'>[],
  concern: Concern,
  toldBefore: Concern | null = null,
): string[] {
  const isOwed = (choice: Choice) => {
    if (toldBefore && begins(choice, toldBefore)) return false;
    return begins(choice, concern)
      ? wants(choice, { ...concern, edge: true })
      : !concern.isOnlyBeginning && wants(choice, concern);
  };
  return subscribers.filter(({ choice }) => isOwed(choice)).map(({ id }) => id);
}

/**
 * Whether an update is the first that a subscriber is told of its incident, because a component was added to it. Of one
 * that is well again, it is not the beginning.
 */
export function begins({ components: chosen }: Choice, { affected, current, untold }: Concern): boolean {
  const own = affected.filter(id => chosen?.includes(id));
  return own.some(id => current.includes(id)) && own.every(id => untold.includes(id));
}

/** Whether components are affected as of an update of which, by the told ones, nothing was told. */
export function bringsComponents(
  { updates, components }: Incident,
  update: IncidentUpdate,
  isTold: (update: IncidentUpdate) => boolean,
): boolean {
  // It concerned everybody.
  if (!components || components.length === 0) return false;
  const listOf = ({ change }: IncidentUpdate) => change?.components ?? [];
  const known = [components, ...updates.filter(isTold).map(listOf)].flat().map(({ id }) => id);
  const until = updates.slice(0, updates.indexOf(update) + 1);
  const current = until.findLast(({ change }) => change?.components)?.change?.components ?? components;
  return current.some(({ id }) => !known.includes(id));
}

/**
 * The ids of components that are affected now, and of which nothing was told although something was of the incident: a
 * person added them to the front matter, or to the list of an update that was told, or of a quiet one that stood there then.
 * Other lists are told with their update.
 * @param told what was announced of it
 */
export function addedSince(
  incident: Incident,
  told: readonly { readonly incident: Incident; readonly update: IncidentUpdate }[],
  components: readonly { readonly id: string; readonly name: string }[],
): string[] {
  if (told.length === 0) return [];
  const known = told.flatMap(one => concernOf(one.incident, one.update, components).affected);
  const quiet = told.flatMap(one => one.incident.updates.filter(({ quiet }) => quiet));
  const keys = new Set([...quiet, ...told.map(({ update }) => update)].map(({ key }) => key));
  const lists = [
    { isTold: true, list: reachedBy(incident, components) },
    ...incident.updates.flatMap(({ key, change }) => {
      const list = change?.components && amongst(change.components, components);
      return list ? [{ isTold: keys.has(key), list }] : [];
    }),
  ];
  const isNamedByHand = (id: string) => lists.find(({ list }) => list.some(one => one.id === id))!.isTold;
  const current = lists
    .at(-1)!
    .list.filter(isUnwell)
    .map(({ id }) => id);
  return current.filter(id => !known.includes(id) && isNamedByHand(id));
}

/**
 * Whether an incident is worse, as of an update, than as of the newest of those before it that were told: by its
 * severity, or by a component that was well then. The severity at the start is not known here: what says another one first
 * is worse, because that is when a machine writes one.
 */
export function escalates(
  { components, updates }: Incident,
  update: IncidentUpdate,
  isTold: (update: IncidentUpdate) => boolean,
): boolean {
  const standingAt = (place: number) => {
    const changes = updates.slice(0, place + 1).flatMap(({ change }) => change ?? []);
    const severity = changes.findLast(one => one.severity)?.severity;
    const list = changes.findLast(one => one.components)?.components ?? components ?? [];
    return { rank: severity ? SEVERITIES.indexOf(severity) : -1, ids: list.map(({ id }) => id) };
  };
  const place = updates.indexOf(update);
  const told = updates.findLastIndex((one, index) => index < place && isTold(one));
  const [before, now] = [standingAt(told), standingAt(place)];
  return now.rank > before.rank || now.ids.some(id => !before.ids.includes(id));
}
