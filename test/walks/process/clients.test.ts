// Programs that others wrote for Statuspage pages and feeds, unchanged, against the real server.
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import RssParser from 'rss-parser';
import { Statuspage as Client } from 'statuspage.io';
import { Statuspage } from 'statuspage.js';
import { expect, test } from 'vitest';
import { openWorld } from '../world.ts';

const FILES = {
  '20260310_open.md': `---
title: Elevated API errors
status: identified
severity: major
started: 2026-03-10T10:00:00Z
components: [api]
---
## Investigating 10:00 UTC
Looking *hard*.

## Identified 10:06 UTC
Bad deploy.
`,
  '20260309_over.md': `---
title: Slow mails
status: resolved
severity: minor
started: 2026-03-09T10:00:00Z
resolved: 2026-03-09T11:00:00Z
components: []
---
Slow.
`,
  '20260310_upkeep.md': `---
title: Database upkeep
status: scheduled
scheduled_start: 2026-03-12T02:00:00Z
scheduled_end: 2026-03-12T03:00:00Z
components: [dashboard]
---
Read-only for an hour.
`,
};
const HOOK = '/webhooks/uptime?token=the-webhook-token-of-this-test';

test('the client `statuspage.io` reads everything, and follows an outage', async () => {
  const world = await openWorld({ files: FILES });
  const client = new Client('acme');
  client.setApiUrl(world.url);
  const { api } = client;
  expect((await api.getStatus()).status).toEqual({
    indicator: 'minor',
    description: 'Minor Service Outage',
  });
  const { components } = await api.getComponents();
  expect(components.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'API partial_outage',
    'Dashboard operational',
    'Background Jobs operational',
  ]);
  // Its type of a summary contradicts itself; what it reads does not.
  const summary = (await api.getSummary()) as unknown as {
    page: { url: string };
    incidents: { name: string }[];
  };
  expect(summary.page.url).toBe(world.url);
  expect(summary.incidents.map(({ name }) => name)).toEqual(['Elevated API errors']);
  expect((await api.incidents.getAll()).incidents.map(({ name }) => name)).toEqual([
    'Elevated API errors',
    'Slow mails',
  ]);
  const [open] = (await api.incidents.getUnresolved()).incidents;
  expect(open?.incident_updates.map(({ status, body }) => `${status}: ${body}`)).toEqual([
    'identified: Bad deploy.',
    'investigating: Looking hard.',
  ]);
  expect((await api.scheduledMaintenances.getAll()).scheduled_maintenances).toHaveLength(1);
  const [upcoming] = (await api.scheduledMaintenances.getUpcoming()).scheduled_maintenances;
  expect(upcoming).toMatchObject({ name: 'Database upkeep', scheduled_for: '2026-03-12T02:00:00.000Z' });
  await world.post(HOOK, { alert_type: 'down', monitor_name: 'Dashboard' });
  await world.pass(1);
  expect((await api.getStatus()).status.indicator).toBe('major');
  await world.post(HOOK, { alert_type: 'up', monitor_name: 'Dashboard' });
  await world.pass(1);
  expect((await api.getStatus()).status.indicator).toBe('minor');
});

test('the client `statuspage.js` takes dates for dates', async () => {
  const world = await openWorld({ files: FILES });
  const client = new Statuspage('acme');
  // Only the address is ours: it knows pages as `https://ID.statuspage.io`.
  (client as unknown as { axios: { defaults: { baseURL: string } } }).axios.defaults.baseURL =
    `${world.url}/api/v2`;
  const { incidents = [], page } = await client.summary();
  expect(page.name).toBe('Levqor Status');
  expect(incidents[0]?.created_at).toEqual(new Date('2026-03-10T10:00:00Z'));
  expect((await client.allScheduledMaintenances()).scheduled_maintenances).toHaveLength(1);
});

test('feed readers find the same news in all three feeds, of the site and of a component', async () => {
  const world = await openWorld({ files: FILES });
  for (const [address, wanted] of [
    [
      '/status/feed',
      ['Database upkeep', 'Elevated API errors', 'Elevated API errors', 'Slow mails', 'Slow mails'],
    ],
    ['/status/feed/api', ['Elevated API errors', 'Elevated API errors']],
  ] as const) {
    const text = async (end: string) => (await world.get(`${address}.${end}`)).text;
    const titles = (list: readonly (string | undefined)[]) =>
      list.map(title => title?.replace(/ – .*/, '')).sort();
    const atom = parseAtomFeed(await text('atom'));
    expect(
      titles(atom.entries?.map(({ title }) => (typeof title === 'string' ? title : title?.value)) ?? []),
    ).toEqual(wanted);
    const rss = parseRssFeed(await text('rss'));
    expect(titles(rss.items?.map(({ title }) => title) ?? [])).toEqual(wanted);
    const json = parseJsonFeed(await text('json'));
    expect(titles(json.items?.map(({ title }) => title) ?? [])).toEqual(wanted);
    const read = await new RssParser().parseURL(`${world.url}${address}.rss`);
    expect(titles(read.items.map(({ title }) => title))).toEqual(wanted);
    const ids = [
      atom.entries?.map(({ id }) => id),
      rss.items?.map(({ guid }) => guid?.value),
      json.items?.map(({ id }) => id),
    ];
    expect(new Set(ids.map(list => JSON.stringify(list))).size).toBe(1);
  }
});
