// Notification channels in the database: takes over the operator's from status.yaml, and records their health.
import { sql } from 'kysely';
import type { ChannelSettings, ChannelType } from '../../core/model/notification-channel.ts';
import type { Millis } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import type { ChannelHealth, NotificationChannel } from '../../core/notify/channel-health.ts';
import type { Db } from '../db/database.ts';
import { columns, nextPlace, type Row, subscriber } from './subscribers.ts';

const WELL = { strikes: 0, failing_since: null, paused_until: null, error: null } as const;

/**
 * Stores the operator's channels of status.yaml, in one transaction. New channels get news from now on. A channel with
 * its own id keeps its unsent messages when its address changes, and is healthy again. Removed channels stay.
 */
export async function syncChannels(db: Db, settings: readonly ChannelSettings[], now: Millis): Promise<void> {
  await db.transaction().execute(async trx => {
    for (const { id, type, url, components } of settings) {
      const address_key = shortId(`${type} ${url}`);
      const set = { channel: type, ...columns({ components, kinds: 'all', detail: 'all' }) };
      const fresh = { address_key, state: 'confirmed', ...WELL } as const;
      const query = trx.selectFrom('subscribers').select('address_key').where('id', '=', id);
      const known = await query.executeTakeFirst();
      if (known) {
        const changed = known.address_key === address_key ? set : { ...set, ...fresh };
        await trx.updateTable('subscribers').set(changed).where('id', '=', id).execute();
        continue;
      }
      const place = { created_at: now, confirmed_at: now, confirmed_seq: await nextPlace(trx) };
      await trx
        .insertInto('subscribers')
        .values({ id, owner: 'operator', ...set, ...fresh, ...place, nonce: '' })
        .execute();
    }
  });
}

/** Removes the operator's channels that are not in `settings`, with their unsent messages. */
export async function removeOtherChannels(db: Db, settings: readonly ChannelSettings[]): Promise<void> {
  const ids = settings.map(({ id }) => id);
  const operators = db
    .deleteFrom('subscribers')
    .where(sql<boolean>`owner = 'operator' AND channel <> 'email'`);
  await (ids.length === 0 ? operators : operators.where('id', 'not in', ids)).execute();
}

/** All channels, or those of one owner, the operator's first. */
export async function allChannels(
  db: Db,
  owner?: NotificationChannel['owner'],
): Promise<NotificationChannel[]> {
  const all = db.selectFrom('subscribers').selectAll().where(sql<boolean>`channel <> 'email'`);
  const some = owner === undefined ? all : all.where('owner', '=', owner);
  return (await some.orderBy('owner').orderBy('id').execute()).map(notificationChannel);
}

/** Records the result of the last message. The messages of a dead channel are given up. */
export async function noteHealth(
  db: Db,
  id: string,
  { strikes, failingSince, pausedUntil, error, dead }: ChannelHealth & { readonly dead: boolean },
): Promise<void> {
  const health = { strikes, failing_since: failingSince, paused_until: pausedUntil, error };
  await db.transaction().execute(async trx => {
    const set = dead ? { ...health, state: 'dead' as const } : health;
    await trx.updateTable('subscribers').set(set).where('id', '=', id).execute();
    if (!dead) return;
    // They are listed as given up, and `outbox retry` sends them.
    await trx
      .updateTable('deliveries')
      .set({ state: 'given_up', error: error ?? 'its channel is disabled' })
      .where('subscriber_id', '=', id)
      .where('state', '=', 'pending')
      .execute();
  });
}

/** Lets every channel of the operator be tried again. It counts as failing until it accepts a message. */
export async function retryChannels(db: Db): Promise<void> {
  const set = { state: 'confirmed', strikes: 0, paused_until: null } as const;
  await db.updateTable('subscribers').set(set).where('owner', '=', 'operator').execute();
}

export async function reviveChannel(db: Db, id: string): Promise<void> {
  const query = db.updateTable('subscribers').set({ state: 'confirmed', ...WELL });
  await query.where('owner', '=', 'operator').where('id', '=', id).execute();
}

export function notificationChannel(row: Row): NotificationChannel {
  const { channel: _, ...known } = subscriber(row);
  return {
    ...known,
    owner: row.owner,
    type: row.channel as ChannelType,
    url: row.address,
    secret: row.secret,
    state: row.state,
    strikes: row.strikes,
    failingSince: row.failing_since,
    pausedUntil: row.paused_until,
    error: row.error,
  };
}
