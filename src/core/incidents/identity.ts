// Identity: which updates and incidents are those already known, whatever was corrected: a time, words, a file's name.
import { createHash } from 'node:crypto';
import { type Incident, type IncidentUpdate, sourcesOf, timeInKey, updateKey } from '../model/incident.ts';
import { DAY, type Millis } from '../model/time.ts';
import { asStanding } from './standing-status.ts';

/** An update as last read. */
export interface KnownUpdate {
  /** The key it keeps. */
  readonly key: string;
  /** The key its file would give it: the time in its heading, and its number within that time. */
  readonly as: string;
  /** The update's words (`wordsOf`). */
  readonly words: string;
}

/** An incident as last read. */
export interface KnownIncident {
  /** The name it keeps: the first id it had. */
  readonly key: string;
  readonly id: string;
  /** The ids it had before. */
  readonly former: readonly string[];
  readonly updates: readonly KnownUpdate[];
  /** Updates no longer in the file: they may come back. */
  readonly gone: readonly KnownUpdate[];
  /** The sources in its `opened_by`; undefined in a record of an earlier version. */
  readonly sources?: readonly string[];
  /** What its front matter said; undefined in a record of an earlier version, as are the times of a plan and the components named. */
  readonly front?: {
    readonly title: string;
    readonly started: Millis;
    readonly isOver: boolean;
    readonly plan?: string | null;
    readonly named?: readonly string[] | null;
  };
}

/** Updates kept after they left the file: an editor may save a file that is half empty, then the whole again. */
const MAX_GONE = 100;
/** Fewer characters say nothing of their own: a machine may say "API recovered." again. */
const TELLING = 30;
/** Characters compared. */
const COMPARED = 160;
/** After a correction, words are so much alike (`likeness`). */
export const ALIKE = 0.6;
/** And those of a section that comes back at its own time. */
const AKIN = 0.45;
/** More pairs than this are not compared. */
const MAX_PAIRS = 2500;

/** Returns an update's words, cut and with a digest if they are long. */
function wordsOf({ title }: Pick<Incident, 'title'>, { body, label, status }: IncidentUpdate): string {
  const text = body.replace(/\s+/g, ' ').trim() || (label ?? `${status}: ${title}`);
  if (text.length <= COMPARED) return text;
  return `${text.slice(0, COMPARED)}#${createHash('sha256').update(text).digest('base64url').slice(0, 12)}`;
}

/** The record of an incident that is read for the first time, under the name `key`. */
export function newRecord(id: string, key = id): KnownIncident {
  return { key, id, former: [], updates: [], gone: [] };
}

/**
 * An incident with the names it keeps, by the record of its last reading, and the record of this one. Both are the same
 * objects if nothing changed.
 */
export function recognise<Kind extends Incident>(
  known: KnownIncident,
  incident: Kind,
): { readonly named: Kind; readonly record: KnownIncident } {
  const { id, updates: read, aliases = [] } = incident;
  const said = saidIn(incident);
  const sources = sourcesOf(incident);
  const front = frontOf(incident);
  const isSame =
    known.id === id &&
    JSON.stringify(front) === JSON.stringify(known.front) &&
    sources.join() === known.sources?.join() &&
    said.length === known.updates.length &&
    known.updates.every(({ as, words }, index) => as === said[index]!.as && words === said[index]!.words);
  const record = isSame ? known : { ...recordOf(known, id, said), sources, front };
  const isNew = (key: string) => ![...known.updates, ...known.gone].some(one => one.key === key);
  const updates: IncidentUpdate[] = [];
  for (const [index, update] of read.entries()) {
    const { key } = record.updates[index]!;
    const one = key === update.key ? update : { ...update, key };
    updates.push(one.held && isNew(key) ? asWords(one, incident, updates) : one);
  }
  const former = [...new Set([...aliases, ...record.former])];
  const isPlain = updates.every((update, index) => update === read[index]);
  if (isPlain && known.key === id && former.length === aliases.length) return { named: incident, record };
  const named = {
    ...incident,
    ...(isPlain ? {} : { updates }),
    ...(known.key === id ? {} : { key: known.key }),
    ...(former.length === 0 ? {} : { aliases: former }),
  };
  return { named: asStanding(named), record };
}

/** An update that changes nothing: it has the status of the one before, and its own is a word. */
function asWords(
  { change: _, promised: __, ...update }: IncidentUpdate,
  { status: front, scheduled }: Incident,
  before: readonly IncidentUpdate[],
): IncidentUpdate {
  // The front matter says so, and that counts.
  if (update.status === front && !update.early && (front === 'resolved' || front === 'completed'))
    return update;
  const first = scheduled ? ('scheduled' as const) : ('investigating' as const);
  const status = before.findLast(({ stray }) => !stray)?.status ?? first;
  const word = update.status.charAt(0).toUpperCase() + update.status.slice(1).replace('_', ' ');
  return { ...update, status, label: update.label ?? (update.inherits ? null : word) };
}

function recordOf(known: KnownIncident, id: string, said: readonly UpdateWords[]): KnownIncident {
  const found = matched(known, said);
  const used = new Set([...known.updates, ...known.gone].map(({ key }) => key));
  const updates = said.map((one): KnownUpdate => {
    const key = found.get(one)?.key ?? unused(one.as, used);
    used.add(key);
    return { key, as: one.as, words: one.words };
  });
  const there = new Set(updates.map(({ key }) => key));
  const gone = [...known.gone, ...known.updates].filter(({ key }) => !there.has(key)).slice(-MAX_GONE);
  const former = [...new Set([...known.former, known.id])].filter(one => one !== id);
  return { key: known.key, id, former, updates, gone };
}

function frontOf(incident: Incident): NonNullable<KnownIncident['front']> {
  const { title, started, resolved, scheduled } = incident;
  const plan = scheduled && `${scheduled.start} ${scheduled.end}`;
  const named = incident.components?.map(({ id }) => id) ?? null;
  return { title, started, isOver: resolved !== null, plan, named };
}

/**
 * Whether a person used a file again for another incident: it is news, begins after all that is known of the file, and
 * goes on though that was over, or is more than a day later.
 */
export function isUsedAgain({ front, updates }: KnownIncident, incident: Incident, now: Millis): boolean {
  const { started, resolved, scheduled, openedBy } = incident;
  if (!front || scheduled || openedBy !== null || now - started > DAY) return false;
  const times = updates.flatMap(({ key, as }) => [Date.parse(timeInKey(key)), Date.parse(timeInKey(as))]);
  const last = Math.max(front.started, ...times.filter(time => !Number.isNaN(time)));
  return started > last + (front.isOver && resolved === null ? 0 : DAY);
}

interface UpdateWords extends Pick<KnownUpdate, 'as' | 'words'> {
  /** A machine may have written it: its words are nearly the same each time. */
  readonly mayBeFiled: boolean;
}

function saidIn(incident: Incident): UpdateWords[] {
  return incident.updates.map(update => ({
    as: update.key,
    words: wordsOf(incident, update),
    // It writes the date.
    mayBeFiled: incident.openedBy !== null && !update.undated,
  }));
}

/**
 * The known update that each update is. First those that read the same, then those with the same words, with the same
 * time, with nearly the same words, then those that were taken out and come back, and last those at the same place between
 * known neighbours.
 */
function matched(
  { updates, gone: all }: KnownIncident,
  said: readonly UpdateWords[],
): ReadonlyMap<UpdateWords, KnownUpdate> {
  // An end without a section was taken out when it went on: the next one is another.
  const gone = all.filter(({ as }) => timeInKey(as) !== 'closed');
  const found = new Map<UpdateWords, KnownUpdate>();
  const taken = new Set<KnownUpdate>();
  const take = (one: UpdateWords, other: KnownUpdate) => {
    found.set(one, other);
    taken.add(other);
  };
  const unmatched = () => said.filter(one => !found.has(one));
  const free = (among: readonly KnownUpdate[]) => among.filter(one => !taken.has(one));
  const pair = (
    among: readonly KnownUpdate[],
    nameOf: (one: Pick<KnownUpdate, 'as' | 'words'>) => string,
  ) => {
    const named = new Map<string, KnownUpdate[]>();
    for (const one of free(among)) named.set(nameOf(one), [...(named.get(nameOf(one)) ?? []), one]);
    for (const one of unmatched()) {
      const match = named.get(nameOf(one))?.shift();
      if (match) take(one, match);
    }
  };
  pair([...updates, ...gone], ({ as, words }) => `${as} ${words}`);
  pair([...updates, ...gone], ({ as, words }) => `${timeInKey(as)} ${words}`);
  pair(updates, ({ words }) => words);
  const telling = gone.filter(({ words }) => words.length >= TELLING);
  pair(telling, ({ words }) => words);
  const corrected = (
    among: readonly KnownUpdate[],
    isNear: (one: UpdateWords, other: KnownUpdate) => boolean,
    likeEnough = ALIKE,
  ) => {
    if (unmatched().length * free(among).length > MAX_PAIRS) return;
    for (const one of unmatched()) {
      const [best] = free(among)
        .filter(other => isNear(one, other) && likeness(one.words, other.words) >= likeEnough)
        .sort((a, b) => likeness(one.words, b.words) - likeness(one.words, a.words));
      if (best) take(one, best);
    }
  };
  const isSameTime = (one: UpdateWords, other: KnownUpdate) => timeInKey(one.as) === timeInKey(other.as);
  corrected(updates, isSameTime);
  corrected(updates, () => true);
  pair(updates, ({ as }) => as);
  pair(updates, ({ as }) => timeInKey(as));
  corrected(gone, (one, other) => !one.mayBeFiled && isSameTime(one, other), AKIN);
  corrected(gone, ({ mayBeFiled }) => !mayBeFiled);
  for (const [one, other] of placed(said, updates, found)) take(one, other);
  return found;
}

/**
 * Pairs what is left by its place: as many updates as there were between the same two neighbours. After the last one
 * there is no neighbour: an update there is new.
 */
function placed(
  said: readonly UpdateWords[],
  known: readonly KnownUpdate[],
  found: ReadonlyMap<UpdateWords, KnownUpdate>,
): readonly (readonly [UpdateWords, KnownUpdate])[] {
  const pairs: (readonly [UpdateWords, KnownUpdate])[] = [];
  const places = new Map(said.map((one, at) => [found.get(one), at]));
  let from = 0;
  let before: KnownUpdate[] = [];
  for (const one of known) {
    const at = places.get(one);
    if (at === undefined) {
      before.push(one);
      continue;
    }
    const between = said.slice(from, Math.max(from, at)).filter(other => !found.has(other));
    if (between.length === before.length)
      pairs.push(...between.map((other, index) => [other, before[index]!] as const));
    before = [];
    from = Math.max(from, at + 1);
  }
  return pairs;
}

/** The key that a new update gets: its own, or the next number that is free. */
function unused(key: string, used: ReadonlySet<string>): string {
  let free = key;
  for (let number = 1; used.has(free); number++) free = updateKey(timeInKey(key), number);
  return free;
}

/** From 0 to 1: how many groups of three characters are in both. */
export function likeness(one: string, other: string): number {
  if (one === other) return 1;
  const [a, b] = [triplesOf(one), triplesOf(other)];
  return (2 * [...a].filter(triple => b.has(triple)).length) / (a.size + b.size);
}

function triplesOf(words: string): ReadonlySet<string> {
  const text = ` ${words.slice(0, COMPARED).toLowerCase()} `;
  return new Set(Array.from({ length: text.length - 2 }, (_, at) => text.slice(at, at + 3)));
}
