// Stores transitions, each once, and marks them as filed.
import type { Selectable } from 'kysely';
import type { Millis } from '../../core/model/time.ts';
import type { StoredTransition, Transition, TransitionFacts } from '../../core/model/transition.ts';
import type { Db } from '../db/database.ts';
import type { TransitionRow } from '../db/tables.ts';

/** Stores a transition; returns false if the same event is already stored. */
export async function insertTransition(db: Db, transition: Transition, recordedAt: Millis): Promise<boolean> {
  const { components, facts, ...same } = transition;
  const done = await db
    .insertInto('transitions')
    .values({
      ...same,
      components: JSON.stringify(components),
      filed_at: null,
      incident_id: null,
      joined: 0,
      recorded_at: recordedAt,
      facts: facts ? JSON.stringify(facts) : null,
    })
    .onConflict(conflict => conflict.column('key').doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The same for several, all or none. */
export async function insertTransitions(
  db: Db,
  transitions: readonly Transition[],
  recordedAt: Millis,
): Promise<void> {
  await db.transaction().execute(async trx => {
    for (const one of transitions) await insertTransition(trx, one, recordedAt);
  });
}

export async function isStored(db: Db, key: string): Promise<boolean> {
  const row = await db.selectFrom('transitions').select('seq').where('key', '=', key).executeTakeFirst();
  return row !== undefined;
}

/** In order of arrival. */
export async function unfiledTransitions(db: Db): Promise<StoredTransition[]> {
  const rows = await db
    .selectFrom('transitions')
    .selectAll()
    .where('filed_at', 'is', null)
    .orderBy('seq')
    .execute();
  return rows.map(stored);
}

export async function newestTransition(db: Db, source: string): Promise<StoredTransition | null> {
  const row = await db
    .selectFrom('transitions')
    .selectAll()
    .where('source', '=', source)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? stored(row) : null;
}

/** The incident (its lasting name) in which a source was last filed before transition `seq`, or null. */
export async function incidentBefore(db: Db, source: string, seq: number): Promise<string | null> {
  const row = await db
    .selectFrom('transitions')
    .select('incident_id')
    .where('source', '=', source)
    .where('seq', '<', seq)
    .where('incident_id', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.incident_id ?? null;
}

/** The transitions filed in an incident (by its lasting name), in order of arrival. */
export async function transitionsFiledIn(db: Db, name: string): Promise<StoredTransition[]> {
  const rows = db.selectFrom('transitions').selectAll().where('incident_id', '=', name);
  return (await rows.orderBy('seq').execute()).map(stored);
}

/** Marks a transition as filed in an incident, or, if its lasting name is null, as needing no file. */
export async function markFiled(
  db: Db,
  seq: number,
  { name, isJoined }: { readonly name: string | null; readonly isJoined: boolean },
  now: Millis,
): Promise<void> {
  await db
    .updateTable('transitions')
    .set({ filed_at: now, incident_id: name, joined: isJoined ? 1 : 0 })
    .where('seq', '=', seq)
    .execute();
}

function stored(row: Selectable<TransitionRow>): StoredTransition {
  const { filed_at: filedAt, incident_id: incidentId, components, recorded_at, facts, joined, ...same } = row;
  return {
    ...same,
    components: JSON.parse(components) as string[],
    recordedAt: recorded_at ?? row.at,
    filedAt,
    incidentId,
    ...(joined ? { isJoined: true as const } : {}),
    ...(facts === null ? {} : { facts: JSON.parse(facts) as TransitionFacts }),
  };
}
