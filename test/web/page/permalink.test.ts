// The permalink: who was affected when, what stands before and after it, what search engines are told.
import { expect, test } from 'vitest';
import { DAY, MINUTE } from '../../../src/core/model/time.ts';
import { makeRender } from '../../../src/views.ts';
import type { PageRequest } from '../../../src/web/page/context.ts';
import { healthForIcon } from '../../../src/web/page/parts/incidents.ts';
import { makePages } from '../../../src/web/pages.ts';
import { component, incident, NOW, shown, snapshot, update, view } from '../../makers.ts';

const pages = makePages(makeRender('views'));
const API = component('api', { name: 'API' });
const DB = component('db', { name: 'Database' });
const START = NOW - DAY;
const at = (minutes: number) => START + minutes * MINUTE;
const of = shown(
  incident('20261122_main', {
    title: 'Main </script><b>',
    started: START,
    resolved: at(60),
    updates: [
      update(START, 'investigating', 'Looking **hard**.'),
      update(at(60), 'resolved', 'Done.', 'Rolled back'),
    ],
  }),
  [API, DB],
);
const changing = {
  ...of,
  stretches: [
    {
      start: at(0),
      end: at(10),
      severity: 'minor',
      affected: [{ id: 'api', status: 'degraded_performance' }],
    },
    {
      start: at(10),
      end: at(20),
      severity: 'critical',
      affected: [
        { id: 'api', status: 'major_outage' },
        { id: 'db', status: 'major_outage' },
      ],
    },
    { start: at(20), end: at(60), severity: 'critical', affected: [{ id: 'api', status: 'major_outage' }] },
  ],
} as const;
const counted = (row: ReturnType<typeof view>) => ({
  ...row,
  uptime: {
    ...row.uptime,
    intervals: [{ start: at(0), end: at(50), incident: of.id, severity: 'critical', weight: 1 } as const],
  },
});
const earlier = shown(
  incident('20261101_before', {
    title: 'Before',
    started: NOW - 20 * DAY,
    resolved: NOW - 20 * DAY + MINUTE,
  }),
);
const later = shown(incident('20261123_after', { title: 'After', started: NOW - MINUTE }), [API]);
const ctx = (one = of): PageRequest => ({
  snapshot: snapshot([counted(view(API, 'major_outage')), view(DB, 'operational')], {
    incidents: [later, one, earlier],
  }),
  lang: 'en',
  base: '',
  assets: { css: '/a.css', js: '/a.js' },
});
const plain = (html: string) =>
  html
    .replace(/<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/ ?– ?/g, ' – ')
    .replace(/\s+/g, ' ');
const affected = (html: string) => plain(/<ul class="affected panel">.*?<\/section>/s.exec(html)![0]);

test('each component over time: stretches in one state are one, its share of the downtime is told', () => {
  expect(affected(pages.incident(ctx(changing), of.id)!)).toBe(
    [
      ' API Degraded performance Sun 22 Nov, 14:42 – 14:52 (10 min)',
      'Major outage Sun 22 Nov, 14:52 – 15:42 (50 min)',
      '50 min counted as downtime',
      'Database Major outage Sun 22 Nov, 14:52 – 15:02 (10 min) ',
    ].join(' '),
  );
});

test('without stretches the whole incident; an open one says since when', () => {
  expect(affected(pages.incident(ctx(), of.id)!)).toContain(
    'Database Major outage Sun 22 Nov, 14:42 – 15:42 (1 h)',
  );
  expect(affected(pages.incident(ctx(), later.id)!)).toContain('API Major outage since 14:41');
});

test.each([
  ['the worst of what it affects now', ['degraded_performance', 'partial_outage'], 'partial_outage'],
  ['nothing affected: its severity', [], 'major_outage'],
] as const)('the icon of an open incident: %s', (_, states, expected) => {
  const affected = states.map(status => ({ id: status, name: status, status }));
  expect(healthForIcon({ ...later, affected })).toBe(expected);
  expect(healthForIcon({ ...of, state: 'resolved', affected })).toBe('operational');
});

test('links to what came before and after', () => {
  const links = (id: string) =>
    [...pages.incident(ctx(), id)!.matchAll(/<a href="([^"]+)" rel="(prev|next)"/g)].map(
      ([, url, rel]) => `${rel} ${url}`,
    );
  expect(links(of.id)).toEqual([
    'prev /status/incidents/20261101_before',
    'next /status/incidents/20261123_after',
  ]);
  expect(links(earlier.id)).toEqual(['next /status/incidents/20261122_main']);
  expect(links(later.id)).toEqual(['prev /status/incidents/20261122_main']);
});

test('tells search engines of each update, and cannot be broken out of', () => {
  const html = pages.incident(ctx(), of.id)!;
  const found = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html)![1]!;
  const data = JSON.parse(found);
  expect(data).toMatchObject({
    '@type': 'LiveBlogPosting',
    headline: 'Main </script><b>',
    coverageStartTime: '2026-11-22T14:42:00Z',
    coverageEndTime: '2026-11-22T15:42:00Z',
  });
  expect(data.liveBlogUpdate.map((one: { headline: string }) => one.headline)).toEqual([
    'Investigating',
    'Rolled back',
  ]);
  const upkeep = shown(incident('m', { scheduled: { start: NOW, end: NOW + DAY }, status: 'scheduled' }), [
    DB,
  ]);
  const maintained = { ...ctx(), snapshot: snapshot([view(DB, 'operational')], { maintenances: [upkeep] }) };
  expect(pages.incident(maintained, 'm')).not.toContain('ld+json');
});

test('history: months turn like pages, quiet ones included, and say what was in them', () => {
  const quiet = shown(
    incident('20260901_old', { started: Date.UTC(2026, 8, 1), resolved: Date.UTC(2026, 8, 1, 1) }),
  );
  const of = { ...ctx(), snapshot: snapshot([view(API, 'operational')], { incidents: [earlier, quiet] }) };
  const october = pages.history(of, '2026-10')!;
  expect(october).toContain('<a href="/status/history/2026-09" rel="prev" class="prev">September 2026</a>');
  expect(october).toContain('<a href="/status/history/2026-11" rel="next" class="next">November 2026</a>');
  expect(october).toContain('No incidents');
  const november = pages.history(of, '2026-11')!;
  expect(november).not.toContain('rel="next"');
  expect(november).toContain('<p class="when">1 incident</p>');
});
