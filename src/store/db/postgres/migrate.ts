// The tables in PostgreSQL: made and migrated in one transaction, under the lock of every writer, by one process at a time.
import type { Client } from 'pg';
import { type PostgresPlace, StorageFault } from '../../../core/model/ports/storage.ts';
import { forPostgres } from '../dialect.ts';
import { currentSchema, FIRST_SCHEMA, MIGRATIONS } from '../migrations.ts';
import { asFault, refused } from './errors.ts';
import { fingerprintOf } from './inspect.ts';
import { clientOf, settleSession, writerLock } from './place.ts';

/** The schema itself and the row of the leader, which all later steps need. May be repeated. */
export async function prepareSchema(client: Client, place: PostgresPlace): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [place.schema]);
  if (rows.length === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS "${place.schema}"`);
  await client.query(`SET search_path = "${place.schema}"`);
  const { rows: there } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('"${place.schema}".status_live_leader') IS NOT NULL AS there`,
  );
  if (there[0]?.there) return;
  await client.query(`
    CREATE TABLE IF NOT EXISTS status_live_leader (
      one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one), epoch BIGINT NOT NULL, leader TEXT NOT NULL,
      renewed_at TIMESTAMPTZ NOT NULL
    );
    INSERT INTO status_live_leader (epoch, leader, renewed_at) VALUES (0, '', clock_timestamp()) ON CONFLICT DO NOTHING`);
}

/** Runs all steps that are missing; if one fails, schema and data stay as they were. Call it under the lock of the leader. */
export async function migrateServer(place: PostgresPlace, secret: string): Promise<void> {
  // A step may take long on a large table.
  const client = await clientOf(place, 0);
  await client.connect();
  let schema: number | null = null;
  try {
    await settleSession(client, place, 'status-live migration');
    await client.query('SET statement_timeout = 0; SET lock_timeout = 60000');
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${writerLock(place)})`);
    await client.query('CREATE TABLE IF NOT EXISTS status_live (version BIGINT NOT NULL, fingerprint TEXT)');
    const { rows } = await client.query<{ version: number; fingerprint: string | null }>(
      'SELECT version, fingerprint FROM status_live',
    );
    const from = rows[0]?.version ?? FIRST_SCHEMA - 1;
    const to = currentSchema();
    if (from === to && rows[0]?.fingerprint) return void (await client.query('ROLLBACK'));
    for (schema = from; schema < to; )
      await client.query(forPostgres(MIGRATIONS[++schema - FIRST_SCHEMA] as string));
    await client.query('DELETE FROM status_live');
    await client.query('INSERT INTO status_live (version, fingerprint) VALUES ($1, $2)', [
      to,
      fingerprintOf(secret),
    ]);
    await client.query('COMMIT');
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (asFault(error) instanceof StorageFault || code === '42P07') throw error;
    const what = `the database cannot be upgraded: the step to schema ${schema} failed with "${message}"; nothing was changed`;
    throw refused(place, what, 'install the previous version again, and report this');
  } finally {
    await client.end();
  }
}
