// What status.yaml may say about checks: defaults, spellings, refusals, and what "not configured" means.
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { spell } from '../../../../src/core/i18n/spell.ts';
import { checkSchema, detectSchema, isConfigured } from '../../../../src/core/model/checks/check.ts';
import { inRanges, parseStatuses } from '../../../../src/core/model/checks/http-statuses.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../src/core/model/time.ts';

describe('checks', () => {
  test.each([
    ['http', { type: 'http', url: '' }],
    ['tcp', { type: 'tcp', host: '', port: 5432 }],
    ['dns', { type: 'dns', name: ' ' }],
    ['tls', { type: 'tls', host: '' }],
    ['smtp', { type: 'smtp', host: '' }],
    ['database', { type: 'database', url: '' }],
    ['statuspage', { type: 'statuspage', url: '' }],
  ])('%s with an empty target is allowed, and not configured', (_, check) => {
    expect(isConfigured(checkSchema.parse(check))).toBe(false);
  });

  test('defaults are the contract’s', () => {
    expect(checkSchema.parse({ type: 'http', url: 'https://example.com' })).toMatchObject({
      timeout: 10_000,
      method: 'GET',
      expect: '200-299',
      redirects: 5,
      tls_days: 14,
      max_body: 1_000_000,
    });
    expect(detectSchema.parse({})).toEqual({
      failures: 3,
      recoveries: 2,
      latency: 2000,
      window: 5 * MINUTE,
      severity: 'critical',
    });
  });

  test.each([
    { type: 'dns', name: 'a.example.', server: '8.8.8.8' },
    { type: 'dns', name: `-a_.${'b'.repeat(63)}.example.` },
    { type: 'dns', name: 'bücher.example' },
    ...['::1', '[::1]', 'fe80::1%eth0', '::ffff:1.2.3.4', '127.0.0.1', 'db', 'my_db.internal.', ''].map(
      host => ({
        type: 'tcp',
        host,
        port: 1,
      }),
    ),
    { type: 'http', url: 'http://[::1]:8080/', headers: { Host: 'a.example:8080', 'X-A': '', 'X-B': 'a b' } },
    { type: 'heartbeat', grace: '0s', token: 'aZ09-._~' },
    {
      type: 'dns',
      name: '_dmarc.a.example',
      record: 'TXT',
      server: '[::1]:5353',
      expect: ['v=DMARC1; p=none'],
    },
    {
      type: 'dns',
      name: 'a.example',
      record: 'AAAA',
      server: '2001:4860:4860::8888',
      expect: ['2001:DB8::1'],
    },
    { type: 'dns', name: 'a.example', record: 'MX', expect: ['10 mail.a.example', 'mail.a.example.'] },
    {
      type: 'dns',
      name: 'a.example',
      record: 'MX',
      expect: ['10 3com.a1', ' 10  1.mail.a.example ', 'mail', '0 .', '.'],
    },
    { type: 'dns', name: '1.2.3.a', record: 'NS', expect: ['ns1.a.example', '1.a.', 'ns.7-a'] },
    { type: 'dns', name: 'a.example', record: 'CNAME', expect: ['1.2.3.4.a', 'xn--a'] },
    { type: 'http', url: 'https://a.example', headers: { 'X-Key_1': 'Bearer a\tb ü', Accept: '' } },
    { type: 'http', url: 'https://a.example', headers: { Host: 'b.example', TE: 'trailers', Date: 'x' } },
  ])('%j is taken', check => {
    expect(checkSchema.safeParse(check).error?.issues).toBeUndefined();
  });

  test('a port out of an environment variable is text', () => {
    expect(checkSchema.parse({ type: 'tcp', host: 'db', port: '5432' })).toMatchObject({ port: 5432 });
  });

  test.each([
    ['a script for an address', { type: 'http', url: 'javascript:alert(1)' }],
    ['no address at all', { type: 'http', url: 'api.example.com' }],
    ['a status that is none', { type: 'http', url: 'https://a.example', expect: 'fine' }],
    ['a JSON path that is none', { type: 'http', url: 'https://a.example', json: { 'db.ok': true } }],
    [
      'a script in a JSON path',
      { type: 'http', url: 'https://a.example', json: { '$[(process.exit())]': 1 } },
    ],
    ['port 0', { type: 'tcp', host: 'a', port: 0 }],
    ['another database', { type: 'database', url: 'oracle://db' }],
    ['a password with a slash', { type: 'database', url: 'postgres://app:pa/ss@db:5432/x' }],
    ['a password with a hash', { type: 'database', url: 'mysql://app:pa#ss@db/x' }],
    ['a password with a percent sign', { type: 'database', url: 'redis://u:100%@db/0' }],
    ['a port no database has', { type: 'database', url: 'postgres://u:p@db:99999/x' }],
    ['a Redis database with a name', { type: 'database', url: 'redis://:pw@db:6379/cache' }],
    ['no time to answer', { type: 'tcp', host: 'a', port: 1, timeout: '0s' }],
    ['an hour to answer', { type: 'tcp', host: 'a', port: 1, timeout: '1h' }],
    ['a kind nobody knows', { type: 'gopher', host: 'a' }],
    ['two words for a host', { type: 'tcp', host: 'a b', port: 1 }],
    ['a name for a name server', { type: 'dns', name: 'a.example', server: 'dns.google' }],
    ['a name server with a port that is none', { type: 'dns', name: 'a.example', server: '8.8.8.8:99999' }],
    ['localhost for a name server', { type: 'dns', name: 'a.example', server: 'localhost:53' }],
    ['an address for a name', { type: 'dns', name: 'https://a.example/' }],
    ['IPv4 for an AAAA record', { type: 'dns', name: 'a.example', record: 'AAAA', expect: ['1.2.3.4'] }],
    ['IPv6 for an A record', { type: 'dns', name: 'a.example', expect: ['::1'] }],
    ['three numbers for an A record', { type: 'dns', name: 'a.example', expect: ['1.2.3'] }],
    ['a priority behind the exchange', { type: 'dns', name: 'a', record: 'MX', expect: ['mail.a 10'] }],
    ['a priority alone', { type: 'dns', name: 'a', record: 'MX', expect: ['10'] }],
    ['a priority and a gap', { type: 'dns', name: 'a', record: 'MX', expect: ['10 '] }],
    ['two priorities', { type: 'dns', name: 'a', record: 'MX', expect: ['10 20'] }],
    ['IPv4 for an MX record', { type: 'dns', name: 'a', record: 'MX', expect: ['1.2.3.4'] }],
    ['IPv4 with a priority', { type: 'dns', name: 'a', record: 'MX', expect: ['10 1.2.3.4'] }],
    ['IPv6 for an MX record', { type: 'dns', name: 'a', record: 'MX', expect: ['10 2001:db8::1'] }],
    ['IPv6 in brackets', { type: 'dns', name: 'a', record: 'MX', expect: ['[::1]'] }],
    ['IPv4 for an NS record', { type: 'dns', name: 'a', record: 'NS', expect: ['1.2.3.4'] }],
    ['IPv6 for an NS record', { type: 'dns', name: 'a', record: 'NS', expect: ['2001:db8::1'] }],
    ['IPv4 for a CNAME record', { type: 'dns', name: 'a', record: 'CNAME', expect: ['1.2.3.4.'] }],
    ['IPv4 for a name', { type: 'dns', name: '1.2.3.4' }],
    ['half a bracket around a name server', { type: 'dns', name: 'a', server: '[::1' }],
    ['a link’s name server', { type: 'dns', name: 'a', server: 'fe80::1' }],
    ['a link’s name server with its interface', { type: 'dns', name: 'a', server: 'fe80::1%eth0' }],
    ['a link’s name server with its port', { type: 'dns', name: 'a', server: '[FE80::1%eth0]:53' }],
    ...['Content-Length', 'transfer-encoding', 'CONNECTION', 'Keep-Alive', 'Upgrade', 'Expect'].map(
      (name): [string, object] => [
        `the header ${name}`,
        { type: 'http', url: 'https://a.example', headers: { [name]: '5' } },
      ],
    ),
    ...['€', '正常', '😀'].map((value): [string, object] => [
      `a header with ${value}`,
      { type: 'http', url: 'https://a.example', headers: { 'X-Key': value } },
    ]),
    [
      'a header’s name of two words',
      { type: 'http', url: 'https://a.example', headers: { 'Bad Name': 'x' } },
    ],
    ['a header of two lines', { type: 'http', url: 'https://a.example', headers: { a: 'x\r\nb: y' } }],
    ['nothing for what must be there', { type: 'http', url: 'https://a.example', contains: '' }],
    ['nothing for what must not be there', { type: 'http', url: 'https://a.example', not_contains: '' }],
    ...[
      'example..com',
      '.example.com',
      'example.com..',
      `${'a'.repeat(64)}.com`,
      `${'a.'.repeat(127)}a`,
    ].flatMap((name): [string, object][] => [
      [`the name ${name}`, { type: 'dns', name }],
      [`the name ${name} as a record`, { type: 'dns', name: 'a', record: 'CNAME', expect: [name] }],
      [`the host ${name}`, { type: 'tcp', host: name, port: 1 }],
      [`an address at ${name}`, { type: 'http', url: `https://${name}:8080/a` }],
    ]),
    [`64 letters that were fewer`, { type: 'dns', name: `${'ü'.repeat(60)}.example` }],
    ...['[::1', '::1]', '[::1]]', '[[::1]]', 'a]', '[a', '1::2::3', ':::', 'a:b:c', '12345::'].map(
      (host): [string, object] => [`the host ${host}`, { type: 'tcp', host, port: 1 }],
    ),
    ...['', ' ', 'a example', ' a.example', 'a.example ', 'a.example/b', 'https://a.example'].map(
      (value): [string, object] => [
        `the Host "${value}"`,
        { type: 'http', url: 'https://a.example', headers: { host: value } },
      ],
    ),
    [
      'two headers that differ in case',
      { type: 'http', url: 'https://a.example', headers: { Accept: 'a', ACCEPT: 'b' } },
    ],
    ['no period', { type: 'heartbeat', period: '0s' }],
    ...[
      'a b c d e',
      'abcdefg/',
      'abcdefg?',
      'abcdefg#',
      'abcdefg%',
      '%20abcdef',
      'äbcdefgh',
      'abcdefgh\n',
      'abcdefg+',
    ].map((token): [string, object] => [`the token ${JSON.stringify(token)}`, { type: 'heartbeat', token }]),
  ])('%s is refused', (_, check) => {
    expect(checkSchema.safeParse(check).success).toBe(false);
  });

  test('the schema can be printed for editors', () => {
    const printed = JSON.stringify(z.toJSONSchema(checkSchema, { io: 'input' }));
    for (const kind of [
      'http',
      'tcp',
      'dns',
      'tls',
      'smtp',
      'database',
      'statuspage',
      'heartbeat',
      'manual',
    ]) {
      expect(printed).toContain(`"const":"${kind}"`);
    }
  });
});

test.each([
  [200, [200], [201]],
  ['200-299', [200, 250, 299], [199, 300]],
  ['2xx', [204], [301]],
  ['200, 301', [200, 301], [300]],
  [['200-204', 404], [204, 404], [205]],
])('statuses %j', (written, wanted, others) => {
  const ranges = parseStatuses(written)!;
  for (const status of wanted) expect(inRanges(status, ranges)).toBe(true);
  for (const status of others) expect(inRanges(status, ranges)).toBe(false);
});

test.each(['', 'ok', '299-200', '99', 600, 'x2x', '200;300'])('no status: %j', written => {
  expect(parseStatuses(written)).toBeNull();
});

test.each([
  [340, '340 ms'],
  [1000, '1 second'],
  [1250, '1.25 seconds'],
  [90 * SECOND, '1 minute 30 seconds'],
  [2 * HOUR + 5 * MINUTE + 7 * SECOND, '2 hours 5 minutes'],
  [DAY + 3 * SECOND, '1 day'],
])('%d ms is %s', (duration, words) => {
  expect(spell(duration)).toBe(words);
});

test.each([
  ['4MB', 4_000_000],
  ['500 kB', 500_000],
  ['1 MiB', 1_048_576],
  ['64KiB', 65_536],
  ['1.5mb', 1_500_000],
  ['200 B', 200],
  ['200', 200],
  [200, 200],
])('max_body of %j is %d bytes', (max_body, bytes) => {
  expect(checkSchema.parse({ type: 'http', url: '', max_body })).toMatchObject({ max_body: bytes });
});

test.each(['', '0', 0, -1, '4 M', 'MB', '1e6', 'a lot'])(
  'max_body of %j is refused with an example',
  max_body => {
    const { error } = checkSchema.safeParse({ type: 'http', url: '', max_body });
    expect(error?.issues[0]).toMatchObject({ params: { fix: 'write 4MB, 500kB or 1MiB' } });
  },
);
