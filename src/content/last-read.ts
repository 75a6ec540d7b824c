// What was last read: the incident files, and whether what is gone of them was deleted or is only missing.
import { access, lstat } from 'node:fs/promises';
import path from 'node:path';
import { isOpen } from '../core/model/incident.ts';
import type { Problem } from '../core/model/problem.ts';
import { type GoodFile, type IncidentFiles, type Missing, makeShelf } from './file-cache.ts';
import { isIncidentName, type Place } from './listing.ts';
import { missingProblem, NOT_BACK, openDeletedInGit, whyMissing } from './missing.ts';
import { type Entry, rememberedEntry, type Scan } from './scan.ts';

export interface Memory {
  /** What is known of a file, by path. */
  get(file: string): Entry | undefined;
  /**
   * What an earlier process knew, by path below the folder; which folders that were (`identity`), and whether
   * something was missing.
   */
  remember(texts: ReadonlyMap<string, string>, identity: string | null, wasMissing: boolean): void;
  /** Which folders the files were last read from, for `remember`; null while there was none. */
  identity(): string | null;
  /** The folders with incidents, by path below the folder (itself: ""), and which each is (`identityOf`). */
  folders(): ReadonlyMap<string, string | null>;
  /** Whether that file is missing. */
  isMissing(file: string): boolean;
  /** Takes what single files are now; whether anything changed, or null: one is gone, or lies in a folder not yet known. */
  take(found: ReadonlyMap<string, Entry | null>): boolean | null;
  /** Takes all as it is now; whether anything changed. */
  judge(scan: Scan): Promise<boolean>;
  /** Lets the next judgement drop what is missing. */
  forget(): void;
  /** Lets the next judgement ask git at once. */
  askGitAgain(): void;
  view(): IncidentFiles;
  /** What is missing; null while nothing is. */
  missing(): Missing | null;
  /** Every file's last good version; the same list while nothing changed. */
  good(): readonly GoodFile[];
}

/** A folder on its way out loses its files first, one by one. */
const GOES_WITHIN_MS = 1000;
/** Between two questions to git, each a process, while the folder is missing. */
const ASK_GIT_MS = 5000;

/** Why a file that is gone stays, and in which folder the reason lies. */
interface Away {
  readonly folder: string;
  readonly why: string;
  /** The folder itself may have been emptied, so that its coming back does not bring the file back. */
  readonly emptied: boolean;
}
const NOT_BACK_YET: Away = { folder: '', why: NOT_BACK, emptied: true };

export function openMemory(
  folder: string,
  siteFile: string,
  variables: Readonly<Record<string, string | undefined>>,
): Memory {
  const shelf = makeShelf(folder);
  const deletedInGit = openDeletedInGit(folder, siteFile, variables);
  let folders: ReadonlyMap<string, string | null> = new Map();
  let missing: Missing | null = null;
  let away: ReadonlyMap<string, Away> = new Map();
  /** Whether there ever was a status.yaml beside the folder. */
  let wasSited = false;
  let remembered: ReadonlyMap<string, Entry> = new Map();
  let wasMissing = false;
  /** Files that went a moment ago. */
  let leaving: readonly { readonly entry: Entry; readonly at: number }[] = [];
  let forgetting = false;
  let askedGitAt = Number.NEGATIVE_INFINITY;

  const foldersOf = (file: string) => {
    const parts = path.relative(folder, file).split(path.sep);
    return parts.map((_, depth) => parts.slice(0, depth).join(path.sep));
  };
  const isSiteGone = async () => {
    const isThere = await isAt(access(siteFile));
    wasSited ||= isThere;
    return wasSited && !isThere;
  };
  const young = () => leaving.filter(({ at }) => performance.now() - at < GOES_WITHIN_MS);

  /** Which of the files that are gone stay. */
  async function assess(gone: readonly Entry[], { files, folders: seen }: Scan, siteGone: boolean) {
    const filled = new Set([...files.keys()].flatMap(foldersOf));
    const readable = new Set([...files.values()].flatMap(({ file, good }) => (good ? foldersOf(file) : [])));
    const places = new Map(seen);
    for (const name of new Set(gone.flatMap(({ file }) => foldersOf(file)))) {
      if (!places.has(name)) places.set(name, await placeOf(path.join(folder, name)));
    }
    // A folder that somebody deletes is no loss, unless something in it is not over.
    const isDeletable = (name: string, entry: Entry) =>
      name !== '' && places.get(name)?.code === 'ENOENT' && !isUnfinished(entry);
    const losing = new Set(
      gone.flatMap(entry => foldersOf(entry.file).filter(name => !isDeletable(name, entry))),
    );
    const isAnother = (name: string) => places.get(name)?.identity !== (folders.get(name) ?? null);
    const why = (name: string) => {
      const { code, identity } = places.get(name) as Place;
      const look = { code, identity, empty: !readable.has(name), less: losing.has(name) };
      return whyMissing({ ...look, siteGone: siteGone && name === '' }, folders.get(name) ?? null);
    };
    const whys = new Map([...places.keys()].map(name => [name, why(name)]));
    const isPending = missing !== null || wasMissing;
    const reasonOf = (entry: Entry): Away | null => {
      for (const name of foldersOf(entry.file)) {
        const reason = whys.get(name);
        if (reason && !isDeletable(name, entry)) {
          const emptied = away.get(entry.file)?.emptied || (siteGone && places.get(name)?.code === null);
          return { folder: name, why: reason, emptied };
        }
        // Replaced in one step by one that holds other files: that is a change. Not so while something is missing.
        if (isAnother(name) && places.get(name)?.code === null) {
          if (isPending) return NOT_BACK_YET;
          break;
        }
      }
      const last = away.get(entry.file);
      // The very folder is back, and the file was deleted from it meanwhile.
      if (last && !last.emptied && places.get(last.folder)?.code === null) return null;
      return last || wasMissing ? NOT_BACK_YET : null;
    };
    const staying = new Map<string, Away>();
    for (const entry of gone) {
      const reason = reasonOf(entry);
      if (reason) staying.set(entry.file, reason);
    }
    // What stands in a folder's place is not that folder, whatever lies in it.
    const own = new Set([...filled].filter(name => !whys.get(name)));
    return { staying, filled: own, places, rootWhy: whys.get('') ?? null };
  }

  /** Which of these, gone from the disk, somebody deleted. */
  async function deletedOf(files: readonly string[], siteGone: boolean): Promise<ReadonlySet<string>> {
    if (forgetting || files.length === 0) return new Set(files);
    const now = performance.now();
    const isNew = files.some(file => !away.has(file));
    if (!isNew && now - askedGitAt < ASK_GIT_MS) return new Set();
    askedGitAt = now;
    const names = await deletedInGit(
      files.map(file => path.relative(folder, file)),
      siteGone,
    );
    return new Set(names.map(name => path.join(folder, name)));
  }

  async function judge(scan: Scan): Promise<boolean> {
    const { files } = scan;
    const before = JSON.stringify(missing?.problems);
    const siteGone = await isSiteGone();
    leaving = young();
    const known = new Map([
      ...remembered,
      ...leaving.map(({ entry }) => [entry.file, entry] as const),
      ...shelf.entries,
    ]);
    const gone = goneOf(known, files);
    let found = await assess(gone, scan, siteGone);
    const deleted = await deletedOf([...found.staying.keys()], siteGone);
    if (deleted.size > 0) {
      const left = gone.filter(({ file }) => !deleted.has(file));
      found = await assess(left, scan, siteGone);
    }
    const { staying, places, filled, rootWhy } = found;
    const at = performance.now();
    leaving = leaving.filter(({ entry }) => !staying.has(entry.file) && !deleted.has(entry.file));
    for (const entry of gone) {
      if (!shelf.entries.has(entry.file) || staying.has(entry.file) || deleted.has(entry.file)) continue;
      leaving = [...leaving, { entry, at }];
    }
    forgetting = false;
    wasMissing = false;
    remembered = new Map();
    away = staying;
    const stay = [...staying.keys()].map(file => known.get(file) as Entry);
    const closed = rootWhy !== null || (stay.length > 0 && files.size === 0);
    missing = missingOf(stay, closed, rootWhy);
    folders = foldersNow(places, filled, found.rootWhy);
    const all = new Map([...stay.map(entry => [entry.file, entry] as const), ...files]);
    return shelf.replaceBy(all) || JSON.stringify(missing?.problems) !== before;
  }

  /** Which folders hold what is known: those seen, and of those that are away the ones that were. */
  function foldersNow(
    places: ReadonlyMap<string, Place>,
    filled: ReadonlySet<string>,
    rootWhy: string | null,
  ) {
    const now = new Map<string, string | null>();
    // What went a moment ago may turn out to be away.
    const unsure = [...away.keys(), ...leaving.map(({ entry }) => entry.file)];
    for (const name of unsure.flatMap(foldersOf)) now.set(name, folders.get(name) ?? null);
    for (const name of filled) now.set(name, places.get(name)?.identity ?? null);
    if (rootWhy !== null) now.set('', folders.get('') ?? null);
    else if (away.size === 0) now.set('', places.get('')?.identity ?? null);
    return now;
  }

  function missingOf(stay: readonly Entry[], closed: boolean, rootWhy: string | null): Missing | null {
    const groups = new Map<string, Away & { readonly files: string[] }>();
    if (rootWhy !== null) groups.set(`\0${rootWhy}`, { folder: '', why: rootWhy, emptied: false, files: [] });
    for (const { file } of stay) {
      const reason = away.get(file) as Away;
      const key = `${reason.folder}\0${reason.why}`;
      const group = groups.get(key) ?? { ...reason, files: [] };
      group.files.push(path.relative(folder, file));
      groups.set(key, group);
    }
    const [first, ...others] = [...groups.values()].map(
      (group): Problem => missingProblem(path.join(folder, group.folder), group.why, group.files, closed),
    );
    return first ? { problems: [first, ...others], entries: stay, closed } : null;
  }

  return {
    get: file =>
      shelf.entries.get(file) ??
      remembered.get(file) ??
      young().find(({ entry }) => entry.file === file)?.entry,
    remember(texts, from, hadMissing) {
      folders = readIdentity(from);
      wasSited = from !== null || texts.size > 0;
      wasMissing = hadMissing;
      remembered = new Map(
        [...texts].flatMap(([name, text]) =>
          isIncidentName(name)
            ? [[path.join(folder, name), rememberedEntry(folder, name, text)] as const]
            : [],
        ),
      );
    },
    identity: () => (folders.get('') ? JSON.stringify(Object.fromEntries(folders)) : null),
    folders: () => folders,
    isMissing: file => away.has(file),
    take(found) {
      for (const [file, entry] of found) {
        const isNews =
          entry === null ? shelf.entries.has(file) : foldersOf(file).some(at => !folders.has(at));
        if (isNews) return null;
      }
      return shelf.put(found);
    },
    judge,
    forget() {
      forgetting = missing !== null;
    },
    askGitAgain() {
      askedGitAt = Number.NEGATIVE_INFINITY;
    },
    view: () => shelf.view(missing),
    missing: () => missing,
    good: shelf.good,
  };
}

/** An earlier version noted the one folder only. */
function readIdentity(text: string | null): ReadonlyMap<string, string | null> {
  if (text === null) return new Map();
  if (!text.startsWith('{')) return new Map([['', text]]);
  return new Map(Object.entries(JSON.parse(text) as Record<string, string | null>));
}

/** What is gone, other than what lies elsewhere below the folder now: moved, or copied before. */
function goneOf(known: ReadonlyMap<string, Entry>, files: ReadonlyMap<string, Entry>): Entry[] {
  const gone = [...known.values()].filter(({ file }) => !files.has(file));
  if (gone.length === 0) return gone;
  const byId = new Map<string, Entry[]>();
  for (const entry of files.values()) {
    if (entry.good) byId.set(entry.id, [...(byId.get(entry.id) ?? []), entry]);
  }
  return gone.filter(
    ({ id, goodText }) => !byId.get(id)?.some(other => !known.has(other.file) || other.goodText === goodText),
  );
}

/** Whether an incident is open, or a maintenance under way or to come. */
function isUnfinished({ good }: Entry): boolean {
  if (good === null) return false;
  if (good.scheduled === null) return isOpen(good);
  if (good.status === 'completed') return false;
  const now = performance.timeOrigin + performance.now();
  return good.rrule !== undefined || good.scheduled.end > now;
}

/** A folder that was not listed: gone, or something else stands there. */
async function placeOf(place: string): Promise<Place> {
  return { identity: null, code: (await isAt(lstat(place))) ? 'ENOTDIR' : 'ENOENT' };
}

function isAt(look: Promise<unknown>): Promise<boolean> {
  return look.then(
    () => true,
    () => false,
  );
}
