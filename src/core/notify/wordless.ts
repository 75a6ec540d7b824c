// Without words: what is saved before its words waits for them. If it is told without, they are told when they come.
import { type Incident, type IncidentUpdate, keyOf, type UpdateRef } from '../model/incident.ts';
import { DAY, MINUTE, type Millis } from '../model/time.ts';

/** What has no words is told without them when its file was quiet for this long. */
export const WORDS_WITHIN: Millis = 5 * MINUTE;

/** How the keys of words begin that are told after their update. */
const WORDS = 'words ';
/** Records that an update was told without words. */
const wordlessUpdateKey = (key: string) => `wordless ${key}`;

/** The key of the update whose words are told under a key. */
export function withoutWordsMark(key: string): string {
  return key.startsWith(WORDS) ? key.slice(WORDS.length) : key;
}

/** Whether an update says no more than its status. */
export function isWordless({ body, label }: IncidentUpdate): boolean {
  return body.trim() === '' && label === null;
}

/** Whether all that is new in a person's incident has no words yet. An end, and work that goes on, do not wait. */
export function waitsForWords(
  { openedBy, status, scheduled, updates }: Incident,
  isSeen: (update: IncidentUpdate) => boolean,
  now: Millis,
): boolean {
  if (openedBy !== null || status === 'resolved' || (scheduled && now >= scheduled.start)) return false;
  const isBare = (update: IncidentUpdate) =>
    isWordless(update) && !update.change && update.promised === undefined;
  const news = updates.filter(update => !isSeen(update));
  return news.length > 0 && news.every(isBare);
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
  const bare = news.filter(({ quiet, update }) => !quiet && isWordless(update));
  const records = bare.map(one => ({ ...one, key: wordlessUpdateKey(one.update.key), quiet: true }));
  const isBegun = incident.updates.some(({ preface, key }) => !preface && has(key));
  const isLate = (update: IncidentUpdate) =>
    has(wordlessUpdateKey(update.key)) &&
    !has(WORDS + update.key) &&
    !isWordless(update) &&
    !(update.preface && isBegun);
  const late = incident.updates.filter(isLate).map((update): News => {
    const quiet = !incident.notify || update.quiet === true || now - update.at > DAY;
    const words = { ...update, announces: 'none' as const };
    return { incidentId: keyOf(incident), key: WORDS + update.key, incident, update: words, quiet };
  });
  return [...news, ...records, ...late];
}
