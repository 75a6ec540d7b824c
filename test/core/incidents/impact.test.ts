// Impact over time: what an update changes, and what is left of it in outages and on the page.
import { describe, expect, test } from 'vitest';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { affectedAt, impactOf, promiseOf, stretchesOf } from '../../../src/core/incidents/impact.ts';
import { coveredBy } from '../../../src/core/incidents/maintenance.ts';
import { HOUR, iso, parseInstant } from '../../../src/core/model/time.ts';
import { compose } from '../../../src/core/page/compose.ts';
import { component, site } from '../../makers.ts';

const at = (time: string) => parseInstant(`2025-11-06T${time}:00Z`) as number;
const COMPONENTS = [component('api'), component('db'), component('web')];
const HEAD = 'title: x\nseverity: critical\nstarted: 2025-11-06T12:00:00Z\ncomponents: [api, db]';

const BODY = `
## Investigating 12:00 UTC
All is down.

## Identified 13:00 UTC
severity: minor
components: { api: partial_outage, web: degraded_performance }

The database is back.

## Update 14:00 UTC
components: [web]

Only the web is slow.
`;

function read(status: string, body = BODY, more = '') {
  const { value, problems } = parseIncident(
    'x.md',
    'x',
    `---\n${HEAD}\nstatus: ${status}\n${more}\n---\n${body}`,
  );
  expect(problems).toEqual([]);
  return value!;
}

const RESOLVED = read('resolved', BODY, 'resolved: 2025-11-06T15:00:00Z');
const told = (incident = RESOLVED) =>
  stretchesOf(incident, COMPONENTS).map(({ start, end, severity, affected }) => [
    iso(start).slice(11, 16),
    end === null ? null : iso(end).slice(11, 16),
    severity,
    ...affected.map(({ id, status }) => `${id}=${status}`),
  ]);

describe('stretches', () => {
  test('follow the updates', () => {
    expect(told()).toEqual([
      ['12:00', '13:00', 'critical', 'api=major_outage', 'db=major_outage'],
      ['13:00', '14:00', 'minor', 'api=partial_outage', 'web=degraded_performance'],
      ['14:00', '15:00', 'minor', 'web=degraded_performance'],
    ]);
  });

  test.each([
    ['a relapse', 'Investigating', '', 'critical', ['api=major_outage', 'db=major_outage']],
    ['another step', 'Monitoring', '', 'critical', ['api=major_outage', 'db=major_outage']],
    [
      'a relapse of another severity',
      'Identified',
      'severity: minor\ncomponents: [api]\n',
      'minor',
      ['api=degraded_performance'],
    ],
  ])('nothing is affected between an end and %s', (_, heading, change, severity, affected) => {
    const body = `\n## Investigating 12:00 UTC\nA.\n\n## Resolved 12:30 UTC\nB.\n\n## Resolved 12:40 UTC\nC.\n\n## ${heading} 13:00 UTC\n${change}D.\n`;
    const first = ['12:00', '12:30', 'critical', 'api=major_outage', 'db=major_outage'];
    expect(told(read('investigating', body))).toEqual([first, ['13:00', null, severity, ...affected]]);
    const over = `${body}\n## Resolved 14:00 UTC\nE.\n`;
    expect(told(read('resolved', over, 'resolved: 2025-11-06T14:00:00Z'))).toEqual([
      first,
      ['13:00', '14:00', severity, ...affected],
    ]);
  });

  test('an end before that of the front matter, without a relapse, ends nothing', () => {
    const body =
      '\n## Investigating 12:00 UTC\nA.\n\n## Resolved 12:30 UTC\nB.\n\n## Resolved 13:00 UTC\nC.\n';
    expect(told(read('resolved', body, 'resolved: 2025-11-06T13:00:00Z'))).toEqual([
      ['12:00', '13:00', 'critical', 'api=major_outage', 'db=major_outage'],
    ]);
  });

  test('a change at the very beginning replaces it; one at or after the end changes nothing', () => {
    const body = '\n## Update 12:00 UTC\nseverity: minor\n\n## Resolved 13:00 UTC\nseverity: critical\n';
    expect(told(read('resolved', body, 'resolved: 2025-11-06T13:00:00Z'))).toEqual([
      ['12:00', '13:00', 'minor', 'api=degraded_performance', 'db=degraded_performance'],
    ]);
  });

  test('an open one goes on', () => {
    expect(told(read('monitoring')).at(-1)).toEqual(['14:00', null, 'minor', 'web=degraded_performance']);
  });

  test('what is shown: the present while it goes on, the worst once over', () => {
    const all = stretchesOf(RESOLVED, COMPONENTS);
    expect(impactOf(all, at('13:30'), false)).toMatchObject({ severity: 'minor' });
    expect(impactOf(all, at('16:00'), true)).toEqual({
      severity: 'critical',
      affected: [
        { id: 'api', status: 'major_outage' },
        { id: 'db', status: 'major_outage' },
        { id: 'web', status: 'degraded_performance' },
      ],
    });
  });
});

describe('on the page', () => {
  const shown = (incident = RESOLVED, now = at('16:00')) =>
    compose(
      {
        site: site({ components: COMPONENTS }),
        incidents: [incident],
        unfiled: new Set(),
        measured: new Map(),
        networkDownSince: null,
        problems: [],
        revision: 'r',
      },
      now,
    );

  test('each component’s downtime is that of its own stretches', () => {
    const hours = shown().components.map(({ uptime }) => uptime.downtime / HOUR);
    expect(hours).toEqual([2, 1, 2]);
    const [api] = shown().components;
    expect(api?.uptime.intervals.map(({ severity }) => severity)).toEqual(['critical', 'major']);
  });

  test('an open incident shows as it stands: who is well again is well', () => {
    const { components, incidents } = shown(read('monitoring'), at('14:30'));
    expect(components.map(({ health }) => health)).toEqual([
      'operational',
      'operational',
      'degraded_performance',
    ]);
    expect(components[2]?.since).toBe(at('13:00'));
    expect(incidents[0]).toMatchObject({ severity: 'minor', affected: [{ id: 'web' }] });
  });
});

describe('a promised update', () => {
  const body = (text: string) => `\n## Investigating 12:00 UTC\nnext_update: 12:30\n\nx\n${text}`;
  test('holds until an update comes, or it is over', () => {
    expect(promiseOf(read('investigating', body('')))).toBe(at('12:30'));
    expect(promiseOf(read('identified', body('\n## Identified 12:20\nFound.\n')))).toBeNull();
    expect(promiseOf(read('resolved', body(''), 'resolved: 2025-11-06T12:10:00Z'))).toBeNull();
  });

  test('may stand in the front matter', () => {
    const more = 'next_update: 2025-11-06T12:45:00Z';
    expect(promiseOf(read('investigating', '', more))).toBe(at('12:45'));
    expect(promiseOf(read('identified', '\n## Identified 12:50\nLate.\n', more))).toBeNull();
  });
});

test('an update is told with those it affects: whoever it names no more is well, and the end names all', () => {
  const text = `---
title: API trouble
status: resolved
severity: major
started: 2026-03-10T11:00:00Z
resolved: 2026-03-10T12:00:00Z
components: [api]
---
First.

## Identified 11:10 UTC
components: [db]

## Update 11:20 UTC
components: []

## Update 11:30 UTC
Still nobody.

## Resolved 12:00 UTC
Done.
`;
  const read = parseIncident('a.md', 'a', text).value!;
  const known = [
    { id: 'api', name: 'API' },
    { id: 'db', name: 'Database' },
  ];
  expect(read.updates.map(one => affectedAt(read, one, known).map(({ id }) => id))).toEqual([
    ['api'],
    ['db'],
    [],
    [],
    ['api', 'db'],
  ]);
});

test.each([
  ['as planned', '', '23:00'],
  ['before it began', '## Update 21:30 UTC\nAll is ready.', '23:00'],
  ['with a Completed section', '## Completed 22:20 UTC\nDone.', '22:20'],
  ['with a Resolved section', '## Resolved 22:20 UTC\nDone.', '22:20'],
  ['with other words', '## Finished 22:20 UTC\nDone.', '22:20'],
  [
    'with an update',
    '## In progress 22:00 UTC\nWe begin.\n\n## Update 22:10 UTC\nThe work is done.',
    '22:10',
  ],
  ['with its begin only', '## In progress 22:00 UTC\nWe begin.', '23:00'],
])('a maintenance that is completed %s covers no longer than it says', (_, body, end) => {
  const head = `title: x\nstatus: completed\nseverity: minor\nstarted: 2025-11-06T20:00:00Z`;
  const window =
    'scheduled_start: 2025-11-06T22:00:00Z\nscheduled_end: 2025-11-06T23:00:00Z\ncomponents: all';
  const { value } = parseIncident('x.md', 'x', `---\n${head}\n${window}\n---\n\n${body}\n`);
  expect(iso(coveredBy(value!).end).slice(11, 16)).toBe(end);
});
