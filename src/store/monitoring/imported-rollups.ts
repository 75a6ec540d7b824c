// Imported measurements: what another program measured before this one did.
import { sql } from 'kysely';
import type { ImportedSpan } from '../../core/import/imported.ts';
import type { Db } from '../db/database.ts';
import { rowOf } from './rollups.ts';

/** Rows per statement: SQLite takes 32,766 values. */
const AT_ONCE = 1000;

/**
 * Stores periods that are not there yet, marked as imported: what this program measured stays. Their components are known
 * since the first of them. Returns how many were added.
 */
export async function importRollups(db: Db, history: readonly ImportedSpan[]): Promise<number> {
  return db.transaction().execute(async trx => {
    let added = 0n;
    for (let from = 0; from < history.length; from += AT_ONCE) {
      const rows = history.slice(from, from + AT_ONCE).map(({ component, span, start, rollup }) => ({
        ...rowOf(component, span, start, rollup),
        imported: 1,
      }));
      const [result] = await trx
        .insertInto('rollups')
        .values(rows)
        .onConflict(conflict => conflict.doNothing())
        .execute();
      added += result?.numInsertedOrUpdatedRows ?? 0n;
    }
    await sql`
      INSERT INTO components (id, first_seen, first_check)
      SELECT component_id, min(start), min(start) FROM rollups WHERE imported = 1 GROUP BY component_id
      ON CONFLICT (id) DO UPDATE SET
        first_seen = CASE WHEN components.first_seen < excluded.first_seen
          THEN components.first_seen ELSE excluded.first_seen END,
        first_check = CASE WHEN components.first_check < excluded.first_check
          THEN components.first_check ELSE excluded.first_check END`.execute(trx);
    return Number(added);
  });
}
