// A maintenance whose front matter nobody completes: at its planned end its Completed section is the completion.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';
import { openPeer } from './channel-peer.ts';

const FILE = '20260310_upgrade.md';
const work = (status: string, body: string) =>
  `---\ntitle: Upgrade\nstatus: ${status}\nstarted: 2026-03-10T10:00:00Z\nscheduled_start: 2026-03-10T11:00:00Z\nscheduled_end: 2026-03-10T12:02:00Z\ncomponents: [dashboard]\n---\n\nWe upgrade.\n\n${body}`;
const sent = ({ mails }: World) => mails.filter(({ subject }) => subject === '[MAINTENANCE] Upgrade');

/** The last update's words in the API and in a feed. */
async function words(world: World) {
  const [maintenance] = (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances;
  const feed = (await world.get('/status/feed.json')).json.items[0];
  return {
    api: [maintenance.status, maintenance.incident_updates[0].status],
    feed: feed.title,
  };
}

test.each(
  ['scheduled', 'in_progress'].flatMap(status => [
    [status, '12:02', 60] as const,
    [status, '12:02', 125] as const,
    [status, '12:03', 185] as const,
    [status, '12:01', 125] as const,
  ]),
)('%s, Completed %s, written after %i s: every place says completed, once', async (status, time, seconds) => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, work(status, ''));
  await world.pass(seconds, 5);
  const before = sent(world).length;
  const body = `## Completed ${time} UTC\nAll done.\n`;
  await world.write(FILE, work(status, body));
  await world.pass(100, 5);
  const news = sent(world).slice(before);
  expect(news).toHaveLength(1);
  expect(news[0]!.text).toMatch(/^COMPLETED · Maintenance/);
  expect(news[0]!.text).toContain('Ended');
  expect(await words(world)).toEqual({ api: ['completed', 'completed'], feed: 'Upgrade – Completed' });
  // The front matter says so at last: that is told already.
  await world.restart();
  await world.write(FILE, work('completed', body));
  await world.pass(20, 5);
  expect(sent(world)).toHaveLength(before + 1);
});

test('one told early, while the work went on, is told as the end by the clock, once', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, work('scheduled', ''));
  await world.pass(30, 5);
  await world.write(FILE, work('scheduled', '## Completed 12:00 UTC\nAll done.\n'));
  await world.pass(30, 5);
  expect(sent(world).at(-1)!.text).toMatch(/^IN PROGRESS · Maintenance[\s\S]*Completed/);
  const before = sent(world).length;
  await world.pass(120, 5);
  await world.restart();
  await world.pass(20, 5);
  expect(sent(world)).toHaveLength(before + 1);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED · Maintenance/);
  expect((await words(world)).api).toEqual(['completed', 'completed']);
});

test('without a section, its end is the newest entry of every feed, as it is told; the front matter adds none', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, work('scheduled', ''));
  await world.pass(60, 5);
  const titles = async () =>
    (await world.get('/status/feed.json')).json.items.map(({ title }: { title: string }) => title);
  expect(await titles()).toEqual(['Upgrade – Scheduled']);
  await world.pass(90, 5);
  expect(sent(world).at(-1)!.text).toMatch(/^COMPLETED · Maintenance/);
  const told = ['Upgrade – Completed', 'Upgrade – Scheduled'];
  expect(await titles()).toEqual(told);
  const ids = async () =>
    (await world.get('/status/feed.json')).json.items.map(({ id }: { id: string }) => id);
  const known = await ids();
  for (const feed of ['/status/feed.atom', '/status/feed/dashboard.rss', '/history.atom'])
    expect((await world.get(feed)).text).toMatch(/Completed[\s\S]*Scheduled/);
  await world.restart();
  await world.write(FILE, work('completed', ''));
  await world.pass(20, 5);
  expect(await titles()).toEqual(told);
  expect(await ids()).toEqual(known);
});

test('an end that comes in the middle of a round is told when it is shown', async () => {
  const hook = await openPeer();
  // A clock that runs while the server works: each look at it takes some milliseconds.
  let passed = 0;
  let takes = 0;
  const site = `title: T\nnotify: { channels: [ { type: webhook, url: "${hook.url}/x" } ] }\ncomponents:\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n`;
  const start = Date.parse('2026-03-10T12:01:50Z');
  const world = await openWorld({
    site: () => site,
    outside: {
      clock: () => {
        passed += takes;
        return start + passed;
      },
    },
  });
  const ends = Array.from({ length: 20 }, (_, n) => `2026-03-10T12:02:${String(n + 10)}Z`);
  for (const [n, end] of ends.entries())
    await world.write(`20260310_work-${n}.md`, work('scheduled', '').replace('2026-03-10T12:02:00Z', end));
  await world.pass(5, 1);
  passed += 18_000;
  takes = 37;
  while (passed < 45_000) await world.pass(1, 1);
  takes = 0;
  await world.pass(5, 1);
  const told = hook.got.map(({ json }) => json.incident);
  const last = new Map(told.map(one => [one.scheduled_until, [one.status, one.incident_updates[0].status]]));
  expect([...last.values()]).toEqual(ends.map(() => ['completed', 'completed']));
  expect(told).toHaveLength(2 * ends.length);
});
