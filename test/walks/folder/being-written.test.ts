// A file that is written with a pause: the page shows at once what is there, and the emails wait for the rest.
import { expect, test } from 'vitest';
import { openWorld, saveNow, subscribed, type World } from '../world.ts';

const FILE = `---
title: Slow exports
status: investigating
severity: major
started: 2026-03-10T11:40:00Z
components: [dashboard]
---

## Investigating 11:40 UTC
Exports take longer than usual. We found a full disk, and replace it.
`;
const MORE = '\n## Identified 11:50 UTC\nThe new disk is in place. Old exports are repeated.\n';

const save = (world: World, text: string) => saveNow(world, '20260310_exports.md', text);

const told = ({ mails }: World) =>
  mails.filter(({ subject }) => subject?.startsWith('[')).map(({ subject, text }) => `${subject} ${text}`);
const page = async (world: World) => (await world.get('/status/live')).text;

test('is told whole, within three seconds', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await save(world, FILE.slice(0, FILE.indexOf(' We found')));
  await world.pass(1);
  expect(await page(world)).toContain('Exports take longer than usual.');
  await world.pass(0.9);
  await save(world, FILE);
  await world.pass(1.9, 1);
  expect(await page(world)).toContain('and replace it.');
  expect(told(world)).toEqual([]);
  await world.pass(1);
  expect(told(world)).toHaveLength(1);
  expect(told(world)[0]).toContain('and replace it.');
  // A section that is being added.
  await save(world, FILE + MORE.slice(0, MORE.indexOf(' Old')));
  await world.pass(1);
  await save(world, FILE + MORE);
  await world.pass(1);
  expect(told(world)).toHaveLength(1);
  await world.pass(2, 1);
  expect(told(world)).toHaveLength(2);
  expect(told(world)[1]).toContain('Old exports are repeated.');
});

test('what the server writes is whole, and told at once', async () => {
  const token = 'the-api-token-of-this-test-is-long';
  // The files that the server writes have the time of the machine.
  const world = await openWorld({ env: { API_TOKEN: token }, now: new Date().toISOString() });
  await subscribed(world, 'olga@example.com');
  const incident = {
    title: 'Slow exports',
    severity: 'major',
    components: ['dashboard'],
    message: 'We look.',
  };
  const { status } = await world.post('/api/incidents', incident, { authorization: `Bearer ${token}` });
  expect(status).toBe(201);
  await world.pass(1);
  expect(told(world)).toHaveLength(1);
});
