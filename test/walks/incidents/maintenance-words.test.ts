// What is told of a maintenance when its plan is changed, or it is called off, in one email.
import { expect, test } from 'vitest';
import { openWorld, saveNow, subscribed } from '../world.ts';

const FILE = '20260310_disks.md';
const WORK = (keys: string, sections = '') => `---
title: New disks
${keys}
components: [api]
---

Short pauses.
${sections}`;
const at = (start: string) =>
  `scheduled_start: 2026-03-10T${start}:00:00Z\nscheduled_end: 2026-03-10T${start}:30:00Z`;

test.each(['', '\nstarted: 2026-03-10T12:00:00Z', '\nstarted: 2026-03-09T12:00:00Z'])(
  'moved with a section, and no reminder beside it: %j',
  async started => {
    const world = await openWorld({ now: '2026-03-10T12:00:00Z' });
    await subscribed(world, 'olga@example.com');
    await world.write(FILE, WORK(`status: scheduled\n${at('14')}${started}`));
    await world.pass(60, 20);
    const mails = world.mails.length;
    const moved = '\n## Update 2026-03-10 12:01 UTC\nMoved by three hours.\n';
    await world.write(FILE, WORK(`status: scheduled\n${at('17')}${started}`, moved));
    await world.pass(600, 60);
    expect(
      world.mails.slice(mails).map(({ text }) => /Moved by three hours|begins in/.exec(text ?? '')?.[0]),
    ).toEqual(['Moved by three hours']);
    await world.pass(4 * 3600, 600);
    expect(world.mails.at(-1)!.text).toContain('begins in 1 hour');
    expect(world.mails).toHaveLength(mails + 2);
  },
);

test.each([
  ['with a section', '\n## Update 2026-03-10 12:01 UTC\nMoved by three hours.\n', 'Moved by three hours'],
  ['by its keys: the next reminder says it', '', 'begins in 1 hour'],
])('moved %s, it is told once to who chose start and end alone', async (_, moved, words) => {
  const world = await openWorld({ now: '2026-03-10T12:00:00Z' });
  await subscribed(world, 'edda@example.com', new URLSearchParams('detail=ends'));
  await world.write(FILE, WORK(`status: scheduled\n${at('14')}`));
  await world.pass(60, 20);
  const mails = world.mails.length;
  await world.write(FILE, WORK(`status: scheduled\n${at('17')}`, moved));
  await world.pass(600, 60);
  const more = `${moved}\n## Update 2026-03-10 12:11 UTC\nStill so.\n`;
  await world.write(FILE, WORK(`status: scheduled\n${at('17')}`, moved && more));
  await world.pass(4 * 3600, 600);
  expect(world.mails.slice(mails).map(({ text }) => text)).toEqual([expect.stringContaining(words)]);
  expect(world.mails.at(-1)!.text).toContain('17:00');
});

test('called off by its key alone: told at once', async () => {
  const world = await openWorld({ now: '2026-03-10T12:00:00Z' });
  await subscribed(world, 'olga@example.com');
  await saveNow(world, FILE, WORK(`status: scheduled\n${at('14')}`));
  await world.pass(60, 20);
  const mails = world.mails.length;
  await saveNow(world, FILE, WORK(`status: completed\n${at('14')}`));
  await world.pass(20, 5);
  expect(world.mails.slice(mails).map(({ text }) => text?.slice(0, 9))).toEqual(['CANCELLED']);
  await world.pass(600, 60);
  expect(world.mails).toHaveLength(mails + 1);
});

test('a message without a status during the work is of the work', async () => {
  const env = { API_TOKEN: 'a-token-that-is-long-enough' };
  const world = await openWorld({ now: '2026-03-10T14:10:00Z', env });
  await world.write(FILE, WORK(`status: scheduled\n${at('14')}`));
  await world.pass(2);
  const answer = await world.post(
    '/api/incidents/20260310_disks/updates',
    { message: 'Half way.' },
    { authorization: `Bearer ${env.API_TOKEN}` },
  );
  expect(answer.status).toBe(201);
  expect(await world.read(FILE)).toMatch(/status: in_progress[\s\S]*## In progress [^\n]*\nHalf way\./);
});
