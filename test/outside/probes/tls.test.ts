// Certificates, as the http and the tls probe judge them.

import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import { beforeAll, describe, expect, test } from 'vitest';
import { DAY } from '../../../src/core/model/time.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { deserted, expectPublishable, listen, probe, tcp, tls } from '../loopback.ts';

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

const cases = [
  ['good', 'up', undefined],
  ['soon', 'up', 'the certificate expires in 5 days'],
  ['expired', 'down', 'certificate expired 3 days ago'],
  ['wrongHost', 'down', 'certificate is for another host'],
  ['selfSigned', 'down', 'certificate is self-signed'],
] as const;

describe.each(cases)('a certificate that is %s', (name, outcome, words) => {
  test('https', async () => {
    let requests = 0;
    const server = createServer(certificates[name], (_, response) => {
      requests++;
      response.end('hello');
    });
    const url = `https://localhost:${await listen(server)}/`;
    const result = await probe(
      { type: 'http', url, headers: { 'x-key': 'secret' } },
      { ca: certificates.ca },
    );
    expect(result).toMatchObject({ outcome });
    expect(outcome === 'up' ? result.warning : result.seen).toBe(words);
    // No header, least of all a key, reaches a server that is not trusted.
    expect(requests).toBe(outcome === 'up' ? 1 : 0);
    if (outcome === 'up') expect(result.phases!.tls).toBeTypeOf('number');
    expectPublishable(result.seen);
  });

  test('tls', async () => {
    const port = await tls(certificates[name]);
    const result = await probe({ type: 'tls', host: 'localhost', port }, { ca: certificates.ca });
    expect(result).toMatchObject({ outcome });
    expect(outcome === 'up' ? result.warning : result.seen).toBe(words);
    expectPublishable(result.seen);
  });
});

test('a private authority is not trusted by itself', async () => {
  const port = await tls(certificates.good);
  const result = await probe({ type: 'tls', host: 'localhost', port });
  expect(result).toMatchObject({ outcome: 'down', seen: 'certificate is not trusted' });
});

test('the days left follow the clock', async () => {
  const port = await tls(certificates.good);
  const clock = () => Date.now() + 50 * DAY;
  const check = { type: 'tls', host: 'localhost', port, days: 14 };
  expect(await probe(check, { ca: certificates.ca, clock })).toMatchObject({
    outcome: 'up',
    warning: 'the certificate expires in 9 days',
  });
  expect((await probe({ ...check, days: 9 }, { ca: certificates.ca, clock })).warning).toBeUndefined();
});

test('servername is asked for, and judged, in place of the host', async () => {
  const port = await tls(certificates.wrongHost);
  const check = { type: 'tls', host: '127.0.0.1', port, servername: 'elsewhere.example' };
  expect(await probe(check, { ca: certificates.ca })).toMatchObject({ outcome: 'up' });
});

test('HTTP/2 is spoken where asked for', async () => {
  const versions: string[] = [];
  const server = createSecureServer({ ...certificates.good, allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion);
    response.end('hello');
  });
  const url = `https://localhost:${await listen(server)}/`;
  for (const http2 of [true, false]) {
    const result = await probe({ type: 'http', url, http2, contains: 'hello' }, { ca: certificates.ca });
    expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
  }
  expect(versions).toEqual(['2.0', '1.1']);
});

describe.each(['tls', 'http'])('no TLS at all: %s', type => {
  const check = (port: number) =>
    type === 'tls'
      ? { type, host: 'localhost', port, timeout: '300ms' }
      : { type, url: `https://localhost:${port}/`, timeout: '300ms' };

  test('plain text', async () => {
    const port = await tcp(socket => socket.once('data', () => socket.end('what?\r\n')));
    expect(await probe(check(port))).toMatchObject({ outcome: 'down', seen: 'TLS handshake failed' });
  });

  test('silence', async () => {
    expect(await probe(check(await tcp()))).toMatchObject({
      outcome: 'down',
      seen: 'timed out after 300 ms',
    });
  });

  test('refused', async () => {
    expect(await probe(check(await deserted()))).toMatchObject({
      outcome: 'down',
      seen: 'refused the connection',
    });
  });

  test('hung up during the handshake', async () => {
    const port = await tcp(socket => socket.once('data', () => socket.end()));
    expect(await probe(check(port))).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
  });
});

test.each([true, false])(
  'streams, cookies and encodings are the same over TLS, HTTP/2 offered: %j',
  async http2 => {
    const protocols: string[] = [];
    const server = createSecureServer({ ...certificates.good, allowHTTP1: true }, (request, response) => {
      protocols.push(request.httpVersion);
      if (request.headers.cookie !== 'in=1') {
        response.writeHead(302, { location: '/', 'set-cookie': 'in=1; Secure; HttpOnly' }).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=iso-8859-1' });
      response.write(Buffer.from('data: Störung\n\n', 'latin1'));
    });
    const url = `https://localhost:${await listen(server as never)}/`;
    const started = performance.now();
    for (const more of [{}, { contains: 'Störung' }]) {
      const check = { type: 'http', url, http2, timeout: '6s', ...more };
      expect(await probe(check, { ca: certificates.ca })).toMatchObject({
        outcome: 'up',
        seen: 'HTTP 200',
      });
    }
    expect(performance.now() - started).toBeLessThan(5000);
    expect(new Set(protocols)).toEqual(new Set([http2 ? '2.0' : '1.1']));
  },
);
