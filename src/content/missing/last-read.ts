// The last reading: the incident files, and whether files that are gone were deleted or are missing.
import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, Millis } from '../../core/model/time.ts';
import { FileCache, type IncidentFiles, type Missing } from '../incidents/file-cache.ts';
import { isIncidentName } from '../incidents/listing.ts';
import { misplacedFiles } from '../incidents/misplaced.ts';
import { idOf, type ReadFile, rememberedFile, type Scan } from '../incidents/scan.ts';
import { type Absence, type Assessment, assess, foldersOf } from './absence.ts';
import { Deletions } from './deletions.ts';
import { committedIncidents } from './held-by-git.ts';
import { missingProblem, type Reason } from './missing.ts';
import { takenOff } from './taken-off.ts';

/** A folder that is being removed loses its files first: files gone for less than this may be missing. */
const GOES_WITHIN_MS = 1000;

/** What an earlier process knew beside the texts. */
export interface Remembered {
  /** `identity` of the folder. */
  readonly folder: string | null;
  /** The original of each copy. */
  readonly copies: Readonly<Record<string, string>>;
  /** The same of files that were copies and are incidents of their own. */
  readonly begun: Readonly<Record<string, string>>;
  readonly wasMissing: boolean;
  /** Nothing was ever kept. */
  readonly isNew: boolean;
}

export class LastRead {
  /** The folders with incidents and their `identityOf`, by path below the folder (itself: ""). */
  folders: ReadonlyMap<string, string | null> = new Map();
  missing: Missing | null = null;
  readonly deletions: Deletions;
  readonly cache: FileCache;
  readonly #folder: string;
  readonly #siteFile: string;
  #absent: ReadonlyMap<string, Absence> = new Map();
  /** Whether there ever was a status.yaml beside the folder. */
  #hadSite = false;
  /** The files an earlier process knew, and whether some were missing then. */
  #remembered: ReadonlyMap<string, ReadFile> = new Map();
  #wasMissing = false;
  /** Nothing was ever kept: what was committed stands for it. */
  #isNew = false;
  readonly #variables: Readonly<Record<string, string | undefined>>;
  /** Files that went a moment ago. */
  #leaving: readonly { readonly file: ReadFile; readonly at: number }[] = [];

  constructor(folder: string, siteFile: string, variables: Readonly<Record<string, string | undefined>>) {
    this.#folder = folder;
    this.#siteFile = siteFile;
    this.#variables = variables;
    this.cache = new FileCache(folder);
    this.deletions = new Deletions(folder, siteFile, variables);
  }

  get(file: string): ReadFile | undefined {
    return (
      this.cache.files.get(file) ??
      this.#remembered.get(file) ??
      this.#young().get(file) ??
      this.#elsewhere(file)
    );
  }

  /** A file of the same id in another folder: one with a mistake may have been moved. */
  #elsewhere(file: string): ReadFile | undefined {
    const id = idOf(file);
    const other = this.cache.withId(id) ?? [...this.#remembered.values()].find(one => one.id === id);
    // Where both are there, each is read for itself.
    if (!other || typeof other.goodText !== 'string' || existsSync(other.file)) return undefined;
    return rememberedFile(this.#folder, path.relative(this.#folder, file), other.goodText);
  }

  #young(): Map<string, ReadFile> {
    this.#leaving = this.#leaving.filter(({ at }) => performance.now() - at < GOES_WITHIN_MS);
    return new Map(this.#leaving.map(({ file }) => [file.file, file]));
  }

  remember(
    texts: ReadonlyMap<string, string>,
    { folder: identity, copies, begun, wasMissing, isNew }: Remembered,
  ): void {
    this.#isNew = isNew;
    if (identity !== null) this.folders = new Map(Object.entries(JSON.parse(identity)));
    this.#hadSite ||= identity !== null || texts.size > 0;
    this.#wasMissing = wasMissing;
    this.#remembered = this.#asFiles(texts);
    const pathOf = (name: string) => path.join(this.#folder, name);
    const paths = (names: Readonly<Record<string, string>>) =>
      new Map(Object.entries(names).map(([file, of]) => [pathOf(file), pathOf(of)]));
    this.cache.copies.remember(this.#remembered, { copies: paths(copies), begun: paths(begun) });
  }

  copies(): Pick<Remembered, 'copies' | 'begun'> {
    const nameOf = (file: string) => path.relative(this.#folder, file);
    const names = (paths: ReadonlyMap<string, string>) =>
      Object.fromEntries([...paths].map(([file, of]) => [nameOf(file), nameOf(of)]));
    const { copies, begun } = this.cache.copies.known();
    return { copies: names(copies), begun: names(begun) };
  }

  #asFiles(texts: ReadonlyMap<string, string>): ReadonlyMap<string, ReadFile> {
    return new Map(
      [...texts]
        .filter(([name]) => isIncidentName(name))
        .map(([name, text]) => [path.join(this.#folder, name), rememberedFile(this.#folder, name, text)]),
    );
  }

  identity(): string | null {
    return this.folders.get('') ? JSON.stringify(Object.fromEntries(this.folders)) : null;
  }

  isMissing(file: string): boolean {
    return this.#absent.has(file);
  }

  view(clock: Clock): IncidentFiles {
    return this.cache.view(this.missing, clock);
  }

  /** Takes single files (null: gone); whether anything changed, or null: the whole folder must be read. */
  take(found: ReadonlyMap<string, ReadFile | null>): boolean | null {
    const isNews = ([file, now]: readonly [string, ReadFile | null]) =>
      now === null
        ? this.cache.files.has(file)
        : foldersOf(this.#folder, file).some(at => !this.folders.has(at));
    // A file that appears may be the one that a misplaced file is a copy of.
    const isAnew = found.size > 0 && this.cache.misplaced.problems.length > 0;
    return isAnew || [...found].some(isNews) ? null : this.cache.put(found);
  }

  async judge(scan: Scan, now: Millis): Promise<boolean> {
    const files = new Map(scan.files);
    const { cache } = this;
    const absent = this.#absent;
    const before = JSON.stringify([this.missing?.problems, cache.misplaced]);
    cache.misplaced = await misplacedFiles(this.#folder, [...scan.folders.keys()]);
    const siteGone = await this.#isSiteGone();
    if (this.#isNew && files.size === 0)
      this.#remembered = this.#asFiles(await committedIncidents(path.dirname(this.#folder), this.#variables));
    this.#isNew = false;
    const young = this.#young();
    const known = new Map([...this.#remembered, ...young, ...cache.files]);
    for (const file of await takenOff(goneOf(known, files), now)) files.set(file.file, file);
    const gone = goneOf(known, files);
    const state = {
      ...{ folder: this.#folder, folders: this.folders, absent, siteGone, now },
      leaving: new Set([...young.keys()].filter(file => !cache.files.has(file))),
      ...{ wasMissing: this.#wasMissing, isPending: this.missing !== null || this.#wasMissing },
    };
    let found = await assess(state, gone, scan);
    const asked = [...found.absent.keys()];
    const isNew = asked.some(file => !absent.has(file));
    const deleted = await this.deletions.among(asked, isNew, siteGone);
    if (deleted.size > 0) {
      const left = gone.filter(({ file }) => !deleted.has(file));
      found = await assess(state, left, scan);
    }
    const went = gone.filter(({ file }) => cache.files.has(file));
    const at = performance.now();
    this.#leaving = [...this.#leaving, ...went.map(file => ({ file, at }))].filter(
      ({ file: { file } }) => !found.absent.has(file) && !deleted.has(file),
    );
    this.#wasMissing = false;
    this.#remembered = new Map();
    this.#absent = found.absent;
    const stay = [...found.absent.keys()].map(file => known.get(file)!);
    this.missing = this.#missingOf(stay, files.size === 0, found.rootReason);
    this.folders = this.#foldersNow(found);
    const isChanged = cache.replaceBy(new Map([...stay.map(file => [file.file, file] as const), ...files]));
    return isChanged || JSON.stringify([this.missing?.problems, cache.misplaced]) !== before;
  }

  async #isSiteGone(): Promise<boolean> {
    const isThere = await access(this.#siteFile).then(
      () => true,
      () => false,
    );
    this.#hadSite ||= isThere;
    return this.#hadSite && !isThere;
  }

  /** The folders of the known files: those read now, and for missing ones the last known. */
  #foldersNow({ places, unchangedFolders, rootReason }: Assessment): ReadonlyMap<string, string | null> {
    const now = new Map<string, string | null>();
    // Files gone a moment ago may turn out to be missing.
    const unsure = [...this.#absent.keys(), ...this.#leaving.map(({ file }) => file.file)];
    const last = (name: string) => this.folders.get(name) ?? null;
    for (const name of unsure.flatMap(file => foldersOf(this.#folder, file))) now.set(name, last(name));
    for (const name of unchangedFolders) now.set(name, places.get(name)?.identity ?? null);
    if (rootReason !== null) now.set('', last(''));
    else if (this.#absent.size === 0) now.set('', places.get('')?.identity ?? null);
    return now;
  }

  #missingOf(stay: readonly ReadFile[], isEmpty: boolean, rootReason: Reason | null): Missing | null {
    const closed = rootReason !== null || (stay.length > 0 && isEmpty);
    const groups = new Map<string, { folder: string; reason: Reason; files: string[] }>();
    if (rootReason !== null) groups.set(`\0${rootReason.why}`, { folder: '', reason: rootReason, files: [] });
    for (const { file } of stay) {
      const { folder, reason } = this.#absent.get(file)!;
      const group = groups.get(`${folder}\0${reason.why}`) ?? { folder, reason, files: [] };
      group.files.push(path.relative(this.#folder, file));
      groups.set(`${folder}\0${reason.why}`, group);
    }
    // Where files are left, some may be edited: nothing is to be written over.
    const checkout = isEmpty ? this.deletions.checkout : null;
    const problems = [...groups.values()].map(({ folder, reason, files }) =>
      missingProblem(path.join(this.#folder, folder), reason, files, closed, folder === '' ? checkout : null),
    );
    return problems.length > 0 ? { problems, files: stay, closed } : null;
  }
}

/** The files that are gone, without those moved or copied within the folder. */
function goneOf(known: ReadonlyMap<string, ReadFile>, files: ReadonlyMap<string, ReadFile>): ReadFile[] {
  const gone = [...known.values()].filter(({ file }) => !files.has(file));
  if (gone.length === 0) return gone;
  const byId = new Map<string, ReadFile[]>();
  for (const file of files.values()) {
    if (file.good) byId.set(file.id, [...(byId.get(file.id) ?? []), file]);
  }
  return gone.filter(
    ({ id, goodText }) => !byId.get(id)?.some(other => !known.has(other.file) || other.goodText === goodText),
  );
}
