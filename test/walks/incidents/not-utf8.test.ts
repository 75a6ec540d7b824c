// A file in Latin-1 is read, and written by nobody but a person: no byte of it is lost.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld } from '../world.ts';

const TOKEN = 'the-api-token-of-this-test';

async function inLatin1(world: Awaited<ReturnType<typeof openWorld>>, id: string) {
  const file = path.join(world.dir, 'status', 'incidents', `${id}.md`);
  const text = (await readFile(file, 'utf8')).replace(/^title: .*$/m, 'title: "Störung: Grüße"');
  const bytes = Buffer.from(text, 'latin1');
  await writeFile(file, bytes);
  await world.pass(2);
  return { bytes, now: () => readFile(file) };
}

test('the API refuses with words, and the file keeps its bytes', async () => {
  const world = await openWorld({ env: { API_TOKEN: TOKEN } });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const send = (method: string, at: string, body: unknown) =>
    fetch(new URL(at, world.url), { method, headers, body: JSON.stringify(body) });
  const severity = 'major';
  await send('POST', '/api/incidents', { title: 'Slow', severity, components: ['api'], message: 'Slow.' });
  const { bytes, now } = await inLatin1(world, '20260310_slow');
  for (const [method, at, body] of [
    ['POST', '/updates', { status: 'resolved', message: 'Fast again.' }],
    ['PATCH', '', { severity: 'minor' }],
  ] as const) {
    const answer = await send(method, `/api/incidents/20260310_slow${at}`, body);
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('not UTF-8')]);
  }
  expect((await now()).equals(bytes)).toBe(true);
});

test('a webhook’s recovery waits, named on /readyz, until the file is saved as UTF-8', async () => {
  const world = await openWorld();
  const hook = '/webhooks/uptime?token=the-webhook-token-of-this-test';
  const post = (alert_type: 'down' | 'up') => world.post(hook, { alert_type, monitor_name: 'Dashboard' });
  await post('down');
  await world.pass(2);
  const [file] = await world.files();
  const id = file!.replace(/\.md$/, '');
  const { bytes, now } = await inLatin1(world, id);
  await post('up');
  await world.pass(5);
  expect((await now()).equals(bytes)).toBe(true);
  expect(JSON.stringify((await world.get('/readyz')).json)).toContain('its file is not UTF-8');
  await writeFile(path.join(world.dir, 'status', 'incidents', file!), bytes.toString('latin1'));
  await world.pass(5);
  expect(await world.read(file!)).toMatch(/Störung: Grüße[\s\S]*^status: resolved$/m);
  expect(JSON.stringify((await world.get('/readyz')).json)).not.toContain('not UTF-8');
});
