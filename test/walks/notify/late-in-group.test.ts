// Reported late, in an incident of several components: another monitor says that one of them failed when its check has
// recovered. One outage, one story.
import { describe, expect, test } from 'vitest';
import type { World } from '../world.ts';
import { monitorsOf } from './monitors.ts';
import { expectTold, subjects, turn, type Watched, watched } from './watched.ts';

const FILE = '20260310_api-down.md';
const ID = '20260310_api-down';
const TITLE = 'API and Database Down';
const { generic, robot, alertmanager } = monitorsOf('db');

/** Two checks failed together, and the database recovered `sooner` seconds ago; the API fails still. */
async function oneRecovered(sooner: number): Promise<Watched> {
  const world = await watched('', '"Shop"');
  await turn(world, ['api', 'db'], 503, 120);
  await turn(world, ['db'], 200, sooner);
  expect(await world.read(FILE)).toMatch(/^status: investigating$/m);
  expect(await statusOf(world, 'db')).toBe('operational');
  return world;
}

const statusOf = async (world: World, id: string) =>
  (await world.get('/api/uptime.json')).json.components.find((one: { id: string }) => one.id === id).status;
const tags = (world: World) => subjects(world, 'ann').map(subject => /\[\w+\]/.exec(subject ?? '')?.[0]);

async function expectOneStory(world: World): Promise<void> {
  expect(await world.files()).toEqual([FILE]);
  expect(subjects(world, 'ann').every(subject => subject?.endsWith(TITLE))).toBe(true);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
}

const LATE = [
  ['another monitor', generic, 130],
  ['another monitor, without a time', generic, null],
  ['UptimeRobot', robot, 130],
  ['Alertmanager', alertmanager, 130],
] as const;

describe('one of its components recovered', () => {
  test.each(LATE)('while another fails: %s brings it back into the same', async (_, say, seconds) => {
    const world = await oneRecovered(90);
    expect(await say(world, 'down', seconds)).toMatchObject({ action: 'joined', incident: ID });
    await world.pass(30, 5);
    expect(await statusOf(world, 'db')).not.toBe('operational');
    await turn(world, ['api'], 200, 100);
    expect(await world.read(FILE)).toMatch(/^status: investigating$/m);
    expect(await say(world, 'up', 3)).toMatchObject({ action: 'resolved', incident: ID });
    await world.pass(900, 90);
    expect(tags(world)[0]).toBe('[INCIDENT]');
    expect(tags(world).filter(tag => tag === '[RESOLVED]')).toHaveLength(1);
    expect(tags(world).at(-1)).toBe('[RESOLVED]');
    await expectOneStory(world);
  });

  test.each(LATE.filter(([, , seconds]) => seconds !== null))(
    'and all is over: %s continues the same',
    async (_, say) => {
      const world = await oneRecovered(90);
      await turn(world, ['api'], 200, 100);
      expect(tags(world)).toEqual(['[INCIDENT]', '[RESOLVED]']);
      expect(await say(world, 'down', 220)).toMatchObject({ incident: ID });
      await world.pass(100, 20);
      expectTold(
        world,
        [`[INCIDENT] ${TITLE}`, `[RESOLVED] ${TITLE}`, `[UPDATE] ${TITLE}`],
        ['investigating', 'resolved', 'investigating'],
      );
      const [update] = world.mails.slice(-1);
      expect(update!.text).toContain('Still unstable.');
      await say(world, 'up', 3);
      await world.pass(200, 20);
      expect(tags(world)).toEqual(['[INCIDENT]', '[RESOLVED]', '[UPDATE]', '[RESOLVED]']);
      await expectOneStory(world);
    },
  );

  test('and its monitor says, too, that it was over by then: nothing is told, and nothing opened', async () => {
    const world = await oneRecovered(90);
    await turn(world, ['api'], 200, 100);
    await generic(world, 'down', 220);
    await generic(world, 'up', 195);
    await world.pass(300, 20);
    expect(tags(world).at(-1)).toBe('[RESOLVED]');
    await expectOneStory(world);
  });
});
