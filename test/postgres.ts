// A place in the PostgreSQL of this run for one test: a schema of its own, dropped when the test ends.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { postgresPlace } from '../src/core/model/ports/database-url.ts';
import type { PostgresPlace } from '../src/core/model/ports/storage.ts';
import { type Db, openDatabase } from '../src/store/db/database.ts';
import { openBesideServer } from '../src/store/db/postgres/open.ts';
import { TEST_POSTGRES } from './postgres-server.ts';

const url = process.env[TEST_POSTGRES];
/** Whether this machine has one. */
export const hasPostgres = url !== undefined;

/** A schema that does not exist yet. */
export async function freshPlace(): Promise<PostgresPlace> {
  const client = await connected();
  const schema = `test_${randomBytes(6).toString('hex')}`;
  await client.end();
  const place = postgresPlace(url!, schema);
  onTestFinished(() => dropSchema(place));
  return place;
}

/** Removes all that is in a place. */
export async function dropSchema({ schema }: PostgresPlace): Promise<void> {
  const client = await connected();
  await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await client.end();
}

/** A connection of the test's own; waits for the server of this run. */
export async function connected(at = url!): Promise<Client> {
  const { default: pg } = await import('pg');
  // The time limit of the test ends this.
  for (;;) {
    const client = new pg.Client({ connectionString: at });
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch {
      await sleep(50);
    }
  }
}

/** What signs links in tests of the store. */
const SECRET = 'a secret that only this test knows';

async function openPostgres(): Promise<Db> {
  const place = await freshPlace();
  const db = (await openBesideServer(place, SECRET, true)) as Db;
  onTestFinished(() => db.destroy());
  return db;
}

async function openSqlite(): Promise<Db> {
  const db = openDatabase(':memory:');
  onTestFinished(() => db.destroy());
  return db;
}

/** Each database, with a function that opens an empty one for this test. */
export const DATABASES: readonly (readonly [string, () => Promise<Db>])[] = [
  ['SQLite', openSqlite],
  ...(hasPostgres ? ([['PostgreSQL', openPostgres]] as const) : []),
];
