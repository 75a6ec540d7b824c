// Making the next Snapshot's answers ahead: the old ones are given until the new ones are ready, whoever asks
// for the new version gets it at once, and requests get through between any two.
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Steps } from '../../../src/core/model/turns/steps.ts';
import { Cache } from '../../../src/web/cache/cache.ts';
import type { ResponseBody } from '../../../src/web/cache/encoded-response.ts';
import type { Make } from '../../../src/web/cache/snapshot-cache.ts';
import { snapshot } from '../../makers.ts';

const first = { ...snapshot([]), version: 'one' };
const second = { ...first, version: 'two' };

/** A server of answers alone; `cold` are the addresses that memory did not know. */
async function open(make: (path: string, version: string) => ReturnType<Make> = plain) {
  const cache = new Cache(first);
  const cold: string[] = [];
  const server = createServer(
    cache.before((req, res) => {
      const path = String(req.url).split('?')[0] as string;
      cold.push(String(req.url));
      const rendered = cache.render(req, path, ({ version }) => make(path, version));
      if (rendered) cache.send(req, res, rendered, {});
      else res.writeHead(404).end();
    }),
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as { port: number };
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  return { cache, cold, get };
}

const plain = (path: string, version: string) => ({
  type: 'text/plain',
  body: `${path} ${version} `.repeat(99),
});
const versionIn = (text: string) => /one|two|three/.exec(text)?.[0];

test('the old answer is given until the new one is ready; by its version the new one is given at once', async () => {
  const { cache, cold, get } = await open();
  for (const path of ['/a', '/b']) await get(path);
  const told: string[] = [];
  cache.subscribe(({ version }) => told.push(version));
  const prepared = cache.prepare(second);
  const [old, named, past] = [get('/a'), get('/a?v=two'), get('/a?v=one')];
  expect(cache.shown).toBe(first);
  expect(told).toEqual([]);
  await prepared;
  expect(told).toEqual(['two']);
  expect(cache.shown).toBe(second);
  expect(versionIn(await named)).toBe('two');
  for (const text of [await old, await past]) expect(['one', 'two']).toContain(versionIn(text));
  cold.length = 0;
  for (const path of ['/a', '/b', '/a?v=two']) expect(versionIn(await get(path))).toBe('two');
  expect(cold).toEqual([]);
  // An old version's address gets the present page, never an older one.
  expect(versionIn(await get('/a?v=one'))).toBe('two');
});

test('between any two answers the loop turns', async () => {
  const log: string[] = [];
  const { cache, get } = await open((path, version) => {
    if (version === 'two') log.push('make');
    return plain(path, version);
  });
  for (let i = 0; i < 20; i++) await get(`/${i}`);
  let going = true;
  const turn = () => {
    log.push('turn');
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  await cache.prepare(second);
  going = false;
  expect(log.filter(entry => entry === 'make')).toHaveLength(20);
  expect(log.join(' ')).not.toContain('make make');
});

/** Waits halfway, five seconds at most. */
function* waiting(isOver: () => boolean, body: () => string): Steps<ResponseBody> {
  for (const end = performance.now() + 5000; !isOver() && performance.now() < end; ) yield;
  return { type: 'text/plain', body: body().repeat(99) };
}

function* failing(): Steps<ResponseBody> {
  yield;
  throw new Error('a fault in a part');
}

test('requests are answered halfway through an answer that comes in steps', async () => {
  let answered = false;
  const { cache, get } = await open((path, version) => {
    if (path !== '/long') return plain(path, version);
    return waiting(
      () => version === 'one' || answered,
      () => `${version} ${answered ? 'after' : 'before'} `,
    );
  });
  expect(await get('/long')).toContain('one before');
  await get('/short');
  const prepared = cache.prepare(second);
  expect(versionIn(await get('/short'))).toBe('one');
  expect(versionIn(await get('/long'))).toBe('one');
  answered = true;
  await prepared;
  expect(await get('/long')).toContain('two after');
});

test('who asks for the new version halfway has it in one go, and it is the one kept', async () => {
  let made = 0;
  let asked = false;
  const { cache, get } = await open((_path, version) => {
    const number = ++made;
    // The first of the new version is the one made ahead.
    return waiting(
      () => number !== 2 || asked,
      () => `${version} #${number} `,
    );
  });
  await get('/a');
  const prepared = cache.prepare(second);
  const early = await get('/a?v=two');
  expect(early).toContain('two #3');
  asked = true;
  await prepared;
  expect(await get('/a')).toBe(early);
});

test('what cannot be made keeps nothing else from being shown', async () => {
  const { cache, cold, get } = await open((path, version) => {
    if (path === '/bad' && version === 'two') throw new Error('a fault in a view');
    if (path === '/worse' && version === 'two') return failing();
    return path === '/gone' && version === 'two' ? null : plain(path, version);
  });
  for (const path of ['/bad', '/worse', '/gone', '/good']) await get(path);
  cold.length = 0;
  await cache.prepare(second);
  expect(versionIn(await get('/good'))).toBe('two');
  expect(await get('/gone')).toBe('');
  expect(cold).toEqual(['/gone']);
});

test('what nobody asks for is not made for ever', async () => {
  const made: string[] = [];
  const { cache, get } = await open((path, version) => {
    made.push(`${path} ${version}`);
    return plain(path, version);
  });
  await get('/asked');
  await get('/forgotten');
  for (let i = 0; i < 10; i++) {
    await cache.prepare({ ...first, version: `next-${i}` });
    await get('/asked');
  }
  expect(made.filter(entry => entry.startsWith('/asked'))).toHaveLength(11);
  expect(made.filter(entry => entry.startsWith('/forgotten'))).toHaveLength(6);
});

test('a newer Snapshot that overtakes is the one that is shown', async () => {
  const { cache, get } = await open();
  await get('/a');
  const third = { ...first, version: 'three' };
  await Promise.all([cache.prepare(second), cache.prepare(third)]);
  expect(cache.shown).toBe(third);
  expect(versionIn(await get('/a'))).toBe('three');
});
