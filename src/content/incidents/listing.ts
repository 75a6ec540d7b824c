// Lists the incidents folder: which files are incidents, in which folders, and where links may lead.
import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Used in place of a system's error code. */
export type StandIn =
  | { readonly kind: 'link'; readonly what: string }
  | { readonly kind: 'other capitals'; readonly name: string };

export interface ListedFolder {
  /** The folder's `identityOf`; null when unknown. */
  readonly identity: string | null;
  /** The system's error code when it cannot be listed, else null. */
  readonly code: string | null;
  readonly standIn?: StandIn;
}

/** Whether a file's name (a path below the folder) is that of an incident. */
export function isIncidentName(name: string): boolean {
  const base = path.basename(name);
  return /\.md$/i.test(base) && !/^[._]/.test(base) && !/^(readme|license|changelog)\.md$/i.test(base);
}

/** The real paths of the folder and of the status folder; links must not leave the latter. */
export type Bounds = { readonly root: string; readonly status: string };

/** Null when the folder does not exist, or is a link out of the status folder, whose content must not be shown. */
export async function boundsOf(folder: string): Promise<Bounds | null> {
  // Either may go away between the two calls.
  const [root, status] = await Promise.all(
    [folder, path.dirname(folder)].map(at => realpath(at).catch(() => null)),
  );
  const isIn = root && status && (root === status || isWithin(root, { status }));
  return isIn ? { root, status } : null;
}

export function isWithin(real: string, { status }: Pick<Bounds, 'status'>): boolean {
  return real.startsWith(status + path.sep);
}

/**
 * Lists the folder `at` and those below; returns the folders that cannot be listed. Skips folders that begin with a
 * dot: they belong to other programs (git, a ConfigMap's versions).
 * @param names gets the names of incidents.
 * @param above the real paths of the folders above, against links that lead back.
 */
export async function list(
  at: string,
  bounds: Bounds,
  folders: Map<string, ListedFolder>,
  names: string[],
  above: readonly string[],
): Promise<string[]> {
  const place = path.join(bounds.root, at);
  const identity = await identityOf(place);
  try {
    const real = await realpath(place);
    if (at !== '' && !isWithin(real, bounds)) return [at];
    if (above.includes(real)) return [];
    const entries = await readdir(real, { withFileTypes: true });
    folders.set(at, { identity, code: null });
    const unlisted: string[] = [];
    for (const entry of entries) {
      const name = path.join(at, entry.name);
      if (await isMangled(path.join(real, entry.name))) {
        if (!entry.name.startsWith('.') && (isIncidentName(name) || !entry.isFile())) unlisted.push(name);
        continue;
      }
      const kind = entry.name.startsWith('.') ? 'file' : await kindOf(entry, path.join(real, entry.name));
      if (isIncidentName(name)) names.push(name);
      // Perhaps a folder that is not mounted now.
      if (kind === 'nothing' && !isIncidentName(name)) unlisted.push(name);
      if (kind === 'folder') unlisted.push(...(await list(name, bounds, folders, names, [...above, real])));
    }
    return unlisted;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    // Removed meanwhile.
    if (at !== '' && code === 'ENOENT') return [];
    folders.set(at, { identity, code });
    return at === '' || path.basename(at) === 'lost+found' ? [] : [at];
  }
}

/** Whether an entry's name may not be UTF-8. */
export function mayBeMangled(name: string): boolean {
  return name.includes('\uFFFD');
}

/** Whether an entry is not found by its name as it was read: the name is not UTF-8. */
async function isMangled(place: string): Promise<boolean> {
  return mayBeMangled(path.basename(place)) && (await lstat(place).catch(() => null)) === null;
}

/** What an entry is, or leads to; `nothing`: a broken link. */
async function kindOf(entry: Dirent, place: string): Promise<'folder' | 'file' | 'nothing'> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : 'file';
  return stat(place).then(
    facts => (facts.isDirectory() ? 'folder' : 'file'),
    () => 'nothing',
  );
}

/** A code for a folder that exists only with other capital letters; else null. */
export async function goneFolder(folder: string): Promise<ListedFolder> {
  const target = await realpath(folder).catch((error: NodeJS.ErrnoException) => error);
  const isLink = (await lstat(folder).catch(() => null))?.isSymbolicLink();
  const gone = { identity: null, code: 'ENOENT' };
  if (typeof target === 'string')
    return isLink ? { ...gone, standIn: linkTo(`link out of the status folder (${target})`) } : gone;
  const { code = 'unknown error' } = target;
  if (code !== 'ENOENT') return { identity: null, code };
  const standIn = isLink ? linkTo('broken link') : await inOtherCapitals(folder);
  return standIn ? { ...gone, standIn } : gone;
}

function linkTo(what: string): StandIn {
  return { kind: 'link', what };
}

/** The folder that stands there under the same name in other capitals; null when none does. */
async function inOtherCapitals(folder: string): Promise<Extract<StandIn, { name: string }> | null> {
  const above = path.dirname(folder);
  const entries = await readdir(above, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const own = path.basename(folder);
    const isOther = entry.name !== own && entry.name.toLowerCase() === own.toLowerCase();
    if (isOther && (await kindOf(entry, path.join(above, entry.name))) === 'folder')
      return { kind: 'other capitals', name: entry.name };
  }
  return null;
}

/** A folder with incidents beside `folder` whose name differs only in capitals; null when there is none. */
export async function otherCapitalsBeside(folder: string): Promise<string | null> {
  const other = await inOtherCapitals(folder);
  if (other === null) return null;
  const beside = path.join(path.dirname(folder), other.name);
  return (await readdir(beside).catch(() => [])).some(isIncidentName) ? beside : null;
}

/** The folder's own path, through links that may lead nowhere by now. */
export async function followLinks(folder: string): Promise<string> {
  let at = folder;
  for (let links = 0; links < 16; links++) {
    const facts = await lstat(at).catch(() => null);
    if (!facts?.isSymbolicLink()) break;
    at = path.resolve(path.dirname(at), await readlink(at));
  }
  const above = await nearest(at);
  return above === null ? at : path.join(above, path.relative(await climbed(at), at));
}

/** The real path of the nearest existing folder, from `place` up. */
export async function nearest(place: string): Promise<string | null> {
  return realpath(await climbed(place)).catch(() => null);
}

async function climbed(place: string): Promise<string> {
  for (let at = place; ; at = path.dirname(at)) {
    const facts = await stat(at).catch(() => null);
    if (facts?.isDirectory() || path.dirname(at) === at) return at;
  }
}

/** Identifies a folder by device, inode and, as inodes are reused, time of creation. Null when unknown. */
export async function identityOf(folder: string): Promise<string | null> {
  const facts = await stat(folder, { bigint: true }).catch(() => null);
  // No links: the folder was removed, and only a mount still leads to it.
  return facts?.isDirectory() && facts.nlink > 0n ? `${facts.dev}:${facts.ino}:${facts.birthtimeNs}` : null;
}
