// The history pages: which months they show.
import { expect, test } from 'vitest';
import { DAY } from '../../../src/core/model/time.ts';
import type { IncidentView } from '../../../src/core/page/snapshot.ts';
import { makeRender } from '../../../src/views.ts';
import { makePages } from '../../../src/web/pages.ts';
import { component, incident, NOW, shown, snapshot, view } from '../../makers.ts';

const pages = makePages(makeRender('views'));
const API = component('api', { name: 'API' });
const monthsOf = (days: number, incidents: readonly IncidentView[] = []) => {
  const row = view(API, 'operational');
  const of = [{ ...row, uptime: { ...row.uptime, from: NOW - days * DAY } }];
  const request = {
    snapshot: snapshot(of, { incidents }),
    lang: 'en',
    base: '',
    assets: { css: '', js: '' },
  } as const;
  const html = pages.history(request, null)!;
  return [...html.matchAll(/<h2[^>]*>\s*(?:<a[^>]*>)?\s*([A-Z][a-z]+ 20\d\d)/g)].map(([, month]) => month);
};

test.each([
  ['an hour old', 0.04, ['November 2026']],
  ['a month old', 30, ['November 2026', 'October 2026']],
  ['old', 300, ['November 2026', 'October 2026', 'September 2026']],
])('of a page that is %s, nothing is claimed of earlier months', (_, days, months) => {
  expect(monthsOf(days)).toEqual(months);
});

test('an older incident shows its month', () => {
  const old = shown(incident('20261005_x', { started: NOW - 49 * DAY, resolved: NOW - 48 * DAY }), [API]);
  expect(monthsOf(1, [old])).toEqual(['November 2026', 'October 2026']);
});
