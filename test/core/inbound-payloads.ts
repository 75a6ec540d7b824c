// Real payloads of inbound monitors, as their documentation, fixtures and consumers show them.
import type { Signal } from '../../src/core/inbound/signal.ts';

export interface Payload {
  readonly sender: string;
  readonly what: string;
  readonly input: unknown;
  /** What each signal must say at least, or a piece of the problem's sentence. */
  readonly expect: readonly Partial<Signal>[] | string;
}

const robot = (what: string, input: unknown, expect: Payload['expect']): Payload => ({
  sender: 'uptimerobot',
  what,
  input,
  expect,
});

const ROBOT_SAYS_DOWN = {
  monitorID: '95987545252',
  monitorURL: 'http://test.com',
  monitorFriendlyName: 'Test Website',
  alertType: '1',
  alertTypeFriendlyName: 'Down',
  alertDetails: 'Connection Timeout',
  alertDuration: '297',
  alertDateTime: '1763892000',
  monitorAlertContacts: '457;2;john@doe.com',
  sslExpiryDate: '*sslExpiryDate*',
  sslExpiryDaysLeft: '',
};
const ROBOT_DOWN: Partial<Signal> = {
  kind: 'down',
  provider: 'uptimerobot',
  monitor: '95987545252',
  name: 'Test Website',
  url: 'http://test.com',
  at: 1_763_892_000_000,
  message: 'Connection Timeout',
  event: '1763892000000',
};

export const UPTIMEROBOT: readonly Payload[] = [
  robot('the mission’s own body', { alert_type: 'down', monitor_name: 'X' }, [
    { kind: 'down', monitor: 'X', name: 'X', url: null, at: null, message: '', event: null },
  ]),
  robot('the mission’s own body, up again', { alert_type: 'up', monitor_name: 'X' }, [
    { kind: 'up', monitor: 'X' },
  ]),
  robot('the mission’s own body as a JSON text', '{"alert_type":"DOWN","monitor_name":"X"}', [
    { kind: 'down' },
  ]),
  robot('its own variables, camel case', ROBOT_SAYS_DOWN, [ROBOT_DOWN]),
  robot(
    'codes as numbers',
    { ...ROBOT_SAYS_DOWN, monitorID: 95987545252, alertType: 1, alertDateTime: 1763892000 },
    [ROBOT_DOWN],
  ),
  robot('up', { ...ROBOT_SAYS_DOWN, alertType: '2', alertTypeFriendlyName: 'Up' }, [
    { kind: 'up', monitor: '95987545252' },
  ]),
  robot('without the friendly word', { ...ROBOT_SAYS_DOWN, alertTypeFriendlyName: undefined, secret: 'x' }, [
    ROBOT_DOWN,
  ]),
  robot('a friendly word against an odd code', { ...ROBOT_SAYS_DOWN, alertType: '9' }, [ROBOT_DOWN]),
  robot(
    'a query with an unknown code (*0)',
    {
      monitorID: '95987545252',
      monitorURL: 'http://test.com',
      monitorFriendlyName: 'TestWebsite',
      alertType: '*0',
      alertDetails: 'ConnectionTimeout',
      monitorAlertContacts: '457;2;john@doe.com',
    },
    [{ kind: 'ignored', name: 'TestWebsite' }],
  ),
  robot(
    'snake case with an unfilled variable and a bare host',
    {
      monitor_url: 'server1.example.com',
      monitor_friendly_name: 'Web Server',
      alert_type: '1',
      alert_type_friendly_name: 'Down',
      alert_details: 'Host Is Unreachable',
      alert_friendly_duration: '*alertFriendlyDuration*',
    },
    [
      {
        kind: 'down',
        monitor: 'Web Server',
        url: 'server1.example.com',
        message: 'Host Is Unreachable',
        at: null,
      },
    ],
  ),
  robot(
    'snake case, up',
    {
      monitor_url: 'http://mail.example.com',
      monitor_friendly_name: 'Mail Server',
      alert_type: '2',
      alert_type_friendly_name: 'Up',
      alert_details: 'HTTP 200 - OK',
      alert_friendly_duration: '44 minutes and 37 seconds',
    },
    [{ kind: 'up', name: 'Mail Server' }],
  ),
  robot('SSL expiry (3)', { ...ROBOT_SAYS_DOWN, alertType: 3, alertTypeFriendlyName: 'SSL expiry' }, [
    { kind: 'ignored' },
  ]),
  robot(
    'domain expiry by its word alone',
    { monitorFriendlyName: 'X', alertTypeFriendlyName: 'Domain expiry' },
    [{ kind: 'ignored' }],
  ),
  robot('3 with a friendly "Down"', { ...ROBOT_SAYS_DOWN, alertType: '3' }, [{ kind: 'ignored' }]),
  robot('JSON {key} merged over the query’s variables', { ...ROBOT_SAYS_DOWN, key: 'k' }, [ROBOT_DOWN]),
  robot('a form with extra fields', { ...ROBOT_SAYS_DOWN, room: 'ops', monitorGroup: 'eu' }, [ROBOT_DOWN]),
  robot('a repeated query parameter', { monitorFriendlyName: ['A', 'B'], alertType: ['2', '1'] }, [
    { kind: 'down', name: 'B' },
  ]),
  robot(
    'numeric entities, decoded once',
    { alertType: 1, monitorFriendlyName: 'Bob&#39;s &amp;lt;API&#x3e;' },
    [{ name: "Bob's &lt;API>" }],
  ),
  robot('an entity that stands for a line break', { alertType: 1, monitorFriendlyName: 'A&#10;B&#0;' }, [
    { name: 'A B&#0;' },
  ]),
  robot(
    'everything unfilled but the type',
    { alertType: '1', monitorFriendlyName: '*monitorFriendlyName*' },
    'monitor_name is missing',
  ),
  robot(
    'constants for variables',
    { alertType: 'alertType', monitorFriendlyName: 'monitorFriendlyName' },
    '*alertType*',
  ),
  robot(
    'a name alone for a variable',
    { alertType: '1', monitorFriendlyName: 'monitorFriendlyName' },
    '*monitorFriendlyName*',
  ),
  robot(
    'no type',
    { monitorFriendlyName: 'X', monitorURL: 'http://x.io', alertDetails: 'y' },
    'alert_type is missing',
  ),
  robot(
    'a body for Discord',
    { embeds: [{ title: 'X is down' }], username: 'UptimeRobot' },
    'alert_type is missing',
  ),
  robot('a mail relay', { emailBody: 'x', emailSubject: 'Monitor is DOWN' }, 'alert_type is missing'),
  robot('nothing', {}, 'alert_type is missing'),
  robot('no object', null, 'expected an object'),
  robot('text that is no JSON', 'alert', 'expected an object'),
];

const ALERT = {
  status: 'firing',
  labels: { alertname: 'High CPU Temperature', host: 'andromeda', severity: 'critical', component: 'api' },
  annotations: { description: 'CPU core temperature is 34.75C', summary: 'High CPU core temperature' },
  startsAt: '2020-02-06T00:17:58.432911368Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://cobalt:9090/graph',
  fingerprint: 'a1bc48475b20e73d',
};
const START = Date.UTC(2020, 1, 6, 0, 17, 58, 432);
const ALERTMANAGER = {
  version: '4',
  groupKey: '{}',
  status: 'firing',
  receiver: 'x',
  groupLabels: {},
  truncatedAlerts: 0,
};

export const ALERTS: readonly Payload[] = [
  {
    sender: 'alertmanager',
    what: 'mixes firing and resolved in one POST',
    input: {
      ...ALERTMANAGER,
      alerts: [
        ALERT,
        { ...ALERT, status: 'resolved', fingerprint: 'c2ea85182f28cbd9', endsAt: '2020-02-06T01:00:00Z' },
      ],
    },
    expect: [
      {
        kind: 'down',
        monitor: 'a1bc48475b20e73d',
        name: 'High CPU Temperature',
        component: 'api',
        at: START,
        message: 'High CPU core temperature',
        event: `firing@${START}`,
      },
      { kind: 'up', monitor: 'c2ea85182f28cbd9', at: Date.UTC(2020, 1, 6, 1), event: `resolved@${START}` },
    ],
  },
  {
    sender: 'alertmanager',
    what: 'names the instance',
    input: { ...ALERTMANAGER, alerts: [{ ...ALERT, labels: { alertname: 'Down', instance: 'api-1:9100' } }] },
    expect: [{ name: 'Down (api-1:9100)', url: 'api-1:9100', component: null }],
  },
  {
    sender: 'alertmanager',
    what: 'old senders without a fingerprint, status only on the group',
    input: {
      ...ALERTMANAGER,
      alerts: [{ labels: { b: '2', alertname: 'X' } }, { labels: { alertname: 'X', b: '2' } }],
    },
    expect: [
      { kind: 'down', monitor: '167c1aa4', at: null },
      { kind: 'down', monitor: '167c1aa4' },
    ],
  },
  {
    sender: 'alertmanager',
    what: 'the watchdog, which always fires',
    input: { ...ALERTMANAGER, alerts: [{ ...ALERT, labels: { alertname: 'Watchdog', severity: 'none' } }] },
    expect: [{ kind: 'ignored' }],
  },
  { sender: 'alertmanager', what: 'no alerts', input: { ...ALERTMANAGER, alerts: [] }, expect: [] },
  { sender: 'alertmanager', what: 'no list', input: ALERTMANAGER, expect: '"alerts"' },
  { sender: 'alertmanager', what: 'junk in the list', input: { alerts: [ALERT, 7] }, expect: 'alerts[1]' },
  {
    sender: 'grafana',
    what: 'unified alerting, a rule without its own name',
    input: {
      receiver: 'Debug webhook',
      status: 'firing',
      orgId: 1,
      version: '1',
      groupLabels: { alertname: 'Memory (copy)' },
      alerts: [
        { ...ALERT, labels: { debug: 'true' }, values: { A: 1 }, silenceURL: 'https://x', dashboardURL: '' },
      ],
      title: '[FIRING:1] Memory (copy)',
      state: 'alerting',
      message: '**Firing**',
    },
    expect: [{ kind: 'down', provider: 'grafana', name: 'Memory (copy)' }],
  },
  {
    sender: 'grafana',
    what: 'the Test button',
    input: { orgId: 1, alerts: [{ ...ALERT, labels: { alertname: 'TestAlert', instance: 'Grafana' } }] },
    expect: [{ kind: 'ignored' }],
  },
  {
    sender: 'grafana',
    what: 'its own data source’s trouble',
    input: { orgId: 1, alerts: [{ ...ALERT, labels: { alertname: 'DatasourceError', rulename: 'API' } }] },
    expect: [{ kind: 'ignored' }],
  },
  {
    sender: 'grafana',
    what: 'no labels at all',
    input: { orgId: 1, alerts: [{ ...ALERT, status: 'resolved', labels: {} }] },
    expect: [{ kind: 'up', name: 'Alert' }],
  },
  ...(['alerting', 'ok', 'no_data', 'paused'] as const).map(state => ({
    sender: 'grafana',
    what: `legacy alerting, ${state}`,
    input: {
      ruleId: 1,
      ruleName: 'Latency',
      state,
      message: 'm',
      title: '[Alerting] Latency',
      tags: { component: 'db' },
    },
    expect: [
      {
        kind: ({ alerting: 'down', ok: 'up' } as const)[state as 'ok'] ?? 'ignored',
        monitor: '1',
        component: 'db',
      },
    ],
  })),
];

const PINGDOM = {
  check_id: 2048467,
  check_name: 'Test check',
  check_type: 'HTTP',
  check_params: { full_url: 'http://someurl.com/', hostname: 'someurl.com', port: 80 },
  tags: [],
  previous_state: 'UP',
  current_state: 'DOWN',
  state_changed_timestamp: 1457939434,
  state_changed_utc_time: '2016-03-14T07:10:34',
  long_description: 'Non-recoverable failure in name resolution',
  description: 'DNS error',
};
const BETTERSTACK = (status: string) => ({
  data: {
    id: '25',
    type: 'incident',
    attributes: {
      name: 'uptime homepage',
      url: 'https://uptime.betterstack.com/',
      cause: 'Status 404',
      started_at: '2026-11-22T11:00:30.129Z',
      resolved_at: status === 'Resolved' ? '2026-11-22T11:10:00.000Z' : null,
      status,
    },
    relationships: { monitor: { data: { id: '2', type: 'monitor' } } },
  },
});
const KUMA = {
  heartbeat: {
    monitorID: 29,
    status: 0,
    time: '2024-09-24 23:51:35.527',
    msg: 'getaddrinfo ENOTFOUND test.com',
    timezone: 'America/Los_Angeles',
    timezoneOffset: '-07:00',
    localDateTime: '2024-09-24 16:51:35',
  },
  monitor: {
    id: 29,
    name: 'Test',
    url: 'https://',
    hostname: 'test.com',
    tags: [{ name: 'component', value: 'api' }],
  },
  msg: '[Test] [🔴 Down] getaddrinfo ENOTFOUND test.com',
};
const KUMA_DOWN: Partial<Signal> = {
  kind: 'down',
  monitor: '29',
  name: 'Test',
  url: 'test.com',
  component: 'api',
  at: Date.UTC(2024, 8, 24, 23, 51, 35, 527),
  message: 'getaddrinfo ENOTFOUND test.com',
};
const ALARM = {
  AlarmName: 'api-5xx',
  AlarmDescription: 'Too many errors component=api',
  NewStateValue: 'ALARM',
  OldStateValue: 'OK',
  NewStateReason: 'Threshold Crossed',
  StateChangeTime: '2026-11-23T10:00:00.123+0000',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:api-5xx',
};
const SNS = {
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
  Timestamp: '2026-11-23T10:00:01.000Z',
};
const one = (sender: string, what: string, input: unknown, expect: Payload['expect']) => ({
  sender,
  what,
  input,
  expect,
});

export const OTHERS: readonly Payload[] = [
  one('pingdom', 'down', PINGDOM, [
    {
      kind: 'down',
      monitor: '2048467',
      name: 'Test check',
      url: 'http://someurl.com/',
      at: 1457939434000,
      message: 'Non-recoverable failure in name resolution',
      event: '1457939434000',
    },
  ]),
  one(
    'pingdom',
    'up, by its clock without a zone',
    { ...PINGDOM, current_state: 'UP', state_changed_timestamp: null },
    [{ kind: 'up', at: 1457939434000 }],
  ),
  one('pingdom', 'anything else', { ...PINGDOM, current_state: 'UNKNOWN' }, [{ kind: 'ignored' }]),
  one('pingdom', 'no state', { check_id: 1 }, 'current_state'),
  one('betterstack', 'started', BETTERSTACK('Started'), [
    {
      kind: 'down',
      monitor: '2',
      name: 'uptime homepage',
      url: 'https://uptime.betterstack.com/',
      message: 'Status 404',
      event: '25-started',
      at: Date.UTC(2026, 10, 22, 11, 0, 30, 129),
    },
  ]),
  one('betterstack', 'resolved', BETTERSTACK('Resolved'), [
    { kind: 'up', at: Date.UTC(2026, 10, 22, 11, 10) },
  ]),
  one('betterstack', 'acknowledged', BETTERSTACK('Acknowledged'), [{ kind: 'ignored' }]),
  one('betterstack', 'unconfirmed', BETTERSTACK('Unconfirmed'), [{ kind: 'ignored' }]),
  one('betterstack', 'no incident', { data: {} }, 'attributes'),
  one('uptime-kuma', 'down, JSON', KUMA, [KUMA_DOWN]),
  one('uptime-kuma', 'down, the form’s field `data`', { data: JSON.stringify(KUMA) }, [KUMA_DOWN]),
  one(
    'uptime-kuma',
    'down, JSON texts in the query',
    { heartbeat: JSON.stringify(KUMA.heartbeat), monitor: JSON.stringify(KUMA.monitor), msg: 'x' },
    [KUMA_DOWN],
  ),
  one('uptime-kuma', 'up', { ...KUMA, heartbeat: { ...KUMA.heartbeat, status: 1 } }, [
    { kind: 'up', monitor: '29' },
  ]),
  one('uptime-kuma', 'pending', { ...KUMA, heartbeat: { status: 2 } }, [{ kind: 'ignored' }]),
  one('uptime-kuma', 'maintenance', { ...KUMA, heartbeat: { status: 3 } }, [{ kind: 'ignored' }]),
  one('uptime-kuma', 'the Test button', { heartbeat: null, monitor: null, msg: 'Testing' }, [
    { kind: 'ignored', message: 'Testing' },
  ]),
  one('uptime-kuma', 'not Kuma', { text: 'x' }, 'heartbeat'),
  one(
    'healthchecks',
    'the documented body',
    { code: 'c-1', name: 'Backup', status: 'down', at: '2026-11-23T10:00:00+00:00' },
    [{ kind: 'down', monitor: 'c-1', name: 'Backup', at: Date.UTC(2026, 10, 23, 10) }],
  ),
  one(
    'healthchecks',
    '$JSON',
    {
      name: 'Backup',
      slug: 'backup',
      tags: 'prod component=jobs',
      status: 'up',
      unique_key: 'a6c7b0a8a66bed0df66abfdab3c77736861703ee',
    },
    [{ kind: 'up', monitor: 'a6c7b0a8a66bed0df66abfdab3c77736861703ee', component: 'jobs' }],
  ),
  one('healthchecks', 'grace', { name: 'Backup', status: 'grace' }, [{ kind: 'ignored' }]),
  one('healthchecks', 'placeholders nobody filled', { name: '$NAME', status: '$STATUS' }, 'not filled in'),
  one('healthchecks', 'nothing', '', 'expected'),
  one('generic', 'down', { monitor: 'API', status: 'down', message: 'timed out', at: 1763892000 }, [
    { kind: 'down', monitor: 'API', name: 'API', message: 'timed out', at: 1763892000000 },
  ]),
  one('generic', 'id and name', { id: 7, name: 'API', status: 'OK', component: 'api', event: 'e1' }, [
    { kind: 'up', monitor: '7', name: 'API', component: 'api', event: 'e1' },
  ]),
  one(
    'generic',
    'HetrixTools',
    { monitor_id: 'h', monitor_name: 'Web', monitor_target: 'https://x.io', monitor_status: 'offline' },
    [{ kind: 'down', monitor: 'h', name: 'Web', url: 'https://x.io' }],
  ),
  one(
    'generic',
    'a list',
    [
      { name: 'A', status: 'down' },
      { name: 'B', status: 'up' },
    ],
    [{ name: 'A' }, { name: 'B', kind: 'up' }],
  ),
  one('generic', 'an odd word', { name: 'A', status: 'meh' }, [{ kind: 'ignored' }]),
  one('generic', 'no name', { status: 'down' }, '"monitor" is missing'),
  one('generic', 'no status', { name: 'A' }, '"status" is missing'),
  one('generic', 'a list with a hole', [{ name: 'A', status: 'down' }, null], '[1]:'),
  one('sns', 'an alarm, as the text SNS sends', JSON.stringify({ ...SNS, Message: JSON.stringify(ALARM) }), [
    {
      kind: 'down',
      provider: 'sns',
      monitor: ALARM.AlarmArn,
      name: 'api-5xx',
      message: 'Threshold Crossed',
      component: 'api',
      at: Date.UTC(2026, 10, 23, 10, 0, 0, 123),
      event: SNS.MessageId,
    },
  ]),
  one('sns', 'OK', { ...SNS, Message: JSON.stringify({ ...ALARM, NewStateValue: 'OK' }) }, [{ kind: 'up' }]),
  one(
    'sns',
    'no data',
    { ...SNS, Message: JSON.stringify({ ...ALARM, NewStateValue: 'INSUFFICIENT_DATA' }) },
    [{ kind: 'ignored' }],
  ),
  one('sns', 'another message', { ...SNS, Message: 'hello' }, [{ kind: 'ignored' }]),
  one('sns', 'a subscription', { ...SNS, Type: 'SubscriptionConfirmation', Message: 'You have chosen…' }, [
    { kind: 'ignored' },
  ]),
  one('sns', 'no envelope', ALARM, 'SNS envelope'),
];
