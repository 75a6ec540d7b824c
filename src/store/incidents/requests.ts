// Requests with an Idempotency-Key: remembered for a day, so that a repeat is answered and not repeated.
import { DAY, type Millis } from '../../core/model/time.ts';
import type { Db } from '../db/database.ts';

export interface KnownRequest {
  readonly bodyHash: string;
  /** When the key was first seen: what is written carries this moment, so that a repeat recognises it. */
  readonly at: Millis;
  /** JSON of the answer; null while it is (or was, before a crash) being carried out. */
  readonly answer: string | null;
}

/** Remembers a key at its first sight; a known, younger than a day, comes back as it is. */
export async function rememberRequest(
  db: Db,
  key: string,
  bodyHash: string,
  now: Millis,
): Promise<KnownRequest | null> {
  await pruneRequests(db, now);
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

/** Frees a key whose request changed nothing: it may come again with a better body. */
export async function forgetRequest(db: Db, key: string): Promise<void> {
  await db.deleteFrom('requests').where('key', '=', key).where('answer', 'is', null).execute();
}

export async function pruneRequests(db: Db, now: Millis): Promise<void> {
  await db
    .deleteFrom('requests')
    .where('at', '<', now - DAY)
    .execute();
}
