// Sending to channels by itself: a database that cannot be written, and a channel that never answers.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { ChannelMessage } from '../../../src/core/model/notification-channel.ts';
import { openDatabase } from '../../../src/store/db/database.ts';
import { ChannelSender, type ChannelSenderParts } from '../../../src/work/notify/channel-sender.ts';
import { DeliveryRecord } from '../../../src/work/notify/delivery-record.ts';

const NOW = 1_000_000;

function world(over: Partial<ChannelSenderParts> = {}) {
  const db = openDatabase(':memory:');
  onTestFinished(() => db.destroy());
  const sent: string[] = [];
  const logged: string[] = [];
  const clock = { now: NOW };
  const write = (_: object, message: string) => void logged.push(message);
  const parts = { db, clock: () => clock.now, log: { debug() {}, info: write, warn: write, error: write } };
  const sender = new ChannelSender({
    ...parts,
    record: new DeliveryRecord(parts),
    compose: async ({ id }) => ({ id: `msg_${id}`, challenge: null }) as ChannelMessage,
    targetOf: ({ id, type }) => ({ type, url: id, secret: null, guarded: false }),
    sendToChannel: async (target, { id }) => {
      sent.push(`${target.url} ${id}`);
      return { ok: true };
    },
    ...over,
  });
  return {
    sender,
    sent,
    logged,
    clock,
    /** From now on nothing of a table changes, until it is unlocked. */
    lock: (table: string) =>
      sql`CREATE TRIGGER locked BEFORE UPDATE ON ${sql.table(table)}
        BEGIN SELECT RAISE(FAIL, 'database is locked'); END`.execute(db),
    unlock: () => sql`DROP TRIGGER locked`.execute(db),
    async owe(channel: string, kind: 'update' | 'confirm' = 'update', columns: object = {}) {
      const visitor = {
        id: channel,
        channel: 'webhook',
        address: channel,
        address_key: channel,
        nonce: 'n',
      } as const;
      const row = { ...visitor, state: 'confirmed' as const, created_at: NOW, ...columns };
      await db
        .insertInto('subscribers')
        .values(row)
        .onConflict(on => on.doNothing())
        .execute();
      const { count } = await db
        .selectFrom('deliveries')
        .select(eb => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      const due = { subscriber_id: channel, channel: 'webhook', due_at: NOW, created_at: NOW } as const;
      await db
        .insertInto('deliveries')
        .values({ ...due, kind, ref: `r${count}`, state: 'pending' })
        .execute();
    },
    subscriber: (id: string) =>
      db.selectFrom('subscribers').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    failed: () => db.selectFrom('deliveries').selectAll().where('error', 'is not', null).execute(),
    async second() {
      clock.now += 1000;
      await sender.startDue();
    },
  };
}

const OPERATOR = { owner: 'operator', address: null };

test('a message that was taken but cannot be written down is written down later, never sent again', async () => {
  const one = world();
  await one.owe('a');
  await one.owe('a');
  await one.lock('deliveries');
  for (let n = 0; n < 25; n++) await one.second();
  await expect.poll(() => one.logged).toHaveLength(1);
  // Not a line a second.
  await new Promise(resolve => setTimeout(resolve, 600));
  expect([one.sent, one.logged.length]).toEqual([['a msg_1'], 1]);
  await one.unlock();
  await one.sender.settled();
  expect(one.sent).toEqual(['a msg_1', 'a msg_2']);
});

test.each([
  ['well', 0, null],
  ['struck', 2, null],
  ['failing', 0, NOW - 1000],
  ['struck and failing', 2, NOW - 1000],
])('a channel that was %s and takes a message is well from then on', async (_, strikes, since) => {
  const one = world();
  await one.owe('a', 'update', { strikes, failing_since: since });
  // Of one that is well nothing is written.
  if (strikes === 0 && since === null) await one.lock('subscribers');
  await one.second();
  await one.sender.settled();
  expect(one.sent).toEqual(['a msg_1']);
  const well = { state: 'confirmed', strikes: 0, failing_since: null, paused_until: null, error: null };
  expect(await one.subscriber('a')).toMatchObject(well);
});

test('an answered challenge is not forgotten when it cannot be written down', async () => {
  const one = world({ compose: async () => ({ id: 'msg', challenge: 'c' }) as ChannelMessage });
  await one.owe('a', 'confirm', { state: 'pending' });
  await one.lock('subscribers');
  await one.second();
  await expect.poll(() => one.logged).toHaveLength(1);
  await one.unlock();
  await one.sender.settled();
  expect([one.sent.length, (await one.subscriber('a')).state]).toEqual([1, 'confirmed']);
});

test('a refusal that cannot be written down is not asked for again each second', async () => {
  const asked: number[] = [];
  const one = world({
    sendToChannel: async () => {
      asked.push(one.clock.now);
      return { ok: false, failure: 'busy', error: 'it answered 503', wait: null };
    },
  });
  await one.owe('a');
  await one.lock('deliveries');
  for (let n = 0; n < 25; n++) await one.second();
  await expect.poll(() => one.logged).toHaveLength(1);
  expect(asked).toHaveLength(1);
  await one.unlock();
  await one.sender.settled();
});

test('a channel that never answers delays no other; closing waits for it', async () => {
  let answer = () => {};
  const one = world({
    sendToChannel: (target, { id }) => {
      if (target.url === 'slow') return new Promise(resolve => (answer = () => resolve({ ok: true })));
      one.sent.push(`${target.url} ${id}`);
      return Promise.resolve({ ok: true });
    },
  });
  await one.owe('slow');
  await one.owe('quick');
  await one.second();
  await expect.poll(() => one.sent).toEqual(['quick msg_2']);
  await one.owe('quick');
  await expect.poll(() => one.second().then(() => one.sent)).toEqual(['quick msg_2', 'quick msg_3']);
  let closed = false;
  const closing = one.sender.close().then(() => {
    closed = true;
  });
  await new Promise(resolve => setImmediate(resolve));
  expect(closed).toBe(false);
  answer();
  await closing;
});

test('strangers’ channels are called thirty at once, and the operator’s own wait for none of them', async () => {
  const answers: (() => void)[] = [];
  const one = world({
    sendToChannel: (target, { id }) => {
      one.sent.push(`${target.url} ${id}`);
      if (target.url === 'own') return Promise.resolve({ ok: true });
      return new Promise(resolve => answers.push(() => resolve({ ok: true })));
    },
  });
  for (let n = 0; n < 40; n++) await one.owe(`channel_${n}`);
  await one.owe('own', 'update', OPERATOR);
  await one.second();
  await expect.poll(() => one.sent).toHaveLength(31);
  expect(one.sent).toContain('own msg_41');
  for (const answer of answers.splice(0)) answer();
  await one.sender.settled();
  await one.second();
  await expect.poll(() => one.sent).toHaveLength(41);
  for (const answer of answers.splice(0)) answer();
  await one.sender.settled();
});

test('a message that cannot be composed is its own failure, named and tried again; the ones behind it go out', async () => {
  const there = world({
    compose: async ({ id }) => {
      if (id === 1) throw new RangeError('Maximum call stack size exceeded');
      return { id: `msg_${id}`, challenge: null } as ChannelMessage;
    },
  });
  for (let count = 0; count < 3; count++) await there.owe('room');
  await there.second();
  await there.sender.settled();
  expect(there.sent).toEqual(['room msg_2', 'room msg_3']);
  const error = 'could not be composed: Maximum call stack size exceeded';
  expect(await there.failed()).toMatchObject([{ id: 1, error, state: 'pending' }]);
  expect(there.logged).toContain('message could not be composed');
});
