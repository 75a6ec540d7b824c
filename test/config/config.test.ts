// Configuration: every problem at once, each with its place, what is wrong and what would be right.
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { exposed } from '../../src/config/secret.ts';
import { readSite } from '../../src/config/site-file.ts';
import { printProblem } from '../../src/core/model/problem.ts';

const site = (text: string, variables: Record<string, string> = {}) =>
  readSite(text, 'status.yaml', variables, null, 'http://localhost:3000');
const lines = (problems: readonly Parameters<typeof printProblem>[0][]) => problems.map(printProblem);

describe('the environment', () => {
  test('empty is enough', () => {
    const { value, problems } = readEnvironment({}, '/srv');
    expect(problems).toEqual([]);
    expect(value).toMatchObject({
      port: 3000,
      host: '0.0.0.0',
      statusDir: '/srv/status',
      dataDir: '/srv/data',
    });
    expect(value?.databaseFile).toBe('/srv/data/status.db');
  });

  test('tells everything that is wrong at once, and no secret', () => {
    const { value, problems } = readEnvironment(
      {
        PORT: 'http',
        PUBLIC_URL: 'status.levqor.ai',
        SMTP_URL: 'resend:re_secret@smtp',
        TRUST_PROXY: 'true',
        LOG_LEVEL: 'loud',
        DATABASE_URL: 'mysql://u:p@h/d',
        SECRET_FILE: '/nowhere/at/all',
      },
      '/srv',
    );
    expect(value).toBeNull();
    const told = lines(problems);
    expect(told).toHaveLength(7);
    for (const name of [
      'PORT',
      'PUBLIC_URL',
      'SMTP_URL',
      'TRUST_PROXY',
      'LOG_LEVEL',
      'DATABASE_URL',
      'SECRET_FILE',
    ]) {
      expect(told.join('\n')).toMatch(new RegExp(`^${name}: .+ — .+`, 'm'));
    }
    expect(told.join('\n')).not.toContain('re_secret');
  });

  test('a PostgreSQL: its schema, and what is shown of its address', () => {
    const SECRET = 'a secret that is long enough';
    const read = (url: string, more = {}) =>
      readEnvironment({ DATABASE_URL: url, SECRET, ...more }, '/srv').value;
    const url = 'postgresql://u:sesame%40@db.internal:5433/status?sslmode=require';
    expect(read(url)?.postgres).toEqual({ url, schema: 'public', shown: 'db.internal:5433/status' });
    expect(read(url, { DATABASE_SCHEMA: 'levqor' })?.postgres?.schema).toBe('levqor');
    const socket = 'postgres:///status?host=/run/postgresql';
    expect(read(socket)?.postgres?.shown).toBe('/run/postgresql/status');
    expect(read('sqlite:x.db')).toMatchObject({ postgres: null, databaseFile: '/srv/x.db' });
  });

  test.each([
    [
      { DATABASE_URL: 'postgres://u:sesame@' },
      /^DATABASE_URL: this is not a whole postgres:\/\/ address — write/,
    ],
    [{ DATABASE_URL: 'postgres://u:sesame@h' }, /^DATABASE_URL: it names no database — write/],
    [{ DATABASE_URL: 'postgres://u:sesame%@h/d' }, /^DATABASE_URL: a % in it begins no percent-encoded/],
    [{ DATABASE_URL: 'postgres://u:1/sesame@h/d' }, /^DATABASE_URL: its user or password holds a special/],
    [{ DATABASE_URL: 'postgres://h/d', DATABASE_SCHEMA: 'Big-Name' }, /^DATABASE_SCHEMA: "Big-Name" is not/],
    [
      { DATABASE_URL: 'postgres://h/d', SECRET: '' },
      /^SECRET: it is not set, and with PostgreSQL every process/,
    ],
  ])('%o is refused without its password', (variables, told) => {
    const { value, problems } = readEnvironment(
      { SECRET: 'a secret that is long enough', ...variables },
      '/srv',
    );
    expect(value).toBeNull();
    expect(lines(problems)).toEqual([expect.stringMatching(told)]);
    expect(lines(problems).join()).not.toContain('sesame');
  });

  test.each([
    ['1', 1],
    ['loopback', 'loopback'],
    ['loopback, 10.0.0.0/8,2001:db8::1', 'loopback, 10.0.0.0/8,2001:db8::1'],
    ['off', false],
    ['nginx', null],
    ['10.0.0.0/99', null],
    ['loopback,zz', null],
    ['1.5', null],
    ['-1', null],
  ])('TRUST_PROXY=%s is %s', (text, trusted) => {
    const { value, problems } = readEnvironment({ TRUST_PROXY: text }, '/srv');
    expect(value?.trustProxy ?? null).toBe(trusted);
    if (trusted === null)
      expect(lines(problems)).toEqual([expect.stringMatching(/^TRUST_PROXY: .* is not a proxy address/)]);
  });

  test.each([
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 0],
    ['abc', 1],
    ['abcdefghijklmnopqrstuvwxyz', 1],
    ['whsec_', 1],
  ])('RESEND_WEBHOOK_SECRET=%s: only Resend makes one', (text, count) => {
    const { value, problems } = readEnvironment({ RESEND_WEBHOOK_SECRET: text }, '/srv');
    expect(value?.resendSecret).toBe(text);
    expect(problems).toHaveLength(count);
    for (const line of lines(problems)) {
      expect(line).toMatch(/^RESEND_WEBHOOK_SECRET: it is not a signing secret .* at Resend/);
    }
  });

  test('a secret may come from a file', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'env-')), 'token');
    writeFileSync(file, 'a-token-from-a-file\n');
    expect(readEnvironment({ WEBHOOK_TOKEN_FILE: file }, '/srv').value?.webhookToken).toBe(
      'a-token-from-a-file',
    );
    const endless = readEnvironment({ WEBHOOK_TOKEN_FILE: '/dev/zero' }, '/srv');
    expect(endless.problems.map(printProblem)).toEqual([
      'WEBHOOK_TOKEN_FILE: "/dev/zero" cannot be read (EFBIG) — name a file this user may read',
    ]);
    const both = readEnvironment({ WEBHOOK_TOKEN_FILE: file, WEBHOOK_TOKEN: 'x' }, '/srv');
    expect(lines(both.problems)).toEqual([
      'WEBHOOK_TOKEN: both WEBHOOK_TOKEN and WEBHOOK_TOKEN_FILE are set — keep one of them',
    ]);
  });
});

describe('a file with a secret', () => {
  test.each([
    [0o600, []],
    [0o400, []],
    [0o640, ['mode 0640']],
    [0o644, ['mode 0644']],
    [0o602, ['mode 0602']],
  ])('of mode %o is warned of where others may reach it', (mode, told) => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'env-')), 'token');
    writeFileSync(file, 'a-token-from-a-file\n');
    chmodSync(file, mode);
    const { value, problems } = readEnvironment({ API_TOKEN_FILE: file, HOST_FILE: file }, '/srv');
    expect(value?.apiTokens).toEqual([{ name: null, token: 'a-token-from-a-file', may: 'all' }]);
    expect(lines(problems)).toEqual(told.map(words => expect.stringContaining(words)));
    for (const problem of problems) {
      expect(problem).toMatchObject({
        level: 'warning',
        where: 'API_TOKEN_FILE',
        fix: `restrict it: chmod 600 ${file}`,
      });
    }
  });

  test.each(['/run/secrets/api_token', '/run/credentials/status-live.service/api_token'])(
    '%s is closed by its folder',
    file => {
      expect(exposed(file, 0o100444, 'API_TOKEN_FILE')).toBeNull();
    },
  );
});

describe('status.yaml', () => {
  test('what is wrong between entries is told together with what is wrong in them', () => {
    const { value, problems } = site(`title: A
title: B
components:
  - { id: a, name: A, depends_on: [nobody], check: { type: tcp, host: h, port: abc } }
  - { id: a, name: B }
`);
    expect(value).toBeNull();
    expect(lines(problems)).toEqual([
      expect.stringContaining(':2: the key `title` is there twice: on line 1 too'),
      expect.stringContaining(':4: `components.0.check.port`: "abc" is not a port'),
      expect.stringContaining(':5: the id "a" is used twice'),
      expect.stringContaining(':4: there is no component "nobody"'),
    ]);
  });

  test('a component that is left out for its id is not missed by another', () => {
    const { problems } = site(
      'components:\n  - { id: A B, name: A }\n  - { id: b, name: B, depends_on: [A B] }\n',
    );
    expect(lines(problems)).toEqual([expect.stringContaining(':2: `components.0.id` is "A B"')]);
  });

  test('the shipped one is read without a word', () => {
    const { value, problems } = site(readFileSync('status/status.yaml', 'utf8'));
    expect(problems).toEqual([]);
    const kinds = value?.components.map(({ name, check }) => [name, check.type]);
    expect(kinds).toEqual([
      ['API', 'http'],
      ['Dashboard', 'http'],
      ['Workflow Builder', 'http'],
      ['Email Delivery', 'statuspage'],
      ['Database', 'database'],
      ['Background Jobs', 'heartbeat'],
    ]);
    expect(value?.components[3]?.check).toMatchObject({ url: 'https://resend-status.com' });
  });

  test('the shipped one names a reference: without a network, a fresh start reports no outage', () => {
    expect(site(readFileSync('status/status.yaml', 'utf8')).value?.network.reference).toBeTruthy();
  });

  test.each<[string, string, RegExp]>([
    ['no components', 'title: X\n', /:1: `components` is missing — write a list/],
    ['not YAML', 'title: "X\n', /:\d: this is not YAML/],
    ['a tab', 'components:\n\t- id: a\n', /:2: this is not YAML.*spaces/],
    ['a list', '- a\n', /:1: `key: value` lines are expected here/],
    ['an empty file', '', /:1: `key: value` lines are expected here/],
    ['no component in the list', 'components: []\n', /:1: `components` is empty — name at least one/],
    [
      'one component, not a list',
      'components: api\n',
      /:1: .* — write a list: `\[a, b]`, or lines that begin with `- `/,
    ],
    [
      'a key twice',
      'title: A\ncomponents:\n  - id: a\n    name: A\n    id: b\n',
      /:5: the key `id` is there twice: on line 3 too — remove one of the two/,
    ],
    [
      'a variable without quotes in braces',
      'components: [{ id: a, name: ${NAME} }]\n',
      /:1: this is not YAML: a `{` or `\[` stands behind the end of a value — put .* into "quotes"/,
    ],
    [
      'a port in words',
      'components:\n  - {id: a, name: A, check: {type: tcp, host: h, port: abc}}\n',
      /:2: `components.0.check.port`: "abc" is not a port — write a number from 1 to 65535/,
    ],
    [
      'no port',
      'components:\n  - {id: a, name: A, check: {type: tcp, host: h}}\n',
      /:2: `components.0.check.port` is missing — write a number from 1 to 65535/,
    ],
    [
      'a status in words',
      'components:\n  - {id: a, name: A, check: {type: http, url: "https://a.example", expect: fine}}\n',
      /:2: `components.0.check.expect` is "fine" — write 200, 200-299 or a list of them/,
    ],
    [
      'a short token',
      'components:\n  - {id: a, name: A, check: {type: heartbeat, token: short}}\n',
      /:2: `components.0.check.token` is too short — write at least 8 characters/,
    ],
    [
      'a database of another kind',
      'components:\n  - {id: a, name: A, check: {type: database, url: "oracle://x"}}\n',
      /:2: .*this is not the address of a database that can be checked — write postgres:/,
    ],
    ['a bad id', 'components:\n  - id: A B\n    name: A\n', /:2: .*"A B".*lowercase letters/],
    [
      'an id twice',
      'components:\n  - {id: a, name: A}\n  - {id: a, name: B}\n',
      /:3: the id "a" is used twice/,
    ],
    [
      'two jobs with one token',
      'components:\n  - {id: a, name: A, check: {type: heartbeat, token: abcdefgh}}\n  - {id: b, name: B}\n' +
        '  - {id: c, name: C, check: {type: heartbeat, token: abcdefgh}}\n',
      /:4: the heartbeats "A" and "C" have the same token, so a report could be for either — give one of them another(?!.*abcdefgh)/,
    ],
    [
      'digits without quotes',
      'components:\n  - {id: a, name: A, check: {type: heartbeat, token: 123456789012345678}}\n',
      /:2: `components.0.check.token` is a number — put it in quotes/,
    ],
    [
      'a token that no address can hold',
      'components:\n  - {id: a, name: A, check: {type: heartbeat, token: "abcd/efgh"}}\n',
      /:2: `components.0.check.token`: it must fit into a URL — use only letters(?!.*abcd)/,
    ],
    [
      'a period of nothing',
      'components:\n  - {id: a, name: A, check: {type: heartbeat, period: 0s}}\n',
      /:2: `components.0.check.period`: a period must be longer than zero/,
    ],
    [
      'a name of no host',
      'components:\n  - {id: a, name: A, check: {type: dns, name: example..com}}\n',
      /:2: `components.0.check.name`: "example..com" has an empty part/,
    ],
    [
      'a bad cron',
      'components:\n  - {id: a, name: A, schedule: "every minute"}\n',
      /:2: .*not a cron expression/,
    ],
    [
      'a cron expression that never fires',
      'components:\n  - {id: a, name: A, schedule: "0 0 31 4,6 *"}\n',
      /:2: .*this never runs: a month in it has no such day/,
    ],
    [
      'a bad kind',
      'components:\n  - {id: a, name: A, check: {type: htp, url: x}}\n',
      /:2: `components.0.check.type` is "htp" — did you mean http\?/,
    ],
    [
      'a bad duration',
      'components:\n  - {id: a, name: A, check: {type: http, url: x, timeout: 10}}\n',
      /10s, 5m or 24h/,
    ],
    [
      'a value with a semicolon',
      'components:\n  - {id: a, name: A, check: {type: http, url: x, timeout: "5s; 9s"}}\n',
      /:2: `components.0.check.timeout`: "5s; 9s" is not a duration — write 10s, 5m or 24h/,
    ],
    ['a bad colour', 'brand: { color: indigo }\ncomponents: [{id: a, name: A}]\n', /:1: .*#4f46e5/],
    ['a bad zone', 'timezone: Mars\ncomponents: [{id: a, name: A}]\n', /:1: .*Europe\/Berlin/],
    ['a logo outside', 'brand: { logo: ../x.png }\ncomponents: [{id: a, name: A}]\n', /:1: .*logo\.png/],
    [
      'an unset variable',
      'components:\n  - {id: a, name: A, check: {type: http, url: "${NOPE}"}}\n',
      /:2: .*NOPE is not set — .*\$\{NOPE:-…\}/,
    ],
    ...['uptime', 'git', 'resend', 'probe', 'latency', 'zabbix'].map(
      name =>
        [
          `${name}, a name for a webhook that is taken`,
          `webhooks: { ${name}: { monitor: $.m, status: $.s } }\ncomponents: [{id: a, name: A}]\n`,
          new RegExp(`:1: \`webhooks.${name}\`: this address is taken — choose another`),
        ] as [string, string, RegExp],
    ),
    [
      'a path that is none',
      'components:\n  - {id: a, name: A, check: {type: http, url: "https://x/", json: {"$.db.": 1}}}\n',
      /:2: .*not a JSONPath \(RFC 9535\) — write \$\.db\.ok/,
    ],
    ['an empty title', 'title: ""\ncomponents: [{id: a, name: A}]\n', /:1: .* — write something, or remove/],
    ['no address', 'reminders: { to: ops }\ncomponents: [{id: a, name: A}]\n', /:1: .*ops@example\.com/],
    [
      'a stranger to depend on',
      'components:\n  - {id: a, name: A, depends_on: [b]}\n',
      /:2: there is no component "b" — remove it: there is no other component$/,
    ],
    [
      'a mistyped component to depend on',
      'components:\n  - {id: api, name: A, depends_on: [databse]}\n  - {id: database, name: D}\n',
      /:2: there is no component "databse" — did you mean database\?/,
    ],
    [
      'a component to depend on that is like no other',
      'components:\n  - {id: api, name: A, depends_on: [x]}\n  - {id: database, name: D}\n  - {id: jobs, name: J}\n',
      /:2: there is no component "x" — use one of: database, jobs$/,
    ],
    [
      'a name to look up with a path',
      'components:\n  - {id: a, name: A, check: {type: dns, name: "example.com/x"}}\n',
      /:2: `components.0.check.name`: this is more than a host name — write www\.example\.com/,
    ],
  ])('%s is refused with its line and what would be right', (_name, text, message) => {
    const { value, problems } = site(text);
    expect(value).toBeNull();
    expect(lines(problems).join('\n')).toMatch(message);
  });

  test('a component without an id hides no id that is used twice', () => {
    const components = '  - { name: A }\n  - { id: b, name: B }\n  - { id: b, name: C }\n';
    const { problems } = site(`components:\n${components}`);
    expect(lines(problems)).toEqual([
      'status.yaml:2: `components.0.id` is missing — write a short name of lowercase letters, for instance website',
      'status.yaml:4: the id "b" is used twice — rename one',
    ]);
  });

  test('what is missing, or of another kind, is told with what to write, never with a type alone', () => {
    const checks = {
      http: '`components.0.check.url` is missing — write a URL, for instance https://api.example.com/health',
      tcp: '`components.0.check.host` is missing — write the name or IP address of a host, for instance db.example.com',
      dns: '`components.0.check.name` is missing — write a host name, for instance www.example.com',
      database:
        '`components.0.check.url` is missing — write the URL of a database, for instance "${ORDERS_DATABASE_URL}"',
      statuspage:
        '`components.0.check.url` is missing — write a URL, for instance https://status.example.com',
    };
    for (const [type, told] of Object.entries(checks)) {
      const { problems } = site(`components: [{ id: a, name: A, check: { type: ${type} } }]\n`);
      expect(lines(problems)).toContain(`status.yaml:1: ${told}`);
    }
    const text = (value: string) => `
timezone: ${value}
url: ${value}
brand: { logo: ${value}, css: ${value}, color: ${value}, homepage: ${value} }
links: [{}]
uptime: { days: ${value}, weights: { minor: ${value} } }
reminders: { to: ${value} }
network: { reference: ${value} }
notify: { channels: [{ type: slack }] }
mail: { rate: ${value}, storm: ${value}, connections: ${value} }
content: { git: { remote: ${value}, branch: ${value}, pull: ${value} } }
metrics: [{ from: {} }]
webhooks: { a: {} }
export: { url: ${value}, to: { git: { remote: ${value}, cname: ${value} } } }
components:
  - {}
  - { id: ${value}, name: ${value}, group: ${value}, since: ${value}, schedule: ${value}, detect: { failures: ${value} } }
  - { id: b, name: B, check: { type: http, url: ${value}, redirects: ${value}, tls_days: ${value}, contains: ${value} } }
  - { id: c, name: C, check: { type: dns, name: ${value}, server: ${value} } }
`;
    const told = lines(site(text('{ a: 1 }')).problems);
    expect(told.length).toBeGreaterThan(40);
    expect(told.filter(one => /— write (?:text|a (?:whole )?number|an object)$/.test(one))).toEqual([]);
    expect(told).toContainEqual(
      expect.stringMatching(/`uptime.days` .* — write a whole number from 1 to 366$/),
    );
    expect(told).toContainEqual(
      expect.stringMatching(/`mail.storm` .* — write a whole number of at least 1$/),
    );
    // Quotes are no help where digits are none of its values.
    const digits = lines(site(text('7')).problems);
    expect(digits).toContain(
      'status.yaml:2: `timezone` is a number — write a time zone, for instance Europe/Berlin',
    );
    expect(digits).toContain('status.yaml:17: `components.1.name` is a number — put it in quotes');
  });

  test('a variable that is not set is the only problem of its value', () => {
    const { problems } = site(
      'title: ${UNSET}\ncomponents: [{ id: a, name: A, check: { type: "${UNSET}" } }]\n',
    );
    expect(lines(problems)).toEqual(
      [1, 2].map(
        line =>
          `status.yaml:${line}: the environment variable UNSET is not set — set it, or give a default: \${UNSET:-…}`,
      ),
    );
  });

  test('ids that may be meant are named once each', () => {
    const components = ['website', 'website', 'x'].map(id => `  - { id: ${id}, name: ${id} }`).join('\n');
    const { problems } = site(
      `components:\n${components.replace('id: x,', 'id: x, depends_on: [nothing],')}\n`,
    );
    expect(problems.map(printProblem).join('\n')).toContain(
      'there is no component "nothing" — use one of: website\n'.trim(),
    );
    expect(problems.map(printProblem).join('\n')).not.toContain('website, website');
  });

  test('several problems are told together', () => {
    const { problems } = site('timezone: Mars\ncomponents:\n  - {id: A, name: A}\n  - {id: b}\n');
    expect(problems.length).toBeGreaterThanOrEqual(3);
  });

  test('an unknown key is a warning that names the nearest one', () => {
    const { value, problems } = site('titel: X\ncomponents:\n  - {id: a, name: A, descripton: D}\n');
    expect(value).not.toBeNull();
    expect(lines(problems)).toEqual([
      'status.yaml:1: unknown key `titel` — did you mean `title`?',
      'status.yaml:3: unknown key `descripton` — did you mean `description`?',
    ]);
  });

  test('variables fill strings and leave no secret in git', () => {
    const text =
      'components:\n  - {id: a, name: A, check: {type: http, url: "https://${HOST}/${P:-health}"}}\n';
    expect(site(text, { HOST: 'x.test' }).value?.components[0]?.check).toMatchObject({
      url: 'https://x.test/health',
    });
  });

  test('without a check a component is not configured, not green', () => {
    expect(site('components: [{id: a, name: A}]\n').value?.components[0]?.check).toMatchObject({
      type: 'http',
      url: '',
    });
  });

  test('nothing typed into it makes it throw', () => {
    const good = readFileSync('status/status.yaml', 'utf8');
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), fc.string(), (at, cut, put) => {
        const { value, problems } = site(good.slice(0, at) + put + good.slice(at + cut));
        expect(value !== null || problems.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('export', () => {
  const read = (text: string) => site(`components: [{id: a, name: A}]\nexport: ${text}\n`);

  test('to a folder or a branch, with where the copy is reached', () => {
    expect(read('{ to: copy }').value?.mirror).toEqual({
      schedule: '*/5 * * * *',
      url: null,
      to: { kind: 'folder', folder: 'copy' },
    });
    expect(
      read('{ to: { git: { remote: "git@host:a/b.git", cname: m.example.com } } }').value?.mirror,
    ).toEqual({
      schedule: '*/5 * * * *',
      url: 'https://m.example.com',
      to: { kind: 'git', remote: 'git@host:a/b.git', branch: 'gh-pages', cname: 'm.example.com' },
    });
    expect(
      read('{ url: "https://x.example/y/", to: { git: { remote: /srv/x.git, branch: main } } }').value
        ?.mirror,
    ).toMatchObject({ url: 'https://x.example/y', to: { branch: 'main', cname: null } });
  });

  test.each([
    ['{ to: 5 }', '`export.to` is 5 — write a folder, or { git: { remote: …, branch: gh-pages } }'],
    ['{ to: { git: { remote: origin } } }', 'is "origin" — write a URL, git@host:name, or an absolute path'],
    ['{ to: { git: { remote: "--upload-pack=x:y" } } }', 'write a URL, git@host:name, or an absolute path'],
    ['{ to: { git: { remote: /x, branch: "a..b" } } }', 'is "a..b" — write a branch, for instance main'],
    ['{ to: { git: { remote: /x, cname: "https://x" } } }', 'write a host like mirror.example.com'],
    ['{ to: { git: { remote: /x, branche: x } } }', 'unknown key `branche` — did you mean `branch`?'],
    ['{ to: { git: { remote: /x }, folder: x } }', 'unknown key `folder`'],
    ['{ schedule: often, to: x }', 'this is not a cron expression'],
  ])('%s', (text, told) => {
    expect(lines(read(text).problems).join('\n')).toContain(told);
  });
});

describe('dependencies', () => {
  const read = (text: string) => readSite(text, 'status.yaml', {}, null, 'http://localhost:3000');
  const three = (a: string, b: string, c: string) => `components:
  - { id: a, name: A, check: { type: manual }, depends_on: [${a}] }
  - { id: b, name: B, check: { type: manual }, depends_on: [${b}] }
  - { id: c, name: C, check: { type: manual }, depends_on: [${c}] }
`;
  test('may meet again, but not run in a circle', () => {
    expect(read(three('b, c', 'c', '')).problems).toEqual([]);
    const { value, problems } = read(three('b', 'c', 'a'));
    expect(value).toBeNull();
    expect(problems.map(problem => [problem.line, problem.what])).toEqual([
      [2, '"a" depends on itself: a → b → c → a'],
      [3, '"b" depends on itself: b → c → a → b'],
      [4, '"c" depends on itself: c → a → b → c'],
    ]);
    // Who leads into a circle is not in it; of several circles, the shortest is shown.
    expect(read(three('b', 'c', 'c, b')).problems.map(({ what }) => what)).toEqual([
      '"b" depends on itself: b → c → b',
      '"c" depends on itself: c → c',
    ]);
  });
});

describe('network.reference', () => {
  const read = (reference: string) =>
    readSite(
      `network: { reference: "${reference}" }\ncomponents: [{ id: a, name: A, check: { type: manual } }]\n`,
      'status.yaml',
      {},
      null,
      'http://localhost:3000',
    );
  test.each(['https://example.com', 'http://10.0.0.1:8080/x', '1.1.1.1:53', '[::1]:53', 'example.com:443'])(
    '%s is one',
    reference => {
      expect(read(reference).value?.network.reference).toBe(reference);
    },
  );
  test.each(['example.com', 'https://', 'ftp://example.com', 'a b:53', 'example.com:port'])(
    '%s is none',
    reference => {
      expect(read(reference).problems[0]?.what).toMatch(/network\.reference/);
    },
  );
});

describe('API_TOKEN', () => {
  const [A, B] = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'];
  const read = (text: string) => readEnvironment({ API_TOKEN: text }, '/srv');
  test.each([
    ['', []],
    [A, [[null, A, 'all']]],
    [`${A}:read`, [[null, A, 'read']]],
    [`oncall:${A}`, [['oncall', A, 'all']]],
    [
      `oncall:${A},ci:${B}:write`,
      [
        ['oncall', A, 'all'],
        ['ci', B, 'write'],
      ],
    ],
    [
      ` oncall:${A}:read ,\n ci.2:${B}\n`,
      [
        ['oncall', A, 'read'],
        ['ci.2', B, 'all'],
      ],
    ],
  ])('%j', (text, tokens) => {
    const { value, problems } = read(text);
    expect(problems).toEqual([]);
    expect(value!.apiTokens.map(({ name, token, may }) => [name, token, may])).toEqual(tokens);
  });

  test.each([
    [`${A},${B}`, 'entry 1 has no name, and there are several tokens'],
    [`a:${A},a:${B}`, 'two tokens are named "a"'],
    [`a:${A},b:${A}`, 'entry 2 has the same token as an earlier one'],
    [`a:${A}:admin`, 'entry 1 is not NAME:TOKEN'],
    [`a:${A},b:`, 'entry 2 is not NAME:TOKEN'],
    [`a b:${A}`, 'entry 1: a name has at most 40 letters, digits, dots, hyphens and underscores'],
  ])('%j is refused, without the token', (text, what) => {
    const { value, problems } = read(text);
    expect(value).toBeNull();
    expect(problems).toMatchObject([{ where: 'API_TOKEN', what: expect.stringContaining(what) }]);
    expect(JSON.stringify(problems)).not.toMatch(/a{16}|b{16}/);
  });

  test('a short one is used, with a warning', () => {
    const { value, problems } = read(`oncall:${A},ci:short`);
    expect(value!.apiTokens).toHaveLength(2);
    expect(problems).toMatchObject([{ level: 'warning', where: 'API_TOKEN' }]);
  });
});
