// Alerts that match no component, each once.
import type { HeldAlert } from '../../core/inbound/held.ts';
import type { Signal } from '../../core/inbound/signal.ts';
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';

/** Records that an alert was held, once more if it is known. */
export async function noteHeld(db: Db, source: string, signal: Signal, now: Millis): Promise<void> {
  const { sender, component, monitor, name, url, also } = signal;
  const named = JSON.stringify({ component, monitor, name, url, also });
  await db
    .insertInto('held_alerts')
    .values({ source, sender, named, first_at: now, last_at: now, times: 1 })
    .onConflict(conflict =>
      conflict
        .column('source')
        .doUpdateSet(({ eb }) => ({ named, last_at: now, times: eb('held_alerts.times', '+', 1) })),
    )
    .execute();
}

/** Returns the alerts reported since a time, the newest first. */
export async function heldAlerts(db: Db, since: Millis): Promise<HeldAlert[]> {
  const rows = await db
    .selectFrom('held_alerts')
    .selectAll()
    .where('last_at', '>=', since)
    .orderBy('last_at', 'desc')
    .limit(1000)
    .execute();
  return rows.map(({ sender, named, first_at: firstAt, last_at: lastAt, times }) => ({
    ...(JSON.parse(named) as Omit<HeldAlert, 'sender' | 'firstAt' | 'lastAt' | 'times'>),
    sender,
    firstAt,
    lastAt,
    times,
  }));
}
