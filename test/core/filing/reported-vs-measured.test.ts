// The claim against the measurement: windows and lags, as tables; how a page says them.
import { describe, expect, test } from 'vitest';
import {
  gradesOf,
  NEAR,
  type Outages,
  outagesIn,
  type RecordedTransition,
  type ReportedVsMeasured,
  reportedVsMeasured,
} from '../../../src/core/filing/reported-vs-measured.ts';
import type { Incident } from '../../../src/core/model/incident.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/core/model/time.ts';
import { makeRender } from '../../../src/views.ts';
import { comparisonJson } from '../../../src/web/api/evidence.ts';
import { makePages } from '../../../src/web/pages.ts';
import { component, incident, NOW, shown, snapshot, update, view } from '../../makers.ts';

const START = NOW - DAY;
const at = (minutes: number) => START + minutes * MINUTE;
const down = (minutes: number, over: Partial<RecordedTransition> = {}): RecordedTransition => ({
  source: 'probe:api',
  kind: 'down',
  at: at(minutes),
  recordedAt: at(minutes) + 48 * SECOND,
  filedAt: null,
  incidentId: null,
  severity: 'critical',
  components: ['api'],
  ...over,
});
const up = (minutes: number, over: Partial<RecordedTransition> = {}) =>
  down(minutes, { kind: 'up', ...over });

describe('a source’s transitions', () => {
  test.each<[string, RecordedTransition[], [number, number | null][]]>([
    ['none', [], []],
    [
      'pair down with up',
      [down(0), up(5), down(9), up(12)],
      [
        [0, 5],
        [9, 12],
      ],
    ],
    [
      'the last may go on',
      [down(0), up(5), down(9)],
      [
        [0, 5],
        [9, null],
      ],
    ],
    ['repeats add nothing', [up(0), down(1), down(2), up(5), up(6)], [[1, 5]]],
    ['an end before its beginning (a clock set back) is no length', [down(5), up(3)], [[3, 3]]],
  ])('%s', (_, given, expected) => {
    const got = outagesIn(given).map(({ start, end }) => [start, end]);
    expect(got).toEqual(expected.map(([start, end]) => [at(start), end === null ? null : at(end)]));
  });
});

test.each<[string, RecordedTransition[], [number, number | null, string][]]>([
  ['the same again', [down(0), down(1)], [[0, null, 'critical']]],
  [
    'worse, twice',
    [down(0, { severity: 'minor' }), down(1, { severity: 'major' }), down(2), up(5)],
    [
      [0, 1, 'minor'],
      [1, 2, 'major'],
      [2, 5, 'critical'],
    ],
  ],
  [
    'worse, by a clock that was set back: nothing before the start, nothing after the end',
    [down(5, { severity: 'minor' }), down(9), up(7)],
    [[5, 7, 'minor']],
  ],
  ['an outage of no length', [down(5, { severity: 'minor' }), down(6), up(3)], [[3, 3, 'minor']]],
])('an outage by severity: %s', (_, given, expected) => {
  const [outage] = outagesIn(given);
  const got = gradesOf(outage!, outage!.end).map(({ start, end, severity }) => [start, end, severity]);
  expect(got).toEqual(
    expected.map(([start, end, severity]) => [at(start), end === null ? null : at(end), severity]),
  );
});

const written = (from: number, to: number | null, over: Partial<Incident> = {}) =>
  incident('i', {
    started: at(from),
    resolved: to === null ? null : at(to),
    updates: [update(at(from), 'investigating', 'x')],
    ...over,
  });
const seen = (...outages: RecordedTransition[]): Outages => {
  const sources = [...new Set(outages.map(({ source }) => source))];
  return Object.fromEntries(
    sources.map(source => [source, outagesIn(outages.filter(one => one.source === source))]),
  );
};

describe('a claim', () => {
  const none = { measured: [], detectionLag: null, firstUpdateLag: null };
  const lag = 48 * SECOND;
  test.each<[string, Incident, Outages, Partial<Record<keyof ReportedVsMeasured, unknown>>]>([
    ['that nobody measured', written(0, 30), {}, none],
    [
      'that was measured',
      written(0, 30),
      seen(down(-1), up(29)),
      { measured: [{ start: at(-1), end: at(29) }], detectionLag: lag, firstUpdateLag: null },
    ],
    ['still measured', written(0, 30), seen(down(-1)), { measured: [{ start: at(-1), end: null }] }],
    [
      'that spans two outages and slowness',
      written(0, 30),
      seen(
        down(1, { source: 'latency:api' }),
        up(33, { source: 'latency:api' }),
        down(2),
        up(5),
        down(20),
        up(28),
      ),
      { measured: [{ start: at(1), end: at(33) }] },
    ],
    [
      'that spans two outages, the second of two monitors',
      written(0, 30),
      seen(down(1), up(2), down(20), up(24), down(22, { source: 'latency:api' })),
      {
        measured: [
          { start: at(1), end: at(2) },
          { start: at(20), end: null },
        ],
      },
    ],
    [
      'whose own source saw it: others do not count',
      written(0, 30, { openedBy: 'probe:api' }),
      seen(down(0), up(30), down(-5, { source: 'latency:api' })),
      { measured: [{ start: at(0), end: at(30) }] },
    ],
    [
      'of another component',
      written(0, 30),
      seen(down(0, { source: 'probe:db' }), up(30, { source: 'probe:db' })),
      none,
    ],
    [
      'beside an outage',
      written(0, 30),
      seen(down(33), up(40)),
      { measured: [{ start: at(33), end: at(40) }] },
    ],
    ['far from one', written(0, 30), seen(down(30 + NEAR / MINUTE + 1), up(60)), none],
    [
      'with one within and one beside',
      written(0, 30),
      seen(down(1), up(9), down(32), up(40)),
      { measured: [{ start: at(1), end: at(9) }] },
    ],
    [
      'recorded before anyone wrote down when',
      written(0, 30),
      seen(down(0, { recordedAt: null }), up(30)),
      { detectionLag: null },
    ],
    [
      'filed by the machine',
      written(0, 30, { openedBy: 'probe:api' }),
      seen(down(0, { filedAt: at(2), incidentId: 'i' }), up(30)),
      { firstUpdateLag: 2 * MINUTE },
    ],
    [
      'whose first update has its own time',
      written(0, 30, { updates: [update(at(4), 'investigating', 'x')] }),
      seen(down(-1), up(29)),
      { firstUpdateLag: 5 * MINUTE },
    ],
    [
      'whose first update came before any check saw it',
      written(-20, 30, { updates: [update(at(-19), 'investigating', 'x')] }),
      seen(down(0), up(29)),
      { firstUpdateLag: 0 },
    ],
    [
      'that stood there when a check saw it and joined',
      written(-107, 30),
      seen(down(0, { filedAt: at(0) + 3 * SECOND, incidentId: 'i', isJoined: true }), up(30)),
      { firstUpdateLag: null },
    ],
    ['of a source named like part of the language', written(0, 30, { openedBy: 'constructor' }), {}, none],
  ])('%s', (_, of, outages, expected) => {
    expect(reportedVsMeasured(of, ['api'], outages)).toMatchObject({
      reported: { start: of.started, end: of.resolved },
      ...expected,
    });
  });

  test('tells the first commit where nothing else tells', () => {
    expect(reportedVsMeasured(written(0, 30), [], {}, at(3 * 60)).firstUpdateLag).toBe(3 * HOUR);
  });
});

describe('the permalink', () => {
  const pages = makePages(makeRender('views'));
  const api = component('api', { name: 'API' });
  const drawn = (claim: ReportedVsMeasured | null, lang: 'en' | 'de') => {
    const of = { ...shown(written(0, 30), [api]), comparison: claim };
    const made = snapshot([view(api, 'operational')], { incidents: [of] });
    const ctx = { snapshot: made, lang, base: '', assets: { css: '', js: '' } };
    return { page: pages.incident(ctx, 'i')!, json: comparisonJson(made, 'i') };
  };
  const claim = reportedVsMeasured(
    written(0, 30, { openedBy: 'probe:api' }),
    [],
    seen(down(0, { at: at(0) - 48 * SECOND, recordedAt: at(0), filedAt: at(2), incidentId: 'i' }), up(29)),
  );

  test('says it to the second, in both languages', () => {
    const { page } = drawn(claim, 'en');
    expect(page).toContain('Reported vs. measured');
    expect(page).toMatch(
      /<time datetime="[^"]+:12Z" data-to="[^"]+Z" data-exact>[^<]*14:41:12\s–\s15:11(:00)?<\/time>/,
    );
    // Both as bars on one scale, for the eye; the words say the same.
    const bars =
      /<div class="compare" aria-hidden="true"><span>Reported<\/span><svg .*?<span>Measured<\/span><svg /;
    expect(page).toMatch(bars);
    expect(page).toContain('after 48 s');
    expect(page).toContain('after 2 min');
    expect(drawn(claim, 'de').page).toContain('nach 48 Sek.');
  });

  test('draws each outage by itself, and counts the time of all as downtime is counted', () => {
    // Two of 50 s, with six healthy minutes between them; the file has whole seconds.
    const twice = seen(
      down(0, { at: at(0) + 250 }),
      up(0, { at: at(0) + 50_750 }),
      down(7, { at: at(7) + 250 }),
      up(7, { at: at(7) + 50_750 }),
    );
    const claim = reportedVsMeasured(written(0, 8), ['api'], twice);
    const { page, json } = drawn(claim, 'en');
    const measured = /<span>Measured<\/span>(<svg .*?<\/svg>)/.exec(page)![1]!;
    const rects = [...measured.matchAll(/ x="(\d+)" width="(\d+)"/g)].map(([, x, width]) => [+x!, +width!]);
    expect(rects).toHaveLength(2);
    expect(rects[1]![0]! - rects[0]![0]! - rects[0]![1]!).toBeGreaterThan(200);
    expect(page).toMatch(/14:42:00\s–\s14:49:50<\/time> \(2\soutages,\s1\smin\s40\ss\)/u);
    expect(drawn(claim, 'de').page).toContain('(2 Ausfälle, 1 Min. 40 Sek.)'.replaceAll(' ', '\u00a0'));
    expect(json).toMatchObject({
      measured: { end: '2026-11-22T14:49:50.750Z' },
      outages: [{ end: '2026-11-22T14:42:50.750Z' }, { start: '2026-11-22T14:49:00.250Z' }],
    });
  });

  test('does not compare words from before the measured outage with it', () => {
    const joined = seen(
      down(0, {
        recordedAt: at(0) + 3 * SECOND,
        filedAt: at(0) + 3 * SECOND,
        incidentId: 'i',
        isJoined: true,
      }),
    );
    const early = reportedVsMeasured(written(-107, null), ['api'], joined);
    const { page } = drawn(early, 'en');
    expect(page).toContain('Reported vs. measured');
    for (const word of ['Noticed', 'First update', 'after 3 s']) expect(page).not.toContain(word);
  });

  test('says nothing where there is nothing to compare', () => {
    expect(drawn(reportedVsMeasured(written(0, 30), [], {}), 'en').page).not.toContain(
      'Reported vs. measured',
    );
    expect(drawn(null, 'en').json).toBeNull();
  });

  test('as JSON', () => {
    const iso = (millis: number) => new Date(millis).toISOString();
    expect(drawn(claim, 'en').json).toEqual({
      incident: 'i',
      written: { start: iso(at(0)), end: iso(at(30)) },
      measured: { start: iso(at(0) - 48 * SECOND), end: iso(at(29)) },
      outages: [{ start: iso(at(0) - 48 * SECOND), end: iso(at(29)) }],
      detection_lag_seconds: 48,
      first_update_lag_seconds: 168,
    });
  });
});
