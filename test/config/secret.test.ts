// What is wrong with a setting is shown on /readyz and in the log: never with the value of a variable, or of a secret.
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { readLeniently } from '../../src/config/readable-site.ts';
import { readSite } from '../../src/config/site-file.ts';
import { withoutUrlSecrets } from '../../src/content/git/run.ts';

const SECRET = 'hunter2-of-this-test';
const WHOLE = {
  title: 'Levqor Status',
  url: 'https://status.levqor.ai',
  timezone: 'UTC',
  brand: { logo: 'logo.png', color: '#4f46e5', homepage: 'https://levqor.ai' },
  components: [
    {
      id: 'api',
      name: 'API',
      schedule: '*/5 * * * *',
      check: {
        type: 'http',
        url: 'https://api.levqor.ai/health',
        method: 'POST',
        body: '{"client_secret":"x"}',
        headers: { Authorization: 'Bearer x' },
        timeout: '10s',
        status: 200,
      },
      detect: { failures: 3, recoveries: 2, latency: '2000ms', window: '5m', severity: 'critical' },
    },
    { id: 'db', name: 'Database', check: { type: 'database', url: 'postgres://u:p@db.internal/levqor' } },
    { id: 'mail', name: 'Mail', check: { type: 'smtp', host: 'x.example', auth: { user: 'u', pass: 'p' } } },
    {
      id: 'jobs',
      name: 'Jobs',
      check: { type: 'heartbeat', period: '5m', grace: '2m', token: 'a'.repeat(32) },
    },
  ],
  notify: { channels: [{ id: 'ops', type: 'slack', url: 'https://hooks.slack.com/services/a' }] },
  reminders: { to: ['ops@levqor.ai'] },
  content: { git: { remote: 'https://git.example/levqor.git', token: 'x' } },
  export: { to: { git: { remote: 'https://git.example/levqor.git' } } },
};

type Path = readonly (string | number)[];

function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [above];
  return [
    ...(above.length > 0 ? [above] : []),
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsOf(inner, [...above, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function withAt(path: Path, value: unknown): string {
  const copy = structuredClone(WHOLE) as unknown;
  const holder = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], copy);
  (holder as Record<string, unknown>)[path.at(-1)!] = value;
  // JSON is YAML.
  return JSON.stringify(copy, null, 1);
}

function said(text: string): string {
  const variables = { TOKEN: SECRET };
  const strict = readSite(text, 'status.yaml', variables, null, 'http://localhost:3000');
  const lenient = readLeniently(text, 'status.yaml', variables, null, 'http://localhost:3000');
  return JSON.stringify([strict.problems, lenient.problems, lenient.unset]);
}

const SHAPES: [string, (secret: string) => unknown][] = [
  ['text', secret => secret],
  ['text around it', secret => `Authorization: Bearer ${secret}`],
  ['a list', secret => [secret]],
  ['pairs', secret => ({ value: secret })],
  ['a list of pairs', secret => [{ name: 'Authorization', value: `Bearer ${secret}` }]],
  ['an address', secret => `http://u:${secret}@x.example`],
  ['an address with a query', secret => `weird://x.example?tok=${secret}`],
];

test.each(SHAPES)('a variable in any place, as %s, is never shown', (_, shape) => {
  const paths = pathsOf(WHOLE);
  expect(paths.length).toBeGreaterThan(50);
  const wrong = paths.map(path => withAt(path, shape('${TOKEN}'))).map(said);
  expect(wrong.filter(text => text !== said(JSON.stringify(WHOLE))).length).toBeGreaterThan(30);
  expect(wrong.filter(text => text.includes('hunter2'))).toEqual([]);
});

describe('a secret that stands in the file', () => {
  const secret = (path: Path) => path.some(key => /^(headers|body|auth|token)$/.test(String(key)));

  test.each(SHAPES)('is never shown, as %s', (_, shape) => {
    const wrong = pathsOf(WHOLE)
      .filter(secret)
      .map(path => said(withAt(path, shape(SECRET))));
    expect(wrong.length).toBeGreaterThan(6);
    expect(wrong.filter(text => text.includes('hunter2'))).toEqual([]);
  });

  test.each(['check', 'url'])('nor of an address in `%s`', key => {
    const path: Path = key === 'check' ? ['components', 0, 'check'] : ['components', 0, 'check', 'url'];
    for (const address of [`http://u:${SECRET}@h`, [`http://u:${SECRET}@h/`], `x://h?token=${SECRET}`])
      expect(said(withAt(path, address))).not.toContain('hunter2');
  });
});

test.each([
  `{ type: smtp, host: h, user: u, pass:${SECRET} }`,
  `{ type: http, url: "https://h", headers: { Authorization:Bearer ${SECRET} } }`,
  `{ type: http, url: "https://h", headers: { "X-Api-Key ${SECRET}": } }`,
  `{ type: tcp, host: "postgres://u:${SECRET}@db", port: 1 }`,
  `{ type: tcp, host: "u:${SECRET}@db", port: 1 }`,
  `{ type: http, url: "https://h", json: { '$.token == "${SECRET}"': true } }`,
])('nor one that a slip of the pen put elsewhere: %s', check => {
  const text = `components:\n  - id: a\n    name: A\n    check: ${check}\n`;
  expect(said(text)).toMatch(/error|warning/);
  expect(said(text)).not.toContain('hunter2');
});

test.each(['https://u:p@h/', 'https://h/ x'])(
  'a public address with a login or a space is an error: %s',
  url => {
    const { problems } = readSite(withAt(['url'], url), 'status.yaml', {}, null, '');
    expect(problems.map(({ what }) => what)).toContain('`url`: a public address has no spaces and no login');
  },
);

test('a wrong value is named as it was written', () => {
  const { problems } = readSite(
    withAt(['components', 0, 'check', 'timeout'], '${TOKEN}'),
    'status.yaml',
    { TOKEN: SECRET },
    null,
    '',
  );
  expect(problems.map(({ what }) => what)).toContain(
    '`components.0.check.timeout`: "${TOKEN}" is not a duration',
  );
});

test('a password in PUBLIC_URL is not repeated', () => {
  const { problems } = readEnvironment({ PUBLIC_URL: `https://u:${SECRET}@x.example/` }, '/srv');
  expect(problems.map(({ where }) => where)).toContain('PUBLIC_URL');
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('what git says of a remote holds no password and no token', () => {
  expect(
    withoutUrlSecrets(`fatal: unable to access 'http://u:${SECRET}@h/x.git?tok=${SECRET}&a=b': refused`),
  ).toBe("fatal: unable to access 'http://***@h/x.git?tok=***&a=***': refused");
});
