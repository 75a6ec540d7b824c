// Pictures for chats: a real PNG per state, in words, whose address changes with what it shows.
import { describe, expect, test } from 'vitest';
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
    expect(words).toContain('API is down | since 23 Nov 2026, 14:30 UTC | Dashboard degraded');
    expect(words).not.toContain('12 min');
    expect(wordsOf(pages.picture(ctx(FACES.well!, 'de'), null)!)).toContain('Alle Systeme');
    expect(wordsOf(pages.picture(ctx(FACES.well!), LATENCY_ID)!)).toContain(
      'API Latency Spike | Resolved · Major incident',
    );
    expect(pages.picture(ctx(FACES.well!), 'nothing')).toBeNull();
  });

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
