// Moving a database: everything arrives in the other kind and back, counted and compared; a full target is refused.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { CopyFailed, copyDatabase, tablesWithData } from '../../../src/store/db/copy.ts';
import type { Db } from '../../../src/store/db/database.ts';
import { writeMeta } from '../../../src/store/db/meta.ts';
import { noteComponents, recordResult } from '../../../src/store/monitoring/measurements.ts';
import { nextPlace } from '../../../src/store/notify/subscribers.ts';
import { component, NOW } from '../../makers.ts';
import { DATABASES } from '../../postgres.ts';

const api = component('api', { check: checkSchema.parse({ type: 'http', url: 'https://api.example' }) });

/** More rows than are read at a time, numbers of all kinds, and texts that are hard to keep. */
async function fill(db: Db): Promise<void> {
  await noteComponents(db, [api], NOW);
  for (let i = 0; i < 5; i++)
    await recordResult(db, api, {
      at: NOW + i * 60_000,
      outcome: i < 2 ? 'up' : 'down',
      latency: i,
      seen: 'x',
    });
  await db
    .insertInto('metric_points')
    .values(Array.from({ length: 2500 }, (_, i) => ({ metric_id: 'm', at: NOW + i, value: i / 7 })))
    .execute();
  await db
    .insertInto('kept_files')
    .values([{ name: 'ä/\u{1f600}.md', text: 'line\r\n\ttab "quote" \\ \u2028 end' }])
    .execute();
  await nextPlace(db);
  await sql`INSERT INTO subscribers (id, address, address_key, state, nonce, created_at, confirmed_seq)
    VALUES ('s', 'a@b', 'a@b', 'confirmed', 'n', 0, 1), ('B', 'c@d', 'c@d', 'pending', 'n', 0, NULL)`.execute(
    db,
  );
  for (let i = 0; i < 3; i++)
    await sql`INSERT INTO deliveries (kind, ref, incident_id, subscriber_id, state, due_at, created_at)
      VALUES ('update', ${`a ${i}`}, 'a', 's', 'pending', ${NOW}, ${NOW})`.execute(db);
  await db.deleteFrom('deliveries').where('id', '=', 3).execute();
  await db
    .insertInto('subscribe_requests')
    .values([0, 0].map(at => ({ counted: 'host' as const, hash: 'h', at })))
    .execute();
}

const kinds = DATABASES.flatMap(([from, openFrom]) =>
  DATABASES.map(([to, openTo]) => [from, to, openFrom, openTo] as const),
);

describe.each(kinds)('from %s to %s', (_from, _to, openFrom, openTo) => {
  test('everything arrives, and what counts goes on counting', async () => {
    const [from, to] = [await openFrom(), await openTo()];
    await fill(from);
    const said: string[] = [];
    const copied = await copyDatabase(from, to, table => said.push(table));
    expect(Object.fromEntries(copied.map(({ table, rows }) => [table, rows]))).toMatchObject({
      metric_points: 2500,
      kept_files: 1,
      subscribers: 2,
      deliveries: 2,
      subscribe_requests: 2,
      results: 5,
      rollups: 3,
      transitions: 2,
      meta: 1,
    });
    expect(said.filter(table => table === 'metric_points').length).toBe(3);
    expect(
      await to
        .selectFrom('metric_points')
        .select('value')
        .where('at', '=', NOW + 8)
        .executeTakeFirst(),
    ).toEqual({
      value: 8 / 7,
    });
    // The number of the delivery that was removed is not given again.
    await sql`INSERT INTO deliveries (kind, ref, subscriber_id, state, due_at, created_at)
      VALUES ('update', 'new', 's', 'pending', 0, 0)`.execute(to);
    expect(
      await to.selectFrom('deliveries').select('id').where('ref', '=', 'new').executeTakeFirst(),
    ).toEqual({
      id: 4,
    });
    expect(await nextPlace(to)).toBe(2);
  });

  test('into one that holds data: refused, and it stays as it is', async () => {
    const [from, to] = [await openFrom(), await openTo()];
    await fill(from);
    expect(await tablesWithData(to)).toEqual([]);
    await writeMeta(to, 'announced', '1');
    await expect(copyDatabase(from, to, () => {})).rejects.toThrow(
      new CopyFailed('the target holds data (meta)'),
    );
    expect(await tablesWithData(to)).toEqual(['meta']);
  });

  test('a copy that differs is undone', async () => {
    const [from, to] = [await openFrom(), await openTo()];
    await fill(from);
    let isChanged = false;
    const copying = copyDatabase(from, withChange(to), table => {
      isChanged ||= table === 'kept_files';
    });
    await expect(copying).rejects.toThrow('the copy of kept_files differs (1 rows, 0 in the copy)');
    expect(isChanged).toBe(true);
    expect(await tablesWithData(to)).toEqual([]);

    /** As if a disk had lost a row on its way. */
    function withChange(db: Db): Db {
      const transaction = () => ({
        execute: (work: (trx: Db) => Promise<unknown>) =>
          db.transaction().execute(async trx => {
            const lossy = trx.withPlugin({
              transformQuery: ({ node }) => node,
              transformResult: async ({ result }) =>
                result.rows.some(row => typeof row.text === 'string' && 'name' in row)
                  ? { ...result, rows: [] }
                  : result,
            });
            return work(lossy);
          }),
      });
      return new Proxy(db, {
        get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name)),
      });
    }
  });
});
