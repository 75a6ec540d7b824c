// Additions: a component that a person adds to an open incident by a list alone is in no update. It is told by itself.
import { phraseOf } from '../../core/filing/grouped-file.ts';
import { affectedAt } from '../../core/incidents/impact.ts';
import { type Incident, isOpen, keyOf, refOf } from '../../core/model/incident.ts';
import type { Site } from '../../core/model/site.ts';
import type { Millis } from '../../core/model/time.ts';
import { addedSince } from '../../core/notify/concern.ts';
import type { Announcement } from '../../core/notify/news.ts';
import { machineText } from '../../core/text/machine-texts.ts';
import type { Db } from '../db/database.ts';
import { announcedBefore, type Frozen } from './announcements.ts';

/** How the keys of additions begin: the component's id follows. */
const ADDED = 'added ';

/**
 * The announcement of components that were added to an incident of which something was told: one for all, and a quiet
 * record for each other; none if nothing else was added.
 * @param has what is recorded, by key
 */
export async function additionsTo(
  db: Db,
  incident: Incident,
  components: Site['components'],
  has: (key: string) => boolean,
  now: Millis,
): Promise<Announcement[]> {
  const { status, notify, gathering } = incident;
  if (!isOpen(incident) || incident.components === null || !notify || gathering) return [];
  const incidentId = keyOf(incident);
  const told = await announcedBefore(db, incidentId, refOf({ incidentId, key: ADDED }));
  const ids = addedSince(incident, told, components).filter(id => !has(ADDED + id));
  const names = components.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  const body = machineText('machine.added', { names: phraseOf(names) });
  return ids.map((id, index) => {
    const key = ADDED + id;
    const update = { key, at: now, status, label: null, body };
    return { incidentId, key, incident, update, quiet: index > 0 };
  });
}

/** Whether an announcement is of an addition that was taken back. */
export function isTakenBack({ update }: Frozen, incident: Incident, components: Site['components']): boolean {
  const { key } = update;
  return (
    key.startsWith(ADDED) && affectedAt(incident, update, components).every(({ id }) => ADDED + id !== key)
  );
}

/**
 * An announcement as it reads to those to whom it is the beginning. Of an addition, it has the newest words of the incident,
 * too: they were sent none.
 */
export function asBeginning({ incident, update }: Frozen): Frozen {
  const isNewest = ({ at, body, quiet, stray }: Frozen['update']) =>
    at <= update.at && body.trim() !== '' && !quiet && !stray;
  const words = update.key.startsWith(ADDED) ? incident.updates.findLast(isNewest) : undefined;
  const body = words === undefined ? update.body : `${words.body}\n\n${update.body}`;
  return { incident, update: { ...update, body, announces: 'beginning' } };
}
