// A look during which our own process stood still: its time is no measurement, its timeout no failure, its answer counts.
import { createSocket } from 'node:dgram';
import { createSecureContext } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Check, checkSchema, type ProbeResult } from '../../../src/core/model/checks/check.ts';
import { explain } from '../../../src/outside/probes/failure.ts';
import type { Network } from '../../../src/outside/probes/network.ts';
import { makeProbes } from '../../../src/outside/probes.ts';
import { startPulse } from '../../../src/outside/pulse.ts';
import { makeCertificates } from '../certificates.ts';
import { deserted, http, tcp, tls } from '../loopback.ts';

const check = (of: Record<string, unknown>): Check => checkSchema.parse({ timeout: '300ms', ...of });
const signal = new AbortController().signal;

/** One look in which the process stood still for 9 seconds, as its pulse would tell. */
function paused(of: Record<string, unknown>): Promise<ProbeResult> {
  let asked = 0;
  return makeProbes({}, () => (asked++ === 0 ? 0 : 9000))(check(of), signal);
}

const url = (port: number) => `http://127.0.0.1:${port}/`;
const nothing = { outcome: 'unknown', latency: null, seen: 'our own process was paused', paused: true };
const host = '127.0.0.1';

async function silentNameServer(): Promise<string> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  await new Promise<void>(resolve => socket.bind(0, host, resolve));
  return `${host}:${socket.address().port}`;
}

/** One that answers any question for A with an address, after it held the event loop up. */
async function slowNameServer(): Promise<string> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.on('message', (question, from) => {
    hold(700);
    const record = Buffer.from('c00c000100010000003c0004c0000201', 'hex');
    const head = Buffer.from([...question.subarray(0, 2), 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const asked = question.subarray(12, question.indexOf(0, 12) + 5);
    socket.send(Buffer.concat([head, asked, record]), from.port, from.address);
  });
  await new Promise<void>(resolve => socket.bind(0, host, resolve));
  return `${host}:${socket.address().port}`;
}

/** Holds the event loop up for so long, ms. */
function hold(length: number): void {
  const end = performance.now() + length;
  while (performance.now() < end);
}

describe('no answer that a pause can explain is no measurement', () => {
  const lost: [string, () => Promise<Record<string, unknown>>][] = [
    ['http: silence', async () => ({ type: 'http', url: url(await tcp()) })],
    [
      'http: broken off',
      async () => ({ type: 'http', url: url(await tcp(socket => socket.resetAndDestroy())) }),
    ],
    ['http: closed', async () => ({ type: 'http', url: url(await tcp(socket => socket.end())) })],
    [
      'http: broken off within the body',
      async () => ({
        type: 'http',
        url: url(await tcp(socket => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))),
      }),
    ],
    [
      'http: 408, the server gave up on us',
      async () => ({ type: 'http', url: url(await http((_, res) => res.writeHead(408).end())) }),
    ],
    ['tls: silence', async () => ({ type: 'tls', host, port: await tcp() })],
    [
      'tls: broken off',
      async () => ({ type: 'tls', host, port: await tcp(socket => socket.resetAndDestroy()) }),
    ],
    ['smtp: silence', async () => ({ type: 'smtp', host, port: await tcp() })],
    ['smtp: closed', async () => ({ type: 'smtp', host, port: await tcp(socket => socket.end()) })],
    [
      'smtp: 421, the server gave up on us',
      async () => ({ type: 'smtp', host, port: await tcp(socket => socket.end('421 4.4.2 timeout\r\n')) }),
    ],
    ['dns: silence', async () => ({ type: 'dns', name: 'example.org', server: await silentNameServer() })],
    ['statuspage: silence', async () => ({ type: 'statuspage', url: url(await tcp()) })],
    ...['postgres', 'mysql', 'redis'].flatMap((kind): [string, () => Promise<Record<string, unknown>>][] => [
      [`${kind}: silence`, async () => ({ type: 'database', url: `${kind}://127.0.0.1:${await tcp()}` })],
      [
        `${kind}: closed`,
        async () => ({
          type: 'database',
          url: `${kind}://127.0.0.1:${await tcp(socket => socket.end())}`,
          timeout: '2s',
        }),
      ],
    ]),
  ];
  test.each(lost)('%s', async (_, make) => {
    expect(await paused(await make())).toMatchObject(nothing);
  });

  test('of two addresses one refused and the other did not answer in time', () => {
    const coded = (code: string) => Object.assign(new Error(code), { code });
    const both = new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]);
    expect(explain(Object.assign(both, { code: 'ECONNREFUSED' }))).toMatchObject({ lost: true });
    expect(
      explain(Object.assign(new AggregateError([coded('ECONNREFUSED')]), { code: 'ECONNREFUSED' })),
    ).not.toHaveProperty('lost');
  });
});

describe('an answer counts, without its time', () => {
  test('http: well', async () => {
    const seen = await paused({ type: 'http', url: url(await http((_, res) => res.end('ok'))) });
    expect(seen).toMatchObject({ outcome: 'up', latency: null, seen: 'HTTP 200' });
    expect(seen).not.toHaveProperty('phases');
    expect(seen).not.toHaveProperty('paused');
  });

  const answered: [string, () => Promise<Record<string, unknown>>, string][] = [
    [
      'http: 503',
      async () => ({ type: 'http', url: url(await http((_, res) => res.writeHead(503).end())) }),
      'HTTP 503',
    ],
    [
      'http: other text',
      async () => ({ type: 'http', url: url(await http((_, res) => res.end('no'))), contains: 'yes' }),
      'text not found in the answer',
    ],
    ['http: refused', async () => ({ type: 'http', url: url(await deserted()) }), 'refused the connection'],
    ['tcp: refused', async () => ({ type: 'tcp', host, port: await deserted() }), 'refused the connection'],
    [
      'tls: untrusted',
      async () => ({ type: 'tls', host, port: await tls(makeCertificates().good) }),
      'certificate is not trusted',
    ],
    [
      'smtp: 554',
      async () => ({ type: 'smtp', host, port: await tcp(socket => socket.end('554 no\r\n')) }),
      'answered 554',
    ],
    [
      'postgres: refused',
      async () => ({ type: 'database', url: `postgres://127.0.0.1:${await deserted()}/x` }),
      'refused the connection',
    ],
  ];
  test.each(answered)('%s: down', async (_, make, seen) => {
    expect(await paused({ timeout: '3s', ...(await make()) })).toMatchObject({
      outcome: 'down',
      latency: null,
      seen,
    });
  });

  test('tcp and smtp: well', async () => {
    expect(await paused({ type: 'tcp', host, port: await tcp() })).toMatchObject({
      outcome: 'up',
      latency: null,
    });
    const port = await tcp(socket => {
      socket.write('220 hello\r\n');
      socket.on('data', () => socket.write('250 yes\r\n'));
    });
    expect(await paused({ type: 'smtp', host, port })).toMatchObject({ outcome: 'up', latency: null });
  });
});

describe('by the pulse of this very process', () => {
  const pulsed = () => {
    const pulse = startPulse();
    onTestFinished(pulse.stop);
    return pulse;
  };

  test('a blocked loop before the answer: up, without a time; the next look has one', async () => {
    const { paused: stood } = pulsed();
    let held = 400;
    const port = await http((_, res) => {
      hold(held);
      res.end('ok');
    });
    const look = () => makeProbes({}, stood)(check({ type: 'http', url: url(port), timeout: '5s' }), signal);
    expect(await look()).toMatchObject({ outcome: 'up', latency: null });
    held = 0;
    await expect.poll(async () => (await look()).latency, { timeout: 20_000 }).not.toBeNull();
  });

  test('a loop blocked past the deadline: what came meanwhile is read, silence is no failure', async () => {
    const { paused: stood } = pulsed();
    const look = (port: number) => makeProbes({}, stood)(check({ type: 'http', url: url(port) }), signal);
    const answering = look(await http((_, res) => res.end('ok')));
    const silent = look(await tcp());
    hold(700);
    expect(await answering).toMatchObject({ outcome: 'up', latency: null });
    expect(await silent).toMatchObject({ ...nothing, detail: 'timed out after 300 ms' });
  });

  /** What holds the loop up past the deadline, at each point of a look; the other side answers at once. */
  const held: [string, () => Promise<[Record<string, unknown>, Network?]>][] = [
    [
      'http: while the name is looked up',
      async () => [
        { type: 'http', url: `http://a.example:${await http((_, res) => res.end('ok'))}/` },
        {
          lookup: (_name, _options, done) => {
            hold(700);
            done(null, [{ address: host, family: 4 }]);
          },
        },
      ],
    ],
    [
      'http: between headers and body',
      async () => [
        {
          type: 'http',
          contains: 'ok',
          url: url(
            await http((_, res) => {
              res.flushHeaders();
              setTimeout(() => {
                hold(700);
                res.end('ok');
              }, 20);
            }),
          ),
        },
      ],
    ],
    [
      'http: within a packed body without an end',
      async () => [
        {
          type: 'http',
          contains: 'ok',
          url: url(
            await http((_, res) => {
              res.writeHead(200, { 'content-encoding': 'gzip' });
              const packed = gzipSync('all is ok');
              res.write(packed.subarray(0, 15));
              setTimeout(() => {
                hold(700);
                res.end(packed.subarray(15));
              }, 20);
            }),
          ),
        },
      ],
    ],
    [
      'http: at a redirect',
      async () => [
        {
          type: 'http',
          url: url(
            await http((req, res) => {
              if (req.url === '/') hold(700);
              if (req.url === '/') res.writeHead(302, { location: '/b' });
              res.end();
            }),
          ),
        },
      ],
    ],
    [
      'https: in the handshake',
      async () => {
        const { good, ca } = makeCertificates();
        const context = createSecureContext(good);
        const port = await tls({
          SNICallback: (_name, done) => {
            hold(700);
            done(null, context);
          },
        });
        return [{ type: 'tls', host: 'localhost', port }, { ca }];
      },
    ],
    [
      'dns: before the answer',
      async () => [{ type: 'dns', name: 'a.example', server: await slowNameServer() }],
    ],
    [
      'smtp: in the dialogue',
      async () => [
        {
          type: 'smtp',
          host,
          port: await tcp(socket => {
            socket.write('220 hello\r\n');
            socket.once('data', () => {
              hold(700);
              socket.write('250 yes\r\n');
            });
          }),
        },
      ],
    ],
    [
      'redis: before the answer',
      async () => [
        {
          type: 'database',
          url: `redis://127.0.0.1:${await tcp(socket =>
            socket.on('data', () => {
              hold(700);
              socket.write('+PONG\r\n');
            }),
          )}`,
        },
      ],
    ],
  ];
  test.each(held)('a loop held up, %s: no failure, and no time', async (_, make) => {
    const { paused: stood } = pulsed();
    const [of, network = {}] = await make();
    const seen = await makeProbes(network, stood)(check(of), signal);
    expect(['up', 'unknown'], seen.seen).toContain(seen.outcome);
    expect(seen.latency).toBeNull();
    if (seen.outcome === 'unknown') expect(seen).toMatchObject(nothing);
  });

  test('small pauses of our own do not hide what breaks off each time, and leave an answer its time', async () => {
    const began = performance.now();
    const slowly = await tcp(socket => void setTimeout(() => socket.resetAndDestroy(), 2800).unref());
    const [broken, late] = await Promise.all([
      makeProbes({}, () => (performance.now() - began > 1000 ? 300 : 0))(
        check({ type: 'http', url: url(slowly), timeout: '8s' }),
        signal,
      ),
      makeProbes({}, () => (performance.now() - began > 1000 ? 400 : 0))(
        check({
          type: 'http',
          url: url(await http((_, res) => void setTimeout(() => res.end('ok'), 3200).unref())),
          timeout: '3s',
        }),
        signal,
      ),
    ]);
    expect(broken).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
    // The time it stood still is given anew.
    expect(late).toMatchObject({ outcome: 'up', latency: null });
  });

  test('silence for the whole of a look with a hiccup in it is a failure', async () => {
    const { paused: stood } = pulsed();
    const looking = makeProbes({}, stood)(
      check({ type: 'http', url: url(await tcp()), timeout: '3s' }),
      signal,
    );
    await new Promise(resolve => setTimeout(resolve, 500));
    hold(400);
    expect(await looking).toMatchObject({ outcome: 'down', seen: 'timed out after 3 seconds' });
  });

  test('a machine that was suspended shows by its wall clock alone', async () => {
    let wall = 0;
    const pulse = startPulse(Number.POSITIVE_INFINITY, () => performance.now() + wall);
    onTestFinished(pulse.stop);
    const port = await tcp(socket => {
      setTimeout(() => (wall += 3_600_000), 500);
      setTimeout(() => socket.resetAndDestroy(), 2000);
    });
    const look = () =>
      makeProbes(
        {},
        pulse.paused,
        pulse.steps,
      )(check({ type: 'http', url: url(port), timeout: '5s' }), signal);
    expect(await look()).toMatchObject(nothing);
    expect(pulse.paused()).toBeLessThan(60_000);
  });

  test('it counts pauses of more than 250 ms, those too that the timer has not seen yet', async () => {
    const { paused: stood } = pulsed();
    hold(400);
    const seen = stood();
    expect(seen).toBeGreaterThan(300);
    // Later, by the timer: the same pause, once.
    await new Promise(resolve => setTimeout(resolve, 120));
    const later = stood();
    expect(later).toBeGreaterThanOrEqual(seen);
    hold(150);
    expect(stood()).toBe(later);
  });
});
