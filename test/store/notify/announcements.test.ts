// The books: what is taken back is forgotten, what is begun is not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { refOf } from '../../../src/core/model/incident.ts';
import { announcements } from '../../../src/core/notify/news.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import {
  bookAnnouncements,
  enqueueSome,
  frozenUpdate,
  owedUpdates,
  seenUpdates,
  withdraw,
} from '../../../src/store/notify/announcements.ts';

const INCIDENT = parseIncident(
  'a.md',
  'a',
  '---\ntitle: A\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T12:00:00Z\n---\nWe look.\n',
).value!;

test.each([
  ['nothing of it is enqueued', [], true],
  [
    'an email of it is enqueued',
    [
      "INSERT INTO deliveries (kind, ref, subscriber_id, state, due_at, created_at) VALUES ('update', ?, 's', 'pending', 0, 0)",
    ],
    false,
  ],
  [
    'a message of it is enqueued',
    [
      "INSERT INTO messages (kind, ref, channel_id, state, due_at, created_at) VALUES ('update', ?, 'c', 'pending', 0, 0)",
    ],
    false,
  ],
  ['somebody before was looked at', ["UPDATE updates SET cursor = 's' WHERE ref = ?"], false],
] as const)('taking back while %s', async (_when, begun, expected) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-books-'));
  const db = openDatabase(path.join(dir, 'status.db'));
  onTestFinished(async () => {
    await db.destroy();
    rmSync(dir, { recursive: true, force: true });
  });
  const now = INCIDENT.started + 1000;
  const news = announcements([INCIDENT], new Set(), now, false);
  await bookAnnouncements(db, news, now, now);
  const ref = refOf(news[0]!);
  await sql`INSERT INTO subscribers (id, address, address_key, state, nonce, created_at)
    VALUES ('s', 'a@b', 'a@b', 'confirmed', 'n', 0)`.execute(db);
  await sql`INSERT INTO channels (id, owner, type, url_key, state, kinds, detail, lang, nonce, created_at)
    VALUES ('c', 'operator', 'slack', 'k', 'confirmed', 'all', 'all', 'en', 'n', 0)`.execute(db);
  for (const text of begun) {
    const [before, after] = text.split('?') as [string, string];
    await sql`${sql.raw(before)}${ref}${sql.raw(after)}`.execute(db);
  }
  expect(await withdraw(db, ref)).toBe(expected);
  expect((await seenUpdates(db)).has(ref)).toBe(!expected);
  expect((await owedUpdates(db, now, 0)).length).toBe(expected ? 0 : 1);
});

test('an incident as the page shows it is kept without its texts being rendered', async () => {
  const db = openDatabase(':memory:');
  onTestFinished(() => db.destroy());
  const view = Object.defineProperty({ ...INCIDENT }, 'html', {
    enumerable: true,
    get() {
      throw new Error('rendered');
    },
  });
  const [news] = announcements([view], new Set(), INCIDENT.started, false);
  await bookAnnouncements(db, [news!], INCIDENT.started, INCIDENT.started);
  expect(await frozenUpdate(db, refOf(news!))).toEqual({ incident: INCIDENT, update: INCIDENT.updates[0] });
});

test('what was seen before the clock went back is due by the new time', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'status-live-books-'));
  const db = openDatabase(path.join(dir, 'status.db'));
  onTestFinished(async () => {
    await db.destroy();
    rmSync(dir, { recursive: true, force: true });
  });
  const seen = INCIDENT.started + 1000;
  await sql`INSERT INTO subscribers (id, address, address_key, state, nonce, created_at, confirmed_seq)
    VALUES ('s', 'a@b', 'a@b', 'confirmed', 'n', 0, 0)`.execute(db);
  const news = announcements([INCIDENT], new Set(), seen, false);
  await bookAnnouncements(db, news, seen, seen + 8000);
  const now = seen - 600_000;
  expect(await enqueueSome(db, refOf(news[0]!), 10, readers => readers.map(({ id }) => id), now)).toEqual({
    emails: 1,
    done: true,
  });
  const { rows } = await sql<{ due_at: number }>`SELECT due_at FROM deliveries`.execute(db);
  expect(rows).toEqual([{ due_at: now }]);
});
