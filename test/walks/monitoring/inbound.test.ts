// Every sender over HTTP: real payloads to answers and files, many alerts in one body, SNS by its
// signature, a mapping of one's own, and the log that says why nothing happened.
import { createSign } from 'node:crypto';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { SENDERS } from '../../../src/core/inbound/senders.ts';
import { loggedWebhooks } from '../../../src/store/incidents/webhooks-log.ts';
import { ALERTS } from '../../core/inbound/payloads-alerts.ts';
import { INCIDENTS } from '../../core/inbound/payloads-incidents.ts';
import { MONITORS } from '../../core/inbound/payloads-monitors.ts';
import { OTHERS } from '../../core/inbound/payloads-others.ts';
import { TESTS } from '../../core/inbound/payloads-tests.ts';
import { type Certificates, makeCertificates } from '../../outside/certificates.ts';
import { openWorld, SITE, type World } from '../world.ts';

const TOKEN = 'the-webhook-token-of-this-test';
const hook = (sender: string) => `/webhooks/${sender}?token=${TOKEN}`;

async function logOf(world: World) {
  const db = await world.openDb();
  try {
    return await loggedWebhooks(db);
  } finally {
    await db.destroy();
  }
}

describe('real payloads over HTTP', () => {
  const payloads = [...ALERTS, ...OTHERS, ...MONITORS, ...INCIDENTS, ...TESTS].filter(
    ({ sender, input }) => sender !== 'sns' && typeof input === 'object',
  );
  const senders = [...new Set(payloads.map(({ sender }) => sender))];
  test('are of every sender there is', () => {
    const known = Object.keys(SENDERS).filter(name => !['sns', 'uptimerobot'].includes(name));
    expect(senders.sort()).toEqual(known.sort());
  });

  test.each(senders)('%s: each is answered as documented; the first down opens', async sender => {
    for (const { what, input, expect: wanted, opens } of payloads.filter(each => each.sender === sender)) {
      const site = (target: string) => `inbound: { unmatched: publish }${SITE(target)}`;
      const world = await openWorld({ now: '2027-01-01T00:00:00Z', site });
      const answer = await world.post(hook(sender), JSON.stringify(input), {
        'content-type': 'application/json',
      });
      if (typeof wanted === 'string') {
        expect([what, answer.status]).toEqual([what, 400]);
        expect(answer.json).toMatchObject({ status: 400, detail: expect.stringContaining(wanted) });
        expect(await world.files()).toEqual([]);
        continue;
      }
      expect([what, answer.status, answer.json.ok]).toEqual([what, 200, true]);
      const downs = new Set(wanted.filter(({ kind }) => kind === 'down').map(({ monitor }) => monitor));
      const silent = opens === false || wanted.every(({ kind }) => kind !== undefined && kind !== 'down');
      expect([what, answer.json.action]).toEqual([what, silent ? 'ignored' : 'opened']);
      expect((await world.files()).length).toBe(silent ? 0 : Math.max(1, downs.size));
      const [noted] = await logOf(world);
      expect(noted).toMatchObject({ sender, status: 200, action: answer.json.action });
    }
  });
});

describe('several alerts in one body', () => {
  const alert = (fingerprint: string, status: string, startsAt = '2026-03-10T11:55:00Z') => ({
    status,
    labels: { alertname: `Check ${fingerprint}`, component: fingerprint === 'a' ? 'api' : 'dashboard' },
    annotations: { summary: `It is ${status}` },
    startsAt,
    endsAt: status === 'resolved' ? '2026-03-10T11:59:00Z' : '0001-01-01T00:00:00Z',
    fingerprint,
  });
  const body = (...alerts: object[]) => ({ version: '4', groupKey: '{}', status: 'firing', alerts });

  test('each has a result; the first that changed something is the answer; a repeat changes nothing', async () => {
    const world = await openWorld();
    const two = body(alert('a', 'firing'), alert('b', 'firing'));
    const first = await world.post(hook('alertmanager'), two);
    expect(first.json).toEqual({
      ok: true,
      action: 'opened',
      incident: '20260310_check-a',
      results: [
        { monitor: 'Check a', action: 'opened', incident: '20260310_check-a' },
        { monitor: 'Check b', action: 'opened', incident: '20260310_check-b' },
      ],
    });
    const again = await world.post(hook('alertmanager'), two);
    expect(again.json).toMatchObject({ action: 'ignored', incident: '20260310_check-a' });
    await world.pass(60);
    const mixed = await world.post(hook('alertmanager'), body(alert('a', 'firing'), alert('b', 'resolved')));
    expect(mixed.json).toMatchObject({
      action: 'resolved',
      incident: '20260310_check-b',
      results: [{ action: 'ignored', why: 'already known to be down' }, { action: 'resolved' }],
    });
    expect(await world.read('20260310_check-b.md')).toMatch(/^status: resolved$/m);
    expect(await world.read('20260310_check-a.md')).toMatch(/^status: investigating$/m);
    // A delayed copy of the first message is old news: nothing opens again.
    const late = await world.post(hook('alertmanager'), two);
    expect(late.json.results.map(({ why }: { why: string }) => why)).toEqual([
      'already known to be down',
      'this event was received before',
    ]);
  });

  test('two hundred are filed before the one answer', async () => {
    const world = await openWorld();
    const many = body(...Array.from({ length: 200 }, (_, i) => alert(`n${i}`, 'firing')));
    const answer = await world.post(hook('alertmanager'), many);
    expect(answer.json.results).toHaveLength(200);
    const [first, ...others] = answer.json.results;
    expect(first).toMatchObject({ action: 'opened', incident: '20260310_check-n0' });
    expect(others).toEqual(
      others.map(() => expect.objectContaining({ action: 'joined', incident: first.incident })),
    );
    expect(await world.files()).toEqual(['20260310_check-n0.md']);
  });
});

describe('Amazon SNS', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  const PEM = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';
  const CONFIRM = 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc';
  const alarm = (NewStateValue: string, AlarmName = 'api-5xx') =>
    JSON.stringify({
      AlarmName,
      NewStateValue,
      NewStateReason: 'Threshold crossed',
      AlarmDescription: 'component=api',
    });
  const signed = (fields: Record<string, string>, key = certificates.good.key) => {
    const all = { MessageId: 'm-1', Timestamp: 't', TopicArn: 'arn:x', ...fields };
    const text = Object.entries(all)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}\n${value}\n`)
      .join('');
    const Signature = createSign('sha256').update(text).sign(key, 'base64');
    return JSON.stringify({ ...all, SignatureVersion: '2', Signature, SigningCertURL: PEM });
  };
  const opened = async (pem = certificates.good.cert) => {
    const asked: string[] = [];
    const world = await openWorld({
      now: new Date().toISOString(),
      fetchText: async url => {
        asked.push(url.href);
        return url.pathname.endsWith('.pem') ? pem : '<ConfirmSubscriptionResponse/>';
      },
    });
    const text = { 'content-type': 'text/plain; charset=UTF-8' };
    return { world, asked, send: (body: string) => world.post(hook('sns'), body, text) };
  };

  test('confirms the subscription, then opens and resolves by alarms; a repeat is stored once', async () => {
    const { world, asked, send } = await opened();
    const subscribe = {
      Type: 'SubscriptionConfirmation',
      Message: 'confirm',
      SubscribeURL: CONFIRM,
      Token: 'abc',
    };
    expect((await send(signed(subscribe))).json).toMatchObject({
      ok: true,
      action: 'ignored',
      why: 'subscription confirmed',
    });
    expect(asked).toEqual([PEM, CONFIRM]);
    const down = signed({ Type: 'Notification', MessageId: 'm-2', Message: alarm('ALARM') });
    const { json } = await send(down);
    expect(json).toMatchObject({ ok: true, action: 'opened' });
    const text = await world.read(`${json.incident}.md`);
    expect(text).toMatch(/components: \[api\]/);
    expect(text).not.toContain('Threshold');
    expect((await send(down)).json.action).toBe('ignored');
    const up = signed({ Type: 'Notification', MessageId: 'm-3', Message: alarm('OK') });
    expect((await send(up)).json).toMatchObject({ action: 'resolved', incident: json.incident });
    expect((await send(down)).json).toMatchObject({
      action: 'ignored',
      why: 'this event was received before',
    });
    expect(asked).toEqual([PEM, CONFIRM]);
  });

  test.each<[string, (good: typeof signed) => string]>([
    [
      'a changed message',
      sign => sign({ Type: 'Notification', Message: alarm('ALARM') }).replace('api-5xx', 'api-4xx'),
    ],
    ['another’s key', sign => sign({ Type: 'Notification', Message: alarm('ALARM') }, certificates.soon.key)],
    [
      'no signature',
      () => JSON.stringify({ Type: 'Notification', Message: alarm('ALARM'), SigningCertURL: PEM }),
    ],
    [
      'a certificate from elsewhere',
      sign =>
        sign({ Type: 'Notification', Message: alarm('ALARM') }).replace(
          'sns.us-east-1.amazonaws.com',
          'evil.example',
        ),
    ],
    [
      'a certificate from inside',
      sign =>
        sign({ Type: 'Notification', Message: alarm('ALARM') }).replace(
          'https://sns.us-east-1.amazonaws.com',
          'http://169.254.169.254',
        ),
    ],
    [
      'a confirmation elsewhere',
      sign =>
        sign({
          Type: 'SubscriptionConfirmation',
          Message: 'x',
          Token: 'k',
          SubscribeURL: 'https://evil.example/',
        }),
    ],
  ])('refuses %s', async (_name, make) => {
    const { world, asked, send } = await opened();
    const answer = await send(make(signed));
    expect([answer.status, answer.json.status]).toEqual([403, 403]);
    expect(asked.filter(url => url !== PEM)).toEqual([]);
    expect(await world.files()).toEqual([]);
    expect((await logOf(world))[0]).toMatchObject({ sender: 'sns', status: 403, action: 'refused' });
  });

  test('refuses an expired certificate, and asks for a repeat when none can be had', async () => {
    const body = () => signed({ Type: 'Notification', Message: alarm('ALARM') }, certificates.expired.key);
    const { send } = await opened(certificates.expired.cert);
    expect((await send(body())).status).toBe(403);
    const world = await openWorld();
    expect((await world.post(hook('sns'), body(), { 'content-type': 'text/plain' })).status).toBe(503);
  });
});

describe('a mapping of one’s own', () => {
  const MAPPED = (target: string) => `${SITE(target)}
webhooks:
  nagios:
    monitor: "$.service.host"
    status: "$.service.state"
    message: "$.service.output"
    event: "$.id"
    down: [CRITICAL, 2]
    up: [OK, 0]
`;
  const body = (state: unknown, id: string, host = 'Dashboard') => ({
    id,
    service: { host, state, output: 'HTTP 502' },
  });

  test('reads monitor, state and message where status.yaml says', async () => {
    const world = await openWorld({ site: MAPPED });
    expect((await world.post(hook('nagios'), body('critical', '1'))).json).toEqual({
      ok: true,
      action: 'opened',
      incident: '20260310_dashboard-down',
    });
    const text = await world.read('20260310_dashboard-down.md');
    expect(text).toMatch(/opened_by: "nagios:Dashboard"/);
    expect(text).toMatch(/components: \[dashboard\]/);
    expect(text).toContain('HTTP 502');
    expect((await world.post(hook('nagios'), body('WARNING', '2'))).json).toMatchObject({
      action: 'ignored',
      why: expect.stringContaining('"WARNING"'),
    });
    expect((await world.post(hook('nagios'), body(0, '3'))).json).toMatchObject({ action: 'resolved' });
    const lost = await world.post(hook('nagios'), { service: {} });
    expect([lost.status, lost.json.detail]).toEqual([400, expect.stringContaining('$.service.host')]);
    expect((await world.post(hook('icinga'), body('critical', '1'))).status).toBe(404);
  });

  test('a mapping that cannot be is named with its line', async () => {
    const world = await openWorld({ site: MAPPED });
    const { writeFile, readFile } = await import('node:fs/promises');
    const file = path.join(world.dir, 'status', 'status.yaml');
    const good = await readFile(file, 'utf8');
    const problemsAfter = async (text: string) => {
      await writeFile(file, text);
      await world.pass(1);
      return (await world.get('/readyz')).json.problems
        .map((each: { message: string }) => each.message)
        .join('\n');
    };
    expect(await problemsAfter(good.replace('"$.service.host"', 'service.host'))).toMatch(
      /status\.yaml:\d+: .*JSONPath/,
    );
    expect(await problemsAfter(good.replace('nagios:', 'uptime:'))).toMatch(/status\.yaml:\d+/);
    expect(await problemsAfter(good.replace('message:', 'mesage:'))).toMatch(/did you mean `message`/);
    expect(await problemsAfter(good)).toBe('');
  });
});

describe('the webhooks’ log', () => {
  test('holds the last hundred, newest first, with what was done and why, and no secret', async () => {
    const world = await openWorld();
    await world.post('/webhooks/uptime', { alert_type: 'down', monitor_name: 'API' });
    await world.post('/webhooks/uptime', { alert_type: 'down', monitor_name: 'API' });
    await world.post(hook('uptime'), {
      alert_type: 'down',
      monitor_name: 'API',
      monitorAlertContacts: '457;2;john@doe.com',
      alertDetails: 'see https://user:pass@x.example/y?key=hunter2 or mail jane@doe.com',
      secret: 'hunter2',
    });
    await world.post(hook('generic'), '{"monitor":');
    const log = await logOf(world);
    expect(log.map(({ sender, status, action, why }) => [sender, status, action, why])).toEqual([
      ['generic', 400, 'refused', 'The body is not JSON.'],
      ['uptimerobot', 200, 'opened', null],
      ['uptime', 401, 'refused', 'the token is missing'],
    ]);
    const text = JSON.stringify(log);
    for (const secret of ['hunter2', 'john', 'jane', 'user:pass', TOKEN]) expect(text).not.toContain(secret);
    expect(log[1]).toMatchObject({ incident: '20260310_api-down', at: world.now() });
    for (let i = 0; i < 105; i++)
      await world.post(hook('uptime'), { alert_type: 'down', monitor_name: `M${i % 3}` });
    const full = await logOf(world);
    expect(full).toHaveLength(100);
    expect(full[0]?.body).toContain('M2');
  });
});
