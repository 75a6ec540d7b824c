// Renamed: which incident, whose file is gone, a new file tells under another name, and perhaps in other words.
import { type Incident, timeInKey } from '../model/incident.ts';
import { ALIKE, type KnownIncident, likeness, newRecord, recognise } from './identity.ts';

/** The record of an incident as its file says, without what was known before. */
export function asRead(incident: Incident): KnownIncident {
  return recognise(newRecord(incident.id), incident).record;
}

/** When a file went: as the new one came; a moment before; in the same commits, whenever they were made; or before. */
export type Went = 'with it' | 'just now' | 'in the same commits' | 'earlier';

type Fits = (gone: KnownIncident, file: KnownIncident, incident: Incident, went: Went) => boolean;

/** A machine's file under the name of one that is gone, about the same outage: filed again, with less in it. */
const isFiledAgain: Fits = (gone, file, { openedBy }) =>
  openedBy !== null &&
  gone.id === file.id &&
  file.updates.some(({ as }) => gone.updates.some(one => timeInKey(one.as) === timeInKey(as)));

const startsWith = ({ front: a }: KnownIncident, { front: b }: KnownIncident) =>
  a?.started === b?.started && (a?.plan ?? null) === (b?.plan ?? null);

const sharesSource = (gone: KnownIncident, { sources = [] }: KnownIncident) =>
  sources.some(one => gone.sources?.includes(one));

/** Whether two files are about one outage of a source. */
export function isSameOutage(gone: KnownIncident, file: KnownIncident): boolean {
  return startsWith(gone, file) && sharesSource(gone, file);
}

const hasSameTitle: Fits = (gone, file) => startsWith(gone, file) && gone.front?.title === file.front?.title;

/** Half of the updates agree in time and words, or, of a person's file, in words alone. */
const hasSameWords: Fits = (gone, file, { openedBy }, went) => {
  const [before, after] = [gone.front, file.front!];
  const agrees =
    before?.started === after.started || (before?.title === after.title && (!before.isOver || after.isOver));
  const mayMatchByWords = (went === 'with it' || went === 'just now') && openedBy === null && agrees;
  // An end without a section has the words of the title, and no time.
  const told = gone.updates.filter(({ as }) => timeInKey(as) !== 'closed');
  const kept = told.filter(one =>
    file.updates.some(
      ({ as, words }) =>
        (timeInKey(as) === timeInKey(one.as) && likeness(words, one.words) >= ALIKE) ||
        (mayMatchByWords && words === one.words),
    ),
  );
  return kept.length > 0 && kept.length * 2 >= told.length;
};

/** All words and the title may be others. */
const beginsAlike: Fits = (gone, file, _, went) => {
  const [a, b] = [gone, file].map(({ updates }) => timeInKey(updates[0]?.as ?? ''));
  const isOneChange = went === 'with it' || went === 'in the same commits';
  return isOneChange && startsWith(gone, file) && a === b && sharesComponents(gone, file);
};

/** Whether both may affect one component, by those that they name; naming none may mean each. */
export function sharesComponents({ front: a }: KnownIncident, { front: b }: KnownIncident): boolean {
  const [before, after] = [a?.named, b?.named];
  if (before === undefined || after === undefined) return false;
  if (before === null || after === null || before.length + after.length === 0) return true;
  return before.some(id => after.includes(id));
}

/** Outages that begin in one second read alike. */
const unlessOfOthers =
  (fits: Fits): Fits =>
  (gone, file, ...more) => {
    const areOthers = gone.sources?.length && file.sources?.length && !sharesSource(gone, file);
    return !areOthers && fits(gone, file, ...more);
  };

/** The surest first. */
const RULES: readonly Fits[] = [
  ({ id, former }, _, { aliases = [] }) => aliases.some(name => name === id || former.includes(name)),
  ...[isFiledAgain, isSameOutage, hasSameWords, hasSameTitle, beginsAlike].map(unlessOfOthers),
];

/**
 * The incidents of files that are gone which new files tell, under other names: each once, and what fits best first. A new
 * file is one that is gone if `aliases` say so, or if these agree:
 *
 * | what                                  | and it is written by | and the old file was there  | and these agree                          |
 * | ------------------------------------- | -------------------- | --------------------------- | ---------------------------------------- |
 * | name, the time of an update           | a machine            | at any time                 |                                          |
 * | start, a source in `opened_by`        | a machine            | at any time                 |                                          |
 * | half of the updates: time, like words | anybody              | at any time                 |                                          |
 * | half of the updates: the same words   | a person             | a moment ago                | the start                                |
 * | half of the updates: the same words   | a person             | a moment ago                | the title; it was open, or both are over |
 * | start, title                          | anybody              | at any time                 |                                          |
 * | start, time of the first update       | anybody              | until the new one came      | a component                              |
 *
 * Words alone are a template's. A machine's words are the same for each of its incidents. Two files with
 * sources must share one, and the start includes the times of a plan.
 * @param gone the last one gone first: there may be copies
 */
export function renamedFrom<Known extends KnownIncident>(
  gone: readonly Known[],
  files: readonly Incident[],
  went: (one: Known) => Went,
): ReadonlyMap<Incident, Known> {
  const found = new Map<Incident, Known>();
  if (gone.length === 0 || files.length === 0) return found;
  const byMark = new Map<string, number[]>();
  for (const [place, one] of gone.entries()) {
    for (const mark of marksOf(one)) {
      const places = byMark.get(mark);
      if (places) places.push(place);
      else byMark.set(mark, [place]);
    }
  }
  const free = new Set(gone);
  const among = files.map(incident => {
    const file = asRead(incident);
    const marks = [...marksOf(file), ...(incident.aliases ?? [])];
    const places = new Set(marks.flatMap(mark => byMark.get(mark) ?? []));
    return { incident, file, some: [...places].sort((a, b) => a - b).map(place => gone[place]!) };
  });
  for (const fits of RULES) {
    for (const { incident, file, some } of among) {
      const isFit = (one: Known) => free.has(one) && fits(one, file, incident, went(one));
      const one = found.has(incident) ? undefined : some.find(isFit);
      if (!one) continue;
      found.set(incident, one);
      free.delete(one);
    }
  }
  return found;
}

/** Every rule needs one of these to agree: thousands of files may be new, and thousands gone. */
function marksOf({ id, former, front, updates }: KnownIncident): string[] {
  const times = updates.map(({ as }) => timeInKey(as));
  return [id, ...former, `${front?.started}`, `: ${front?.title}`, ...new Set(times)];
}
