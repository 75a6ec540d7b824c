// Alerts of other monitors: those of nobody are held, those of one name and component are one incident, and their
// severity is the sender's word.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openWorld, SITE, subscribed, type World } from '../world.ts';

const hook = (sender: string) => `/webhooks/${sender}?token=the-webhook-token-of-this-test`;

interface Alert {
  readonly rule?: string;
  readonly id: string;
  readonly status?: 'firing' | 'resolved';
  readonly start?: string;
  readonly end?: string;
  readonly labels?: object;
}

/** One alert of a body, which began at 11:55 and, when resolved, ended at 11:59. */
const alert = ({ rule = 'PodCrash', id, status = 'firing', start, end, labels }: Alert) => ({
  status,
  labels: {
    alertname: rule,
    instance: `10.0.0.${id}:9100`,
    component: 'api',
    severity: 'warning',
    ...labels,
  },
  annotations: { summary: `Pod ${id} restarts` },
  startsAt: start ?? '2026-03-10T11:55:00Z',
  endsAt: status === 'resolved' ? (end ?? '2026-03-10T11:59:00Z') : '0001-01-01T00:00:00Z',
  fingerprint: `f${rule}${id}`,
});

const send = (world: World, alerts: readonly Alert[], sender = 'alertmanager', more: object = {}) =>
  world.post(hook(sender), {
    version: '4',
    groupKey: '{}:{alertname="PodCrash"}',
    truncatedAlerts: 0,
    status: alerts.some(({ status }) => status !== 'resolved') ? 'firing' : 'resolved',
    groupLabels: { alertname: 'PodCrash' },
    commonLabels: {},
    commonAnnotations: {},
    ...more,
    alerts: alerts.map(alert),
  });

const PODS = ['1', '2', '3'];
const actions = (answer: { json: { results: { action: string }[] } }) =>
  answer.json.results.map(({ action }) => action);

describe.each(['alertmanager', 'grafana'])('alerts of one name and component (%s)', sender => {
  test('are one incident, with one email at its beginning and one at its end', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    const first = await send(
      world,
      PODS.map(id => ({ id, start: `2026-03-10T11:5${9 - Number(id)}:00Z` })),
      sender,
      { commonAnnotations: { summary: 'Pods restart' } },
    );
    expect(first.json).toMatchObject({ action: 'opened', incident: '20260310_podcrash' });
    expect(actions(first).sort()).toEqual(['ignored', 'ignored', 'opened']);
    const text = await world.read('20260310_podcrash.md');
    expect(text).toMatch(/^title: PodCrash$/m);
    expect(text).toMatch(/^severity: minor$/m);
    expect(text).toMatch(/^components: \[api\]$/m);
    expect(text).not.toMatch(/Pods? .*restart/);
    expect(text).not.toContain('10.0.0.');
    // With the first of them, whatever their order.
    expect(text).toMatch(/^started: 2026-03-10T11:56:00Z$/m);
    await world.pass(60);
    // Two end; the third is named again, then alone.
    const two = await send(
      world,
      [{ id: '1', status: 'resolved' }, { id: '2', status: 'resolved' }, { id: '3' }],
      sender,
    );
    expect(actions(two)).toEqual(['ignored', 'ignored', 'ignored']);
    expect(await world.read('20260310_podcrash.md')).toMatch(/^status: investigating$/m);
    await world.pass(60);
    const last = await send(world, [{ id: '3', status: 'resolved', end: '2026-03-10T11:58:00Z' }], sender);
    expect(last.json).toMatchObject({ action: 'resolved', incident: '20260310_podcrash' });
    // It ended with the last of them to end, not with the last to be told.
    expect(await world.read('20260310_podcrash.md')).toMatch(/^resolved: 2026-03-10T11:59:00Z$/m);
    expect(await world.files()).toEqual(['20260310_podcrash.md']);
    await world.pass(120);
    const subjects = world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
    expect(subjects).toEqual(['[INCIDENT] PodCrash', '[RESOLVED] PodCrash']);
    // It tells of the incident, not of the pod that ended last.
    expect(world.mails.at(-1)!.text).toMatch(/PodCrash is over, says \w+\.\n/);
    expect(world.mails.at(-1)!.text).not.toContain('Pod 3');
  });
});

const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));

test('the end of one rule, while another still reports its component, says so and does not repeat the complaint', async () => {
  const world = await openWorld();
  await subscribed(world, 'user@example.com');
  await send(world, [
    { id: '1', labels: { severity: 'critical' } },
    { id: '2', rule: 'SlowPod' },
  ]);
  await world.pass(700, 50);
  const end = { status: 'resolved', end: '2026-03-10T12:11:00Z' } as const;
  await send(world, [{ id: '1', ...end, labels: { severity: 'critical' } }]);
  await world.pass(60, 10);
  expect(subjects(world)).toEqual(['[INCIDENT] PodCrash', '[UPDATE] PodCrash']);
  expect(world.mails.at(-1)!.text).toContain(
    'PodCrash is over, says Alertmanager.\n\nOthers still report this incident.\n',
  );
  await send(world, [{ id: '2', rule: 'SlowPod', ...end }]);
  await world.pass(120, 10);
  expect(subjects(world).slice(2)).toEqual(['[RESOLVED] PodCrash']);
  const { text } = world.mails.at(-1)!;
  expect(text).toContain('PodCrash is over: all that was reported has ended.');
  expect(text).not.toMatch(/restarts|still report/);
});

describe('an alert that began more than a day ago is news when the server files it', () => {
  const OLD = '2026-03-09T06:00:00Z';

  test('held, then mapped: its beginning is told, and then its end', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    const labels = { component: 'shop', severity: 'critical' };
    const firing = { id: '1', start: OLD, labels };
    expect((await send(world, [firing])).json.action).toBe('held');
    const site = path.join(world.dir, 'status', 'status.yaml');
    const old = await readFile(site, 'utf8');
    await writeFile(site, old.replace('name: API,', 'name: API, match: [shop],'));
    await world.pass(60, 5);
    expect((await send(world, [firing])).json.action).toBe('opened');
    await world.restart();
    await world.pass(120, 5);
    expect(world.system.snapshot().overall.state).toBe('major_outage');
    expect(subjects(world)).toEqual(['[INCIDENT] PodCrash']);
    await send(world, [{ ...firing, status: 'resolved', end: '2026-03-10T12:03:00Z' }]);
    await world.pass(120, 5);
    expect(subjects(world)).toEqual(['[INCIDENT] PodCrash', '[RESOLVED] PodCrash']);
  });

  test('and so is what it adds to an open incident', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await send(world, [{ id: '1', start: OLD }]);
    await world.pass(15 * 60, 60);
    await send(world, [{ id: '2', rule: 'Dead', start: OLD, labels: { severity: 'critical' } }]);
    await world.pass(120, 5);
    expect(await world.files()).toEqual(['20260309_podcrash.md']);
    expect(subjects(world)).toEqual(['[INCIDENT] PodCrash', expect.stringContaining('PodCrash')]);
  });
});

describe('one name', () => {
  test('of two components is two incidents; a second name of one joins its incident', async () => {
    const world = await openWorld();
    await send(world, [
      { id: '1' },
      { id: '2', labels: { component: 'dashboard' } },
      { id: '3', rule: 'Slow' },
    ]);
    expect(await world.files()).toEqual(['20260310_podcrash-2.md', '20260310_podcrash.md']);
    expect(await world.read('20260310_podcrash.md')).toMatch(/^opened_by: .*podcrash\/api.*slow\/api/im);
    const up = await send(world, [{ id: '2', status: 'resolved', labels: { component: 'dashboard' } }]);
    expect(up.json).toMatchObject({ action: 'resolved', incident: '20260310_podcrash-2' });
    expect(await world.read('20260310_podcrash.md')).toMatch(/^status: investigating$/m);
  });

  test('a late copy of a firing alert does not keep it open', async () => {
    const world = await openWorld();
    await send(world, [{ id: '1' }, { id: '2' }]);
    await send(world, [{ id: '1', status: 'resolved' }]);
    await send(world, [{ id: '1' }, { id: '2' }]);
    expect((await send(world, [{ id: '2', status: 'resolved' }])).json.action).toBe('resolved');
    expect(actions(await send(world, [{ id: '1' }, { id: '2' }]))).toEqual(['ignored', 'ignored']);
    expect(await world.read('20260310_podcrash.md')).toMatch(/^status: resolved$/m);
  });

  test('an alert that goes on firing after its end was told opens again, though with the same beginning', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    await send(world, [{ id: '1' }]);
    await send(world, [{ id: '1', status: 'resolved' }]);
    await world.pass(6 * 60, 60);
    expect((await send(world, [{ id: '1' }])).json).toMatchObject({
      action: 'opened',
      incident: '20260310_podcrash',
    });
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('minor');
    await world.pass(60, 60);
    expect((await send(world, [{ id: '1' }])).json.action).toBe('ignored');
    const end = { id: '1', status: 'resolved', end: '2026-03-10T12:07:30Z' } as const;
    await world.pass(60, 60);
    expect((await send(world, [end])).json.action).toBe('resolved');
    await world.pass(120, 60);
    const subjects = world.mails.slice(1).map(({ subject }) => subject);
    expect(subjects).toEqual([
      '[INCIDENT] PodCrash',
      '[RESOLVED] PodCrash',
      '[UPDATE] PodCrash',
      '[RESOLVED] PodCrash',
    ]);
  });

  test('an alert that gets worse is told, and its component is as bad as it says', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    const status = async () =>
      (await world.get('/api/v2/components.json')).json.components.find(
        ({ name }: { name: string }) => name === 'API',
      ).status;
    await send(world, [{ id: '1' }]);
    expect(await status()).toBe('degraded_performance');
    await world.pass(60, 60);
    const worse = [{ id: '1' }, { id: '2', start: '2026-03-10T12:00:00Z', labels: { severity: 'critical' } }];
    expect(actions(await send(world, worse))).toEqual(['ignored', 'joined']);
    expect(await status()).toBe('major_outage');
    expect(await world.files()).toEqual(['20260310_podcrash.md']);
    expect(actions(await send(world, worse))).toEqual(['ignored', 'ignored']);
    await world.pass(700, 60);
    const subjects = world.mails.slice(1).map(({ subject }) => subject);
    expect(subjects).toEqual(['[INCIDENT] PodCrash', '[UPDATE] PodCrash']);
    await send(world, [
      { id: '1', status: 'resolved', end: '2026-03-10T12:10:00Z' },
      { id: '2', status: 'resolved', end: '2026-03-10T12:10:00Z' },
    ]);
    expect(await status()).toBe('operational');
  });

  test.each<[string, object, object]>([
    [
      'site24x7',
      { MONITORNAME: 'API', STATUS: 'TROUBLE', INCIDENT_TIME_ISO: '2026-03-10T11:59:00Z' },
      { MONITORNAME: 'API', STATUS: 'DOWN', INCIDENT_TIME_ISO: '2026-03-10T12:01:00Z' },
    ],
    [
      'generic',
      { monitor: 'API', status: 'down', severity: 'warning' },
      { monitor: 'API', status: 'down', severity: 'critical' },
    ],
  ])('a monitor that gets worse (%s) raises the severity', async (sender, bad, worse) => {
    const world = await openWorld();
    expect((await world.post(hook(sender), bad)).json.action).toBe('opened');
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('minor');
    await world.pass(120, 60);
    expect((await world.post(hook(sender), worse)).json.action).toBe('joined');
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('major');
    await world.pass(60, 60);
    const { components } = (await world.get('/api/uptime.json')).json;
    const severities = components
      .find(({ id }: { id: string }) => id === 'api')
      .intervals.map(({ severity }: { severity: string }) => severity);
    expect(severities).toEqual(['minor', 'critical']);
    expect((await world.post(hook(sender), bad)).json.action).toBe('ignored');
  });

  test('an alert that is told late, but began before the others ended, continues it', async () => {
    const world = await openWorld();
    await send(world, [{ id: '1' }]);
    await send(world, [{ id: '1', status: 'resolved' }]);
    const late = await send(world, [{ id: '2', start: '2026-03-10T11:58:00Z' }]);
    expect(late.json).toMatchObject({ action: 'opened', incident: '20260310_podcrash' });
  });

  test('what fires is known after a restart, and an end that comes twice is one end', async () => {
    const world = await openWorld();
    await send(world, [{ id: '1' }, { id: '2' }]);
    await world.restart();
    await send(world, [{ id: '1', status: 'resolved' }]);
    expect((await send(world, [{ id: '1', status: 'resolved' }])).json.action).toBe('ignored');
    await world.restart();
    expect((await send(world, [{ id: '2', status: 'resolved' }])).json.action).toBe('resolved');
    expect((await send(world, [{ id: '2', status: 'resolved' }])).json.action).toBe('ignored');
  });

  test('after an end by hand, alerts that are never told of again do not keep the next outage open', async () => {
    const world = await openWorld();
    await send(world, [{ id: '1' }]);
    await world.pass(60);
    const text = await world.read('20260310_podcrash.md');
    await world.write(
      '20260310_podcrash.md',
      text.replace('status: investigating', 'status: resolved\nresolved: 2026-03-10T12:01:00Z'),
    );
    await world.pass(3600);
    const next = await send(world, [{ id: '2', start: '2026-03-10T13:00:00Z' }]);
    expect(next.json.action).toBe('opened');
    const end = await send(world, [
      { id: '2', status: 'resolved', start: '2026-03-10T13:00:00Z', end: '2026-03-10T13:01:00Z' },
    ]);
    expect(end.json).toMatchObject({ action: 'resolved', incident: next.json.incident });
  });

  test('a lost database finds its incident by the file', async () => {
    const world = await openWorld();
    await send(world, [{ id: '1' }]);
    await world.loseDatabase();
    await world.restart();
    expect((await send(world, [{ id: '1' }])).json).toMatchObject({
      action: 'ignored',
      incident: '20260310_podcrash',
    });
    expect((await send(world, [{ id: '1', status: 'resolved' }])).json.action).toBe('resolved');
  });
});

test('whatever order they come in, again and late: it is open exactly while one of them fires', async () => {
  const step = fc.record({
    ids: fc.uniqueArray(fc.constantFrom(...PODS), { minLength: 1 }),
    what: fc.constantFrom('begin', 'begin', 'end', 'end', 'repeat', 'late', 'restart'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 20 }), async steps => {
      const world = await openWorld();
      /** What each pod told last, and when it began before that. */
      const told = new Map<string, Alert>();
      const before = new Map<string, { readonly start: string; readonly ended: number }>();
      const fires = () => [...told.values()].some(({ status }) => status === 'firing');
      for (const { ids, what } of steps) {
        await world.pass(60, 60);
        const now = new Date(world.now()).toISOString();
        if (what === 'restart') await world.restart();
        for (const id of ids) {
          const last = told.get(id);
          const isFiring = last?.status === 'firing';
          if (what === 'begin' && !isFiring) told.set(id, { id, status: 'firing', start: now });
          if (what === 'end' && isFiring) {
            before.set(id, { start: last.start as string, ended: world.now() });
            told.set(id, { ...last, status: 'resolved', end: now });
          }
        }
        const late = ids.flatMap(id => {
          const last = before.get(id);
          return last && world.now() - last.ended <= 240_000 ? [{ id, start: last.start }] : [];
        });
        const body = what === 'late' ? late : ids.flatMap(id => told.get(id) ?? []);
        if (body.length > 0) await send(world, body);
        const { incidents } = (await world.get('/api/v2/incidents/unresolved.json')).json;
        expect(incidents.length).toBe(fires() ? 1 : 0);
      }
    }),
    { numRuns: 4 },
  );
}, 120_000);

describe('an alert that matches no component', () => {
  const DISK = {
    id: '7',
    rule: 'Disk almost full',
    labels: { component: undefined, instance: 'db-7.internal:9100' },
  };
  const messages = async (world: World) =>
    (await world.get('/readyz')).json.problems.map(({ message }: { message: string }) => message).join('\n');

  test('is held: nobody is told, and the operator sees what to write', async () => {
    const world = await openWorld();
    await subscribed(world, 'user@example.com');
    const held = await send(world, [DISK], 'grafana');
    expect(held.json).toEqual({
      ok: true,
      action: 'held',
      incident: null,
      why: 'it matches no component: write `match: ["Disk almost full"]` in one in status.yaml',
    });
    await send(world, [DISK, { ...DISK, id: '8' }], 'grafana');
    await world.pass(600);
    expect(await world.files()).toEqual([]);
    expect(world.mails.filter(({ subject }) => subject?.startsWith('['))).toEqual([]);
    for (const page of ['/status/live', '/api/v2/summary.json', '/status/feed.atom'])
      expect((await world.get(page)).text).not.toMatch(/Disk|db-7/);
    const ready = (await world.get('/readyz')).json;
    expect(ready.ok).toBe(true);
    expect(
      ready.problems.filter(({ where }: { where: string }) => where === 'webhooks/grafana'),
    ).toHaveLength(1);
    expect(await messages(world)).toMatch(/"Disk almost full" .*\(3 times, .*match: \["Disk almost full"\]/);
    expect((await world.get('/metrics')).text).toMatch(
      /^status_live_alerts_held_total\{sender="grafana"\} 3$/m,
    );
    const end = await send(world, [{ ...DISK, status: 'resolved' }], 'grafana');
    expect(end.json).toMatchObject({ action: 'ignored', incident: null });
    await world.restart();
    expect(await messages(world)).toContain('Disk almost full');
  });

  test('is not the answer for a body in which another one opens', async () => {
    const world = await openWorld();
    const answer = await send(world, [DISK, { id: '1' }]);
    expect(answer.json).toMatchObject({ action: 'opened', incident: '20260310_podcrash' });
    expect(actions(answer)).toEqual(['held', 'opened']);
    // An alert that is not new does not hide one that is held.
    expect((await send(world, [{ id: '1' }, DISK])).json.action).toBe('held');
  });

  test('is published once a component matches it, when it is told again', async () => {
    const world = await openWorld();
    await send(world, [DISK]);
    const file = path.join(world.dir, 'status', 'status.yaml');
    const site = await readFile(file, 'utf8');
    await writeFile(file, site.replace('name: Dashboard,', 'name: Dashboard, match: ["disk ALMOST full"],'));
    await world.pass(2);
    expect(await messages(world)).not.toContain('Disk almost full');
    expect((await send(world, [DISK])).json).toMatchObject({
      action: 'opened',
      incident: '20260310_disk-almost-full',
    });
    expect(await world.read('20260310_disk-almost-full.md')).toMatch(/^components: \[dashboard\]$/m);
    // What matched when it began matches when it ends.
    await writeFile(file, site);
    await world.pass(2);
    expect((await send(world, [{ ...DISK, status: 'resolved' }])).json.action).toBe('resolved');
  });

  const UNMATCHED: readonly (readonly [string, object])[] = [
    ['generic', { monitor: 'Batch 7', status: 'down' }],
    [
      'pagerduty',
      { event: { id: '1', event_type: 'incident.triggered', data: { id: 'P', title: 'Batch 7' } } },
    ],
    ['opsgenie', { action: 'Create', alert: { alertId: 'a', message: 'Batch 7' } }],
    ['datadog', { title: '[Triggered on {host:db-7}] Batch 7' }],
    ['newrelic', { id: '1', title: 'Batch 7', state: 'ACTIVATED' }],
    [
      'azure-monitor',
      { data: { essentials: { alertId: '1', alertRule: 'Batch 7', monitorCondition: 'Fired' } } },
    ],
    ['gcp', { incident: { incident_id: '1', policy_name: 'Batch 7', state: 'open' } }],
    ['zabbix', { event_id: '1', name: 'Batch 7', value: '1' }],
    ['nagios', { host: 'Batch 7', state: 'down' }],
  ];
  const PUBLISHED: readonly (readonly [string, object])[] = [
    ['uptime', { alert_type: 'down', monitor_name: 'Batch 7' }],
    ['pingdom', { check_id: 1, check_name: 'Batch 7', current_state: 'DOWN' }],
    ['betterstack', { data: { id: '1', attributes: { name: 'Batch 7', status: 'Started' } } }],
    ['uptime-kuma', { heartbeat: { status: 0 }, monitor: { name: 'Batch 7' } }],
    ['healthchecks', { code: '1', name: 'Batch 7', status: 'down' }],
    ['statuscake', { Name: 'Batch 7', Status: 'Down' }],
    ['hetrixtools', { monitor_name: 'Batch 7', monitor_status: 'offline' }],
    ['site24x7', { MONITORNAME: 'Batch 7', STATUS: 'DOWN' }],
    ['checkly', { check_name: 'Batch 7', alert_type: 'ALERT_FAILURE' }],
    ['cronitor', { monitor: 'Batch 7', type: 'ALERT' }],
  ];
  const MAPPED = (target: string) => `${SITE(target)}
webhooks:
  nagios: { monitor: "$.host", status: "$.state" }
`;
  test.each(UNMATCHED)('of %s is held', async (sender, body) => {
    const world = await openWorld({ site: MAPPED });
    expect((await world.post(hook(sender), body)).json).toMatchObject({ action: 'held', incident: null });
    expect(await world.files()).toEqual([]);
  });

  test.each(PUBLISHED)('of %s, a monitor of what visitors use, is published', async (sender, body) => {
    const world = await openWorld({ site: MAPPED });
    expect((await world.post(hook(sender), body)).json.action).toBe('opened');
    const [file] = await world.files();
    expect(await world.read(file as string)).toMatch(
      /^title: Batch 7 Down$[\s\S]*^severity: critical$[\s\S]*^components: \[\]$/m,
    );
    expect(await messages(world)).toContain('Batch 7');
  });

  test.each(UNMATCHED)('of %s is published with `unmatched: publish`', async (sender, body) => {
    const world = await openWorld({ site: target => `inbound: { unmatched: publish }\n${MAPPED(target)}` });
    expect((await world.post(hook(sender), body)).json.action).toBe('opened');
  });
});

describe('the severity', () => {
  const table = `inbound:
  severity:
    Alertmanager: { page: major }
`;
  test.each([
    ['critical', 'critical'],
    ['Page', 'critical'],
    ['ERROR', 'critical'],
    ['emergency', 'critical'],
    ['P1', 'critical'],
    ['p2', 'major'],
    ['High', 'major'],
    ['major', 'major'],
    ['WARNING', 'minor'],
    ['minor', 'minor'],
    ['p3', 'minor'],
    ['P4', 'minor'],
    ['no word of a severity', 'major'],
    ['', 'major'],
    ['info', null],
    ['None', null],
    ['p5', null],
  ])('%j of the sender is %s', async (severity, expected) => {
    const world = await openWorld();
    const { json } = await send(world, [{ id: '1', labels: { severity } }]);
    expect(json.action).toBe(expected === null ? 'ignored' : 'opened');
    if (expected !== null)
      expect(await world.read('20260310_podcrash.md')).toContain(`severity: ${expected}\n`);
    else expect(json.why).toContain(severity);
  });

  test('is what status.yaml says of the sender’s word, in any case', async () => {
    const site = (target: string) => `inbound:
  severity:
    alertmanager: { WARNING: critical, info: minor, page: ignore, default: minor }
    uptime: { default: major }
    datadog: { default: minor }
${SITE(target)}`;
    const world = await openWorld({ site });
    for (const [word, action] of [
      ['warning', 'critical'],
      ['Info', 'minor'],
      ['Page', null],
      ['', 'minor'],
      ['P2', 'major'],
    ] as const) {
      const rule = `Rule ${word || 'without'}`;
      // Each outage is of its own time: within an earlier one, it would be part of that.
      await world.pass(10 * 60, 60);
      const start = new Date(world.now()).toISOString();
      const { json } = await send(world, [{ id: '1', rule, start, labels: { severity: word } }]);
      expect([word, json.action]).toEqual([word, action === null ? 'ignored' : 'opened']);
      if (action) expect(await world.read(`${json.incident}.md`)).toContain(`severity: ${action}\n`);
      const end = new Date(world.now()).toISOString();
      await send(world, [{ id: '1', rule, status: 'resolved', start, end, labels: { severity: word } }]);
    }
    const robot = await world.post(hook('uptime'), { alert_type: 'down', monitor_name: 'Dashboard' });
    expect(await world.read(`${robot.json.incident}.md`)).toContain('severity: major\n');
    await world.post(hook('uptime'), { alert_type: 'up', monitor_name: 'Dashboard' });
    const grafana = await send(world, [{ id: '1', rule: 'G', labels: { severity: undefined } }], 'grafana');
    expect(await world.read(`${grafana.json.incident}.md`)).toContain('severity: major\n');
  });

  test('of a sender there is not is a mistake, with its line and the name that is meant', async () => {
    const world = await openWorld();
    const file = path.join(world.dir, 'status', 'status.yaml');
    await writeFile(file, `${table}${await readFile(file, 'utf8')}`);
    await world.pass(2);
    const problems = (await world.get('/readyz')).json.problems.map(
      ({ message }: { message: string }) => message,
    );
    expect(problems.join('\n')).toMatch(
      /status\.yaml:3: there is no webhook "Alertmanager" — did you mean alertmanager\?/,
    );
  });

  test('an end is an end whatever its severity', async () => {
    const world = await openWorld();
    await send(world, [{ id: '1' }]);
    const { json } = await send(world, [{ id: '1', status: 'resolved', labels: { severity: 'info' } }]);
    expect(json.action).toBe('resolved');
  });
});

describe('what it is called', () => {
  test.each([
    ['generic', { name: 'API', status: 'down' }, 'API Down', '20260310_api-down'],
    ['generic', { name: 'API', status: 'OFFLINE' }, 'API Down', '20260310_api-down'],
    [
      'generic',
      { name: 'Error rate', status: 'FIRING', component: 'api' },
      'Error rate',
      '20260310_error-rate',
    ],
    ['generic', { name: 'Error rate', State: 'Open', component: 'api' }, 'Error rate', '20260310_error-rate'],
    ['generic', { name: 'API', status: 'degraded' }, 'API Degraded', '20260310_api-degraded'],
    ['site24x7', { MONITORNAME: 'API', STATUS: 'TROUBLE' }, 'API Degraded', '20260310_api-degraded'],
  ])('%s %j is “%s”', async (sender, body, title, id) => {
    const world = await openWorld();
    expect((await world.post(hook(sender), body)).json).toMatchObject({ action: 'opened', incident: id });
    expect(await world.read(`${id}.md`)).toContain(`title: ${title}\n`);
  });

  const down = 'open opened triggered fired firing activated alert problem critical'.split(' ');
  const up = 'closed resolved recovered ok cleared deactivated normal'.split(' ');
  test.each(down.map((word, index) => [word, up[index % up.length] as string]))(
    'generic: %s opens, %s ends it, in any case of key and word',
    async (begin, end) => {
      const world = await openWorld();
      const begun = { Monitor: 'Dashboard', STATUS: begin.toUpperCase() };
      expect((await world.post(hook('generic'), begun)).json.action).toBe('opened');
      const over = { MONITOR: 'Dashboard', state: `${end[0]?.toUpperCase()}${end.slice(1)}` };
      expect((await world.post(hook('generic'), over)).json.action).toBe('resolved');
    },
  );
});
