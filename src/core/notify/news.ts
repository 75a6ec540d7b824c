// News: which updates to announce, and to whom.

import {
  EARLY_LABELS,
  endOfIncident,
  endOrReopeningToTell,
  endsTold,
  openAfterEnd,
  wordlessKey,
} from '../incidents/ending.ts';
import { noticesOf, stateAt } from '../incidents/maintenance.ts';
import { isSilentOccurrence } from '../incidents/recurrence.ts';
import {
  beginningOf,
  type Incident,
  type IncidentUpdate,
  isFinal,
  isOpen,
  keyOf,
  refOf,
  type UpdateRef,
  type UpdateStatus,
} from '../model/incident.ts';
import { DAY, type Millis } from '../model/time.ts';
import { beforeEnd, joinKey, mayBeTold, mayNotLast, type Told, toldTogether } from './calm.ts';
import { bringsComponents, escalates } from './concern.ts';
import { endInWords } from './end-words.ts';
import { filedKey } from './filed-words.ts';
import { isWordless, withLateWords } from './wordless.ts';

export interface Announcement extends UpdateRef {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
  /** Recorded as seen, but not sent. */
  readonly quiet: boolean;
}

/** Records that the end was told with the words of an update: a section `Resolved` beside it has other words. */
const asEndKey = (key: string) => `as end ${key}`;

/** Older news is recorded, not sent. */
const NEWS_FOR: Millis = DAY;

/** When something was told of an incident, by its lasting name; null: unknown, or nothing yet. */
export type WhenTold = (incidentId: string) => Told | null;

/**
 * The updates not announced yet, oldest first, and the end, which is told once however it came to stand in the file.
 * Updates of the future wait for their time, and what says that a resolved incident is open for its correction;
 * `notify: false`, news older than 24 h, and everything on the first round of a new database are noted and owed to nobody.
 * What the server files is news when it is filed, however long ago its source says that it began.
 * What is dated more than an hour before the incident began is neither.
 * `leads` are how long before a maintenance its notices go out; those due already when it is
 * announced are noted too.
 */
export function announcements(
  incidents: readonly Incident[],
  seen: ReadonlySet<string>,
  now: Millis,
  firstRound: boolean,
  leads: readonly Millis[] = [],
  whenTold: WhenTold = () => null,
): Announcement[] {
  const found: Announcement[] = [];
  for (const shown of incidents) {
    // What is not in its file yet may still change within the minute, and an end that does not hold is no news.
    const incident = shown.gathering ? shown.gathering.filed : shown;
    if (incident === null || (shown.gathering && !isOpen(incident))) continue;
    // It could not be read completely.
    if (incident.isPartlyUnreadable && !firstRound) continue;
    const has = (key: string) => seen.has(refOf({ incidentId: keyOf(incident), key }));
    // Nobody is told that it goes on before an operator says which of the two files is right.
    if (incident.endedBeside && !endsTold(has).open) continue;
    const news = newsOf(incident, seen, now, firstRound, leads, whenTold);
    found.push(...withLateWords(news, incident, has, now));
  }
  return found.sort((a, b) => a.update.at - b.update.at);
}

/**
 * One incident's news. Long because every update passes the same questions (seen before, waiting, calm, old), and the
 * end's answer depends on all of them: apart, each part would need most of the values.
 */
function newsOf(
  incident: Incident,
  seen: ReadonlySet<string>,
  now: Millis,
  firstRound: boolean,
  leads: readonly Millis[],
  whenTold: WhenTold,
): Announcement[] {
  const incidentId = keyOf(incident);
  const told = whenTold(incidentId);
  const { updates } = incident;
  const has = (key: string) => seen.has(refOf({ incidentId, key }));
  const isSeen = ({ key }: IncidentUpdate) => has(key);
  const isBegun = updates.some(one => !one.preface && !one.stray && isSeen(one));
  const begun = updates.find(one => !one.stray && isSeen(one))?.at;
  // The beginning is told once. Of a beginning by a clock that was ahead nothing is known.
  const isEarlier = ({ at }: IncidentUpdate) =>
    begun !== undefined && incident.startedAhead === undefined && at < begun;
  const state = stateAt(incident, now);
  const ends = endsTold(has);
  const ended = endOfIncident(incident, state, now);
  const isFiled = ({ body }: IncidentUpdate) => has(filedKey(body));
  const end = ended && endInWords(incident, ended, ends, { isSeen, isFiled });
  // A section without a date may have got the wrong day: in what is not long over, it is new when first seen.
  const isCurrent = begun !== undefined && (end === null || now - end.at <= NEWS_FOR);
  const isOld = ({ at, undated }: IncidentUpdate) => now - at > NEWS_FOR && !(undated && isCurrent);
  // The file of a machine's incident was deleted, and it is filed again: its beginning was told.
  const isAgain = ({ at }: IncidentUpdate) =>
    incident.openedBy !== null && begun === undefined && at <= incident.started && told !== null;
  // A person took the machine's file over: what calm held back until then was the machine's to tell.
  const isTakenOver = incident.openedBy === null && told !== null && isFiled(beginningOf(incident)!);
  const isStaleNews = (update: IncidentUpdate): boolean =>
    (update.preface && isBegun) ||
    isAgain(update) ||
    (isTakenOver && isFiled(update) && !bringsComponents(incident, update, isSeen)) ||
    (isOld(update) && !isFiled(update)) ||
    // The plan of a maintenance that is first seen when it is over.
    (end !== null &&
      begun === undefined &&
      update.status === 'scheduled' &&
      update.at < incident.scheduled!.start);
  // Of a maintenance that does not repeat, the records know it by themselves (`completedByRecord`).
  const isEndRecorded = incident.scheduled === null || incident.series !== undefined;
  const found: Announcement[] = [];
  const add = (update: IncidentUpdate, key: string, isQuiet: boolean) => {
    const quiet = firstRound || !incident.notify || update.quiet === true || isQuiet;
    found.push({ incidentId, key, incident, update, quiet });
  };
  // The email would contradict the page.
  const waiting = firstRound ? [] : openAfterEnd(incident);
  const next = endOrReopeningToTell(incident, state, end, has, now);
  // Its end is told already.
  const isAfterToldEnd = end !== null && next === null;
  const isMachineIncident = incident.openedBy !== null && incident.scheduled === null && !firstRound;
  // The page shows it already. If the source fails again meanwhile, nobody was told of an end. A person knows better.
  const isMachineEnd = isMachineIncident && end !== null && isFiled(end);
  const endMayNotLast = isMachineEnd && next !== null && mayNotLast(incident, now);
  // What a machine filed meanwhile is told with the beginning; or, if it is over by then, its end alone is told.
  const isUntold =
    isMachineIncident && begun === undefined && told === null && (end === null || isMachineEnd);
  const isRoutine = (update: IncidentUpdate) =>
    update.key !== end?.key && (isFiled(update) || (isUntold && update === beginningOf(incident)));
  const routineUpdates =
    isUntold || (isMachineIncident && begun !== undefined) ? updates.filter(isRoutine) : [];
  for (const update of updates) {
    if (isSeen(update) || update.at > now || waiting.includes(update) || routineUpdates.includes(update))
      continue;
    // The end's words, or a correction of them, are no news of their own; words that follow an end told without any, are.
    if (update.key === end?.key) {
      // An incident's end is told once: what comes after it is an update.
      const said = next === null && !incident.scheduled ? { ...update, announces: 'none' as const } : update;
      const wasEnd = (one: IncidentUpdate) => one.status !== end.status && has(asEndKey(one.key));
      const isTold = has(wordlessKey(ends.count - 1)) || updates.some(wasEnd);
      const isLate = isEndRecorded && !isWordless(update) && isTold;
      add(said, update.key, next !== null || !isLate);
    }
    // A stray one is news once its time is corrected.
    else if (firstRound || !(update.stray || tellsNothing(incident, update, end !== null))) {
      const isOpenThen = end === null || (next !== null && isBefore(updates, update, end));
      const open = endMayNotLast ? asWhileOpen(incident, update) : update;
      const went = isOpenThen ? asNoEnd(incident, open, end === null ? state : null) : open;
      // Its words are news, and its status is none.
      const said = begunAs(isAfterToldEnd && !incident.scheduled ? { ...went, status: state } : went, state);
      const isNone =
        isEarlier(update) || isAfterToldEnd || (told !== null && update === beginningOf(incident));
      add(isNone ? { ...said, announces: 'none' } : said, update.key, isStaleNews(update));
    }
  }
  const routine = routineUpdates.filter(update => !isSeen(update) && update.at <= now);
  const tellable = routine.filter(
    update => update.status !== 'resolved' && !update.quiet && !isStaleNews(update),
  );
  const newest = end === null ? tellable.at(-1) : undefined;
  const isEscalation = newest !== undefined && escalates(incident, newest, isSeen);
  // An end, or what says that it goes on after one, is told at once.
  const mayTellRoutine = next !== null || told === null || mayBeTold(told, now, isEscalation);
  if (isUntold || (mayTellRoutine && !endMayNotLast)) {
    const teller = newest && isUntold ? tellable[0] : newest;
    for (const update of routine)
      add(update === teller ? toldTogether(update, tellable) : update, update.key, update !== teller);
  } else if (newest && !has(joinKey(newest.key))) {
    // Who follows only what it brings was told nothing yet, and need not wait.
    const isTold = (one: IncidentUpdate) => isSeen(one) || has(joinKey(one.key));
    if (bringsComponents(incident, newest, isTold))
      add({ ...newest, announces: 'beginning' }, joinKey(newest.key), false);
  }
  // If it fails again meanwhile, its beginning is news still.
  if (isUntold && endMayNotLast && found.every(({ quiet }) => quiet)) return [];
  const first = found.findIndex(({ quiet }) => !quiet);
  if (next && end && !endMayNotLast) {
    add(end, next.key, isSilentOccurrence(incident) || (isOld(end) && begun === undefined));
    if (isEndRecorded) add(end, isWordless(end) ? wordlessKey(ends.count) : asEndKey(end.key), true);
  } else if (next && !end) {
    // With the words about it, if there are any.
    if (first >= 0)
      found[first] = { ...found[first]!, update: { ...found[first]!.update, announces: 'reopening' } };
    add(next.update, next.key, first >= 0);
  }
  // A maintenance that is announced in this round, for the first time or anew, or told of, needs no reminder.
  const opening = updates.find(update => !update.quiet && !update.stray && !isEarlier(update));
  const isNew = opening !== undefined && opening.at <= now && !isSeen(opening) && !isStaleNews(opening);
  const isNews = isNew || found.some(({ quiet }) => !quiet);
  for (const notice of noticesOf(incident, leads, now))
    if (!isSeen(notice) && notice.at <= now) add(notice, notice.key, isNews || isOld(notice));
  return found;
}

/** Returns an update of a machine's incident as news while its end may not last: a person's words give no end away. */
function asWhileOpen(incident: Incident, update: IncidentUpdate): IncidentUpdate {
  if (update.status !== 'resolved') return update;
  return beforeEnd(incident).updates.find(({ key }) => key === update.key) ?? update;
}

/** Whether an update comes before the end that is told. */
function isBefore(updates: Incident['updates'], update: IncidentUpdate, end: IncidentUpdate): boolean {
  const place = updates.findIndex(({ key }) => key === end.key);
  return place < 0 ? update.at < end.at : updates.indexOf(update) < place;
}

/**
 * Returns an update as news of what goes on, or went on after it: other words that say it was over are only a label, as
 * the page and the API have no end there.
 * @param now the status it has now; null if it is over
 */
function asNoEnd(
  { updates, scheduled }: Incident,
  update: IncidentUpdate,
  now: UpdateStatus | null,
): IncidentUpdate {
  const { status: said, inherits, label } = update;
  if (!isFinal(said)) return update;
  const place = updates.findIndex(({ key }) => key === update.key);
  const before = updates.slice(0, place).findLast(one => !one.stray && !isFinal(one.status));
  const status = now ?? before?.status ?? (scheduled ? 'in_progress' : 'investigating');
  return inherits
    ? { ...update, status }
    : { ...update, status, label: label ?? EARLY_LABELS[said], early: true };
}

/** Returns the update as news of work that goes on or is over: it is not announced as planned. */
function begunAs(update: IncidentUpdate, state: UpdateStatus): IncidentUpdate {
  return update.status === 'scheduled' && state !== 'verifying' ? { ...update, status: state } : update;
}

/** No text and no new status, or a copy of a section that is about to be changed: announced once there is some. */
function tellsNothing(incident: Incident, update: IncidentUpdate, isOver: boolean): boolean {
  const { updates, scheduled } = incident;
  const { body, label, change, promised, status, at } = update;
  const before = updates.slice(0, updates.indexOf(update));
  if (body.trim() !== '')
    return before.some(one => one.at === at && one.body === body && one.label === label);
  if (label !== null || change || promised !== undefined) return false;
  if (isOver && !scheduled && update !== beginningOf(incident)) return true;
  return before.findLast(({ stray }) => !stray)?.status === status;
}
