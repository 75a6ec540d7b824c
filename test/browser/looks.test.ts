// The real page under unusual eyes: forced colours, zoom, still motion, paper, a slow first second.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openWorld, type World } from '../walks/world.ts';
import { browserOfTests, HAS_CHROMIUM } from './chromium.ts';

const NAMES = ['API', 'Dashboard', 'Workflow Builder', 'Email Delivery', 'Database', 'Background Jobs'];
const SITE = `title: Levqor Status
brand: { logo: logo.svg, homepage: "https://levqor.example" }
components:
${NAMES.map(name => `  - { id: ${name.toLowerCase().replace(' ', '-')}, name: ${name}, description: What it is for, since: 2025-01-01, check: { type: manual } }`).join('\n')}
`;
const SEVERITIES = ['critical', 'major', 'minor', 'major', 'minor'];

/** Six components, ninety days, five incidents, one of them open, a logo: what the budget is about. */
async function busy(): Promise<World> {
  const files = Object.fromEntries(
    SEVERITIES.map((severity, i) => {
      const day = `2026-03-${String(10 - i * 2).padStart(2, '0')}`;
      const open = i === 0;
      const text = `---
title: ${NAMES[i]} trouble
status: ${open ? 'identified' : 'resolved'}
severity: ${severity}
started: ${day}T10:00:00Z
${open ? '' : `resolved: ${day}T11:00:00Z\n`}components: [${NAMES[i]!.toLowerCase().replace(' ', '-')}]
---
## Investigating ${day} 10:00 UTC
Requests fail. We are looking into it and will tell more as soon as we know it.

## Identified ${day} 10:20 UTC
A deploy removed a flag. We are rolling it back.
${open ? '' : `\n## Resolved ${day} 11:00 UTC\nEverything works again.\n`}`;
      return [`${day.replaceAll('-', '')}_trouble.md`, text];
    }),
  );
  const world = await openWorld({ site: () => SITE, files });
  const { writeFile } = await import('node:fs/promises');
  await writeFile(
    `${world.dir}/status/logo.svg`,
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><circle cx="16" cy="16" r="16"/></svg>',
  );
  await world.pass(1);
  return world;
}

/** Names and texts from right to left, on a page from left to right. */
const ARABIC = 'تعطل واجهة البرمجة وخدمة الدفع في منطقة الشرق الأوسط وشمال أفريقيا';
const HEBREW = 'שירות התשלומים והחשבוניות של כל הלקוחות';

describe.runIf(HAS_CHROMIUM)('the real page', () => {
  const open = browserOfTests();

  test('its stylesheet has nothing that Chromium does not know', async () => {
    const page = await open();
    const sheet = readFileSync('public/status.css', 'utf8').replace(/\/\*.*?\*\//gs, '');
    const declared = [...sheet.matchAll(/(?<=[{;]\s*)(-?[a-z][\w-]*):\s*([^;{}]+);/g)].map(
      ([, name, value]) => [name!, value!.trim()],
    );
    expect(declared.length).toBeGreaterThan(400);
    const unknown = await page.evaluate(
      all => all.filter(([name, value]) => !CSS.supports(name!, value!)).map(one => one.join(': ')),
      declared,
    );
    expect(unknown).toEqual([]);
  });

  test.each([360, 1280])('names from right to left stand beside their icon, at %i px', async width => {
    const world = await openWorld({
      site: () =>
        `title: Acme\ncomponents: [{ id: a, name: ${HEBREW}, description: ${HEBREW}, check: { type: manual } }]`,
      files: {
        '20260310_x.md': `---\ntitle: ${ARABIC}\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T11:00:00Z\ncomponents: [a]\n---\nنحن نحقق.\n`,
      },
    });
    const page = await open({ viewport: { width, height: 800 } });
    for (const path of ['/status/live', '/status/incidents/20260310_x', '/status/components/a']) {
      await page.goto(world.url + path);
      // Where the words themselves begin on the left, and what stands before them.
      const gaps = await page.evaluate(() => {
        const leftOf = (node: Element) => {
          const range = document.createRange();
          range.selectNodeContents(node);
          return Math.min(...[...range.getClientRects()].filter(box => box.width > 0).map(box => box.left));
        };
        const beside = [...document.querySelectorAll('main .line > .i, main .summary > .i')].map(icon => {
          const named = icon.parentElement!.querySelector('h1, h2, h3, h4')!;
          return Math.round(leftOf(named) - icon.getBoundingClientRect().right);
        });
        const texts = [...document.querySelectorAll('.md')].map(text =>
          Math.round(leftOf(text) - text.parentElement!.getBoundingClientRect().left),
        );
        const lines = [...document.querySelectorAll('.row > .line')].map(line => {
          const { top } = line.querySelector('.i')!.getBoundingClientRect();
          return Math.round(line.querySelector('h3, h2, h1')!.getBoundingClientRect().top - top);
        });
        return { beside, texts, lines };
      });
      for (const gap of gaps.beside) expect(gap).toBeLessThan(40);
      for (const gap of gaps.texts) expect(gap).toBeLessThan(24);
      for (const gap of gaps.lines) expect(Math.abs(gap)).toBeLessThan(8);
      expect(gaps.beside.length + gaps.texts.length).toBeGreaterThan(0);
    }
  });

  test('weighs under 24 KB in four requests to one origin, with no shift of its layout', async () => {
    const world = await busy();
    const page = await open({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    const requests = new Map<string, { url: string; bytes: number }>();
    session.on('Network.requestWillBeSent', ({ requestId, request }) => {
      if (!request.url.startsWith('data:')) requests.set(requestId, { url: request.url, bytes: 0 });
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const known = requests.get(requestId);
      if (known) known.bytes = encodedDataLength;
    });
    await page.addInitScript(() => {
      (window as unknown as { shift: number }).shift = 0;
      new PerformanceObserver(list => {
        for (const entry of list.getEntries()) {
          (window as unknown as { shift: number }).shift += (entry as unknown as { value: number }).value;
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    // The visitor lives on the world's day: on another one the dates of today would be missing.
    await page.clock.setFixedTime(world.now());
    await page.goto(`${world.url}/status/live`, { waitUntil: 'load' });
    expect(await page.locator('h1').textContent()).toContain('API is down');
    expect(await page.locator('rect').count()).toBe(540);
    const first = [...requests.values()].filter(({ url }) => !url.endsWith('/events'));
    expect(first.map(({ url }) => new URL(url).origin)).toEqual(Array(4).fill(new URL(world.url).origin));
    // Headers count too: it is what the network carries.
    expect(first.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(24 * 1024);
    expect(first.every(({ bytes }) => bytes > 0)).toBe(true);
    expect(gzipSync((await world.get('/status/live')).text).length).toBeLessThan(10 * 1024);
    expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBe(0);
  });

  test('in forced colours: states by height and outline, focus and buttons visible, nothing vanishes', async () => {
    const world = await busy();
    const page = await open({ forcedColors: 'active', viewport: { width: 1000, height: 800 } });
    await page.goto(`${world.url}/status/live`);
    const look = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate(element => {
          const { fill, height } = getComputedStyle(element);
          return { fill, height: Math.round(element.getBoundingClientRect().height), box: height };
        });
    const [bad, good] = [await look('#c-api rect.x'), await look('#c-api rect:not([class])')];
    expect(bad.height).toBeGreaterThan(good.height);
    expect(bad.fill).not.toBe(good.fill);
    const button = await page.locator('header > .button').evaluate(element => {
      const { borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(element);
      return { borderTopStyle, differs: borderTopColor !== backgroundColor };
    });
    expect(button).toEqual({ borderTopStyle: 'solid', differs: true });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe('solid');
  });

  test.each([
    ['200 % zoom', { width: 640, height: 400 }, 100],
    ['emails of double size', { width: 1280, height: 800 }, 200],
    ['emails of double size on a phone', { width: 390, height: 800 }, 200],
  ])('%s: nothing is cut off or lies over another thing', async (_, viewport, percent) => {
    const world = await busy();
    const page = await open({ viewport });
    for (const path of ['/status/live', '/status/incidents/20260310_trouble', '/status/subscribe']) {
      await page.goto(`${world.url}${path}`);
      await page.evaluate(size => {
        document.documentElement.style.fontSize = `${size}%`;
      }, percent);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      const covered = await page.evaluate(() =>
        [...document.querySelectorAll('h1, h2, h3, .button, summary, .state, dd')]
          .filter(element => element.checkVisibility())
          .filter(
            element =>
              element.scrollWidth > element.clientWidth + 1 &&
              getComputedStyle(element).overflowX === 'hidden',
          )
          .map(element => element.outerHTML.slice(0, 80)),
      );
      expect(covered).toEqual([]);
    }
  });

  test('a change is shown once to those who like movement, and still to the others', async () => {
    const world = await busy();
    for (const [reducedMotion, name] of [
      ['no-preference', 'fresh'],
      ['reduce', 'none'],
    ] as const) {
      const page = await open({ reducedMotion });
      await page.goto(`${world.url}/status/live`);
      const animation = await page.evaluate(() => {
        const card = document.querySelector('.card')!;
        card.classList.add('fresh');
        return getComputedStyle(card).animationName;
      });
      expect([reducedMotion, animation]).toEqual([reducedMotion, name]);
    }
  });

  test('on paper: dark ink on white, no buttons, every bar keeps its colour', async () => {
    const world = await busy();
    const page = await open({ colorScheme: 'dark' });
    await page.goto(`${world.url}/status/live`);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const found = await page.evaluate(() => ({
      ink: getComputedStyle(document.body).color,
      ground: getComputedStyle(document.body).backgroundColor,
      button: document.querySelector('header > .button')!.checkVisibility(),
      title: document.querySelector('h1')!.checkVisibility(),
      exact: getComputedStyle(document.querySelector('.strip svg')!).printColorAdjust,
    }));
    expect(found).toEqual({
      ink: 'rgb(0, 0, 0)',
      ground: 'rgb(255, 255, 255)',
      button: false,
      title: true,
      exact: 'exact',
    });
  });

  test('an image a chat asks for is there, and the page needs none of it', async () => {
    const world = await busy();
    const page = await open();
    await page.goto(`${world.url}/status/live`);
    const picture = await page.locator('meta[property="og:image"]').getAttribute('content');
    const { pathname, search } = new URL(picture as string);
    const answer = await page.request.get(world.url + pathname + search);
    expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'image/png']);
    expect(await page.locator('img').count()).toBe(1);
  });
});
