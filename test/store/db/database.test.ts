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
import { APPLICATION_ID } from '../../../src/store/db/inspect.ts';
import { takeLock } from '../../../src/store/db/lock.ts';
import { MIGRATIONS } from '../../../src/store/db/migrations.ts';

function folder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-db-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A database as this program leaves it, with something in every table. */
function older(file: string): void {
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = WAL');
  for (const step of MIGRATIONS.slice(0, 1)) sqlite.exec(step);
  sqlite.pragma('user_version = 1');
  sqlite.pragma(`application_id = ${APPLICATION_ID}`);
  sqlite.exec(`
    INSERT INTO components VALUES ('api', 1, 1, 2, 'HTTP 200', NULL, NULL, NULL);
    INSERT INTO results VALUES ('api', 2, 'up', 120, 'HTTP 200');
    INSERT INTO transitions (key, source, kind, at, title, slug, severity, components, message, recorded_at)
      VALUES ('k', 'probe:api', 'down', 5, 'API Down', 'api-down', 'critical', '["api"]', 'No answer.', 5);
    INSERT INTO subscribers (id, address, address_key, state, nonce, created_at, confirmed_at, confirmed_seq)
      VALUES ('s1', 'Ann@example.com', 'ann@example.com', 'confirmed', 'n', 3, 4, 1);
    INSERT INTO announcements (ref, incident_id, key, seen_at) VALUES ('r', 'i', 'u', 6);
    INSERT INTO deliveries (kind, ref, subscriber_id, state, due_at, created_at)
      VALUES ('update', 'r', 's1', 'pending', 7, 7);
    INSERT INTO rollups (component_id, span, start, checks, ok, observed, latency_sum, sketch)
      VALUES ('api', 'day', 0, 1, 1, 60000, 120, '');
    INSERT INTO meta VALUES ('announced', '1');
    INSERT INTO requests VALUES ('k', 'h', 8, '{}');
    INSERT INTO reminders VALUES ('i', 9);
    INSERT INTO suppressed VALUES ('h', 'bounced', 10);
    INSERT INTO metric_points VALUES ('orders', 11, 1.5);
  `);
  sqlite.close();
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
  const all = async (
    table: 'subscribers' | 'deliveries' | 'transitions' | 'results' | 'announcements' | 'rollups',
  ) => db.selectFrom(table).selectAll().execute();
  expect(await all('subscribers')).toMatchObject([
    { address: 'Ann@example.com', lang: 'en', kinds: 'all', confirmed_seq: 1 },
  ]);
  expect(await all('deliveries')).toMatchObject([{ ref: 'r', state: 'pending', due_at: 7 }]);
  expect(await all('transitions')).toMatchObject([{ title: 'API Down', filed_at: null }]);
  expect(await all('results')).toMatchObject([{ at: 2, latency: 120 }]);
  expect(await all('announcements')).toMatchObject([{ ref: 'r', seen_at: 6, cursor: null }]);
  expect(await all('rollups')).toMatchObject([{ span: 'day', observed: 60000, latency_sum: 120 }]);
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
    expect(name).toMatch(/^status-1-\d{8}T\d{6}Z\.db$/);
    const kept = path.join(dir, 'backups', name as string);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    const copy = new Sqlite(kept, { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(1);
    expect(copy.prepare('SELECT address FROM subscribers').pluck().all()).toEqual(['Ann@example.com']);
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
    expect(await db.selectFrom('subscribers').select('nonce').execute()).toEqual([{ nonce: 'from the log' }]);
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
    expect(backups(dir)).toEqual([2, 3, 4].map(day => `status-1-1970010${day + 1}T000000Z.db`));
  });

  test('a step that fails leaves data and schema as they were, and says which', () => {
    const dir = folder();
    const file = path.join(dir, 'status.db');
    older(file);
    later(STEP, 'CREATE TABLE suppressed (mine TEXT)');
    const before = bytesIn(dir)['status.db'];
    expect(refusal(file)).toMatch(
      /schema 1 to 4: step 4 failed with "table suppressed already exists"; nothing was changed/,
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
      file => exec(file, 'PRAGMA user_version = 99'),
      /written by a newer version \(schema 99, this program supports \d+\)/,
    ],
    'of a newer version, and a log beside it': [
      file => killedWhileWriting(file, 'PRAGMA user_version = 99'),
      /written by a newer version \(schema 99/,
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
