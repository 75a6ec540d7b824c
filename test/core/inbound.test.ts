// Inbound monitors: every real payload we know, any JSON at all, and what becomes of names and addresses.
import { createSign, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/core/check.ts';
import { decodeEntities, identity, line, moment } from '../../src/core/inbound/fields.ts';
import { INBOUND } from '../../src/core/inbound/senders.ts';
import { type Reading, type Signal, signal } from '../../src/core/inbound/signal.ts';
import { snsCertificateUrl, snsSigned, snsSubscribeUrl } from '../../src/core/inbound/sns.ts';
import { matching, slugOf, toTransition } from '../../src/core/inbound/to-transition.ts';
import { plainText } from '../../src/core/markdown.ts';
import { component, NOW } from './door-makers.ts';
import { ALERTS, OTHERS, UPTIMEROBOT } from './inbound-payloads.ts';

function signals(reading: Reading): readonly Signal[] {
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.signals;
}

describe('real payloads', () => {
  it.each([...UPTIMEROBOT, ...ALERTS, ...OTHERS])('$sender: $what', ({ sender, input, expect: wanted }) => {
    const reading = INBOUND[sender]!(input);
    if (typeof wanted === 'string') {
      expect(reading).toEqual({ problem: expect.stringContaining(wanted) });
      return;
    }
    expect(reading).toEqual({ signals: wanted.map(each => expect.objectContaining(each)) });
    for (const { kind, why } of signals(reading)) expect(why === undefined).toBe(kind !== 'ignored');
  });

  it('has no sender by a name of Object.prototype', () => {
    expect(INBOUND.constructor).toBeUndefined();
  });
});

/** Nothing a sender writes may leave its line, run on, or be empty where a name is needed. */
function expectSound({ kind, provider, monitor, name, message, url, at }: Signal) {
  expect(['down', 'up', 'ignored']).toContain(kind);
  for (const text of [provider, monitor, name, message, url ?? ''])
    expect(text).not.toMatch(/\p{Cc}|\p{Cs}/u);
  expect(monitor).not.toBe('');
  expect(name).not.toBe('');
  expect([...monitor].length).toBeLessThanOrEqual(130);
  expect([...name].length).toBeLessThanOrEqual(120);
  expect([...message].length).toBeLessThanOrEqual(500);
  if (at !== null) expect(Number.isSafeInteger(at)).toBe(true);
}

describe.each(Object.keys(INBOUND))('%s', sender => {
  const read = INBOUND[sender]!;
  const keys = [
    ...[
      'alert_type',
      'alertType',
      'monitor_name',
      'monitorID',
      'alerts',
      'labels',
      'status',
      'state',
      'fingerprint',
    ],
    ...[
      'check_id',
      'check_name',
      'current_state',
      'data',
      'attributes',
      'heartbeat',
      'monitor',
      'msg',
      'name',
      'id',
    ],
    ...[
      'Type',
      'Message',
      'AlarmName',
      'NewStateValue',
      'ruleName',
      'tags',
      'at',
      '__proto__',
      'constructor',
    ],
  ];
  const words = fc.constantFrom(
    'down',
    'up',
    'firing',
    'resolved',
    'DOWN',
    'Notification',
    '0',
    '1',
    'constructor',
  );
  const { node } = fc.letrec(tie => ({
    leaf: fc.oneof(words, fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)),
    node: fc.oneof(
      { depthSize: 'small' },
      tie('leaf'),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 6 }),
    ),
  }));

  it('never throws, and says only sound things', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          node,
          node.map(value => JSON.stringify(value)),
        ),
        input => {
          const reading = read(input);
          if ('problem' in reading) expect(reading.problem).toMatch(/./);
          else reading.signals.forEach(expectSound);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a transition', () => {
  const down = (name: string, more: Partial<Signal> = {}) =>
    toTransition(
      { ...signal({ kind: 'down', provider: 'uptimerobot', name, ...more }), kind: 'down' },
      [],
      NOW,
    );

  it('says what the incident will be', () => {
    expect(
      down('Web Server', { monitor: '777', at: NOW - 60_000, event: 'e', message: 'Time *out*' }),
    ).toEqual({
      key: 'uptimerobot:777:down:e',
      source: 'uptimerobot:777',
      kind: 'down',
      at: NOW - 60_000,
      title: 'Web Server Down',
      slug: 'web-server-down',
      severity: 'critical',
      components: [],
      message: 'Web Server is down, says UptimeRobot: Time \\*out\\*',
    });
  });

  it('never begins in the future', () => {
    expect(down('X', { at: NOW + 5000 }).at).toBe(NOW);
  });

  it.each([
    ['API', 'api-down'],
    ['../../etc/passwd', 'etc-passwd-down'],
    ['Ünïcödé – API', 'unicode-api-down'],
    ['CON', 'con-down'],
    ['', 'monitor-811c9dc5-down'],
    ['🔥🔥', 'monitor-64c92cfd-down'],
    ['データベース', 'monitor-1f7fef17-down'],
    ['x'.repeat(500), `${'x'.repeat(55)}-down`],
    ['-- a --', 'a-down'],
  ])('of %j is filed as %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('has a safe file name and harmless text for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        const [said] = signals(
          INBOUND.uptimerobot!({ alert_type: 'down', monitor_name: `x${name}`, details: name }),
        );
        const transition = toTransition({ ...said!, kind: 'down' }, [], NOW);
        expect(transition.slug).toMatch(/^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/);
        expect(transition.title).not.toMatch(/\p{Cc}/u);
        expect(plainText(transition.message)).toContain('is down, says UptimeRobot');
      }),
    );
  });

  it('keeps long names that differ only at their end apart', () => {
    const long = 'y'.repeat(300);
    expect(identity(`${long}1`)).not.toBe(identity(`${long}2`));
    expect(slugOf(line(`${long}1`, 120)).length).toBe(60);
  });
});

describe('components of a monitor', () => {
  const http = (url: string) => checkSchema.parse({ type: 'http', url });
  const components = [
    component('api', {
      name: 'API',
      check: http('https://api.levqor.ai/health'),
      match: ['777', 'Levqor prod'],
    }),
    component('dashboard', { name: 'Dashboard', check: http('https://levqor.ai') }),
    component('builder', { name: 'Workflow Builder', check: http('https://levqor.ai/builder') }),
    component('db', { name: 'Database' }),
  ];
  it.each<[string, Partial<Signal>, string[]]>([
    ['its label, by id', { component: 'db', url: 'https://levqor.ai' }, ['db']],
    ['its label, by name', { component: 'database' }, ['db']],
    ['a label nobody has, then its address', { component: 'zzz', url: 'https://levqor.ai' }, ['dashboard']],
    ['its id in match', { monitor: '777' }, ['api']],
    ['its name in match', { name: 'levqor PROD' }, ['api']],
    ['its name', { name: 'workflow builder' }, ['builder']],
    ['its name being an id', { name: 'DB' }, ['db']],
    ['the same address', { url: 'https://api.levqor.ai/health' }, ['api']],
    ['the same address, with a slash', { url: 'HTTPS://API.levqor.ai/health/' }, ['api']],
    ['an address beneath', { url: 'https://api.levqor.ai/health/deep?x=1' }, ['api']],
    ['the most particular address', { url: 'https://levqor.ai/builder/new' }, ['builder']],
    ['an address that only begins alike', { url: 'https://levqor.ai/builders' }, ['dashboard']],
    ['another host', { url: 'https://levqor.ai.evil.io/builder' }, []],
    ['an address above', { url: 'https://api.levqor.ai/' }, []],
    ['a bare host', { url: 'api.levqor.ai' }, ['api']],
    ['a bare host with a port', { url: 'api.levqor.ai:443' }, ['api']],
    ['a word in its name', { name: 'API gateway in staging' }, []],
    ['nothing', {}, []],
  ])('by %s', (_, fields, ids) => {
    expect(
      matching(signal({ kind: 'down', provider: 'p', name: 'Some monitor', ...fields }), components),
    ).toEqual(ids);
  });
});

describe('fields', () => {
  it.each<[unknown, number | null]>([
    [1763892000, 1763892000000],
    ['1763892000', 1763892000000],
    [1763892000123, 1763892000123],
    ['1763892000.5', 1763892000500],
    ['2026-11-23T10:00:00Z', Date.UTC(2026, 10, 23, 10)],
    ['0001-01-01T00:00:00Z', null],
    ['2026-02-31', null],
    ['9999999999999999', null],
    ['soon', null],
    ['', null],
    [{}, null],
  ])('moment(%j)', (value, at) => {
    expect(moment(value)).toBe(at);
  });

  it('decodes entities once, and only those that are some character', () => {
    expect(decodeEntities('&amp;lt; &#39; &#x1F525; &#55296; &#1114112; &nope;')).toBe(
      "&lt; ' 🔥 \ud800 &#1114112; &nope;",
    );
  });

  it('takes direction marks and control characters out of a line', () => {
    expect(line('a\u202eb\u0000c\r\nd\u2028e\ud800f', 50)).toBe('a b c d e f');
  });
});

describe('SNS', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const base = { Message: 'hello', MessageId: 'm', Timestamp: 't', TopicArn: 'arn', Type: 'Notification' };
  const signed = (version: '1' | '2', fields: Record<string, string>) => {
    const text = Object.keys(fields)
      .sort()
      .map(key => `${key}\n${fields[key]}\n`)
      .join('');
    const signer = createSign(version === '1' ? 'sha1' : 'sha256').update(text);
    return { ...fields, SignatureVersion: version, Signature: signer.sign(privateKey, 'base64') };
  };

  it.each(['1', '2'] as const)('believes signature version %s, with and without a subject', version => {
    expect(snsSigned(signed(version, base), pem)).toBe(true);
    expect(snsSigned(signed(version, { ...base, Subject: 's' }), pem)).toBe(true);
    expect(snsSigned({ ...signed(version, base), Message: 'other' }, pem)).toBe(false);
  });

  it('believes a subscription by its own fields', () => {
    const fields = { ...base, Type: 'SubscriptionConfirmation', SubscribeURL: 'https://x', Token: 'k' };
    expect(snsSigned(signed('2', fields), pem)).toBe(true);
  });

  it.each([{}, null, { ...base, Signature: 'x' }, { ...base, Signature: 'x', SignatureVersion: '3' }])(
    'disbelieves %j',
    input => {
      expect(snsSigned(input, pem)).toBe(false);
      expect(snsSigned(signed('2', base), 'no certificate')).toBe(false);
    },
  );

  const pemPath = '/SimpleNotificationService-0123456789abcdef.pem';
  it.each([
    [`https://sns.us-east-1.amazonaws.com${pemPath}`, true],
    [`https://sns.us-gov-west-1.amazonaws.com${pemPath}`, true],
    [`https://sns.cn-north-1.amazonaws.com.cn${pemPath}`, true],
    [`http://sns.us-east-1.amazonaws.com${pemPath}`, false],
    [`https://sns.us-east-1.amazonaws.com:8443${pemPath}`, false],
    [`https://u@sns.us-east-1.amazonaws.com${pemPath}`, false],
    [`https://sns.us-east-1.amazonaws.com.evil.io${pemPath}`, false],
    [`https://evil.io/sns.us-east-1.amazonaws.com${pemPath}`, false],
    [`https://bucket.s3.amazonaws.com${pemPath}`, false],
    ['https://sns.us-east-1.amazonaws.com/other.pem', false],
    ['https://169.254.169.254/latest', false],
    ['', false],
  ])('fetches a certificate from %s: %s', (url, yes) => {
    expect(snsCertificateUrl({ SigningCertURL: url }) !== null).toBe(yes);
  });

  it('confirms only subscriptions, only at Amazon', () => {
    const SubscribeURL = 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=x';
    expect(snsSubscribeUrl({ Type: 'SubscriptionConfirmation', SubscribeURL })?.href).toBe(SubscribeURL);
    expect(snsSubscribeUrl({ Type: 'Notification', SubscribeURL })).toBeNull();
    expect(
      snsSubscribeUrl({ Type: 'SubscriptionConfirmation', SubscribeURL: 'http://localhost/' }),
    ).toBeNull();
  });
});
