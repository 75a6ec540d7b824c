// `.env` in the working folder: what it sets, what wins over it, and what is said of its faults.
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { printProblem } from '../../src/core/model/problem.ts';

function reading(text: string, variables: Record<string, string> = {}, mode = 0o600) {
  const dir = mkdtempSync(path.join(tmpdir(), 'env-'));
  writeFileSync(path.join(dir, '.env'), text, { mode });
  chmodSync(path.join(dir, '.env'), mode);
  const { value, problems } = readEnvironment(variables, dir);
  return { env: value, said: problems.map(problem => `${problem.level} ${printProblem(problem)}`), dir };
}

test('it sets what the environment does not, as people write it', () => {
  const { env, said } = reading(
    `\uFEFFPORT=4000\r
# settings\r
export PUBLIC_URL=https://status.acme.com\r
MAIL_FROM=Acme Status <status@acme.com>
SMTP_URL="smtps://a:b&c@smtp.acme.com:465/#d"   # the mail server

DKIM_DOMAIN=acme.com
DKIM_SELECTOR = s1
DKIM_PRIVATE_KEY="-----BEGIN PRIVATE KEY-----
PORT=5000
-----END PRIVATE KEY-----"
OWN_URL=https://api.acme.com?a=1&b=2
LOG_LEVEL=
`,
    { MAIL_FROM: 'Other <o@acme.com>' },
  );
  expect(said).toEqual([]);
  expect(env).toMatchObject({
    port: 4000,
    publicUrl: 'https://status.acme.com',
    mailFrom: 'Other <o@acme.com>',
    smtpUrl: 'smtps://a:b&c@smtp.acme.com:465/#d',
    dkim: { selector: 's1', privateKey: expect.stringContaining('\nPORT=5000\n') },
    logLevel: 'info',
  });
  expect(env?.variables.OWN_URL).toBe('https://api.acme.com?a=1&b=2');
});

test('where the environment names a file for a secret, the file’s is not taken', () => {
  const { env, said, dir } = reading('API_TOKEN=a-token-in-the-file-of-settings\n', {
    API_TOKEN_FILE: 'token',
  });
  expect(env).toBeNull();
  writeFileSync(path.join(dir, 'token'), 'a-token-of-the-service\n', { mode: 0o600 });
  expect(said).toEqual([expect.stringContaining('API_TOKEN_FILE')]);
  expect(readEnvironment({ API_TOKEN_FILE: 'token' }, dir).value?.apiTokens[0]?.token).toBe(
    'a-token-of-the-service',
  );
});

test('an empty file in place of a value counts as not set', () => {
  const { env, said, dir } = reading('SMTP_URL=smtps://u:p@smtp.acme.com:465\n', { SMTP_URL_FILE: 'smtp' });
  expect([env, said.length]).toEqual([null, 1]);
  writeFileSync(path.join(dir, 'smtp'), '\n', { mode: 0o600 });
  const set = (variables: Record<string, string>) => readEnvironment(variables, dir);
  expect(set({ SMTP_URL_FILE: 'smtp' })).toMatchObject({
    value: { smtpUrl: 'smtps://u:p@smtp.acme.com:465' },
    problems: [],
  });
  expect(set({ SMTP_URL_FILE: 'smtp', SMTP_URL: 'smtp://other.acme.com' }).value?.smtpUrl).toBe(
    'smtp://other.acme.com',
  );
  writeFileSync(path.join(dir, 'smtp'), 'smtp://filed.acme.com');
  expect(set({ SMTP_URL_FILE: 'smtp' }).value?.smtpUrl).toBe('smtp://filed.acme.com');
  const both = set({ SMTP_URL_FILE: 'smtp', SMTP_URL: 'smtp://other.acme.com' });
  expect(both.problems.map(printProblem)).toEqual([
    'SMTP_URL: both SMTP_URL and SMTP_URL_FILE are set — keep one of them',
  ]);
});

test('a name that is nearly a setting is named, one of your own is not', () => {
  const { said } = reading(`SMPT_URL=smtp://u:p@h
MAILFROM=a@acme.com
TRUST_PROXIES=1
smtp_url=x
API_TOKEN_FIL=x

SLACK_URL=https://hooks.slack.com/x
HOOK_SECRET=whsec_x
DB_PORT=5432
MAIL_FROM_FILE=from
`);
  const meant = ['SMPT_URL SMTP_URL', 'MAILFROM MAIL_FROM', 'TRUST_PROXIES TRUST_PROXY'];
  expect(said.filter(text => !text.includes('MAIL_FROM_FILE'))).toEqual(
    [...meant, 'smtp_url SMTP_URL', 'API_TOKEN_FIL API_TOKEN'].map((words, index) => {
      const [name, near] = words.split(' ');
      return `warning .env:${index + 1}: ${name} is no setting — did you mean ${near}?`;
    }),
  );
});

test('unknown options of SMTP_URL are named, without their values', () => {
  const url = 'smtp://u:p@h?requireTLS=true&tls.minVersion=TLSv1.3&requiretls=1&foo=hunter2';
  const { value, problems } = readEnvironment({ SMTP_URL: url }, '/');
  expect(value?.smtpUrl).toBe(url);
  expect(problems.map(problem => `${problem.level} ${printProblem(problem)}`)).toEqual([
    'warning SMTP_URL: `requiretls` is none of its options — did you mean requireTLS?',
    'warning SMTP_URL: `foo` is none of its options — leave it out; docs/notifications.md lists the options',
  ]);
});

test('odd lines are named, without what stands there, and cost no other', () => {
  const { env, said } = reading(`PORT=4000
SMTP_URL: smtps://u:hunter2@h
hunter2
HOST=127.0.0.1
SECRET="hunter2-hunter2-hunter2
WEBHOOK_TOKEN='hunter2-and-more-of-it'x
API_TOKEN=0123456789abcdef0123#hunter2
NODE_EXTRA_CA_CERTS=/etc/ca.pem
`);
  const fix = 'write NAME=value or NAME="value", or # before a comment';
  expect(said).toEqual([
    ...[2, 3, 5, 6].map(line => `warning .env:${line}: this is not a setting, so it is left out — ${fix}`),
    'warning .env:7: a # begins a comment, so the value ends before it — put the value in quotes',
    'warning .env:8: Node reads NODE_EXTRA_CA_CERTS before this file — set it in the environment',
  ]);
  expect(env).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    smtpUrl: null,
    secret: null,
    webhookToken: null,
  });
});

test.each([
  ['SMTP_URL=smtp://u:p@h:587', 0o644, 1],
  ['SMTP_URL=smtp://u:p@h:587', 0o600, 0],
  ['PUBLIC_URL=https://status.acme.com', 0o644, 0],
])('%s in a file of mode %o: %d warnings', (text, mode, warnings) => {
  const { said } = reading(text, {}, mode);
  const open = expect.stringMatching(/^warning \.env: users other than the owner .*chmod 600/);
  expect(said).toEqual(Array.from({ length: warnings }, () => open));
});

test('one that cannot be read is an error; none is nothing', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'env-'));
  expect(readEnvironment({}, dir).problems).toEqual([]);
  mkdirSync(path.join(dir, '.env'));
  const { value, problems } = readEnvironment({}, dir);
  expect(value).toBeNull();
  expect(problems.map(printProblem)).toEqual([
    '.env: it cannot be read (EISDIR) — let this user read it, or move it away',
  ]);
});
