// What is answered before Express carries the same security headers as everything else.
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '../../../src/web/http/limits.ts';
import { openServer, type WebServer } from '../../../src/web/http/server.ts';

const HEADERS = {
  'content-security-policy': /^default-src 'none';.*frame-ancestors 'none'$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\)/,
  'referrer-policy': /^strict-origin-when-cross-origin$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^SAMEORIGIN$/,
};

test.each([
  ['no HTTP', 'what is this\r\n\r\n', 400],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['a tunnel', 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['a long address', `GET /${'a'.repeat(LIMITS.url)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414],
  ['large headers', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(LIMITS.header_bytes)}\r\n\r\n`, 431],
  ['a visitor too early', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 503],
  ['a browser too early', 'GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n', 503],
])('security headers are on the answer to %s', async (_name, bytes, status) => {
  const server = (await openServer(0, '127.0.0.1')) as WebServer;
  onTestFinished(() => server.close());
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    const pieces: Buffer[] = [];
    socket.on('data', piece => void pieces.push(piece));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(pieces).toString('latin1')));
  });
  const [first = '', ...lines] = (text.split('\r\n\r\n')[0] as string).split('\r\n');
  expect(first).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  for (const [name, value] of Object.entries(HEADERS)) {
    const found = lines.filter(line => line.toLowerCase().startsWith(`${name}: `));
    expect(found, name).toHaveLength(1);
    expect((found[0] as string).slice(name.length + 2), name).toMatch(value);
  }
});
