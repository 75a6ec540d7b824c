// Without words: what is saved before its words, or with those of the file it was copied from, waits for them. If it is
// told without, they are told when they come.
import { type Incident, type IncidentUpdate, keyOf, type UpdateRef } from '../model/incident.ts';
import { DAY, MINUTE, type Millis } from '../model/time.ts';
import { digestOf } from '../model/token.ts';

/** What has no words is told without them when its file was quiet for this long. */
export const WORDS_WITHIN: Millis = 5 * MINUTE;

/** How the keys of words begin that are told after their update. */
const WORDS = 'words ';
/** Records that an update was told without words of its own. */
const wordlessUpdateKey = (key: string) => `wordless ${key}`;
/** Records that an update was told with the words of another file. */
const copiedKey = ({ key, body }: IncidentUpdate) => `copied ${key} ${digestOf(body).slice(0, 22)}`;

/** The key of the update whose words are told under a key. */
export function withoutWordsMark(key: string): string {
  return key.startsWith(WORDS) ? key.slice(WORDS.length) : key;
}

/** Whether an update says no more than its status. */
export function isWordless({ body, label }: IncidentUpdate): boolean {
  return body.trim() === '' && label === null;
}

/** Whether an update has no words of its own. */
function isBare(update: IncidentUpdate): boolean {
  return update.copied === true || isWordless(update);
}

/**
 * Whether all that is new in a person's incident has no words of its own yet. An end, and work that goes on, do not wait,
 * unless their words are copied: the rest of the file is too.
 */
export function waitsForWords(
  { openedBy, status, scheduled, updates }: Incident,
  isSeen: (update: IncidentUpdate) => boolean,
  now: Millis,
): boolean {
  const news = updates.filter(update => !isSeen(update));
  if (openedBy !== null || news.length === 0) return false;
  // Of what was told before, a person may say the same again.
  const isNew = news.length === updates.length;
  if (isNew && news.every(({ copied }) => copied)) return true;
  if (status === 'resolved' || (scheduled && now >= scheduled.start)) return false;
  const isWaiting = (update: IncidentUpdate) => (isNew ? isBare(update) : isWordless(update));
  return news.every(update => isWaiting(update) && !update.change && update.promised === undefined);
}

interface News extends UpdateRef {
  readonly incident: Incident;
  readonly update: IncidentUpdate;
  readonly quiet: boolean;
}

/**
 * One incident's news, with the words of updates that were told without, as updates, and a record of what is told without.
 * @param has what is recorded, by key
 */
export function withLateWords(
  news: readonly News[],
  incident: Incident,
  has: (key: string) => boolean,
  now: Millis,
): News[] {
  const bare = news.filter(({ quiet, update }) => !quiet && isBare(update));
  const records = bare.flatMap(one => {
    const keys = [wordlessUpdateKey(one.update.key), ...(one.update.copied ? [copiedKey(one.update)] : [])];
    return keys.map(key => ({ ...one, key, quiet: true }));
  });
  const isBegun = incident.updates.some(({ preface, key }) => !preface && has(key));
  const isLate = (update: IncidentUpdate) =>
    has(wordlessUpdateKey(update.key)) &&
    !has(WORDS + update.key) &&
    !has(copiedKey(update)) &&
    !isBare(update) &&
    !(update.preface && isBegun);
  const late = incident.updates.filter(isLate).map((update): News => {
    const quiet = !incident.notify || update.quiet === true || now - update.at > DAY;
    const words = { ...update, announces: 'none' as const };
    return { incidentId: keyOf(incident), key: WORDS + update.key, incident, update: words, quiet };
  });
  return [...news, ...records, ...late];
}
