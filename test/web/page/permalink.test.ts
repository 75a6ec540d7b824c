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

test('each component over time: stretches in one state are one, its share of the downtime is told where it is another', () => {
  expect(affected(pages.incident(ctx(changing), of.id)!)).toBe(
    [
      ' Degraded performance · 14:42 – 14:52 (10 min)',
      'Major outage · 14:52 – 15:42 (50 min)',
      'API 50 min counted as downtime',
      'Major outage · 14:52 – 15:02 (10 min) Database ',
    ].join(' '),
  );
});

test('components with the same stretches stand together, under them once, with the icon of the state', () => {
  const html = pages.incident(ctx(), of.id)!;
  expect(affected(html)).toBe(
    ' Major outage · 14:42 – 15:42 API 50 min counted as downtime Major outage · 14:42 – 15:42 Database ',
  );
  const same = {
    ...ctx(),
    snapshot: snapshot([view(API, 'operational'), view(DB, 'operational')], { incidents: [of] }),
  };
  const together = pages.incident(same, of.id)!;
  expect(affected(together)).toBe(' Major outage · 14:42 – 15:42 API Database ');
  expect(/<ul class="affected panel">\s*<li>\s*<p><svg class="i x"/.test(together)).toBe(true);
  // The head says how long it lasted.
  expect(plain(together).match(/\b1\sh\b/g)).toHaveLength(1);
});

test('nothing is counted twice: what counts as downtime is not said where it is all of the time', () => {
  const whole = counted(view(API, 'operational'));
  const [interval] = whole.uptime.intervals;
  const row = { ...whole, uptime: { ...whole.uptime, intervals: [{ ...interval!, end: at(60) }] } };
  const all = { ...ctx(), snapshot: snapshot([row, view(DB, 'operational')], { incidents: [of] }) };
  expect(affected(pages.incident(all, of.id)!)).not.toContain('counted');
});

test('an open one lists who has recovered too, and says since when', () => {
  const [first, second] = changing.stretches;
  const open = {
    ...later,
    affected: [{ id: 'db', name: 'Database', status: 'major_outage' as const }],
    stretches: [
      { ...first, start: at(0), end: at(10) },
      { ...second, start: at(10), end: null, affected: [{ id: 'db', status: 'major_outage' as const }] },
    ],
  };
  const made = snapshot([view(API, 'operational'), view(DB, 'major_outage')], { incidents: [open] });
  expect(affected(pages.incident({ ...ctx(), snapshot: made }, later.id)!)).toBe(
    ' Degraded performance · 14:42 – 14:52 (10 min) API Major outage · since yesterday 14:52 Database ',
  );
});

test('of more than a day, stretches have their dates', () => {
  const days = { ...changing, duration: 2 * DAY };
  expect(affected(pages.incident(ctx(days), of.id)!)).toContain('Sun 22 Nov, 14:42 – ');
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
  const links = (html: string) =>
    [...html.matchAll(/<a href="\/status\/history\/([\d-]+)"(?: rel="(\w+)")?/g)].map(([, month, rel = '']) =>
      `${rel} ${month}`.trim(),
    );
  // Each month has one link, in the pager or in the list.
  expect(links(october)).toEqual(['prev 2026-09', 'next 2026-11']);
  expect(october).toContain('No incidents');
  const november = pages.history(of, '2026-11')!;
  expect(november).not.toContain('rel="next"');
  expect(november).toContain('<p class="lead">1 incident</p>');
  expect(links(november)).toEqual(['prev 2026-10', '2026-09']);
});

test('history: months to come are upcoming maintenance, the nearest first', () => {
  const planned = [40, 80].map(days =>
    shown(
      incident(`plan_${days}`, {
        status: 'scheduled',
        scheduled: { start: NOW + days * DAY, end: NOW + days * DAY + MINUTE },
      }),
    ),
  );
  const old = shown(incident('old', { started: NOW - 200 * DAY, resolved: NOW - 200 * DAY + MINUTE }));
  const made = snapshot([view(API, 'operational')], { maintenances: planned, incidents: [old] });
  const html = pages.history({ ...ctx(), snapshot: made }, null)!;
  const lists = [...html.matchAll(/<h2 id="h-months-\d">(.*?)<\/h2>(.*?)<\/section>/gs)].map(
    ([, title, list]) => [title, ...[...list!.matchAll(/history\/([\d-]+)/g)].map(([, month]) => month)],
  );
  expect(lists).toEqual([
    ['Upcoming maintenance', '2027-01', '2027-02'],
    ['Months', '2026-05'],
  ]);
});
