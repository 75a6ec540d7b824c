// What the mail provider reports: hard bounces and complaints end mail at once, and only with its signature.
import { describe, expect, test } from 'vitest';
import { readResendEvent } from '../../../src/core/notify/bounce.ts';
import { isGenuine, sign } from '../../../src/core/notify/standard-webhooks.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const INCIDENT = `---
title: API trouble
status: investigating
severity: major
started: 2026-03-10T12:00:00Z
---
Words.
`;

describe('a signature', () => {
  // The example of the documentation of Standard Webhooks.
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const body = Buffer.from('{"test": 2432232314}');
  const at = 1_614_265_330;
  const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
  const headers = { id, timestamp: String(at), signature };

  test.each([
    ['as it is', headers, body, at, true],
    ['beside another', { ...headers, signature: `v1,x ${signature} v1a,y` }, body, at, true],
    ['almost five minutes later', headers, body, at + 300, true],
    ['too late', headers, body, at + 301, false],
    ['too early', headers, body, at - 301, false],
    ['of another body', headers, Buffer.from('{"test":2432232314}'), at, false],
    ['of another id', { ...headers, id: 'msg_x' }, body, at, false],
    ['of no id', { ...headers, id: '' }, body, at, false],
    ['at another time', { ...headers, timestamp: String(at + 1) }, body, at, false],
    ['at no time', { ...headers, timestamp: 'NaN' }, body, at, false],
    ['missing', { ...headers, signature: '' }, body, at, false],
    ['of another version', { ...headers, signature: signature.replace('v1,', 'v2,') }, body, at, false],
  ])('%s', (_name, said, bytes, seconds, fine) => {
    expect(isGenuine(SECRET, said, bytes, seconds * 1000)).toBe(fine);
    expect(isGenuine('whsec_c2VjcmV0LW9mLWFub3RoZXItb25l', said, bytes, seconds * 1000)).toBe(false);
  });
});

test('an empty secret lets nobody in', () => {
  const body = Buffer.from('{}');
  const headers = { id: 'm', timestamp: '1', signature: `v1,${sign('whsec_', 'm', '1', body)}` };
  expect(isGenuine('whsec_', headers, body, 1000)).toBe(false);
});

test.each([
  [{ type: 'email.bounced', data: { to: ['a@b.c'], bounce: { type: 'Permanent' } } }, 'bounced'],
  [{ type: 'email.bounced', data: { to: ['a@b.c'] } }, 'bounced'],
  [{ type: 'email.bounced', data: { to: ['a@b.c'], bounce: { type: 'Transient' } } }, undefined],
  [{ type: 'email.complained', data: { to: 'a@b.c' } }, 'complained'],
  [{ type: 'email.delivered', data: { to: ['a@b.c'] } }, undefined],
  [{ type: 'contact.created', data: {} }, undefined],
  [{ type: 'email.bounced' }, undefined],
  [{ type: 7 }, undefined],
  [null, undefined],
])('%j is %s', (event, reason) => {
  expect(readResendEvent(event)?.reason).toBe(reason);
});

function report(world: World, event: object, secret = SECRET) {
  const body = JSON.stringify(event);
  const timestamp = String(world.now() / 1000);
  const signature = `v1,${sign(secret, 'msg_1', timestamp, Buffer.from(body))}`;
  const headers = { 'svix-id': 'msg_1', 'svix-timestamp': timestamp, 'svix-signature': signature };
  return world.post('/webhooks/resend', body, { ...headers, 'content-type': 'application/json' });
}

test('a bounce ends mail to the address at once, whatever waits for it, and for good', async () => {
  const world = await openWorld({ env: { RESEND_WEBHOOK_SECRET: SECRET } });
  await subscribed(world, 'gone@example.com');
  await subscribed(world, 'here@example.com');
  world.smtp.refuse = () => ({ code: 451, text: 'later' });
  await world.write('a.md', INCIDENT);
  await world.pass(2);
  const event = { type: 'email.bounced', data: { to: ['Gone@example.com'], bounce: { type: 'Permanent' } } };
  expect((await report(world, event, 'whsec_AAAA')).status).toBe(401);
  expect((await report(world, event)).json).toEqual({ ok: true, action: 'suppressed' });
  expect(
    (await report(world, { type: 'email.opened', data: { to: ['here@example.com'] } })).json.action,
  ).toBe('ignored');
  world.smtp.refuse = null;
  await world.pass(1200, 60);
  const told = world.mails.map(mail => [mail.to].flat()[0]?.text);
  expect(told).toEqual(['gone@example.com', 'here@example.com', 'here@example.com']);
  // The same answer as ever, and no email.
  const again = await world.get('/status/subscribe?email=gone@example.com');
  const fresh = await world.get('/status/subscribe?email=new@example.com');
  // The page names the address, and tells nothing else of it.
  expect(again.text.replaceAll('gone@', 'new@')).toBe(fresh.text);
  await world.pass(1);
  expect(world.mails.map(mail => [mail.to].flat()[0]?.text).slice(3)).toEqual(['new@example.com']);
});

test('without the secret there is no such address', async () => {
  const world = await openWorld();
  expect((await report(world, { type: 'email.bounced', data: { to: ['a@b.c'] } })).status).toBe(404);
});
