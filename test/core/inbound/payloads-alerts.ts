// Alertmanager's and Grafana's real payloads, as their documentation and fixtures show them.
import type { Payload } from './payload.ts';

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
        monitor: 'High CPU Temperature',
        alert: 'a1bc48475b20e73d',
        name: 'High CPU Temperature',
        says: 'alert',
        severity: ['critical'],
        component: 'api',
        at: START,
        message: 'High CPU core temperature',
        event: `firing@${START}`,
      },
      {
        kind: 'up',
        monitor: 'High CPU Temperature',
        alert: 'c2ea85182f28cbd9',
        at: Date.UTC(2020, 1, 6, 1),
        message: '',
        event: `resolved@${START}`,
      },
    ],
  },
  {
    sender: 'alertmanager',
    what: 'an instance is an address to match, not a part of the name',
    input: { ...ALERTMANAGER, alerts: [{ ...ALERT, labels: { alertname: 'Down', instance: 'api-1:9100' } }] },
    expect: [{ name: 'Down', url: 'api-1:9100', component: null }],
  },
  {
    sender: 'alertmanager',
    what: 'old senders without a fingerprint, status only on the group',
    input: {
      ...ALERTMANAGER,
      alerts: [{ labels: { b: '2', alertname: 'X' } }, { labels: { alertname: 'X', b: '2' } }],
    },
    expect: [
      { kind: 'down', monitor: 'X', alert: '167c1aa4', at: null },
      { kind: 'down', monitor: 'X', alert: '167c1aa4' },
    ],
  },
  {
    sender: 'alertmanager',
    what: 'the watchdog, which always fires',
    input: { ...ALERTMANAGER, alerts: [{ ...ALERT, labels: { alertname: 'Watchdog', severity: 'none' } }] },
    expect: [{ kind: 'down', severity: ['none'] }],
    opens: false,
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
    expect: [{ kind: 'down', sender: 'grafana', name: 'Memory (copy)' }],
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
        message: state === 'ok' ? '' : 'm',
      },
    ],
  })),
];
