// A comment that is never closed: what is new below it is shown, and tells nobody and changes nothing until it is closed.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const NAME = '20260310_slow.md';
const fileOf = (body: string) =>
  `---\ntitle: Slow\nstatus: investigating\nseverity: major\nstarted: 2026-03-10T11:50:00Z\ncomponents: [dashboard]\n---\n\n${body}`;
const BEGUN = '## Investigating 11:50 UTC\nIt takes a minute.\n';
const DRAFT =
  '## Monitoring 12:00 UTC\nseverity: minor\ncomponents: { dashboard: operational }\n\nSecret cause.\n';

async function opened(body: string): Promise<World> {
  const world = await openWorld();
  await subscribed(world, 'ann@example.com');
  await save(world, body);
  return world;
}
async function save(world: World, body: string, seconds = 10): Promise<void> {
  await world.write(NAME, fileOf(body));
  await world.pass(seconds, 5);
}
const subjects = ({ mails }: World) =>
  mails.flatMap(({ subject }) => (subject?.startsWith('[') ? [subject] : []));
async function state(world: World) {
  const { components, incidents } = (await world.get('/api/v2/summary.json')).json;
  const dashboard = components.find(({ name }: { name: string }) => name === 'Dashboard');
  return [dashboard.status, incidents[0].impact, incidents[0].incident_updates[0].status];
}
const problems = async (world: World) => JSON.stringify((await world.get('/readyz')).json.problems);

const BAD = ['partial_outage', 'major', 'investigating'];
const BETTER = ['operational', 'minor', 'monitoring'];
const TOLD = ['[INCIDENT] Slow'];

test.each(['', '\n-- >'])(
  'closed with “%s”: shown, held over a restart, told when the mark is gone',
  async end => {
    const world = await opened(BEGUN);
    await save(world, `${BEGUN}\n<!--\n${DRAFT}${end}\n`);
    for (const again of [false, true]) {
      if (again) await world.restart();
      await world.pass(10, 5);
      expect([subjects(world), await state(world)]).toEqual([TOLD, BAD]);
      expect((await world.get('/status/live')).text).toContain('Secret cause.');
      expect(await problems(world)).toContain('until then, nothing new is emailed');
    }
    await save(world, `${BEGUN}\n<!--\n${DRAFT}\n-->\n`);
    expect([subjects(world), await state(world), await problems(world)]).toEqual([TOLD, BAD, '[]']);
    expect((await world.get('/status/live')).text).not.toContain('Secret cause.');
    await save(world, `${BEGUN}\n${DRAFT}`);
    expect([subjects(world), await state(world)]).toEqual([[...TOLD, '[UPDATE] Slow'], BETTER]);
  },
);

test('above what was told, it takes nothing back; an end below it is a word', async () => {
  const world = await opened(`${DRAFT}\n${BEGUN}`);
  const told = subjects(world);
  expect([told.toSorted(), await state(world)]).toEqual([[...TOLD, '[UPDATE] Slow'], BETTER]);
  await save(
    world,
    `<!-- to do\n\n## Resolved 12:00 UTC\ncomponents: all\n\nAll is well.\n\n${DRAFT}\n${BEGUN}`,
  );
  expect([subjects(world), await state(world)]).toEqual([told, BETTER]);
  expect((await world.get('/status/live')).text).toContain('All is well.');
});
