// End words: with which of its updates an end is told.
import type { Incident, IncidentUpdate } from '../model/incident.ts';
import { isWordless } from './wordless.ts';

/** What is known of an update: whether it was seen before, and whether a machine wrote its words. */
interface Known {
  isSeen(update: IncidentUpdate): boolean;
  isFiled(update: IncidentUpdate): boolean;
}

/**
 * The end with its words, of the updates that say so. Told: those that were. To tell: a person's that are new, else those
 * with which a machine ended it; when it continued after an earlier end, any that are new.
 * @param end by its place in the file (`endOfIncident`)
 * @param ends those that were told (`endsTold`)
 */
export function endInWords(
  { updates, scheduled, resolved }: Incident,
  end: IncidentUpdate,
  { count, open }: { readonly count: number; readonly open: boolean },
  { isSeen, isFiled }: Known,
): IncidentUpdate {
  const place = scheduled ? 0 : updates.findIndex(({ key }) => key === end.key);
  const after = updates.slice(Math.max(0, place)).filter(one => one.status === end.status);
  const claims = scheduled ? [] : after.filter(one => !one.inherits && !one.quiet && !one.stray);
  const as = (said: IncidentUpdate | undefined) => (said ? { ...said, announces: 'end' as const } : end);
  if (!open) return isSeen(end) ? end : as(claims.find(isSeen));
  const isNew = (one: IncidentUpdate) => !isSeen(one) && !isFiled(one);
  if (isNew(end) && !isWordless(end)) return end;
  const own = isNew(end) ? undefined : claims.find(one => isNew(one) && !isWordless(one));
  const filed = claims.find(one => isFiled(one) && one.at === resolved);
  const isAgain = count > 0 && isSeen(end);
  const again = isAgain ? after.find(one => !isSeen(one)) : undefined;
  return as(
    own ?? filed ?? again ?? (scheduled ? undefined : saidBefore(updates.slice(0, place), end, isNew)),
  );
}

/** A section about an end without words, dated before what was told meanwhile: all that was known said that it goes on. */
function saidBefore(
  before: readonly IncidentUpdate[],
  end: IncidentUpdate,
  isNew: (update: IncidentUpdate) => boolean,
): IncidentUpdate | undefined {
  const last = before.findLast(one => isNew(one) && !one.stray);
  const isIt = isWordless(end) && last?.status === end.status && !last.inherits && !last.quiet;
  return isIt && !isWordless(last) ? last : undefined;
}
