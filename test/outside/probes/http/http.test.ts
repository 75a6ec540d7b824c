// The http probe against servers that behave, and against those that do not.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkSchema } from '../../../../src/core/model/checks/check.ts';
import type { Network } from '../../../../src/outside/probes/network.ts';
import { makeProbes } from '../../../../src/outside/probes.ts';
import { startPulse } from '../../../../src/outside/pulse.ts';
import { deserted, expectPublishable, http, probe, tcp } from '../../loopback.ts';

const address = (port: number, path = '/') => `http://127.0.0.1:${port}${path}`;

describe('answers', () => {
  test.each([
    [200, undefined, 'up', 'HTTP 200'],
    [204, undefined, 'up', 'HTTP 204'],
    [304, undefined, 'down', 'HTTP 304'],
    [404, undefined, 'down', 'HTTP 404'],
    [503, undefined, 'down', 'HTTP 503'],
    [503, [200, '500-503'], 'up', 'HTTP 503'],
    [401, 401, 'up', 'HTTP 401'],
    [301, '3xx', 'up', 'HTTP 301'],
  ])('%d where %j is expected', async (status, expect_, outcome, seen) => {
    const port = await http((_, response) => response.writeHead(status).end());
    const result = await probe({
      type: 'http',
      url: address(port),
      ...(expect_ ? { expect: expect_ } : {}),
    });
    expect(result).toMatchObject({ outcome, seen });
    if (outcome === 'up') expect(result.latency).toBeTypeOf('number');
    else expect(result.latency).toBeNull();
  });

  test('method, headers, body and the credentials of the address are sent', async () => {
    let got = {};
    const port = await http(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      got = { method: request.method, url: request.url, ...request.headers, body };
      response.end();
    });
    const url = `http://us%40er:p%3Aw@127.0.0.1:${port}/a?b=c`;
    await probe({ type: 'http', url, method: 'PUT', headers: { 'X-Key': 'k' }, body: '{"a":1}' });
    expect(got).toMatchObject({
      method: 'PUT',
      url: '/a?b=c',
      'x-key': 'k',
      body: '{"a":1}',
      authorization: `Basic ${Buffer.from('us@er:p:w').toString('base64')}`,
    });
  });

  test('phases add up', async () => {
    const port = await http((_, response) => setTimeout(() => response.end(), 60));
    const { phases, latency } = await probe({ type: 'http', url: `http://localhost:${port}/` });
    expect(phases!.firstByte).toBeGreaterThanOrEqual(50);
    expect(phases!.dns).toBeTypeOf('number');
    expect(phases!.total).toBe(latency);
    const sum = phases!.dns! + phases!.connect! + phases!.firstByte!;
    expect(sum).toBeLessThanOrEqual(phases!.total + 3);
  });

  test.each([
    ['present', { contains: 'needle' }, 'up', 'HTTP 200'],
    ['absent', { contains: 'thread' }, 'down', 'text not found in the answer'],
    ['unwanted and there', { not_contains: 'needle' }, 'down', 'unwanted text found in the answer'],
    ['unwanted and absent', { not_contains: 'thread' }, 'up', 'HTTP 200'],
  ])('text %s', async (_, more, outcome, seen) => {
    const port = await http((_, response) => response.end('hay needle hay'));
    expect(await probe({ type: 'http', url: address(port), ...more })).toMatchObject({ outcome, seen });
  });

  test.each([
    ['a value', { '$.db.ok': true }, 'up', 'HTTP 200'],
    ['every one of several', { '$.nodes[*].state': 'well' }, 'up', 'HTTP 200'],
    ['a whole object', { '$.db': { ok: true } }, 'up', 'HTTP 200'],
    ['a filter', { '$.nodes[?@.id == 2].state': 'well' }, 'up', 'HTTP 200'],
    ['another value', { '$.db.ok': 'true' }, 'down', 'a value in the answer is not as expected'],
    [
      'a path that matches nothing',
      { '$.db.replica.ok': true },
      'down',
      'expected value not found in the answer',
    ],
  ])('JSON: %s', async (_, json, outcome, seen) => {
    const document = {
      db: { ok: true },
      nodes: [
        { id: 1, state: 'well' },
        { id: 2, state: 'well' },
      ],
    };
    const port = await http((_, response) => response.end(JSON.stringify(document)));
    expect(await probe({ type: 'http', url: address(port), json })).toMatchObject({ outcome, seen });
  });

  test('JSON that is none', async () => {
    const port = await http((_, response) => response.end('<html>'));
    const result = await probe({ type: 'http', url: address(port), json: { '$.a': 1 } });
    expect(result).toMatchObject({ outcome: 'down', seen: 'answer is not JSON' });
  });

  test('an encoding nobody knows is read as it is', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'constructor' }).end('hay needle');
    });
    expect(await probe({ type: 'http', url: address(port), contains: 'needle' })).toMatchObject({
      outcome: 'up',
    });
  });

  test.each([4, 6])('over IPv%d alone', async ip => {
    const port = await http((_, response) => response.end());
    const families: unknown[] = [];
    const network: Network = {
      lookup: (_name, options, done) => {
        families.push(options.family);
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    };
    await probe({ type: 'http', url: `http://api.example:${port}/`, ip }, network);
    expect(families).toEqual([ip]);
  });

  test('an IPv6 address in the URL', async () => {
    const seen = await probe({ type: 'http', url: `http://[::1]:${await deserted()}/` });
    expect(seen.outcome).toBe('down');
    expect(seen.seen).toMatch(/refused the connection|host unreachable/);
  });

  test.each(['gzip', 'GZIP', 'x-gzip'])('a body in %s is read', async encoding => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync('hay needle'));
    });
    expect(await probe({ type: 'http', url: address(port), contains: 'needle' })).toMatchObject({
      outcome: 'up',
    });
  });
});

describe('redirects', () => {
  test('a loop ends after the allowed number', async () => {
    let requests = 0;
    const port = await http((request, response) => {
      requests++;
      response.writeHead(302, { location: request.url === '/a' ? '/b' : '/a' }).end();
    });
    const result = await probe({ type: 'http', url: address(port, '/a'), redirects: 4 });
    expect(result).toMatchObject({ outcome: 'down', seen: 'redirected more than 4 times' });
    expect(requests).toBe(5);
  });

  test('exactly the allowed number is fine', async () => {
    const port = await http((request, response) => {
      const n = Number(request.url!.slice(1));
      if (n < 3) response.writeHead(307, { location: `${n + 1}` }).end();
      else response.end('there');
    });
    expect(
      await probe({ type: 'http', url: address(port, '/0'), redirects: 3, contains: 'there' }),
    ).toMatchObject({
      outcome: 'up',
    });
  });

  test('none allowed: the redirect is the answer', async () => {
    const port = await http((_, response) => response.writeHead(302, { location: '/' }).end());
    expect(await probe({ type: 'http', url: address(port), redirects: 0 })).toMatchObject({
      seen: 'HTTP 302',
    });
  });

  test.each([
    ['/\u00fcn\u00efcode', 'utf8', '/%C3%BCn%C3%AFcode'],
    ['/\u7cfb\u7edf?q=\u00e9', 'utf8', '/%E7%B3%BB%E7%BB%9F?q=%C3%A9'],
    ['/\u00fcn\u00efcode', 'latin1', '/%C3%BCn%C3%AFcode'],
    ['/%C3%BC', 'latin1', '/%C3%BC'],
  ] as const)('to %s in %s: followed as browsers do', async (location, encoding, path) => {
    const asked: string[] = [];
    const port = await tcp(socket => {
      socket.on('data', data => {
        asked.push(data.toString().split(' ')[1]!);
        const head = asked.length > 1 ? '200 OK' : `302 Found\r\nLocation: ${location}`;
        socket.end(Buffer.from(`HTTP/1.1 ${head}\r\nContent-Length: 0\r\n\r\n`, encoding));
      });
    });
    expect(await probe({ type: 'http', url: address(port, '/') })).toMatchObject({ outcome: 'up' });
    expect(asked).toEqual(['/', path]);
  });

  test.each(['gopher://a/', 'http://', 'file:///etc/passwd'])('to %s: not followed', async location => {
    const port = await http((_, response) => response.writeHead(302, { location }).end());
    const result = await probe({ type: 'http', url: address(port) });
    expect(result).toMatchObject({ outcome: 'down', seen: 'redirected to an invalid address' });
  });

  test('keys stay with their origin', async () => {
    const got: unknown[] = [];
    const other = await http((request, response) => {
      got.push(request.headers);
      response.end();
    });
    const port = await http((request, response) => {
      got.push(request.headers);
      const location = request.url === '/' ? '/again' : `http://127.0.0.1:${other}/`;
      response.writeHead(302, { location }).end();
    });
    const headers = { Authorization: 'Bearer secret', 'X-Api-Key': 'secret', Accept: 'text/plain' };
    await probe({ type: 'http', url: address(port), headers });
    expect(got).toHaveLength(3);
    expect(got[1]).toMatchObject({ authorization: 'Bearer secret', 'x-api-key': 'secret' });
    expect(got[2]).not.toHaveProperty('authorization');
    expect(got[2]).not.toHaveProperty('x-api-key');
    expect(got[2]).toMatchObject({ accept: 'text/plain' });
  });

  test.each([
    [303, 'GET', ''],
    [302, 'GET', ''],
    [307, 'POST', 'letter'],
  ])('a POST after %d is a %s', async (status, method, body) => {
    let got = {};
    const port = await http(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      got = { method: request.method, body: text };
      if (request.url === '/') response.writeHead(status, { location: '/next' }).end();
      else response.end();
    });
    await probe({ type: 'http', url: address(port), method: 'POST', body: 'letter' });
    expect(got).toEqual({ method, body });
  });
});

describe('bad servers', () => {
  test('refused', async () => {
    const result = await probe({ type: 'http', url: address(await deserted()) });
    expect(result).toMatchObject({ outcome: 'down', latency: null, seen: 'refused the connection' });
  });

  test('reset', async () => {
    const port = await tcp(socket => socket.once('data', () => socket.resetAndDestroy()));
    const result = await probe({ type: 'http', url: address(port) });
    expect(result).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
  });

  test('hung up before anything was asked: tried once', async () => {
    let connections = 0;
    const port = await tcp(socket => {
      connections++;
      socket.destroy();
    });
    const result = await probe({ type: 'http', url: address(port) });
    expect(result).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
    expect(connections).toBe(1);
  });

  test('hung up without a word', async () => {
    const port = await tcp(socket => socket.once('data', () => socket.end()));
    const result = await probe({ type: 'http', url: address(port) });
    expect(result).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
  });

  test('black-holed', async () => {
    const port = await tcp();
    const result = await probe({ type: 'http', url: address(port), timeout: '200ms' });
    expect(result).toEqual({ outcome: 'down', latency: null, seen: 'timed out after 200 ms' });
  });

  test('a slow drip of headers', async () => {
    const port = await tcp(socket => {
      const drip = setInterval(() => socket.write('X'), 20);
      socket.write('HTTP/1.1 200 OK\r\nX-A: ');
      socket.once('close', () => clearInterval(drip));
    });
    const result = await probe({ type: 'http', url: address(port), timeout: '300ms' });
    expect(result).toMatchObject({ outcome: 'down', seen: 'timed out after 300 ms' });
  });

  test('a slow drip of a body that said how long it is', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-length': 100_000 });
      const drip = setInterval(() => response.write('X'), 20);
      response.once('close', () => clearInterval(drip));
    });
    const result = await probe({ type: 'http', url: address(port), timeout: '300ms' });
    expect(result).toMatchObject({ outcome: 'down', seen: 'timed out after 300 ms' });
  });

  test('a body that ends before its length', async () => {
    const port = await tcp(socket => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'));
    });
    const result = await probe({ type: 'http', url: address(port) });
    expect(result).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
  });

  test('an endless body is left at the limit', async () => {
    let sent = 0;
    const port = await http((_, response) => {
      const chunk = randomBytes(64 * 1024);
      const more = () => {
        do sent += chunk.length;
        while (response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    const result = await probe({ type: 'http', url: address(port), max_body: 100_000 });
    expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
    expect(sent).toBeLessThan(20_000_000);
  });

  test('a gzip bomb counts by what it unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(1_000_000);
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const before = process.memoryUsage().arrayBuffers;
    const result = await probe({ type: 'http', url: address(port), contains: 'needle' });
    expect(result).toMatchObject({
      outcome: 'down',
      seen: 'text not found in the answer; only its beginning was read',
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  test('broken compression', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip');
    });
    const result = await probe({ type: 'http', url: address(port) });
    expect(result).toMatchObject({
      outcome: 'down',
      seen: 'answered with a body that cannot be decompressed',
    });
  });

  test('a 10 MB header', async () => {
    const port = await tcp(socket => {
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(10_000_000)}\r\n\r\n`));
    });
    const result = await probe({ type: 'http', url: address(port) });
    expect(result).toMatchObject({ outcome: 'down', seen: 'answered with headers that are too large' });
  });

  test('an answer before the request is sent', async () => {
    const port = await tcp(socket => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    const result = await probe({ type: 'http', url: address(port), method: 'POST', body: 'x' });
    // Whether it arrives before the request has left is the kernel's affair; it must settle, that is all.
    expect(['up', 'down']).toContain(result.outcome);
    expect(result.seen).not.toMatch(/timed out/);
  });

  test('an answer to a large request that was never read', async () => {
    const port = await http((_, response) => response.writeHead(413).end());
    const body = 'x'.repeat(5_000_000);
    const result = await probe({ type: 'http', url: address(port), method: 'POST', body });
    expect(result.outcome).toBe('down');
    expect(result.seen).toMatch(/HTTP 413|closed the connection/);
  });

  test('something that is not HTTP', async () => {
    const port = await tcp(socket => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    const result = await probe({ type: 'http', url: address(port) });
    expect(result).toMatchObject({ outcome: 'down', seen: 'answered with something that is not HTTP' });
  });

  test('a name that does not resolve', async () => {
    const url = 'http://nowhere.invalid/';
    const result = await probe(
      { type: 'http', url },
      {
        lookup: (name, _, done) =>
          done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []),
      },
    );
    expect(result).toMatchObject({ outcome: 'down', seen: 'host name not found' });
  });

  test('a lookup that never answers', async () => {
    const result = await probe(
      { type: 'http', url: 'http://a.invalid/', timeout: '100ms' },
      { lookup: () => {} },
    );
    expect(result).toMatchObject({ outcome: 'down', seen: 'timed out after 100 ms' });
  });
});

describe('what is said', () => {
  test('no secrets and no places, in neither the page’s words nor the log’s', async () => {
    const port = await deserted();
    const url = `http://admin:hunter22@127.0.0.1:${port}/?key=qwertzuiop`;
    const result = await probe({ type: 'http', url, headers: { authorization: 'Bearer abcdefgh' } });
    expectPublishable(result.seen);
    expect(JSON.stringify(result)).not.toMatch(/hunter22|qwertzuiop|abcdefgh/);
  });

  test('a secret echoed by the server stays out of the log', async () => {
    const port = await http((request, response) =>
      response.end(JSON.stringify({ you: request.headers.authorization })),
    );
    const result = await probe({
      type: 'http',
      url: address(port),
      headers: { authorization: 'Bearer abcdefgh' },
      json: { '$.you': 'me' },
    });
    expect(result.detail).toContain('$.you is');
    expect(result.detail).not.toContain('abcdefgh');
  });

  test('a check that this very process held up is no measurement', async () => {
    const port = await tcp();
    const check = checkSchema.parse({ type: 'http', url: address(port), timeout: '100ms' });
    const { paused, stop } = startPulse();
    onTestFinished(stop);
    const looking = makeProbes({}, paused)(check, new AbortController().signal);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
    expect(await looking).toMatchObject({
      outcome: 'unknown',
      latency: null,
      seen: 'our own process was paused',
    });
  });

  test('an aborted check is no measurement', async () => {
    const port = await tcp();
    const controller = new AbortController();
    const looking = probe({ type: 'http', url: address(port) }, {}, controller.signal);
    setTimeout(() => controller.abort(), 30);
    expect(await looking).toMatchObject({ outcome: 'unknown', latency: null });
    expect(await probe({ type: 'http', url: address(port) }, {}, controller.signal)).toMatchObject({
      outcome: 'unknown',
    });
  });

  test.each([
    { type: 'http', url: '' },
    { type: 'tcp', host: '', port: 1 },
    { type: 'database', url: '' },
  ])('an empty target is not configured: %j', async check => {
    expect(await probe(check)).toEqual({ outcome: 'unknown', latency: null, seen: 'not configured' });
  });

  test.each(['heartbeat', 'manual'])('%s is not probed', async type => {
    expect(await probe({ type })).toMatchObject({ outcome: 'unknown', latency: null });
  });
});
