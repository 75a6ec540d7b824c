// `migrate-database`: what it says, what it refuses, and that no password is printed.
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backup } from '../../src/cli/backup.ts';
import { migrateDatabase } from '../../src/cli/migrate-database.ts';
import { subscribers } from '../../src/cli/subscribers.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import { takeLock } from '../../src/store/db/lock.ts';
import { writeMeta } from '../../src/store/db/meta.ts';
import { openBesideServer } from '../../src/store/db/postgres/open.ts';
import { freshPlace, hasPostgres } from '../postgres.ts';
import { openTerminal } from './terminal.ts';

const SECRET = 'only this test knows it';
const list = subscribers.find(({ name }) => name === 'subscribers list');
const importing = subscribers.find(({ name }) => name === 'subscribers import');

describe.runIf(hasPostgres)('moving to PostgreSQL and back', () => {
  test('subscribers are there afterwards; every command works on PostgreSQL; no password is printed', async () => {
    const place = await freshPlace();
    const lite = await openTerminal(undefined, { DATABASE_SCHEMA: place.schema });
    const csv = await lite.write('readers.csv', 'email\nann@example.com\nbob@example.com\n');
    await lite.run(importing, '--confirmed', csv);
    const there = await lite.run(migrateDatabase, 'sqlite:data/status.db', place.url);
    expect(there.code).toBe(0);
    expect(there.out).toContain('subscribers: 2 rows\n');
    expect(there.out).toMatch(
      /\d+ rows copied from data\/status\.db to 127\.0\.0\.1:\d+\/postgres, and compared\./,
    );
    expect(there.out).toContain(
      'Set DATABASE_URL, then start the server. Keep the old file until all is well.',
    );
    expect(there.out + there.err).not.toContain('sesame');

    const postgres = await openTerminal(undefined, {
      DATABASE_URL: place.url,
      DATABASE_SCHEMA: place.schema,
    });
    expect((await postgres.run(list)).out).toContain('ann@example.com');
    const copy = backup.find(({ name }) => name === 'backup');
    await expect(postgres.run(copy, 'x.db')).rejects.toThrow(
      `back it up with \`pg_dump --format=custom --schema=${place.schema}\``,
    );
    // Once more is refused, and so is a target that a server uses.
    await expect(lite.run(migrateDatabase, 'sqlite:data/status.db', place.url)).rejects.toThrow(
      /the target holds data \(.*subscribers.*\) — nothing was copied; give an empty target/,
    );
    const back = await lite.run(migrateDatabase, place.url, 'sqlite:back.db');
    expect(back.out).toContain('subscribers: 2 rows\n');
    const db = openDatabase(path.join(lite.dir, 'back.db'));
    onTestFinished(() => db.destroy());
    const rows = await db.selectFrom('subscribers').select('address').orderBy('address').execute();
    expect(rows.map(({ address }) => address)).toEqual(['ann@example.com', 'bob@example.com']);
  });

  test('while a server runs on either, it is refused', async () => {
    const place = await freshPlace();
    const { cli, run, dir } = await openTerminal(undefined, { DATABASE_SCHEMA: place.schema });
    await mkdir(path.join(dir, 'data'));
    const made = openDatabase(cli.env.databaseFile);
    await writeMeta(made, 'a', '1');
    await made.destroy();
    const lock = takeLock(cli.env.databaseFile);
    await expect(run(migrateDatabase, 'sqlite:data/status.db', place.url)).rejects.toThrow(
      'a server is running on this database — stop it first',
    );
    lock?.release();
    await copyFile(cli.env.databaseFile, path.join(dir, 'copy.db'));
    await expect(run(migrateDatabase, 'sqlite:none.db', place.url)).rejects.toThrow(
      'there is no such database',
    );
    await expect(run(migrateDatabase, 'mysql://u:sesame@h/d', place.url)).rejects.toThrow(
      /^FROM: "mysql" databases are not supported — (?!.*sesame)/,
    );
    await expect(run(migrateDatabase, 'sqlite:copy.db', 'sqlite:copy.db')).rejects.toThrow(
      'the same database',
    );
    const beside = await openBesideServer(place, SECRET, false);
    expect(beside).toBeNull();
  });
});
