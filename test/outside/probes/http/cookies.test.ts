// What is sent along: the usual headers, and the cookies that redirects were given.
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../../src/core/model/checks/check.ts';
import { Cookies } from '../../../../src/outside/probes/http/cookies.ts';
import { http, probe } from '../../loopback.ts';

const address = (port: number, path = '/') => `http://127.0.0.1:${port}${path}`;

test.each([
  [{}, '*/*'],
  [{ ACCEPT: 'application/json' }, 'application/json'],
])('what is accepted, with headers %j', async (headers, accept) => {
  let got: unknown;
  const port = await http((request, response) => {
    got = request.headers.accept;
    response.end();
  });
  await probe({ type: 'http', url: address(port), headers });
  expect(got).toBe(accept);
});

test('a circle that only a cookie leads out of', async () => {
  const port = await http((request, response) => {
    const { cookie = '' } = request.headers;
    if (/seen=1/.test(cookie) && /who=a=b/.test(cookie)) return response.end('welcome');
    const next = /seen=1/.test(cookie) ? 'who=a=b; Path=/; HttpOnly; SameSite=Lax' : 'seen=1';
    response
      .writeHead(302, { location: request.url!, 'set-cookie': [next, 'other=x; Path=/elsewhere'] })
      .end();
  });
  const result = await probe({ type: 'http', url: address(port, '/a/b'), contains: 'welcome' });
  expect(result).toMatchObject({ outcome: 'up', seen: 'HTTP 200' });
});

test('one look’s cookies are not the next one’s; the operator’s own are sent beside them', async () => {
  const got: unknown[] = [];
  const port = await http((request, response) => {
    got.push(request.headers.cookie);
    if (request.url === '/') response.writeHead(302, { location: '/b', 'set-cookie': 'a=1' }).end();
    else response.end();
  });
  await probe({ type: 'http', url: address(port) });
  await probe({ type: 'http', url: address(port), headers: { Cookie: 'mine=2' } });
  expect(got).toEqual([undefined, 'a=1', 'mine=2', 'mine=2; a=1']);
});

test('another server gets none of it', async () => {
  const got: unknown[] = [];
  const other = await http((request, response) => {
    got.push(request.headers);
    response.end();
  });
  const sets = ['a=1', 'b=2; Domain=127.0.0.1', 'c=3; Domain=localhost', 'd=4; Domain=0.0.1'];
  const port = await http((_, response) => {
    const location = got.length === 0 ? address(other) : `http://localhost:${other}/`;
    response.writeHead(307, { location, 'set-cookie': sets }).end();
  });
  const headers = { Cookie: 'mine=2', Authorization: 'Bearer secret' };
  await probe({ type: 'http', url: address(port), headers, method: 'POST', body: 'x' });
  await probe({ type: 'http', url: address(port), headers, method: 'POST', body: 'x' });
  expect(got).toHaveLength(2);
  for (const sent of got) {
    expect(sent).not.toHaveProperty('cookie');
    expect(sent).not.toHaveProperty('authorization');
  }
});

test.each([
  [301, 'POST', 'GET', ''],
  [302, 'PUT', 'PUT', 'text'],
  [303, 'PUT', 'GET', ''],
  [303, 'HEAD', 'HEAD', ''],
  [307, 'PUT', 'PUT', 'text'],
  [308, 'POST', 'POST', 'text'],
])('after %d a %s is a %s', async (status, method, then, body) => {
  let got = {};
  const port = await http(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { 'content-type': type } = request.headers;
    got = { method: request.method, body: text, type };
    if (request.url === '/') response.writeHead(status, { location: '/next' }).end();
    else response.end();
  });
  const headers = { 'Content-Type': 'text/plain' };
  const more = method === 'HEAD' ? {} : { headers, body: 'text' };
  const result = await probe({ type: 'http', url: address(port), method, ...more });
  expect(result).toMatchObject({ outcome: 'up' });
  expect(got).toEqual({ method: then, body, type: body === '' ? undefined : 'text/plain' });
});

describe('the jar', () => {
  const NOW = Date.parse('2026-03-10T12:00:00Z');
  const sentTo = (set: string | string[], at: string, to: string) => {
    const jar = new Cookies(() => NOW);
    jar.keep(new URL(at), set);
    return jar.for(new URL(to));
  };
  test.each([
    ['a=1', 'https://a.example/x', 'https://a.example/', 'a=1'],
    ['a=1', 'http://a.example/', 'https://a.example/', 'a=1'],
    ['a=1', 'https://a.example/x/y', 'https://a.example/x/z', 'a=1'],
    ['a=1', 'https://a.example/x/y', 'https://a.example/xz', ''],
    ['a=1; path=/x', 'https://a.example/', 'https://a.example/x', 'a=1'],
    ['a=1; path=/x', 'https://a.example/', 'https://a.example/xy', ''],
    ['a=1; path=relative', 'https://a.example/x/y', 'https://a.example/x/', 'a=1'],
    ['a=1', 'https://a.example/', 'https://b.example/', ''],
    ['a=1', 'https://a.example/', 'https://x.a.example/', ''],
    ['a=1', 'https://a.example:8443/', 'https://a.example/', ''],
    ['a=1; Secure', 'https://a.example/', 'https://a.example/', 'a=1'],
    ['a=1; secure', 'https://a.example/', 'http://a.example/', ''],
    ['a=1; Secure', 'http://a.example/', 'https://a.example/', ''],
    ['a=1; Domain=.Example.com', 'https://www.example.com/', 'https://app.example.com/', 'a=1'],
    ['a=1; Domain=example.com', 'https://example.com/', 'https://www.example.com/', 'a=1'],
    ['a=1; Domain=dhl.de', 'https://dhl.de/', 'https://www.dhl.de/', 'a=1'],
    ['a=1; Domain=example.com', 'https://www.example.com/', 'https://badexample.com/', ''],
    ['a=1; Domain=other.com', 'https://www.example.com/', 'https://other.com/', ''],
    ['a=1; Domain=com', 'https://www.example.com/', 'https://other.com/', ''],
    ['a=1; Domain=co.uk', 'https://www.example.co.uk/', 'https://other.co.uk/', ''],
    ['a=1; Domain=example.co.uk', 'https://www.example.co.uk/', 'https://example.co.uk/', 'a=1'],
    ['a=1; Domain=', 'https://a.example/', 'https://a.example/', 'a=1'],
    ['a=1; Domain=a.example; Domain=b.example', 'https://a.example/', 'https://a.example/', ''],
    ['a=1; Max-Age=0', 'https://a.example/', 'https://a.example/', ''],
    ['a=1; Max-Age=-5', 'https://a.example/', 'https://a.example/', ''],
    [
      'a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'https://a.example/',
      'https://a.example/',
      'a=1',
    ],
    ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'https://a.example/', 'https://a.example/', ''],
    ['a=1; Expires=Tue, 10 Mar 2026 12:00:01 GMT', 'https://a.example/', 'https://a.example/', 'a=1'],
    ['a=1; Expires=Tue, 10 Mar 2026 12:00:00 GMT', 'https://a.example/', 'https://a.example/', ''],
    ['a=1; Expires=nonsense', 'https://a.example/', 'https://a.example/', 'a=1'],
    ['a=', 'https://a.example/', 'https://a.example/', 'a='],
    ['=1', 'https://a.example/', 'https://a.example/', ''],
    ['word', 'https://a.example/', 'https://a.example/', ''],
    ['', 'https://a.example/', 'https://a.example/', ''],
    ['a=ü', 'https://a.example/', 'https://a.example/', ''],
    ['a=1\r\nX: y', 'https://a.example/', 'https://a.example/', ''],
    [`a=${'x'.repeat(5000)}`, 'https://a.example/', 'https://a.example/', ''],
  ])('%s from %s, to %s: %j', (set, at, to, sent) => {
    expect(sentTo(set, at, to)).toBe(sent);
  });

  test('the newer value counts, and one that is taken back is gone', () => {
    expect(sentTo(['a=1', 'b=2', 'a=3', 'b=; Max-Age=0'], 'https://a.example/', 'https://a.example/')).toBe(
      'a=3',
    );
  });

  test('the longer path is sent first', () => {
    expect(sentTo(['a=1; Path=/', 'a=2; Path=/x'], 'https://a.example/', 'https://a.example/x')).toBe(
      'a=2; a=1',
    );
  });

  test('it is not filled without end', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `c${index}=1`);
    expect(sentTo(many, 'https://a.example/', 'https://a.example/').split('; ')).toHaveLength(50);
  });
});

test.each(['contains', 'not_contains', 'json'])('HEAD with %s is a mistake, and named', field => {
  const value = field === 'json' ? { '$.a': 1 } : 'x';
  const check = { type: 'http', url: 'https://a.example', method: 'HEAD', [field]: value };
  const parsed = checkSchema.safeParse(check);
  expect(parsed.error?.issues).toEqual([
    expect.objectContaining({
      path: [field],
      message: `the response to HEAD has no body, so ${field} cannot be checked`,
      params: { fix: 'use method: GET' },
    }),
  ]);
  expect(checkSchema.safeParse({ ...check, method: 'POST' }).success).toBe(true);
});
