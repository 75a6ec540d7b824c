// Gatus: endpoints as checks, conditions as their fields, announcements, and what is said of the rest.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { readSite } from '../../../src/config/site-file.ts';
import { importGatus } from '../../../src/core/import/gatus/gatus.ts';
import { besideSource } from '../../../src/core/import/newer.ts';
import { newSiteYaml } from '../../../src/core/import/site.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import { DAY } from '../../../src/core/model/time.ts';
import { NOW, openTerminal } from '../../cli/terminal.ts';

const importOf = (...texts: string[]) =>
  importGatus(
    texts.map((text, at) => ({ name: `${'abc'[at]}.yaml`, text })),
    [],
    NOW,
  );
const remarksOf = (made: ReturnType<typeof importGatus>) =>
  made.remarks.map(({ file, kind, what }) => `${file} ${kind}: ${what}`);
const VARIABLES = { HOST: 'h.example', TOKEN: 'a b', ALL: 'https://all.example', PORT: '70', CODE: '204' };
/** Reads the status.yaml that results. */
const load = (made: ReturnType<typeof importGatus>) => {
  const { value, problems } = readSite(newSiteYaml(made), 'status.yaml', VARIABLES, null, 'http://localhost');
  expect(problems).toEqual([]);
  return value!;
};

/** An endpoint's conditions: the fields that they become, and those that are said to be left out. */
const CONDITIONS: [conditions: string[], fields: object, leftOut?: string[]][] = [
  [['[STATUS] == 200'], { expect: 200 }],
  [['[STATUS] == any(200, 429)'], { expect: '200, 429' }],
  [['[STATUS] < 300', '[STATUS] >= 200'], {}],
  [['[STATUS] < 400'], { expect: '100-399' }],
  [['[STATUS] <= 204', '[STATUS] > 199', '[STATUS] != 201'], { expect: '200, 202-204' }],
  [['[STATUS] == pat(2*)'], {}],
  [['[STATUS] != pat(5??)'], { expect: '100-499' }],
  [['200 == [STATUS]'], { expect: 200 }],
  [['500 > [STATUS]'], { expect: '100-499' }],
  [['[STATUS] == ${CODE}'], { expect: '${CODE}' }],
  [['[CONNECTED] == true'], { expect: '100-599' }],
  [['[STATUS] == 200', '[STATUS] == 404'], { expect: '100-599' }, ['[STATUS] == 200', '[STATUS] == 404']],
  [['[STATUS] == 200', '[BODY] == pat(*<h1>Tide</h1>*)'], { expect: 200, contains: '<h1>Tide</h1>' }],
  [['[STATUS] == 200', '[BODY] != pat(*fault*)'], { expect: 200, not_contains: 'fault' }],
  [['[STATUS] == 200', '[BODY] == ready'], { expect: 200, contains: 'ready' }],
  [
    ['[STATUS] == 200', '[BODY] == pat(*a*)', '[BODY] == pat(*b*)'],
    { expect: 200, contains: 'a' },
    ['[BODY] == pat(*b*)'],
  ],
  [['[STATUS] == 200', '[BODY] == pat(a*b)'], { expect: 200 }, ['[BODY] == pat(a*b)']],
  [['[STATUS] == 200', '[BODY] != x'], { expect: 200 }, ['[BODY] != x']],
  [
    [
      '[STATUS] == 200',
      '[BODY].status == UP',
      '[BODY].db.pool[0].ok == true',
      '[BODY].count == 3',
      '[BODY][1].x-y == 007',
    ],
    {
      expect: 200,
      json: { '$.status': 'UP', '$.db.pool[0].ok': true, '$.count': 3, '$[1]["x-y"]': '007' },
    },
  ],
  [
    [
      '[STATUS] == 200',
      'len([BODY].items) > 0',
      'has([BODY].errors) == false',
      '[BODY].n > 3',
      '[BODY].s == any(a, b)',
    ],
    { expect: 200 },
    ['len([BODY].items) > 0', 'has([BODY].errors) == false', '[BODY].n > 3', '[BODY].s == any(a, b)'],
  ],
  [['[STATUS] == 200', '[CERTIFICATE_EXPIRATION] > 48h'], { expect: 200, tls_days: 2 }],
  [['[STATUS] == 200', '[CERTIFICATE_EXPIRATION] > 100h'], { expect: 200, tls_days: 5 }],
  [
    [
      '[STATUS] == 200',
      '[DOMAIN_EXPIRATION] > 720h',
      '[IP] == 192.0.2.1',
      '[STATUS]==200',
      '[RESPONSE_TIME] > 5',
    ],
    { expect: 200 },
    ['[DOMAIN_EXPIRATION] > 720h', '[IP] == 192.0.2.1', '[STATUS]==200', '[RESPONSE_TIME] > 5'],
  ],
];

test.each(CONDITIONS)('conditions %j', (conditions, fields, leftOut = []) => {
  const made = importOf(JSON.stringify({ endpoints: [{ name: 'A', url: 'https://a.example', conditions }] }));
  expect(made.components[0]!.check).toEqual({ type: 'http', url: 'https://a.example', ...fields });
  const said = remarksOf(made).filter(one => one.includes(' left out: '));
  const expected = leftOut.map(text => `a.yaml left out: “A”: the condition “${text}”`);
  expect(said.map(one => one.replace(/: with it no status is left$/, ''))).toEqual(expected);
  load(made);
});

test.each([
  ['[RESPONSE_TIME] < 500', '500ms'],
  ['[RESPONSE_TIME] <= 1.5s', '1500ms'],
  ['2000 > [RESPONSE_TIME]', '2s'],
  ['[STATUS] == 200', '10s'],
])('a slow answer: %s', (condition, latency) => {
  const conditions = [condition, '[RESPONSE_TIME] < 9s'].slice(0, condition.includes('TIME') ? 2 : 1);
  const made = importOf(JSON.stringify({ endpoints: [{ name: 'A', url: 'https://a.example', conditions }] }));
  expect(made.components[0]!.detect).toEqual({ latency });
});

/** What an endpoint is checked by, and a part of what is said of it. */
const TARGETS: [endpoint: object, check: object, said?: string][] = [
  [
    { url: 'tcp://db.example:5432', conditions: ['[CONNECTED] == true'] },
    { type: 'tcp', host: 'db.example', port: 5432 },
  ],
  [{ url: 'tcp://${HOST}:${PORT}' }, { type: 'tcp', host: '${HOST}', port: '${PORT}' }],
  [
    { url: 'tcp://db.example:1', body: 'PING', conditions: ['[BODY] == PONG'] },
    { type: 'tcp', host: 'db.example', port: 1 },
    '“A”: `body`: nothing is sent',
  ],
  [
    { url: 'tls://t.example:993', conditions: ['[CERTIFICATE_EXPIRATION] > 240h'] },
    { type: 'tls', host: 't.example', port: 993, days: 10 },
    'is a warning, not an outage',
  ],
  [
    { url: 'starttls://m.example:25', conditions: ['[CONNECTED] == true'] },
    { type: 'smtp', host: 'm.example', port: 25, starttls: true },
  ],
  [{ url: 'ws://w.example/x' }, { type: 'tcp', host: 'w.example', port: 80 }, 'WebSocket'],
  [{ url: 'wss://w.example:444' }, { type: 'tls', host: 'w.example', port: 444 }, 'WebSocket'],
  [{ url: 'icmp://p.example', conditions: ['[CONNECTED] == true'] }, { type: 'manual' }, 'becomes manual'],
  [{ url: 'ssh://s.example:22', ssh: { username: 'x' } }, { type: 'manual' }, 'becomes manual'],
  [{ url: 'grpc://g.example:90' }, { type: 'manual' }, 'becomes manual'],
  [{ url: 'https://' }, { type: 'manual' }, 'becomes manual: `url`'],
  [
    { url: '$ALL', conditions: ['[STATUS] == 200'] },
    { type: 'http', url: '${ALL}', expect: 200 },
  ],
  [
    {
      url: '8.8.8.8',
      dns: { 'query-name': 'a.example.', 'query-type': 'A' },
      conditions: ['[BODY] == 192.0.2.7', '[DNS_RCODE] == NOERROR'],
    },
    { type: 'dns', name: 'a.example', server: '8.8.8.8', expect: ['192.0.2.7'] },
  ],
  [
    {
      url: '[2001:db8::53]:5353',
      dns: { 'query-name': 'a.example', 'query-type': 'MX' },
      conditions: ['[BODY] == mx.a.example.'],
    },
    { type: 'dns', name: 'a.example', record: 'MX', server: '[2001:db8::53]:5353', expect: ['mx.a.example'] },
  ],
  [
    { url: '8.8.8.8', dns: { 'query-name': 'a.example', 'query-type': 'SOA' } },
    { type: 'manual' },
    'becomes manual',
  ],
  [
    {
      url: '8.8.8.8',
      dns: { 'query-name': 'a.example', 'query-type': 'A' },
      conditions: ['[BODY] == pat(*.*)', '[DNS_RCODE] == NOERROR'],
    },
    { type: 'dns', name: 'a.example', server: '8.8.8.8' },
    'the condition “[BODY] == pat(*.*)”',
  ],
  [
    {
      url: 'https://a.example',
      method: 'POST',
      graphql: true,
      body: '{ tides }',
      headers: { 'X-Key': '${TOKEN}' },
      conditions: ['[STATUS] == 200'],
    },
    {
      type: 'http',
      url: 'https://a.example',
      method: 'POST',
      headers: { 'X-Key': '${TOKEN}', 'Content-Type': 'application/json' },
      body: '{"query":"{ tides }"}',
      expect: 200,
    },
  ],
  [
    {
      url: 'https://a.example',
      body: '[ENDPOINT_NAME] in [ENDPOINT_GROUP] at $$5',
      group: 'G',
      headers: { 'Content-Length': 3 },
      client: { insecure: true, 'ignore-redirect': true, timeout: '3s', network: 'ip6' },
      conditions: ['[STATUS] == 302'],
    },
    {
      type: 'http',
      url: 'https://a.example',
      body: 'A in G at $5',
      redirects: 0,
      ip: 6,
      expect: 302,
      timeout: '3s',
    },
    '“G/A”: its certificate is verified here',
  ],
];

test.each(TARGETS)('the endpoint %j', (endpoint, check, said = '') => {
  const made = importOf(JSON.stringify({ endpoints: [{ name: 'A', ...endpoint }] }));
  expect(made.components[0]!.check).toEqual(check);
  expect(remarksOf(made).join('\n')).toContain(said);
  load(made);
});

const DNS = { url: '8.8.8.8', dns: { 'query-name': 'a.example', 'query-type': 'A' } };
const HTTP = { url: 'https://a.example', conditions: ['[STATUS] == 200'] };

test.each<[endpoint: object, why: string]>([
  [{ url: 'tcp://a.example:1', conditions: ['[CONNECTED] == false'] }, 'by “[CONNECTED] == false”'],
  [{ url: 'https://a.example', conditions: ['[CONNECTED] != true'] }, 'by “[CONNECTED] != true”'],
  [
    { url: 'https://a.example', headers: { 'X-Key': 'k' }, conditions: ['[STATUS] == 0'] },
    'by “[STATUS] == 0”',
  ],
  [{ url: 'https://a.example', conditions: ['[STATUS] == any(200, 999)'] }, 'by “[STATUS] == any(200, 999)”'],
  [{ url: 'https://a.example', conditions: ['[STATUS] > 599'] }, 'by “[STATUS] > 599”'],
  [{ ...DNS, conditions: ['[DNS_RCODE] == NXDOMAIN'] }, 'by “[DNS_RCODE] == NXDOMAIN”'],
  [{ ...DNS, conditions: ['[DNS_RCODE] == any(NOERROR, NXDOMAIN)'] }, 'which is down here'],
  [{ url: 'tls://a.example:1', conditions: ['[CERTIFICATE_EXPIRATION] < 1h'] }, 'which is down here'],
  [{ ...HTTP, client: { oauth2: { 'token-url': 'x' } } }, 'no check can log in as it does (`client.oauth2`)'],
  [{ ...HTTP, client: { 'identity-aware-proxy': { audience: 'x' } } }, 'no check can log in as it does'],
  [{ ...HTTP, client: { tls: { 'certificate-file': 'x' } } }, 'no check has a certificate of its own'],
  [{ ...HTTP, client: { 'proxy-url': 'http://p' } }, 'no check goes through a proxy'],
  [{ url: 'tcp://a.example:1', client: { tunnel: 'jump' } }, 'no check goes through a tunnel'],
])('without it something well would be down, so the check is manual: %j', (endpoint, why) => {
  const made = importOf(JSON.stringify({ endpoints: [{ name: 'A', ...endpoint }] }));
  expect(made.components[0]!.check).toEqual({ type: 'manual' });
  expect(made.components[0]!.detect).toBeUndefined();
  expect(remarksOf(made)).toEqual([expect.stringContaining(why)]);
  expect(remarksOf(made)[0]).toContain('its check becomes manual');
  load(made);
});

test.each([
  [{ url: 'tls://a.example:1', client: { insecure: true } }, 'its certificate is verified here'],
  [{ ...HTTP, client: { 'dns-resolver': 'tcp://8.8.8.8:53' } }, 'not by `client.dns-resolver`'],
  [{ ...HTTP, conditions: ['[BODY].n == 3'] }, '3 is compared as a value of JSON'],
])('what may make something well down is said: %j', (endpoint, said) => {
  const made = importOf(JSON.stringify({ endpoints: [{ name: 'A', ...endpoint }] }));
  expect(remarksOf(made).join('\n')).toContain(said);
});

test('two dollars are one, and begin no variable', () => {
  const made = importOf(
    `ui: { header: "$\${HOST}" }
endpoints:
  - { name: "$\${HOST}", group: "$\${CODE}", url: "https://\${HOST}", body: "\${HOST} $\${HOST} $$HOST $$1", method: POST, conditions: ["[STATUS] == 200"] }
announcements:
  - { timestamp: "2025-08-15T12:00:00Z", message: "It costs $\${HOST}" }
`,
  );
  expect(made.title).toBe('$' + '{HOST}');
  expect(made.components).toMatchObject([{ name: '$' + '{HOST}', group: '$' + '{CODE}' }]);
  expect(load(made).components[0]!.check).toMatchObject({
    url: 'https://h.example',
    body: 'h.example $' + '{HOST} $HOST $1',
  });
  expect(made.incidents[0]!.text).toContain('It costs $' + '{HOST}');
  expect(remarksOf(made).at(-1)).toBe(
    'a.yaml changed: set these environment variables, which its checks use: HOST',
  );
});

test.each([
  [undefined, '* * * * *', undefined],
  ['60s', '* * * * *', undefined],
  ['5m', '*/5 * * * *', undefined],
  ['30s', '*/30 * * * * *', undefined],
  ['1h', '0 * * * *', undefined],
  ['24h', '0 0 * * *', undefined],
  ['7m', '*/6 * * * *', 'it is checked every 6m, not every 7m'],
  ['90s', '*/2 * * * *', 'it is checked every 2m, not every 90s'],
  ['72h', '0 0 * * *', 'it is checked every 24h, not every 72h'],
])('the interval %s', (interval, schedule, said) => {
  const made = importOf(JSON.stringify({ endpoints: [{ name: 'A', url: 'tcp://a.example:1', interval }] }));
  expect(made.components[0]!.schedule).toBe(schedule);
  expect(remarksOf(made)).toEqual(said === undefined ? [] : [`a.yaml changed: “A”: ${said}`]);
  load(made);
});

test.each([
  [[], {}, {}],
  [[{ type: 'slack' }], {}, {}],
  [[{ type: 'slack', 'failure-threshold': 5, 'success-threshold': 3 }], {}, { failures: 5, recoveries: 3 }],
  [
    [
      { type: 'slack', 'failure-threshold': 5 },
      { type: 'ntfy', 'failure-threshold': 1 },
    ],
    {},
    { failures: 1 },
  ],
  [[{ type: 'slack', 'failure-threshold': 9, enabled: false }], {}, {}],
  [
    [{ type: 'slack' }],
    { slack: { 'default-alert': { 'failure-threshold': 4, 'success-threshold': 1 } } },
    { failures: 4, recoveries: 1 },
  ],
])('the thresholds of alerts %j', (alerts, alerting, detect) => {
  const made = importOf(
    JSON.stringify({ alerting, endpoints: [{ name: 'A', url: 'tcp://a.example:1', alerts }] }),
  );
  expect(made.components[0]!.detect).toEqual({ ...detect, latency: '10s' });
  load(made);
});

const MANY = [
  `default: &default
  group: pier
  interval: 5m
  conditions:
    - "[STATUS] == 200"
endpoints:
  - name: Website
    !!merge <<: *default
    url: "https://a.example"
  - name: Gauge
    <<: *default
    url: "https://b.example/$TOKEN"
    interval: 1m
    extra-labels: { floor: "2" }
    maintenance-windows:
      - { start: "02:00", duration: 7h, timezone: Europe/Berlin }
  - name: Spare
    enabled: no
    url: https://c.example
    conditions: ["[STATUS] == 200"]
maintenance:
  start: "23:00"
  duration: 1h
  every: [Monday, Thursday]
`,
  `ui: { header: Tide Office }
metrics: true
endpoints:
  - name: Gauge
    group: shore
    url: tcp://d.example:80
    conditions: ["[CONNECTED] == true"]
external-endpoints:
  - name: Nightly copy
    group: jobs
    token: potato
    heartbeat: { interval: 30m }
    alerts: [{ type: discord }]
  - name: By hand
    token: potato
suites:
  - name: Sign in
    endpoints: []
`,
];

test('what is there twice is taken once, and defaults may stand in another file', () => {
  const endpoint = { name: 'A', url: 'tcp://a.example:1', alerts: [{ type: 'slack' }] };
  const slack = (of: object) => JSON.stringify({ alerting: { slack: of } });
  const made = importOf(
    JSON.stringify({ endpoints: [endpoint, endpoint] }),
    slack({ 'webhook-url': 'x' }),
    slack({ 'default-alert': { 'failure-threshold': 4 } }),
  );
  expect(made.components.map(({ id, detect }) => [id, detect])).toEqual([
    ['a', { failures: 4, latency: '10s' }],
  ]);
  expect(remarksOf(made)[0]).toBe('a.yaml wrong: “A” is there twice');
});

test('several files are one configuration', () => {
  const made = importOf(...MANY);
  expect(made.title).toBe('Tide Office');
  expect(made.components.map(({ id, group, check, schedule }) => [id, group, check?.type, schedule])).toEqual(
    [
      ['website', 'pier', 'http', '*/5 * * * *'],
      ['pier-gauge', 'pier', 'http', '* * * * *'],
      ['shore-gauge', 'shore', 'tcp', '* * * * *'],
      ['nightly-copy', 'jobs', 'heartbeat', undefined],
      ['by-hand', null, 'manual', undefined],
    ],
  );
  expect(made.components[3]!.check).toEqual({ type: 'heartbeat', period: '30m' });
  expect(load(made).components.map(({ name }) => name)).toEqual([
    'Website',
    'Gauge',
    'Gauge',
    'Nightly copy',
    'By hand',
  ]);
  const window = (start: string, end: string, rule: string, zone: string, of: string) =>
    `its maintenance window, which \`npm run status -- maintenance new --title … --message … --start YYYY-MM-DDT${start} --end ${end} --rrule "${rule}" --timezone ${zone} --components ${of}\` announces`;
  expect(remarksOf(made)).toEqual([
    `a.yaml left out: “pier/Gauge”: ${window('02:00', '7h', 'FREQ=DAILY', 'Europe/Berlin', 'pier-gauge')}`,
    'a.yaml left out: “Spare”: it is not enabled',
    'b.yaml changed: “jobs/Nightly copy”: its job reports to another address, which `npm run status -- heartbeat-url nightly-copy` prints',
    'b.yaml changed: “By hand”: its check becomes manual: it has no `heartbeat.interval`, so its silence means nothing',
    'a.yaml left out: its settings default',
    `a.yaml left out: ${window('23:00', '1h', 'FREQ=WEEKLY;BYDAY=MO,TH', 'UTC', 'all')}`,
    'b.yaml left out: its suites “Sign in”: steps that depend on each other',
    'b.yaml left out: where alerts go (discord): write `notify:` in status.yaml',
    'b.yaml left out: its settings metrics, ui',
    'a.yaml changed: set these environment variables, which its checks use: TOKEN',
  ]);
});

const SAID = [
  {
    timestamp: '2025-08-15T12:00:00Z',
    type: 'outage',
    message: 'The gauge is **wet**. It dries.\n\nSince noon.',
    archived: true,
  },
  { timestamp: '2025-08-15T14:00:00+02:00', type: 'operational', message: 'Dry.' },
  { timestamp: '2025-08-16 09:00:00', type: 'warning', message: 'Wind' },
  { timestamp: '2025-08-17T09:00:00Z', message: '[New pier](https://p.example) opens' },
];

test('announcements are over at their time, and affect nothing', () => {
  const made = importOf(JSON.stringify({ announcements: SAID }));
  const read = made.incidents.map(({ text }) => parseIncident('x.md', 'x', text));
  expect(read.flatMap(({ problems }) => problems)).toEqual([]);
  const shown = read.map(({ value }) => value!);
  expect(shown.map(({ title, severity }) => [title, severity])).toEqual([
    ['The gauge is wet', 'major'],
    ['Dry', 'minor'],
    ['Wind', 'minor'],
    ['New pier opens', 'minor'],
  ]);
  for (const [at, { timestamp, message }] of SAID.entries()) {
    const one = shown[at]!;
    const when = new Date(/Z|\+/.test(timestamp) ? timestamp : `${timestamp}Z`).getTime();
    expect([one.started, one.resolved, one.status]).toEqual([when, when, 'resolved']);
    expect(one.components).toEqual([]);
    expect(one.updates.map(({ body }) => body)).toEqual([message]);
  }
  expect(made.incidents.map(({ source }) => source)).toEqual([
    'gatus:2025-08-15T12:00:00Z',
    'gatus:2025-08-15T12:00:00Z-2',
    'gatus:2025-08-16T09:00:00Z',
    'gatus:2025-08-17T09:00:00Z',
  ]);
  expect(remarksOf(made)).toEqual([
    'a.yaml changed: “Wind” is over at its own time, as an announcement has no end: open it if it goes on',
  ]);
  const [long] = importOf(
    JSON.stringify({ announcements: [{ ...SAID[0], message: 'Tide '.repeat(40) }] }),
  ).incidents;
  expect(parseIncident('x', 'x', long!.text).value!.title).toMatch(/^(Tide ){19}Tide…$/);
});

test('an announcement of the future is a maintenance from then', () => {
  const timestamp = '2026-12-01T08:00:00Z';
  const made = importOf(JSON.stringify({ announcements: [{ timestamp, type: 'outage', message: 'Move' }] }));
  const { value, problems } = parseIncident('x', 'x', made.incidents[0]!.text);
  expect(problems).toEqual([]);
  const { status, started, components, scheduled, updates } = value!;
  expect([status, started, components]).toEqual(['scheduled', NOW, []]);
  const start = Date.parse(timestamp);
  expect(scheduled).toMatchObject({ start, end: start + 3_600_000 });
  expect(updates.map(({ body, at }) => [body, at])).toEqual([['Move', NOW]]);
  expect(remarksOf(made)).toEqual([
    'a.yaml changed: “Move” is dated in the future: it is a maintenance of an hour from then',
  ]);
});

test('a planned announcement is the same file at each import, also after its time', () => {
  const text = (message: string) =>
    JSON.stringify({ announcements: [{ timestamp: '2026-12-01T08:00:00Z', message }] });
  const at = (now: number, message = 'Move') =>
    importGatus([{ name: 'a.yaml', text: text(message) }], [], now).incidents[0]!;
  const here = at(NOW).text;
  expect(besideSource(here, at(NOW + DAY))).toEqual({ is: 'same' });
  expect(besideSource(here, at(NOW + 30 * DAY))).toEqual({ is: 'same' });
  expect(besideSource(here, at(NOW + DAY, 'Moved')).is).toBe('other');
  expect(besideSource(here.replace('Move', 'We move'), at(NOW + DAY)).is).toBe('other');
});

test.each([
  ['endpoints: [', 'a.yaml wrong: it is no readable YAML'],
  ['- a', 'a.yaml wrong: it is no readable YAML'],
  ['services: {}', 'a.yaml wrong: it is no configuration of Gatus'],
  [
    'announcements: [{ timestamp: soon, message: x }]',
    'a.yaml wrong: its announcement 1 has no message or no readable timestamp',
  ],
])('%s', (text, said) => {
  expect(remarksOf(importOf(text))).toEqual([said]);
});

test('the command writes once, says what it would write, and refuses what is nothing', async () => {
  const terminal = await openTerminal();
  const status = path.join(terminal.dir, 'status');
  await rm(path.join(status, 'status.yaml'));
  const folder = path.join(terminal.dir, 'config');
  await mkdir(folder);
  await writeFile(path.join(folder, 'a.yaml'), MANY[0]!);
  await writeFile(path.join(folder, 'b.yml'), MANY[1]!);
  await writeFile(path.join(folder, 'notes.md'), '# x');
  const more = path.join(terminal.dir, 'said.yaml');
  await writeFile(more, JSON.stringify({ announcements: SAID }));
  const dry = await terminal.run(importing, 'gatus', folder, more, '--dry-run');
  expect(dry.out).toContain('4 incidents to write');
  expect(await readdir(status)).toEqual(['incidents']);
  const first = await terminal.run(importing, 'gatus', folder, more);
  expect(first).toMatchObject({ code: 0 });
  expect(first.out).toContain('4 incidents written');
  expect(first.out).toContain('status.yaml created with 5 components.');
  const texts = async () =>
    Promise.all(
      (await readdir(status, { recursive: true }))
        .filter(one => /\.\w+$/.test(one))
        .sort()
        .map(one => readFile(path.join(status, one), 'utf8')),
    );
  const before = await texts();
  expect(before).toHaveLength(5);
  Object.assign(terminal.cli.env.variables, VARIABLES);
  const second = await terminal.run(importing, 'gatus', folder, more);
  expect(second.out).toContain('0 incidents written, 4 already there, 0 updated, 0 kept');
  expect(second.out).not.toContain('has no such component');
  expect(await texts()).toEqual(before);
  await writeFile(more, '- nothing');
  const wrong = await terminal.run(importing, 'gatus', folder, more);
  expect(wrong.code).toBe(1);
  expect(wrong.out).toContain('said.yaml: nothing taken\n  wrong: it is no readable YAML');
  await expect(terminal.run(importing, 'gatus', more)).rejects.toThrow('there is nothing to import');
});
