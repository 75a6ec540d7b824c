// What was asked while the process stood still is answered by what is known after it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { judgeAfterPause } from '../../../src/web/cache/after-pause.ts';
import { openWorld } from '../../walks/world.ts';

test('after a pause the page is judged before the first answer', async () => {
  const [now, grown] = [{ at: Date.parse('2026-03-10T12:00:00Z') }, { at: 0 }];
  const world = await openWorld({
    site: target =>
      `components: [{ id: api, name: API, schedule: "*/5 * * * * *", check: { type: http, url: "${target}" } }]`,
    outside: { clock: () => now.at, monotonic: () => grown.at },
  });
  for (let turn = 0; turn < 10; turn++) {
    now.at += 1000;
    grown.at += 1000;
    await world.system.tick();
  }
  expect((await world.get('/api/v2/status.json')).json.status.description).toBe('All Systems Operational');
  now.at += 90_000;
  grown.at += 90_000;
  const page = world.get('/status/live');
  const status = world.get('/api/v2/status.json');
  expect((await page).text).toContain('No data');
  expect((await status).json.status.description).not.toBe('All Systems Operational');
});

test('it waits for no judgement that does not end, and asks for one at a time', async () => {
  let at = 0;
  let judged = 0;
  const answered: string[] = [];
  const served = judgeAfterPause(
    req => void answered.push(String(req.url)),
    () => {
      judged++;
      return new Promise(() => {});
    },
    () => at,
  );
  const ask = (url: string) => served.handle({ url } as IncomingMessage, {} as ServerResponse);
  ask('/a');
  expect(answered).toEqual(['/a']);
  at = 60_000;
  ask('/b');
  ask('/c');
  expect(answered).toEqual(['/a']);
  await expect.poll(() => answered, { timeout: 10_000 }).toEqual(['/a', '/b', '/c']);
  expect(judged).toBe(1);
});
