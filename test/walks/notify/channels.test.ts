// The operator's channels by real HTTP: each update once to each, retried, given up, restarted, never leaked.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { retryChannels } from '../../../src/store/notify/channels.ts';
import { retryAll } from '../../../src/store/notify/outbox.ts';
import { openWorld, SITE, subscribed, type World } from '../world.ts';
import { openPeer, type Peer, says } from './channel-peer.ts';

const WHSEC = `whsec_${Buffer.from('thirty-two bytes of a test secret').toString('base64')}`;
const HIDDEN = 'T0SECRET/B0SECRET/hush';

const incident = (rest = '', over = '') => `---
title: API trouble
status: ${rest.includes('## Resolved') ? 'resolved\nresolved: 2026-03-10T12:20:00Z' : 'investigating'}
severity: major
started: 2026-03-10T12:00:00Z
components: [api]
${over}---
First words.
${rest}`;
const SECOND = '\n## Monitoring 12:10 UTC\nSecond words.\n';
const LAST = '\n## Resolved 12:20 UTC\nLast words.\n';

interface Settings {
  readonly channels: readonly string[];
  readonly more?: string;
}
const siteWith = ({ channels, more = '' }: Settings) =>
  `notify: { ${more}channels: [ ${channels.join(', ')} ] }`;
const worldWith = (settings: Settings, files: Record<string, string> = {}) =>
  openWorld({ site: target => `${SITE(target)}${siteWith(settings)}\n`, files });

const slack = (peer: Peer, more = '') => `{ type: slack, url: "${peer.url}/services/${HIDDEN}"${more} }`;
const hook = (peer: Peer, more = '') => `{ type: webhook, url: "${peer.url}/hook"${more} }`;
const headings = (peer: Peer) => peer.got.map(({ json }) => json.blocks[0].text.text);
const readyz = async (world: World) => (await world.get('/readyz')).json.outbox.channels;

test('each update goes once to each channel, in the form of its service, signed where asked', async () => {
  const [one, two, three, four] = await Promise.all([openPeer(), openPeer(), openPeer(), openPeer()]);
  const world = await worldWith({
    channels: [
      slack(one),
      `{ type: discord, url: "${two.url}/api/webhooks/1/x" }`,
      `{ type: teams, url: "${three.url}/workflows/1" }`,
      hook(four, `, secret: ${WHSEC}`),
    ],
  });
  await world.write('a.md', incident());
  await world.pass(2);
  await world.pass(600);
  await world.write('a.md', incident(SECOND));
  await world.pass(2);
  await world.pass(10, 1);
  expect(headings(one)).toEqual(['[INCIDENT] API trouble', '[UPDATE] API trouble']);
  expect(two.got.map(({ json }) => json.embeds[0].title)).toEqual([
    '\\[INCIDENT\\] API trouble',
    '\\[UPDATE\\] API trouble',
  ]);
  expect(three.got.map(({ json }) => json.attachments[0].content.body.at(-2).text)).toEqual([
    'First words.',
    'Second words.',
  ]);
  const [first, second] = four.got;
  expect(first?.headers['webhook-id']).toMatch(/^msg_[a-z0-9]+$/);
  expect(second?.headers['webhook-id']).not.toBe(first?.headers['webhook-id']);
  expect(first?.json).toMatchObject({
    meta: { unsubscribe: null },
    page: { status_indicator: 'minor', status_description: 'Minor Service Outage' },
    incident: { name: 'API trouble', status: 'investigating', impact: 'major' },
  });
  expect(second?.json.incident.incident_updates.map((one: { body: string }) => one.body)).toEqual([
    'Second words.',
    'First words.',
  ]);
  expect((await readyz(world)).map((one: { state: string }) => one.state)).toEqual(Array(5).fill('ok'));
});

test('a webhook is signed so that another library takes it, and a changed byte is refused', async () => {
  const peer = await openPeer();
  const world = await openWorld({
    now: new Date().toISOString(),
    site: target => `${SITE(target)}${siteWith({ channels: [hook(peer, `, secret: ${WHSEC}`)] })}\n`,
  });
  const started = new Date(world.now()).toISOString();
  await world.write('a.md', incident().replace('2026-03-10T12:00:00Z', started));
  await world.pass(20, 5);
  const { body, headers } = peer.got[0]!;
  const independent = new Webhook(WHSEC);
  expect(independent.verify(body, headers as Record<string, string>)).toMatchObject({ incident: {} });
  expect(() => independent.verify(`${body} `, headers as Record<string, string>)).toThrow();
});

test('what is there at the first start, quiet and old news reach no channel', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer)] }, { 'old.md': incident() });
  await world.pass(5, 1);
  await world.write('b.md', incident('', 'notify: false\n'));
  await world.write('c.md', incident().replace('2026-03-10T12', '2026-03-08T12'));
  await world.pass(5, 1);
  expect(peer.got).toEqual([]);
});

test('within the grace edits are folded in, and what is deleted is told nobody', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer)], more: 'grace: 5m, ' });
  await world.write('a.md', incident());
  await world.write('b.md', incident().replace('trouble', 'ghost'));
  await world.pass(60, 20);
  await world.write('a.md', incident().replace('First words.', 'Better words.'));
  await world.write('b.md', incident('', 'notify: false\n').replace('trouble', 'ghost'));
  await world.pass(300, 60);
  expect(headings(peer)).toEqual(['[INCIDENT] API trouble']);
  expect(peer.got[0]?.body).toContain('Better words.');
});

test('a file away for a moment when its grace ends is told when it is back', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer)], more: 'grace: 30s, ' });
  await world.write('a.md', incident());
  await world.pass(25, 5);
  await rm(path.join(world.dir, 'status', 'incidents', 'a.md'));
  await world.pass(10, 5);
  await world.write('a.md', incident());
  await world.pass(120, 5);
  expect(headings(peer)).toEqual(['[INCIDENT] API trouble']);
});

test('a channel added within the grace of an update does not get it: it was news before', async () => {
  const [old, late] = await Promise.all([openPeer(), openPeer()]);
  const world = await worldWith({ channels: [slack(old)], more: 'grace: 5m, ' });
  await world.write('a.md', incident());
  await world.pass(60, 30);
  await rewrite(world, [slack(old), slack(late)], 'grace: 5m, ');
  await world.write('b.md', incident().replace('API trouble', 'API again'));
  await world.pass(900, 60);
  expect(headings(old)).toEqual(['[INCIDENT] API trouble', '[INCIDENT] API again']);
  expect(headings(late)).toEqual(['[INCIDENT] API again']);
});

test('a channel that hears of one component hears of nothing else', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer, ', components: [dashboard]')] });
  await world.write('a.md', incident());
  await world.write('b.md', incident().replace('[api]', '[dashboard]').replace('API', 'Dashboard'));
  await world.pass(5, 1);
  expect(headings(peer)).toEqual(['[INCIDENT] Dashboard trouble']);
});

test.each([
  ['503', () => says(503), 60],
  ['a connection that breaks', () => (_: unknown, res: { destroy(): void }) => res.destroy(), 60],
  ['429 that asks for ten minutes', () => says(429, { 'retry-after': '600' }), 800],
])(
  '%s: the channel rests, mail and the other channel do not wait, and nothing is lost',
  async (_, answer, rest) => {
    const [sick, well] = await Promise.all([openPeer(), openPeer()]);
    const world = await worldWith({ channels: [slack(sick), slack(well)] });
    await subscribed(world, 'user@example.com');
    sick.answer = answer() as Peer['answer'];
    await world.write('a.md', incident());
    await world.pass(600);
    await world.write('a.md', incident(SECOND));
    await world.pass(5, 1);
    expect(headings(well)).toEqual(['[INCIDENT] API trouble', '[UPDATE] API trouble']);
    expect(world.mails.filter(({ subject }) => subject?.startsWith('['))).toHaveLength(2);
    // One try, or two: while it rests nothing knocks.
    const tried = sick.got.length;
    expect(tried).toBeLessThanOrEqual(2);
    const [state] = (await readyz(world)).filter((one: { pending: number }) => one.pending > 0);
    expect(state).toMatchObject({ state: 'resting', pending: 2, givenUp: 0 });
    sick.answer = says(200);
    await world.pass(2, 1);
    expect(sick.got).toHaveLength(tried);
    await world.pass(rest, 5);
    // In order, each once after the failures.
    expect(headings(sick).slice(tried)).toEqual(['[INCIDENT] API trouble', '[UPDATE] API trouble']);
    expect((await readyz(world)).map((one: { state: string }) => one.state)).toEqual(['ok', 'ok', 'ok']);
  },
);

test('a message the other side chokes on does not hold up the next; each carries its id through retries', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [hook(peer)] });
  peer.answer = (got, res) => void res.writeHead(got.json.incident.name === 'API trouble' ? 500 : 200).end();
  await world.write('a.md', incident());
  await world.pass(1);
  await world.write('b.md', incident().replace('API trouble', 'API again'));
  await world.pass(60, 5);
  const names = peer.got.map(({ json }) => json.incident.name);
  expect(names.filter(name => name === 'API again')).toHaveLength(1);
  const ids = peer.got
    .filter(({ json }) => json.incident.name === 'API trouble')
    .map(({ headers }) => headers);
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids.map(headers => headers['webhook-id'])).size).toBe(1);
  expect(new Set(ids.map(headers => headers['webhook-timestamp'])).size).toBe(ids.length);
});

test('a refusal and a redirect give a message up, visibly; the next is tried', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer)] });
  peer.answer = says(302, { location: `${peer.url}/elsewhere` });
  await world.write('a.md', incident());
  await world.pass(2, 1);
  peer.answer = says(400);
  await world.write('b.md', incident().replace('API trouble', 'API again'));
  await world.pass(300, 30);
  expect(peer.got.map(({ path }) => path)).toEqual(Array(2).fill(`/services/${HIDDEN}`));
  const refused = { state: 'failing', pending: 0, givenUp: 2, why: 'it answered 400' };
  expect((await readyz(world))[0]).toMatchObject(refused);
  peer.answer = says(200);
  await world.write('c.md', incident().replace('API trouble', 'API thrice'));
  await world.pass(2, 1);
  expect(headings(peer).at(-1)).toBe('[INCIDENT] API thrice');
  expect((await readyz(world))[0].why).toBeNull();
});

test.each<[string, Peer['answer'], RegExp]>([
  ['500', says(500), /it answered 500/],
  ['503', says(503), /it answered 503/],
  ['429 that asks for an hour', says(429, { 'retry-after': '3600' }), /it answered 429/],
  ['a connection that breaks', (_, res) => void res.destroy(), /the connection was lost/],
])(
  '%s to every message: failing after ten minutes, a problem, mailed once a stretch, over with the first delivery',
  async (_, answer, why) => {
    const peer = await openPeer();
    const settings = siteWith({ channels: [slack(peer, ', id: room')] });
    const world = await openWorld({
      site: target => `${SITE(target)}${settings}\nreminders: { to: ops@levqor.ai, after: 24h }\n`,
    });
    const told = async () =>
      (await world.get('/readyz')).json.problems.filter(
        ({ where }: { where: string }) => where === 'channel room',
      );
    const warned = () => world.mails.filter(({ subject }) => subject?.startsWith('[WARNING]'));
    peer.answer = answer;
    await world.write('a.md', incident());
    await world.pass(2, 1);
    await world.write('b.md', incident().replace('API trouble', 'API again'));
    await world.pass(570, 30);
    expect((await readyz(world))[0]).toMatchObject({
      state: 'resting',
      pending: 2,
      why: expect.stringMatching(why),
    });
    expect([await told(), warned()]).toEqual([[], []]);
    await world.pass(120, 30);
    expect((await readyz(world))[0]).toMatchObject({ state: 'failing', pending: 2, givenUp: 0 });
    expect(await told()).toMatchObject([{ level: 'error', what: expect.stringMatching(why) }]);
    expect((await told())[0].what).toMatch(/no message since 2026-03-10T12:00:0\dZ.*; 2 messages wait$/);
    await world.restart();
    await world.pass(1200, 60);
    expect(warned()).toHaveLength(1);
    expect(warned()[0]?.text).toMatch(why);
    expect(warned()[0]?.text).not.toContain('SECRET');
    peer.answer = says(200);
    await world.pass(8000, 100);
    expect(headings(peer).slice(-2).sort()).toEqual(['[INCIDENT] API again', '[INCIDENT] API trouble']);
    expect((await readyz(world))[0]).toMatchObject({ state: 'ok', pending: 0, why: null });
    expect(await told()).toEqual([]);
    peer.answer = answer;
    await world.write('c.md', incident().replace('API trouble', 'API thrice').replace('T12', 'T14'));
    await world.pass(1200, 60);
    expect(warned()).toHaveLength(2);
  },
);

test.each([404, 403, 401, 410])(
  'a dead channel that answers %i is a problem, mailed to the operators once a stretch',
  async status => {
    const peer = await openPeer();
    const settings = siteWith({ channels: [slack(peer, ', id: room')] });
    const world = await openWorld({
      site: target => `${SITE(target)}${settings}\nreminders: { to: ops@levqor.ai, after: 24h }\n`,
    });
    const problems = async () =>
      (await world.get('/readyz')).json.problems.filter(
        ({ where }: { where: string }) => where === 'channel room',
      );
    const warned = () => world.mails.filter(({ subject }) => subject?.startsWith('[WARNING]'));
    peer.answer = says(status);
    await world.write('a.md', incident());
    await world.pass(120, 30);
    await world.write('b.md', incident().replace('API trouble', 'API again'));
    await world.pass(600, 60);
    const [problem] = await problems();
    expect(problem).toMatchObject({ level: 'error', what: expect.stringContaining(`it answered ${status}`) });
    expect(problem.what).toMatch(
      /^slack at 127\.0\.0\.1 \(room\) has accepted no message since 2026-03-10T12:0.+ given up$/,
    );
    expect(problem.fix).toContain('notify.channels');
    expect((await world.get('/readyz')).json.ok).toBe(false);
    expect(warned().map(({ subject }) => subject)).toEqual([
      '[WARNING] Levqor Status: slack at 127.0.0.1 (room) does not accept messages',
    ]);
    expect(warned()[0]?.text).toContain('outbox retry');
    await world.restart();
    await world.pass(120, 30);
    expect(warned()).toHaveLength(1);
    for (const text of [JSON.stringify(problem), warned()[0]?.text ?? '']) expect(text).not.toContain(HIDDEN);
    if (status === 410) return;

    peer.answer = says(200);
    await world.write('c.md', incident().replace('API trouble', 'API thrice'));
    await world.pass(120, 30);
    expect(await problems()).toEqual([]);
    expect((await readyz(world))[0]).toMatchObject({ state: 'ok' });
    peer.answer = says(status);
    await world.write('d.md', incident().replace('API trouble', 'API a fourth time'));
    await world.pass(120, 30);
    expect(warned()).toHaveLength(2);
  },
);

test('410 ends a channel until its address changes; mail goes on', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer, ', id: room')] });
  peer.answer = says(410);
  await world.write('a.md', incident());
  await world.pass(2, 1);
  peer.answer = says(200);
  await world.write('b.md', incident().replace('API trouble', 'API again'));
  await world.pass(120, 30);
  expect(peer.got).toHaveLength(1);
  expect((await readyz(world))[0]).toMatchObject({ channel: 'room', state: 'dead', pending: 0, givenUp: 2 });
  expect((await world.get('/metrics')).text).toContain('status_live_channel_state{channel="room"} -1');
  await rewrite(world, [slack(peer, ', id: room').replace('hush', 'hush2')]);
  await world.write('c.md', incident().replace('API trouble', 'API thrice'));
  await world.pass(2, 1);
  expect(headings(peer).slice(1)).toEqual(['[INCIDENT] API thrice']);
});

test('what a dead channel missed is sent when it is tried again, and until it takes something it is a problem', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer, ', id: room')] });
  const told = async () =>
    (await world.get('/readyz')).json.problems.filter(
      ({ where }: { where: string }) => where === 'channel room',
    );
  peer.answer = says(410);
  await world.write('a.md', incident());
  await world.pass(2, 1);
  await world.restart();
  await world.write('b.md', incident().replace('API trouble', 'API again'));
  await world.pass(1200, 60);
  expect((await told())[0].what).toContain('2 messages were given up');
  peer.answer = says(503);
  const db = await world.openDb();
  await retryChannels(db);
  await retryAll(db, world.now());
  await db.destroy();
  await world.pass(2, 1);
  expect((await told())[0].what).toContain('has accepted no message since 2026-03-10T12:00');
  peer.answer = says(200);
  await world.pass(600, 60);
  expect(headings(peer).slice(-2)).toEqual(['[INCIDENT] API trouble', '[INCIDENT] API again']);
  expect(await told()).toEqual([]);
});

test.each([-86_400, -3600])(
  'a clock set back by %d s while a channel fails: mail and /readyz name no time to come',
  async by => {
    const peer = await openPeer();
    const settings = siteWith({ channels: [slack(peer, ', id: room')] });
    const reminders = 'reminders: { to: ops@levqor.ai, after: 24h }';
    const world = await openWorld({ site: target => `${SITE(target)}${settings}\n${reminders}\n` });
    peer.answer = says(503);
    await world.write('a.md', incident());
    await world.pass(60, 10);
    world.stepClock(by);
    await world.pass(180, 10);
    const words = /does not accept messages \(.+\); since when is not known, because the clock was set back/;
    const { problems } = (await world.get('/readyz')).json;
    const [told] = problems.filter(({ where }: { where: string }) => where === 'channel room');
    expect(told.what).toMatch(words);
    const mails = world.mails.filter(({ subject }) => subject?.includes('does not accept messages'));
    expect(mails.map(({ text }) => text?.replace(/\s+/g, ' '))).toEqual([expect.stringMatching(words)]);
  },
);

test('unsent messages outlive restarts and a new order of the list, and leave with their channel', async () => {
  const [one, two] = await Promise.all([openPeer(), openPeer()]);
  const world = await worldWith({ channels: [slack(one), slack(two)] });
  one.answer = says(503);
  two.answer = says(503);
  await world.write('a.md', incident());
  await world.pass(2, 1);
  await rewrite(world, [slack(two), slack(one)]);
  one.answer = says(200);
  // At start everything unfinished is due, whatever it was waiting for.
  await world.restart();
  await world.pass(1);
  expect(headings(one).slice(-1)).toEqual(['[INCIDENT] API trouble']);
  const tried = two.got.length;
  await rewrite(world, [slack(one)]);
  two.answer = says(200);
  await world.pass(4 * 3600, 600);
  await rewrite(world, [slack(one), slack(two)]);
  await world.pass(120, 10);
  expect(two.got).toHaveLength(tried);
  expect(one.got.filter(({ json }) => json.blocks)).toHaveLength(one.got.length);
  expect((await readyz(world)).map((each: { pending: number }) => each.pending)).toEqual([0, 0, 0]);
});

test('a status.yaml saved by halves, or with a slip of the keyboard, costs no message', async () => {
  const [peer, gone] = await Promise.all([openPeer(), openPeer()]);
  const world = await worldWith({ channels: [slack(peer), slack(gone)] });
  peer.answer = says(503);
  gone.answer = says(410);
  await world.write('a.md', incident());
  await world.pass(2, 1);
  const before = await readyz(world);
  for (const half of [[], [slack(gone)]]) {
    await rewrite(world, half);
    await world.pass(120, 10);
    expect((await readyz(world)).map(({ channel }: { channel: string }) => channel)).toHaveLength(
      half.length + 1,
    );
    expect(peer.got.filter(({ json }) => json.blocks).length).toBeGreaterThan(0);
    await world.restart();
    await rewrite(world, [slack(peer), slack(gone)]);
  }
  expect(
    (await readyz(world)).map(({ state, pending, givenUp }: Record<string, unknown>) => [
      state,
      pending,
      givenUp,
    ]),
  ).toEqual(before.map(({ state, pending, givenUp }: Record<string, unknown>) => [state, pending, givenUp]));
  peer.answer = says(200);
  await world.pass(3600, 60);
  expect(headings(peer).slice(-1)).toEqual(['[INCIDENT] API trouble']);
  expect((await readyz(world)).find(({ state }: { state: string }) => state === 'dead')).toMatchObject({
    givenUp: 1,
  });
});

test('news that nobody took for two days is given up', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer)] });
  peer.answer = says(503);
  await world.write('a.md', incident());
  await world.pass(50 * 3600, 3600);
  expect((await readyz(world))[0]).toMatchObject({ pending: 0, givenUp: 1 });
  expect(peer.got.length).toBeGreaterThan(10);
});

test('the clock going back leaves nothing waiting for the old time', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer)] });
  peer.answer = says(503, { 'retry-after': '3600' });
  await world.write('a.md', incident());
  await world.pass(2, 1);
  peer.answer = says(200);
  world.stepClock(-1800);
  await world.pass(1);
  expect(headings(peer).slice(1)).toEqual(['[INCIDENT] API trouble']);
});

test('addresses of channels are nowhere: not in the log, /readyz, /metrics, the page or the API', async () => {
  const peer = await openPeer();
  const world = await worldWith({ channels: [slack(peer), hook(peer, `, secret: ${WHSEC}`)] });
  for (const answer of [
    says(503),
    says(410),
    says(400),
    (_: unknown, res: { destroy(): void }) => res.destroy(),
  ]) {
    peer.answer = answer as Peer['answer'];
    await world.write('a.md', incident(SECOND + LAST).replace('API', `API ${peer.got.length}`));
    await world.pass(20, 5);
  }
  // A mistake beside an address is told without it.
  await rewrite(world, [`"${peer.url}/services/${HIDDEN}"`, `{ type: slak, url: "ftp://x.test/${HIDDEN}" }`]);
  await world.pass(2, 1);
  const told = [JSON.stringify(world.logged)];
  for (const path of ['/readyz', '/metrics', '/status/live', '/api/v2/summary.json', '/api/uptime.json']) {
    told.push((await world.get(path)).text);
  }
  for (const text of told) {
    expect(text).not.toContain('hush');
    expect(text).not.toContain('SECRET/');
    expect(text).not.toContain(WHSEC.slice(6, 20));
  }
  expect((await world.get('/readyz')).json.problems.map((one: { message: string }) => one.message)).toEqual(
    expect.arrayContaining([expect.stringContaining('did you mean slack?')]),
  );
});

async function rewrite(world: World, channels: readonly string[], more = ''): Promise<void> {
  const { readFile, writeFile } = await import('node:fs/promises');
  const file = `${world.dir}/status/status.yaml`;
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^notify:.*$/m, siteWith({ channels, more })));
  await world.pass(1);
}
