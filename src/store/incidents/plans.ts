// What calendars were last told of each maintenance (core/incidents/plans.ts).
import type { ToldPlan } from '../../core/incidents/plans.ts';
import type { Db } from '../db/database.ts';
import { upsert } from '../db/dialect.ts';

export async function readPlans(db: Db): Promise<ToldPlan[]> {
  const rows = await db.selectFrom('plans').selectAll().orderBy('incident_id').execute();
  return rows.map(({ incident_id: id, plan, sequence, changed_at: changedAt, gone_at: goneAt }) => {
    return { id, plan: JSON.parse(plan) as ToldPlan['plan'], sequence, changedAt, goneAt };
  });
}

/** Stores plans and removes those of other incidents, in one transaction. */
export async function changePlans(
  db: Db,
  changed: readonly ToldPlan[],
  removed: readonly string[],
): Promise<void> {
  await db.transaction().execute(async trx => {
    for (const { id, plan, sequence, changedAt, goneAt } of changed) {
      const row = { incident_id: id, plan: JSON.stringify(plan), sequence };
      await upsert(trx, 'plans', [{ ...row, changed_at: changedAt, gone_at: goneAt }]);
    }
    for (const id of removed) await trx.deleteFrom('plans').where('incident_id', '=', id).execute();
  });
}
