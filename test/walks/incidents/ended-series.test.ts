// A series that is ended by its keys alone: told once, with the occurrence in which it ends or the next one, everywhere.
import ICAL from 'ical.js';
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_restart.md';
const ID = '20260310_restart';
const WORK = (keys: string, sections = '') => `---
title: Nightly restart
started: 2026-03-09T11:00:00Z
scheduled_start: 2026-03-10T20:00:00Z
scheduled_end: 2026-03-10T22:00:00Z
rrule: FREQ=DAILY
components: [api]
${keys}
---

Short pauses.
${sections}`;

/** What is told of one occurrence: its address, its status in the feed and `/api/v2`, and whether the calendar has it. */
async function told(world: World, id: string, start: string) {
  const feed = (await world.get('/status/feed.json')).json.items;
  const api = (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances;
  const calendar = new ICAL.Component(ICAL.parse((await world.get('/status/maintenance.ics')).text));
  const drawn = calendar.getAllSubcomponents('vevent').some(one => {
    if (one.getFirstPropertyValue('status') === 'CANCELLED') return false;
    const event = new ICAL.Event(one);
    const times = event.iterator();
    let at = times.next();
    while (at && String(at.toJSDate().toISOString()) < start) at = times.next();
    return at?.toJSDate().toISOString() === start;
  });
  return {
    entries: feed
      .filter(({ url }: { url: string }) => url.endsWith(`/${id}`))
      .map(({ title }: { title: string }) => title.split(' – ')[1]),
    api: api
      .filter(({ scheduled_for: at }: { scheduled_for: string }) => at >= start)
      .map((one: { scheduled_for: string; status: string; incident_updates: { status: string }[] }) => [
        one.scheduled_for.slice(0, 10),
        one.status,
        one.incident_updates.map(({ status }) => status),
      ]),
    drawn,
  };
}

test.each([
  ['before the first', '2026-03-10T15:00:00Z', ID, 'Cancelled', '10'],
  ['between two', '2026-03-12T15:00:00Z', `${ID}--2026-03-12`, 'Cancelled', '12'],
  ['in one', '2026-03-12T21:00:00Z', `${ID}--2026-03-12`, 'Completed', '12'],
])('ended by its keys %s', async (_, now, id, word, day) => {
  for (const keys of ['status: completed', `status: completed\nresolved: ${now}`, 'status: cancelled']) {
    const world = await openWorld({ now: '2026-03-09T12:00:00Z', files: {} });
    await subscribed(world, 'olga@example.com');
    await world.write(FILE, WORK('status: scheduled'));
    await world.pass((Date.parse(now) - world.now()) / 1000 - 60, 3600);
    const mails = world.mails.length;
    await world.pass(60, 20);
    await world.write(FILE, WORK(keys));
    // An end does not wait for words.
    await world.pass(20, 5);
    const check = async () => {
      expect([keys, world.mails.slice(mails).map(({ subject }) => subject)]).toEqual([
        keys,
        ['[MAINTENANCE] Nightly restart'],
      ]);
      expect(world.mails.at(-1)!.text).toMatch(word === 'Cancelled' ? /^CANCELLED/ : /^COMPLETED/);
      const start = `2026-03-${day}T20:00:00.000Z`;
      expect([keys, await told(world, id, start)]).toEqual([
        keys,
        {
          entries: id === ID ? [word, 'Scheduled'] : [word],
          api: [[`2026-03-${day}`, 'completed', ['completed', 'scheduled']]],
          drawn: word === 'Completed',
        },
      ]);
    };
    await check();
    await world.pass(400, 100);
    await world.restart();
    // It covers nothing any more.
    world.service.status = 503;
    await world.pass(Math.max(0, (Date.parse(`2026-03-${day}T20:05:00Z`) - world.now()) / 1000), 3600);
    await world.pass(600, 15);
    expect(await world.files()).toContainEqual(expect.stringMatching(/api-down/));
    world.mails.splice(mails + 1);
    await check();
  }
});

test.each([
  ['Completed', 'status: completed'],
  ['Cancelled', 'status: cancelled'],
  ['Called off', 'status: completed\nresolved: 2026-03-12T15:00:20Z'],
  ['Update', 'status: completed'],
])('ended by a section "%s" of the same save: told with its words, once', async (label, keys) => {
  const world = await openWorld({ now: '2026-03-09T12:00:00Z', files: {} });
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, WORK('status: scheduled'));
  await world.pass(75 * 3600 + 30, 3600);
  const mails = world.mails.length;
  const words = `\n## ${label} 2026-03-12 15:00 UTC\nWe stop these.\n`;
  await world.write(FILE, WORK(keys, words));
  await world.pass(600, 60);
  expect(world.mails.slice(mails).map(({ text }) => text)).toEqual([
    expect.stringMatching(/^CANCELLED[\s\S]*12 Mar 2026, 20:00[\s\S]*We stop these\./),
  ]);
  expect(await told(world, `${ID}--2026-03-12`, '2026-03-12T20:00:00.000Z')).toEqual({
    entries: [label === 'Called off' ? label : 'Cancelled'],
    api: [['2026-03-12', 'completed', ['completed', 'scheduled']]],
    drawn: false,
  });
  const excluded = (await world.get('/api/uptime.json')).json.components[0].excluded_seconds;
  expect(excluded).toBe(2 * 7200);
});

test('a Completed section of the morning after is told, and the window stays as planned', async () => {
  const world = await openWorld({ now: '2026-03-09T12:00:00Z', files: {} });
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, WORK('status: scheduled'));
  await world.pass(46 * 3600 + 30, 3600);
  const mails = world.mails.length;
  await world.write(FILE, WORK('status: scheduled', '\n## Completed 2026-03-11 10:00 UTC\nAll went well.\n'));
  await world.pass(600, 60);
  expect(world.mails.slice(mails).map(({ text }) => text?.includes('All went well.'))).toEqual([true]);
  expect((await world.get('/api/uptime.json')).json.components[0].excluded_seconds).toBe(7200);
});
