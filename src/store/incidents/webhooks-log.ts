// The last hundred webhooks received.
import type { LoggedWebhook } from '../../core/inbound/webhook-log.ts';
import type { Db } from '../db/database.ts';

const KEPT = 100;

/** Records a webhook and removes the oldest beyond a hundred. */
export async function logWebhook(db: Db, webhook: LoggedWebhook): Promise<void> {
  await db.transaction().execute(async trx => {
    const insert = trx.insertInto('webhooks_log').values(webhook).returning('seq');
    const { seq } = await insert.executeTakeFirstOrThrow();
    await trx
      .deleteFrom('webhooks_log')
      .where('seq', '<=', seq - KEPT)
      .execute();
  });
}

/** Newest first. */
export async function loggedWebhooks(db: Db): Promise<LoggedWebhook[]> {
  const rows = await db.selectFrom('webhooks_log').selectAll().orderBy('seq', 'desc').execute();
  return rows.map(({ seq: _, ...webhook }) => webhook);
}
