// A person writes in an automatic incident that is over that it is not: page, API, feeds, emails and chat say the same.
import { describe, expect, test } from 'vitest';
import { monitorsOf } from './monitors.ts';
import { mailsTo, turn, type Watched, watched } from './watched.ts';

const API = '20260310_api-down';
const SHOP = '20260310_shop-down';
const FILE = `${API}.md`;
const WORDS = 'We do not trust it yet.';
const [BEGUN, ENDED, UPDATED] = ['[INCIDENT] API Down', '[RESOLVED] API Down', '[UPDATE] API Down'];

/** The check failed and recovered so many seconds ago. */
async function over(sooner: number): Promise<Watched> {
  const world = await watched();
  await turn(world, ['api'], 503, 100);
  await turn(world, ['api'], 200, sooner);
  expect(await world.read(FILE)).toContain('status: resolved\n');
  return world;
}

const time = (world: Watched, ago = 0) => new Date(world.now() - ago * 1000).toISOString();
const toTheMinute = (world: Watched) => `${time(world).slice(11, 16)} UTC`;

async function write(world: Watched, heading: string, words = WORDS, id = API): Promise<void> {
  const text = await world.read(`${id}.md`);
  await world.write(`${id}.md`, text.replace('## ', `## ${heading}\n${words}\n\n## `));
  await world.pass(10, 5);
}

/** Expects that everything shows the incident in this status; null: as over. */
async function expectShown(world: Watched, status: string | null, id = API): Promise<void> {
  const state = status ?? 'resolved';
  expect(await world.read(`${id}.md`)).toMatch(new RegExp(`^status: ${state}$`, 'm'));
  const open = (await world.get('/api/v2/incidents/unresolved.json')).json.incidents;
  expect(open.map((one: { status: string }) => one.status)).toEqual(status === null ? [] : [status]);
  const [first] = (await world.get('/api/v2/incidents.json')).json.incidents;
  expect([first.status, first.resolved_at === null]).toEqual([state, status !== null]);
  const live = (await world.get('/status/live')).text;
  expect(live.includes('All systems operational')).toBe(status === null);
  const [api] = (await world.get('/api/uptime.json')).json.components;
  expect(api.status === 'operational').toBe(status === null);
  const own = (await world.get(`/status/incidents/${id}`)).text;
  expect(own).toContain(WORDS);
  expect((await world.get('/status/feed.atom')).text).toContain(WORDS);
}

const LABELS = ['Monitoring', 'Investigating', 'Identified'] as const;

describe('a section with a status, after the end', () => {
  test.each(LABELS.flatMap(label => [15, 90].map(sooner => [label, sooner] as const)))(
    '%s, %i s after it: it is open again, until a person ends it',
    async (label, sooner) => {
      const world = await over(sooner);
      const status = label.toLowerCase();
      const told =
        sooner < 60
          ? [[BEGUN, 'investigating']]
          : [
              [BEGUN, 'investigating'],
              [ENDED, 'resolved'],
            ];
      await write(world, `${label} ${toTheMinute(world)}`);
      await expectShown(world, status);
      told.push([UPDATED, status]);
      await world.restart();
      await world.pass(300, 60);
      await expectShown(world, status);
      expectAll(world, told);
      expect(mailsTo(world, 'ann').at(-1)!.text).toContain(WORDS);
      const text = await world.read(FILE);
      await world.write(
        FILE,
        text.replace(`status: ${status}`, `status: resolved\nresolved: ${time(world)}`),
      );
      await world.pass(10, 5);
      await expectShown(world, null);
      expectAll(world, [...told, [ENDED, 'resolved']]);
    },
  );

  test('an hour after it, with seconds: the same, until the source fails again and recovers', async () => {
    const world = await over(60);
    await world.pass(3600, 300);
    await write(world, `Investigating ${time(world)}`);
    await expectShown(world, 'investigating');
    await turn(world, ['api'], 503, 60);
    await turn(world, ['api'], 200, 90);
    await expectShown(world, null);
    expect(mailsTo(world, 'ann').at(-1)!.subject).toBe(ENDED);
    expect(await world.files()).toEqual([FILE]);
  });

  test('an editor puts the front matter of before back with the next words: it stays open', async () => {
    const world = await over(90);
    const text = await world.read(FILE);
    const section = `## Monitoring ${toTheMinute(world)}\n${WORDS}`;
    await world.write(FILE, text.replace('## ', `${section}\n\n## `));
    await world.pass(10, 5);
    await world.write(FILE, text.replace('## ', `${section} Really.\n\n## `));
    await world.pass(10, 5);
    await expectShown(world, 'monitoring');
    expect(mailsTo(world, 'ann')).toHaveLength(3);
  });

  test('with a mistake that is corrected later: open from then on', async () => {
    const world = await over(90);
    const text = await world.read(FILE);
    const wrong = text.replace('severity: critical', 'severity: criticl');
    const section = `## Monitoring ${toTheMinute(world)}\n${WORDS}\n\n`;
    await world.write(FILE, wrong.replace('## ', `${section}## `));
    await world.pass(10, 5);
    await world.write(FILE, text.replace('## ', `${section}## `));
    await world.pass(10, 5);
    await expectShown(world, 'monitoring');
    expectAll(world, [
      [BEGUN, 'investigating'],
      [ENDED, 'resolved'],
      [UPDATED, 'monitoring'],
    ]);
  });
});

describe('it stays over, and is told so', () => {
  test('a section about a time that is long past', async () => {
    const world = await over(90);
    await world.pass(1920, 60);
    await write(world, `Monitoring ${time(world, 1830)}`);
    await expectShown(world, null);
    expectAll(world, [
      [BEGUN, 'investigating'],
      [ENDED, 'resolved'],
      [UPDATED, 'resolved'],
    ]);
    expect(mailsTo(world, 'ann').at(-1)!.text).not.toMatch(/^monitoring/im);
  });

  test('what was written before the recovery was known, and a plain update after it', async () => {
    const world = await watched();
    const { generic } = monitorsOf('api');
    await generic(world, 'down', 0);
    await world.pass(100, 5);
    await write(world, `Monitoring ${time(world)}`, 'A fix is in.', SHOP);
    await world.pass(20, 5);
    await generic(world, 'up', 40);
    await world.pass(90, 5);
    await write(world, `Update ${toTheMinute(world)}`, WORDS, SHOP);
    await expectShown(world, null, SHOP);
    const [begun, updated, ended] = [BEGUN, UPDATED, ENDED].map(one => one.replace('API', 'Shop'));
    expectAll(world, [
      [begun, 'investigating'],
      [updated, 'monitoring'],
      [ended, 'resolved'],
      [updated, 'resolved'],
    ]);
    expect(mailsTo(world, 'ann').at(-1)!.text).not.toMatch(/^monitoring/im);
  });
});

function expectAll(world: Watched, told: readonly (readonly (string | undefined)[])[]): void {
  const ann = mailsTo(world, 'ann').map(({ subject }) => subject);
  expect(ann).toEqual(told.map(([subject]) => subject));
  expect(world.chat.got.map(({ json }) => json.blocks[0].text.text)).toEqual(ann);
  expect(world.hook.got.map(({ json }) => json.incident.status)).toEqual(told.map(([, status]) => status));
}
