// Channels besides mail in the database: the operator's, known by id, and visitors', with their address.
import type { Selectable } from 'kysely';
import type { Lang } from '../../core/model/lang.ts';
import { LANGS } from '../../core/model/lang.ts';
import type { ChannelSettings, ChannelType } from '../../core/model/notification-channel.ts';
import type { Choice } from '../../core/model/subscriber.ts';
import type { Millis } from '../../core/model/time.ts';
import { shortId } from '../../core/model/token.ts';
import type { Db } from '../db/database.ts';
import type { ChannelRow } from '../db/tables.ts';
import { columns, idsIn, nextPlace } from './subscribers.ts';

/** A channel as the database knows it. */
export interface KnownChannel {
  readonly id: string;
  readonly owner: 'operator' | 'visitor';
  readonly type: ChannelType;
  /** Null for an operator's: it stands in status.yaml. */
  readonly url: string | null;
  readonly secret: string | null;
  readonly state: 'pending' | 'confirmed' | 'dead';
  readonly choice: Choice;
  readonly lang: Lang;
  readonly nonce: string;
  readonly createdAt: Millis;
  readonly confirmedAt: Millis | null;
  /** Messages given up in a row. */
  readonly strikes: number;
  readonly failingSince: Millis | null;
  /** Nothing is tried before; null while all is well. */
  readonly restingUntil: Millis | null;
  /** What went wrong last; null while all is well. */
  readonly error: string | null;
}

/**
 * Makes the operator's channels those of status.yaml, in one transaction: new ones hear of what is news
 * from now on; one that is gone takes its unsent messages along; one with a name of its own keeps them when
 * its address changes, and is well again.
 */
export async function keepChannels(db: Db, settings: readonly ChannelSettings[], now: Millis): Promise<void> {
  await db.transaction().execute(async trx => {
    const ids = settings.map(({ id }) => id);
    const operators = trx.deleteFrom('channels').where('owner', '=', 'operator');
    await (ids.length === 0 ? operators : operators.where('id', 'not in', ids)).execute();
    for (const { id, type, url, components } of settings) {
      const url_key = shortId(`${type} ${url}`);
      const choice = columns({ components, kinds: 'all', detail: 'all' });
      const known = await trx
        .selectFrom('channels')
        .select('url_key')
        .where('id', '=', id)
        .executeTakeFirst();
      const fresh = {
        url_key,
        state: 'confirmed',
        strikes: 0,
        failing_since: null,
        resting_until: null,
        error: null,
      } as const;
      if (known) {
        const set = { type, ...choice, ...(known.url_key === url_key ? {} : fresh) };
        await trx.updateTable('channels').set(set).where('id', '=', id).execute();
        continue;
      }
      const place = { confirmed_at: now, confirmed_seq: await nextPlace(trx) };
      const row = { id, owner: 'operator', type, url: null, secret: null, lang: 'en', nonce: '' } as const;
      await trx
        .insertInto('channels')
        .values({ ...row, ...fresh, ...choice, ...place, created_at: now })
        .execute();
    }
  });
}

export async function channelById(db: Db, id: string): Promise<KnownChannel | null> {
  const row = await db.selectFrom('channels').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? channel(row) : null;
}

/** All channels, the operator's first. */
export async function allChannels(db: Db): Promise<KnownChannel[]> {
  const rows = await db.selectFrom('channels').selectAll().orderBy('owner').orderBy('id').execute();
  return rows.map(channel);
}

/** Notes how the last message went; `strikes` messages in a row were given up. */
export async function noteHealth(
  db: Db,
  id: string,
  health: Pick<KnownChannel, 'strikes' | 'failingSince' | 'restingUntil' | 'error'> & {
    readonly dead: boolean;
  },
): Promise<void> {
  const { strikes, failingSince, restingUntil, error, dead } = health;
  await db.transaction().execute(async trx => {
    await trx
      .updateTable('channels')
      .set({
        strikes,
        failing_since: failingSince,
        resting_until: restingUntil,
        error,
        ...(dead ? { state: 'dead' as const } : {}),
      })
      .where('id', '=', id)
      .execute();
    if (!dead) return;
    // Visible as given up, and brought back by `outbox retry`.
    await trx
      .updateTable('messages')
      .set({ state: 'given_up', error: error ?? 'its channel is dead' })
      .where('channel_id', '=', id)
      .where('state', '=', 'pending')
      .execute();
  });
}

/** Gives every channel of the operator's another chance. That one is failing stays known until it takes a message. */
export async function retryChannels(db: Db): Promise<void> {
  await db
    .updateTable('channels')
    .set({ state: 'confirmed', strikes: 0, resting_until: null })
    .where('owner', '=', 'operator')
    .where('state', '<>', 'pending')
    .execute();
}

/** Makes a channel of the operator's one that takes messages. */
export async function reviveChannel(db: Db, id: string): Promise<void> {
  await db
    .updateTable('channels')
    .set({ state: 'confirmed', strikes: 0, failing_since: null, resting_until: null, error: null })
    .where('owner', '=', 'operator')
    .where('id', '=', id)
    .execute();
}

function channel(row: Selectable<ChannelRow>): KnownChannel {
  return {
    id: row.id,
    owner: row.owner,
    type: row.type,
    url: row.url,
    secret: row.secret,
    state: row.state,
    choice: { components: idsIn(row.components), kinds: row.kinds, detail: row.detail },
    lang: LANGS.find(lang => lang === row.lang) ?? 'en',
    nonce: row.nonce,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    strikes: row.strikes,
    failingSince: row.failing_since,
    restingUntil: row.resting_until,
    error: row.error,
  };
}
