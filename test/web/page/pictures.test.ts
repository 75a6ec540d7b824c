// Pictures for chats: a real PNG per state, in words, whose address changes with what it shows.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeRender } from '../../../src/views.ts';
import { canDraw } from '../../../src/web/page/parts/picture.ts';
import { makePages } from '../../../src/web/pages.ts';
import { ctx, FACES, LATENCY_ID, pages } from '../../browser/faces.ts';
import { openWorld } from '../../walks/world.ts';

const INCIDENT = `---
title: API Latency Spike
status: investigating
severity: major
started: 2026-03-10T11:00:00Z
components: [api]
---
Investigating.
`;
const wordsOf = (svg: string) =>
  [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, words]) => words).join(' | ');

describe('the picture', () => {
  test('is a PNG of the customary size, and its address changes when the state does', async () => {
    const world = await openWorld();
    const addressOn = async (path: string) => {
      const { text } = await world.get(path);
      const found = /<meta property="og:image" content="([^"]+)">/.exec(text)?.[1] as string;
      const url = new URL(found.replaceAll('&#38;', '&').replaceAll('&amp;', '&'));
      return url.pathname + url.search;
    };
    await world.pass(61, 1);
    const before = await addressOn('/status/live');
    const answer = await fetch(world.url + before);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const png = Buffer.from(await answer.arrayBuffer());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
    expect(png.length).toBeLessThan(100_000);
    await world.pass(120, 60);
    expect(await addressOn('/status/live')).toBe(before);
    await world.write('20260310_x.md', INCIDENT);
    await world.pass(1);
    expect(await addressOn('/status/live')).not.toBe(before);
    const old = await world.get(before);
    expect([old.status, old.headers.get('cache-control')]).toEqual([
      200,
      expect.stringContaining('max-age=60'),
    ]);
    expect(await addressOn('/status/incidents/20260310_x')).toMatch(/^\/status\/og\/20260310_x\.png\?/);
    expect((await world.get('/status/og/20260310_x.png')).status).toBe(200);
    expect((await world.get('/status/og/nothing.png')).status).toBe(404);
  });

  test('tells the overall status in words and moments, never durations that go stale in a chat', () => {
    const words = wordsOf(pages.picture(ctx(FACES.outage!), null)!);
    expect(words).toContain('API is down | Since 23 Nov 2026, 14:30 UTC · Dashboard degraded |');
    expect(words).toContain('99.91% uptime in 90 days | 90 days ago | Today');
    expect(words).not.toContain('12 min');
    expect(wordsOf(pages.picture(ctx(FACES.well!, 'de'), null)!)).toContain('Alle Systeme');
    const well = FACES.well!;
    const unknown = { ...well, overall: { ...well.overall, isNothingKnown: true } };
    expect(wordsOf(pages.picture(ctx(unknown), null)!)).not.toContain('uptime');
    const upkeep = wordsOf(pages.picture(ctx(FACES.maintenance!), null)!);
    expect(upkeep).toContain('Database is under maintenance | Until 23 Nov 2026, 15:22 UTC |');
    expect(wordsOf(pages.picture(ctx(FACES.well!), LATENCY_ID)!)).toContain(
      'API Latency Spike | Resolved · Major incident',
    );
    expect(pages.picture(ctx(FACES.well!), 'nothing')).toBeNull();
  });

  test('is named by no page where it cannot be drawn', () => {
    expect(canDraw()).toBe(true);
    expect(pages.live(ctx(FACES.well!))).toContain('og:image');
    const html = makePages(makeRender('views'), false).live(ctx(FACES.well!));
    expect(html).not.toContain('og:image');
    expect(html).toContain('<meta name="twitter:card" content="summary">');
  });

  test('has the logo, if there is one to draw', async () => {
    const drawn = async (logo: string | null) => {
      const world = await openWorld({
        site: () =>
          `title: Acme\n${logo === null ? '' : 'brand: { logo: logo.svg }\n'}components: [{ id: api, name: API, check: { type: manual } }]`,
        brand: logo === null ? {} : { 'logo.svg': logo },
      });
      return Buffer.from(await (await fetch(`${world.url}/status/og.png`)).arrayBuffer());
    };
    const without = await drawn(null);
    const square =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>';
    expect((await drawn(square)).equals(without)).toBe(false);
    // No picture, but no fault either.
    expect((await drawn('nothing')).equals(without)).toBe(true);
  });

  test('is set in a face of its own, small and with its licence', async () => {
    const names = await readdir('fonts');
    const inter = names.filter(name => /^Inter.*ttf$/.test(name)).map(name => path.join('fonts', name));
    const sizes = await Promise.all(inter.map(async name => (await stat(name)).size));
    expect(sizes).toHaveLength(2);
    expect(sizes[0]! + sizes[1]!).toBeLessThan(100_000);
    expect(names).toContain('OFL.txt');
    // Nothing else is there to draw it with: without these files no word would be seen.
    const { Resvg } = await import('@resvg/resvg-js');
    const svg = pages.picture(ctx(FACES.well!), null)!;
    const drawn = (fontFiles: string[]) =>
      new Resvg(svg, { font: { fontFiles, loadSystemFonts: false } }).render().asPng();
    expect(drawn(inter).equals(drawn([]))).toBe(false);
  });

  test.each(['Сбой', 'Βλάβη', 'תקלה', 'عطل', 'Խափանում', 'შეფერხება', 'sự cố', '✓ ⚠ ∞'])(
    'has letters for %s without the fonts of a system',
    async word => {
      const { Resvg } = await import('@resvg/resvg-js');
      const fontFiles = ['Inter-Regular.ttf', 'DejaVuSans.ttf'].map(name => path.join('fonts', name));
      const drawn = (words: string) =>
        new Resvg(
          `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="50"><text y="40">${words}</text></svg>`,
          {
            font: { fontFiles, loadSystemFonts: false, defaultFontFamily: 'Inter' },
          },
        )
          .render()
          .asPng();
      // What has no letter is left out.
      for (const letter of word.replaceAll(/[ \p{M}]/gu, ''))
        expect(drawn(letter).equals(drawn(''))).toBe(false);
    },
  );

  test('takes any title: escaped, clipped, without control characters', async () => {
    const world = await openWorld({
      files: {
        '20260310_x.md': INCIDENT.replace('API Latency Spike', `"<b>&\\u0007 ${'漢字🔥'.repeat(200)}"`),
      },
    });
    const answer = await world.get('/status/og/20260310_x.png');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
  });
});
