// The incidents as last read: their lasting names, and their updates with theirs.
import type { KnownIncident } from '../../core/incidents/identity.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { upsert } from '../db/dialect.ts';

export interface StoredIncident extends KnownIncident {
  /** Since when no file has its id, epoch ms; null while there is one. */
  readonly goneAt: Millis | null;
}

export async function readIdentities(db: Db): Promise<StoredIncident[]> {
  const rows = await db.selectFrom('known_incidents').selectAll().orderBy('key').execute();
  return rows.map(({ key, id, gone_at, record }) => ({ key, id, goneAt: gone_at, ...JSON.parse(record) }));
}

/** Stores records, in one transaction. `records`: not empty, and few. */
export async function saveIdentities(db: Db, records: readonly StoredIncident[]): Promise<void> {
  const rows = records.map(({ key, id, goneAt, former, updates, gone, sources, front }) => ({
    ...{ key, id, gone_at: goneAt },
    record: JSON.stringify({ former, updates, gone, sources, front }),
  }));
  await upsert(db, 'known_incidents', rows);
}
