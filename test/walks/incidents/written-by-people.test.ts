// Incident files as people write them: comments, dates, and maintenance that names nobody, from the file to the mail.
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openWorld, subscribed, type World } from '../world.ts';

const HEAD = `---
title: Slow exports
status: investigating
severity: critical
started: 2026-03-10T11:50:00Z
components: [dashboard]
---
`;
const FIRST = '## Investigating 11:50 UTC\nExports take longer.\n';

const problems = async (world: World) => (await world.get('/readyz')).json.problems;
const news = ({ mails }: World) => mails.filter(({ subject }) => subject?.startsWith('['));
const subjects = (world: World) => news(world).map(({ subject }) => subject);

test('a comment stands nowhere but in its file, and a heading in it tells nobody anything', async () => {
  const world = await openWorld({ env: { API_TOKEN: 'secret-token-of-this-test' } });
  await subscribed(world, 'olga@example.com');
  const hidden = '<!-- hidden-words:\n## Resolved 11:58 UTC\nExports are fast again.\n-->';
  const text = `${HEAD}<!-- hidden-words -->\n${FIRST}Now. <!-- hidden-words -->\n\n${hidden}\n\n## Post-mortem\n<!-- hidden-words -->Disk.\n`;
  await world.write('20260310_exports.md', text);
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
  const auth = { authorization: 'Bearer secret-token-of-this-test' };
  const answer = await world.post(
    '/api/incidents/20260310_exports/updates',
    { status: 'monitoring', message: 'Better.<!-- hidden-words -->' },
    auth,
  );
  expect(answer.status).toBe(201);
  await world.pass(10, 5);
  for (const path of [
    ...['/status/live', '/status/incidents/20260310_exports', '/status/history', '/api/v2/summary.json'],
    ...[
      '/api/v2/incidents.json',
      '/api/uptime.json',
      '/status/feed.atom',
      '/status/feed.rss',
      '/status/feed.json',
    ],
    ...['/history.atom', '/status/maintenance.ics', '/status/widget.js'],
  ]) {
    const { status, text: shown } = await world.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(shown).not.toMatch(/hidden-words|fast again/);
  }
  expect((await world.get('/status/incidents/20260310_exports')).text).toContain('Exports take longer.');
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
  for (const mail of news(world)) {
    expect(`${mail.text}${mail.html}`).not.toMatch(/hidden-words|fast again/);
  }
  const after = await world.read('20260310_exports.md');
  expect(after).toContain(hidden);
  expect(after.match(/hidden-words/g)).toHaveLength(5);
  // A comment more changes nothing that was told.
  await world.write('20260310_exports.md', after.replace('Now.', 'Now. <!-- more -->'));
  await world.pass(10, 5);
  expect(subjects(world)).toHaveLength(2);
  expect(await problems(world)).toEqual([]);
});

test('a comment that nothing closes is named, and hides nothing', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.write('20260310_exports.md', `${HEAD}\n<!-- for later\n${FIRST}`);
  await world.pass(10, 5);
  expect((await world.get('/status/live')).text).toContain('Exports take longer.');
  expect(await problems(world)).toEqual([expect.objectContaining({ level: 'error', line: 9 })]);
  // It may be a draft.
  expect(subjects(world)).toEqual([]);
});

test('a heading whose time cannot be read: all is shown, it is named, and told once when it is mended', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  const written = (time: string) => `${HEAD}\n## Identified ${time}\nThe queue is stuck.\n\n${FIRST}`;
  await world.write('20260310_exports.md', written('03/10/2026 11:55'));
  await world.pass(10, 5);
  const snapshot = () => world.system.snapshot();
  expect(snapshot().components.find(({ component }) => component.id === 'dashboard')!.health).toBe(
    'major_outage',
  );
  expect((await world.get('/status/live')).text).toContain('The queue is stuck.');
  expect(await problems(world)).toEqual([
    expect.objectContaining({
      level: 'error',
      line: 9,
      what: expect.stringContaining('may be 2026-10-03 or 2026-03-10'),
    }),
  ]);
  expect((await world.get('/readyz')).json.ok).toBe(false);
  expect(subjects(world)).toEqual([]);
  await world.restart();
  await world.pass(60, 30);
  expect((await world.get('/status/live')).text).toContain('The queue is stuck.');
  await world.write('20260310_exports.md', written('10.03.2026 11:55'));
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
  expect(await problems(world)).toEqual([]);
  // Broken again: what was told stays told, and nothing is told anew.
  await world.write('20260310_exports.md', written('25:99'));
  await world.pass(10, 5);
  await world.write('20260310_exports.md', written('10 March 2026, 11:55 AM'));
  await world.pass(10, 5);
  expect(subjects(world)).toHaveLength(2);
});

const WORK = (components: string) => `---
title: Ledger migration
status: scheduled
started: 2026-03-10T10:00:00Z
scheduled_start: 2026-03-10T11:00:00Z
scheduled_end: 2026-03-10T20:00:00Z
${components}
---

We move the ledger.
`;

test('a maintenance that names nobody covers nobody: the outage is an outage, and components are asked for', async () => {
  const world = await openWorld();
  world.service.status = 503;
  await world.write('20260310_work.md', WORK(''));
  await world.pass(400, 20);
  const health = (id: string) =>
    world.system.snapshot().components.find(({ component }) => component.id === id)!.health;
  expect([health('api'), health('dashboard')]).toEqual(['major_outage', 'operational']);
  expect(await world.files()).toContain('20260310_api-down.md');
  expect((await problems(world)).map(({ fix }: { fix: string }) => fix).join()).toContain('components: all');
  const maintenance = (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances[0];
  expect(maintenance.components).toEqual([]);
  await world.write('20260310_work.md', WORK('components: [dashbord]\n'));
  await world.pass(1, 1);
  expect((await problems(world)).map(({ fix }: { fix: string }) => fix).join()).toContain('dashboard');
});

test('`components: all` covers all, and a check that fails meanwhile is said beside it', async () => {
  const world = await openWorld();
  await world.write('20260310_work.md', WORK('components: all'));
  await world.pass(60, 20);
  world.service.status = 503;
  await world.pass(400, 20);
  const states = world.system.snapshot().components.map(({ health }) => health);
  expect(states).toEqual(['under_maintenance', 'under_maintenance', 'under_maintenance']);
  expect(await world.files()).toEqual(['20260310_work.md']);
  const row = (text: string) => /<li class="row[^>]*id="c-api"[\s\S]*?<\/li>/.exec(text)?.[0];
  expect(row((await world.get('/status/live')).text)).toMatch(
    /Check failing since <time[^>]*>[^<]*<\/time>.*503/,
  );
  expect(row((await world.get('/status/live', { 'accept-language': 'de' })).text)).toMatch(
    /Prüfung schlägt fehl seit/,
  );
  expect(row((await world.get('/status/live')).text)).toContain('Under maintenance');
  expect((await world.get('/status/live')).text.match(/Check failing/g)).toHaveLength(1);
  expect((await problems(world)).map(({ what }: { what: string }) => what)).toEqual([
    expect.stringMatching(
      /^the check of "API" fails since 2026-03-10T12:\d\d:\d\dZ, and this maintenance covers it/,
    ),
  ]);
  const maintenance = (await world.get('/api/v2/scheduled-maintenances.json')).json.scheduled_maintenances[0];
  expect(maintenance.components).toHaveLength(3);
  world.service.status = 200;
  await world.pass(300, 20);
  expect((await world.get('/status/live')).text).not.toContain('Check failing');
  expect(await problems(world)).toEqual([]);
});

test('a section of the wrong year is named, and the beginning is told as one', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.pass(60, 30);
  const head = HEAD.replace('2026-03-10T11:50:00Z', '2026-03-10T11:58:00Z');
  await world.write(
    '20260310_exports.md',
    `${head}Exports take longer.\n\n## Identified 2025-03-10 12:00 UTC\nA full disk.\n`,
  );
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
  expect(news(world)[0]!.text).toMatch(/investigating/i);
  expect(news(world)[0]!.text).not.toMatch(/identified/i);
  expect(await problems(world)).toEqual([
    expect.objectContaining({
      line: 10,
      what: expect.stringMatching(/^this update is dated 2025-03-10T12:00:00Z, before the incident began/),
      fix: 'did you mean 2026-03-10 12:00 UTC?',
    }),
  ]);
  // Nothing but the section of another year: the beginning is told all the same.
  await world.write(
    '20260310_other.md',
    `${head.replace('Slow', 'Lost')}## Identified 2025-03-10 12:00 UTC\nA full disk.\n`,
  );
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[INCIDENT] Lost exports']);
});

test.each([
  ['a day early', 'Identified 2026-03-09 12:01 UTC', 'Identified 2026-03-10 12:01 UTC'],
  ['a day early after midnight', 'Identified 2026-03-09 12:00 UTC', 'Identified 2026-03-10 12:00 UTC'],
  ['in local time, hours behind', 'Identified 2026-03-10 07:01 UTC', 'Identified 2026-03-10 12:01 UTC'],
  ['an hour and a half behind', 'Identified 2026-03-10T10:20:00Z', 'Identified 12:01'],
])(
  'dated before the incident began, %s: named, told to nobody until it is corrected',
  async (_, slip, right) => {
    const world = await openWorld();
    await subscribed(world, 'olga@example.com');
    await world.pass(30, 30);
    const head = HEAD.replace('2026-03-10T11:50:00Z', '2026-03-10T11:58:00Z');
    const written = (second: string) =>
      world.write(
        '20260310_exports.md',
        `${head}## Investigating 11:58 UTC\nExports take longer.\n\n${second}`,
      );
    await written('');
    await world.pass(30, 5);
    expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
    await written(`## ${slip}\nA full disk.\n`);
    await world.pass(60, 5);
    expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
    expect((await world.get('/status/live')).text).toContain('A full disk.');
    expect(await problems(world)).toEqual([
      expect.objectContaining({
        line: 11,
        what: expect.stringMatching(
          /^this update is dated 2026-03-\S+Z, before the incident began \(2026-03-10T11:58:00Z\), so no email is sent$/,
        ),
        fix: 'correct its time or date, or `started`',
      }),
    ]);
    await world.restart();
    await written(`## ${right}\nA full disk.\n`);
    await world.pass(60, 5);
    expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
    expect(await problems(world)).toEqual([]);
  },
);

test('a heading that may be of two days tells nothing until its date is written', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.pass(30, 30);
  const head = HEAD.replace('2026-03-10T11:50:00Z', '2026-03-09T07:00:00Z');
  const rest =
    '## Identified 2026-03-10 00:30:00 UTC\nA disk.\n\n## Investigating 2026-03-09 07:00:00 UTC\nSlow.\n';
  const written = (heading: string) =>
    world.write('20260310_exports.md', `${head}${rest}\n## ${heading}\nA new disk.\n`);
  await written('Update 12:00 UTC');
  await world.pass(60, 5);
  expect(subjects(world)).toEqual([]);
  expect((await problems(world)).slice(0, 1)).toEqual([
    expect.objectContaining({
      what: '"Update 12:00 UTC" may be 2026-03-09 or 2026-03-10, so this is not an update',
      fix: 'write the date: `2026-03-10 12:00 UTC`',
    }),
  ]);
  await written('Update 2026-03-10 12:00 UTC');
  await world.pass(60, 5);
  expect(subjects(world).at(-1)).toBe('[UPDATE] Slow exports');
  expect(news(world).filter(({ text }) => text?.includes('A new disk.'))).toHaveLength(1);
});

test('a section without words tells nothing until it has some; a status is news without words', async () => {
  const world = await openWorld();
  await subscribed(world, 'olga@example.com');
  await world.pass(60, 30);
  const written = (more: string) => world.write('20260310_exports.md', `${HEAD}${FIRST}${more}`);
  await written('');
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports']);
  await written('\n## Update 11:55 UTC\n<!-- later -->\n');
  await world.pass(10, 5);
  expect(subjects(world)).toHaveLength(1);
  await written('\n## Update 11:55 UTC\nHalf of them are done.\n');
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
  await written('\n## Update 11:55 UTC\nHalf of them are done.\n\n## Monitoring 11:56 UTC\n');
  await world.pass(10, 5);
  expect(subjects(world)).toHaveLength(3);
});

test.each([
  ['a severity that is none', 'severity: huge'],
  ['no severity', ''],
  ['YAML that is broken', 'severity: "major'],
  ['a colon in a value', 'detail: down: login'],
])(
  'a new file with %s: the page is up, says that it cannot be read, and is not green',
  async (_, severity) => {
    const world = await openWorld({
      site: () => 'title: T\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n',
    });
    const head = (status: string) =>
      `---\ntitle: Fire\nstatus: ${status}\n${severity}\nstarted: 2026-03-10T11:50:00Z\ncomponents: []\n---\nWords.\n`;
    const shown = async () => [
      /<title>([^<]*)/.exec((await world.get('/status/live')).text)?.[1],
      (await world.get('/api/v2/status.json')).json.status.description,
      /<title>([^<]*)/.exec((await world.get('/status/badge.svg')).text)?.[1],
      (await world.get('/status/live')).text.includes('One incident report cannot be read'),
    ];
    const well = ['All systems operational · T', 'All Systems Operational', 'T: operational', false];
    await world.pass(60, 5);
    expect(await shown()).toEqual(well);
    // What says that it is over, or is no incident, puts nothing in doubt.
    await world.write('20260309_old.md', head('resolved'));
    await world.write('notes.md', 'Call Anna first.\n');
    await world.pass(5, 5);
    expect(await shown()).toEqual(well);
    expect(await problems(world)).not.toEqual([]);
    await world.write('20260310_new.md', head('investigating'));
    await world.pass(5, 5);
    const doubt = ['All checked systems operational · T', 'Incident Reports Unavailable'];
    expect(await shown()).toEqual([...doubt, 'T: partly unknown', true]);
    await world.restart();
    expect(await shown()).toEqual([...doubt, 'T: partly unknown', true]);
    expect(news(world)).toEqual([]);
    await world.write(
      '20260310_new.md',
      head('investigating').replace(`${severity}\nstarted`, 'severity: major\nstarted'),
    );
    await world.pass(5, 5);
    expect((await shown())[1]).toBe('Partial System Outage');
  },
);

test.each([
  ['empty', ''],
  ['without front matter', 'The API is down.\n'],
  ['broken, with an end to come', '---\ntitle: X\nstatus: investigating\nseverity: x\nresolved: TBD\n---\n'],
  ['broken, and speaks of an end below', '---\ntitle: [\nstatus: investigating\n---\nstatus: resolved\n'],
  ['of two minds', '---\ntitle: X\nstatus: resolved\nseverity: x\nstatus: investigating\n---\n'],
  [
    'broken, over by an end that lies ahead',
    '---\ntitle: X\nstatus: resolved\nseverity: x\nresolved: 2026-03-10 13:30 UTC\n---\n',
  ],
  [
    'broken, over by an end that nobody can read',
    '---\ntitle: X\nstatus: resolved\nseverity: minor\nresolved: 32 March 2026\n---\n',
  ],
  [
    'of broken YAML, named like one that is over',
    '---\ntitle: [\nstatus: investigating\n---\n',
    'a/20260310_old.md',
  ],
  [
    'a maintenance without a readable end, from its start on',
    '---\ntitle: X\nstatus: scheduled\nscheduled_start: 2026-03-10T12:01:02Z\n---\n',
  ],
  [
    'a maintenance under way, with a word of its own for that',
    '---\ntitle: X\nstatus: at work\nscheduled_start: 2026-03-10T11:00:00Z\nscheduled_end: 2026-03-10T13:00:00Z\n---\n',
  ],
  ['of broken YAML, named alike', '---\ntitle: [\nstatus: investigating\n---\n', '20260310_OLD.md'],
])('a file that is %s is in doubt', async (_, text, name = '20260310_new.md') => {
  const site = 'title: T\ncomponents:\n  - { id: api, name: API, check: { type: manual } }\n';
  const world = await openWorld({ site: () => site });
  const over = HEAD.replace('investigating', 'resolved')
    .replace('dashboard', 'api')
    .replace('---\n', '---\nresolved: 2026-03-10T11:55:00Z\n');
  await world.write('20260310_old.md', over);
  await world.pass(60, 5);
  expect(world.system.snapshot().overall.state).toBe('operational');
  await mkdir(path.join(world.dir, 'status', 'incidents', 'a'));
  await world.write(name, text);
  await world.pass(5, 5);
  expect(world.system.snapshot().overall).toMatchObject({ state: 'no_data', unread: 1 });
  await world.restart();
  expect(world.system.snapshot().overall).toMatchObject({ state: 'no_data', unread: 1 });
});

test.each([
  '20260310_api.markdown',
  '20260310_api.md.txt',
  'a/20260310_api.txt',
  '20260310_api',
  '20260310_api.yml',
])('an incident under a name that is not read is named: %s', async name => {
  const world = await openWorld({});
  await subscribed(world, 'olga@example.com');
  await mkdir(path.join(world.dir, 'status', 'incidents', 'a'));
  await world.write(name, `${HEAD}${FIRST}`);
  await world.write('20260310_other.md', `${HEAD.replace('exports', 'imports')}${FIRST}`);
  await world.pass(10, 5);
  expect(await problems(world)).toMatchObject([
    {
      level: 'warning',
      where: expect.stringMatching(`${name}$`),
      what: 'it is not read: the name of an incident file ends with .md',
      fix: 'rename it to 20260310_api.md',
    },
  ]);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow imports']);
  expect(world.system.snapshot().overall.unread).toBe(1);
  await rename(
    path.join(world.dir, 'status', 'incidents', name),
    path.join(world.dir, 'status', 'incidents', '20260310_api.md'),
  );
  await world.pass(10, 5);
  expect(await problems(world)).toEqual([]);
  expect(subjects(world)).toHaveLength(2);
});

test('an end that the front matter does not know is news; once it does, the end is told, once', async () => {
  const world = await openWorld({});
  await subscribed(world, 'olga@example.com');
  const written = (more: string, status = 'investigating') =>
    world.write('20260310_exports.md', `${HEAD.replace('investigating', status)}${FIRST}${more}`);
  await written('');
  await world.pass(10, 5);
  const end = '\n## Resolved 11:55 UTC\nExports run again.\n';
  await written(end);
  await world.pass(10, 5);
  expect(subjects(world)).toEqual(['[INCIDENT] Slow exports', '[UPDATE] Slow exports']);
  const { text } = news(world).at(-1)!;
  expect(text).toContain('INVESTIGATING');
  expect(text).toContain('Exports run again.');
  expect(text).not.toContain('Ended');
  const status = async () => (await world.get('/api/v2/incidents.json')).json.incidents[0];
  expect((await status()).incident_updates[0].status).toBe('investigating');
  expect((await problems(world)).map(({ what }: { what: string }) => what)).toContain(
    'the newest update says resolved, but the front matter says investigating',
  );
  await world.restart();
  await world.pass(10, 5);
  expect(subjects(world)).toHaveLength(2);
  await written(end, 'resolved\nresolved: 2026-03-10T11:55:00Z');
  await world.pass(10, 5);
  expect(subjects(world).at(-1)).toBe('[RESOLVED] Slow exports');
  await written(end);
  await world.pass(10, 5);
  expect(subjects(world).slice(2)).toEqual(['[RESOLVED] Slow exports', '[UPDATE] Slow exports']);
  await written(`${end}\n## Update 11:57 UTC\nNot yet.\n`);
  await world.pass(10, 5);
  expect(subjects(world).slice(4)).toEqual(['[UPDATE] Slow exports']);
});

test('an end that the front matter never knew is told no second time by what follows it', async () => {
  const world = await openWorld({});
  await subscribed(world, 'olga@example.com');
  const end = '\n## Resolved 11:55 UTC\nExports run again.\n';
  const more = '\n## Identified 11:57 UTC\nThey do not.\n';
  const second = '\n## Resolved 11:58 UTC\nNow they do.\n';
  for (const text of ['', end, end + more]) {
    await world.write('20260310_exports.md', `${HEAD}${FIRST}${text}`);
    await world.pass(10, 5);
  }
  expect(subjects(world)).toEqual([
    '[INCIDENT] Slow exports',
    '[UPDATE] Slow exports',
    '[UPDATE] Slow exports',
  ]);
  const over = HEAD.replace('investigating', 'resolved\nresolved: 2026-03-10T11:58:00Z');
  await world.write('20260310_exports.md', `${over}${FIRST}${end}${more}${second}`);
  await world.pass(10, 5);
  expect(subjects(world).slice(3)).toEqual(['[RESOLVED] Slow exports']);
});

test('a maintenance whose heading says completed, and its front matter not, is not told as completed', async () => {
  const world = await openWorld({});
  await subscribed(world, 'olga@example.com');
  const work = (status: string) =>
    `---\ntitle: Move\nstatus: ${status}\nscheduled_start: 2026-03-10T11:30:00Z\nscheduled_end: 2026-03-10T15:00:00Z\ncomponents: [api]\n---\nWe move.\n\n## Completed 2026-03-10 11:55 UTC\nAll done.\n`;
  await world.write('20260310_move.md', work('in_progress'));
  await world.pass(10, 5);
  const told = () => news(world).map(({ text }) => /COMPLETED|Completed\n|Ended/.test(text ?? ''));
  expect(told().filter(Boolean)).toHaveLength(0);
  const before = told().length;
  await world.write('20260310_move.md', work('completed'));
  await world.pass(10, 5);
  expect(told().slice(before)).toEqual([true]);
});
