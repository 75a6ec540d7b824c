// Whether a run says something about our own network: by the addresses it met, without another look-up.
import type { LookupFunction } from 'node:net';
import { expect, test } from 'vitest';
import { checkSchema } from '../../../src/core/model/checks/check.ts';
import { makeProbes } from '../../../src/outside/probes.ts';
import { deserted, http, tcp } from '../loopback.ts';

const run = (check: Record<string, unknown>, lookup?: LookupFunction, isPrivate?: (one: string) => boolean) =>
  makeProbes({ ...(lookup ? { lookup } : {}), ...(isPrivate ? { isPrivate } : {}) })(
    checkSchema.parse({ timeout: '3s', ...check }),
    new AbortController().signal,
  );

/** Every name is at `address`; a name that has none is not found. */
const at =
  (address: string | null): LookupFunction =>
  (_name, { all }, done) => {
    if (address === null) done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), '', 0);
    else if (all) done(null, [{ address, family: 4 }] as never, 0);
    else done(null, address, 4);
  };

test('an address of this machine says nothing, whether it answers or not', async () => {
  const port = await http((_req, res) => res.end('ok'));
  const dead = await deserted();
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
    expect(await run({ type: 'http', url: `http://${host}:${port}` })).toMatchObject({ inside: true });
    expect(await run({ type: 'http', url: `http://${host}:${dead}` })).toMatchObject({
      outcome: 'down',
      inside: true,
    });
  }
});

test.each(['postgres', 'mysql', 'redis'])('nor does a %s database here', async kind => {
  const hangsUp = await tcp(socket => socket.end());
  for (const host of ['127.0.0.1', 'localhost']) {
    const seen = await run({ type: 'database', url: `${kind}://u:p@${host}:${hangsUp}/0` });
    expect(seen).toMatchObject({ outcome: 'down', inside: true });
  }
});

test('nor one behind a unix socket', async () => {
  const url = 'postgres://u:p@/app?host=/nowhere';
  expect(await run({ type: 'database', url })).toMatchObject({ outcome: 'down', inside: true });
});

test('a name is where it is looked up', async () => {
  const port = await tcp(socket => socket.end('220 hello\r\n'));
  for (const type of ['tcp', 'tls', 'smtp'])
    expect(await run({ type, host: 'db.example', port }, at('127.0.0.1'))).toMatchObject({ inside: true });
  // A public address, and a name that is not found: our own network may be the reason.
  const outside = (one: string) => one !== '127.0.0.1';
  for (const lookup of [at('127.0.0.1'), at(null)]) {
    const seen = await run({ type: 'tcp', host: 'db.example', port }, lookup, outside);
    expect(seen).not.toHaveProperty('inside');
  }
});

test('a redirect from this machine to the internet says something', async () => {
  const port = await http((_req, res) => res.end('ok'));
  const first = await http((_req, res) =>
    res.writeHead(302, { location: `http://away.example:${port}` }).end(),
  );
  const [away, here] = [at('127.0.0.2'), (one: string) => one === '127.0.0.1'];
  const url = `http://127.0.0.1:${first}`;
  expect(await run({ type: 'http', url }, away, here)).not.toHaveProperty('inside');
  expect(await run({ type: 'http', url }, away)).toMatchObject({ inside: true });
});

test('a name server nearby that does not answer may be our own network’s fault', async () => {
  const seen = await run({
    type: 'dns',
    name: 'a.example',
    record: 'A',
    server: `127.0.0.1:${await deserted()}`,
  });
  expect(seen).toMatchObject({ outcome: 'down' });
  expect(seen).not.toHaveProperty('inside');
});
