// Stores warnings, one row per source, so that a restart neither loses nor repeats one.
import type { Warning } from '../../core/monitoring/warning.ts';
import type { Db } from '../db/database.ts';
import { upsert } from '../db/dialect.ts';

/** Includes those that ended recently. */
export async function readWarnings(db: Db): Promise<Warning[]> {
  const rows = await db.selectFrom('warnings').selectAll().orderBy('source').execute();
  return rows.map(({ seen_at: seenAt, mailed_at: mailedAt, gone_at: goneAt, ...same }) => {
    return { ...same, seenAt, mailedAt, goneAt };
  });
}

export async function saveWarning(db: Db, warning: Warning): Promise<void> {
  const { seenAt: seen_at, mailedAt: mailed_at, goneAt: gone_at, ...same } = warning;
  await upsert(db, 'warnings', [{ ...same, seen_at, mailed_at, gone_at }]);
}

export async function removeWarning(db: Db, source: string): Promise<void> {
  await db.deleteFrom('warnings').where('source', '=', source).execute();
}
