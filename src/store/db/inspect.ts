// Inspects a database file before it is opened for writing. A file that is damaged, not ours or of a newer program is
// refused without changing a byte.
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import Sqlite from '#sqlite';
import { DatabaseRefused } from '../../core/model/ports/storage.ts';
import { statusCommand } from '../../core/model/status-command.ts';
import type { Millis } from '../../core/model/time.ts';
import { newestBackup } from './backups.ts';
import { currentSchema, FIRST_SCHEMA } from './migrations.ts';

/** Marks our files in SQLite's header: "StLv". */
export const APPLICATION_ID = 0x53744c76;

interface Inspected {
  /** The number of its schema. */
  readonly version: number;
  /** When it was last written, epoch ms. */
  readonly changed: Millis;
}

/** Files up to this size (bytes) are checked at every start, larger ones only after a crash: 100 ms at most. */
const ALWAYS = 64 * 1024 ** 2;
/**
 * In files larger than this (bytes), only tables that cannot be measured again are checked: a gigabyte takes two
 * seconds.
 */
const WHOLE = 1024 ** 3;
const PRECIOUS = [
  'subscribers',
  'announcements',
  'deliveries',
  'suppressed',
  'transitions',
  'components',
  'meta',
];

/** Reads the header of the file; null if there is no file. Throws DatabaseRefused. */
function inspectHeader(file: string): { pages: number; pageSize: number; bytes: number } | null {
  if (!existsSync(file)) return null;
  const stat = statSync(file);
  if (!stat.isFile())
    throw refused(file, 'this is a folder, not a database', 'set DATA_DIR or DATABASE_URL to another place');
  if (stat.size === 0) throw unreadable(file, 'the file is empty');
  const head = Buffer.alloc(100);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, 100, 0);
  } finally {
    closeSync(handle);
  }
  if (head.toString('latin1', 0, 16) !== 'SQLite format 3\0')
    throw unreadable(file, 'this is not a SQLite database');
  const mark = head.readInt32BE(68);
  if (mark !== 0 && mark !== APPLICATION_ID) throw foreign(file);
  const raw = head.readUInt16BE(16);
  const pageSize = raw === 1 ? 65536 : raw;
  // The page count is valid only if no older program wrote to the file after it.
  const counted = head.readUInt32BE(24) === head.readUInt32BE(92);
  const pages = counted ? head.readUInt32BE(28) : 0;
  const hasLog = sizeOf(`${file}-wal`) > 0;
  if (!hasLog && stat.size < pages * pageSize) {
    throw unreadable(file, `the file is incomplete: ${stat.size} of ${pages * pageSize} bytes are left`);
  }
  return { pages, pageSize, bytes: stat.size };
}

/**
 * Reads version and mark. With `thorough` also checks pages: all of a small file, all of a larger one only after a
 * crash, and of a very large one only tables that cannot be measured again. Writes nothing, and restores the files that
 * SQLite creates. Throws DatabaseRefused.
 */
export function inspect(file: string, thorough: boolean): Inspected {
  const head = inspectHeader(file);
  const crashed = sizeOf(`${file}-wal`) > 0;
  const changed = Math.floor(statSync(crashed ? `${file}-wal` : file).mtimeMs);
  const beside = ['-wal', '-shm'].map(
    end => [`${file}${end}`, bytesOf(`${file}${end}`, end === '-shm')] as const,
  );
  let sqlite: Sqlite.Database | null = null;
  try {
    // Read-only: closing it neither writes the log into the file nor removes the log.
    sqlite = new Sqlite(file, { readonly: true });
    const version = sqlite.pragma('user_version', { simple: true }) as number;
    const mark = sqlite.pragma('application_id', { simple: true }) as number;
    if (mark !== APPLICATION_ID) throw foreign(file);
    if (version < FIRST_SCHEMA) throw early(file, version);
    if (version > currentSchema()) {
      const what = `the database was written by a newer version (schema ${version}, this program supports ${currentSchema()})`;
      throw refused(
        file,
        what,
        `install that version again, or ${restoring(file, 'restore the backup made before it')}`,
      );
    }
    if (thorough && (crashed || (head?.bytes ?? 0) <= ALWAYS)) check(sqlite, file, head?.bytes ?? 0);
    return { version, changed };
  } catch (error) {
    sqlite?.close();
    sqlite = null;
    for (const [name, before] of beside) putBack(name, before);
    const { code } = error as { code?: string };
    if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT_')) {
      throw unreadable(file, `the database is damaged (${code})`);
    }
    throw error;
  } finally {
    sqlite?.close();
  }
}

function check(sqlite: Sqlite.Database, file: string, bytes: number): void {
  const asked = bytes <= WHOLE ? ['quick_check(1)'] : PRECIOUS.map(table => `quick_check(${table})`);
  for (const pragma of asked) {
    const said = sqlite.pragma(pragma, { simple: true }) as string;
    if (said !== 'ok')
      throw unreadable(file, `the database is damaged (${said.replace(/\s+/g, ' ').slice(0, 120)})`);
  }
}

const refused = (file: string, what: string, fix: string) => new DatabaseRefused(file, what, fix);

function unreadable(file: string, what: string): DatabaseRefused {
  return refused(
    file,
    what,
    `${restoring(file, 'restore a backup')}, or move the file away to start with an empty database`,
  );
}

function foreign(file: string): DatabaseRefused {
  const fix = 'set DATA_DIR or DATABASE_URL to another place';
  return refused(file, 'this is the database of another application', fix);
}

/** Before 1.0 the schema changed without migrations. Its incident files are as today's, and its subscribers can be exported. */
function early(file: string, version: number): DatabaseRefused {
  const what = `the database was written by a version before 1.0 (schema ${version}), which this version cannot read; nothing was changed`;
  // npm would print its own lines into the file.
  const exporting = statusCommand('subscribers export > subscribers.csv').replace('npm run ', 'npm run -s ');
  const importing = statusCommand('subscribers import --confirmed subscribers.csv');
  const fix = `save the subscribers with the old version: \`${exporting}\`, move this file away, take them over with this version: \`${importing}\`, and start again; incident files need no change`;
  return refused(file, what, fix);
}

/** Names the newest backup, if there is one. */
function restoring(file: string, how: string): string {
  const backup = newestBackup(file);
  return backup
    ? `${how}: \`${statusCommand(`restore ${backup}`)}\``
    : `${how} (\`${statusCommand('restore FILE')}\`)`;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The content; null if the file does not exist; undefined if reading does not change it. */
function bytesOf(file: string, whole: boolean): Buffer | null | undefined {
  if (!existsSync(file)) return null;
  return whole ? readFileSync(file) : undefined;
}

function putBack(file: string, before: Buffer | null | undefined): void {
  if (before === null) rmSync(file, { force: true });
  else if (before !== undefined) writeFileSync(file, before);
}
