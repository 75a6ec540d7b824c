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

/** A page of another origin whose policy allows our origin for scripts and connections, and no inline style. */
async function hostPage(world: World, attributes = '') {
  const own = `script-src ${world.url}; connect-src ${world.url}; frame-src ${world.url}`;
  const server = createServer((req, res) => {
    const head = { 'content-type': 'text/html', 'content-security-policy': `default-src 'none'; ${own}` };
    const framed = req.url === '/framed';
    const tag = framed
      ? `<iframe src="${world.url}/status/widget" title="Status"></iframe>`
      : `<script async src="${world.url}/status/widget.js" ${attributes}></script>`;
    res.writeHead(200, head).end(`<!DOCTYPE html><html lang="en"><title>Shop</title><h1>Shop</h1>${tag}`);
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
  return { page, errors, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('the script weighs less than 3 KB, and no page but the iframe’s may be framed', async () => {
  const world = await openWorld();
  const script = await world.get('/status/widget.js');
  expect(script.headers.get('content-type')).toContain('javascript');
  expect(script.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(Buffer.byteLength(script.text)).toBeLessThan(3000);
  expect(gzipSync(script.text).length).toBeLessThan(1500);
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
    await page.route(/widget\.json/, route => route.abort());
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    expect(await banner.count()).toBe(1);
    expect(errors.filter(text => !/ERR_FAILED/.test(text))).toEqual([]);
    await page.goto(`${origin}/framed`);
    const framed = page.frameLocator('iframe').getByRole('heading');
    expect(await framed.textContent()).toContain('Dashboard');
  }, 60_000);
});
