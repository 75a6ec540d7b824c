// Opening the database: older ones are backed up and brought along with all they hold; damaged, foreign and
// newer ones are refused in words, with every byte as it was.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import Sqlite from '#sqlite';
import { DatabaseRefused } from '../../../src/core/model/ports/storage.ts';
import { type Db, openDatabase } from '../../../src/store/db/database.ts';
import { takeLock } from '../../../src/store/db/lock.ts';
import { currentSchema, MIGRATIONS } from '../../../src/store/db/migrations.ts';
import { FROZEN, thaw } from '../../walks/upgrade/frozen.ts';

function folder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-db-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The database of version 1.0, with something in every table. */
function older(file: string): void {
  thaw(file, readFileSync(path.join(FROZEN, '1.0', 'status.sql'), 'utf8'));
  exec(file, 'PRAGMA journal_mode = WAL');
}

/** Until the test ends this is a later version of the program, whose schema has steps more. */
function later(...steps: readonly string[]): void {
  const all = MIGRATIONS as string[];
  all.push(...steps);
  onTestFinished(() => void all.splice(-steps.length));
}

const STEP = 'ALTER TABLE meta ADD COLUMN added TEXT';

/** Each file of a folder with a hash of its bytes. */
function bytesIn(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(name => !/\.lock$/.test(name));
  const files = names.filter(name => statSync(path.join(dir, name)).isFile());
  return Object.fromEntries(
    files.map(name => [
      name,
      createHash('sha256')
        .update(readFileSync(path.join(dir, name)))
        .digest('hex'),
    ]),
  );
}

/** Kysely closes only what was used. */
async function close(db: Db): Promise<void> {
  await db.selectFrom('meta').select('name').execute();
  await db.destroy();
}

function refusal(file: string): string {
  try {
    openDatabase(file, { locked: true });
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseRefused);
    return (error as Error).message;
  }
  throw new Error('it was opened');
}

/** What a process killed with kill -9 leaves: the file, and what it wrote last beside it. */
function killedWhileWriting(file: string, words: string): void {
  const script = `import Sqlite from '#sqlite';
    const db = new Sqlite(${JSON.stringify(file)});
    db.pragma('journal_mode = WAL');
    db.exec(${JSON.stringify(words)});
    process.kill(process.pid, 'SIGKILL');`;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal).toBe('SIGKILL');
}

const backups = (dir: string) => readdirSync(path.join(dir, 'backups')).sort();

async function holds(db: Db): Promise<void> {
  const { address, confirmed_seq } = await db
    .selectFrom('subscribers')
    .selectAll()
    .where('address_key', '=', 'ann@example.com')
    .executeTakeFirstOrThrow();
  expect([address, confirmed_seq]).toEqual(['ann@example.com', 2]);
  const [delivery] = await db.selectFrom('deliveries').selectAll().where('state', '=', 'pending').execute();
  expect(delivery?.ref).toBe('20260310_slow-sign-in end#0');
}

describe('a database of an older version', () => {
  test('all it holds comes along, and a copy of it as it was is kept', async () => {
    const dir = folder();
    const file = path.join(dir, 'status.db');
    older(file);
    later(STEP);
    const db = openDatabase(file);
    await holds(db);
    await db.destroy();
    const [name, ...others] = backups(dir);
    expect(others).toEqual([]);
    expect(name).toMatch(/^status-100-\d{8}T\d{6}Z\.db$/);
    const kept = path.join(dir, 'backups', name as string);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    const copy = new Sqlite(kept, { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(100);
    expect(copy.prepare('SELECT address FROM subscribers').pluck().all()).toContain('ann@example.com');
    copy.close();
    // The copy can be opened in its place.
    rmSync(file);
    writeFileSync(file, readFileSync(kept));
    const again = openDatabase(file);
    await holds(again);
    await again.destroy();
  });

  test('killed in the middle of its work: what stood only in its log comes along too', async () => {
    const dir = folder();
    const file = path.join(dir, 'status.db');
    older(file);
    later(STEP);
    killedWhileWriting(file, "UPDATE subscribers SET nonce = 'from the log'");
    const db = openDatabase(file, { locked: true });
    expect(await db.selectFrom('subscribers').select('nonce').executeTakeFirst()).toEqual({
      nonce: 'from the log',
    });
    await db.destroy();
  });

  test('three copies are kept, the oldest go', async () => {
    const dir = folder();
    later(STEP);
    for (const day of [1, 2, 3, 4]) {
      const file = path.join(dir, 'status.db');
      rmSync(file, { force: true });
      older(file);
      utimesSync(file, day * 86_400, day * 86_400);
      await close(openDatabase(file));
    }
    expect(backups(dir)).toEqual([2, 3, 4].map(day => `status-100-1970010${day + 1}T000000Z.db`));
  });

  test('a step that fails leaves data and schema as they were, and says which', () => {
    const dir = folder();
    const file = path.join(dir, 'status.db');
    older(file);
    later(STEP, 'CREATE TABLE suppressed (mine TEXT)');
    const before = bytesIn(dir)['status.db'];
    const last = currentSchema();
    expect(refusal(file)).toContain(
      `schema 100 to ${last}: the step to ${last} failed with "table suppressed already exists"; nothing was changed`,
    );
    expect(bytesIn(dir)['status.db']).toBe(before);
    expect(backups(dir)).toHaveLength(1);
  });

  test('a command line of a newer version does not change it under a running server', () => {
    const file = path.join(folder(), 'status.db');
    older(file);
    later(STEP);
    const lock = takeLock(file);
    expect(() => openDatabase(file)).toThrow(/the running server has an older version.*stop it first/);
    lock?.release();
  });
});

describe('a file that must not be touched', () => {
  const whole = async (dir: string) => {
    const file = path.join(dir, 'status.db');
    const db = openDatabase(file);
    const rows = Array.from({ length: 400 }, (_, i) => ({ name: `n${i}`, value: 'x'.repeat(300) }));
    await db.insertInto('meta').values(rows).execute();
    await db.destroy();
    return file;
  };
  const spoil: Record<string, [(file: string) => void, RegExp]> = {
    'random bytes': [
      file => writeFileSync(file, Buffer.alloc(20_000, 'noise')),
      /this is not a SQLite database/,
    ],
    'no bytes at all': [file => truncateSync(file, 0), /the file is empty/],
    'ten bytes': [file => truncateSync(file, 10), /this is not a SQLite database/],
    'cut in half': [
      file => truncateSync(file, 4096 * 20),
      /the file is incomplete: 81920 of \d+ bytes are left/,
    ],
    'a page of noise': [
      file => overwrite(file, statSync(file).size - 4096, Buffer.alloc(4096, 0x5a)),
      /the database is damaged/,
    ],
    'a page of noise, and a log beside it': [
      file => {
        killedWhileWriting(file, "INSERT INTO meta VALUES ('late', '1')");
        overwrite(file, 4096 * 3, Buffer.alloc(4096, 0xff));
      },
      /the database is damaged/,
    ],
    'of a newer version': [
      file => exec(file, 'PRAGMA user_version = 999'),
      /written by a newer version \(schema 999, this program supports \d+\)/,
    ],
    'of a newer version, and a log beside it': [
      file => killedWhileWriting(file, 'PRAGMA user_version = 999'),
      /written by a newer version \(schema 999/,
    ],
    'of a version before 1.0': [
      file => exec(file, 'PRAGMA user_version = 2'),
      /before 1\.0 .*`npm run -s status -- subscribers export > subscribers\.csv`.*`npm run status -- subscribers import/,
    ],
    'marked by another application': [
      file => exec(file, 'PRAGMA application_id = 252006675'),
      /another application/,
    ],
    'without mark, with other tables': [
      file => {
        rmSync(file);
        exec(file, 'CREATE TABLE urls (url TEXT); PRAGMA user_version = 3');
      },
      /another application/,
    ],
  };
  test.each(Object.entries(spoil))('%s', async (_name, [spoilt, said]) => {
    const dir = folder();
    const file = await whole(dir);
    spoilt(file);
    const before = bytesIn(dir);
    const message = refusal(file);
    expect(message).toMatch(said);
    expect(message).toContain(file);
    expect(message).toMatch(/ — \S.+/);
    expect(bytesIn(dir)).toEqual(before);
  });

  test('a folder in its place', () => {
    const dir = folder();
    mkdirSync(path.join(dir, 'status.db'));
    expect(refusal(path.join(dir, 'status.db'))).toMatch(/this is a folder, not a database/);
  });

  test('the newest backup is named', async () => {
    const dir = folder();
    const file = path.join(dir, 'status.db');
    older(file);
    later(STEP);
    await close(openDatabase(file));
    writeFileSync(file, 'spoilt');
    const [name] = backups(dir);
    expect(refusal(file)).toContain(`npm run status -- restore ${path.join(dir, 'backups', name as string)}`);
  });
});

test('a new database is there whole or not at all, and for this user alone', async () => {
  const dir = folder();
  const file = path.join(dir, 'new', 'status.db');
  await close(openDatabase(file));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(path.dirname(file))).toEqual(['status.db']);
  expect(existsSync(path.join(dir, 'new', 'backups'))).toBe(false);
});

test('one server a database: the lock goes with its process', () => {
  const file = path.join(folder(), 'status.db');
  const holder = `import { takeLock } from './src/store/db/lock.ts';
    console.log(takeLock(${JSON.stringify(file)}) !== null);`;
  const other = () => {
    const args = ['--import', 'tsx', '--input-type=module', '-e', holder];
    return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim();
  };
  // One of an older version may be open to others, who could hold it.
  writeFileSync(`${file}.lock`, '', { mode: 0o644 });
  const lock = takeLock(file);
  expect(statSync(`${file}.lock`).mode & 0o777).toBe(0o600);
  expect(other()).toBe('false');
  lock?.release();
  expect(other()).toBe('true');
  expect(takeLock(file)).not.toBeNull();
});

function exec(file: string, sql: string): void {
  const sqlite = new Sqlite(file);
  sqlite.exec(sql);
  sqlite.close();
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const all = readFileSync(file);
  bytes.copy(all, at);
  writeFileSync(file, all);
}
