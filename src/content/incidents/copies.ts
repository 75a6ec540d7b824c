// Copies: files beside each other that tell the same incident (`X copy.md`, a sync conflict, an editor's backup).

import { endedAt } from '../../core/incidents/ending.ts';
import { byRank, byState } from '../../core/incidents/ids.ts';
import { asRead, isSameOutage, sharesComponents } from '../../core/incidents/renamed.ts';
import {
  type Incident,
  type IncidentUpdate,
  isFinal,
  isOpen,
  sourcesOf,
  timeInKey,
} from '../../core/model/incident.ts';
import { memoized } from '../../core/model/memo.ts';
import { errorAt, type Problem } from '../../core/model/problem.ts';
import type { ReadFile } from './scan.ts';

type Good = ReadFile & { readonly good: Incident };

/** What to show of files and their copies. */
interface Shown {
  /** The files that are not shown, with the one that is shown in their place. */
  readonly hidden: ReadonlyMap<ReadFile, ReadFile>;
  /** The copies that are shown in place of their originals, with these: they have their ids. */
  readonly inPlaceOf: ReadonlyMap<ReadFile, ReadFile>;
  /** The incidents of files that were copies, with what they still have of their originals. */
  readonly begun: ReadonlyMap<ReadFile, Incident>;
}

/** The path of each one's original, by its path: of copies, and of files that were copies and are incidents of their own. */
interface KnownCopies {
  readonly copies: ReadonlyMap<string, string>;
  readonly begun: ReadonlyMap<string, string>;
}

export class Copies {
  /** The copies of the last reading, by path: the path of the original, and the copy as it was. */
  #last: ReadonlyMap<string, { readonly of: string; readonly was: ReadFile }> = new Map();
  /** The paths of the others: a file beside one of them is its copy, not the other way round. */
  #originals: ReadonlySet<string> = new Set();
  #begun: KnownCopies['begun'] = new Map();

  /** Takes what an earlier process knew. */
  remember(files: ReadonlyMap<string, ReadFile>, { copies, begun }: KnownCopies): void {
    this.#begun = begun;
    this.#last = new Map(
      [...copies].flatMap(([file, of]) => (files.has(file) ? [[file, { of, was: files.get(file)! }]] : [])),
    );
    this.#originals = new Set([...files.keys()].filter(file => !copies.has(file)));
  }

  /** For `remember`. */
  known(): KnownCopies {
    return { copies: new Map([...this.#last].map(([file, { of }]) => [file, of])), begun: this.#begun };
  }

  /**
   * Which files are shown. One of several that tell the same incident is: the original, unless it is over and a copy is
   * open, or a copy says more, so nothing is green by luck. An edited copy is an incident of its own once it is none by
   * its contents; while it stands as it was, its original may be corrected.
   */
  among(files: readonly ReadFile[]): Shown {
    const read = files.filter(isRead);
    const copies = this.#left(read);
    const begunNow: [string, string][] = [];
    for (const group of groupsOf(read)) {
      const shown: Good[] = [];
      for (const file of group.sort((a, b) => this.#byAge(a, b) || byNews(a, b))) {
        if (copies.has(file)) continue;
        const alike = shown.filter(one => isCopy(one.good, file.good));
        const other = alike.find(one => !this.#isBegunFrom(one, file) && !this.#isBegunFrom(file, one));
        if (other) copies.set(file, other);
        else shown.push(file);
        if (!other && alike[0] && isOpen(file.good)) begunNow.push([file.file, alike[0].file]);
      }
    }
    // The original may be a copy itself.
    for (const [copy, of] of copies) copies.set(copy, copies.get(of) ?? of);
    const left = new Map(read.filter(one => !copies.has(one)).map(one => [one.file, one]));
    const were = this.known();
    const saved = savedFrom([...left.values()], this.#isNew);
    this.#begun = new Map(
      [...saved, ...were.begun, ...were.copies, ...begunNow].filter(
        ([file, of]) => left.has(file) && left.has(of),
      ),
    );
    const begun = [...this.#begun].map(([file, of]) => [left.get(file)!, left.get(of)!] as const);
    this.#last = new Map([...copies].map(([copy, { file }]) => [copy.file, { of: file, was: copy }]));
    this.#originals = new Set(left.keys());
    return {
      ...shownOf(copies),
      begun: new Map(begun.map(([file, of]) => [file, withCopied(file.good, of.good)])),
    };
  }

  readonly #isNew = ({ file }: Good): boolean => !this.#originals.has(file);

  #byAge(a: Good, b: Good): number {
    return Number(this.#isNew(a)) - Number(this.#isNew(b));
  }

  /** The copies that are as they were, though their original may have been corrected. */
  #left(files: readonly Good[]): Map<Good, Good> {
    const byPath = new Map(files.map(file => [file.file, file]));
    const left = new Map<Good, Good>();
    for (const [file, { of, was }] of this.#last) {
      const [copy, original] = [byPath.get(file), byPath.get(of)];
      if (copy && original && copy.goodText === was.goodText && isOneCorrected(copy.good, original.good))
        left.set(copy, original);
    }
    return left;
  }

  /**
   * Whether a copy of an incident that is over is open, and begins another one: it was edited, or is seen open first. With a
   * program's name for copies (`X copy.md`, a sync conflict) it is the old one, as somebody else left it.
   */
  #isBegunFrom(original: Good, copy: Good): boolean {
    if (!isOpen(copy.good) || isOpen(original.good)) return false;
    const last = this.#last.get(copy.file);
    if (last) return last.of === original.file && last.was.good !== null && !isOpen(last.was.good);
    const isKnown = this.#begun.get(copy.file) === original.file;
    const isFirst = this.#isNew(copy) && !this.#isNew(original) && !copy.id.startsWith(original.id);
    return isKnown || isFirst;
  }
}

/** The files that may tell the same incident. */
function groupsOf(files: readonly Good[]): Good[][] {
  const groups = new Map<string, Good[]>();
  for (const file of files) {
    const { started, title } = file.good;
    for (const name of [title, ...sourcesOf(file.good)]) {
      const group = groups.get(`${started} ${name}`);
      if (group) group.push(file);
      else groups.set(`${started} ${name}`, [file]);
    }
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

function isRead(file: ReadFile): file is Good {
  return file.good !== null;
}

function shownOf(copies: ReadonlyMap<Good, Good>): Pick<Shown, 'hidden' | 'inPlaceOf'> {
  const hidden = new Map<ReadFile, ReadFile>();
  const inPlaceOf = new Map<ReadFile, ReadFile>();
  for (const original of new Set(copies.values())) {
    const all = [original, ...[...copies.keys()].filter(copy => copies.get(copy) === original)];
    const [shown, ...others] = all.sort(byWords) as [Good, ...Good[]];
    for (const other of others) hidden.set(other, shown);
    if (shown !== original) inPlaceOf.set(shown, original);
  }
  return { hidden, inPlaceOf };
}

function byWords(a: Good, b: Good): number {
  const isOpenToo = Number(isOpen(b.good)) - Number(isOpen(a.good));
  return isOpenToo || b.good.updates.length - a.good.updates.length;
}

/** Where no file is known to be the original. */
function byNews(a: Good, b: Good): number {
  return byWords(a, b) || byState(a, b) || a.file.length - b.file.length || byRank(a, b);
}

function factsOf(incident: Incident): string {
  return JSON.stringify([incident.components, incident.scheduled, incident.rrule, sourcesOf(incident)]);
}

/**
 * Whether files with one title or source, and one start, tell the same incident: by the source; or by the title with their
 * components, plan and sources, and at least half of the updates of the shorter one. As one of them is edited or ended,
 * they stay the same.
 */
function isCopy(one: Incident, other: Incident): boolean {
  const [a, b] = [asRead(one), asRead(other)];
  if (isSameOutage(a, b) && sharesComponents(a, b)) return true;
  if (one.title !== other.title) return false;
  if (factsOf(one) !== factsOf(other)) return false;
  const [said, told] = [one, other].map(
    ({ updates }) => new Set(updates.map(({ key, label, body }) => `${key} ${label} ${body}`)),
  ) as [Set<string>, Set<string>];
  const same = [...said].filter(update => told.has(update)).length;
  return same * 2 >= Math.min(said.size, told.size);
}

/** Whether one may be the other, corrected. With another title, start and components, its file was used again. */
function isOneCorrected(one: Incident, other: Incident): boolean {
  return one.title === other.title || one.started === other.started || factsOf(one) === factsOf(other);
}

/**
 * The original of each new file that was saved from another one: all its words stand there, at the same times of day. By an
 * index: thousands of new files may come at once.
 */
function savedFrom(files: readonly Good[], isNew: (file: Good) => boolean): [string, string][] {
  const fresh = files.filter(file => isNew(file) && file.good.scheduled === null);
  const byWords = new Map<string, Good[]>();
  for (const file of fresh.length > 0 ? files : []) {
    if (!isNew(file))
      for (const words of wordsOf(file)) byWords.set(words, [...(byWords.get(words) ?? []), file]);
  }
  return fresh.flatMap((file): [string, string][] => {
    const [first, ...others] = [...wordsOf(file)];
    const has = (one: Good) => others.every(words => byWords.get(words)?.includes(one));
    const original = first === undefined ? undefined : byWords.get(first)?.find(has);
    return original ? [[file.file, original.file]] : [];
  });
}

/** The words of an incident's updates, each with its time of day. */
function wordsOf({ good }: Good): Set<string> {
  const worded = good.updates.filter(({ body }) => body !== '');
  return new Set(worded.map(({ key, body }) => `${timeInKey(key).slice('2026-03-10T'.length)} ${body}`));
}

const marked = new WeakMap<Incident, { readonly original: Incident; readonly one: Incident }>();

/**
 * The incident of a file that was a copy of another one, with its updates marked that are that one's: by their words, or,
 * while title and start are, all. The same object for the same values.
 */
function withCopied(incident: Incident, original: Incident): Incident {
  const words = new Set(original.updates.map(({ body }) => body).filter(body => body !== ''));
  const isSame = incident.title === original.title && incident.started === original.started;
  const isCopied = ({ body }: IncidentUpdate) => isSame || words.has(body);
  if (!incident.updates.some(isCopied)) return incident;
  const known = marked.get(incident);
  if (known?.original === original) return known.one;
  const updates = incident.updates.map(one => (isCopied(one) ? { ...one, copied: true as const } : one));
  const one = { ...incident, updates };
  marked.set(incident, { original, one });
  return one;
}

const renamed = new WeakMap<Incident, Incident>();

/** The incident of a file under the id of its original. The same object for the same values. */
export function underIdOf({ id }: ReadFile, incident: Incident): Incident {
  const known = renamed.get(incident);
  if (known?.id === id) return known;
  const one = { ...incident, id };
  renamed.set(incident, one);
  return one;
}

const doubted = memoized((incident: Incident): Incident => ({ ...incident, endedBeside: true }));

/**
 * The incident of a file, marked if it goes on though a file that is not shown for it says that it is over: one with its
 * id, or a copy. What it says after that end is about a new outage: no mark. The same object for the same values.
 */
export function besideEnded(
  incident: Incident,
  file: ReadFile,
  alike: readonly ReadFile[],
  hidden: Shown['hidden'],
): Incident {
  if (isFinal(incident.status) || alike.length + hidden.size === 1) return incident;
  const newest = incident.updates.at(-1)!.at;
  const isEnded = ({ good }: ReadFile) =>
    good !== null && isFinal(good.status) && newest <= (endedAt(good) ?? newest);
  const isOfId = (other: ReadFile) => other.id === file.id && isEnded(other);
  const isBeside = ([other, shown]: readonly [ReadFile, ReadFile]) => shown === file && isEnded(other);
  return alike.some(isOfId) || [...hidden].some(isBeside) ? doubted(incident) : incident;
}

/** The problem that `file` is not shown because `shown` tells the same. */
export function copyProblem({ file }: ReadFile, shown: ReadFile): Problem {
  const why = shown.good && isOpen(shown.good) ? ' (it is open)' : '';
  const what = `it tells the same incident as ${shown.file}; that one is shown${why}`;
  return errorAt(
    file,
    what,
    'delete the one that is not needed; two incidents need two titles, and an outage of a check is one',
  );
}
