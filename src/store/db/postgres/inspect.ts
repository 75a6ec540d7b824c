// Inspects a PostgreSQL before anything is written: is it new enough, the primary, really ours, and are its connections
// connections? What is not is refused in one sentence.

import type { Client } from 'pg';
import type { PostgresPlace } from '../../../core/model/ports/storage.ts';
import { deriveSecret } from '../../../core/model/token.ts';
import { currentSchema } from '../migrations.ts';
import { refused } from './errors.ts';
import { clientOf } from './place.ts';

/** What is found in the schema. */
export interface Found {
  /** The number of its tables; null when there are none yet. */
  readonly version: number | null;
}

interface Server {
  readonly version: number;
  readonly recovering: boolean;
  readonly readonly: string;
  /** Null: there is no such schema. */
  readonly usable: boolean | null;
  readonly creatable: boolean | null;
  readonly may_create_schema: boolean;
  readonly has_tables: boolean;
}

/** PostgreSQL 15: the oldest release that the program is tested with. */
const OLDEST = 150000;

/** What is known of a site by its secret: the database of another one is refused. */
export const fingerprintOf = (secret: string) => deriveSecret(secret, 'fingerprint').slice(0, 16);

/** Throws DatabaseRefused if the program cannot work on this database, which stays as it is. */
export async function inspectServer(client: Client, place: PostgresPlace, secret: string): Promise<Found> {
  await refusePoolers(client, place);
  const { rows } = await client.query<Server>(
    `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS recovering,
      current_setting('default_transaction_read_only') AS readonly,
      (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = $1) AS usable,
      (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1) AS creatable,
      has_database_privilege(current_database(), 'CREATE') AS may_create_schema,
      EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = 'status_live') AS has_tables`,
    [place.schema],
  );
  const server = rows[0] as Server;
  judgeServer(server, place);
  if (!server.has_tables) return { version: null };
  const known = await client.query<{ version: number; fingerprint: string | null }>(
    `SELECT version, fingerprint FROM "${place.schema}".status_live`,
  );
  const { version, fingerprint } = known.rows[0] ?? { version: 0, fingerprint: null };
  if (fingerprint !== null && fingerprint !== fingerprintOf(secret)) {
    const what = `the schema “${place.schema}” belongs to another site, or SECRET is another one than before`;
    throw refused(place, what, 'set SECRET as before; for another site, set DATABASE_SCHEMA to another name');
  }
  if (version > currentSchema()) {
    const what = `the database was written by a newer version (schema ${version}, this program supports ${currentSchema()})`;
    throw refused(place, what, 'install that version again');
  }
  return { version };
}

/** What the server says of itself, judged. Exported for servers that a test cannot start. */
export function judgeServer(server: Server, place: PostgresPlace): void {
  const { version, recovering, readonly, usable, creatable, has_tables } = server;
  if (version < OLDEST) {
    const what = `this is PostgreSQL ${Math.floor(version / 10_000)}, and 15 is the oldest that is supported`;
    throw refused(place, what, 'use PostgreSQL 15 or newer');
  }
  if (recovering || readonly === 'on') {
    const what = recovering ? 'this PostgreSQL is a read-only standby' : 'this user may only read';
    const fix = recovering
      ? 'name the primary server in DATABASE_URL'
      : 'switch default_transaction_read_only off for it';
    throw refused(place, what, fix);
  }
  const { schema } = place;
  if (usable === null && !server.may_create_schema) {
    const fix = `create it: \`CREATE SCHEMA ${schema} AUTHORIZATION …\` with the user of DATABASE_URL`;
    throw refused(place, `there is no schema “${schema}”, and this user may not create it`, fix);
  }
  if (usable === false || (creatable === false && !has_tables)) {
    const fix = `run \`GRANT USAGE, CREATE ON SCHEMA ${schema}\` for it, or set DATABASE_SCHEMA to a schema that it owns`;
    throw refused(place, `this user may not create tables in the schema “${schema}”`, fix);
  }
}

/**
 * A pooler that shares connections between transactions makes a lock of the session meaningless. It is known by one backend
 * that serves two connections at once, or by a connection whose backend changes.
 */
async function refusePoolers(client: Client, place: PostgresPlace): Promise<void> {
  const pidOf = async (asked: Client) =>
    (await asked.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  const other = await clientOf(place);
  await other.connect();
  try {
    const first = await pidOf(client);
    await other.query('BEGIN');
    const beside = await pidOf(other);
    const second = await pidOf(client);
    await other.query('ROLLBACK');
    const third = await pidOf(client);
    if (first !== beside && first === second && second === third) return;
  } finally {
    await other.end();
  }
  const what =
    'a pooler in front of PostgreSQL shares connections between transactions, which breaks the lock of the leader';
  throw refused(
    place,
    what,
    'connect to PostgreSQL itself (mostly port 5432), or set the pooler to pool sessions',
  );
}
