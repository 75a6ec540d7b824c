// The overall status is one: page, API, badge, widget, pictures and webhooks, for any site in any state.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import type { Measured } from '../../../src/core/model/component.ts';
import { COMPONENT_STATUSES, type Component, type Health } from '../../../src/core/model/component.ts';
import type { Affected, Incident } from '../../../src/core/model/incident.ts';
import type { Lang } from '../../../src/core/model/lang.ts';
import { LANGS } from '../../../src/core/model/lang.ts';
import { DAY, HOUR, MINUTE } from '../../../src/core/model/time.ts';
import { compose } from '../../../src/core/page/compose.ts';
import type { Snapshot } from '../../../src/core/page/snapshot.ts';
import { withStalls } from '../../../src/core/page/stalled.ts';
import { makeRender } from '../../../src/views.ts';
import { badge, COLORS } from '../../../src/web/feeds/badges.ts';
import { CODE, favicon, MARK, SHAPE, THEME_COLOR } from '../../../src/web/page/parts/status-style.ts';
import { widgetJson } from '../../../src/web/page/parts/widget.ts';
import { makePages } from '../../../src/web/pages.ts';
import { STATUSPAGE } from '../../../src/web/statuspage/statuspage.ts';
import { webhookPayload } from '../../../src/web/statuspage/webhook.ts';
import { component, incident, NOW, site, snapshot, update, view } from '../../makers.ts';

const pages = makePages(makeRender('views'));
const HTTP = checkSchema.parse({ type: 'http', url: 'https://api.example/health' });
const UNSET = checkSchema.parse({ type: 'http', url: '' });
const MANUAL = checkSchema.parse({ type: 'manual' });
const IDS = ['a', 'b', 'c'];

const health = fc.constantFrom<Health>(
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'no_data',
);
const part = fc.record({
  check: fc.constantFrom(HTTP, HTTP, HTTP, UNSET, MANUAL),
  group: fc.constantFrom(null, 'One', 'Two'),
  health,
  isChecked: fc.boolean(),
});
const named: fc.Arbitrary<Affected> = fc.record({
  id: fc.constantFrom(...IDS, 'typo'),
  status: fc.option(fc.constantFrom(...COMPONENT_STATUSES), { freq: 3 }),
});
const told = fc.record({
  severity: fc.constantFrom('minor', 'major', 'critical'),
  components: fc.array(named, { maxLength: 2 }),
  isOver: fc.boolean(),
});
const upkeep = fc.record({
  components: fc.array(fc.constantFrom(...IDS), { maxLength: 2 }),
  starts: fc.constantFrom(-HOUR, HOUR),
});

const world = fc.record({
  parts: fc.array(part, { maxLength: 3 }),
  incidents: fc.array(told, { maxLength: 2 }),
  upkeeps: fc.array(upkeep, { maxLength: 1 }),
  unread: fc.oneof(fc.constant<string[][]>([]), fc.array(fc.subarray([...IDS]), { maxLength: 3 })),
});

function snapshotOf({
  parts,
  incidents,
  upkeeps,
  unread,
}: typeof world extends fc.Arbitrary<infer W> ? W : never) {
  const components = parts.map(
    ({ check, group }, i): Component =>
      component(IDS[i] as string, { name: IDS[i]!.toUpperCase(), check, group }),
  );
  const measured = parts.map(({ health, isChecked }, i): [string, Measured] => [
    IDS[i] as string,
    {
      health,
      since: NOW - 12 * MINUTE,
      checkedAt: isChecked ? NOW - MINUTE : null,
      seen: null,
      upstream: null,
      firstSeen: NOW - 3 * DAY,
      firstCheck: NOW - 3 * DAY,
      observed: new Map(),
    },
  ]);
  const files: Incident[] = incidents.map(({ severity, components, isOver }, i) =>
    incident(`i${i}`, {
      title: `Trouble ${i}`,
      severity: severity as Incident['severity'],
      components,
      ...(isOver ? { status: 'resolved' as const, resolved: NOW - MINUTE } : {}),
    }),
  );
  const planned = upkeeps.map(({ components, starts }, i) =>
    incident(`m${i}`, {
      title: 'Upkeep',
      status: 'scheduled',
      started: NOW - DAY,
      components: components.map(id => ({ id, status: null })),
      scheduled: { start: NOW + starts, end: NOW + 2 * HOUR },
      updates: [update(NOW - DAY, 'scheduled', 'Planned.')],
    }),
  );
  return compose(
    {
      site: site({ components }),
      incidents: [...files, ...planned],
      unread,
      unfiled: new Set(),
      measured: new Map(measured),
      networkDownSince: null,
      problems: [],
      revision: 'r',
    },
    NOW,
  );
}

const ORDER: readonly Health[] = [
  'operational',
  'no_data',
  'under_maintenance',
  'degraded_performance',
  'partial_outage',
  'major_outage',
];
const OF = { minor: 'degraded_performance', major: 'partial_outage', critical: 'major_outage' } as const;

/** The state of the whole by its rows and the incidents no row tells of, said another way than the code does. */
function expected({ components, incidents, overall }: Snapshot): Health {
  const untold = incidents.filter(
    ({ status, affected }) => status !== 'resolved' && affected.every(one => one.status === 'operational'),
  );
  const states = [...components.map(view => view.health), ...untold.map(({ severity }) => OF[severity])];
  // A file nobody can read may tell of anything.
  if (overall.unread > 0) states.push('no_data');
  if (states.length === 0) return 'no_data';
  return ORDER[Math.max(...states.map(state => ORDER.indexOf(state)))]!;
}

/** What a client of Statuspage's API may be told of each state. */
const INDICATORS: Record<Health, readonly string[]> = {
  operational: ['none'],
  no_data: ['none', 'minor'],
  under_maintenance: ['maintenance'],
  degraded_performance: ['minor'],
  partial_outage: ['minor', 'major'],
  major_outage: ['major', 'critical'],
};

const ctx = (snapshot: Snapshot, lang: Lang) => ({
  snapshot,
  lang,
  base: '',
  assets: { css: '/a.css', js: '/a.js' },
});
const heading = (html: string) => /<h1>(.*?)<\/h1>/s.exec(html)![1]!;
const wordsOf = (svg: string) => /<title>(.*)<\/title>/.exec(svg)![1]!;
const WELL: Record<Lang, string> = { en: 'All systems operational', de: 'Alle Systeme in Betrieb' };

describe('the overall status, for any snapshot', () => {
  test('is the same wherever it is shown, and green only where everything is known to be well', () => {
    fc.assert(
      fc.property(world, made => {
        const of = snapshotOf(made);
        const state = expected(of);
        const isWell = state === 'operational';
        expect(of.overall.state).toBe(state);

        for (const lang of LANGS) {
          const html = pages.live(ctx(of, lang));
          expect(html).toContain(
            `<section class="summary ${CODE[state]}" id="summary" data-h="${CODE[state]}">`,
          );
          expect(html).toContain(THEME_COLOR[state]);
          expect(html).toContain(favicon(state));
          if (MARK[state] !== '') expect(html).toContain(`<title>${MARK[state]}`);
          expect(heading(html) === WELL[lang]).toBe(isWell);
          expect(pages.widget(ctx(of, lang))).toContain(`<main class="${CODE[state]}">`);
          // A picture says it as the page does, without how long.
          const svg = pages.picture(ctx(of, lang), null)!;
          expect(svg).toContain(
            `<path fill="${THEME_COLOR[state]}" fill-rule="evenodd" d="${SHAPE[state]}"/>`,
          );
          expect(svg.includes(`>${WELL[lang]}<`)).toBe(isWell);
        }

        const { status } = STATUSPAGE['status.json']!(of) as {
          status: { indicator: string; description: string };
        };
        expect(INDICATORS[state]).toContain(status.indicator);
        // So Statuspage itself says of a page without components; what was never looked at is operational there, too.
        const isUnseen =
          state === 'no_data' &&
          of.overall.unread === 0 &&
          of.components.every(view => view.health !== 'no_data' || view.checkedAt === null);
        expect(status.description === 'All Systems Operational').toBe(isWell || isUnseen);
        expect(STATUSPAGE['summary.json']!(of)).toMatchObject({ status });
        const one = incident('x');
        expect(webhookPayload(of, { incident: one, update: one.updates[0]! }, null)).toMatchObject({
          page: { status_indicator: status.indicator, status_description: status.description },
        });

        const svg = badge(of);
        expect(svg).toContain(`fill="${COLORS[state]}"`);
        expect(wordsOf(svg).endsWith(': operational')).toBe(isWell);

        const isTrouble = state !== 'operational' && state !== 'no_data';
        const widget = widgetJson(of) as { words: Record<Lang, { text: string }> };
        expect(widget).toMatchObject({ wrong: isTrouble, state, color: COLORS[state] });
        for (const lang of LANGS) expect(widget.words[lang].text === WELL[lang]).toBe(isWell);

        const without = snapshotOf({ ...made, unread: [] });
        const rows = (
          STATUSPAGE['components.json']!(of) as { components: { name: string; status: string }[] }
        ).components;
        for (const [index, { component, health }] of of.components.entries()) {
          const known = without.components[index]!.health;
          const isInDoubt = made.unread.some(ids => ids.includes(component.id)) && known === 'operational';
          expect(health).toBe(isInDoubt ? 'no_data' : known);
          if (!isInDoubt) continue;
          expect(rows.find(({ name }) => name === component.name)!.status).toBe('degraded_performance');
          expect(wordsOf(badge(of, component.id))).toBe(`${component.name}: no data`);
        }

        for (const group of of.groups) {
          if (group.health === 'operational')
            expect(group.components.map(view => view.health)).not.toContain('no_data');
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    [
      'nothing was checked yet',
      false,
      1,
      'Waiting for the first checks',
      'no data',
      'All Systems Operational',
    ],
    ['nothing is known any more', true, 1, 'No current data', 'no data', 'No Data'],
    [
      'a part is not known',
      true,
      2,
      'All checked systems operational',
      'partly unknown',
      'All Checked Systems Operational',
    ],
  ] as const)('says it where %s', (_what, isChecked, count, headline, words, description) => {
    const blank = { check: HTTP, group: 'One', health: 'no_data', isChecked } as const;
    const parts = [blank, { ...blank, health: 'operational' as const }].slice(0, count);
    const of = snapshotOf({ parts, incidents: [], upkeeps: [], unread: [] });
    const html = pages.live(ctx(of, 'en'));
    expect(heading(html)).toBe(headline);
    expect(wordsOf(badge(of))).toBe(`Levqor Status: ${words}`);
    expect(STATUSPAGE['status.json']!(of)).toMatchObject({ status: { indicator: 'none', description } });
    expect(html).toContain(count === 2 ? 'Partly unknown' : 'No data');
    expect(html.includes('<p>No data for A</p>')).toBe(count === 2);
  });

  test.each([
    [true, 'No Data', 1],
    [false, 'Incident Reports Unavailable', 2],
  ])(
    'an unreadable report is not "none" in the API (nothing else known: %s)',
    (_isBlank, description, count) => {
      const blank = { check: HTTP, group: null, health: 'no_data', isChecked: true } as const;
      const parts = [blank, { ...blank, health: 'operational' as const }].slice(0, count);
      const of = snapshotOf({ parts, incidents: [], upkeeps: [], unread: [[]] });
      expect(STATUSPAGE['status.json']!(of)).toMatchObject({ status: { indicator: 'minor', description } });
    },
  );

  test.each([
    ['minor', 'minor', 'Minor Service Outage', 'degraded_performance'],
    ['major', 'major', 'Partial System Outage', 'partial_outage'],
    ['critical', 'critical', 'Major System Outage', 'major_outage'],
  ] as const)('of a %s incident without components', (severity, indicator, description, state) => {
    const none: Affected[][] = [[], [{ id: 'typo', status: null }], [{ id: 'a', status: 'operational' }]];
    for (const components of none) {
      const parts = [{ check: MANUAL, group: null, health: 'operational', isChecked: false } as const];
      const of = snapshotOf({
        parts,
        incidents: [{ severity, components, isOver: false }],
        upkeeps: [],
        unread: [],
      });
      expect(STATUSPAGE['status.json']!(of)).toMatchObject({ status: { indicator, description } });
      expect(wordsOf(badge(of))).toBe('Levqor Status: open incident');
      expect(badge(of)).toContain(COLORS[state]);
      const isNamed = components.some(({ id }) => id === 'a');
      expect(wordsOf(badge(of, 'a'))).toBe(`A: ${isNamed ? 'open incident' : 'operational'}`);
      expect(badge(of, 'a').includes(COLORS.operational)).toBe(!isNamed);
      expect(heading(pages.live(ctx(of, 'en')))).toBe('Open incident: Trouble 0');
    }
  });
});

describe('a stall while another component is in maintenance', () => {
  const views = (first: Health) =>
    [
      { ...view(component('api'), first), since: NOW },
      view(component('db'), 'under_maintenance', { since: NOW - HOUR }),
    ].map(({ component: of, ...rest }) => ({ ...rest, component: { ...of, group: 'Platform' } }));
  const stalled = (first: Health, id = 'api') =>
    withStalls(snapshot(views(first)), {
      components: new Map([[id, { since: NOW, isInterrupted: true }]]),
      page: null,
    });

  test('is the worse: what nobody looks at stands before work that was planned', () => {
    const of = stalled('operational');
    expect([of.overall.state, of.groups[0]!.health]).toEqual(['no_data', 'no_data']);
    expect(STATUSPAGE['summary.json']!(of)).toMatchObject({
      status: { indicator: 'minor', description: 'Monitoring Interrupted' },
      components: [
        { group: true, status: 'degraded_performance' },
        { status: 'degraded_performance' },
        { status: 'under_maintenance' },
      ],
    });
    expect(wordsOf(badge(of))).toContain('partly unknown');
    expect(widgetJson(of)).toMatchObject({ wrong: true, state: 'no_data' });
    const html = pages.live(ctx(of, 'en'));
    expect(heading(html)).toContain('Monitoring of api has been interrupted');
    expect(html).toContain('db under maintenance');
  });

  test('an outage stays the worst; a component in maintenance that is not looked at stays in maintenance', () => {
    expect(stalled('major_outage').overall.state).toBe('major_outage');
    expect(stalled('degraded_performance', 'db').overall.state).toBe('degraded_performance');
    expect(stalled('operational', 'db').overall.state).toBe('under_maintenance');
  });

  test('what was never looked at is no stall', () => {
    expect(snapshot(views('no_data')).overall.state).toBe('under_maintenance');
  });
});
