// Announced: an update as it was announced, found and read again when it is sent.
import { endOfIncident, isEndKey } from '../incidents/ending.ts';
import {
  beginningOf,
  type Incident,
  type IncidentUpdate,
  isFinal,
  keyOf,
  type UpdateStatus,
} from '../model/incident.ts';
import { updateIn } from './calm.ts';
import { isWordless, withoutWordsMark } from './wordless.ts';

/**
 * The update as it reads now, without what was put before the beginning after its announcement: that is told to nobody,
 * so it is not the beginning either.
 */
export function asAnnounced<Kind extends Incident>(
  current: { readonly incident: Kind; readonly update: IncidentUpdate },
  announced: { readonly incident: Incident; readonly update: IncidentUpdate } | null,
): { readonly incident: Kind; readonly update: IncidentUpdate } {
  if (!announced) return current;
  const { incident, update } = current;
  const before = announced.incident.updates;
  const begun = beginningOf(announced.incident)?.at ?? 0;
  const isPreface = ({ preface }: IncidentUpdate) => preface === true;
  const isNew = (one: IncidentUpdate) =>
    isPreface(one) ? !before.some(isPreface) : one.at < begun && !before.some(({ key }) => key === one.key);
  const updates = incident.updates.filter(one => one.key === update.key || !isNew(one));
  const { announces, status, label, folds, body, at } = announced.update;
  const isMarked = announces !== undefined && update.announces === undefined;
  // A machine's end that had not held was not told with it.
  const isRaised =
    (update.status === 'scheduled' ||
      isFinal(update.status) ||
      announces === 'end' ||
      // What came after the end was told as such.
      (announces === 'none' && status === 'resolved' && incident.status === status)) &&
    status !== update.status;
  const isEarly = isRaised && announced.update.early === true;
  if (updates.length === incident.updates.length && !isMarked && !isRaised && !folds) return current;
  return {
    incident: { ...incident, updates },
    update:
      isMarked || isRaised || folds
        ? {
            ...update,
            ...(isMarked ? { announces } : {}),
            ...(isRaised ? { status } : {}),
            ...(isEarly ? { label } : {}),
            ...(folds ? { body, folds, at } : {}),
          }
        : update,
  };
}

/**
 * Finds the incident and update of a reference; null when its file or heading is gone, or its end.
 * @param announced the update as it was announced
 */
export function findUpdate<Kind extends Incident & { readonly state?: UpdateStatus }>(
  incidents: Iterable<Kind>,
  ref: string,
  announced?: IncidentUpdate,
): { readonly incident: Kind; readonly update: IncidentUpdate } | null {
  for (const incident of incidents) {
    const name = keyOf(incident);
    if (!ref.startsWith(`${name} `)) continue;
    const key = ref.slice(name.length + 1);
    const isEnd = isEndKey(key);
    const named = isEnd ? announced?.key : updateIn(withoutWordsMark(key));
    const own = incident.updates.find(
      one => one.key === named && (!isEnd || one.status === announced?.status),
    );
    // Words that came after it are told by themselves.
    const said = own && announced && isWordless(announced) ? { ...own, body: announced.body } : own;
    if (said) return { incident, update: isEnd ? { ...said, announces: 'end' } : said };
    const end = isEnd ? endOfIncident(incident, incident.state ?? incident.status, incident.started) : null;
    if (end)
      return { incident, update: announced && (isWordless(end) || isWordless(announced)) ? announced : end };
  }
  return null;
}
