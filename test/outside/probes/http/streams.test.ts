// Answers that have no end, that come in parts, or that have no body at all.

import type { ServerResponse } from 'node:http';
import { constants, createGzip } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../../src/core/model/checks/check.ts';
import { http, probe, tcp } from '../../loopback.ts';

const address = (port: number) => `http://127.0.0.1:${port}/`;

/** Writes the parts 20 ms apart, over and over, until nobody listens. */
function drip(response: ServerResponse, ...parts: (string | Buffer)[]) {
  let next = 0;
  const timer = setInterval(() => response.write(parts[next++ % parts.length]), 20);
  response.once('close', () => clearInterval(timer));
}

const SOON = 1500;
/** How long a look at an answer took that may take `timeout`. */
async function look(port: number, more: Record<string, unknown> = {}) {
  const started = performance.now();
  const result = await probe({ type: 'http', url: address(port), timeout: '6s', ...more });
  return { result, took: performance.now() - started };
}

describe('without an end', () => {
  test.each([
    'text/event-stream',
    'Text/Event-Stream; charset=utf-8',
    'audio/mpeg',
    'audio/aacp',
    'video/mp2t',
    'application/ogg',
    'multipart/x-mixed-replace; boundary=x',
  ])('%s: judged by its head, at once, said or silent', async type => {
    for (const silent of [true, false]) {
      const port = await http((_, response) => {
        response.writeHead(200, { 'content-type': type }).flushHeaders();
        if (!silent) drip(response, 'data: 1\n\n');
      });
      const { result, took } = await look(port);
      expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
      expect(result.latency).toBeLessThan(SOON);
      expect(took).toBeLessThan(SOON);
    }
  });

  test('a radio that claims a length beyond all reading, and one of HTTP/1.0', async () => {
    const long = await tcp(socket =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 999999999\r\n\r\nxx'),
      ),
    );
    const old = await tcp(socket =>
      socket.once('data', () =>
        socket.write('HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\nicy-name: x\r\n\r\nxx'),
      ),
    );
    for (const port of [long, old]) {
      const { result, took } = await look(port);
      expect(result).toMatchObject({ outcome: 'up' });
      expect(took).toBeLessThan(SOON);
    }
  });

  test('a radio of the first kind, which does not call its answer HTTP', async () => {
    for (const size of [1, 1000]) {
      const port = await tcp(socket =>
        socket.once('data', async () => {
          const all = 'ICY 200 OK\r\nicy-name: x\r\ncontent-type: audio/mpeg\r\n\r\nxx';
          for (let at = 0; at < all.length; at += size) {
            socket.write(all.slice(at, at + size));
            await new Promise(resolve => setImmediate(resolve));
          }
        }),
      );
      const { result, took } = await look(port);
      expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
      expect(took).toBeLessThan(SOON);
    }
  });

  test('a wrong status is a wrong status', async () => {
    const port = await http((_, response) => {
      response.writeHead(503, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    expect((await look(port)).result).toMatchObject({ outcome: 'down', seen: 'HTTP 503' });
  });

  test('any other type: given its time to end, then judged by its head', async () => {
    for (const parts of [['x'], []]) {
      const port = await http((_, response) => {
        response.writeHead(200).flushHeaders();
        if (parts.length > 0) drip(response, ...parts);
      });
      const { result, took } = await look(port, { timeout: '3s' });
      expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
      expect(result.latency).toBeLessThan(2000);
      expect(took).toBeGreaterThan(2300);
      expect(result.phases?.total).toBe(result.latency);
    }
  });

  test('a text that is wanted: judged by it as soon as it came, split as it may be', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      drip(response, 'data: St', Buffer.from([0xc3]), Buffer.from([0xb6]), 'rung\n\n');
    });
    const { result, took } = await look(port, { contains: 'Störung' });
    expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
    expect(result.latency).toBeGreaterThanOrEqual(60);
    expect(took).toBeLessThan(SOON);
  });

  test('a text that comes late, with nothing behind it', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
      setTimeout(() => response.write('data: ready\n\n'), 300);
    });
    const { result, took } = await look(port, { contains: 'ready' });
    expect(result).toMatchObject({ outcome: 'up' });
    expect(result.latency).toBeGreaterThanOrEqual(280);
    expect(took).toBeLessThan(SOON);
  });

  test('a text in a packed stream', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
      gzip.pipe(response);
      gzip.write('data: ready\n\n');
    });
    const { result, took } = await look(port, { contains: 'ready' });
    expect(result).toMatchObject({ outcome: 'up' });
    expect(took).toBeLessThan(SOON);
  });

  test('a text that is wanted and does not come', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      drip(response, 'data: no\n\n');
    });
    const late = await look(port, { contains: 'ready', timeout: '500ms' });
    const seen = 'timed out after 500 ms: the text was not found so far, and the answer did not end';
    expect(late.result).toMatchObject({ outcome: 'down', seen });
    const radio = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      drip(response, Buffer.from([0xff, 0xfb, 0x90]));
    });
    const heard = await look(radio, { contains: 'ready', timeout: '500ms' });
    expect(heard.result).toMatchObject({ outcome: 'down', seen });
    // Nothing came at all but the head.
    const silent = await http((_, response) => response.writeHead(200).flushHeaders());
    expect((await look(silent, { contains: 'x', timeout: '500ms' })).result).toMatchObject({ seen });
    const page = await look(port, { json: { '$.a': 1 }, timeout: '500ms' });
    expect(page.result.seen).toBe(
      'timed out after 500 ms: the answer did not end, so it cannot be read as JSON',
    );
    const long = await look(port, { contains: 'ready', max_body: 50 });
    expect(long.result.seen).toBe('text not found in the answer; only its beginning was read');
  });

  test('a text that must not be there: found, it is a finding; else the end would have to come', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      drip(response, 'data: fatal\n\n');
    });
    const { result, took } = await look(port, { not_contains: 'fatal' });
    expect(result).toMatchObject({ outcome: 'down', seen: 'unwanted text found in the answer' });
    expect(took).toBeLessThan(SOON);
    const absent = await look(port, { not_contains: 'error', contains: 'fatal', timeout: '500ms' });
    expect(absent.result).toMatchObject({
      outcome: 'down',
      seen: 'timed out after 500 ms: the unwanted text was not found so far, but the answer did not end',
    });
    const limited = await look(port, { not_contains: 'error', max_body: 50 });
    expect(limited.result).toMatchObject({ outcome: 'up' });
  });

  test('a number for a metric cannot be read there, and that is no outage', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      drip(response, 'data: 1\n\n');
    });
    const check = { ...checkSchema.parse({ type: 'http', url: address(port) }), reads: ['$.a'] };
    const { makeProbes } = await import('../../../../src/outside/probes.ts');
    const result = await makeProbes()(check, new AbortController().signal);
    expect(result).toMatchObject({
      outcome: 'up',
      readings: [{ path: '$.a', fault: 'the answer is larger than `max_body`, or has no end' }],
    });
  });
});

describe('with an end', () => {
  test('a page that says how long it is must come whole', async () => {
    for (const type of ['text/html', 'audio/mpeg']) {
      const port = await tcp(socket =>
        socket.once('data', () =>
          socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\nneedle`),
        ),
      );
      const { result } = await look(port, { timeout: '400ms', contains: 'needle' });
      expect(result).toMatchObject({ outcome: 'down', seen: 'timed out after 400 ms' });
    }
  });

  test('a page in chunks that takes its time counts to its end', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).write('<h1>needle');
      setTimeout(() => response.end('</h1>'), 400);
    });
    for (const more of [{}, { contains: 'needle' }]) {
      const { result } = await look(port, more);
      expect(result).toMatchObject({ outcome: 'up' });
      expect(result.latency).toBeGreaterThanOrEqual(380);
    }
  });

  test('chunks that break off', async () => {
    const port = await tcp(socket =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nneedle\r\n');
        setTimeout(() => socket.end(), 150);
      }),
    );
    const { result } = await look(port, { contains: 'needle' });
    expect(result).toMatchObject({ outcome: 'down', seen: 'closed the connection' });
  });

  test.each([204, 304])('%d has no body', async status => {
    const port = await http((_, response) => response.writeHead(status).end());
    expect((await look(port, { expect: status })).result).toMatchObject({ outcome: 'up' });
    const { result } = await look(port, { expect: status, contains: 'x' });
    expect(result).toMatchObject({ outcome: 'down', seen: 'text not found in the answer' });
  });

  test('the answer to HEAD has none, whatever its head says', async () => {
    const port = await http((_, response) => {
      response.writeHead(200, { 'content-length': 1000, 'content-encoding': 'gzip' }).end();
    });
    const { result, took } = await look(port, { method: 'HEAD' });
    expect(result).toMatchObject({ outcome: 'up' });
    expect(took).toBeLessThan(SOON);
  });
});

describe('heads that are said oddly', () => {
  const chunked = '6\r\nneedle\r\n0\r\n\r\n';
  test.each([
    ['the same length twice', 'Content-Length: 6\r\ncontent-length:6\r\n', 'needle'],
    ['the same length twice on one line', 'Content-Length: 6, 6\r\n', 'needle'],
    ['a length beside chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', chunked],
    ['chunks before a length', 'transfer-encoding: Chunked\r\nX-A: b\r\nContent-Length: 999\r\n', chunked],
    [
      'two lengths beside chunks',
      'Content-Length: 2\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n',
      chunked,
    ],
    ['lines that end with LF alone', 'Content-Length: 6\nX-A: b\n', 'needle'],
    ['LF and CRLF', 'X-A: b\nContent-Length: 6\r\n', 'needle'],
    ['no length, LF alone, to the end', 'Content-Type: text/plain\n', 'needle'],
  ])('%s', async (_, lines, body) => {
    const eol = lines.includes('\r') ? '\r\n' : '\n';
    const all = `HTTP/1.1 200 OK${eol}${lines}${eol}${body}`;
    for (const size of [1, 5, 10_000]) {
      const port = await tcp(socket => {
        socket.setNoDelay(true);
        socket.once('data', async () => {
          for (let at = 0; at < all.length; at += size) {
            socket.write(all.slice(at, at + size));
            await new Promise(resolve => setImmediate(resolve));
          }
          socket.end();
        });
      });
      const { result, took } = await look(port, { contains: 'needle' });
      expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
      expect(took).toBeLessThan(SOON);
    }
  });

  test('two lengths that differ are still refused, and a body that is shorter than the one', async () => {
    for (const lines of [
      'Content-Length: 6\r\nContent-Length: 7',
      'Content-Length: 7\r\nContent-Length: 7',
    ]) {
      const port = await tcp(socket =>
        socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\nneedle`)),
      );
      expect((await look(port, { contains: 'needle' })).result.outcome).toBe('down');
    }
  });

  test('a status that is none is no HTTP, whatever follows', async () => {
    const port = await tcp(socket => socket.once('data', () => socket.write('HTTP/1.1 abc\r\n')));
    expect((await look(port)).result.seen).toBe('answered with something that is not HTTP');
  });
});

describe('answers in between', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nneedle';
  test.each([
    ['100', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['100 of HTTP/1.1 without a word', 'HTTP/1.1 100\r\n\r\n'],
    ['100 with headers', 'HTTP/1.1 100 Continue\r\nX-A: b\r\nDate: x\r\n\r\n'],
    ['100 twice', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'],
    ['100, then 103', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'],
  ])('%s', async (_, before) => {
    for (const size of [1, 7, 10_000]) {
      const port = await tcp(socket => {
        socket.setNoDelay(true);
        socket.once('data', async () => {
          const all = before + answer;
          for (let at = 0; at < all.length; at += size) {
            socket.write(all.slice(at, at + size));
            await new Promise(resolve => setImmediate(resolve));
          }
        });
      });
      const { result } = await look(port, { contains: 'needle', method: 'POST', body: 'x' });
      expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
    }
  });

  test('100 and nothing more', async () => {
    const silent = await tcp(socket =>
      socket.once('data', () => socket.write('HTTP/1.1 100 Continue\r\n\r\n')),
    );
    expect((await look(silent, { timeout: '300ms' })).result.seen).toBe('timed out after 300 ms');
    const gone = await tcp(socket => socket.once('data', () => socket.end('HTTP/1.1 100 Continue\r\n\r\n')));
    expect((await look(gone)).result.seen).toBe('closed the connection');
  });
});
