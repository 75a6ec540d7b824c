// Payloads of StatusCake, HetrixTools, Cronitor, Site24x7 and Checkly, as their documentation shows them.
import type { Payload } from './payload.ts';

const one = (sender: string, what: string, input: unknown, expect: Payload['expect']): Payload => ({
  sender,
  what,
  input,
  expect,
});

const STATUSCAKE = {
  Token: '8b1a9953c4611296a827abf8c47804d7',
  Name: 'Shop',
  URL: 'https://shop.example.com',
  IP: '203.0.113.7',
  Checkrate: '300',
  StatusCode: '503',
  Status: 'Down',
  Tags: 'prod,component:api',
};
const HETRIX = {
  monitor_id: '4e8f0c7d2b6a9135e0c4d8f7a1b2c3d4',
  monitor_name: 'Test Monitor Label',
  monitor_target: 'http://this-is-a-test.com/',
  monitor_type: 'website',
  monitor_category: 'Test Category',
  monitor_status: 'offline',
  timestamp: 1499666192,
  monitor_errors: { 'New York': 'http code 403', Dallas: 'timeout', London: 'http code 403' },
};
const CRONITOR = {
  id: 'nightly-backup',
  monitor: 'Nightly backup',
  description: 'Nightly backup did not run on time',
  type: 'ALERT',
  rule: 'not_on_schedule',
  environment: 'production',
  group: 'Backups',
  issue_url: 'https://cronitor.io/app/issues/1',
  monitor_url: 'https://cronitor.io/app/monitors/x',
};
const SITE24X7 = {
  MONITOR_ID: 123412,
  MONITOR_DASHBOARD_LINK: 'https://www.site24x7.com/app/client#/home/monitors/1',
  MONITORTYPE: 'URL',
  MONITORNAME: 'Shop',
  MONITORURL: 'https://shop.example.com',
  MONITOR_GROUPNAME: 'Web',
  INCIDENT_REASON: 'Connection refused',
  INCIDENT_TIME: 'March 10, 2026 4:59 PM IST',
  INCIDENT_TIME_ISO: '2026-03-10T16:59:00+0530',
  POLLFREQUENCY: 1,
  STATUS: 'DOWN',
  FAILED_LOCATIONS: 'London-UK',
  TAGS: ['env:prod', 'component:api'],
};
const CHECKLY = {
  event: 'Check "Payment API" has failed',
  alert_type: 'ALERT_FAILURE',
  check_name: 'Payment API',
  group_name: 'Payments',
  check_id: 'abc123-def456-ghi789',
  check_type: 'API',
  check_result_id: 'result-123-456',
  check_error_message: 'Connection timeout after 5000ms',
  response_time: 1234,
  run_location: 'eu-west-1',
  ssl_days_remaining: '',
  ssl_check_domain: '',
  started_at: '2026-03-10T11:59:00.000Z',
  tags: 'prod, component:api',
  link: 'https://app.checklyhq.com/x',
};

export const MONITORS: readonly Payload[] = [
  one('statuscake', 'down', STATUSCAKE, [
    {
      kind: 'down',
      monitor: 'Shop https://shop.example.com',
      name: 'Shop',
      url: 'https://shop.example.com',
      component: 'api',
      says: 'down',
    },
  ]),
  one('statuscake', 'up, in capitals', { ...STATUSCAKE, Status: 'UP' }, [
    { kind: 'up', monitor: 'Shop https://shop.example.com' },
  ]),
  one('statuscake', 'with an id', { ...STATUSCAKE, TestID: '77' }, [{ kind: 'down', monitor: '77' }]),
  one('statuscake', 'anything else', { ...STATUSCAKE, Status: 'Paused' }, [{ kind: 'ignored' }]),
  one('statuscake', 'no status', { Name: 'Shop' }, 'no state (Status)'),
  one('hetrixtools', 'offline', HETRIX, [
    {
      kind: 'down',
      monitor: HETRIX.monitor_id,
      name: 'Test Monitor Label',
      url: 'http://this-is-a-test.com/',
      at: 1499666192000,
      message: 'http code 403, timeout',
      also: ['Test Category'],
    },
  ]),
  one('hetrixtools', 'online, without errors', { ...HETRIX, monitor_status: 'online', monitor_errors: [] }, [
    { kind: 'up', message: '' },
  ]),
  one('hetrixtools', 'maintenance', { ...HETRIX, monitor_status: 'maintenance' }, [{ kind: 'ignored' }]),
  one('hetrixtools', 'no monitor', { monitor_status: 'offline' }, 'no name (monitor_name'),
  one('cronitor', 'an alert', CRONITOR, [
    {
      kind: 'down',
      monitor: 'nightly-backup production',
      name: 'Nightly backup',
      message: CRONITOR.description,
      also: ['Backups', 'nightly-backup'],
      says: 'down',
    },
  ]),
  one('cronitor', 'a recovery without a group', { ...CRONITOR, type: 'RECOVERY', group: null }, [
    { kind: 'up', monitor: 'nightly-backup production', also: ['nightly-backup'] },
  ]),
  one('cronitor', 'without an environment', { ...CRONITOR, environment: null }, [
    { kind: 'down', monitor: 'nightly-backup', name: 'Nightly backup', also: ['Backups'] },
  ]),
  one(
    'cronitor',
    'of another environment',
    { ...CRONITOR, environment: 'staging', tags: ['component:api'] },
    [
      {
        kind: 'down',
        monitor: 'nightly-backup staging',
        name: 'Nightly backup (staging)',
        component: null,
        also: [],
      },
    ],
  ),
  one('cronitor', 'another type', { ...CRONITOR, type: 'INFO' }, [{ kind: 'ignored' }]),
  one('site24x7', 'down', SITE24X7, [
    {
      kind: 'down',
      monitor: 'Shop',
      name: 'Shop',
      component: 'api',
      at: Date.UTC(2026, 2, 10, 11, 29),
      message: 'Connection refused',
      also: ['Web'],
    },
  ]),
  one('site24x7', 'trouble is not down', { ...SITE24X7, STATUS: 'TROUBLE' }, [
    { kind: 'down', says: 'degraded' },
  ]),
  one('site24x7', 'critical', { ...SITE24X7, STATUS: 'CRITICAL' }, [{ kind: 'down', says: 'down' }]),
  one('site24x7', 'up, as a form', { MONITORNAME: 'Shop', STATUS: 'UP', TAGS: 'component:api' }, [
    { kind: 'up', component: 'api' },
  ]),
  one('site24x7', 'maintenance', { ...SITE24X7, STATUS: 'MAINTENANCE' }, [{ kind: 'ignored' }]),
  one(
    'site24x7',
    'parameters nobody filled',
    { MONITORNAME: '$MONITORNAME', STATUS: '$STATUS' },
    'not filled in',
  ),
  one('checkly', 'a failure', CHECKLY, [
    {
      kind: 'down',
      monitor: CHECKLY.check_id,
      name: 'Payment API',
      component: 'api',
      at: Date.UTC(2026, 2, 10, 11, 59),
      message: CHECKLY.check_error_message,
      says: 'down',
    },
  ]),
  one('checkly', 'degraded', { ...CHECKLY, alert_type: 'ALERT_DEGRADED' }, [
    { kind: 'down', says: 'degraded' },
  ]),
  one('checkly', 'a recovery', { ...CHECKLY, alert_type: 'ALERT_RECOVERY', check_error_message: null }, [
    { kind: 'up', message: '' },
  ]),
  one('checkly', 'a recovery from degraded', { ...CHECKLY, alert_type: 'ALERT_DEGRADED_RECOVERY' }, [
    { kind: 'up' },
  ]),
  one('checkly', 'no alert', { ...CHECKLY, alert_type: 'NO_ALERT' }, [{ kind: 'ignored' }]),
  one(
    'checkly',
    'a certificate that expires',
    { ...CHECKLY, alert_type: 'ALERT_SSL', ssl_days_remaining: '14', ssl_check_domain: 'shop.example.com' },
    [
      {
        kind: 'ignored',
        url: 'shop.example.com',
        expiry: { of: 'certificate', at: null, days: 14 },
      },
    ],
  ),
  one(
    'checkly',
    'variables nobody filled',
    { alert_type: '{{ALERT_TYPE}}', check_name: 'X' },
    'not filled in',
  ),
];
