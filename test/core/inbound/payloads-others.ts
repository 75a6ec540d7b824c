// Real payloads of the other monitors, as their documentation, fixtures and consumers show them.
import type { Signal } from '../../../src/core/inbound/signal.ts';
import type { Payload } from './payload.ts';

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
  one('generic', 'no name', { status: 'down' }, 'no name (name, monitor'),
  one('generic', 'no status', { name: 'A' }, 'no state (status, state'),
  one(
    'generic',
    'names and words in any case',
    { Monitor_Name: 'API', STATUS: 'Triggered', Severity: 'P2' },
    [{ kind: 'down', name: 'API', says: 'alert', severity: ['P2', 'Triggered'] }],
  ),
  one('generic', 'an alert that is over', { alertName: 'High load', State: 'CLEARED' }, [
    { kind: 'up', monitor: 'High load', says: 'alert' },
  ]),
  one('generic', 'degraded', { name: 'API', status: 'Partial Outage', tags: ['env:eu', 'component:api'] }, [
    { kind: 'down', says: 'degraded', component: 'api' },
  ]),
  one('generic', 'a list with a hole', [{ name: 'A', status: 'down' }, null], '[1]:'),
  one('sns', 'an alarm, as the text SNS sends', JSON.stringify({ ...SNS, Message: JSON.stringify(ALARM) }), [
    {
      kind: 'down',
      sender: 'sns',
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
