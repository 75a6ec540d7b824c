// Connections to a PostgreSQL, and the keys of its locks. `pg` is loaded with the first one.
import { createHash } from 'node:crypto';
import type { Client, ClientBase, ClientConfig, Pool } from 'pg';
import type { PostgresPlace } from '../../../core/model/ports/storage.ts';

/** How long to wait for a connection, and for an answer, ms. */
const CONNECT_TIMEOUT = 3000;
const ANSWER_TIMEOUT = 12_000;
/** What the server itself ends: a statement, a wait for a lock, a transaction that does nothing; ms. */
const STATEMENT_TIMEOUT = 10_000;
const LOCK_TIMEOUT = 5000;
const IDLE_TIMEOUT = 10_000;
/** Connections for reading and writing; leadership has one more. */
const CONNECTIONS = 4;
const NUMBERS = new Set([20, 1700]);

/** One connection. Call `connect()`, then `settleSession`. */
export async function clientOf({ url }: PostgresPlace, timeout = ANSWER_TIMEOUT): Promise<Client> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...(await configOf(url)), query_timeout: timeout });
  // The query that fails says it, too.
  client.on('error', () => {});
  return client;
}

/** Connections that are made when they are needed. `name` is shown in pg_stat_activity. */
export async function poolOf(place: PostgresPlace, name: string): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    ...(await configOf(place.url)),
    query_timeout: ANSWER_TIMEOUT,
    max: CONNECTIONS,
    idleTimeoutMillis: 60_000,
    onConnect: async client => {
      client.on('error', () => {});
      await settleSession(client, place, name);
    },
  });
  pool.on('error', () => {});
  return pool;
}

async function configOf(url: string): Promise<ClientConfig> {
  const { default: pg } = await import('pg');
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    // Times and counts are far below 2^53.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        NUMBERS.has(oid) ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  } as ClientConfig;
}

/** Sets what holds for the session. As statements: a pooler refuses them as parameters of the start. */
export async function settleSession(client: ClientBase, place: PostgresPlace, name: string): Promise<void> {
  await client.query(`
    SET application_name = '${name}';
    SET search_path = "${place.schema}";
    SET jit = off;
    SET statement_timeout = ${STATEMENT_TIMEOUT};
    SET lock_timeout = ${LOCK_TIMEOUT};
    SET idle_in_transaction_session_timeout = ${IDLE_TIMEOUT};
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3`);
}

/** "StLv", as in the header of our SQLite files, and the next number: the keys of our advisory locks in a database. */
const LEADER = 0x53744c76;
const WRITER = LEADER + 1;

/** Both numbers of the lock that the leader holds as long as its session lives. */
export const leaderLock = (place: PostgresPlace) => `${LEADER}, ${schemaNumber(place)}`;
/** Both numbers of the lock that a transaction takes first: one writer at a time, over all processes. */
export const writerLock = (place: PostgresPlace) => `${WRITER}, ${schemaNumber(place)}`;

function schemaNumber({ schema }: PostgresPlace): number {
  return createHash('sha256').update(schema).digest().readInt32BE(0);
}
