// What is posted to a channel, and what its answers and silences mean, against real servers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  ChannelMessage,
  ChannelTarget,
  ChannelType,
} from '../../src/core/model/notification-channel.ts';
import { discordBody } from '../../src/outside/channels/discord.ts';
import { postTo } from '../../src/outside/channels/post.ts';
import { guardedLookup, isPublicAddress } from '../../src/outside/channels/public-address.ts';
import { slackBody } from '../../src/outside/channels/slack.ts';
import { teamsBody } from '../../src/outside/channels/teams.ts';
import { makeChannels } from '../../src/outside/channels.ts';
import { openPeer, says } from '../walks/notify/channel-peer.ts';
import { deserted, http, tcp } from './loopback.ts';

const NOW = Date.UTC(2026, 2, 10, 12);

const message = (over: Partial<ChannelMessage> = {}): ChannelMessage => ({
  id: 'msg_1',
  heading: '[INCIDENT] API trouble',
  facts: ['Investigating · Major', 'Affects: API'],
  markdown: 'Words.',
  color: '#d9580d',
  tone: 'attention',
  link: { label: 'Read the incident', url: 'https://status.levqor.ai/status/incidents/a' },
  foot: { text: 'Levqor Status', links: [] },
  payload: { incident: {} },
  challenge: null,
  ...over,
});
const to = (url: string, over: Partial<ChannelTarget> = {}): ChannelTarget => ({
  type: 'webhook',
  url,
  secret: null,
  guarded: false,
  ...over,
});
const sendTo = (url: string, over: Partial<ChannelTarget> = {}, timeout = 400) =>
  makeChannels({ timeout })(to(url, over), message(), NOW);

describe('answers', () => {
  test.each([
    [200, {}, { ok: true }],
    [204, {}, { ok: true }],
    [301, { location: '/x' }, { failure: 'refused', error: 'it answered 301: redirects are not followed' }],
    [400, {}, { failure: 'refused', error: 'it answered 400' }],
    [404, {}, { failure: 'refused' }],
    [408, {}, { failure: 'busy', wait: null }],
    [410, {}, { failure: 'gone' }],
    [429, { 'retry-after': '7' }, { failure: 'busy', wait: 7000 }],
    [429, { 'retry-after': '0.65' }, { failure: 'busy', wait: 650 }],
    [429, { 'retry-after': 'Tue, 10 Mar 2026 12:01:00 GMT' }, { failure: 'busy', wait: 60_000 }],
    [429, { 'retry-after': 'Tue Mar 10 12:01:00 2026' }, { failure: 'busy', wait: 60_000 }],
    [429, { 'retry-after': 'soon' }, { failure: 'busy', wait: null }],
    [500, {}, { failure: 'broken' }],
    [503, { 'retry-after': '5' }, { failure: 'busy', wait: 5000 }],
  ])('%i %o', async (status, headers, expected) => {
    const peer = await openPeer();
    peer.answer = says(status, headers as Record<string, string>);
    expect(await sendTo(peer.url)).toMatchObject(expected);
    expect(peer.got).toHaveLength(1);
  });

  test('nobody there, an unknown name, a broken line, no TLS, silence: each in words without the address', async () => {
    const port = await deserted();
    const broken = await tcp(socket => void socket.destroy());
    const plain = await http((_, res) => void res.end());
    const silent = await tcp();
    const said = [
      await sendTo(`http://127.0.0.1:${port}/hush`),
      await sendTo('http://nowhere.invalid/hush'),
      await sendTo(`http://127.0.0.1:${broken}/hush`),
      await sendTo(`https://127.0.0.1:${plain}/hush`),
      await sendTo(`http://127.0.0.1:${silent}/hush`, {}, 150),
    ];
    expect(said).toMatchObject([
      { failure: 'unreachable', error: 'nothing answers there' },
      { failure: 'unreachable', error: 'its host name could not be looked up' },
      { failure: 'unreachable', error: expect.stringMatching(/^the connection was lost/) },
      { failure: 'unreachable', error: expect.stringMatching(/TLS|lost/) },
      { failure: 'unreachable', error: 'it did not answer in time' },
    ]);
    for (const one of said) expect(JSON.stringify(one)).not.toMatch(/127\.0\.0\.1|hush|invalid/);
  });

  test('a body without end is not read: neither of a success nor of a challenge', async () => {
    let sent = 0;
    const port = await http((req, res) => {
      req.resume();
      res.writeHead(200);
      const more = () => {
        if (res.destroyed) return;
        sent += 64_000;
        res.write('x'.repeat(64_000), () => setImmediate(more));
      };
      more();
    });
    const url = `http://127.0.0.1:${port}/`;
    expect(await sendTo(url)).toEqual({ ok: true });
    const asked = { url, headers: {}, body: '{}', guarded: false, challenge: 'c'.repeat(12) };
    expect(await postTo(asked, { timeout: 3000 }, NOW)).toMatchObject({ failure: 'refused' });
    expect(sent).toBeLessThan(20_000_000);
  });

  test('a challenge must come back', async () => {
    const peer = await openPeer();
    const ask = () =>
      makeChannels()(to(peer.url), message({ challenge: 'abc123', payload: { challenge: 'abc123' } }), NOW);
    expect(await ask()).toMatchObject({ failure: 'refused', error: 'it did not answer with the challenge' });
    peer.answer = (got, res) => void res.end(JSON.stringify({ challenge: got.json.challenge }));
    expect(await ask()).toEqual({ ok: true });
  });
});

describe('the guard against addresses of the inside', () => {
  test.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.9.9.9', '169.254.169.254', '172.16.0.1'],
    ...['192.0.0.1', '192.0.2.1', '192.168.1.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '64:ff9b:1::1'],
    ...[
      '2002:7f00:1::',
      '2001:0:53aa:64c::1',
      'fc00::1',
      'fd00:ec2::254',
      'fe80::1',
      'ff02::1',
      '2001:db8::1',
    ],
    ...['4000::1', 'localhost', '1.2.3', ''],
  ])('%s is none of the public internet', address => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450::1', '3ffe::1'])(
    '%s is',
    address => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    'http://127.0.0.1:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://localhost:PORT/',
    'http://0.0.0.0:PORT/',
  ])('%s is refused before a byte is sent', async url => {
    let connections = 0;
    const port = await tcp(() => void connections++);
    const sent = await sendTo(url.replace('PORT', String(port)), { guarded: true });
    expect(sent).toMatchObject({ failure: 'refused', error: 'its address is not on the public internet' });
    expect(connections).toBe(0);
  });

  test('a name that is public when asked and private when connected to (DNS rebinding) is refused', async () => {
    let connections = 0;
    const port = await tcp(() => void connections++);
    // The first is public but goes nowhere: 6bone's, given back long ago.
    const answers = ['3ffe::1', '127.0.0.1'];
    const asked: string[] = [];
    const lookup = (name: string, _options: object, callback: (...all: unknown[]) => void) => {
      const address = answers[Math.min(asked.push(name), answers.length) - 1];
      callback(null, [{ address, family: address?.includes(':') ? 6 : 4 }]);
    };
    const network = { lookup: lookup as never, timeout: 400 };
    const send = () =>
      makeChannels(network)(to(`http://rebind.test:${port}/`, { guarded: true }), message(), NOW);
    // Asked once a connection: what was judged is what is dialled, and the next time it is judged again.
    await send();
    expect(await send()).toMatchObject({ failure: 'refused' });
    expect(connections).toBe(0);
  });

  test('one private address among public ones refuses the name', () => {
    const lookup = guardedLookup(((_: string, __: object, callback: (...all: unknown[]) => void) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ])) as never);
    let told: unknown;
    lookup('mixed.test', { all: true }, error => {
      told = error;
    });
    expect(told).toMatchObject({ code: 'ENOTPUBLIC' });
  });

  test('the operator’s own may stand on the inside', async () => {
    const peer = await openPeer();
    expect(await sendTo(peer.url)).toEqual({ ok: true });
  });
});

// biome-ignore lint/suspicious/noExplicitAny: bodies of three services, read by their own shapes
type Body = any;
const BODIES: Record<Exclude<ChannelType, 'webhook'>, (of: ChannelMessage) => Body> = {
  slack: slackBody,
  discord: discordBody,
  teams: teamsBody,
};
const bodyText = {
  slack: (body: Body) => body.blocks[2]?.text.text ?? '',
  discord: (body: Body) => body.embeds[0].description.split('\n\n').slice(1, -1).join('\n\n'),
  teams: (body: Body) => body.attachments[0].content.body.at(-2)?.text ?? '',
};

const STORY = `# What happened
The **database** is *slow* & ~~fine~~ <b>bad</b>; see [the log](https://x.test/a_b?c=1&d=2).

1. one
2. two with \`a<b\`

\`\`\`sh
echo "1 < 2"
\`\`\`
> quoted

![chart](https://x.test/c.png) https://x.test/bare [no](javascript:alert(1))`;

describe('dialects', () => {
  test('Slack', () => {
    expect(bodyText.slack(slackBody(message({ markdown: STORY })))).toBe(
      [
        '*What happened*\n',
        'The *database* is _slow_ &amp; ~fine~ &lt;b&gt;bad&lt;/b&gt;; see <https://x.test/a%5Fb?c=1&d=2|the log>.\n',
        '1. one\n2. two with `a&lt;b`\n',
        '```\necho "1 &lt; 2"\n```\n',
        'quoted\n',
        'chart <https://x.test/bare> no',
      ].join('\n'),
    );
  });

  test('Discord', () => {
    expect(bodyText.discord(discordBody(message({ markdown: STORY })))).toBe(
      [
        '**What happened**\n',
        'The **database** is *slow* & ~~fine~~ \\<b\\>bad\\</b\\>; see [the log](https://x.test/a%5Fb?c=1&d=2).\n',
        '1. one\n2. two with ``a<b``\n',
        '```\necho "1 < 2"\n```\n',
        'quoted\n',
        'chart https://x.test/bare no',
      ].join('\n'),
    );
  });

  test('Teams', () => {
    expect(bodyText.teams(teamsBody(message({ markdown: STORY })))).toBe(
      [
        '**What happened**\n',
        'The **database** is _slow_ & fine <b>bad</b>; see [the log](https://x.test/a%5Fb?c=1&d=2).\n',
        '1. one\n2. two with a<b\n',
        'echo "1 < 2"\n',
        'quoted\n',
        'chart [https://x.test/bare](https://x.test/bare) no',
      ].join('\n'),
    );
  });

  test('the whole of a message, service by service', () => {
    expect(slackBody(message())).toEqual({
      text: '[INCIDENT] API trouble\nInvestigating · Major\nAffects: API',
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '[INCIDENT] API trouble', emoji: false } },
        section('Investigating · Major\nAffects: API'),
        section('Words.'),
        section('<https://status.levqor.ai/status/incidents/a|Read the incident>'),
        { type: 'context', elements: [{ type: 'mrkdwn', text: 'Levqor Status', verbatim: true }] },
      ],
    });
    expect(discordBody(message())).toEqual({
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: '\\[INCIDENT\\] API trouble',
          url: 'https://status.levqor.ai/status/incidents/a',
          description:
            'Investigating · Major\nAffects: API\n\nWords.\n\nLevqor Status\n[Read the incident](https://status.levqor.ai/status/incidents/a)',
          color: 0xd9580d,
        },
      ],
    });
    expect(teamsBody(message())).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              { type: 'TextBlock', text: '\\[INCIDENT\\] API trouble', color: 'attention', wrap: true },
              { text: 'Investigating · Major' },
              { text: 'Affects: API' },
              { text: 'Words.' },
              { text: 'Levqor Status' },
            ],
            actions: [{ type: 'Action.OpenUrl', title: 'Read the incident' }],
          },
        },
      ],
    });
  });
});

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } });

const CALLS = [
  '@everyone',
  '@here',
  '@channel',
  '<!here>',
  '<!channel|x>',
  '<@U123>',
  '<#C1>',
  '<!subteam^S1>',
];
const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        ...CALLS,
        '<at>Bob</at>',
        '&lt;!here&gt;',
        '\\<!here>',
        '`',
        '```\n',
        '**',
        '[x](y)',
        '\n',
      ),
      fc.constantFrom(
        '[a](https://x.test/<!here>)',
        '[<!here>](https://x.test)',
        '- ',
        '| a |\n|-|\n| b |\n',
        '> ',
      ),
    ),
    { maxLength: 60 },
  )
  .map(parts => parts.join(''));

describe.each(['slack', 'discord', 'teams'] as const)('%s, whatever is written', type => {
  test('calls nobody, keeps the limits, and always links to the incident', () => {
    fc.assert(
      fc.property(nasty, nasty, fc.integer({ min: 1, max: 40 }), (title, words, times) => {
        const said = message({
          heading: `[UPDATE] ${title}`.replace(/[\p{Cc}\u2028\u2029]+/gu, ' '),
          facts: [title],
          markdown: `${words}\n\n`.repeat(times),
          foot: { text: title, links: [] },
        });
        const body = BODIES[type](said);
        const text = JSON.stringify(body);
        expect(text).not.toMatch(/@(everyone|here|channel)/i);
        expect(text).toContain(said.link.url);
        limits[type](body);
      }),
      { numRuns: 150 },
    );
  });

  test('a very long text is cut, says so, and still leads to the whole', () => {
    for (const words of [
      'word '.repeat(20_000),
      'x'.repeat(50_000),
      '\\*'.repeat(15_000),
      'ü\n\n'.repeat(9_000),
    ]) {
      const body = BODIES[type](message({ markdown: words }));
      limits[type](body);
      expect(JSON.stringify(body)).toMatch(/….*incidents\/a/s);
    }
  });
});

const limits: Record<keyof typeof BODIES, (body: Body) => void> = {
  slack(body) {
    expect(body.text.length).toBeLessThanOrEqual(3000);
    for (const { type, text, elements } of body.blocks) {
      const all = elements ?? [text];
      for (const one of all) {
        expect(one.text.length).toBeGreaterThan(0);
        expect(one.text.length).toBeLessThanOrEqual(type === 'header' ? 150 : 3000);
        if (one.type !== 'mrkdwn') continue;
        expect(one.verbatim).toBe(true);
        // What begins with `<` is a link of ours and nothing else; no escape is cut in two.
        expect(one.text.replace(/<(https?:|mailto:)[^<>]*>/g, '')).not.toMatch(/[<>]/);
        expect(one.text.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
      }
    }
  },
  discord(body) {
    const [embed] = body.embeds;
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(embed.title.length).toBeLessThanOrEqual(256);
    expect(embed.description.length).toBeLessThanOrEqual(4096);
    expect(embed.title.length + embed.description.length).toBeLessThanOrEqual(6000);
  },
  teams(body) {
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(28 * 1024);
    expect(JSON.stringify(body)).not.toMatch(/<\/?at>/i);
    expect(JSON.stringify(body)).not.toContain('entities');
  },
};
