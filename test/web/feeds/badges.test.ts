// Badges say it in words, and never round up.
import { describe, expect, it } from 'vitest';
import { decodeEntities } from '../../../src/core/inbound/fields.ts';
import { DAY } from '../../../src/core/model/time.ts';
import { uptimeOf } from '../../../src/core/page/uptime.ts';
import { badge, COLORS } from '../../../src/web/feeds/badges.ts';
import { component, incident, NOW, snapshot, view } from '../tiny-snapshots.ts';
import { facts } from './snapshot-with-news.ts';

const answering = (id: string, response: number) => view(component(id), 'operational', { response });

describe('a badge', () => {
  const words = (svg: string) => decodeEntities(/<title>(.*)<\/title>/.exec(svg)![1]!);
  const label = (svg: string) => decodeEntities(/aria-label="([^"]*)"/.exec(svg)![1]!);
  it.each([
    [badge(facts(), 'api'), 'API & <Co>: partial outage'],
    [badge(facts(), 'db'), 'Database: operational'],
    [badge(facts(), 'nope'), 'nope: unknown'],
    [badge(facts()), 'Acme: partial outage'],
    [badge(snapshot()), 'Acme: no data'],
    [badge(facts(), 'db', 'uptime'), 'Database uptime 90d: 100.00%'],
    [badge(snapshot(), undefined, 'uptime'), 'Acme uptime 90d: no data'],
    [
      badge(snapshot({ components: [view(component('a', { name: 'A'.repeat(99) }), 'no_data')] }), 'a'),
      `${'A'.repeat(39)}…: no data`,
    ],
    [badge(snapshot({ components: [answering('a', 123.4)] }), 'a', 'response'), 'a response 24h: 123 ms'],
    [badge(snapshot({ components: [answering('a', 12_345)] }), 'a', 'response'), 'a response 24h: 12.3 s'],
    [badge(facts(), 'db', 'response'), 'Database response 24h: no data'],
    [
      badge(snapshot({ components: [answering('a', 20), answering('b', 80)] }), undefined, 'response'),
      'Acme response 24h: 80 ms',
    ],
    [badge(snapshot(), undefined, 'response'), 'Acme response 24h: no data'],
  ])('%# says it in words', (svg, said) => {
    expect(words(svg)).toBe(said);
    expect(label(svg)).toBe(said);
    expect(svg).toContain('role="img"');
    expect(svg).not.toMatch(/style=|<script|NaN|undefined/);
  });

  it('never rounds a failed minute up, neither for one component nor for all', () => {
    const span = { start: NOW - 90 * DAY, end: NOW };
    const minute = { start: NOW - 60_000, end: NOW, incident: 'x', severity: 'critical' as const };
    const uptime = uptimeOf([minute], [], span, span.start, 0, { minor: 1, major: 1, critical: 1 });
    const shaky = view(component('api', { name: 'API' }), 'operational', { uptime });
    expect(words(badge(snapshot({ components: [shaky] }), 'api', 'uptime'))).toBe('API uptime 90d: 99.99%');
    const many = Array.from({ length: 20 }, (_, i) => view(component(`c${i}`)));
    expect(words(badge(snapshot({ components: [shaky, ...many] }), undefined, 'uptime'))).toBe(
      'Acme uptime 90d: 99.99%',
    );
  });

  it.each([
    [100, COLORS.operational],
    [99.9, COLORS.operational],
    [99.87, '#4d7c0f'],
    [98.99, COLORS.degraded_performance],
    [96.99, COLORS.partial_outage],
    [94.99, COLORS.major_outage],
  ])('at %s % has the color that people expect', (percent, color) => {
    const [of] = facts().components;
    const total = of!.uptime.total;
    const uptime = { ...of!.uptime, downtime: total * (1 - percent / 100), percent };
    const svg = badge(snapshot({ components: [{ ...of!, uptime }] }), undefined, 'uptime');
    expect(svg).toContain(`${percent.toFixed(2)}%<`);
    expect(svg).toContain(`fill="${color}"`);
  });

  it('counts open incidents that no component tells of', () => {
    const loose = (id: string) => incident({ id, affected: [] });
    const of = snapshot({ components: [view(component('a'))], incidents: [loose('x'), loose('y')] });
    expect(words(badge({ ...of, overall: { ...of.overall, loose: ['x', 'y'] } }))).toBe(
      'Acme: 2 open incidents',
    );
  });

  it('is amber where the usual answer is slower than the operator’s limit', () => {
    const limit = component('a').detect.latency;
    const of = (response: number) =>
      badge(snapshot({ components: [answering('a', response)] }), 'a', 'response');
    expect(of(limit)).toContain(COLORS.operational);
    expect(of(limit + 1)).toContain(COLORS.degraded_performance);
  });
});
