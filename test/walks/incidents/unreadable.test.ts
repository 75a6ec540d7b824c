// A file that is there and cannot be read is not written over, and whoever wants to write is told so.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld, type World } from '../world.ts';

const TOKEN = 'the-api-token-of-this-test';
/** As for a file without permission to read, which is no obstacle to the user of many a test. */
async function makeUnreadable(world: World, name: string) {
  const file = path.join(world.dir, 'status', 'incidents', name);
  await rm(file);
  await mkdir(file);
  await world.pass(2);
}

test('the API says that the file cannot be read, and why', async () => {
  const world = await openWorld({ env: { API_TOKEN: TOKEN } });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const send = async (at: string, body: unknown) => {
    const address = new URL(`/api/incidents${at}`, world.url);
    const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
    return [answer.status, await answer.text()];
  };
  await send('', { title: 'Slow', severity: 'major', components: ['api'], message: 'Slow.' });
  await world.pass(2);
  await makeUnreadable(world, '20260310_slow.md');
  expect(await send('/20260310_slow/updates', { status: 'identified', message: 'x' })).toEqual([
    503,
    expect.stringContaining('file cannot be read (EISDIR)'),
  ]);
});

test('a machine’s recovery waits, named on /readyz', async () => {
  const world = await openWorld();
  const hook = '/webhooks/uptime?token=the-webhook-token-of-this-test';
  const post = (alert_type: 'down' | 'up') => world.post(hook, { alert_type, monitor_name: 'Dashboard' });
  await post('down');
  await world.pass(2);
  const [file] = await world.files();
  await makeUnreadable(world, file!);
  await post('up');
  await world.pass(5);
  const { problems } = (await world.get('/readyz')).json;
  expect(JSON.stringify(problems)).toContain('cannot be written: its file cannot be read');
});
