// What other monitors say: which of it is published, what is a test, which monitor it is of, and when it is news.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loggedWebhooks } from '../../../src/store/incidents/webhooks-log.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const SITE = (inbound = '') => `title: T
languages: [en, de]
${inbound}components:
  - { id: mail, name: Mail, check: { type: manual } }
  - { id: web, name: Web, check: { type: manual }, match: [API] }
webhooks:
  nagios: { monitor: "$.host", status: "$.state", message: "$.output" }
`;
const opened = (inbound?: string) => openWorld({ site: () => SITE(inbound) });
const post = async (world: World, sender: string, body: object) =>
  (await world.post(`/webhooks/${sender}?token=the-webhook-token-of-this-test`, body)).json;
const subjects = (world: World) =>
  world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const standing = ({ system }: World) =>
  system.snapshot().incidents.map(({ id, status }) => `${id} ${status}`);

const SECRETS = 'Runbook https://wiki.corp.internal/x on ip-10-2-3-4.ec2.internal, @john.doe@acme.io';
const LEAK = /corp\.internal|ec2\.internal|10-2-3-4|acme\.io|Runbook/;

/** Everything that anybody may read, of a world with one open incident. */
async function published(world: World): Promise<string> {
  const [file = ''] = await world.files();
  const pages = [
    '/status/live',
    `/status/incidents/${file.replace('.md', '')}`,
    '/status/feed.atom',
    '/status/feed.rss',
    '/api/v2/summary.json',
    '/api/v2/incidents.json',
    '/api/uptime.json',
  ];
  const texts = await Promise.all(pages.map(async page => (await world.get(page)).text));
  const mails = world.mails.flatMap(({ subject, text, html }) => [subject, text, html || '']);
  return [await world.read(file), ...texts, ...mails].join('\n');
}

const WITH_TEXT: readonly (readonly [string, object])[] = [
  [
    'alertmanager',
    {
      alerts: [
        {
          status: 'firing',
          labels: {
            alertname: 'Mail queue high',
            component: 'mail',
            instance: 'ip-10-2-3-4.ec2.internal:9100',
          },
          annotations: { summary: SECRETS, description: SECRETS },
        },
      ],
      commonAnnotations: { summary: SECRETS },
    },
  ],
  [
    'grafana',
    {
      ruleId: 7,
      ruleName: 'Mail queue high',
      state: 'alerting',
      message: SECRETS,
      tags: { component: 'mail' },
    },
  ],
  [
    'opsgenie',
    {
      action: 'Create',
      alert: { alertId: 'a', message: 'Mail queue high', description: SECRETS, tags: ['component:mail'] },
    },
  ],
  [
    'datadog',
    {
      title: '[P2] [Triggered on {component:mail,host:ip-10-2-3-4.ec2.internal}] Mail queue high',
      alert_transition: 'Triggered',
      text_only_msg: SECRETS,
    },
  ],
  [
    'newrelic',
    {
      id: '1',
      title: SECRETS,
      alertConditionNames: ['Mail queue high'],
      state: 'ACTIVATED',
      component: 'mail',
    },
  ],
  [
    'azure-monitor',
    {
      data: {
        essentials: {
          alertId: '1',
          alertRule: 'Mail queue high',
          monitorCondition: 'Fired',
          description: SECRETS,
        },
        customProperties: { component: 'mail' },
      },
    },
  ],
  [
    'gcp',
    {
      incident: {
        incident_id: '1',
        policy_name: 'Mail queue high',
        state: 'open',
        summary: SECRETS,
        policy_user_labels: { component: 'mail' },
      },
    },
  ],
  ['zabbix', { event_id: '1', name: 'Mail queue high', value: '1', opdata: SECRETS, component: 'mail' }],
];

describe('the text of an alert is for the people on call', () => {
  test.each(WITH_TEXT)('%s: it is published nowhere', async (sender, body) => {
    const world = await opened();
    await subscribed(world, 'user@example.com');
    expect(await post(world, sender, body)).toMatchObject({ action: 'opened' });
    await world.pass(120, 10);
    expect(subjects(world)).toEqual(['[INCIDENT] Mail queue high']);
    const all = await published(world);
    expect(all).toMatch(/Mail queue high, says [A-Z]/);
    expect(all).not.toMatch(LEAK);
  });

  test.each(WITH_TEXT)('%s: with `text: publish`, it is', async (sender, body) => {
    const world = await opened('inbound: { text: publish }\n');
    await post(world, sender, body);
    expect((await published(world)).match(/Runbook/g)?.length).toBeGreaterThan(2);
  });

  test.each([
    ['generic', { monitor: 'Mail', status: 'down', message: SECRETS }],
    ['nagios', { host: 'Mail', state: 'down', output: SECRETS }],
    ['uptime', { alert_type: 'down', monitor_name: 'Mail', alert_details: SECRETS }],
  ])('%s: what is written for the page, or by an uptime monitor, is published', async (sender, body) => {
    const world = await opened();
    await post(world, sender, body);
    expect(await published(world)).toMatch(/Runbook/);
  });

  test('the operator reads it in the log of webhooks', async () => {
    const world = await opened();
    const [sender, body] = WITH_TEXT[3]!;
    await post(world, sender, body);
    const db = await world.openDb();
    const [logged] = await loggedWebhooks(db);
    await db.destroy();
    expect(logged?.body).toContain('ip-10-2-3-4.ec2.internal');
  });
});

describe('a test message', () => {
  test.each([
    ['healthchecks', { code: 'c1', name: 'TEST', status: 'down', at: '2026-03-10T11:59:00Z', tags: '' }],
    [
      'datadog',
      { title: '[P2] [Triggered] [TEST] Mail', alert_transition: 'Triggered', tags: 'component:mail' },
    ],
  ])(
    'of %s is answered with the reason, and nobody is told, beside an open incident or alone',
    async (sender, body) => {
      const world = await opened();
      await subscribed(world, 'user@example.com');
      expect(await post(world, sender, body)).toEqual({
        ok: true,
        action: 'ignored',
        incident: null,
        why: 'this is a test message: nothing is opened or resolved',
      });
      await post(world, 'generic', { monitor: 'Mail', status: 'down' });
      expect(await post(world, sender, body)).toMatchObject({ action: 'ignored' });
      await post(world, 'generic', { monitor: 'Mail', status: 'up' });
      await world.pass(180, 10);
      expect(standing(world)).toEqual(['20260310_mail-down resolved']);
      expect(subjects(world)).toEqual(['[INCIDENT] Mail Down', '[RESOLVED] Mail Down']);
    },
  );
});

const START = 1773143880;
const newrelic = (priority: string, more: object = {}) => ({
  id: 'i-1',
  title: 'x',
  alertConditionNames: ['Errors'],
  component: 'mail',
  state: 'ACTIVATED',
  priority,
  activatedAt: START * 1000,
  ...more,
});
const zabbix = (nseverity: string, more: object = {}) => ({
  event_id: '1',
  name: 'Errors',
  value: '1',
  component: 'mail',
  nseverity,
  timestamp: String(START),
  ...more,
});
const generic = (status: string) => ({ monitor: 'Mail', status, at: START });

describe('what gets worse, with the time of its beginning', () => {
  test.each<[string, object, object, object]>([
    [
      'newrelic',
      newrelic('MEDIUM'),
      newrelic('CRITICAL', { trigger: 'PRIORITY_CHANGED', updatedAt: (START + 60) * 1000 }),
      newrelic('CRITICAL', { state: 'CLOSED', closedAt: (START + 900) * 1000 }),
    ],
    [
      'zabbix',
      zabbix('2'),
      zabbix('5'),
      zabbix('5', { value: '0', recovery_timestamp: String(START + 900) }),
    ],
    ['generic', generic('degraded'), generic('down'), { monitor: 'Mail', status: 'up', at: START + 900 }],
  ])('%s: is told once; a copy of either changes nothing', async (sender, bad, worse, end) => {
    const world = await opened();
    await subscribed(world, 'user@example.com');
    const indicator = async () => (await world.get('/api/v2/status.json')).json.status.indicator;
    expect(await post(world, sender, bad)).toMatchObject({ action: 'opened' });
    expect(await indicator()).toBe('minor');
    await world.pass(300, 10);
    expect(await post(world, sender, worse)).toMatchObject({ action: 'joined' });
    expect(await indicator()).not.toBe('minor');
    for (const copy of [worse, bad, worse])
      expect(await post(world, sender, copy)).toMatchObject({ action: 'ignored' });
    await world.pass(700, 10);
    expect(subjects(world)).toEqual([
      expect.stringMatching(/^\[INCIDENT\]/),
      expect.stringMatching(/^\[UPDATE\]/),
    ]);
    // It was not so bad before it was said.
    const { components } = (await world.get('/api/uptime.json')).json;
    const { intervals } = components.find(({ id }: { id: string }) => id === 'mail');
    expect(intervals.map(({ severity }: { severity: string }) => severity)).toEqual(['minor', 'critical']);
    expect(await post(world, sender, end)).toMatchObject({ action: 'resolved' });
    for (const copy of [bad, worse])
      expect(await post(world, sender, copy)).toMatchObject({ action: 'ignored' });
    expect(standing(world)).toEqual([expect.stringMatching(/ resolved$/)]);
  });
});

describe('which monitor it is', () => {
  const cronitor = (type: string, environment?: string) => ({ id: 'm1', monitor: 'API', type, environment });

  test('Cronitor: each environment is one; what is not of production is not of the component', async () => {
    const world = await opened();
    expect(await post(world, 'cronitor', cronitor('ALERT', 'staging'))).toMatchObject({ action: 'opened' });
    expect(await world.read('20260310_api-staging-down.md')).toMatch(/^components: \[\]$/m);
    const { incident } = await post(world, 'cronitor', cronitor('ALERT', 'production'));
    expect(incident).toBe('20260310_api-down');
    expect(await world.read('20260310_api-down.md')).toMatch(/^components: \[web\]$/m);
    expect(await post(world, 'cronitor', cronitor('RECOVERY', 'staging'))).toMatchObject({
      action: 'resolved',
      incident: '20260310_api-staging-down',
    });
    expect(standing(world)).toContain('20260310_api-down investigating');
    expect(await post(world, 'cronitor', cronitor('RECOVERY', 'production'))).toMatchObject({ incident });
  });

  const two: readonly (readonly [string, (name: 'Mail' | 'Web', up?: boolean) => object])[] = [
    ['generic', (monitor, up) => ({ id: '1', monitor, status: up ? 'up' : 'down' })],
    ['uptime', (monitor_name, up) => ({ monitorID: '1', monitor_name, alert_type: up ? 'up' : 'down' })],
  ];
  test.each(two)('%s: two names of one id are two monitors, also for a new database', async (sender, say) => {
    const world = await opened();
    expect(await post(world, sender, say('Mail'))).toMatchObject({ incident: '20260310_mail-down' });
    expect(await post(world, sender, say('Web'))).toMatchObject({
      action: 'opened',
      incident: '20260310_web-down',
    });
    await world.restart(() => rm(path.join(world.dir, 'data'), { recursive: true }));
    const web = { action: 'resolved', incident: '20260310_web-down' };
    expect(await post(world, sender, say('Web', true))).toMatchObject(web);
    expect(await post(world, sender, say('Web', true))).toMatchObject({ action: 'ignored' });
    expect(standing(world)).toContain('20260310_mail-down investigating');
    expect(await post(world, sender, say('Mail', true))).toMatchObject({ incident: '20260310_mail-down' });
    // And again: each goes on in its own.
    await world.pass(3600, 600);
    expect(await post(world, sender, say('Web'))).toMatchObject({ action: 'opened' });
    expect(await post(world, sender, say('Mail', true))).toMatchObject({ action: 'ignored' });
    expect(await post(world, sender, say('Web', true))).toMatchObject({ action: 'resolved' });
  });

  test.each(two)(
    '%s: an "up" with a name that was never down ends what its id opened',
    async (sender, say) => {
      const world = await opened();
      await post(world, sender, say('Mail'));
      expect(await post(world, sender, say('Web', true))).toMatchObject({
        action: 'resolved',
        incident: '20260310_mail-down',
      });
    },
  );

  test('StatusCake: two tests of one name are told apart by their addresses', async () => {
    const world = await opened();
    const cake = (url: string, Status: string) => ({ Name: 'Mail', URL: `https://${url}.example`, Status });
    const { incident } = await post(world, 'statuscake', cake('a', 'Down'));
    await post(world, 'statuscake', cake('b', 'Down'));
    expect(await post(world, 'statuscake', cake('b', 'Up'))).toMatchObject({ action: 'resolved' });
    expect(standing(world)).toEqual([`${incident} investigating`]);
    await post(world, 'statuscake', cake('a', 'Up'));
    expect(standing(world)).toEqual([`${incident} resolved`]);
  });

  test('Datadog: the tag `service` names the component', async () => {
    const world = await opened();
    const { incident } = await post(world, 'datadog', { title: '[Triggered on {service:web}] Errors' });
    expect(await world.read(`${incident}.md`)).toMatch(/^components: \[web\]$/m);
  });
});

describe('its sentences', () => {
  test('in German, a monitor without a name of its own is "ein Monitor"', async () => {
    const world = await opened();
    await post(world, 'generic', { monitor: 'Mail', status: 'down', message: 'timed out' });
    const { text } = await world.get('/status/live?lang=de');
    expect(text).toContain('Mail ist ausgefallen, meldet ein Monitor: timed out');
    expect(text).not.toContain('a monitor');
  });

  test('alerts that make an incident worse are each said in their own words', async () => {
    const world = await opened();
    const { incident } = await post(world, 'generic', { monitor: 'Mail', status: 'degraded' });
    await world.pass(60, 10);
    const alert = (monitor: string, severity: string, second: number) => {
      const at = `2026-03-10T12:00:${second}Z`;
      return { monitor, status: 'firing', component: 'mail', severity, at };
    };
    const { results } = await post(world, 'generic', [
      alert('Mail latency', 'major', 20),
      alert('Mail queue', 'critical', 40),
    ]);
    expect(results).toMatchObject([{ action: 'joined' }, { action: 'joined' }]);
    const text = await world.read(`${incident}.md`);
    expect(text.match(/^Mail (latency|queue), says a monitor\.$/gm)).toHaveLength(3);
    expect(text).not.toContain('not working either');
  });

  test('the severities in `inbound.severity` are words in any letter case', async () => {
    const world = await opened('inbound: { severity: { generic: { high: Minor, low: IGNORE } } }\n');
    const down = (severity: string) => ({ monitor: 'Mail', status: 'down', severity });
    expect(await post(world, 'generic', down('Low'))).toMatchObject({ action: 'ignored' });
    const { incident } = await post(world, 'generic', down('High'));
    expect(await world.read(`${incident}.md`)).toContain('severity: minor\n');
  });
});
