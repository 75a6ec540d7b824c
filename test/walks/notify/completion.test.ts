// The end of a maintenance, in whatever words: email, page, API and calendar say the same, and each word is told once.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_upgrade.md';
/** Tests begin at 12:00. */
const work = (status: string, body = '', start = '12:01', end = '12:30') =>
  `---\ntitle: Upgrade\nstatus: ${status}\nstarted: 2026-03-10T11:00:00Z\nscheduled_start: 2026-03-10T${start}:00Z\nscheduled_end: 2026-03-10T${end}:00Z\ncomponents: [dashboard]\n---\n\nWe upgrade.\n\n${body}`;
const sent = ({ mails }: World) => mails.filter(({ subject }) => subject === '[MAINTENANCE] Upgrade');

async function written(world: World, text: string, seconds: number) {
  await world.write(FILE, text);
  await world.pass(seconds, 10);
}

/** What every place says of it. */
async function said(world: World) {
  const [row] = (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances;
  const calendar = (await world.get('/status/maintenance.ics')).text;
  const line = (name: string) => calendar.match(new RegExp(`^${name}[:;][^\r]*`, 'm'))?.[0];
  const page = (await world.get(`/status/incidents/${FILE.slice(0, -3)}`)).text;
  return {
    state: row.status,
    ended: row.resolved_at?.slice(11, 16) ?? null,
    calendar: `${line('STATUS')?.slice(7)} ${line('DTSTART')?.slice(-7, -3)}-${line('DTEND')?.slice(-7, -3)}`,
    page: page.match(/<title>(\w[\w ]*):/)?.[1],
  };
}

const HALF = '## In progress 12:01 UTC\nWe begin.\n\n## Update 12:02 UTC\nHalf way.\n\n';

test.each<[string, string, string, string]>([
  ['Finished', 'completed', '## Finished 12:05 UTC\nIt works.\n\n', '12:05'],
  ['Completed', 'completed', '## Completed 12:05 UTC\nIt works.\n\n', '12:05'],
  ['Update', 'completed', '## Update 12:05 UTC\nIt works.\n\n', '12:05'],
  ['a key', 'completed\nresolved: 2026-03-10T12:05:00Z', '## All done 12:05 UTC\nIt works.\n\n', '12:05'],
])('ended by %s: a note after it moves nothing, and is told', async (_, status, words, at) => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled'), 70);
  await written(world, work('in_progress', HALF), 260);
  const before = sent(world).length;
  await written(world, work(status, HALF + words), 60);
  expect(sent(world).slice(before)).toHaveLength(1);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*It works\./);
  const then = await said(world);
  expect(then).toEqual({
    state: 'completed',
    ended: at,
    calendar: 'CONFIRMED 1201-1205',
    page: 'Completed',
  });
  await world.restart();
  await written(world, work(status, `${HALF}${words}## Note 12:07 UTC\nReindexing goes on.\n`), 90);
  const news = sent(world).slice(before + 1);
  expect(news).toHaveLength(1);
  expect(news[0]!.text).toContain('Reindexing goes on.');
  expect(news[0]!.text).toMatch(/Ended: .*12:05/);
  await world.restart();
  expect(await said(world)).toEqual(then);
  await world.pass(20, 5);
  expect(sent(world)).toHaveLength(before + 2);
});

test.each<[string, string, string, RegExp]>([
  ['status alone', 'completed', '', /^CANCELLED/],
  ['Cancelled', 'completed', '## Cancelled 12:00 UTC\nNot tonight.\n', /^CANCELLED[\s\S]*Not tonight\./],
  ['other words', 'completed', '## We moved it 12:00 UTC\nNot tonight.\n', /^CANCELLED[\s\S]*Not tonight\./],
  ['Completed', 'completed', '## Completed 12:00 UTC\nNot tonight.\n', /^CANCELLED[\s\S]*Not tonight\./],
  ['a key', 'completed\nresolved: 2026-03-10T12:00:00Z', '', /^CANCELLED/],
  ['the status cancelled', 'cancelled', '', /^CANCELLED/],
  [
    'the status Canceled',
    'Canceled',
    '## Cancelled 12:00 UTC\nNot tonight.\n',
    /^CANCELLED[\s\S]*Not tonight\./,
  ],
  ['the status postponed', 'postponed', '', /^CANCELLED/],
])('called off by %s: one email, and every place says cancelled', async (_, status, words, email) => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled', '', '12:20'), 30);
  const before = sent(world).length;
  await written(world, work(status, words, '12:20'), 25);
  expect(sent(world).slice(before)).toHaveLength(1);
  expect(sent(world).at(-1)!.text).toMatch(email);
  expect(sent(world).at(-1)!.text).toContain('Cancelled: it will not take place');
  const then = await said(world);
  expect(then).toEqual({
    state: 'completed',
    ended: '12:00',
    calendar: 'CANCELLED 1220-1220',
    page: 'Cancelled',
  });
  const page = (await world.get(`/status/incidents/${FILE.slice(0, -3)}`)).text;
  expect(page).not.toContain('Under maintenance');
  const note = `${words}\n## Note 12:01 UTC\nWe tell you the new date.\n`;
  await written(world, work(status, note, '12:20'), 60);
  await world.restart();
  await world.pass(1200, 60);
  expect(sent(world).slice(before + 1)).toHaveLength(1);
  expect(sent(world).at(-1)!.text).toContain('We tell you the new date.');
  const pageAfter = (await world.get(`/status/incidents/${FILE.slice(0, -3)}`)).text;
  const feeds = [
    (await world.get('/status/feed.atom')).text,
    (await world.get('/status/maintenance.ics')).text,
  ];
  const saysCompleted = words.includes('Completed')
    ? []
    : [pageAfter, ...feeds].filter(text => text.includes('Completed'));
  expect(saysCompleted).toEqual([]);
  expect(await said(world)).toEqual(then);
});

test('postponed, and planned anew: it is announced with its new time', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled', '', '12:20'), 30);
  await written(world, work('postponed', '', '12:20'), 60);
  const before = sent(world).length;
  await written(world, work('scheduled', '## Update 12:01 UTC\nTonight after all.\n', '12:50', '12:55'), 180);
  expect(sent(world).slice(before)).toHaveLength(1);
  expect(sent(world).at(-1)!.text).toMatch(/^SCHEDULED[\s\S]*12:50[\s\S]*Tonight after all\./);
  expect(await said(world)).toMatchObject({ state: 'scheduled' });
});

test.each([
  ['a year ahead', '2027-03-10T12:05:00Z'],
  ['an hour ahead', '2026-03-10T13:05:00Z'],
])(
  '`resolved` %s beside a Completed section: the section counts, and the mistake is named',
  async (_, resolved) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await written(world, work('scheduled'), 70);
    await written(world, work('in_progress', HALF), 260);
    const end = `${HALF}## Completed 2026-03-10 12:05 UTC\nDone.\n`;
    await written(world, work(`completed\nresolved: ${resolved}`, end), 60);
    expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Ended: .*10 Mar 2026.*12:05/);
    const then = { state: 'completed', ended: '12:05', calendar: 'CONFIRMED 1201-1205', page: 'Completed' };
    expect(await said(world)).toEqual(then);
    expect((await world.get('/readyz')).text).toContain('`resolved` is in the future');
    await world.restart();
    expect(await said(world)).toEqual(then);
  },
);

test('`resolved` ahead without a section that says so: it goes on until then, and that is named', async () => {
  const world = await openWorld();
  await written(world, work('scheduled'), 70);
  await written(world, work('completed\nresolved: 2026-03-10T12:20:00Z', HALF), 60);
  expect((await said(world)).state).toBe('in_progress');
  expect((await world.get('/readyz')).text).toContain('`resolved` is in the future');
  await world.pass(1200, 60);
  expect(await said(world)).toMatchObject({ state: 'completed', ended: '12:20' });
  expect((await world.get('/readyz')).text).not.toContain('upgrade');
});

test('begun and ended before its time: it took place', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled', '', '12:20'), 30);
  const begun = '## In progress 12:00 UTC\nWe begin now.\n\n';
  await written(world, work('in_progress', begun, '12:20'), 300);
  await written(world, work('completed', `${begun}## Completed 12:05 UTC\nDone.\n`, '12:20'), 30);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Ended: .*12:05.*after 5/);
  expect(await said(world)).toEqual({
    state: 'completed',
    ended: '12:05',
    calendar: 'CONFIRMED 1200-1205',
    page: 'Completed',
  });
});

test('a corrected time of the end: no problem stays, and nobody is told', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled'), 70);
  const ended = (time: string) => work('completed', `${HALF}## Completed ${time} UTC\nDone.\n`);
  await written(world, work('in_progress', HALF), 300);
  await written(world, ended('12:05'), 30);
  const before = sent(world).length;
  for (const time of ['12:06', '12:03', '12:05', '12:09', '12:06']) {
    await written(world, ended(time), 20);
    if (time !== '12:09') expect((await said(world)).ended).toBe(time);
  }
  await world.restart();
  await world.pass(20, 5);
  expect(sent(world)).toHaveLength(before);
  expect((await said(world)).ended).toBe('12:06');
  expect((await world.get('/readyz')).text).not.toContain('upgrade');
});

test('it went on after its end, and ended again: both are told, with their words', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled'), 70);
  await written(world, work('in_progress', HALF), 120);
  const once = `${HALF}## Completed 12:03 UTC\nDone.\n\n`;
  await written(world, work('completed', once), 60);
  const again = `${once}## In progress 12:04 UTC\nOne more step.\n\n`;
  await written(world, work('in_progress', again), 60);
  const before = sent(world).length;
  await written(world, work('completed', `${again}## Completed 12:05 UTC\nNow it is done.\n`), 30);
  await world.restart();
  await world.pass(20, 5);
  expect(sent(world).slice(before)).toHaveLength(1);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Ended: .*12:05[\s\S]*Now it is done\./);
  expect((await said(world)).ended).toBe('12:05');
});

test('it takes longer than planned: the email does not speak of a planned end to come', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('in_progress', '', '12:00', '12:02'), 180);
  const before = sent(world).length;
  const late = '## In progress 12:03 UTC\nStill at it.\n';
  await written(world, work('in_progress', late, '12:00', '12:02'), 20);
  expect(sent(world).length).toBe(before + 1);
  expect(sent(world).at(-1)!.text).toMatch(/takes longer than planned/);
});

test.each<[string, string, RegExp]>([
  ['Done', '## Done 12:05 UTC\nNow it is done.\n', /^COMPLETED[\s\S]*Ended: .*12:05[\s\S]*Now it is done\./],
  ['keys alone', '', /^COMPLETED[\s\S]*Ended: .*12:0[45]/],
])('it went on with a heading of its own, and ended again by %s', async (_, words, email) => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled'), 70);
  await written(world, work('in_progress', HALF), 120);
  const once = `${HALF}## Completed 12:03 UTC\nDone.\n\n`;
  await written(world, work('completed', once), 60);
  const again = `${once}## Reopened 12:04 UTC\nOne more step.\n\n`;
  const before = sent(world).length;
  await written(world, work('in_progress', again), 60);
  expect(sent(world)).toHaveLength(before + 1);
  expect(sent(world).at(-1)!.text).toMatch(/^IN PROGRESS[\s\S]*One more step\./);
  await world.restart();
  await written(world, work('completed', again + words), 30);
  expect(sent(world)).toHaveLength(before + 2);
  expect(sent(world).at(-1)!.text).toMatch(email);
  expect(sent(world).at(-1)!.text).not.toContain('One more step');
  const then = await said(world);
  expect(then.ended).toMatch(/12:0[45]/);
  await world.restart();
  await written(world, work('completed', `${again}${words}## Note 12:06 UTC\nThanks.\n`), 90);
  expect(sent(world)).toHaveLength(before + 3);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Thanks\./);
  expect(await said(world)).toEqual(then);
});

test.each<[string, string]>([
  ['keys alone', work('completed', HALF)],
  ['Finished', work('completed', `${HALF}## Finished 12:04 UTC\nFine.\n\n`)],
])('ended by %s, and a Completed section later: its words are told, and the end stays', async (_, ended) => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled'), 70);
  await written(world, work('in_progress', HALF), 200);
  await written(world, ended, 90);
  const before = sent(world).length;
  const then = await said(world);
  for (let round = 0; round < 2; round++) {
    await written(world, `${ended}## Completed 12:06 UTC\nThe words.\n`, 30);
    expect(sent(world)).toHaveLength(before + 1);
    expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Ended: .*12:04[\s\S]*The words\./);
    expect(await said(world)).toEqual(then);
    await world.restart();
  }
});

test('an hour typed wrong while the work goes on calls nothing off', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await written(world, work('scheduled'), 180);
  await written(world, work('completed', '## Completed 11:02 UTC\nDone.\n'), 30);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Ended: .*12:03/);
  expect((await said(world)).page).toBe('Completed');
  await written(world, work('completed', '## Completed 12:02 UTC\nDone.\n'), 30);
  expect(await said(world)).toMatchObject({ page: 'Completed', ended: '12:02' });
});

test('a note after the planned end names the true end', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const plan = (body: string) => work('scheduled', body, '12:01', '12:02');
  await written(world, plan(''), 180);
  await written(world, plan('## Note 12:03 UTC\nReindexing.\n'), 30);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Ended: .*12:02[\s\S]*Reindexing/);
});

const SHORT = (status: string, body: string) => work(status, body, '12:01', '12:06');
test.each<[string, string, string]>([
  ['in_progress and a section', 'in_progress', '## In progress 12:04 UTC\nOne more.\n\n'],
  ['in_progress and a heading of its own', 'in_progress', '## Reopened 12:04 UTC\nOne more.\n\n'],
  ['in_progress alone', 'in_progress', ''],
  ['scheduled alone', 'scheduled', ''],
])(
  'ended early, reopened by %s, and over as planned: told once, at the planned time',
  async (_, status, more) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await written(world, SHORT('scheduled', ''), 70);
    await written(world, SHORT('in_progress', HALF), 110);
    const once = `${HALF}## Completed 12:03 UTC\nDone early.\n\n`;
    await written(world, SHORT('completed', once), 50);
    await written(world, SHORT(status, once + more), 60);
    const before = sent(world).length;
    await world.restart();
    await world.pass(120, 10);
    expect(sent(world)).toHaveLength(before + 1);
    expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Ended: .*12:06/);
    expect(sent(world).at(-1)!.text).not.toContain('Done early');
    expect(await said(world)).toMatchObject({
      state: 'completed',
      ended: '12:06',
      calendar: 'CONFIRMED 1201-1206',
    });
    await written(world, SHORT(status, `${once}${more}## Note 12:07 UTC\nThanks.\n`), 60);
    expect(sent(world)).toHaveLength(before + 2);
    expect(sent(world).at(-1)!.text).toMatch(/Ended: .*12:06[\s\S]*Thanks/);
  },
);

test('over as planned, and In progress after that: it goes on everywhere, and its end by a key is told', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const plan = (status: string, body = '') => work(status, body, '12:01', '12:02');
  await written(world, plan('scheduled'), 150);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED/);
  const late = '## In progress 12:03 UTC\nStill at it.\n\n';
  await written(world, plan('in_progress', late), 60);
  expect(sent(world).at(-1)!.text).toMatch(/^IN PROGRESS[\s\S]*Still at it/);
  expect(await said(world)).toMatchObject({ state: 'in_progress', ended: null });
  const before = sent(world).length;
  await written(world, plan('completed', late), 30);
  await world.restart();
  await world.pass(20, 5);
  expect(sent(world)).toHaveLength(before + 1);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED/);
  expect(await said(world)).toMatchObject({
    state: 'completed',
    ended: expect.stringMatching(/12:0[34]/),
  });
});

test.each(['Finished', 'Update'])(
  'ended by keys, and a section %s of a minute before: an afterword',
  async label => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await written(world, work('scheduled'), 70);
    await written(world, work('in_progress', HALF), 95);
    await written(world, work('completed', HALF), 20);
    const then = await said(world);
    await written(world, work('completed', `${HALF}## ${label} 12:03 UTC\nFine.\n\n`), 20);
    expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Fine\./);
    expect(await said(world)).toEqual(then);
  },
);

test('over as planned, completed with words later, and a note: the end stays', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const plan = (status: string, body = '') => work(status, body, '12:01', '12:03');
  await written(world, plan('scheduled'), 200);
  const then = await said(world);
  const words = '## Finished 12:02 UTC\nFine.\n\n';
  await written(world, plan('completed', words), 30);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED[\s\S]*Ended: .*12:03[\s\S]*Fine\./);
  const before = sent(world).length;
  await written(world, plan('completed', `${words}## Update 12:04 UTC\nThanks.\n`), 60);
  expect(sent(world)).toHaveLength(before + 1);
  expect(sent(world).at(-1)!.text).toMatch(/Ended: .*12:03[\s\S]*Thanks/);
  expect(await said(world)).toEqual(then);
});

test('with a grace period, words about an end that waits are told once', async () => {
  const world = await openWorld({
    site: () =>
      'title: T\nnotify: { grace: 20s }\ncomponents:\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n',
  });
  await subscribed(world, 'olga@example.com');
  const plan = (status: string, body = '') => work(status, body, '12:01', '12:02');
  await written(world, plan('scheduled'), 120);
  await written(world, plan('completed', '## Completed 12:02 UTC\nFine.\n'), 120);
  expect(sent(world).filter(({ text }) => text?.includes('Fine.'))).toHaveLength(1);
});

test('called off with a section without a date, in a file named for the day of the work: one email, and the words stay', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const name = '20260311_upgrade.md';
  const plan = (status: string, body = '') =>
    `---\ntitle: Upgrade\nstatus: ${status}\nscheduled_start: 2026-03-11T06:00:00Z\nscheduled_end: 2026-03-11T08:00:00Z\ncomponents: [dashboard]\n---\n\nWe upgrade.\n\n${body}`;
  await world.write(name, plan('scheduled'));
  await world.pass(60, 10);
  expect(sent(world)).toHaveLength(1);
  await world.write(name, plan('completed', '## Cancelled 12:01 UTC\nNot tonight.\n'));
  await world.pass(60, 10);
  const check = async () => {
    expect(sent(world)).toHaveLength(2);
    expect(sent(world).at(-1)!.text).toMatch(/^CANCELLED[\s\S]*Not tonight\./);
    const page = (await world.get('/status/incidents/20260311_upgrade')).text;
    expect(page).toContain('We upgrade.');
    expect(page).toContain('Not tonight.');
    expect(page).toMatch(/<title>Cancelled/);
  };
  await check();
  await world.restart();
  await world.pass(2 * 86_400, 7200);
  await check();
});

test.each<[string, string, number]>([
  ['a heading of its own', '## Postponed 11:58 UTC\nNot tonight.\n', 2],
  ['keys alone', '', 2],
])(
  'called off by %s before a server sees it for the first time: no empty Completed',
  async (_, words, entries) => {
    const world = await openWorld({ files: { [FILE]: work('completed', words, '12:20') } });
    await world.pass(30, 5);
    const page = (await world.get(`/status/incidents/${FILE.slice(0, -3)}`)).text;
    expect(page).toMatch(/<title>Cancelled/);
    expect(page).not.toContain('Completed');
    const { scheduled_maintenances } = (await world.get('/api/v2/scheduled-maintenances.json')).json;
    expect(scheduled_maintenances[0].incident_updates).toHaveLength(entries);
  },
);

test.each([
  ['its second', '12:02:05', ''],
  ['its second, and the key', '12:02:05', '\nresolved: 2026-03-10T12:02:05Z'],
  ['a later minute', '12:03', ''],
])(
  'ended by the status alone, and given its words later, of %s: it is over once, and each is told once',
  async (_, time, key) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await written(world, work('scheduled'), 70);
    await written(world, work('in_progress', HALF), 50);
    const before = sent(world).length;
    await written(world, work('completed', HALF), 60);
    expect((await entries(world)).filter(([status]) => status === 'completed')).toEqual([['completed', '']]);
    const words = `${HALF}## Completed ${time} UTC\nAll moved.\n`;
    await written(world, work('completed', words), 60);
    await written(world, work(`completed${key}`, words), 60);
    await world.restart();
    await world.pass(30, 5);
    expect(
      sent(world)
        .slice(before)
        .map(({ text }) => text!.includes('All moved.')),
    ).toEqual([false, true]);
    const over = [['completed', 'All moved.']];
    expect((await entries(world)).filter(([status]) => status === 'completed')).toEqual(over);
    const feed = (await world.get('/status/feed.atom')).text;
    expect(feed.match(/Completed/g)).toHaveLength(1);
    const { ended } = await said(world);
    expect(ended).toBe('12:02');
  },
);

/** The status and words of each of its updates, oldest first, as the API says. */
async function entries(world: World): Promise<[string, string][]> {
  const [row] = (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances;
  return row.incident_updates
    .map(({ status, body }: { status: string; body: string }) => [status, body])
    .toReversed();
}
