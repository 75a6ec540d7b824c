// A visitor's webhook or chat, from the form to the last message: confirmed first, signed, guarded, and gone
// when it leaves.
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { type Answer, openWorld, SITE, type World } from '../world.ts';
import { openPeer, type Peer, says } from './channel-peer.ts';

const incident = (title = 'API trouble', component = 'api', at = '2026-03-10T12:00:00Z') => `---
title: ${title}
status: investigating
severity: major
started: ${at}
components: [${component}]
---
First words.
`;
const SLACK = 'https://hooks.slack.com/services/T0/B0/hush';
const DISCORD = 'https://discord.com/api/webhooks/1/hush';
const TEAMS =
  'https://default1.environment.api.powerplatform.com/powerautomate/workflows/1/triggers/manual/paths/invoke?sig=hush';
const JSON_WANTED = { accept: 'application/json' };

const inside = 'notify: { visitors: { private: true } }\n';
const intranet = (more: Record<string, unknown> = {}) =>
  openWorld({ site: target => `${SITE(target)}${inside}`, ...more });
const ask = (world: World, fields: Record<string, string>, json = true): Promise<Answer> =>
  world.post('/status/subscribe', new URLSearchParams(fields), json ? JSON_WANTED : { accept: 'text/html' });
const echo: Peer['answer'] = (got, res) => void res.end(JSON.stringify({ challenge: got.json?.challenge }));
const tokenOf = (link: string) => new URL(link).searchParams.get('token') as string;
const manageOf = async (world: World, link: string) => {
  const { pathname, search } = new URL(link);
  return world.get(pathname + search, JSON_WANTED);
};

test('a webhook answers its challenge, gets signed news with links to change and leave, and leaves by one click', async () => {
  const peer = await openPeer();
  peer.answer = echo;
  const world = await intranet({ now: new Date().toISOString() });
  const asked = await ask(world, { url: `${peer.url}/hook`, components: 'api' });
  expect(asked.json).toMatchObject({ ok: true, result: 'check_channel' });
  const { secret, manage } = asked.json;
  await world.pass(1);
  const { body, headers, json } = peer.got[0]!;
  expect(json).toMatchObject({ type: 'url_verification', challenge: expect.stringMatching(/^\w{12}$/) });
  new Webhook(secret).verify(body, headers as Record<string, string>);
  expect((await manageOf(world, manage)).json).toMatchObject({ state: 'confirmed', components: ['api'] });

  const at = new Date(world.now()).toISOString();
  await world.write('a.md', incident('API trouble', 'api', at));
  await world.write('b.md', incident('Dashboard trouble', 'dashboard', at));
  await world.pass(3, 1);
  expect(peer.got.slice(1).map(got => got.json.incident.name)).toEqual(['API trouble']);
  const news = peer.got[1]!;
  expect(new Webhook(secret).verify(news.body, news.headers as Record<string, string>)).toMatchObject({
    meta: { manage },
    incident: { components: [{ name: 'API' }] },
  });
  const { unsubscribe } = news.json.meta;
  const { pathname, search } = new URL(unsubscribe);
  expect((await world.get(pathname + search)).text).toContain('<button');
  const left = await world.post(pathname + search, undefined, JSON_WANTED);
  expect([left.status, left.json.result]).toEqual([200, 'unsubscribed']);
  await world.write('c.md', incident('API again', 'api', at));
  await world.pass(3, 1);
  expect(peer.got).toHaveLength(2);
  expect((await manageOf(world, manage)).status).toBe(400);
  expect(await rowsWith(world, 'hook')).toEqual([]);
});

test.each([
  ['slack', SLACK],
  ['discord', DISCORD],
  ['teams', TEAMS],
])('%s: whoever sees the message confirms; each message has links to change and leave', async (_, url) => {
  const peer = await openPeer();
  const dialled: string[] = [];
  const world = await openWorld({
    dial: address => {
      dialled.push(address.href);
      return new URL(peer.url);
    },
  });
  const asked = await ask(world, { url, lang: 'en' });
  // The secret of a chat is its address: there is nothing to show.
  expect(asked.json).toEqual({ ok: true, result: 'check_channel' });
  await world.pass(1);
  expect(dialled).toEqual([url]);
  await world.write('early.md', incident('Too early'));
  await world.pass(2, 1);
  expect(peer.got).toHaveLength(1);
  const confirm = `/status/${/confirm\?token=[\w.-]+/.exec(peer.got[0]!.body)![0]}`;
  expect((await world.get(confirm)).text).toContain('Confirm subscription');
  await world.pass(2, 1);
  expect((await world.post(confirm, undefined, JSON_WANTED)).json.result).toBe('confirmed');
  await world.write('a.md', incident());
  await world.pass(2, 1);
  expect(peer.got).toHaveLength(2);
  expect(peer.got[1]?.body).toContain('API trouble');
  const manage = /http[^"|()<>]*\/status\/manage\?token=[\w.-]+/.exec(peer.got[1]!.body)![0];
  const page = new URL(manage);
  expect((await world.get(page.pathname + page.search)).text).toContain(`(${new URL(url).hostname})`);
  const fields = new URLSearchParams({ token: tokenOf(manage), leave: '1' });
  expect((await world.post('/status/manage', fields, JSON_WANTED)).json.result).toBe('unsubscribed');
  await world.write('b.md', incident('API again'));
  await world.pass(2, 1);
  expect(peer.got).toHaveLength(2);
});

test('known and unknown addresses get the same answer; a stranger can neither take over nor double one', async () => {
  const peer = await openPeer();
  peer.answer = echo;
  const world = await intranet();
  const url = `${peer.url}/hook`;
  const first = await ask(world, { url });
  await world.pass(1);
  await world.pass(1000);
  const second = await ask(world, { url });
  expect(Object.keys(second.json)).toEqual(Object.keys(first.json));
  expect(second.json.secret).not.toBe(first.json.secret);
  await world.pass(1);
  expect((await manageOf(world, second.json.manage)).json).toMatchObject({
    state: 'pending',
    error: expect.stringContaining('already subscribed'),
  });
  expect((await manageOf(world, first.json.manage)).json.state).toBe('confirmed');
  await world.write('a.md', incident('API trouble', 'api', new Date(world.now()).toISOString()));
  await world.pass(2, 1);
  const news = peer.got.filter(got => got.json.incident);
  expect(news).toHaveLength(1);
  // The stranger's link ends their own try only.
  const fields = new URLSearchParams({ token: tokenOf(second.json.manage), leave: '1' });
  await world.post('/status/manage', fields);
  expect((await manageOf(world, first.json.manage)).json.state).toBe('confirmed');
});

test.each([
  ['no address at all', 'nothing'],
  ['no https', 'http://example.com/hook'],
  ['another protocol', 'ftp://example.com/hook'],
  ['a script', 'javascript:alert(1)'],
  ['a login in it', 'https://a:b@example.com/hook'],
  ['another port', 'https://example.com:22/hook'],
  ['a bare name', 'https://intranet/hook'],
  ['the page itself', 'https://status.levqor.example/status/subscribe'],
  ['2001 characters', `https://example.com/${'x'.repeat(2000)}`],
])('%s is refused at the form, which keeps what was typed', async (_, url) => {
  const world = await openWorld({ env: { PUBLIC_URL: 'https://status.levqor.example' } });
  const answer = await ask(world, { url, components: 'api' }, false);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('aria-invalid="true"');
  expect(answer.text).toMatch(/<input id="url"[^>]*value="[^"]/);
  expect(answer.text).toContain('value="api" checked');
  expect((await ask(world, { url })).json).toMatchObject({ ok: false, error: expect.any(String) });
});

test.each([
  'https://127.0.0.1/hook',
  'https://169.254.169.254/latest/meta-data',
  'https://[::ffff:127.0.0.1]:8443/hook',
  'https://[::1]/hook',
  'https://2130706433/hook',
  'https://localhost.localdomain/hook',
])('%s is never called, and the manage page says why', async url => {
  const world = await openWorld();
  const asked = await ask(world, { url });
  if (asked.status === 400) return;
  await world.pass(1);
  const { json } = await manageOf(world, asked.json.manage);
  expect(json.state).toBe('pending');
  expect(json.error).toMatch(/not on the public internet|its host name could not be looked up/);
});

test('what does not answer the challenge gets nothing, however often there is news', async () => {
  const peer = await openPeer();
  const world = await intranet();
  const { json } = await ask(world, { url: `${peer.url}/hook` });
  await world.pass(1);
  expect((await manageOf(world, json.manage)).json).toMatchObject({
    state: 'pending',
    error: 'it did not answer with the challenge',
  });
  await world.write('a.md', incident());
  await world.pass(600, 60);
  expect(peer.got).toHaveLength(1);
  const page = new URL(json.manage);
  expect((await world.get(page.pathname + page.search)).text).toContain('It has not confirmed yet.');
  // Nobody confirmed: forgotten after a week, by the clock.
  const { pruneSubscribers } = await import('../../../src/store/notify/subscribers.ts');
  const db = await world.openDb();
  await pruneSubscribers(db, world.now() + 8 * 86_400_000);
  await db.destroy();
  expect((await manageOf(world, json.manage)).status).toBe(400);
});

test('a webhook that checks signatures learns its secret first, and is asked again by the manage link', async () => {
  const peer = await openPeer();
  const known: { secret: string | null } = { secret: null };
  peer.answer = (got, res) => {
    try {
      new Webhook(known.secret ?? '').verify(got.body, got.headers as Record<string, string>);
      echo(got, res);
    } catch {
      res.writeHead(401).end();
    }
  };
  const world = await intranet({ now: new Date().toISOString() });
  const { json } = await ask(world, { url: `${peer.url}/hook` });
  await world.pass(1);
  expect((await manageOf(world, json.manage)).json).toMatchObject({
    state: 'pending',
    error: 'it answered 401',
  });
  known.secret = json.secret;
  const again = () =>
    world.post(
      '/status/manage',
      new URLSearchParams({ token: tokenOf(json.manage), again: '1' }),
      JSON_WANTED,
    );
  expect((await again()).json).toEqual({ ok: true, result: 'asked_again' });
  await world.pass(1);
  expect((await manageOf(world, json.manage)).json).toMatchObject({ state: 'confirmed', error: null });
  expect((await again()).status).toBe(400);
  const { json: other } = await ask(world, { url: `${peer.url}/other` });
  known.secret = null;
  const often = async () => {
    const fields = new URLSearchParams({ token: tokenOf(other.manage), again: '1' });
    return (await world.post('/status/manage', fields, JSON_WANTED)).status;
  };
  const answers: number[] = [];
  for (let n = 0; n < 12; n++) answers.push(await often());
  expect(answers).toEqual([...Array(10).fill(200), 429, 429]);
});

test('a challenge that is not answered is tried three times, then no more', async () => {
  const peer = await openPeer();
  peer.answer = says(503);
  const world = await intranet();
  await ask(world, { url: `${peer.url}/hook` });
  await world.pass(3600, 20);
  expect(peer.got).toHaveLength(3);
});

test('one address is asked once in a quarter of an hour, one host ten times an hour, all together as set', async () => {
  const peer = await openPeer();
  const site = (target: string) => `${SITE(target)}${inside}mail: { confirmations: 12 }\n`;
  const world = await openWorld({ site });
  const url = (n: number) => `${peer.url}/${n}`;
  expect((await ask(world, { url: url(0) })).status).toBe(200);
  expect((await ask(world, { url: url(0) })).json.error).toMatch(/just asked to confirm/);
  for (let n = 1; n < 9; n++) expect((await ask(world, { url: url(n) })).status).toBe(200);
  const refused = await ask(world, { url: url(10) });
  expect([refused.status, refused.json.error]).toEqual([429, expect.stringMatching(/just asked to confirm/)]);
  const other = (await openPeer()).url;
  for (let n = 0; n < 3; n++) expect((await ask(world, { url: `${other}/${n}` })).status).toBe(200);
  expect((await ask(world, { url: `${other}/4` })).status).toBe(429);
  expect((await ask(world, { email: 'a@example.com' })).status).toBe(429);
  await world.pass(1);
  expect(peer.got).toHaveLength(9);
});

test('a filled honeypot looks like success and calls nobody; another site’s form is refused', async () => {
  const peer = await openPeer();
  const world = await intranet();
  expect((await ask(world, { url: `${peer.url}/hook`, website: 'x' })).json.ok).toBe(true);
  const foreign = await world.post('/status/subscribe', new URLSearchParams({ url: `${peer.url}/hook` }), {
    'sec-fetch-site': 'cross-site',
  });
  expect(foreign.status).toBe(403);
  // A GET changes nothing: the mission's own exception is for mail.
  await world.get(`/status/subscribe?url=${encodeURIComponent(`${peer.url}/hook`)}`);
  await world.pass(2, 1);
  expect(peer.got).toEqual([]);
});

test('switched off: no form, no way in, and those subscribed hear nothing until it is on again', async () => {
  const peer = await openPeer();
  peer.answer = echo;
  const world = await intranet();
  const asked = await ask(world, { url: `${peer.url}/hook` });
  await world.pass(1);
  await configure(world, 'notify: { visitors: { channels: [slack], private: true } }');
  expect((await world.get('/status/subscribe')).text).toMatch(/<summary>Slack<\/summary>/);
  expect((await ask(world, { url: `${peer.url}/other` })).json.error).toMatch(/this kind of address/);
  await configure(world, 'notify: { visitors: { channels: [] } }');
  expect((await world.get('/status/subscribe')).text).not.toContain('id="url"');
  expect((await ask(world, { url: `${peer.url}/other` })).status).toBe(404);
  await world.write('a.md', incident());
  await world.pass(2, 1);
  await configure(world, inside.trim());
  await world.write('b.md', incident('API again'));
  await world.pass(2, 1);
  expect(peer.got.slice(1).map(got => got.json.incident.name)).toEqual(['API again']);
  expect((await manageOf(world, asked.json.manage)).json.state).toBe('confirmed');
});

test.each([
  ['says 410', says(410), 1],
  ['refuses five messages in a row', says(404), 5],
])(
  'a webhook that %s is disabled: said on the manage page, in the log and on /readyz',
  async (_, answer, count) => {
    const peer = await openPeer();
    peer.answer = echo;
    const world = await intranet();
    const { json } = await ask(world, { url: `${peer.url}/hush` });
    await world.pass(1);
    peer.answer = answer;
    for (let n = 0; n < 8; n++) {
      await world.write(`${n}.md`, incident(`API ${n}`));
      await world.pass(2, 1);
    }
    expect(peer.got).toHaveLength(1 + count);
    expect((await manageOf(world, json.manage)).json).toMatchObject({
      state: 'dead',
      error: expect.stringContaining('it answered 4'),
    });
    const page = new URL(json.manage);
    expect((await world.get(page.pathname + page.search)).text).toContain('It is disabled');
    const visitors = (await world.get('/readyz')).json.outbox.channels.at(-1);
    expect(visitors).toMatchObject({ channel: 'visitors', why: expect.stringMatching(/^1 channels/) });
    expect(world.logged.filter(({ message }) => message.startsWith('channel disabled'))).toHaveLength(1);
    expect(JSON.stringify(world.logged)).not.toContain('hush');
    // Subscribed anew once it works.
    peer.answer = echo;
    await world.pass(1000);
    await ask(world, { url: `${peer.url}/hush` });
    await world.pass(2, 1);
    await world.write('new.md', incident('API back', 'api', new Date(world.now()).toISOString()));
    await world.pass(2, 1);
    expect(peer.got.at(-1)?.json.incident.name).toBe('API back');
  },
);

test('a webhook that took nothing for three days is disabled', async () => {
  const peer = await openPeer();
  peer.answer = echo;
  const world = await intranet();
  const { json } = await ask(world, { url: `${peer.url}/hook` });
  await world.pass(1);
  peer.answer = says(503);
  for (let day = 0; day < 4; day++) {
    await world.write(`${day}.md`, incident('API down', 'api', new Date(world.now()).toISOString()));
    await world.pass(86_400, 7200);
  }
  expect((await manageOf(world, json.manage)).json.state).toBe('dead');
});

test('who leaves while a message to them is under way gets no other, and a restart brings none back', async () => {
  const peer = await openPeer();
  peer.answer = echo;
  const world = await intranet();
  const { json } = await ask(world, { url: `${peer.url}/hook` });
  await world.pass(1);
  const leave = () =>
    world.post('/status/manage', new URLSearchParams({ token: tokenOf(json.manage), leave: '1' }));
  peer.answer = async (_, res) => {
    expect((await leave()).status).toBe(200);
    res.writeHead(503).end();
  };
  await world.write('a.md', incident());
  await world.write('b.md', incident('API again'));
  await world.pass(2, 1);
  expect(peer.got).toHaveLength(2);
  await world.restart();
  await world.pass(300, 60);
  expect(peer.got).toHaveLength(2);
  expect((await leave()).status).toBe(200);
});

async function configure(world: World, line: string): Promise<void> {
  const { readFile, writeFile } = await import('node:fs/promises');
  const file = `${world.dir}/status/status.yaml`;
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^notify:.*$/m, line));
  await world.pass(1);
}

/** Every row of the tables a visitor may stand in that tells of `text`, or is of a channel. */
async function rowsWith(world: World, text: string): Promise<unknown[]> {
  const db = await world.openDb();
  const tables = ['subscribers', 'deliveries', 'subscribe_requests', 'announcements', 'meta'] as const;
  const all = await Promise.all(tables.map(table => db.selectFrom(table).selectAll().execute()));
  await db.destroy();
  return all
    .flat()
    .filter(row => JSON.stringify(row).includes(text) || /"channel":"(?!email)/.test(JSON.stringify(row)));
}
