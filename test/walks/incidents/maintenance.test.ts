// Maintenance and promises as subscribers and visitors meet them: notices ahead, occurrences, overdue updates.
import { expect, test } from 'vitest';
import { iso } from '../../../src/core/model/time.ts';
import { openWorld, subscribed } from '../world.ts';

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
  expect(words).toEqual(['announced', 'begins in 1 day', 'begins in 1 hour']);
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

const nightly = (body: string, front = '') => `---
title: Nightly backup
status: scheduled
scheduled_start: 2026-03-10T00:00:00Z
scheduled_end: 2026-03-10T01:00:00Z
rrule: FREQ=DAILY
components: [api]
${front}
---
${body}
`;

test('a nightly maintenance is announced once, and what is written in one night is mailed once', async () => {
  const world = await openWorld({ now: '2026-03-09T20:00:00Z' });
  await subscribed(world, 'olga@example.com');
  world.mails.length = 0;
  await world.write('20260310_nightly.md', nightly('We back up.'));
  await world.pass(60, 30);
  const said = () =>
    world.mails.map(({ text }) => /We back up|begins in [^.]+|Done early/.exec(text ?? '')?.[0]);
  expect(said()).toEqual(['We back up']);
  // Over two midnights; of each night only the notices are heard.
  await world.pass(28 * 3600, 1800);
  expect(said().slice(1)).toEqual([
    'begins in 1 hour',
    'begins in 1 day',
    'begins in 1 hour',
    'begins in 1 day',
  ]);
  world.mails.length = 0;
  await world.pass(900, 300);
  await world.write(
    '20260310_nightly.md',
    nightly('We back up.\n\n## Completed 2026-03-11 00:14 UTC\nDone early.'),
  );
  await world.pass(120, 30);
  await world.restart();
  await world.pass(60, 30);
  expect(said()).toEqual(['Done early']);
  const shown = world.system
    .snapshot()
    .maintenances.filter(({ updates }) => updates.some(({ body }) => body === 'Done early.'));
  expect(shown.map(({ id, state }) => [id, state])).toEqual([['20260310_nightly--2026-03-11', 'completed']]);
});

test('the first occurrence answers under its day too; no other address does', async () => {
  const world = await openWorld({ files: { '20260310_nightly.md': nightly('We back up.') } });
  const moved = await world.get('/status/incidents/20260310_nightly--2026-03-10');
  expect([moved.status, new URL(moved.headers.get('location') ?? '', world.url).pathname]).toEqual([
    308,
    '/status/incidents/20260310_nightly',
  ]);
  for (const [id, status] of [
    ['20260310_nightly--2026-03-11', 200],
    ['20260310_nightly--2026-03-09', 404],
    ['20260310_nightli--2026-03-10', 404],
  ]) {
    expect((await world.get(`/status/incidents/${id}`)).status).toBe(status);
  }
});

test('a series that is ended has its next window called off and none after it, and keeps those it had', async () => {
  const world = await openWorld({ files: { '20260310_nightly.md': nightly('We back up.') } });
  await world.pass(3 * 86_400, 21_600);
  const ids = () => world.system.snapshot().maintenances.map(({ id, state }) => `${id.slice(9)} ${state}`);
  expect(ids().length).toBeGreaterThan(30);
  const over = nightly('We back up.\n\n## Completed 2026-03-13 11:00 UTC\nNo more of these.');
  await world.write('20260310_nightly.md', over.replace('status: scheduled', 'status: completed'));
  await world.pass(60);
  expect((await world.get('/status/incidents/20260310_nightly--2026-03-14')).text).toContain('Cancelled');
  expect(ids()).toEqual([
    'nightly--2026-03-14 completed',
    'nightly--2026-03-13 completed',
    'nightly--2026-03-12 completed',
    'nightly--2026-03-11 completed',
    'nightly completed',
  ]);
  expect((await world.get('/status/maintenance.ics')).text).toContain('RRULE:FREQ=DAILY;COUNT=4');
});

const UPGRADE = (front: string, body = 'We upgrade.') =>
  `---\ntitle: Upgrade\nstatus: scheduled\n${front}\ncomponents: [api]\n---\n${body}\n`;

test('a maintenance named after its own day is announced when it is written, with notices, never in the future', async () => {
  const world = await openWorld({ now: '2026-03-01T20:00:00Z' });
  await subscribed(world, 'olga@example.com');
  world.mails.length = 0;
  await world.write(
    '20260310_db.md',
    UPGRADE('scheduled_start: 2026-03-10T00:30:00Z\nscheduled_end: 2026-03-10T01:30:00Z'),
  );
  await world.pass(1);
  const said = () =>
    world.mails.map(({ text }) => /We upgrade|begins in [^.]+|^COMPLETED/.exec(text ?? '')?.[0]);
  expect(said()).toEqual(['We upgrade']);
  const seen = iso(world.now()).slice(0, 19);
  const moments = async () => {
    const { json } = await world.get('/api/v2/scheduled-maintenances.json');
    const [one] = json.scheduled_maintenances;
    const [update] = one.incident_updates;
    return { id: update.id, times: [one.created_at, one.updated_at, update.created_at, update.display_at] };
  };
  const before = await moments();
  expect(before.times.map(time => time.slice(0, 19))).toEqual([seen, seen, seen, seen]);
  expect((await world.get('/status/feed.atom')).text).toContain(`<updated>${seen}`);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
  // After a restart, and after the day has come, it is still what it was.
  await world.pass(86_400, 43_200);
  await world.restart();
  await world.pass(60);
  expect(await moments()).toEqual(before);
  await world.pass(6 * 86_400, 43_200);
  await world.pass(2 * 86_400, 1_800);
  expect(said()).toEqual(['We upgrade', 'begins in 1 day', 'begins in 1 hour', 'COMPLETED']);
  expect((await moments()).id).toBe(before.id);
  expect((await moments()).times[2]).toBe(before.times[2]);
});

test('`## Completed 02:41 UTC` is of the day of the work, is mailed, and ends it', async () => {
  const world = await openWorld({ now: '2026-03-10T10:00:00Z' });
  await subscribed(world, 'olga@example.com');
  const window = 'scheduled_start: 2026-03-13T02:00:00Z\nscheduled_end: 2026-03-13T04:00:00Z';
  await world.write('20260310_upgrade.md', UPGRADE(window));
  await world.pass(2 * 86_400 + 16 * 3600 + 46 * 60, 7_200);
  world.mails.length = 0;
  const done = UPGRADE(window, 'We upgrade.\n\n## Completed 02:41 UTC\nDone early.');
  await world.write('20260310_upgrade.md', done.replace('status: scheduled', 'status: completed'));
  await world.pass(60, 30);
  expect(world.mails.map(({ text }) => /Done early/.test(text ?? ''))).toEqual([true]);
  const [one] = world.system.snapshot().maintenances;
  expect([one?.state, (one?.duration ?? 0) / 60_000]).toEqual(['completed', 41]);
});

test.each([
  [['In progress 2026-03-12 02:01', 'Verifying 2026-03-12 02:30', 'Completed 2026-03-12 02:50']],
  [['Into read-only mode 2026-03-12 02:01', 'Verified 2026-03-12 02:30', 'Caches warm 2026-03-12 02:50']],
])('planned steps are shown nowhere, and told to nobody, before their time: %j', async steps => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const words = steps.map(step => `\n## ${step} UTC\nStep ${step.slice(0, 5)}.\n`);
  await world.write('20260310_work.md', WORK() + words.join(''));
  await world.pass(10);
  const places = [
    '/status/live',
    '/status/incidents/20260310_work',
    '/status/feed.atom',
    '/status/feed.rss',
  ].concat('/status/maintenance.ics', '/api/v2/scheduled-maintenances.json');
  const shown = async () => {
    const answers = await Promise.all(places.map(place => world.get(place)));
    expect(answers.map(({ status }) => status)).toEqual(places.map(() => 200));
    return places.filter((_, at) => /Step [IVC]/.test(answers[at]!.text));
  };
  const told = () => world.mails.filter(({ text }) => /Step [IVC]/.test(text ?? '')).length;
  expect(await shown()).toEqual([]);
  await world.pass(Date.parse('2026-03-12T02:05:00Z') / 1000 - world.now() / 1000, 3_600);
  expect((await world.get(places[1]!)).text).toMatch(/Step In/);
  expect((await world.get(places[1]!)).text).not.toMatch(/Step [VC]/);
  expect(told()).toBe(1);
  await world.pass(3_000, 300);
  expect((await world.get(places[1]!)).text).toMatch(/Step C/);
  expect(told()).toBe(3);
  // What was said too early about the end is told as the end, too, when it comes.
  const isEnd = steps[2]!.startsWith('Completed');
  await world.pass(7_200, 600);
  expect(told()).toBe(isEnd ? 4 : 3);
  expect(world.mails.filter(({ text }) => text?.startsWith('COMPLETED'))).toHaveLength(1);
});

test('a plain dated step is not told when the work was completed before it, but a dated postscript is', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const step = '\n## Database back online 2026-03-12 02:50 UTC\nStep online.\n';
  await world.write('20260310_work.md', WORK() + step);
  await world.pass(Date.parse('2026-03-12T02:31:00Z') / 1000 - world.now() / 1000, 3_600);
  const done = `${WORK()}${step}\n## Completed 2026-03-12 02:30 UTC\nDone.\n`.replace(
    /status: \w+/,
    'status: completed',
  );
  await world.write('20260310_work.md', done);
  await world.pass(60, 30);
  await world.write('20260310_work.md', `${done}\n## Update 2026-03-12 02:32 UTC\nThank you.\n`);
  await world.pass(3_600, 300);
  const texts = world.mails.map(({ text }) => /Step online|Done\.|Thank you/.exec(text ?? '')?.[0]);
  expect(texts.filter(text => text !== undefined)).toEqual(['Done.', 'Thank you']);
  expect((await world.get('/status/incidents/20260310_work')).text).not.toContain('Step online');
  expect((await world.get('/readyz')).json.problems).toMatchObject([
    { what: expect.stringContaining('this step is dated after the completion') },
  ]);
});

test('what was moved, or told late, is told with the time that is left; what is announced, once', async () => {
  const world = await openWorld({ now: '2026-03-10T10:00:00Z' });
  await subscribed(world, 'olga@example.com');
  world.mails.length = 0;
  const said = () =>
    world.mails.map(({ text }) => /We upgrade|begins in [^.]+|^COMPLETED/.exec(text ?? '')?.[0]);
  const at = (start: string) =>
    `scheduled_start: 2026-03-${start}:00:00Z\nscheduled_end: 2026-03-${start}:30:00Z`;
  // Nineteen hours ahead: the notice of a day was due before anybody knew.
  await world.write('20260310_db.md', UPGRADE(at('11T05')));
  await world.pass(60, 30);
  expect(said()).toEqual(['We upgrade']);
  await world.write('20260310_db.md', UPGRADE(at('14T00')));
  await world.pass(2 * 86_400, 21_600);
  await world.write('20260310_db.md', UPGRADE(at('12T14')));
  await world.pass(60, 30);
  expect(said().slice(1)).toEqual(['begins in about 4 hours']);
  await world.write('20260310_db.md', UPGRADE(at('16T00')));
  await world.pass(60, 30);
  world.stepClock(84 * 3600);
  await world.restart();
  await world.pass(60, 30);
  expect(said().slice(2)).toEqual([expect.stringMatching(/^begins in 1 hour 5\d minutes$/)]);
});

test('an update that the file puts into the future is named to the operator', async () => {
  const world = await openWorld();
  await world.write(
    '20260310_slow.md',
    '---\ntitle: API slow\nstatus: investigating\nseverity: minor\nstarted: 2026-03-10T11:50:00Z\ncomponents: [api]\n---\nSlow.\n\n## Update 10:40 UTC\nStill.\n',
  );
  await world.pass(1);
  const readyz = await world.get('/readyz');
  expect(readyz.status).toBe(200);
  expect(readyz.json.problems).toMatchObject([
    {
      where: 'incidents/20260310_slow.md',
      line: 10,
      what: expect.stringContaining('is in the future: 2026-03-11T10:40:00Z'),
    },
  ]);
});
