// Memory: the incident files as last read, and whether what is gone of them was deleted or is only missing.
import { access } from 'node:fs/promises';
import path from 'node:path';
import { openDeletedInGit, whyMissing } from './missing.ts';
import { type Entry, isIncidentName, rememberedEntry } from './scan.ts';
import { type GoodFile, type IncidentFiles, makeShelf } from './shelf.ts';

export interface Memory {
  /** What is known of a file, by path. */
  get(file: string): Entry | undefined;
  /** What an earlier process knew, by path below the folder, and which folder that was. */
  remember(texts: ReadonlyMap<string, string>, identity: string | null): void;
  /** Which folder the files were last read from; null while there was none. */
  identity(): string | null;
  /** Whether nothing is missing and this is the folder; `surely`: and there is one. */
  isAt(identity: string | null, surely?: boolean): boolean;
  /** Takes what single files are now (null: gone); whether anything changed. */
  take(found: ReadonlyMap<string, Entry | null>): Promise<boolean>;
  /** Takes the whole folder as it is now, or the system's code for why it cannot be listed; whether anything changed. */
  judge(all: ReadonlyMap<string, Entry> | string, identity: string | null): Promise<boolean>;
  /** Lets the next judgement drop what is missing. */
  forget(): void;
  /** Lets the next judgement ask git at once. */
  askGitAgain(): void;
  view(): IncidentFiles;
  /** Every file's last good version; the same list while nothing changed. */
  good(): readonly GoodFile[];
}

/** A folder on its way out loses its files first, one by one. */
const GOES_WITHIN_MS = 1000;
/** Between two questions to git, each a process, while the folder is missing. */
const ASK_GIT_MS = 5000;

export function openMemory(
  folder: string,
  siteFile: string,
  variables: Readonly<Record<string, string | undefined>>,
): Memory {
  const shelf = makeShelf(folder);
  const deletedInGit = openDeletedInGit(folder, variables, isIncidentName);
  let identity: string | null = null;
  let missing: string | null = null;
  /** Whether there ever was a status.yaml beside the folder. */
  let wasSited = false;
  let remembered: ReadonlyMap<string, Entry> = new Map();
  /** Files that went a moment ago. */
  let leaving: readonly { readonly entry: Entry; readonly at: number }[] = [];
  let forgetting = false;
  let askedGitAt = Number.NEGATIVE_INFINITY;

  const isSiteGone = async () => {
    const isThere = await access(siteFile).then(
      () => true,
      () => false,
    );
    wasSited ||= isThere;
    return wasSited && !isThere;
  };
  const gone = (files: Iterable<string>, found: { has(file: string): boolean }) => {
    const at = performance.now();
    leaving = leaving.filter(one => at - one.at < GOES_WITHIN_MS);
    const went = [...files].flatMap(file => (found.has(file) ? [] : (shelf.entries.get(file) ?? [])));
    if (went.length > 0) leaving = [...leaving, ...went.map(entry => ({ entry, at }))];
  };
  /** Which of these, gone from the disk, somebody deleted. */
  const deletedOf = async (files: readonly string[]): Promise<ReadonlySet<string>> => {
    if (forgetting) return new Set(files);
    const now = performance.now();
    if (now - askedGitAt < ASK_GIT_MS) return new Set();
    askedGitAt = now;
    const names = await deletedInGit(files.map(file => path.relative(folder, file)));
    return new Set(names.map(name => path.join(folder, name)));
  };

  async function judge(all: ReadonlyMap<string, Entry> | string, here: string | null): Promise<boolean> {
    const before = missing;
    const code = typeof all === 'string' ? all : null;
    const found: ReadonlyMap<string, Entry> = typeof all === 'string' ? new Map() : all;
    const siteGone = await isSiteGone();
    gone([], found);
    let known = new Map([
      ...remembered,
      ...leaving.map(({ entry }) => [entry.file, entry] as const),
      ...shelf.entries,
    ]);
    const why = () => {
      const isLess = [...known.keys()].some(file => !found.has(file));
      const look = { code, identity: here, empty: found.size === 0, less: isLess, siteGone };
      return whyMissing(look, identity);
    };
    missing = why();
    const isAway = missing !== null;
    if (isAway) {
      if (before === null) askedGitAt = Number.NEGATIVE_INFINITY;
      const away = [...known.keys()].filter(file => !found.has(file));
      const deleted = away.length > 0 ? await deletedOf(away) : new Set<string>();
      known = new Map([...known].filter(([file]) => !deleted.has(file)));
      missing = why();
    }
    forgetting = false;
    remembered = new Map();
    if (isAway) leaving = [];
    if (missing !== null) return shelf.replaceBy(new Map([...known, ...found])) || missing !== before;
    identity = here;
    if (!isAway) gone(shelf.entries.keys(), found);
    return shelf.replaceBy(found) || before !== null;
  }

  return {
    get: file => shelf.entries.get(file) ?? remembered.get(file),
    remember(texts, from) {
      identity = from;
      wasSited = from !== null || texts.size > 0;
      remembered = new Map(
        [...texts].flatMap(([name, text]) =>
          isIncidentName(name)
            ? [[path.join(folder, name), rememberedEntry(folder, name, text)] as const]
            : [],
        ),
      );
    },
    identity: () => identity,
    isAt: (here, surely = false) => missing === null && here === identity && !(surely && here === null),
    async take(found) {
      const went = [...found].flatMap(([file, entry]) => (entry || !shelf.entries.has(file) ? [] : [file]));
      // With status.yaml gone as well, this is no deletion: all is looked at together.
      if (went.length > 0 && (await isSiteGone())) {
        const left = new Map(shelf.entries);
        for (const [file, entry] of found) {
          if (entry) left.set(file, entry);
          else left.delete(file);
        }
        return judge(left, identity);
      }
      gone(went, { has: () => false });
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
    good: shelf.good,
  };
}
