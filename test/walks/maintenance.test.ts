// Maintenance and promises as subscribers and visitors meet them: notices ahead, occurrences, overdue updates.
import { expect, test } from 'vitest';
import { openWorld, subscribed } from './world.ts';

const WORK = (more = '') => `---
title: Dashboard work
status: scheduled
scheduled_start: 2026-03-12T02:00:00Z
scheduled_end: 2026-03-12T03:00:00Z
components: [dashboard]
${more}
---

## Scheduled 2026-03-10 12:00:05 UTC
The dashboard pauses for a few minutes.
`;

test('subscribers hear of a maintenance when announced, a day and an hour ahead, and not of each occurrence', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write('20260310_work.md', WORK('rrule: FREQ=WEEKLY;COUNT=3'));
  await world.pass(10);
  const told = () => world.mails.filter(({ subject }) => subject?.startsWith('[MAINTENANCE]'));
  expect(told().map(({ text }) => /pauses/.test(text ?? ''))).toEqual([true]);
  await world.pass(2 * 86_400, 1_800);
  const words = told().map(({ text }) => /begins in [^.]+/.exec(text ?? '')?.[0] ?? 'announced');
  expect(words).toEqual(['announced', 'begins in 24 hours', 'begins in 1 hour']);
  expect(world.system.snapshot().maintenances.map(({ id, state }) => [id, state])).toEqual([
    ['20260310_work--2026-03-26', 'scheduled'],
    ['20260310_work--2026-03-19', 'scheduled'],
    ['20260310_work', 'completed'],
  ]);
  expect((await world.get('/status/incidents/20260310_work--2026-03-19')).status).toBe(200);
  await world.restart();
  await world.pass(60);
  expect(told()).toHaveLength(3);
});

test('a promised update stands on the page, is called overdue, and is named to the operator until it comes', async () => {
  const world = await openWorld();
  const file = (more: string) =>
    `---\ntitle: API slow\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:50:00Z\ncomponents: [api]\n---\n\n## Investigating 11:50 UTC\nnext_update: 12:20 UTC\n\nSlow.\n${more}`;
  await world.write('20260310_slow.md', file(''));
  await world.pass(1);
  const page = async () => (await world.get('/status/live')).text;
  expect(await page()).toMatch(/next update by <time datetime="2026-03-10T12:20Z"/);
  await world.pass(1_300);
  expect(await page()).toContain('is overdue');
  const readyz = async () => JSON.stringify((await world.get('/readyz')).json.problems);
  expect(await readyz()).toContain('the update promised for 2026-03-10T12:20:00Z is overdue');
  await world.write('20260310_slow.md', file('\n## Identified 12:21 UTC\nFound.\n'));
  await world.pass(60);
  expect(await page()).not.toContain('overdue');
  expect(await readyz()).not.toContain('overdue');
});
