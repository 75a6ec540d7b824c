// A file renamed, moved or corrected is the same incident: nobody is told again, its ids stay, its old address leads on.
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const OLD = '20260310_exports';
const NEW = '20260310_exports-and-imports';
const at = (world: World, name: string) => path.join(world.dir, 'status', 'incidents', `${name}.md`);

const text = ({ title = 'Slow exports', started = '11:40', found = '11:50', more = '', end = '' } = {}) =>
  `---\ntitle: ${title}\nstatus: ${end ? `resolved\nresolved: 2026-03-10T${end}:00Z` : 'identified'}\nseverity: major\nstarted: 2026-03-10T${started}:00Z\ncomponents: [dashboard]\n---\n\n## Investigating ${started} UTC\nExports take longer than usual.\n\n## Identified ${found} UTC\nA full disk slows the workers.\n${more}`;

const mails = ({ mails }: World) => mails.filter(({ subject }) => subject?.startsWith('['));
const subjects = (world: World) => mails(world).map(({ subject }) => subject);

/** All ids under which other programs know the incident. */
async function ids(world: World) {
  const [incident] = (await world.get('/api/v2/incidents.json')).json.incidents;
  const feed = (await world.get('/status/feed.json')).json.items;
  const history = (await world.get('/history.atom')).text;
  return {
    incident: incident.id,
    updates: incident.incident_updates.map(({ id }: { id: string }) => id),
    entries: feed.map(({ id }: { id: string }) => id),
    history: /<entry>\s*<id>([^<]+)/.exec(history)?.[1],
  };
}

async function told(world: World) {
  await subscribed(world, 'olga@example.com');
  await world.write(`${OLD}.md`, text());
  await world.pass(20, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
  return ids(world);
}

async function leadsTo(world: World, from: string, id: string) {
  const answer = await world.get(from);
  expect([answer.status, answer.headers.get('location')?.replace(/^https?:\/\/[^/]+/, '')]).toEqual([
    301,
    `/status/incidents/${id}`,
  ]);
}

const renamed = (world: World) => rename(at(world, OLD), at(world, NEW));

test.each<[string, (world: World) => Promise<unknown>]>([
  ['while the server runs', renamed],
  ['while it is off', world => world.restart(() => renamed(world))],
  [
    'in two steps, gone for a while',
    async world => {
      await rename(at(world, OLD), path.join(world.dir, 'x.md'));
      await world.pass(60, 5);
      await rename(path.join(world.dir, 'x.md'), at(world, NEW));
    },
  ],
  [
    'with other times, in one go',
    async world => {
      await rm(at(world, OLD));
      await world.write(`${NEW}.md`, text({ started: '11:20', found: '11:31' }));
    },
  ],
  [
    'with another title and a typo corrected',
    async world => {
      await rm(at(world, OLD));
      await world.write(`${NEW}.md`, text({ title: 'Slow exports' }).replace('longer', 'much longer'));
    },
  ],
])('a file renamed %s', async (_, move) => {
  const world = await openWorld();
  const before = await told(world);
  await move(world);
  await world.pass(20, 5);
  await world.restart();
  await world.pass(20, 5);
  expect(subjects(world)).toHaveLength(2);
  expect(await ids(world)).toEqual(before);
  await leadsTo(world, `/status/incidents/${OLD}`, NEW);
  await leadsTo(world, `/incidents/${OLD}`, NEW);
  expect((await world.get(`/status/incidents/${NEW}`)).status).toBe(200);
  const { text: now } = { text: await world.read(`${NEW}.md`) };
  await world.write(`${NEW}.md`, `${now}\n## Monitoring 12:00 UTC\nThe disk is replaced.\n`);
  await world.pass(20, 5);
  expect(subjects(world)).toHaveLength(3);
  // One thread.
  expect(mails(world)[2]!.references).toBe(mails(world)[0]!.messageId);
});

test('renamed twice, its first address leads to the last; one that is used again is itself', async () => {
  const world = await openWorld();
  await told(world);
  await renamed(world);
  await world.pass(20, 5);
  await rename(at(world, NEW), at(world, '20260310_third'));
  await world.pass(20, 5);
  for (const id of [OLD, NEW]) await leadsTo(world, `/status/incidents/${id}`, '20260310_third');
  await world.write(
    `${OLD}.md`,
    text({ title: 'Lost exports' }).replace('take longer than usual', 'are lost').replace('slows', 'stops'),
  );
  await world.pass(20, 5);
  expect((await world.get(`/status/incidents/${OLD}`)).status).toBe(200);
  expect(subjects(world).slice(2)).toEqual(['[INCIDENT] Lost exports', '[UPDATE] Lost exports']);
});

test('a machine and the API give no new file a former name: the old address leads on', async () => {
  const world = await openWorld({ env: { API_TOKEN: 'the-api-token-of-this-test' } });
  const fails = (alert_type: string) =>
    world.post('/webhooks/uptime?token=the-webhook-token-of-this-test', {
      alert_type,
      monitor_name: 'Storage',
    });
  const opens = () =>
    world.post(
      '/api/incidents',
      {
        title: 'Lost mails',
        status: 'investigating',
        severity: 'major',
        components: ['dashboard'],
        message: 'Some.',
      },
      { 'content-type': 'application/json', authorization: 'Bearer the-api-token-of-this-test' },
    );
  await fails('down');
  await opens();
  await world.pass(60, 5);
  await fails('up');
  await world.pass(120, 5);
  await rename(at(world, '20260310_storage-down'), at(world, '20260310_disks-full'));
  await rename(at(world, '20260310_lost-mails'), at(world, '20260310_lost'));
  // Later it would be the same outage again.
  await world.pass(40 * 60, 60);
  expect((await fails('down')).json.incident).toBe('20260310_storage-down-2');
  expect((await opens()).json.id).toBe('20260310_lost-mails-2');
  await world.pass(20, 5);
  await leadsTo(world, '/status/incidents/20260310_storage-down', '20260310_disks-full');
  await leadsTo(world, '/status/incidents/20260310_lost-mails', '20260310_lost');
});

test('the API writes an incident by its former id, by an alias and by its id of /api/v2', async () => {
  const world = await openWorld({ env: { API_TOKEN: 'the-api-token-of-this-test' } });
  await told(world);
  const code = (await ids(world)).incident;
  await renamed(world);
  await world.write(`${NEW}.md`, text().replace('---\n\n', 'aliases: [x-7]\n---\n\n'));
  await world.pass(20, 5);
  for (const name of [OLD, 'x-7', code]) {
    const answer = await world.post(
      `/api/incidents/${name}/updates`,
      { message: `Written as ${name}.` },
      { 'content-type': 'application/json', authorization: 'Bearer the-api-token-of-this-test' },
    );
    expect([answer.status, answer.json.id]).toEqual([201, NEW]);
    expect(await world.read(`${NEW}.md`)).toContain(`Written as ${name}.`);
  }
});

const TEMPLATE = 'We are looking into it and write again within the hour.';
const outage = (title: string, component: string, started: string, more = 'status: investigating') =>
  `---\ntitle: ${title}\n${more}\nseverity: major\nstarted: ${started}\ncomponents: [${component}]\n---\n\n## Investigating ${started.slice(0, 16).replace('T', ' ')} UTC\n${TEMPLATE}\n`;

test.each<[string, string]>([
  ['another open incident', outage('API errors', 'api', '2026-03-10T11:20:00Z')],
  [
    'one that is over, of the same title',
    outage(
      'Website slow',
      'dashboard',
      '2026-02-03T09:00:00Z',
      'status: resolved\nresolved: 2026-02-03T09:30:00Z',
    ),
  ],
])(
  'a new incident in the words of the template, just after the file of %s is removed, is told whole',
  async (_, before) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await world.write('20260203_before.md', before);
    await world.pass(20, 5);
    await rm(at(world, '20260203_before'));
    await world.pass(20, 5);
    const told = subjects(world).length;
    await world.write('20260310_after.md', outage('Website slow', 'dashboard', '2026-03-10T12:00:00Z'));
    await world.pass(20, 5);
    expect(subjects(world).slice(told)).toEqual(['[INCIDENT] Website slow']);
    expect(mails(world).at(-1)?.text).toContain(TEMPLATE);
    expect((await world.get('/status/incidents/20260203_before')).status).toBe(404);
  },
);

const reworded = (text: string) =>
  text
    .replace(/title: .*/, 'title: Nobody can sign in')
    .replace(/severity: .*/, 'severity: minor')
    .replace(
      /(## Investigating.*\n)[^#]*/,
      '$1Single sign-on refuses everybody since its certificate expired.\n',
    );
const FOUND = '\n## Identified 11:59 UTC\nThe certificate of our provider expired.\n';
const FIRST = outage('Login slow', 'dashboard', '2026-03-10T11:40:00Z');

test.each<[string, (text: string) => string]>([
  ['title and words', reworded],
  ['title, words and a new section', text => reworded(text) + FOUND],
  ['title alone, with a new section', text => text.replace('Login slow', 'Sign-in') + FOUND],
  ['words alone', text => text.replace(TEMPLATE, 'The certificate of our provider expired.')],
  [
    'a heading’s time and a word',
    text => text.replace('10 11:40 UTC', '10 11:45 UTC').replace('looking', 'still looking'),
  ],
])('a file renamed with another %s in one step is told to nobody again', async (_, edit) => {
  for (const isFiled of [false, true]) {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    let id = OLD;
    if (isFiled) {
      world.service.status = 503;
      await world.pass(240, 20);
      id = '20260310_api-down';
    } else await world.write(`${OLD}.md`, FIRST);
    await world.pass(20, 5);
    expect(subjects(world)).toHaveLength(1);
    const before = await ids(world);
    const text = edit(await world.read(`${id}.md`));
    await rm(at(world, id));
    await world.write(`${NEW}.md`, text);
    await world.pass(20, 5);
    await world.restart();
    await world.pass(20, 5);
    const updates = text.includes(FOUND) ? 1 : 0;
    expect(subjects(world)).toHaveLength(1 + updates);
    const after = await ids(world);
    expect(after.incident).toBe(before.incident);
    expect(after.updates).toEqual(expect.arrayContaining(before.updates));
    await leadsTo(world, `/status/incidents/${id}`, NEW);
    if (!isFiled) continue;
    // Its source is joined to it still: nothing else is filed, and who was told is told of the end.
    world.service.status = 200;
    await world.pass(240, 20);
    expect(subjects(world).slice(1 + updates)).toEqual([expect.stringMatching(/^\[RESOLVED\]/)]);
    expect(await world.read(`${NEW}.md`)).toContain('status: resolved');
  }
});

test('two incidents of two people that begin in the same minute are two, at once', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(`${OLD}.md`, FIRST);
  await world.pass(20, 5);
  await world.write(`${NEW}.md`, reworded(FIRST));
  await world.pass(1);
  expect(world.system.snapshot().incidents).toHaveLength(2);
  await world.pass(20, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Login slow', '[INCIDENT] Nobody can sign in']);
});

test('of two files with one source and start, the second is a copy, under whatever title', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  world.service.status = 503;
  await world.pass(260, 20);
  await world.write(`${NEW}.md`, reworded(await world.read('20260310_api-down.md')));
  await world.pass(60, 5);
  expect(subjects(world)).toHaveLength(1);
  expect(world.system.snapshot().incidents.map(({ id }) => id)).toEqual(['20260310_api-down']);
  const { problems } = (await world.get('/readyz')).json;
  expect(JSON.stringify(problems)).toContain('it tells the same incident as');
});

test('one that is deleted, and another one of other components begun in its minute, are two', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(`${OLD}.md`, FIRST);
  await world.pass(20, 5);
  await rm(at(world, OLD));
  await world.pass(20, 5);
  await world.write(`${NEW}.md`, reworded(FIRST).replace('dashboard', 'jobs'));
  await world.pass(20, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Login slow', '[INCIDENT] Nobody can sign in']);
});

test('a file moved to another folder keeps its address', async () => {
  const world = await openWorld();
  const before = await told(world);
  await mkdir(path.join(world.dir, 'status', 'incidents', '2026'));
  await rename(at(world, OLD), at(world, `2026/${OLD}`));
  await world.pass(20, 5);
  await world.restart();
  await world.pass(20, 5);
  expect(subjects(world)).toHaveLength(2);
  expect(await ids(world)).toEqual(before);
});

test('a file with the same words much later is an incident of its own', async () => {
  const world = await openWorld();
  await told(world);
  await rm(at(world, OLD));
  await world.pass(1800, 60);
  await world.write('20260310_later.md', text({ started: '12:20', found: '12:30' }));
  await world.pass(20, 5);
  expect(subjects(world)).toHaveLength(4);
});

test('whatever is corrected, nobody is told again and ids stay', async () => {
  const world = await openWorld();
  const before = await told(world);
  for (const over of [
    { started: '11:20' },
    { started: '11:20', found: '11:44' },
    { title: 'Slow exports and imports', found: '11:52' },
    { started: '11:00', found: '11:10', title: 'Slow exports' },
  ]) {
    await world.write(`${OLD}.md`, text(over));
    await world.pass(10, 5);
    await world.restart();
    await world.pass(10, 5);
    expect(await ids(world)).toEqual(before);
  }
  await world.write(
    `${OLD}.md`,
    text().replace('severity: major', 'severity: critical').replace('full', 'very full'),
  );
  await world.pass(10, 5);
  expect(subjects(world)).toHaveLength(2);
  expect(await ids(world)).toEqual(before);
});

test('`aliases:` say by hand what a lost database no longer knows, and lead from any other address', async () => {
  const world = await openWorld();
  const before = await told(world);
  const aliases = `aliases: [${OLD}, /incidents/abc/old page, "https://old.example.com/posts/42?x=1"]\n`;
  await world.restart(async () => {
    await rm(path.join(world.dir, 'data'), { recursive: true });
    await rm(at(world, OLD));
    await world.write(`${NEW}.md`, text().replace('title:', `${aliases}title:`));
  });
  await world.pass(10, 5);
  expect(await ids(world)).toEqual(before);
  for (const from of [`/status/incidents/${OLD}`, '/incidents/abc/old%20page', '/posts/42'])
    await leadsTo(world, from, NEW);
  expect((await world.get('/posts/43')).status).toBe(404);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
});

test('with `aliases:`, a file that says something else is the same incident', async () => {
  const world = await openWorld();
  const before = await told(world);
  await rm(at(world, OLD));
  await world.write(
    `${NEW}.md`,
    text({ started: '11:00', found: '11:05' })
      .replace('title:', `aliases: ${OLD}\ntitle:`)
      .replace('Exports take longer than usual.', 'Everything is slow.'),
  );
  await world.pass(10, 5);
  expect((await ids(world)).incident).toBe(before.incident);
  await leadsTo(world, `/status/incidents/${OLD}`, NEW);
});

test('a maintenance named after its own day is the same under another day', async () => {
  const plan = (day: string) =>
    `---\ntitle: Upgrade\nstatus: scheduled\nscheduled_start: 2026-03-${day}T10:00:00Z\nscheduled_end: 2026-03-${day}T11:00:00Z\ncomponents: [api]\n---\n\nWe upgrade.\n`;
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write('20260320_upgrade.md', plan('20'));
  await world.pass(10, 5);
  await rm(at(world, '20260320_upgrade'));
  await world.write('20260322_upgrade.md', plan('22'));
  await world.pass(10, 5);
  await world.restart();
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[MAINTENANCE] Upgrade']);
  await leadsTo(world, '/status/incidents/20260320_upgrade', '20260322_upgrade');
});

test('an occurrence’s former address leads to today’s', async () => {
  const series = `---\ntitle: Backup\nstatus: scheduled\nscheduled_start: 2026-03-11T00:00:00Z\nscheduled_end: 2026-03-11T01:00:00Z\nrrule: FREQ=DAILY\ncomponents: [api]\n---\n\nWe back up.\n`;
  const world = await openWorld({ files: { '20260310_backup.md': series } });
  await rename(at(world, '20260310_backup'), at(world, '20260310_nightly'));
  await world.pass(10, 5);
  await leadsTo(world, '/status/incidents/20260310_backup', '20260310_nightly');
  await leadsTo(world, '/status/incidents/20260310_backup--2026-03-13', '20260310_nightly--2026-03-13');
});

test('a section written later about a time before the beginning is told once, and begins nothing', async () => {
  const world = await openWorld();
  await told(world);
  await subscribed(world, 'ends@example.com', new URLSearchParams({ detail: 'ends' }));
  const before = text().replace(
    '---\n\n##',
    '---\n\n## Update 11:39 UTC\nCustomers saw it a minute earlier.\n\n##',
  );
  await world.write(`${OLD}.md`, before);
  await world.pass(20, 5);
  await world.restart();
  await world.pass(20, 5);
  expect(subjects(world).slice(2)).toEqual(['[UPDATE] Slow exports']);
  expect(mails(world).at(-1)?.text).toContain('Customers saw it a minute earlier.');
});

test.each([false, true])(
  'other words at another time in place of all that was told are an update, not a beginning (restarted: %s)',
  async isRestarted => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await subscribed(world, 'ends@example.com', new URLSearchParams({ detail: 'ends' }));
    await world.write(`${OLD}.md`, outage('Slow exports', 'dashboard', '2026-03-10T11:40:00Z'));
    await world.pass(20, 5);
    if (isRestarted) await world.restart();
    const other = outage('Slow exports', 'dashboard', '2026-03-10T11:55:00Z');
    await world.write(`${OLD}.md`, other.replace(TEMPLATE, 'A full disk slows the workers.'));
    await world.pass(20, 5);
    expect(subjects(world).sort()).toEqual([
      '[INCIDENT] Slow exports',
      '[INCIDENT] Slow exports',
      '[UPDATE] Slow exports',
    ]);
    expect(mails(world).at(-1)?.text).toContain('A full disk slows the workers.');
  },
);
