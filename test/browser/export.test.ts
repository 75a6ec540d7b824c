// The static copy in a browser, from a plain server below some folder: nothing broken, the same picture.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorld, SITE } from '../walks/world.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};
const FILES = {
  '20260302_übung & more.md': `---
title: Slow <b>mails</b> & more
status: resolved
severity: major
started: 2026-03-02T10:00:00Z
resolved: 2026-03-02T11:30:00Z
components: [dashboard]
---
Slow.

## Post-mortem
It was slow.
`,
  '20260310_open.md': `---
title: Jobs are late
status: identified
severity: minor
started: 2026-03-10T11:00:00Z
components: [jobs]
---
Late.
`,
  '20260312_upkeep.md': `---
title: Upkeep
status: scheduled
scheduled_start: 2026-03-12T02:00:00Z
scheduled_end: 2026-03-12T03:00:00Z
components: [api]
---
Soon.
`,
};

/** Serves files as they are, below /some/folder/, knowing nothing of index files. */
async function plainServer(dir: string): Promise<string> {
  const server = createServer(async (req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://x');
    const name = /^\/some\/folder\/(.+)$/.exec(decodeURIComponent(pathname))?.[1];
    const body = name === undefined ? null : await readFile(path.join(dir, name)).catch(() => null);
    if (body)
      res.writeHead(200, { 'content-type': TYPES[path.extname(name ?? '')] ?? 'text/plain' }).end(body);
    else res.writeHead(404).end();
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(done => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/folder/`;
}

describe.runIf(existsSync(CHROMIUM))('the static copy', () => {
  test('has no broken link and no error, looks the same, says its age, and turns grey', async () => {
    const world = await openWorld({
      site: target =>
        `${SITE(target)}\nexport: { to: copy, url: 'https://mirror.levqor.ai' }\nmetrics: [{ id: orders, name: Orders }]\nbrand: { logo: logo.svg, css: own.css }\n`,
      files: FILES,
      brand: {
        'logo.svg':
          '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><rect width="32" height="32"/></svg>',
        'own.css': 'h2 { email-spacing: 1px }',
      },
      // Links to the site itself lead away: they are not the copy's to keep.
      env: { PUBLIC_URL: 'https://status.levqor.ai', API_TOKEN: 'a-token-of-this-test' },
    });
    // A chart of each kind.
    const token = { authorization: 'Bearer a-token-of-this-test' };
    await world.post('/api/metrics/orders', { value: 12.5 }, token);
    await world.pass(60, 1);
    await world.pass(240, 60);
    const start = await plainServer(path.join(world.dir, 'data', 'copy'));
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
    const context = await browser.newContext({ locale: 'en', timezoneId: 'UTC' });
    const page = await context.newPage();
    onTestFinished(async () => {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await browser.close();
    });
    await page.clock.setFixedTime(world.now() + 12 * 60_000);
    // Where the 404 page, which is shown at any address, finds the copy.
    await page.route('https://mirror.levqor.ai/**', async route => {
      const file = start + new URL(route.request().url()).pathname.slice(1);
      await route.fulfill({ response: await route.fetch({ url: file }) });
    });
    const wrong: string[] = [];
    page.on('console', message => message.type() === 'error' && wrong.push(`console: ${message.text()}`));
    page.on('pageerror', error => wrong.push(String(error)));
    page.on(
      'response',
      response => response.status() >= 400 && wrong.push(`${response.status()} ${response.url()}`),
    );

    const seen = new Set<string>();
    const away = new Set<string>();
    const waiting = [`${start}index.html`];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (!at.endsWith('.html')) {
        const { status } = await fetch(at);
        if (status !== 200) wrong.push(`${status} ${at}`);
        continue;
      }
      await page.goto(at);
      const links = await linksOf(page);
      for (const { url, anchored, isLink } of links) {
        if (!isLink && url.startsWith('https://status.levqor.ai/')) away.add(new URL(url).pathname);
        if (!url.startsWith(start)) {
          if (!url.startsWith('https://status.levqor.ai/')) wrong.push(`${at} leads to ${url}`);
        } else if (!anchored) wrong.push(`${at}: no such place: ${url}`);
        else waiting.push(url.replace(/#.*/, ''));
      }
    }
    expect(wrong).toEqual([]);
    const pages = [...seen].filter(url => url.endsWith('.html'));
    expect(pages.filter(url => url.includes('/de/')).length).toBe(pages.length / 2);
    expect(pages.map(url => decodeURIComponent(url)).join()).toContain('20260302_übung & more');
    expect([...seen].some(url => url.endsWith('api/openapi.json'))).toBe(true);
    for (const name of [
      'status/components/api/90d/index.html',
      'status/metrics/orders/7d/index.html',
      'api/components/api/latency.90d.json',
      'status/badge/api.response.svg',
    ]) {
      expect([...seen], name).toContain(start + name);
    }
    // What only a server can do, and nothing else, leads to the site.
    expect([...away].sort()).toEqual(['/status/live', '/status/subscribe']);

    const picture = async (address: string) => {
      await page.goto(address);
      await page.addStyleTag({ content: '#copy { display: none }' }).catch(() => undefined);
      return page.screenshot({ fullPage: true });
    };
    for (const [file, live] of [
      ['index.html', '/status/live'],
      ['de/status/history/index.html', '/status/history?lang=de'],
      ['status/incidents/20260310_open/index.html', '/status/incidents/20260310_open'],
      ['status/components/api/7d/index.html', '/status/components/api?range=7d'],
      ['de/status/metrics/orders/index.html', '/status/metrics/orders?lang=de'],
    ]) {
      const copied = await picture(start + file);
      const served = await picture(world.url + live);
      expect(copied.equals(served), file).toBe(true);
    }
    wrong.length = 0;
    // Wherever a server shows it: in the page's look, its links lead into the copy.
    await page.goto(`${start}404.html`);
    expect(await page.locator('h1').textContent()).toBe('Page not found');
    expect(
      await page.locator('header > .button').evaluate(one => getComputedStyle(one).borderRadius),
    ).not.toBe('0px');
    expect(await page.locator('header img').evaluate(one => (one as HTMLImageElement).naturalWidth)).toBe(32);
    await page.locator('main a').first().click();
    expect(page.url()).toBe('https://mirror.levqor.ai/status/live/index.html');

    await page.goto(`${start}index.html`);
    const copy = page.locator('#copy');
    const stale = page.locator('body[data-stale]');
    await expect
      .poll(() => copy.textContent())
      .toMatch(/^A copy of status\.levqor\.ai, made 12:05.* · 12 min ago\./);
    expect(await stale.count()).toBe(0);
    // An old page is not written again, and yet says how fresh the copy is.
    const old = 'status/incidents/20260302_übung & more/index.html';
    const file = path.join(world.dir, 'data', 'copy', old);
    const before = await readFile(file, 'utf8');
    await world.pass(3600, 60);
    expect(await readFile(file, 'utf8')).toBe(before);
    await page.clock.setFixedTime(world.now() + 5 * 60_000);
    await page.goto(start + old.split('/').map(encodeURIComponent).join('/'));
    await expect.poll(() => copy.textContent()).toMatch(/made 0?1:0\d.* · \d min ago/);
    expect(await stale.count()).toBe(0);
    await page.clock.setFixedTime(world.now() + 2 * 3_600_000);
    await page.goto(`${start}index.html`);
    await expect.poll(() => copy.textContent()).toMatch(/2 h ago/);
    await expect.poll(() => stale.count()).toBe(1);
    expect(await page.locator('main').evaluate(main => getComputedStyle(main).filter)).toBe('grayscale(1)');
    expect(wrong).toEqual([]);
  }, 120_000);
});

/** Every link of the page, and whether the place on its own page that it may name is there. */
function linksOf(page: Page): Promise<{ url: string; anchored: boolean; isLink: boolean }[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement | HTMLLinkElement>('a[href], link[href]')]
      .filter(link => !/^(data|mailto):/.test(link.href) && link.rel !== 'canonical')
      .map(({ href, tagName }) => {
        const { hash, origin, pathname } = new URL(href);
        const own = hash !== '' && origin + pathname === location.origin + location.pathname;
        return {
          url: href,
          // Those in the head name the site on purpose: it is the page's true address.
          isLink: tagName === 'LINK',
          anchored: !own || document.getElementById(decodeURIComponent(hash.slice(1))) !== null,
        };
      }),
  );
}
