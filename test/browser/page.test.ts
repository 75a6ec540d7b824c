// The page in a real browser: fits, weighs, reads and stays true as promised.
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/core/page/snapshot.ts';
import { servedText } from '../../src/web/assets/assets.ts';
import { stylesheet } from '../../src/web/page/parts/accent.ts';
import { component, site, snapshot, view } from '../makers.ts';
import { browserOfTests, HAS_CHROMIUM, violations } from './chromium.ts';
import { ctx, FACES, PAGES, pages } from './faces.ts';

const CSP =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'";
const served = (file: string) => servedText(readFileSync(`public/${file}`, 'utf8'));
const CSS = stylesheet(served('status.css'), site());
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><circle cx="16" cy="16" r="16"/></svg>';
const JS = served('live.js');

describe.runIf(HAS_CHROMIUM)('the page in a browser', () => {
  const open = browserOfTests();
  let server: Server;
  let origin: string;
  let shown: string | null = null;
  const streams = new Set<ServerResponse>();

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = new URL(request.url ?? '', 'http://x').pathname.slice(1);
      const send = (type: string, body: string) =>
        response.writeHead(200, { 'content-type': type, 'content-security-policy': CSP }).end(body);
      if (path === 'status/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
        streams.add(response);
      } else if (path.endsWith('.css')) send('text/css', CSS);
      else if (path.endsWith('.js')) send('text/javascript', JS);
      else if (path === 'status/brand/logo.svg') send('image/svg+xml', LOGO);
      else if (path === 'live' && shown) send('text/html', shown);
      else if (PAGES[path]) send('text/html', PAGES[path]);
      else response.writeHead(404).end();
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }, 60_000);

  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Puts another state on the server and rings, as the server would. */
  function change(snapshot: Snapshot): void {
    shown = pages.live(ctx(snapshot));
    const data = JSON.stringify({ version: snapshot.version, state: snapshot.overall.state });
    for (const stream of streams) stream.write(`event: snapshot\ndata: ${data}\n\n`);
  }

  it('never scrolls sideways, from the narrowest phone up', async () => {
    const page = await open();
    const wide: string[] = [];
    for (const width of [320, 360, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const name of Object.keys(PAGES)) {
        await page.goto(`${origin}/${name}`);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) wide.push(`${name} at ${width}: ${over} px`);
      }
    }
    expect(wide).toEqual([]);
  }, 120_000);

  it.each(['light', 'dark'] as const)(
    'axe finds nothing on any page and state, %s',
    async colorScheme => {
      const page = await open({ colorScheme, viewport: { width: 390, height: 800 } });
      const found: string[] = [];
      for (const name of Object.keys(PAGES)) {
        await page.goto(`${origin}/${name}`);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        for (const violation of await violations(page)) found.push(`${name}: ${violation}`);
      }
      expect(found).toEqual([]);
    },
    180_000,
  );

  it('keeps its budget: 10 KB of HTML, 6 KB of script, 24 KB in all, four requests, one origin', async () => {
    const size = (text: string) => gzipSync(text).length;
    expect(size(PAGES.outage!)).toBeLessThanOrEqual(10 * 1024);
    expect(size(JS)).toBeLessThanOrEqual(6 * 1024);
    expect(size(PAGES.outage!) + size(CSS) + size(JS)).toBeLessThanOrEqual(24 * 1024);
    const page = await open();
    const asked: string[] = [];
    page.on('request', request => {
      const url = request.url();
      // The live stream comes after the first view; `data:` is no request.
      if (!url.startsWith('data:') && !url.endsWith('/events')) asked.push(url);
    });
    await page.goto(`${origin}/outage`, { waitUntil: 'load' });
    expect(asked).toHaveLength(4);
    expect(asked.every(url => url.startsWith(origin))).toBe(true);
  });

  it('reads the same without script', async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.goto(`${origin}/outage`);
    expect(await page.locator('h1').textContent()).toBe('API is down');
    expect(await page.locator('.summary div p').textContent()).toBe(
      'Since 14:30 (12\u00a0min) · Dashboard degraded',
    );
    expect(await page.locator('.checked:not(#lost)').textContent()).toBe('Checked 14:41 · 1 min ago');
    expect(await page.locator('rect').count()).toBe(540);
    await page.locator('#c-api summary').click();
    await expect.poll(() => page.locator('#c-api .days a').first().isVisible()).toBe(true);
  });

  it('shows thirty days on a phone and says so, ninety on a wide screen', async () => {
    const page = await open({ viewport: { width: 360, height: 800 } });
    await page.goto(`${origin}/well`);
    const visible = () =>
      page.locator('#c-api').evaluate(row => {
        const frame = row.querySelector('.strip')!.getBoundingClientRect();
        return [...row.querySelectorAll('rect')].filter(
          rect => rect.getBoundingClientRect().left >= frame.left - 1,
        ).length;
      });
    expect(await visible()).toBe(30);
    expect(await page.getByText('30 days ago').first().isVisible()).toBe(true);
    expect(await page.getByText('90 days ago').first().isVisible()).toBe(false);
    await page.setViewportSize({ width: 1000, height: 800 });
    expect(await visible()).toBe(90);
    expect(await page.getByText('90 days ago').first().isVisible()).toBe(true);
  });

  it('swaps a change in place: open details, focus, scroll and selection stay; title and icon follow', async () => {
    shown = pages.live(ctx({ ...FACES.well!, version: 'a' }));
    const page = await open({ locale: 'en-GB' });
    await page.goto(`${origin}/live`);
    expect(await page.title()).toBe('All systems operational · Levqor Status');
    await page.locator('#c-email summary').click();
    await page.evaluate(() => {
      scrollTo(0, 700);
      // Days before the last incident: they stay quiet.
      getSelection()!.selectAllChildren(document.querySelectorAll('#past .quiet')[1]!);
    });
    await page.locator('#c-email summary').evaluate(summary => summary.focus({ preventScroll: true }));
    const icon = await page.locator('link[rel=icon]').getAttribute('href');
    const before = await page.evaluate(() => scrollY);
    const since = performance.now();
    change({ ...FACES.outage!, version: 'b' });
    const soon = { timeout: 2000, interval: 20 };
    await expect.poll(() => page.title(), soon).toBe('✕ API is down · Levqor Status');
    expect(performance.now() - since).toBeLessThan(1000);
    expect(await page.locator('h1').textContent()).toContain('API is down');
    expect(await page.locator('#now article').count()).toBe(1);
    expect(await page.locator('#c-email details').getAttribute('open')).not.toBeNull();
    expect(await page.evaluate(() => document.activeElement?.closest('li')?.id)).toBe('c-email');
    expect(await page.evaluate(() => getSelection()!.toString())).toBe('No incidents');
    expect(await page.locator('link[rel=icon]').getAttribute('href')).not.toBe(icon);
    expect(await page.locator('#told').textContent()).toContain('API is down');
    // What was before the reader's eyes still is: the browser's anchoring moved the scroll with it.
    expect(await page.evaluate(() => scrollY)).toBeGreaterThanOrEqual(before);
    // Nothing is announced when only a minute has passed.
    await page.evaluate(() => {
      document.getElementById('told')!.textContent = '';
    });
    change({ ...FACES.outage!, version: 'c' });
    await expect.poll(() => page.evaluate(() => document.body.dataset.version)).toBe('c');
    expect(await page.locator('#told').textContent()).toBe('');
    // And back: what is over leaves the page, what stays is not doubled.
    change({ ...FACES.well!, version: 'd' });
    await expect.poll(() => page.locator('#now').count()).toBe(0);
    expect(await page.locator('#c-email').count()).toBe(1);
    const fresh = pages.live(ctx({ ...FACES.well!, version: 'd' }));
    expect(await page.locator('main :is(h1,h2,h3,h4)').allInnerTexts()).toEqual(
      await page.evaluate(html => {
        const main = new DOMParser().parseFromString(html, 'text/html').querySelector('main')!;
        return [...main.querySelectorAll('h1,h2,h3,h4')].map(heading => heading.textContent!.trim());
      }, fresh),
    );
  });

  it('says when it has lost contact, and that it is back', async () => {
    shown = pages.live(ctx({ ...FACES.well!, version: 'a' }));
    const page = await open({ locale: 'en-GB' });
    // A stream that opens only now would be contact again.
    const opened = page.waitForResponse(answer => answer.url().endsWith('/events'));
    await page.goto(`${origin}/live`);
    await opened;
    const top = (await page.locator('h1').boundingBox())!.y;
    const look = () =>
      page.locator('.summary').evaluate(card => {
        const { borderTopStyle, backgroundColor } = getComputedStyle(card);
        return [borderTopStyle, backgroundColor];
      });
    expect(await look()).toEqual(['solid', 'rgb(237, 249, 241)']);
    await page.context().setOffline(true);
    const soon = { timeout: 10_000 };
    const said = page.locator('#lost');
    await expect
      .poll(() => said.textContent(), soon)
      .toMatch(/^No\sconnection\s·\sas\sof\s\d\d:\d\d\s\(\d+\ss\sago\)$/);
    // At once: nothing moves for it, no second clock stands beside it, no colour says that all is well now.
    expect((await page.locator('h1').boundingBox())!.y).toBe(top);
    expect(await page.locator('.checked:visible').count()).toBe(1);
    expect(await look()).toEqual(['dashed', 'rgb(255, 255, 255)']);
    expect(await page.locator('#bar').isVisible()).toBe(false);
    // True to the second.
    const first = await said.textContent();
    await expect.poll(() => said.textContent(), { timeout: 2500 }).not.toBe(first);
    const isStale = () => page.locator('body[data-stale]').count();
    expect(await isStale()).toBe(0);
    // After a quarter of an hour of silence nothing may look well.
    await page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 901_000;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect.poll(isStale, soon).toBe(1);
    shown = pages.live(ctx({ ...FACES.outage!, version: 'b' }));
    await page.context().setOffline(false);
    await expect.poll(() => page.locator('h1').textContent(), soon).toContain('API is down');
    await expect.poll(() => page.locator('#lost').isVisible(), soon).toBe(false);
    expect(await page.locator('.checked time').isVisible()).toBe(true);
    expect((await look())[0]).toBe('solid');
    expect(await isStale()).toBe(0);
  });

  it('tells times in the visitor’s zone, and leaves UTC days alone', async () => {
    const page = await open({ timezoneId: 'America/New_York', locale: 'en-US' });
    await page.goto(`${origin}/incident`);
    expect(await page.locator('dl time').first().textContent()).toMatch(/^Nov 19(, 2026)?, 9:42\sAM$/);
    expect(await page.locator('#zone').textContent()).toBe('Times are in your time zone (America/New_York).');
    await page.goto(`${origin}/well`);
    expect(await page.locator('.day time').first().textContent()).toMatch(/^Thursday, November 19(, 2026)?$/);
  });

  it('leaves a window over which the site’s clocks change in the site’s zone, named at both ends', async () => {
    const face = FACES.well!;
    const [work] = face.maintenances;
    const scheduled = { start: Date.UTC(2027, 9, 31, 0, 30), end: Date.UTC(2027, 9, 31, 1, 15) };
    const site = { ...face.site, timezone: 'Europe/Berlin' };
    shown = pages.live(ctx({ ...face, site, version: 'c', maintenances: [{ ...work!, scheduled }] }));
    const page = await open({ timezoneId: 'Asia/Kolkata', locale: 'en-GB' });
    await page.goto(`${origin}/live`);
    await expect.poll(() => page.locator('.checked time').textContent()).toContain('ago');
    expect(await page.locator('#upcoming .facts').textContent()).toContain(
      '31 Oct 2027, 02:30 CEST – 02:15 CET',
    );
  });

  it('writes days as the visitor does, in the site’s own zone too', async () => {
    const page = await open({ timezoneId: 'UTC', locale: 'en-US' });
    await page.goto(`${origin}/well`);
    expect(await page.locator('.day time').first().textContent()).toMatch(/^Thursday, November 19(, 2026)?$/);
    expect(await page.locator('.calm time').first().textContent()).toBe('November 20 – 23');
  });

  it('names the day of a beginning that was yesterday for the visitor, whatever the site’s day is', async () => {
    // The same UTC day all along: in Tokyo midnight lies between the beginning and now.
    shown = pages.live(ctx({ ...FACES.outage!, version: 'a' }));
    const since: string[] = [];
    for (const [timezoneId, now] of [
      ['Asia/Tokyo', '2026-11-23T15:10:00Z'],
      ['Europe/Berlin', '2026-11-23T14:42:00Z'],
    ] as const) {
      const page = await open({ timezoneId, locale: 'en-GB' });
      await page.clock.setFixedTime(new Date(now));
      await page.goto(`${origin}/live`);
      const near = page.locator('.summary div time');
      since.push(`${await near.textContent()}, ${await page.locator('#c-api .pill time').textContent()}`);
    }
    expect(since).toEqual(['yesterday 23:30, yesterday 23:30', '15:30, 15:30']);
  });

  it('keeps the loss of contact in sight of a reader far down the page', async () => {
    shown = pages.live(ctx({ ...FACES.well!, version: 'a' }));
    const page = await open({ viewport: { width: 360, height: 640 } });
    const opened = page.waitForResponse(answer => answer.url().endsWith('/events'));
    await page.goto(`${origin}/live`);
    await opened;
    await page.evaluate(() => scrollTo(0, 1500));
    await page.context().setOffline(true);
    await expect.poll(() => page.locator('#bar').isVisible(), { timeout: 10_000 }).toBe(true);
    const bar = page.locator('#bar');
    expect((await bar.boundingBox())!.y).toBe(0);
    expect(await bar.textContent()).toMatch(/^No\sconnection\s·\sas\sof\s/);
    // All of its words are in sight, however narrow the screen.
    await page.setViewportSize({ width: 200, height: 640 });
    expect(await bar.evaluate(one => one.scrollWidth - one.clientWidth)).toBe(0);
    expect((await bar.boundingBox())!.height).toBeGreaterThan(50);
    await page.setViewportSize({ width: 360, height: 640 });
    // The keyboard's stop above the edge comes to rest beneath the line, not under it.
    await page.locator('#c-api h3 a, #c-api h4 a').first().focus();
    const stop = (await page.locator(':focus').boundingBox())!;
    const line = (await bar.boundingBox())!;
    expect(stop.y).toBeGreaterThanOrEqual(line.y + line.height);
    // Where the card is in sight, it says so itself.
    await page.evaluate(() => scrollTo(0, 0));
    await expect.poll(() => bar.isVisible()).toBe(false);
    expect(await page.locator('#lost').isVisible()).toBe(true);
  });

  it('notices a swallowed stream on a device whose clock is slow', async () => {
    shown = pages.live(ctx({ ...FACES.well!, version: 'a' }));
    const page = await open();
    await page.clock.install({ time: new Date('2026-11-23T11:00:00Z') });
    await page.route('**/status/events', () => {});
    await page.goto(`${origin}/live`);
    shown = pages.live(ctx({ ...FACES.outage!, version: 'b' }));
    await page.clock.runFor(61_000);
    await expect.poll(() => page.locator('h1').textContent()).toContain('API is down');
  });

  it('begins a row’s words from right to left at the row’s own edge', async () => {
    const page = await open({ viewport: { width: 1000, height: 800 } });
    await page.goto(`${origin}/harsh`);
    await page.locator('#c-b summary').click();
    const [row, words] = [page.locator('#c-b .days'), page.locator('#c-b .what')];
    expect((await words.boundingBox())!.x).toBe((await row.boundingBox())!.x);
    expect((await words.boundingBox())!.width).toBeLessThan((await row.boundingBox())!.width / 2);
  });

  it('opens a day’s card by mouse, finger and keyboard, and closes it with Escape', async () => {
    const page = await open({ hasTouch: true, viewport: { width: 1000, height: 800 } });
    await page.goto(`${origin}/well`);
    const bad = page.locator('#c-api rect.p');
    await bad.hover();
    expect(await page.locator('.tip').textContent()).toMatch(
      /Thu, Nov 19 Partial outage .* 97\.56% uptime API Latency Spike/,
    );
    await page.keyboard.press('Escape');
    expect(await page.locator('.tip').isVisible()).toBe(false);
    await page.locator('#c-dashboard .strip').tap();
    expect(await page.locator('.tip').textContent()).toMatch(/Operational100\.00% uptime$/);
    await page.locator('#c-api .strip svg').focus();
    await page.keyboard.press('End');
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.tip').textContent()).toContain('Partial outage');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('API Latency Spike');
  });

  it('shows a day’s card at the bottom of a touch screen, until a tap outside or Escape', async () => {
    const page = await open({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 640 } });
    for (const name of ['well', 'component']) {
      await page.goto(`${origin}/${name}`);
      const card = page.locator('.tip');
      const strip = page.locator('#c-api .strip');
      const tap = () => strip.tap({ position: { x: 20, y: 10 } });
      // At the lower edge of the screen.
      await strip.evaluate(one => scrollBy(0, one.getBoundingClientRect().bottom - innerHeight));
      await tap();
      expect(await card.textContent()).toMatch(/\dOperational100\.00% uptime$/);
      const { x, y, width, height } = (await card.boundingBox())!;
      expect([x, x + width, y + height]).toEqual([8, 352, 632]);
      const bars = (await strip.boundingBox())!;
      expect(bars.y + bars.height, 'what it speaks of is in sight').toBeLessThanOrEqual(y);
      await page.evaluate(() => scrollBy(0, 20));
      expect((await card.boundingBox())!.y).toBe(y);
      await page.locator('h1').tap();
      expect(await card.isVisible()).toBe(false);
      await tap();
      expect(await card.isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      expect(await card.isVisible()).toBe(false);
    }
  });

  it('tells the uptime of a day that no list names, and nothing of one without data', async () => {
    const bad = Object.fromEntries([2, 5, 8, 11, 14, 17].map(ago => [ago, 'degraded_performance'] as const));
    const shown = view(component('api', { name: 'API' }), 'operational', { bad, known: 60 });
    PAGES.days = pages.live(ctx(snapshot([shown])));
    const page = await open({ viewport: { width: 1000, height: 800 } });
    await page.goto(`${origin}/days`);
    const said = async (index: number) => {
      await page.locator('#c-api rect').nth(index).hover();
      return page.locator('.tip').textContent();
    };
    expect(await said(90 - 1 - 17)).toMatch(/^\S.*Degraded performance91\.25% uptime$/);
    expect(await said(10)).toMatch(/No data$/);
    delete PAGES.days;
  });

  it('names the figures of a chart by mouse and by keyboard, in the visitor’s time', async () => {
    const page = await open({
      timezoneId: 'Asia/Kolkata',
      locale: 'en-GB',
      viewport: { width: 1000, height: 800 },
    });
    await page.goto(`${origin}/component`);
    const chart = page.locator('.chart:visible');
    expect(await chart.count()).toBe(1);
    expect(await chart.locator('text[data-clock]').first().textContent()).toMatch(/:30$/);
    await chart.hover({ position: { x: 400, y: 60 } });
    const said = page.locator('.tip');
    expect(await said.textContent()).toMatch(/Median: \d+\sms.*95th percentile: \d+\sms/);
    const before = await said.locator('time').textContent();
    await page.keyboard.press('Escape');
    await chart.focus();
    await page.keyboard.press('Home');
    expect(await said.locator('time').textContent()).not.toBe(before);
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.cursor[transform]').count()).toBe(1);
    // The key of the drawing stands in the card.
    expect(await said.locator('span i').evaluateAll(all => all.map(one => one.className))).toEqual([
      'mid',
      'top',
    ]);
    const last = await page.locator('tbody tr:nth-last-child(2) time').textContent();
    expect(await said.locator('time').textContent()).toBe(last);
  });

  it.each([360, 1280])(
    'puts the card of a chart beside its point, with dots on the lines, at %i px',
    async width => {
      const page = await open({ viewport: { width, height: 900 } });
      for (const name of ['component', 'metric']) {
        await page.goto(`${origin}/${name}`);
        const chart = page.locator('.chart:visible');
        const box = (await chart.boundingBox())!;
        for (const part of [0.5, 0.65, 0.85]) {
          await chart.hover({ position: { x: box.width * part, y: 60 } });
          const card = (await page.locator('.tip').boundingBox())!;
          const line = (await page.locator('.chart:visible .cursor path').boundingBox())!;
          expect([name, part, Math.round(card.y - box.y)]).toEqual([name, part, 0]);
          expect(card.y + card.height).toBeLessThan(box.y + box.height);
          const gap = Math.max(card.x - line.x, line.x - card.x - card.width);
          expect([name, part, gap > 0 && gap < 20]).toEqual([name, part, true]);
          expect(card.x >= 0 && card.x + card.width <= width).toBe(true);
          // Each dot is on the path of its figure, however the drawing is scaled.
          const dots = page.locator('.chart:visible .cursor circle');
          const off = await dots.evaluateAll(all =>
            all.map((dot, i) => {
              const { x, width, y, height } = dot.getBoundingClientRect();
              const path = dot.closest('svg')!.querySelectorAll(i === 0 ? 'path.mid' : 'path.band');
              return [...path].some(one => {
                const at = new DOMPoint(x + width / 2, y + height / 2).matrixTransform(
                  (one as SVGPathElement).getScreenCTM()!.inverse(),
                );
                const half = new DOMPoint(at.x, at.y + (i === 0 ? 0 : 0.5));
                return i === 0
                  ? (one as SVGPathElement).isPointInStroke(half)
                  : (one as SVGPathElement).isPointInFill(half);
              });
            }),
          );
          expect([name, part, off]).toEqual([name, part, [true, true]]);
          expect(await dots.first().getAttribute('r')).toBe('3');
        }
      }
    },
  );

  it('draws a plot of at least 160 px on a phone', async () => {
    const page = await open({ viewport: { width: 360, height: 800 } });
    for (const name of ['component', 'metric']) {
      await page.goto(`${origin}/${name}`);
      const plot = await page.locator('.chart:visible .cursor path').evaluate(line => {
        line.closest('.cursor')!.setAttribute('transform', '');
        return line.getBoundingClientRect().height;
      });
      expect([name, plot >= 160]).toEqual([name, true]);
    }
  });

  it.each([360, 1100, 1280, 1600])(
    'keeps head and status card where they are from page to page, at %i px',
    async width => {
      const page = await open({ viewport: { width, height: 900 } });
      const placesOn = async (name: string) => {
        await page.goto(`${origin}/${name}`);
        const boxes = ['.brand', 'header > .button', '.summary'].map(async one => {
          const { x, width } = (await page.locator(one).boundingBox())!;
          return [x, one === '.brand' ? 0 : x + width].map(Math.round);
        });
        return Promise.all(boxes);
      };
      const live = await placesOn('well');
      for (const name of ['incident', 'upkeep', 'flapping', 'component'])
        expect([name, await placesOn(name)]).toEqual([name, live]);
    },
  );

  it('gives months a tinted head, and space between a title and its card', async () => {
    const page = await open({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${origin}/long`);
    const heads = await page.locator('.day > .top').evaluateAll(all =>
      all.map(head => {
        const [name, count] = [...head.children].map(one => one.getBoundingClientRect());
        const card = head.parentElement!.getBoundingClientRect();
        const { height, width } = head.getBoundingClientRect();
        return [
          height,
          Math.round(card.width - width),
          name!.top < count!.bottom && count!.left - name!.right > 100,
        ];
      }),
    );
    expect(heads).toEqual(Array(3).fill([40, 2, true]));
    const colors = await page
      .locator('.day')
      .first()
      .evaluate(day => [day, day.querySelector('.top')!].map(one => getComputedStyle(one).backgroundColor));
    expect(colors[0]).not.toBe(colors[1]);
    await page.goto(`${origin}/month`);
    const lead = (await page.locator('.lead').boundingBox())!;
    expect((await page.locator('.day').boundingBox())!.y - lead.y - lead.height).toBe(20);
  });

  it('writes the uptime table calmly: one weight, a line under its head, colour for outages alone, no shadow', async () => {
    const page = await open({ viewport: { width: 360, height: 800 } });
    await page.goto(`${origin}/uptime`);
    const found = await page.evaluate(() => {
      const styles = (selector: string) =>
        [...document.querySelectorAll(selector)].map(one => getComputedStyle(one));
      const cells = [...document.querySelectorAll('tbody td')];
      return {
        heads: new Set(styles('thead th').map(({ fontWeight }) => fontWeight)).size,
        line: styles('thead th').map(({ borderBottomWidth }) => borderBottomWidth),
        weights: [...new Set(styles('tbody :is(th, td)').map(({ fontWeight }) => fontWeight))],
        zeros: cells.filter(one => one.textContent === '0').length,
        red: cells.filter(one => one.matches('.x')).map(one => one.textContent),
        image: styles('.wide-table')[0]!.backgroundImage,
      };
    });
    expect(found).toMatchObject({ heads: 1, weights: ['400'], zeros: 0, image: 'none' });
    expect(new Set(found.line)).toEqual(new Set(['1px']));
    expect(found.red).toEqual(['42 min', '3 h 9 min']);
  });

  it('puts past incidents under the visitor’s days', async () => {
    // 19 November, 14:42 UTC is the 20th in Kiritimati (+14).
    const headings: (string | null)[][] = [];
    for (const timezoneId of ['UTC', 'Pacific/Kiritimati']) {
      const page = await open({ timezoneId, locale: 'en-GB' });
      await page.clock.setFixedTime(new Date('2026-11-23T14:42:00Z'));
      await page.goto(`${origin}/well`);
      headings.push(await page.locator('#days > :is(.calm, .day) > :is(h3, time)').allTextContents());
    }
    const plain = headings.map(all => all.map(text => text!.replace(/\s?–\s?/, ' – ')));
    expect(plain).toEqual([
      [
        '20 – 23 November',
        'Thursday 19 November',
        '16 – 18 November',
        'Sunday 15 November',
        '10 – 14 November',
      ],
      [
        '21 – 24 November',
        'Friday 20 November',
        '17 – 19 November',
        'Monday 16 November',
        '10 – 15 November',
      ],
    ]);
  });

  it('calls no day quiet on which an incident is active, in any zone', async () => {
    // The outage began at 14:30 UTC on the 23rd, which is the 24th in Kiritimati.
    for (const [timezoneId, now, newest] of [
      ['UTC', '2026-11-23T14:42:00Z', '20 – 22 November'],
      ['Europe/London', '2026-11-23T14:42:00Z', '20 – 22 November'],
      ['America/Los_Angeles', '2026-11-23T14:42:00Z', '20 – 22 November'],
      ['America/Los_Angeles', '2026-11-24T01:42:00Z', '20 – 22 November'],
      ['Pacific/Kiritimati', '2026-11-23T14:42:00Z', '21 – 22 November'],
    ] as const) {
      const page = await open({ timezoneId, locale: 'en-GB' });
      await page.clock.setFixedTime(new Date(now));
      await page.goto(`${origin}/outage`);
      const line = page.locator('#days > .calm time').first();
      expect([timezoneId, (await line.textContent())!.replace(/\s?–\s?/, ' – ')]).toEqual([
        timezoneId,
        newest,
      ]);
    }
  });

  it('can be used by keyboard alone: everything is reached once, in order, and seen', async () => {
    const page = await open({ viewport: { width: 1000, height: 800 } });
    await page.goto(`${origin}/outage`);
    const stops: string[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      stops.push(
        await page.evaluate(() => {
          const { className, tagName } = document.activeElement!;
          return `${(typeof className === 'string' && className) || tagName}`;
        }),
      );
      // A strip is cut at its frame, which wears the ring.
      const ring = () => {
        const stop = document.activeElement!;
        const { outlineStyle, outlineWidth } = getComputedStyle(stop.closest('.strip') ?? stop);
        return `${outlineWidth} ${outlineStyle}`;
      };
      expect(await page.evaluate(ring)).toBe('2px solid');
    }
    expect(stops.slice(0, 11)).toEqual([
      'skip',
      'brand',
      'A',
      'A',
      'A',
      'button',
      'A',
      'SUMMARY',
      'A',
      'svg',
      'SUMMARY',
    ]);
  });

  it('copies the link of an update', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.goto(`${origin}/incident`);
    const link = page.locator('a.copy').first();
    await link.click();
    await expect.poll(() => link.textContent()).toBe('Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
      '/incident#u-2026-11-19T15-12-00Z-0',
    );
  });

  it('prints what is folded on the screen, and nothing to click', async () => {
    const page = await open({ viewport: { width: 720, height: 1000 } });
    const hidden: string[] = [];
    const printed: string[] = [];
    for (const name of ['outage', 'sixty', 'incident', 'component', 'metric', 'book', 'history']) {
      await page.goto(`${origin}/${name}`);
      await page.emulateMedia({ media: 'print' });
      const found = await page.evaluate(() => {
        const all = (selector: string, isSeen: boolean) =>
          [...document.querySelectorAll(selector)]
            .filter(one => one.checkVisibility({ opacityProperty: true }) === isSeen)
            .map(one => one.outerHTML.slice(0, 80));
        const folded = 'main details:not(.chartbox *) :is(.text, .row, .days li)';
        return {
          hidden: all(folded, false),
          printed: all('button, .button, input, nav, summary:not(.group > *), .more', true),
        };
      });
      hidden.push(...found.hidden.map(html => `${name}: ${html}`));
      printed.push(...found.printed.map(html => `${name}: ${html}`));
    }
    expect([hidden, printed]).toEqual([[], []]);
    // Chromium prints it: sixty components on more than one sheet.
    await page.goto(`${origin}/sixty`);
    const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type \/Page\b/g);
    expect(sheets!.length).toBeGreaterThan(3);
  });

  it('says the name of a strip once: one image, and its bad days as a list', async () => {
    const page = await open({ viewport: { width: 1000, height: 800 } });
    await page.goto(`${origin}/well`);
    await page.locator('#c-api summary').click();
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const heard = nodes.filter(({ ignored }) => !ignored);
    const label = await page.locator('#c-api .strip svg').getAttribute('aria-label');
    const named = heard.filter(({ name }) => name?.value === label);
    expect(named.map(({ role }) => role?.value)).toEqual(['image']);
    const images = heard.filter(({ role }) => role?.value === 'image');
    expect(images).toHaveLength(6);
    expect(
      images.flatMap(({ childIds }) => heard.filter(({ nodeId }) => childIds?.includes(nodeId))),
    ).toEqual([]);
    // The days are the list beneath it; icons and the strip of a closed group are silent.
    const items = await page.locator('#c-api .days').getByRole('listitem').allTextContents();
    expect(items[0]).toMatch(/^Thu, Nov 19 Partial outage 35\smin 97\.56% uptime/);
  });

  it('shows six components with bars and uptime on one screen when all is well', async () => {
    PAGES.calm = pages.live(ctx({ ...FACES.well!, maintenances: [] }));
    const page = await open({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${origin}/calm`);
    delete PAGES.calm;
    const rows = await page.locator('.row').evaluateAll(all =>
      all.map(row => ({
        bars: row.querySelector('.strip svg')!.getBoundingClientRect().bottom,
        figure: row.querySelector('.figure')!.checkVisibility(),
      })),
    );
    expect(rows).toHaveLength(6);
    expect(rows.every(({ bars, figure }) => bars > 0 && bars <= 900 && figure)).toBe(true);
  });

  it('answers in one card in the middle, whose sign tells success from a letter, a warning and a fault', async () => {
    const signs = {
      subscribed: 'o',
      left: 'o',
      confirm: 'm',
      notice: 'm',
      linkSent: 'm',
      askedChat: 'm',
      unsubscribe: 'm',
      leave: 'm',
      missing: 'n',
      limited: 'd',
      invalid: 'd',
      broken: 'x',
    };
    for (const [width, card] of [
      [1280, 448],
      [320, 288],
    ] as const) {
      const page = await open({ viewport: { width, height: 800 } });
      const found: Record<string, unknown> = {};
      for (const name of Object.keys(signs)) {
        await page.goto(`${origin}/${name}`);
        const box = (await page.locator('.flow:has(h1)').boundingBox({ timeout: 1000 }))!;
        expect([box.width, box.x * 2 + box.width], name).toEqual([card, width]);
        found[name] = (await page.locator('.sign > svg').getAttribute('class'))!.replace('i ', '');
      }
      expect(found).toEqual(signs);
    }
  });

  it('keeps the names of the uptime table in sight while its months scroll', async () => {
    const page = await open({ viewport: { width: 360, height: 800 } });
    await page.goto(`${origin}/uptime`);
    const table = page.locator('.wide-table');
    const name = page.locator('tbody th').first();
    const before = (await name.boundingBox())!.x;
    await table.evaluate(box => box.scrollTo(1000, 0));
    expect(await table.evaluate(box => box.scrollLeft)).toBeGreaterThan(0);
    expect((await name.boundingBox())!.x).toBe(before);
    expect(await name.evaluate(one => getComputedStyle(one).backgroundColor)).toBe('rgb(255, 255, 255)');
  });

  it('gives a quiet month one line, and lists no month that stands above', async () => {
    const page = await open({ viewport: { width: 1000, height: 800 } });
    await page.goto(`${origin}/history`);
    const quiet = page.locator('.day:not(:has(.card))');
    expect(await quiet.count()).toBe(1);
    expect((await quiet.boundingBox())!.height).toBeLessThanOrEqual(46);
    expect(await page.locator('.months li').allTextContents()).toEqual([]);
    await page.goto(`${origin}/month`);
    expect(await page.locator('.turn bdi').allTextContents()).toEqual(['October 2026']);
    expect(await page.locator('.months').count()).toBe(0);
  });

  it('draws the line of the updates beneath their dots, and folds a long list of contents', async () => {
    const page = await open({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${origin}/book`);
    expect(await page.locator('.contents a').first().isVisible()).toBe(false);
    await page.locator('.contents summary').click();
    expect(await page.locator('.contents a').first().isVisible()).toBe(true);
    const above = await page
      .locator('.timeline > li')
      .first()
      .evaluate(item => {
        const [dot, line] = ['::before', '::after'].map(name => getComputedStyle(item, name).zIndex);
        return [dot, line];
      });
    expect(above).toEqual(['1', 'auto']);
    // A component that left the site has no page to link to.
    expect(await page.locator('.affected a').count()).toBe(0);
    await page.goto(`${origin}/incident`);
    expect(await page.locator('.affected a').getAttribute('href')).toBe('/status/components/api');
  });

  it('has targets of at least 24 px on every page, links in sentences aside', async () => {
    const page = await open({ viewport: { width: 360, height: 800 } });
    const small: string[] = [];
    for (const name of Object.keys(PAGES)) {
      await page.goto(`${origin}/${name}`);
      const found = await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
        const isInSentence = (one: Element) =>
          one.tagName === 'A' &&
          getComputedStyle(one).display === 'inline' &&
          one.parentElement!.textContent!.trim() !== one.textContent!.trim();
        // All of the widget is its link.
        const isSpread = (one: Element) => getComputedStyle(one, '::after').position === 'absolute';
        return [...document.querySelectorAll('a, button, summary, label.choice, input, [tabindex="0"]')]
          .filter(
            one =>
              one.checkVisibility({ visibilityProperty: true }) &&
              !one.closest('.trap, .skip, .choice input'),
          )
          .filter(one => !isInSentence(one) && !isSpread(one))
          .filter(one => Math.round(one.getBoundingClientRect().height) < 24)
          .map(one => `${one.outerHTML.slice(0, 80)} ${one.getBoundingClientRect().height}`);
      });
      small.push(...found.map(html => `${name}: ${html}`));
    }
    expect(small).toEqual([]);
  }, 60_000);

  it('leads to the other pages on a phone too: beneath the title, a finger high, with and without script', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await open({ javaScriptEnabled, viewport: { width: 320, height: 640 } });
      for (const name of [
        'well',
        'german',
        'rtl',
        'harsh',
        'incident',
        'history',
        'uptime',
        'subscribe',
        'missing',
      ]) {
        await page.goto(`${origin}/${name}`);
        const head = await page.evaluate(() => {
          const box = (one: Element) => one.getBoundingClientRect();
          const button = box(document.querySelector('header > .button')!);
          const links = [...document.querySelectorAll('header nav a')];
          const start = document.dir === 'rtl' ? innerWidth - box(links[0]!).right : box(links[0]!).left;
          return {
            start,
            beneath: links.every(one => one.checkVisibility() && box(one).top >= button.bottom),
            high: links.every(one => box(one).height >= 36),
            // The button stays in the title's line.
            beside: Math.max(box(document.querySelector('.brand')!).top, button.top) < button.bottom,
            count: links.length,
          };
        });
        expect([name, head]).toEqual([
          name,
          { start: 16, beneath: true, high: true, beside: true, count: 3 },
        ]);
      }
      await page.goto(`${origin}/history`);
      expect(await page.locator('header nav [aria-current]').textContent()).toBe('History');
    }
  });

  it('puts no ring round a strip that is clicked, and one outside its bars for the keyboard', async () => {
    const page = await open({ viewport: { width: 1000, height: 800 } });
    await page.goto(`${origin}/well`);
    const rings = () =>
      page.locator('#c-api .strip').evaluate(strip =>
        [strip, strip.querySelector('svg')!].map(one => {
          const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(one);
          return outlineStyle === 'none' ? 'none' : `${outlineWidth} ${outlineStyle} ${outlineOffset}`;
        }),
      );
    await page.locator('#c-api .strip').click();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('svg');
    expect(await rings()).toEqual(['none', 'none']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await rings()).toEqual(['2px solid 3px', 'none']);
  });

  it('sets a row’s days in columns, on a phone in two', async () => {
    const page = await open({ viewport: { width: 1000, height: 900 } });
    const columns = async () => {
      await page.goto(`${origin}/well`);
      await page.locator('#c-api summary').click();
      return page.locator('#c-api .days li').evaluateAll(all =>
        all.map(li => {
          const edges = li.getBoundingClientRect();
          const at = (selector: string) => {
            const box = li.querySelector(`:scope > ${selector}`)?.getBoundingClientRect();
            return box && { x: box.left - edges.left, end: edges.right - box.right, y: box.top - edges.top };
          };
          return { time: at('time')!, state: at('b')!, uptime: at('span')!, link: at('a') };
        }),
      );
    };
    const [first, second] = await columns();
    expect([first!.time.x, first!.state.x]).toEqual([0, 120]);
    expect(second!.state.x).toBe(first!.state.x);
    expect(second!.uptime.x).toBe(first!.uptime.x);
    // The link's own padding aside, all stands on one line.
    expect(first!.link!.x).toBeGreaterThan(first!.uptime.x);
    expect(Math.round(first!.link!.y + 2)).toBe(Math.round(first!.state.y));
    await page.setViewportSize({ width: 360, height: 800 });
    for (const { time, state, uptime, link } of await columns()) {
      expect([time.x, uptime.end, state.x]).toEqual([0, 0, 0]);
      expect(uptime.y).toBe(time.y);
      expect(state.y).toBeGreaterThan(time.y + 18);
      if (link) expect(link.y).toBeGreaterThan(state.y + 16);
    }
  });

  it('breaks no pill on a phone, and keeps name and figure of a row on one line', async () => {
    const page = await open({ locale: 'en-GB', viewport: { width: 320, height: 800 } });
    await page.clock.setFixedTime(new Date('2026-11-23T14:42:00Z'));
    for (const name of ['outage', 'sixty', 'maintenance', 'german']) {
      await page.goto(`${origin}/${name}`);
      const found = await page.evaluate(() => ({
        pills: [...document.querySelectorAll('.pill')].map(one => one.getBoundingClientRect().height),
        // The first line of the figure is that of the name.
        apart: [...document.querySelectorAll('.row .figure')]
          .filter(one => one.checkVisibility())
          .map(one => one.getBoundingClientRect().top - one.parentElement!.getBoundingClientRect().top),
      }));
      expect(found.pills.length).toBeGreaterThan(0);
      for (const height of found.pills) expect([name, height]).toEqual([name, 24]);
      expect(found.apart.length).toBeGreaterThan(3);
      for (const gap of found.apart) expect(gap).toBeLessThan(8);
    }
    // A closed group: icon and figure for the eye, the word for the ear.
    await page.goto(`${origin}/sixty`);
    const state = page.locator('.group:not([open]) .state').first();
    expect(await state.evaluate(one => one.getBoundingClientRect().width)).toBeLessThan(24);
    const summary = page.locator('.group:not([open]) > summary').first();
    expect(await summary.ariaSnapshot()).toContain('Operational');
  });

  it('keeps rows low and their bars apart by height: six and planned work fit one screen', async () => {
    const page = await open({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${origin}/well`);
    const rows = await page.locator('.row').evaluateAll(all => all.map(row => row.getBoundingClientRect()));
    expect(rows).toHaveLength(6);
    for (const { height } of rows) expect(height).toBeLessThanOrEqual(71);
    expect(await page.locator('#upcoming').isVisible()).toBe(true);
    expect(rows.at(-1)!.bottom).toBeLessThanOrEqual(900);
    const tall = await page
      .locator('#components')
      .evaluate(list =>
        ['rect:not([class])', 'rect.d', 'rect.p', 'rect.x'].map(
          one => list.querySelector(`.strip ${one}`)!.getBoundingClientRect().height,
        ),
      );
    expect(tall).toEqual([18, 20, 22, 24]);
  });

  it('gives a past update its time alone under the heading of its day, in any zone', async () => {
    // Resolved at 15:12 UTC: in Tokyo that is the day after it began.
    for (const [options, heading, time] of [
      [{ javaScriptEnabled: false }, /19 November/, '15:12'],
      [{ timezoneId: 'UTC' }, /19 November/, '15:12'],
      [{ timezoneId: 'Pacific/Kiritimati' }, /20 November/, '05:12'],
      [{ timezoneId: 'Asia/Tokyo' }, /19 November/, '20 Nov, 00:12'],
    ] as const) {
      const page = await open({ locale: 'en-GB', ...options });
      if (!('javaScriptEnabled' in options)) await page.clock.setFixedTime(new Date('2026-11-23T14:42:00Z'));
      await page.goto(`${origin}/well`);
      const day = page.locator('#days .day').first();
      expect(await day.locator('h3').textContent()).toMatch(heading);
      expect(await day.locator('.updates > .text .when').textContent()).toBe(time);
      // The update's heading is beneath the incident's, not beside it.
      const sizes = ['h4', '.updates > .text > strong', '.more a'].map(one =>
        day.locator(one).evaluate(element => getComputedStyle(element).fontSize),
      );
      expect(await Promise.all(sizes)).toEqual(['16px', '14px', '14px']);
    }
  });

  it('ends the lines of small print at its dots', async () => {
    const page = await open({ viewport: { width: 360, height: 800 } });
    for (const name of ['well', 'outage', 'incident']) {
      await page.goto(`${origin}/${name}`);
      const torn = await page.evaluate(() =>
        [...document.querySelectorAll('.phrase')]
          .filter(one => {
            const lines =
              one.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(one).lineHeight);
            // Only what is longer than the line may be broken.
            return lines > 1.5 && one.textContent!.length < 30;
          })
          .map(one => one.textContent),
      );
      expect([name, torn]).toEqual([name, []]);
      expect(await page.locator('.phrase').count()).toBeGreaterThan(1);
    }
  });

  it('prints when it was checked as a person writes it', async () => {
    const page = await open({ locale: 'en-GB' });
    await page.goto(`${origin}/well`);
    await page.emulateMedia({ media: 'print' });
    const after = await page
      .locator('.checked time')
      .evaluate(one => [getComputedStyle(one, '::after').content, one.getAttribute('title')]);
    expect(after[1]).toBe('23 Nov 2026, 14:41');
    expect(after[0]).toContain('23 Nov 2026, 14:41');
  });

  it('joins the dots of earlier updates once they are open', async () => {
    const page = await open();
    await page.goto(`${origin}/outage`);
    const line = () =>
      page.locator('#now .updates > .text').evaluate(one => getComputedStyle(one, '::after').content);
    expect(await line()).toBe('none');
    await page.locator('#now summary').click();
    expect(await line()).toBe('""');
    // From dot to dot.
    const ends = await page
      .locator('#now .text')
      .evaluateAll(all => all.map(one => one.getBoundingClientRect()));
    const bottom = await page
      .locator('#now .updates > .text')
      .evaluate(one => Number.parseFloat(getComputedStyle(one, '::after').bottom));
    expect(Math.abs(ends[0]!.bottom - bottom - (ends[1]!.top + 24))).toBeLessThanOrEqual(4);
  });
});
