// Told: what the records of an incident say of when it was told, and of which words are a machine's.
import { sql } from 'kysely';
import type { IncidentUpdate } from '../../core/model/incident.ts';
import { JOINED, type Told, toldAfter } from '../../core/notify/calm.ts';
import { filedKey } from '../../core/notify/filed-words.ts';
import type { Db } from '../db/database.ts';
import { memberOf } from '../db/dialect.ts';

/** The records of an incident: by the beginning of their primary key, as there may be thousands of others. */
export function isRecordOf(incidentId: string) {
  const first = `${incidentId} `;
  return sql<boolean>`ref >= ${first} AND ref < ${`${incidentId}!`} AND incident_id = ${incidentId}`;
}

/** When something of an incident was announced to all whom it concerns; null if nothing was. */
export async function whenAnnounced(db: Db, incidentId: string): Promise<Told | null> {
  const rows = await db
    .selectFrom('announcements')
    .select(['seen_at', memberOf(db, 'frozen', 'update').as('update')])
    .where(isRecordOf(incidentId))
    .where('key', 'not like', `${JOINED}%`)
    .where('frozen', 'is not', null)
    .orderBy('seen_at')
    .orderBy('ref')
    .execute();
  const filed = new Set(await keysOfFiledWords(db, incidentId));
  let told: Told | null = null;
  for (const { seen_at: at, update } of rows) {
    const said = JSON.parse(update) as IncidentUpdate;
    told = toldAfter(told, said, at, filed.has(filedKey(said.body)));
  }
  return told;
}

/** The keys of the words that a machine filed in an incident (filed-words.ts). */
export async function keysOfFiledWords(db: Db, incidentId: string): Promise<string[]> {
  const query = db.selectFrom('announcements').select('key').where(isRecordOf(incidentId));
  return (await query.where('key', 'like', 'filed %').orderBy('ref').execute()).map(({ key }) => key);
}
