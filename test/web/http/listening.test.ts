// Where the server cannot listen it says why, and what to do.
import { expect, test } from 'vitest';
import { explain } from '../../../src/outside/probes/failure.ts';
import { explained } from '../../../src/web/http/server.ts';

test.each([
  ['EADDRINUSE', 3000, 'PORT', 'port 3000 is in use', /PORT/],
  ['EACCES', 80, 'PORT', 'this user may not listen on port 80', /CAP_NET_BIND_SERVICE/],
  ['EACCES', 3000, 'PORT', 'this user may not listen on port 3000', /set PORT/],
  ['EADDRNOTAVAIL', 3000, 'HOST', '192.0.2.1 is not an address of this machine', /0\.0\.0\.0/],
  ['ENOTFOUND', 3000, 'HOST', '192.0.2.1 is not an address of this machine', /0\.0\.0\.0/],
  ['EINVAL', 3000, 'HOST', 'cannot listen on 192.0.2.1:3000 (EINVAL)', /HOST and PORT/],
])('%s on %i', (code, port, where, what, fix) => {
  const problem = explained(Object.assign(new Error(code), { code }), port, '192.0.2.1');
  expect(problem).toMatchObject({ level: 'error', where, what, fix: expect.stringMatching(fix) });
});

test.each(['EMFILE', 'ENFILE'])('%s in a check is our own want of files, no outage', code => {
  const inner = Object.assign(new Error('too many open files'), { code });
  for (const error of [inner, new Error('fetch failed', { cause: inner }), new AggregateError([inner])]) {
    expect(explain(error)).toMatchObject({ outcome: 'unknown', latency: null, seen: 'not checked' });
  }
  expect(explain(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toMatchObject({ outcome: 'down' });
});
