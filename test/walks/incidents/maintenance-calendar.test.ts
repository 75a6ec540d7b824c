// The calendar of maintenance over edits and restarts, in the site's zone: moved, deleted, called off.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import ICAL from 'ical.js';
import { expect, test } from 'vitest';
import { iso } from '../../../src/core/model/time.ts';
import { openWorld, SITE, subscribed, type World } from '../world.ts';

const ZONED = (target: string) => `${SITE(target)}timezone: Europe/Berlin\n`;
const DAY = 86_400;

const WORK = (start: string, end: string, more = '', body = 'Short pauses.') => `---
title: Weekly restart
status: scheduled
started: 2026-10-10T10:00:00Z
scheduled_start: ${start}
scheduled_end: ${end}
components: [api]
${more}---
${body}
`;
const WEEKLY = (body?: string) =>
  WORK('2026-10-18T00:30:00+02:00', '2026-10-18T01:30:00+02:00', 'rrule: FREQ=WEEKLY;BYDAY=SU\n', body);

async function events(world: World, of = '') {
  const { text } = await world.get(`/status/maintenance${of}.ics`);
  return new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map(event => {
    const value = (name: string) => String(event.getFirstPropertyValue(name) ?? '');
    return {
      uid: value('uid'),
      sequence: Number(value('sequence')),
      status: value('status'),
      start: value('dtstart'),
      zone: event.getFirstProperty('dtstart')?.getParameter('tzid'),
      of: value('recurrence-id'),
    };
  });
}

test('a weekly window in Berlin is on Sundays at 00:30 there: on the page, in /api/v2 and in the calendar', async () => {
  const world = await openWorld({
    site: ZONED,
    now: '2026-10-12T12:00:00Z',
    files: { '20261010_weekly.md': WEEKLY() },
  });
  const starts = world.system.snapshot().maintenances.map(({ scheduled }) => iso(scheduled!.start));
  expect(starts.reverse().slice(0, 4)).toEqual([
    '2026-10-17T22:30:00Z',
    '2026-10-24T22:30:00Z',
    '2026-10-31T23:30:00Z',
    '2026-11-07T23:30:00Z',
  ]);
  expect((await world.get('/status/incidents/20261010_weekly--2026-11-01')).text).toMatch(
    /Sun,? 1 Nov, 00:30/,
  );
  expect((await world.get('/status/incidents/20261010_weekly--2026-10-31')).status).toBe(404);
  expect((await world.get('/status/incidents/20261010_weekly--2026-10-18')).status).toBe(308);
  const { json } = await world.get('/api/v2/scheduled-maintenances/upcoming.json');
  const utc = json.scheduled_maintenances.map((one: { scheduled_for: string }) => one.scheduled_for).sort();
  expect(utc.slice(0, 3)).toEqual([
    '2026-10-17T22:30:00.000Z',
    '2026-10-24T22:30:00.000Z',
    '2026-10-31T23:30:00.000Z',
  ]);
  expect(await events(world)).toMatchObject([
    { status: 'CONFIRMED', start: '2026-10-18T00:30:00', zone: 'Europe/Berlin' },
    // The clocks change in no other window, and nothing else was written.
  ]);
});

test('a move raises SEQUENCE, a deletion sends CANCELLED for two months, over restarts; it comes back', async () => {
  const name = '20261010_once.md';
  const at = (day: string) => WORK(`${day}T20:00:00Z`, `${day}T21:00:00Z`);
  const world = await openWorld({
    site: ZONED,
    now: '2026-10-12T12:00:00Z',
    files: { [name]: at('2026-10-20') },
  });
  const [first] = await events(world);
  expect(first).toMatchObject({ sequence: 0, status: 'CONFIRMED', start: '2026-10-20T22:00:00' });
  await world.pass(60);
  expect((await events(world))[0]).toMatchObject({ sequence: 0 });
  // Moved while the server is off.
  await world.restart(() => world.write(name, at('2026-10-21')));
  expect(await events(world)).toMatchObject([{ uid: first!.uid, sequence: 1, start: '2026-10-21T22:00:00' }]);
  await world.write(name, at('2026-10-22'));
  await world.pass(2);
  expect(await events(world)).toMatchObject([{ uid: first!.uid, sequence: 2, start: '2026-10-22T22:00:00' }]);
  // Deleted while the server is off, and kept.
  await world.restart(() => rm(path.join(world.dir, 'status', 'incidents', name)));
  const gone = { uid: first!.uid, sequence: 3, status: 'CANCELLED', start: '2026-10-22T22:00:00' };
  for (const of of ['', '/api']) expect(await events(world, of)).toMatchObject([gone]);
  expect(await events(world, '/dashboard')).toEqual([]);
  await world.pass(30 * DAY, DAY);
  await world.restart();
  expect(await events(world)).toMatchObject([gone]);
  await world.write(name, at('2026-12-20'));
  await world.pass(2);
  expect(await events(world)).toMatchObject([{ uid: first!.uid, sequence: 4, status: 'CONFIRMED' }]);
  await rm(path.join(world.dir, 'status', 'incidents', name));
  await world.pass(61 * DAY, DAY);
  expect(await events(world)).toEqual([]);
});

test('what is over is deleted without a word, and a missing folder cancels nothing', async () => {
  const files = {
    '20261010_past.md': WORK('2026-10-11T20:00:00Z', '2026-10-11T21:00:00Z'),
    '20261010_weekly.md': WEEKLY(),
  };
  const world = await openWorld({ site: ZONED, now: '2026-10-12T12:00:00Z', files });
  expect((await events(world)).map(({ status }) => status)).toEqual(['CONFIRMED', 'CONFIRMED']);
  await rm(path.join(world.dir, 'status', 'incidents', '20261010_past.md'));
  await world.pass(2);
  expect((await events(world)).map(({ status }) => status)).toEqual(['CONFIRMED']);
  await world.restart(async () => {
    for (const name of ['incidents', 'status.yaml'])
      await rm(path.join(world.dir, 'status', name), { recursive: true });
  });
  expect(await events(world)).toMatchObject([{ status: 'CONFIRMED', sequence: 0 }]);
});

test('one occurrence is called off: told once, struck out in the calendar alone, and so after a restart', async () => {
  const world = await openWorld({ site: ZONED, now: '2026-10-12T12:00:00Z' });
  await subscribed(world, 'olga@example.com');
  await world.write('20261010_weekly.md', WEEKLY());
  await world.pass(60);
  world.mails.length = 0;
  const off = '\n## Completed 2026-10-12 12:01:30 UTC\noccurrence: 2026-10-25\n\nNot this time.\n';
  await world.write('20261010_weekly.md', WEEKLY(`Short pauses.\n${off}`));
  await world.pass(60);
  await world.restart();
  await world.pass(60);
  expect(world.mails.map(({ subject }) => subject)).toEqual(['[MAINTENANCE] Weekly restart']);
  expect(world.mails[0]?.text).toContain('Not this time.');
  expect(world.mails[0]?.text).toContain('Cancelled: it will not take place');
  expect(world.mails[0]?.text).toMatch(/25 Oct 2026, 00:30/);
  const all = await events(world);
  expect(all).toMatchObject([
    { status: 'CONFIRMED', sequence: 1, of: '' },
    { status: 'CANCELLED', sequence: 1, of: '2026-10-25T00:30:00', start: '2026-10-25T00:30:00' },
  ]);
  expect(new Set(all.map(({ uid }) => uid)).size).toBe(1);
  // It covers nothing, and no reminder is sent of it: only of the one before it.
  world.mails.length = 0;
  await world.pass(13 * DAY, 3_600);
  const reminded = world.mails.flatMap(({ text }) => /begins in [^.]+/.exec(text ?? '')?.[0] ?? []);
  expect(reminded).toHaveLength(2);
  expect(world.mails.some(({ text }) => /25 Oct 2026, 00:30/.test(text ?? ''))).toBe(false);
});
