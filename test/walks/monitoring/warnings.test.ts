// Warnings: a certificate about to end, or a metric without its number, is told to the operators and to nobody else.
import { createServer, type Server } from 'node:https';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DAY, iso } from '../../../src/core/model/time.ts';
import { type Certificates, makeCertificates } from '../../outside/certificates.ts';
import { openWorld, type World } from '../world.ts';

const NOW = iso(Date.now() - 2 * 3_600_000);
const TO_OPS = 'reminders: { to: ops@levqor.ai }';

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

interface Secure {
  readonly server: Server;
  readonly port: number;
  answers: boolean;
}

async function secure(of: 'good' | 'soon'): Promise<Secure> {
  const made: { answers: boolean } = { answers: true };
  const server = createServer(certificates[of], (_req, res) =>
    res.writeHead(made.answers ? 200 : 503).end('ok'),
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(made, { server, port: (server.address() as { port: number }).port });
}

/** No outage is confirmed here, wherever in the minute the checks fall. */
const api =
  (port: number, head = TO_OPS) =>
  () =>
    `
${head}
components:
  - { id: api, name: API, detect: { failures: 9 }, check: { type: http, url: "https://localhost:${port}/" } }
  - { id: mail, name: Mail, check: { type: tls, host: localhost, port: ${port}, days: 1 } }
`;
const opened = (port: number, head?: string) =>
  openWorld({ site: api(port, head), network: { ca: certificates.ca }, now: NOW });

const problems = async (world: World) => (await world.get('/readyz')).json.problems;
const emails = (world: World) => world.mails.filter(mail => mail.subject?.startsWith('[WARNING]'));
const told = (world: World, words: RegExp) => world.logged.filter(({ message }) => words.test(message));

describe('a certificate about to end', () => {
  test('is on /readyz, logged and mailed once; nothing is down and visitors are not told', async () => {
    const { server, port } = await secure('soon');
    const world = await opened(port);
    await world.pass(20 * 60, 60);
    const ready = await world.get('/readyz');
    expect(ready.status).toBe(200);
    expect(ready.json).toMatchObject({
      ok: true,
      problems: [
        {
          level: 'warning',
          where: 'component api',
          what: expect.stringMatching(/^the certificate of API expires on \d{4}-\d\d-\d\d \(/),
          fix: expect.stringContaining('renew it'),
        },
      ],
      warnings: [{ source: 'certificate:api', component: 'api', expires: expect.any(String) }],
    });
    const [warning] = ready.json.warnings;
    expect(Date.parse(warning.last_seen)).toBeGreaterThan(Date.parse(warning.since) + 15 * 60_000);
    expect(told(world, /the certificate of API expires/)).toHaveLength(1);
    expect(emails(world)).toHaveLength(1);
    expect(JSON.stringify(emails(world)[0]?.to)).toContain('ops@levqor.ai');
    expect(emails(world)[0]?.text).toContain('Nothing is down');
    const metrics = (await world.get('/metrics')).text;
    expect(metrics).toMatch(/status_live_certificate_days_left{component="api"} [45]\.\d+/);
    expect(metrics).toContain('status_live_warnings{component="api"} 1');
    expect(await world.files()).toEqual([]);
    expect((await world.get('/api/v2/status.json')).json.status.indicator).toBe('none');
    expect((await world.get('/status/live')).text).not.toContain('certificate');

    await world.restart();
    await world.pass(20 * 60, 60);
    expect(emails(world)).toHaveLength(1);

    server.setSecureContext(certificates.good);
    await world.pass(60);
    expect(await problems(world)).toEqual([]);
    expect((await world.get('/readyz')).json.warnings).toEqual([]);
    expect(told(world, /^warning ended: the certificate of API expires/)).toHaveLength(1);
    expect((await world.get('/metrics')).text).not.toContain('status_live_warnings{');

    // Some machine behind the balancer still has the old one: not an email each time.
    server.setSecureContext(certificates.soon);
    await world.pass(20 * 60, 60);
    expect(await problems(world)).toHaveLength(1);
    expect(emails(world)).toHaveLength(1);
  });

  test('is not forgotten while the check fails, and goes with its component', async () => {
    const peer = await secure('soon');
    const world = await opened(peer.port, '');
    await world.pass(60, 30);
    expect(await problems(world)).toHaveLength(1);
    peer.answers = false;
    await world.pass(60, 30);
    expect(await problems(world)).toHaveLength(1);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(
      `${world.dir}/status/status.yaml`,
      'components: [{ id: mail, name: Mail, check: { type: manual } }]\n',
    );
    await world.pass(60, 30);
    expect(await problems(world)).toEqual([]);
    expect(emails(world)).toEqual([]);
  });

  test('is owed to the operators while the mail server refuses', async () => {
    const { port } = await secure('soon');
    const world = await opened(port);
    world.smtp.refuse = () => ({ code: 451, text: 'later' });
    await world.pass(10 * 60, 60);
    expect(emails(world)).toEqual([]);
    world.smtp.refuse = null;
    await world.pass(120, 60);
    expect(emails(world)).toHaveLength(1);
  });
});

describe('a monitor that warns', () => {
  const warn = (world: World, over: Record<string, unknown>) =>
    world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', {
      monitorID: '777',
      monitorFriendlyName: 'API',
      monitorURL: 'https://localhost/',
      alertType: '3',
      alertTypeFriendlyName: 'SSL expiry',
      ...over,
    });

  test.each([
    [
      'a date',
      { sslExpiryDate: iso(Date.parse(NOW) + 7 * DAY), sslExpiryDaysLeft: '7' },
      /^the certificate of API expires on /,
    ],
    [
      'epoch seconds',
      { sslExpiryDate: Math.floor(Date.parse(NOW) / 1000) + 7 * 86_400 },
      /^the certificate of API expires on /,
    ],
    [
      'days alone',
      { sslExpiryDate: '*sslExpiryDate*', sslExpiryDaysLeft: 7 },
      /^the certificate of API expires about /,
    ],
    ['nothing', {}, /^the certificate of API expires soon, says UptimeRobot$/],
    [
      'a domain',
      { alertTypeFriendlyName: 'Domain expiry', domainExpireDate: iso(Date.parse(NOW) + 7 * DAY) },
      /^the domain of API expires on /,
    ],
  ])('by %s, is on /readyz until that day', async (_, payload, words) => {
    const { port } = await secure('good');
    const world = await opened(port);
    const elsewhere = { monitorURL: 'https://elsewhere.example', ...payload };
    const answer = await warn(world, elsewhere);
    expect(answer.json).toMatchObject({ ok: true, action: 'ignored', incident: null });
    await world.pass(60);
    const [problem, ...others] = await problems(world);
    expect(others).toEqual([]);
    expect(problem.what).toMatch(words);
    expect(problem.where).toMatch(/^uptimerobot:777:(certificate|domain)$/);
    expect(await world.files()).toEqual([]);
    await warn(world, elsewhere);
    await world.pass(10 * 60, 60);
    expect(emails(world)).toHaveLength(1);
    await world.pass(32 * 86_400, 4 * 86_400);
    expect(await problems(world)).toEqual([]);
  });

  test('as Uptime Kuma does, in a sentence without a monitor, is heard too', async () => {
    const { port } = await secure('good');
    const world = await opened(port);
    const msg = '[API][https://elsewhere.example] server certificate elsewhere.example will expire in 7 days';
    const say = (text: string) =>
      world.post('/webhooks/uptime-kuma?token=the-webhook-token-of-this-test', {
        heartbeat: null,
        monitor: null,
        msg: text,
      });
    expect((await say(msg)).json).toMatchObject({ action: 'ignored', incident: null });
    await say('Uptime Kuma testing');
    await world.pass(60);
    expect((await world.get('/readyz')).json.warnings).toMatchObject([
      {
        source: 'uptime-kuma:API:certificate',
        component: 'api',
        what: expect.stringContaining('expires about'),
      },
    ]);
    expect(await world.files()).toEqual([]);
  });

  test('is answered by our own check, which sees the certificate renewed', async () => {
    const { port } = await secure('good');
    const world = await opened(port);
    await world.pass(60);
    await warn(world, { sslExpiryDate: iso(Date.parse(NOW) + 2 * DAY) });
    await warn(world, {
      monitorID: '778',
      monitorURL: 'https://elsewhere.example',
      sslExpiryDate: iso(Date.parse(NOW) + 2 * DAY),
    });
    await world.pass(120, 60);
    expect((await world.get('/readyz')).json.warnings).toMatchObject([
      { source: 'uptimerobot:778:certificate' },
    ]);
  });
});
