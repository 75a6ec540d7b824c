// The last hundred webhooks, redacted: so that an operator sees why nothing happened.
import type { Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';

/** How many are kept. */
const KEPT = 100;

export interface LoggedWebhook {
  readonly at: Millis;
  /** The last word of its address. */
  readonly sender: string;
  /** The HTTP status it was answered with. */
  readonly status: number;
  readonly action: 'opened' | 'resolved' | 'ignored' | 'refused';
  readonly incident: string | null;
  readonly why: string | null;
  /** Redacted JSON. */
  readonly body: string;
}

/** Notes one, and forgets the oldest beyond a hundred. */
export async function logWebhook(db: Db, webhook: LoggedWebhook): Promise<void> {
  await db.transaction().execute(async trx => {
    const { insertId } = await trx.insertInto('webhooks_log').values(webhook).executeTakeFirstOrThrow();
    await trx
      .deleteFrom('webhooks_log')
      .where('seq', '<=', Number(insertId) - KEPT)
      .execute();
  });
}

/** Newest first. */
export async function loggedWebhooks(db: Db): Promise<LoggedWebhook[]> {
  const rows = await db.selectFrom('webhooks_log').selectAll().orderBy('seq', 'desc').execute();
  return rows.map(({ seq: _, ...webhook }) => webhook);
}
