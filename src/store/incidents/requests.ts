// Requests with an Idempotency-Key, remembered for a day: a repeated request gets the same response and has no second
// effect.
import { DAY, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';

interface KnownRequest {
  readonly bodyHash: string;
  /** When the key was first seen. What the request writes carries this time, so that a repeat recognises it. */
  readonly at: Millis;
  /** The response as JSON; null while the request is in progress, or was when the process crashed. */
  readonly answer: string | null;
}

/** Remembers a new key. If the key is known and younger than a day, returns the stored request. */
export async function rememberRequest(
  db: Db,
  key: string,
  bodyHash: string,
  now: Millis,
): Promise<KnownRequest | null> {
  await pruneWriteRequests(db, now);
  const done = await db
    .insertInto('requests')
    .values({ key, body_hash: bodyHash, at: now, answer: null })
    .onConflict(conflict => conflict.column('key').doNothing())
    .executeTakeFirst();
  if ((done.numInsertedOrUpdatedRows ?? 0n) > 0n) return null;
  const row = await db.selectFrom('requests').selectAll().where('key', '=', key).executeTakeFirstOrThrow();
  return { bodyHash: row.body_hash, at: row.at, answer: row.answer };
}

export async function answerRequest(db: Db, key: string, answer: string): Promise<void> {
  await db.updateTable('requests').set({ answer }).where('key', '=', key).execute();
}

/** Frees the key of a request that changed nothing, so that it can be sent again with a corrected body. */
export async function forgetRequest(db: Db, key: string): Promise<void> {
  await db.deleteFrom('requests').where('key', '=', key).where('answer', 'is', null).execute();
}

export async function pruneWriteRequests(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('requests')
    .where('at', '<', now - DAY)
    .execute();
}
