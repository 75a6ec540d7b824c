// An incident's claim beside what the checks measured, from the first failed check to the JSON.
import { expect, test } from 'vitest';
import { openWorld } from '../world.ts';

const claimed = async (world: Awaited<ReturnType<typeof openWorld>>, id: string) =>
  (await world.get(`/api/incidents/${id}/claim.json`)).json;

test("a machine's incident is measured as it is written, and tells how long it took to notice", async () => {
  const world = await openWorld();
  await world.pass(60);
  world.service.status = 503;
  await world.pass(240, 10);
  const open = await claimed(world, '20260310_api-down');
  expect(open).toMatchObject({ written: { end: null }, measured: { end: null } });
  expect(open.measured.start).toBe(open.written.start);
  // The third failed check confirms: the rechecks came after 10 and 20 seconds.
  expect(open.detection_lag_seconds).toBe(30);
  expect(open.first_update_lag_seconds).toBe(30);
  world.service.status = 200;
  await world.pass(180, 10);
  const closed = await claimed(world, '20260310_api-down');
  expect(closed.written.end).not.toBeNull();
  expect(closed.measured).toEqual(closed.written);
  await world.restart();
  expect(await claimed(world, '20260310_api-down')).toEqual(closed);
});

test('a person’s window stands beside what was measured, and follows it', async () => {
  const world = await openWorld();
  world.service.status = 503;
  await world.pass(240, 10);
  const [file] = await world.files();
  const machine = await claimed(world, '20260310_api-down');
  const text =
    '---\ntitle: API trouble\nstatus: resolved\nseverity: major\nstarted: 2026-03-10T12:02:00Z\nresolved: 2026-03-10T12:03:00Z\ncomponents: [api]\n---\n## Investigating 12:05 UTC\nWe look.\n';
  await world.write(file as string, text);
  await world.pass(10);
  const before = await claimed(world, '20260310_api-down');
  expect(before.written).toEqual({ start: '2026-03-10T12:02:00.000Z', end: '2026-03-10T12:03:00.000Z' });
  expect(before.measured).toEqual({ start: machine.measured.start, end: null });
  world.service.status = 200;
  await world.pass(180, 10);
  const after = await claimed(world, '20260310_api-down');
  expect(after.measured.end).toMatch(/^2026-03-10T12:/);
  const page = (await world.get('/status/incidents/20260310_api-down')).text;
  expect(page).toContain('Reported vs. measured');
  expect(page).toContain('/api/incidents/20260310_api-down/claim.json');
  expect((await world.get('/api/incidents/20260310_nothing/claim.json')).status).toBe(404);
});
