// Walk 4: a visitor subscribes, confirms, gets emails, chooses, and leaves with one click.
import { describe, expect, test } from 'vitest';
import { signToken } from '../../../src/core/model/token.ts';
import { linkIn, openWorld, subscribed } from '../world.ts';

const INCIDENT = (at: string) => `---
title: API Latency Spike
status: investigating
severity: major
started: ${at}
---
Investigating.
`;

const tokenOf = (link: string) => new URL(link, 'http://x').searchParams.get('token') as string;

describe('a subscriber', () => {
  test('gets emails only after confirming by POST, and none after one click', async () => {
    const world = await openWorld();
    const answer = await world.get('/status/subscribe?email=user%40example.com');
    expect(answer.status).toBe(200);
    await world.pass(1);
    expect(world.mails).toHaveLength(1);
    const link = linkIn(world.mails[0], '/status/confirm');
    expect((await world.get(link)).text).toContain('<button');
    await world.write('20260310_first.md', INCIDENT('2026-03-10T12:00:00Z'));
    await world.pass(10);
    expect(world.mails).toHaveLength(1);

    await world.post('/status/confirm', new URLSearchParams({ token: tokenOf(link) }));
    await world.write('20260310_second.md', INCIDENT('2026-03-10T12:00:05Z'));
    await world.pass(10);
    await world.pass(10);
    expect(world.mails).toHaveLength(2);
    const email = world.mails[1];
    expect(email?.subject).toBe('[INCIDENT] API Latency Spike');
    expect(email?.headers.get('list')).toMatchObject({
      unsubscribe: { url: expect.stringContaining('/status/unsubscribe?token=') },
      'unsubscribe-post': { name: 'List-Unsubscribe=One-Click' },
    });
    expect(email?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(email?.messageId).toMatch(/@levqor\.ai>$/);

    const leave = linkIn(email, '/status/unsubscribe');
    const multipart = new FormData();
    multipart.set('List-Unsubscribe', 'One-Click');
    for (let click = 0; click < 2; click++) {
      const left = await world.post(leave, multipart, { 'sec-fetch-site': 'cross-site' });
      expect([left.status, left.headers.get('set-cookie')]).toEqual([200, null]);
    }
    await world.write('20260310_third.md', INCIDENT('2026-03-10T12:00:15Z'));
    await world.pass(10);
    expect(world.mails).toHaveLength(2);
  });

  test('by an old link, after subscribing again, is not told that nothing more will be sent', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await world.write('20260310_first.md', INCIDENT('2026-03-10T12:00:00Z'));
    await world.pass(10);
    const old = linkIn(world.mails.at(-1), '/status/unsubscribe');
    expect((await world.post(old)).text).toContain(
      'We send nothing more to <strong>user@example.com</strong>.',
    );
    await world.pass(16 * 60);
    await subscribed(world, 'user@example.com');
    const again = await world.post(old);
    expect([again.status, again.text]).toEqual([
      200,
      expect.stringContaining('use the link in a newer email'),
    ]);
    expect(again.text).not.toContain('nothing more');
    expect((await world.post(old, undefined, { accept: 'application/json' })).json).toEqual({
      ok: true,
      result: 'unsubscribed_before',
    });
  });

  test('by GET alone is neither confirmed nor removed: scanners open links', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await world.write('20260310_first.md', INCIDENT('2026-03-10T12:00:00Z'));
    await world.pass(10);
    const leave = linkIn(world.mails.at(-1), '/status/unsubscribe');
    expect((await world.get(leave)).text).toContain('<button');
    await world.write('20260310_second.md', INCIDENT('2026-03-10T12:00:05Z'));
    await world.pass(10);
    expect(world.mails).toHaveLength(3);
  });

  test('chooses components on the manage page', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await world.write('20260310_first.md', INCIDENT('2026-03-10T12:00:00Z'));
    await world.pass(10);
    const manage = linkIn(world.mails.at(-1), '/status/manage');
    expect((await world.get(manage)).text).toContain('user@example.com');
    const chosen = new URLSearchParams([
      ['token', tokenOf(manage)],
      ['components', 'dashboard'],
    ]);
    expect((await world.post('/status/manage', chosen)).status).toBe(200);
    await world.write('20260310_second.md', INCIDENT('2026-03-10T12:00:05Z'));
    await world.pass(10);
    expect(world.mails).toHaveLength(2);
  });

  test('asks to leave by address alone: a link is mailed to it, nothing is removed', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await world.pass(16 * 60);
    const known = await world.post('/status/unsubscribe', new URLSearchParams({ email: 'user@example.com' }));
    const unknown = await world.post(
      '/status/unsubscribe',
      new URLSearchParams({ email: 'other@example.com' }),
    );
    expect(unknown.text.replace('other@', 'user@')).toBe(known.text);
    await world.pass(1);
    expect(world.mails).toHaveLength(2);
    const left = await world.post(linkIn(world.mails.at(-1), '/status/unsubscribe'));
    expect(left.status).toBe(200);
  });

  test('known, pending or unknown: the answer is the same', async () => {
    const world = await openWorld();
    await subscribed(world, 'known@example.com');
    await world.get('/status/subscribe?email=pending@example.com');
    const answers = [];
    for (const name of ['known', 'pending', 'unknown']) {
      const address = `${name}@example.com`;
      answers.push((await world.get(`/status/subscribe?email=${address}`)).text.replace(address, ''));
    }
    expect(new Set(answers).size).toBe(1);
  });

  test.each([
    ['user+tag@example.com', 200, 'user+tag@example.com'],
    ['user%2Btag@example.com', 200, 'user+tag@example.com'],
    ['+user%40example.com+', 200, 'user@example.com'],
    ['us%20er@example.com', 400, null],
    ['us%20er+tag@example.com', 400, null],
    ['us+er%ff@example.com', 400, null],
  ])('typed into the address bar as %s', async (typed, status, address) => {
    const world = await openWorld();
    expect((await world.get(`/status/subscribe?components=api&email=${typed}`)).status).toBe(status);
    await world.pass(1);
    expect(world.mails.map(({ to }) => [to].flat()[0]?.text)).toEqual(address === null ? [] : [address]);
  });

  test('cannot be flooded: one confirmation in 15 minutes, three a day', async () => {
    const world = await openWorld();
    for (let hour = 0; hour < 6; hour++) {
      for (let i = 0; i < 3; i++) await world.get('/status/subscribe?email=victim@example.com');
      await world.pass(3600);
    }
    expect(world.mails).toHaveLength(3);
  });

  test('cannot be flooded by other spellings of one mailbox, and whoever is confirmed by them gets their mail', async () => {
    const world = await openWorld();
    await subscribed(world, 'victim+news@example.com');
    await world.pass(16 * 60);
    const before = world.mails.length;
    for (let n = 1; n <= 25; n++) {
      const at = n % 2 ? 'example.com' : 'EXAMPLE.com';
      await world.get(`/status/subscribe?email=${encodeURIComponent(`Victim+${n}@${at}`)}`);
      await world.post('/status/unsubscribe', new URLSearchParams({ email: 'victim+news@example.com' }));
    }
    await world.pass(5);
    // Nobody uses up the way out of whoever gets that mail.
    const asked = world.mails.slice(before).map(({ text }) => text?.includes('/status/confirm') ?? false);
    expect(asked.sort()).toEqual([false, true]);
    await world.write('a.md', INCIDENT('2026-03-10T12:16:00Z'));
    await world.pass(2);
    expect(world.mails.slice(before + 2).map(({ to }) => [to].flat()[0]?.text)).toEqual([
      'victim+news@example.com',
    ]);
  });

  test('who asked while the clock was a month ahead gets an email once it is right again', async () => {
    const world = await openWorld();
    world.stepClock(30 * 86_400);
    await world.get('/status/subscribe?email=a@example.com');
    await world.pass(1);
    world.stepClock(-30 * 86_400);
    await world.get('/status/subscribe?email=a@example.com');
    await world.pass(5);
    expect(world.mails).toHaveLength(2);
    await world.get('/status/subscribe?email=a@example.com');
    await world.pass(5);
    expect(world.mails).toHaveLength(2);
  });

  test.each([
    'nobody',
    '@example.com',
    'a@b',
    'a@b.com\r\nBcc: evil@example.com',
    '"a b"@example.com',
    'a@[127.0.0.1]',
    `${'x'.repeat(300)}@example.com`,
    'a@example.com, b@example.com',
    '<script>@example.com',
  ])('%j is refused with what was typed, and nothing is mailed', async email => {
    const world = await openWorld();
    const answer = await world.get(`/status/subscribe?email=${encodeURIComponent(email)}`);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('<script>@');
    const json = await world.post('/status/subscribe', { email }, { accept: 'application/json' });
    expect(json.status).toBe(400);
    expect(json.json.ok).toBe(false);
    await world.pass(1);
    expect(world.mails).toEqual([]);
  });

  test('tokens that are wrong, old, or for another purpose do nothing', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await world.write('20260310_first.md', INCIDENT('2026-03-10T12:00:00Z'));
    await world.pass(10);
    const leave = tokenOf(linkIn(world.mails.at(-1), '/status/unsubscribe'));
    const manage = tokenOf(linkIn(world.mails.at(-1), '/status/manage'));
    const id = leave.split('.')[0] as string;
    const forged = signToken('another secret', 'unsubscribe', { subscriber: id, nonce: '', expires: 0 });
    for (const token of [manage, forged, `${leave}x`, leave.slice(0, -1), 'x', 'x'.repeat(5000)]) {
      expect((await world.post(`/status/unsubscribe?token=${token}`)).status).toBe(400);
      expect((await world.post('/status/confirm', new URLSearchParams({ token }))).status).toBe(400);
    }
    await world.get('/status/subscribe?email=late@example.com');
    await world.pass(1);
    const confirm = tokenOf(linkIn(world.mails.at(-1), '/status/confirm'));
    await world.pass(3 * 24 * 3600);
    expect((await world.post('/status/confirm', new URLSearchParams({ token: confirm }))).status).toBe(400);
    await world.write('20260310_second.md', INCIDENT('2026-03-13T12:00:00Z'));
    await world.pass(60);
    expect([world.mails.at(-1)?.to].flat()[0]?.text).toBe('user@example.com');
  });

  test('a form sent from another site is refused', async () => {
    const world = await openWorld();
    const fields = new URLSearchParams({ email: 'user@example.com' });
    const cross = await world.post('/status/subscribe', fields, { 'sec-fetch-site': 'cross-site' });
    const origin = await world.post('/status/subscribe', fields, { origin: 'https://evil.example' });
    const own = await world.post('/status/subscribe', fields, { 'sec-fetch-site': 'same-origin' });
    expect([cross.status, origin.status, own.status]).toEqual([403, 403, 200]);
  });
});

describe('an email', () => {
  test('is tried again after a 4xx and sent once', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    world.smtp.refuse = () => ({ code: 451, text: 'greylisted' });
    await world.write('20260310_first.md', INCIDENT('2026-03-10T12:00:00Z'));
    await world.pass(5);
    expect(world.mails).toHaveLength(1);
    world.smtp.refuse = null;
    await world.pass(11);
    await world.pass(600, 60);
    expect(world.mails).toHaveLength(2);
  });

  test('survives a restart between announcing and sending', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    world.smtp.refuse = () => ({ code: 451, text: 'not now' });
    await world.write('20260310_first.md', INCIDENT('2026-03-10T12:00:00Z'));
    await world.pass(5);
    world.smtp.refuse = null;
    await world.restart();
    await world.pass(1);
    expect(world.mails.map(mail => mail.subject)).toContain('[INCIDENT] API Latency Spike');
    await world.restart();
    await world.pass(60);
    expect(world.mails).toHaveLength(2);
  });

  test('refused for good is given up, and after three incidents the address is dropped', async () => {
    const world = await openWorld();
    await subscribed(world, 'gone@example.com');
    world.smtp.refuse = () => ({ code: 550, text: 'no such user' });
    for (let i = 0; i < 4; i++) {
      await world.write(`20260310_${i}.md`, INCIDENT(`2026-03-10T12:0${i}:00Z`));
      await world.pass(300, 60);
    }
    const dropped = world.logged.filter(line => line.message.includes('it is suppressed'));
    expect(dropped).toHaveLength(1);
    const tried = world.logged.filter(line => line.message === 'email not sent');
    expect(tried).toHaveLength(3);
    expect(JSON.stringify(world.logged)).not.toContain('gone@example.com');
  });
});

test('an address with a space inside is refused, however it is sent', async () => {
  const world = await openWorld();
  for (const typed of ['vic+@x.example', 'vic%20@x.example', 'vic+%40x.example', 'v+ic+@x.example'])
    expect([typed, (await world.get(`/status/subscribe?email=${typed}`)).status]).toEqual([typed, 400]);
  for (const typed of ['vic @x.example', 'vic@ x.example'])
    expect([typed, (await world.post('/status/subscribe', { email: typed })).status]).toEqual([typed, 400]);
  await world.pass(5, 1);
  expect(world.mails).toEqual([]);
  expect((await world.get('/status/subscribe?email=vic+tag@x.example')).status).toBe(200);
});
