// Announcements: what is taken back is forgotten, what is begun is not.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { refOf } from '../../../src/core/model/incident.ts';
import { announcements } from '../../../src/core/notify/news.ts';
import {
  announceUpdates,
  enqueueSome,
  frozenUpdate,
  owedUpdates,
  seenUpdates,
  withdraw,
} from '../../../src/store/notify/announcements.ts';
import { DATABASES } from '../../postgres.ts';

const INCIDENT = parseIncident(
  'a.md',
  'a',
  '---\ntitle: A\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T12:00:00Z\n---\nWe look.\n',
).value!;

const EVERYBODY = (readers: readonly { readonly id: string }[]) => readers.map(({ id }) => id);

describe.each(DATABASES)('%s', (_name, open) => {
  test.each([
    ['nothing of it is enqueued', 0, EVERYBODY, true],
    ['an email of it is enqueued', 1, EVERYBODY, false],
    ['a message of it is enqueued', 2, EVERYBODY, false],
    ['somebody before was looked at', 1, () => [], false],
  ] as const)('taking back while %s', async (_when, begun, chosen, expected) => {
    const db = await open();
    await sql`INSERT INTO subscribers (id, channel, address, address_key, state, nonce, created_at, confirmed_seq)
    VALUES ('s', 'email', 'a@b', 'a@b', 'confirmed', 'n', 0, 0),
      ('t', 'slack', 'https://c', 'k', 'confirmed', 'n', 0, 0)`.execute(db);
    const now = INCIDENT.started + 1000;
    const news = announcements([INCIDENT], new Set(), now, false);
    await announceUpdates(db, news, now, now);
    const ref = refOf(news[0]!);
    if (begun > 0) await enqueueSome(db, ref, begun, chosen, ['slack'], now);
    expect(await withdraw(db, ref)).toBe(expected);
    expect((await seenUpdates(db)).has(ref)).toBe(!expected);
    expect((await owedUpdates(db, now, 0)).length).toBe(expected ? 0 : 1);
  });

  test('an incident as the page shows it is kept without its texts being rendered', async () => {
    const db = await open();
    const view = Object.defineProperty({ ...INCIDENT }, 'html', {
      enumerable: true,
      get() {
        throw new Error('rendered');
      },
    });
    const [news] = announcements([view], new Set(), INCIDENT.started, false);
    await announceUpdates(db, [news!], INCIDENT.started, INCIDENT.started);
    expect(await frozenUpdate(db, refOf(news!))).toEqual({ incident: INCIDENT, update: INCIDENT.updates[0] });
  });

  test('what was seen before the clock went back is due by the new time', async () => {
    const db = await open();
    const seen = INCIDENT.started + 1000;
    await sql`INSERT INTO subscribers (id, address, address_key, state, nonce, created_at, confirmed_seq)
    VALUES ('s', 'a@b', 'a@b', 'confirmed', 'n', 0, 0)`.execute(db);
    const news = announcements([INCIDENT], new Set(), seen, false);
    await announceUpdates(db, news, seen, seen + 8000);
    const now = seen - 600_000;
    expect(await enqueueSome(db, refOf(news[0]!), 10, EVERYBODY, [], now)).toEqual({
      deliveries: 1,
      done: true,
    });
    const { rows } = await sql<{ due_at: number }>`SELECT due_at FROM deliveries`.execute(db);
    expect(rows).toEqual([{ due_at: now }]);
  });
});
