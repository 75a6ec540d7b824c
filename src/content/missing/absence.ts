// Decides which vanished incident files stay on the page because their folder is missing.
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { isOpen } from '../../core/model/incident.ts';
import type { Millis } from '../../core/model/time.ts';
import type { ListedFolder } from '../incidents/listing.ts';
import type { ReadFile, Scan } from '../incidents/scan.ts';
import { NOT_BACK, type Reason, whyMissing } from './missing.ts';

/** Why a file that is gone stays, and the folder that is the reason. */
export interface Absence {
  readonly folder: string;
  readonly reason: Reason;
  /** It had gone before its folder did: where that is back without it, it was deleted. */
  readonly wentBefore: boolean;
}

const NOT_BACK_YET: Absence = { folder: '', reason: NOT_BACK, wentBefore: false };

interface KnownFolders {
  readonly folder: string;
  /** The folders with incidents and their `identityOf`, by path below the folder (itself: ""). */
  readonly folders: ReadonlyMap<string, string | null>;
  readonly absent: ReadonlyMap<string, Absence>;
  /** Files that went a moment ago. */
  readonly leaving: ReadonlySet<string>;
  /** Files were missing when an earlier process last read. */
  readonly wasMissing: boolean;
  readonly isPending: boolean;
  readonly siteGone: boolean;
  /** Epoch ms. */
  readonly now: Millis;
}

export interface Assessment {
  readonly absent: ReadonlyMap<string, Absence>;
  /** The folders with files that are the same folders as before. */
  readonly unchangedFolders: ReadonlySet<string>;
  readonly places: ReadonlyMap<string, ListedFolder>;
  /** Why incidents/ itself is missing; null when it is not. */
  readonly rootReason: Reason | null;
}

export async function assess(
  known: KnownFolders,
  gone: readonly ReadFile[],
  scan: Scan,
): Promise<Assessment> {
  const { folder, folders, absent, leaving, wasMissing, isPending, siteGone, now } = known;
  const above = (file: string) => foldersOf(folder, file);
  const filled = new Set([...scan.files.keys()].flatMap(above));
  const readable = new Set([...scan.files.values()].flatMap(({ file, good }) => (good ? above(file) : [])));
  const places = new Map(scan.folders);
  for (const name of new Set(gone.flatMap(({ file }) => above(file)))) {
    if (!places.has(name)) places.set(name, await placeOf(path.join(folder, name)));
  }
  // A deleted subfolder is no loss, unless it has current incidents.
  const isDeletable = (name: string, file: ReadFile) =>
    name !== '' && places.get(name)?.code === 'ENOENT' && !isUnfinished(file, now);
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
      if (reason && !isDeletable(name, file))
        return { folder: name, reason, wentBefore: last?.wentBefore ?? leaving.has(file.file) };
      // Replaced in one step by a folder with other files: a change, unless files are missing.
      if (identity !== (folders.get(name) ?? null) && code === null) {
        if (isPending) return NOT_BACK_YET;
        break;
      }
    }
    if (last?.wentBefore && places.get(last.folder)?.code === null) return null;
    // Also where the same folder is back: nobody saw what happened to it meanwhile.
    return last || wasMissing ? NOT_BACK_YET : null;
  };
  const found = gone.map(file => [file.file, reasonOf(file)] as const);
  return {
    absent: new Map(found.filter((one): one is readonly [string, Absence] => one[1] !== null)),
    // A folder that replaced another at the same path does not count, even if it has files.
    unchangedFolders: new Set([...filled].filter(name => !reasons.get(name))),
    places,
    rootReason: reasons.get('') ?? null,
  };
}

/** The folders above a file, as paths below `folder`, from "" down. */
export function foldersOf(folder: string, file: string): string[] {
  const parts = path.relative(folder, file).split(path.sep);
  return parts.map((_, depth) => parts.slice(0, depth).join(path.sep));
}

/** Whether an incident is open, or a maintenance current or in the future. */
export function isUnfinished({ good }: ReadFile, now: Millis): boolean {
  if (good === null) return false;
  if (good.scheduled === null) return isOpen(good);
  if (good.status === 'completed') return false;
  return good.rrule !== undefined || good.scheduled.end > now;
}

/** A folder that was not listed: gone, or something else is in its place. */
async function placeOf(place: string): Promise<ListedFolder> {
  return { identity: null, code: (await lstat(place).catch(() => null)) ? 'ENOTDIR' : 'ENOENT' };
}
