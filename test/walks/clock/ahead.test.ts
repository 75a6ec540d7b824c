// What a file dates ahead of now: every output tells one story, before its moment and after.
import { expect, test } from 'vitest';
import { incident } from '../../../src/cli/incident.ts';
import { lint } from '../../../src/cli/lint.ts';
import type { Cli, Command } from '../../../src/cli/shared/command.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { isoMillis } from '../../../src/core/model/time.ts';
import { openWorld, SECRET, subscribed, type World } from '../world.ts';

const TOKEN = 'the-webhook-token-of-this-test';

const file = (front: string, body: string) => `---
title: Exports fail
severity: critical
components: [dashboard]
${front}
---

${body}
`;

/** What each output says of the dashboard: its state, and whether the incident is open. */
async function story(world: World) {
  const json = async (path: string) => (await world.get(path)).json;
  const summary = await json('/api/v2/summary.json');
  const own = (await json('/api/incidents')).incidents ?? [];
  const uptime = (await json('/api/uptime.json')).components.find(
    ({ id }: { id: string }) => id === 'dashboard',
  );
  const { components, incidents } = world.system.snapshot();
  const view = components.find(({ component }) => component.id === 'dashboard')!;
  const page = (await world.get('/status/live')).text;
  return {
    page: /class="row (\w+)" id="c-dashboard"/.exec(page)?.[1],
    statuspage: summary.components.find(({ name }: { name: string }) => name === 'Dashboard').status,
    indicator: summary.status.indicator,
    unresolved: summary.incidents.map(({ status, resolved_at }: Record<string, unknown>) => [
      status,
      resolved_at,
    ]),
    api: own.map(({ status, resolved }: Record<string, unknown>) => [status, resolved]),
    snapshot: incidents.map(({ state, resolved }) => [state, resolved]),
    health: view.health,
    day: view.days.at(-1)!.state,
    cell: view.days.at(-1)!.stretches.reduce((sum, { time }) => sum + time, 0) / 1000,
    downtime: uptime.downtime_seconds,
    badge: (await world.get('/status/badge/dashboard.svg')).text.includes('major outage'),
    feed: (await world.get('/status/feed.json')).json.items.map(({ title }: { title: string }) => title),
    subjects: world.mails.map(({ subject }) => subject).filter(subject => subject?.startsWith('[')),
  };
}

const problems = async (world: World) =>
  (await world.get('/readyz')).json.problems.map(({ what }: { what: string }) => what).join('\n');

test('an end that lies ahead has not come: open everywhere, told once when it comes, by itself', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(
    '20260310_exports.md',
    file(
      'status: resolved\nstarted: 2026-03-10T12:00:00Z\nresolved: 2026-03-10T12:30:00Z',
      '## Resolved 2026-03-10 12:30 UTC\nOver.\n\n## Investigating 2026-03-10 12:00 UTC\nWe look.',
    ),
  );
  await world.pass(20, 5);
  const open = await story(world);
  expect(open).toMatchObject({
    statuspage: 'major_outage',
    indicator: 'major',
    unresolved: [['investigating', null]],
    snapshot: [['investigating', null]],
    health: 'major_outage',
    day: 'major_outage',
    badge: true,
    subjects: ['[INCIDENT] Exports fail'],
  });
  expect(open.downtime).toBe(open.cell);
  expect(open.downtime).toBeGreaterThan(0);
  expect(open.feed).toHaveLength(1);
  expect(JSON.stringify(await world.get('/status/feed.json').then(answer => answer.json))).not.toContain(
    'Over.',
  );
  expect(await problems(world)).toContain('`resolved` is in the future: 2026-03-10T12:30:00Z');
  await world.restart();
  await world.pass(1_700, 60);
  expect((await story(world)).subjects).toEqual(['[INCIDENT] Exports fail']);
  await world.pass(120, 5);
  expect(await story(world)).toMatchObject({
    statuspage: 'operational',
    indicator: 'none',
    unresolved: [],
    snapshot: [['resolved', Date.parse('2026-03-10T12:30:00Z')]],
    health: 'operational',
    day: 'major_outage',
    cell: 1800,
    downtime: 1800,
    badge: false,
    subjects: ['[INCIDENT] Exports fail', '[RESOLVED] Exports fail'],
  });
  await world.restart();
  await world.pass(120, 30);
  expect((await story(world)).subjects).toHaveLength(2);
  expect(await problems(world)).toBe('');
});

test('an end is over at its very second', async () => {
  const world = await openWorld();
  const end = isoMillis(world.now() + 7_000);
  await world.write(
    '20260310_exports.md',
    file(
      `status: resolved\nstarted: 2026-03-10T11:00:00Z\nresolved: ${end}`,
      `## Investigating 2026-03-10 11:00 UTC\nWe look.`,
    ),
  );
  await world.pass(6, 1);
  expect((await story(world)).health).toBe('major_outage');
  await world.pass(2, 1);
  expect((await story(world)).health).toBe('operational');
});

test('an open incident that begins ahead counts from when it was first seen, over a restart, and is told', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const seen = world.now() + 5_000;
  await world.write(
    '20260310_exports.md',
    file('status: investigating\nstarted: 2026-03-10T15:00:00Z', '## Investigating 15:00 UTC\nWe look.'),
  );
  await world.pass(600, 5);
  const first = await story(world);
  expect(first).toMatchObject({
    statuspage: 'major_outage',
    indicator: 'major',
    unresolved: [['investigating', null]],
    health: 'major_outage',
    day: 'major_outage',
    badge: true,
    subjects: ['[INCIDENT] Exports fail'],
  });
  expect(first.downtime).toBe(first.cell);
  expect(Math.abs(first.downtime - 600)).toBeLessThanOrEqual(10);
  expect(await problems(world)).toContain('`started` is in the future: 2026-03-10T15:00:00Z');
  expect(world.mails.at(-1)?.text).not.toContain('15:00');
  await world.restart();
  await world.pass(600, 60);
  const later = await story(world);
  expect(later.subjects).toHaveLength(1);
  expect(Math.abs(later.downtime - 1200)).toBeLessThanOrEqual(70);
  expect(Math.abs(world.system.snapshot().incidents[0]!.started - seen)).toBeLessThanOrEqual(5_000);
});

test('words dated ahead are told when first seen, once, and named', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const head = 'status: identified\nstarted: 2026-03-10T11:50:00Z';
  const older = '## Investigating 2026-03-10 11:50 UTC\nWe look.';
  await world.write('20260310_exports.md', file(head, older));
  await world.pass(10, 5);
  await world.write(
    '20260310_exports.md',
    file(head, `## Identified 2026-03-10 14:10 UTC\nFound.\n\n${older}`),
  );
  await world.pass(10, 5);
  const subjects = ['[INCIDENT] Exports fail', '[UPDATE] Exports fail'];
  expect((await story(world)).subjects).toEqual(subjects);
  expect(await problems(world)).toContain('this update is in the future: 2026-03-10T14:10:00Z');
  await world.restart();
  await world.pass(3 * 3600, 600);
  expect((await story(world)).subjects).toEqual(subjects);
});

test('a completion that lies ahead does not end a maintenance', async () => {
  const world = await openWorld();
  await world.write(
    '20260310_work.md',
    `---\ntitle: Dashboard work\nstatus: completed\nstarted: 2026-03-10T10:00:00Z\nscheduled_start: 2026-03-10T11:00:00Z\nscheduled_end: 2026-03-10T14:00:00Z\ncomponents: [dashboard]\n---\n\n## Completed 2026-03-10 12:30 UTC\nDone.\n\n## Scheduled 2026-03-10 10:00 UTC\nSoon.\n`,
  );
  await world.pass(5, 1);
  const state = () => world.system.snapshot().maintenances[0]!.state;
  expect([state(), (await story(world)).health]).toEqual(['in_progress', 'under_maintenance']);
  await world.pass(1_860, 60);
  expect([state(), (await story(world)).health]).toEqual(['completed', 'operational']);
});

test('a monitor’s incident filed while the clock was ahead ends when it recovers, not at that time', async () => {
  const world = await openWorld({ env: { WEBHOOK_TOKEN: TOKEN } });
  await subscribed(world, 'olga@example.com');
  const say = (alert_type: string) =>
    world.post(`/webhooks/uptime?token=${TOKEN}`, { alert_type, monitor_name: 'Dashboard' });
  world.stepClock(8 * 3600);
  await say('down');
  await world.pass(5);
  world.stepClock(-8 * 3600);
  await world.pass(300, 60);
  expect((await story(world)).health).toBe('major_outage');
  expect((await say('up')).json).toMatchObject({ action: 'resolved' });
  await world.pass(120, 20);
  expect(await story(world)).toMatchObject({ health: 'operational', unresolved: [], badge: false });
  expect(world.system.snapshot().incidents.map(({ state }) => state)).toEqual(['resolved']);
});

/** A command of the command line on the world's folders, by its clock. */
async function command(world: World, name: string, ...args: string[]) {
  return run(incident.find(one => one.name === `incident ${name}`)!, world, args);
}

async function run(what: Command, world: World, args: readonly string[] = []) {
  const said = { out: '', err: '' };
  const { value: env } = readEnvironment({ SECRET, PUBLIC_URL: 'http://localhost:1' }, world.dir);
  const cli: Cli = {
    env: env!,
    cwd: world.dir,
    clock: world.now,
    out: text => {
      said.out += `${text}\n`;
    },
    err: text => {
      said.err += `${text}\n`;
    },
    interactive: false,
  };
  const code = await what.run(args, cli);
  return { code, ...said };
}

const LATE = file(
  'status: investigating\nstarted: 2026-03-11T09:00:00Z',
  '## Investigating 09:00 UTC\nWe look.',
);

test.each([
  ['by the command line', 'cli'],
  ['by hand', 'hand'],
  ['by the API', 'api'],
])(
  'one that begins ahead is ended %s: it counts from when it was first seen, and its end is told once',
  async (_, how) => {
    const world = await openWorld({ env: { API_TOKEN: 'a-token-of-this-test-that-is-long' } });
    await subscribed(world, 'olga@example.com');
    await world.write('20260310_exports.md', LATE);
    await world.pass(600, 10);
    expect(await story(world)).toMatchObject({
      health: 'major_outage',
      subjects: ['[INCIDENT] Exports fail'],
    });
    const list = JSON.parse((await command(world, 'list', '--format', 'json')).out);
    expect(Math.abs(Date.parse(list[0].started) - (world.now() - 600_000))).toBeLessThan(30_000);
    if (how === 'cli') {
      const said = await command(world, 'resolve', '20260310_exports', '--message', 'Over.', '--yes');
      expect(said.code).toBe(0);
      expect(said.err).toContain('correct `started`');
      expect(said.err).not.toContain('put `resolved`');
    } else if (how === 'api') {
      const answer = await world.post(
        '/api/incidents/20260310_exports/updates',
        { status: 'resolved', message: 'Over.' },
        { authorization: 'Bearer a-token-of-this-test-that-is-long' },
      );
      expect(answer.status).toBeLessThan(300);
    } else {
      const end = isoMillis(world.now()).slice(0, 19);
      await world.write(
        '20260310_exports.md',
        LATE.replace('status: investigating', `status: resolved\nresolved: ${end}Z`),
      );
    }
    await world.pass(120, 10);
    const over = await story(world);
    expect(over).toMatchObject({
      health: 'operational',
      indicator: 'none',
      unresolved: [],
      badge: false,
      subjects: ['[INCIDENT] Exports fail', '[RESOLVED] Exports fail'],
    });
    expect(Math.abs(over.downtime - 600)).toBeLessThanOrEqual(20);
    expect(over.cell).toBe(over.downtime);
    expect(await problems(world)).toContain('`started` is after `resolved`');
    await world.restart();
    await world.pass(120, 30);
    expect(await story(world)).toMatchObject({ downtime: over.downtime, subjects: over.subjects });
    // Its beginning comes: what was over stays over, over a restart too.
    await world.restart(async () => world.stepClock(24 * 3600));
    await world.pass(120, 30);
    expect(await story(world)).toMatchObject({
      unresolved: [],
      health: 'operational',
      subjects: over.subjects,
    });
  },
);

test('an end before a beginning that has been is a slip: the page keeps what it knew, and says which is wrong', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const open = file(
    'status: investigating\nstarted: 2026-03-10T11:30:00Z',
    '## Investigating 11:30 UTC\nWe look.',
  );
  await world.write('20260310_exports.md', open);
  await world.pass(60, 10);
  await world.write(
    '20260310_exports.md',
    open.replace('status: investigating', 'status: resolved\nresolved: 2026-03-09T12:00:00Z'),
  );
  await world.pass(60, 10);
  expect(await story(world)).toMatchObject({ health: 'major_outage', subjects: ['[INCIDENT] Exports fail'] });
  expect(JSON.stringify((await world.get('/readyz')).json.problems)).toMatch(
    /ends before it begins.*most likely `resolved` is wrong/,
  );
});

test('a beginning that lay ahead is not believed when it comes: it counts from when it was first seen, until it is corrected', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const text = file('status: investigating\nstarted: 2026-03-10T12:30:00Z', 'We look.');
  const seen = world.now();
  await world.write('20260310_exports.md', text);
  await world.pass(1_700, 50);
  expect(await problems(world)).toContain('`started` is in the future');
  const isCounted = async () => {
    const { downtime, cell, subjects } = await story(world);
    expect(cell).toBe(downtime);
    expect(Math.abs(downtime - (world.now() - seen) / 1000)).toBeLessThanOrEqual(100);
    expect(subjects).toEqual(['[INCIDENT] Exports fail']);
    expect(world.system.snapshot().incidents[0]!.started - seen).toBeLessThanOrEqual(60_000);
  };
  await world.pass(300, 50);
  await isCounted();
  expect(await problems(world)).toContain(
    '`started` (2026-03-10T12:30:00Z) was in the future when it was first seen',
  );
  await world.restart();
  await world.pass(600, 60);
  await isCounted();
  expect(await problems(world)).toContain('was in the future when it was first seen');
  expect((await run(lint, world)).out).toContain('was in the future when it was first seen');
  // Whoever corrects it is believed, be it to a later time than when it was first seen.
  await world.write('20260310_exports.md', text.replace('12:30', '12:20'));
  await world.pass(60, 20);
  expect(isoMillis(world.system.snapshot().incidents[0]!.started)).toBe('2026-03-10T12:20:00.000Z');
  expect(await problems(world)).toBe('');
});

test('a clock that was set back for a while makes no beginning doubtful', async () => {
  const world = await openWorld();
  const text = file(
    'status: investigating\nstarted: 2026-03-10T11:50:00Z',
    '## Investigating 11:50 UTC\nWe look.',
  );
  await world.write('20260310_exports.md', text);
  await world.pass(60, 20);
  world.stepClock(-6 * 3600);
  await world.pass(60, 20);
  await world.restart();
  await world.pass(60, 20);
  world.stepClock(6 * 3600);
  await world.pass(60, 20);
  expect(isoMillis(world.system.snapshot().incidents[0]!.started)).toBe('2026-03-10T11:50:00.000Z');
});

test.each([
  ['cli', 'We look.'],
  ['api', 'We look.'],
  ['cli', '## Update 12:30 UTC\nWe look.'],
])(
  'an end told by the %s before the beginning that the file gives (%j) is one, and the first words keep their status',
  async (how, words) => {
    const world = await openWorld({ env: { API_TOKEN: 'a-token-of-this-test-that-is-long' } });
    await subscribed(world, 'olga@example.com');
    await world.write(
      '20260310_exports.md',
      file('status: investigating\nstarted: 2026-03-10T12:30:00Z', words),
    );
    await world.pass(600, 50);
    if (how === 'cli') await command(world, 'resolve', '20260310_exports', '--message', 'Over.', '--yes');
    else {
      await world.post(
        '/api/incidents/20260310_exports/updates',
        { status: 'resolved', message: 'Over.' },
        { authorization: 'Bearer a-token-of-this-test-that-is-long' },
      );
    }
    await world.pass(120, 20);
    const over = await story(world);
    const subjects = ['[INCIDENT] Exports fail', '[RESOLVED] Exports fail'];
    expect(over.subjects).toEqual(subjects);
    const { incidents } = (await world.get('/api/v2/incidents.json')).json;
    expect(
      incidents[0].incident_updates.map(({ status, body }: Record<string, string>) => [status, body]),
    ).toEqual([
      ['resolved', 'Over.'],
      ['investigating', 'We look.'],
    ]);
    // When its time has come: the same advice, and no error.
    await world.pass(1_800, 300);
    await world.restart();
    await world.pass(60, 20);
    expect(await story(world)).toMatchObject({ subjects, downtime: over.downtime, health: 'operational' });
    const ready = (await world.get('/readyz')).json;
    expect(ready.problems.map(({ level, fix }: Record<string, string>) => [level, fix])).toEqual([
      ['warning', 'correct `started`'],
    ]);
    const linted = await run(lint, world);
    expect([linted.code, linted.out]).toEqual([0, expect.stringContaining('correct `started`')]);
    // Words after it are taken.
    const more = await command(world, 'update', '20260310_exports', '--message', 'A word more.', '--yes');
    expect(more.code).toBe(0);
    await world.pass(60, 20);
    const { problems: left } = (await world.get('/readyz')).json;
    expect(left.map(({ level }: { level: string }) => level)).toEqual(['warning']);
    expect((await world.get('/status/live')).text).toContain('A word more.');
  },
);

test('what was told as over stays over when the clock is set back, and nothing says otherwise', async () => {
  const world = await openWorld();
  await world.write(
    '20260310_exports.md',
    file(
      'status: resolved\nstarted: 2026-03-10T11:30:00Z\nresolved: 2026-03-10T11:50:00Z',
      '## Resolved 11:50 UTC\nOver.\n\n## Identified 11:40 UTC\nFound.\n\n## Investigating 11:30 UTC\nWe look.',
    ),
  );
  await world.pass(60, 20);
  world.stepClock(-6 * 3600);
  await world.pass(60, 20);
  expect((await story(world)).health).toBe('operational');
  expect(await problems(world)).not.toContain('future');
});

test('a beginning some seconds ahead is named while it is', async () => {
  const world = await openWorld();
  await world.write(
    '20260310_exports.md',
    file(`status: investigating\nstarted: ${isoMillis(world.now() + 40_000)}`, 'We look.'),
  );
  await world.pass(20, 5);
  expect(await problems(world)).toContain('`started` is in the future');
});

test.each([
  ['touched', async (world: World, text: string) => world.write('20260310_exports.md', `${text}\n`)],
  ['after a restart', async (world: World) => world.restart()],
  ['as it is', async () => {}],
])(
  'an end that was seen to lie ahead is waited for, though a clock that was ahead told it: %s',
  async (_, then) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    const text = file(
      'status: resolved\nstarted: 2026-03-10T11:55:00Z\nresolved: 2026-03-10T12:30:00Z',
      'Down.',
    );
    await world.write('20260310_exports.md', text);
    await world.pass(60, 20);
    expect((await story(world)).health).toBe('major_outage');
    world.stepClock(3600);
    await world.pass(60, 20);
    expect((await story(world)).health).toBe('operational');
    world.stepClock(-3600);
    await then(world, text);
    await world.pass(60, 20);
    const now = await story(world);
    expect([now.health, now.unresolved.length]).toEqual(['major_outage', 1]);
    expect(await problems(world)).toContain('`resolved` is in the future');
    await world.pass(1800, 60);
    expect((await story(world)).health).toBe('operational');
    expect((await story(world)).subjects.filter(subject => subject?.startsWith('[RESOLVED]'))).toHaveLength(
      1,
    );
  },
);

test('an end that a wrong clock made of a first start has not come when the clock is set right', async () => {
  const text = file(
    'status: resolved\nstarted: 2026-03-10T11:55:00Z\nresolved: 2026-03-10T12:30:00Z',
    'Down.',
  );
  const world = await openWorld({ files: { '20260310_exports.md': text }, now: '2026-03-10T13:00:00Z' });
  await world.pass(60, 20);
  expect((await story(world)).health).toBe('operational');
  world.stepClock(-3600);
  await world.pass(60, 20);
  expect((await story(world)).health).toBe('major_outage');
  await world.restart();
  await world.pass(60, 20);
  expect((await story(world)).health).toBe('major_outage');
  expect(await problems(world)).toContain('`resolved` is in the future');
});

test.each([
  ['in the process', async () => {}],
  ['over a restart', async (world: World) => world.restart()],
])(
  'an incident that began and ended while the clock was ahead keeps its length when it is set right: %s',
  async (_, then) => {
    const world = await openWorld({ env: { WEBHOOK_TOKEN: TOKEN } });
    const say = (alert_type: string) =>
      world.post(`/webhooks/uptime?token=${TOKEN}`, { alert_type, monitor_name: 'Dashboard' });
    world.stepClock(7200);
    await say('down');
    await world.pass(300, 20);
    await say('up');
    await world.pass(20, 10);
    world.stepClock(-7200);
    await then(world);
    await world.pass(60, 20);
    const { downtime, cell, health } = await story(world);
    expect([downtime, cell, health]).toEqual([300, 300, 'operational']);
    world.stepClock(7200);
    await world.pass(60, 20);
    expect((await story(world)).downtime).toBe(300);
  },
);

test('a maintenance completed while the clock was ahead stays completed when it is set right', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const work = (status: string, more: string) =>
    `---\ntitle: Dashboard work\nstatus: ${status}\nstarted: 2026-03-10T10:00:00Z\nscheduled_start: 2026-03-10T12:10:00Z\nscheduled_end: 2026-03-10T14:00:00Z\ncomponents: [dashboard]\n---\n\n${more}## Scheduled 2026-03-10 10:00 UTC\nSoon.\n`;
  await world.write('20260310_work.md', work('scheduled', ''));
  await world.pass(60, 20);
  world.stepClock(3600);
  await world.pass(60, 20);
  await world.write('20260310_work.md', work('completed', '## Completed 2026-03-10 13:02 UTC\nDone.\n\n'));
  await world.pass(60, 20);
  const state = () => world.system.snapshot().maintenances[0]!.state;
  expect(state()).toBe('completed');
  world.stepClock(-3600);
  await world.pass(60, 20);
  expect(state()).toBe('completed');
  await world.restart();
  await world.pass(900, 60);
  expect([state(), (await story(world)).health]).toEqual(['completed', 'operational']);
});

test('a clock that is set hours ahead and back tells nothing of a maintenance; one that stays there, ten minutes later', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write(
    '20260310_work.md',
    '---\ntitle: Dashboard work\nstatus: scheduled\nscheduled_start: 2026-03-10T15:00:00Z\nscheduled_end: 2026-03-10T16:00:00Z\ncomponents: [dashboard]\n---\n\n## Scheduled 2026-03-10 11:59 UTC\nSoon.\n',
  );
  await world.pass(60, 5);
  const subjects = () => world.mails.flatMap(({ subject }) => (subject?.startsWith('[') ? subject : []));
  const before = subjects();
  expect(before).toEqual(['[MAINTENANCE] Dashboard work']);
  world.stepClock(8 * 3600);
  await world.pass(240, 20);
  expect(world.system.snapshot().maintenances[0]!.state).toBe('completed');
  world.stepClock(-8 * 3600);
  await world.pass(1200, 20);
  expect(subjects()).toEqual(before);
  world.stepClock(8 * 3600);
  await world.pass(500, 20);
  expect(subjects()).toEqual(before);
  await world.pass(300, 20);
  expect(subjects()).toHaveLength(2);
});

test('each time that lies ahead is named on /readyz, as lint names it', async () => {
  const world = await openWorld();
  await world.write(
    '20260310_exports.md',
    file(
      'status: resolved\nstarted: 2026-03-10T13:00:00Z\nresolved: 2026-03-10T13:20:00Z',
      '## Resolved 13:20 UTC\nOver.\n\n## Identified 13:10 UTC\nFound.\n\n## Investigating 13:00 UTC\nWe look.',
    ),
  );
  await world.pass(60, 20);
  const said = await problems(world);
  expect(said).toContain('`started` is in the future');
  expect(said).toContain('`resolved` is in the future');
  expect(said.match(/this update is in the future/g)).toHaveLength(3);
});
