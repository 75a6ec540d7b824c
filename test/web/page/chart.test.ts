// The chart and the component's page: what was measured is drawn, what was not is a gap.
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { HOUR, MINUTE } from '../../../src/core/model/time.ts';
import { pageContext } from '../../../src/web/page/context.ts';
import { chart } from '../../../src/web/page/parts/chart.ts';
import type { ResponseTimes } from '../../../src/web/page/series.ts';
import { ctx, pages, series } from '../../browser/faces.ts';
import { component, NOW, snapshot, view } from '../../makers.ts';

const words = pageContext(ctx(snapshot([])));
const of = (minutes: readonly number[]): ResponseTimes => ({
  range: '24h',
  span: 'slot',
  from: NOW - 24 * HOUR,
  to: NOW,
  points: minutes.map(minute => ({
    start: NOW - minute * MINUTE,
    count: 10,
    ok: 9,
    p50: minute,
    p95: minute * 2,
    p99: null,
  })),
});
/** The drawing for wide pages. */
const wide = (svg: string) => svg.split('</svg>')[0]!;
const count = (svg: string, look: string) => wide(svg).split(`class="${look}"`).length - 1;

describe('the chart', () => {
  test('is one line of each kind where nothing is missing', () => {
    const { svg } = chart(of([40, 30, 20]), 'API', words)!;
    expect([count(svg, 'mid'), count(svg, 'band')]).toEqual([1, 1]);
    expect(svg.match(/<svg /g)).toHaveLength(2);
    expect(svg).not.toContain('NaN');
  });

  test('breaks at a gap, and shows a point that stands alone as a dot', () => {
    const { svg } = chart(of([400, 390, 200, 40, 30]), 'API', words)!;
    expect(wide(svg).match(/<path class="mid" d="M[^"]*L/g)).toHaveLength(2);
    expect(wide(svg).match(/<circle cx/g)).toHaveLength(1);
  });

  test('says in words what it shows, and lists it newest first', () => {
    const { svg, rows } = chart(of([40, 30, 20]), 'A & <B>', words)!;
    expect(svg).toContain(
      'aria-label="Response times of A &#38; &#60;B&#62;: median between 20\u00a0ms and 40\u00a0ms, 95th percentile at most 80\u00a0ms"',
    );
    expect(rows.map(row => row.p50)).toEqual(['20\u00a0ms', '30\u00a0ms', '40\u00a0ms']);
    expect(rows[0]).toMatchObject({ count: 10, ok: 9, p95: '40\u00a0ms' });
  });

  test('a few outliers do not flatten the rest, and their height is named', () => {
    const calm = Array.from({ length: 100 }, (_, i) => 40 + (i % 10));
    const level = (svg: string) => /class="mid" d="M[\d.]+,([\d.]+)L/.exec(wide(svg))![1]!;
    const spiked = of(calm.map((_, i) => (99 - i) * 10));
    const points = spiked.points.map((point, i) => ({
      ...point,
      p50: calm[i]!,
      p95: i === 50 ? 9000 : calm[i]!,
    }));
    const { svg } = chart({ ...spiked, points }, 'API', words)!;
    expect(svg).toContain('>▲ 9,000\u00a0ms</text>');
    // The line stands in the middle of the chart, not at its foot.
    expect(Number(level(svg))).toBeLessThan(150);
    const even = chart(
      { ...spiked, points: points.map(point => ({ ...point, p95: point.p50 })) },
      'API',
      words,
    )!;
    expect(even.svg).not.toContain('▲');
  });

  test('of nothing timed is no chart', () => {
    expect(chart(of([]), 'API', words)).toBeNull();
    const silent = of([10]);
    const points = silent.points.map(point => ({ ...point, p50: null, p95: null }));
    expect(chart({ ...silent, points }, 'API', words)).toBeNull();
  });
});

describe("a component's page", () => {
  const api = component('api', { name: 'API' });
  test('links the ranges, marks the one shown, and gives the same as table and JSON', () => {
    const html = pages.component(ctx(snapshot([view(api, 'operational')])), 'api', series('7d'))!;
    expect(html).toContain('<h1 dir="auto">API</h1>\n');
    expect(html.replace(/<[^>]+>/g, '')).toMatch(/API\nOperational · 100\.00%\sin\s90\sdays\n/);
    expect(html).toContain(
      '<section aria-labelledby="h-days">\n<h2 id="h-days">Uptime</h2>\n<ul class="panel rows">',
    );
    expect(html).toMatch(/href="\/status\/components\/api\?range=7d" aria-current="page">7 days/);
    expect(html).toContain('/status/components/api?range=90d"');
    expect(html).toContain('/api/components/api/latency.json?range=7d');
    expect(html).toContain('<table class="figures">');
  });

  test('keeps the language asked for on the way there, between its ranges, and back', () => {
    const asked = { ...ctx(snapshot([view(api, 'operational')]), 'de'), langAsked: true };
    expect(pages.live(asked)).toContain('href="/status/components/api?lang=de"');
    const html = pages.component(asked, 'api', series('24h'))!;
    const ours = [
      ...html.matchAll(
        /<a [^>]*href="(\/(?:status\/(?:components|live|history)|api)(?:\?[^"]*|\/api\?[^"]*)?)"/g,
      ),
    ];
    expect(ours.map(([, link]) => link)).toEqual([
      '/status/live?lang=de',
      '/status/live?lang=de',
      '/status/history?lang=de',
      '/status/components/api?range=24h&amp;lang=de',
      '/status/components/api?range=7d&amp;lang=de',
      '/status/components/api?range=90d&amp;lang=de',
      '/status/live?lang=de',
      '/status/history?lang=de',
      '/api?lang=de',
    ]);
  });

  test('that was never timed says so', () => {
    const html = pages.component(ctx(snapshot([view(api, 'no_data')])), 'api', of([]))!;
    expect(html).toContain('No response times were measured in this range.');
    expect(html).not.toContain('<svg class="chart');
  });

  test('does not exist for a component that does not', () => {
    expect(pages.component(ctx(snapshot([])), 'nope', of([]))).toBeNull();
  });
});

describe('a third party', () => {
  const check = checkSchema.parse({ type: 'statuspage', url: 'https://resend-status.com' });
  const mail = component('mail', { name: 'Email Delivery', check });
  const row = (health: 'operational' | 'partial_outage', upstream: string) => {
    const shown = { ...view(mail, health, { since: NOW - 12 * MINUTE }), upstream };
    return pages.live(ctx(snapshot([shown])));
  };

  test('with trouble is quoted in its own words, linked, and its words stay text', () => {
    const html = row('partial_outage', 'Partial Outage (Delays <b>today</b>)');
    expect(html).toMatch(
      /Upstream problem at <a href="https:\/\/resend-status\.com\/" rel="noopener">resend-status\.com<\/a> since <time[^>]*>14:30<\/time>: <q>Partial Outage \(Delays &lt;b&gt;today&lt;\/b&gt;\)<\/q>/,
    );
  });

  test('that is well is not spoken of', () => {
    expect(row('operational', 'Operational')).not.toContain('Upstream');
  });
});
