// The faces of the page: made-up sites in every state the page must look right in.
import type { Component, Health } from '../../src/core/model/component.ts';
import { metricView, rollupOfPoint } from '../../src/core/model/metric.ts';
import { EVERYTHING } from '../../src/core/model/subscriber.ts';
import { DAY, HOUR, MINUTE } from '../../src/core/model/time.ts';
import { DRAWN_FROM, type Point, SPAN_LENGTH, startOfSpan } from '../../src/core/monitoring/rollup.ts';
import type { IncidentView, Snapshot } from '../../src/core/page/snapshot.ts';
import { makeRender } from '../../src/views.ts';
import type { PageRequest } from '../../src/web/page/context.ts';
import type { MetricSeries, ResponseTimes } from '../../src/web/page/series.ts';
import { makePages } from '../../src/web/pages.ts';
import { component, incident, NOW, shown, site, snapshot, update, view } from '../makers.ts';

const SIX = [
  component('api', { name: 'API', description: 'Public REST API' }),
  component('dashboard', { name: 'Dashboard', description: 'Sign-in, settings, billing' }),
  component('builder', { name: 'Workflow Builder', description: 'The editor in the browser' }),
  component('email', { name: 'Email Delivery' }),
  component('database', { name: 'Database' }),
  component('jobs', { name: 'Background Jobs', description: 'Scheduled workflows and exports' }),
];
const [api, , , email, database] = SIX as [Component, Component, Component, Component, Component];

const LATENCY: IncidentView = {
  ...shown(
    incident('20261119_api-latency-spike', {
      title: 'API Latency Spike',
      severity: 'major',
      started: NOW - 4 * DAY,
      resolved: NOW - 4 * DAY + 30 * MINUTE,
      updates: [
        update(NOW - 4 * DAY, 'investigating', 'Investigating elevated API response times.'),
        update(
          NOW - 4 * DAY + 15 * MINUTE,
          'identified',
          'Identified cause: **database connection pool exhausted**. Increasing pool size.',
        ),
        update(NOW - 4 * DAY + 30 * MINUTE, 'resolved', 'Issue resolved. API latency back to normal.'),
      ],
      postmortem: `### Summary\n\nThe pool held 20 connections; a report took 19 of them[^1].\n\n- Limit reports to 4\n- Alert at 80 %\n\n\`\`\`sql\nselect count(*) from pg_stat_activity where state = 'active' and usename = 'reports' and a_very_long_column_name_that_never_wraps = 1\n\`\`\`\n\n| when | connections |\n|---|---:|\n| 14:30 | 20 |\n\n[^1]: The monthly one, which joins every table.`,
    }),
    [api],
  ),
  comparison: {
    reported: { start: NOW - 4 * DAY, end: NOW - 4 * DAY + 30 * MINUTE },
    measured: [{ start: NOW - 4 * DAY - 48_000, end: NOW - 4 * DAY + 28 * MINUTE + 40_000 }],
    detectionLag: 48_000,
    firstUpdateLag: 2 * MINUTE,
  },
};
const MAILS = shown(
  incident('20261115_email-delays', {
    title: 'Delayed confirmation mails',
    severity: 'minor',
    started: NOW - 8 * DAY,
    resolved: NOW - 8 * DAY + 3 * HOUR,
    updates: [
      update(NOW - 8 * DAY, 'investigating', 'Some mails are late by up to 20 minutes.'),
      update(NOW - 8 * DAY + 3 * HOUR, 'resolved', 'All queued mails have been delivered.'),
    ],
  }),
  [email],
);
const DISK = shown(
  incident('20261028_database-failover', {
    title: 'Database failover',
    started: NOW - 26 * DAY,
    resolved: NOW - 26 * DAY + 9 * MINUTE,
    updates: [update(NOW - 26 * DAY, 'resolved', 'A replica took over within nine minutes.')],
  }),
  [database],
);
const UPKEEP = shown(
  incident('20261126_database-upgrade', {
    title: 'Database upgrade to PostgreSQL 18',
    severity: 'minor',
    status: 'scheduled',
    started: NOW + 3 * DAY,
    scheduled: { start: NOW + 3 * DAY, end: NOW + 3 * DAY + HOUR },
    updates: [
      update(NOW - DAY, 'scheduled', 'Expect up to five minutes without writes. Reads keep working.'),
    ],
  }),
  [database],
);
const UPKEEP_NOW = shown(
  incident('20261123_database-maintenance', {
    title: 'Storage migration',
    severity: 'minor',
    status: 'in_progress',
    started: NOW - 20 * MINUTE,
    scheduled: { start: NOW - 20 * MINUTE, end: NOW + 40 * MINUTE },
    updates: [
      update(NOW - DAY, 'scheduled', 'We are moving to faster disks.'),
      update(NOW - 20 * MINUTE, 'in_progress', 'The move has begun.'),
    ],
  }),
  [database],
);
const DOWN = shown(
  incident('20261123_api-down', {
    title: 'API Down',
    started: NOW - 12 * MINUTE,
    status: 'identified',
    updates: [
      update(NOW - 12 * MINUTE, 'investigating', 'Requests fail with 503. We are looking into it.'),
      update(NOW - 7 * MINUTE, 'identified', 'A deploy removed a feature flag. Rolling back now.'),
    ],
  }),
  [api],
);
const FLAPS = [0, 7 * MINUTE].map(after => ({
  start: NOW - 3 * HOUR + after,
  end: NOW - 3 * HOUR + after + 50_000,
}));
/** Two short outages of four components, with healthy minutes between them. */
const FLAPPING: IncidentView = {
  ...shown(
    incident('20261123_flapping', {
      title: 'API Down',
      severity: 'critical',
      started: FLAPS[0]!.start,
      resolved: FLAPS[1]!.end,
      openedBy: 'probe:api',
      updates: FLAPS.flatMap(({ start, end }) => [
        update(start, 'investigating', 'The API does not answer (HTTP 503).'),
        update(end, 'resolved', 'The API answers again.'),
      ]),
    }),
    SIX.slice(0, 4),
  ),
  stretches: FLAPS.map(one => ({
    ...one,
    severity: 'critical' as const,
    affected: SIX.slice(0, 4).map(({ id }) => ({ id, status: 'major_outage' as const })),
  })),
  comparison: {
    reported: { start: FLAPS[0]!.start, end: FLAPS[1]!.end },
    measured: FLAPS,
    detectionLag: 0,
    firstUpdateLag: 1000,
  },
};
/** Open still; the API has recovered. */
const HALF_OVER: IncidentView = {
  ...shown(incident('20261123_half', { title: 'Sign-in fails', started: NOW - 3 * HOUR }), [SIX[1]!]),
  stretches: [
    {
      start: NOW - 3 * HOUR,
      end: NOW - 2 * HOUR,
      severity: 'critical',
      affected: [
        { id: 'api', status: 'major_outage' },
        { id: 'dashboard', status: 'major_outage' },
      ],
    },
    {
      start: NOW - 2 * HOUR,
      end: null,
      severity: 'minor',
      affected: [{ id: 'dashboard', status: 'degraded_performance' }],
    },
  ],
};
const BRUTE = shown(
  incident('20261123_network', {
    title: 'Data centre without power',
    started: NOW - 65 * MINUTE,
    updates: [
      update(NOW - 65 * MINUTE, 'investigating', 'All services are unreachable. Power is being restored.'),
    ],
  }),
  SIX,
);

const PAST = [LATENCY, MAILS, DISK];
const HISTORY: Record<string, Parameters<typeof view>[2]> = {
  api: { bad: { 4: 'partial_outage', 40: 'degraded_performance' }, incidents: [LATENCY.id] },
  email: { bad: { 8: 'degraded_performance' }, incidents: [MAILS.id] },
  database: { bad: { 26: 'major_outage', 61: 'under_maintenance' }, incidents: [DISK.id] },
  jobs: { known: 48 },
};

function six(health: (id: string) => Health, since: number | null = null) {
  return SIX.map(one =>
    view(one, health(one.id), {
      ...HISTORY[one.id],
      bad: { ...HISTORY[one.id]?.bad, 0: health(one.id) },
      since: health(one.id) === 'operational' ? null : since,
    }),
  );
}

function sixty(): Snapshot {
  const names = 'Edge Compute Storage Databases Messaging Observability Billing Support'.split(' ');
  const rows = Array.from({ length: 60 }, (_, i) => {
    const group = names[i % 8]!;
    const long = i === 10 ? ' with a name so long that nobody would ever choose it, but somebody did' : '';
    const of = component(`c${i}`, { name: `${group} ${Math.floor(i / 8) + 1}${long}`, group });
    const health = i === 11 ? 'partial_outage' : i === 20 ? 'degraded_performance' : 'operational';
    return view(of, health, {
      bad: { [i]: 'degraded_performance', 0: health === 'operational' ? 'operational' : health },
      since: health === 'operational' ? null : NOW - 3 * HOUR,
    });
  }).sort((a, b) => names.indexOf(a.component.group!) - names.indexOf(b.component.group!));
  return snapshot(rows, { incidents: PAST });
}

/** Every state of the first view, by name. */
export const FACES: Readonly<Record<string, Snapshot>> = {
  well: snapshot(
    six(() => 'operational'),
    { incidents: PAST, maintenances: [UPKEEP] },
  ),
  outage: snapshot(
    six(
      id => (id === 'api' ? 'major_outage' : id === 'dashboard' ? 'degraded_performance' : 'operational'),
      NOW - 12 * MINUTE,
    ),
    { incidents: [DOWN, ...PAST], site: site({ brand: { ...site().brand, logo: 'logo.svg' } }) },
  ),
  down: snapshot(
    six(() => 'major_outage', NOW - 65 * MINUTE),
    { incidents: [BRUTE, ...PAST] },
  ),
  maintenance: snapshot(
    six(id => (id === 'database' ? 'under_maintenance' : 'operational'), NOW - 20 * MINUTE),
    { incidents: PAST, maintenances: [UPKEEP, UPKEEP_NOW] },
  ),
  loose: snapshot(
    SIX.map(one =>
      one === email || one === database
        ? view(one, 'no_data', { known: 0 })
        : view(one, 'operational', { known: 3 }),
    ),
    { incidents: [shown({ ...DOWN, title: 'Partner network is slow', severity: 'minor' }, []), ...PAST] },
  ),
  sixty: sixty(),
  empty: snapshot(SIX.map(one => view(one, 'no_data', { known: 0 }))),
};

/** What somebody will type one day: no spaces, other scripts, other directions, pictures, a book. */
const LONG = 'x'.repeat(400);
const HARSH_TITLE = `تعطل واجهة البرمجة 🔥 and a title that goes on ${'and on '.repeat(20)}${LONG}`;
const HARSH = shown(
  incident('20261123_harsh', {
    title: HARSH_TITLE,
    started: NOW - 12 * MINUTE,
    updates: [
      update(NOW - 12 * MINUTE, 'investigating', `نحن نحقق في المشكلة. ${LONG}`),
      update(NOW - 7 * MINUTE, 'identified', `<b>raw</b> **bold** \`${LONG}\` 🚒🚒🚒`, 'שלב שני 👩‍🚒'),
    ],
    postmortem: Array.from(
      { length: 100 },
      (_, i) => `### Part ${i + 1}\n\n${'One sentence of a very long story. '.repeat(7)}`,
    ).join('\n\n'),
  }),
  [api],
);
const HARSH_SITE = snapshot(
  [
    view(component('a', { name: `خدمة ${LONG}`, description: LONG }), 'major_outage', {
      since: NOW - 12 * MINUTE,
    }),
    view(
      component('b', { name: 'שירות התשלומים', description: 'תשלומים וחשבוניות' }),
      'degraded_performance',
    ),
    view(component('c', { name: '🚀 Launch 🚀', group: `Group ${LONG}` }), 'operational'),
  ],
  {
    incidents: [HARSH],
    site: site({ title: `Status of ${LONG}`, links: [{ label: LONG, url: 'https://example.com/' }] }),
  },
);

/** The id of an incident with updates and a post-mortem. */
export const LATENCY_ID = LATENCY.id;

const ASSETS = { css: '/status/assets/status.css?v=1', js: '/status/assets/live.js?v=1' };

/** Incidents of years, and a maintenance of next year. */
const LONG_HISTORY: Snapshot = {
  ...FACES.well!,
  incidents: [
    ...PAST,
    ...[100, 130, 400].map(ago =>
      shown(incident(`old_${ago}`, { started: NOW - ago * DAY, resolved: NOW - ago * DAY + HOUR }), [api]),
    ),
  ],
  maintenances: [
    UPKEEP,
    { ...UPKEEP, id: '20270110_later', scheduled: { start: NOW + 48 * DAY, end: NOW + 48 * DAY + HOUR } },
  ],
};

/** The pages as the server makes them. */
export const pages = makePages(makeRender('views'));
export const ctx = (snapshot: Snapshot, lang: 'en' | 'de' = 'en'): PageRequest => ({
  snapshot,
  lang,
  base: '',
  assets: ASSETS,
});

const well = ctx(FACES.well!);

/** A day of response times with a gap and a lonely point. */
export function series(range: ResponseTimes['range'] = '24h'): ResponseTimes {
  const { span, length } = DRAWN_FROM[range];
  const step = SPAN_LENGTH[span];
  const from = startOfSpan(span, NOW - length);
  const points: Point[] = [];
  for (let start = from, i = 0; start < NOW; start += step, i++) {
    if (i > 20 && i < 40 && i !== 30) continue;
    const p50 = 80 + 30 * Math.sin(i / 12);
    points.push({ start, count: 10, ok: i === 50 ? 7 : 10, p50, p95: p50 * 2, p99: p50 * 3 });
  }
  return { range, span, from, to: NOW, points };
}

const ORDERS = { id: 'orders', name: 'Orders', unit: 'orders/min', aggregate: 'avg', from: null } as const;
const QUEUE = { id: 'queue', name: 'Emails waiting', unit: '', aggregate: 'last', from: null } as const;
const METRICS: Snapshot = {
  ...FACES.well!,
  metrics: [
    metricView(ORDERS, metricSeries().stretches),
    metricView(QUEUE, []),
    metricView({ ...QUEUE, id: 'storage', name: 'Storage', unit: 'bytes' }, [
      {
        start: startOfSpan('slot', NOW - 2 * HOUR),
        rollup: rollupOfPoint({ at: NOW - 2 * HOUR, value: 1_248_000_000_000 }),
      },
    ]),
  ],
};

/** A day of a metric's values with a gap, some of them below zero. */
export function metricSeries(range: ResponseTimes['range'] = '24h'): MetricSeries {
  const { points, ...frame } = series(range);
  const stretches = points.map(({ start }, i) => {
    const value = 15 * Math.sin(i / 12);
    const rollup = { count: 10, sum: value * 10, min: value - 2, max: value + 2, last: value, lastAt: start };
    return { start, rollup };
  });
  return { ...frame, stretches };
}

/** Every page in every state, by name. */
export const PAGES: Record<string, string> = {
  ...Object.fromEntries(Object.entries(FACES).map(([name, face]) => [name, pages.live(ctx(face))])),
  german: pages.live(ctx(FACES.outage!, 'de')),
  rtl: pages.live(ctx(FACES.sixty!)).replace('dir="ltr"', 'dir="rtl"'),
  incident: pages.incident(well, LATENCY_ID)!,
  upkeep: pages.incident(well, UPKEEP.id)!,
  flapping: pages.incident(ctx({ ...FACES.well!, incidents: [FLAPPING, ...PAST] }), FLAPPING.id)!,
  half: pages.incident(ctx({ ...FACES.well!, incidents: [HALF_OVER, ...PAST] }), HALF_OVER.id)!,
  component: pages.component(well, 'api', series())!,
  untimed: pages.component(ctx(FACES.outage!), 'jobs', { ...series('90d'), points: [] })!,
  metrics: pages.live(ctx(METRICS)),
  metric: pages.metric(ctx(METRICS, 'de'), 'orders', metricSeries())!,
  lone: pages.metric(ctx(METRICS), 'queue', { ...metricSeries('90d'), stretches: [] })!,
  history: pages.history(well, null)!,
  uptime: pages.uptime(ctx(FACES.outage!)),
  month: pages.history(well, '2026-11')!,
  long: pages.history(ctx(LONG_HISTORY), null)!,
  subscribe: pages.subscribe(well, {
    email: 'a@',
    choice: { ...EVERYTHING, components: ['api'] },
    problem: 'email_invalid',
  }),
  channels: pages.subscribe(well, {
    email: '',
    choice: EVERYTHING,
    problem: null,
    url: 'http://example.com/hook',
    urlProblem: 'url_https',
  }),
  asked: pages.channel(well, {
    host: 'hooks.example.com',
    keys: {
      secret: `whsec_${'x1Yz'.repeat(11)}`,
      manage: `https://status.levqor.ai/status/manage?token=channel_${'a1B2'.repeat(16)}`,
    },
  }),
  askedChat: pages.channel(well, { host: 'hooks.slack.com', keys: null }),
  lost: pages.manage(well, {
    token: 't',
    email: 'webhook (hooks.example.com)',
    choice: EVERYTHING,
    done: null,
    channel: { type: 'webhook', state: 'dead', error: 'it answered 404' },
  }),
  waiting: pages.manage(well, {
    token: 't',
    email: 'Webhook (hooks.example.com)',
    choice: EVERYTHING,
    done: null,
    channel: { type: 'webhook', state: 'pending', error: 'it answered 401' },
  }),
  notice: pages.confirmation(well, 'check_inbox', { email: 'ada@example.com' }),
  subscribed: pages.confirmation(well, 'confirmed', { email: 'ada@example.com', manage: 't' }),
  left: pages.confirmation(well, 'unsubscribed', { email: 'ada@example.com' }),
  linkSent: pages.confirmation(well, 'unsubscribe_link_sent', { email: `${LONG}@example.com` }),
  confirm: pages.confirm(well, { token: 't', email: 'ada@example.com' }),
  unsubscribe: pages.unsubscribe(well, { token: null, email: '', problem: 'email_invalid' }),
  leave: pages.unsubscribe(well, { token: 't', email: 'ada@example.com', problem: null }),
  manage: pages.manage(ctx(FACES.sixty!), {
    token: 't',
    email: 'ada@example.com',
    choice: EVERYTHING,
    done: 'saved',
  }),
  api: pages.api(well),
  widget: pages.widget(ctx(FACES.outage!)),
  copy: pages.live({ ...ctx(FACES.outage!), copy: true }),
  missing: pages.error(well, 404),
  limited: pages.error(well, 429),
  broken: pages.error(ctx(FACES.outage!), 500),
  invalid: pages.confirmation(well, 'link_invalid'),
  harsh: pages.live(ctx(HARSH_SITE)),
  book: pages.incident(ctx(HARSH_SITE), HARSH.id)!,
  harshManage: pages.manage(ctx(HARSH_SITE), {
    token: 't',
    email: `${LONG}@example.com`,
    choice: { ...EVERYTHING, components: [] },
    done: null,
  }),
};
