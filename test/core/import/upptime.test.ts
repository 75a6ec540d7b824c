// Upptime: sites, issues and days of its repository, and what is said of the rest.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importing } from '../../../src/cli/import/import.ts';
import { readSite } from '../../../src/config/site-file.ts';
import { newSiteYaml } from '../../../src/core/import/site.ts';
import { siteSlug } from '../../../src/core/import/upptime/slug.ts';
import { importUpptime } from '../../../src/core/import/upptime/upptime.ts';
import { parseIncident } from '../../../src/core/incidents/file/parse.ts';
import type { Incident } from '../../../src/core/model/incident.ts';
import { iso } from '../../../src/core/model/time.ts';
import { openTerminal } from '../../cli/terminal.ts';

const CONFIG = `owner: harbour-works
repo: status
assignees: [someone]
sites:
  - name: Ferry Shop
    url: https://shop.ferry.example
    icon: https://shop.ferry.example/i.png
  - name: TideAPI
    url: $TIDE_URL
    method: post
    headers:
      - "Authorization: Bearer $TIDE_TOKEN"
      - Content-Type: application/json
    body: '{"q":"$TIDE_QUERY"}'
    expectedStatusCodes: [200, 201, 202, 404]
    maxResponseTime: 1500
    maxRedirects: 0
    __dangerous__body_down: Closed for the winter
    __dangerous__body_down_if_text_missing: '"level"'
    __dangerous__body_degraded: slow
  - name: Pier Camera
    slug: cam
    url: pier.example/live
status-website:
  name: Harbour Status
  cname: status.ferry.example
`;
const WATCHED = (slug: string, status: string, since: string, until: string) => ({
  name: `history/${slug}.yml`,
  text: `url: https://x.example\nstatus: ${status}\ncode: 200\nresponseTime: 82\nlastUpdated: ${until}\nstartTime: ${since}\ngenerator: Upptime <https://github.com/upptime/upptime>\n`,
});
const HISTORY = [
  WATCHED('ferry-shop', 'up', '2025-03-01T06:00:00.000Z', '2025-03-06T23:10:00.000Z'),
  WATCHED('tide-api', 'down', '2025-03-04T00:00:00.000Z', '2025-03-06T12:00:00.000Z'),
  // An early version wrote a list.
  { name: 'history/old-kiosk.yml', text: '- url: https://kiosk.example\n- status: up\n- code: 200\n' },
];
const SUMMARY = [
  { name: 'Ferry Shop', slug: 'ferry-shop', status: 'up', time: 90, dailyMinutesDown: { '2025-03-02': 33 } },
  { name: 'TideAPI', slug: 'tide-api', status: 'down', time: 80, dailyMinutesDown: { '2025-03-05': 1500 } },
];

const API = 'https://api.github.com/repos/harbour-works/status';
/** An issue as the API has it. */
const issue = (number: number, title: string, labels: string[], created: string, more: object = {}) => ({
  url: `${API}/issues/${number}`,
  number,
  title,
  labels: labels.map(name => ({ id: 1, name, color: 'ededed' })),
  state: 'closed',
  comments: 0,
  created_at: created,
  closed_at: null as string | null,
  body: null as string | null,
  user: { login: 'harbour-bot' },
  ...more,
});
const said = (number: number, at: string, body: string) => ({
  id: Number(`${number}${Date.parse(at)}`),
  issue_url: `${API}/issues/${number}`,
  created_at: at,
  user: { login: 'someone' },
  body,
});

const DOWN = issue(4, '🛑 Ferry Shop is down', ['ferry-shop', 'status'], '2025-03-02T10:00:05Z', {
  closed_at: '2025-03-02T10:33:07Z',
  comments: 2,
  body: 'In [`0a1b2c3`](https://github.com/harbour-works/status/commit/0a1b2c3), Ferry Shop (https://shop.ferry.example) was **down**:\n- HTTP code: 0\n- Response time: 0 ms\n',
});
const SLOW = issue(
  5,
  '⚠️ TideAPI has degraded performance',
  ['status', 'tide-api', 'eu'],
  '2025-03-03T01:00:00Z',
  {
    closed_at: '2025-03-03T02:00:00Z',
    comments: 4,
    body: 'Slow.\r\n\r\nSince an hour.',
  },
);
const BY_HAND = issue(6, 'Tickets are printed twice', ['status'], '2025-03-03T08:00:00Z', {
  closed_at: '2025-03-03T09:00:00Z',
  body: '<!-- describe it -->',
});
const STILL = issue(9, '🛑 TideAPI is down', ['status', 'tide-api'], '2025-03-05T20:00:00Z', {
  state: 'open',
});
const FORMER = issue(2, '🛑 Old Kiosk is down', ['status', 'old-kiosk'], '2025-03-01T08:00:00Z', {
  closed_at: '2025-03-01T09:00:00Z',
  body: 'Gone.',
});
const FORGOTTEN = issue(3, '🛑 Ferry Shop is down', ['status', 'ferry-shop'], '2025-03-01T09:00:00Z', {
  state: 'open',
  comments: 1,
  body: 'Down.',
});
const OUTAGES = [STILL, BY_HAND, SLOW, DOWN, FORGOTTEN, FORMER];
const WORK = issue(7, 'New cables', ['maintenance'], '2025-03-03T10:00:00Z', {
  closed_at: '2025-03-04T05:07:00Z',
  body: '<!--\nstart: 2025-03-04T03:00:00.220Z\nend: 2025-03-04T05:00:00Z\nexpectedDown: ferry-shop, cam\nexpectedDegraded: tide-api\n-->\n\nThe pier is dark.',
});
const PLANNED = issue(10, 'Paint', ['maintenance'], '2025-03-05T10:00:00Z', {
  state: 'open',
  body: 'Wet.\n<!-- start: 2025-04-01 08:00\nend: 2025-04-01 09:00 -->',
});
const VAGUE = issue(11, 'Some day', ['maintenance'], '2025-03-05T11:00:00Z', {
  state: 'open',
  body: 'Soon.',
});
const OTHERS = [
  issue(1, 'Typo in the readme', ['bug'], '2025-02-28T00:00:00Z', { closed_at: '2025-02-28T01:00:00Z' }),
  issue(8, 'Bump a version', ['status'], '2025-03-04T00:00:00Z', { pull_request: { url: `${API}/pulls/8` } }),
];
const COMMENTS = [
  said(4, '2025-03-02T10:12:00Z', 'We look at the cable.\n\n## Update\nNothing yet.'),
  said(
    4,
    '2025-03-02T10:33:06Z',
    '**Resolved:** Ferry Shop is back up in [`9f8e7d6`](https://x.example) after 33 minutes.',
  ),
  said(5, '2025-03-03T01:10:00Z', '**Identified:** the pump.'),
  said(5, '2025-03-03T01:20:00Z', 'Half done.'),
  said(5, '2025-03-03T01:30:00Z', 'Monitoring: it holds.'),
  said(5, '2025-03-03T09:30:00Z', 'It was the valve.'),
  said(3, '2025-03-01T09:40:00Z', 'Restarted.'),
];

const json = (name: string, data: unknown) => ({ name, text: JSON.stringify(data) });
const REPOSITORY = [
  { name: '.upptimerc.yml', text: CONFIG },
  ...HISTORY,
  json('history/summary.json', SUMMARY),
  json('api/ferry-shop/uptime.json', { schemaVersion: 1 }),
  json('package.json', { name: 'x' }),
];
const ISSUES = [...OTHERS, ...OUTAGES, WORK, PLANNED, VAGUE];
const read = (text: string): Incident => {
  const { value, problems } = parseIncident('x.md', 'x', text);
  expect(problems).toEqual([]);
  return value!;
};
const byNumber = (made: ReturnType<typeof importUpptime>) =>
  new Map(made.incidents.map(({ source, text }) => [Number(source.replace('upptime:', '')), read(text)]));
const remarksOf = (made: ReturnType<typeof importUpptime>) =>
  made.remarks.map(({ file, kind, what }) => `${file} ${kind}: ${what}`);

/** The same issues in each form in which they are saved. */
const camel = (one: (typeof ISSUES)[number]) => ({
  number: one.number,
  title: one.title,
  body: one.body ?? '',
  state: one.state.toUpperCase(),
  labels: one.labels,
  createdAt: one.created_at,
  closedAt: one.closed_at,
  comments: COMMENTS.filter(({ issue_url }) => issue_url === one.url).map(({ body, created_at }) => ({
    author: { login: 'someone' },
    body,
    createdAt: created_at,
  })),
});
const FORMS = {
  'answers of the API': [json('issues.json', ISSUES), json('comments.json', COMMENTS)],
  'pages one after the other': [
    { name: 'all.json', text: `${JSON.stringify(ISSUES.slice(0, 3))}${JSON.stringify(ISSUES.slice(3))}` },
    json('comments.json', COMMENTS),
  ],
  'a list of pages': [json('all.json', [ISSUES.slice(0, 3), ISSUES.slice(3)]), json('c.json', [COMMENTS])],
  'one issue a file, twice': [...ISSUES, DOWN]
    .map((one, at) => json(`${at}.json`, one))
    .concat(json('c.json', COMMENTS)),
  'the command line gh': [json('issues.json', ISSUES.filter(({ number }) => number !== 8).map(camel))],
};

test.each(Object.entries(FORMS))('outages are equal to the issues: %s', (_, given) => {
  const made = importUpptime(REPOSITORY, given, []);
  const found = byNumber(made);
  expect([...found.keys()].sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 9, 10]);
  for (const raw of OUTAGES) {
    const one = found.get(raw.number)!;
    const comments = COMMENTS.filter(({ issue_url }) => issue_url === raw.url);
    const end = raw.closed_at ?? (raw === FORGOTTEN ? comments[0]!.created_at : null);
    const slug = raw.labels.map(({ name }) => name).filter(name => /^(?:ferry|tide|old)-/.test(name));
    expect({
      title: one.title,
      started: iso(one.started),
      resolved: one.resolved && iso(one.resolved),
      severity: one.severity,
      components: one.components?.map(({ id }) => id),
      openedBy: one.openedBy,
      aliases: one.aliases,
    }).toEqual({
      title: raw.title.replace('🛑 ', '').replace('⚠️ ', ''),
      started: raw.created_at,
      resolved: end,
      severity: raw.title.includes('degraded') ? 'minor' : raw.title.includes('🛑') ? 'critical' : 'major',
      components: slug,
      openedBy: `upptime:${raw.number}`,
      aliases: [`/incident/${raw.number}`],
    });
    const texts = [raw.body?.startsWith('<!--') ? null : raw.body, ...comments.map(({ body }) => body)];
    // Where the source shows a state alone, its word is added.
    const added = ['Investigating.', 'Resolved.'];
    const plain = (text: string) =>
      text
        .replaceAll('\r\n', '\n')
        .replace(/^######(?= Update)/gm, '##')
        .trim();
    expect(one.updates.map(({ body }) => plain(body)).filter(body => !added.includes(body))).toEqual(
      texts.flatMap(text => (text ? [plain(text)] : [])),
    );
    const times = one.updates.map(({ at }) => iso(at));
    for (const { created_at } of comments) expect(times).toContain(created_at);
    expect(times).toEqual([...times].sort());
  }
});

test('what comments say of the state', () => {
  const found = byNumber(importUpptime(REPOSITORY, FORMS['answers of the API'], []));
  const states = (number: number) =>
    found
      .get(number)!
      .updates.map(({ status }) => status)
      .join(' ');
  expect(states(4)).toBe('investigating investigating resolved');
  expect(states(5)).toBe('investigating identified identified monitoring resolved resolved');
  expect(states(6)).toBe('investigating resolved');
  expect(states(9)).toBe('investigating');
  expect(states(3)).toBe('investigating investigating resolved');
  expect(found.get(6)!.updates.map(({ body }) => body)).toEqual(['Investigating.', 'Resolved.']);
});

test('maintenance', () => {
  const found = byNumber(importUpptime(REPOSITORY, FORMS['answers of the API'], []));
  const [work, planned] = [found.get(7)!, found.get(10)!];
  expect(work).toMatchObject({
    status: 'completed',
    components: [{ id: 'ferry-shop' }, { id: 'cam' }, { id: 'tide-api' }],
  });
  const times = ({ scheduled, resolved }: Incident) =>
    [scheduled!.start, scheduled!.end, resolved].map(at => at && iso(at).slice(0, 16));
  expect(times(work)).toEqual(['2025-03-04T03:00', '2025-03-04T05:00', '2025-03-04T05:00']);
  expect(work.updates.map(({ body }) => body)).toEqual(['The pier is dark.', 'Completed.']);
  expect(times(planned)).toEqual(['2025-04-01T08:00', '2025-04-01T09:00', null]);
  expect(planned).toMatchObject({ status: 'scheduled', components: [], updates: [{ body: 'Wet.' }] });
  const closed = { ...VAGUE, state: 'closed', closed_at: '2025-03-05T12:00:00Z' };
  const dated = byNumber(importUpptime(REPOSITORY, [json('i.json', [closed])], []));
  expect(times(dated.get(11)!)).toEqual(['2025-03-05T11:00', '2025-03-05T12:00', '2025-03-05T12:00']);
});

test('sites become components whose status.yaml can be read', () => {
  const made = importUpptime(REPOSITORY, FORMS['answers of the API'], []);
  expect(made.title).toBe('Harbour Status');
  const common = { schedule: '*/5 * * * *', detect: { latency: '1m' } };
  expect(made.components).toEqual([
    {
      id: 'ferry-shop',
      name: 'Ferry Shop',
      check: { type: 'http', url: 'https://shop.ferry.example', redirects: 3, timeout: '1m' },
      ...common,
    },
    {
      id: 'tide-api',
      name: 'TideAPI',
      check: {
        type: 'http',
        url: '${TIDE_URL}',
        method: 'POST',
        headers: { Authorization: 'Bearer ${TIDE_TOKEN}', 'Content-Type': 'application/json' },
        body: '{"q":"${TIDE_QUERY}"}',
        expect: '200-202, 404',
        contains: '"level"',
        not_contains: 'Closed for the winter',
        redirects: 0,
        timeout: '1m',
      },
      ...common,
      detect: { latency: '1500ms' },
    },
    {
      id: 'cam',
      name: 'Pier Camera',
      check: { type: 'http', url: 'http://pier.example/live', redirects: 3, timeout: '1m' },
      ...common,
    },
  ]);
  const secrets = { TIDE_URL: 'https://tide.example', TIDE_TOKEN: 'a b', TIDE_QUERY: 'q' };
  const { value, problems } = readSite(newSiteYaml(made), 'status.yaml', secrets, null, 'http://localhost');
  expect(problems).toEqual([]);
  expect(value!.retired).toEqual([{ id: 'old-kiosk', name: 'Old Kiosk' }]);
});

const SITES: [yaml: string, check: object, said?: RegExp][] = [
  ['check: tcp-ping\n    url: irc.example\n    port: 6697', { type: 'tcp', host: 'irc.example', port: 6697 }],
  ['check: tcp-ping\n    url: $HOST\n    port: $PORT', { type: 'tcp', host: '${HOST}', port: '${PORT}' }],
  ['check: tcp-ping\n    url: tcp://[2001:db8::1]:70/', { type: 'tcp', host: '[2001:db8::1]', port: 70 }],
  ['check: ws\n    url: wss://live.example/socket', { type: 'tls', host: 'live.example' }, /WebSocket/],
  ['check: ws\n    url: ws://live.example', { type: 'tcp', host: 'live.example', port: 80 }, /WebSocket/],
  ['check: ssl\n    url: cert.example', { type: 'tls', host: 'cert.example', days: 7 }, /7 days/],
  [
    'url: https://a.example\n    method: HEAD\n    maxRedirects: 5\n    __dangerous__body_down: x',
    { type: 'http', url: 'https://a.example', method: 'HEAD', redirects: 5, timeout: '1m' },
    /HEAD has no body/,
  ],
  [
    'url: https://a.example\n    method: PURGE\n    requestTimeout: 900',
    { type: 'manual' },
    /its check becomes manual: `method`/,
  ],
  [
    'url: https://a.example\n    requestTimeout: 900\n    __dangerous__insecure: true',
    { type: 'http', url: 'https://a.example', redirects: 3, timeout: '5m' },
    /its certificate is verified here, which it was not there: the check fails if it is not valid/,
  ],
  [
    'url: https://a.example\n    headers: ["Content-Length: 3", "accept: a", "Accept: b", "no header"]',
    { type: 'http', url: 'https://a.example', headers: { Accept: 'b' }, redirects: 3, timeout: '1m' },
    /Content-Length/,
  ],
  [
    'url: https://a.example/?r=$DYNAMIC_RANDOM_NUMBER\n    ipv6: true',
    { type: 'http', url: 'https://a.example/?r=0', redirects: 3, timeout: '1m', ip: 6 },
    /becomes 0/,
  ],
  [
    'url: https://a.example\n    expectedStatusCodes: [0]\n    type: globalping\n    location: Mars',
    { type: 'manual' },
    /its check becomes manual: `expect`/,
  ],
  [
    'url: https://a.example\n    expectedStatusCodes: []',
    { type: 'manual' },
    /its check becomes manual: `expect`/,
  ],
  ['url: "https://"\n    __dangerous__insecure: true', { type: 'manual' }, /becomes manual: `url`/],
];

test.each(SITES)('a site with %s', (yaml, check, said) => {
  const text = `sites:\n  - name: A\n    ${yaml}\n`;
  const made = importUpptime([{ name: '.upptimerc.yml', text }], [json('i.json', [BY_HAND])], []);
  expect(made.components[0]?.check).toEqual(check);
  const changed = remarksOf(made).filter(one => !/the days of|set these/.test(one));
  if (said) expect(changed.join('\n')).toMatch(said);
  else expect(changed).toEqual([]);
  const fill = { HOST: 'h.example', PORT: '70' };
  expect(readSite(newSiteYaml(made), 'status.yaml', fill, null, 'http://localhost').problems).toEqual([]);
});

test('two sites of one name, and one without a name', () => {
  const text =
    'sites:\n  - { name: Gate, url: https://a.example }\n  - { name: Gate, url: https://b.example }\n  - {}\n';
  const made = importUpptime([{ name: '.upptimerc.yml', text }], [json('i.json', [BY_HAND])], []);
  expect(made.components.map(({ id, name }) => [id, name])).toEqual([
    ['gate', 'Gate'],
    ['gate-2', 'Gate'],
    ['site', 'site'],
  ]);
  expect(readSite(newSiteYaml(made), 'status.yaml', {}, null, 'http://localhost').problems).toEqual([]);
});

test('days are those of the summary and of the issues', () => {
  const { history } = importUpptime(REPOSITORY, FORMS['answers of the API'], []);
  const days = (id: string) =>
    history
      .filter(({ component }) => component === id)
      .map(({ start, rollup }) => [
        iso(start).slice(0, 10),
        rollup.checks,
        rollup.checks - rollup.ok,
        rollup.observed / 60_000,
      ]);
  // The first day is watched since 6:00, and the last is not whole. A forgotten issue says nothing of its end.
  expect(days('ferry-shop')).toEqual([
    ['2025-03-01', 216, 0, 1080],
    ['2025-03-02', 288, 7, 1440],
    ['2025-03-03', 288, 0, 1440],
    ['2025-03-04', 288, 0, 1440],
    ['2025-03-05', 288, 0, 1440],
  ]);
  // More minutes than a day has: all of it was down.
  expect(days('tide-api')).toEqual([
    ['2025-03-04', 288, 0, 1440],
    ['2025-03-05', 288, 288, 1440],
  ]);
  const long = WATCHED('ferry-shop', 'up', '2023-01-01T00:00:00Z', '2025-03-06T23:10:00Z');
  const folder = [...REPOSITORY.filter(({ name }) => name !== long.name), long];
  const alone = importUpptime(folder, [], []);
  expect(iso(alone.history[0]!.start)).toBe('2024-03-07T00:00:00Z');
  const whole = importUpptime(
    folder,
    [json('i.json', [{ ...DOWN, created_at: '2023-01-01T20:00:00Z', closed_at: '2023-01-02T01:00:00Z' }])],
    [],
  );
  expect(whole.history.slice(0, 2).map(({ rollup }) => rollup.checks - rollup.ok)).toEqual([48, 12]);
});

test('what is not taken is said', () => {
  expect(remarksOf(importUpptime(REPOSITORY, FORMS['answers of the API'], []))).toEqual([
    '.upptimerc.yml left out: “TideAPI”: the words in its body that mean degraded performance',
    '.upptimerc.yml left out: of its sites: icon',
    '.upptimerc.yml left out: of its page: cname',
    '.upptimerc.yml left out: its settings assignees',
    '.upptimerc.yml changed: set these environment variables, which its checks use: TIDE_QUERY, TIDE_TOKEN, TIDE_URL',
    'issues.json changed: #3 is open, but its site is well or no longer watched: it ends with its last comment',
    'issues.json left out: #11 “Some day”: a maintenance without `start` and `end`',
    'issues.json left out: 1 of its issues have no label “status” or “maintenance”',
    'issues.json left out: who wrote a comment',
    'history left out: the days of “Pier Camera”: they need startTime in history/cam.yml',
    'history left out: response times: Upptime keeps them only in git',
  ]);
  const lacking = importUpptime(REPOSITORY, [json('issues.json', ISSUES)], []);
  expect(remarksOf(lacking)).toContain(
    'issues.json left out: comments of 3 issues are not in the files: give them, too',
  );
  expect(remarksOf(importUpptime(REPOSITORY, [], [])).join('\n')).toContain('gh issue list --state all');
});

test.each([
  [{ state: 'open' }, 'left out: #12 “Swap”: a maintenance whose `end` is not after its `start`'],
  [
    { closed_at: '2025-03-05T12:00:00Z' },
    'changed: #12 “Swap”: its `end` is not after its `start`; it is from its opening to its closing',
  ],
])('a maintenance that ends before it begins: %j', (more, what) => {
  const body = '<!--\nstart: 2025-04-01 09:00\nend: 2025-04-01 08:00\n-->\nSwapped.';
  const swapped = issue(12, 'Swap', ['maintenance'], '2025-03-05T11:00:00Z', { ...more, body });
  expect(remarksOf(importUpptime(REPOSITORY, [json('issues.json', [swapped])], []))).toContain(
    `issues.json ${what}`,
  );
});

const WRONG: readonly (readonly [text: string, what: string])[] = [
  ['[{"number": 1', 'x.json wrong: it is no JSON'],
  ['', 'x.json wrong: it is no JSON'],
  [
    '{"message":"Not Found","documentation_url":"https://docs.github.com"}',
    'x.json wrong: it is an error of GitHub, not an answer (Not Found)',
  ],
  ['[{"a":1}]', 'x.json wrong: it holds no issues or comments of GitHub'],
  ['[]', 'x.json left out: it has no issue in it'],
  [
    JSON.stringify([{ ...DOWN, created_at: 'yesterday' }]),
    'x.json wrong: the issue #4 cannot be read (created_at)',
  ],
  [JSON.stringify([{ ...COMMENTS[0], created_at: 'x' }]), 'x.json wrong: a comment cannot be read'],
];

test.each(WRONG)('a file that is not as it should be: %s', (text, what) => {
  expect(remarksOf(importUpptime(REPOSITORY, [{ name: 'x.json', text }], []))).toContain(what);
});

test('a folder without a configuration is wrong, other files in it are not', () => {
  expect(remarksOf(importUpptime([json('x.json', { a: 1 })], [], []))[0]).toBe(
    '.upptimerc.yml wrong: it is not there',
  );
  const folder = [{ name: '.upptimerc.yml', text: 'sites: 3' }, json('issues.json', ISSUES)];
  const made = importUpptime(folder, [], []);
  expect(remarksOf(made)[0]).toBe('.upptimerc.yml wrong: it has no readable list of `sites`');
  expect(made.incidents).toHaveLength(8);
});

test('a title that is too long is said in full', () => {
  const title = `🛑 ${'Very long words '.repeat(15)}is down`;
  const [made] = importUpptime(REPOSITORY, [json('i.json', [{ ...DOWN, title }])], []).incidents;
  const one = read(made!.text);
  expect(one.title.length).toBeLessThanOrEqual(200);
  expect(one.updates[0]!.body.startsWith(title.slice(3).trim())).toBe(true);
});

test.each([
  ['MySQL Playground', 'my-sql-playground'],
  ['GitHub', 'git-hub'],
  ['IPv6 test', 'i-pv6-test'],
  ['Manual (dev)', 'manual-dev'],
  ['Salt & Pepper', 'salt-and-pepper'],
  ['Café Zürich', 'cafe-zurich'],
  ['Harbour API2', 'harbour-api-2'],
  ['港の時計', '港の時計'],
])('the slug of %s', (name, slug) => {
  expect(siteSlug(name, 'https://x.example')).toBe(slug);
});

test('the command writes once, says what it would write, and refuses what is nothing', async () => {
  const terminal = await openTerminal();
  await rm(path.join(terminal.dir, 'status', 'status.yaml'));
  const folder = path.join(terminal.dir, 'repository');
  await mkdir(path.join(folder, 'history'), { recursive: true });
  for (const { name, text } of REPOSITORY.filter(one => !/^api|^package/.test(one.name)))
    await writeFile(path.join(folder, name), text);
  const issues = path.join(terminal.dir, 'issues.json');
  await writeFile(issues, JSON.stringify(ISSUES.filter(({ number }) => number !== 8).map(camel)));
  const dry = await terminal.run(importing, 'upptime', folder, issues, '--dry-run');
  expect(dry.out).toContain('8 incidents to write');
  expect(await readdir(path.join(terminal.dir, 'status'))).toEqual(['incidents']);
  const first = await terminal.run(importing, 'upptime', folder, issues);
  expect(first.code).toBe(0);
  expect(first.out).toContain('8 incidents written, 0 already there, 0 updated');
  expect(first.out).toContain('status.yaml created with 3 components.');
  expect(first.out).toContain('measurements of 2 components since 2025-03-01');
  const incidents = path.join(terminal.dir, 'status', 'incidents');
  const texts = async () =>
    Promise.all((await readdir(incidents)).map(one => readFile(path.join(incidents, one), 'utf8')));
  const before = await texts();
  Object.assign(terminal.cli.env.variables, {
    TIDE_URL: 'https://t.example',
    TIDE_TOKEN: 'abcd',
    TIDE_QUERY: 'q',
  });
  const second = await terminal.run(importing, 'upptime', folder, issues);
  expect(second.out).toContain('0 incidents written, 8 already there, 0 updated, 0 kept');
  expect(second.out).toContain('are there already');
  expect(await texts()).toEqual(before);
  await writeFile(issues, '[{');
  const wrong = await terminal.run(importing, 'upptime', folder, issues);
  expect(wrong.code).toBe(1);
  expect(wrong.out).toContain('issues.json: nothing taken\n  wrong: it is no JSON');
  await expect(terminal.run(importing, 'upptime', issues)).rejects.toThrow('none is a folder');
  const empty = path.join(terminal.dir, 'empty');
  await mkdir(empty);
  await expect(terminal.run(importing, 'upptime', empty)).rejects.toThrow('there is nothing to import');
});
