// Every page and email about a subscription names its address, says what will happen, and leads on.
import path from 'node:path';
import { expect, test } from 'vitest';
import { linkIn, openWorld, subscribed, type World } from '../world.ts';

const ADA = '<strong>ada@example.com</strong>';
const tokenOf = (link: string) => new URL(link, 'http://x').searchParams.get('token') as string;
const unsubscribe = (world: World, email: string) =>
  world.post('/status/unsubscribe', new URLSearchParams({ email }));

test('from the form to the end, each page names the address, and the confirmation leads to the preferences', async () => {
  const world = await openWorld();
  const asked = await world.get('/status/subscribe?email=ada@example.com');
  expect(asked.text).toContain(`If ${ADA} can be subscribed, we send it an email with a link.`);
  await world.pass(1);
  const confirm = linkIn(world.mails[0], '/status/confirm');
  expect((await world.get(confirm)).text).toContain(`updates from Levqor Status at ${ADA}.`);
  const done = await world.post('/status/confirm', new URLSearchParams({ token: tokenOf(confirm) }));
  expect(done.text).toContain(`We send updates from Levqor Status to ${ADA}.`);
  const manage = /href="(\/status\/manage\?token=[^"]+)"/.exec(done.text)![1]!;
  expect((await world.get(manage)).text).toContain(`Emails go to ${ADA}.`);

  const link = await unsubscribe(world, 'ada@example.com');
  expect(link.text).toContain(`If ${ADA} is subscribed, we send it an email with a link to unsubscribe.`);
  await world.pass(1);
  const leave = linkIn(world.mails.at(-1), '/status/unsubscribe');
  expect((await world.get(leave)).text).toContain(`This stops all updates from Levqor Status to ${ADA}.`);
  expect((await world.post(leave)).text).toContain(`We send nothing more to ${ADA}.`);
  // The link of a subscription that has ended says so at once, without a button to press.
  expect((await world.get(leave)).text).toContain('This subscription had already ended.');
  expect((await world.get(manage)).text).not.toContain(ADA);
});

test('the emails name the address and the site, as text and as HTML', async () => {
  const world = await openWorld({
    brand: { 'logo.png': 'PNG' },
    env: { PUBLIC_URL: 'https://status.levqor.ai' },
    site: () =>
      'title: Levqor Status\nbrand: { logo: logo.png }\ncomponents: [{ id: api, name: API, check: { type: manual } }]',
  });
  await subscribed(world, "o'ada=1&x@example.com");
  await unsubscribe(world, "o'ada=1&x@example.com");
  await world.pass(1);
  await world.write(
    'a.md',
    '---\ntitle: API trouble\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T12:00:00Z\ncomponents: [api]\n---\n\nWe **look**.\n',
  );
  await world.pass(5);
  const [confirm, leave, news] = world.mails;
  expect(confirm!.text).toMatch(
    /^Confirm your subscription\n\nConfirm to receive updates from Levqor Status at o'ada=1&x@example\.com\.\n/,
  );
  expect(confirm!.html).toContain('at o&#39;ada=1&amp;x@example.com.');
  expect(confirm!.text).toContain('If this was not you, ignore this email.');
  expect(leave!.text).toContain("unsubscribe o'ada=1&x@example.com from Levqor Status");
  expect(news!.text).toMatch(/^INVESTIGATING · Major incident\nAPI trouble\n\nAffects: API\nStarted: /);
  const html = String(news!.html);
  expect(html).toContain('src="https://status.levqor.ai/status/brand/logo.png"');
  expect(html).toMatch(/class="pill"[^>]*>Investigating</);
  expect(html).toMatch(/<td[^>]*>Affects<\/td><td[^>]*>API<\/td>/);
  expect(html).toContain('We <strong>look</strong>.');
});

test('what the page says of unsubscribing by address is true right after the confirmation, too', async () => {
  const world = await openWorld();
  await subscribed(world, 'ada@example.com');
  const first = await unsubscribe(world, 'ada@example.com');
  const again = await unsubscribe(world, 'ada@example.com');
  const unknown = await unsubscribe(world, 'eve@example.com');
  expect([again.text, unknown.text.replace('eve@', 'ada@')]).toEqual([first.text, first.text]);
  expect(first.text).toContain('at most one such email in 15 minutes, and three in a day');
  await world.pass(5);
  expect(world.mails.map(({ subject }) => subject)).toEqual([
    'Confirm your subscription to Levqor Status',
    'Your subscription to Levqor Status',
  ]);
});

test('a robot that fills every field is answered like anybody, and cannot write on the page', async () => {
  const world = await openWorld();
  const caught = await world.get('/status/subscribe?website=x&email=ada@example.com');
  const free = await world.get('/status/subscribe?email=ada@example.com');
  expect(caught.text).toBe(free.text);
  const typed = encodeURIComponent('Call 555 to get your money back');
  expect((await world.get(`/status/subscribe?website=x&email=${typed}`)).status).toBe(400);
});

test.each([
  ['https://status.acme.com', 1],
  ['http://203.0.113.7:3000/status', 1],
  ['http://localhost:3000', 0],
  ['http://[::1]:3000', 0],
  ['http://192.168.1.4:3000', 0],
  ['http://status.acme.internal', 0],
  ['http://status', 0],
])('a page at %s that sends no email says so %d times, and goes on', async (url, times) => {
  const world = await openWorld({ env: { SMTP_URL: '', PUBLIC_URL: url } });
  const { ok, problems } = (await world.get('/readyz')).json;
  expect(ok).toBe(true);
  const said = `SMTP_URL: it is not set, so no email is sent: ${url} offers subscriptions, but their emails are only written to ${path.join(world.dir, 'data', 'mail')} — set it as docs/notifications.md says, and restart the server`;
  expect(problems).toEqual(
    Array.from({ length: times }, () => expect.objectContaining({ level: 'warning', message: said })),
  );
  await world.pass(5, 1);
  expect(world.logged.filter(({ message }) => message === said).map(({ level }) => level)).toEqual(
    Array.from({ length: times }, () => 'warn'),
  );
});

test('on a server without SMTP_URL the log leads to the email', async () => {
  const world = await openWorld({ env: { SMTP_URL: '' } });
  await world.get('/status/subscribe?email=ada@example.com');
  await world.pass(1);
  const line = world.logged.find(({ message }) => message.includes('an email was written to a file'));
  expect(line?.fields.file).toMatch(/\/mail\/[\w-]+\.eml$/);
  expect(JSON.stringify(world.logged)).not.toContain('ada@');
});
