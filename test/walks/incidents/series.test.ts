// A recurring maintenance is told once, and each occurrence by what happens to it alone; one that is called off by hand
// is called off everywhere.
import ICAL from 'ical.js';
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const FILE = '20260310_restart.md';
const ID = '20260310_restart';
const NOW = '2026-03-12T00:00:00Z';
const SERIES = (rule: string, more = '') => `---
title: Nightly restart
status: scheduled
started: 2026-03-09T11:00:00Z
scheduled_start: 2026-03-10T00:10:00Z
scheduled_end: 2026-03-10T00:40:00Z
rrule: ${rule}
components: [api]
---
Short pauses.
${more}`;
const OFF = (word: string, day: string) =>
  `\n## ${word} 2026-03-12 00:00 UTC\noccurrence: ${day}\n\nWe skip this one.\n`;

/** The entries of a feed as `title address`, newest first. */
async function entries(world: World, path: string): Promise<string[]> {
  const { text, json } = await world.get(path);
  if (path.endsWith('.json'))
    return json.items.map(
      ({ title, url }: { title: string; url: string }) => `${title} ${url.split('/').at(-1)}`,
    );
  const links = /<title>([^<]*)<\/title>\n<link[^>]*?(?:href="|>)[^"<]*\/incidents\/([^"<]*)/g;
  return [...text.matchAll(links)].map(([, title, id]) => `${title} ${id}`);
}

async function calendar(world: World, day: string) {
  const { text } = await world.get('/status/maintenance.ics');
  const event = new ICAL.Component(ICAL.parse(text))
    .getAllSubcomponents('vevent')
    .find(one => String(one.getFirstPropertyValue('recurrence-id')).startsWith(day));
  return event && ['status', 'sequence'].map(name => String(event.getFirstPropertyValue(name)));
}

test.each(['Completed', 'Cancelled', 'Canceled', 'Called off'])('an occurrence under `## %s`', async word => {
  const world = await openWorld({ now: NOW, files: { [FILE]: SERIES('FREQ=DAILY') } });
  await subscribed(world, 'olga@example.com');
  await world.pass(20, 5);
  const before = world.mails.length;
  await world.write(FILE, SERIES('FREQ=DAILY', OFF(word, '2026-03-12')));
  await world.pass(20, 5);
  const id = `${ID}--2026-03-12`;
  expect((await world.get('/readyz')).json.problems).toEqual([]);
  expect(world.mails.slice(before).map(({ subject }) => subject)).toEqual(['[MAINTENANCE] Nightly restart']);
  expect(world.mails.at(-1)!.text).toMatch(/^CANCELLED[\s\S]*We skip this one\./);
  expect((await world.get(`/status/incidents/${id}`)).text).toContain('Cancelled');
  expect(await entries(world, '/status/feed.json')).toEqual([
    `Nightly restart – ${word === 'Completed' ? 'Cancelled' : word} ${id}`,
    `Nightly restart – Scheduled ${ID}`,
  ]);
  expect(await calendar(world, '2026-03-12')).toEqual(['CANCELLED', '1']);
  const rows = async () => {
    const all = (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances;
    return all
      .filter(({ scheduled_for: start }: { scheduled_for: string }) => start < '2026-03-14')
      .map(({ status }: { status: string }) => status);
  };
  expect(await rows()).toEqual(['scheduled', 'completed', 'completed', 'completed']);

  // In its window, what fails is an outage.
  world.service.status = 503;
  await world.pass(900, 15);
  expect(await rows()).toEqual(['scheduled', 'completed', 'completed', 'completed']);
  expect(await world.files()).toContain('20260312_api-down.md');
});

test('its plan is one entry of every feed, and its next window one card', async () => {
  const outage = (day: string) =>
    `---\ntitle: Outage of ${day}\nstatus: resolved\nseverity: minor\nstarted: ${day}T10:00:00Z\nresolved: ${day}T11:00:00Z\ncomponents: [api]\n---\nIt was down.\n`;
  const world = await openWorld({
    now: NOW,
    files: { [FILE]: SERIES('FREQ=DAILY'), '20260201_one.md': outage('2026-02-01') },
  });
  const told = [
    'Nightly restart – Scheduled 20260310_restart',
    'Outage of 2026-02-01 – Resolved 20260201_one',
    'Outage of 2026-02-01 – Investigating 20260201_one',
  ];
  for (const of of ['feed.json', 'feed.atom', 'feed.rss', 'feed/api.json', 'feed/api.rss'])
    expect([of, await entries(world, `/status/${of}`)]).toEqual([of, told]);
  const stories = ['Nightly restart 20260310_restart', 'Outage of 2026-02-01 20260201_one'];
  for (const of of ['atom', 'rss']) expect(await entries(world, `/history.${of}`)).toEqual(stories);

  const upcoming = async () => {
    const { text } = await world.get('/status/live');
    const [, section = ''] = /<section id="upcoming"([\s\S]*?)<\/section>/.exec(text) ?? [];
    return [...section.matchAll(/<p class="facts">(.*?)<\/p>/g)].map(([, html = '']) =>
      html.replace(/<[^>]*>|\(.*?\)/g, '').replace(/\s+/g, ' '),
    );
  };
  expect(await upcoming()).toEqual(['API · Thu 12 Mar, 00:10–00:40 · repeats, again tomorrow 00:10']);
  // While one is under way, the next one is shown beside it; what is written about one is an entry.
  await world.write(
    FILE,
    SERIES('FREQ=DAILY', '\n## In progress 2026-03-12 00:11 UTC\n\nIt takes a while.\n'),
  );
  await world.pass(720, 60);
  expect((await world.get('/status/live')).text).toContain(`id="i-${ID}--2026-03-12"`);
  expect(await upcoming()).toEqual([expect.stringContaining('again 14 Mar, 00:10')]);
  const begun = `Nightly restart – In progress ${ID}--2026-03-12`;
  expect(await entries(world, '/status/feed.json')).toEqual([begun, ...told]);
  await world.pass(1800, 60);
  const over = `Nightly restart – Completed ${ID}--2026-03-12`;
  expect(await entries(world, '/status/feed.atom')).toEqual([over, begun, ...told]);
  // What is next is far away, and so is what comes after it.
  await world.write(FILE, SERIES('FREQ=MONTHLY', OFF('Cancelled', '2026-04-10')));
  await world.pass(20, 5);
  expect(await upcoming()).toEqual([expect.stringMatching(/Sun 10 May, .*repeats, again 10 Jun, 00:10/)]);
  const { json } = await world.get('/api/v2/scheduled-maintenances/upcoming.json');
  expect(json.scheduled_maintenances.map((one: { scheduled_for: string }) => one.scheduled_for)).toEqual([
    '2026-05-10T00:10:00.000Z',
  ]);
  await world.write(FILE, SERIES('freq=daily;until=20260313'));
  await world.pass(20, 5);
  expect(await upcoming()).toEqual([expect.not.stringContaining('repeats')]);
});
