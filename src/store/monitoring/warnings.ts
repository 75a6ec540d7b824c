// Warnings: one row for each source, so that a restart neither forgets nor repeats one.
import type { Selectable } from 'kysely';
import type { Warning } from '../../core/monitoring/warning.ts';
import type { Db } from '../db/database.ts';
import type { WarningRow } from '../db/tables.ts';

/** All there are, those lately gone too. */
export async function readWarnings(db: Db): Promise<Warning[]> {
  const rows = await db.selectFrom('warnings').selectAll().execute();
  return rows.map(warningOf);
}

/** Keeps a warning as it is now. */
export async function saveWarning(db: Db, warning: Warning): Promise<void> {
  const { source, component, what, fix, expires, host, since, seenAt, mailedAt, goneAt } = warning;
  const row = { component, what, fix, expires, host, since, seen_at: seenAt };
  const rest = { ...row, mailed_at: mailedAt, gone_at: goneAt };
  await db
    .insertInto('warnings')
    .values({ source, ...rest })
    .onConflict(conflict => conflict.column('source').doUpdateSet(rest))
    .execute();
}

export async function removeWarning(db: Db, source: string): Promise<void> {
  await db.deleteFrom('warnings').where('source', '=', source).execute();
}

function warningOf({ seen_at, mailed_at, gone_at, ...row }: Selectable<WarningRow>): Warning {
  return { ...row, seenAt: seen_at, mailedAt: mailed_at, goneAt: gone_at };
}
