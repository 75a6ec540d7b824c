// Copies a whole database into an empty one, of the same or of the other kind, in one transaction, and compares both.
import { createHash, type Hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Db } from './database.ts';
import { countFrom, lastNumber } from './dialect.ts';
import type { Tables } from './tables.ts';

/** Every table, with what orders its rows; those that others refer to come first. Without a key, a table is read at once. */
const KEYS: Readonly<Record<keyof Tables, readonly string[]>> = {
  meta: ['name'],
  components: ['id'],
  results: ['component_id', 'at'],
  rollups: ['component_id', 'span', 'start'],
  metric_points: ['metric_id', 'at'],
  metric_rollups: ['metric_id', 'span', 'start'],
  warnings: ['source'],
  transitions: ['seq'],
  alerts: ['id'],
  held_alerts: ['source'],
  known_incidents: ['key'],
  kept_files: ['name'],
  plans: ['incident_id'],
  uncommitted: ['name'],
  requests: ['key'],
  webhooks_log: ['seq'],
  subscribers: ['id'],
  suppressed: ['address_hash'],
  subscribe_requests: [],
  announcements: ['ref'],
  deliveries: ['id'],
  reminders: ['incident_id'],
};
const UNKEYED_ORDER = 'counted, hash, at';
const COUNTED = [
  { table: 'transitions', column: 'seq' },
  { table: 'webhooks_log', column: 'seq' },
  { table: 'deliveries', column: 'id' },
];

type StoredRow = Readonly<Record<string, unknown>>;
type AnyTable = Kysely<Record<'a table', Record<string, unknown>>>;

/** Rows read and written at a time: SQLite takes 32,766 values in a statement. */
const AT_ONCE = 1000;

export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
}

/** What a copy found to be different; nothing was changed. */
export class CopyFailed extends Error {}

/** The tables that hold data; a fresh database has only where its counting begins. */
export async function tablesWithData(db: Db): Promise<string[]> {
  const found: string[] = [];
  for (const table of Object.keys(KEYS)) {
    const { rows } = await sql<StoredRow>`SELECT * FROM ${sql.table(table)} LIMIT 2`.execute(db);
    const isFresh = table === 'meta' && rows.length === 1 && rows[0]?.value === '0';
    if (rows.length > 0 && !isFresh) found.push(table);
  }
  return found;
}

/**
 * Copies all rows, reads them again from the copy, and compares count and checksum of each table. Nobody else may write to
 * either. Throws CopyFailed, and then `to` is as it was. `onProgress` gets the table and its rows so far.
 */
export async function copyDatabase(
  from: Db,
  to: Db,
  onProgress: (table: string, rows: number) => void,
): Promise<readonly CopiedTable[]> {
  return from.transaction().execute(source =>
    to.transaction().execute(async target => {
      const full = await tablesWithData(target);
      if (full.length > 0) throw new CopyFailed(`the target holds data (${full.join(', ')})`);
      await sql`DELETE FROM meta`.execute(target);
      const copied: CopiedTable[] = [];
      for (const table of Object.keys(KEYS) as (keyof Tables)[]) {
        const before = await copyTable(source, target, table, onProgress);
        const after = await digestOf(target, table);
        if (before.rows !== after.rows || before.digest !== after.digest)
          throw new CopyFailed(
            `the copy of ${table} differs (${before.rows} rows, ${after.rows} in the copy)`,
          );
        copied.push({ table, rows: before.rows });
      }
      for (const counted of COUNTED) {
        const last = await lastNumber(source, counted);
        if (last !== null) await countFrom(target, counted, last);
      }
      return copied;
    }),
  );
}

interface Digest {
  readonly rows: number;
  readonly digest: string;
}

async function copyTable(
  source: Db,
  target: Db,
  table: keyof Tables,
  onProgress: (table: string, rows: number) => void,
): Promise<Digest> {
  return digestOf(source, table, async (rows, done) => {
    await (target as unknown as AnyTable)
      .insertInto(table as 'a table')
      .values(rows)
      .execute();
    onProgress(table, done);
  });
}

async function digestOf(
  db: Db,
  table: keyof Tables,
  each: (rows: readonly StoredRow[], done: number) => Promise<void> = async () => {},
): Promise<Digest> {
  const hash = createHash('sha256');
  let done = 0;
  for (let last: StoredRow | null = null; ; ) {
    const rows: readonly StoredRow[] = await page(db, table, last);
    for (const row of rows) addTo(hash, row);
    done += rows.length;
    for (let at = 0; at < rows.length; at += AT_ONCE) await each(rows.slice(at, at + AT_ONCE), done);
    last = rows.at(-1) ?? null;
    if (last === null || KEYS[table].length === 0 || rows.length < AT_ONCE) break;
  }
  return { rows: done, digest: hash.digest('base64') };
}

async function page(db: Db, table: keyof Tables, last: StoredRow | null): Promise<readonly StoredRow[]> {
  const keys = KEYS[table];
  if (keys.length === 0)
    return (
      await sql<StoredRow>`SELECT * FROM ${sql.table(table)} ORDER BY ${sql.raw(UNKEYED_ORDER)}`.execute(db)
    ).rows;
  const order = sql.join(keys.map(key => sql.ref(key)));
  const after = last ? sql`WHERE (${order}) > (${sql.join(keys.map(key => last[key]))})` : sql``;
  const { rows } = await sql<StoredRow>`
    SELECT * FROM ${sql.table(table)} ${after} ORDER BY ${order} LIMIT ${AT_ONCE}`.execute(db);
  return rows;
}

/** The same for the same values in both databases, whatever the order of the columns. */
function addTo(hash: Hash, row: StoredRow): void {
  const values = Object.keys(row)
    .sort()
    .map(column => row[column]);
  // PostgreSQL cannot hold this character; its driver replaces it.
  hash.update(`${JSON.stringify(values).replaceAll('\\u0000', '\ufffd')}\n`);
}
