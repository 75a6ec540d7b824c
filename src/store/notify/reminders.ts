// When the operators were last reminded of each open incident.
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';
import { upsert } from '../db/dialect.ts';

/** When each incident had its last reminder, epoch ms, by id. */
export async function readReminders(db: Db): Promise<Map<string, Millis>> {
  const rows = await db.selectFrom('reminders').selectAll().orderBy('incident_id').execute();
  return new Map(rows.map(({ incident_id, at }) => [incident_id, at]));
}

export async function noteReminder(db: Db, incident_id: string, at: Millis): Promise<void> {
  await upsert(db, 'reminders', [{ incident_id, at }]);
}

export async function forgetReminders(db: Db, but: readonly string[]): Promise<void> {
  await db.deleteFrom('reminders').where('incident_id', 'not in', but).execute();
}
