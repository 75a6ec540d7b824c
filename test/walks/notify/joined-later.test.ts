// A component that joins an incident later: those who follow only that one are told of a beginning, and of its end.
import { expect, test } from 'vitest';
import { checked } from '../monitoring/two-checks.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const SITE = (target: string) =>
  `title: T\ngroup_within: 0s\ncomponents:\n${['api', 'db', 'jobs']
    .map(
      id =>
        `  - { id: ${id}, name: ${id.toUpperCase()}, check: { type: http, url: "${target}/${id}" }, detect: { failures: 2, recoveries: 1 } }\n`,
    )
    .join('')}`;
const subjects = ({ mails }: World, to: string) =>
  mails
    .filter(mail => mail.subject?.startsWith('[') && JSON.stringify(mail.to).includes(`${to}@`))
    .map(({ subject }) => subject);
const FILE = '20260310_outage.md';
const file = (state: string, body: string) =>
  `---\ntitle: Outage\n${state}\nseverity: major\nstarted: 2026-03-10T12:00:00Z\ncomponents: [api]\n---\n\n${body}`;
const BEGUN = '## Investigating 12:00 UTC\nThe API fails.\n\n';
const MORE = '## Identified 12:05 UTC\ncomponents: [api, db]\nThe database too.\n\n';

async function readers(): Promise<World> {
  const world = await openWorld({ site: SITE });
  await subscribed(world, 'api@example.com', ['api']);
  await subscribed(world, 'db@example.com', ['db']);
  await subscribed(world, 'ends@example.com', new URLSearchParams('components=db&detail=ends'));
  await subscribed(world, 'jobs@example.com', ['jobs']);
  await subscribed(world, 'all@example.com');
  await world.write(FILE, file('status: investigating', BEGUN));
  await world.pass(60, 10);
  return world;
}

test('they get [INCIDENT] when it joins, and [RESOLVED]; the others get an update', async () => {
  const world = await readers();
  await world.pass(240, 60);
  await world.write(FILE, file('status: identified', BEGUN + MORE));
  await world.pass(30, 10);
  await world.restart();
  const over = `${BEGUN}${MORE}## Resolved 12:06 UTC\nFixed.\n`;
  await world.write(FILE, file('status: resolved\nresolved: 2026-03-10T12:06:00Z', over));
  await world.pass(120, 10);
  for (const to of ['api', 'all'])
    expect([to, subjects(world, to)]).toEqual([
      to,
      ['[INCIDENT] Outage', '[UPDATE] Outage', '[RESOLVED] Outage'],
    ]);
  for (const to of ['db', 'ends'])
    expect([to, subjects(world, to)]).toEqual([to, ['[INCIDENT] Outage', '[RESOLVED] Outage']]);
  expect(subjects(world, 'jobs')).toEqual([]);
  const first = world.mails.find(
    mail => JSON.stringify(mail.to).includes('db@') && mail.subject?.startsWith('['),
  )!;
  expect(first.text).toContain('The database too.');
});

test('if nothing was told of it, they get no end either', async () => {
  const world = await readers();
  await world.pass(240, 60);
  const quiet = MORE.replace('The database', 'notify: false\nThe database');
  await world.write(FILE, file('status: identified', BEGUN + quiet));
  await world.pass(5, 5);
  // Only the end names a component more.
  const over = `${BEGUN}## Resolved 12:06 UTC\ncomponents: [api, db]\nFixed, the database too.\n`;
  await world.write(FILE, file('status: resolved\nresolved: 2026-03-10T12:06:00Z', over));
  await world.pass(120, 10);
  expect(subjects(world, 'all')).toEqual(['[INCIDENT] Outage', '[RESOLVED] Outage']);
  expect(subjects(world, 'api')).toEqual(['[INCIDENT] Outage', '[RESOLVED] Outage']);
  for (const to of ['db', 'ends', 'jobs']) expect([to, subjects(world, to)]).toEqual([to, []]);
});

const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const REPORT = (world: World, monitor_name: string, alert_type: string) =>
  world.post(HOOK, { alert_type, monitor_name });
const MONITORS = () =>
  `title: T\ncomponents:\n  - { id: api, name: API, check: { type: manual }, match: [API, Both] }\n  - { id: db, name: Database, check: { type: manual }, match: [Both] }\n  - { id: jobs, name: Jobs, check: { type: manual } }\n`;

test.each([100, 900])(
  'a monitor brings a component, for %i s: its followers are told at once',
  async seconds => {
    const world = await openWorld({ site: MONITORS });
    for (const id of ['api', 'db', 'jobs']) await subscribed(world, `${id}@example.com`, [id]);
    await subscribed(world, 'all@example.com');
    await subscribed(world, 'ends@example.com', new URLSearchParams('components=db&detail=ends'));
    await REPORT(world, 'API', 'down');
    await world.pass(30, 5);
    expect((await REPORT(world, 'Both', 'down')).json).toMatchObject({ action: 'joined' });
    await world.pass(20, 5);
    await world.restart();
    await world.pass(10, 5);
    for (const to of ['db', 'ends']) expect([to, subjects(world, to)]).toEqual([to, ['[INCIDENT] API Down']]);
    for (const to of ['api', 'all'])
      expect([to, subjects(world, to)]).toEqual([to, ['[INCIDENT] API Down', '[UPDATE] API Down']]);
    const mail = world.mails.find(
      one => JSON.stringify(one.to).includes('db@') && one.subject?.startsWith('['),
    );
    expect(mail?.text).toContain('Both is down, says UptimeRobot.');
    await world.pass(seconds, 10);
    await REPORT(world, 'Both', 'up');
    await REPORT(world, 'API', 'up');
    await world.pass(120, 10);
    for (const to of ['db', 'ends', 'api', 'all'])
      expect(subjects(world, to).at(-1)).toBe('[RESOLVED] API Down');
    for (const to of ['db', 'ends'])
      expect([to, subjects(world, to).filter(one => one?.startsWith('[INCIDENT]'))]).toEqual([
        to,
        ['[INCIDENT] API Down'],
      ]);
    expect(subjects(world, 'jobs')).toEqual([]);
  },
);

test.each([[['API', 'Both']], [['Both', 'API']]])(
  'the end tells of the incident, not of the monitor that recovered last: %j',
  async order => {
    const world = await openWorld({ site: MONITORS });
    await subscribed(world, 'all@example.com');
    for (const monitor of ['API', 'Both']) await REPORT(world, monitor, 'down');
    await world.pass(30, 5);
    for (const monitor of order) {
      await REPORT(world, monitor, 'up');
      await world.pass(30, 5);
    }
    await world.pass(90, 5);
    expect(subjects(world, 'all')).toEqual([
      '[INCIDENT] API Down',
      '[UPDATE] API Down',
      '[RESOLVED] API Down',
    ]);
    const { text } = world.mails.at(-1)!;
    expect(text).toContain('API Down is over: all that was reported has ended. It lasted 1 minute');
    expect(text).not.toContain('says UptimeRobot');
  },
);

test('how long it lasted is how long its monitors failed, without what was well between', async () => {
  const world = await openWorld({ site: MONITORS });
  await subscribed(world, 'all@example.com');
  for (const seconds of [120, 60]) {
    for (const monitor of ['API', 'Both']) await REPORT(world, monitor, 'down');
    await world.pass(seconds, 20);
    for (const monitor of ['API', 'Both']) await REPORT(world, monitor, 'up');
    await world.pass(1200, 60);
  }
  expect(await world.files()).toHaveLength(1);
  expect(world.mails.at(-1)!.text?.replace(/\s+/g, ' ')).toContain(
    'all that was reported has ended. It lasted 3 minutes.',
  );
});

test('an operator writes while a join waits: both beginnings have their end', async () => {
  const world = await openWorld({ site: MONITORS });
  await subscribed(world, 'db@example.com', ['db']);
  await REPORT(world, 'API', 'down');
  await world.pass(30, 5);
  await REPORT(world, 'Both', 'down');
  const [name] = await world.files();
  await world.pass(5, 5);
  await world.write(name!, `${await world.read(name!)}\n## Update 12:00 UTC\nWe are on it.\n`);
  await world.pass(60, 5);
  await REPORT(world, 'Both', 'up');
  await REPORT(world, 'API', 'up');
  await world.pass(120, 10);
  expect(subjects(world, 'db')).toEqual(['[INCIDENT] API Down', '[UPDATE] API Down', '[RESOLVED] API Down']);
});

test('a component added in the front matter alone: its followers are told of a beginning with the next words', async () => {
  const world = await readers();
  await world.pass(240, 60);
  const more = file('status: identified', `${BEGUN}## Identified 12:05 UTC\nThe database too.\n\n`).replace(
    '[api]',
    '[api, db]',
  );
  await world.write(FILE, more);
  await world.pass(30, 10);
  expect(subjects(world, 'db')).toEqual(['[INCIDENT] Outage']);
  expect(subjects(world, 'all')).toEqual(['[INCIDENT] Outage', '[UPDATE] Outage']);
});

test('a check that joins within `group_within` of one that was told is told at once', async () => {
  const world = await checked();
  await subscribed(world, 'db@example.com', ['db']);
  world.answers.api = 500;
  await world.pass(20, 5);
  expect([subjects(world, 'ann'), subjects(world, 'db')]).toEqual([['[INCIDENT] API Down'], []]);
  world.answers.db = 500;
  await world.pass(15, 5);
  expect(await world.files()).toEqual(['20260310_api-down.md']);
  expect(await world.read('20260310_api-down.md')).toContain('opened_by: "probe:api, probe:db"');
  expect([subjects(world, 'ann'), subjects(world, 'db')]).toEqual([
    ['[INCIDENT] API Down', '[UPDATE] API and Database Down'],
    ['[INCIDENT] API and Database Down'],
  ]);
});
