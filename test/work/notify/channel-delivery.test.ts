// Dispatch by itself: a database that cannot be written, and a channel that never answers.
import { expect, test } from 'vitest';
import type { ChannelMessage } from '../../../src/core/model/notification-channel.ts';
import { type DispatchDeps, type Message, makeDispatch } from '../../../src/work/notify/channel-delivery.ts';

const NOW = 1_000_000;

function world(over: Partial<DispatchDeps> = {}) {
  const pending = new Map<string, Message[]>();
  const sent: string[] = [];
  const logged: string[] = [];
  const clock = { now: NOW };
  const write = (_: object, message: string) => void logged.push(message);
  const drop = (id: number) => {
    for (const [channel, list] of pending)
      pending.set(
        channel,
        list.filter(one => one.id !== id),
      );
  };
  let last = 0;
  const deps: DispatchDeps = {
    due: async () => [...pending].filter(([, list]) => list.length > 0).map(([id]) => id),
    next: async id => pending.get(id)?.[0] ?? null,
    reach: async id => ({
      owner: 'operator',
      target: { type: 'webhook', url: id, secret: null, guarded: false },
      strikes: 0,
      failingSince: null,
      restingUntil: null,
    }),
    make: async ({ id }) => ({ id: `msg_${id}`, challenge: null }) as ChannelMessage,
    send: async (target, { id }) => {
      sent.push(`${target.url} ${id}`);
      return { ok: true };
    },
    markSent: async id => drop(id),
    markFailed: async ({ id }) => drop(id),
    noteHealth: async () => {},
    confirmed: async () => {},
    makeAllDue: async () => {},
    clock: () => clock.now,
    log: { debug: write, info: write, warn: write, error: write },
    ...over,
  };
  return {
    dispatch: makeDispatch(deps),
    sent,
    logged,
    clock,
    drop,
    owe(channelId: string, kind: Message['kind'] = 'update') {
      const message = {
        id: ++last,
        kind,
        ref: 'r',
        channelId,
        attempts: 0,
        createdAt: NOW,
      } as const;
      pending.set(channelId, [...(pending.get(channelId) ?? []), message]);
    },
    async second() {
      clock.now += 1000;
      await this.dispatch.startDue(clock.now);
    },
  };
}

test('a message that was taken but cannot be written down is written down later, never sent again', async () => {
  let locked = true;
  const one = world({
    markSent: async id => {
      if (locked) throw new Error('database is locked');
      one.drop(id);
    },
  });
  one.owe('a');
  one.owe('a');
  for (let n = 0; n < 25; n++) {
    await one.second();
    await one.dispatch.settled();
  }
  expect(one.sent).toEqual(['a msg_1']);
  // Not a line a second.
  expect(one.logged).toHaveLength(3);
  locked = false;
  for (let n = 0; n < 11; n++) {
    await one.second();
    await one.dispatch.settled();
  }
  expect(one.sent).toEqual(['a msg_1', 'a msg_2']);
});

test.each([
  ['well', 0, null, []],
  ['struck', 2, null, ['well']],
  ['failing', 0, NOW - 1000, ['well']],
  ['struck and failing', 2, NOW - 1000, ['well']],
])('a channel that was %s and takes a message is well from then on', async (_, strikes, since, noted) => {
  const health: string[] = [];
  const one = world({
    reach: async id => ({
      owner: 'visitor',
      target: { type: 'webhook', url: id, secret: null, guarded: false },
      strikes,
      failingSince: since,
      restingUntil: null,
    }),
    noteHealth: async (_id, { strikes, failingSince, restingUntil, error, dead }) => {
      const isWell = !strikes && failingSince === null && restingUntil === null && error === null && !dead;
      health.push(isWell ? 'well' : 'unwell');
    },
  });
  one.owe('a');
  await one.second();
  await one.dispatch.settled();
  expect([one.sent, health]).toEqual([['a msg_1'], noted]);
});

test('an answered challenge is not forgotten when it cannot be written down: it is asked again', async () => {
  let locked = true;
  const confirmed: string[] = [];
  const one = world({
    make: async () => ({ id: 'msg', challenge: 'c' }) as ChannelMessage,
    confirmed: async id => {
      if (locked) throw new Error('database is locked');
      confirmed.push(id);
    },
  });
  one.owe('a', 'confirm');
  await one.second();
  await one.dispatch.settled();
  locked = false;
  for (let n = 0; n < 11; n++) {
    await one.second();
    await one.dispatch.settled();
  }
  expect([one.sent.length, confirmed]).toEqual([2, ['a']]);
});

test('a refusal that cannot be written down is not asked for again each second', async () => {
  const asked: number[] = [];
  const one = world({
    send: async () => {
      asked.push(one.clock.now);
      return { ok: false, failure: 'busy', error: 'it answered 503', wait: null };
    },
    markFailed: async () => {
      throw new Error('disk full');
    },
  });
  one.owe('a');
  for (let n = 0; n < 25; n++) {
    await one.second();
    await one.dispatch.settled();
  }
  expect(asked).toHaveLength(3);
});

test('a channel that never answers delays no other; closing waits for it', async () => {
  let answer = () => {};
  const one = world({
    send: (target, { id }) => {
      if (target.url === 'slow') return new Promise(resolve => (answer = () => resolve({ ok: true })));
      one.sent.push(`${target.url} ${id}`);
      return Promise.resolve({ ok: true });
    },
  });
  one.owe('slow');
  one.owe('quick');
  await one.second();
  await expect.poll(() => one.sent).toEqual(['quick msg_2']);
  one.owe('quick');
  await expect.poll(() => one.second().then(() => one.sent)).toEqual(['quick msg_2', 'quick msg_3']);
  let closed = false;
  const closing = one.dispatch.close().then(() => {
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
    send: (target, { id }) => {
      one.sent.push(`${target.url} ${id}`);
      if (target.url === 'own') return Promise.resolve({ ok: true });
      return new Promise(resolve => answers.push(() => resolve({ ok: true })));
    },
  });
  for (let n = 0; n < 40; n++) one.owe(`channel_${n}`);
  one.owe('own');
  await one.second();
  await expect.poll(() => one.sent).toHaveLength(31);
  expect(one.sent).toContain('own msg_41');
  for (const answer of answers.splice(0)) answer();
  await one.dispatch.settled();
  await one.second();
  await expect.poll(() => one.sent).toHaveLength(41);
  for (const answer of answers.splice(0)) answer();
  await one.dispatch.settled();
});

test('a message that cannot be composed is its own failure, named and tried again; the ones behind it go out', async () => {
  const failed: [number, string, number | null][] = [];
  const there = world({
    make: async ({ id }) => {
      if (id === 1) throw new RangeError('Maximum call stack size exceeded');
      return { id: `msg_${id}`, challenge: null } as ChannelMessage;
    },
    markFailed: async ({ id }, error, dueAt) => {
      failed.push([id, error, dueAt]);
      there.drop(id);
    },
  });
  for (let count = 0; count < 3; count++) there.owe('room');
  await there.second();
  await there.dispatch.settled();
  expect(there.sent).toEqual(['room msg_2', 'room msg_3']);
  expect(failed).toEqual([
    [1, 'it could not be composed: Maximum call stack size exceeded', expect.any(Number)],
  ]);
  expect(there.logged).toContain('message could not be composed');
});
