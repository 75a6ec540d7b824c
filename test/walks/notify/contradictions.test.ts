// Updates that contradict the front matter, or come too late for the beginning: what is mailed, and what the operator is told.
import { expect, test } from 'vitest';
import { addUpdate } from '../../../src/core/incidents/file/print.ts';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_exports.md';
const front = (state = 'status: resolved\nresolved: 2026-03-10T11:58:00Z') =>
  `---\ntitle: Slow exports\n${state}\nseverity: critical\nstarted: 2026-03-10T11:40:00Z\ncomponents: [dashboard]\n---\n\n`;
const BEGUN = '## Investigating 11:40 UTC\nWe look.\n\n';
const TOLD = `${BEGUN}## Identified 11:50 UTC\nA disk.\n\n## Resolved 11:58 UTC\nFast again.\n\n`;

const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const problemsOf = async (world: World): Promise<string[]> =>
  (await world.get('/readyz')).json.problems.map((problem: object) => JSON.stringify(problem));

async function told(body = TOLD, state?: string) {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, front(state) + body);
  await world.pass(10, 5);
  return { world, sent: subjects(world).length };
}

test.each(['Investigating', 'Identified', 'Monitoring'])(
  '"%s" after the end in the front matter is named and not sent until the front matter agrees',
  async label => {
    const { world, sent } = await told();
    const word = label.toLowerCase();
    const again = `${TOLD}## ${label} 12:00 UTC\nIt is back.\n\n## Update 12:00 UTC\nStill.\n`;
    await world.write(FILE, front() + again);
    await world.pass(10, 5);
    await world.restart();
    await world.pass(10, 5);
    expect(subjects(world)).toHaveLength(sent);
    expect((await problemsOf(world)).join('\n')).toContain(
      `the newest update says ${word}, but the front matter says resolved`,
    );
    await world.write(FILE, front(`status: ${word}`) + again);
    await world.pass(20, 5);
    expect(subjects(world).slice(sent)).toEqual(['[UPDATE] Slow exports', '[UPDATE] Slow exports']);
    expect((await problemsOf(world)).join('\n')).not.toContain('the newest update says');
  },
);

test('what says no status is sent after the end, and so is an end beside what contradicts it', async () => {
  const { world, sent } = await told(BEGUN, 'status: investigating');
  await world.write(FILE, `${front()}${TOLD}## Monitoring 11:59 UTC\nWe watch.\n`);
  await world.pass(10, 5);
  expect(subjects(world).slice(sent)).toEqual(['[UPDATE] Slow exports', '[RESOLVED] Slow exports']);
  await world.write(FILE, `${front()}${TOLD}## Update 11:59 UTC\nWe watch.\n`);
  await world.pass(10, 5);
  expect(subjects(world).slice(sent + 2)).toEqual(['[UPDATE] Slow exports']);
});

test('a section with a new status, under a front matter that was left behind, is the status everywhere', async () => {
  const { world } = await told(BEGUN, 'status: investigating');
  await world.write(FILE, `${front('status: investigating')}${BEGUN}## Monitoring 12:00 UTC\nWe watch.\n`);
  await world.pass(10, 5);
  expect(world.mails.at(-1)!.text).toContain('MONITORING');
  const [{ status, incident_updates: updates }] = (await world.get('/api/v2/incidents/unresolved.json')).json
    .incidents;
  expect([status, updates[0].status]).toEqual(['monitoring', 'monitoring']);
  expect(world.system.snapshot().incidents[0]!.state).toBe('monitoring');
  // The next words of the command line keep the key in step.
  const text = addUpdate(await world.read(FILE), { status: 'monitoring', at: world.now(), message: 'Calm.' });
  expect(text).toContain('\nstatus: monitoring\n');
  expect((await problemsOf(world)).join('\n')).not.toContain('status');
});

const EARLIER = '## Investigating 2026-03-10 11:20 UTC\nFirst signs.\n\n';

test.each<[string, string, string]>([
  ['of an open incident', BEGUN, 'status: investigating'],
  ['of one that is over', TOLD, 'status: resolved\nresolved: 2026-03-10T11:58:00Z'],
  ['of one begun with words alone', 'We look.\n\n', 'status: investigating'],
])(
  'a section put before the beginning %s is shown, and told once, as an update',
  async (_name, body, state) => {
    const { world, sent } = await told(body, state);
    expect(subjects(world)[0]).toBe('[INCIDENT] Slow exports');
    // Below, newest first, as above: what counts is its time.
    await world.write(FILE, `${front(state)}${body}${EARLIER}`);
    await world.pass(10, 5);
    await world.restart();
    await world.pass(10, 5);
    expect(subjects(world).slice(sent)).toEqual(['[UPDATE] Slow exports']);
    expect((await world.get('/status/incidents/20260310_exports')).text).toContain('First signs.');
    // What comes later is news all the same.
    await world.write(
      FILE,
      `${front('status: identified')}${body}${EARLIER}## Identified 2026-03-10 12:00 UTC\nA disk.\n`,
    );
    await world.pass(10, 5);
    expect(subjects(world).slice(sent)).toEqual(['[UPDATE] Slow exports', '[UPDATE] Slow exports']);
  },
);

test('a section put before a beginning that still waits does not take its place', async () => {
  const world = await openWorld({
    site: () =>
      'title: T\nnotify: { grace: 20s }\ncomponents:\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n',
  });
  await subscribed(world, 'olga@example.com');
  const state = 'status: investigating';
  await world.write(FILE, front(state) + BEGUN);
  await world.pass(10, 5);
  await world.write(FILE, front(state) + EARLIER + BEGUN);
  await world.pass(30, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
  expect(world.mails.at(-2)!.text).toContain('We look.');
});

test('one put before the announcement of a maintenance does not stand for its reminder', async () => {
  const work = (body: string) =>
    `---\ntitle: Upgrade\nstatus: scheduled\nstarted: 2026-03-10T11:50:00Z\nscheduled_start: 2026-03-10T13:00:30Z\nscheduled_end: 2026-03-10T14:00:00Z\ncomponents: [dashboard]\n---\n\n${body}`;
  const world = await openWorld({
    site: () =>
      'title: T\nmaintenance: { notices: [1h] }\ncomponents:\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n',
  });
  await subscribed(world, 'olga@example.com');
  const planned = '## Scheduled 2026-03-10 11:50 UTC\nWe upgrade.\n\n';
  await world.write('20260310_upgrade.md', work(planned));
  await world.pass(15, 5);
  expect(subjects(world)).toEqual(['[MAINTENANCE] Upgrade']);
  // Told before the reminder is due: of what is told with it, nobody is reminded as well.
  await world.write('20260310_upgrade.md', work(`## Scheduled 2026-03-10 11:30 UTC\nWe plan.\n\n${planned}`));
  await world.pass(60, 5);
  expect(subjects(world)).toHaveLength(3);
  expect(world.mails.filter(({ text }) => text?.includes('This maintenance begins in'))).toHaveLength(1);
});

test('with a `started` in the future, what is said after it was first seen is news', async () => {
  const head = front('status: investigating').replace('11:40', '13:30');
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, `${head}## Investigating 13:30 UTC\nWe look.\n`);
  await world.pass(90, 5);
  await world.restart();
  await world.write(
    FILE,
    `${head}## Update 2026-03-10 12:01 UTC\nA disk.\n\n## Investigating 13:30 UTC\nWe look.\n`,
  );
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
});
