// A machine's incident is told calmly: one update in ten minutes, its end when it has held, and a relapse as an update.
import { expect, test } from 'vitest';
import { checked } from '../monitoring/two-checks.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';
const say = (world: World, alert_type: string) => world.post(HOOK, { alert_type, monitor_name: 'Dashboard' });
const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));

async function down(): Promise<World> {
  const world = await openWorld();
  await subscribed(world, 'ann@example.com');
  await say(world, 'down');
  await world.pass(120, 10);
  expect(subjects(world)).toEqual(['[INCIDENT] Dashboard Down']);
  return world;
}

test('an end is shown at once, and told when it has held for a minute, over a restart too', async () => {
  const world = await down();
  expect((await say(world, 'up')).json).toMatchObject({ action: 'resolved' });
  expect((await world.get('/api/v2/incidents/unresolved.json')).json.incidents).toEqual([]);
  await world.pass(30, 5);
  expect(subjects(world)).toHaveLength(1);
  await world.restart();
  await world.pass(20, 5);
  expect(subjects(world)).toHaveLength(1);
  await world.pass(20, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Dashboard Down', '[RESOLVED] Dashboard Down']);
  await world.pass(600, 30);
  expect(subjects(world)).toHaveLength(2);
});

test('an end that does not hold is told to nobody; what flaps is told once in ten minutes', async () => {
  const world = await down();
  for (let round = 0; round < 6; round++) {
    await say(world, 'up');
    await world.pass(30, 5);
    await say(world, 'down');
    await world.pass(20, 5);
  }
  expect(subjects(world)).toHaveLength(1);
  await world.pass(240, 10);
  expect(subjects(world)).toEqual(['[INCIDENT] Dashboard Down', '[UPDATE] Dashboard Down']);
  expect(world.mails.at(-1)!.text).toContain('Still unstable.');
  await say(world, 'up');
  await world.pass(90, 10);
  expect(subjects(world).slice(2)).toEqual(['[RESOLVED] Dashboard Down']);
  expect(await world.files()).toHaveLength(1);
});

test('a relapse after the end was told is an update at once, and its end is told again', async () => {
  const world = await down();
  await say(world, 'up');
  await world.pass(90, 10);
  await say(world, 'down');
  await world.pass(5, 1);
  expect(subjects(world).slice(1)).toEqual(['[RESOLVED] Dashboard Down', '[UPDATE] Dashboard Down']);
  expect(world.mails.at(-1)!.text).toContain('Still unstable.');
  await say(world, 'up');
  await world.pass(90, 10);
  expect(subjects(world).slice(3)).toEqual(['[RESOLVED] Dashboard Down']);
});

test('an end does not hold if its source fails again in an operator’s incident; it is told when that recovers', async () => {
  const world = await checked();
  world.answers.api = 500;
  await world.pass(20, 5);
  const beside =
    '---\ntitle: API trouble\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T12:00:30Z\ncomponents: [api]\n---\n## Investigating 12:00:30 UTC\nWe look.\n';
  await world.write('20260310_trouble.md', beside);
  await world.pass(10, 5);
  const told = ['[INCIDENT] API Down', '[INCIDENT] API trouble'];
  expect(subjects(world)).toEqual(told);
  for (let round = 0; round < 2; round++) {
    world.answers.api = 200;
    await world.pass(10, 5);
    expect(await world.read('20260310_api-down.md')).toContain('status: resolved');
    world.answers.api = 500;
    await world.pass(90, 5);
    await world.restart();
    await world.pass(10, 5);
    expect(subjects(world)).toEqual(told);
  }
  world.answers.api = 200;
  await world.pass(40, 5);
  expect(subjects(world)).toEqual(told);
  await world.pass(40, 5);
  expect(subjects(world)).toEqual([...told, '[RESOLVED] API Down']);
  await world.pass(900, 30);
  expect(subjects(world)).toHaveLength(3);
});

test('what a person writes in it is told at once', async () => {
  const world = await down();
  const [file = ''] = await world.files();
  const text = await world.read(file);
  await world.write(file, `${text}\n## Identified 12:02 UTC\nA disk is full.\n`);
  await world.pass(5, 1);
  expect(subjects(world).slice(1)).toEqual(['[UPDATE] Dashboard Down']);
});

test.each([
  ['with words', '## Resolved 12:02 UTC\nWe put the disk back.\n\n## '],
  ['by the front matter alone', '## '],
])('an end that a person wrote in it, %s, is told at once', async (_, above) => {
  const world = await down();
  const [file = ''] = await world.files();
  const text = (await world.read(file)).replace('## ', above);
  await world.write(
    file,
    text.replace('status: investigating', 'status: resolved\nresolved: 2026-03-10T12:02:00Z'),
  );
  await world.pass(5, 1);
  expect(subjects(world).slice(1)).toEqual(['[RESOLVED] Dashboard Down']);
  await world.pass(120, 5);
  expect(subjects(world)).toHaveLength(2);
});

test('what waited is told with the newest words, and nothing is left out', async () => {
  const world = await openWorld({
    site: () => `title: T
components:
  - { id: api, name: API, check: { type: manual }, match: [One, Two, Three] }
  - { id: db, name: Database, check: { type: manual }, match: [Two, Three] }
  - { id: app, name: App, check: { type: manual }, match: [Three] }
`,
  });
  await subscribed(world, 'ann@example.com');
  const hear = (monitor_name: string, alert_type = 'down') => world.post(HOOK, { alert_type, monitor_name });
  await hear('One');
  await world.pass(120, 10);
  for (const [monitor, kind] of [['Two'], ['Three'], ['Three', 'up']] as const) {
    await hear(monitor, kind);
    await world.pass(60, 20);
  }
  expect(await world.files()).toHaveLength(1);
  // The first that brings a component does not wait; from it on, it is calm.
  const told = ['[INCIDENT] One Down', '[UPDATE] One Down'];
  expect(subjects(world)).toEqual(told);
  expect(world.mails.at(-1)!.text).toContain('Two is down');
  await world.pass(120, 20);
  await world.restart();
  await world.pass(240, 20);
  expect(subjects(world)).toEqual(told);
  await world.pass(180, 20);
  expect(subjects(world)).toEqual([...told, '[UPDATE] One Down']);
  for (const one of ['Three is down', 'Three is up']) expect(world.mails.at(-1)!.text).toContain(one);
});

test('what is worse does not wait after the beginning; what is worse still waits for calm', async () => {
  const world = await openWorld({
    site: () =>
      'title: T\ncomponents:\n  - { id: api, name: API, check: { type: manual }, match: [Slow, Dead, Other] }\n',
  });
  await subscribed(world, 'ann@example.com');
  const hear = async (title: string, severity: string, status = 'down') => {
    await world.post('/webhooks/generic?token=the-webhook-token-of-this-test', { title, severity, status });
    await world.pass(30, 5);
  };
  await hear('Slow', 'minor');
  expect(subjects(world)).toEqual(['[INCIDENT] Slow Down']);
  await hear('Other', 'major');
  await world.restart();
  await hear('Dead', 'critical');
  expect(subjects(world).slice(1)).toEqual(['[UPDATE] Slow Down']);
  expect(world.mails.at(-1)!.text).toContain('Other');
  await hear('Dead', 'critical', 'up');
  await hear('Dead', 'critical');
  await world.pass(400, 20);
  expect(subjects(world)).toHaveLength(2);
  await world.pass(200, 20);
  expect(subjects(world).slice(1)).toEqual(['[UPDATE] Slow Down', '[UPDATE] Slow Down']);
  expect(world.mails.at(-1)!.text).toContain('Dead');
});

const TROUBLE = '/webhooks/site24x7?token=the-webhook-token-of-this-test';
const found = (world: World, STATUS: string) =>
  world.post(TROUBLE, {
    MONITORNAME: 'Dashboard',
    MONITOR_ID: '5',
    STATUS,
    INCIDENT_TIME_ISO: new Date(world.now()).toISOString(),
    INCIDENT_REASON: 'r',
  });

test('what gets worse after an operator’s words is told at once, over a restart too; then it is calm', async () => {
  const world = await openWorld();
  await subscribed(world, 'ann@example.com');
  await found(world, 'TROUBLE');
  await world.pass(90, 10);
  const [file = ''] = await world.files();
  await world.write(file, `${await world.read(file)}\n## Update 12:01 UTC\nWe look.\n`);
  await world.pass(60, 10);
  expect(subjects(world)).toHaveLength(2);
  await world.restart();
  await found(world, 'DOWN');
  await world.pass(5, 1);
  expect(subjects(world)).toHaveLength(3);
  expect(world.mails.at(-1)!.text).toContain('Critical');
  await world.write(file, `${await world.read(file)}\n## Update 12:03 UTC\nWe still look.\n`);
  await world.pass(5, 1);
  expect(subjects(world)).toHaveLength(4);
  await world.pass(500, 20);
  expect(subjects(world)).toHaveLength(4);
});

test.each(['', 'over a restart, '])(
  'after a relapse, %sa component that fails again is told at once',
  async how => {
    const world = await checked();
    Object.assign(world.answers, { api: 500, db: 500 });
    await world.pass(120, 5);
    Object.assign(world.answers, { api: 200, db: 200 });
    await world.pass(90, 5);
    const told = subjects(world);
    expect(told.at(-1)).toMatch('[RESOLVED]');
    world.answers.api = 500;
    await world.pass(30, 5);
    expect(subjects(world).slice(told.length)).toEqual([expect.stringContaining('[UPDATE]')]);
    if (how) await world.restart();
    world.answers.db = 500;
    await world.pass(90, 5);
    expect(subjects(world).slice(told.length)).toHaveLength(2);
    expect(world.mails.at(-1)!.text).toContain('Database is not working');
  },
);

test('what gets worse within the minute of an end that was told to nobody is no second beginning', async () => {
  const world = await openWorld();
  await subscribed(world, 'ann@example.com');
  await subscribed(world, 'edda@example.com', new URLSearchParams('detail=ends'));
  const tell = (status: string) =>
    world.post(HOOK.replace('uptime', 'generic'), { monitor: 'D', component: 'dashboard', status });
  const told = (to: string) =>
    world.mails
      .filter(mail => mail.subject?.startsWith('[') && JSON.stringify(mail.to).includes(`${to}@`))
      .map(({ subject }) => subject!.replace(/\].*/, ']'));
  await tell('degraded');
  await world.pass(60, 10);
  await tell('up');
  await world.pass(20, 5);
  await tell('down');
  await world.pass(60, 10);
  expect(told('ann')).toEqual(['[INCIDENT]', '[UPDATE]']);
  expect(told('edda')).toEqual(['[INCIDENT]']);
  await tell('up');
  await world.pass(90, 10);
  await tell('down');
  await world.pass(60, 10);
  // That end was told.
  expect(told('edda')).toEqual(['[INCIDENT]', '[RESOLVED]', '[UPDATE]']);
});
