// What a monitor said last, of itself or of each of its alerts: an outage of several is over with the last of them.
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';

export interface KnownAlert {
  readonly source: string;
  readonly isFiring: boolean;
  /** The last recovery time it gave, epoch ms; null if it never gave one. */
  readonly recovered: Millis | null;
  /** The newest time at which it said that it failed, epoch ms; null if it never gave one. */
  readonly failed: Millis | null;
  /** When it was last heard of, epoch ms, by our clock. */
  readonly notedAt: Millis;
}

/** By its id: the sender and its alert or monitor. */
export async function knownAlert(db: Db, id: string): Promise<KnownAlert | null> {
  const row = await db.selectFrom('alerts').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  const { source, is_firing, recovered_at: recovered, failed_at: failed, noted_at: notedAt } = row;
  return { source, isFiring: is_firing === 1, recovered, failed, notedAt };
}

/** Records what it is now, and since when; an earlier time than the stored one changes nothing. Null: it has none. */
export async function noteAlert(
  db: Db,
  id: string,
  source: string,
  kind: 'down' | 'up',
  at: Millis | null,
  now: Millis,
): Promise<void> {
  const known = await knownAlert(db, id);
  const since =
    kind === 'down' ? { failed_at: newer(known?.failed, at) } : { recovered_at: newer(known?.recovered, at) };
  const set = { source, is_firing: kind === 'down' ? 1 : 0, noted_at: now, ...since };
  await db
    .insertInto('alerts')
    .values({ id, recovered_at: null, failed_at: null, ...set })
    .onConflict(conflict => conflict.column('id').doUpdateSet(set))
    .execute();
}

const newer = (known: Millis | null = null, at: Millis | null): Millis | null =>
  known === null || (at !== null && at > known) ? at : known;

/** How many alerts a source has, how many fire, and when the last of the others ended, epoch ms; null if none told. */
export async function alertsOf(
  db: Db,
  source: string,
): Promise<{ readonly all: number; readonly firing: number; readonly ended: Millis | null }> {
  const row = await db
    .selectFrom('alerts')
    .select(({ fn }) => [
      fn.countAll().as('all'),
      fn.sum<number | null>('is_firing').as('firing'),
      fn.max('recovered_at').as('ended'),
    ])
    .where('source', '=', source)
    .executeTakeFirstOrThrow();
  return { all: Number(row.all), firing: Number(row.firing), ended: row.ended };
}

/** A person ended the outage: alerts that were not reported since may never be again. */
export async function forgetFiring(db: Db, source: string, before: Millis): Promise<void> {
  await db
    .updateTable('alerts')
    .set({ is_firing: 0 })
    .where('source', '=', source)
    .where('noted_at', '<', before)
    .execute();
}
