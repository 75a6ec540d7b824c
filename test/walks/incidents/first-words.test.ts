// The words above the first section, from the file to the mail, over a restart.
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const front = (more = 'status: investigating') => `---
title: Slow exports
${more}
severity: critical
started: 2026-03-10T11:50:00Z
components: [dashboard]
---
`;
const FILE = '20260310_exports.md';
const BEGUN = '## Investigating 11:50 UTC\nExports take longer.\n';
const OVER = front('status: resolved\nresolved: 2026-03-10T11:59:00Z');
const ENDED = '## Resolved 11:59 UTC\nFast again.\n\n';

const subjects = ({ mails }: World) =>
  mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('['));
const feedIds = async (world: World) =>
  (await world.get('/status/feed.json')).json.items.map(({ id }: { id: string }) => id);

test('a summary on top is shown with the beginning, told to nobody, and moves no entry of a feed', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, `${OVER}\n${ENDED}${BEGUN}`);
  await world.pass(10, 5);
  const sent = subjects(world);
  expect(sent).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
  const before = await feedIds(world);
  await world.write(FILE, `${OVER}\n## Summary\nThe disk was full.\n\n${ENDED}${BEGUN}`);
  await world.pass(10, 5);
  await world.restart();
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(sent);
  expect(await feedIds(world)).toEqual(expect.arrayContaining(before));
  const { text } = await world.get('/status/incidents/20260310_exports');
  const places = ['Exports take longer.', 'The disk was full.', 'Fast again.'].map(words =>
    text.indexOf(words),
  );
  expect(places.every(place => place > 0)).toBe(true);
  // The page shows the newest first, or the oldest: the summary stands at the end of the beginning.
  expect(Math.abs(places[1]! - places[0]!)).toBeLessThan(Math.abs(places[1]! - places[2]!));
});

test('first words are told once, with a heading put above them later, too', async () => {
  const world = await openWorld({
    site: () =>
      'title: T\nnotify: { grace: 20s }\ncomponents:\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n',
  });
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, `${front()}\nExports take longer.\n`);
  await world.pass(10, 5);
  await world.write(FILE, `${front()}\n${BEGUN}`);
  await world.pass(30, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
  await world.restart();
  await world.write(FILE, `${front()}\nWe are sorry.\n\n${BEGUN}`);
  await world.pass(30, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
  await world.write(FILE, `${OVER}\nWe are sorry.\n\n${ENDED}${BEGUN}`);
  await world.pass(30, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[RESOLVED] Slow exports']);
});

test('a summary on top of news that waits does not take its place as the beginning', async () => {
  const world = await openWorld({
    site: () =>
      'title: T\nnotify: { grace: 20s }\ncomponents:\n  - { id: dashboard, name: Dashboard, check: { type: manual } }\n',
  });
  await subscribed(world, 'olga@example.com');
  await world.write(FILE, `${front()}\n${BEGUN}`);
  await world.pass(10, 5);
  await world.write(FILE, `${front()}\nWe are sorry.\n\n${BEGUN}`);
  await world.pass(30, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
});
