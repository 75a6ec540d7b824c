// `channel test` and what `outbox` says of channels.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { channel } from '../../src/cli/channel.ts';
import { outbox as outboxCommands } from '../../src/cli/outbox.ts';
import { openDatabase } from '../../src/store/db/database.ts';
import { noteHealth, syncChannels } from '../../src/store/notify/channels.ts';
import { openPeer, says } from '../walks/notify/channel-peer.ts';
import { NOW, openTerminal } from './terminal.ts';

const site = (channels: string) =>
  `title: Levqor Status\nnotify: { channels: [ ${channels} ] }\ncomponents: [ { id: api, name: API } ]\n`;
const outbox = outboxCommands.find(({ name }) => name === 'outbox');
const retry = outboxCommands.find(({ name }) => name === 'outbox retry');

test('a test message goes to all channels or one, and what is wrong is said without the address', async () => {
  const [one, two] = await Promise.all([openPeer(), openPeer()]);
  const both = `{ type: slack, id: room, url: "${one.url}/hush" }, { type: webhook, id: hook, url: "${two.url}/hush" }`;
  const terminal = await openTerminal(site(both));
  two.answer = says(404);
  expect(await terminal.run(channel)).toEqual({
    code: 1,
    out: 'slack at 127.0.0.1 (room): accepted the message\nwebhook at 127.0.0.1 (hook): it answered 404\n',
    err: '',
  });
  expect(one.got[0]?.json.blocks[0].text.text).toBe('[TEST] Levqor Status');
  expect(two.got[0]?.json).toEqual({
    type: 'test',
    page: { name: 'Levqor Status', url: 'https://status.levqor.ai' },
  });
  expect((await terminal.run(channel, 'room')).code).toBe(0);
  await expect(terminal.run(channel, 'roon')).rejects.toThrow('did you mean room?');
  const bare = await openTerminal();
  await expect(bare.run(channel)).rejects.toThrow('There are no channels');
});

test('the outbox tells of channels; a test that works and `retry` bring a dead one back', async () => {
  const peer = await openPeer();
  const terminal = await openTerminal(site(`{ type: slack, id: room, url: "${peer.url}/hush" }`));
  const file = terminal.cli.env.databaseFile;
  await mkdir(path.dirname(file), { recursive: true });
  const db = openDatabase(file);
  const settings = {
    id: 'room',
    type: 'slack',
    url: `${peer.url}/hush`,
    secret: null,
    components: null,
  } as const;
  await syncChannels(db, [settings], NOW);
  const row = {
    kind: 'update',
    ref: 'a k',
    channel: 'slack',
    subscriber_id: 'room',
    state: 'pending',
    due_at: NOW,
    created_at: NOW,
  };
  await db
    .insertInto('deliveries')
    .values(row as never)
    .execute();
  const die = () =>
    noteHealth(db, 'room', {
      strikes: 1,
      failingSince: NOW,
      pausedUntil: null,
      error: 'it answered 410',
      dead: true,
    });
  const state = () => db.selectFrom('subscribers').select('state').executeTakeFirstOrThrow();
  await die();
  expect((await terminal.run(outbox)).out).toBe(
    'ID      KIND    NEXT      ATTEMPTS  ERROR\nroom 1  update  given up  0         it answered 410\nroom: 0 waiting, 1 given up\nemail: 0 waiting, 0 given up\n',
  );
  expect((await terminal.run(retry)).out).toBe('Due now: 0 emails, 1 message to channels\n');
  expect(await state()).toEqual({ state: 'confirmed' });
  await die();
  await terminal.run(channel, 'room');
  expect(await state()).toEqual({ state: 'confirmed' });
  await db.destroy();
});
