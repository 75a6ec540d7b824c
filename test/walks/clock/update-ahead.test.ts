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

  const CHECK = '## Verifying 12:40\n\nWe check.\n';
  const PLAN = `${CHECK}\n## Completed 13:20\n\nAll as planned.\n`;
  const overtaken = async (world: World) =>
    (await world.get('/readyz')).json.problems.flatMap(({ where, line, what }: Record<string, string>) => {
      const [known] = /^this step is dated after the completion/.exec(what!) ?? [];
      return known ? `${where}:${line} ${known}` : [];
    });

  const RESOLVED = 'status: completed\nresolved: 2026-03-10T12:02:00Z';
  test.each<[string, string, (text: string) => string, number[]]>([
    ['a section', PLAN, text => `${text}\n## Completed 12:02\n\nDone early.\n`, [15, 19]],
    [
      'a section on top',
      PLAN,
      text => text.replace('## In', '## Completed 12:02\n\nDone early.\n\n## In'),
      [19, 23],
    ],
    ['a dated section', PLAN, text => `${text}\n## Completed 2026-03-10 12:02:00 UTC\n\nEarly.\n`, [15, 19]],
    ['`resolved`', PLAN, text => text.replace('status: completed', RESOLVED), [16, 20]],
    ['`status` alone', CHECK, text => text, [15]],
  ])(
    'completed early by %s: nothing of its plan is told or shown after that',
    async (_, plan, end, lines) => {
      const world = await openWorld({ files: { '20260310_up.md': work('in_progress', plan) } });
      await subscribed(world, 'olga@example.com');
      await world.pass(150, 5);
      await world.write('20260310_up.md', end(work('completed', plan)));
      await world.pass(60, 5);
      const before = subjectsTo(world, 'olga').length;
      const named = lines.map(
        line => `incidents/20260310_up.md:${line} this step is dated after the completion`,
      );
      const maintenances = async () =>
        (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances;
      for (const seconds of [0, 3_600, 3_600]) {
        await world.pass(seconds, 600);
        expect((await overtaken(world)).sort()).toEqual(named);
        expect(await maintenances()).toMatchObject([{ status: 'completed' }]);
        const shown = JSON.stringify(await maintenances()) + (await world.get('/status/live')).text;
        expect(shown).not.toMatch(/We check|All as planned/);
        expect(subjectsTo(world, 'olga')).toHaveLength(before);
        await world.restart();
      }
    },
  );

  test('of one called off before it began nothing is left but the fact', async () => {
    const plan = (status: string) =>
      work(status, '').replace(/We upgrade[\s\S]*$/, '## In progress 2026-03-10 13:00 UTC\n\nWe begin.\n');
    const world = await openWorld({ files: { '20260310_up.md': plan('scheduled') } });
    await subscribed(world, 'olga@example.com');
    await world.write('20260310_up.md', plan('completed'));
    await world.pass(7_200, 600);
    expect((await world.get('/status/live')).text).not.toContain('We begin.');
    expect((await world.get('/status/incidents/20260310_up')).status).toBe(200);
    expect(subjectsTo(world, 'olga')).toEqual(['[MAINTENANCE] Upgrade']);
    expect(world.mails.at(-1)!.text).toMatch(/^COMPLETED/);
    expect(await overtaken(world)).toHaveLength(1);
  });

  test('work that went on after a completion, and was told, stays', async () => {
    const world = await openWorld({ files: { '20260310_up.md': work('in_progress', '') } });
    await subscribed(world, 'olga@example.com');
    const done = '## Completed 12:00\n\nDone.\n';
    await world.write('20260310_up.md', work('completed', done));
    await world.pass(60, 5);
    const again = `${done}\n## In progress 12:01\n\nNot yet.\n`;
    await world.write('20260310_up.md', work('in_progress', again));
    await world.pass(60, 5);
    await world.write('20260310_up.md', work('completed', `${again}\n## Completed 12:02\n\nDone now.\n`));
    await world.pass(60, 5);
    const told = world.mails.map(({ text }) => text).join();
    for (const words of ['Done.', 'Not yet.']) expect(told).toContain(words);
    expect(await (await world.get('/status/live')).text).toContain('Not yet.');
  });
});
