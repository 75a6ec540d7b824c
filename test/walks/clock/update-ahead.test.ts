// An update dated ahead of now was said when it was first seen: it takes no status from what is older, neither before
// its written time nor after.
import { describe, expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const front = (lines: string) =>
  `---\ntitle: Exports fail\nseverity: critical\ncomponents: [dashboard]\n${lines}\n---\n`;
const OPEN = 'status: investigating\nstarted: 2026-03-10T12:00:00Z';
const OVER = 'status: resolved\nstarted: 2026-03-10T12:00:00Z\nresolved: 2026-03-10T12:02:00Z';
const ENDS = new URLSearchParams([['detail', 'ends']]);

const subjectsTo = (world: World, who: string) =>
  world.mails
    .filter(mail => JSON.stringify(mail.to).includes(who) && mail.subject?.startsWith('['))
    .map(({ subject }) => subject);
const story = (world: World) =>
  world.system
    .snapshot()
    .incidents.flatMap(({ updates }) => updates.map(({ status, body }) => `${status}: ${body}`));

describe('an update in local time, an hour ahead, and then the end', () => {
  test.each([
    ['Update', '## Update 13:01\n\nWe look.\n', 'investigating: We look.'],
    ['Update with its date', '## Update 2026-03-10 13:01\n\nWe look.\n', 'investigating: We look.'],
    ['a label of its own', '## Disk replaced 13:01\n\nWe look.\n', 'investigating: We look.'],
    ['a status', '## Identified 13:01\n\nWe look.\n', 'identified: We look.'],
  ])('%s: the end is told as the end, to all who hear of ends', async (_, section, first) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await subscribed(world, 'ends@example.com', ENDS);
    await world.write('20260310_exports.md', `${front(OPEN)}\n${section}`);
    await world.pass(60, 5);
    const before = subjectsTo(world, 'olga');
    expect(before.length).toBeGreaterThan(0);
    expect(subjectsTo(world, 'ends')).toEqual(['[INCIDENT] Exports fail']);
    await world.write('20260310_exports.md', `${front(OVER)}\n${section}\n## Resolved 12:02\n\nDone.\n`);
    await world.pass(90, 5);
    expect(subjectsTo(world, 'olga')).toEqual([...before, '[RESOLVED] Exports fail']);
    expect(subjectsTo(world, 'ends')).toEqual(['[INCIDENT] Exports fail', '[RESOLVED] Exports fail']);
    expect(story(world)).toEqual([first, 'resolved: Done.']);
    // Its written time comes, and after a restart nobody remembers but the database.
    await world.restart();
    await world.pass(7_200, 600);
    expect(story(world)).toEqual([first, 'resolved: Done.']);
    expect(subjectsTo(world, 'olga')).toEqual([...before, '[RESOLVED] Exports fail']);
  });
});

describe('a maintenance in progress', () => {
  const work = (status: string, sections: string) => `---
title: Upgrade
status: ${status}
started: 2026-03-10T11:00:00Z
scheduled_start: 2026-03-10T11:30:00Z
scheduled_end: 2026-03-10T13:30:00Z
components: [dashboard]
---
We upgrade.

## In progress 11:30

It begins.

${sections}`;

  test('an update ahead is told at once, and the completion once', async () => {
    const world = await openWorld({ files: { '20260310_up.md': work('in_progress', '') } });
    await subscribed(world, 'olga@example.com');
    const half = '## Update 12:40\n\nHalf way.\n';
    await world.write('20260310_up.md', work('in_progress', half));
    await world.pass(60, 5);
    expect(subjectsTo(world, 'olga')).toHaveLength(1);
    expect(world.mails.at(-1)?.text).toContain('Half way.');
    await world.write('20260310_up.md', work('completed', `${half}\n## Completed 12:01\n\nDone early.\n`));
    await world.pass(60, 5);
    expect(world.mails.at(-1)?.text).toContain('Done early.');
    await world.pass(3_600, 60);
    expect(subjectsTo(world, 'olga')).toHaveLength(2);
    const { scheduled_maintenances } = (await world.get('/api/v2/scheduled-maintenances.json')).json;
    expect(scheduled_maintenances[0]).toMatchObject({
      status: 'completed',
      resolved_at: '2026-03-10T12:01:00.000Z',
    });
  });

  test('its steps are a plan and wait', async () => {
    const world = await openWorld({ files: { '20260310_up.md': work('in_progress', '') } });
    await subscribed(world, 'olga@example.com');
    await world.write('20260310_up.md', work('in_progress', '## Verifying 12:40\n\nWe check.\n'));
    await world.pass(60, 5);
    expect(subjectsTo(world, 'olga')).toEqual([]);
    await world.pass(2_460, 60);
    expect(world.mails.at(-1)?.text).toContain('We check.');
  });
});
