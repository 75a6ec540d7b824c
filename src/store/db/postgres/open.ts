// Opens a PostgreSQL for a server that leads, or for a command beside it.

import { HandleEmptyInListsPlugin, Kysely, replaceWithNoncontingentExpression } from 'kysely';
import type { Client } from 'pg';
import type { PostgresPlace } from '../../../core/model/ports/storage.ts';
import type { OnWrite } from '../connection.ts';
import { type Db, pairUnsynced } from '../database.ts';
import { currentSchema } from '../migrations.ts';
import type { Tables } from '../tables.ts';
import { type LeaderFence, PostgresConnection, postgresDialect } from './connection.ts';
import { refusalOf, refused } from './errors.ts';
import { inspectServer } from './inspect.ts';
import { migrateServer, prepareSchema } from './migrate.ts';
import { clientOf, leaderLock, poolOf, settleSession } from './place.ts';

/** The database of a leader; it is migrated. */
export async function openAsLeader(
  place: PostgresPlace,
  leader: LeaderFence & { readonly name: string },
  onWrite: OnWrite,
): Promise<Db> {
  return dbOn(place, leader.name, onWrite, leader);
}

/**
 * The database for a command, also while a server leads. Null if there is none yet, unless `create`. Throws
 * DatabaseRefused.
 */
export async function openBesideServer(
  place: PostgresPlace,
  secret: string,
  create: boolean,
): Promise<Db | null> {
  try {
    const client = await clientOf(place);
    await client.connect();
    try {
      const { version } = await inspectServer(client, place, secret);
      if (version === null && !create) return null;
      if (version !== currentSchema()) await migrateAlone(client, place, secret);
    } finally {
      await client.end();
    }
    return await dbOn(place, 'status-live command', () => {}, null);
  } catch (error) {
    throw refusalOf(error, place);
  }
}

/** Migrates while no server leads; the lock ends with the connection. */
async function migrateAlone(client: Client, place: PostgresPlace, secret: string): Promise<void> {
  await takeLeaderLock(client, place);
  await prepareSchema(client, place);
  await migrateServer(place, secret);
}

/** The database, created if there is none, while no server may lead. Throws DatabaseRefused while one does. */
export async function openAlone(
  place: PostgresPlace,
  secret: string,
): Promise<{ readonly db: Db; close(): Promise<void> }> {
  const db = (await openBesideServer(place, secret, true)) as Db;
  const client = await clientOf(place);
  const close = async () => {
    await db.destroy();
    await client.end();
  };
  try {
    await client.connect();
    await takeLeaderLock(client, place);
  } catch (error) {
    await close();
    throw refusalOf(error, place);
  }
  // A standby ends a holder of the lock that is silent for long.
  const timer = setInterval(() => void client.query('SELECT 1').catch(() => undefined), 2000);
  return {
    db,
    close() {
      clearInterval(timer);
      return close();
    },
  };
}

async function takeLeaderLock(client: Client, place: PostgresPlace): Promise<void> {
  await settleSession(client, place, 'status-live command');
  const asked = `SELECT pg_try_advisory_lock(${leaderLock(place)}) AS taken`;
  const { rows } = await client.query<{ taken: boolean }>(asked);
  if (!rows[0]?.taken) throw refused(place, 'a server is running on this database', 'stop it first');
}

async function dbOn(
  place: PostgresPlace,
  name: string,
  onWrite: OnWrite,
  fence: LeaderFence | null,
): Promise<Db> {
  const connection = new PostgresConnection(await poolOf(place, name), place, onWrite, fence);
  // SQLite knows empty lists: nothing is in them.
  const plugins = [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })];
  const db = new Kysely<Tables>({ dialect: postgresDialect(connection, 'FULL'), plugins });
  pairUnsynced(db, new Kysely<Tables>({ dialect: postgresDialect(connection, 'NORMAL'), plugins }));
  // Kysely closes only what it has used.
  await db.selectFrom('meta').select('name').limit(1).execute();
  return db;
}
