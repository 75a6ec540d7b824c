// UptimeRobot's real payloads, as its documentation, fixtures and consumers show them.
import type { Signal } from '../../../src/core/inbound/signal.ts';
import type { Payload } from './payload.ts';

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
  sender: 'uptimerobot',
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
