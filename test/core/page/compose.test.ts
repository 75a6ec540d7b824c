// compose(): what is known becomes what is shown: known-from, days, states, the overall status.
import { describe, expect, test } from 'vitest';
import { type Check, checkSchema } from '../../../src/core/model/checks/check.ts';
import type { Component, Health, Measured } from '../../../src/core/model/component.ts';
import type { Incident } from '../../../src/core/model/incident.ts';
import { WEIGHTS_EVEN, WEIGHTS_STATUSPAGE } from '../../../src/core/model/site.ts';
import { DAY, HOUR, MINUTE, startOfUtcDay } from '../../../src/core/model/time.ts';
import { compose } from '../../../src/core/page/compose.ts';
import type { Facts } from '../../../src/core/page/facts.ts';
import { component, incident, NOW, site, update } from '../../makers.ts';

const HTTP = checkSchema.parse({ type: 'http', url: 'https://api.example/health' });
const EMPTY = checkSchema.parse({ type: 'http', url: '' });
const MANUAL = checkSchema.parse({ type: 'manual' });
const TODAY = startOfUtcDay(NOW);

const api = (check: Check = HTTP, over: Partial<Component> = {}) =>
  component('api', { name: 'API', check, ...over });

function measured(over: Partial<Measured> = {}): Measured {
  return {
    health: 'operational',
    since: null,
    checkedAt: NOW - 20_000,
    seen: 'HTTP 200',
    upstream: null,
    firstSeen: NOW - 3 * DAY,
    firstCheck: NOW - 3 * DAY,
    observed: new Map([[TODAY, 10 * HOUR]]),
    ...over,
  };
}

function composed(
  components: readonly Component[],
  known: Readonly<Record<string, Measured>> = {},
  incidents: readonly Incident[] = [],
  days = 90,
  weights = WEIGHTS_EVEN,
) {
  const facts: Facts = {
    site: site({ components, uptime: { days, weights } }),
    incidents,
    unfiled: new Set(),
    measured: new Map(Object.entries(known)),
    networkDownSince: null,
    problems: [],
    revision: 'r',
  };
  return compose(facts, NOW);
}

const touching = (id: string, over: Partial<Incident> = {}) =>
  incident(id, { components: [{ id: 'api', status: null }], ...over });
const resolved = (id: string, from: number, to: number, over: Partial<Incident> = {}) =>
  touching(id, { started: from, resolved: to, status: 'resolved', ...over });
const maintenance = (id: string, start: number, end: number, over: Partial<Incident> = {}) =>
  touching(id, {
    status: 'scheduled',
    started: start - DAY,
    scheduled: { start, end },
    updates: [update(start - DAY, 'scheduled', 'Planned.')],
    ...over,
  });

describe('the total begins', () => {
  const old = NOW - 200 * DAY;
  test.each<[string, Partial<Component>, Measured | undefined, Incident[], number]>([
    ['with the window, for what is older', {}, measured({ firstSeen: old, firstCheck: old }), [], 90 * DAY],
    ['at first sight by the server', {}, measured({ firstCheck: null }), [], 3 * DAY],
    [
      'at the first check, when that was earlier',
      {},
      measured({ firstSeen: NOW - DAY, firstCheck: NOW - 2 * DAY }),
      [],
      2 * DAY,
    ],
    [
      'at the first incident, when that was earlier still',
      {},
      measured(),
      [resolved('old', NOW - 10 * DAY, NOW - 9 * DAY)],
      10 * DAY,
    ],
    [
      'at since:, whatever happened before',
      { since: NOW - DAY },
      measured(),
      [resolved('old', NOW - 10 * DAY, NOW - 9 * DAY)],
      DAY,
    ],
    ['at since:, also when that is earlier', { since: NOW - 50 * DAY }, measured(), [], 50 * DAY],
    ['nowhere, for what nobody ever saw', {}, undefined, [], 0],
    ['nowhere yet, for a since: to come', { since: NOW + DAY }, measured(), [], 0],
    ['not with a maintenance', {}, measured(), [maintenance('m', NOW - 20 * DAY, NOW - 19 * DAY)], 3 * DAY],
  ])('%s', (_what, over, known, incidents, total) => {
    const { uptime } = composed([api(HTTP, over)], known ? { api: known } : {}, incidents).components[0]!;
    expect(uptime.total).toBe(total);
    expect(uptime.percent === null).toBe(total === 0);
    expect(uptime.window).toEqual({ start: NOW - 90 * DAY, end: NOW });
  });
});

describe('the state now', () => {
  const open = touching('open', { severity: 'major' });
  const going = maintenance('going', NOW - HOUR, NOW + HOUR);
  test.each<[string, Check, Measured | undefined, Incident[], Health]>([
    ['manual and quiet', MANUAL, undefined, [], 'operational'],
    ['manual with an incident', MANUAL, undefined, [open], 'partial_outage'],
    ['never checked', HTTP, undefined, [], 'no_data'],
    ['never confirmed', HTTP, measured({ health: 'no_data' }), [], 'no_data'],
    ['checked and well', HTTP, measured(), [], 'operational'],
    ['checked and down', HTTP, measured({ health: 'major_outage' }), [open], 'major_outage'],
    ['well by its check, down by a person', HTTP, measured(), [open], 'partial_outage'],
    ['not configured, whatever was seen last', EMPTY, measured(), [], 'no_data'],
    ['not configured, red when last seen', EMPTY, measured({ health: 'major_outage' }), [], 'no_data'],
    ['not configured, with an incident', EMPTY, measured(), [open], 'partial_outage'],
    ['in maintenance', HTTP, measured(), [going], 'under_maintenance'],
    ['failing in maintenance', HTTP, measured({ health: 'major_outage' }), [going], 'under_maintenance'],
    ['an incident during maintenance', HTTP, measured(), [going, open], 'partial_outage'],
    ['maintenance to come', HTTP, measured(), [maintenance('m', NOW + HOUR, NOW + 2 * HOUR)], 'operational'],
    ['maintenance over', HTTP, measured(), [maintenance('m', NOW - 2 * HOUR, NOW - HOUR)], 'operational'],
    ['an incident resolved', HTTP, measured(), [resolved('r', NOW - HOUR, NOW - 1)], 'operational'],
  ])('%s', (_what, check, known, incidents, health) => {
    const view = composed([api(check)], known ? { api: known } : {}, incidents).components[0]!;
    expect(view.health).toBe(health);
  });
});

describe('a day', () => {
  const cells = (check: Check, known: Measured | undefined, incidents: readonly Incident[] = []) =>
    composed([api(check)], known ? { api: known } : {}, incidents, 5).components[0]!.days;
  const states = (...args: Parameters<typeof cells>) => cells(...args).map(cell => cell.state);
  const down = (time: number) => ({ state: 'major_outage', stretches: [{ state: 'major_outage', time }] });

  test('nobody looked on is not green, though the days around it are', () => {
    const observed = new Map([
      [TODAY - 3 * DAY, DAY],
      [TODAY - 2 * DAY, 0],
      [TODAY, 1],
    ]);
    expect(states(HTTP, measured({ observed }))).toEqual([
      'no_data',
      'operational',
      'no_data',
      'no_data',
      'operational',
    ]);
  });

  test('of a manual component is green from the day it is known', () => {
    const known = measured({ firstSeen: NOW - 2 * DAY, firstCheck: null, observed: new Map() });
    expect(states(MANUAL, known)).toEqual([
      'no_data',
      'no_data',
      'operational',
      'operational',
      'operational',
    ]);
  });

  test('unobserved with an incident shows the incident', () => {
    const days = states(HTTP, measured({ observed: new Map() }), [
      resolved('r', TODAY - DAY + HOUR, TODAY - DAY + 2 * HOUR, { severity: 'minor' }),
    ]);
    expect(days).toEqual(['no_data', 'no_data', 'no_data', 'degraded_performance', 'no_data']);
  });

  test('shares an outage over midnight with the next, each its part', () => {
    const [, , , yesterday, today] = cells(HTTP, measured(), [
      resolved('r', TODAY - 20 * MINUTE, TODAY + 5 * MINUTE),
    ]);
    expect(yesterday).toMatchObject({ ...down(20 * MINUTE), incidents: ['r'] });
    expect(today).toMatchObject({ ...down(5 * MINUTE), incidents: ['r'] });
  });

  test('with an outage that ended at midnight leaves the next day alone', () => {
    const [, , , , today] = cells(HTTP, measured(), [resolved('r', TODAY - HOUR, TODAY)]);
    expect(today).toMatchObject({ state: 'operational', stretches: [], incidents: [] });
  });

  test.each([
    ['within a day', TODAY + HOUR, [4]],
    ['at midnight: the day that begins', TODAY, [4]],
    ['a moment before midnight', TODAY - 1, [3]],
    ['now', NOW, []],
    ['on the first day', TODAY - 4 * DAY, [0]],
    ['before the first day', TODAY - 4 * DAY - 1, []],
  ])('with an incident that began and ended in the same moment, %s', (_, at, expected) => {
    const days = cells(HTTP, measured(), [resolved('r', at, at)]);
    const told = days.flatMap(({ incidents }, index) => (incidents.length > 0 ? [index] : []));
    expect([told, expected]).toEqual([expected, expected]);
    for (const index of told) {
      expect(days[index]).toMatchObject({ ...down(0), incidents: ['r'] });
    }
  });

  test('with maintenance is not downtime where the two meet', () => {
    const morning = TODAY + HOUR;
    const [, , , , today] = cells(HTTP, measured(), [
      resolved('r', morning, morning + 2 * HOUR),
      maintenance('m', morning + HOUR, morning + 3 * HOUR),
    ]);
    expect(today).toMatchObject({
      state: 'major_outage',
      stretches: [
        { state: 'major_outage', time: HOUR },
        { state: 'under_maintenance', time: 2 * HOUR },
      ],
      incidents: ['r', 'm'],
    });
  });

  test('says how long it was in each state, the worst of those at one time', () => {
    const morning = TODAY + HOUR;
    const [, , , , today] = cells(HTTP, measured(), [
      resolved('light', morning, morning + 3 * HOUR, { severity: 'minor' }),
      resolved('bad', morning + HOUR, morning + 2 * HOUR),
      resolved('middle', morning + 90 * MINUTE, morning + 150 * MINUTE, { severity: 'major' }),
    ]);
    expect(today!.stretches).toEqual([
      { state: 'major_outage', time: HOUR },
      { state: 'partial_outage', time: 30 * MINUTE },
      { state: 'degraded_performance', time: 90 * MINUTE },
    ]);
  });

  test('has its date, and is shared by those like it', () => {
    const whole = { observed: new Map([[TODAY, NOW - TODAY]]) };
    const one = cells(HTTP, measured(whole));
    expect(one.map(({ day }) => day)).toEqual(
      [4, 3, 2, 1, 0].map(ago => new Date(TODAY - ago * DAY).toISOString().slice(0, 10)),
    );
    expect(one[4]).toMatchObject({ day: one[4]!.day, state: 'operational', stretches: [], incidents: [] });
    expect(one[4]!.uptime?.percent).toBe(100);
    expect(cells(HTTP, measured(whole))[4]).toBe(one[4]);
    expect(cells(HTTP, measured(), [resolved('r', TODAY, TODAY + 1)])[4]!.day).toBe(one[4]!.day);
  });

  test('has its part of the uptime: the weighted intervals of that day, in its part of the total', () => {
    const observed = new Map([4, 3, 2, 1, 0].map(ago => [TODAY - ago * DAY, DAY]));
    const since = TODAY - 3 * DAY + 6 * HOUR;
    const view = composed(
      [api(HTTP, { since })],
      { api: measured({ observed }) },
      [
        resolved('long', TODAY - 2 * DAY - HOUR, TODAY - 2 * DAY + 37 * MINUTE, { severity: 'major' }),
        resolved('within', TODAY - 2 * DAY + 5 * MINUTE, TODAY - 2 * DAY + 17 * MINUTE),
        resolved('light', TODAY + HOUR, TODAY + 2 * HOUR, { severity: 'minor' }),
        maintenance('spared', TODAY - 2 * DAY + 10 * MINUTE, TODAY - 2 * DAY + 12 * MINUTE),
      ],
      5,
      WEIGHTS_STATUSPAGE,
    ).components[0]!;
    // By hand: the first day is not known, the second from six o'clock on, the fourth was well.
    const percents = view.days.map(({ uptime }) => uptime?.percent ?? null);
    const third = 25 * MINUTE * 0.3 + 10 * MINUTE;
    expect(percents).toEqual([
      null,
      Math.floor((1 - (HOUR * 0.3) / (18 * HOUR)) * 10_000) / 100,
      Math.floor((1 - third / DAY) * 10_000) / 100,
      100,
      100,
    ]);
  });

  test('that nobody looked at has no uptime; a part of it says how much', () => {
    const uptimes = cells(HTTP, measured({ observed: new Map([[TODAY - DAY, 3 * HOUR]]) }), [
      maintenance('m', TODAY + HOUR, TODAY + 2 * HOUR),
    ]).map(({ uptime }) => uptime);
    expect(uptimes).toEqual([
      null,
      null,
      null,
      { percent: 100, seen: { observed: 3 * HOUR, total: DAY } },
      null,
    ]);
  });

  test('of a manual component that is known from midnight on is not the day before it', () => {
    const known = measured({ firstSeen: TODAY, firstCheck: null, observed: new Map() });
    expect(states(MANUAL, known)).toEqual(['no_data', 'no_data', 'no_data', 'no_data', 'operational']);
  });

  test('between a maintenance’s announcement and its begin knows nothing of it', () => {
    const planned = maintenance('m', NOW + DAY, NOW + 2 * DAY, { started: NOW - 3 * DAY });
    const told = cells(HTTP, measured(), [planned]).flatMap(({ incidents }) => incidents);
    expect(told).toEqual([]);
  });

  test('with an incident that says it works is named by it, and green', () => {
    const working = resolved('r', TODAY + HOUR, TODAY + 2 * HOUR, {
      components: [{ id: 'api', status: 'operational' }],
    });
    expect(cells(HTTP, measured(), [working])[4]).toMatchObject({
      state: 'operational',
      stretches: [],
      incidents: ['r'],
    });
  });

  test('with maintenance alone says so', () => {
    const [, , , , today] = cells(HTTP, measured(), [maintenance('m', TODAY + HOUR, TODAY + 2 * HOUR)]);
    expect(today).toMatchObject({
      state: 'under_maintenance',
      stretches: [{ state: 'under_maintenance', time: HOUR }],
    });
  });
});

describe('what was looked at', () => {
  const observed = new Map([
    [TODAY - 90 * DAY, DAY],
    [TODAY - 89 * DAY, DAY],
    [TODAY, 14 * HOUR],
  ]);
  const old = NOW - 200 * DAY;

  test('counts of the first day only what lies in the window', () => {
    const { uptime } = composed([api()], { api: measured({ observed, firstSeen: old, firstCheck: old }) })
      .components[0]!;
    // The window begins at 14:42: 9 h 18 min of its first day are inside.
    expect(uptime.observed).toBe(9 * HOUR + 18 * MINUTE + DAY + 14 * HOUR);
  });

  test('is never more than the total', () => {
    const young = measured({ observed, firstSeen: NOW - HOUR, firstCheck: NOW - HOUR });
    expect(composed([api()], { api: young }).components[0]!.uptime.observed).toBe(HOUR);
  });
});

describe('the overall status', () => {
  const db = component('db', { name: 'Database', check: HTTP });
  test('names the worst and nothing else', () => {
    const { overall } = composed(
      [api(), db, component('docs', { name: 'Docs' })],
      { api: measured({ health: 'major_outage', since: NOW - HOUR }), db: measured() },
      [incident('i', { components: [{ id: 'db', status: null }], severity: 'minor' })],
    );
    expect(overall).toEqual({
      unread: 0,
      state: 'major_outage',
      worst: ['API'],
      affected: 2,
      total: 3,
      unknown: [],
      isNothingKnown: false,
      isAnyLost: false,
      since: NOW - HOUR,
      loose: [],
      severity: null,
    });
  });

  test('says nothing is known rather than that all is well', () => {
    const { overall } = composed([api(), db], {});
    expect(overall).toMatchObject({ state: 'no_data', unknown: ['API', 'Database'], worst: [] });
  });

  test('is not green with something unknown beside it, and says what', () => {
    const { overall } = composed([api(), db], { api: measured() });
    expect(overall).toMatchObject({ state: 'no_data', affected: 0, total: 2, unknown: ['Database'] });
  });

  test.each([
    ['minor', 'degraded_performance'],
    ['major', 'partial_outage'],
    ['critical', 'major_outage'],
  ] as const)('an open %s incident that touches no component makes it %s', (severity, state) => {
    for (const components of [
      [],
      [{ id: 'apii', status: null }],
      [{ id: 'api', status: 'operational' as const }],
    ]) {
      const { overall } = composed([api()], { api: measured() }, [
        incident('elsewhere', { title: 'Elsewhere', severity, components }),
      ]);
      expect(overall).toMatchObject({ state, loose: ['Elsewhere'], severity, worst: [], affected: 0 });
    }
  });

  test('an incident that is over, or colours a component, is none of those', () => {
    const { overall } = composed([api()], { api: measured() }, [
      incident('over', { components: [], resolved: NOW - HOUR, status: 'resolved' }),
      touching('here', { severity: 'minor' }),
    ]);
    expect(overall).toMatchObject({
      state: 'degraded_performance',
      worst: ['API'],
      loose: [],
      severity: null,
    });
  });
});
