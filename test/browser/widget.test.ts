// The widget on somebody else's page, under a strict policy: silent when well, a banner when not.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorld, type World } from '../walks/world.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';

/** The headers of other people's pages. */
const HEADERS: Record<string, string> = {
  plain: 'header { height: 60px; background: #ccc }',
  sticky: 'header { position: sticky; top: 0; height: 60px; background: #ccc }',
  fixed: 'header { position: fixed; top: 0; left: 0; right: 0; height: 60px } body { padding-top: 60px }',
  'fixed-margin':
    'header { position: fixed; top: 0; left: 0; right: 0; height: 60px } h1 { margin-top: 60px }',
  row: 'body { display: flex } header { width: 60px }',
};

/** A page of another origin whose policy allows our origin for scripts and connections, and no inline style. */
async function hostPage(world: World, attributes = '') {
  const own = `script-src ${world.url}; connect-src ${world.url}; frame-src ${world.url}`;
  const server = createServer((req, res) => {
    const head = { 'content-type': 'text/html', 'content-security-policy': `default-src 'none'; ${own}` };
    const framed = req.url === '/framed';
    const tag = framed
      ? `<iframe src="${world.url}/status/widget" title="Status" width="100%" height="64" frameborder="0"></iframe>`
      : `<script async src="${world.url}/status/widget.js" ${attributes}></script>`;
    const looks = HEADERS[req.url?.slice(1) ?? ''];
    if (looks) head['content-security-policy'] += "; style-src 'unsafe-inline'";
    const header = looks ? `<style>${looks}</style><header>Shop</header>` : '';
    res
      .writeHead(200, head)
      .end(
        `<!DOCTYPE html><html lang="en"><title>Shop</title>${header}<h1>Shop</h1><p>${'Goods. '.repeat(5000)}</p>${tag}`,
      );
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  const page = await browser.newPage();
  onTestFinished(async () => {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await browser.close();
    server.closeAllConnections();
    await new Promise(done => server.close(done));
  });
  // Intercepting switches the browser's cache off: what is asked is asked of the server.
  await page.route('**', route => route.continue());
  const errors: string[] = [];
  page.on('console', message => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', error => errors.push(String(error)));
  return { browser, page, errors, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('the script weighs less than 4 KB, and no page but the iframe’s may be framed', async () => {
  const world = await openWorld();
  const script = await world.get('/status/widget.js');
  expect(script.headers.get('content-type')).toContain('javascript');
  expect(script.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(Buffer.byteLength(script.text)).toBeLessThan(4000);
  expect(gzipSync(script.text).length).toBeLessThan(1900);
  const policy = async (address: string) => (await world.get(address)).headers.get('content-security-policy');
  // Twice: the second answer comes from memory, headers and all.
  for (let i = 0; i < 2; i++) expect(await policy('/status/widget')).toContain('frame-ancestors *');
  expect((await world.get('/status/widget')).headers.get('x-frame-options')).toBeNull();
  expect(await policy('/status/live')).toContain("frame-ancestors 'none'");
  expect((await world.get('/status/live')).headers.get('x-frame-options')).not.toBeNull();
  // A job that has never reported keeps the whole from being green.
  expect((await world.get('/status/widget.json')).json).toMatchObject({ wrong: false, state: 'no_data' });
  await world.get(`/heartbeats/${world.system.heartbeatToken('jobs')}`);
  await world.pass(10);
  expect((await world.get('/status/widget.json')).json).toMatchObject({ wrong: false, state: 'operational' });
});

describe.runIf(existsSync(CHROMIUM))('in a browser', () => {
  test('appears with trouble, in words and for readers; closed, it stays closed until other trouble', async () => {
    const world = await openWorld();
    const { page, errors, origin } = await hostPage(world);
    const asked = page.waitForResponse(/widget\.json/);
    await page.goto(origin);
    await (await asked).finished();
    const banner = page.getByRole('status');
    expect(await banner.count()).toBe(0);
    const more = async () => {
      const answered = page.waitForResponse(/widget\.json/);
      await page.reload();
      await (await answered).finished();
    };
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Dashboard' });
    await more();
    await banner.waitFor();
    expect(await banner.textContent()).toMatch(/^Dashboard is down/);
    const link = banner.getByRole('link', { name: 'Details' });
    expect(await link.getAttribute('href')).toBe(`${world.url}/status/live`);
    expect(await banner.evaluate(bar => getComputedStyle(bar).color)).toBe('rgb(255, 255, 255)');
    expect(await banner.evaluate(bar => getComputedStyle(bar).backgroundColor)).toBe('rgb(185, 28, 28)');
    await banner.getByRole('button', { name: 'Close' }).click();
    expect(await banner.count()).toBe(0);
    await world.pass(120);
    await more();
    expect(await banner.count()).toBe(0);
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'API' });
    await more();
    await banner.waitFor();
    expect(errors).toEqual([]);
  }, 60_000);

  test('speaks German, stands on top where asked, and is silent when we cannot be reached', async () => {
    const world = await openWorld();
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Dashboard' });
    const { page, errors, origin } = await hostPage(world, 'data-lang="de" data-position="top"');
    await page.goto(origin);
    const banner = page.getByRole('status');
    await banner.waitFor();
    expect(await banner.textContent()).toContain('Einzelheiten');
    expect((await banner.boundingBox())?.y).toBe(0);
    expect(await banner.textContent()).toContain('Dashboard ist ausgefallen · Seit ');
    await page.route(/widget\.json/, route => route.abort());
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    expect(await banner.count()).toBe(1);
    expect(errors.filter(text => !/ERR_FAILED/.test(text))).toEqual([]);
    await page.goto(`${origin}/framed`);
    const framed = page.frameLocator('iframe').getByRole('heading');
    expect(await framed.textContent()).toContain('Dashboard');
  }, 60_000);

  test.each(Object.keys(HEADERS))(
    'on top it moves the page down and covers no %s header',
    async looks => {
      const world = await openWorld();
      await world.post(HOOK, { alert_type: 'down', monitor_name: 'Dashboard' });
      const { page, origin } = await hostPage(world, 'data-position="top"');
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 500 });
        await page.goto(`${origin}/${looks}`);
        const banner = page.getByRole('status');
        await banner.waitFor();
        const bar = (await banner.boundingBox())!;
        const header = (await page.locator('header').boundingBox())!;
        const heading = (await page.locator('h1').boundingBox())!;
        expect([bar.x, bar.width]).toEqual([
          0,
          await page.evaluate(() => document.body.parentElement!.clientWidth),
        ]);
        const isApart = bar.y + bar.height <= header.y || header.y + header.height <= bar.y;
        expect(isApart).toBe(true);
        expect(heading.y).toBeGreaterThanOrEqual(bar.y + bar.height);
        await page.evaluate(() => scrollTo(0, 300));
        expect((await banner.boundingBox())!.y).toBe(bar.y - 300);
        // What was pushed down comes back.
        await page.evaluate(() => scrollTo(0, 0));
        const before = (await page.locator('h1').boundingBox())!.y;
        await banner.getByRole('button').click();
        const room = bar.height;
        expect((await page.locator('h1').boundingBox())!.y).toBeCloseTo(before - room, 0);
        await page.evaluate(() => sessionStorage.clear());
      }
    },
    60_000,
  );

  test('its times are in the visitor’s zone and clock', async () => {
    const world = await openWorld();
    await world.post(HOOK, { alert_type: 'down', monitor_name: 'Dashboard' });
    const { browser, origin } = await hostPage(world);
    const said = async (now: string) => {
      const context = await browser.newContext({ timezoneId: 'Asia/Kolkata', locale: 'en-US' });
      const page = await context.newPage();
      await page.clock.setFixedTime(now);
      await page.goto(origin);
      await page.getByRole('status').waitFor();
      return page.getByRole('status').textContent();
    };
    expect(await said('2026-03-10T12:30:00Z')).toContain('Dashboard is down · Since 05:30 PM Details');
    expect(await said('2026-03-10T19:30:00Z')).toContain('· Since yesterday 05:30 PM Details');
    expect(await said('2026-03-20T12:30:00Z')).toContain('· Since Mar 10, 05:30 PM Details');
    expect(await said('2027-03-20T12:30:00Z')).toContain('· Since Mar 10, 2026, 05:30 PM Details');
  }, 60_000);

  test.each([320, 360, 768, 1280])(
    'the iframe fits its words at %i px',
    async width => {
      const world = await openWorld({
        site: () =>
          'title: Acme\ncomponents: [{ id: api, name: A service with a rather long name of five words or more, check: { type: manual } }]',
      });
      const { page, origin } = await hostPage(world);
      const lines = async () => {
        await page.setViewportSize({ width, height: 500 });
        await page.goto(`${origin}/framed`);
        const inner = page.frameLocator('iframe');
        await inner.getByRole('heading').waitFor();
        return inner.locator('main').evaluate(main => {
          const box = main.querySelector('div')!.getBoundingClientRect();
          const wholly = [...main.querySelectorAll('h1, p')].filter(one => {
            const { top, bottom } = one.getBoundingClientRect();
            return top < box.bottom - 1 && bottom > box.bottom + 1;
          });
          return {
            tall: document.documentElement.scrollHeight,
            room: innerHeight,
            inside: box.top >= 0 && box.bottom <= innerHeight,
            cut: wholly.length,
          };
        });
      };
      expect(await lines()).toEqual({ tall: 64, room: 64, inside: true, cut: 0 });
      await world.post(HOOK, { alert_type: 'down', monitor_name: 'api' });
      await world.pass(1);
      expect(await lines()).toEqual({ tall: 64, room: 64, inside: true, cut: 0 });
    },
    60_000,
  );
});
