// What senders send when somebody tries their webhook, and what is alike but real.
import { A_TEST } from '../../../src/core/inbound/signal.ts';
import type { Payload } from './payload.ts';

const test = (sender: string, what: string, input: unknown): Payload => ({
  sender,
  what: `a test: ${what}`,
  input,
  expect: [{ kind: 'ignored', why: A_TEST }],
});
const real = (sender: string, what: string, input: unknown): Payload => ({
  sender,
  what: `no test: ${what}`,
  input,
  expect: [{ kind: 'down' }],
});

const HEALTHCHECKS = {
  code: '5f0f3c0e-3a2c-4b7e-9d0a-6a1f3f5b7c90',
  name: 'TEST',
  status: 'down',
  at: '2026-03-10T11:59:00+00:00',
  tags: '',
};
const HEALTHCHECKS_JSON = {
  name: 'TEST',
  slug: '',
  tags: '',
  desc: '',
  grace: 3600,
  n_pings: 42,
  status: 'down',
  ping_url: 'https://hc-ping.com/5f0f3c0e-3a2c-4b7e-9d0a-6a1f3f5b7c90',
};
const datadog = (title: string, more: object = {}) => ({
  title,
  alert_transition: 'Triggered',
  alert_id: '77',
  tags: 'component:api',
  date: '1773143940000',
  ...more,
});
const HETRIX = {
  monitor_id: 'ThisWillBeTheMonitorID32CharLong',
  monitor_name: 'Test Monitor Label',
  monitor_target: 'http://this-is-a-test.com/',
  monitor_status: 'offline',
  timestamp: 1499666192,
};
const NEWRELIC = {
  id: 'd1b1f3fd-995a-4066-88ab-8ce4f6960654',
  title: "Memory Used % > 90 for at least 2 minutes on 'Some-Entity'",
  priority: 'CRITICAL',
  impactedEntities: ['logs.itg.cloud', 'MonitorTTFB query'],
  state: 'ACTIVATED',
  createdAt: 1617881246260,
};
const azure = (subscription: string) => ({
  schemaId: 'azureMonitorCommonAlertSchema',
  data: {
    essentials: {
      alertId: `/subscriptions/${subscription}/providers/Microsoft.AlertsManagement/alerts/12345678`,
      alertRule: 'test-metricAlertRule',
      severity: 'Sev3',
      monitorCondition: 'Fired',
    },
  },
});
const GRAFANA = {
  ruleId: 0,
  ruleName: 'Test notification',
  state: 'alerting',
  title: '[Alerting] Test notification',
  message: 'Someone is testing the alert notification within Grafana.',
};

export const TESTS: readonly Payload[] = [
  test('healthchecks', 'the documented body', HEALTHCHECKS),
  test('healthchecks', 'of a channel that is told recoveries alone', { ...HEALTHCHECKS, status: 'up' }),
  test('healthchecks', '$JSON', HEALTHCHECKS_JSON),
  real('healthchecks', 'a name with the word', { ...HEALTHCHECKS, name: 'Nightly TEST run' }),
  real('healthchecks', 'a check of that name with tags', { ...HEALTHCHECKS, tags: 'component=api' }),
  real('healthchecks', 'a check of that name in $JSON', { ...HEALTHCHECKS_JSON, n_pings: 7 }),
  test('datadog', 'with its decorations', datadog('[P2] [Triggered on {host:web-1}] [TEST] CPU is high')),
  test('datadog', 'without a priority', datadog('[Triggered] [TEST] CPU is high')),
  test('datadog', 'in the title of the alert', datadog('x', { alert_title: '[TEST] CPU is high' })),
  test(
    'datadog',
    'of a recovery',
    datadog('[Recovered] [TEST] CPU is high', { alert_transition: 'Recovered' }),
  ),
  real('datadog', 'a name with the word', datadog('[P2] [Triggered] Checkout [TEST] is slow')),
  test('hetrixtools', 'its sample', HETRIX),
  real('hetrixtools', 'a name as in the sample', {
    ...HETRIX,
    monitor_id: '4e8f0c7d2b6a9135e0c4d8f7a1b2c3d4',
  }),
  test('newrelic', 'of a workflow', NEWRELIC),
  test('newrelic', 'of an alert policy', {
    current_state: 'test',
    condition_name: 'New Relic Alert - Test Condition',
    incident_id: 0,
  }),
  real('newrelic', 'another issue of that title', {
    ...NEWRELIC,
    id: 'c5faa7e6-7b54-402d-af79-f99601e0278c',
  }),
  test('azure-monitor', 'of an action group', azure('11111111-1111-1111-1111-111111111111')),
  real('azure-monitor', 'a rule of that name', azure('5f0f3c0e-3a2c-4b7e-9d0a-6a1f3f5b7c90')),
  test('gcp', 'of a channel', {
    version: 'test',
    incident: { incident_id: '1', policy_name: 'x', state: 'open' },
  }),
  test('pagerduty', 'of a subscription', {
    event: { id: '01', event_type: 'pagey.ping', data: { message: 'Hi' } },
  }),
  test('grafana', 'of a contact point', {
    alerts: [{ status: 'firing', labels: { alertname: 'TestAlert', instance: 'Grafana' } }],
  }),
  test('grafana', 'of a notification channel, before Grafana 9', GRAFANA),
  real('grafana', 'a rule of that name', { ...GRAFANA, message: 'Mail is not sent' }),
  test('uptime-kuma', 'a message alone', { heartbeat: null, monitor: null, msg: 'Mine Testing' }),
];
