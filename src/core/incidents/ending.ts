// The end of an incident: when it was, which update says so, and whether it is told.
import { type Incident, type IncidentUpdate, isFinal, type UpdateStatus } from '../model/incident.ts';
import { MINUTE, type Millis } from '../model/time.ts';
import { completionOf, type EndRecord, WORDLESS } from './completion.ts';

/**
 * When the incident ended; null while it is open, and for a recurring maintenance.
 * @param state as of now (`stateAt`); by default as in its file
 */
export function endedAt(incident: Incident, state: UpdateStatus = incident.status): Millis | null {
  const { scheduled, status, resolved, updates } = incident;
  if (scheduled) return completionOf(incident, state)?.at ?? null;
  if (status !== 'resolved') return null;
  return resolved ?? updates.find(update => update.status === status)?.at ?? null;
}

/**
 * Whether an update announces an end. A second update with the final status does not, unless the incident was reopened
 * in between. Quiet updates announced nothing.
 */
export function announcesEnd({ updates }: Incident, { key, status }: IncidentUpdate): boolean {
  return isFinal(status) && lastTold(updates, key)?.status !== status;
}

/**
 * The end as it is told: the update that says so or, if only the front matter or the clock says so, one without words.
 * Null while it is open.
 * @param state as of now (`stateAt`)
 */
export function endOfIncident(incident: Incident, state: UpdateStatus, now: Millis): IncidentUpdate | null {
  if (!isFinal(state)) return null;
  const { updates, resolved, scheduled } = incident;
  const completion = completionOf(incident, state);
  const at = resolved ?? Math.min(now, completion?.at ?? scheduled?.end ?? now);
  const last = updates.findLastIndex(update => announcesEnd(incident, update));
  // It went on after that, until the front matter alone said that it is over.
  const goesOn = ({ status, stray, at: then }: IncidentUpdate) =>
    status !== 'resolved' && !stray && then < at;
  const isPast = last >= 0 && updates.slice(last + 1).some(goesOn);
  const said = completion ? completion.update : isPast ? undefined : updates[last];
  return { ...(said ?? { key: WORDLESS, at, label: null, body: '' }), status: state, announces: 'end' };
}

/** A recovery that a machine measured must have lasted this long when it is told. */
export const HOLDS_FOR: Millis = MINUTE;

/**
 * As what to write words with a status into an incident: null if that would end it a second time, undefined if it is not
 * over, or not with this status. A machine's end is told to nobody before it has held, so that a person's words are its own.
 */
export function afterwardsOf(
  incident: Incident,
  status: UpdateStatus | undefined,
  now: Millis,
): 'resolved' | null | undefined {
  const end = endedAt(incident);
  if (end === null || status !== incident.status) return undefined;
  const isUntold = incident.openedBy !== null && status === 'resolved' && now - end < HOLDS_FOR;
  return isUntold ? 'resolved' : null;
}

/** The keys of an incident's ends, and of what said that it is open again after one. Sorted, they come last. */
export const endKey = (number: number) => `end#${number}`;
const reopeningKey = (number: number) => `reopened#${number}`;
/** Records that the end of an incident was told without words. */
export const wordlessKey = (number: number) => `wordless#${number}`;

/** Whether a key is that of an end, which stays the same whichever update carries it. */
export function isEndKey(key: string): boolean {
  return key.startsWith(endKey(0).slice(0, -1));
}

/** The references that go when an announcement is withdrawn: with an end, what said that it was none. */
export function withdrawnWith(ref: string): readonly string[] {
  return [ref, ref.replace(/ end#(\d+)$/, (_, number) => ` ${reopeningKey(number)}`)];
}

/** How many ends were told, and whether the incident was open after the last. `has`: what is recorded, by key. */
export function endsTold(has: (key: string) => boolean): { readonly count: number; readonly open: boolean } {
  let count = 0;
  while (has(endKey(count))) count++;
  return { count, open: count === 0 || has(reopeningKey(count - 1)) };
}

/** Returns what the records tell of the ends of a maintenance. */
export function endRecordOf(
  records: {
    has(key: string): boolean;
    /** When it was first seen, epoch ms; null: not yet. */
    at(key: string): Millis | null;
  },
  wasAhead: EndRecord['wasAhead'] = () => false,
): EndRecord {
  const { count, open } = endsTold(key => records.has(key));
  const last = open ? count - 1 : count - 2;
  return {
    openedAt: last < 0 ? null : records.at(reopeningKey(last)),
    announcedAt: open ? null : records.at(endKey(count - 1)),
    seenAt: key => records.at(key),
    wasAhead,
  };
}

/**
 * The end, or the reopening, that is to be told next; null if the incident is as it was last told. Correcting an end
 * is none. `key`: to record it.
 * @param status as of now (`stateAt`)
 * @param end the present one (`endOfIncident`)
 */
export function endOrReopeningToTell(
  { updates, scheduled, endsAhead }: Incident,
  status: UpdateStatus,
  end: IncidentUpdate | null,
  has: (key: string) => boolean,
  now: Millis,
): { readonly key: string; readonly update: IncidentUpdate } | null {
  const { count, open } = endsTold(has);
  if (end) return open || isSecond(updates, end, has) ? { key: endKey(count), update: end } : null;
  const isNews = ({ key, at, body, quiet, stray, preface }: IncidentUpdate) =>
    !has(key) && at <= now && body.trim() !== '' && !quiet && !stray && !preface;
  // An end in the future was told by a clock that was ahead, or is a slip: only new words say that it goes on.
  if (open || (endsAhead && (scheduled || !updates.some(isNews)))) return null;
  const key = reopeningKey(count - 1);
  return { key, update: { key, at: now, status, label: null, body: '', announces: 'reopening' } };
}

/** Whether the updates say that it was open again since the end that was told, though it was never read while open. */
function isSecond(updates: Incident['updates'], end: IncidentUpdate, has: (key: string) => boolean): boolean {
  const at = updates.findIndex(({ key }) => key === end.key);
  const before = updates.slice(0, Math.max(at, 0));
  const isOver = ({ status }: IncidentUpdate) => status === end.status;
  const last = before.findLastIndex(one => isOver(one) && has(one.key));
  if (last < 0 || has(end.key)) return false;
  return before.slice(last + 1).some(one => !one.stray && !isOver(one) && !has(one.key));
}

/** A monitor's recovery is filed with the time of the first good response, and people write meanwhile. */
const CONFIRMED_WITHIN: Millis = 30 * MINUTE;

/** The updates that say an incident is open, dated after it ended by its front matter: that one decides. */
export function openAfterEnd(incident: Incident): readonly IncidentUpdate[] {
  const { scheduled, status, resolved, openedBy, updates } = incident;
  if (scheduled || status !== 'resolved' || resolved === null) return [];
  const end = updates.findLastIndex(update => update.status === 'resolved');
  if (end === updates.length - 1) return [];
  const latest = Math.max(resolved, updates[end]?.at ?? resolved);
  const from = openedBy === null ? latest : latest + CONFIRMED_WITHIN;
  return updates.slice(end + 1).filter(({ at }) => at > from);
}

/** The words of an end that is not in the front matter. */
export const EARLY_LABELS = { resolved: 'Resolved', completed: 'Completed' } as const;

/** The newest announced update before this one. */
function lastTold(updates: Incident['updates'], key: string): IncidentUpdate | undefined {
  const at = updates.findIndex(update => update.key === key);
  return updates.slice(0, at < 0 ? updates.length : at).findLast(({ quiet, stray }) => !quiet && !stray);
}

/**
 * The status of each update, oldest first: its own or, if its heading names none, that of the one before. After an end,
 * while the front matter says that the incident goes on (to the minute), that of an open one; but what stands between an
 * end and a heading that says that it is open again was said while it was over.
 * @param said `own`: the status that the heading names
 * @param front the status in the front matter
 * @param ending when it ended by that, epoch ms; null: it did not
 * @param first the status of an incident that begins
 */
export function statusesTaken(
  said: readonly { readonly own: UpdateStatus | null; readonly at: Millis }[],
  front: UpdateStatus,
  ending: Millis | null,
  first: UpdateStatus,
): UpdateStatus[] {
  let last = first;
  let open = first;
  // From the last on: what the next heading with a status says.
  const following: (UpdateStatus | null)[] = [];
  let next: UpdateStatus | null = null;
  for (const { own } of said.toReversed()) {
    following.unshift(next);
    next = own ?? next;
  }
  return said.map(({ own, at }, index) => {
    const isReopenedLater = (following[index] ?? 'resolved') !== 'resolved';
    const isBefore = ending === null || at < ending - (ending % MINUTE);
    const goesOn = last === 'resolved' && isBefore && !isReopenedLater;
    last = own ?? (!goesOn ? last : front === 'resolved' ? open : front);
    if (last !== 'resolved') open = last;
    return last;
  });
}
