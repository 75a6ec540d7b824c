// An end is told once, however it came to stand in the file, to everybody who was told of the beginning.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_exports.md';
const BEGUN = '## Investigating 11:40 UTC\nWe look.\n\n';
const FIXED = 'Fast again.';
const file = (state: string, body: string) =>
  `---\ntitle: Slow exports\n${state}\nseverity: major\nstarted: 2026-03-10T11:40:00Z\ncomponents: [dashboard]\n---\n\n${body}`;
const over = (time: string) => `status: resolved\nresolved: 2026-03-10T${time}:00Z`;
const OPEN = 'status: investigating';

const sent = ({ mails }: World, to = 'olga') =>
  mails.filter(mail => mail.subject?.startsWith('[') && JSON.stringify(mail.to).includes(to));
const subjects = (world: World, to?: string) => sent(world, to).map(({ subject }) => subject);

async function begun() {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await subscribed(world, 'edda@example.com', new URLSearchParams('detail=ends'));
  await world.write(FILE, file(OPEN, BEGUN));
  await world.pass(20, 5);
  return world;
}

async function saved(world: World, ...texts: readonly string[]) {
  for (const text of texts) {
    await world.write(FILE, text);
    await world.pass(10, 5);
  }
  await world.restart();
  await world.pass(10, 5);
}

test.each<[string, string, string]>([
  ['a section', `${BEGUN}## Resolved 11:58 UTC\n${FIXED}\n`, FIXED],
  ['the front matter alone', BEGUN, 'Ended'],
  ['a plain section at its time', `${BEGUN}## Update 11:58 UTC\n${FIXED}\n`, FIXED],
  ['a section with another time', `${BEGUN}## Resolved 11:55 UTC\n${FIXED}\n`, FIXED],
])('%s: told once, also to those who want begin and end', async (how, body, words) => {
  const world = await begun();
  await saved(world, file(over('11:58'), body), file(over('11:57'), body), file(over('11:59'), body));
  await saved(world, file(over('11:58'), `${BEGUN}## Resolved 11:59 UTC\nOther words.\n`));
  const isLate = how === 'the front matter alone';
  const told = ['[INCIDENT] Slow exports', '[RESOLVED] Slow exports'];
  expect(subjects(world, 'edda')).toEqual(told);
  // Words that come after an end without words are told, too; other words for an end are a correction.
  expect(subjects(world)).toEqual(isLate ? [...told, '[UPDATE] Slow exports'] : told);
  expect(sent(world)[1]!.text).toContain(words);
  expect(sent(world).at(-1)!.text).toContain(isLate ? 'Other words.' : words);
  const before = { olga: subjects(world).length, edda: told.length };
  // Reopened, and over again: both are told.
  await saved(world, file(OPEN, body), file(over('12:00'), body));
  for (const to of ['olga', 'edda'] as const)
    expect(subjects(world, to).slice(before[to])).toEqual([
      '[UPDATE] Slow exports',
      '[RESOLVED] Slow exports',
    ]);
});

test('a plain word that was told becomes the end: told as one', async () => {
  const world = await begun();
  const body = `${BEGUN}## Update 11:58 UTC\n${FIXED}\n`;
  await saved(world, file(OPEN, body), file(over('11:58'), body));
  expect(subjects(world)).toEqual([
    '[INCIDENT] Slow exports',
    '[UPDATE] Slow exports',
    '[RESOLVED] Slow exports',
  ]);
  expect(subjects(world, 'edda')).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
});

test('a section Resolved beside a plain word of that minute that was told as the end: its words are told, once', async () => {
  const world = await begun();
  const plain = `${BEGUN}## Update 11:58 UTC\nWe deploy the fix.\n\n`;
  const end = `${plain}## Resolved 11:58 UTC\n${FIXED}\n`;
  await saved(world, file(over('11:58'), plain), file(over('11:58'), end));
  const told = ['[INCIDENT] Slow exports', '[RESOLVED] Slow exports'];
  expect(sent(world)[1]!.text).toContain('We deploy the fix.');
  expect(subjects(world)).toEqual([...told, '[UPDATE] Slow exports']);
  expect(sent(world)[2]!.text).toContain(FIXED);
  // A correction of its words, its time, and of both.
  await saved(world, file(over('11:58'), end.replace('Fast', 'Quick')), file(over('11:59'), end));
  await saved(world, file(over('11:58'), plain), file(over('11:58'), end));
  expect(subjects(world)).toHaveLength(3);
  expect(subjects(world, 'edda')).toEqual(told);
});

test('a word and a section Resolved of one minute, saved at once, are told as such', async () => {
  const world = await begun();
  const body = `${BEGUN}## Update 11:58 UTC\nWe deploy the fix.\n\n## Resolved 11:58 UTC\n${FIXED}\n`;
  await saved(world, file(over('11:58'), body), file(over('11:58'), body.replace(FIXED, 'Quick again.')));
  await saved(
    world,
    file(over('11:58'), body.replace('Resolved 11:58', 'Resolved 11:59').replace(FIXED, 'All is well.')),
  );
  expect(subjects(world).sort()).toEqual([
    '[INCIDENT] Slow exports',
    '[RESOLVED] Slow exports',
    '[UPDATE] Slow exports',
  ]);
  expect(subjects(world, 'edda')).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
});

test('reopened with words: they are what is told', async () => {
  const world = await begun();
  const body = `${BEGUN}## Resolved 11:58 UTC\n${FIXED}\n\n`;
  const again = `${body}## Investigating 11:59 UTC\nIt is back.\n`;
  await saved(
    world,
    file(over('11:58'), body),
    file(OPEN, again),
    file(OPEN, again.replace('11:59', '12:00')),
  );
  for (const to of ['olga', 'edda'])
    expect(subjects(world, to).slice(1)).toEqual(['[RESOLVED] Slow exports', '[UPDATE] Slow exports']);
  expect(sent(world).at(-1)!.text).toContain('It is back.');
});

test.each(['11:58', '11:58:20'])(
  'a status below the end, at %s of its minute: the end is told once',
  async time => {
    const world = await begun();
    const ended = 'status: resolved\nresolved: 2026-03-10T11:58:30Z';
    const body = `${BEGUN}## Resolved 11:58 UTC\n${FIXED}\n\n`;
    await saved(world, file(ended, body), file(ended, `${body}## Monitoring ${time} UTC\nWe watch.\n`));
    expect(subjects(world).filter(subject => subject?.startsWith('[RESOLVED]'))).toHaveLength(1);
    expect(subjects(world, 'edda')).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
  },
);

test('an end written days late is told, and one whose component is no longer named', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com', ['dashboard']);
  await world.write(FILE, file(OPEN, BEGUN));
  await world.pass(3 * 86_400, 43_200);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
  await saved(world, file(over('13:00'), BEGUN).replace('[dashboard]', '[jobs]'));
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
});

test('an end typed into the future is no reopening', async () => {
  const world = await begun();
  await saved(world, file(over('11:58'), BEGUN), file(over('15:58'), BEGUN), file(over('11:58'), BEGUN));
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
});

test('with a grace period, an end that is taken back meanwhile is told to nobody; the next one is', async () => {
  const world = await openWorld({
    site: () =>
      'title: T\nnotify: { grace: 30s }\ncomponents:\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n',
  });
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, file(OPEN, BEGUN));
  await world.pass(60, 5);
  await world.write(FILE, file(over('11:58'), BEGUN));
  await world.pass(10, 5);
  await world.write(FILE, file(OPEN, BEGUN));
  await world.pass(120, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
  await world.write(FILE, file(over('11:58'), BEGUN));
  await world.pass(90, 5);
  await world.restart();
  await world.pass(60, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
});

const WORK = '20260310_upgrade.md';
const work = (status: string, body = '', start = '12:01') =>
  `---\ntitle: Upgrade\nstatus: ${status}\nstarted: 2026-03-10T11:00:00Z\nscheduled_start: 2026-03-10T${start}:00Z\nscheduled_end: 2026-03-10T12:03:00Z\ncomponents: [dashboard]\n---\n\nWe upgrade.\n\n${body}`;

test.each<[string, string, number, RegExp]>([
  ['by its planned time', work('scheduled'), 200, /^COMPLETED[\s\S]*Ended/],
  ['by its keys alone', work('completed\nresolved: 2026-03-10T12:02:00Z'), 140, /^COMPLETED[\s\S]*Ended/],
  ['by its status alone', work('completed'), 140, /^COMPLETED[\s\S]*Ended/],
  [
    'by a section',
    work('completed', '## Completed 12:02 UTC\nAll done.\n'),
    140,
    /^COMPLETED[\s\S]*All done/,
  ],
  ['called off', work('completed\nresolved: 2026-03-10T12:00:30Z'), 45, /^CANCELLED[\s\S]*Cancelled/],
])(
  'a maintenance completed %s: told once, also to those who want begin and end',
  async (_, done, seconds, words) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await subscribed(world, 'edda@example.com', new URLSearchParams('detail=ends'));
    await world.write(WORK, work('scheduled'));
    await world.pass(seconds - 15, 5);
    await world.write(WORK, done);
    await world.pass(200, 5);
    await world.restart();
    await world.write(
      WORK,
      work('completed\nresolved: 2026-03-10T12:02:30Z', done.split('We upgrade.\n\n')[1]),
    );
    await world.pass(20, 5);
    for (const to of ['olga', 'edda']) {
      expect(subjects(world, to)).toEqual(['[MAINTENANCE] Upgrade', '[MAINTENANCE] Upgrade']);
      expect(sent(world, to)[0]!.text).toMatch(/^SCHEDULED/);
      expect(sent(world, to)[1]!.text).toMatch(words);
    }
  },
);

test('a maintenance first seen in progress is not mailed as scheduled; one first seen when over, only as completed', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(WORK, work('scheduled', '', '11:30'));
  await world.pass(10, 5);
  expect(sent(world).map(({ text }) => text?.split('\n')[0])).toEqual(['IN PROGRESS · Maintenance']);
  await world.write('20260310_past.md', work('scheduled', '', '11:30').replace('12:03', '11:45'));
  await world.pass(10, 5);
  expect(sent(world).map(({ text }) => text?.split('\n')[0])).toEqual([
    'IN PROGRESS · Maintenance',
    'COMPLETED · Maintenance',
  ]);
});

test('what is written after the clock completed a maintenance is told', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(WORK, work('scheduled'));
  await world.pass(200, 5);
  await world.write(WORK, work('scheduled', '## Update 12:03 UTC\nThe caches are still cold.\n'));
  await world.pass(10, 5);
  await world.restart();
  await world.pass(10, 5);
  expect(sent(world)).toHaveLength(3);
  expect(sent(world)[2]!.text).toContain('still cold');
});

test('work that goes on after its planned end was told is told, and so is its end', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(WORK, work('scheduled'));
  await world.pass(190, 5);
  await world.write(WORK, work('scheduled').replace('12:03', '12:06'));
  await world.pass(10, 5);
  await world.restart();
  await world.pass(240, 5);
  expect(sent(world).map(({ text }) => text?.split('\n')[0])).toEqual([
    'SCHEDULED · Maintenance',
    'COMPLETED · Maintenance',
    'IN PROGRESS · Maintenance',
    'COMPLETED · Maintenance',
  ]);
});

test('a second end after a reopening by the keys alone is told once, with its own words', async () => {
  const world = await begun();
  const first = `${BEGUN}## Resolved 11:55 UTC\nFirst fix.\n\n`;
  await saved(world, file(over('11:55'), first), file(OPEN, first));
  expect(subjects(world)).toEqual([
    '[INCIDENT] Slow exports',
    '[RESOLVED] Slow exports',
    '[UPDATE] Slow exports',
  ]);
  await saved(world, file(over('12:00'), `${first}## Resolved 12:00 UTC\nSecond fix.\n`));
  expect(subjects(world).slice(3)).toEqual(['[RESOLVED] Slow exports']);
  expect(sent(world).at(-1)!.text).toContain('Second fix.');
  expect(sent(world).at(-1)!.text).not.toContain('First fix.');
});

test('a maintenance that ended with other words is told as completed once, with its time', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const work = (status: string, more = '') =>
    `---\ntitle: Upgrade\nstatus: ${status}\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\nscheduled_start: 2026-03-10T11:30:00Z\nscheduled_end: 2026-03-10T14:00:00Z\ncomponents: [dashboard]\n---\n\n## In progress 11:30 UTC\nWe begin.\n${more}`;
  await world.write('20260310_upgrade.md', work('in_progress'));
  await world.pass(20, 5);
  const before = subjects(world).length;
  await world.write('20260310_upgrade.md', work('completed', '\n## Finished 11:58 UTC\nAll done.\n'));
  await world.pass(20, 5);
  expect(subjects(world).slice(before)).toEqual(['[MAINTENANCE] Upgrade']);
  const { text } = sent(world).at(-1)!;
  expect(text).toContain('All done.');
  expect(text).toMatch(/Ended: .*11:58/);
});

test('what is said when a maintenance is called off is told, whatever its heading', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const work = (status: string, more = '') =>
    `---\ntitle: Upgrade\nstatus: ${status}\nseverity: minor\nstarted: 2026-03-10T11:00:00Z\nscheduled_start: 2026-03-12T11:30:00Z\nscheduled_end: 2026-03-12T14:00:00Z\ncomponents: [dashboard]\n---\n\n## Scheduled 2026-03-10 11:00 UTC\nWe plan.\n${more}`;
  await world.write('20260310_upgrade.md', work('scheduled'));
  await world.pass(20, 5);
  const before = subjects(world).length;
  await world.write('20260310_upgrade.md', work('completed', '\n## Cancelled 12:00 UTC\nNot needed.\n'));
  await world.pass(20, 5);
  const later = sent(world).slice(before);
  expect(later).toHaveLength(1);
  expect(later[0]!.text).toMatch(/^CANCELLED[\s\S]*Not needed\./);
});

test('a second end by the keys alone is an update everywhere, as the first is, and one of its own', async () => {
  const world = await begun();
  const said = async () => {
    const [row] = (await world.get('/api/v2/incidents.json')).json.incidents;
    const [{ id, title, date_published: at }] = (await world.get('/status/feed.json')).json.items;
    const [{ id: updateId, status, created_at: time }] = row.incident_updates;
    const page = (await world.get(`/status/incidents/${FILE.slice(0, -3)}`)).text;
    expect(page.match(/id="u-/g)).toHaveLength(row.incident_updates.length);
    return { ids: `${id} ${updateId}`, say: [row.status, status, time, title, at].join(' ') };
  };
  const end = (time: string) => {
    const at = `2026-03-10T${time}:00`;
    return `resolved resolved ${at}.000Z Slow exports – Resolved ${at}Z`;
  };
  // An end by the keys alone, then by a section, then by the keys alone again.
  const back = (time: string) => `## Investigating ${time} UTC\nIt is back.\n\n`;
  const first = `${BEGUN}${back('11:58')}`;
  const ended = `${first}## Resolved 11:59 UTC\n${FIXED}\n\n`;
  const second = `${ended}${back('12:00')}`;
  const ids = new Set<string>();
  for (const [time, body, reopened] of [
    ['11:57', BEGUN, first],
    ['11:59', ended, second],
    ['12:01', second, `${second}${back('12:02')}`],
    ['12:03', `${second}${back('12:02')}`, null],
  ] as const) {
    await world.pass(60, 20);
    await saved(world, file(over(time), body));
    const shown = await said();
    expect(shown.say).toBe(end(time));
    ids.add(shown.ids);
    // Corrected, it is the same end.
    await saved(world, file(over(time).replace(':00Z', ':10Z'), body));
    ids.add((await said()).ids);
    expect(subjects(world).at(-1)).toBe('[RESOLVED] Slow exports');
    if (reopened) await saved(world, file(OPEN, reopened));
  }
  expect(ids.size).toBe(4);
  expect(subjects(world).filter(subject => subject?.startsWith('[RESOLVED]'))).toHaveLength(4);
});
