// Absence: which of the files that are gone stay as last read, because their folder went away and not they.
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { isOpen } from '../../core/model/incident.ts';
import type { ListedFolder } from '../incidents/listing.ts';
import type { ReadFile, Scan } from '../incidents/scan.ts';
import { NOT_BACK, type Reason, whyMissing } from './missing.ts';

/** Why a file that is gone stays, and in which folder the reason lies. */
export interface Absence {
  readonly folder: string;
  readonly reason: Reason;
  /** The folder itself may have been emptied, so that its coming back does not bring the file back. */
  readonly emptied: boolean;
}

const NOT_BACK_YET: Absence = { folder: '', reason: NOT_BACK, emptied: true };

export interface KnownFolders {
  readonly folder: string;
  /** The folders with incidents, by path below the folder (itself: ""), and which each is (`identityOf`). */
  readonly folders: ReadonlyMap<string, string | null>;
  readonly absent: ReadonlyMap<string, Absence>;
  /** Something was missing for an earlier process, whose look was the last. */
  readonly wasMissing: boolean;
  readonly isPending: boolean;
  readonly siteGone: boolean;
}

export interface Assessment {
  readonly absent: ReadonlyMap<string, Absence>;
  /** The folders that hold files, and are the ones they were. */
  readonly filled: ReadonlySet<string>;
  readonly places: ReadonlyMap<string, ListedFolder>;
  /** Why incidents/ itself is missing; null when it is not. */
  readonly rootReason: Reason | null;
}

export async function assess(
  known: KnownFolders,
  gone: readonly ReadFile[],
  scan: Scan,
): Promise<Assessment> {
  const { folder, folders, absent, wasMissing, isPending, siteGone } = known;
  const above = (file: string) => foldersOf(folder, file);
  const filled = new Set([...scan.files.keys()].flatMap(above));
  const readable = new Set([...scan.files.values()].flatMap(({ file, good }) => (good ? above(file) : [])));
  const places = new Map(scan.folders);
  for (const name of new Set(gone.flatMap(({ file }) => above(file)))) {
    if (!places.has(name)) places.set(name, await placeOf(path.join(folder, name)));
  }
  // A folder that somebody deletes is no loss, unless something in it is not over.
  const isDeletable = (name: string, file: ReadFile) =>
    name !== '' && places.get(name)?.code === 'ENOENT' && !isUnfinished(file);
  const losing = new Set(gone.flatMap(file => above(file.file).filter(name => !isDeletable(name, file))));
  const reasons = new Map(
    [...places].map(([name, place]) => {
      const state = { ...place, empty: !readable.has(name), less: losing.has(name) };
      const before = folders.get(name) ?? null;
      return [name, whyMissing({ ...state, siteGone: siteGone && name === '' }, before)] as const;
    }),
  );
  const reasonOf = (file: ReadFile): Absence | null => {
    const last = absent.get(file.file);
    for (const name of above(file.file)) {
      const reason = reasons.get(name);
      const { code, identity } = places.get(name) as ListedFolder;
      if (reason && !isDeletable(name, file)) {
        return { folder: name, reason, emptied: last?.emptied || (siteGone && code === null) };
      }
      // Replaced in one step by one that holds other files: that is a change. Not so while something is missing.
      if (identity !== (folders.get(name) ?? null) && code === null) {
        if (isPending) return NOT_BACK_YET;
        break;
      }
    }
    // The very folder is back, and the file was deleted from it meanwhile.
    if (last && !last.emptied && places.get(last.folder)?.code === null) return null;
    return last || wasMissing ? NOT_BACK_YET : null;
  };
  const found = gone.map(file => [file.file, reasonOf(file)] as const);
  return {
    absent: new Map(found.filter((one): one is readonly [string, Absence] => one[1] !== null)),
    // What stands in a folder's place is not that folder, whatever is in it.
    filled: new Set([...filled].filter(name => !reasons.get(name))),
    places,
    rootReason: reasons.get('') ?? null,
  };
}

/** The folders that a file is in, by path below `folder`, from "" down. */
export function foldersOf(folder: string, file: string): string[] {
  const parts = path.relative(folder, file).split(path.sep);
  return parts.map((_, depth) => parts.slice(0, depth).join(path.sep));
}

/** Whether an incident is open, or a maintenance under way or to come. */
function isUnfinished({ good }: ReadFile): boolean {
  if (good === null) return false;
  if (good.scheduled === null) return isOpen(good);
  if (good.status === 'completed') return false;
  const now = performance.timeOrigin + performance.now();
  return good.rrule !== undefined || good.scheduled.end > now;
}

/** A folder that was not listed: gone, or something else stands there. */
async function placeOf(place: string): Promise<ListedFolder> {
  return { identity: null, code: (await lstat(place).catch(() => null)) ? 'ENOTDIR' : 'ENOENT' };
}
