// A relapse in an incident of several sources is told like one of a lone source: at once, and its end again.
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const IDS = ['api', 'db', 'web'] as const;
type Id = (typeof IDS)[number];
const FILE = '20260310_api-down.md';
const NAMES = 'API and Database Down';

/** Three checks, each every 5 seconds; two of them failed together, recovered, and their end was told. */
async function recovered(): Promise<World & { status: Record<Id, number> }> {
  const status: Record<Id, number> = { api: 200, db: 200, web: 200 };
  const server = createServer((req, res) => res.writeHead(status[req.url?.slice(1) as Id] ?? 404).end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const one = (id: Id, name: string) =>
    `  - { id: ${id}, name: ${name}, schedule: "*/5 * * * * *", check: { type: http, url: "${base}/${id}" }, detect: { latency: 1m } }`;
  const world = await openWorld({
    site: () =>
      `title: T\ncomponents:\n${one('api', 'API')}\n${one('db', 'Database')}\n${one('web', 'Web')}\n`,
  });
  await world.pass(30, 5);
  await subscribed(world, 'ann@example.com');
  status.api = status.db = 503;
  await world.pass(120, 5);
  status.api = status.db = 200;
  await world.pass(150, 5);
  expect(subjects(world)).toEqual([`[INCIDENT] ${NAMES}`, `[RESOLVED] ${NAMES}`]);
  world.mails.length = 0;
  return Object.assign(world, { status });
}

const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const newestSection = (text: string) => text.split(/^## /m)[1] ?? '';

/** What the end says: the recovery's words, and no more of a failure. */
async function expectEnd(world: World, names: readonly string[]): Promise<void> {
  const end = newestSection(await world.read(FILE));
  expect(end).toMatch(/^Resolved /);
  const verb = names.length > 1 ? 'are' : 'is';
  expect(end).toContain(`\n${names.join(' and ')} ${verb} working again. The outage lasted `);
  // Of this relapse alone.
  expect(end).toMatch(/ lasted (\d+ seconds|1 minute)/);
  expect(end).not.toMatch(/failing|fails? too/);
  expect(world.mails.at(-1)!.text).toContain(' working again.');
  expect(await world.files()).toEqual([FILE]);
  expect((await world.get('/readyz')).json.problems).toEqual([]);
}

test.each([30, 50, 90])('of one of them, of %i s: told at once, and its end again', async seconds => {
  const world = await recovered();
  world.status.api = 503;
  await world.pass(20, 5);
  expect(subjects(world)).toEqual([`[UPDATE] ${NAMES}`]);
  expect(world.mails[0]!.text).toContain('API is failing again (HTTP 503).');
  expect(newestSection(await world.read(FILE))).toMatch(/components: \[api\]\n\nAPI is failing again/);
  await world.pass(seconds - 20, 5);
  world.status.api = 200;
  await world.pass(40, 5);
  expect(subjects(world)).toHaveLength(1);
  await world.pass(60, 5);
  expect(subjects(world)).toEqual([`[UPDATE] ${NAMES}`, `[RESOLVED] ${NAMES}`]);
  await expectEnd(world, ['API']);
});

test('of both of them for a short time: told once, and its end again', async () => {
  const world = await recovered();
  world.status.api = 503;
  await world.pass(5, 5);
  world.status.db = 503;
  await world.pass(30, 5);
  world.status.api = world.status.db = 200;
  await world.pass(120, 5);
  expect(subjects(world)).toEqual([`[UPDATE] ${NAMES}`, `[RESOLVED] ${NAMES}`]);
  expect(world.mails[0]!.text).toContain('Still unstable. API is not working');
  expect(world.mails[0]!.text).toContain('Database is not working');
  await expectEnd(world, ['API', 'Database']);
});

test('while another check is in doubt: told with it, or when the doubt or the relapse is over', async () => {
  const world = await recovered();
  world.status.api = 503;
  // Never confirmed: every other look is good.
  for (let look = 0; look < 6; look++) {
    world.status.web = look % 2 === 0 ? 503 : 200;
    await world.pass(5, 5);
  }
  world.status.web = 503;
  world.status.api = 200;
  await world.pass(5, 5);
  world.status.web = 200;
  await world.pass(120, 5);
  expect(subjects(world)).toEqual([`[UPDATE] ${NAMES}`, `[RESOLVED] ${NAMES}`]);
  await expectEnd(world, ['API']);
});

test('that one comes back from, twice, with a restart in between', async () => {
  const world = await recovered();
  for (const id of ['db', 'api'] as const) {
    world.mails.length = 0;
    world.status[id] = 503;
    await world.pass(20, 5);
    expect(subjects(world)).toEqual([`[UPDATE] ${NAMES}`]);
    await world.restart();
    world.status[id] = 200;
    await world.pass(120, 5);
    expect(subjects(world)).toEqual([`[UPDATE] ${NAMES}`, `[RESOLVED] ${NAMES}`]);
  }
  await expectEnd(world, ['API']);
});
