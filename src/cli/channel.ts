// `channel test [ID]`: sends a test message to the channels of status.yaml, without the outbox.
import {
  type ChannelMessage,
  type ChannelSettings,
  channelName,
} from '../core/model/notification-channel.ts';
import type { Site } from '../core/model/site.ts';
import { makeChannels } from '../outside/channels.ts';
import { reviveChannel } from '../store/notify/channels.ts';
import { command, databaseOf, hint, Refused, siteOf } from './shared/command.ts';

export const channel = command(
  {
    name: 'channel test',
    usage: '[ID]',
    summary: 'post a test message to the channels in status.yaml, and show what is wrong if it fails',
    help: 'ID is the name of the channel on /readyz and in the log (slack-1a2b3c4d, or the `id` you gave it). Without it,\nall channels are tested. A disabled channel that accepts the message is enabled again.',
  },
  async ({ words: [id] }, cli) => {
    const site = await siteOf(cli);
    const { channels } = site.notify;
    if (channels.length === 0) {
      throw new Refused('There are no channels — add some as `notify: { channels: [ … ] }` in status.yaml');
    }
    const chosen = channels.filter(one => id === undefined || one.id === id);
    if (id !== undefined && chosen.length === 0) {
      const ids = channels.map(one => one.id);
      throw new Refused(`There is no channel "${id}" — ${hint(id, ids)}`);
    }
    const send = makeChannels();
    let failures = 0;
    for (const one of chosen) {
      const target = { type: one.type, url: one.url, secret: one.secret, guarded: false };
      const sent = await send(target, testMessage(site, one, cli.clock()), cli.clock());
      if (sent.ok) {
        const db = await databaseOf(cli);
        if (db) await reviveChannel(db, one.id).finally(() => db.destroy());
      } else failures++;
      cli.out(`${channelName(one, one.url)}: ${sent.ok ? 'accepted the message' : sent.error}`);
    }
    return failures === 0 ? 0 : 1;
  },
);

function testMessage(site: Site, { id }: ChannelSettings, now: number): ChannelMessage {
  return {
    id: `msg_test_${id}_${now}`,
    heading: `[TEST] ${site.title}`,
    facts: [],
    markdown: `This is a test from **${site.title}**, sent by \`status channel test\`. There is no incident.`,
    color: '#3b66dd',
    tone: 'accent',
    link: { label: site.title, url: `${site.url}/status/live` },
    foot: { text: '', links: [] },
    payload: { type: 'test', page: { name: site.title, url: site.url } },
    challenge: null,
  };
}
