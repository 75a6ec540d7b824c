// Emails and messages to channels that a fault of ours kept from being composed, one an update and way out.
import { sql } from 'kysely';
import { UNCOMPOSED, type Uncomposed } from '../../core/notify/failing-channels.ts';
import type { Db } from '../db/database.ts';

/** So many are named; what stands behind them is of the same kind. */
const MOST = 20;

/** Those waiting for another try or given up, the latest first. */
export async function uncomposed(db: Db): Promise<Uncomposed[]> {
  const { rows } = await sql<{ ref: string; to: string; error: string; state: string }>`
    SELECT ref, 'mail' AS "to", MAX(error) AS error, MIN(state) AS state, MAX(id) AS latest FROM deliveries
    WHERE state IN ('pending', 'given_up') AND error LIKE ${`${UNCOMPOSED}%`} GROUP BY ref
    UNION ALL
    SELECT ref, channel_id, MAX(error), MIN(state), MAX(id) FROM messages
    WHERE state IN ('pending', 'given_up') AND error LIKE ${`${UNCOMPOSED}%`} GROUP BY ref, channel_id
    ORDER BY latest DESC LIMIT ${MOST}`.execute(db);
  return rows.map(({ ref, to, error, state }) => ({ ref, to, error, givenUp: state === 'given_up' }));
}
