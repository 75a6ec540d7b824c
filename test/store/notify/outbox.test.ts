// The outbox: of one incident a subscriber's emails leave one after another, and nothing is passed over in vain.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Db } from '../../../src/store/db/database.ts';
import { dueEmails, markFailed, markSent } from '../../../src/store/notify/outbox.ts';
import { DATABASES } from '../../postgres.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const LATER = NOW + 60_000;

/** Two subscribers, and three updates of one incident and one of another owed to each: ids 1–4 are the first's. */
async function openOutbox(open: () => Promise<Db>): Promise<Db> {
  const db = await open();
  for (const id of ['s1', 's2']) {
    await sql`
      INSERT INTO subscribers (id, address, address_key, state, nonce, created_at)
      VALUES (${id}, ${`${id}@example.com`}, ${id}, 'confirmed', 'n', 0)`.execute(db);
    for (const [incident, key] of [
      ['web', '1'],
      ['web', '2'],
      ['mail', '1'],
      ['web', '3'],
    ]) {
      await sql`
        INSERT INTO deliveries (kind, ref, incident_id, subscriber_id, state, due_at, created_at)
        VALUES ('update', ${`${incident} ${key}`}, ${incident}, ${id}, 'pending', ${NOW}, ${NOW})`.execute(
        db,
      );
    }
  }
  return db;
}

const idsOf = (found: readonly { readonly id: number }[]) => found.map(({ id }) => id);

describe.each(DATABASES)('%s', (_name, open) => {
  test('the first of each incident is due; the next when it has left', async () => {
    const db = await openOutbox(open);
    const due = await dueEmails(db, NOW, 50, null);
    expect(idsOf(due)).toEqual([1, 3, 5, 7]);
    await markSent(db, [due[0]!], NOW);
    expect(idsOf(await dueEmails(db, NOW, 50, null))).toEqual([2, 3, 5, 7]);
  });

  test('what waits behind one that is put off is put off with it, and nothing else is', async () => {
    const db = await openOutbox(open);
    await markFailed(db, { id: 1, attempts: 1 }, 'busy', LATER);
    expect(idsOf(await dueEmails(db, NOW, 50, null))).toEqual([3, 5, 7]);
    const put = await db
      .selectFrom('deliveries')
      .select('id')
      .where('due_at', '=', LATER)
      .orderBy('id')
      .execute();
    expect(idsOf(put)).toEqual([1, 2, 4]);
    expect(idsOf(await dueEmails(db, LATER, 50, null))).toEqual([3, 5, 7, 1]);
  });

  test('one that is given up holds nobody up', async () => {
    const db = await openOutbox(open);
    await markFailed(db, { id: 1, attempts: 9 }, 'no such address', null);
    expect(idsOf(await dueEmails(db, NOW, 50, null))).toEqual([2, 3, 5, 7]);
  });
});
