// Short outages: what was over before it was told is told once, by its end, and alike by email and in channels.
import { expect, test } from 'vitest';
import { expectTold, mailsTo, subjects, turn, watched } from './watched.ts';

const FILE = '20260310_api-down.md';
const BOTH = 'API and Database Down';

test('several checks, all over before the window of the group: their end is told, when it has held', async () => {
  const world = await watched();
  await turn(world, ['api', 'db'], 503, 25);
  await turn(world, ['api', 'db'], 200, 50);
  expect(await world.read(FILE)).toContain('status: resolved\n');
  expectTold(world, [], []);
  await world.restart();
  await world.pass(40, 5);
  expectTold(world, [`[RESOLVED] ${BOTH}`], ['resolved']);
  const [{ text, references } = {}] = mailsTo(world, 'db');
  expect(text).toContain('API and Database are working again.');
  expect(text).toContain('Affects: API and Database\n');
  expect(references).toBeUndefined();
  await world.pass(900, 60);
  expectTold(world, [`[RESOLVED] ${BOTH}`], ['resolved']);
});

test('the end did not hold: the beginning is told then, once', async () => {
  const world = await watched();
  await turn(world, ['api', 'db'], 503, 25);
  await turn(world, ['api', 'db'], 200, 50);
  await turn(world, ['api'], 503, 30);
  expectTold(world, [`[INCIDENT] ${BOTH}`], ['investigating']);
  expect(mailsTo(world, 'ann')[0]!.text).toContain('API is failing again (HTTP 503).');
  await turn(world, ['api'], 200, 100);
  expectTold(world, [`[INCIDENT] ${BOTH}`, `[RESOLVED] ${BOTH}`], ['investigating', 'resolved']);
});

test('what a person writes before the end has held is told at once', async () => {
  const world = await watched();
  await turn(world, ['api', 'db'], 503, 25);
  await turn(world, ['api', 'db'], 200, 50);
  await world.write(FILE, `${await world.read(FILE)}\n## Update 12:01 UTC\nA switch failed.\n`);
  await world.pass(5, 5);
  expect(subjects(world, 'ann')).toEqual([`[UPDATE] ${BOTH}`]);
  expect(mailsTo(world, 'ann')[0]!.text).toContain('A switch failed.');
  await world.pass(120, 5);
  expectTold(world, [`[UPDATE] ${BOTH}`, `[RESOLVED] ${BOTH}`], ['investigating', 'resolved']);
});

test('one of several is over before the window: the beginning tells that, too', async () => {
  const world = await watched();
  await turn(world, ['api', 'db'], 503, 25);
  await turn(world, ['db'], 200, 100);
  expectTold(world, [`[INCIDENT] ${BOTH}`], ['investigating']);
  const { text } = mailsTo(world, 'db')[0]!;
  for (const words of ['API is not working', 'Database is not working', 'Database is working again'])
    expect(text).toContain(words);
  // The recovery was later than the beginning.
  expect(text).toMatch(/Database is working again\./);
  await world.pass(900, 30);
  expectTold(world, [`[INCIDENT] ${BOTH}`], ['investigating']);
});

test('one that joined is told to its followers at once; its recovery is an update, once, before the end', async () => {
  const world = await watched();
  await turn(world, ['api'], 503, 30);
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API Down']);
  await turn(world, ['db'], 503, 25);
  await turn(world, ['db'], 200, 300);
  expect(subjects(world, 'db')).toEqual([`[INCIDENT] ${BOTH}`]);
  await world.pass(600, 30);
  expect(subjects(world, 'db')).toEqual([`[INCIDENT] ${BOTH}`, `[UPDATE] ${BOTH}`]);
  expect(mailsTo(world, 'db')[1]!.text).toContain('Database is working again.');
  await turn(world, ['api'], 200, 100);
  expect(subjects(world, 'db')).toEqual([`[INCIDENT] ${BOTH}`, `[UPDATE] ${BOTH}`, `[RESOLVED] ${BOTH}`]);
});

test('one that joined, and all is over within the calm: its followers get the beginning and the end', async () => {
  const world = await watched();
  await turn(world, ['api'], 503, 30);
  await turn(world, ['db'], 503, 25);
  await turn(world, ['db'], 200, 100);
  await turn(world, ['api'], 200, 120);
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API Down', `[UPDATE] ${BOTH}`, `[RESOLVED] ${BOTH}`]);
  expect(subjects(world, 'db')).toEqual([`[INCIDENT] ${BOTH}`, `[RESOLVED] ${BOTH}`]);
});

test('one that joined and fails on: its followers are told of the beginning, and not the same again', async () => {
  const world = await watched();
  await turn(world, ['api'], 503, 30);
  await turn(world, ['db'], 503, 120);
  expect(subjects(world, 'db')).toEqual([`[INCIDENT] ${BOTH}`]);
  expect(mailsTo(world, 'db')[0]!.text).toContain('Database is not working (HTTP 503');
  await world.pass(900, 30);
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API Down', `[UPDATE] ${BOTH}`]);
  expect(subjects(world, 'db')).toEqual([`[INCIDENT] ${BOTH}`]);
  await turn(world, ['db'], 200, 700);
  expect(subjects(world, 'db')).toEqual([`[INCIDENT] ${BOTH}`, `[UPDATE] ${BOTH}`]);
});

test('with `notify.grace`, one check’s is over before it is told: its end is told, when it has held', async () => {
  const world = await watched('grace: 90s, ');
  await turn(world, ['api'], 503, 30);
  expect((await world.get('/status/feed.atom')).text).toContain('API Down');
  await turn(world, ['api'], 200, 40);
  // Down again before that held.
  await turn(world, ['api'], 503, 60);
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API Down']);
  await turn(world, ['api'], 200, 200);
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API Down', '[RESOLVED] API Down']);

  await turn(world, ['db'], 503, 60);
  await turn(world, ['db'], 200, 20);
  await world.restart();
  await world.pass(600, 5);
  expect(subjects(world, 'db')).toEqual(['[RESOLVED] Database Down']);
  expect(subjects(world, 'ann').slice(2)).toEqual(['[RESOLVED] Database Down']);
  expect(world.hook.got.slice(2).map(({ json }) => json.incident.status)).toEqual(['resolved']);
});

test('with `notify.grace`, what came within it goes with the beginning, when all is over: a check that joined', async () => {
  const world = await watched('grace: 90s, ');
  await turn(world, ['api'], 503, 30);
  await turn(world, ['db'], 503, 30);
  await turn(world, ['api', 'db'], 200, 65);
  // Past the grace of both, and the end is not told yet.
  expectTold(world, [], []);
  await world.restart();
  await world.pass(400, 5);
  expectTold(world, [`[RESOLVED] ${BOTH}`], ['resolved']);
  expect(mailsTo(world, 'db')[0]!.text).toContain('API and Database are working again.');
});

test('with `notify.grace`, the same of a monitor that gets worse', async () => {
  const world = await watched('grace: 90s, ');
  const report = async (alert_transition: string, priority: string) => {
    const title = `[${priority}] [${alert_transition}] Slow`;
    const alert = { title, alert_transition, alert_id: '998', tags: 'component:db' };
    await world.post('/webhooks/datadog?token=the-webhook-token-of-this-test', {
      ...alert,
      priority,
      date: String(world.now()),
    });
    await world.pass(20, 5);
  };
  await report('Warn', 'P3');
  await report('Triggered', 'P1');
  expect(await world.read('20260310_slow.md')).toContain('severity: critical');
  await report('Recovered', 'P1');
  await world.pass(600, 5);
  expectTold(world, ['[RESOLVED] Slow'], ['resolved']);
});

test('with `notify.grace`, a relapse that is over by then is told by its end alone', async () => {
  const world = await watched('grace: 90s, ');
  await turn(world, ['api'], 503, 150);
  await turn(world, ['api'], 200, 200);
  const once = ['[INCIDENT] API Down', '[RESOLVED] API Down'];
  expect(subjects(world, 'ann')).toEqual(once);
  await turn(world, ['api'], 503, 40);
  await turn(world, ['api'], 200, 600);
  expect(await world.read(FILE)).toContain('failing again');
  expect(subjects(world, 'ann')).toEqual([...once, '[RESOLVED] API Down']);
});

test('with `notify.grace`, what a person writes in an automatic incident is told, though it is over by then', async () => {
  const world = await watched('grace: 90s, ');
  await turn(world, ['api'], 503, 30);
  const written = new Date(world.now()).toISOString();
  await world.write(FILE, `${await world.read(FILE)}\n## Identified ${written}\nA disk is full.\n`);
  await turn(world, ['db'], 503, 30);
  await turn(world, ['api', 'db'], 200, 600);
  expect(subjects(world, 'ann')).toEqual([`[UPDATE] ${BOTH}`, `[RESOLVED] ${BOTH}`]);
  expect(mailsTo(world, 'ann')[0]!.text).toContain('A disk is full.');
});

test('a webhook’s message says no more of an end than its email, before that has held', async () => {
  const world = await watched();
  await turn(world, ['api'], 503, 30);
  const written = new Date(world.now()).toISOString();
  await turn(world, ['api'], 200, 10);
  await world.write(FILE, `${await world.read(FILE)}\n## Identified ${written}\nA disk is full.\n`);
  await world.pass(10, 5);
  expect(subjects(world, 'ann')).toEqual(['[INCIDENT] API Down', '[UPDATE] API Down']);
  const { incident } = world.hook.got.at(-1)!.json;
  expect(incident).toMatchObject({ status: 'identified', resolved_at: null });
  expect(incident.incident_updates.map(({ status }: { status: string }) => status)).toEqual([
    'identified',
    'investigating',
  ]);
  await world.pass(90, 5);
  expect(subjects(world, 'ann').at(-1)).toBe('[RESOLVED] API Down');
  const last = world.hook.got.at(-1)!.json.incident;
  expect(last.status).toBe('resolved');
  expect(last.incident_updates[0].status).toBe('resolved');
});

test('a monitor reports its outage when it is over: its end is told', async () => {
  const world = await watched();
  const pod = { labels: { alertname: 'PodCrash', component: 'db' }, startsAt: '2026-03-10T11:50:00Z' };
  const { json } = await world.post('/webhooks/alertmanager?token=the-webhook-token-of-this-test', {
    ...{ version: '4', status: 'resolved', groupLabels: {}, commonLabels: {} },
    alerts: [
      { ...pod, status: 'firing' },
      { ...pod, status: 'resolved', endsAt: '2026-03-10T11:58:00Z' },
    ],
  });
  expect(json.results.map(({ action }: { action: string }) => action)).toEqual(['opened', 'resolved']);
  await world.pass(120, 5);
  expectTold(world, ['[RESOLVED] PodCrash'], ['resolved']);
});

test('a file of a machine that comes from elsewhere is told like a person’s', async () => {
  const world = await watched();
  await world.write(
    '20260310_web-down.md',
    '---\ntitle: Web Down\nstatus: resolved\nseverity: major\nstarted: 2026-03-10T11:50:00Z\nresolved: 2026-03-10T11:58:00Z\ncomponents: [db]\nopened_by: probe:web\n---\n## Resolved 11:58 UTC\nOver.\n\n## Identified 11:55 UTC\nA disk.\n\n## Investigating 11:50 UTC\nIt fails.\n',
  );
  await world.pass(60, 5);
  const told = ['INCIDENT', 'UPDATE', 'RESOLVED'].map(tag => `[${tag}] Web Down`);
  for (const to of ['ann', 'db']) expect(subjects(world, to)).toEqual(told);
});

test('the end of several names all of them: who follows the one that recovered early was told nothing of that', async () => {
  const world = await watched();
  await turn(world, ['api', 'db'], 503, 100);
  await turn(world, ['db'], 200, 150);
  await turn(world, ['api'], 200, 100);
  expect(subjects(world, 'db')).toEqual([`[INCIDENT] ${BOTH}`, `[RESOLVED] ${BOTH}`]);
  for (const to of ['db', 'ann'])
    expect(mailsTo(world, to).at(-1)!.text?.replace(/\s+/g, ' ')).toMatch(
      /API and Database are working again\. The outage lasted 4 minutes/,
    );
});

test('a relapse and a new failure together: the beginning names both, in the webhook’s message, too', async () => {
  const world = await watched();
  await turn(world, ['db'], 503, 100);
  await turn(world, ['db'], 200, 150);
  expect(subjects(world, 'db')).toEqual(['[INCIDENT] Database Down', '[RESOLVED] Database Down']);
  await turn(world, ['api', 'db'], 503, 120);
  expect(subjects(world, 'ann').slice(2)).toEqual([`[INCIDENT] ${BOTH}`]);
  expect(subjects(world, 'db').slice(2)).toEqual([`[INCIDENT] ${BOTH}`]);
  expect(mailsTo(world, 'db').at(-1)!.text).toContain('Affects: API and Database\n');
  const [told] = world.hook.got.at(-1)!.json.incident.incident_updates;
  expect(told.body).toMatch(/^API is not working .*\n\nDatabase is not working /);
  const now = told.affected_components.map((one: Record<string, string>) => `${one.name} ${one.new_status}`);
  expect(now).toEqual(['API major_outage', 'Database major_outage']);
});
