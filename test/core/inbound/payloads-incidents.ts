// Payloads of PagerDuty, Opsgenie, Datadog, New Relic, Azure Monitor, Google Cloud and Zabbix, as documented.
import type { Payload } from './payload.ts';

const one = (sender: string, what: string, input: unknown, expect: Payload['expect']): Payload => ({
  sender,
  what,
  input,
  expect,
});

const pagerduty = (event_type: string, data: object = {}) => ({
  event: {
    id: `01BZ-${event_type}`,
    event_type,
    resource_type: 'incident',
    occurred_at: '2026-03-10T11:59:29.781Z',
    agent: { id: 'PLH1HKV', type: 'user_reference', summary: 'Jane' },
    client: null,
    data: {
      id: 'PGR0VU2',
      type: 'incident',
      html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
      number: 2,
      status: 'triggered',
      incident_key: 'd3640fbd41094207a1c11e58e46b1662',
      created_at: '2026-03-10T11:58:00Z',
      title: 'A little bump in the road',
      service: { id: 'PF9KMXH', type: 'service_reference', summary: 'API Service' },
      priority: { id: 'PSO75BM', type: 'priority_reference', summary: 'P1' },
      urgency: 'high',
      ...data,
    },
  },
});
const opsgenie = (action: string, alert: object = {}) => ({
  action,
  alert: {
    alertId: '052652ac-5d1c-464a-812a-7dd18bbfba8c',
    message: 'Orders are slow',
    tags: ['prod', 'component:api'],
    tinyId: '23',
    alias: 'orders',
    createdAt: 1773143940000,
    updatedAt: 1773144000000000000,
    entity: 'Orders',
    description: 'p95 is 4 s',
    details: { region: 'eu' },
    priority: 'P3',
    ...alert,
  },
  source: { name: 'web', type: 'API' },
  integrationName: 'Webhook',
});
// Datadog's default payload: the transition is only in the title.
const datadog = (title: string, more: object = {}) => ({
  id: '1234567',
  last_updated: '1773143940000',
  event_type: 'query_alert_monitor',
  title,
  date: '1773143940000',
  org: { id: '1', name: 'Acme' },
  body: '%%%\nCPU is high @webhook-status\n%%%',
  ...more,
});
const newrelic = (state: string, more: object = {}) => ({
  id: 'c5faa7e6-7b54-402d-af79-f99601e0278c',
  issueUrl: 'https://radar-api.service.newrelic.com/accounts/1/issues/x',
  title: "shop query result is > 1.0 for 1 minutes on 'Error rate'",
  priority: 'CRITICAL',
  impactedEntities: ['shop', 'cart'],
  totalIncidents: 1,
  state,
  trigger: 'STATE_CHANGE',
  isCorrelated: false,
  createdAt: 1773143940000,
  updatedAt: 1773144000000,
  sources: ['newrelic'],
  alertPolicyNames: ['Golden Signals'],
  alertConditionNames: ['Error rate'],
  workflowName: 'status',
  ...more,
});
const azure = (monitorCondition: string, essentials: object = {}, data: object = {}) => ({
  schemaId: 'azureMonitorCommonAlertSchema',
  data: {
    essentials: {
      alertId: '/subscriptions/x/providers/Microsoft.AlertsManagement/alerts/b9569717',
      alertRule: 'WCUS-R2-Gen2',
      severity: 'Sev3',
      signalType: 'Metric',
      monitorCondition,
      monitoringService: 'Platform',
      alertTargetIDs: [
        '/subscriptions/x/resourcegroups/rg/providers/microsoft.compute/virtualmachines/wcus-r2-gen2',
      ],
      configurationItems: ['wcus-r2-gen2'],
      originAlertId: '3f2d4487_WCUS-R2-Gen2_-117781227',
      firedDateTime: '2026-03-10T11:58:24.3713213Z',
      ...(monitorCondition === 'Resolved' ? { resolvedDateTime: '2026-03-10T11:59:16.2246313Z' } : {}),
      description: 'CPU credits are used up',
      essentialsVersion: '1.0',
      alertContextVersion: '1.0',
      ...essentials,
    },
    alertContext: { properties: null, conditionType: 'SingleResourceMultipleMetricCriteria' },
    ...data,
  },
});
const gcp = (state: string, more: object = {}, version = '1.2') => ({
  version,
  incident: {
    incident_id: '0.lsnwib31sglo',
    scoping_project_id: 'acme',
    url: 'https://console.cloud.google.com/monitoring/alerting/incidents/0.lsnwib31sglo',
    started_at: 1773143880,
    ended_at: state === 'closed' ? 1773143940 : null,
    state,
    summary: 'CPU utilization for acme is above the threshold of 0.8.',
    resource: { type: 'gce_instance', labels: { instance_id: '1' } },
    resource_display_name: 'shop-1',
    resource_name: 'acme shop-1',
    metadata: { system_labels: {}, user_labels: {} },
    policy_name: 'Shop latency',
    policy_user_labels: { component: 'api' },
    condition_name: 'p95 above 2 s',
    severity: 'Warning',
    ...more,
  },
});
const ZABBIX = {
  event_id: '10528',
  name: 'Agent is unreachable for 5 minutes',
  value: '1',
  host: 'Shop',
  severity: 'Disaster',
  nseverity: '5',
  tags: '[{"tag":"component","value":"api"}]',
  timestamp: '1773143880',
  recovery_timestamp: '{EVENT.RECOVERY.TIMESTAMP}',
  opdata: '*UNKNOWN*',
};

export const INCIDENTS: readonly Payload[] = [
  one('pagerduty', 'triggered', pagerduty('incident.triggered'), [
    {
      kind: 'down',
      monitor: 'A little bump in the road',
      alert: 'PGR0VU2',
      name: 'A little bump in the road',
      also: ['API Service'],
      at: Date.UTC(2026, 2, 10, 11, 59, 29, 781),
      severity: ['P1', 'high', 'incident.triggered'],
      says: 'alert',
      event: '01BZ-incident.triggered',
    },
  ]),
  ...[
    '[FIRING:1] PodCrash api (10.0.0.7:9100 pod-7 critical)',
    '[FIRING:12] PodCrash api',
    'PodCrash api',
  ].map(title =>
    one('pagerduty', `of Prometheus: ${title}`, pagerduty('incident.triggered', { title }), [
      { kind: 'down', name: 'PodCrash api', monitor: 'PodCrash api' },
    ]),
  ),
  one(
    'pagerduty',
    'brackets of its own',
    pagerduty('incident.triggered', { title: '[eu] Disk (db) is full' }),
    [{ kind: 'down', name: '[eu] Disk (db) is full' }],
  ),
  one('pagerduty', 'reopened', pagerduty('incident.reopened', { priority: null }), [
    { kind: 'down', alert: 'PGR0VU2', severity: ['high', 'incident.reopened'] },
  ]),
  one('pagerduty', 'resolved', pagerduty('incident.resolved', { status: 'resolved' }), [
    { kind: 'up', alert: 'PGR0VU2', says: 'alert' },
  ]),
  ...['acknowledged', 'unacknowledged', 'escalated', 'priority_updated', 'reassigned', 'delegated'].map(
    type => one('pagerduty', type, pagerduty(`incident.${type}`), [{ kind: 'ignored' }]),
  ),
  one(
    'pagerduty',
    'a note',
    {
      event: {
        id: '01GI',
        event_type: 'incident.annotated',
        data: { incident: { id: 'Q3', summary: 'Checkout' }, id: 'PEM', content: 'x', type: 'incident_note' },
      },
    },
    [{ kind: 'ignored', name: 'Checkout' }],
  ),
  one(
    'pagerduty',
    'the test',
    {
      event: {
        id: '01',
        event_type: 'pagey.ping',
        resource_type: 'pagey',
        data: { message: 'Hello', type: 'ping' },
      },
    },
    [{ kind: 'ignored' }],
  ),
  one('pagerduty', 'no event', { messages: [] }, 'event.event_type'),
  one('opsgenie', 'created', opsgenie('Create'), [
    {
      kind: 'down',
      monitor: 'Orders are slow',
      alert: '052652ac-5d1c-464a-812a-7dd18bbfba8c',
      component: 'api',
      also: ['Orders'],
      at: 1773143940000,
      message: 'p95 is 4 s',
      severity: ['P3', 'Create'],
    },
  ]),
  one('opsgenie', 'a priority as a number', opsgenie('Create', { priority: 1, tags: [], entity: '' }), [
    { kind: 'down', component: null, also: [], severity: ['P1', 'Create'] },
  ]),
  one('opsgenie', 'of Prometheus', opsgenie('Create', { message: '[FIRING:2] PodCrash (pod-7)' }), [
    { kind: 'down', name: 'PodCrash', monitor: 'PodCrash' },
  ]),
  one('opsgenie', 'closed; its time is in ns', opsgenie('Close'), [{ kind: 'up', at: 1773144000000 }]),
  one('opsgenie', 'deleted', opsgenie('Delete'), [{ kind: 'up' }]),
  ...['Acknowledge', 'UnAcknowledge', 'AddNote', 'EscalateNext', 'UpdatePriority', 'AddTags', 'Snooze'].map(
    action => one('opsgenie', action, opsgenie(action), [{ kind: 'ignored' }]),
  ),
  one('opsgenie', 'no alert', { action: 'Create' }, 'no name (alert.message'),
  one(
    'datadog',
    'the default payload',
    datadog('[P2] [Triggered on {host:web-1,component:api}] CPU is high'),
    [
      {
        kind: 'down',
        monitor: 'CPU is high',
        name: 'CPU is high',
        alert: 'CPU is high host:web-1,component:api',
        component: 'api',
        at: 1773143940000,
        severity: ['P2', 'Triggered'],
        message: '',
      },
    ],
  ),
  one(
    'datadog',
    'the default payload, recovered',
    datadog('[P2] [Recovered on {host:web-1,component:api}] CPU is high'),
    [{ kind: 'up', alert: 'CPU is high host:web-1,component:api', says: 'alert' }],
  ),
  one(
    'datadog',
    'a payload of one’s own',
    datadog('[Triggered] CPU is high', {
      alert_id: '77',
      alert_transition: 'Triggered',
      alert_scope: 'host:web-1',
      alert_type: 'error',
      priority: 'normal',
      tags: 'env:eu,component:api',
      text_only_msg: 'CPU is at 97 %',
    }),
    [
      {
        kind: 'down',
        name: 'CPU is high',
        alert: '77 host:web-1',
        component: 'api',
        severity: ['normal', 'error', 'Triggered'],
        message: 'CPU is at 97 %',
      },
    ],
  ),
  one(
    'datadog',
    'the service and the host in its tags',
    datadog('[Triggered on {service:web,host:web-1}] CPU is high', { tags: 'env:eu,service:shop' }),
    [{ kind: 'down', also: ['web', 'web-1'], component: null }],
  ),
  one(
    'datadog',
    'a service in its tags alone',
    datadog('[Triggered] CPU is high', { tags: 'env:eu,service:web' }),
    [{ kind: 'down', also: ['web'] }],
  ),
  one('datadog', 'a warning', datadog('[Warn] CPU is high', { alert_type: 'warning' }), [
    { kind: 'down', severity: ['warning', 'Warn'] },
  ]),
  one('datadog', 'a warning that ended', datadog('x', { alert_transition: 'Warn Recovered' }), [
    { kind: 'up' },
  ]),
  one('datadog', 'no data', datadog('[No Data on {host:web-1}] CPU is high'), [
    { kind: 'ignored', name: 'CPU is high' },
  ]),
  one(
    'datadog',
    'a variable nobody filled',
    datadog('x', { alert_transition: '$ALERT_TRANSITION' }),
    'not filled in',
  ),
  one('datadog', 'an event that is no alert', datadog('A deployment'), 'no state (alert_transition'),
  one('newrelic', 'activated', newrelic('ACTIVATED'), [
    {
      kind: 'down',
      monitor: 'Error rate',
      name: 'Error rate',
      alert: 'c5faa7e6-7b54-402d-af79-f99601e0278c',
      also: ['shop', 'cart', 'Golden Signals'],
      at: 1773143940000,
      severity: ['CRITICAL', 'ACTIVATED'],
    },
  ]),
  one('newrelic', 'closed', newrelic('CLOSED', { trigger: 'INCIDENT_CLOSED' }), [
    { kind: 'up', at: 1773144000000 },
  ]),
  one('newrelic', 'acknowledged', newrelic('ACKNOWLEDGED'), [{ kind: 'ignored' }]),
  one('newrelic', 'created', newrelic('CREATED'), [{ kind: 'ignored' }]),
  one(
    'newrelic',
    'an alert policy’s own webhook',
    {
      condition_name: 'Server Down',
      current_state: 'open',
      details: 'CPU > 90',
      incident_id: 1234,
      policy_name: 'Shop',
      severity: 'WARNING',
      timestamp: 1773143940000,
    },
    [{ kind: 'down', name: 'Server Down', alert: '1234', also: ['Shop'], message: 'CPU > 90' }],
  ),
  one('newrelic', 'no state', { title: 'x' }, 'no state (state, current_state)'),
  one(
    'azure-monitor',
    'fired',
    azure('Fired', { severity: 'Sev1' }, { customProperties: { component: 'api' } }),
    [
      {
        kind: 'down',
        monitor: 'WCUS-R2-Gen2',
        alert: '/subscriptions/x/providers/Microsoft.AlertsManagement/alerts/b9569717',
        component: 'api',
        also: ['wcus-r2-gen2'],
        at: Date.UTC(2026, 2, 10, 11, 58, 24, 371),
        severity: ['Sev1', 'Fired'],
        message: 'CPU credits are used up',
      },
    ],
  ),
  one('azure-monitor', 'resolved', azure('Resolved'), [
    { kind: 'up', at: Date.UTC(2026, 2, 10, 11, 59, 16, 224), component: null },
  ]),
  one(
    'azure-monitor',
    'another schema',
    { schemaId: 'AzureMonitorMetricAlert', data: {} },
    'azureMonitorCommonAlertSchema',
  ),
  one('gcp', 'open', gcp('open'), [
    {
      kind: 'down',
      monitor: 'Shop latency',
      name: 'Shop latency',
      alert: '0.lsnwib31sglo',
      component: 'api',
      also: ['shop-1', 'p95 above 2 s'],
      at: 1773143880000,
      severity: ['Warning', 'open'],
    },
  ]),
  one('gcp', 'closed', gcp('closed'), [{ kind: 'up', at: 1773143940000 }]),
  one(
    'gcp',
    'in capitals, without labels',
    gcp('OPEN', { policy_user_labels: null, severity: 'No severity' }),
    [{ kind: 'down', component: null }],
  ),
  one('gcp', 'the test', gcp('OPEN', { started_at: 0 }, 'test'), [{ kind: 'ignored' }]),
  one('gcp', 'no incident', { version: '1.2' }, 'no name (incident.policy_name'),
  one('zabbix', 'a problem', ZABBIX, [
    {
      kind: 'down',
      monitor: 'Agent is unreachable for 5 minutes',
      alert: '10528',
      component: 'api',
      also: ['Shop'],
      at: 1773143880000,
      message: '',
      severity: ['disaster', 'Disaster', '1'],
    },
  ]),
  one('zabbix', 'its end', { ...ZABBIX, value: '0', recovery_timestamp: '1773143940' }, [
    { kind: 'up', alert: '10528', at: 1773143940000 },
  ]),
  one(
    'zabbix',
    'the macros’ names',
    {
      'EVENT.ID': '7',
      'EVENT.NAME': 'Load',
      'EVENT.VALUE': '1',
      'HOST.NAME': 'web',
      'EVENT.NSEVERITY': '2',
      'EVENT.TAGS': 'component:api, x:y',
    },
    [{ kind: 'down', name: 'Load', component: 'api', severity: ['warning', '1'] }],
  ),
  one(
    'zabbix',
    'a message of one’s own',
    { hostname: 'web', severity: 'Average', status: 'PROBLEM', trigger: 'Agent is down' },
    [{ kind: 'down', name: 'Agent is down', also: ['web'], alert: null, severity: ['Average', 'PROBLEM'] }],
  ),
  one('zabbix', 'resolved', { status: 'RESOLVED', trigger: 'Agent is down' }, [
    { kind: 'up', says: 'alert' },
  ]),
  one('zabbix', 'macros nobody filled', { value: '{EVENT.VALUE}', name: 'x' }, 'not filled in'),
];
