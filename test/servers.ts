// Database servers for tests, where the machine has their programs.
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PLACES = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The path of a server's program; undefined if it is not installed. */
export function findServer(program: string): string | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const places = [...PLACES, ...versions.map(version => `/usr/lib/postgresql/${version}/bin`)];
  return places.map(folder => path.join(folder, program)).find(file => existsSync(file));
}

export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Who a server runs as: these refuse to be root, and Debian's packages bring users of their own. */
export function runAs(name: string): Owner | null {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString());
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

/** A new folder that belongs to a server. */
export function folderFor(owner: Owner): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'status-database-'));
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid!);
  return folder;
}

/** The program that makes a PostgreSQL, and who runs it. */
export const initdb = findServer('initdb');
export const asPostgres = runAs('postgres');
