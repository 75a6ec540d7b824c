// A recurring maintenance whose plan is changed: what is over stays as it was, everywhere, over a restart, too.
import ICAL from 'ical.js';
import { expect, test } from 'vitest';
import { iso } from '../../../src/core/model/time.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20261108_weekly.md';
const ID = '20261108_weekly';
const WEEK = 7 * 86_400_000;
const WORK = (
  hours: readonly [string, string],
  sections: string,
  date = '2026-11-08',
  rule = 'FREQ=WEEKLY;BYDAY=SU',
) => `---
title: Weekly work
status: scheduled
started: 2026-11-07T10:00:00Z
scheduled_start: ${date}T${hours[0]}:00Z
scheduled_end: ${date}T${hours[1]}:00Z
rrule: ${rule}
components: [dashboard]
---

Every Sunday.
${sections}`;
const OUTAGE = `---
title: Outage
status: resolved
severity: critical
started: 2026-11-15T02:10:00Z
resolved: 2026-11-15T02:40:00Z
components: [dashboard]
---

## Resolved 2026-11-15 02:40 UTC
It works.
`;
const sundays = (print: (day: string, week: number) => string) =>
  [0, 1, 2, 3].map(week => print(iso(Date.UTC(2026, 10, 8) + week * WEEK).slice(0, 10), week)).join('');
const SECTIONS = {
  'dated sections': sundays((day, week) => `\n## Completed ${day} 02:41 UTC\nDone, week ${week}.\n`),
  'sections of the command line': sundays(
    (day, week) => `\n## Completed ${day} 02:41:10 UTC\noccurrence: ${day}\n\nDone, week ${week}.\n`,
  ),
  'no sections': '',
};

/** What is told of the time before `until`, apart from when each page was made. */
async function past(world: World, until: string) {
  const { maintenances, components } = world.system.snapshot();
  const { json } = await world.get('/status/feed.json');
  const uptime = (await world.get('/api/uptime.json')).json.components[1];
  const calendar = new ICAL.Component(ICAL.parse((await world.get('/status/maintenance.ics')).text));
  const drawn = calendar.getAllSubcomponents('vevent').flatMap(one => {
    const event = new ICAL.Event(one);
    const times = event.isRecurring() ? event.iterator() : null;
    const all: string[] = [];
    for (let at = times?.next(); at && String(at) < until; at = times!.next()) {
      const { startDate, endDate } = event.getOccurrenceDetails(at);
      all.push(`${startDate} ${endDate}`);
    }
    return all;
  });
  return {
    works: maintenances
      .filter(({ scheduled }) => iso(scheduled!.start) < until)
      .map(({ id, scheduled, state, updates, resolved }) => ({
        ...{ id, scheduled, state, resolved },
        said: updates.map(({ at, status, body }) => [iso(at), status, body]),
      })),
    entries: json.items.map((one: Record<string, string>) => [one.id, one.title, one.content_html]),
    days: components[1]!.days.filter(({ day }) => day < until && day > '2026-11-07'),
    uptime: { down: uptime.downtime_seconds, excluded: uptime.excluded_seconds },
    drawn: drawn.sort(),
    cancelled: (await world.get('/status/maintenance.ics')).text.match(/STATUS:CANCELLED/g),
  };
}

const upcoming = (world: World, from: string) =>
  world.system
    .snapshot()
    .maintenances.map(({ id, scheduled }) => `${iso(scheduled!.start)} ${id}`)
    .filter(one => one > from)
    .sort()
    .slice(0, 2);

test.each(Object.keys(SECTIONS) as (keyof typeof SECTIONS)[])(
  'moved after four weeks, with %s',
  async how => {
    const sections = SECTIONS[how];
    const files = { [FILE]: WORK(['02:00', '03:00'], sections), '20261115_outage.md': OUTAGE };
    const world = await openWorld({ now: '2026-11-30T21:00:00Z', files });
    await subscribed(world, 'olga@example.com');
    await world.pass(60);
    const mails = world.mails.length;
    const before = await past(world, '2026-12');
    expect(before.works).toHaveLength(4);
    const check = async () => {
      await world.pass(400, 100);
      expect(await past(world, '2026-12')).toEqual(before);
      expect((await world.get('/readyz')).json.problems).toEqual([]);
    };
    // Later, earlier, on another day, with another start, in another zone.
    await world.write(FILE, WORK(['04:00', '05:00'], sections));
    await check();
    expect(upcoming(world, '2026-12')).toEqual([
      `2026-12-06T04:00:00Z ${ID}--2026-12-06`,
      `2026-12-13T04:00:00Z ${ID}--2026-12-13`,
    ]);
    await world.restart(() => world.write(FILE, WORK(['01:00', '02:00'], sections)));
    await check();
    await world.write(FILE, WORK(['02:00', '03:00'], sections, '2026-11-04', 'FREQ=WEEKLY;BYDAY=WE'));
    await check();
    await world.write(FILE, WORK(['22:00', '23:00'], sections, '2026-12-02', 'FREQ=WEEKLY;COUNT=2'));
    await check();
    expect(upcoming(world, '2026-12')).toEqual([
      `2026-12-02T22:00:00Z ${ID}--2026-12-02`,
      `2026-12-09T22:00:00Z ${ID}--2026-12-09`,
    ]);
    await world.write(
      FILE,
      WORK(['22:00', '23:00'], sections).replace('rrule', 'timezone: Asia/Tokyo\nrrule'),
    );
    await check();
    // And back again: as if nothing had been.
    await world.write(FILE, WORK(['02:00', '03:00'], sections));
    await check();
    expect(world.system.snapshot().plans[0]?.plan.record).toBeUndefined();
    expect(world.mails).toHaveLength(mails);
  },
);

const windowsOf = (world: World) =>
  world.system
    .snapshot()
    .maintenances.map(({ scheduled, state }) => `${iso(scheduled!.start)} ${iso(scheduled!.end)} ${state}`)
    .filter(one => one > '2026-11-2' && one < '2026-12-07')
    .sort();

test.each([
  ['later that day', ['04:00', '05:00'], '2026-12-06T04:00:00Z 2026-12-06T05:00:00Z', '29T04'],
  ['to an earlier hour', ['01:00', '02:00'], '2026-12-06T01:00:00Z 2026-12-06T02:00:00Z'],
  ['to another day', ['02:00', '03:00'], '2026-12-02T02:00:00Z 2026-12-02T03:00:00Z'],
] as const)('a window under way goes on as it was planned when the series is moved %s', async (...row) => {
  const [how, hours, next, out] = row;
  const work: typeof WORK = (...by) => WORK(...by).replace('[dashboard]', '[api]');
  const begun = '\n## In progress 2026-11-29 02:01 UTC\nWe begin.\n';
  const world = await openWorld({
    now: '2026-11-29T02:00:30Z',
    files: { [FILE]: work(['02:00', '03:00'], '') },
  });
  await subscribed(world, 'olga@example.com');
  const mails = world.mails.length;
  await world.write(FILE, work(['02:00', '03:00'], begun));
  await world.pass(1800, 60);
  const moved = how.endsWith('day') && !out ? ['2026-12-02', 'FREQ=WEEKLY;BYDAY=WE'] : [];
  await world.write(FILE, work(hours, begun, ...moved));
  world.service.status = 503;
  await world.pass(600, 60);
  const under = '2026-11-29T02:00:00Z 2026-11-29T03:00:00Z';
  expect(windowsOf(world).slice(1)).toEqual([`${under} in_progress`, `${next} scheduled`]);
  expect(await world.files()).toEqual([FILE]);
  const { problems } = (await world.get('/readyz')).json;
  const left = problems
    .map(({ what }: { what: string }) => what)
    .filter((what: string) => /left out/.test(what));
  expect(left).toEqual(
    out ? [expect.stringContaining(`the occurrence of 2026-11-${out}:00:00Z is left out`)] : [],
  );
  world.service.status = 200;
  await world.restart();
  await world.pass(2400, 60);
  expect(windowsOf(world).slice(1)).toEqual([`${under} completed`, `${next} scheduled`]);
  expect(world.mails.slice(mails).map(({ text }) => text!.split(/[ \n]/)[0])).toEqual(['IN', 'COMPLETED']);
});

test('what goes on when it is moved goes with it; what was completed today stays', async () => {
  const world = await openWorld({
    now: '2026-11-29T02:30:00Z',
    files: { [FILE]: WORK(['02:00', '03:00'], '') },
  });
  const windows = () => windowsOf(world);
  await world.write(FILE, WORK(['02:00', '05:00'], ''));
  await world.pass(2);
  expect(windows()).toEqual([
    '2026-11-22T02:00:00Z 2026-11-22T03:00:00Z completed',
    '2026-11-29T02:00:00Z 2026-11-29T05:00:00Z in_progress',
    '2026-12-06T02:00:00Z 2026-12-06T05:00:00Z scheduled',
  ]);
  const done = '\n## Completed 2026-11-29 02:31 UTC\nDone early.\n';
  await world.pass(120);
  await world.write(FILE, WORK(['02:00', '05:00'], done));
  await world.pass(2);
  await world.write(FILE, WORK(['03:00', '06:00'], done));
  await world.pass(2);
  expect(windows()).toEqual([
    '2026-11-22T02:00:00Z 2026-11-22T03:00:00Z completed',
    '2026-11-29T02:00:00Z 2026-11-29T05:00:00Z completed',
    '2026-12-06T03:00:00Z 2026-12-06T06:00:00Z scheduled',
  ]);
  // Nobody is left believing that today's is still to come.
  expect((await world.get('/readyz')).json.problems).toMatchObject([
    {
      where: `incidents/${FILE}`,
      what: expect.stringMatching(/^the occurrence of 2026-11-29T03:00:00Z is left out/),
      fix: 'write a file of its own for it',
    },
  ]);
});

test('without a record, sections that fit no window are named, and prolong none', async () => {
  const files = { [FILE]: WORK(['04:00', '05:00'], SECTIONS['dated sections']) };
  const world = await openWorld({ now: '2026-11-30T21:00:00Z', files });
  const { problems } = (await world.get('/readyz')).json;
  expect(problems.map(({ what }: { what: string }) => what)).toEqual(
    ['15', '22', '29'].map(
      day => `the section of 2026-11-${day}T02:41:00Z is more than a day after the window before it`,
    ),
  );
  expect(problems[0].fix).toContain('write the new plan as a new file');
  const excluded = (await world.get('/api/uptime.json')).json.components[1].excluded_seconds;
  expect(excluded).toBeLessThanOrEqual(4 * 3600);
});

test('what was told of a called-off day is not told again when the series moves to another weekday', async () => {
  const off = '\n## Completed 2026-11-29 10:00:10 UTC\noccurrence: 2026-12-13\n\nFreeze week.\n';
  const world = await openWorld({
    now: '2026-11-29T10:00:00Z',
    files: { [FILE]: WORK(['02:00', '03:00'], '') },
  });
  await subscribed(world, 'olga@example.com');
  await world.pass(30, 10);
  const mails = world.mails.length;
  await world.write(FILE, WORK(['02:00', '03:00'], off));
  await world.pass(30, 10);
  expect(world.mails.slice(mails).map(({ text }) => /^CANCELLED[\s\S]*Freeze week/.test(text!))).toEqual([
    true,
  ]);
  await world.write(FILE, WORK(['02:00', '03:00'], off, '2026-12-05', 'FREQ=WEEKLY;BYDAY=SA'));
  await world.pass(600, 60);
  await world.restart();
  await world.pass(600, 60);
  expect(world.mails).toHaveLength(mails + 1);
  expect(JSON.stringify((await world.get('/readyz')).json.problems)).toContain('2026-12-13');
});
