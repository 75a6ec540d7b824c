// Any string as a monitor's name, a title, a component's name or an update: everything printed of it stays well.
import fc from 'fast-check';
import ICAL from 'ical.js';
import Parser from 'rss-parser';
import { expect, test } from 'vitest';
import { harmless } from '../../../src/core/text/printable.ts';
import { openPeer } from '../notify/channel-peer.ts';
import { openWorld, SITE, subscribed, type World } from '../world.ts';

const TOKEN = 'the-api-token-of-this-test';
const NASTY = [
  '\uFFFE\uFFFF',
  '\ud800 \udfff',
  'a\u0000b\u0008\u001b[2J\u009b1m',
  '\u202eevil\u2066',
  'API\r\nBcc: victim@example.com\r\n\r\nx',
  '🦄'.repeat(300),
  'long'.repeat(1200),
  '日本語'.repeat(60),
  '=cmd|calc!A1',
  '<script>alert(1)</script>"\'&]]>',
  '../../etc/passwd',
  'CON',
  '\u2028\u2029\u0085',
];
const UNPRINTABLE = /[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{10ffff}]|[\ufffe\uffff]/u;
const PATHS = [
  ...['/status/live', '/status/history', '/status/og.png', '/status/badge.svg', '/status/badge/api.svg'],
  ...['/status/feed.atom', '/status/feed.rss', '/status/feed.json', '/history.atom', '/history.rss'],
  ...['/status/maintenance.ics', '/status/widget.js', '/api/v2/summary.json', '/api/v2/incidents.json'],
  ...['/api/uptime.json', '/status/widget.json', '/readyz', '/metrics'],
];

/** What strict readers of JSON refuse: half of a surrogate pair, raw or escaped; null when there is none. */
function strictly(json: string): string | null {
  let wrong: string | null = null;
  JSON.parse(json, (_key, value) => {
    if (typeof value === 'string' && UNPRINTABLE.test(value)) wrong = value;
    return value;
  });
  return wrong;
}

async function expectWell(world: World): Promise<void> {
  const ids = world.system
    .snapshot()
    .incidents.map(({ id }) => `/status/incidents/${encodeURIComponent(id)}`);
  for (const path of [...PATHS, ...ids.slice(0, 3)]) {
    const { status, text, headers } = await world.get(path);
    expect([path, status]).toEqual([path, 200]);
    const type = headers.get('content-type') ?? '';
    if (type.includes('json')) expect([path, strictly(text)]).toEqual([path, null]);
    else if (!type.includes('png')) expect([path, UNPRINTABLE.exec(text)]).toEqual([path, null]);
    if (/rss|atom/.test(path)) await new Parser().parseString(text);
    if (path.endsWith('.ics')) ICAL.parse(text);
  }
}

test('survives on the page, in pictures, feeds, the calendar, the API, mail and chats', {
  timeout: 120_000,
}, async () => {
  const peers = await Promise.all([openPeer(), openPeer(), openPeer(), openPeer()]);
  const types = ['slack', 'discord', 'teams', 'webhook'];
  const channels = peers.map(({ url }, index) => `{ type: ${types[index]}, url: "${url}/x" }`).join(', ');
  const named = (name: string) => (target: string) =>
    `${SITE(target)}  - { id: odd, name: ${JSON.stringify(name)}, check: { type: manual } }\nnotify: { channels: [ ${channels} ] }\n`;
  const world = await openWorld({ site: named('\u{fdd0}\u0085 \u202eodd <&"'), env: { API_TOKEN: TOKEN } });
  await subscribed(world, 'reader@example.com');
  let told = world.mails.length;
  const one = async (text: string) => {
    const body = {
      title: text,
      status: 'investigating',
      severity: 'critical',
      components: ['odd'],
      message: text,
    };
    const opened = await world.post('/api/incidents', body, { Authorization: `Bearer ${TOKEN}` });
    expect([201, 400, 422]).toContain(opened.status);
    const start = { scheduled_start: '2026-03-12T10:00:00Z', scheduled_end: '2026-03-12T11:00:00Z' };
    const planned = { title: `M${text}`, components: ['odd'], message: text, ...start };
    expect(
      (await world.post('/api/incidents', planned, { Authorization: `Bearer ${TOKEN}` })).status,
    ).toBeLessThan(500);
    const alert = { alert_type: 'down', monitor_name: text, alertDetails: text };
    const hook = await world.post(`/webhooks/uptime?token=${world.system.webhookToken}`, alert);
    expect(hook.status).toBeLessThan(500);
    await world.pass(2, 1);
    await expectWell(world);
    if (opened.status === 201) expect(world.mails.length).toBeGreaterThan(told);
    for (const mail of world.mails.slice(told)) {
      expect(mail.subject).toMatch(/^\[[A-Z]+\]( |$)/);
      expect(mail.headers.has('bcc')).toBe(false);
    }
    told = world.mails.length;
    if (opened.status === 201) {
      const over = { status: 'resolved', message: text };
      await world.post(`/api/incidents/${opened.json.id}/updates`, over, {
        Authorization: `Bearer ${TOKEN}`,
      });
    }
  };
  for (const text of NASTY) await one(text);
  const random = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: 'binary-ascii', minLength: 1 }),
  );
  await fc.assert(fc.asyncProperty(random, one), { numRuns: 4 });
  for (const peer of peers) expect(peer.got.length).toBeGreaterThan(NASTY.length);
  const failed = world.logged.filter(
    ({ level, message }) => level === 'error' || /not sent|composed/.test(message),
  );
  expect(failed).toEqual([]);
});

test('what YAML spells as an escape reaches no reader: names, titles and the site itself', async () => {
  const odd = '"Lone \\ud800 \\x1b \\ufffe \\x9b \\x85 \\u202e end"';
  const peer = await openPeer();
  const world = await openWorld({
    site: target =>
      `${SITE(target)}  - { id: odd, name: ${odd}, group: ${odd}, check: { type: manual } }\nnotify: { channels: [ { type: webhook, url: "${peer.url}/x" } ] }\n`.replace(
        'title: Levqor Status',
        `title: ${odd}`,
      ),
    env: { API_TOKEN: TOKEN },
  });
  await subscribed(world, 'reader@example.com');
  const front = (over: string) => `---\ntitle: ${odd}\ncomponents: [odd]\n${over}\n---\nWords.\n`;
  await world.write('a.md', front('status: investigating\nseverity: major\nstarted: 2026-03-10T12:00:00Z'));
  await world.write(
    'm.md',
    front(
      'status: scheduled\nscheduled_start: 2026-03-12T10:00:00Z\nscheduled_end: 2026-03-12T11:00:00Z\nstarted: 2026-03-10T12:00:00Z',
    ),
  );
  await world.pass(3, 1);
  await expectWell(world);
  const turned = /[\u202a-\u202e\u2066-\u2069]|\\ud8/;
  for (const path of PATHS) expect([path, turned.exec((await world.get(path)).text)]).toEqual([path, null]);
  expect(peer.got.length).toBeGreaterThan(0);
  for (const { body } of peer.got) expect([strictly(body), turned.exec(body)]).toEqual([null, null]);
  for (const { subject = '' } of world.mails) expect(subject).not.toMatch(turned);
});

test('what a terminal would obey is spelled out, in JSON as JSON spells it', () => {
  expect(harmless('a\u001b[2J\u009b1m\u202e\n\tü')).toBe('a\\u001b[2J\\u009b1m\\u202e\n\tü');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(harmless(text).replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      expect(JSON.parse(harmless(JSON.stringify({ text })))).toEqual({ text });
    }),
  );
});
