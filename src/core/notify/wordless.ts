// Without words: what is saved before its words, or with those of the file it was copied from, waits for them. If it is
// told without, they are told when they come.
import {
  beginningOf,
  type Incident,
  type IncidentUpdate,
  isFinal,
  keyOf,
  type UpdateRef,
} from '../model/incident.ts';
import { DAY, MINUTE, type Millis } from '../model/time.ts';
import { digestOf } from '../model/token.ts';
import { filedKey } from './filed-words.ts';

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
 * What is to be told of an incident while its file may still be written in; null: nothing yet. What waits for its words is
 * left out: all that a person added, if none of it has words of its own. An end, and work that goes on, do not wait, unless
 * their words are copied: the rest of the file is too. What a machine files meanwhile does not wait.
 * @param has what is recorded, by key
 */
export function withoutWaiting(
  incident: Incident,
  has: (key: string) => boolean,
  now: Millis,
): Incident | null {
  const { openedBy, status, scheduled, updates, gathering } = incident;
  if (gathering)
    return {
      ...incident,
      gathering: { filed: gathering.filed && withoutWaiting(gathering.filed, has, now) },
    };
  const isMachines = (update: IncidentUpdate) =>
    openedBy !== null && (has(filedKey(update.body)) || update === beginningOf(incident));
  const news = updates.filter(update => !has(update.key) && !isMachines(update));
  if (news.length === 0) return incident;
  // Of what was told before, a person may say the same again.
  const isNew = news.length === updates.length;
  if (isNew && news.every(({ copied }) => copied)) return null;
  if (isFinal(status) || (scheduled && now >= scheduled.start)) return incident;
  const isWaiting = (update: IncidentUpdate) => (isNew ? isBare(update) : isWordless(update));
  if (!news.every(update => isWaiting(update) && !update.change && update.promised === undefined))
    return incident;
  const rest = updates.filter(update => !news.includes(update));
  return rest.every(({ key }) => has(key)) ? null : { ...incident, updates: rest };
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
